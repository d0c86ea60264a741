"""Assessments as text on a terminal, in the words of a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.i18n import messages, sentence
from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.i18n import Messages
    from vigie.products.fusion.fuse_view import EventAssessment, FusionView, SampleSays

    Table = Callable[[Sequence[str], Sequence[Sequence[str]]], list[str]]
    """Heads and rows to lines."""

MOST_SAMPLES = 12
LEAST_SHOWN = 0.005
"""log10 of a factor; what says less is not listed."""


def fuse_text(view: FusionView, language: str, table: Table) -> str:
    """Return what is printed of events and samples.

    Parameters
    ----------
    view : FusionView
    language : str
    table : callable
        Sets a table of words.
    """
    words = messages(language)
    head = words(
        "fuse.text.head",
        events=len(view.events),
        samples=len(view.samples),
        nuclides=", ".join(view.nuclides),
    )
    lines = [f"{head}, {words('rn.text.simulated').upper()}" if view.simulated else head]
    for one in view.events:
        lines += _event(view, one, words, language, table)
    return "\n".join([*lines, *(sentence(reason, language) for reason in view.remarks)])


def _event(
    view: FusionView, one: EventAssessment, words: Messages, language: str, table: Table
) -> list[str]:
    lines = ["", event_head(one, words)]
    if one.weighed is not None:
        lines.append("  " + words("fuse.text.score", log10=f"{one.log10_bayes_factor:+.2f}"))
    probability = view.probability(one)
    if probability is not None:
        lines.append("  " + words("fuse.text.probability", percent=100.0 * probability))
    lines += [f"  {sentence(reason, language)}" for reason in one.reasons]
    if one.weighed is not None and one.weighed.reached:
        lines += _samples(one.weighed.says, words, table)
    if one.next_samples:
        lines.append("  " + words("fuse.text.next", nuclide=view.reference))
        lines += [
            "    "
            + words(
                "fuse.text.next_sample",
                sample=f"{sample.station} {time_text(sample.stop_ns)}",
                expected=f"{sample.expected_bq_m3:.2g}",
                times=f"{sample.of_limit:.2g}",
            )
            for sample in one.next_samples
        ]
    return lines


def event_head(one: EventAssessment, words: Messages) -> str:
    """Return id, time, place and size of an event in a line."""
    if one.origin is None:
        return one.event_id
    place = f"{one.origin.latitude:.2f} {one.origin.longitude:.2f}"
    known = {"event": one.event_id, "time": time_text(one.origin.time_ns), "place": place}
    if one.magnitude is None:
        return words("fuse.text.event", **known)
    size = f"{one.magnitude[0]} {one.magnitude[1]:.1f}"
    return words("fuse.text.event_sized", **known, size=size)


def _samples(says: Sequence[SampleSays], words: Messages, table: Table) -> list[str]:
    names = ("source.text.column_station", "source.text.column_collected", "fuse.text.nuclide",
             "source.text.column_measured", "source.text.column_background",
             "fuse.text.delta")  # fmt: skip
    shown = [one for one in says if abs(one.delta_log10) >= LEAST_SHOWN][:MOST_SAMPLES]
    if not shown:
        return []
    return table([words(name) for name in names], [_row(one, words) for one in shown])


def _row(says: SampleSays, words: Messages) -> list[str]:
    pair, observed = says.sample.pair, says.sample.pair.observation
    value = "-" if observed.value is None else f"{observed.value:.3g}"
    measured = value if observed.detected else f"{value} ({words('source.text.none')})"
    known = says.sample.background.expected.quantiles[1]
    return [
        pair.station,
        time_text(pair.stop_ns),
        says.sample.nuclide,
        measured,
        f"{known:.2g}" if known > 0.0 else "-",
        f"{says.delta_log10:+.2f}",
    ]
