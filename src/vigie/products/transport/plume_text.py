"""A plume as text on a terminal, in the words of a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.i18n import messages
from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.i18n import Messages
    from vigie.products.transport.plume_view import PlumeView

    Table = Callable[[Sequence[str], Sequence[Sequence[str]]], list[str]]
    """Heads and rows to lines."""

MOST_INTERVALS = 24
MOST_COLUMNS = 6
MOST_NAMED = 8


def plume_text(view: PlumeView, language: str, table: Table) -> str:
    """Return what is printed of one plume.

    Parameters
    ----------
    view : PlumeView
    language : str
    table : callable
        Sets a table of words.
    """
    words, release, plume = messages(language), view.release, view.plume
    lines = [
        words(
            "plume.text.head" if view.nuclide else "plume.text.head_tracer",
            name=release.name,
            amount=f"{release.amount_bq:.4g}",
            nuclide=view.nuclide,
            place=_place(*view.place),
            first=time_text(release.start_ns),
            last=time_text(release.stop_ns),
        ),
        "  "
        + words(
            "plume.text.followed",
            last=time_text(view.end_ns),
            count=str(plume.n_intervals),
            hours=plume.interval_s / 3600.0,
            cell=plume.grid.latitude_step,
            layer=plume.layer_depth_m,
        ),
        *("  " + line for line in _peaks(view, words)),
    ]
    if plume.lost > 0.0:
        lines.append("  " + words("plume.text.lost", percent=100.0 * plume.lost))
    return "\n".join([*lines, *_stations(view, words, table)])


def _peaks(view: PlumeView, words: Messages) -> list[str]:
    largest, total = view.largest, view.largest_total
    if largest is None or total is None or largest.interval is None:
        return [words("plume.text.nothing")]
    first, last = view.span_ns(largest.interval)
    return [
        words(
            "plume.text.largest",
            value=f"{largest.value:.3g}",
            place=_place(largest.latitude, largest.longitude),
            first=time_text(first),
            last=time_text(last),
        ),
        words(
            "plume.text.total",
            value=f"{total.value:.3g}",
            place=_place(total.latitude, total.longitude),
        ),
    ]


def _stations(view: PlumeView, words: Messages, table: Table) -> list[str]:
    if not view.stations:
        return []
    names = ("station", "arrival", "largest", "when", "total")
    heads = [words(f"plume.text.column_{name}") for name in names]
    series = {code: view.series(code) for code in view.stations}
    reached = sorted((c for c in series if series[c].any()), key=lambda c: -series[c].max())
    lines = table(heads, [_row(view, code) for code in reached]) if reached else []
    if len(reached) < len(series):
        missed = [code for code in series if code not in reached]
        told = ", ".join([*missed[:MOST_NAMED], *(["…"] if len(missed) > MOST_NAMED else [])])
        lines.append("  " + words("plume.text.unreached", count=str(len(missed)), stations=told))
    if reached:
        lines += _intervals(view, words, table, reached[:MOST_COLUMNS])
    return lines


def _row(view: PlumeView, code: str) -> list[str]:
    values, arrival = view.series(code), view.arrival_ns(code)
    largest = int(values.argmax())
    return [
        code,
        "-" if arrival is None else time_text(arrival),
        f"{values[largest]:.3g}",
        time_text(view.span_ns(largest)[0]),
        f"{values.sum() * view.plume.interval_s:.3g}",
    ]


def _intervals(view: PlumeView, words: Messages, table: Table, codes: Sequence[str]) -> list[str]:
    columns = [view.series(code) for code in codes]
    filled = np.flatnonzero(np.any(columns, axis=0))
    rows = [
        [time_text(view.span_ns(int(k))[0]), *(f"{one[k]:.3g}" for one in columns)]
        for k in filled[:MOST_INTERVALS]
    ]
    lines = ["  " + words("plume.text.intervals")]
    lines += table([words("plume.text.column_when"), *codes], rows)
    if len(filled) > MOST_INTERVALS:
        lines.append("  " + words("plume.text.more", count=str(len(filled) - MOST_INTERVALS)))
    return lines


def _place(latitude: float, longitude: float) -> str:
    return f"{latitude:.2f} {longitude:.2f}"
