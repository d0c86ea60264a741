"""The 50 letters at the head of each record: when, which level and variable, how it is packed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from vigie.errors import BadTimeError
from vigie.formats.numbers import number_of
from vigie.records.time import ns_from_civil

LABEL_BYTES = 50
INDEX_NAME = "INDX"
_DATE = rb"(?:[ \d]\d){4}"
_HEAD = re.compile(
    rb"(" + _DATE + rb")([ \d]\d|-\d)([ \d]\d)([ -~]{2})([A-Z][A-Z0-9 ]{3})([ \d+-]{4})"
    rb"([ \dEe.+-]{14})([ \dEe.+-]{14})"
)
_INDEX_HEAD = re.compile(_DATE + rb"(?:[ \d]\d|-\d)[ \d]\d[ -~]{2}INDX")
_CENTURY_FROM = 40
"""Years 40 to 99 are of the 20th century, 0 to 39 of the 21st, as HYSPLIT counts them."""
_MAX_EXPONENT = 127
"""Of the widest difference; values beyond 2**127 are no weather, and overflow in time."""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a record."""

    date: str
    """Year, month, day and hour, two letters each."""
    forecast_h: int
    """Hours since the forecast began; below 0 the field is missing."""
    level: int
    """0 is the surface."""
    grid: str
    """Two letters; if they are no digits, thousands of columns and of rows."""
    variable: str
    exponent: int
    first: float
    """Value of the first point."""

    @property
    def what(self) -> str:
        """The record in words."""
        return f"{self.variable} of level {self.level} at {self.date[:6]} {self.date[6:]} UTC"


def parse_label(data: bytes) -> Label | None:
    """Return a label, or None where the bytes are none.

    Examples
    --------
    >>> label = parse_label(b"9510160000 4 6TEMP   3  .3149606E-01  .2834460E+03")
    >>> label.level, label.variable, label.exponent, label.first
    (4, 'TEMP', 3, 283.446)
    """
    match = _HEAD.fullmatch(data)
    if match is None:
        return None
    words = [group.decode("ascii") for group in match.groups()]
    exponent, precision, first = (number_of(word.strip()) for word in words[5:8])
    if exponent is None or precision is None or first is None or not math.isfinite(first):
        return None
    if exponent != int(exponent) or abs(exponent) > _MAX_EXPONENT:
        return None
    return Label(
        date=words[0].replace(" ", "0"),
        forecast_h=int(words[1]),
        level=int(words[2]),
        grid=words[3],
        variable=words[4].strip(),
        exponent=int(exponent),
        first=first,
    )


def time_of(label: Label, minutes: int) -> int | None:
    """Return the time of a label, ns since 1970 UTC; None where there is no such date.

    Examples
    --------
    >>> from vigie.records import format_iso
    >>> label = parse_label(b"10 21112 0 099INDX   0 0.0000000E+00 0.0000000E+00")
    >>> format_iso(time_of(label, 30), digits=0)
    '2010-02-11T12:30:00Z'
    """
    year, month, day, hour = (int(label.date[k : k + 2]) for k in range(0, 8, 2))
    century = 1900 if year >= _CENTURY_FROM else 2000
    try:
        return ns_from_civil((century + year, month, day), (hour, minutes, 0))
    except BadTimeError:
        return None


def next_index(data: bytes, start: int) -> int:
    """Return where the next record looks like an index; the end of the file where none does."""
    match = _INDEX_HEAD.search(data, start)
    return match.start() if match else len(data)
