"""The four-isotope plot: Xe-135/Xe-133 against Xe-133m/Xe-131m, with the discrimination line.

Sets of ratios that are not bounded are drawn as open arrows: a ratio of which only one end is known
is no point with a short bar.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.words import figure_fonts, figure_words
from vigie.records import RatioKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from vigie.i18n import Messages
    from vigie.records import IsotopeRatio

X_LIMITS = (1e-3, 1e3)
Y_LIMITS = (1e-6, 1e3)
X_NAMES = ("Xe-133m", "Xe-131m")
Y_NAMES = ("Xe-135", "Xe-133")


class PlottedSample(NamedTuple):
    """One sample in the plot."""

    label: str
    x: IsotopeRatio
    """Xe-133m over Xe-131m."""
    y: IsotopeRatio
    """Xe-135 over Xe-133."""


def xenon_ratio_plot(
    samples: Sequence[PlottedSample],
    line: tuple[float, float],
    *,
    title: str,
    source: str,
    language: str = "en",
) -> Drawing | None:
    """Draw samples in the plane of two ratios; None where none has either ratio.

    Parameters
    ----------
    samples : sequence of PlottedSample
    line : tuple of float
        K and m of the line y = K x^m: explosions lie below it, reactors above.
    title : str
    source : str
        Of the line, in a few words.
    language : str
        Of the words, as far as there are letters for it (`figure_language`).
    """
    shown = [
        s for s in samples
        if RatioKind.UNBOUNDED not in {s.x.kind, s.y.kind}
        or s.x.kind is not s.y.kind
    ]  # fmt: skip
    if not shown:
        return None
    with canvas(7.0, 4.6, fonts=figure_fonts(language)) as figure:
        axes = figure.subplots()
        axes.set(xscale="log", yscale="log", xlim=X_LIMITS, ylim=Y_LIMITS)
        _line(axes, line, figure_words(language))
        colours = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.ORANGE)
        for index, sample in enumerate(shown):
            _sample(axes, sample, colours[index % len(colours)])
        axes.set(xlabel="Xe-133m / Xe-131m", ylabel="Xe-135 / Xe-133", title=title)
        axes.legend(loc="upper left")
        axes.text(
            0.97, 0.09, source, transform=axes.transAxes, ha="right", color=style.FAINT,
            fontsize=7.0,
        )  # fmt: skip
    alt = messages(language)("rn.figure.xenon_ratios", samples=len(shown))
    return Drawing("xenon_ratios", title, alt, figure)


def _line(axes: Axes, line: tuple[float, float], words: Messages) -> None:
    factor, power = line
    x = np.geomspace(*X_LIMITS, 200)
    y = factor * x**power
    axes.plot(x, y, color=style.INK, linewidth=1.0)
    axes.fill_between(x, Y_LIMITS[0], np.clip(y, *Y_LIMITS), color=style.SKY, alpha=0.12, lw=0.0)
    for x_at, y_at, code, align in (
        (0.97, 0.04, "rn.figure.explosion_side", "right"),
        (0.03, 0.55, "rn.figure.reactor_side", "left"),
    ):
        axes.text(x_at, y_at, words(code), transform=axes.transAxes, ha=align, color=style.FAINT)


def _sample(axes: Axes, sample: PlottedSample, colour: str) -> None:
    x, x_bars, x_ends = _spread(sample.x, X_LIMITS)
    y, y_bars, y_ends = _spread(sample.y, Y_LIMITS)
    known = sample.x.kind is RatioKind.BOUNDED and sample.y.kind is RatioKind.BOUNDED
    axes.plot(
        x, y, "o" if known else "s", color=colour, markerfacecolor=colour if known else style.PAPER,
        markersize=6.0, label=sample.label, zorder=3.0,
    )  # fmt: skip
    axes.plot(x_bars, (y, y), color=colour, linewidth=1.0)
    axes.plot((x, x), y_bars, color=colour, linewidth=1.0)
    for end, marker in zip(x_ends, ("<", ">"), strict=True):
        if end is not None:
            axes.plot(end, y, marker, color=colour, markerfacecolor="none", clip_on=False)
    for end, marker in zip(y_ends, ("v", "^"), strict=True):
        if end is not None:
            axes.plot(x, end, marker, color=colour, markerfacecolor="none", clip_on=False)


Ends = tuple[float | None, float | None]


def _spread(
    ratio: IsotopeRatio, limits: tuple[float, float]
) -> tuple[float, tuple[float, float], Ends]:
    """Return where a ratio is drawn, its bar, and at which ends the bar is open (an arrow)."""
    low, high = limits
    first = ratio.low if ratio.kind in {RatioKind.BOUNDED, RatioKind.LOWER} else None
    last = ratio.high if ratio.kind in {RatioKind.BOUNDED, RatioKind.UPPER} else None
    begin = low if first is None or first <= low else min(first, high)
    end = high if last is None or last >= high else max(last, low)
    value = ratio.value if ratio.value is not None and ratio.value > 0.0 else None
    place = math.sqrt(begin * end) if value is None else min(max(value, begin), end)
    if ratio.kind is RatioKind.LOWER:
        place = begin
    if ratio.kind is RatioKind.UPPER:
        place = end
    return place, (begin, end), (low if begin == low else None, high if end == high else None)
