"""Times are int64 nanoseconds since 1970-01-01 UTC; texts are ISO 8601 with ``Z``.

Policy on leap seconds: UTC as POSIX counts it. A leap second (``:60``) reads as the
first instant of the next minute, since no clock of the network can tell them apart;
differences of two times across a leap second are therefore one second short.
"""

from __future__ import annotations

import re
from calendar import isleap
from datetime import UTC, datetime, timedelta
from datetime import date as civil_date
from decimal import Decimal, InvalidOperation

from vigie.errors import AmbiguousTimeError, BadTimeError, DateAloneError

NS_PER_S = 1_000_000_000
"""Nanoseconds in a second."""
NS_PER_DAY = 86_400 * NS_PER_S
"""Nanoseconds in a day."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(?P<date>[\dW/-]*\d)(?:[T ]+(?P<clock>[\d:]+)(?P<fraction>[.,]\d*)?)?\s*"
    r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_CIVIL = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)|(\d{4})(\d\d)(\d\d)", re.ASCII)
_ORDINAL = re.compile(r"(\d{4})-?(\d{3})", re.ASCII)
_WEEK = re.compile(r"(\d{4})-?W(\d\d)-?(\d)", re.ASCII)
_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?|(\d\d)(?:(\d\d)(\d\d)?)?", re.ASCII)
_UNITS_S = (3_600, 60, 1)
"""Of hour, minute and second."""
_BARE_DATE = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])\d\d|[0-3]\d\d)", re.ASCII)
"""Eight or seven digits that are a date, or epoch seconds of 1970."""
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


def parse_iso(text: str, *, date_alone: bool = True) -> int:
    """Read an ISO 8601 time; a missing zone means UTC, a missing clock reading midnight.

    All that ISO 8601 offers for a point of time is understood: basic and extended form, days of
    the year, days of a week, 24:00:00, fractions of the last unit that is given. Dates with
    slashes (``2016/01/06``), single digits and a blank instead of ``T`` are accepted, since
    bulletins write them. Digits beyond the nanosecond are cut.

    Parameters
    ----------
    text : str
    date_alone : bool
        Whether a date without clock reading is taken, as midnight. Bounds of a span may be
        such; the time of an arrival never is.

    Raises
    ------
    BadTimeError
        The text is not such a time.
    DateAloneError
        It is a date, and that is not enough.

    Examples
    --------
    >>> parse_iso("2016-01-06T01:30:01.038Z")
    1452043801038000000
    >>> {parse_iso(t) for t in ("20160106T013001.038Z", "2016-006T02:30:01,038+01")}
    {1452043801038000000}
    """
    match = _ISO.fullmatch(text.strip().upper())
    if match is None or (match["zone"] not in (None, "Z") and not match["clock"]):
        raise BadTimeError(text=text)
    try:
        midnight_ns = _midnight_ns(match["date"])
        clock_ns = _clock_ns(match["clock"] or "00", match["fraction"] or "")
    except ValueError:
        raise BadTimeError(text=text) from None
    if match["clock"] is None and not date_alone:
        raise DateAloneError(text=text)
    return midnight_ns + clock_ns - _zone_ns(match["zone"])


def _midnight_ns(date: str) -> int:
    """Return when a date of any form begins; ValueError where there is no such day."""
    if match := _CIVIL.fullmatch(date):
        year, month, day = (int(part) for part in match.groups() if part)
        return ns_from_civil((year, month, day))
    if match := _ORDINAL.fullmatch(date):
        year, day_of_year = (int(part) for part in match.groups())
        first_ns = ns_from_civil((year, 1, 1))
        if not 1 <= day_of_year <= (366 if isleap(year) else 365):
            raise BadTimeError(text=date)
        return first_ns + (day_of_year - 1) * NS_PER_DAY
    if match := _WEEK.fullmatch(date):
        day_of_week = civil_date.fromisocalendar(*(int(part) for part in match.groups()))
        return ns_from_civil((day_of_week.year, day_of_week.month, day_of_week.day))
    raise BadTimeError(text=date)


def _clock_ns(clock: str, fraction: str) -> int:
    """Return ns since midnight; the fraction is one of the last unit that is given."""
    match = _CLOCK.fullmatch(clock)
    if match is None:
        raise BadTimeError(text=clock)
    parts = [int(part) for part in match.groups() if part]
    digits = fraction[1:]
    part_ns: int = int(digits or 0) * _UNITS_S[len(parts) - 1] * NS_PER_S // 10 ** len(digits)
    hour, minute, second = (*parts, 0, 0)[:3]
    # 24:00:00 is the end of a day; second 60, the leap second, the start of the next minute.
    if hour == 24 and not (minute or second or part_ns):
        return NS_PER_DAY
    if hour > 23 or minute > 59 or second > 60:
        raise BadTimeError(text=clock)
    return (hour * 3_600 + minute * 60 + second) * NS_PER_S + part_ns


def _zone_ns(zone: str | None) -> int:
    """Return how far a zone is ahead of UTC."""
    if zone in (None, "Z"):
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[3:].lstrip(":") or 0)
    return (-1 if zone[0] == "-" else 1) * minutes * 60 * NS_PER_S


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


def parse_time(text: str, *, date_alone: bool = True) -> int:
    """Read a time given as ISO 8601 or as epoch seconds; parameters as in ``parse_iso``.

    Raises
    ------
    BadTimeError
        It is neither.
    AmbiguousTimeError
        It may be both: ``20160106`` is a date, and a second of August 1970.
    DateAloneError
        It is a date, and that is not enough.
    """
    if _BARE_DATE.fullmatch(text.strip()):
        raise AmbiguousTimeError(text=text)
    try:
        return parse_epoch(text)
    except BadTimeError:
        return parse_iso(text, date_alone=date_alone)


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
