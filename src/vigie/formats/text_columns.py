"""Lines of bulletins in fixed columns: blank means unknown, numbers keep what fits.

The columns of ISF, IMS1.0 and GSE2.0 bulletins. A number is written with the decimals of its
format; with more where only so the field holds it exactly (a file that says 2.719 in a field
of one decimal is written back so); with fewer where it would not fit, before it may ever
shift a column. Columns count characters from 1, both ends included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import floor, isfinite, log10
from typing import TYPE_CHECKING

from vigie.errors import UnwritableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import IssueLog

Value = str | float | None
"""What a field may hold."""

# Fortran's overflow, and nothing that only Python reads (1_0, nan, 1e5).
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_STARS = re.compile(r"\*+")
_FAR = 10_000
"""Beyond the end of any line."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a line."""

    name: str
    first: int
    last: int
    kind: str = "a"
    """``a`` text to the left, ``r`` text to the right, ``f`` number, ``i`` whole number."""
    decimals: int = 0
    significant: int = 0
    """Digits that a small number keeps, if they fit."""
    capped: bool = False
    """Whether a number that is too large is written as the largest that fits, and one too small
    for the digits as the smallest: of errors and ratios an order of magnitude is all that anyone
    wants, but none is nothing."""
    blank: str = ""
    """The text that, beside blanks, stands for unknown (``_`` of a flag)."""

    @property
    def width(self) -> int:
        """Characters of the field."""
        return self.last - self.first + 1

    def format(self, value: Value) -> str:
        """Return the text of a value, padded to the width.

        Raises
        ------
        UnwritableError
            The value does not fit.
        """
        if value is None or value == "":
            return self.blank * self.width if self.blank else " " * self.width
        if isinstance(value, str):
            text = value
        elif self.kind == "i":
            text = f"{value:.0f}"
        else:
            least = 10.0**-self.decimals if self.capped and value > 0.0 else value
            text = number_text(max(value, least), self)
        if len(text) > self.width and self.capped:
            text = "9" * self.width
        if len(text) > self.width:
            raise UnwritableError(
                format="The bulletin",
                what=f"{self.name} {text!r}: it has {self.width} columns there",
                remedy="Shorten it, or write vigie_json or quakeml.",
            )
        return text.ljust(self.width) if self.kind == "a" else text.rjust(self.width)


def number_text(value: float, field: Field) -> str:
    """Return a number as a field holds it best.

    Examples
    --------
    >>> smaj = Field("smaj", 56, 60, "f", 1)
    >>> [number_text(x, smaj) for x in (7.1, 2.719, 12.3456789, 1234.56, 123456.7)]
    ['7.1', '2.719', '12.3', '1235', '123457']
    """
    if not isfinite(value):
        raise UnwritableError(
            format="The bulletin", what=f"{field.name} {value}", remedy="Leave it out."
        )
    exact = _without_zero(format(Decimal(repr(float(value))), "f"), field.width)
    decimals = field.decimals
    if len(exact) <= field.width:
        if len(exact.partition(".")[2]) > decimals:
            return exact
    elif field.significant and value:
        decimals = max(decimals, field.significant - 1 - floor(log10(abs(value))))
    while True:
        text = _without_zero(f"{value:.{decimals}f}", field.width)
        if len(text) <= field.width or decimals == 0:
            return text
        decimals -= 1


def _without_zero(text: str, width: int) -> str:
    """Drop the 0 before the point where only that makes a number fit."""
    if len(text) > width and text.lstrip("-").startswith("0."):
        return text.replace("0.", ".", 1)
    return text


@dataclass(frozen=True)
class Line:
    """The fields of one kind of line."""

    kind: str
    """For messages: ``origin``, ``phase`` ..."""
    fields: tuple[Field, ...]
    open_end: bool = True
    """Whether the last field takes the word that begins there (ids grow with the years)."""

    @cached_property
    def _slices(self) -> tuple[tuple[Field, slice], ...]:
        ends = [f.last for f in self.fields]
        if self.open_end:
            ends[-1] = _FAR
        return tuple((f, slice(f.first - 1, end)) for f, end in zip(self.fields, ends, strict=True))

    @cached_property
    def _gaps(self) -> tuple[int, ...]:
        taken = {at for f in self.fields for at in range(f.first - 1, f.last)}
        return tuple(at for at in range(self.fields[-1].last) if at not in taken)

    def parse(self, text: str, place: str, log: IssueLog) -> dict[str, Value] | None:
        """Return the values; None, with an issue, for a line that breaks the columns.

        Raises
        ------
        BadRecordError
            The line breaks the columns and reading is strict.
        """
        length = len(text)
        for at in self._gaps:
            if at < length and text[at] != " ":
                log.bad_record(
                    place,
                    field_name=f"{self.kind}, column {at + 1}",
                    text=text[max(at - 6, 0) : at + 7],
                    expected="blank between two fields",
                )
                return None
        values: dict[str, Value] = {}
        for field, where in self._slices:
            cell = text[where].strip()
            if where.stop == _FAR and " " in cell:
                cell = cell.split()[0]
            if not cell or cell == field.blank or not cell.strip(field.blank or " "):
                values[field.name] = None
            elif field.kind in "ar":
                values[field.name] = cell
            elif _NUMBER.fullmatch(cell):
                values[field.name] = float(cell)
            else:
                log.bad_record(
                    place,
                    field_name=f"{self.kind}, {field.name}",
                    text=cell,
                    expected="a number",
                )
                # Stars say that the number did not fit where it was written; the rest is good.
                if not _STARS.fullmatch(cell):
                    return None
                values[field.name] = None
        return values

    def format(self, values: Mapping[str, Value]) -> str:
        """Return the line of values; what is not given is blank.

        Raises
        ------
        UnwritableError
            A value does not fit its field.
        """
        out = [" "] * self.fields[-1].last
        for field in self.fields:
            out[field.first - 1 : field.last] = field.format(values.get(field.name))
        return "".join(out).rstrip()
