"""Which line shows in which datum: the matrix R of areas = R a.

A line belongs to the peak nearest to it when it lies within the tolerance; a line that lies a
little farther from a peak is partly swallowed by that peak's fit (a Gaussian's overlap with it);
other lines have windows of their own, shared where they are closer than half a FWHM. What all
other lines without a peak put into a window, or take from it by raising its baseline, is in R as
well. Where a peak is significant, the mean energy of what is put into it is a datum, too: that of
the peak's centroid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.measured import (
    Clusters,
    SpectrumView,
    net_counts,
    net_responses,
)

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.params import ParticulateParams

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

REACH_FWHM = 1.5
"""Lines farther from a peak are not swallowed by it."""
CERTAIN_FWHM = 0.35
FWHM_PER_SIGMA = 2.3548
CENTROID_SIGMAS = 4.0
"""Significance from which a peak's energy is a datum."""
TOGETHER_FWHM = 0.5
LEAST_RESPONSE = 0.01
"""Lines that put a smaller share of their counts into another's window are left out."""
MOST_OFF = 1.5
"""Standard errors by which the nearest line may be off a centroid."""
STRONG_NEIGHBOUR = 1000.0
NEIGHBOUR_FWHM, NEIGHBOUR_ERROR = 3.0, 0.004
ANNIHILATION_KEV, ANNIHILATION_REACH_KEV, ANNIHILATION_ERROR = 511.0, 2.2, 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Data and matrix; rows: areas of clusters, windows, centroids of clusters."""

    row: IntArray
    """Row of each line, -1 where it has none; shape (lines,)."""
    weight: FloatArray
    """Share of the line's counts that show there."""
    value: FloatArray
    """Data, shape (rows,)."""
    variance: FloatArray
    energy_kev: FloatArray
    """Of each area row."""
    n_clusters: int
    n_windows: int
    moment: IntArray
    """Clusters with a centroid row, in the order of these rows."""
    beside: tuple[IntArray, IntArray, FloatArray]
    """Row, line and weight of what lines put into windows that are not theirs."""

    @property
    def areas(self) -> int:
        """Return the number of rows that are areas."""
        return self.n_clusters + self.n_windows

    def errors(
        self, source: IntArray, sigmas: FloatArray, energy_kev: FloatArray, n: int
    ) -> FloatArray:
        """Return the errors of R's elements for independent errors of lines' counts."""
        squares = np.zeros((len(self.value), n))
        shown = np.flatnonzero(self.row >= 0)
        each = (sigmas * self.weight)[shown]
        np.add.at(squares, (self.row[shown], source[shown]), each**2)
        windows, lines, weights = self.beside
        np.add.at(squares, (windows, source[lines]), (sigmas[lines] * weights) ** 2)
        place = self._centroids()
        centred = shown[place[self.row[shown]] >= 0]
        rows = self.row[centred]
        offset = energy_kev[centred] - self.energy_kev[rows]
        moments = (sigmas * self.weight)[centred] * offset
        np.add.at(squares, (place[rows], source[centred]), moments**2)
        return np.asarray(np.sqrt(squares))

    def _centroids(self) -> IntArray:
        """Return the row of each area's centroid, -1 where it has none."""
        place = np.full(self.areas, -1)
        place[self.moment] = self.areas + np.arange(len(self.moment))
        return place

    def matrix(
        self, source: IntArray, counts: FloatArray, energy_kev: FloatArray, n: int
    ) -> FloatArray:
        """Return R for lines of n sources, shape (rows, n)."""
        out = np.zeros((len(self.value), n))
        shown = np.flatnonzero(self.row >= 0)
        np.add.at(out, (self.row[shown], source[shown]), (counts * self.weight)[shown])
        windows, lines, weights = self.beside
        np.add.at(out, (windows, source[lines]), counts[lines] * weights)
        place = self._centroids()
        centred = shown[place[self.row[shown]] >= 0]
        rows = self.row[centred]
        offset = energy_kev[centred] - self.energy_kev[rows]
        moments = (counts * self.weight)[centred] * offset
        np.add.at(out, (place[rows], source[centred]), moments)
        return out


