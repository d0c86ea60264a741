"""Compiled linking of pixels into families: connected sets, by union and find."""

# Kernels get their types from the arguments.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def connected(time, window, band, velocity, azimuth, scales):
    """Return the label of the connected set of each pixel; pixels in order of time."""
    s_time, s_band, s_velocity, s_azimuth = scales
    n = len(time)
    parent = np.arange(n)
    longest = window.max()
    for i in range(n):
        j = i - 1
        while j >= 0 and time[i] - time[j] < s_time * longest:
            dt = (time[i] - time[j]) / (s_time * max(window[i], window[j]))
            db = (band[i] - band[j]) / s_band
            d = dt * dt + db * db
            if d < 1.0:
                dv = (velocity[i] - velocity[j]) / (s_velocity * velocity[i])
                turn = abs(azimuth[i] - azimuth[j])
                da = min(turn, 360.0 - turn) / s_azimuth
                if d + dv * dv + da * da < 1.0:
                    a, b = root(parent, i), root(parent, j)
                    parent[max(a, b)] = min(a, b)
            j -= 1
    for i in range(n):
        parent[i] = root(parent, i)
    return parent


@njit(cache=True)
def root(parent, i):
    """Return the first pixel of the set that holds pixel i."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i
