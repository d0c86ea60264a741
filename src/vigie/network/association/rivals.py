"""Where else an event could be: places that explain the same onsets as well.

Stations on one side of an event see a wave front and hardly how it bends: a quake beside the
network and one a quarter around the globe can look alike. The search takes the strongest
candidate, which need not be the likeliest event. So wherever the stations lie on one side,
the first P onsets of a hypothesis are held against all cells of the surface (robust sum of
residuals about the median), the best places apart from each other are fitted (Gauss-Newton on
absolute residuals), and the rivals are settled with all free detections: the best log odds win.

Cost as measured: about 10 ms per event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.hypothesis import deltas_deg
from vigie.network.association.modes import distinct
from vigie.network.association.prepare import tangents
from vigie.network.association.settling import settle_candidate
from vigie.network.association.tables import DELTAS_DEG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

ONE_SIDED_DEG = 180.0
"""A larger gap in azimuth between stations leaves the distance open."""
MIN_ONSETS = 3
N_RIVALS = 6
APART_DEG = 8.0
"""Rivals are at least so far from each other."""
CAP_S = 30.0
"""Largest residual that counts: what a place wrong by a cell's radius costs a network 10 deg
wide."""
MAX_STEP_DEG = 10.0


def best_of_rivals(context: Context, h: Hypothesis) -> Hypothesis:
    """Return the likeliest of a hypothesis and its rivals elsewhere."""
    rows = [(row, pick) for row, kind, pick in h.defining() if kind == 0]
    if len(rows) < MIN_ONSETS or gap_deg(context, h) < ONE_SIDED_DEG:
        return h
    stations = context.columns.unit[h.stations[[row for row, _ in rows]]]
    times = context.columns.time_s[[pick for _, pick in rows]]
    found = [h]
    for cell in _starts(context, stations, times):
        unit, time = _fit(context, context.grid.unit[cell], stations, times)
        if not np.isfinite(time):
            continue
        found.append(settle_candidate(context, (unit, 0.0, time), max(len(rows), 6)))
    best = max(found, key=lambda r: r.log_odds)
    best.rivals = distinct(best, [r for r in found if r is not best])
    return best


def gap_deg(context: Context, h: Hypothesis) -> float:
    """Return the largest gap in azimuth between the stations of a hypothesis, seen from it."""
    stations = context.columns.unit[h.stations[sorted({row for row, _, _ in h.defining()})]]
    if not len(stations):
        return 360.0
    azimuth = np.sort(np.degrees(np.arctan2(*_across(h.unit, stations))) % 360.0)
    return float(np.diff(azimuth, append=azimuth[0] + 360.0).max())


def _across(unit: FloatArray, stations: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the components to the east and north of directions to stations."""
    east, north = tangents(unit[None])
    size = np.maximum(np.hypot(stations @ east[0], stations @ north[0]), 1e-12)
    return stations @ east[0] / size, stations @ north[0] / size


def _starts(context: Context, stations: FloatArray, times: FloatArray) -> list[int]:
    """Return the cells of the surface that fit best, apart from each other."""
    cells = np.flatnonzero(context.grid.is_top)
    unit = context.grid.unit[cells]
    chord = np.linalg.norm(unit[:, None, :] - stations[None, :, :], axis=2)
    delta = np.degrees(2.0 * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0)))
    origin = times - np.interp(delta, DELTAS_DEG, context.tables.first_p[0])
    fits = np.isfinite(origin).all(axis=1)
    cells, unit, origin = cells[fits], unit[fits], origin[fits]
    late = np.abs(origin - np.median(origin, axis=1, keepdims=True))
    cost = np.minimum(late, CAP_S).sum(axis=1)
    chosen: list[int] = []
    near = np.cos(np.radians(APART_DEG))
    for k in np.argsort(cost, kind="stable"):
        if all(float(unit[k] @ context.grid.unit[c]) < near for c in chosen):
            chosen.append(int(cells[k]))
            if len(chosen) == N_RIVALS:
                break
    return chosen


def _fit(
    context: Context, unit: FloatArray, stations: FloatArray, times: FloatArray
) -> tuple[FloatArray, float]:
    """Return place and time at which the absolute residuals of a surface source are least."""
    table = context.tables.first_p[0]
    slope = np.gradient(table, DELTAS_DEG)
    for _ in range(12):
        delta = deltas_deg(unit, stations)
        origin = times - np.interp(delta, DELTAS_DEG, table)
        time = float(np.median(origin))
        if not np.isfinite(time):
            break
        residual = origin - time
        weight = 1.0 / np.sqrt(np.maximum(np.abs(residual), 0.2))
        ray = np.nan_to_num(np.interp(delta, DELTAS_DEG, slope))
        east, north = _across(unit, stations)
        # A step towards a station brings it nearer: its time comes earlier.
        rows = np.stack([-ray * north, -ray * east, np.ones(len(ray))], axis=1) * weight[:, None]
        damped = rows.T @ rows + np.diag([1e-4, 1e-4, 0.0])
        step = np.linalg.solve(damped, rows.T @ (residual * weight))
        size = float(np.hypot(step[0], step[1]))
        if size < 1e-3:
            break
        step *= min(1.0, MAX_STEP_DEG / size)
        to_east, to_north = tangents(unit[None])
        moved = unit + np.radians(step[0]) * to_north[0] + np.radians(step[1]) * to_east[0]
        unit = moved / np.linalg.norm(moved)
    delta = deltas_deg(unit, stations)
    return unit, float(np.median(times - np.interp(delta, DELTAS_DEG, table)))