def design_of(
    energy_kev: FloatArray,
    telling: NDArray[np.bool_],
    clusters: Clusters,
    view: SpectrumView,
    params: ParticulateParams,
) -> Design:
    """Return where lines show.

    Parameters
    ----------
    energy_kev : ndarray, shape (lines,)
    telling : ndarray of bool, shape (lines,)
        Lines whose absence says something; others have no window of their own.
    clusters : Clusters
    view : SpectrumView
    params : ParticulateParams
    """
    row = np.full(len(energy_kev), -1)
    weight = np.zeros(len(energy_kev))
    n = len(clusters.energy_kev)
    if n:
        nearest = _nearest(clusters.energy_kev, energy_kev)
        away = np.abs(energy_kev - clusters.energy_kev[nearest])
        fwhm = clusters.fwhm_kev[nearest]
        tolerance = tolerance_of(clusters, params)[nearest]
        sure = np.minimum(np.maximum(tolerance, CERTAIN_FWHM * fwhm), 0.9 * fwhm)
        sure = np.maximum(sure, CERTAIN_FWHM * fwhm)
        beyond = np.maximum(away - sure, 0.0) * FWHM_PER_SIGMA / fwhm
        swallowed = away < REACH_FWHM * fwhm
        row[swallowed] = nearest[swallowed]
        weight[swallowed] = np.exp(-(beyond[swallowed] ** 2) / 4.0)
    free = np.flatnonzero((row < 0) & telling)
    low, high = view.span_kev
    free = free[(energy_kev[free] > low) & (energy_kev[free] < high)]
    centres, group = _windows(energy_kev[free], view)
    row[free], weight[free] = n + group, 1.0
    left, variance = net_counts(view, centres) if len(centres) else (np.empty(0), np.empty(0))
    areas_kev = np.concatenate([clusters.energy_kev, centres])
    beside = neighbour_variance(areas_kev, clusters)
    significant = clusters.area > CENTROID_SIGMAS * np.sqrt(clusters.variance)
    moment = np.flatnonzero(significant)
    scatter = np.hypot(clusters.energy_sigma_kev, params.energy_error_kev)
    # The centroid decides between lines; where even the nearest is off, it is the energy that is.
    off = np.full(n, np.inf)
    matched = (row >= 0) & (row < n)
    np.minimum.at(
        off, row[matched], np.abs(energy_kev[matched] - clusters.energy_kev[row[matched]])
    )
    scatter = np.maximum(scatter, np.where(np.isfinite(off), off, 0.0) / MOST_OFF)
    moment_sigma = clusters.area[moment] * scatter[moment]
    return Design(
        row=row,
        weight=weight,
        value=np.concatenate([clusters.area, left, np.zeros(len(moment))]),
        variance=np.concatenate([clusters.variance, variance, moment_sigma**2])
        + np.concatenate([beside, np.zeros(len(moment))]),
        energy_kev=areas_kev,
        n_clusters=n,
        n_windows=len(centres),
        moment=moment,
        beside=_beside_windows(energy_kev, centres, view, n, row),
    )


def tolerance_of(clusters: Clusters, params: ParticulateParams) -> FloatArray:
    """Return how far a line may be from each peak, keV, shape (clusters,)."""
    return np.maximum(params.tolerance_kev, params.tolerance_sigmas * clusters.energy_sigma_kev)


def neighbour_variance(energy_kev: FloatArray, clusters: Clusters) -> FloatArray:
    """Return what the shapes of strong neighbours add to the variance of areas.

    Tails and steps of a strong peak are known to a part of its area; that of annihilation, whose
    width is that of electrons in matter, less well.
    """
    out = np.zeros(len(energy_kev))
    for kev, area, fwhm in zip(clusters.energy_kev, clusters.gross, clusters.fwhm_kev, strict=True):
        if area < STRONG_NEIGHBOUR:
            continue
        away = np.abs(energy_kev - kev)
        beside = (away > 0.3 * fwhm) & (away < NEIGHBOUR_FWHM * fwhm)
        share = np.where(beside, NEIGHBOUR_ERROR, 0.0)
        if abs(kev - ANNIHILATION_KEV) < fwhm:
            fading = np.exp(-((away / ANNIHILATION_REACH_KEV) ** 2))
            share = np.where(away > 0.3 * fwhm, ANNIHILATION_ERROR * fading, 0.0)
        out += (share * area) ** 2
    return out


def _beside_windows(
    energy_kev: FloatArray, centres: FloatArray, view: SpectrumView, n: int, row: IntArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return row, line and weight of what lines without a peak put into windows of others.

    A window is opened for a line that would tell of its source. Others' weak lines put counts into
    it all the same: Bi-212's thallium X-rays at 70.8 keV are not what Bi-212 is known by, yet left
    out they would be taken for those of Pb-203. Lines a little farther away raise the baseline.
    """
    free = np.flatnonzero((row < 0) | (row >= n))
    rows, lines, weights = [row[:0]], [row[:0]], [np.empty(0)]
    for k, (near, weight) in enumerate(net_responses(view, centres, energy_kev[free])):
        other = (row[free[near]] != n + k) & (np.abs(weight) > LEAST_RESPONSE)
        lines.append(free[near[other]])
        weights.append(weight[other])
        rows.append(np.full(int(other.sum()), n + k))
    return np.concatenate(rows), np.concatenate(lines), np.concatenate(weights)


def _nearest(sorted_kev: FloatArray, energy_kev: FloatArray) -> IntArray:
    place = np.clip(np.searchsorted(sorted_kev, energy_kev), 1, max(len(sorted_kev) - 1, 1))
    if len(sorted_kev) == 1:
        return np.zeros(len(energy_kev), dtype=np.int64)
    below = np.abs(energy_kev - sorted_kev[place - 1])
    above = np.abs(energy_kev - sorted_kev[place])
    return np.where(below <= above, place - 1, place)


def _windows(energy_kev: FloatArray, view: SpectrumView) -> tuple[FloatArray, IntArray]:
    """Return centres of windows and the window of each line."""
    if not len(energy_kev):
        return np.empty(0), np.empty(0, dtype=np.int64)
    order = np.argsort(energy_kev)
    at = energy_kev[order]
    fwhm = view.fwhm_at(at)
    group = np.zeros(len(at), dtype=np.int64)
    first = 0
    for i in range(1, len(at)):
        new = at[i] - at[first] > TOGETHER_FWHM * fwhm[i]
        first = i if new else first
        group[i] = group[i - 1] + int(new)
    centres = np.bincount(group, at) / np.bincount(group)
    out = np.empty(len(at), dtype=np.int64)
    out[order] = group
    return centres, out
