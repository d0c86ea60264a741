"""Tables as CSV with a header line: columns by any of their names, one row a line.

A row never spans lines: so a stray quote spoils one row, and every issue has its line.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog

_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """What the columns of a file are."""

    separator: str
    names: tuple[str | None, ...]
    """Canonical name of each column; None where it is not understood."""
    ignored: tuple[str, ...]
    """The headers that are not understood."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The filled cells of one line, by canonical name."""

    place: str
    cells: Mapping[str, str]

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
    cells = _cells(line.lstrip("\ufeff# "), separator) or []
    for cell in cells:
        name = canonical.get(cell.lower())
        # Of two columns with one meaning the first counts.
        names.append(None if name in names else name)
    ignored = tuple(cell for cell, name in zip(cells, names, strict=True) if name is None)
    return CsvHeader(separator, tuple(names), ignored)


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
    lines = ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())
    first = next(lines, None)
    if first is None:
        return
    header = read_csv_header(first[1], canonical)
    if header.ignored:
        names = ", ".join(header.ignored)
        log.notice(
            f"line {first[0]}", "csv.columns_ignored", f"columns not read: {names}", names=names
        )
    for number, line in lines:
        cells = _cells(line, header.separator)
        if cells is None or any(cells[len(header.names) :]):
            expected = f"a row of {len(header.names)} cells"
            log.bad_record(f"line {number}", field_name="row", text=line, expected=expected)
            continue
        named = zip(header.names, cells, strict=False)
        yield CsvRow(f"line {number}", {name: cell for name, cell in named if name and cell})


def _cells(line: str, separator: str) -> list[str] | None:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return None
