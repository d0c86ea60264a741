"""Times from the tables, angles on the sphere, places in sorted arrays."""

# Kernels get their types from the arguments; ``x == x`` is their test for NaN; they take what
# they need as plain arguments, since objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

FINE_STEP_DEG = 0.02
FINE_END_DEG = 20.0
COARSE_STEP_DEG = 0.25
N_FINE = 1000


@njit(cache=True, inline="always")
def column_of(delta):
    """Return the column of a distance in the tables, the place in it, and its width in deg."""
    if delta < FINE_END_DEG:
        x = delta / FINE_STEP_DEG
        i = int(x)
        return i, x - i, FINE_STEP_DEG
    x = (delta - FINE_END_DEG) / COARSE_STEP_DEG
    i = min(int(x), 639)
    return N_FINE + i, x - i, COARSE_STEP_DEG


@njit(cache=True)
def depth_index(depths, depth):
    """Return the depth interval and the place in it."""
    n = len(depths)
    if depth <= depths[0]:
        return 0, 0.0
    for k in range(n - 1):
        if depth <= depths[k + 1]:
            return k, (depth - depths[k]) / (depths[k + 1] - depths[k])
    return n - 2, 1.0


@njit(cache=True, inline="always")
def lookup(table, iz, fz, delta):
    """Return time, slowness (s/deg) and depth derivative times the interval of a table."""
    i, f, step = column_of(delta)
    a0 = table[iz, i]
    a1 = table[iz, i + 1]
    b0 = table[iz + 1, i]
    b1 = table[iz + 1, i + 1]
    upper = a0 + f * (a1 - a0)
    lower = b0 + f * (b1 - b0)
    slope = ((1.0 - fz) * (a1 - a0) + fz * (b1 - b0)) / step
    return upper + fz * (lower - upper), slope, lower - upper


@njit(cache=True, inline="always")
def delta_between(u, v, j):
    """Return the angle between a direction and row j of directions, deg."""
    dx = u[0] - v[j, 0]
    dy = u[1] - v[j, 1]
    dz = u[2] - v[j, 2]
    half = 0.5 * math.sqrt(dx * dx + dy * dy + dz * dz)
    return math.degrees(2.0 * math.asin(min(half, 1.0)))


@njit(cache=True, inline="always")
def seaz_of(u, east, north, j):
    """Return the azimuth of a direction at station j, deg."""
    e = u[0] * east[j, 0] + u[1] * east[j, 1] + u[2] * east[j, 2]
    n = u[0] * north[j, 0] + u[1] * north[j, 1] + u[2] * north[j, 2]
    return math.degrees(math.atan2(e, n))


@njit(cache=True)
def shifted(u, north_deg, east_deg):
    """Move a direction along two tangents; they are arbitrary, but fixed, at the poles."""
    ex = -u[1]
    ey = u[0]
    norm = math.sqrt(ex * ex + ey * ey)
    if norm < 1e-9:
        ex, ey = 0.0, 1.0
    else:
        ex /= norm
        ey /= norm
    # north = u x east
    nx = -u[2] * ey
    ny = u[2] * ex
    nz = u[0] * ey - u[1] * ex
    size = math.sqrt(north_deg * north_deg + east_deg * east_deg)
    out = np.empty(3)
    if size == 0.0:
        out[:] = u
        return out
    c = math.cos(math.radians(size))
    s = math.sin(math.radians(size)) / size
    out[0] = c * u[0] + s * (north_deg * nx + east_deg * ex)
    out[1] = c * u[1] + s * (north_deg * ny + east_deg * ey)
    out[2] = c * u[2] + s * (north_deg * nz)
    norm = math.sqrt(out[0] ** 2 + out[1] ** 2 + out[2] ** 2)
    out /= norm
    return out


@njit(cache=True)
def bisect(values, low, high, x):
    """Return the first index in low..high whose value is not below x."""
    while low < high:
        mid = (low + high) // 2
        if values[mid] < x:
            low = mid + 1
        else:
            high = mid
    return low
