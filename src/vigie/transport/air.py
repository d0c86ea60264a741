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
from vigie.transport.elementary import angle
from vigie.transport.grid_wind import CARTESIAN_FROM_DEG, cartesian, tangent

FloatArray = NDArray[np.float64]
FieldArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
Three = tuple[float, float, float]
Four = tuple[float, float, float, float]
Level = tuple[int, float, float, float]
"""Slab, way from its lower to its upper level, differences of a (Pa) and b."""

PRESSURE, SCALE, DEPTH, FRICTION, CONVECTIVE, PER_OBUKHOV, TOP = range(7)
"""Columns of ``Flow.surface``: Pa, m, m, m/s, m/s, 1/m, Pa; ground_at and mixing_at take three."""
RAIN_SHARE, RAIN_RATE, RAIN_BASE, RAIN_TOP, IN_CLOUD, SNOW = range(6)
"""Columns of ``Flow.rain``: 1, mm/h, Pa, Pa, 1/s, 0 or 1."""
_RAD = math.pi / 180.0


class Flow(NamedTuple):
    """Air between two times; rows and columns of nodes, cells between them.

    What a lookup needs of a node, both times of two levels, lies side by side in memory.
    """

    start_s: float
    end_s: float
    wind_m_s: FieldArray
    """Shape (n_rows n_columns, n_levels, 2, 2): nodes, levels, times, east and north."""
    rising_pa_s: FieldArray
    """Through each level, shape ((n_rows - 1) n_cells_across, n_levels, 2): cells, both times."""
    surface: FieldArray
    """Shape (n_rows n_columns, 7, 2): nodes, both times."""
    rain: FieldArray
    """Of all the time between, shape (n_rows n_columns, 6): see ``weather.rain``."""
    eta: FloatArray
    """Of the levels, falling from 1, shape (n_levels,)."""
    level_of: IntArray
    """The level below each of evenly spaced labels, from the lid (0) to the ground (1)."""
    level_a_pa: FloatArray
    level_b: FloatArray
    latitudes: FloatArray
    """Of the rows, deg, rising."""
    row_of: IntArray
    """The row south of each of evenly spaced latitudes between the first row and the last."""
    west_deg: float
    column_deg: float
    n_columns: int
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
    return spot_at(flow, angle(z, math.sqrt(x * x + y * y)), angle(y, x))


@inline
def spot_at(flow: Flow, latitude_rad: float, longitude_rad: float) -> Spot:
    """Return where a place lies; longitude from -pi to pi."""
    latitude = latitude_rad / _RAD
    rows, n_columns = flow.latitudes, flow.n_columns
    south, north = rows[0], rows[rows.shape[0] - 1]
    fx = (longitude_rad / _RAD - flow.west_deg) / flow.column_deg
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
    last = flow.eta.shape[0] - 2
    lid, n = flow.eta[last + 1], flow.level_of.shape[0]
    share = (eta - lid) / (flow.eta[0] - lid) * n
    slab = flow.level_of[min(max(int(share), 0), n - 1)]
    # The table holds the level below the upper end of each of its parts.
    while slab < last and flow.eta[slab + 1] > eta:
        slab += 1
    return int(slab)


@inline
def pressure_pa(flow: Flow, eta: float, surface_pa: float) -> float:
    """Return the pressure of a place, over ground of a pressure."""
    s = slab_of(flow, eta)
    up = (flow.eta[s] - eta) / (flow.eta[s] - flow.eta[s + 1])
    a = flow.level_a_pa[s] + up * (flow.level_a_pa[s + 1] - flow.level_a_pa[s])
    b = flow.level_b[s] + up * (flow.level_b[s + 1] - flow.level_b[s])
    return float(a + b * surface_pa)


