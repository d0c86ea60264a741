"""Air in motion between two times of the weather, as compiled code looks it up.

What it computes: at a place, level and time, the wind as the mean of the nodes around it, weighted
by the mass of the slab over each; how fast the level of a particle changes, from the mass that
rises through the levels of its cell; and the surface and boundary layer below.

Between nodes winds go linearly, by east and north up to 75 deg and as Cartesian vectors beyond;
linearly between levels (in eta) and in time. Then a box between four nodes and two levels gains
and loses the very mass that ``vigie.transport.weather.continuity`` reckoned with.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.compiled import inline, kernel
from vigie.transport.grid_wind import CARTESIAN_FROM_DEG, cartesian, tangent

FloatArray = NDArray[np.float64]
FieldArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
Three = tuple[float, float, float]
Four = tuple[float, float, float, float]

PRESSURE, SCALE, DEPTH, FRICTION, CONVECTIVE, PER_OBUKHOV = range(6)
"""Columns of ``Flow.surface``: Pa, m, m, m/s, m/s, 1/m."""
_RAD = math.pi / 180.0


class Flow(NamedTuple):
    """Air between two times; rows and columns of nodes, cells between them."""

    start_s: float
    end_s: float
    wind_m_s: FieldArray
    """East and north, shape (2, n_rows, n_columns, n_levels, 2); ground and lid are levels."""
    rising_pa_s: FieldArray
    """Through each level of each cell, shape (2, n_rows - 1, n_cells_across, n_levels)."""
    surface: FieldArray
    """Shape (2, n_rows, n_columns, 6)."""
    eta: FloatArray
    """Of the levels, falling from 1, shape (n_levels,)."""
    level_a_pa: FloatArray
    level_b: FloatArray
    latitudes: FloatArray
    """Of the rows, deg, rising."""
    row_of: IntArray
    """The row south of each of evenly spaced latitudes between the first row and the last."""
    west_deg: float
    column_deg: float
    cyclic: bool


class Spot(NamedTuple):
    """Where a place lies between the nodes."""

    row: int
    """Below 0 outside of the grid."""
    column: int
    eastern: int
    """The column at the eastern side of the cell."""
    up: float
    """Way from the southern to the northern row, 0 to 1."""
    right: float
    latitude_deg: float


@inline
def spot_of(flow: Flow, place: Three) -> Spot:
    """Return where a unit vector lies."""
    x, y, z = place
    latitude = math.atan2(z, math.sqrt(x * x + y * y)) / _RAD
    rows, n_columns = flow.latitudes, flow.wind_m_s.shape[2]
    south, north = rows[0], rows[rows.shape[0] - 1]
    fx = (math.atan2(y, x) / _RAD - flow.west_deg) / flow.column_deg
    turn = 360.0 / flow.column_deg
    fx -= turn * np.floor(fx / turn)
    inside = south <= latitude <= north and (flow.cyclic or fx <= n_columns - 1.0)
    last = n_columns - 1 if flow.cyclic else n_columns - 2
    # Rounding may give a whole turn.
    j = min(int(fx), last)
    eastern = j + 1 if j + 1 < n_columns else 0
    share = (latitude - south) / (north - south) * flow.row_of.shape[0]
    row = flow.row_of[min(max(int(share), 0), flow.row_of.shape[0] - 1)]
    while row + 2 < rows.shape[0] and latitude >= rows[row + 1]:
        row += 1
    up = (latitude - rows[row]) / (rows[row + 1] - rows[row])
    return Spot(row if inside else -1, j, eastern, up, fx - j, latitude)


@inline
def slab_of(flow: Flow, eta: float) -> int:
    """Return the number of the level below a place: eta[s] >= eta >= eta[s + 1]."""
    low, high = 0, flow.eta.shape[0] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if flow.eta[middle] >= eta:
            low = middle
        else:
            high = middle
    return low


@inline
def pressure_pa(flow: Flow, eta: float, surface_pa: float) -> float:
    """Return the pressure of a place, over ground of a pressure."""
    s = slab_of(flow, eta)
    up = (flow.eta[s] - eta) / (flow.eta[s] - flow.eta[s + 1])
    a = flow.level_a_pa[s] + up * (flow.level_a_pa[s + 1] - flow.level_a_pa[s])
    b = flow.level_b[s] + up * (flow.level_b[s + 1] - flow.level_b[s])
    return float(a + b * surface_pa)


@inline
def eta_of(flow: Flow, pressure: float, surface_pa: float) -> float:
    """Return the label of the place where the pressure is as given; the inverse of the above."""
    low, high = 0, flow.eta.shape[0] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if flow.level_a_pa[middle] + flow.level_b[middle] * surface_pa >= pressure:
            low = middle
        else:
            high = middle
    below = flow.level_a_pa[low] + flow.level_b[low] * surface_pa
    above = flow.level_a_pa[high] + flow.level_b[high] * surface_pa
    up = min(max((below - pressure) / (below - above), 0.0), 1.0)
    return float(flow.eta[low] + up * (flow.eta[high] - flow.eta[low]))


@inline
def _share(flow: Flow, time_s: float) -> float:
    return (time_s - flow.start_s) / (flow.end_s - flow.start_s)


@inline
def surface_at(flow: Flow, spot: Spot, time_s: float, column: int) -> float:
    """Return a surface value at a spot."""
    late = _share(flow, time_s)
    j, k = spot.column, spot.eastern
    f, r, q, p = flow.surface, spot.row, spot.right, spot.up
    a = f[0, r, j, column] * (1.0 - late) + f[1, r, j, column] * late
    b = f[0, r, k, column] * (1.0 - late) + f[1, r, k, column] * late
    c = f[0, r + 1, j, column] * (1.0 - late) + f[1, r + 1, j, column] * late
    d = f[0, r + 1, k, column] * (1.0 - late) + f[1, r + 1, k, column] * late
    return float((1.0 - p) * ((1.0 - q) * a + q * b) + p * ((1.0 - q) * c + q * d))


@inline
def _masses(flow: Flow, spot: Spot, slab: int, when: int) -> Four:
    """Return the slab's mass over the four nodes, south-west, -east, north-west, -east."""
    da = flow.level_a_pa[slab] - flow.level_a_pa[slab + 1]
    db = flow.level_b[slab] - flow.level_b[slab + 1]
    f, r, j, k = flow.surface, spot.row, spot.column, spot.eastern
    q, p = spot.right, spot.up
    return (
        (1.0 - p) * (1.0 - q) * (da + db * f[when, r, j, PRESSURE]),
        (1.0 - p) * q * (da + db * f[when, r, k, PRESSURE]),
        p * (1.0 - q) * (da + db * f[when, r + 1, j, PRESSURE]),
        p * q * (da + db * f[when, r + 1, k, PRESSURE]),
    )


