"""Where else an event could be: places that explain the same onsets as well.

Stations on one side of an event see a wave front and hardly how it bends: a quake beside the
network and one a quarter around the globe can look alike. The search takes the strongest
candidate, which need not be the likeliest event. So wherever the stations leave a wide gap, all
the surface is surveyed (2600 points, 4 deg apart)
for an origin time near the one that meets the hypothesis' first P; the best places apart from
each other are narrowed and settled with all free detections, and the best log odds win.

Cost as measured: some 40 ms per event of a dozen stations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.modes import distinct
from vigie.network.association.prepare import tangents
from vigie.network.association.settling import settle_candidate
from vigie.network.association.tables import DELTAS_DEG

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

WIDE_GAP_DEG = 120.0
"""Three stations all around leave no larger one; beyond it the place may be open."""
MIN_ONSETS = 3
N_RIVALS = 6
APART_DEG = 6.0
"""Rivals are at least so far from each other."""
N_POINTS = 2600
POINT_RADIUS_DEG = 2.4
"""Within which every place lies of one of so many points."""
MAX_STATIONS = 40
MAX_POLISH = 6
WORTH_NATS = 0.1
ODDS = (0.5, 0.3)
ANY_SCORE = -1e6


def best_of_rivals(
    context: Context, h: Hypothesis, accept: Callable[[Hypothesis], str]
) -> Hypothesis:
    """Return the likeliest of a hypothesis and its rivals elsewhere that are events too."""
    rows = [(row, pick) for row, kind, pick in h.defining() if kind == 0]
    if len(rows) < MIN_ONSETS or gap_deg(context, h) < WIDE_GAP_DEG:
        return h
    found = [h]
    for unit, time in _elsewhere(context, h, rows):
        rival = settle_candidate(context, (unit, 0.0, time), max(len(rows), 6))
        if not accept(rival):
            found.append(_polished(context, rival, accept))
    best = max(found, key=lambda r: r.log_odds)
    best.rivals = distinct(best, [r for r in found if r is not best])
    return best


def _polished(
    context: Context, best: Hypothesis, accept: Callable[[Hypothesis], str]
) -> Hypothesis:
    """Settle again while it helps: along the line of sight steps are long and many."""
    for _ in range(MAX_POLISH):
        start = (best.unit, best.depth_km, best.time_s)
        again = settle_candidate(context, start, max(len(best.defining()), 6))
        if again.log_odds < best.log_odds + WORTH_NATS or accept(again):
            break
        best = again
    return best


def gap_deg(context: Context, h: Hypothesis) -> float:
    """Return the largest gap in azimuth between the stations of a hypothesis, seen from it."""
    stations = context.columns.unit[h.stations[sorted({row for row, _, _ in h.defining()})]]
    if not len(stations):
        return 360.0
    east, north = tangents(h.unit[None])
    azimuth = np.sort(np.degrees(np.arctan2(stations @ east[0], stations @ north[0])) % 360.0)
    return float(np.diff(azimuth, append=azimuth[0] + 360.0).max())


def _elsewhere(
    context: Context, h: Hypothesis, rows: list[tuple[int, int]]
) -> list[tuple[FloatArray, float]]:
    """Return places and times where the onsets may come from, by a survey of the surface."""
    from vigie.network.association import _kernels as kernels

    unit, radius = _places()
    spans = _spans(context, h, rows, unit, radius)
    known = np.isfinite(spans).all(axis=1)
    unit, radius, spans = unit[known], radius[known], spans[known]
    nearest = np.degrees(np.arccos(np.clip(unit @ context.columns.unit.T, -1.0, 1.0).max(axis=1)))
    share = context.shares(nearest)
    grid, columns = context.grid, context.columns
    layer = (float(grid.depth_km[0]), float(grid.half_depth_km[0]))
    stations = _listeners(context, h, rows)
    work = (stations, columns.picks(), context.net, context.tabs, ODDS)
    score, time = kernels.survey((unit, radius, share), layer, spans, *work)
    found = []
    for k in _apart(unit, score):
        slack = context.time_per_deg * radius[k] + 0.5
        place, _, at, _ = kernels.refine(
            (unit[k], layer[0], radius[k], layer[1], share[k], time[k] - slack, time[k] + slack),
            (0.1, context.limit_depth_km, ANY_SCORE, ANY_SCORE, ANY_SCORE),
            *work,
        )
        found.append((place, float(at)))
    return found


def _places() -> tuple[FloatArray, FloatArray]:
    """Return points all over the globe with their radii; the grid itself is finer nearby."""
    k = np.arange(N_POINTS) + 0.5
    z = 1.0 - 2.0 * k / N_POINTS
    turn = np.pi * (1.0 + 5.0**0.5) * k
    ring = np.sqrt(1.0 - z * z)
    unit = np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=-1)
    return unit, np.full(N_POINTS, POINT_RADIUS_DEG)


def _spans(
    context: Context,
    h: Hypothesis,
    rows: list[tuple[int, int]],
    unit: FloatArray,
    radius: FloatArray,
) -> FloatArray:
    """Return the origin times at each place that meet the middle onset; NaN beyond the tables."""
    stations = context.columns.unit[h.stations[[row for row, _ in rows]]]
    times = context.columns.time_s[[pick for _, pick in rows]]
    delta = np.degrees(np.arccos(np.clip(unit @ stations.T, -1.0, 1.0)))
    origin = times - np.interp(delta, DELTAS_DEG, context.tables.first_p[0])
    middle = np.median(origin, axis=1)
    slack = context.time_per_deg * radius + 10.0
    return np.stack([middle - slack, middle + slack], axis=-1)


def _listeners(context: Context, h: Hypothesis, rows: list[tuple[int, int]]) -> IntArray:
    """Return the stations of the hypothesis, then its other neighbours, up to a number."""
    own = h.stations[[row for row, _ in rows]]
    others = h.stations[~np.isin(h.stations, own)]
    return np.concatenate([own, others])[:MAX_STATIONS].astype(np.int64)


def _apart(unit: FloatArray, score: FloatArray) -> list[int]:
    """Return the best places of which none lies near a better one."""
    near = np.cos(np.radians(APART_DEG))
    chosen: list[int] = []
    for k in np.argsort(-score, kind="stable"):
        if all(float(unit[k] @ unit[j]) < near for j in chosen):
            chosen.append(int(k))
            if len(chosen) == N_RIVALS:
                break
    return chosen
