"""Events that infrasound arrays heard, and what ground and sea tell of them besides.

Two arrays make no event by most definitions, and one triplet or two P neither; together they do.
Infrasound events take the H, T and P that fit (``state``), those left over by all other events; of
what is left, crossings of an H with infrasound (``crossing``) make events. Both are located with
all arrivals in one posterior. An infrasound event that takes nothing through the sea stays as it
was. Source and assumptions: as ``associate``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.errors import LocationError
from vigie.network.hydro.crossing import Heard, crossings
from vigie.network.hydro.joining import silence
from vigie.network.hydro.offers import (
    collect_seismic,
    hydro_offers,
    open_paths,
    seismic_offers,
)
from vigie.network.hydro.params import HydroParams
from vigie.network.hydro.phases import WATER
from vigie.network.hydro.readings import HydroReadings, collect_hydro
from vigie.network.hydro.state import join, joined_offers, state_of
from vigie.network.hydro.with_sound import locate_with_sound
from vigie.network.infrasound.associate import PHASES
from vigie.network.infrasound.params import SoundLocateParams
from vigie.network.infrasound.readings import collect_sound
from vigie.records import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.network.hydro.events import Surroundings
    from vigie.network.hydro.offers import SeismicReadings
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.records import Detection, Origin

LARGEST_SIGMAS = 4.0
LOG_SHARE = float(np.log(0.05))
"""Of infrasound events that are in the water or at its surface; chosen, as that of seismic events
with sound."""


class Left(NamedTuple):
    """Detections of no event."""

    hydro: tuple[Detection, ...]
    seismic: tuple[Detection, ...]
    sound: tuple[Detection, ...] = ()

    def without(self, event: Event) -> Left:
        """Return those that an event did not take."""
        taken = {d.id for d in event.detections}
        return Left(
            tuple(d for d in self.hydro if d.id not in taken),
            tuple(d for d in self.seismic if d.id not in taken),
            tuple(d for d in self.sound if d.id not in taken),
        )


def join_air(
    events: Sequence[Event],
    left: Left,
    around: Surroundings,
    atmosphere: Atmosphere,
    params: HydroParams | None = None,
) -> list[Event]:
    """Return those of some infrasound events that ground and sea tell of too, with all arrivals.

    Parameters
    ----------
    events : sequence of Event
        Located by infrasound alone, best first.
    left : Left
        Detections that they may take; each goes to one event.
    around : Surroundings
    atmosphere : Atmosphere
    params : HydroParams, optional
    """
    params = params or HydroParams()
    found = []
    for event in events:
        whole = _whole(event, left, around, atmosphere, params)
        if whole is not None:
            found.append(whole)
            left = left.without(whole)
    return found


def crossed_events(
    left: Left,
    around: Surroundings,
    atmosphere: Atmosphere,
    accept: Callable[[Origin], bool],
    params: HydroParams | None = None,
) -> list[Event]:
    """Return the events that crossings of H with infrasound make, best first.

    Parameters
    ----------
    left, around, atmosphere, params
        As above.
    accept : callable
        Whether an origin is one of an event, by the event definition.
    """
    params = params or HydroParams()
    readings, _ = collect_hydro(left.hydro, around.stations, params)
    sound, _ = collect_sound(left.sound, around.stations, SoundLocateParams())
    if not len(readings) or not len(sound):
        return []
    seismic = collect_seismic(left.seismic, around.stations, readings.reference_ns)
    found: list[Event] = []
    taken: set[str] = set()
    for one in crossings(Heard(readings, sound, seismic), around, params):
        air = [sound.detections[i] for i in one.sound]
        others = [readings.detections[i].with_phase(p) for i, p in one.hydro]
        others += [seismic.detections[i].with_phase(p) for i, p in one.seismic]
        if taken & {d.id for d in (*air, *others)}:
            continue
        event = _located((air, others), around, atmosphere, one.log_odds)
        if event is not None and event.origin is not None and accept(event.origin):
            found.append(event)
            taken |= {d.id for d in event.detections}
    return found


def _located(
    arrivals: tuple[list[Detection], list[Detection]],
    around: Surroundings,
    atmosphere: Atmosphere,
    log_odds: float,
) -> Event | None:
    """Return an event of infrasound and others that agree; None where sea or air do not."""
    sound, others = arrivals
    named = [d if d.phase in PHASES else d.with_phase("I") for d in sound]
    try:
        origin = locate_with_sound(
            "crossed", named, others, around, (atmosphere, SoundLocateParams())
        )
    except LocationError:
        return None
    agree = {a.detection_id for a in origin.associations if a.defining}
    phases = {a.phase for a in origin.associations if a.defining}
    if not phases & WATER or not phases & PHASES or _misfits(origin):
        return None
    name = f"{origin.time_ns // 1_000_000}"
    origin = replace(
        origin,
        id=f"{name}/origin",
        score=log_odds,
        associations=tuple(a for a in origin.associations if a.detection_id in agree),
    )
    kept = tuple(d for d in (*named, *others) if d.id in agree)
    return Event(id=name, origins=(origin,), preferred_id=origin.id, detections=kept)


def _misfits(origin: Origin) -> bool:
    """Tell whether any time is off by so much that it is not of one event with the others."""
    return any(
        abs(a.time_residual_s or 0.0) > LARGEST_SIGMAS * a.time_error_s
        for a in origin.associations
        if a.time_defining and a.time_error_s
    )


def _whole(
    event: Event,
    left: Left,
    around: Surroundings,
    atmosphere: Atmosphere,
    params: HydroParams,
) -> Event | None:
    readings, _ = collect_hydro(left.hydro, around.stations, params)
    if event.origin is None or not len(readings):
        return None
    seismic = collect_seismic(left.seismic, around.stations, readings.reference_ns)
    more = _fitting(event, readings, seismic, around, params)
    if not any(d.phase in WATER for d in more):
        return None
    how = atmosphere, SoundLocateParams()
    try:
        origin = locate_with_sound(event.id, event.detections, more, around, how)
    except LocationError:
        return None
    agree = {a.detection_id for a in origin.associations if a.defining}
    origin = replace(
        origin,
        associations=tuple(a for a in origin.associations if a.detection_id in agree),
        score=event.origin.score,
    )
    if not any(a.phase in WATER for a in origin.associations):
        return None
    kept = tuple(d for d in (*event.detections, *more) if d.id in agree)
    return replace(event, origins=(origin,), preferred_id=origin.id, detections=kept)


def _fitting(
    event: Event,
    readings: HydroReadings,
    seismic: SeismicReadings,
    around: Surroundings,
    params: HydroParams,
) -> list[Detection]:
    """Return the arrivals through sea and ground that the event explains better than noise."""
    state = state_of(event.origin, readings.reference_ns) if event.origin else None
    if state is None:
        return []
    predictor = around.seas.with_ground(around.ground, readings.reference_ns)
    paths = open_paths(state, readings, around.seas)
    n = len(readings)
    nothing_taken = np.zeros(len(seismic.detections), dtype=np.bool_)
    base = n, len(readings.stations)
    offers = joined_offers(
        hydro_offers(readings, state, "water", paths, params),
        seismic_offers(seismic, state, predictor, nothing_taken, base, params),
    )
    _, joined = join(state, offers, predictor, params.min_gain)
    heard = [j for j in joined if j.row < n]
    odds = sum(j.gain for j in joined) + silence(readings, paths, heard, params) + LOG_SHARE
    if not odds > 0.0:
        return []
    return [
        (readings.detections[j.row] if j.row < n else seismic.detections[j.row - n]).with_phase(
            j.phase
        )
        for j in joined
    ]
