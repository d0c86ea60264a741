"""Rounds of fit and search: fit all groups, drop what is not significant, search what is left.

A candidate beside a fitted peak has to stand out of the residual by Rao's score test, which knows
what the fitted parameters could have taken up, and by more than a possible error of the strong
peak's shape. Elsewhere the matched filter looks at what is left after peaks and continuum. What a
fit has refused is not offered again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.continuum import Continuum, local_quadratics
from vigie.radionuclide.peaks.doublets import Divisions, divided
from vigie.radionuclide.peaks.groups import Seeds, make_groups
from vigie.radionuclide.peaks.limits import fit_significance
from vigie.radionuclide.peaks.multiplet import GroupFit, fit_group
from vigie.radionuclide.peaks.scene import FarCounts, far_counts
from vigie.radionuclide.peaks.search import maxima, significance

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.multiplet import Group
    from vigie.radionuclide.peaks.params import PeakParams
    from vigie.radionuclide.peaks.scene import Scene

FloatArray = NDArray[np.float64]

NEAR_FWHM = 2.2
"""Nearer to a fitted peak the score test decides, further away the matched filter."""
APART_FWHM = 0.5
"""No candidate is nearer to a fitted peak than this."""
REFUSED_FWHM = 0.4
CLOSEST_FWHM = 0.45
CROWDED_FWHM = 1.2
LEFT_SHARE, RIGHT_SHARE, SHARE_REACH_FWHM = 0.025, 0.01, 2.5
GRID_FWHM = 0.25
MARGIN_Z = 0.3
"""Candidates are fitted from this far below the threshold of decision."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Round:
    """State after one fit of all groups."""

    fits: tuple[GroupFit, ...]
    far: tuple[FarCounts, ...]
    """Per fit."""
    ends: FloatArray
    """Per fit: its first and last centroid, shape (n, 2)."""
    peaks: FloatArray
    """Counts per channel of all peaks, without steps."""
    steps: FloatArray
    continuum: Continuum

    @property
    def seeds(self) -> Seeds:
        """All peaks as fitted."""
        if not self.fits:
            empty = np.zeros(0)
            return Seeds.free(empty, empty)
        return Seeds(
            places=np.concatenate([f.places for f in self.fits]),
            areas=np.concatenate([f.p[: f.n_peaks] for f in self.fits]),
            fixed=np.concatenate([f.group.fixed for f in self.fits]),
        )

    @property
    def expected(self) -> FloatArray:
        """Counts expected in each channel by peaks, steps and continuum."""
        return self.continuum.level + self.peaks + self.steps


def fit_all(scene: Scene, seeds: Seeds, last: Round | None, params: PeakParams) -> Round:
    """Fit all groups; those that ``last`` fitted as they are are taken from it."""
    known = {}
    if last is not None:
        known = {
            _key(f.group, f.places): (f, far) for f, far in zip(last.fits, last.far, strict=True)
        }
    groups = make_groups(scene, seeds, last.continuum if last else None, params)
    return _round(scene, [known.get(_key(g, g.places)) or _fitted(scene, g, last) for g in groups])


def fit_afresh(scene: Scene, last: Round, params: PeakParams) -> Round:
    """Fit all groups anew, with the continuum and the neighbours that are known now."""
    groups = make_groups(scene, last.seeds, last.continuum, params)
    return _round(scene, [_fitted(scene, group, last) for group in groups])


def _fitted(scene: Scene, group: Group, last: Round | None) -> tuple[GroupFit, FarCounts]:
    counts = scene.counts[group.start : group.stop]
    fit = fit_group(counts, _others(group, last), group)
    return fit, far_counts(fit, len(scene.counts))


def _key(group: Group, places: FloatArray) -> tuple[bytes, int, int, bool]:
    return places.tobytes(), group.start, group.stop, bool(group.theta_sigma.any())


def _others(group: Group, last: Round | None) -> FloatArray:
    """Return what peaks of other groups put into the window."""
    if last is None:
        return np.zeros(group.stop - group.start)
    offset = last.peaks[group.start : group.stop].copy()
    first, final = group.places[0] - group.sigma[0], group.places[-1] + group.sigma[-1]
    for k in np.flatnonzero((last.ends[:, 1] >= first) & (last.ends[:, 0] <= final)):
        where = last.far[k].where
        low, high = max(where.start, group.start), min(where.stop, group.stop)
        own = last.far[k].peaks[low - where.start : high - where.start]
        offset[low - group.start : high - group.start] -= own
    return np.maximum(offset, 0.0)


