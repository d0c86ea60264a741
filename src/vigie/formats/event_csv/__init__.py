"""Lists of events as plain CSV: a time, a position and, where known, depth and magnitude."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import BadTimeError, UnwritableError
from vigie.formats.base import Contents, IssueLog
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import CsvRow, first_line, read_csv_header, read_csv_rows
from vigie.records import Bulletin, Event, Magnitude, Origin, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

ALIASES: dict[str, tuple[str, ...]] = {
    # The unnamed first column is that of a pandas data frame.
    "id": ("id", "event", "event_id", "evid", "eventid", "unnamed: 0"),
    "time": ("origin_time", "time", "event_time", "datetime"),
    "latitude": ("latitude", "lat", "latitude_deg"),
    "longitude": ("longitude", "lon", "longitude_deg"),
    "depth_km": ("depth_km", "depth", "depth/km", "dep"),
    "magnitude": ("magnitude", "mag"),
    "mb": ("mb",),
    "ms": ("ms",),
    "ml": ("ml",),
    "mw": ("mw",),
    "magnitude_type": ("magnitude_type", "mag_type", "magtype"),
    "region": ("region", "place", "eventlocationname"),
    "author": ("author", "bulletin", "catalog", "contributor"),
    "event_type": ("event_type",),
}
"""Per column its accepted headers, in lower case."""

_CANONICAL = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
_NAMED_TYPES = {"mb": "mb", "ms": "Ms", "ml": "ML", "mw": "Mw"}
"""Columns that hold magnitudes of one type."""
_FOREIGN = {"station", "sta"}
_DEPTHS_KM = (-10.0, 1000.0)
"""Above the highest mountains, below the deepest earthquakes."""


class EventCsv:
    """Origins in a table with a header line; read only."""

    name = "event_csv"
    title = "event list as CSV (time, latitude, longitude, depth_km, magnitude)"
    suffixes = (".csv", ".txt")
    holds = frozenset({"bulletin"})
    writes: frozenset[str] = frozenset()

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first line is a header that names a time and a position."""
        header = read_csv_header(first_line(head), _CANONICAL)
        others = {name.lower() for name in header.ignored}
        return {"time", "latitude", "longitude"} <= set(header.names) and not others & _FOREIGN

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the rows, each an event with one origin.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first row without a time or a position.
        """
        log = IssueLog(source.name, strict=strict)
        rows = read_csv_rows(decode_text(source.data, log), _CANONICAL, log)
        events = [event for row in rows if (event := _event(row, log)) is not None]
        return Contents(
            format=self.name, bulletin=Bulletin(events=tuple(events)), issues=log.issues
        )

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Refuse: a list of events is written as ISF, QuakeML, CSS3.0 or vigie JSON.

        Raises
        ------
        UnwritableError
            Always.
        """
        raise UnwritableError(
            format=self.title,
            what=f"{len(contents.detections)} detections and what belongs to events",
            remedy="Write isf, quakeml, css_bulletin or vigie_json instead.",
        )


def _event(row: CsvRow, log: IssueLog) -> Event | None:
    cells = row.cells
    try:
        time_ns = parse_time(cells.get("time", ""), date_alone=False)
    except BadTimeError as error:
        text = cells.get("time", "")
        log.bad_record(row.place, field_name="time", text=text, expected=error.expected)
        return None
    latitude, longitude = row.number("latitude", log), row.number("longitude", log)
    if latitude is None or longitude is None or abs(latitude) > 90.0 or abs(longitude) > 360.0:
        text = f"{cells.get('latitude', '')} {cells.get('longitude', '')}"
        log.bad_record(row.place, field_name="position", text=text, expected="a position")
        return None
    event_id = cells.get("id", "e" + row.place.removeprefix("line "))
    author = cells.get("author", "")
    origin = Origin(
        id=event_id,
        time_ns=time_ns,
        latitude=latitude,
        longitude=longitude,
        depth_km=_depth_km(row, log),
        author=author,
        analysis="",
    )
    return Event(
        id=event_id,
        origins=(origin,),
        magnitudes=_magnitudes(row, event_id, log),
        region=cells.get("region", ""),
        comments=(f"type: {cells['event_type']}",) if "event_type" in cells else (),
    )


def _depth_km(row: CsvRow, log: IssueLog) -> float | None:
    """Return the depth; None, with an issue, where it cannot be one (often it is in metres)."""
    depth_km = row.number("depth_km", log)
    if depth_km is None or _DEPTHS_KM[0] <= depth_km <= _DEPTHS_KM[1]:
        return depth_km
    expected = f"a depth between {_DEPTHS_KM[0]:g} and {_DEPTHS_KM[1]:g} km"
    log.bad_record(row.place, field_name="depth_km", text=row.cells["depth_km"], expected=expected)
    return None


def _magnitudes(row: CsvRow, event_id: str, log: IssueLog) -> tuple[Magnitude, ...]:
    author = row.cells.get("author", "")
    columns = {"magnitude": row.cells.get("magnitude_type", "M"), **_NAMED_TYPES}
    values = ((kind, row.number(column, log)) for column, kind in columns.items())
    return tuple(
        Magnitude(type=kind, value=value, origin_id=event_id, author=author)
        for kind, value in values
        if value is not None
    )


FORMAT = EventCsv()
"""The entry point."""
