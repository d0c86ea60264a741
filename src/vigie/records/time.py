"""Times are int64 nanoseconds since 1970-01-01 UTC; texts are ISO 8601 with ``Z``.

Policy on leap seconds: UTC as POSIX counts it. A leap second (``:60``) reads as the
first instant of the next minute, since no clock of the network can tell them apart;
differences of two times across a leap second are therefore one second short.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from vigie.errors import BadTimeError

NS_PER_S = 1_000_000_000
"""Nanoseconds in a second."""
NS_PER_DAY = 86_400 * NS_PER_S
"""Nanoseconds in a day."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d*))?)?)?\s*"
    r"(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
# Nanoseconds that fit int64: the years 1678 to 2261.
_LIMIT_S = Decimal(2**63 - 1) / NS_PER_S


def ns_from_civil(
    date: tuple[int, int, int], clock: tuple[int, int, int] = (0, 0, 0), fraction_ns: int = 0
) -> int:
    """Return the time of a civil date and clock reading, UTC.

    Raises
    ------
    BadTimeError
        The date or clock reading does not exist, or lies outside 1678-2261.

    Examples
    --------
    >>> ns_from_civil((1970, 1, 2), (0, 0, 60), 5)
    86460000000005
    """
    year, month, day = date
    hour, minute, second = clock
    try:
        # datetime knows no second 60, the leap second.
        start = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        start = None
    if start is None or second > 60:
        raise BadTimeError(text=f"{year}-{month}-{day} {hour}:{minute}:{second}")
    start = start.replace(second=0)
    whole = (start - _EPOCH) // timedelta(seconds=1) + second
    if abs(whole) >= _LIMIT_S - 1:
        raise BadTimeError(text=f"{year}-{month}-{day}")
    return whole * NS_PER_S + fraction_ns


def parse_iso(text: str) -> int:
    """Read an ISO 8601 time; a missing zone means UTC, missing clock means midnight.

    Dates with slashes (``2016/01/06``) and a blank instead of ``T`` are accepted, since
    bulletins write them. Digits beyond the nanosecond are cut.

    Raises
    ------
    BadTimeError
        The text is not such a time.

    Examples
    --------
    >>> parse_iso("2016-01-06T01:30:01.038Z")
    1452043801038000000
    """
    match = _ISO.fullmatch(text.strip())
    if match is None:
        raise BadTimeError(text=text)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    digits = (fraction or "")[:9].ljust(9, "0")
    try:
        time_ns = ns_from_civil(
            (int(year), int(month), int(day)),
            (int(hour or 0), int(minute or 0), int(second or 0)),
            int(digits),
        )
    except BadTimeError:
        raise BadTimeError(text=text) from None
    if zone in (None, "Z"):
        return time_ns
    sign = -1 if zone[0] == "-" else 1
    offset_min = int(zone[1:3]) * 60 + int(zone[-2:])
    return time_ns - sign * offset_min * 60 * NS_PER_S


def parse_epoch(text: str) -> int:
    """Read epoch seconds; through Decimal, since float64 resolves only 0.24 us today.

    Raises
    ------
    BadTimeError
        The text is not a finite number or lies outside the years 1678-2261.

    Examples
    --------
    >>> parse_epoch("1452043801.038")
    1452043801038000000
    """
    try:
        seconds = Decimal(text.strip())
    except InvalidOperation:
        raise BadTimeError(text=text) from None
    if not seconds.is_finite() or abs(seconds) > _LIMIT_S:
        raise BadTimeError(text=text)
    return int((seconds * NS_PER_S).to_integral_value())


def parse_time(text: str) -> int:
    """Read a time given as ISO 8601 or as epoch seconds.

    Raises
    ------
    BadTimeError
        It is neither.
    """
    try:
        return parse_epoch(text)
    except BadTimeError:
        return parse_iso(text)


def format_iso(time_ns: int, *, digits: int | None = None) -> str:
    """Write ISO 8601 with ``Z``.

    Parameters
    ----------
    time_ns : int
        Time, ns since 1970 UTC.
    digits : int, optional
        Digits after the point, 0-9, rounded. By default 3, 6 or 9: as few as lose nothing.

    Examples
    --------
    >>> format_iso(1452043801038000000)
    '2016-01-06T01:30:01.038Z'
    """
    if digits is None:
        digits = next((n for n in (3, 6) if time_ns % 10 ** (9 - n) == 0), 9)
    step = 10 ** (9 - digits)
    rounded_ns = (time_ns + step // 2) // step * step
    seconds, fraction_ns = divmod(rounded_ns, NS_PER_S)
    civil = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    point = f".{fraction_ns:09d}"[: digits + 1] if digits else ""
    return f"{civil.rjust(19, '0')}{point}Z"


def format_epoch(time_ns: int, *, digits: int = 5) -> str:
    """Write epoch seconds with so many digits after the point.

    Examples
    --------
    >>> format_epoch(1452043801038000000)
    '1452043801.03800'
    """
    return f"{Decimal(time_ns).scaleb(-9):.{digits}f}"


def seconds_between(later_ns: int, earlier_ns: int) -> float:
    """Return a difference in seconds; exact to 1 ns over 100 days."""
    return (later_ns - earlier_ns) / NS_PER_S


def add_seconds(time_ns: int, seconds: float) -> int:
    """Return the time so many seconds later, rounded to 1 ns."""
    return time_ns + round(seconds * NS_PER_S)
