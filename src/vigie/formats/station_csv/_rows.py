"""Rows of a station list, checked one by one."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from vigie.errors import BadTimeError
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import read_csv_rows
from vigie.formats.flat_stations import FlatRow
from vigie.formats.station_csv._blanks import with_blanks
from vigie.formats.station_csv._columns import CANONICAL, read_header
from vigie.formats.station_csv._elevation import with_units
from vigie.formats.swapped import is_swapped, swapped_position, warn_of_others
from vigie.records import ChannelId, Epoch, parse_iso
from vigie.records.station import OPEN_END_NS, OPEN_START_NS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vigie.formats.base import IssueLog

_Repairs = dict[str, list[int]]
"""What was repaired, and in which lines."""
_SWAPPED = "swapped"
"""Under this name the lines whose latitude and longitude are swapped are kept: no repair."""
_OPEN_DATES = {"0", "-1", "2286324"}
_FAR_YEAR = re.compile(r"(22[6-9]\d|2[3-9]\d\d|[3-9]\d{3})(?=-|\d{3}$)", re.ASCII)
"""From 2260 on a date means "no end" (2599-12-31, 2286324); int64 nanoseconds end in 2262."""


def read_rows(data: bytes, log: IssueLog) -> list[FlatRow]:
    """Read all rows with a usable position; the others become issues with their line."""
    text = decode_text(data, log)
    head = next((line for line in text.splitlines() if line.strip()), "")
    header = read_header(head)
    if header is None:
        expected = "a header with station, latitude and longitude"
        log.bad_record("line 1", field_name="header", text=head, expected=expected)
        return []
    repairs: _Repairs = {}
    are_fdsn = header.separator == "|" and head.startswith("#")
    given = with_units(list(read_csv_rows(text, CANONICAL, log)), are_fdsn=are_fdsn, log=log)
    read = (_row(row.line, row.cells, repairs, log) for row in given)
    rows = [row for row in read if row is not None]
    rows = with_blanks(rows, repairs)
    n_swapped = len(repairs.pop(_SWAPPED, ()))
    warn_of_others([(f"line {row.line_number}", row.longitude) for row in rows], n_swapped, log)
    for repair, numbers in repairs.items():
        rows_text = "1 row" if len(numbers) == 1 else f"{len(numbers)} rows, this the first"
        log.notice(f"line {numbers[0]}", "formats.csv_repaired", f"{repair} ({rows_text})")
    return rows


class _BadCellError(ValueError):
    """A cell cannot be read: carries its column, its text and what was expected."""

    def __init__(self, column: str, text: str, expected: str) -> None:
        super().__init__(column)
        self.column, self.text, self.expected = column, text, expected


def _row(number: int, cells: Mapping[str, str], repairs: _Repairs, log: IssueLog) -> FlatRow | None:
    try:
        position = _position(number, cells, repairs)
        channel_id = _channel_id(cells)
    except _BadCellError as bad:
        _note(number, bad, log)
        return None
    latitude, longitude, elevation_m = position
    numbers = ((name, _optional_number(number, cells, name, log)) for name in _OPTIONAL_NUMBERS)
    return FlatRow(
        line_number=number,
        id=channel_id,
        latitude=latitude,
        longitude=longitude,
        elevation_m=elevation_m,
        array=cells.get("array", ""),
        name=cells.get("name", ""),
        numbers={name: value for name, value in numbers if value is not None},
        epoch=_epoch(number, cells, log),
    )


def _note(number: int, bad: _BadCellError, log: IssueLog) -> None:
    log.bad_record(f"line {number}", field_name=bad.column, text=bad.text, expected=bad.expected)


def _position(
    number: int, cells: Mapping[str, str], repairs: _Repairs
) -> tuple[float, float, float]:
    expected = "between -90 and 90"
    pair = [_plain_number(cells.get(name, "")) for name in ("latitude", "longitude")]
    if is_swapped(*pair):
        repairs.setdefault(_SWAPPED, []).append(number)
        expected = swapped_position(cells["longitude"])
    latitude = _number(cells, "latitude", expected, lambda x: abs(x) <= 90.0)
    longitude = _number(cells, "longitude", "between -180 and 360", lambda x: -180.0 <= x <= 360.0)
    if longitude > 180.0:
        repairs.setdefault("longitude above 180 turned to the west", []).append(number)
        longitude -= 360.0
    return latitude, longitude, _elevation_m(number, cells, repairs)


_OPTIONAL_NUMBERS = (
    "burial_m",
    "azimuth_deg",
    "dip_deg",
    "rate_hz",
    "calib",
    "calper_s",
    "north_km",
    "east_km",
)


def _channel_id(cells: Mapping[str, str]) -> ChannelId:
    if "station" not in cells:
        text = cells.get("id", "")
        if text.count(".") != 3 or not text.split(".")[1]:
            raise _BadCellError("station", text, "a station code")
        return ChannelId.parse(text)
    location = cells.get("location", "")
    return ChannelId(
        cells.get("network", ""),
        cells["station"],
        "" if location == "--" else location,
        cells.get("channel", ""),
    )


def _elevation_m(number: int, cells: Mapping[str, str], repairs: _Repairs) -> float:
    if "elevation_m" in cells:
        metres = _number(cells, "elevation_m", "metres", lambda x: abs(x) < 12_000.0)
        if "elevation_km" in cells:
            away_m = abs(_plain_number(cells["elevation_km"]) * 1e3 - metres)
            rounding_m = _half_digit(cells["elevation_km"]) * 1e3
            if not away_m <= rounding_m + _half_digit(cells["elevation_m"]) + 1e-6:
                text = "elevation_km and elevation_m disagree, metres are used"
                repairs.setdefault(text, []).append(number)
        return metres
    if "elevation_km" in cells:
        # Rounded to 1 um, since 1.645 * 1000 is not 1645.
        return round(_number(cells, "elevation_km", "kilometres", lambda x: abs(x) < 12.0) * 1e3, 6)
    # What that means, the other rows tell (``_blanks``).
    return math.nan


def _half_digit(text: str) -> float:
    """Return half a unit of the last digit that is written: how far rounding may be off."""
    return 0.5 * 10.0 ** -len(text.partition(".")[2])


def _number(
    cells: Mapping[str, str], column: str, expected: str, holds: Callable[[float], bool]
) -> float:
    text = cells.get(column, "")
    value = _plain_number(text)
    if not (math.isfinite(value) and holds(value)):
        raise _BadCellError(column, text, expected)
    return value


def _plain_number(text: str) -> float:
    """Return the number, NaN where it is none."""
    try:
        return float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return math.nan


def _optional_number(
    number: int, cells: Mapping[str, str], column: str, log: IssueLog
) -> float | None:
    if column not in cells:
        return None
    try:
        return _number(cells, column, "a number", lambda _: True)
    except _BadCellError as bad:
        _note(number, bad, log)
        return None


def _epoch(number: int, cells: Mapping[str, str], log: IssueLog) -> Epoch:
    try:
        return Epoch(
            start_ns=_time_ns(cells, "start", OPEN_START_NS),
            end_ns=_time_ns(cells, "end", OPEN_END_NS),
        )
    except _BadCellError as bad:
        _note(number, bad, log)
        return Epoch()


def _time_ns(cells: Mapping[str, str], column: str, default: int) -> int:
    """Read ISO 8601, of which the year and day of year of CSS 3.0 (``2007065``) are a form."""
    text = cells.get(column, "")
    if not text or text in _OPEN_DATES or _FAR_YEAR.match(text):
        return default
    try:
        return parse_iso(text)
    except BadTimeError:
        raise _BadCellError(column, text, "a time such as 2016-01-06T01:30:01Z") from None
