"""Fixed-column flat files: tables of CSS 3.0 and its relatives, described once, read and written.

A ``Layout`` lists the columns of one variant of a table. ``read_table`` finds for every line
the variant that it follows (by its length, else by its fields) and returns rows; a line that
follows none becomes an issue with its number. ``write_table`` gives back the lines: a row that
was read is written as it stood, byte for byte; a row made with ``new_row`` is formatted.

Columns count bytes, as the programs that defined these files do; text fields may hold UTF-8.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from vigie.formats._column import BLANK, EXPECTED, NULLS, Column, Kind, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vigie.formats.base import IssueLog

__all__ = [
    "Column",
    "Kind",
    "Layout",
    "Row",
    "Value",
    "format_row",
    "layout",
    "new_row",
    "read_row",
    "read_table",
    "text_lines",
    "write_table",
]


@dataclass(frozen=True)
class Layout:
    """One variant of a table."""

    table: str
    variant: str
    columns: tuple[Column, ...]
    min_length: int = 0
    """Bytes that a line must have, its trailing blanks cut; by default up to its last column."""

    @cached_property
    def length(self) -> int:
        """Bytes of a complete line, without its end."""
        return self.columns[-1].last

    @cached_property
    def _index(self) -> dict[str, int]:
        return {column.name: i for i, column in enumerate(self.columns)}

    @cached_property
    def _gaps(self) -> tuple[int, ...]:
        taken = {at for c in self.columns for at in range(c.first - 1, c.last)}
        return tuple(at for at in range(self.length) if at not in taken)

    def position(self, name: str) -> int:
        """Return the index of a column; KeyError where the table has none of this name."""
        return self._index[name]

    def has(self, name: str) -> bool:
        """Tell whether the table has a column."""
        return name in self._index

    def misfit(self, line: str) -> tuple[Column, str] | None:
        """Return the first column that a line breaks, with its text; None where it fits."""
        for at in self._gaps:
            if line[at : at + 1] not in ("", " "):
                nearest = next(c for c in self.columns if c.last > at)
                return nearest, line[nearest.first - 1 : nearest.last]
        for column in self.columns:
            text = line[column.first - 1 : column.last].strip()
            try:
                column.parse(text)
            except ValueError:
                return column, text
        return None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    layout: Layout
    values: tuple[Value, ...]
    line_number: int = 0
    """Counted from 1; 0 for a row that was made, not read."""
    line: str | None = None
    """The line as it stood (one character per byte), without trailing blanks; None if made."""

    @property
    def place(self) -> str:
        """``line 12``, for issues."""
        return f"line {self.line_number}"

    def text(self, name: str) -> str:
        """Return a text; empty where unknown or where the variant lacks the column."""
        value = self._value(name)
        return "" if value is None else str(value)

    def integer(self, name: str) -> int | None:
        """Return an integer, or a time in ns; None where unknown."""
        value = self._value(name)
        return None if value is None else int(value)

    def number(self, name: str) -> float | None:
        """Return a number; None where unknown."""
        value = self._value(name)
        return None if value is None else float(value)

    def time_ns(self, name: str) -> int | None:
        """Return a time, ns since 1970 UTC; None where unknown or without limit."""
        return self.integer(name)

    def _value(self, name: str) -> Value:
        return self.values[self.layout.position(name)] if self.layout.has(name) else None


def layout(table: str, variant: str, columns: str, *, min_length: int = 0) -> Layout:
    """Build a layout from a compact description.

    Parameters
    ----------
    table, variant : str
        ``site``, ``classic`` ...
    columns : str
        Per column ``name first-last kind[decimals] [null]``, separated by ``;``. Kinds are
        ``a`` text, ``d`` integer, ``f`` number, ``e`` number with exponent, ``t`` epoch
        seconds. A null of ``_`` means blanks.
    min_length : int
        Bytes that a line must have; by default up to where its last column begins.

    Examples
    --------
    >>> layout("note", "classic", "id 1-4 d; text 6-10 a; size 12-18 f2 -999.0").length
    18
    """
    parts = tuple(_column(part) for part in columns.split(";"))
    return Layout(table, variant, parts, min_length or parts[-1].first - 1)


def _column(text: str) -> Column:
    name, span, code, *null = text.split()
    first, last = (int(part) for part in span.split("-"))
    kind = Kind(code[0])
    unknown = null[0].replace(BLANK, "") if null else NULLS[kind]
    return Column(name, first, last, kind, int(code[1:] or 0), unknown)


def read_table(data: bytes, layouts: Sequence[Layout], log: IssueLog) -> list[Row]:
    """Read the lines of one table; blank lines and lines that begin with ``#`` are passed over.

    Parameters
    ----------
    data : bytes
        The file.
    layouts : sequence of Layout
        The variants that its lines may follow; each line is taken by itself.
    log : IssueLog
        Receives a line that follows none, which is left out.
    """
    rows = []
    for number, line in enumerate(text_lines(data), 1):
        if not line.strip() or line.startswith("#"):
            continue
        row = read_row(line, layouts, line_number=number)
        if row is not None:
            rows.append(row)
            continue
        _note(line, number, layouts, log)
    return rows


def _note(line: str, number: int, layouts: Sequence[Layout], log: IssueLog) -> None:
    """Tell which column of the nearest variant a line breaks."""
    found = [(one, one.misfit(line.rstrip())) for one in layouts]

    def nearness(pair: tuple[Layout, tuple[Column, str] | None]) -> tuple[bool, int, int]:
        one, misfit = pair
        reached = misfit[0].first if misfit else one.length
        return one.length == len(line), reached, -abs(one.length - len(line))

    nearest, misfit = max(found, key=nearness)
    is_misfit = misfit is not None and "\t" not in line
    column, text = misfit if misfit and is_misfit else (nearest.columns[-1], line[-20:])
    whole = f"a line of {nearest.length} characters"
    log.bad_record(
        f"line {number}",
        field_name=f"{nearest.table}.{column.name}",
        text=text,
        expected=EXPECTED.get(column.kind, whole) if is_misfit else whole,
    )


def read_row(line: str, layouts: Sequence[Layout], *, line_number: int = 0) -> Row | None:
    """Read one line by the variant that it follows; None where it follows none.

    A line of exactly a variant's length is tried with that variant first. Shorter lines have
    lost their trailing blanks; longer ones are taken only if the rest is blank.
    """
    bare = line.rstrip()
    ordered = sorted(layouts, key=lambda one: (one.length != len(line), one.length < len(bare)))
    for one in ordered:
        if len(bare) > one.length or "\t" in bare or one.misfit(bare) is not None:
            continue
        # A line that ends before its last column begins could be any table.
        if len(bare) < one.min_length:
            continue
        texts = (bare[c.first - 1 : c.last].strip() for c in one.columns)
        values = tuple(c.parse(_utf8(t)) for c, t in zip(one.columns, texts, strict=True))
        return Row(one, values, line_number, line)
    return None


def new_row(chosen: Layout, values: Mapping[str, Value]) -> Row:
    """Make a row; columns without a value are written as unknown.

    Raises
    ------
    KeyError
        A value is given for a column that the table does not have.
    """
    unknown = [name for name in values if not chosen.has(name)]
    if unknown:
        raise KeyError(f"{chosen.table} has no column {unknown[0]}")
    return Row(chosen, tuple(values.get(column.name) for column in chosen.columns))


def format_row(row: Row) -> bytes:
    """Return the line of a row, without its end: as it was read, or formatted.

    Raises
    ------
    UnwritableError
        A value does not fit its column.
    """
    if row.line is not None:
        return row.line.encode("latin-1")
    out = bytearray(b" " * row.layout.length)
    for column, value in zip(row.layout.columns, row.values, strict=True):
        out[column.first - 1 : column.last] = column.format(value).encode()
    return bytes(out)


def write_table(rows: Iterable[Row]) -> bytes:
    """Return the file of rows, one line each.

    Raises
    ------
    UnwritableError
        A value does not fit its column.
    """
    return b"".join(format_row(row) + b"\n" for row in rows)


def text_lines(data: bytes) -> list[str]:
    """Split a file into lines of one character per byte; ends may be LF, CRLF or CR."""
    text = data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _utf8(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return text
