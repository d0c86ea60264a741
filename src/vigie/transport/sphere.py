"""Particles carried by the resolved wind over the sphere, poles included.

What it computes: one step of Petterssen (Heun): along a great circle with the wind of here and
now, then once more with the mean of that wind and the wind found at the end of the step.
Positions are unit vectors and winds Cartesian vectors (m/s) that touch the sphere, so no cosine
of latitude is ever divided by; the wind at the end is carried back along the great circle
before the mean is taken, as its direction turns with the horizon.

Source: Petterssen (1940), Weather Analysis and Forecasting, McGraw-Hill, 221; the mean radius is
6371 km. Backward in time the step is negative and everything else the same. This is the plain
form, in any wind; ``vigie.transport.grid_wind`` has the kernel for winds on a grid.

Accuracy as measured: 74 m after a turn of 12 days over both poles, dt 900 s, wherever the path
lies between axis and great circle (benchmarks/transport_physics.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Wind = Callable[[FloatArray, float], FloatArray]
"""Positions, shape (n, 3), and time (s) to winds as Cartesian vectors, shape (n, 3), m/s."""

RADIUS_M = 6371000.0


def positions_of(latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> FloatArray:
    """Return unit vectors, shape (..., 3), of positions on the sphere of the weather grids.

    These take geographic latitude as if the Earth were a sphere; nothing is converted.
    """
    phi, lam = np.broadcast_arrays(np.radians(latitude_deg), np.radians(longitude_deg))
    cos_phi = np.cos(phi)
    return np.stack([cos_phi * np.cos(lam), cos_phi * np.sin(lam), np.sin(phi)], axis=-1)


def latitude_longitude_deg(positions: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return latitude and longitude (-180 to 180) of unit vectors, shape (..., 3)."""
    x, y, z = positions[..., 0], positions[..., 1], positions[..., 2]
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def great_circle(positions: FloatArray, way_m: FloatArray) -> FloatArray:
    """Return where ways along great circles end.

    Parameters
    ----------
    positions : ndarray, shape (n, 3)
        Unit vectors.
    way_m : ndarray, shape (n, 3)
        Direction and length, in the plane that touches the sphere at the position.
    """
    length = np.linalg.norm(way_m, axis=-1, keepdims=True)
    angle = length / RADIUS_M
    direction = way_m / np.where(length > 0.0, length, 1.0)
    moved = positions * np.cos(angle) + direction * np.sin(angle)
    return np.asarray(moved / np.linalg.norm(moved, axis=-1, keepdims=True))


def carried_back(vectors: FloatArray, there: FloatArray, here: FloatArray) -> FloatArray:
    """Carry vectors that touch the sphere at ``there`` along great circles to ``here``.

    All of shape (n, 3); positions must not be antipodes.
    """
    part = np.sum(vectors * here, axis=-1, keepdims=True)
    cosine = np.sum(there * here, axis=-1, keepdims=True)
    return np.asarray(vectors - part / (1.0 + cosine) * (there + here))


def advect(positions: FloatArray, wind: Wind, time_s: float, dt_s: float) -> FloatArray:
    """Return positions after one step in any wind.

    Parameters
    ----------
    positions : ndarray, shape (n, 3)
        Unit vectors.
    wind : callable
        Positions and time to Cartesian winds.
    dt_s : float
        Below 0 backward.
    """
    first = wind(positions, time_s)
    there = great_circle(positions, first * dt_s)
    second = carried_back(wind(there, time_s + dt_s), there, positions)
    return great_circle(positions, 0.5 * (first + second) * dt_s)


def step_times_s(
    start_s: float, end_s: float, longest_s: float, met_times_s: Sequence[float]
) -> FloatArray:
    """Return the ends of steps from start to end that never pass a time of the weather.

    Between two such times steps are equal. Backward where the end is before the start.

    Examples
    --------
    >>> step_times_s(3600.0, 0.0, 1000.0, [0.0, 1800.0]).tolist()
    [3600.0, 2700.0, 1800.0, 900.0, 0.0]
    """
    low, high = min(start_s, end_s), max(start_s, end_s)
    marks = sorted({low, high, *(t for t in met_times_s if low < t < high)})
    times = [low]
    for before, after in pairwise(marks):
        count = max(math.ceil((after - before) / longest_s - 1e-9), 1)
        times += [before + (after - before) * k / count for k in range(1, count)] + [after]
    return np.array(times if start_s <= end_s else times[::-1])
