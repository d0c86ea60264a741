"""Evaluation of travel-time tables, compiled: for loops that predict millions of times.

``evaluate`` may be called inside other Numba functions; ``evaluate_many`` runs over arrays.
The plain twin is ``vigie.earth.twin``. Compiled code is cached on disk.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from vigie.earth.phases import BRANCH, CHORD, DIFFRACTED, MAX_DIFFRACTION_DEG, SPEED
from vigie.earth.tables import X_BUCKET_DEG, Z_BUCKET_KM, FloatArray, IntArray, PhaseTables
from vigie.geodesy import KM_PER_DEG

if TYPE_CHECKING:
    from numpy.typing import NDArray

RAD = math.pi / 180.0
Four = tuple[float, float, float, float]
_jit = nb.njit(cache=True, nogil=True, error_model="numpy")
# Inlined, since at each call the reference counts of the tables' arrays would change, which
# takes longer than the interpolation.
_inline = nb.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)


@_inline
def depth_interval(tables: PhaseTables, depth_km: float) -> int:
    """Return k with knot[k] < depth <= knot[k + 1]; a discontinuity counts as above itself."""
    last = len(tables.depth_km) - 2
    bucket = int(depth_km * (1.0 / Z_BUCKET_KM))
    if bucket >= tables.depth_bucket.shape[0]:
        return last
    k = int(tables.depth_bucket[bucket])
    while k < last and depth_km > tables.depth_km[k + 1]:
        k += 1
    return k


@_inline
def chord(
    delta_deg: float, depth_km: float, radius_km: float, speed_km_s: float, bottom_km: float
) -> Four:
    """Straight ray in a uniform layer; beyond grazing its bottom it keeps that slowness."""
    source = radius_km - depth_km
    lowest = radius_km - bottom_km
    grazing = math.acos(lowest / radius_km) + math.acos(min(lowest / source, 1.0))
    x = delta_deg * RAD
    beyond = max(x - grazing, 0.0)
    x -= beyond
    half = math.sin(0.5 * x)
    area = radius_km * source
    length = math.sqrt(depth_km * depth_km + 4.0 * area * half * half)
    if length == 0.0:
        return 0.0, radius_km / speed_km_s * RAD, 0.0, 0.0
    slope = area * math.sin(x) / length
    curvature = (area * math.cos(x) - slope * slope) / length if beyond == 0.0 else 0.0
    return (
        (length + slope * beyond) / speed_km_s,
        slope / speed_km_s * RAD,
        (depth_km - 2.0 * radius_km * half * half) / length / speed_km_s,
        curvature / speed_km_s * RAD * RAD,
    )


@_inline
def _slice(tables: PhaseTables, row: int, h: float, w: float, per_w: float) -> tuple[float, ...]:
    """Interpolate along distance at one depth knot: t, t_x, t_xx, t_z, t_xz."""
    v = tables.value
    a, b = v[row, 0], v[row + 1, 0]
    da, db = v[row, 1] * w, v[row + 1, 1] * w
    c2 = 3.0 * (b - a) - 2.0 * da - db
    c3 = 2.0 * (a - b) + da + db
    t = a + h * (da + h * (c2 + h * c3))
    t_x = (da + h * (2.0 * c2 + 3.0 * h * c3)) * per_w
    # The mean over the interval: the second derivative of the cubic is rougher than the
    # slownesses themselves, since TauP's layers make small kinks in them.
    t_xx = (v[row + 1, 1] - v[row, 1]) * per_w
    a, b = v[row, 2], v[row + 1, 2]
    da, db = v[row, 3] * w, v[row + 1, 3] * w
    c2 = 3.0 * (b - a) - 2.0 * da - db
    c3 = 2.0 * (a - b) + da + db
    t_z = a + h * (da + h * (c2 + h * c3))
    t_xz = (da + h * (2.0 * c2 + 3.0 * h * c3)) * per_w
    return t, t_x, t_xx, t_z, t_xz


@_inline
def _branch(tables: PhaseTables, b: int, k: int, g: float, delta_deg: float) -> Four:
    """Evaluate a branch at fraction g of depth interval k, within its ends or beyond."""
    n_x, x_start = tables.branch[b, 2], tables.branch[b, 3]
    x = tables.x_deg
    # Beyond the outermost knots the first and last slowness go on.
    inside = min(max(delta_deg, x[x_start]), x[x_start + n_x - 1])
    j = (
        x_start
        + tables.bucket[tables.branch[b, 5] + int((inside - x[x_start]) * (1.0 / X_BUCKET_DEG))]
    )
    while inside > x[j + 1]:
        j += 1
    w = x[j + 1] - x[j]
    per_w = 1.0 / w
    h = (inside - x[j]) * per_w
    row = tables.branch[b, 4] + (k - tables.branch[b, 0]) * n_x + j - x_start
    t0, p0, c0, z0, m0 = _slice(tables, row, h, w, per_w)
    t1, p1, c1, z1, m1 = _slice(tables, row + n_x, h, w, per_w)
    wz = tables.depth_km[k + 1] - tables.depth_km[k]
    z0, z1, m0, m1 = z0 * wz, z1 * wz, m0 * wz, m1 * wz
    c2 = 3.0 * (t1 - t0) - 2.0 * z0 - z1
    c3 = 2.0 * (t0 - t1) + z0 + z1
    t = t0 + g * (z0 + g * (c2 + g * c3))
    z = (z0 + g * (2.0 * c2 + 3.0 * g * c3)) / wz
    c2 = 3.0 * (p1 - p0) - 2.0 * m0 - m1
    c3 = 2.0 * (p0 - p1) + m0 + m1
    p = p0 + g * (m0 + g * (c2 + g * c3))
    if inside != delta_deg:
        return t + p * (delta_deg - inside), p, z, 0.0
    return t, p, z, c0 + g * (c1 - c0)


@_inline
def _entry(
    tables: PhaseTables, e: int, k: int, g: float, delta_deg: float, depth_km: float
) -> Four:
    """Evaluate one entry at depth interval k, fraction g; NaN where it does not exist."""
    nothing = (math.nan, math.nan, math.nan, math.nan)
    limit = tables.entry_limit[e]
    kind = tables.entry_kind[e]
    too_near = kind == SPEED and delta_deg * KM_PER_DEG < depth_km
    if too_near or depth_km <= limit[0] or depth_km > limit[1] or delta_deg > limit[2]:
        return nothing
    if kind == CHORD:
        return chord(delta_deg, depth_km, tables.radius_km, limit[3], limit[4])
    if kind == SPEED:
        return delta_deg * KM_PER_DEG / limit[3], KM_PER_DEG / limit[3], 0.0, 0.0
    b = tables.entry_branch[e]
    first = tables.branch[b, 0]
    if k < first or k + 1 >= first + tables.branch[b, 1]:
        return nothing
    ends = tables.end_deg
    start = ends[b, k, 0] + g * (ends[b, k + 1, 0] - ends[b, k, 0])
    end = ends[b, k, 1] + g * (ends[b, k + 1, 1] - ends[b, k, 1])
    if kind == DIFFRACTED:
        start, end = end, min(end + MAX_DIFFRACTION_DEG, limit[2])
    elif kind != BRANCH and end > 0.0:
        end = limit[2]
    # Ends are NaN at depths where the branch does not exist.
    if not start <= delta_deg <= end:
        return nothing
    return _branch(tables, b, k, g, delta_deg)


@_jit
def evaluate(tables: PhaseTables, phase: int, delta_deg: float, depth_km: float) -> Four:
    """Predict one arrival.

    Parameters
    ----------
    tables : PhaseTables
        ``TravelTimes.tables``.
    phase : int
        ``TravelTimes.phase_index(name)``.
    delta_deg, depth_km : float
        Geocentric distance, 0 to 180, and source depth; above sea level counts as 0.

    Returns
    -------
    time_s, slowness_s_per_deg, dt_ddepth_s_per_km, d2t_ddelta2 : float
        NaN where the phase does not exist.
    """
    best = (math.nan, math.nan, math.nan, math.nan)
    z = max(depth_km, 0.0)
    if not (0.0 <= delta_deg <= 180.0 and z <= tables.depth_km[-1]):
        return best
    best_time = math.inf
    k = depth_interval(tables, z)
    g = (z - tables.depth_km[k]) / (tables.depth_km[k + 1] - tables.depth_km[k])
    e = tables.phase_entry[phase]
    bits = tables.candidates[phase, k, int(delta_deg)]
    while bits:
        if bits & 1:
            found = _entry(tables, e, k, g, delta_deg, z)
            if found[0] < best_time:
                best_time = found[0]
                best = found
        bits >>= 1
        e += 1
    return best


@_jit
def find_candidates(tables: PhaseTables, margin_s: float) -> NDArray[np.int16]:
    """Find which entries of each phase can be earliest in each cell of depth and distance.

    An entry counts if, anywhere within a degree of the cell, it comes within the margin of
    the earliest; and where any entry begins or ends nearby, all count. Sampled every degree
    at both ends of each depth interval; the margin is more than two branches that cross can
    gain on each other in half a degree (5 s for Sg and Sn).

    Returns
    -------
    ndarray, shape (n_phases, n_depth_intervals, 181)
        Bit i is set for the i-th entry of the phase.
    """
    n_phases, n_z = len(tables.phase_entry) - 1, len(tables.depth_km) - 1
    out = np.zeros((n_phases, n_z, 181), dtype=np.int16)
    for phase in range(n_phases):
        if tables.phase_entry[phase + 1] - tables.phase_entry[phase] == 1:
            out[phase] = 1
            continue
        for k in range(n_z):
            if tables.depth_km[k + 1] > tables.depth_km[k]:
                out[phase, k] = _cells(tables, phase, k, margin_s)
    return out


@_jit
def _cells(tables: PhaseTables, phase: int, k: int, margin_s: float) -> IntArray:
    """Find the candidates of one depth interval: shape (181,)."""
    first, last = tables.phase_entry[phase], tables.phase_entry[phase + 1]
    near = np.zeros(181, dtype=np.int64)
    always = np.full(181, -1, dtype=np.int64)
    ever = np.zeros(181, dtype=np.int64)
    time = np.empty(last - first)
    for i in range(362):
        x, g = float(i // 2), 0.01 + 0.98 * (i % 2)
        z = tables.depth_km[k] + g * (tables.depth_km[k + 1] - tables.depth_km[k])
        for e in range(first, last):
            time[e - first] = _entry(tables, e, k, g, x, z)[0]
        earliest = np.nanmin(time)
        close, exists = 0, 0
        for n in range(last - first):
            close |= (1 << n) * (time[n] <= earliest + margin_s)
            exists |= (1 << n) * (time[n] == time[n])
        for cell in range(max(int(x) - 1, 0), min(int(x) + 2, 181)):
            near[cell] |= close
            ever[cell] |= exists
            always[cell] &= exists
    return np.where(ever == always, near, ever)


@_jit
def evaluate_many(
    tables: PhaseTables, phase: IntArray, delta_deg: FloatArray, depth_km: FloatArray
) -> FloatArray:
    """Predict n arrivals: shape (n, 4), columns as ``evaluate``."""
    out = np.empty((delta_deg.shape[0], 4))
    for i in range(delta_deg.shape[0]):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = evaluate(
            tables, phase[i], delta_deg[i], depth_km[i]
        )
    return out
