"""Events of arrivals through ground and sea: located, and judged by the event definition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from vigie.errors import LocationError
from vigie.network.association.publish import is_placed, rms_limit
from vigie.network.definition import assess
from vigie.network.hydro.locate import locate_in_water
from vigie.network.hydro.phases import WATER
from vigie.network.infrasound.associate import PHASES
from vigie.network.location import LocateParams
from vigie.records import Event, Technology
from vigie.stations.lookup import find_station

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.earth.base import Hypocentre, Predictor
    from vigie.network.definition import EventDefinition
    from vigie.network.hydro.sea import Seas
    from vigie.records import Association, Detection, Inventory, Origin, Station

KEPT_SHARE = 0.8
"""An origin with which fewer of the seismic observations than this still agree is not taken."""
FACILITIES = 2
"""Hydroacoustic facilities of an event that they define."""


class Surroundings(NamedTuple):
    """What locating an event takes beside its arrivals."""

    stations: Inventory
    ground: Predictor
    seas: Seas


def meets(origin: Origin, stations: Inventory, definition: EventDefinition) -> bool:
    """Tell whether an event with H or T is one by the event definition.

    Its plain criteria count, those of infrasound where arrays of both heard it, or those of events
    that hydroacoustic stations define; the last ask for two facilities, since triplets of one
    island point alike.
    """
    observed = [
        (a, station)
        for a in origin.associations
        if (station := _station(stations, a, origin)) is not None
    ]
    treaty = any((s.treaty_code or "").startswith("PS") for s in stations.stations)
    if assess(definition, observed, treaty_network=treaty).met:
        return True
    sea = {s.treaty_code or s.code for a, s in observed if a.defining and a.phase in WATER}
    air = any(s.technology is Technology.INFRASOUND for a, s in observed if a.defining)
    if sea and air and assess(definition.sound or definition, observed).met:
        return True
    return len(sea) >= FACILITIES and assess(definition.hydro or definition, observed).met


def _station(stations: Inventory, a: Association, origin: Origin) -> Station | None:
    station = find_station(stations, a.station, origin.time_ns)
    if station is None:
        return None
    technology = Technology.HYDROACOUSTIC if a.phase in WATER else station.technology
    if a.phase in PHASES:
        technology = Technology.INFRASOUND
    return replace(station, technology=technology)


def is_sound(origin: Origin) -> bool:
    """Tell whether an origin says where the event is, and its residuals are those of one event."""
    if not is_placed(origin):
        return False
    return origin.weighted_rms is None or origin.weighted_rms <= rms_limit(origin.n_defining or 0)


def located(
    name: str, members: Sequence[Detection], around: Surroundings, start: Hypocentre | None = None
) -> Event | None:
    """Return an event of arrivals under their phases, with those that agree; None if nowhere."""
    params = LocateParams(phases="keep")
    earth = around.ground, around.seas
    try:
        origin = locate_in_water(name, members, around.stations, earth, params, start=start)
    except LocationError:
        return None
    if not is_sound(origin):
        return None
    belongs = {a.detection_id for a in origin.associations if a.defining}
    origin = replace(
        origin, associations=tuple(a for a in origin.associations if a.detection_id in belongs)
    )
    kept = tuple(d for d in members if d.id in belongs)
    return Event(id=name, origins=(origin,), preferred_id=origin.id, detections=kept)


def with_hydro(event: Event, hydro: Sequence[Detection], around: Surroundings) -> Event | None:
    """Return a seismic event located with arrivals through the sea as well; None if it is worse.

    Parameters
    ----------
    event : Event
        With a preferred origin.
    hydro : sequence of Detection
        Under the phases that they have there.
    around : Surroundings
    """
    before = event.origin
    if before is None:
        return None
    phases = {a.detection_id: a.phase for a in before.associations}
    named = [d.with_phase(phases[d.id]) for d in event.detections if phases.get(d.id)]
    try:
        origin = locate_in_water(
            event.id,
            [*named, *hydro],
            around.stations,
            (around.ground, around.seas),
            _params(before),
            start=_place(before),
        )
    except LocationError:
        return None
    sea = {d.id for d in hydro}
    agree = {a.detection_id for a in origin.associations if a.defining}
    if not sea & agree or not is_sound(origin) or _loses(before, agree):
        return None
    told = {a.detection_id for a in origin.associations}
    others = tuple(a for a in before.associations if a.detection_id not in told)
    kept = tuple(
        a for a in origin.associations if a.detection_id not in sea or a.detection_id in agree
    )
    origin = replace(origin, associations=(*kept, *others), score=before.score)
    return replace(
        event,
        origins=(*(o for o in event.origins if o.id != origin.id), origin),
        preferred_id=origin.id,
        detections=(*event.detections, *(d for d in hydro if d.id in agree)),
    )


def _loses(before: Origin, agree: set[str]) -> bool:
    defined = [a.detection_id for a in before.associations if a.time_defining]
    return sum(d in agree for d in defined) < KEPT_SHARE * len(defined)


def _params(before: Origin) -> LocateParams:
    """Return how an event is located anew: with the depth that it has, free or assumed."""
    if not before.depth_fixed or before.depth_km is None:
        return LocateParams(phases="keep")
    return LocateParams(phases="keep", depth="default", default_depth_km=before.depth_km)


def _place(origin: Origin) -> Hypocentre:
    from vigie.earth.base import Hypocentre

    return Hypocentre(origin.latitude, origin.longitude, origin.depth_km or 0.0)
