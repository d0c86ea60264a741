"""The plain NumPy twin of ``vigie.earth.ocean._kernels``: path by path, same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.ocean.blockage import blockage_value
from vigie.geodesy.sphere import EQUATORIAL_RADIUS_KM, FLATTENING

if TYPE_CHECKING:
    from vigie.earth.ocean._kernels import Grids, Lines, Walk

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

N_ACROSS = 5


def follow(grids: Grids, lines: Lines, walk: Walk) -> FloatArray:
    """Follow n paths: shape (n, 7), columns as ``_kernels.follow``."""
    return np.array([_path(grids, lines, p, walk) for p in range(len(lines.arc_rad))])


class Points(NamedTuple):
    """The middles of a path's steps, as columns."""

    latitude: FloatArray
    longitude: FloatArray
    lengths_km: FloatArray
    """Of the steps."""
    unit: FloatArray
    """Directions on the auxiliary sphere, shape (n, 3)."""
    turn_deg: FloatArray
    """What makes geographic longitudes of those of the auxiliary sphere."""


def points(lines: Lines, p: int, n_steps: int) -> Points:
    """Return the middles of the steps of a path."""
    share = (np.arange(n_steps) + 0.5) / n_steps
    arc = lines.arc_rad[p] * share
    beta, azimuth = lines.beta_rad[p], lines.azimuth_rad[p]
    x = np.cos(beta) * np.cos(arc) - np.sin(beta) * np.cos(azimuth) * np.sin(arc)
    y = np.sin(azimuth) * np.sin(arc)
    z = np.sin(beta) * np.cos(arc) + np.cos(beta) * np.cos(azimuth) * np.sin(arc)
    turn = lines.longitude_deg[p] - np.degrees(lines.twist_rad[p] * share)
    e2 = FLATTENING * (2.0 - FLATTENING)
    per_rad = EQUATORIAL_RADIUS_KM * np.sqrt(1.0 - e2 * (x**2 + y**2))
    unit = np.stack([x, y, z], axis=-1)
    return Points(*_positions(unit, turn), per_rad * lines.arc_rad[p] / n_steps, unit, turn)


def _positions(unit: FloatArray, turn_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y, z = np.moveaxis(unit, -1, 0)
    latitude = np.degrees(np.arctan2(z / (1.0 - FLATTENING), np.hypot(x, y)))
    return latitude, np.degrees(np.arctan2(y, x)) + turn_deg


def interpolate(grids: Grids, latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Return the three fields at places, bilinear, shape (n, 3)."""
    n_rows, n_columns, _ = grids.fields.shape
    y = np.clip((latitude - grids.south_deg) / grids.step_deg, 0.0, n_rows - 1.0)
    x = (longitude - grids.west_deg) / grids.step_deg % n_columns
    i, j = np.minimum(y.astype(np.int64), n_rows - 2), x.astype(np.int64) % n_columns
    v, u = (y - i)[:, None], (x - np.floor(x))[:, None]
    k = (j + 1) % n_columns
    south = (1.0 - u) * grids.fields[i, j] + u * grids.fields[i, k]
    north = (1.0 - u) * grids.fields[i + 1, j] + u * grids.fields[i + 1, k]
    return np.asarray((1.0 - v) * south + v * north)


def _path(grids: Grids, lines: Lines, p: int, walk: Walk) -> tuple[float, ...]:
    length = lines.length_km[p]
    if not np.isfinite(length):
        return (np.nan,) * 7
    way = points(lines, p, max(int(np.ceil(length / walk.step_km)), 1))
    slowness, relative, _ = interpolate(grids, way.latitude, way.longitude).T
    at = np.cumsum(way.lengths_km) - 0.5 * way.lengths_km
    value = _blockages(grids, lines, p, way, walk)
    start, end = lines.start_reach_km[p], lines.end_reach_km[p]
    value[(at < start[0]) | (length - at < end[0])] = np.nan
    land = _elevations(grids, way.latitude, way.longitude) >= 0.0
    near_start = _next_to(value, at, land, start)
    near_end = _next_to(value[::-1], length - at[::-1], land[::-1], end)[::-1]
    counted = np.where(near_start | near_end, 0.0, np.nan_to_num(value))
    worst = int(np.argmax(counted))
    place = (way.latitude[worst], way.longitude[worst]) if counted[worst] > 0.0 else (np.nan,) * 2
    times = way.lengths_km * slowness
    error = float((times * relative).sum())
    ends = (float(slowness[0]), float(slowness[-1]))
    return (float(times.sum()), error, float(counted[worst]), *place, *ends)


def _blockages(grids: Grids, lines: Lines, p: int, way: Points, walk: Walk) -> FloatArray:
    """Return the mean blockage across the Fresnel zone at each step."""
    length = lines.length_km[p]
    at = np.cumsum(way.lengths_km) - 0.5 * way.lengths_km
    need = interpolate(grids, way.latitude, way.longitude)[:, 2]
    zone = np.sqrt(np.maximum(walk.wavelength_km * at * (length - at) / length, 0.0))
    zone = np.minimum(zone, walk.widest_km)
    beta, azimuth = lines.beta_rad[p], lines.azimuth_rad[p]
    normal = np.array(
        [np.sin(beta) * np.sin(azimuth), np.cos(azimuth), -np.cos(beta) * np.sin(azimuth)]
    )
    middle = blockage_value(_elevations(grids, way.latitude, way.longitude), need)
    across = np.zeros(len(at))
    for side in np.linspace(-1.0, 1.0, N_ACROSS):
        beside = way.unit + (side * zone / EQUATORIAL_RADIUS_KM)[:, None] * normal
        place = _positions(beside, way.turn_deg)
        across += blockage_value(_elevations(grids, *place), need) / N_ACROSS
    return np.where(zone > walk.narrowest_km, across, middle)


def _elevations(grids: Grids, latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    rows, columns = grids.elevation_m.shape
    row = np.minimum(((latitude + 90.0) / grids.floor_step_deg + 0.5).astype(int), rows - 1)
    column = np.floor(longitude / grids.floor_step_deg + 0.5).astype(int) % columns
    return np.asarray(grids.elevation_m[row, column], np.float64)


def _next_to(
    value: FloatArray, away_km: FloatArray, land: BoolArray, reach_km: FloatArray
) -> BoolArray:
    """Tell which steps do not count since no open water lies between them and an end."""
    before_open = np.cumsum(value == 0.0) == 0
    found: BoolArray = before_open & (away_km < np.where(land, reach_km[1], reach_km[2]))
    return found
