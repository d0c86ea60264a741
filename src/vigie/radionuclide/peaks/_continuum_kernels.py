"""Compiled loops of ``continuum`` and ``search``."""

from __future__ import annotations

from math import exp

import numba
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def clip(packed: FloatArray, reach: IntArray) -> FloatArray:
    """Clip peaks with a distance that falls from ``reach`` (per channel) to 1."""
    value = packed.copy()
    before = packed.copy()
    n = len(packed)
    for distance in range(reach.max(), 0, -1):
        before[:] = value
        for i in range(distance, n - distance):
            if distance <= reach[i]:
                middle = 0.5 * (before[i - distance] + before[i + distance])
                value[i] = min(before[i], middle)
    return value


@numba.njit(cache=True, nogil=True)
def quadratics(
    net: FloatArray, variance: FloatArray, centres: IntArray, reach: FloatArray, first: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Fit weighted quadratics around centres; return level, bend and their errors.

    ``bend`` is the second derivative, counts per channel cubed. Near an end the window is cut.
    """
    m = len(centres)
    level, level_sigma, bend, bend_sigma = np.zeros(m), np.zeros(m), np.zeros(m), np.zeros(m)
    for k in range(m):
        low = max(first, int(centres[k] - reach[k]))
        high = min(len(net), int(centres[k] + reach[k]) + 1)
        normal, right = np.zeros((3, 3)), np.zeros(3)
        row = np.ones(3)
        for i in range(low, high):
            u = (i - centres[k]) / reach[k]
            row[1], row[2] = u, u * u
            for a in range(3):
                right[a] += row[a] * net[i] / variance[i]
                for b in range(3):
                    normal[a, b] += row[a] * row[b] / variance[i]
        for a in range(3):
            normal[a, a] *= 1.0 + 1e-9
            normal[a, a] += 1e-12
        inverse = np.linalg.inv(normal)
        found = np.dot(inverse, right)
        level[k], level_sigma[k] = found[0], np.sqrt(inverse[0, 0])
        bend[k] = 2.0 * found[2] / reach[k] ** 2
        bend_sigma[k] = 2.0 * np.sqrt(inverse[2, 2]) / reach[k] ** 2
    return level, level_sigma, bend, bend_sigma


@numba.njit(cache=True, nogil=True)
def matched_filter(
    net: FloatArray, variance: FloatArray, sigma: FloatArray, half_width: float
) -> FloatArray:
    """Return z of a Gaussian peak on a flat baseline at each channel.

    The template is a Gaussian less its mean over +-``half_width`` sigma, so it sums to 0.
    """
    n = len(net)
    z = np.zeros(n)
    for c in range(n):
        reach = int(half_width * sigma[c] + 0.5)
        low, high = max(c - reach, 0), min(c + reach + 1, n)
        mean = 0.0
        for i in range(low, high):
            mean += exp(-0.5 * ((i - c) / sigma[c]) ** 2)
        mean /= high - low
        signal, noise = 0.0, 0.0
        for i in range(low, high):
            k = exp(-0.5 * ((i - c) / sigma[c]) ** 2) - mean
            signal += k * net[i]
            noise += k * k * variance[i]
        if noise > 0.0:
            z[c] = signal / np.sqrt(noise)
    return z
