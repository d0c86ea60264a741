"""The first line: receptor, collection, release, times, steps of the grid, station."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from vigie.formats.numbers import number_of

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

FIELDS = (
    "receptor's first coordinate", "receptor's second coordinate",
    "start date", "start hour", "stop date", "stop hour",
    "released Bq", "simulated hours", "output interval, h", "averaging time, h", "dx", "dy",
)  # fmt: skip
REGION = ("lower-left longitude", "lower-left latitude", "number of columns", "number of rows")
_NUMBER = rb"[-+]?\d+\.?\d*"
_MARK = re.compile(
    rb"\s*" + _NUMBER + rb"(?:\s+|(?=[-+]))" + _NUMBER + rb"\s+\d{8}\s+\d{1,2}\s+\d{8}\s+\d{1,2}\s"
)
_QUOTED = re.compile(r'"([^"]*)"')
_SIGN_WITHIN = re.compile(r"(?<=[\d.])(?=[-+]\d)")
_TWO_DECIMALS = re.compile(r"(\.\d\d)(?=\d+\.)")
_MOST_STEPS = 100_000
_MOST_CELLS = 20_000_000
_MOST_HOURS = 876_000
"""A hundred years."""
_SMALLEST_DEG, _LARGEST_DEG = 0.01, 30.0
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
"""Times are int64 nanoseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the line says."""

    first: float
    """Coordinates of the receptor in the order of the line."""
    second: float
    start_ns: int
    stop_ns: int
    released_bq: float
    step_h: float
    n_steps: int
    average_h: float
    dx: float
    dy: float
    station: str
    region: tuple[float, float, int, int] | None = None
    """Longitude and latitude of the lower left cell, columns, rows; None in the global form."""


def is_header(head: bytes) -> bool:
    """Tell whether a file begins with two numbers and two dates, each with its hour."""
    return bool(_MARK.match(head))


def unglued(line: str) -> str:
    """Return a line with blanks where Fortran's columns touch.

    Examples
    --------
    >>> unglued("-89.32-120.00 1.3E+15 10.0010.00")
    '-89.32 -120.00 1.3E+15 10.00 10.00'
    """
    return _TWO_DECIMALS.sub(r"\1 ", _SIGN_WITHIN.sub(" ", line))


def read_header(line: str, place: str, log: IssueLog) -> Header | None:
    """Return the header; None, with an issue, where it lacks something or makes no sense.

    Raises
    ------
    BadRecordError
        The same, and reading is strict.
    """
    words, station = _words(line, place, log)
    if len(words) not in (len(FIELDS), len(FIELDS) + len(REGION)) or not station:
        names = ", ".join(FIELDS)
        expected = (
            f"a header of 13 fields ({names}, station) and, for a region, 4 more "
            f"({', '.join(REGION)}); ask the centre for the file again, or mend the line"
        )
        log.bad_record(place, field_name="header", text=line, expected=expected)
        return None
    numbers = _numbers(words, place, log)
    if numbers is None:
        return None
    times = [_time(words[k : k + 2], FIELDS[k], place, log) for k in (2, 4)]
    if times[0] is None or times[1] is None or not _makes_sense(numbers, place, log):
        return None
    if times[1] <= times[0]:
        text = " ".join(words[2:6])
        log.bad_record(place, field_name="collection", text=text, expected="a stop after a start")
        return None
    region = numbers[12:]
    return Header(
        first=numbers[0],
        second=numbers[1],
        start_ns=times[0],
        stop_ns=times[1],
        released_bq=numbers[6],
        step_h=numbers[8],
        n_steps=-int(-numbers[7] / numbers[8] // 1),
        average_h=numbers[9],
        dx=numbers[10],
        dy=numbers[11],
        station=station,
        region=(region[0], region[1], int(region[2]), int(region[3])) if region else None,
    )


def _words(line: str, place: str, log: IssueLog) -> tuple[list[str], str]:
    """Return the numbers as texts, and the station."""
    quoted = _QUOTED.search(line)
    station = quoted[1].strip() if quoted else ""
    plain = line[: quoted.start()] + " " + line[quoted.end() :] if quoted else line
    words = plain.split()
    wanted = (len(FIELDS), len(FIELDS) + len(REGION))
    extra = 0 if quoted else 1
    if len(words) - extra not in wanted:
        mended = unglued(plain).split()
        if len(mended) - extra in wanted:
            log.notice(place, "srm.unglued", "columns that touch each other were parted")
            words = mended
    if not quoted and len(words) > len(FIELDS):
        station = words.pop(len(FIELDS))
    return words, station


def _numbers(words: list[str], place: str, log: IssueLog) -> list[float] | None:
    numbers = []
    for name, word in zip((*FIELDS, *REGION), words, strict=False):
        number = number_of(word)
        if number is None:
            log.bad_record(place, field_name=name, text=word, expected="a number")
            return None
        numbers.append(number)
    return numbers


def _time(words: list[str], name: str, place: str, log: IssueLog) -> int | None:
    day, hour = words
    try:
        date = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        date = None
    in_reach = date is not None and len(day) == 8 and _FIRST_YEAR <= date.year <= _LAST_YEAR
    if date is None or not in_reach or not 0.0 <= float(hour) <= 24.0:
        expected = "a date as yyyymmdd and an hour from 0 to 24 (UTC)"
        log.bad_record(place, field_name=name, text=f"{day} {hour}", expected=expected)
        return None
    time = date + timedelta(hours=float(hour)) - datetime(1970, 1, 1, tzinfo=UTC)
    return (time.days * 86_400 + time.seconds) * 1_000_000_000 + time.microseconds * 1000


def _makes_sense(numbers: list[float], place: str, log: IssueLog) -> bool:
    """Tell whether every number is one that the field can have."""
    hours, interval = numbers[7], numbers[8]
    n_steps = hours / interval if interval > 0.0 else 0.0
    checks = [
        (0, abs(numbers[0]) <= 360.0, "a latitude or longitude, deg"),
        (1, abs(numbers[1]) <= 360.0, "a latitude or longitude, deg"),
        (6, 1e-30 <= numbers[6] <= 1e30, "1e-30 to 1e30"),
        (7, 0.0 < hours <= _MOST_HOURS, f"above 0, up to {_MOST_HOURS}"),
        (8, 0.0 < n_steps <= _MOST_STEPS, f"above 0, for {_MOST_STEPS} steps or fewer"),
        (10, _SMALLEST_DEG <= numbers[10] <= _LARGEST_DEG, "0.01 to 30 deg"),
        (11, _SMALLEST_DEG <= numbers[11] <= _LARGEST_DEG, "0.01 to 30 deg"),
    ]
    if len(numbers) > len(FIELDS):
        checks += [(k, 1 <= numbers[k] <= _MOST_CELLS, "a number of cells") for k in (14, 15)]
    names = (*FIELDS, *REGION)
    for index, holds, expected in checks:
        if not holds:
            text = f"{numbers[index]:g}"
            log.bad_record(place, field_name=names[index], text=text, expected=expected)
            return False
    return True
