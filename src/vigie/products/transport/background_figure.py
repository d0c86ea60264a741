"""What was measured in each sample beside what known emitters may have left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.headings import heading
from vigie.products.figures.words import figure_fonts, figure_words
from vigie.products.transport.source_pair import time_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vigie.i18n import Messages
    from vigie.products.transport.background_view import BackgroundView

_FLOOR = 1e-3
"""Of the least critical level: what lies below is drawn there."""


def background_figure(view: BackgroundView, language: str = "en") -> Drawing | None:
    """Draw measured concentrations beside the quantiles of the background; None without samples."""
    if not view.samples:
        return None
    words = figure_words(language)
    title = words("source.figure.background", nuclide=view.nuclide, n=len(view.samples))
    with canvas(max(6.2, 2.4 + 0.34 * len(view.samples)), 4.6,
                fonts=figure_fonts(language)) as figure:  # fmt: skip
        ax = figure.subplots()
        _bars(ax, view, words)
        _measured(ax, view, words("source.figure.measured"), words("source.figure.below"))
        ax.set_yscale("log")
        low, high = ax.get_ylim()
        # What is marked at the foot of the axis lies below all that is drawn.
        ax.set_ylim(0.5 * low, high)
        ax.set_ylabel(words("source.figure.concentration"))
        ax.set_xticks(
            range(len(view.samples)),
            labels=[f"{one.pair.station}\n{time_text(one.pair.stop_ns)[5:]}"
                    for one in view.samples],
            rotation=90 if len(view.samples) > 5 else 0, fontsize=7,
        )  # fmt: skip
        ax.set_xlim(-0.6, len(view.samples) - 0.4)
        ax.grid(visible=False, axis="x")
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
        heading(figure, title)
    above = sum(one.exceeded for one in view.samples)
    alt = messages(language)("source.figure.background_alt", n=len(view.samples), above=above)
    return Drawing("background", title, alt, figure)


def _bars(ax: Axes, view: BackgroundView, words: Messages) -> None:
    """Draw what emitters may have left; what is below the axis is marked at its foot."""
    floor = _FLOOR * min(one.pair.observation.critical_level for one in view.samples)
    quantiles = np.array([one.expected.quantiles for one in view.samples])
    ends, at = np.maximum(quantiles, floor), np.arange(len(quantiles))
    shown, median = ends[:, 2] > floor, quantiles[:, 1] > floor
    if shown.any():
        ax.bar(
            at[shown], (ends[:, 2] - ends[:, 0])[shown], 0.5, bottom=ends[shown, 0],
            color=style.SKY, alpha=0.35, label=words("source.figure.background_range"), zorder=1,
        )  # fmt: skip
        ax.hlines(
            quantiles[median, 1], at[median] - 0.25, at[median] + 0.25, color=style.BLUE,
            linewidth=1.6,
        )  # fmt: skip
    if not shown.all():
        ax.plot(
            at[~shown], np.full(np.count_nonzero(~shown), 0.02), "x", color=style.BLUE,
            markersize=5, transform=ax.get_xaxis_transform(), linestyle="none", zorder=2,
            label=words("source.figure.background_none", share=_FLOOR),
        )  # fmt: skip


def _measured(ax: Axes, view: BackgroundView, label: str, below: str) -> None:
    found = [(k, one.pair.observation) for k, one in enumerate(view.samples)]
    seen = [(k, o) for k, o in found if o.detected and o.value is not None]
    silent = [(k, o) for k, o in found if not o.detected]
    if seen:
        values = np.array([o.value for _, o in seen])
        # On an axis of logarithms an error bar must not reach 0.
        errors = np.minimum([o.sigma or 0.0 for _, o in seen], 0.9 * values)
        ax.errorbar(
            [k for k, _ in seen], values, errors, fmt="o", color=style.VERMILION, markersize=5,
            capsize=2, linewidth=1.0, label=label, zorder=3,
        )  # fmt: skip
    if silent:
        ax.plot(
            [k for k, _ in silent], [o.critical_level for _, o in silent], "v",
            color=style.FAINT, markersize=5, label=below, zorder=2,
        )  # fmt: skip
