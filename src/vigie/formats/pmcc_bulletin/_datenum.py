"""MATLAB date numbers: days since year 0, UTC; 719529 is 1970-01-01.

A double keeps 10 microseconds of them, the decimals of a text all.
"""

from __future__ import annotations

from decimal import Decimal

from vigie.records.time import NS_PER_DAY

EPOCH = 719_529
_REACH = 106_751
"""Days from 1970 that int64 nanoseconds hold."""
_DECIMALS = Decimal("1e-15")
EXPECTED = "a MATLAB date number (days since year 0) of the years 1678 to 2261"


def ns_of_datenum(datenum: Decimal) -> int | None:
    """Return the time, ns since 1970 UTC; None where it is none that vigie holds.

    Examples
    --------
    >>> ns_of_datenum(Decimal("719530.5"))
    129600000000000
    """
    if not datenum.is_finite() or not abs(datenum - EPOCH) <= _REACH:
        return None
    return int(((datenum - EPOCH) * NS_PER_DAY).to_integral_value())


def datenum_of_ns(time_ns: int) -> Decimal:
    """Return the date number of a time, exact to less than 0.1 ns.

    Examples
    --------
    >>> datenum_of_ns(129600000000000)
    Decimal('719530.5')
    """
    days = (EPOCH + Decimal(time_ns) / NS_PER_DAY).quantize(_DECIMALS).normalize()
    # A whole number would get an exponent.
    return days.quantize(Decimal(1)) if days == days.to_integral_value() else days
