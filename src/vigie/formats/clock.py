"""Dates and clock readings of bulletins."""

from __future__ import annotations

import re

from vigie.errors import BadTimeError
from vigie.records import NS_PER_DAY, NS_PER_S
from vigie.records.time import format_iso, ns_from_civil

_DATE = re.compile(r"(\d{4})[/-](\d\d?)[/-](\d\d?)", re.ASCII)
_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d*))?)?", re.ASCII)
EARLIEST_NS = -3_600 * NS_PER_S
"""An arrival may stand before its origin by this much; else it is taken as of the next day."""


def parse_date(text: str) -> int:
    """Return the midnight with which a date begins.

    Raises
    ------
    BadTimeError
        It is no date.
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise BadTimeError(text=text)
    year, month, day = (int(part) for part in match.groups())
    return ns_from_civil((year, month, day))


def parse_clock(text: str) -> int:
    """Return ns since midnight; second 60 is the first of the next minute.

    Raises
    ------
    BadTimeError
        It is no clock reading.
    """
    match = _CLOCK.fullmatch(text.strip().replace(" ", "0"))
    if match is None:
        raise BadTimeError(text=text)
    hour, minute, second, fraction = match.groups()
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if hours > 23 or minutes > 59 or seconds > 60:
        raise BadTimeError(text=text)
    digits = (fraction or "")[:9].ljust(9, "0")
    return (hours * 3_600 + minutes * 60 + seconds) * NS_PER_S + int(digits)


def date_arrival(clock_ns: int, origin_ns: int) -> int:
    """Return the time of a clock reading that follows an origin within a day.

    Bulletins date origins only. The arrival is taken between 1 h before its origin and 23 h
    after: travel times reach 15 h (infrasound), readings before the origin are errors of
    minutes.

    Examples
    --------
    >>> from vigie.records import format_iso, parse_iso
    >>> format_iso(date_arrival(60 * 10**9, parse_iso("2016-01-06T23:59:50")), digits=0)
    '2016-01-07T00:01:00Z'
    >>> format_iso(date_arrival(86_390 * 10**9, parse_iso("2016-01-06T00:00:10")), digits=0)
    '2016-01-05T23:59:50Z'
    """
    since = (clock_ns - origin_ns - EARLIEST_NS) % NS_PER_DAY + EARLIEST_NS
    return origin_ns + since


def date_text(time_ns: int, digits: int) -> tuple[str, str]:
    """Return date (``yyyy/mm/dd``) and clock reading of a time rounded to so many digits."""
    iso = format_iso(time_ns, digits=digits)
    date, _, clock = iso.rstrip("Z").partition("T")
    return date.replace("-", "/"), clock
