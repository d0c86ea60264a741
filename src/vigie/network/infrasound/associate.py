"""Infrasound events, and infrasound of seismic events: the part of association that is sound.

Order of work: detections that a seismic event explains better than noise go to it, which is then
located by all; of the others, groups (``grouping``, then ``far`` at any range) become events that
are located by their sound and must meet the event definition. Seismic events without sound stay as
they are. Detections that have been around the globe (``passes``) are named and make no event.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import LocationError
from vigie.network.definition import EventDefinition, assess, load_definition
from vigie.network.infrasound.celerity import Climatology
from vigie.network.infrasound.far import with_far_events
from vigie.network.infrasound.grouping import SoundGroup, group_detections
from vigie.network.infrasound.locate import locate_by_sound
from vigie.network.infrasound.mixed import locate_mixed, sound_of
from vigie.network.infrasound.params import FAR, GroupParams, SoundLocateParams
from vigie.network.infrasound.readings import SoundReadings, collect_sound
from vigie.network.infrasound.scene import Scene, models_by_latitude
from vigie.records import Detection, Event, Technology

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.earth.base import Predictor
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.infrasound.passes import Pass
    from vigie.records import Inventory, Origin

PHASES = frozenset({"I", "Iw", "Is", "It"})
"""Names of infrasound arrivals."""
FARTHEST_SHARE = 2.0
"""An ellipse so many times as long as its farthest array is away places the event nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundParams:
    """Parameters of the infrasound part of association."""

    definition: EventDefinition | None = None
    """What counts as an event; the default one if left out."""
    group: GroupParams = field(default_factory=GroupParams)
    far: GroupParams = FAR
    """Of events heard farther than those, and of sound of seismic events."""
    locate: SoundLocateParams = field(default_factory=SoundLocateParams)


@dataclass(frozen=True, slots=True)
class SoundAssociation:
    """What the infrasound part of association gives."""

    events: tuple[Event, ...]
    """All events: seismic, mixed and infrasound, in order of time."""
    unassociated: tuple[Detection, ...]
    skipped: tuple[tuple[str, str, str], ...]
    """Detection, station, and why it could not be used."""
    counts: dict[str, int]


def is_infrasound(detection: Detection) -> bool:
    """Tell whether a detection is an infrasound arrival: by its phase, else by its technology.

    Examples
    --------
    >>> is_infrasound(Detection(id="1", station="I57US", time_ns=0, phase="I"))
    True
    """
    if detection.phase:
        return detection.phase in PHASES
    return detection.technology is Technology.INFRASOUND


def associate_infrasound(
    detections: Sequence[Detection],
    stations: Inventory,
    events: Sequence[Event],
    predictor: Predictor,
    atmosphere: Atmosphere | None = None,
    params: SoundParams | None = None,
) -> SoundAssociation:
    """Give infrasound detections to seismic events, and make events of the others.

    Parameters
    ----------
    detections : sequence of Detection
        Infrasound arrivals, in any order.
    stations : Inventory
        Arrays that were working.
    events : sequence of Event
        Located seismic events.
    predictor : Predictor
        Travel times of seismic phases, for what a move of an event does to its residuals.
    atmosphere : Atmosphere, optional
        Climatology if left out.
    params : SoundParams, optional
    """
    params = params or SoundParams()
    atmosphere = atmosphere or Climatology()
    readings, unplaced = collect_sound(_distinct(detections), stations, params.locate)
    skipped = tuple((d.id, d.station, "unknown_station") for d in unplaced)
    counts = {"infrasound_detections": len(readings)}
    if not len(readings):
        return SoundAssociation(tuple(events), (), skipped, counts)
    found, used = _with_sound(readings, stations, events, predictor, (atmosphere, params))
    counts["mixed_events"] = sum(a is not b for a, b in zip(found, events, strict=True))
    rest = readings.take(np.flatnonzero(~used))
    made, refused = _own_events(rest, stations, atmosphere, params, counts)
    taken = {d.id for e in (*found, *made) for d in e.detections}
    unassociated = tuple(d for d in readings.detections if d.id not in taken)
    everything = sorted((*found, *made), key=_time_ns)
    told = tuple((d.id, d.station, reason) for d, reason in refused if d.id not in taken)
    return SoundAssociation(tuple(everything), unassociated, (*skipped, *told), counts)


def _time_ns(event: Event) -> int:
    return event.origin.time_ns if event.origin else 0


def _distinct(detections: Sequence[Detection]) -> list[Detection]:
    return list({d.id: d for d in detections}.values())


