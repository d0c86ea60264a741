"""Rows of an arrival list to detections."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vigie.errors import BadTimeError
from vigie.formats.arrival_csv._columns import CANONICAL, CSS, CSS_PREFIX, MEASURED
from vigie.formats.bulletins import bulletin_of_arrivals, decode_text
from vigie.formats.csv_table import CsvRow, read_csv_rows
from vigie.records import ChannelId, Detection, format_iso, parse_time

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.records import Bulletin

_CSS_NULL = re.compile(r"-1(?:\.0*)?|-9{3,}(?:\.[09]*)?", re.ASCII)
_TWINNED = tuple(name for value in MEASURED for name in (value, f"{value}_sigma"))


@dataclass(frozen=True, slots=True)
class _Range:
    """What values a column may have."""

    text: str
    holds: Callable[[float], bool]


_POSITIVE = _Range("above 0", lambda value: value > 0.0)
_NOT_NEGATIVE = _Range("0 or above", lambda value: value >= 0.0)
_RANGES = {
    "azimuth_deg": _Range("between -360 and 360", lambda value: abs(value) <= 360.0),
    "slowness_s_per_deg": _NOT_NEGATIVE,
    "amplitude_nm": _NOT_NEGATIVE,
    "period_s": _POSITIVE,
    "freq_hz": _POSITIVE,
    "snr": _NOT_NEGATIVE,
    "duration_s": _NOT_NEGATIVE,
    "rectilinearity": _Range("between 0 and 1", lambda value: 0.0 <= value <= 1.0),
}
"""By column; standard errors are above 0."""


def read_arrivals(data: bytes, log: IssueLog) -> Bulletin:
    """Read all rows; one that has no station or time becomes an issue.

    Rows with an ``event`` become an event each, in the order in which they come, with no
    origin; the others belong to none.

    Raises
    ------
    BadRecordError
        A row cannot be read, and reading is strict.
    """
    found: list[Detection] = []
    ids: set[str] = set()
    seen: dict[tuple[object, ...], str] = {}
    for given in read_csv_rows(decode_text(data, log), CANONICAL, log):
        row = _without_css_names(given)
        detection = _detection(row, ids, log)
        if detection is None:
            continue
        if (first := seen.setdefault(_key(row, detection), row.place)) != row.place:
            log.notice(
                row.place,
                "arrival_csv.repeated",
                f"the same station, phase, time and event as in {first}; left out",
            )
            continue
        found.append(detection)
    return bulletin_of_arrivals(found)


def _without_css_names(row: CsvRow) -> CsvRow:
    """Return a row with columns of CSS3.0 under their own name here, unless that is there too."""
    cells = {name: cell for name, cell in row.cells.items() if not name.startswith(CSS_PREFIX)}
    for css, name in CSS.items():
        cell = row.cells.get(CSS_PREFIX + css)
        if cell is not None and not _CSS_NULL.fullmatch(cell):
            cells.setdefault(name, cell)
    return CsvRow(row.line, cells)


def _key(row: CsvRow, detection: Detection) -> tuple[object, ...]:
    """Return what makes two rows the same arrival; ids of their own keep them apart."""
    given = row.cells.get("id")
    return (
        given,
        detection.group,
        detection.network,
        detection.station,
        detection.channel,
        detection.phase,
        detection.time_ns,
    )


def _measured(row: CsvRow, log: IssueLog) -> dict[str, Any]:
    """Return the measured values of a row; one out of its range becomes an issue."""
    values: dict[str, Any] = {}
    for name in (*_TWINNED, "time_sigma"):
        value = row.number(name, log)
        if value is None:
            continue
        allowed = _POSITIVE if "sigma" in name else _RANGES[name]
        if allowed.holds(value):
            values[name] = value
        else:
            log.bad_record(row.place, field_name=name, text=row.cells[name], expected=allowed.text)
    azimuth = values.get("azimuth_deg")
    if azimuth is not None and azimuth < 0.0:
        values["azimuth_deg"] = azimuth + 360.0
        log.notice(
            row.place,
            "arrival_csv.azimuth_turned",
            f"the azimuth {azimuth:g} was turned to {azimuth + 360.0:g}",
        )
    return values


def _detection(row: CsvRow, ids: set[str], log: IssueLog) -> Detection | None:
    cells = row.cells
    station = cells.get("station")
    if station is None:
        log.bad_record(row.place, field_name="station", text="", expected="a station code")
        return None
    try:
        time_ns = parse_time(cells.get("time", ""), date_alone=False)
    except BadTimeError as error:
        text = cells.get("time", "")
        log.bad_record(row.place, field_name="time", text=text, expected=error.expected)
        return None
    network = cells.get("network", "")
    has_channel = "channel" in cells or "location" in cells
    measured = _measured(row, log)
    parts = (network, station, cells.get("location", ""), cells.get("channel", ""))
    return Detection(
        id=_id(row, station, time_ns, ids, log),
        station=station,
        network=network,
        channel=ChannelId(*parts) if has_channel else None,
        time_ns=time_ns,
        time_sigma_s=measured.pop("time_sigma", None),
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
