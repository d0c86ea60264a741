"""The International Monitoring System: its 337 facilities and what is known of its stations.

Sources: Annex 1 to the Protocol of the treaty for the facilities (positions of 1996 plans, to
0.1 deg) and the SNL-GMS/GMS-PI7-OPEN station reference (2019) for operational stations (5
decimals) and array elements. Operational stations lie up to 390 km from the treaty's plan
(HA06), so a treaty position never stands in for an operational one unless asked for. What
is unknown of a facility is said in its ``unknown``. As an inventory of stations:
``vigie.stations.ims``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """A facility of the International Monitoring System, as the treaty lists it."""

    treaty_code: str
    """``PS01`` ... ``RL16``."""
    network: str
    """PS, AS, HA, IS, RN or RL."""
    state: str
    """The state responsible for it."""
    treaty_station: str
    """Station code in the treaty; empty where it has none."""
    location: str
    type: str
    latitude: float | None
    """Of the treaty's plan, to 0.1 deg; None where unknown."""
    longitude: float | None
    stations: tuple[str, ...]
    """Codes of the operational stations at the facility; empty where unknown."""
    unknown: str
    """What is not known of it and why; empty where everything is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationalStation:
    """A station that records for the International Monitoring System."""

    code: str
    network: str
    treaty_code: str
    """Of the facility that it belongs to."""
    latitude: float
    longitude: float
    elevation_m: float
    description: str
    match: str
    """How the facility was found: ``code+distance``, ``number``, ``distance``, or ``state``
    (the nearest facility of the state that had no station yet)."""
    km_from_treaty_position: float | None
    """None where the treaty gives no position."""
    is_array: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A site of an operational station: an array element, or the station itself."""

    code: str
    station: str
    latitude: float
    longitude: float
    elevation_m: float
    north_km: float | None
    """Offset from the station's reference point, as the source states it."""
    east_km: float | None
    from_yyyyddd: str
    """First day of its operation, year and day of year; empty where unknown."""
    channels: tuple[str, ...]
    azimuths_deg: tuple[tuple[str, float], ...]
    """Directions of horizontal channels, where known."""


@cache
def ims_facilities() -> tuple[Facility, ...]:
    """Return all 337 facilities, in the treaty's order.

    Examples
    --------
    >>> len(ims_facilities())
    337
    """
    return tuple(_facility(row) for row in _rows("ims_facilities.csv"))


@cache
def ims_stations() -> tuple[OperationalStation, ...]:
    """Return the 222 operational stations of the public station reference.

    Examples
    --------
    >>> len(ims_stations())
    222
    """
    return tuple(
        OperationalStation(
            code=row["station"],
            network=row["network"],
            treaty_code=row["treaty_code"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            elevation_m=float(row["elevation_m"]),
            description=row["description"],
            match=row["match"],
            km_from_treaty_position=_number(row["km_from_treaty_position"]),
            is_array=row["array"] == "1",
        )
        for row in _rows("ims_stations.csv")
    )


@cache
def ims_elements() -> tuple[Element, ...]:
    """Return all elements of the operational stations.

    Examples
    --------
    >>> len(ims_elements())
    1083
    """
    return tuple(_element(row) for row in _rows("ims_elements.csv"))


def _element(row: dict[str, str]) -> Element:
    pairs = (text.split(":") for text in row["azimuths"].split())
    return Element(
        code=row["element"],
        station=row["station"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        elevation_m=float(row["elevation_m"]),
        north_km=_number(row["north_km"]),
        east_km=_number(row["east_km"]),
        from_yyyyddd=row["from_yyyyddd"],
        channels=tuple(row["channels"].split()),
        azimuths_deg=tuple((channel, float(azimuth)) for channel, azimuth in pairs),
    )


def _facility(row: dict[str, str]) -> Facility:
    return Facility(
        treaty_code=row["treaty_code"],
        network=row["network"],
        state=row["state"],
        treaty_station=row["treaty_station"],
        location=row["location"],
        type=row["type"],
        latitude=_number(row["latitude"]),
        longitude=_number(row["longitude"]),
        stations=tuple(row["stations"].split()),
        unknown=row["unknown"],
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("vigie.facts") / name).read_text("utf-8")
    return list(csv.DictReader(line for line in text.split("\n") if not line.startswith("#")))
