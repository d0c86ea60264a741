"""Arrays in StationXML, which knows only stations: a comment says whose element each is.

``element of array CODE at latitude, longitude, elevation m``. Each such station is read as an array
of one element, and these are joined, cut at every day on which an element changes, so that each
array holds every element once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from vigie.formats.technology import technology_of
from vigie.records import Epoch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.records import Site, Station

MOST_ELEMENTS = 500
"""Of one array, with all their epochs; the largest of the IMS has 52 elements."""
_WORDS = re.compile(r"element of array (\S+) at (\S+), (\S+), (\S+) m")


def words_of_element(array: Station) -> str:
    """Return the comment on an element of an array."""
    place = f"{array.latitude!r}, {array.longitude!r}, {array.elevation_m!r} m"
    return f"element of array {array.code} at {place}"


def element_station(station: Station, site: Site, comments: Iterable[str]) -> Station:
    """Return a station as the comments tell: an array of one element, or as it is.

    Parameters
    ----------
    station : Station
        As the document has it.
    site : Site
        The same as a site.
    comments : iterable of str
    """
    found = next(filter(None, map(_WORDS.fullmatch, comments)), None)
    if found is None:
        return station
    code, *numbers = found.groups()
    try:
        latitude, longitude, elevation_m = map(float, numbers)
    except ValueError:
        return station
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0 and abs(elevation_m) < 1e5):
        return station
    return replace(
        station,
        code=code,
        latitude=latitude,
        longitude=longitude,
        elevation_m=elevation_m,
        name="" if station.name == code else station.name,
        treaty_code=None if station.treaty_code == code else station.treaty_code,
        sites=(site,),
    )


def joined_elements(stations: Iterable[Station]) -> tuple[Station, ...]:
    """Return stations with the arrays of one element joined to whole ones, in their order."""
    stations = tuple(stations)
    alone = [s for s in stations if len(s.sites) == 1]
    arrays = {_array_key(s) for s in alone if s.sites[0].code != s.code}
    found: dict[tuple[object, ...], list[Station]] = {}
    for k, station in enumerate(stations):
        key = _array_key(station)
        is_element = len(station.sites) == 1 and key in arrays
        found.setdefault(key if is_element else (k,), []).append(station)
    return tuple(
        station
        for key, members in found.items()
        for station in (
            _cut(members) if key in arrays and len(members) <= MOST_ELEMENTS else members
        )
    )


def _array_key(station: Station) -> tuple[object, ...]:
    return (
        station.network, station.code, station.latitude, station.longitude,
        station.elevation_m, station.treaty_code,
    )  # fmt: skip


def _cut(members: list[Station]) -> Iterator[Station]:
    """Yield the array of some elements in each epoch of its geometry."""
    sites = list(dict.fromkeys((s.code, s.epoch) for m in members for s in m.sites))
    by_key = {(s.code, s.epoch): s for m in members for s in m.sites}
    cuts = sorted({t for _, e in sites for t in (e.start_ns, e.end_ns)})
    for start_ns, end_ns in pairwise(cuts):
        present = tuple(by_key[key] for key in sites if key[1].holds(start_ns))
        if present:
            yield replace(
                members[0],
                technology=technology_of(c.id.channel for s in present for c in s.channels),
                sites=present,
                epoch=Epoch(start_ns=start_ns, end_ns=end_ns),
            )
