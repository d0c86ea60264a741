"""Elements of arrays under their own codes: where they stand, and what else a code may mean.

A code that a network operates counts before one of a list: station, element, alias. Of the codes of
the IMS twenty are both an element and a facility: AS01 to AS19 and AS31 are elements of ASAR and,
in the lists of the treaty, auxiliary stations elsewhere (CFA, USHA ...).

Cost: one look at each site of the inventory, 0.2 ms for the IMS.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from vigie.records import Inventory, Site, Station, Technology

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_NAMED = 5


def element_stations(inventory: Inventory, codes: Iterable[str]) -> tuple[Station, ...]:
    """Return elements of arrays as stations of their own, each at its own place.

    A pick made at one element belongs there: elements of the largest arrays stand 30 km from the
    reference point. Only seismic arrays are taken apart so; hydrophones and pressure sensors stand
    for their array.

    Parameters
    ----------
    inventory : Inventory
        Arrays; the first that knows an element counts.
    codes : iterable of str
        Codes of stations; those that no station has, but an element, are answered.

    Returns
    -------
    tuple of Station
        One per epoch of the element.
    """
    named = {s.code for s in inventory.stations}
    wanted = sorted(set(codes) - named)
    holders = _holders(inventory, wanted)
    return tuple(
        _station(array, site)
        for code in wanted
        for array, site in holders[code]
        if array.code == holders[code][0][0].code and array.technology is Technology.SEISMIC
    )


def ambiguous_codes(inventory: Inventory, codes: Iterable[str]) -> list[str]:
    """Say which codes are an element's and at the same time another station's in a list.

    Parameters
    ----------
    inventory : Inventory
    codes : iterable of str
        Codes as they are written at detections.

    Returns
    -------
    list of str
        A sentence for each array whose elements are meant by such codes.
    """
    wanted = sorted(set(codes) - {s.code for s in inventory.stations})
    holders = _holders(inventory, wanted)
    listed: dict[str, Station] = {}
    for station in inventory.stations:
        for other in (station.treaty_code, *station.aliases):
            if other:
                listed.setdefault(other, station)
    doubtful: dict[str, list[str]] = defaultdict(list)
    for code in wanted:
        arrays = {array.code for array, _ in holders[code]}
        if arrays and code in listed and listed[code].code not in arrays:
            doubtful[holders[code][0][0].code].append(code)
    return [_sentence(array, found, listed) for array, found in sorted(doubtful.items())]


def _holders(inventory: Inventory, codes: Iterable[str]) -> dict[str, list[tuple[Station, Site]]]:
    found: dict[str, list[tuple[Station, Site]]] = {code: [] for code in codes}
    for station in inventory.stations:
        for site in station.sites:
            if site.code in found and site.code != station.code:
                found[site.code].append((station, site))
    return found


def _station(array: Station, site: Site) -> Station:
    return Station(
        code=site.code,
        latitude=site.latitude,
        longitude=site.longitude,
        elevation_m=array.elevation_of_m(site),
        network=array.network,
        name=f"element of {array.code}",
        technology=array.technology,
        treaty_code=array.treaty_code,
        sites=(site,),
        epoch=site.epoch,
    )


def _sentence(array: str, codes: list[str], listed: dict[str, Station]) -> str:
    others = ", ".join(f"{code} is {listed[code].code}" for code in codes[:_MOST_NAMED])
    more = f" and {len(codes) - _MOST_NAMED} more" if len(codes) > _MOST_NAMED else ""
    verb = "is read as an element" if len(codes) == 1 else "are read as elements"
    return (
        f"{', '.join(codes[:_MOST_NAMED])}{more} {verb} of {array}. In the treaty's list {others}; "
        "if that is meant, write its code instead."
    )
