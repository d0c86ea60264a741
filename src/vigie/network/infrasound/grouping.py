"""Which infrasound detections are of one event.

What it computes: the odds of each candidate place and time (``candidates``): the gains of its
detections and what silent arrays tell (``scene``), plus the log of the expected number of events
in the volume of place and time over which the sum holds. The best candidate is taken, moved to
where the sum is largest, its volume integrated, its detections are removed, rates of noise and of
events counted anew, and so on. Source: the odds of Arora, Russell & Sudderth 2013 (BSSA 103, 709)
with the likelihood of ``likelihood``; the peer's way is a linkage of all pairs (Blom et al. 2020,
GJI 222, 1). One event may hold several detections of one array, its phases; a detection is of one
event. Assumptions: usual celerities by season (no rays); an array with any detection was working.
Cost: 0.1 s for ten detections.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound.candidates import Candidates, crossings, merged
from vigie.network.infrasound.likelihood import azimuths
from vigie.network.infrasound.params import GroupParams
from vigie.network.infrasound.passes import Pass
from vigie.network.infrasound.scene import Scene, models_by_latitude
from vigie.network.infrasound.sphere_grid import EARTH_RADIUS_KM
from vigie.network.infrasound.voting import BLUNT_KM

if TYPE_CHECKING:
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.infrasound.readings import SoundReadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SoundGroup:
    """Detections of one event, with a first place and time."""

    rows: IntArray
    """Of the readings."""
    unit: FloatArray
    time_s: float
    log_odds: float
    is_global: bool = False
    """Whether it is of the size that is heard everywhere."""
    passes: tuple[Pass, ...] = ()
    """Detections that went around the globe: no event is made of them."""
    coda: tuple[int, ...] = ()
    """Those of the rows that are here since they may be coda of the others."""


def group_detections(
    readings: SoundReadings, atmosphere: Atmosphere, params: GroupParams | None = None
) -> tuple[SoundGroup, ...]:
    """Return the groups of detections that events explain better than noise, best first.

    Parameters
    ----------
    readings : SoundReadings
        All detections, in order of time.
    atmosphere : Atmosphere
    params : GroupParams, optional
    """
    params = params or GroupParams()
    if len(readings) < 2:
        return ()
    candidates = merged(crossings(readings, params), params)
    models = models_by_latitude(readings, atmosphere)
    scene = Scene.of(readings, models, np.ones(len(readings), dtype=np.bool_), 0, params)
    odds = scene.odds(candidates)
    found: list[SoundGroup] = []
    while len(odds):
        group = _best_group(scene, candidates, odds)
        if group is None:
            break
        found.append(group)
        free = scene.free.copy()
        free[group.rows] = False
        scene = Scene.of(readings, models, free, len(found), params, scene.crowd)
        # What is far off in time loses nothing; what was refused stays so.
        near = np.abs(candidates.time_s - group.time_s) < 2.0 * params.gate_s
        near &= np.isfinite(odds)
        odds[near] = scene.odds(candidates.take(np.flatnonzero(near)))
    return _with_coda(scene, found)


def _with_coda(scene: Scene, groups: list[SoundGroup]) -> tuple[SoundGroup, ...]:
    """Return the groups with the detections that are coda of theirs rather than noise.

    Only once all are found: what is of a second event is no coda of the first.
    """
    if scene.crowd is None:
        return tuple(groups)
    noise = np.exp(scene.log_noise) - scene.crowd.coda.density
    free, found = scene.free.copy(), []
    for group in groups:
        more = scene.crowd.coda.of_group(group.rows, free, noise)
        free[more] = False
        coda = tuple(more.tolist())
        found.append(replace(group, rows=np.union1d(group.rows, more), coda=coda))
    return tuple(found)


def _best_group(scene: Scene, candidates: Candidates, odds: FloatArray) -> SoundGroup | None:
    """Return the first group that holds, by falling odds; refuse the candidates that do not."""
    for row in np.argsort(-odds, kind="stable"):
        if np.isneginf(odds[row]):
            continue
        if odds[row] <= scene.params.min_log_odds - _LIFT:
            return None
        odds[row] = -np.inf
        group, best = _settled(scene, candidates.take(np.array([row])))
        # Those beside where it went would go there too.
        odds[_beside(candidates, best, scene.params)] = -np.inf
        if group is not None and group.log_odds > scene.params.min_log_odds:
            return group
    return None


AHEAD_DEG = 45.0
"""Detections from farther aside are not of a candidate."""
_LIFT = 6.0
"""So much the odds of a candidate may grow when it is moved to the best place around."""
_STEPS_KM = (60.0, 30.0, 15.0, 8.0)
"""By which a candidate is moved, half as far each time."""


def _beside(candidates: Candidates, at: Candidates, params: GroupParams) -> NDArray[np.bool_]:
    """Tell which candidates are as near to one as those that are merged."""
    near = candidates.unit @ at.unit[0] >= np.cos(params.merge_km / EARTH_RADIUS_KM)
    late_s = np.abs(candidates.time_s - at.time_s[0])
    return np.asarray(near & (late_s <= params.merge_km * params.mean_s_per_km))


def _settled(whole: Scene, at: Candidates) -> tuple[SoundGroup | None, Candidates]:
    """Move a candidate to the best place and time around; return its group and that place."""
    params = whole.params
    near = ahead(whole, at)
    scene = whole.take(near)
    if len(np.unique(scene.readings.array)) < 2:
        return None, at
    best, best_odds = at, float(scene.odds_of_all(at)[0])
    for step_km in _STEPS_KM:
        best, best_odds = climbed(scene, best, best_odds, step_km)
    if best_odds < params.min_log_odds - _LIFT / 2.0:
        return None, best
    _, used, _ = scene.weighed(best)
    rows = np.flatnonzero(used[0])
    if len(np.unique(scene.readings.array[rows])) < 2:
        return None, best
    log_odds = whole.log_prior + log_integral(scene, best, rows, _INTEGRAL_STEPS_KM)
    return SoundGroup(near[rows], best.unit[0], float(best.time_s[0]), log_odds), best


def climbed(scene: Scene, at: Candidates, odds: float, step_km: float) -> tuple[Candidates, float]:
    """Move a candidate by steps to where the odds are largest; return it with them."""
    for _ in range(4):
        tried = around(at, step_km, scene.params.mean_s_per_km, STAR)
        found = scene.odds_of_all(tried)
        k = int(np.argmax(found))
        if found[k] <= odds + 1e-9:
            break
        at, odds = tried.take(np.array([k])), float(found[k])
    return at, odds


def log_integral(
    scene: Scene, at: Candidates, rows: IntArray, steps_km: tuple[float, ...]
) -> float:
    """Return the log of the integral of the odds of a group over km^2 and s around a place."""
    total = -np.inf
    silent = scene.silence_at(at, rows)
    for step in steps_km:
        grid = around(at, step, scene.params.mean_s_per_km, _LATTICE)
        score = scene.sum_of(grid, rows, silent)
        cell = float(np.log(step**3 * scene.params.mean_s_per_km))
        total = max(total, float(np.logaddexp.reduce(score)) + cell)
    return total


def _lattice(n: int) -> FloatArray:
    axis = np.arange(-n, n + 1, dtype=np.float64)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)


STAR = np.array(
    [
        (np.sin(turn) * reach, np.cos(turn) * reach, later)
        for turn in np.arange(8) * np.pi / 4.0
        for reach in (0.0, 1.0)
        for later in (-2.0, -1.0, 0.0, 1.0, 2.0)
    ]
)
"""Steps east, north and in time that are tried."""
_LATTICE = _lattice(4)
_INTEGRAL_STEPS_KM = (12.0, 30.0, 75.0)
"""Of lattices over which odds are integrated: the finer for near events, the wider for far ones. A
lattice that is too small, or too coarse by chance, holds less: the larger integral is taken."""


def around(at: Candidates, step_km: float, mean_s_per_km: float, moves: FloatArray) -> Candidates:
    """Return places and times around one, moved by steps."""
    unit = at.unit[0]
    east = np.array([-unit[1], unit[0], 0.0])
    length = float(np.linalg.norm(east))
    east = east / length if length > 1e-12 else np.array([0.0, 1.0, 0.0])
    north = np.cross(unit, east)
    moved = unit + (moves[:, :2] @ np.stack([east, north])) * step_km / EARTH_RADIUS_KM
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    return Candidates(moved, at.time_s[0] + moves[:, 2] * step_km * mean_s_per_km)


def ahead(scene: Scene, at: Candidates) -> IntArray:
    """Return the free detections that may be of a candidate, by time and roughly by azimuth."""
    readings, params = scene.readings, scene.params
    slack_s = 3.0 * BLUNT_KM * params.mean_s_per_km
    arc = np.arccos(np.clip(readings.unit @ at.unit[0], -1.0, 1.0))[readings.array]
    range_km = arc * EARTH_RADIUS_KM
    later = readings.time_s - float(at.time_s[0])
    good = scene.free & (later > range_km * params.fast_s_per_km - slack_s)
    good &= later < range_km * params.slow_s_per_km + slack_s
    off = readings.azimuth_rad - azimuths(readings.unit, at.unit)[readings.array, 0]
    reach = np.radians(AHEAD_DEG) + 3.0 * BLUNT_KM / np.maximum(
        np.sin(arc) * EARTH_RADIUS_KM, 300.0
    )
    good &= range_km <= params.max_range_km + 3.0 * BLUNT_KM
    good &= ~(np.cos(off) < np.cos(np.minimum(reach, np.pi)))
    return np.flatnonzero(good)
