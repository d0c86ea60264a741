"""Distances and azimuths of associations that came without them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.geodesy import destination, distance_azimuths

if TYPE_CHECKING:
    from vigie.records import Association, Event, Inventory, Origin


def with_geometry(event: Event, inventory: Inventory | None = None) -> Event:
    """Return the event with distances and azimuths where they can be told.

    They come from the position of the station, or else from the distance and azimuth that
    the event has. Values that it has are kept.
    """
    origin = event.origin
    if origin is None:
        return event
    completed = replace(
        origin, associations=tuple(_completed(a, origin, inventory) for a in origin.associations)
    )
    origins = tuple(completed if o is origin else o for o in event.origins)
    return replace(event, origins=origins)


def _completed(
    association: Association, origin: Origin, inventory: Inventory | None
) -> Association:
    a = association
    if None not in (a.delta_deg, a.esaz_deg, a.seaz_deg):
        return a
    place = _place(a, origin, inventory)
    if place is None:
        return a
    delta, esaz, seaz = distance_azimuths(origin.latitude, origin.longitude, *place)
    return replace(
        a,
        delta_deg=float(delta) if a.delta_deg is None else a.delta_deg,
        esaz_deg=float(esaz) if a.esaz_deg is None else a.esaz_deg,
        seaz_deg=float(seaz) if a.seaz_deg is None else a.seaz_deg,
    )


def _place(
    a: Association, origin: Origin, inventory: Inventory | None
) -> tuple[float, float] | None:
    """Return latitude and longitude of the station; None where nothing tells them."""
    station = inventory.at(a.station, origin.time_ns) if inventory else None
    if station is not None:
        return station.latitude, station.longitude
    if a.delta_deg is None or a.esaz_deg is None:
        return None
    latitude, longitude = destination(origin.latitude, origin.longitude, a.esaz_deg, a.delta_deg)
    return float(latitude), float(longitude)
