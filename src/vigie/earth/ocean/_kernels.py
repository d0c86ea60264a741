"""Paths through the ocean, compiled; the plain twin is ``vigie.earth.ocean.twin``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numba as nb
import numpy as np

from vigie.geodesy.sphere import EQUATORIAL_RADIUS_KM, FLATTENING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

Three = tuple[float, float, float]
RAD = math.pi / 180.0
E2 = FLATTENING * (2.0 - FLATTENING)
FLAT = 1.0 / (1.0 - FLATTENING)
N_ACROSS = 5
"""Places across the Fresnel zone."""
_jit = nb.njit(cache=True, nogil=True, error_model="numpy")


class Grids(NamedTuple):
    """What the kernel reads along a path."""

    elevation_m: NDArray[np.int16]
    shoal_m: NDArray[np.int16]
    """The highest elevation within the widest Fresnel zone, so that the open sea costs little."""
    floor_step_deg: float
    fields: FloatArray
    """Slowness (s/km), relative error, needed depth (m): shape (n_latitudes, n_longitudes, 3)."""
    south_deg: float
    west_deg: float
    step_deg: float


class Lines(NamedTuple):
    """Geodesics to follow, as columns."""

    beta_rad: FloatArray
    """Reduced latitude of the first point."""
    longitude_deg: FloatArray
    azimuth_rad: FloatArray
    arc_rad: FloatArray
    twist_rad: FloatArray
    length_km: FloatArray
    start_reach_km: FloatArray
    """Shape (n, 3): how far from the end nothing counts, land does not, shallow water does not."""
    end_reach_km: FloatArray


class Walk(NamedTuple):
    """How to follow a path."""

    step_km: float
    wavelength_km: float
    widest_km: float
    """Largest half-width of the Fresnel zone."""
    narrowest_km: float
    """Below it the zone is narrower than a cell, and only its middle is looked at."""


@_jit
def interpolate(grids: Grids, latitude: float, longitude: float) -> Three:
    """Return the three fields at a place, bilinear; beyond the outermost rows they go on."""
    f = grids.fields
    n_rows, n_columns = f.shape[0], f.shape[1]
    y = min(max((latitude - grids.south_deg) / grids.step_deg, 0.0), n_rows - 1.0)
    x = (longitude - grids.west_deg) / grids.step_deg % n_columns
    i = min(int(y), n_rows - 2)
    j = int(x) % n_columns
    v, u = y - i, x - int(x)
    k = j + 1 if j + 1 < n_columns else 0
    a, b, c, d = (1 - v) * (1 - u), (1 - v) * u, v * (1 - u), v * u
    return (
        a * f[i, j, 0] + b * f[i, k, 0] + c * f[i + 1, j, 0] + d * f[i + 1, k, 0],
        a * f[i, j, 1] + b * f[i, k, 1] + c * f[i + 1, j, 1] + d * f[i + 1, k, 1],
        a * f[i, j, 2] + b * f[i, k, 2] + c * f[i + 1, j, 2] + d * f[i + 1, k, 2],
    )


@_jit
def _cell(grids: Grids, latitude: float, longitude: float) -> tuple[int, int]:
    rows, columns = grids.elevation_m.shape
    row = int((latitude + 90.0) / grids.floor_step_deg + 0.5)
    column = int(math.floor(longitude / grids.floor_step_deg + 0.5))  # noqa: RUF046 -- a float in compiled code
    return min(row, rows - 1), column % columns


@_jit
def _value(elevation: float, need: float) -> float:
    if elevation >= 0.0:
        return 1.0
    return min(max(2.0 * (need + elevation) / need, 0.0), 1.0)


@_jit
def _across(
    grids: Grids, point: Three, normal: Three, turn_deg: float, half_km: float, need: float
) -> float:
    """Return the mean blockage over places across the path, half_km to either side."""
    total = 0.0
    for m in range(N_ACROSS):
        angle = half_km * (2.0 * m / (N_ACROSS - 1) - 1.0) / EQUATORIAL_RADIUS_KM
        x, y = point[0] + angle * normal[0], point[1] + angle * normal[1]
        z = point[2] + angle * normal[2]
        latitude = math.atan2(z * FLAT, math.sqrt(x * x + y * y)) / RAD
        row, column = _cell(grids, latitude, math.atan2(y, x) / RAD + turn_deg)
        total += _value(float(grids.elevation_m[row, column]), need)
    return total / N_ACROSS


@_jit
def follow(grids: Grids, lines: Lines, walk: Walk) -> FloatArray:
    """Follow n paths from first to last point.

    Returns
    -------
    ndarray, shape (n, 7)
        Travel time (s), its error (s), blockage, latitude and longitude where it is largest (NaN
        where the path is open), slowness at the first and last step (s/km). All NaN where
        a position is.
    """
    out = np.empty((lines.arc_rad.shape[0], 7))
    for p in range(out.shape[0]):
        if math.isfinite(lines.length_km[p]):
            _path(grids, lines, walk, p, out[p])
        else:
            out[p] = math.nan
    return out


@_jit
def _path(grids: Grids, lines: Lines, walk: Walk, p: int, out: FloatArray) -> None:  # noqa: PLR0915 -- one walk, held in registers
    length = lines.length_km[p]
    steps = max(int(math.ceil(length / walk.step_km)), 1)  # noqa: RUF046 -- a float in compiled code
    d_arc = lines.arc_rad[p] / steps
    cos_turn, sin_turn = math.cos(d_arc), math.sin(d_arc)
    c, s = math.cos(0.5 * d_arc), math.sin(0.5 * d_arc)
    cos_b, sin_b = math.cos(lines.beta_rad[p]), math.sin(lines.beta_rad[p])
    cos_a, sin_a = math.cos(lines.azimuth_rad[p]), math.sin(lines.azimuth_rad[p])
    # To the right of the path, on the auxiliary sphere.
    normal = (sin_b * sin_a, cos_a, -cos_b * sin_a)
    start, end = lines.start_reach_km[p], lines.end_reach_km[p]
    time, error, travelled, slowness = 0.0, 0.0, 0.0, 0.0
    worst, worst_lat, worst_lon = 0.0, math.nan, math.nan
    pending, pending_lat, pending_lon = 0.0, math.nan, math.nan
    leaving = True
    for k in range(steps):
        x = cos_b * c - sin_b * cos_a * s
        y = sin_a * s
        z = sin_b * c + cos_b * cos_a * s
        c, s = c * cos_turn - s * sin_turn, s * cos_turn + c * sin_turn
        squared = x * x + y * y
        latitude = math.atan2(z * FLAT, math.sqrt(squared)) / RAD
        turn_deg = lines.longitude_deg[p] - lines.twist_rad[p] * (k + 0.5) / steps / RAD
        longitude = math.atan2(y, x) / RAD + turn_deg
        step_km = EQUATORIAL_RADIUS_KM * math.sqrt(1.0 - E2 * squared) * d_arc
        slowness, relative, need = interpolate(grids, latitude, longitude)
        if k == 0:
            out[5] = slowness
        time += step_km * slowness
        error += step_km * slowness * relative
        at = travelled + 0.5 * step_km
        travelled += step_km
        left = length - at
        row, column = _cell(grids, latitude, longitude)
        if worst >= 1.0 or at < start[0] or left < end[0]:
            continue
        value = 0.0
        if grids.shoal_m[row, column] > -need:
            half_km = min(math.sqrt(walk.wavelength_km * at * left / length), walk.widest_km)
            if half_km > walk.narrowest_km:
                value = _across(grids, (x, y, z), normal, turn_deg, half_km, need)
            else:
                value = _value(float(grids.elevation_m[row, column]), need)
        if value == 0.0:
            leaving = False
            if pending > worst:
                worst, worst_lat, worst_lon = pending, pending_lat, pending_lon
            pending = 0.0
            continue
        kind = 1 if grids.elevation_m[row, column] >= 0 else 2
        if leaving and at < start[kind]:
            continue
        if left < end[kind]:
            # Does not count unless open water follows.
            if value > pending:
                pending, pending_lat, pending_lon = value, latitude, longitude
            continue
        if value > worst:
            worst, worst_lat, worst_lon = value, latitude, longitude
    out[0], out[1], out[2], out[3], out[4] = time, error, worst, worst_lat, worst_lon
    out[6] = slowness