@kernel
def motion_at(flow: Flow, place: Three, eta: float, time_s: float) -> Four:
    """Return the wind as a Cartesian vector, m/s, and how fast eta grows, 1/s.

    Outside of the grid both are 0.
    """
    spot = spot_of(flow, place)
    if spot.row < 0:
        return 0.0, 0.0, 0.0, 0.0
    s = slab_of(flow, eta)
    up = (flow.eta[s] - eta) / (flow.eta[s] - flow.eta[s + 1])
    late = _share(flow, time_s)
    polar = abs(spot.latitude_deg) > CARTESIAN_FROM_DEG
    mass, x, y, z = 0.0, 0.0, 0.0, 0.0
    for when in range(2):
        part = late if when else 1.0 - late
        m = _masses(flow, spot, s, when)
        for node in range(4):
            row = spot.row + node // 2
            column = spot.eastern if node % 2 else spot.column
            w = part * m[node]
            e, n = _wind(flow, (when, row, column), s, up)
            mass += w
            if polar:
                v = _vector(flow, (row, column), e, n)
                x, y, z = x + w * v[0], y + w * v[1], z + w * v[2]
            else:
                x, y = x + w * e, y + w * n
    rising = _rising(flow, spot, s, up, late)
    eta_rate = -rising * (flow.eta[s] - flow.eta[s + 1]) / mass
    x, y, z = x / mass, y / mass, z / mass
    across = math.sqrt(place[0] * place[0] + place[1] * place[1])
    if polar:
        wind_vector = tangent(place, (x, y, z))
    else:
        wind_vector = cartesian(x, y, (place[0] / across, place[1] / across), place[2], across)
    return wind_vector[0], wind_vector[1], wind_vector[2], eta_rate


@inline
def _wind(flow: Flow, node: tuple[int, int, int], slab: int, up: float) -> tuple[float, float]:
    """Return east and north over a node (time, row, column)."""
    f, t, r, c = flow.wind_m_s, node[0], node[1], node[2]
    east = f[t, r, c, slab, 0] + up * (f[t, r, c, slab + 1, 0] - f[t, r, c, slab, 0])
    north = f[t, r, c, slab, 1] + up * (f[t, r, c, slab + 1, 1] - f[t, r, c, slab, 1])
    return east, north


@inline
def _vector(flow: Flow, node: tuple[int, int], east: float, north: float) -> Three:
    phi = flow.latitudes[node[0]] * _RAD
    lam = (flow.west_deg + flow.column_deg * node[1]) * _RAD
    return cartesian(east, north, (math.cos(lam), math.sin(lam)), math.sin(phi), math.cos(phi))


@inline
def _rising(flow: Flow, spot: Spot, slab: int, up: float, late: float) -> float:
    f, r, j = flow.rising_pa_s, spot.row, spot.column
    below = f[0, r, j, slab] * (1.0 - late) + f[1, r, j, slab] * late
    above = f[0, r, j, slab + 1] * (1.0 - late) + f[1, r, j, slab + 1] * late
    return float(below * (1.0 - up) + above * up)
