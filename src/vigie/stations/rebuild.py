"""Station positions from the distances and azimuths that a bulletin prints.

A bulletin without a station list still says where its stations are: each arrival states
the distance and the azimuth of its station from the event. Along the ray the position is as
good as the printed distance (0.01 deg is 1 km); across, as good as the azimuth (0.1 deg is
10 km at 60 deg), which hardly changes travel times to places near the event. Where several
events saw a station, the mean direction is taken. Elevations are unknown and set to 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import destination, geographic_latitude_deg, unit_vectors
from vigie.records import Station

if TYPE_CHECKING:
    from vigie.records import Bulletin


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
            if association.delta_deg is None or association.esaz_deg is None:
                continue
            there = destination(
                origin.latitude, origin.longitude, association.esaz_deg, association.delta_deg
            )
            directions.setdefault(detection.station, []).append(unit_vectors(*there))
            networks.setdefault(detection.station, detection.network)
    return tuple(
        _station(code, networks[code], np.mean(vectors, axis=0))
        for code, vectors in sorted(directions.items())
    )


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