@inline
def eta_of(flow: Flow, pressure: float, surface_pa: float, near: int) -> float:
    """Return the label of the place where the pressure is as given; the inverse of the above.

    Parameters
    ----------
    near : int
        A level from which to begin the search.
    """
    low, last = near, flow.eta.shape[0] - 2
    below = flow.level_a_pa[low] + flow.level_b[low] * surface_pa
    while low > 0 and below < pressure:
        low -= 1
        below = flow.level_a_pa[low] + flow.level_b[low] * surface_pa
    above = flow.level_a_pa[low + 1] + flow.level_b[low + 1] * surface_pa
    while low < last and above >= pressure:
        low, below = low + 1, above
        above = flow.level_a_pa[low + 1] + flow.level_b[low + 1] * surface_pa
    up = min(max((below - pressure) / (below - above), 0.0), 1.0)
    return float(flow.eta[low] + up * (flow.eta[low + 1] - flow.eta[low]))


@inline
def _share(flow: Flow, time_s: float) -> float:
    return (time_s - flow.start_s) / (flow.end_s - flow.start_s)


@inline
def nodes_of(flow: Flow, spot: Spot) -> tuple[int, int, int, int]:
    """Return the nodes around a spot: south-west, south-east, north-west, north-east."""
    south = spot.row * flow.n_columns
    north = south + flow.n_columns
    return south + spot.column, south + spot.eastern, north + spot.column, north + spot.eastern


@inline
def weights_of(flow: Flow, spot: Spot, time_s: float) -> Four:
    """Return what the four nodes around a spot weigh, and how late it is, 0 to 1, at the end."""
    q, p = spot.right, spot.up
    return (1.0 - p) * (1.0 - q), (1.0 - p) * q, p * (1.0 - q), _share(flow, time_s)


@inline
def ground_at(flow: Flow, spot: Spot, weights: Four) -> Three:
    """Return pressure at the ground, Pa, scale height and depth of the boundary layer, m."""
    return _surface_at(flow, spot, weights, PRESSURE)


@inline
def mixing_at(flow: Flow, spot: Spot, weights: Four) -> Three:
    """Return friction and convective velocity, m/s, and one over the Obukhov length, 1/m."""
    return _surface_at(flow, spot, weights, FRICTION)


@inline
def _surface_at(flow: Flow, spot: Spot, weights: Four, first: int) -> Three:
    """Return three neighbouring columns of the surface at a spot."""
    return (
        _column_at(flow, spot, weights, first),
        _column_at(flow, spot, weights, first + 1),
        _column_at(flow, spot, weights, first + 2),
    )


@inline
def _column_at(flow: Flow, spot: Spot, weights: Four, k: int) -> float:
    f, (sw, se, nw, ne) = flow.surface, nodes_of(flow, spot)
    a, b, c, late = weights
    d = 1.0 - a - b - c
    early = a * f[sw, k, 0] + b * f[se, k, 0] + c * f[nw, k, 0] + d * f[ne, k, 0]
    then = a * f[sw, k, 1] + b * f[se, k, 1] + c * f[nw, k, 1] + d * f[ne, k, 1]
    return float(early + late * (then - early))


@inline
def nearest_node(flow: Flow, spot: Spot) -> int:
    """Return the node that is nearest to a spot."""
    row = spot.row + 1 if spot.up > 0.5 else spot.row
    return row * flow.n_columns + (spot.eastern if spot.right > 0.5 else spot.column)


@inline
def nearest(flow: Flow, spot: Spot, time_s: float, column: int) -> float:
    """Return a surface value at the node and the time that are nearest to a spot."""
    when = 1 if _share(flow, time_s) > 0.5 else 0
    return float(flow.surface[nearest_node(flow, spot), column, when])


@inline
def _node(flow: Flow, node: int, level: Level, weights: tuple[float, float]) -> Three:
    """Return the mass of a slab over a node, weighted by time, and its flux to east and north."""
    slab, up, da, db = level
    f, ground = flow.wind_m_s, flow.surface
    first = weights[0] * (da + db * ground[node, PRESSURE, 0])
    second = weights[1] * (da + db * ground[node, PRESSURE, 1])
    below = first * f[node, slab, 0, 0] + second * f[node, slab, 1, 0]
    above = first * f[node, slab + 1, 0, 0] + second * f[node, slab + 1, 1, 0]
    east = below + up * (above - below)
    below = first * f[node, slab, 0, 1] + second * f[node, slab, 1, 1]
    above = first * f[node, slab + 1, 0, 1] + second * f[node, slab + 1, 1, 1]
    return first + second, east, below + up * (above - below)


