"""Station positions from the distances and azimuths that a bulletin prints.

A bulletin without a station list still says where its stations are: each arrival states
the distance and the azimuth of its station from the event, or that of the event from the
station. From the latter follow one or two positions; where two, the station is left out.

Along the ray the position is as good as the printed distance (0.01 deg is 1 km); across, as
good as the azimuth (0.1 deg is 10 km at 60 deg), which hardly changes travel times to places
near the event. Where several events saw a station, the mean direction is taken. Elevations are
unknown and set to 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import (
    destination,
    geocentric_latitude_deg,
    geographic_latitude_deg,
    unit_vectors,
)
from vigie.records import Station

if TYPE_CHECKING:
    from vigie.records import Association, Bulletin


def stations_from_bulletin(bulletin: Bulletin) -> tuple[Station, ...]:
    """Rebuild the positions of all stations whose distance and azimuth are printed.

    Returns
    -------
    tuple of Station
        One per station code, sorted, with elevation 0.

    Notes
    -----
    Distances are taken as geocentric, as travel-time work defines them; LOCSAT and the IDC
    do the same. The distances and azimuths are those of the preferred origin.
    """
    directions: dict[str, list[np.ndarray]] = {}
    networks: dict[str, str] = {}
    for event in bulletin.events:
        origin = event.origin
        if origin is None:
            continue
        for detection, association in event.arrivals():
            esaz_deg = _azimuth_of_station(association, origin.latitude)
            if association.delta_deg is None or esaz_deg is None:
                continue
            there = destination(origin.latitude, origin.longitude, esaz_deg, association.delta_deg)
            directions.setdefault(detection.station, []).append(unit_vectors(*there))
            networks.setdefault(detection.station, detection.network)
    return tuple(
        _station(code, networks[code], np.mean(vectors, axis=0))
        for code, vectors in sorted(directions.items())
    )


def _azimuth_of_station(association: Association, latitude: float) -> float | None:
    """Return the azimuth from the event to the station; None where it does not follow.

    Of the spherical triangle of pole, event and station two sides are known, and the angle at
    the station: cos(c) = cos(b) cos(delta) + sin(b) sin(delta) cos(seaz) with the colatitudes
    c of the event and b of the station, which has no, one or two solutions b in 0 to pi.
    """
    if association.esaz_deg is not None or association.seaz_deg is None:
        return association.esaz_deg
    if association.delta_deg is None:
        return None
    delta, seaz = np.radians([association.delta_deg, association.seaz_deg])
    event = np.pi / 2 - np.radians(geocentric_latitude_deg(latitude))
    along, across = np.cos(delta), np.sin(delta) * np.cos(seaz)
    ratio = np.cos(event) / np.hypot(along, across)
    if abs(ratio) > 1.0:
        return None
    middle, apart = np.arctan2(across, along), np.arccos(ratio)
    turns = ((middle - apart) % (2 * np.pi), (middle + apart) % (2 * np.pi))
    sides = [b for b in turns if 0.0 < b < np.pi]
    if len(sides) != 1:
        return None
    station = sides[0]
    # The azimuth of the station at the event, by sine and cosine rules on the same triangle.
    sine = -np.sin(seaz) * np.sin(station)
    cosine = (np.cos(station) - np.cos(event) * np.cos(delta)) / np.sin(delta)
    return float(np.degrees(np.arctan2(sine, cosine)) % 360.0)


def _station(code: str, network: str, direction: np.ndarray) -> Station:
    x, y, z = direction
    latitude = geographic_latitude_deg(np.degrees(np.arctan2(z, np.hypot(x, y))))
    longitude = np.degrees(np.arctan2(y, x))
    return Station(
        code=code,
        latitude=float(latitude),
        longitude=float(longitude),
        elevation_m=0.0,
        network=network,
    )
