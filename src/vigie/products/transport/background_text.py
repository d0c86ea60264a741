"""The background of samples as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.i18n import Messages
    from vigie.products.transport.background_view import BackgroundView, SampleBackground

    Table = Callable[[Sequence[str], Sequence[Sequence[str]]], list[str]]


def background_lines(view: BackgroundView, words: Messages, table: Table) -> list[str]:
    """Return what known emitters leave in each sample, a row each."""
    names = ("station", "collected", "measured", "background", "background_range", "p_value",
             "contributors")  # fmt: skip
    heads = [words(f"source.text.column_{name}") for name in names]
    head = words("source.text.background", n=len(view.emitters))
    rows = [_row(one, words) for one in view.samples]
    return [head, *table(heads, rows)]


def contributors_text(one: SampleBackground) -> str:
    """Return the largest contributors with their shares."""
    shares = [(part.emitter.name, one.expected.share_of(part)) for part in one.contributors]
    return ", ".join(f"{name} {100.0 * share:.0f}" for name, share in shares) or "-"


def _row(one: SampleBackground, words: Messages) -> list[str]:
    observed = one.pair.observation
    low, median, high = one.expected.quantiles
    value = "-" if observed.value is None else f"{observed.value:.3g}"
    measured = value if observed.detected else f"{value} ({words('source.text.none')})"
    return [
        one.pair.station,
        time_text(one.pair.stop_ns),
        measured,
        f"{median:.2g}",
        f"{low:.2g} .. {high:.2g}",
        "-" if one.p_value is None else f"{one.p_value:.2g}",
        contributors_text(one),
    ]
