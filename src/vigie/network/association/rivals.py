"""Where else an event could be: places that explain the same onsets as well.

The search takes the strongest candidate of a coarse grid, which need not be the likeliest event.
Two surveys of origin times that meet the hypothesis' middle onset look for better ones: the cells
of the grid around it; and, where its stations leave a wide gap, the whole globe (cells to 20 deg,
points 4 deg apart beyond), for stations on one side see a wave front and hardly how it bends: a
quake beside the network and one a quarter around the globe, or behind the core, can look alike.
The best places apart from each other, in each belt of distance, are narrowed and settled with all
free detections, and the best log odds win.

Cost as measured: 6 to 60 ms per event, median 45.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from vigie.network.association.barred import is_barred
from vigie.network.association.candidates import ODDS
from vigie.network.association.modes import distinct
from vigie.network.association.pairs import are_two
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
    Start = tuple[FloatArray, float, float]

WIDE_GAP_DEG = 120.0
"""Three stations all around leave no larger one; beyond it the place may be open."""
MIN_ONSETS = 3
N_NEAR = 3
N_FAR = (4, 2, 2)
"""In each belt of distance: places in one belt look alike, and six of one would hide another."""
BELTS_DEG = (20.0, 105.0)
"""Distances from the nearest station at which P begins to bend differently: crust and upper mantle,
where the cells of the grid are surveyed, lower mantle, core."""
APART_DEG = 6.0
"""Rivals are at least so far from each other."""
N_POINTS = 2600
POINT_RADIUS_DEG = 2.4
"""Within which every place lies of one of so many points."""
LEAST_DEG = 0.1
"""Radius to which a rival is narrowed before it is settled."""
SLACK_S = 3.0
WORSE_NATS = 3.0
"""A place that scores less than the hypothesis' own by more is not settled."""
MAX_STATIONS = 40
MAX_POLISH = 6
WORTH_NATS = 0.1
ANY_SCORE = -1e6


def best_of_rivals(
    context: Context, h: Hypothesis, accept: Callable[[Hypothesis], str]
) -> Hypothesis:
    """Return the likeliest of a hypothesis and its rivals that are events too."""
    best = h
    own = _score_at((h.unit, h.depth_km, h.time_s), _work(context, h))
    for start, score in _narrowed(context, h, _around(context, h), N_NEAR):
        if score > own - WORSE_NATS:
            best = _better(context, best, start, accept)
    if gap_deg(context, best) < WIDE_GAP_DEG and not _is_behind_core(context, best):
        return best
    found = [best]
    belts = zip(_globe(context), N_FAR, strict=True)
    starts = [start for belt, n in belts for start, _ in _narrowed(context, best, belt, n)]
    for start in starts:
        rival = settle_candidate(context, start, _level(best))
        if accept(rival):
            continue
        rival = _polished(context, rival, accept)
        if not are_two(context, best, rival, accept):
            found.append(rival)
    # Where a likelier place was refused, a lesser one stands, and says where else it may be.
    open_ = [r for r in found if not is_barred(context, r.unit, r.time_s)] or found
    best = max(open_, key=lambda r: r.log_odds)
    best.rivals = distinct(best, [r for r in found if r is not best])
    return best


def _better(
    context: Context,
    h: Hypothesis,
    start: Start,
    accept: Callable[[Hypothesis], str],
) -> Hypothesis:
    other = settle_candidate(context, start, _level(h))
    better = other.log_odds > h.log_odds and not accept(other)
    return other if better and not are_two(context, h, other, accept) else h


def _level(h: Hypothesis) -> int:
    """Return how many of the nearest stations are taken to hear, to begin with."""
    return max(len({row for row, _, _ in h.defining()}), 6)


def _polished(
    context: Context, best: Hypothesis, accept: Callable[[Hypothesis], str]
) -> Hypothesis:
    """Settle again while it helps: along the line of sight steps are long and many."""
    for _ in range(MAX_POLISH):
        start = (best.unit, best.depth_km, best.time_s)
        again = settle_candidate(context, start, _level(best))
        if again.log_odds < best.log_odds + WORTH_NATS or accept(again):
            break
        best = again
    return best


def _is_behind_core(context: Context, h: Hypothesis) -> bool:
    """Tell whether most of the stations of a hypothesis heard it through the core.

    Stations all around a place are all around its antipode.
    """
    rows = sorted({row for row, _, _ in h.defining()})
    return bool(np.median(context.deltas(h)[rows]) > BELTS_DEG[-1])


