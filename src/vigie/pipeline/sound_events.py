"""Infrasound joins the association: mixed events, and events that only arrays of sound heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vigie.errors import LocationError
from vigie.network.infrasound.associate import SoundParams, associate_infrasound, is_infrasound
from vigie.network.infrasound.params import SoundLocateParams
from vigie.records import Bulletin, Detection, Event, Inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vigie.earth.base import Hypocentre, Predictor
    from vigie.network.association.engine import AssociationResult
    from vigie.network.definition import EventDefinition
    from vigie.network.infrasound.celerity import Atmosphere
    from vigie.network.location import LocateParams
    from vigie.records import Origin


@dataclass(frozen=True, slots=True)
class Joined:
    """Events of all technologies, and what was left out."""

    bulletin: Bulletin
    counts: Mapping[str, int]
    skipped: tuple[tuple[str, str], ...]
    """Detection and why it could not be used."""


def by_sound(
    detections: Iterable[Detection],
) -> tuple[tuple[Detection, ...], tuple[Detection, ...]]:
    """Return the infrasound arrivals, and all other detections."""
    everything = tuple(detections)
    sound = tuple(d for d in everything if is_infrasound(d))
    return sound, tuple(d for d in everything if not is_infrasound(d))


def join_sound(
    found: AssociationResult,
    sound: tuple[Detection, ...],
    stations: Inventory,
    predictor: Predictor,
    definition: EventDefinition,
    atmosphere: Atmosphere | None = None,
) -> Joined:
    """Add infrasound to what the seismic association found.

    Without infrasound detections its result stays as it is.
    """
    skipped = tuple((s.detection_id, s.reason) for s in found.skipped)
    if not sound:
        return Joined(found.bulletin, found.counts, skipped)
    params = SoundParams(definition=definition)
    made = associate_infrasound(
        sound, stations, found.bulletin.events, predictor, atmosphere, params
    )
    rest = sorted(
        (*found.bulletin.detections, *made.unassociated),
        key=lambda d: (d.time_ns, d.station, d.id),
    )
    return Joined(
        replace(found.bulletin, events=made.events, detections=tuple(rest)),
        {**found.counts, **made.counts},
        skipped + tuple((d, reason) for d, _, reason in made.skipped),
    )


def locate_any(
    event_id: str,
    detections: Sequence[Detection],
    stations: Inventory,
    earth: tuple[Predictor, Atmosphere],
    params: LocateParams | None = None,
    *,
    start: Hypocentre | None = None,
) -> Origin:
    """Locate an event by all its arrivals, through the ground and through the air.

    Parameters
    ----------
    event_id, detections, stations, params, start
        As ``vigie.network.location.locate`` takes them. Infrasound arrivals are those of phase I
        (Iw, Is, It), or of an infrasound station without a phase.
    earth : tuple of Predictor and Atmosphere
        What the ground and the air do.

    Raises
    ------
    LocationError
        Too few usable observations, or they resolve no place.
    """
    from vigie.network.infrasound.few_times import locate_with_times
    from vigie.network.infrasound.locate import locate_infrasound
    from vigie.network.infrasound.mixed import locate_mixed
    from vigie.network.location import locate

    sound, others = by_sound(detections)
    predictor, atmosphere = earth
    how = atmosphere, SoundLocateParams()
    if not sound:
        return locate(event_id, others, stations, predictor, params, start=start)
    if not others:
        return locate_infrasound(event_id, sound, stations, *how)
    try:
        seismic = locate(event_id, others, stations, predictor, params, start=start)
    except LocationError:
        return locate_with_times(event_id, sound, others, stations, predictor, how)
    event = Event(id=event_id, origins=(seismic,), detections=others)
    return locate_mixed(event, sound, stations, predictor, how).origin or seismic
