"""Stations to ObsPy's ``Inventory`` and back, epochs and channel positions kept.

StationXML knows no arrays and demands an elevation. Each element is written as a station with a
comment (``_array_comments``); where its elevation is not known, the array's is written, and a
comment says so. By these the reader knows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vigie.formats._array_comments import element_station, words_of_element
from vigie.formats._obspy_response import response_from_obspy, response_to_obspy
from vigie.formats.technology import technology_of
from vigie.records import Channel, ChannelId, Epoch, Site, Station
from vigie.records.station import OPEN_END_NS, OPEN_START_NS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vigie.formats._obspy_guard import Untyped

_MICROMETRE_DIGITS = 6
_NOT_KNOWN = "elevation not known"
_COMMENT = f"{_NOT_KNOWN}: that of the array is written"


def stations_from_obspy(inventory: Untyped, complain: Callable[[str], None]) -> tuple[Station, ...]:
    """Return the stations of an ObsPy inventory, one per station epoch.

    Parameters
    ----------
    inventory : obspy.Inventory
        The stations.
    complain : callable
        Is told in words of each response that cannot be kept whole.
    """
    return tuple(
        _station(network.code or "", station, complain)
        for network in inventory
        for station in network
    )


def _station(network: str, station: Untyped, complain: Callable[[str], None]) -> Station:
    channels = tuple(_channel(network, station, channel, complain) for channel in station)
    latitude, longitude, elevation_m = (
        float(station.latitude),
        float(station.longitude),
        float(station.elevation or 0.0),
    )
    site = Site(
        code=station.code,
        latitude=latitude,
        longitude=longitude,
        elevation_m=math.nan if _is_filled(station) else elevation_m,
        channels=channels,
        epoch=_epoch(station),
    )
    found = Station(
        code=station.code,
        latitude=latitude,
        longitude=longitude,
        elevation_m=elevation_m,
        network=network,
        name=_name(station),
        technology=technology_of(channel.id.channel for channel in channels),
        treaty_code=station.alternate_code or None,
        sites=(site,) if channels or _is_filled(station) else (),
        epoch=_epoch(station),
    )
    return element_station(
        found, site, [(c.value or "", _comment_epoch(c)) for c in station.comments]
    )


def _comment_epoch(comment: Untyped) -> Epoch:
    return Epoch(
        start_ns=_clamped(comment.begin_effective_time, OPEN_START_NS),
        end_ns=_clamped(comment.end_effective_time, OPEN_END_NS),
    )


def _is_filled(place: Untyped) -> bool:
    """Tell whether the elevation is only that of the array."""
    return any((comment.value or "").startswith(_NOT_KNOWN) for comment in place.comments)


def _name(station: Untyped) -> str:
    name = (station.site.name if station.site else "") or ""
    # StationXML demands a name; the code stands where there is none.
    return "" if name == station.code else str(name)


def _channel(
    network: str, station: Untyped, channel: Untyped, complain: Callable[[str], None]
) -> Channel:
    channel_id = ChannelId(network, station.code, channel.location_code or "", channel.code)
    burial_m = float(channel.depth or 0.0)
    response = None
    try:
        response = response_from_obspy(
            channel.response, lambda text: complain(f"{channel_id}: {text}")
        )
    except ValueError as error:
        complain(f"{channel_id}: response left out, {error}")
    # FDSN StationXML: a channel's elevation is that of the sensor.
    elevation_m = round(float(channel.elevation or 0.0) + burial_m, _MICROMETRE_DIGITS)
    return Channel(
        id=channel_id,
        latitude=float(channel.latitude),
        longitude=float(channel.longitude),
        elevation_m=math.nan if _is_filled(channel) else elevation_m,
        burial_m=burial_m,
        azimuth_deg=None if channel.azimuth is None else float(channel.azimuth),
        dip_deg=None if channel.dip is None else float(channel.dip),
        rate_hz=float(channel.sample_rate) if channel.sample_rate else None,
        response=response,
        epoch=_epoch(channel),
    )


def _epoch(holder: Untyped) -> Epoch:
    return Epoch(
        start_ns=_clamped(holder.start_date, OPEN_START_NS),
        end_ns=_clamped(holder.end_date, OPEN_END_NS),
    )


def _clamped(when: Untyped, default: int) -> int:
    """Return ns; dates beyond int64 nanoseconds (the year 2262) mean no end."""
    if when is None:
        return default
    return max(OPEN_START_NS, min(OPEN_END_NS, int(when.ns)))


def stations_to_obspy(stations: Iterable[Station]) -> Untyped:
    """Return an ObsPy inventory of stations; the sites of an array become stations."""
    from obspy import Inventory, UTCDateTime
    from obspy.core.inventory import Network

    stations = tuple(stations)
    networks: dict[str, Untyped] = {}
    for station in stations:
        network = networks.setdefault(station.network, Network(station.network, stations=[]))
        network.stations.extend(_obspy_stations(station))
    starts = (s.epoch.start_ns for s in stations if s.epoch.start_ns != OPEN_START_NS)
    return Inventory(
        networks=list(networks.values()),
        source="vigie",
        # The same stations give the same bytes, so no clock is read.
        created=UTCDateTime(ns=max(starts, default=0)),
    )


def _obspy_stations(station: Station) -> list[Untyped]:
    if not station.sites:
        return [_obspy_station(station, station.code, station, ())]
    return [_obspy_station(station, site.code, site, site.channels) for site in station.sites]


def _obspy_station(
    station: Station, code: str, place: Station | Site, channels: Iterable[Channel]
) -> Untyped:
    from obspy.core.inventory import Site as ObspySite
    from obspy.core.inventory import Station as ObspyStation

    is_itself = code == station.code
    is_element = not is_itself or len(station.sites) > 1
    return ObspyStation(
        code,
        place.latitude,
        place.longitude,
        station.elevation_of_m(place),
        channels=[_obspy_channel(station, channel) for channel in channels],
        comments=_comments(place) + ([_element_comment(station)] if is_element else []),
        site=ObspySite(name=station.name or station.code),
        alternate_code=station.treaty_code if is_itself else station.treaty_code or station.code,
        **_dates(station.epoch if is_itself else place.epoch),
    )


def _comments(place: Station | Site | Channel) -> list[Untyped]:
    from obspy.core.inventory import Comment

    return [Comment(_COMMENT)] if math.isnan(place.elevation_m) else []


def _element_comment(station: Station) -> Untyped:
    from obspy.core.inventory import Comment

    dates = _dates(station.epoch)
    return Comment(
        words_of_element(station),
        begin_effective_time=dates["start_date"],
        end_effective_time=dates["end_date"],
    )


def _obspy_channel(station: Station, channel: Channel) -> Untyped:
    from obspy.core.inventory import Channel as ObspyChannel

    return ObspyChannel(
        channel.id.channel,
        channel.id.location,
        channel.latitude,
        channel.longitude,
        round(station.elevation_of_m(channel) - channel.burial_m, _MICROMETRE_DIGITS),
        channel.burial_m,
        comments=_comments(channel),
        azimuth=channel.azimuth_deg,
        dip=channel.dip_deg,
        sample_rate=channel.rate_hz,
        response=response_to_obspy(channel.response) if channel.response else None,
        **_dates(channel.epoch),
    )


def _dates(epoch: Epoch) -> dict[str, Untyped]:
    from obspy import UTCDateTime

    return {
        "start_date": None if epoch.start_ns == OPEN_START_NS else UTCDateTime(ns=epoch.start_ns),
        "end_date": None if epoch.end_ns == OPEN_END_NS else UTCDateTime(ns=epoch.end_ns),
    }