def gap_deg(context: Context, h: Hypothesis) -> float:
    """Return the largest gap in azimuth between the stations of a hypothesis, seen from it."""
    stations = context.columns.unit[h.stations[sorted({row for row, _, _ in h.defining()})]]
    if not len(stations):
        return 360.0
    east, north = tangents(h.unit[None])
    azimuth = np.sort(np.degrees(np.arctan2(stations @ east[0], stations @ north[0])) % 360.0)
    return float(np.diff(azimuth, append=azimuth[0] + 360.0).max())


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Places to survey."""

    unit: FloatArray
    radius_deg: FloatArray
    depth_km: float
    half_depth_km: float
    apart_deg: float
    """Rivals are at least so far from each other."""
    nearest_deg: FloatArray
    """Distance of each from the nearest station."""


_GLOBES: WeakKeyDictionary[Context, list[Places]] = WeakKeyDictionary()
"""The globe of each search, whose stations stay the same."""


def _around(context: Context, h: Hypothesis) -> Places:
    """Return the cells of the uppermost layer around a hypothesis."""
    grid, reach = context.grid, 2.0 * context.merge_deg
    near = grid.is_top & (grid.unit @ h.unit > np.cos(np.radians(reach)))
    return _places(context, grid.unit[near], grid.radius_deg[near], 0.25 * context.merge_deg)


def _globe(context: Context) -> list[Places]:
    """Return points all over the globe within reach of a station, belt by belt of distance."""
    if context in _GLOBES:
        return _GLOBES[context]
    k = np.arange(N_POINTS) + 0.5
    z = 1.0 - 2.0 * k / N_POINTS
    turn = np.pi * (1.0 + 5.0**0.5) * k
    ring = np.sqrt(1.0 - z * z)
    unit = np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=-1)
    globe = _places(context, unit, np.full(N_POINTS, POINT_RADIUS_DEG), APART_DEG)
    grid = context.grid
    fine = _places(context, grid.unit[grid.is_top], grid.radius_deg[grid.is_top], APART_DEG)
    belt = np.searchsorted(BELTS_DEG, globe.nearest_deg)
    _GLOBES[context] = [
        _some(fine, fine.nearest_deg <= BELTS_DEG[0]),
        *(_some(globe, belt == k) for k in range(1, len(BELTS_DEG) + 1)),
    ]
    return _GLOBES[context]


def _some(places: Places, chosen: NDArray[np.bool_]) -> Places:
    """Return some of the places."""
    return replace(
        places,
        unit=places.unit[chosen],
        radius_deg=places.radius_deg[chosen],
        nearest_deg=places.nearest_deg[chosen],
    )


def _places(context: Context, unit: FloatArray, radius_deg: FloatArray, apart_deg: float) -> Places:
    """Return those of some places at the surface that are within reach of a station."""
    grid = context.grid
    nearest = (unit @ context.columns.unit.T).max(axis=1, initial=-1.0)
    nearest_deg = np.degrees(np.arccos(np.clip(nearest, -1.0, 1.0)))
    near = nearest_deg <= context.params.max_distance_deg
    return Places(
        unit[near],
        radius_deg[near],
        float(grid.depth_km[0]),
        float(grid.half_depth_km[0]),
        apart_deg,
        nearest_deg[near],
    )


def _narrowed(context: Context, h: Hypothesis, places: Places, n: int) -> list[tuple[Start, float]]:
    """Return place, depth, origin time and score of the best of some places, narrowed."""
    from vigie.network.association.kernels import narrowing

    rows = _first_p(h)
    if len(rows) < MIN_ONSETS or not len(places.unit):
        return []
    spans = _spans(context, h, rows, places)
    known = np.isfinite(spans).all(axis=1)
    unit, radius, spans = places.unit[known], places.radius_deg[known], spans[known]
    share = context.shares(places.nearest_deg[known])
    depth, half = places.depth_km, places.half_depth_km
    work = _work(context, h)
    score, time = narrowing.survey((unit, radius, share), (depth, half), spans, *work)
    steps = (LEAST_DEG, context.limit_depth_km, ANY_SCORE, ANY_SCORE, ANY_SCORE)
    found = []
    for k in _apart(unit, score, places.apart_deg, n):
        slack = context.time_per_deg * radius[k] + 0.5
        start = (unit[k], depth, radius[k], half, share[k], time[k] - slack, time[k] + slack)
        place, at_depth, at, _ = narrowing.refine(start, steps, *work)
        reached = (place, float(at_depth), float(at))
        found.append((reached, _score_at(reached, work)))
    return found


def _score_at(start: Start, work: tuple[Any, ...]) -> float:
    """Return the score of a place and time, blurred alike for all."""
    from vigie.network.association.kernels import narrowing

    unit, depth, time = start
    span = (time - SLACK_S, time + SLACK_S)
    return float(narrowing.sweep(unit, depth, (LEAST_DEG, 2.0, 1.0), span, *work)[0])


def _work(context: Context, h: Hypothesis) -> tuple[Any, ...]:
    """Return what the kernels take after a place: stations of ``h``, picks, tables."""
    stations = _listeners(h, _first_p(h))
    return stations, context.columns.picks(), context.net, context.tabs, ODDS[0]


def _first_p(h: Hypothesis) -> list[tuple[int, int]]:
    """Return row and pick of the first P of a hypothesis."""
    return [(row, pick) for row, kind, pick in h.defining() if kind == 0]


def _spans(
    context: Context, h: Hypothesis, rows: list[tuple[int, int]], places: Places
) -> FloatArray:
    """Return the origin times at each place that meet the middle onset; NaN beyond the tables."""
    stations = context.columns.unit[h.stations[[row for row, _ in rows]]]
    times = context.columns.time_s[[pick for _, pick in rows]]
    delta = np.degrees(np.arccos(np.clip(places.unit @ stations.T, -1.0, 1.0)))
    origin = times - np.interp(delta, DELTAS_DEG, context.tables.first_p[0])
    middle = np.median(origin, axis=1)
    slack = context.time_per_deg * places.radius_deg + 10.0
    return np.stack([middle - slack, middle + slack], axis=-1)


def _listeners(h: Hypothesis, rows: list[tuple[int, int]]) -> IntArray:
    """Return the stations of the hypothesis, then its other neighbours, up to a number."""
    own = h.stations[[row for row, _ in rows]]
    others = h.stations[~np.isin(h.stations, own)]
    return np.concatenate([own, others])[:MAX_STATIONS].astype(np.int64)


def _apart(unit: FloatArray, score: FloatArray, apart_deg: float, n: int) -> list[int]:
    """Return the best places of which none lies near a better one."""
    near = np.cos(np.radians(apart_deg))
    chosen: list[int] = []
    for k in np.argsort(-score, kind="stable"):
        if all(float(unit[k] @ unit[j]) < near for j in chosen):
            chosen.append(int(k))
            if len(chosen) == n:
                break
    return chosen
