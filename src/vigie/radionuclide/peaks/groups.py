"""Groups: which peaks are fitted together, over which channels, with which priors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks.multiplet import Group
from vigie.radionuclide.peaks.shape import FWHM_OVER_SIGMA

if TYPE_CHECKING:
    from vigie.radionuclide.peaks.continuum import Continuum
    from vigie.radionuclide.peaks.params import PeakParams
    from vigie.radionuclide.peaks.scene import Scene

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ANNIHILATION_KEV = 510.999
RECOILS_KEV = (595.85, 691.3)
"""Inelastic scattering of fast neutrons on Ge-74 and Ge-72: peaks with long right tails."""
KIND_REACH_KEV = 1.6
NEAREST_NEIGHBOUR_FWHM = 1.6
"""A window ends this far before a peak of another group, where it can."""
LEAST_SIDE_FWHM = 1.5
TERMS_UP_TO_FWHM = ((13.0, 3), (20.0, 4), (28.0, 5), (38.0, 6), (1e9, 7))
"""Terms of the baseline by length of the window."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Seeds:
    """Peaks to be fitted."""

    places: FloatArray
    """Channels counted from 0, rising, shape (n,)."""
    areas: FloatArray
    """As known so far; they decide whose shape is let free."""
    fixed: NDArray[np.bool_]
    """Which centroids are kept."""

    @classmethod
    def free(cls, places: FloatArray, areas: FloatArray) -> Seeds:
        """Return seeds with free centroids, in order."""
        order = np.argsort(places)
        return cls(
            places=np.asarray(places, dtype=float)[order],
            areas=np.asarray(areas, dtype=float)[order],
            fixed=np.zeros(len(places), dtype=bool),
        )

    def joined(self, places: FloatArray, areas: FloatArray) -> Seeds:
        """Return the seeds with further free ones."""
        every = np.concatenate([self.places, places])
        order = np.argsort(every, kind="stable")
        return Seeds(
            places=every[order],
            areas=np.concatenate([self.areas, areas])[order],
            fixed=np.concatenate([self.fixed, np.zeros(len(places), dtype=bool)])[order],
        )

    def taken(self, which: NDArray[np.bool_]) -> Seeds:
        """Return only the seeds chosen."""
        return Seeds(places=self.places[which], areas=self.areas[which], fixed=self.fixed[which])


def kinds_of(energy_kev: FloatArray) -> IntArray:
    """Return the kind of each peak by its energy: annihilation, recoil, or common."""
    out = np.zeros(len(energy_kev), dtype=np.int64)
    out[np.abs(energy_kev - ANNIHILATION_KEV) < KIND_REACH_KEV] = 1
    for one in RECOILS_KEV:
        out[np.abs(energy_kev - one) < KIND_REACH_KEV] = 2
    for kind in (1, 2):
        # One special peak per line: neighbours that were split off it are common ones.
        for line in (ANNIHILATION_KEV,) if kind == 1 else RECOILS_KEV:
            near = np.flatnonzero((out == kind) & (np.abs(energy_kev - line) < KIND_REACH_KEV))
            if len(near) > 1:
                best = near[np.argmin(np.abs(energy_kev[near] - line))]
                out[near[near != best]] = 0
    return out


def split(places: FloatArray, fwhm: FloatArray, params: PeakParams) -> list[IntArray]:
    """Return indices of the peaks of each group.

    Parameters
    ----------
    places, fwhm : ndarray, shape (n,)
        Rising centroids and widths, channels.
    """
    if not len(places):
        return []
    gaps = np.diff(places) / fwhm[:-1]
    cuts = list(np.flatnonzero(gaps > params.merge_fwhm) + 1)
    pieces = np.split(np.arange(len(places)), cuts)
    out: list[IntArray] = []
    while pieces:
        piece = pieces.pop(0)
        if len(piece) <= params.max_group:
            out.append(piece)
            continue
        inner = gaps[piece[0] + 2 : piece[-1] - 2]
        at = int(np.argmax(inner)) + 3
        pieces[:0] = [piece[:at], piece[at:]]
    return out


def make_groups(
    scene: Scene, seeds: Seeds, continuum: Continuum | None, params: PeakParams
) -> list[Group]:
    """Return the groups of all peaks, each with its window and priors."""
    at = scene.at(seeds.places)
    sigma = scene.sigma[at]
    kinds = kinds_of(scene.energy(seeds.places))
    pieces = split(seeds.places, sigma * FWHM_OVER_SIGMA, params)
    groups = []
    for k, piece in enumerate(pieces):
        before = seeds.places[pieces[k - 1][-1]] if k else -np.inf
        after = seeds.places[pieces[k + 1][0]] if k + 1 < len(pieces) else np.inf
        start, stop = _window(scene, seeds.places[piece], (before, after), params)
        middle = np.mean(seeds.places[piece], keepdims=True)
        energy = float(scene.energy(middle)[0])
        mean, precision = _baseline_prior(scene, continuum, start, stop)
        strong = bool(seeds.areas[piece].max() >= params.strong_area)
        law = scene.model.shape
        groups.append(
            Group(
                start=start,
                stop=stop,
                places=seeds.places[piece],
                sigma=sigma[piece],
                kinds=kinds[piece],
                theta=law.theta(energy),
                theta_sigma=law.sigma(energy) if strong else np.zeros(5),
                base_mean=mean,
                base_precision=precision,
                fixed=seeds.fixed[piece],
            )
        )
    return groups


def _window(
    scene: Scene, places: FloatArray, neighbours: tuple[float, float], params: PeakParams
) -> tuple[int, int]:
    """Sides of the baseline, shortened where another group's peaks begin."""
    first, last = scene.fwhm[scene.at(places[[0, -1]])]
    left, right = params.side_fwhm * first, params.side_fwhm * last
    room = places[0] - neighbours[0] - NEAREST_NEIGHBOUR_FWHM * first
    left = max(min(left, room), LEAST_SIDE_FWHM * first)
    room = neighbours[1] - places[-1] - NEAREST_NEIGHBOUR_FWHM * last
    right = max(min(right, room), LEAST_SIDE_FWHM * last)
    start = max(int(np.floor(places[0] - left)), scene.low)
    stop = min(int(np.ceil(places[-1] + right)) + 1, scene.high)
    # At the ends of the spectrum the window still needs channels for its parameters.
    least = int(4.0 * first) + 6
    if stop - start < least:
        start, stop = max(min(start, stop - least), 0), min(start + least, len(scene.counts))
    return start, stop


def _baseline_prior(
    scene: Scene, continuum: Continuum | None, start: int, stop: int
) -> tuple[FloatArray, FloatArray]:
    """Return what the continuum around says of the baseline's bend.

    With u in FWHM and half length h, B (1 + k u^2 / 2) holds B k h^2 / 3 of the second Legendre
    polynomial; higher terms are given a scatter that grows with the length.
    """
    middle = (start + stop) // 2
    half = 0.5 * (stop - start) / scene.fwhm[middle]
    terms = next(n for limit, n in TERMS_UP_TO_FWHM if 2.0 * half <= limit)
    mean, precision = np.zeros(terms), np.zeros(terms)
    if continuum is None:
        return mean, precision
    bend, scatter = continuum.bend(float(middle))
    level = float(np.mean(continuum.level[start:stop])) + 0.05
    unit = level * half * half / 3.0
    mean[2] = bend * unit
    for k in range(2, terms):
        precision[k] = (scatter * unit * (half / 8.0) ** (k - 2)) ** -2.0
    return mean, precision
