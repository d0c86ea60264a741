"""Dates of CSS 3.0 (year and day of year, ``2007065``) as epochs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from vigie.records import NS_PER_DAY, NS_PER_S, Epoch
from vigie.records.station import OPEN_END_NS, OPEN_START_NS

_NO_END = 2262000
"""CSS 3.0 writes 2286324; int64 nanoseconds end in the year 2262."""
_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = (1678, 2261)
"""Whole years within int64 nanoseconds of 1970."""


def day_start_ns(date: int) -> int:
    """Return the first instant of a day given as yyyyddd.

    Raises
    ------
    ValueError
        There is no such day.
    """
    year, day = divmod(date, 1000)
    if not (_YEARS[0] <= year <= _YEARS[1] and 1 <= day <= 366):
        raise ValueError(date)
    when = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
    if when.year != year:
        raise ValueError(date)
    return (when - _EPOCH_DAY).days * NS_PER_DAY


def epoch_of(ondate: int | None, offdate: int | None) -> Epoch:
    """Return the epoch from the start of one day to the end of another.

    Raises
    ------
    ValueError
        A date does not exist.
    """
    is_open = offdate is None or offdate == -1 or offdate >= _NO_END
    return Epoch(
        start_ns=OPEN_START_NS if ondate is None else day_start_ns(ondate),
        end_ns=OPEN_END_NS if is_open or offdate is None else day_start_ns(offdate) + NS_PER_DAY,
    )


def date_of(time_ns: int) -> int:
    """Return the day of a time as yyyyddd."""
    when = _EPOCH_DAY + timedelta(seconds=time_ns // NS_PER_S)
    return when.year * 1000 + when.timetuple().tm_yday


def ondate_of(epoch: Epoch) -> int | None:
    """Return the day an epoch starts on; None where it has no start."""
    return None if epoch.start_ns == OPEN_START_NS else date_of(epoch.start_ns)


def offdate_of(epoch: Epoch) -> int | None:
    """Return the last day of an epoch; None where it has no end."""
    return None if epoch.end_ns == OPEN_END_NS else date_of(epoch.end_ns - 1)


def overlap(a: Epoch, b: Epoch) -> Epoch | None:
    """Return the common part of two epochs; None where there is none."""
    start_ns, end_ns = max(a.start_ns, b.start_ns), min(a.end_ns, b.end_ns)
    return Epoch(start_ns=start_ns, end_ns=end_ns) if start_ns < end_ns else None


def clipped(epochs: list[Epoch]) -> list[Epoch]:
    """Return epochs, each ended where the next one starts; the order is kept.

    The day on which a sensor is moved is often both the offdate of the old place and the
    ondate of the new one.
    """
    starts = sorted({epoch.start_ns for epoch in epochs})
    following = dict(zip(starts, [*starts[1:], OPEN_END_NS], strict=True))
    return [
        Epoch(start_ns=epoch.start_ns, end_ns=min(epoch.end_ns, following[epoch.start_ns]))
        for epoch in epochs
    ]
