"""Flat rows of lists and messages to stations, sites and channels; no position is dropped.

Rows with the same network and array (or, without array, station) are one station; rows with the
same station code one site of it. A station that is its own array stands alone. A row that names
a channel becomes a channel with its own position. Rows of one site that disagree and name no
channel become channels with empty codes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from vigie.records import Channel, ChannelId, Epoch, Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.base import IssueLog


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatRow:
    """One row: a position, and whose it is."""

    line_number: int
    id: ChannelId
    latitude: float
    longitude: float
    elevation_m: float
    """NaN for an element whose elevation is not known, where others of its array have one."""
    array: str = ""
    name: str = ""
    numbers: dict[str, float] = field(default_factory=dict)
    """The optional numbers that are given, by canonical column name."""
    epoch: Epoch = field(default_factory=Epoch)

    @property
    def place(self) -> str:
        """``line 12``, for issues."""
        return f"line {self.line_number}"

    @property
    def position(self) -> tuple[float, float, float]:
        """Latitude, longitude, elevation."""
        # One and the same NaN, which equals itself within a tuple.
        height = math.nan if math.isnan(self.elevation_m) else self.elevation_m
        return self.latitude, self.longitude, height


def stations_of(rows: Iterable[FlatRow], log: IssueLog) -> tuple[Station, ...]:
    """Return the stations that the rows describe, in the order of the file."""
    groups: dict[tuple[object, ...], list[FlatRow]] = defaultdict(list)
    for row in rows:
        # Without channels, rows with different epochs are epochs of the station.
        epoch = None if row.array or row.id.channel else row.epoch
        groups[row.id.network, row.array or row.id.station, epoch].append(row)
    return tuple(_station(group, log) for group in groups.values())


def _station(rows: list[FlatRow], log: IssueLog) -> Station:
    code = rows[0].array or rows[0].id.station
    by_site: dict[str, list[FlatRow]] = defaultdict(list)
    for row in rows:
        by_site[row.id.station].append(row)
    reference = by_site[code][0] if code in by_site else None
    # The reference row of an array is a place, not an element, unless it names channels.
    elements = {
        name: members
        for name, members in by_site.items()
        if len(by_site) == 1 or name != code or any(row.id.channel for row in members)
    }
    latitude, longitude, elevation_m = (
        reference.position if reference else _centre([m[0] for m in elements.values()], code, log)
    )
    return Station(
        code=code,
        latitude=latitude,
        longitude=longitude,
        elevation_m=_mean_elevation_m(rows) if math.isnan(elevation_m) else elevation_m,
        network=rows[0].id.network,
        name=(reference or rows[0]).name,
        sites=() if _is_bare(rows) else tuple(_site(m, log) for m in elements.values()),
        epoch=_union(rows),
        stands_alone=all(row.array == row.id.station for row in rows),
    )


def _is_bare(rows: list[FlatRow]) -> bool:
    """Tell whether the rows give no more than the position of one station."""
    row = rows[0]
    is_element = row.array not in ("", row.id.station)
    return len(rows) == 1 and not (row.id.channel or row.id.location or is_element or row.numbers)


def _site(rows: list[FlatRow], log: IssueLog) -> Site:
    first = rows[0]
    differing = [row for row in rows if row.position != first.position]
    if differing:
        log.notice(differing[0].place, "formats.positions_differ", _positions_text(rows))
    named = [row for row in rows if row.id.channel or row.id.location or differing]
    return Site(
        code=first.id.station,
        latitude=first.latitude,
        longitude=first.longitude,
        elevation_m=first.elevation_m,
        channels=tuple(_channel(row) for row in _unrepeated(named, log)),
        north_km=first.numbers.get("north_km"),
        east_km=first.numbers.get("east_km"),
        epoch=_union(rows),
    )


def _positions_text(rows: list[FlatRow]) -> str:
    """Say what becomes of the positions of a site that has more than one."""
    station = rows[0].id.station
    if all(row.id.channel for row in rows):
        return f"{station} has more than one position; each is kept with its channel"
    n_positions = len({row.position for row in rows})
    return (
        f"{station} has {n_positions} positions, and not all of its rows name a channel: "
        f"recordings are placed at the first (line {rows[0].line_number}) "
        "unless a row names their channel"
    )


def _unrepeated(rows: list[FlatRow], log: IssueLog) -> list[FlatRow]:
    kept: list[FlatRow] = []
    seen = set()
    for row in rows:
        key = (row.id, row.position, row.epoch)
        if key not in seen:
            kept.append(row)
        elif row.id.channel:
            text = f"{row.id} stands once more with the same position; left out"
            log.notice(row.place, "formats.repeated", text)
        seen.add(key)
    return kept


def _channel(row: FlatRow) -> Channel:
    rate_hz = row.numbers.get("rate_hz", 0.0)
    return Channel(
        id=row.id,
        latitude=row.latitude,
        longitude=row.longitude,
        elevation_m=row.elevation_m,
        burial_m=row.numbers.get("burial_m", 0.0),
        azimuth_deg=row.numbers.get("azimuth_deg"),
        dip_deg=row.numbers.get("dip_deg"),
        rate_hz=rate_hz if rate_hz > 0.0 else None,
        calib=row.numbers.get("calib"),
        calper_s=row.numbers.get("calper_s"),
        epoch=row.epoch,
    )


def _centre(rows: list[FlatRow], code: str, log: IssueLog) -> tuple[float, float, float]:
    """Return the mean position of elements; longitudes are unwrapped about the first."""
    text = f"{code} has no row of its own; its reference point is the mean of its elements"
    log.notice(rows[0].place, "formats.reference", text)
    first = rows[0].longitude
    east = fmean((row.longitude - first + 180.0) % 360.0 - 180.0 for row in rows)
    return (
        fmean(row.latitude for row in rows),
        (first + east + 180.0) % 360.0 - 180.0,
        _mean_elevation_m(rows),
    )


def _mean_elevation_m(rows: Iterable[FlatRow]) -> float:
    return fmean([row.elevation_m for row in rows if not math.isnan(row.elevation_m)] or [0.0])


def _union(rows: list[FlatRow]) -> Epoch:
    return Epoch(
        start_ns=min(row.epoch.start_ns for row in rows),
        end_ns=max(row.epoch.end_ns for row in rows),
    )
