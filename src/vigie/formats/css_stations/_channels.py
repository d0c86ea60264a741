"""Channels of each site: sitechan joined with sensor, instrument and response, by epoch."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from vigie.formats.css_stations._epochs import clipped, epoch_of, overlap
from vigie.formats.fixed_columns import Row
from vigie.records import Channel, ChannelId, Epoch
from vigie.records.station import OPEN_END_NS, OPEN_START_NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog
    from vigie.formats.css_stations._response import Responses
    from vigie.formats.css_stations._tables import Tables

MAX_ROWS = 500
"""Rows that one station, or one channel in a table, may have; those of the IMS have under 60."""
_MICROMETRE_DIGITS = 6


_Member = TypeVar("_Member")


@dataclass(frozen=True, slots=True)
class SiteChannel:
    """One sitechan row with its epoch: as it stands, and ended by the next row."""

    row: Row
    stated: Epoch
    epoch: Epoch


class Channels:
    """The channels of a set of tables, asked for site by site."""

    def __init__(self, tables: Tables, responses: Responses, log: IssueLog) -> None:
        self._responses = responses
        self._instruments = {row.integer("inid"): row for row in tables.instrument}
        self._sensors: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in tables.sensor:
            self._sensors[row.text("sta"), row.text("chan")].append(row)
        _drop_crowded(self._sensors, log)
        self._by_site = _by_site(tables, log)
        self._note_orphans(tables, log)

    def of_site(self, site: Row, epoch: Epoch) -> tuple[Channel, ...]:
        """Return the channels of a site row within its epoch, by code, then by time."""
        found = (
            channel
            for one in self._by_site.get(site.text("sta"), ())
            for channel in self._channels(one, site, epoch)
        )
        return tuple(sorted(found, key=lambda c: (c.id, c.epoch.start_ns, c.epoch.end_ns)))

    def has(self, station: str) -> bool:
        """Tell whether a site has channels at any time."""
        return station in self._by_site

    def _channels(self, one: SiteChannel, site: Row, epoch: Epoch) -> Iterator[Channel]:
        """Yield a channel per sensor epoch; one without calibration where no sensor is known."""
        station, code = one.row.text("sta"), one.row.text("chan")
        found = False
        for sensor in self._sensors.get((station, code), ()):
            chanid = sensor.integer("chanid")
            if chanid is not None and chanid != one.row.integer("chanid"):
                continue
            # Joined by its id, a sensor may end later on the day of the change.
            channel_epoch = one.stated if chanid is not None else one.epoch
            common = overlap(_sensor_epoch(sensor), channel_epoch)
            common = overlap(common, epoch) if common else None
            if common is not None:
                found = True
                yield self._channel(one.row, site, sensor, common)
        common = overlap(one.epoch, epoch)
        if not found and common is not None:
            yield self._channel(one.row, site, None, common)

    def _channel(self, row: Row, site: Row, sensor: Row | None, epoch: Epoch) -> Channel:
        instrument = self._instruments.get(sensor.integer("inid")) if sensor else None
        calib, calper_s = _calibration(sensor, instrument)
        code, location = _split_code(row.text("chan"))
        channel_id = ChannelId("", row.text("sta"), location, code)
        vang = row.number("vang")
        rate_hz = instrument.number("samprate") if instrument else None
        response = None
        if instrument is not None and calib and calper_s:
            response = self._responses.of(instrument, site, channel_id, (calib, calper_s))
        return Channel(
            id=channel_id,
            latitude=site.number("lat") or 0.0,
            longitude=longitude_of(site),
            elevation_m=elevation_of_m(site),
            burial_m=metres(row.number("edepth")),
            azimuth_deg=row.number("hang"),
            dip_deg=None if vang is None else vang - 90.0,
            rate_hz=rate_hz if rate_hz and rate_hz > 0.0 else None,
            calib=calib,
            calper_s=calper_s,
            response=response,
            epoch=epoch,
        )

    def _note_orphans(self, tables: Tables, log: IssueLog) -> None:
        if not tables.instrument:
            return
        named = (row for row in tables.sensor if row.integer("inid") is not None)
        lost = [row for row in named if row.integer("inid") not in self._instruments]
        if lost:
            text = (
                f"{len(lost)} sensor rows name an instrument that is not there; no calib for them"
            )
            log.notice(f"sensor {lost[0].place}", "formats.css_no_instrument", text)


def _by_site(tables: Tables, log: IssueLog) -> dict[str, list[SiteChannel]]:
    groups: dict[tuple[str, str], list[tuple[Row, Epoch]]] = defaultdict(list)
    for row in tables.sitechan:
        epoch = row_epoch(row, log)
        if epoch is not None:
            groups[row.text("sta"), row.text("chan")].append((row, epoch))
    _drop_crowded(groups, log)
    by_site: dict[str, list[SiteChannel]] = defaultdict(list)
    for (station, _), members in groups.items():
        ended = clipped([epoch for _, epoch in members])
        for (row, stated), epoch in zip(members, ended, strict=True):
            by_site[station].append(SiteChannel(row, stated, epoch))
    return by_site


def _drop_crowded(groups: dict[tuple[str, str], list[_Member]], log: IssueLog) -> None:
    """Leave out channels with an impossible number of rows: joining them grows with the square."""
    for key in [key for key, members in groups.items() if len(members) > MAX_ROWS]:
        log.bad_record(
            "file",
            field_name="sta, chan",
            text=" ".join(key),
            expected=f"named by at most {MAX_ROWS} rows of a table",
        )
        del groups[key]


def row_epoch(row: Row, log: IssueLog) -> Epoch | None:
    """Return the epoch of a site or sitechan row; None, with an issue, where it has none."""
    ondate, offdate = row.integer("ondate"), row.integer("offdate")
    try:
        epoch = epoch_of(ondate, offdate)
    except ValueError as error:
        log.bad_record(
            f"{row.layout.table} {row.place}",
            field_name="ondate, offdate",
            text=str(error),
            expected="a day given as yyyyddd",
        )
        return None
    if epoch.start_ns < epoch.end_ns:
        return epoch
    log.bad_record(
        f"{row.layout.table} {row.place}",
        field_name="offdate",
        text=str(offdate),
        expected=f"on or after ondate {ondate}",
    )
    return None


def _sensor_epoch(sensor: Row) -> Epoch:
    start_ns, end_ns = sensor.time_ns("time"), sensor.time_ns("endtime")
    return Epoch(
        start_ns=OPEN_START_NS if start_ns is None else start_ns,
        end_ns=OPEN_END_NS if end_ns is None else end_ns,
    )


def _calibration(sensor: Row | None, instrument: Row | None) -> tuple[float | None, float | None]:
    """Return calib and calper: the nominal calib times the sensor's own ratio."""
    if sensor is None or instrument is None:
        return None, None
    ncalib = instrument.number("ncalib")
    calratio = sensor.number("calratio") or 1.0
    calper_s = sensor.number("calper") or instrument.number("ncalper")
    if not ncalib or ncalib < 0.0 or calratio < 0.0 or not calper_s or calper_s < 0.0:
        return None, None
    return ncalib * calratio, calper_s


def _split_code(chan: str) -> tuple[str, str]:
    """Split ``BHZ_00`` into code and location; other names are codes as they stand.

    Examples
    --------
    >>> _split_code("BHZ_00"), _split_code("sz")
    (('BHZ', '00'), ('sz', ''))
    """
    code, _, location = chan.partition("_")
    is_seed = len(code) == 3 and len(location) == 2 and location.isalnum()
    return (code, location) if is_seed else (chan, "")


def longitude_of(site: Row) -> float:
    """Return the longitude of a site, -180 to 180; tables may count to 360."""
    longitude = site.number("lon") or 0.0
    return longitude - 360.0 if longitude > 180.0 else longitude


def elevation_of_m(site: Row) -> float:
    """Return the elevation of a site row; NaN where it is not known."""
    elevation_km = site.number("elev")
    return math.nan if elevation_km is None else metres(elevation_km)


def metres(kilometres: float | None) -> float:
    """Return metres, rounded to 1 um since 1.645 * 1000 is not 1645; 0 where unknown."""
    return round((kilometres or 0.0) * 1e3, _MICROMETRE_DIGITS)
