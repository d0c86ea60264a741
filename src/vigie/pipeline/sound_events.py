"""Infrasound joins the association: mixed events, and events that only arrays of sound heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vigie.network.infrasound.associate import SoundParams, associate_infrasound, is_infrasound
from vigie.records import Bulletin, Detection, Inventory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.earth.base import Predictor
    from vigie.network.association.engine import AssociationResult
    from vigie.network.definition import EventDefinition


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
) -> Joined:
    """Add infrasound to what the seismic association found.

    Without infrasound detections its result stays as it is.
    """
    skipped = tuple((s.detection_id, s.reason) for s in found.skipped)
    if not sound:
        return Joined(found.bulletin, found.counts, skipped)
    params = SoundParams(definition=definition)
    made = associate_infrasound(sound, stations, found.bulletin.events, predictor, params=params)
    rest = sorted(
        (*found.bulletin.detections, *made.unassociated),
        key=lambda d: (d.time_ns, d.station, d.id),
    )
    return Joined(
        replace(found.bulletin, events=made.events, detections=tuple(rest)),
        {**found.counts, **made.counts},
        skipped + tuple((d, reason) for d, _, reason in made.skipped),
    )
