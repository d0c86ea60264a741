"""The International Monitoring System: its 337 facilities and what is known of its stations.

Sources: Annex 1 to the Protocol of the treaty for the facilities (positions of 1996 plans, to
0.1 deg) and the SNL-GMS/GMS-PI7-OPEN station reference (2019) for operational stations (5
decimals) and array elements. Operational stations lie up to 390 km from the treaty's plan
(HA06), so a treaty position never stands in for an operational one unless asked for. What
is unknown of a facility is said in its ``unknown``.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from vigie.records import Channel, ChannelId, Epoch, Inventory, Site, Station, Technology
from vigie.records.station import OPEN_START_NS
from vigie.records.time import NS_PER_DAY, ns_from_civil

if TYPE_CHECKING:
    from collections.abc import Iterator

NETWORK = "IM"
"""FDSN network code of the International Monitoring System."""

TECHNOLOGIES = {
    "PS": Technology.SEISMIC,
    "AS": Technology.SEISMIC,
    "HA": Technology.HYDROACOUSTIC,
    "IS": Technology.INFRASOUND,
    "RN": Technology.RADIONUCLIDE,
    "RL": Technology.RADIONUCLIDE,
}
"""Treaty network to technology: primary and auxiliary seismic, hydroacoustic, infrasound,
radionuclide stations and laboratories."""


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

    @property
    def technology(self) -> Technology:
        """What the facility listens to."""
        return TECHNOLOGIES[self.network]


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
def ims_inventory(
    technology: Technology | None = None, *, treaty_positions: bool = False
) -> Inventory:
    """Return the operational stations with their elements.

    Parameters
    ----------
    technology : Technology, optional
        Only stations of this technology.
    treaty_positions : bool, optional
        Also return the facilities without a known operational station, at the treaty's position;
        their ``name`` says so. They can be hundreds of kilometres off.

    Returns
    -------
    Inventory
        Station codes are the operational ones, with the treaty code as alias where a
        facility has one station. Channels have no response.

    Examples
    --------
    >>> len(ims_inventory().stations)
    222
    """
    stations = [*_stations(), *(_planned() if treaty_positions else ())]
    return Inventory(tuple(s for s in stations if technology in (None, s.technology)))


def _stations() -> Iterator[Station]:
    elements: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows("ims_elements.csv"):
        elements[row["station"]].append(row)
    shared = {f.treaty_code for f in ims_facilities() if len(f.stations) > 1}
    for row in _rows("ims_stations.csv"):
        code, treaty_code = row["station"], row["treaty_code"]
        yield Station(
            code=code,
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            elevation_m=float(row["elevation_m"]),
            network=NETWORK,
            name=row["description"],
            technology=TECHNOLOGIES[row["network"]],
            treaty_code=treaty_code or None,
            aliases=() if treaty_code in shared or not treaty_code else (treaty_code,),
            sites=tuple(_site(element) for element in elements[code]),
        )


def _planned() -> Iterator[Station]:
    for facility in ims_facilities():
        if facility.stations or facility.latitude is None or facility.longitude is None:
            continue
        yield Station(
            code=facility.treaty_station or facility.treaty_code,
            latitude=facility.latitude,
            longitude=facility.longitude,
            elevation_m=0.0,
            network=NETWORK,
            name=f"{facility.location} (treaty position, to 0.1 deg)",
            technology=facility.technology,
            treaty_code=facility.treaty_code,
            aliases=(facility.treaty_code,),
        )


def _site(row: dict[str, str]) -> Site:
    latitude, longitude = float(row["latitude"]), float(row["longitude"])
    elevation_m = float(row["elevation_m"])
    epoch = Epoch(start_ns=_start_ns(row["from_yyyyddd"]))
    channels = tuple(
        Channel(
            id=ChannelId(NETWORK, row["element"], "", code),
            latitude=latitude,
            longitude=longitude,
            elevation_m=elevation_m,
            dip_deg=-90.0 if code.endswith("Z") else None,
            epoch=epoch,
        )
        for code in row["channels"].split()
    )
    return Site(
        code=row["element"],
        latitude=latitude,
        longitude=longitude,
        elevation_m=elevation_m,
        channels=channels,
        north_km=float(row["north_km"]) if row["north_km"] else None,
        east_km=float(row["east_km"]) if row["east_km"] else None,
        epoch=epoch,
    )


def _start_ns(yyyyddd: str) -> int:
    if not yyyyddd.isdigit() or len(yyyyddd) != 7:
        return OPEN_START_NS
    return ns_from_civil((int(yyyyddd[:4]), 1, 1)) + (int(yyyyddd[4:]) - 1) * NS_PER_DAY


def _facility(row: dict[str, str]) -> Facility:
    return Facility(
        treaty_code=row["treaty_code"],
        network=row["network"],
        state=row["state"],
        treaty_station=row["treaty_station"],
        location=row["location"],
        type=row["type"],
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        stations=tuple(row["stations"].split()),
        unknown=row["unknown"],
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("vigie.facts") / name).read_text("utf-8")
    return list(csv.DictReader(line for line in text.split("\n") if not line.startswith("#")))
