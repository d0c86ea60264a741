"""Tables as CSV with a header line: columns by any of their names, one row a line.

A row never spans lines: so a stray quote spoils one row, and every issue has its line. Where
the separator is no comma, a number may have one as its decimal mark, as spreadsheets write it
in half of the world; a notice says so.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog

_SEPARATORS = (",", ";", "|", "\t")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """What the columns of a file are."""

    separator: str
    names: tuple[str | None, ...]
    """Canonical name of each column; None where it is not understood."""
    ignored: tuple[str, ...] = ()
    """The headers that are not understood."""
    repeated: tuple[str, ...] = ()
    """The headers that stand twice; the first of them is read."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The filled cells of one line, by canonical name."""

    line: int
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        """``line 12``, for issues."""
        return f"line {self.line}"

    def number(self, name: str, log: IssueLog) -> float | None:
        """Return a number; None where the cell is empty or, with an issue, is no number.

        Raises
        ------
        BadRecordError
            The cell is no number and reading is strict.
        """
        text = self.cells.get(name)
        if text is None or text.lower() in ("nan", "none", "null"):
            return None
        try:
            # float() alone would take "1_0".
            value = float(text) if "_" not in text else math.nan
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        log.bad_record(self.place, field_name=name, text=text, expected="a number")
        return None


def read_csv_header(line: str, canonical: Mapping[str, str]) -> CsvHeader:
    """Read a header line by the separator that makes the most of it.

    Parameters
    ----------
    line : str
        The first line.
    canonical : mapping
        Accepted header in lower case to column name.
    """
    headers = [_header(line, separator, canonical) for separator in _SEPARATORS]
    return max(headers, key=lambda header: sum(name is not None for name in header.names))


def _header(line: str, separator: str, canonical: Mapping[str, str]) -> CsvHeader:
    names: list[str | None] = []
    ignored, repeated = [], []
    cells = _cells(line.lstrip("\ufeff# "), separator) or []
    lower = [cell.lower() for cell in cells]
    for cell in cells:
        name = canonical.get(cell.lower())
        if name is not None and cell.lower() in lower[: len(names)]:
            repeated.append(cell)
        elif name is None or name in names:
            ignored.append(cell)
        # Of two columns with one meaning the first counts.
        names.append(None if name in names else name)
    return CsvHeader(separator, tuple(names), tuple(ignored), tuple(repeated))


def header_cells(line: str) -> list[str]:
    """Return the column names of any table's first line; empty where it is no such line."""
    split = [cells for separator in _SEPARATORS if (cells := _cells(line, separator))]
    widest = max(split, key=len, default=[])
    return widest if len(widest) > 1 and all(widest) else []


def first_line(head: bytes) -> str:
    """Return the first line of a file that is not blank; empty where it cannot be a header."""
    # The 4 kB may end inside a character.
    text = head.decode("utf-8-sig", errors="ignore")
    line = next((line for line in text.splitlines() if line.strip()), "")
    return line if line.isprintable() or "\t" in line else ""


def read_csv_rows(text: str, canonical: Mapping[str, str], log: IssueLog) -> Iterator[CsvRow]:
    """Yield the rows; a line that is none becomes an issue.

    Raises
    ------
    BadRecordError
        Reading is strict, and a line cannot be split or has more cells than the header.
    """
    lines = _filled_lines(text)
    first = next(lines, None)
    if first is None:
        return
    header = read_csv_header(first[1], canonical)
    _tell_columns(header, first[0], log)
    commas: list[int] = []
    for number, line in lines:
        cells = _cells(line, header.separator)
        if cells is None or any(cells[len(header.names) :]):
            expected = f"a row of {len(header.names)} cells"
            log.bad_record(f"line {number}", field_name="row", text=line, expected=expected)
            continue
        named = zip(header.names, cells, strict=False)
        row = {name: cell for name, cell in named if name and cell}
        if header.separator != ",":
            commas += [number] * _point_for_comma(row)
        yield CsvRow(number, row)
    if commas:
        text = f"{len(commas)} numbers have a decimal comma, which was read as a point"
        log.notice(f"line {commas[0]}", "csv.decimal_comma", text, count=len(commas))


def _filled_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold something; after the first, those with # are remarks."""
    # NUL would end a cell for the csv module; other controls are no line ends here.
    plain = text.replace("\x00", " ").replace("\r\n", "\n").replace("\r", "\n")
    header_seen = False
    for number, line in enumerate(plain.split("\n"), 1):
        if line.strip() and not (header_seen and line.startswith("#")):
            header_seen = True
            yield number, line


def _tell_columns(header: CsvHeader, line: int, log: IssueLog) -> None:
    if header.ignored:
        names = ", ".join(header.ignored)
        log.notice(f"line {line}", "csv.columns_ignored", f"columns not read: {names}", names=names)
    for name in header.repeated:
        text = f"there are two columns {name!r}; the first is read"
        log.omission(f"line {line}", "csv.column_repeated", text, name=name)


def _point_for_comma(row: dict[str, str]) -> int:
    """Give the numbers of a row a decimal point; return how many had a comma."""
    found = [name for name, cell in row.items() if _DECIMAL_COMMA.fullmatch(cell)]
    for name in found:
        row[name] = row[name].replace(",", ".")
    return len(found)


def _cells(line: str, separator: str) -> list[str] | None:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return None
