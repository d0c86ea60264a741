"""Decays one by one: what the exact sums of ``decay_spectrum`` are checked against.

Each decay begins at a level by its feeding, goes down step by step, and each photon on the way is
given an outcome (missed, full energy, escape, continuum) by its own draw; energies add up. Nothing
but the outcome of a single photon is shared with ``decay_spectrum``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.simulate.radionuclide.hpge.cross_sections import ELECTRON_KEV
from vigie.simulate.radionuclide.hpge.decay_spectrum import (
    LEAST_KEV,
    LEAST_XRAY_KEV,
    RESOLVING_TIME_S,
    k_fluorescence,
)
from vigie.simulate.radionuclide.hpge.response import response_of

if TYPE_CHECKING:
    from vigie.facts.cascades import Cascade
    from vigie.simulate.radionuclide.hpge.geometry import DetectorGeometry

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def cascade_events(
    cascade: Cascade,
    xrays: tuple[tuple[float, float], ...],
    geometry: DetectorGeometry,
    *,
    decays: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the energy left by each of a number of decays.

    Parameters
    ----------
    cascade : Cascade
        Without levels that live above 1 us, which would make one decay two events.
    xrays : tuple of (float, float)
        Energies of the daughter's K X-rays, and how often each is the one.
    geometry : DetectorGeometry
    decays : int
        Decays that go to this daughter.
    rng : Generator

    Returns
    -------
    ndarray, shape (decays,)
        keV; 0 where nothing was left.
    """
    assert all((one.half_life_s or 0.0) <= RESOLVING_TIME_S for one in cascade.levels)
    feeding = np.array([one.feeding for one in cascade.levels])
    level = rng.choice(len(feeding), size=decays, p=feeding / feeding.sum())
    left = np.zeros(decays)
    captures = np.array([one.k_capture for one in cascade.levels])
    positrons = np.array([one.positron for one in cascade.levels])
    light = k_fluorescence(cascade.daughter_number)
    vacancy = rng.random(decays) < light * captures[level]
    _xrays(left, np.flatnonzero(vacancy), xrays, geometry, rng)
    pairs = np.flatnonzero(rng.random(decays) < positrons[level])
    # Of the two photons that fly apart at most one can hit.
    left[pairs] += _left(ELECTRON_KEV, len(pairs), geometry, rng, number=2.0)
    for index in reversed(range(len(feeding))):
        steps = [s for s in cascade.transitions if s.start == index]
        here = np.flatnonzero(level == index)
        if not steps or not len(here):
            continue
        total = np.array([s.total for s in steps])
        taken = rng.choice(len(steps), size=len(here), p=total / total.sum())
        for k, step in enumerate(steps):
            chosen = here[taken == k]
            by_photon = rng.random(len(chosen)) < 1.0 / (1.0 + step.conversion)
            if step.energy_kev > LEAST_KEV:
                seen = chosen[by_photon]
                left[seen] += _left(step.energy_kev, len(seen), geometry, rng)
            k_share = step.k_conversion / step.conversion if step.conversion else 0.0
            electrons = chosen[~by_photon]
            hit = rng.random(len(electrons)) < min(k_share, 1.0) * light
            _xrays(left, electrons[hit], xrays, geometry, rng)
            level[chosen] = step.end
    return left


def _xrays(
    left: FloatArray,
    where: IntArray,
    xrays: tuple[tuple[float, float], ...],
    geometry: DetectorGeometry,
    rng: np.random.Generator,
) -> None:
    share = np.array([p for _, p in xrays])
    taken = rng.choice(len(xrays), size=len(where), p=share / share.sum())
    for k, (energy, _) in enumerate(xrays):
        chosen = where[taken == k]
        if energy > LEAST_XRAY_KEV:
            left[chosen] += _left(energy, len(chosen), geometry, rng)


def _left(
    energy_kev: float,
    photons: int,
    geometry: DetectorGeometry,
    rng: np.random.Generator,
    number: float = 1.0,
) -> FloatArray:
    response = response_of(geometry)
    peak = number * float(response.peak(energy_kev))
    total = number * float(response.total(energy_kev))
    draw = rng.random(photons)
    out = np.zeros(photons)
    out[draw < peak] = energy_kev
    rest = np.flatnonzero((draw >= peak) & (draw < total))
    edges, counts = response.continuum_edges(energy_kev), response.continuum_counts(energy_kev)
    # Escape peaks go with the continuum: for areas at full energy it is the same.
    cumulative = np.concatenate([[0.0], np.cumsum(counts)]) / counts.sum()
    out[rest] = np.interp(rng.random(len(rest)), cumulative, edges)
    return out
