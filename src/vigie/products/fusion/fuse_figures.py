"""A figure of an event: where it was and who saw what, when and how much was released."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.headings import heading
from vigie.products.figures.words import figure_fonts, figure_words
from vigie.products.fusion.fuse_map import FuseMap
from vigie.products.fusion.fuse_text import LEAST_SHOWN, event_head

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from vigie.i18n import Messages
    from vigie.products.fusion.fuse_view import EventAssessment, FusionView, Weighed

    FloatArray = NDArray[np.float64]

_DECADES = 3.0
"""Of the density that are coloured."""
MOST_BARS = 10
_SECONDS_PER_DAY = 86_400.0


def event_figure(view: FusionView, one: EventAssessment, language: str = "en") -> Drawing | None:
    """Draw one event; None where nothing was weighed."""
    weighed = one.weighed
    if weighed is None or one.epicentre is None or not weighed.reached:
        return None
    words = figure_words(language)
    score = words("fuse.text.score", log10=f"{one.log10_bayes_factor:+.2f}")
    title = event_head(one, words)
    with canvas(9.6, 6.2, fonts=figure_fonts(language)) as figure:
        grid = figure.add_gridspec(2, 2, width_ratios=(1.55, 1.0), height_ratios=(1.2, 1.0))
        ax = figure.add_subplot(grid[:, 0])
        FuseMap(view, one).draw(ax, words)
        _joint(figure, figure.add_subplot(grid[0, 1]), weighed, view.reference, words)
        _says(figure.add_subplot(grid[1, 1]), weighed, words)
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        heading(figure, f"{title}\n{score}")
    alt = messages(language)(
        "fuse.figure.alt", event=one.event_id, log10=one.log10_bayes_factor, n=weighed.reached
    )
    return Drawing("fuse", f"{title}: {score}", alt, figure)


def _joint(figure: Figure, ax: Axes, weighed: Weighed, nuclide: str, words: Messages) -> None:
    """Draw the posterior over delay and amount, per day and decade, with medians and 90 %."""
    from matplotlib.colors import LogNorm

    amounts = weighed.evidence.amounts_bq
    half = 0.5 * np.log10(amounts[1] / amounts[0])
    logs = np.log10(amounts)
    across = np.concatenate([logs - half, logs[-1:] + half])
    days = weighed.delay_edges_s / _SECONDS_PER_DAY
    area = np.diff(days)[:, np.newaxis] * np.diff(across)
    density = weighed.evidence.joint / area
    most = float(density.max())
    # Blank where next to nothing lies.
    shown = np.ma.masked_less(density.T, 10.0**-_DECADES * most)
    norm = LogNorm(10.0**-_DECADES * most, most)
    image = ax.pcolormesh(days, 10.0**across, shown, cmap="YlOrRd", norm=norm, rasterized=True)
    _median(ax, weighed)
    ax.set_yscale("log")
    ax.set_xlim(0.0, _shown_days(weighed))
    ax.set_ylim(*_shown_amounts(10.0**across, density >= 10.0**-_DECADES * most))
    ax.set_xlabel(words("fuse.figure.delay"))
    ax.set_ylabel(words("fuse.figure.amount", nuclide=nuclide))
    bar = figure.colorbar(image, ax=ax, pad=0.02, aspect=18)
    bar.set_label(words("fuse.figure.density"))


def _median(ax: Axes, weighed: Weighed) -> None:
    """Draw the medians of delay and amount with their 90 %."""
    evidence = weighed.evidence
    amount, least, most = evidence.amount_interval()
    delay, first, last = (
        seconds / _SECONDS_PER_DAY for seconds in evidence.delay_interval(weighed.delay_edges_s)
    )
    ax.errorbar(
        delay, amount, xerr=[[delay - first], [last - delay]],
        yerr=[[amount - least], [most - amount]], fmt="o", color=style.INK, markersize=4,
        linewidth=1.0, capsize=2.5, zorder=4,
    )  # fmt: skip


def _shown_days(weighed: Weighed) -> float:
    """Return up to which delay the panel goes: all but the last 1 %."""
    held = np.cumsum(weighed.evidence.joint.sum(axis=1))
    k = min(int(np.searchsorted(held, 0.99)) + 1, len(held))
    return float(weighed.delay_edges_s[k] / _SECONDS_PER_DAY)


def _shown_amounts(edges_bq: FloatArray, coloured: NDArray[np.bool_]) -> tuple[float, float]:
    """Return from which amount to which the panel goes: what is coloured, and a decade around it.

    Parameters
    ----------
    edges_bq : ndarray, shape (A + 1,)
    coloured : ndarray of bool, shape (T, A)
    """
    rows = np.flatnonzero(coloured.any(axis=0))
    low, high = 0.1 * edges_bq[rows[0]], 10.0 * edges_bq[rows[-1] + 1]
    return float(max(low, edges_bq[0])), float(min(high, edges_bq[-1]))


def _says(ax: Axes, weighed: Weighed, words: Messages) -> None:
    """Draw what each sample says, for to the right and against to the left."""
    shown = [one for one in weighed.says if abs(one.delta_log10) >= LEAST_SHOWN][:MOST_BARS][::-1]
    values = [one.delta_log10 for one in shown]
    colours = [style.VERMILION if value > 0.0 else style.BLUE for value in values]
    ax.barh(range(len(shown)), values, 0.65, color=colours)
    ax.axvline(0.0, color=style.INK, linewidth=0.7)
    labels = [f"{one.sample.pair.station} {one.sample.name.split(' ', 1)[1][5:]}" for one in shown]
    ax.set_yticks(range(len(shown)), labels=labels, fontsize=7)
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(words("fuse.figure.says"))
    widest = max((abs(value) for value in values), default=1.0)
    ax.set_xlim(-1.15 * max(-min(values, default=0.0), 0.12 * widest),
                1.15 * max(max(values, default=0.0), 0.12 * widest))  # fmt: skip
