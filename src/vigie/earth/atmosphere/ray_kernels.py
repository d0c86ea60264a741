"""Sums along rays through layers in which sound speed and wind are linear: the compiled loop.

Kept apart so that numba is imported only where rays are traced; the plain NumPy twin stands in
`vigie.earth.atmosphere.rays` and is the test of this one.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@njit(cache=True, nogil=True)
def trace_rays(
    levels: FloatArray, slowness: FloatArray, nodes: FloatArray, weights: FloatArray
) -> FloatArray:
    """Return (n, 5): up-and-down time s, east m, north m, absorption, turning height m.

    ``levels`` is (5, k): height m, sound speed, wind east and north m/s, absorption per m and Hz^2;
    ``slowness`` (n, 2) in s/m; ``nodes`` and ``weights`` a quadrature on 0 to 1. NaN where a ray
    does not start upward or does not turn.
    """
    n, k = slowness.shape[0], levels.shape[1]
    out = np.full((n, 5), np.nan)
    for i in range(n):
        px, py = slowness[i, 0], slowness[i, 1]
        p = np.hypot(px, py)
        below = 1.0 - px * levels[2, 0] - py * levels[3, 0] - p * levels[1, 0]
        if not below > 0.0:
            continue
        time = east = north = absorbed = 0.0
        for j in range(k - 1):
            above = 1.0 - px * levels[2, j + 1] - py * levels[3, j + 1] - p * levels[1, j + 1]
            turns = above <= 0.0
            part = below / (below - above) if turns else 1.0
            low, high = np.sqrt(below), 0.0 if turns else np.sqrt(above)
            scale = 2.0 * (levels[0, j + 1] - levels[0, j]) * part / (low + high)
            for m in range(nodes.shape[0]):
                x = nodes[m]
                t = part * x * (2.0 * low + x * (high - low)) / (low + high)
                c = levels[1, j] + t * (levels[1, j + 1] - levels[1, j])
                u = levels[2, j] + t * (levels[2, j + 1] - levels[2, j])
                v = levels[3, j] + t * (levels[3, j + 1] - levels[3, j])
                a = levels[4, j] + t * (levels[4, j + 1] - levels[4, j])
                omega = 1.0 - px * u - py * v
                step = weights[m] * scale * omega / (c * np.sqrt(omega + p * c))
                time += step
                east += step * (c * c * px / omega + u)
                north += step * (c * c * py / omega + v)
                absorbed += step * a * c
            if turns:
                out[i, 0], out[i, 1], out[i, 2] = 2.0 * time, 2.0 * east, 2.0 * north
                out[i, 3] = 2.0 * absorbed
                out[i, 4] = levels[0, j] + part * (levels[0, j + 1] - levels[0, j])
                break
            below = above
    return out
