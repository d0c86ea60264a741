"""Events of any size, heard as far as the antipode, and their later passes around the globe.

What it computes: after ``grouping`` has found the events within 3,000 km, candidates by votes
(``voting``) and the places of those events are weighed anew with all detections and with the size
of the event unknown: it may be heard over 1,500, 6,000 or 20,000 km, the larger the rarer
(``params.FAR``). A far event takes the place of the events whose detections it uses where its log
odds exceed theirs together. An event of the largest size is heard again from the other side (Ig2)
and after a full turn (Ig3, Ig4, as Le Pichon et al. 2013, GRL 40, 3732 name them): detections
that fit these are named and make no event, for passes of one kind look like an event of their own,
at the antipode or at the source again. For the same reason an event is refused for the one whose
pass it would be, if that stands. Source: as ``grouping``. Assumptions: as there; of an array's
detections the best counts. Cost: as ``voting``, and 0.3 s for an event of 17 arrays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound.candidates import Candidates
from vigie.network.infrasound.grouping import SoundGroup, ahead, climbed, log_integral
from vigie.network.infrasound.long_paths import GLOBE_KM
from vigie.network.infrasound.params import FAR, LEAST_ARRAYS
from vigie.network.infrasound.passes import (
    PASS_S_PER_KM,
    heard_again,
    is_global,
    is_pass,
    passes_of,
)
from vigie.network.infrasound.scene import Scene, models_by_latitude
from vigie.network.infrasound.voting import BLUNT_KM, MOST, voted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.infrasound.params import GroupParams
    from vigie.network.infrasound.readings import SoundReadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_STAGES = ((300.0, 300.0, -12.0), (150.0, 150.0, -9.0), (75.0, 75.0, -6.0), (0.0, 60.0, -4.0),
           (0.0, 30.0, -4.0))  # fmt: skip
"""Blunting and step, km, by which a candidate is moved to its best place, and the log odds that it
must have then: blunt ones are the less the more arrays heard it."""
_LEAST_SEED, _LEAST_PER_ARRAY, _MOST_SEEDS = -3.5, -1.0, 12
"""Log odds of blunt candidates that are followed, by number of arrays, and how many of
ten days."""
_INTEGRAL_STEPS_KM = (12.0, 30.0, 75.0, 150.0)
_BATCH = 64
"""Candidates weighed at once."""


def with_far_events(
    readings: SoundReadings,
    near: Sequence[SoundGroup],
    atmosphere: Atmosphere,
    params: GroupParams = FAR,
) -> tuple[SoundGroup, ...]:
    """Return the events of any size: those found near, joined or replaced by far ones.

    Parameters
    ----------
    readings : SoundReadings
        All detections, in order of time.
    near : sequence of SoundGroup
        Events within a few thousand kilometres.
    atmosphere : Atmosphere
    params : GroupParams
    """
    if len(np.unique(readings.array)) < LEAST_ARRAYS:
        return tuple(near)
    models = models_by_latitude(readings, atmosphere)
    scene = Scene.of(readings, models, np.ones(len(readings), dtype=np.bool_), 0, params)
    seeds = _joined(voted(scene), near)
    standing, found = list(near), list[SoundGroup]()
    while True:
        group = _best(scene, _worth(scene, seeds), standing)
        if group is None:
            return (*found, *standing)
        group = source_of(scene, group, standing)
        if (k := _passed(scene, group, found)) is not None:
            # An event found before is heard farther than it seemed.
            found[k] = heard_again(scene, found[k], group)
            scene = _without(scene, [p.row for p in found[k].passes], len(found))
            continue
        standing = [g for g in standing if not _n_shared(g, group.rows)]
        group, standing = _with_passes(scene, group, standing)
        group, found = _with_ghosts(scene, group, found)
        found.append(group)
        taken = [*group.rows.tolist(), *(p.row for p in group.passes)]
        scene = _without(scene, taken, len(found))


def _without(scene: Scene, taken: Sequence[int], n_found: int) -> Scene:
    """Return the scene as it is when some more detections are of events."""
    free = scene.free.copy()
    free[np.array(taken, dtype=np.int64)] = False
    return Scene.of(scene.readings, scene.models, free, n_found, scene.params)


def _with_passes(
    scene: Scene, group: SoundGroup, standing: list[SoundGroup]
) -> tuple[SoundGroup, list[SoundGroup]]:
    """Return an event with its passes, and the other events that are not made of these."""
    passes = passes_of(scene, group)
    rows = np.array([p.row for p in passes], dtype=np.int64)
    # Other events of one place may be one train; not where it is heard everywhere.
    kept = [g for g in standing if not group.is_global or 2 * _n_shared(g, rows) <= len(g.rows)]
    theirs = {int(row) for g in kept for row in g.rows}
    return replace(group, passes=tuple(p for p in passes if p.row not in theirs)), kept


def _joined(seeds: Candidates, near: Sequence[SoundGroup]) -> Candidates:
    if not near:
        return seeds
    return Candidates(
        np.concatenate([np.stack([g.unit for g in near]), seeds.unit]),
        np.concatenate([[g.time_s for g in near], seeds.time_s]),
    )


def _n_shared(group: SoundGroup, rows: IntArray) -> int:
    return int(np.isin(group.rows, rows).sum())


def _worth(scene: Scene, seeds: Candidates) -> Candidates:
    """Return the blunt candidates that may become events, best first."""
    blunted = _blunted(scene, BLUNT_KM)
    odds = np.full(len(seeds.time_s), -np.inf)
    by_time = np.argsort(seeds.time_s, kind="stable")
    for start in range(0, len(odds), _BATCH):
        rows = by_time[start : start + _BATCH]
        at = seeds.take(rows)
        part = blunted.part(*blunted.window(at.time_s[0], at.time_s[-1]))
        if not len(part.readings):
            continue
        score, used, _ = part.weighed(at)
        arrays = np.array([len(np.unique(part.readings.array[row])) for row in used])
        one = score + scene.log_prior + part.log_volume(at, used)
        # Blunt as it is, one detection more may not count yet.
        least = _LEAST_SEED + _LEAST_PER_ARRAY * np.maximum(arrays, LEAST_ARRAYS)
        enough = (arrays >= LEAST_ARRAYS - 1) & (one > least)
        odds[rows] = np.where(enough, one, -np.inf)
    order = np.argsort(-odds, kind="stable")[: _MOST_SEEDS * (1 + len(odds) // MOST)]
    return seeds.take(order[np.isfinite(odds[order])])


def _best(scene: Scene, seeds: Candidates, standing: Sequence[SoundGroup]) -> SoundGroup | None:
    """Return the first event that stands."""
    for row in range(len(seeds.time_s)):
        group = settled(scene, seeds.take(np.array([row])))
        if group is None:
            continue
        theirs = [g.rows for g in standing if 0 < _n_shared(g, group.rows) <= 0.5 * len(g.rows)]
        if theirs:
            # Of another event it has but a part: that stays where it is.
            free = scene.free.copy()
            free[np.concatenate(theirs)] = False
            at = Candidates(group.unit[None], np.array([group.time_s]))
            group = settled(replace(scene, free=free), at)
        if group is not None and _stands(scene, group, standing):
            return group
    return None


def _stands(scene: Scene, group: SoundGroup, standing: Sequence[SoundGroup]) -> bool:
    """Tell whether an event is good enough, and better than those whose detections it uses."""
    lost = [g for g in standing if _n_shared(g, group.rows)]
    if any(len(g.rows) == len(np.union1d(g.rows, group.rows)) for g in lost):
        return False
    odds = group.log_odds - sum(max(g.log_odds, 0.0) for g in lost)
    n_arrays = len(np.unique(scene.readings.array[group.rows]))
    return n_arrays >= LEAST_ARRAYS and odds > scene.params.min_log_odds


def source_of(scene: Scene, group: SoundGroup, standing: Sequence[SoundGroup]) -> SoundGroup:
    """Return the event of which another would be a pass, if it stands, else the other.

    That may be a pass itself, Ig4 leading by Ig2 to the source.
    """
    earlier = _earlier(scene, group, standing)
    while earlier is not None:
        group, earlier = earlier, _earlier(scene, earlier, standing)
    return group


def _earlier(scene: Scene, group: SoundGroup, standing: Sequence[SoundGroup]) -> SoundGroup | None:
    half_s = 0.5 * GLOBE_KM * PASS_S_PER_KM
    for number in (3, 2):
        unit = group.unit if number % 2 else -group.unit
        at = Candidates(unit[None], np.array([group.time_s - (number - 1) * half_s]))
        source = settled(scene, at)
        if source is None or not _stands(scene, source, standing):
            continue
        source = replace(source, is_global=True)
        if is_pass(scene, group, source):
            return source
    return None


def _passed(scene: Scene, group: SoundGroup, found: Sequence[SoundGroup]) -> int | None:
    """Return the event found before of which another is a pass."""
    for k, source in enumerate(found):
        if is_pass(scene, group, replace(source, is_global=True)):
            return k
    return None


def _with_ghosts(
    scene: Scene, group: SoundGroup, found: list[SoundGroup]
) -> tuple[SoundGroup, list[SoundGroup]]:
    """Return an event and the others found before, without those that are but passes of it."""
    kept = []
    for other in found:
        free = scene.free.copy()
        free[other.rows] = True
        freed = replace(scene, free=free)
        if is_pass(freed, other, replace(group, is_global=True)):
            group = heard_again(freed, group, other)
        else:
            kept.append(other)
    return group, kept


def _blunted(scene: Scene, blunt_km: float) -> Scene:
    """Return the scene as for candidates that are off by some distance."""
    readings = scene.readings
    slack_s = blunt_km * scene.params.mean_s_per_km
    turn = np.arctan2(blunt_km, 3000.0)
    return replace(
        scene,
        readings=replace(
            readings,
            time_sigma_s=np.hypot(readings.time_sigma_s, slack_s),
            azimuth_sigma_rad=np.hypot(readings.azimuth_sigma_rad, turn),
        ),
    )


def settled(whole: Scene, at: Candidates) -> SoundGroup | None:
    """Move a candidate to the best place and time around and return its group."""
    near = ahead(whole, at)
    if len(np.unique(whole.readings.array[near])) < LEAST_ARRAYS:
        return None
    scene = whole.take(near)
    best = at
    for blunt_km, step_km, least in _STAGES:
        blunted = _blunted(scene, blunt_km)
        best, odds = climbed(blunted, best, float(blunted.odds_of_all(best)[0]), step_km)
        if odds < least:
            return None
    _, used, _ = scene.weighed(best)
    rows = np.flatnonzero(used[0])
    if len(np.unique(scene.readings.array[rows])) < LEAST_ARRAYS:
        return None
    log_odds = whole.log_prior + log_integral(scene, best, rows, _INTEGRAL_STEPS_KM)
    return SoundGroup(
        near[rows], best.unit[0], float(best.time_s[0]), log_odds, is_global(scene, best)
    )
