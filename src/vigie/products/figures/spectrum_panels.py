"""Panels of a gamma spectrum: the whole on a logarithmic scale, and close looks with residuals.

What stands in them is the caller's: lines with their names and colours, and where to look closely.
Where there is no fit (NaN), none is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.products.figures import style
from vigie.products.figures.drawing import canvas
from vigie.products.figures.words import figure_fonts, figure_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from vigie.i18n import Messages

FloatArray = NDArray[np.float64]

MOST_LABELS = 40
LEAST_APART = 0.013
"""Labels, as a share of the axis' width."""
COLUMNS = 3
"""Of close looks."""
WIDTH, WHOLE_HEIGHT, ROW_HEIGHT = 10.5, 4.2, 2.7
"""Inches."""


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumCurve:
    """What is drawn of a spectrum, each of shape (n,)."""

    energy_kev: FloatArray
    counts: FloatArray
    continuum: FloatArray
    fitted: FloatArray
    """Continuum and all peaks."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that is named in a spectrum."""

    energy_kev: float
    text: str
    colour: str
    fwhm_kev: float
    lined: bool = True
    """Whether a close look shows its place."""


@dataclass(frozen=True, slots=True)
class Look:
    """A part of a spectrum that is looked at closely."""

    title: str
    colour: str
    span_kev: tuple[float, float]
    own_kev: tuple[float, float]
    """What it is scaled to: a stronger peak beside it leaves the panel, or it would be flat."""


