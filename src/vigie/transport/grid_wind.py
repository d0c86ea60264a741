"""Winds on a global grid of latitude and longitude, and particles carried by them.

What it computes: the wind at a place and time, bilinear in latitude and longitude and linear in
time, as a Cartesian vector; poleward of 75 deg the Cartesian vectors of the four nodes are
interpolated, as east and north turn fast there. And the step of ``vigie.transport.sphere`` in
that wind, compiled.

Assumes a grid with both poles, all round. A step must lie between both times of the winds.

Accuracy as measured: 1.1 km after a turn of 12 days over both poles on a grid of 1 deg, dt 900 s
(0.25 km on 0.5 deg); uniform wind by the compass to 1 m in a day. Twin in
``vigie.transport.twin``. Cost as measured: 0.3 us per particle and step, two looks at the grid
included, on a busy core (benchmarks/transport_physics.py).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError
from vigie.transport.compiled import inline, kernel
from vigie.transport.elementary import angle, cos_sin_turn
from vigie.transport.sphere import RADIUS_M

FloatArray = NDArray[np.float64]
Two = tuple[float, float]
Three = tuple[float, float, float]
Four = tuple[float, float, float, float]

CARTESIAN_FROM_DEG = 75.0
"""Latitude beyond which Cartesian vectors are interpolated."""
_RAD = math.pi / 180.0
_TURNS_PER_M = 1.0 / (2.0 * math.pi * RADIUS_M)
_NO_SPEED_M_S = 1e-300


class GridWind(NamedTuple):
    """Winds at two times on a global grid of latitude and longitude, poles included."""

    east_m_s: FloatArray
    """Shape (2, n_latitudes, n_longitudes), from the south pole and from ``west_deg`` on."""
    north_m_s: FloatArray
    west_deg: float
    start_s: float
    """Time of the first field."""
    end_s: float


def grid_wind(
    east_m_s: ArrayLike,
    north_m_s: ArrayLike,
    *,
    times_s: tuple[float, float],
    west_deg: float = 0.0,
) -> GridWind:
    """Return winds on a grid after a look at their shape.

    Parameters
    ----------
    east_m_s, north_m_s : array_like, shape (2, n_latitudes, n_longitudes)
        Latitudes from -90 to 90 deg in equal steps, longitudes once round in equal steps. A wind
        at a pole is given, for each longitude, by the east and north of that meridian.
    times_s : tuple of float
        Times of both fields, rising.

    Raises
    ------
    ParameterError
        Shapes differ, or are no such grid; times do not rise.
    """
    east = np.ascontiguousarray(east_m_s, dtype=np.float64)
    north = np.ascontiguousarray(north_m_s, dtype=np.float64)
    if east.ndim != 3 or east.shape[0] != 2 or min(east.shape[1:]) < 2 or east.shape != north.shape:
        raise ParameterError(
            name="east_m_s, north_m_s",
            value=f"{east.shape}, {north.shape}",
            expected="must both be of shape (2, n_latitudes, n_longitudes)",
        )
    if not times_s[0] < times_s[1]:
        raise ParameterError(name="times_s", value=str(times_s), expected="must rise")
    return GridWind(east, north, float(west_deg), float(times_s[0]), float(times_s[1]))


def advect_on_grid(positions: FloatArray, grid: GridWind, time_s: float, dt_s: float) -> None:
    """Carry positions, shape (n, 3), through one step in a wind on a grid, in place.

    Raises
    ------
    ParameterError
        The step is not wholly between both times of the grid: cut it with
        ``vigie.transport.sphere.step_times_s``.
    """
    for end in (time_s, time_s + dt_s):
        if not grid.start_s <= end <= grid.end_s:
            raise ParameterError(
                name="time_s",
                value=end,
                expected=f"must be between the times of the winds, {grid.start_s} to {grid.end_s}",
            )
    _advect_all(positions, grid, time_s, dt_s)


@inline
def _mean_at(field: FloatArray, row: int, columns: tuple[int, int], fractions: Three) -> Four:
    """Return the four nodes around a place at a time: south-west, -east, north-west, -east."""
    j, k = columns
    t = fractions[2]
    return (
        field[0, row, j] + t * (field[1, row, j] - field[0, row, j]),
        field[0, row, k] + t * (field[1, row, k] - field[0, row, k]),
        field[0, row + 1, j] + t * (field[1, row + 1, j] - field[0, row + 1, j]),
        field[0, row + 1, k] + t * (field[1, row + 1, k] - field[0, row + 1, k]),
    )


@inline
def cartesian(east: float, north: float, turn: Two, sin_phi: float, cos_phi: float) -> Three:
    """Return a wind as a Cartesian vector; turn holds cosine and sine of the longitude."""
    cos_lam, sin_lam = turn
    return (
        -sin_lam * east - sin_phi * cos_lam * north,
        cos_lam * east - sin_phi * sin_lam * north,
        cos_phi * north,
    )


@inline
def wind_at(grid: GridWind, place: Three, time_s: float) -> Three:
    """Return the wind at a unit vector as a Cartesian vector, m/s."""
    x, y, z = place
    n_rows, n_columns = grid.east_m_s.shape[1], grid.east_m_s.shape[2]
    across = math.sqrt(x * x + y * y)
    latitude, longitude = angle(z, across) / _RAD, angle(y, x) / _RAD
    step, turn = 180.0 / (n_rows - 1), 360.0 / n_columns
    fy = min(max((latitude + 90.0) / step, 0.0), n_rows - 1.0)
    row = min(int(fy), n_rows - 2)
    fx = (longitude - grid.west_deg) / turn
    fx -= n_columns * np.floor(fx / n_columns)
    # Rounding may give n_columns itself.
    j = min(int(fx), n_columns - 1)
    fractions = (fx - j, fy - row, (time_s - grid.start_s) / (grid.end_s - grid.start_s))
    columns = (j, j + 1 if j + 1 < n_columns else 0)
    a, b, c, d = _mean_at(grid.east_m_s, row, columns, fractions)
    e, f, g, h = _mean_at(grid.north_m_s, row, columns, fractions)
    q, p = fractions[0], fractions[1]
    if abs(latitude) <= CARTESIAN_FROM_DEG:
        east = (1 - p) * ((1 - q) * a + q * b) + p * ((1 - q) * c + q * d)
        north = (1 - p) * ((1 - q) * e + q * f) + p * ((1 - q) * g + q * h)
        return cartesian(east, north, (x / across, y / across), z, across)
    nodes = (row * step - 90.0, grid.west_deg + j * turn)
    return tangent(place, _near_pole(nodes, (step, turn), (a, b, c, d), (e, f, g, h), (q, p)))


@inline
def _near_pole(south_west_deg: Two, cell_deg: Two, east: Four, north: Four, at: Two) -> Three:
    """Return the mean of the Cartesian winds of four nodes."""
    south, west = south_west_deg[0] * _RAD, south_west_deg[1] * _RAD
    top, right = south + cell_deg[0] * _RAD, west + cell_deg[1] * _RAD
    sin_s, cos_s, sin_n, cos_n = math.sin(south), math.cos(south), math.sin(top), math.cos(top)
    a = (math.cos(west), math.sin(west))
    b = (math.cos(right), math.sin(right))
    sw = cartesian(east[0], north[0], a, sin_s, cos_s)
    se = cartesian(east[1], north[1], b, sin_s, cos_s)
    nw = cartesian(east[2], north[2], a, sin_n, cos_n)
    ne = cartesian(east[3], north[3], b, sin_n, cos_n)
    return _weighted(sw, se, nw, ne, at)


@inline
def _weighted(sw: Three, se: Three, nw: Three, ne: Three, at: Two) -> Three:
    q, p = at
    a, b, c, d = (1 - p) * (1 - q), (1 - p) * q, p * (1 - q), p * q
    return (
        a * sw[0] + b * se[0] + c * nw[0] + d * ne[0],
        a * sw[1] + b * se[1] + c * nw[1] + d * ne[1],
        a * sw[2] + b * se[2] + c * nw[2] + d * ne[2],
    )


@inline
def tangent(place: Three, vector: Three) -> Three:
    """Return the part of a vector that touches the sphere at a place."""
    radial = place[0] * vector[0] + place[1] * vector[1] + place[2] * vector[2]
    return (
        vector[0] - radial * place[0],
        vector[1] - radial * place[1],
        vector[2] - radial * place[2],
    )


@inline
def along(place: Three, wind: Three, dt_s: float) -> Three:
    """Return where a way along a great circle ends; it must be less than half way round."""
    speed = math.sqrt(wind[0] * wind[0] + wind[1] * wind[1] + wind[2] * wind[2])
    c, s = cos_sin_turn(speed * dt_s * _TURNS_PER_M)
    s /= max(speed, _NO_SPEED_M_S)
    x, y, z = place[0] * c + wind[0] * s, place[1] * c + wind[1] * s, place[2] * c + wind[2] * s
    scale = 1.0 / math.sqrt(x * x + y * y + z * z)
    return x * scale, y * scale, z * scale


@inline
def mean_wind(here: Three, there: Three, first: Three, second: Three) -> Three:
    """Return the mean, at ``here``, of the winds at both ends of a step."""
    part = second[0] * here[0] + second[1] * here[1] + second[2] * here[2]
    part /= 1.0 + there[0] * here[0] + there[1] * here[1] + there[2] * here[2]
    return (
        0.5 * (first[0] + second[0] - part * (there[0] + here[0])),
        0.5 * (first[1] + second[1] - part * (there[1] + here[1])),
        0.5 * (first[2] + second[2] - part * (there[2] + here[2])),
    )


@kernel
def _advect_all(positions: FloatArray, grid: GridWind, time_s: float, dt_s: float) -> None:
    for n in range(positions.shape[0]):
        here = (positions[n, 0], positions[n, 1], positions[n, 2])
        u = wind_at(grid, here, time_s)
        there = along(here, u, dt_s)
        v = wind_at(grid, there, time_s + dt_s)
        mean = mean_wind(here, there, u, v)
        positions[n, 0], positions[n, 1], positions[n, 2] = along(here, mean, dt_s)
