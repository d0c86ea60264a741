"""Rows of an arrival list to detections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vigie.errors import BadTimeError
from vigie.formats.arrival_csv._columns import CANONICAL, MEASURED
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import CsvRow, read_csv_rows
from vigie.records import Bulletin, ChannelId, Detection, Event, format_iso, parse_time

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

_TWINNED = tuple(name for value in MEASURED for name in (value, f"{value}_sigma"))


def read_arrivals(data: bytes, log: IssueLog) -> Bulletin:
    """Read all rows; one that has no station or time becomes an issue.

    Rows with an ``event`` become an event each, in the order in which they come, with no
    origin; the others belong to none.

    Raises
    ------
    BadRecordError
        A row cannot be read, and reading is strict.
    """
    groups: dict[str | None, list[Detection]] = {}
    ids: set[str] = set()
    for row in read_csv_rows(decode_text(data, log), CANONICAL, log):
        detection = _detection(row, ids, log)
        if detection is not None:
            groups.setdefault(detection.group, []).append(detection)
    loose = groups.pop(None, [])
    events = tuple(
        Event(id=event, origins=(), detections=tuple(found))
        for event, found in groups.items()
        if event is not None
    )
    return Bulletin(events=events, detections=tuple(loose))


def _detection(row: CsvRow, ids: set[str], log: IssueLog) -> Detection | None:
    cells = row.cells
    station = cells.get("station")
    if station is None:
        log.bad_record(row.place, field_name="station", text="", expected="a station code")
        return None
    try:
        time_ns = parse_time(cells.get("time", ""))
    except BadTimeError:
        text = cells.get("time", "")
        log.bad_record(row.place, field_name="time", text=text, expected="a time")
        return None
    network = cells.get("network", "")
    has_channel = "channel" in cells or "location" in cells
    measured: dict[str, Any] = {n: row.number(n, log) for n in _TWINNED if n in cells}
    parts = (network, station, cells.get("location", ""), cells.get("channel", ""))
    return Detection(
        id=_id(row, station, time_ns, ids, log),
        station=station,
        network=network,
        channel=ChannelId(*parts) if has_channel else None,
        time_ns=time_ns,
        time_sigma_s=row.number("time_sigma", log),
        phase=cells.get("phase"),
        first_motion=cells.get("first_motion"),
        onset=cells.get("onset"),
        analysis=cells.get("analysis", ""),
        author=cells.get("author", ""),
        method=cells.get("method", ""),
        group=cells.get("event"),
        **measured,
    )


def _id(row: CsvRow, station: str, time_ns: int, ids: set[str], log: IssueLog) -> str:
    """Return the id of a row, or one made of station and time, so that lists can be joined."""
    given = row.cells.get("id")
    made = f"{station}-{format_iso(time_ns, digits=3)}"
    fresh = given or made
    if fresh in ids:
        fresh = f"{made}-{row.place.removeprefix('line ')}"
    if given is not None and fresh != given:
        log.notice(
            row.place,
            "arrival_csv.id_repeated",
            f"the id {given!r} stands in an earlier row; this one is called {fresh!r}",
        )
    while fresh in ids:
        fresh += "'"
    ids.add(fresh)
    return fresh
