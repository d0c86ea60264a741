"""Arrays in StationXML, which knows only stations: a comment says whose element each is.

``element of array CODE at latitude, longitude, elevation m``; the comment's dates are those of the
array. Each such station is read as an array of one element, and those of one array and epoch are
joined.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.formats.technology import technology_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records import Epoch, Site, Station

_WORDS = re.compile(r"element of array (.+) at (\S+), (\S+), (\S+) m")


def words_of_element(array: Station) -> str:
    """Return the comment on an element of an array."""
    place = f"{array.latitude!r}, {array.longitude!r}, {array.elevation_m!r} m"
    return f"element of array {array.code} at {place}"


def element_station(station: Station, site: Site, comments: Iterable[tuple[str, Epoch]]) -> Station:
    """Return a station as the comments tell: an array of one element, or as it is.

    Parameters
    ----------
    station : Station
        As the document has it.
    site : Site
        The same as a site.
    comments : iterable of (str, Epoch)
        Their texts, and when they hold.
    """
    found = next(((m, e) for text, e in comments if (m := _WORDS.fullmatch(text))), None)
    if found is None:
        return station
    words, epoch = found
    code, *numbers = words.groups()
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
        epoch=epoch,
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
    return tuple(_joined(members) for members in found.values())


def _joined(members: list[Station]) -> Station:
    if len(members) == 1:
        return members[0]
    sites = tuple(site for member in members for site in member.sites)
    kind = technology_of(channel.id.channel for site in sites for channel in site.channels)
    return replace(members[0], sites=sites, technology=kind)


def _array_key(station: Station) -> tuple[object, ...]:
    return (
        station.network, station.code, station.latitude, station.longitude,
        station.elevation_m, station.treaty_code, station.epoch,
    )  # fmt: skip
