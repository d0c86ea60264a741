"""One column of a fixed-column table: where it stands, how its text becomes a value and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from vigie.errors import UnwritableError
from vigie.records.time import format_epoch, parse_epoch

Value = str | int | float | None
"""What a field may hold: text, integer (times as ns), number, or nothing."""


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "a"
    INTEGER = "d"
    NUMBER = "f"
    EXPONENT = "e"
    """A number that is written with an exponent."""
    TIME = "t"
    """Epoch seconds in the file, integer nanoseconds in a row."""


NULLS = {
    Kind.TEXT: "-",
    Kind.INTEGER: "-1",
    Kind.NUMBER: "-1.0",
    Kind.EXPONENT: "-1.0",
    Kind.TIME: "-9999999999.999",
}
BLANK = "_"
"""How a description says that blanks stand for an unknown value."""
EXPECTED = {
    Kind.INTEGER: "an integer",
    Kind.NUMBER: "a number",
    Kind.EXPONENT: "a number",
    Kind.TIME: "epoch seconds",
}
# Beyond these, CSS 3.0 says "no start" and "no end"; int64 nanoseconds end before them.
_TIME_NULL_S = 9_999_999_990.0
_WIDE_NUMBER = 15
"""From this width on a number may be written with an exponent rather than lose digits."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands, what it holds and what stands for nothing."""

    name: str
    first: int
    """Position of its first byte, counted from 1."""
    last: int
    kind: Kind
    decimals: int = 0
    null: str = "-"
    """The text that stands for an unknown value; empty where blanks do."""

    @property
    def width(self) -> int:
        """Bytes of the column."""
        return self.last - self.first + 1

    def parse(self, text: str) -> Value:
        """Return the value of a stripped field text; None where it says unknown.

        Raises
        ------
        ValueError
            The text is not of the column's kind.
        """
        if self.kind is Kind.TEXT:
            return None if text in ("", self.null) else text
        if not text:
            return None
        if self.kind is Kind.INTEGER:
            whole = _integer(text)
            return None if self.null and whole == int(self.null) else whole
        value = _number(text)
        if self.kind is Kind.TIME:
            return None if abs(value) >= _TIME_NULL_S else parse_epoch(text)
        return None if self.null and value == float(self.null) else value

    def format(self, value: Value) -> str:
        """Return the field text, padded to the width.

        A number that does not fit loses decimals before anything else.

        Raises
        ------
        UnwritableError
            The value does not fit the column even so.
        """
        if value is None:
            text = self._null_text()
        elif self.kind is Kind.TEXT:
            text = str(value) or self.null
        elif self.kind is Kind.EXPONENT:
            text = _exponent_text(float(value), self.decimals, self.width)
        elif self.kind is Kind.INTEGER:
            text = str(int(value))
        elif self.kind is Kind.TIME:
            text = _shortened(format_epoch(int(value), digits=self.decimals), self.width)
        else:
            text = _number_text(float(value), self.decimals, self.width)
        pad = self.width - len(text.encode())
        if pad < 0:
            raise UnwritableError(
                format="The table",
                what=f"{self.name} = {text!r} in {self.width} characters",
                remedy="Shorten it, or choose another format.",
            )
        return text + " " * pad if self.kind is Kind.TEXT else " " * pad + text

    def _null_text(self) -> str:
        if self.kind is not Kind.NUMBER or not self.null:
            return self.null
        return _number_text(float(self.null), self.decimals, self.width)


def _integer(text: str) -> int:
    # int() alone would take "1_0" and digits of other scripts.
    if not (text.isascii() and "_" not in text):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if not (text.isascii() and "_" not in text):
        raise ValueError(text)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _number_text(value: float, decimals: int, width: int) -> str:
    if not math.isfinite(value):
        raise UnwritableError(
            format="The table", what=f"the number {value}", remedy="Leave it out."
        )
    fixed = f"{value:.{decimals}f}"
    if width >= _WIDE_NUMBER and (len(fixed) > width or float(fixed) != value):
        exponent = f"{value:.8E}"
        if abs(float(exponent) - value) < abs(float(fixed) - value) or len(fixed) > width:
            return exponent
    return _shortened(fixed, width)


def _exponent_text(value: float, decimals: int, width: int) -> str:
    """Return the shortest exponent form, of at least so many decimals, that is exact or fits."""
    text = f"{value:.{decimals}e}"
    while float(text) != value and len(longer := f"{value:.{decimals + 1}e}") <= width:
        text, decimals = longer, decimals + 1
    return text


def _shortened(text: str, width: int) -> str:
    """Round away decimals until a number fits; the integer part is never touched."""
    if len(text) <= width or "." not in text:
        return text
    decimals = len(text.split(".")[1]) - (len(text) - width)
    return f"{float(text):.{max(decimals, 0)}f}"
