"""A gamma spectrum with its fitted peaks: the whole on a logarithmic scale, and what matters near.

Below the whole spectrum stand close looks, each with the residuals of the fit in standard
deviations: first at peaks that nothing explains, then at those of nuclides that are no part of
the natural background, then at the strongest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.i18n import messages
from vigie.products.figures import style
from vigie.products.figures.drawing import Drawing, canvas
from vigie.products.figures.words import figure_fonts, figure_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from vigie.i18n import Messages
    from vigie.records import Peak

FloatArray = NDArray[np.float64]

MOST_LOOKS = 6
HALF_WIDTH_FWHM = 9.0
"""Of a close look, on either side of its peak."""
OWN_FWHM = 0.6
"""On either side of a centroid, what is that peak's and not yet a neighbour's."""
MOST_LABELS = 40
LEAST_APART = 0.013
"""Labels, as a share of the axis' width."""


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumCurve:
    """What is drawn of a spectrum, each of shape (n,)."""

    energy_kev: FloatArray
    counts: FloatArray
    continuum: FloatArray
    fitted: FloatArray
    """Continuum and all peaks."""


def spectrum_plot(
    curve: SpectrumCurve,
    peaks: Sequence[Peak],
    *,
    title: str,
    marked: Collection[str] = (),
    language: str = "en",
) -> Drawing:
    """Draw a spectrum.

    Parameters
    ----------
    curve : SpectrumCurve
    peaks : sequence of Peak
    title : str
    marked : collection of str
        Nuclides that stand out: peaks that are mostly theirs are drawn in colour and looked at
        closely.
    language : str
        Of the words, as far as there are letters for it (`figure_language`).
    """
    words = figure_words(language)
    looks = _worth_a_look(peaks, marked)
    rows = -(-len(looks) // 3)
    with canvas(10.5, 4.2 + 2.7 * rows, fonts=figure_fonts(language)) as figure:
        if rows:
            panels = figure.subfigures(2, 1, height_ratios=(4.2, 2.7 * rows), squeeze=False)
            upper, lower = panels[:, 0]
            _whole(upper.subplots(), curve, peaks, marked, words)
            _close(lower, (curve, looks, marked), peaks, rows, words)
        else:
            _whole(figure.subplots(), curve, peaks, marked, words)
        figure.suptitle(title, x=0.01, ha="left", fontsize=11.0)
    unexplained = sum(not p.explained for p in peaks)
    alt = messages(language)("rn.figure.spectrum", peaks=len(peaks), unexplained=unexplained)
    return Drawing("spectrum", title, alt, figure)


def _names(peak: Peak, words: Messages) -> str:
    """Return what a label says: who explains most of the peak (or might), and its energy."""
    if not peak.explained:
        return f"{'/'.join(peak.suggested)}? {peak.energy_kev:.1f}"
    top = max(peak.shares, key=lambda s: s.counts)
    who = top.nuclide
    if top.cause not in {"nuclide", "background"}:
        who = words(f"rn.cause.{top.cause}", nuclide=who).strip()
    return f"{who} {peak.energy_kev:.1f}".strip()


def _colour(peak: Peak, marked: Collection[str]) -> str:
    if not peak.explained:
        return style.VERMILION
    top = max(peak.shares, key=lambda s: s.counts)
    if top.cause == "nuclide" and top.nuclide in marked:
        return style.PURPLE
    return style.INK


def _weight(peak: Peak, marked: Collection[str]) -> tuple[int, float]:
    """Order of importance: unexplained, marked, the rest by significance."""
    rank = {style.VERMILION: 2, style.PURPLE: 1}.get(_colour(peak, marked), 0)
    return rank, peak.significance


def _worth_a_look(peaks: Sequence[Peak], marked: Collection[str]) -> list[Peak]:
    """Return the peaks of the close looks by energy, none twice in one look."""
    chosen: list[Peak] = []
    for peak in sorted(peaks, key=lambda p: _weight(p, marked), reverse=True):
        apart = [abs(peak.energy_kev - c.energy_kev) > 6.0 * c.fwhm_kev for c in chosen]
        if all(apart):
            chosen.append(peak)
        if len(chosen) == MOST_LOOKS:
            break
    return sorted(chosen, key=lambda p: p.energy_kev)


def _whole(
    axes: Axes,
    curve: SpectrumCurve,
    peaks: Sequence[Peak],
    marked: Collection[str],
    words: Messages,
) -> None:
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
    _labels(axes, curve, peaks, marked, words)
    for code, colour in (
        ("rn.figure.counts", style.FAINT),
        ("rn.figure.continuum", style.ORANGE),
        ("rn.figure.fit", style.BLUE),
        ("rn.figure.unexplained", style.VERMILION),
    ):
        axes.plot([], [], color=colour, label=words(code))
    if marked:
        axes.plot([], [], color=style.PURPLE, label=words("rn.figure.relevant"))
    axes.legend(loc="upper right", ncols=5)


def _labels(
    axes: Axes,
    curve: SpectrumCurve,
    peaks: Sequence[Peak],
    marked: Collection[str],
    words: Messages,
) -> None:
    """Write the names of the most important peaks upright above them, none over another."""
    width = float(curve.energy_kev[-1] - curve.energy_kev[0])
    placed: list[float] = []
    for peak in sorted(peaks, key=lambda p: _weight(p, marked), reverse=True):
        if len(placed) == MOST_LABELS:
            break
        if any(abs(peak.energy_kev - x) < LEAST_APART * width for x in placed):
            continue
        placed.append(peak.energy_kev)
        near = np.abs(curve.energy_kev - peak.energy_kev) <= peak.fwhm_kev
        height = float(np.max(curve.counts[near], initial=1.0))
        axes.annotate(
            _names(peak, words), (peak.energy_kev, height), xytext=(0.0, 6.0),
            textcoords="offset points", rotation=90.0, ha="center", va="bottom", fontsize=6.5,
            color=_colour(peak, marked),
        )  # fmt: skip


def _close(
    figure: SubFigure,
    what: tuple[SpectrumCurve, Sequence[Peak], Collection[str]],
    peaks: Sequence[Peak],
    rows: int,
    words: Messages,
) -> None:
    curve, looks, marked = what
    columns = min(3, len(looks))
    grid = figure.add_gridspec(2 * rows, columns, height_ratios=[3.0, 1.0] * rows)
    for index, peak in enumerate(looks):
        row, column = divmod(index, columns)
        upper = figure.add_subplot(grid[2 * row, column])
        lower = figure.add_subplot(grid[2 * row + 1, column], sharex=upper)
        _one_look(upper, lower, curve, peak)
        for other in peaks:
            if upper.get_xlim()[0] < other.energy_kev < upper.get_xlim()[1]:
                upper.axvline(
                    other.energy_kev, color=_colour(other, marked), linewidth=0.6, linestyle=":"
                )
        upper.set_title(_names(peak, words), fontsize=8.5, color=_colour(peak, marked))
        if column == 0:
            upper.set_ylabel(words("rn.figure.counts"))
            lower.set_ylabel("σ")
        if row == rows - 1:
            lower.set_xlabel(words("rn.figure.energy"))


def _one_look(upper: Axes, lower: Axes, curve: SpectrumCurve, peak: Peak) -> None:
    half = HALF_WIDTH_FWHM * peak.fwhm_kev
    near = np.abs(curve.energy_kev - peak.energy_kev) <= half
    energy, counts, fitted = curve.energy_kev[near], curve.counts[near], curve.fitted[near]
    upper.errorbar(
        energy, counts, yerr=np.sqrt(np.maximum(counts, 1.0)), fmt="o", color=style.FAINT,
        markersize=1.8, elinewidth=0.5,
    )  # fmt: skip
    upper.plot(energy, curve.continuum[near], color=style.ORANGE, linewidth=0.9)
    upper.plot(energy, fitted, color=style.BLUE, linewidth=1.0)
    upper.set_xlim(peak.energy_kev - half, peak.energy_kev + half)
    upper.set_ylim(*_heights(curve, near, peak))
    upper.tick_params(labelbottom=False)
    pull = (counts - fitted) / np.sqrt(np.maximum(fitted, 1.0))
    lower.axhline(0.0, color=style.FAINT, linewidth=0.6)
    lower.plot(energy, pull, ".", color=style.INK, markersize=1.8)
    limit = max(4.0, 1.1 * float(np.max(np.abs(pull), initial=0.0)))
    lower.set_ylim(-limit, limit)


def _heights(curve: SpectrumCurve, near: NDArray[np.bool_], peak: Peak) -> tuple[float, float]:
    """Return between what heights the named peak and the continuum about it stand.

    A stronger peak beside it leaves the panel: scaled to that, the named one would be a flat line.
    """
    own = near & (np.abs(curve.energy_kev - peak.energy_kev) <= OWN_FWHM * peak.fwhm_kev)
    continuum = curve.continuum[near]
    level = max(float(np.max(continuum, initial=1.0)), 1.0)
    top = max(
        level + 3.0 * level**0.5,
        float(np.max(curve.fitted[own], initial=0.0)),
        float(np.max(curve.counts[own], initial=0.0)),
    )
    base = max(float(np.min(continuum, initial=level)), 0.0)
    bottom = max(base - 3.5 * base**0.5, 0.0)
    return bottom - 0.03 * (top - bottom), top + 0.12 * (top - bottom)