@inline
def _four(flow: Flow, spot: Spot, level: Level, late: float) -> Three:
    """Return mass and fluxes of the nodes around a spot."""
    sw, se, nw, ne = nodes_of(flow, spot)
    q, p, early = spot.right, spot.up, 1.0 - late
    left, low = 1.0 - q, 1.0 - p
    a = _node(flow, sw, level, (low * left * early, low * left * late))
    b = _node(flow, se, level, (low * q * early, low * q * late))
    c = _node(flow, nw, level, (p * left * early, p * left * late))
    d = _node(flow, ne, level, (p * q * early, p * q * late))
    return a[0] + b[0] + c[0] + d[0], a[1] + b[1] + c[1] + d[1], a[2] + b[2] + c[2] + d[2]


@kernel
def motion_at(flow: Flow, place: Three, eta: float, time_s: float) -> Four:
    """Return the wind as a Cartesian vector, m/s, and how fast eta grows, 1/s.

    Outside of the grid both are 0.
    """
    return motion_in(flow, spot_of(flow, place), place, (eta, time_s))


@kernel
def motion_in(flow: Flow, spot: Spot, place: Three, at: tuple[float, float]) -> Four:
    """Return the same as ``motion_at`` for a place whose spot is known; ``at``: eta and time."""
    eta, time_s = at
    if spot.row < 0:
        return 0.0, 0.0, 0.0, 0.0
    s = slab_of(flow, eta)
    thick = flow.eta[s] - flow.eta[s + 1]
    up, late = (flow.eta[s] - eta) / thick, _share(flow, time_s)
    da = flow.level_a_pa[s] - flow.level_a_pa[s + 1]
    level = (s, up, da, flow.level_b[s] - flow.level_b[s + 1])
    if abs(spot.latitude_deg) > CARTESIAN_FROM_DEG:
        x, y, z, mass = _near_pole(flow, spot, level, late)
        wind = tangent(place, (x / mass, y / mass, z / mass))
    else:
        mass, east, north = _four(flow, spot, level, late)
        east, north = east / mass, north / mass
        across = math.sqrt(place[0] * place[0] + place[1] * place[1])
        turn = (place[0] / across, place[1] / across)
        wind = cartesian(east, north, turn, place[2], across)
    rate = -_rising(flow, spot, level, late) * thick / mass
    return wind[0], wind[1], wind[2], rate


@kernel
def _near_pole(flow: Flow, spot: Spot, level: Level, late: float) -> Four:
    """Return the flux as a Cartesian vector, and the mass, summed over nodes and times."""
    mass, x, y, z = 0.0, 0.0, 0.0, 0.0
    for node in range(4):
        row = spot.row + node // 2
        column = spot.eastern if node % 2 else spot.column
        weight = spot.up if node // 2 else 1.0 - spot.up
        weight *= spot.right if node % 2 else 1.0 - spot.right
        at, weights = row * flow.n_columns + column, (weight * (1.0 - late), weight * late)
        m, east, north = _node(flow, at, level, weights)
        phi = flow.latitudes[row] * _RAD
        lam = (flow.west_deg + flow.column_deg * column) * _RAD
        v = cartesian(east, north, (math.cos(lam), math.sin(lam)), math.sin(phi), math.cos(phi))
        mass, x, y, z = mass + m, x + v[0], y + v[1], z + v[2]
    return x, y, z, mass


@inline
def _rising(flow: Flow, spot: Spot, level: Level, late: float) -> float:
    """Return the mass that rises at a level, Pa/s."""
    f, slab, up = flow.rising_pa_s, level[0], level[1]
    across = flow.n_columns if flow.cyclic else flow.n_columns - 1
    cell = spot.row * across + spot.column
    below = f[cell, slab, 0] + late * (f[cell, slab, 1] - f[cell, slab, 0])
    above = f[cell, slab + 1, 0] + late * (f[cell, slab + 1, 1] - f[cell, slab + 1, 0])
    return float(below + up * (above - below))
