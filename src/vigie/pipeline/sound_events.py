"""Sound joins the association: mixed events, and events that only sound told of.

Arrivals through the sea join first, since their times are sharp; then infrasound. An event of the
sea that lacks something to be one by the event definition gets it from infrasound, or is none.
Without arrivals through sea or air the seismic result stays as it is, and no model of them is
loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vigie.errors import LocationError
from vigie.network.hydro.phases import is_hydro
from vigie.network.infrasound import Climatology
from vigie.network.infrasound.associate import SoundParams, associate_infrasound, is_infrasound
from vigie.network.infrasound.params import SoundLocateParams
from vigie.pipeline.media import by_technology
from vigie.records import Bulletin, Detection, Event, Inventory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.earth.base import Hypocentre
    from vigie.network.association.engine import AssociationResult
    from vigie.network.definition import EventDefinition
    from vigie.network.hydro.events import Surroundings
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.location import LocateParams
    from vigie.pipeline.media import ByTechnology, Media
    from vigie.records import Origin


WEAK = 3
"""Arrivals through the sea of an event that a crossing with infrasound may better explain."""
VAGUE_KM = 500.0
"""An origin of ground and sea with a longer ellipse is no normal density: all its arrivals enter
the posterior of infrasound one by one."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Events of all technologies, and what was left out."""

    bulletin: Bulletin
    counts: Mapping[str, int]
    skipped: tuple[tuple[str, str], ...]
    """Detection and why it could not be used."""


def join_sound(
    found: AssociationResult,
    parts: ByTechnology,
    stations: Inventory,
    media: Media,
    definition: EventDefinition,
) -> Joined:
    """Add arrivals through the sea and infrasound to what the seismic association found.

    Without any its result stays as it is.
    """
    skipped = tuple((s.detection_id, s.reason) for s in found.skipped)
    seismic = Joined(found.bulletin, found.counts, skipped)
    if not parts.hydro:
        return _with_infrasound(seismic, parts.infrasound, stations, media, definition)
    from vigie.network.hydro.associate import associate_hydro
    from vigie.network.hydro.events import Surroundings, meets
    from vigie.network.hydro.params import HydroParams

    around = Surroundings(stations, media.ground, media.seas)
    made = associate_hydro(
        parts.hydro,
        found.bulletin.detections,
        found.bulletin.events,
        around,
        HydroParams(definition=definition),
    )
    both = Joined(
        replace(found.bulletin, events=made.events, detections=made.unassociated),
        {**found.counts, **made.counts},
        skipped + tuple((d, reason) for d, _, reason in made.skipped),
    )
    time_ns = min(d.time_ns for d in parts.hydro)
    media = replace(media, ground=media.seas.with_ground(media.ground, time_ns))
    joined = _with_infrasound(both, parts.infrasound, stations, media, definition)
    lacking = {
        e.id
        for e in joined.bulletin.events
        if e.id in made.provisional
        and (e.origin is None or not meets(e.origin, stations, definition))
    }
    if lacking:
        joined = _with_infrasound(
            _without(both, lacking), parts.infrasound, stations, media, definition
        )
    kept = tuple(e for e in joined.bulletin.events if e.id not in lacking)
    joined = replace(joined, bulletin=replace(joined.bulletin, events=kept))
    joined = _with_leftovers(joined, around, media, definition)
    counts = dict(joined.counts)
    counts["hydroacoustic_events"] += len(made.provisional) - len(lacking)
    counts["hydroacoustic_definition"] = len(lacking)
    bulletin = replace(joined.bulletin, detections=_in_order(joined.bulletin))
    return Joined(bulletin, counts, joined.skipped)


def _with_leftovers(
    joined: Joined, around: Surroundings, media: Media, definition: EventDefinition
) -> Joined:
    """Let infrasound events take what fits them; look for events of one triplet and arrays."""
    from vigie.network.hydro.air import Left, crossed_events, join_air
    from vigie.network.hydro.events import meets

    rest = by_technology(joined.bulletin.detections)
    weak = [e for e in joined.bulletin.events if _is_weak(e)]
    heard = any(is_infrasound(d) for d in _all_of(joined.bulletin))
    if not heard or not (rest.hydro or weak):
        return joined
    own = [e for e in joined.bulletin.events if all(is_infrasound(d) for d in e.detections)]
    air = media.atmosphere or Climatology()

    def accept(origin: Origin) -> bool:
        return meets(origin, around.stations, definition)

    left = Left(rest.hydro, rest.seismic, rest.infrasound)
    found = [e for e in join_air(own, left, around, air) if e.origin and accept(e.origin)]
    for event in found:
        left = left.without(event)
    left = left._replace(hydro=(*left.hydro, *(d for e in weak for d in e.detections)))
    crossed, ended = _stronger(crossed_events(left, around, air, accept), weak)
    found += crossed
    joined = _without(joined, ended)
    names = {e.id for e in found}
    events = [*(e for e in joined.bulletin.events if e.id not in names), *found]
    taken = {d.id for e in found for d in e.detections}
    bulletin = replace(
        joined.bulletin,
        events=tuple(sorted(events, key=lambda e: e.origin.time_ns if e.origin else 0)),
        detections=tuple(d for d in joined.bulletin.detections if d.id not in taken),
    )
    counts = {**joined.counts, "infrasound_events_with_hydroacoustics": len(found)}
    return replace(joined, bulletin=bulletin, counts=counts)


