"""Times and scaled numbers between records and ObsPy."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vigie.formats._obspy_guard import Untyped


def utc(time_ns: int) -> Untyped:
    """Return a time to the microsecond, as QuakeML can write it."""
    from obspy import UTCDateTime

    return UTCDateTime(ns=(time_ns + 500) // 1000 * 1000)


def ns_of(time: Untyped) -> int:
    """Return a time in ns."""
    return int(time.ns)


def scaled(value: float | None, factor: float) -> float | None:
    """Return value times factor with 15 digits, so that the way there and back is exact."""
    if value is None or not isfinite(value):
        return None
    return float(f"{value * factor:.15g}")


def finite(value: Untyped) -> float | None:
    """Return a number of ObsPy as float; None where there is none."""
    if value is None:
        return None
    number = float(value)
    return number if isfinite(number) else None


def sigma_of(errors: Untyped) -> float | None:
    """Return the standard error of a quantity of QuakeML."""
    return finite(errors.uncertainty) if errors else None