def spectrum_figure(
    curve: SpectrumCurve,
    marks: Sequence[Mark],
    looks: Sequence[Look],
    legend: Sequence[tuple[str, str]],
    *,
    title: str,
    language: str,
) -> Figure:
    """Return the figure of a spectrum: the whole, and below it the close looks.

    Parameters
    ----------
    curve : SpectrumCurve
    marks : sequence of Mark
        The most important first.
    looks : sequence of Look
    legend : sequence of (str, str)
        Code of a message, and the colour that it explains.
    title, language : str
    """
    words = figure_words(language)
    rows = -(-len(looks) // COLUMNS)
    heights = (WHOLE_HEIGHT, ROW_HEIGHT * rows)
    with canvas(WIDTH, sum(heights), fonts=figure_fonts(language)) as figure:
        if rows:
            panels = figure.subfigures(2, 1, height_ratios=heights, squeeze=False)
            upper, lower = panels[:, 0]
            _whole(upper.subplots(), curve, marks, legend, words)
            _close(lower, curve, looks, marks, words)
        else:
            _whole(figure.subplots(), curve, marks, legend, words)
        figure.suptitle(title, x=0.01, ha="left", fontsize=11.0)
    return figure


def _whole(
    axes: Axes,
    curve: SpectrumCurve,
    marks: Sequence[Mark],
    legend: Sequence[tuple[str, str]],
    words: Messages,
) -> None:
    """Draw a spectrum on a logarithmic scale with the names of lines."""
    energy = curve.energy_kev
    axes.step(
        energy, np.maximum(curve.counts, 0.5), where="mid", color=style.FAINT, linewidth=0.5,
        rasterized=True,
    )  # fmt: skip
    axes.plot(energy, np.maximum(curve.continuum, 0.5), color=style.ORANGE, linewidth=0.9)
    axes.plot(energy, np.maximum(curve.fitted, 0.5), color=style.BLUE, linewidth=0.6)
    axes.set_yscale("log")
    low = max(0.5, 0.5 * float(np.min(curve.counts[curve.counts > 0], initial=1e9)))
    high = float(np.max(curve.counts, initial=1.0))
    axes.set_ylim(min(low, high / 10.0), high * (high / low) ** 0.55)
    axes.set_xlim(float(energy[0]), float(energy[-1]))
    axes.set(xlabel=words("rn.figure.energy"), ylabel=words("rn.figure.counts_per_channel"))
    _labels(axes, curve, marks)
    for code, colour in legend:
        axes.plot([], [], color=colour, label=words(code))
    axes.legend(loc="upper right", ncols=5)


def _labels(axes: Axes, curve: SpectrumCurve, marks: Sequence[Mark]) -> None:
    """Write the names of the most important lines upright above them, none over another."""
    width = float(curve.energy_kev[-1] - curve.energy_kev[0])
    placed: list[float] = []
    for mark in marks:
        if len(placed) == MOST_LABELS:
            break
        if any(abs(mark.energy_kev - x) < LEAST_APART * width for x in placed):
            continue
        placed.append(mark.energy_kev)
        near = np.abs(curve.energy_kev - mark.energy_kev) <= mark.fwhm_kev
        height = float(np.max(curve.counts[near], initial=1.0))
        axes.annotate(
            mark.text, (mark.energy_kev, height), xytext=(0.0, 6.0),
            textcoords="offset points", rotation=90.0, ha="center", va="bottom", fontsize=6.5,
            color=mark.colour,
        )  # fmt: skip


def _close(
    figure: SubFigure,
    curve: SpectrumCurve,
    looks: Sequence[Look],
    marks: Sequence[Mark],
    words: Messages,
) -> None:
    """Draw the close looks, each with its residuals below; marks are dotted lines."""
    columns = min(COLUMNS, len(looks))
    rows = -(-len(looks) // columns)
    grid = figure.add_gridspec(2 * rows, columns, height_ratios=[3.0, 1.0] * rows)
    for index, look in enumerate(looks):
        row, column = divmod(index, columns)
        upper = figure.add_subplot(grid[2 * row, column])
        lower = figure.add_subplot(grid[2 * row + 1, column], sharex=upper)
        _one_look(upper, lower, curve, look)
        for mark in marks:
            if mark.lined and look.span_kev[0] < mark.energy_kev < look.span_kev[1]:
                upper.axvline(mark.energy_kev, color=mark.colour, linewidth=0.6, linestyle=":")
        upper.set_title(look.title, fontsize=8.5, color=look.colour)
        if column == 0:
            upper.set_ylabel(words("rn.figure.counts"))
            lower.set_ylabel("σ")
        if index + columns >= len(looks):
            lower.set_xlabel(words("rn.figure.energy"))


def _one_look(upper: Axes, lower: Axes, curve: SpectrumCurve, look: Look) -> None:
    near = _within(curve, look.span_kev)
    energy, counts, fitted = curve.energy_kev[near], curve.counts[near], curve.fitted[near]
    upper.errorbar(
        energy, counts, yerr=np.sqrt(np.maximum(counts, 1.0)), fmt="o", color=style.FAINT,
        markersize=1.8, elinewidth=0.5,
    )  # fmt: skip
    upper.plot(energy, curve.continuum[near], color=style.ORANGE, linewidth=0.9)
    upper.plot(energy, fitted, color=style.BLUE, linewidth=1.0)
    upper.set_xlim(*look.span_kev)
    upper.set_ylim(*_heights(curve, near, _within(curve, look.own_kev)))
    upper.tick_params(labelbottom=False)
    pull = (counts - fitted) / np.sqrt(np.maximum(fitted, 1.0))
    lower.axhline(0.0, color=style.FAINT, linewidth=0.6)
    lower.plot(energy, pull, ".", color=style.INK, markersize=1.8)
    limit = max(4.0, 1.1 * float(np.nanmax(np.abs(pull), initial=0.0)))
    lower.set_ylim(-limit, limit)


def _within(curve: SpectrumCurve, span_kev: tuple[float, float]) -> NDArray[np.bool_]:
    low, high = span_kev
    return np.asarray((curve.energy_kev >= low) & (curve.energy_kev <= high))


def _heights(
    curve: SpectrumCurve, near: NDArray[np.bool_], own: NDArray[np.bool_]
) -> tuple[float, float]:
    """Return between what heights the named peak and the continuum about it stand."""
    continuum = curve.continuum[near]
    level = max(float(np.nanmax(continuum, initial=1.0)), 1.0)
    top = max(
        level + 3.0 * level**0.5,
        float(np.nanmax(curve.fitted[own], initial=0.0)),
        float(np.max(curve.counts[own], initial=0.0)),
    )
    base = max(float(np.nanmin(continuum, initial=level)), 0.0)
    bottom = max(base - 3.5 * base**0.5, 0.0)
    return bottom - 0.03 * (top - bottom), top + 0.12 * (top - bottom)