def _round(scene: Scene, pairs: list[tuple[GroupFit, FarCounts]]) -> Round:
    n = len(scene.counts)
    peaks, steps = np.zeros(n), np.zeros(n)
    for _, far in pairs:
        peaks[far.where] += far.peaks
        steps[far.where] += far.steps
    ends = [(fit.places.min(), fit.places.max()) for fit, _ in pairs]
    return Round(
        fits=tuple(fit for fit, _ in pairs),
        far=tuple(far for _, far in pairs),
        ends=np.array(ends, dtype=float).reshape(-1, 2),
        peaks=peaks,
        steps=steps,
        continuum=_continuum(scene, peaks, steps),
    )


def _continuum(scene: Scene, peaks: FloatArray, steps: FloatArray) -> Continuum:
    net = scene.counts - peaks - steps
    width = max(int(3 * np.median(scene.fwhm)), 3)
    sums = np.concatenate([[0.0], np.cumsum(np.pad(net, width, mode="reflect"))])
    smooth = (sums[2 * width + 1 :] - sums[: -2 * width - 1]) / (2 * width + 1)
    variance = np.maximum(smooth, 0.05) + np.maximum(peaks + steps, 0.0)
    # What a strong peak's shape leaves behind is not counting noise.
    variance = variance + (0.02 * peaks) ** 2
    used = slice(0, scene.high)
    local = local_quadratics(net[used], variance[used], scene.fwhm[used], scene.low)
    return local.over(len(scene.counts))


def pruned(scene: Scene, last: Round, least_z: float) -> tuple[Seeds, FloatArray]:
    """Return the seeds without each group's least significant peak, and places taken out."""
    keep, refused = [], []
    for fit in last.fits:
        z = fit_significance(fit, scene.fwhm[scene.at(fit.places)])
        z = np.where(doubtful(scene, fit), -1.0, z)
        z = np.where(crowded(scene, fit), np.minimum(z, fit.areas / fit.area_sigma), z)
        good = np.ones(fit.n_peaks, dtype=bool)
        worst = int(np.argmin(np.where(fit.group.fixed, np.inf, z)))
        if z[worst] < least_z and not fit.group.fixed[worst]:
            good[worst] = False
            refused.append(float(fit.places[worst]))
        keep.append(good)
    every = np.concatenate(keep) if keep else np.zeros(0, dtype=bool)
    return last.seeds.taken(every), np.array(refused)


def doubtful(scene: Scene, fit: GroupFit) -> NDArray[np.bool_]:
    """Tell which peaks may be the shape of a stronger one beside them.

    Such are those nearer to it than half a FWHM, and those within 2.5 FWHM with a share of its area
    that its tail (2.5 %, to the left) or its flank (1 %) might hold beyond the law; within 1.2 FWHM
    two and a half times as much.
    """
    n, areas = fit.n_peaks, fit.p[: fit.n_peaks]
    fwhm = scene.fwhm[scene.at(fit.places)]
    away = (fit.places[:, np.newaxis] - fit.places) / fwhm
    weaker = areas[:, np.newaxis] < areas
    least = np.where(away < 0.0, LEFT_SHARE, RIGHT_SHARE) * areas
    least = np.where(np.abs(away) < CROWDED_FWHM, 2.5 * least, least)
    share = (np.abs(away) < SHARE_REACH_FWHM) & (areas[:, np.newaxis] < least)
    near = np.abs(away) < CLOSEST_FWHM
    return np.asarray(((share | near) & weaker & ~np.eye(n, dtype=bool)).any(axis=1))


def crowded(scene: Scene, fit: GroupFit) -> NDArray[np.bool_]:
    """Tell which peaks have a neighbour so near that their areas are tied to each other's."""
    away = np.abs(fit.places[:, np.newaxis] - fit.places) / scene.fwhm[scene.at(fit.places)]
    return np.asarray((away < CROWDED_FWHM).sum(axis=1) > 1)


