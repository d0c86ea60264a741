"""Distances and azimuths of associations that came without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.geodesy import distance_azimuths

if TYPE_CHECKING:
    from vigie.records import Association, Event, Inventory, Origin


def with_geometry(event: Event, inventory: Inventory | None) -> Event:
    """Return the event with distance and azimuths where its stations are known.

    Values that the event already has are kept.
    """
    origin = event.origin
    if origin is None or inventory is None:
        return event
    completed = replace(
        origin, associations=tuple(_completed(a, origin, inventory) for a in origin.associations)
    )
    origins = tuple(completed if o is origin else o for o in event.origins)
    return replace(event, origins=origins)


def _completed(association: Association, origin: Origin, inventory: Inventory) -> Association:
    a = association
    if None not in (a.delta_deg, a.esaz_deg, a.seaz_deg):
        return a
    station = inventory.at(a.station, origin.time_ns)
    if station is None:
        return a
    delta, esaz, seaz = distance_azimuths(
        origin.latitude, origin.longitude, station.latitude, station.longitude
    )
    return replace(
        a,
        delta_deg=float(delta) if a.delta_deg is None else a.delta_deg,
        esaz_deg=float(esaz) if a.esaz_deg is None else a.esaz_deg,
        seaz_deg=float(seaz) if a.seaz_deg is None else a.seaz_deg,
    )
