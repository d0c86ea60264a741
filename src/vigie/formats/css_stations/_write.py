"""Stations to tables: site and sitechan, and sensor and instrument where calib is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vigie.formats.css_stations._epochs import offdate_of, ondate_of
from vigie.formats.css_stations._response import RESPONSE_ENDING
from vigie.formats.css_stations._tables import LAYOUTS
from vigie.formats.css_stations._write_response import response_file
from vigie.formats.fixed_columns import new_row, write_table
from vigie.records import NS_PER_DAY, Epoch
from vigie.records.station import OPEN_END_NS, OPEN_START_NS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.formats.fixed_columns import Row, Value
    from vigie.records import Channel, Site, Station

_Key = tuple[object, ...]


class _Writer:
    """Gathers rows; what is the same in several stations is written once."""

    def __init__(self, stem: str | None) -> None:
        self._stem = stem
        self._responses: dict[str, bytes] = {}
        self._rows: dict[str, dict[_Key, dict[str, Value]]] = {
            table: {} for table in ("site", "sitechan", "sensor", "instrument")
        }
        self._chanids: dict[_Key, dict[int, Epoch]] = {}
        self._n_chanids = 0
        self._inids: dict[_Key, int] = {}

    def station(self, station: Station) -> None:
        has_own_site = any(site.code == station.code for site in station.sites)
        if not has_own_site:
            self._site(station.code, station, station.epoch, self._reference(station))
        for site in station.sites:
            name = station.name if site.code == station.code else ""
            self._site(site.code, site, site.epoch, _element(station, site, name))
            for channel in site.channels:
                self._channel(channel)

    @staticmethod
    def _reference(station: Station) -> dict[str, Value]:
        return {
            "staname": station.name,
            "statype": "ar" if station.sites else "ss",
            "refsta": station.code,
            "dnorth": 0.0,
            "deast": 0.0,
        }

    def _site(self, code: str, place: Station | Site, epoch: Epoch, more: dict[str, Value]) -> None:
        row: dict[str, Value] = {
            "sta": code,
            "ondate": ondate_of(epoch),
            "offdate": offdate_of(epoch),
            "lat": place.latitude,
            "lon": place.longitude,
            "elev": None if math.isnan(place.elevation_m) else place.elevation_m / 1e3,
            **more,
        }
        self._rows["site"][code, row["ondate"], row["offdate"], row["lat"], row["lon"]] = row

    def _channel(self, channel: Channel) -> None:
        chanid = self._sitechan(channel)
        inid = self._instrument(channel)
        epoch = channel.epoch
        self._rows["sensor"][chanid, epoch, inid] = {
            "sta": channel.id.station,
            "chan": _chan(channel),
            "time": None if epoch.start_ns == OPEN_START_NS else epoch.start_ns,
            "endtime": None if epoch.end_ns == OPEN_END_NS else epoch.end_ns,
            "inid": inid,
            "chanid": chanid,
            "jdate": ondate_of(epoch),
            "calratio": 1.0,
            "calper": channel.calper_s,
            "tshift": 0.0,
            "instant": "y",
        }

    def _instrument(self, channel: Channel) -> int | None:
        """Return the inid of calibration, rate and response; None where none is known."""
        response = response_file(channel)
        key: _Key = (channel.calib, channel.calper_s, channel.rate_hz, response)
        if not any(key):
            return None
        if key in self._inids:
            return self._inids[key]
        inid = self._inids[key] = len(self._inids) + 1
        ending = f".{inid}{RESPONSE_ENDING}"
        if response is not None:
            self._responses[ending] = response
        has_name = response is not None and self._stem is not None
        self._rows["instrument"][inid,] = {
            "inid": inid,
            "samprate": channel.rate_hz,
            "ncalib": channel.calib,
            "ncalper": channel.calper_s,
            "digital": "d",
            "dfile": f"{self._stem}{ending}" if has_name else None,
            "rsptype": "fap" if response is not None else None,
        }
        return inid

    def _sitechan(self, channel: Channel) -> int:
        """Return the chanid of a channel; sensor epochs of one setting that touch share it."""
        key: _Key = (channel.id, channel.burial_m, channel.azimuth_deg, channel.dip_deg)
        known = self._chanids.setdefault(key, {})
        chanid = next((k for k, span in known.items() if _touch(span, channel.epoch)), None)
        if chanid is None:
            self._n_chanids += 1
            chanid = self._n_chanids
        span = known.get(chanid, channel.epoch)
        span = Epoch(
            start_ns=min(span.start_ns, channel.epoch.start_ns),
            end_ns=max(span.end_ns, channel.epoch.end_ns),
        )
        known[chanid] = span
        self._rows["sitechan"][chanid,] = {
            "sta": channel.id.station,
            "chan": _chan(channel),
            "ondate": ondate_of(span),
            "chanid": chanid,
            "offdate": offdate_of(span),
            "ctype": "n",
            "edepth": channel.burial_m / 1e3,
            "hang": channel.azimuth_deg,
            "vang": None if channel.dip_deg is None else channel.dip_deg + 90.0,
        }
        return chanid

    def tables(self) -> dict[str, bytes]:
        files = {
            f".{table}": write_table(_made(table, row) for row in rows.values())
            for table, rows in self._rows.items()
            if rows or table == "site"
        }
        return files | self._responses


def _made(table: str, row: Mapping[str, Value]) -> Row:
    return new_row(LAYOUTS[table][0], row)


def _element(station: Station, site: Site, name: str) -> dict[str, Value]:
    return {
        "staname": name,
        "statype": "ss",
        "refsta": station.code,
        "dnorth": site.north_km if site.north_km is not None else 0.0,
        "deast": site.east_km if site.east_km is not None else 0.0,
    }


def _chan(channel: Channel) -> str:
    """Return the channel name; a location code is appended, as in ``BHZ_00``."""
    location = channel.id.location
    return f"{channel.id.channel}_{location}" if location else channel.id.channel


def _touch(a: Epoch, b: Epoch) -> bool:
    """Tell whether two epochs overlap or are less than a day apart."""
    return a.start_ns - NS_PER_DAY < b.end_ns and b.start_ns < a.end_ns + NS_PER_DAY


def write_stations(stations: Sequence[Station], stem: str | None = None) -> dict[str, bytes]:
    """Return the tables and response files by their endings.

    Parameters
    ----------
    stations : sequence of Station
        What to write.
    stem : str, optional
        Name of the set without an ending. The instrument table names response files by it;
        without it readers must look for ``<set>.<inid>.rsp``.

    Raises
    ------
    UnwritableError
        A code or number does not fit its column.
    """
    writer = _Writer(stem)
    for station in stations:
        writer.station(station)
    return writer.tables()
