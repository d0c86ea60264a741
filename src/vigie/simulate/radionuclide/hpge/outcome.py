"""What one decay, or a part of it, leaves in a detector: nothing, exact energies, or a continuum.

Outcomes are distributions. ``both`` convolves two that happen together, ``either`` mixes those of
which one happens. Discrete energies stay a list, so sum peaks have exact places and areas; the
continuum is held as the Fourier transform of its probabilities in bins of 1 keV, and convolved
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.simulate.radionuclide.hpge.cross_sections import ELECTRON_KEV, K_XRAY_KEV
from vigie.simulate.radionuclide.hpge.response import response_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.simulate.radionuclide.hpge.geometry import DetectorGeometry

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

BINS = 4096
"""Of 1 keV; a sum beyond would come back at the bottom, and decays do not give as much."""
ROUND_KEV = 0.01
RAREST = 1e-8
"""Energies with less probability are dropped; a millionth of a per cent of a decay."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Probabilities of nothing, of exact energies, and of a continuum."""

    nothing: float
    energy_kev: FloatArray
    probability: FloatArray
    continuum_hat: ComplexArray
    """rfft of the continuum's bins, shape (BINS // 2 + 1,)."""

    @property
    def continuum(self) -> FloatArray:
        """Return the probability in each bin of 1 keV, shape (BINS,)."""
        return np.asarray(np.maximum(np.fft.irfft(self.continuum_hat, BINS), 0.0))


NOTHING = Outcome(1.0, np.empty(0), np.empty(0), np.zeros(BINS // 2 + 1, dtype=np.complex128))


def certain(energy_kev: FloatArray, probability: FloatArray, continuum: FloatArray) -> Outcome:
    """Return the outcome of given probabilities; what is missing to 1 is nothing."""
    rest = 1.0 - float(probability.sum()) - float(continuum.sum())
    return Outcome(rest, energy_kev, probability, np.fft.rfft(continuum, BINS))


@lru_cache(maxsize=512)
def photon(geometry: DetectorGeometry, energy_kev: float, number: float = 1.0) -> Outcome:
    """Return the outcome of a photon.

    Parameters
    ----------
    geometry : DetectorGeometry
    energy_kev : float
    number : float
        Photons of which at most one can hit: 2 of annihilation, less than 1 of an X-ray that comes
        with that probability.
    """
    response = response_of(geometry)
    lost = np.array([0.0, ELECTRON_KEV, 2.0 * ELECTRON_KEV, K_XRAY_KEV])
    escapes = response.escape(energy_kev)
    probability = number * np.concatenate([[float(response.peak(energy_kev))], escapes])
    kept = probability > RAREST
    grid = np.arange(BINS + 1, dtype=np.float64)
    continuum = number * np.diff(response.cumulative(energy_kev, grid))
    return certain((energy_kev - lost)[kept], probability[kept], continuum)


def either(outcomes: Sequence[Outcome], weights: Sequence[float]) -> Outcome:
    """Return what one of several gives, each with its probability."""
    energy = np.concatenate([one.energy_kev for one in outcomes])
    chance = np.concatenate([w * o.probability for o, w in zip(outcomes, weights, strict=True)])
    hat = sum(
        (w * o.continuum_hat for o, w in zip(outcomes, weights, strict=True)),
        start=np.zeros(BINS // 2 + 1, dtype=np.complex128),
    )
    nothing = sum(w * o.nothing for o, w in zip(outcomes, weights, strict=True))
    return Outcome(float(nothing), *merged(energy, chance), hat)


def both(first: Outcome, second: Outcome) -> Outcome:
    """Return what two leave together."""
    if not len(first.energy_kev) and first.nothing == 1.0:
        return second
    sums = (first.energy_kev[:, None] + second.energy_kev[None, :]).ravel()
    joint = (first.probability[:, None] * second.probability[None, :]).ravel()
    energy = np.concatenate([first.energy_kev, second.energy_kev, sums])
    alone = (first.probability * second.nothing, second.probability * first.nothing)
    chance = np.concatenate([*alone, joint])
    a, b = _hat(first), _hat(second)
    hat = first.continuum_hat * (second.nothing + b + second.continuum_hat)
    hat = hat + (first.nothing + a) * second.continuum_hat
    return Outcome(first.nothing * second.nothing, *merged(energy, chance), hat)


def merged(energy_kev: FloatArray, chance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return energies and probabilities with equal energies joined and the rarest dropped."""
    if not len(energy_kev):
        return energy_kev, chance
    keys = np.rint(energy_kev / ROUND_KEV).astype(np.int64)
    _, place = np.unique(keys, return_inverse=True)
    total: FloatArray = np.bincount(place, chance).astype(np.float64)
    mean: FloatArray = np.bincount(place, chance * energy_kev) / np.maximum(total, 1e-300)
    kept = total > RAREST
    return mean[kept], total[kept]


def _hat(outcome: Outcome) -> ComplexArray:
    """Return the transform of the exact energies, each split over the two bins about it."""
    # A bin's continuum stands for its centre.
    place = np.clip(outcome.energy_kev - 0.5, 0.0, BINS - 2.0)
    low = place.astype(np.int64)
    share = place - low
    bins = np.bincount(low, outcome.probability * (1.0 - share), BINS)
    bins += np.bincount(low + 1, outcome.probability * share, BINS)
    return np.asarray(np.fft.rfft(bins[:BINS]))
