"""Bulletins as text: 16 (or 10) numbers a line, with or without a line of names."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vigie.file_text import utf8
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import first_line
from vigie.formats.pmcc_bulletin._columns import KEYS, LAYOUTS, NUMBERS, TEXTS
from vigie.formats.pmcc_bulletin._datenum import EXPECTED, datenum_of_ns, ns_of_datenum
from vigie.formats.pmcc_bulletin._rows import Row
from vigie.formats.pmcc_bulletin._stations import station_of_file
from vigie.formats.pmcc_bulletin._table import Table, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.formats.base import IssueLog, Source
    from vigie.records import Detection

_SEPARATORS = (",", ";", "\t", "")
"""The last is any number of blanks."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d{1,3})?", re.ASCII)
_NAN = {"", "nan", "+nan", "-nan"}
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MARKS = "#%"
"""Begin a remark."""
_NEEDED = ("start_datenum", "back_azimuth_deg")
_NOT_MEASURED = "NaN"


@dataclass(frozen=True, slots=True)
class _Layout:
    separator: str
    names: tuple[str, ...]
    has_header: bool


def is_text_bulletin(head: bytes) -> bool:
    """Tell whether a text begins with our names, or with a row of a bulletin."""
    # The 4 kB may end inside a character.
    lines = _filled_lines(head.decode("utf-8-sig", errors="ignore"))
    return bool(lines) and first_line(head) != "" and _layout(lines[0][1]) is not None


def read_text(source: Source, log: IssueLog) -> Iterator[Row]:
    """Yield the rows of a text; a line that is none becomes an issue.

    Raises
    ------
    BadRecordError
        A line is wrong, and reading is strict.
    """
    lines = _filled_lines(decode_text(source.data, log))
    layouts = (_layout(line) for _, line in lines)
    layout = next((one for one in layouts if one is not None), None)
    if layout is None:
        if lines:
            place, shown = f"line {lines[0][0]}", lines[0][1]
            expected = f"a row of {' or '.join(str(n) for n in LAYOUTS)} numbers"
            log.bad_record(place, field_name="row", text=shown, expected=expected)
        return
    _tell_columns(layout, log)
    fallback = "" if "station" in layout.names else station_of_file(source.name, log)
    for number, line in lines:
        place = f"line {number}"
        cells = _cells(line, layout.separator)
        if cells is not None and layout.has_header and _names(cells) == layout.names:
            continue
        if cells is None or len(cells) != len(layout.names):
            found = f"{len(cells or ())} cells: {line}"
            expected = f"a row of {len(layout.names)} cells"
            log.bad_record(place, field_name="row", text=found, expected=expected)
            continue
        row = _row(place, dict(zip(layout.names, cells, strict=True)), fallback, log)
        if row is not None:
            yield row


def write_text(detections: Sequence[Detection]) -> bytes:
    """Return the file: a line of names, then a row a detection."""
    table = table_of(detections, datenum_of_ns)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*KEYS, "station", *table.texts, *table.numbers])
    for k in range(len(detections)):
        writer.writerow(_line(table, k))
    return utf8(file.getvalue())


def _line(table: Table, k: int) -> list[str]:
    measured = [_NOT_MEASURED if math.isnan(v) else _shown(v) for v in table.values[k]]
    texts = [column[k] for column in table.texts.values()]
    numbers = ["" if math.isnan(c[k]) else repr(c[k]) for c in table.numbers.values()]
    return [f"{table.starts[k]:f}", *measured, table.stations[k], *texts, *numbers]


def _shown(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _filled_lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that are no remarks, with their numbers."""
    plain = text.replace("\x00", " ").replace("\r\n", "\n").replace("\r", "\n")
    return [
        (number, line)
        for number, line in enumerate(plain.split("\n"), 1)
        if line.strip() and line.strip()[0] not in _MARKS
    ]


def _layout(line: str) -> _Layout | None:
    """Return what the columns of a file are, by its line of names or its first row."""
    for separator in _SEPARATORS:
        cells = _cells(line, separator)
        if cells is None:
            continue
        names = _names(cells)
        if all(name in names for name in _NEEDED):
            return _Layout(separator, names, has_header=True)
        known = LAYOUTS.get(len(cells))
        if known is not None and _is_of_bulletin(cells):
            return _Layout(separator, known, has_header=False)
    return None


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.lower() for cell in cells)


def _is_of_bulletin(cells: Sequence[str]) -> bool:
    """Tell whether all are numbers, of which the first may be a time and the third an azimuth."""
    numbers = [_value(cell) for cell in cells]
    start, azimuth = numbers[0], numbers[2]
    return (
        None not in numbers
        and start is not None
        and ns_of_datenum(start) is not None
        and azimuth is not None
        and (azimuth.is_nan() or abs(azimuth) <= 360)
    )


def _cells(line: str, separator: str) -> list[str] | None:
    try:
        cells = next(csv.reader([line], delimiter=separator), []) if separator else line.split()
    except csv.Error:
        return None
    cells = [cell.strip() for cell in cells]
    if separator == ",":
        return cells
    # Spreadsheets of half of the world write a decimal comma.
    return [cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell for cell in cells]


def _value(cell: str) -> Decimal | None:
    """Return a number, or NaN for an empty cell; None where it is neither."""
    if cell.lower() in _NAN:
        return Decimal("nan")
    return Decimal(cell.lower().replace("d", "e")) if _NUMBER.fullmatch(cell) else None


def _tell_columns(layout: _Layout, log: IssueLog) -> None:
    known = {*KEYS, *TEXTS, *NUMBERS}
    ignored = ", ".join(name for name in layout.names if name not in known)
    if ignored:
        text = f"columns not read: {ignored}"
        log.notice("header", "pmcc_bulletin.columns_ignored", text, names=ignored)
    for name in dict.fromkeys(n for n in layout.names if layout.names.count(n) > 1):
        text = f"there are two columns {name!r}; the last is read"
        log.omission("header", "pmcc_bulletin.column_repeated", text, name=name)


def _row(place: str, cells: dict[str, str], fallback: str, log: IssueLog) -> Row | None:
    numbers: dict[str, Decimal] = {}
    for name, cell in cells.items():
        if name not in KEYS and name not in NUMBERS:
            continue
        value = _value(cell)
        if value is not None:
            numbers[name] = value
            continue
        expected = EXPECTED if name == KEYS[0] else "a number"
        log.bad_record(place, field_name=name, text=cell, expected=expected)
        if name == KEYS[0]:
            return None
    station = cells.get("station", fallback)
    if not station:
        log.suspect(place, field_name="station", text=station, expected="a station code")
    start = numbers.pop(KEYS[0], None)
    return Row(
        place,
        station,
        None if start is None or start.is_nan() else start,
        {n: float(v) for n, v in numbers.items() if n in KEYS and not v.is_nan()},
        {n: cells[n] for n in TEXTS if n != "station" and n in cells},
        {n: float(v) for n, v in numbers.items() if n in NUMBERS},
    )
