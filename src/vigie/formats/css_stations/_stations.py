"""Site rows to stations: elements are grouped by ``refsta``, by epoch.

An array changes when an element is moved or added. Its life is cut at every such day, so that
each station holds every element once, with the geometry of its epoch.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING

from vigie.formats.css_stations._channels import (
    MAX_ROWS,
    Channels,
    elevation_of_m,
    longitude_of,
    row_epoch,
)
from vigie.formats.css_stations._epochs import clipped
from vigie.formats.css_stations._response import Responses
from vigie.formats.fixed_columns import Row
from vigie.formats.swapped import is_swapped, swapped_position, warn_of_others
from vigie.formats.technology import technology_of
from vigie.geodesy import destination, local_radius_km
from vigie.records import Epoch, Site, Station

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog, Source
    from vigie.formats.css_stations._tables import Tables


@dataclass(frozen=True, slots=True)
class _Place:
    """One site row with its epoch, ended where the next row of the same site starts."""

    row: Row
    epoch: Epoch

    @property
    def code(self) -> str:
        return self.row.text("sta")


def stations_of(tables: Tables, source: Source, log: IssueLog) -> tuple[Station, ...]:
    """Return the stations of a set of tables, in the order of their first site row.

    Elements are sorted by code.
    """
    if not tables.site:
        log.bad_record(
            "file",
            field_name="site table",
            text=source.name,
            expected="beside a site table, which alone has coordinates",
        )
        return ()
    responses = Responses(source, log)
    channels = Channels(tables, responses, log)
    groups: dict[str, list[_Place]] = defaultdict(list)
    for place in _places(tables, log):
        groups[place.row.text("refsta") or place.code].append(place)
    sites: dict[int, Site] = {}
    stations = tuple(
        station
        for code, places in groups.items()
        if _is_bounded(code, places, log)
        for station in _stations(code, places, channels, sites)
    )
    responses.note_scaled()
    return stations


def _is_bounded(code: str, places: list[_Place], log: IssueLog) -> bool:
    """Tell whether a station has a possible number of site rows.

    The largest array of the IMS has 52. Epochs times elements grow with the square.
    """
    if len(places) <= MAX_ROWS:
        return True
    log.bad_record(
        f"site {places[MAX_ROWS].row.place}",
        field_name="site.refsta",
        text=code,
        expected=f"named by at most {MAX_ROWS} rows",
    )
    return False


def _places(tables: Tables, log: IssueLog) -> Iterator[_Place]:
    by_site: dict[str, list[tuple[Row, Epoch]]] = defaultdict(list)
    for row in tables.site:
        epoch = row_epoch(row, log)
        if _has_position(row, log) and epoch is not None:
            by_site[row.text("sta")].append((row, epoch))
    for members in by_site.values():
        ended = clipped([epoch for _, epoch in members])
        for (row, _), epoch in zip(members, ended, strict=True):
            yield _Place(row, epoch)
    n_swapped = sum(is_swapped(row.number("lat"), row.number("lon")) for row in tables.site)
    placed = [
        (f"site {row.place}", row.number("lon") or 0.0)
        for members in by_site.values()
        for row, _ in members
    ]
    warn_of_others(placed, n_swapped, log)


def _has_position(row: Row, log: IssueLog) -> bool:
    latitude, longitude = row.number("lat"), row.number("lon")
    is_given = latitude is not None and longitude is not None
    if is_given and abs(latitude or 0.0) <= 90.0 and -180.0 <= (longitude or 0.0) <= 360.0:
        if longitude_of(row) != longitude:
            text = f"{row.text('sta')}: longitude {longitude} turned to the west"
            log.notice(f"site {row.place}", "formats.longitude_turned", text)
        return True
    swapped = is_swapped(latitude, longitude)
    log.bad_record(
        f"site {row.place}",
        field_name="lat" if swapped else "lat, lon",
        text=f"{latitude}" if swapped else f"{latitude}, {longitude}",
        expected=swapped_position(longitude) if swapped else "a position on earth",
    )
    return False


def _stations(
    code: str, places: list[_Place], channels: Channels, sites: dict[int, Site]
) -> Iterator[Station]:
    """Yield the station of a reference code in each epoch of its geometry."""
    has_elements = any(place.code != code for place in places)
    cuts = sorted({t for p in places for t in (p.epoch.start_ns, p.epoch.end_ns)})
    spans = (Epoch(start_ns=a, end_ns=b) for a, b in pairwise(cuts))
    for span in spans:
        present = [place for place in places if place.epoch.holds(span.start_ns)]
        if not present:
            continue
        elements = [
            place
            for place in present
            if not has_elements or place.code != code or channels.has(place.code)
        ]
        reference = next((place for place in present if place.code == code), None)
        yield _station(
            code,
            reference,
            tuple(_site(p, channels, sites) for p in sorted(elements, key=lambda p: p.code)),
            span,
        )


def _site(place: _Place, channels: Channels, sites: dict[int, Site]) -> Site:
    key = id(place)
    if key not in sites:
        row = place.row
        sites[key] = Site(
            code=place.code,
            latitude=row.number("lat") or 0.0,
            longitude=longitude_of(row),
            elevation_m=elevation_of_m(row),
            channels=channels.of_site(row, place.epoch),
            north_km=row.number("dnorth"),
            east_km=row.number("deast"),
            epoch=place.epoch,
        )
    return sites[key]


def _station(code: str, reference: _Place | None, sites: tuple[Site, ...], epoch: Epoch) -> Station:
    if reference is not None:
        row = reference.row
        latitude, longitude = row.number("lat") or 0.0, longitude_of(row)
        elevation_m, name = elevation_of_m(row), row.text("staname")
    else:
        latitude, longitude = _reference_point(sites[0])
        elevation_m, name = sites[0].elevation_m, ""
    return Station(
        code=code,
        latitude=latitude,
        longitude=longitude,
        elevation_m=_mean_of_known_m(sites) if math.isnan(elevation_m) else elevation_m,
        name=name,
        technology=technology_of(c.id.channel for site in sites for c in site.channels),
        sites=sites,
        epoch=epoch,
    )


def _mean_of_known_m(sites: tuple[Site, ...]) -> float:
    """Return the mean elevation of the sites that have one; 0 where none has."""
    return fmean([s.elevation_m for s in sites if not math.isnan(s.elevation_m)] or [0.0])


def _reference_point(site: Site) -> tuple[float, float]:
    """Return where an element's offsets say that the reference point is."""
    north_km, east_km = site.north_km or 0.0, site.east_km or 0.0
    latitude, longitude = destination(
        site.latitude,
        site.longitude,
        math.degrees(math.atan2(-east_km, -north_km)),
        math.degrees(math.hypot(north_km, east_km) / float(local_radius_km(site.latitude))),
    )
    # As many digits as the columns of the wide site table have.
    return round(float(latitude), 6), round(float(longitude), 6)
