"""The International Monitoring System as an inventory of stations.

The tables and their sources: ``vigie.facts.ims``. Operational positions stand first; a
facility without a known operational station is given at the treaty's planned position (0.1 deg,
and up to 390 km off) only when asked for, and its name says so.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from vigie.facts.ims import Element, ims_elements, ims_facilities, ims_stations
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

_SAME_PLACE_KM = 15.0
"""Up to this distance, twice the rounding of the treaty's positions, an operational station is the
one that the treaty names, and its treaty name an alias."""

_LETTERS_DEG = {"N": 0.0, "E": 90.0}
"""Directions that a channel's last letter names; the table overrides them."""


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
        facility has one station, and the station's code in the treaty where it did not move;
        no alias is the code of another station or of an element (AS01 of ASAR).
        Channels have no response.

    Examples
    --------
    >>> len(ims_inventory().stations)
    222
    """
    stations = [*_operational(), *(_planned() if treaty_positions else ())]
    return Inventory(tuple(s for s in stations if technology in (None, s.technology)))


def _operational() -> Iterator[Station]:
    elements: dict[str, list[Element]] = defaultdict(list)
    for element in ims_elements():
        elements[element.station].append(element)
    aliases = _aliases()
    for station in ims_stations():
        yield Station(
            code=station.code,
            latitude=station.latitude,
            longitude=station.longitude,
            elevation_m=station.elevation_m,
            network=NETWORK,
            name=station.description,
            technology=TECHNOLOGIES[station.network],
            treaty_code=station.treaty_code or None,
            aliases=aliases.get(station.code, ()),
            sites=tuple(_site(element) for element in elements[station.code]),
        )


def _aliases() -> dict[str, tuple[str, ...]]:
    """Return the other codes of each station: treaty code, and station code in the treaty."""
    taken = {s.code for s in ims_stations()} | {e.code for e in ims_elements()}
    distances = {s.code: s.km_from_treaty_position for s in ims_stations()}
    found = {}
    for facility in ims_facilities():
        # Of several stations at one facility none alone is the facility.
        if len(facility.stations) != 1:
            continue
        code = facility.treaty_station
        away_km = distances[facility.stations[0]]
        here = away_km is not None and away_km <= _SAME_PLACE_KM
        extra = (code,) if code and code not in taken and here else ()
        names = [n for n in _treaty_names(facility.treaty_code) if n not in taken]
        found[facility.stations[0]] = (*names, *extra)
    return found


def _treaty_names(code: str) -> tuple[str, ...]:
    """Return the spellings of a facility's code: the treaty writes AS01 as AS001."""
    network, number = code[:2], code[2:]
    return (
        (code, f"{network}{int(number):03d}") if network == "AS" and len(number) == 2 else (code,)
    )


def _planned() -> Iterator[Station]:
    taken = {e.code for e in ims_elements()}
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
            technology=TECHNOLOGIES[facility.network],
            treaty_code=facility.treaty_code,
            aliases=tuple(n for n in _treaty_names(facility.treaty_code) if n not in taken),
        )


def _site(element: Element) -> Site:
    epoch = Epoch(start_ns=_start_ns(element.from_yyyyddd))
    azimuths = dict(element.azimuths_deg)
    channels = tuple(
        Channel(
            # Data of one station come under several network codes (IM, II, IU, AU ...).
            id=ChannelId("", element.code, "", code),
            latitude=element.latitude,
            longitude=element.longitude,
            elevation_m=element.elevation_m,
            azimuth_deg=azimuths.get(code, _LETTERS_DEG.get(code[-1])),
            dip_deg=_dip_deg(code, azimuths),
            epoch=epoch,
        )
        for code in element.channels
    )
    return Site(
        code=element.code,
        latitude=element.latitude,
        longitude=element.longitude,
        elevation_m=element.elevation_m,
        channels=channels,
        north_km=element.north_km,
        east_km=element.east_km,
        epoch=epoch,
    )


def _dip_deg(code: str, azimuths: dict[str, float]) -> float | None:
    if code.endswith("Z"):
        return -90.0
    return 0.0 if code in azimuths or code[-1] in _LETTERS_DEG else None


def _start_ns(yyyyddd: str) -> int:
    if not yyyyddd.isdigit() or len(yyyyddd) != 7:
        return OPEN_START_NS
    return ns_from_civil((int(yyyyddd[:4]), 1, 1)) + (int(yyyyddd[4:]) - 1) * NS_PER_DAY
