"""Stations to CSV rows."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from vigie.file_text import utf8
from vigie.formats.station_csv._columns import ALIASES
from vigie.records import format_iso
from vigie.records.station import OPEN_END_NS, OPEN_START_NS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vigie.records import Channel, Epoch, Site, Station

_ALWAYS = ("station", "latitude", "longitude", "elevation_m")
_ORDER = (
    "network",
    "station",
    "location",
    "channel",
    *_ALWAYS[1:],
    "burial_m",
    "azimuth_deg",
    "dip_deg",
    "rate_hz",
    "calib",
    "calper_s",
    "array",
    "north_km",
    "east_km",
    "start",
    "end",
    "name",
)


def write_stations(stations: Iterable[Station]) -> bytes:
    """Return the file; columns that would stay empty are left out."""
    rows = [row for station in stations for row in _station_rows(station)]
    filled = [name for name in _ORDER if name in _ALWAYS or any(row.get(name) for row in rows)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(ALIASES[name][0] for name in filled)
    writer.writerows([row.get(name, "") for name in filled] for row in rows)
    return utf8(out.getvalue())


def _station_rows(station: Station) -> Iterator[dict[str, str]]:
    base = {"network": station.network, "name": station.name}
    is_group = len(station.sites) > 1 or any(s.code != station.code for s in station.sites)
    own = [site for site in station.sites if site.code == station.code and site.channels]
    array = {"array": station.code} if is_group or station.stands_alone else {}
    if not station.sites or (is_group and not own):
        row = base | _place(station) | _span(station.epoch) | {"station": station.code}
        yield row | array
    for site in station.sites:
        yield from (base | array | row for row in _site_rows(site))


def _site_rows(site: Site) -> Iterator[dict[str, str]]:
    offsets = {"north_km": _text(site.north_km), "east_km": _text(site.east_km)}
    if not site.channels:
        yield {"station": site.code} | _place(site) | offsets | _span(site.epoch)
    for channel in site.channels:
        yield _channel_row(channel) | offsets


def _channel_row(channel: Channel) -> dict[str, str]:
    return {
        "network": channel.id.network,
        "station": channel.id.station,
        "location": channel.id.location,
        "channel": channel.id.channel,
        **_place(channel),
        "burial_m": _text(channel.burial_m or None),
        "azimuth_deg": _text(channel.azimuth_deg),
        "dip_deg": _text(channel.dip_deg),
        "rate_hz": _text(channel.rate_hz),
        "calib": _text(channel.calib),
        "calper_s": _text(channel.calper_s),
        **_span(channel.epoch),
    }


def _place(holder: Station | Site | Channel) -> dict[str, str]:
    return {
        "latitude": _text(holder.latitude),
        "longitude": _text(holder.longitude),
        "elevation_m": "" if math.isnan(holder.elevation_m) else _text(holder.elevation_m),
    }


def _span(epoch: Epoch) -> dict[str, str]:
    return {
        "start": "" if epoch.start_ns == OPEN_START_NS else format_iso(epoch.start_ns),
        "end": "" if epoch.end_ns == OPEN_END_NS else format_iso(epoch.end_ns),
    }


def _text(value: float | None) -> str:
    return "" if value is None else repr(float(value))