def _is_weak(event: Event) -> bool:
    """Tell whether an event rests on three arrivals through the sea and nothing else.

    Two of them may be of one facility, and the third there by chance.
    """
    return len(event.detections) <= WEAK and all(is_hydro(d) for d in event.detections)


def _stronger(crossed: list[Event], weak: list[Event]) -> tuple[list[Event], set[str]]:
    """Return the crossings that explain their arrivals better than weak events, which end."""
    kept, ended = [], set[str]()
    for event in crossed:
        own = {d.id for d in event.detections}
        rivals = [e for e in weak if own & {d.id for d in e.detections}]
        if all(_score(event) > _score(rival) for rival in rivals):
            kept.append(event)
            ended |= {rival.id for rival in rivals}
    return kept, ended


def _score(event: Event) -> float:
    return (event.origin.score or 0.0) if event.origin else 0.0


def _all_of(bulletin: Bulletin) -> list[Detection]:
    return [*bulletin.detections, *(d for e in bulletin.events for d in e.detections)]


def _without(joined: Joined, ids: set[str]) -> Joined:
    """Return the same without some events; their detections are free."""
    kept = tuple(e for e in joined.bulletin.events if e.id not in ids)
    free = tuple(d for e in joined.bulletin.events if e.id in ids for d in e.detections)
    bulletin = replace(
        joined.bulletin, events=kept, detections=(*joined.bulletin.detections, *free)
    )
    return replace(joined, bulletin=bulletin)


def _in_order(bulletin: Bulletin) -> tuple[Detection, ...]:
    return tuple(sorted(bulletin.detections, key=lambda d: (d.time_ns, d.station, d.id)))


def _with_infrasound(
    joined: Joined,
    sound: tuple[Detection, ...],
    stations: Inventory,
    media: Media,
    definition: EventDefinition,
) -> Joined:
    if not sound:
        return joined
    params = SoundParams(definition=definition)
    made = associate_infrasound(
        sound, stations, joined.bulletin.events, media.ground, media.atmosphere, params
    )
    rest = replace(
        joined.bulletin,
        events=made.events,
        detections=(*joined.bulletin.detections, *made.unassociated),
    )
    return Joined(
        replace(rest, detections=_in_order(rest)),
        {**joined.counts, **made.counts},
        joined.skipped + tuple((d, reason) for d, _, reason in made.skipped),
    )


def locate_any(
    event_id: str,
    detections: Sequence[Detection],
    stations: Inventory,
    media: Media,
    params: LocateParams | None = None,
    *,
    start: Hypocentre | None = None,
) -> Origin:
    """Locate an event by all its arrivals, through ground, sea and air.

    Parameters
    ----------
    event_id, detections, stations, params, start
        As ``vigie.network.location.locate`` takes them. Infrasound arrivals are those of phase I
        (Iw, Is, It), or of an infrasound station without a phase; those through the sea are H,
        T and O.
    media : Media
        What ground, sea and air do.

    Raises
    ------
    LocationError
        Too few usable observations, or they resolve no place.
    """
    from vigie.network.infrasound.few_times import locate_with_times
    from vigie.network.infrasound.locate import locate_infrasound
    from vigie.network.infrasound.mixed import locate_mixed

    sound, sea, ground = by_technology(detections)
    others = tuple(d for d in detections if d not in sound) if sea else ground
    how = media.atmosphere or Climatology(), SoundLocateParams()
    if not sound:
        return _locate_body(event_id, others, stations, media, params, start)
    if not others:
        return locate_infrasound(event_id, sound, stations, *how)
    try:
        body = _locate_body(event_id, others, stations, media, params, start)
    except LocationError:
        if not sea:
            return locate_with_times(event_id, (sound, others), stations, media.ground, how)
        return _locate_all_at_once(event_id, sound, others, stations, media, how)
    if sea and (body.ellipse is None or body.ellipse.semi_major_km > VAGUE_KM):
        return _locate_all_at_once(event_id, sound, others, stations, media, how)
    event = Event(id=event_id, origins=(body,), detections=others)
    predictor = media.seas.with_ground(media.ground, sea[0].time_ns) if sea else media.ground
    return locate_mixed(event, sound, stations, predictor, how).origin or body


def with_yields(event: Event, atmosphere: Atmosphere | None) -> Event:
    """Return an event with what its sound says of its size, had it been an explosion."""
    if not any(is_infrasound(d) for d in event.detections):
        return event
    from vigie.network.infrasound.yields import yields_of

    return replace(event, yields=yields_of(event, atmosphere or Climatology()))


def _locate_all_at_once(
    event_id: str,
    sound: tuple[Detection, ...],
    others: tuple[Detection, ...],
    stations: Inventory,
    media: Media,
    how: tuple[Atmosphere, SoundLocateParams],
) -> Origin:
    from vigie.network.hydro.events import Surroundings
    from vigie.network.hydro.with_sound import locate_with_sound

    around = Surroundings(stations, media.ground, media.seas)
    return locate_with_sound(event_id, sound, others, around, how)


def _locate_body(
    event_id: str,
    detections: Sequence[Detection],
    stations: Inventory,
    media: Media,
    params: LocateParams | None,
    start: Hypocentre | None,
) -> Origin:
    """Locate by what came through ground and sea."""
    from vigie.network.hydro.locate import has_water_phases, locate_in_water
    from vigie.network.location import locate

    if not has_water_phases(detections):
        return locate(event_id, detections, stations, media.ground, params, start=start)
    earth = media.ground, media.seas
    return locate_in_water(event_id, detections, stations, earth, params, start=start)