def divided_seeds(scene: Scene, last: Round, so_far: Divisions, least_z: float) -> Seeds | None:
    """Return the seeds with hidden doublets divided, or None where there are none.

    Parameters
    ----------
    so_far : Divisions
        Groups that were tried before; those tried now are added.
    """
    places, changed = [], False
    for fit in last.fits:
        group = fit.group
        key = (fit.places.tobytes(), group.start)
        two = None
        if key not in so_far.tried:
            window = scene.counts[group.start : group.stop]
            two = divided(window, _others(group, last), fit, least_z, so_far)
            so_far.tried.add(key)
        places.append(fit.places if two is None else two)
        changed |= two is not None
    if not changed:
        return None
    every = np.concatenate(places)
    areas = np.concatenate(
        [np.full(len(p), f.p[: f.n_peaks].max()) for p, f in zip(places, last.fits, strict=True)]
    )
    return Seeds.free(every, areas)


def candidates(
    scene: Scene, last: Round, refused: FloatArray, least_z: float, params: PeakParams
) -> tuple[FloatArray, FloatArray]:
    """Return places and areas of peaks to try.

    Parameters
    ----------
    refused : ndarray
        Places at which a fit has found nothing.
    least_z : float
        Significance from which a fitted peak is kept.
    """
    places, areas = _elsewhere(scene, last, min(params.search_z, least_z))
    for fit in last.fits:
        place, area = _beside(scene, last, fit, least_z - MARGIN_Z, params)
        places, areas = np.append(places, place), np.append(areas, area)
    if len(places) and len(refused):
        near = np.abs(places[:, np.newaxis] - refused).min(axis=1)
        good = near > REFUSED_FWHM * scene.fwhm[scene.at(places)]
        places, areas = places[good], areas[good]
    return places, areas


def _elsewhere(scene: Scene, last: Round, least: float) -> tuple[FloatArray, FloatArray]:
    net = scene.counts - last.expected
    net[: scene.low] = net[scene.high :] = 0.0
    z = significance(net, np.maximum(last.expected, 0.02), scene.sigma)
    z[: scene.low + int(scene.fwhm[scene.low])] = 0.0
    z[scene.high - int(scene.fwhm[scene.high - 1]) :] = 0.0
    for place in last.seeds.places:
        reach = NEAR_FWHM * scene.fwhm[int(place)]
        z[max(int(place - reach), 0) : int(place + reach) + 1] = 0.0
    found = maxima(z, least, 2.0 * scene.fwhm)
    areas = z[found] * np.sqrt(3.5 * scene.sigma[found] * np.maximum(last.expected[found], 0.1))
    return found.astype(float), areas


def _beside(
    scene: Scene, last: Round, fit: GroupFit, least: float, params: PeakParams
) -> tuple[FloatArray, FloatArray]:
    from vigie.radionuclide.peaks._fit_kernels import score_scan
    from vigie.radionuclide.peaks.shape import BETAS

    group = fit.group
    fwhm = float(scene.fwhm[(group.start + group.stop) // 2])
    first = max(fit.places[0] - NEAR_FWHM * fwhm, group.start + 0.7 * fwhm)
    final = min(fit.places[-1] + NEAR_FWHM * fwhm, group.stop - 0.7 * fwhm)
    grid = np.arange(first, final, max(GRID_FWHM * fwhm, 0.5))
    if not len(grid) or fit.n_peaks >= params.max_group:
        return np.zeros(0), np.zeros(0)
    window = slice(group.start, group.stop)
    wrong = params.shape_error * np.maximum(last.peaks[window], 0.0)
    free = np.flatnonzero(np.diag(fit.cov) > 0.0)
    state = (
        scene.counts[window],
        fit.mu,
        np.maximum(fit.mu, 0.02) + wrong**2,
        np.ascontiguousarray(fit.jac[free]),
        np.ascontiguousarray(fit.cov[np.ix_(free, free)]),
    )
    sigma = scene.sigma[scene.at(grid)]
    z, area = score_scan(grid - group.start, sigma, fit.theta, BETAS, state)
    nearest = np.abs(grid[:, np.newaxis] - fit.places).min(axis=1)
    z[nearest < APART_FWHM * fwhm] = 0.0
    others = last.seeds.places
    z[np.abs(grid[:, np.newaxis] - others).min(axis=1) < APART_FWHM * fwhm] = 0.0
    found = maxima(np.pad(z, 1), least, np.full(len(z) + 2, 3.0 / GRID_FWHM)) - 1
    return grid[found], area[found]
