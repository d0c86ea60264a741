"""Peaks as a germanium detector draws them, in channels.

A peak is a Gaussian of which shares are convolved with a short and a long exponential to the left
(incomplete collection of charge), over a step (scattering in the filter and window). Two tails of
different laws, as real detectors have them and fit models do not. Neutron lines have a tail to the
right: the recoil of the nucleus adds to the photon. Channels hold the integral of the shape, not
its value at their middle. Cost: 10 us a peak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

FWHM_PER_SIGMA = 2.3548200450309493
WINDOW = 6.0
"""Half-width of what is drawn, in standard deviations, tails apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakShape:
    """Laws of width, tails and step over energy E in keV.

    Defaults are usual for a p-type crystal in its tenth year: 1.9 keV at 1332 keV.
    """

    fwhm2_constant_kev2: float = 0.72
    """Of electronics."""
    fwhm2_slope_kev: float = 2.05e-3
    """Of charge carriers' statistics."""
    fwhm2_curve: float = 8e-8
    """Of charge collection."""
    tail_share: float = 0.03
    """In the short tail, at 0 keV."""
    tail_share_per_mev: float = 0.04
    tail_kev: float = 0.45
    """Length at 0 keV."""
    tail_kev_per_mev: float = 0.5
    long_share: float = 0.004
    long_kev: float = 3.5
    step_per_kev: float = 8e-4
    """Of the area, per keV, below the peak."""
    step_low_energy: float = 0.1
    """The same, times 1/E."""
    annihilation_kev: float = 1.9
    """FWHM of the Doppler width of 511 keV."""

    def fwhm_kev(self, energy_kev: FloatArray | float) -> FloatArray:
        """Return the full width at half maximum of the Gaussian."""
        e = np.asarray(energy_kev, np.float64)
        square = self.fwhm2_constant_kev2 + self.fwhm2_slope_kev * e + self.fwhm2_curve * e**2
        return np.asarray(np.sqrt(square))


GAUSSIAN = PeakShape(
    tail_share=0.0, tail_share_per_mev=0.0, long_share=0.0, step_per_kev=0.0, step_low_energy=0.0
)
"""Without tails and step."""


def draw_peaks(
    edges_kev: FloatArray,
    peaks: FloatArray,
    shape: PeakShape,
) -> FloatArray:
    """Return the expected counts of peaks in channels.

    Parameters
    ----------
    edges_kev : ndarray, shape (channels + 1,)
        Rising.
    peaks : ndarray, shape (n, 4)
        Energy (keV), counts, extra FWHM added in quadrature (keV), length of a tail to the right
        (keV; 0 for none, and then the tails to the left are drawn).
    shape : PeakShape
    """
    out = np.zeros(len(edges_kev) - 1)
    steps = np.zeros(len(edges_kev) - 1)
    if len(peaks):
        energy = peaks[:, 0]
        width = np.hypot(shape.fwhm_kev(energy), peaks[:, 2]) / FWHM_PER_SIGMA
        rows = np.empty((len(peaks), 8))
        rows[:, 0], rows[:, 1], rows[:, 2] = energy, peaks[:, 1], width
        rows[:, 3] = shape.tail_share + 1e-3 * shape.tail_share_per_mev * energy
        rows[:, 4] = shape.tail_kev + 1e-3 * shape.tail_kev_per_mev * energy
        rows[:, 5], rows[:, 6] = shape.long_share, shape.long_kev
        rows[:, 7] = -peaks[:, 3]
        height = shape.step_per_kev + shape.step_low_energy / np.maximum(energy, 20.0)
        _draw(edges_kev, rows, height, out, steps)
    return np.asarray(out + np.cumsum(steps[::-1])[::-1] * np.diff(edges_kev))


@njit(cache=True)
def _normal(u: float) -> float:
    return 0.5 * math.erfc(-u / math.sqrt(2.0))


@njit(cache=True)
def _tailed(u: float, ratio: float) -> float:
    # Distribution of a standard normal less an exponential of length 1 / ratio.
    exponent = u * ratio + 0.5 * ratio * ratio
    if exponent > 300.0:
        return _normal(u)
    return _normal(u) + math.exp(exponent) * _normal(-u - ratio)


@njit(cache=True)
def _draw(
    edges: FloatArray, rows: FloatArray, height: FloatArray, out: FloatArray, steps: FloatArray
) -> None:
    for i in range(len(rows)):
        energy, counts, sigma, share, short, long_share, long, right = rows[i]
        reach = WINDOW * sigma
        left = reach + (12.0 * short if share > 0.0 else 0.0)
        left += 9.0 * long if long_share > 0.0 else 0.0
        above = reach + 9.0 * -right
        first = np.searchsorted(edges, energy - left) - 1
        last = np.searchsorted(edges, energy + above)
        first, last = max(first, 0), min(last, len(out))
        if last <= 0 or first >= len(out):
            continue
        before = 0.0
        for c in range(first, last + 1):
            u = (edges[c] - energy) / sigma
            if right < 0.0:
                value = 1.0 - _tailed(-u, sigma / -right)
            else:
                value = (1.0 - share - long_share) * _normal(u)
                if share > 0.0:
                    value += share * _tailed(u, sigma / short)
                if long_share > 0.0:
                    value += long_share * _tailed(u, sigma / long)
            if c > first:
                out[c - 1] += counts * (value - before)
            before = value
        centre = min(max(np.searchsorted(edges, energy) - 1, 0), len(out) - 1)
        low = max(np.searchsorted(edges, energy - reach) - 1, 0)
        high = min(np.searchsorted(edges, energy + reach), len(out))
        if high <= 0:
            continue
        for c in range(low, high):
            # The step is smoothed over the window, and goes on unsmoothed below it.
            middle = 0.5 * (edges[c] + edges[c + 1])
            soft = _normal((energy - middle) / sigma)
            out[c] += counts * height[i] * soft * (edges[c + 1] - edges[c])
        if low > 0 and centre > 0:
            steps[low - 1] += counts * height[i]