def _with_sound(
    readings: SoundReadings,
    stations: Inventory,
    events: Sequence[Event],
    predictor: Predictor,
    how: tuple[Atmosphere, SoundParams],
) -> tuple[list[Event], NDArray[np.bool_]]:
    """Return the seismic events, with the sound that fits them, and which detections that is."""
    atmosphere, params = how
    used = np.zeros(len(readings), dtype=np.bool_)
    models = models_by_latitude(readings, atmosphere)
    found = []
    scene = Scene.of(readings, models, ~used, 0, params.far)
    for event in events:
        group = sound_of(scene, event)
        if group is None:
            found.append(event)
            continue
        sound = [d.with_phase("I") for d in readings.take(group.rows).detections]
        try:
            mixed = locate_mixed(event, sound, stations, predictor, (atmosphere, params.locate))
        except LocationError:
            found.append(event)
            continue
        used[group.rows] = True
        used[[p.row for p in group.passes]] = True
        found.append(_with_notices(mixed, readings, group))
        scene = Scene.of(readings, models, ~used, 0, params.far)
    return found, used


def _own_events(
    readings: SoundReadings,
    stations: Inventory,
    atmosphere: Atmosphere,
    params: SoundParams,
    counts: dict[str, int],
) -> tuple[list[Event], list[tuple[Detection, str]]]:
    """Return the events of sound alone, and the detections of groups that are none, with why."""
    events: list[Event] = []
    refused: list[tuple[Detection, str]] = []
    near = group_detections(readings, atmosphere, params.group)
    for group in with_far_events(readings, near, atmosphere, params.far):
        members = [readings.detections[i] for i in group.rows]
        named = [d if d.phase in PHASES else d.with_phase("I") for d in members]
        event, reason = _event(named, stations, atmosphere, params, group.log_odds)
        if event is not None:
            event = _with_notices(event, readings, group)
        key = f"infrasound_{reason or 'events'}"
        counts[key] = counts.get(key, 0) + 1
        if event is not None:
            events.append(event)
        else:
            refused += [(d, f"refused_{reason}") for d in members]
    return events, refused


def _with_notices(event: Event, readings: SoundReadings, group: SoundGroup) -> Event:
    """Return the event with notices of its coda and of what it sent around the globe."""
    told = [*_told_of_coda(event, readings, group.coda), *_told(readings, group.passes)]
    if event.origin is None or not told:
        return event
    origin = replace(event.origin, warnings=(*event.origin.warnings, *told))
    others = tuple(o for o in event.origins if o.id != origin.id)
    return replace(event, origins=(*others, origin))


def _told_of_coda(event: Event, readings: SoundReadings, coda: Sequence[int]) -> list[str]:
    """Return which arrivals of the event may be coda, in words."""
    own = {d.id for d in event.detections}
    members = [readings.detections[row] for row in coda if readings.detections[row].id in own]
    if not members:
        return []
    count = Counter(d.station for d in members)
    named = _listed(count)
    subject = "1 arrival is" if len(members) == 1 else f"{len(members)} arrivals are"
    return [f"{subject} taken as coda of earlier ones, not as those of another event: {named}"]


def _listed(count: Counter[str]) -> str:
    return ", ".join(f"{name} ({n})" if n > 1 else name for name, n in count.items())


def _told(readings: SoundReadings, passes: Sequence[Pass]) -> list[str]:
    """Return what of the list is of an event but tells nothing of its place, in words."""
    code = {p.row: readings.detections[p.row].station for p in passes}
    later = Counter(code[p.row] for p in passes if p.number == 1)
    around = Counter(f"{code[p.row]} Ig{p.number}" for p in passes if p.number > 1)
    kinds = (
        (later, "later parts of its wave trains"),
        (around, "later passes of it around the globe"),
    )
    return [
        f"{count.total()} {'detection is' if count.total() == 1 else 'detections are'} {words}: "
        + _listed(count)
        for count, words in kinds
        if count
    ]


def _event(
    detections: list[Detection],
    stations: Inventory,
    atmosphere: Atmosphere,
    params: SoundParams,
    log_odds: float,
) -> tuple[Event | None, str]:
    """Return the event of a group, or why it is none."""
    name = f"{min(d.time_ns for d in detections) // 1_000_000}"
    try:
        origin = locate_by_sound(name, detections, stations, atmosphere, params.locate).origin
    except LocationError:
        return None, "no_place"
    name = f"{origin.time_ns // 1_000_000}"
    belongs = {a.detection_id for a in origin.associations if a.defining}
    origin = replace(
        origin,
        id=f"{name}/origin",
        score=log_odds,
        associations=tuple(a for a in origin.associations if a.defining),
    )
    if not _is_placed(origin):
        return None, "no_place"
    definition = params.definition or load_definition("default")
    observed = [
        (a, replace(station, technology=Technology.INFRASOUND))
        for a in origin.associations
        if (station := stations.at(a.station, origin.time_ns)) is not None
    ]
    verdict = assess(definition.sound or definition, observed)
    if not verdict.met:
        return None, verdict.failed[0]
    kept = tuple(d for d in detections if d.id in belongs)
    return Event(id=name, origins=(origin,), preferred_id=origin.id, detections=kept), ""


def _is_placed(origin: Origin) -> bool:
    ellipse = origin.ellipse
    if ellipse is None:
        return False
    return ellipse.semi_major_km <= FARTHEST_SHARE * 111.195 * (origin.max_distance_deg or 0.0)
