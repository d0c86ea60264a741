"""The plain NumPy twin of ``vigie.earth.kernels``: slower, array by array, same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.phases import BRANCH, CHORD, DIFFRACTED, MAX_DIFFRACTION_DEG, SPEED
from vigie.earth.tables import FloatArray, PhaseTables, cubic
from vigie.geodesy import KM_PER_DEG

if TYPE_CHECKING:
    from numpy.typing import NDArray

RAD = np.pi / 180.0


def evaluate_many(
    tables: PhaseTables, phase: NDArray[np.int64], delta_deg: FloatArray, depth_km: FloatArray
) -> FloatArray:
    """Predict n arrivals: shape (n, 4), columns as ``kernels.evaluate``."""
    out = np.full((len(delta_deg), 4), np.nan)
    for number in np.unique(phase):
        rows = np.flatnonzero(phase == number)
        out[rows] = _phase(tables, int(number), delta_deg[rows], np.maximum(depth_km[rows], 0.0))
    return out


def _phase(tables: PhaseTables, phase: int, x: FloatArray, z: FloatArray) -> FloatArray:
    best = np.full((len(x), 4), np.nan)
    k = np.clip(np.searchsorted(tables.depth_km, z, side="left") - 1, 0, len(tables.depth_km) - 2)
    valid = (x >= 0.0) & (x <= 180.0) & (z <= tables.depth_km[-1])
    for e in range(tables.phase_entry[phase], tables.phase_entry[phase + 1]):
        low, high, farthest, speed, bottom = tables.entry_limit[e]
        kind = tables.entry_kind[e]
        rows = valid & (z > low) & (z <= high) & (x <= farthest)
        if kind == CHORD:
            found = _chord(x, np.minimum(z, bottom), tables.radius_km, speed, bottom)
        elif kind == SPEED:
            per_deg = np.where(x * KM_PER_DEG < z, np.nan, KM_PER_DEG / speed)
            found = np.stack([x * per_deg, per_deg, 0.0 * x, 0.0 * x], axis=-1)
        else:
            b = tables.entry_branch[e]
            start, end = _ends(tables, int(b), k, z).T
            if kind == DIFFRACTED:
                start, end = end, np.minimum(end + MAX_DIFFRACTION_DEG, farthest)
            elif kind != BRANCH:
                end = end * 0.0 + farthest
            rows &= (x >= start) & (x <= end)
            found = np.full((len(x), 4), np.nan)
            found[rows] = _branch(tables, int(b), k[rows], x[rows], z[rows])
        rows &= ~(found[:, 0] >= best[:, 0]) & np.isfinite(found[:, 0])
        best[rows] = found[rows]
    return best


def _ends(tables: PhaseTables, b: int, k: NDArray[np.int64], z: FloatArray) -> FloatArray:
    # Knots where the branch does not exist hold NaN.
    low, high = tables.end_deg[b, k], tables.end_deg[b, k + 1]
    g = (z - tables.depth_km[k]) / (tables.depth_km[k + 1] - tables.depth_km[k])
    ends: FloatArray = low + g[:, None] * (high - low)
    return ends


def _branch(
    tables: PhaseTables, b: int, k: NDArray[np.int64], x: FloatArray, z: FloatArray
) -> FloatArray:
    first, n_z, n_x, x_start, v_start, _ = (int(i) for i in tables.branch[b])
    knots = tables.x_deg[x_start : x_start + n_x]
    value = tables.value[v_start : v_start + n_z * n_x].reshape(n_z, n_x, 4)
    inside = np.clip(x, knots[0], knots[-1])
    j = np.clip(np.searchsorted(knots, inside, side="left") - 1, 0, n_x - 2)
    w = knots[j + 1] - knots[j]
    h = (inside - knots[j]) / w
    wz = tables.depth_km[k + 1] - tables.depth_km[k]
    g = (z - tables.depth_km[k]) / wz
    slices = []
    for i in (k - first, k - first + 1):
        a, c = value[i, j], value[i, j + 1]
        t = cubic(h, w, a[:, 0], c[:, 0], a[:, 1], c[:, 1])
        down = cubic(h, w, a[:, 2], c[:, 2], a[:, 3], c[:, 3])
        slices.append((t[0], t[1], (c[:, 1] - a[:, 1]) / w, *down))
    (t0, p0, c0, z0, m0, _), (t1, p1, c1, z1, m1, _) = slices
    time, slope, _ = cubic(g, wz, t0, t1, z0, z1)
    p, _, _ = cubic(g, wz, p0, p1, m0, m1)
    curvature = np.where(inside == x, c0 + g * (c1 - c0), 0.0)
    return np.stack([time + p * (x - inside), p, slope, curvature], axis=-1)


def _chord(
    x_deg: FloatArray, z: FloatArray, radius_km: float, speed: float, bottom_km: float
) -> FloatArray:
    source, lowest = radius_km - z, radius_km - bottom_km
    grazing = np.arccos(lowest / radius_km) + np.arccos(np.minimum(lowest / source, 1.0))
    beyond = np.maximum(x_deg * RAD - grazing, 0.0)
    x = x_deg * RAD - beyond
    half = np.sin(0.5 * x)
    area = radius_km * source
    length = np.sqrt(z**2 + 4.0 * area * half**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(length > 0.0, area * np.sin(x) / length, radius_km)
        curvature = np.where(
            (beyond == 0.0) & (length > 0.0), (area * np.cos(x) - slope**2) / length, 0.0
        )
        vertical = np.where(length > 0.0, (z - 2.0 * radius_km * half**2) / length, 0.0)
    time = length + slope * beyond
    return np.stack([time, slope * RAD, vertical, curvature * RAD**2], axis=-1) / speed
