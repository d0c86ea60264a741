"""Measured numbers with as many digits as their error leaves."""

from __future__ import annotations

import math

MOST_DIGITS = 6


def digits_for(sigma: float | None, usual: int) -> int:
    """Return to how many decimals a value is written: the last is at most half its error.

    Examples
    --------
    >>> [digits_for(sigma, 1) for sigma in (12.0, 0.5, 0.08, None)]
    [0, 1, 2, 1]
    """
    if sigma is None or not math.isfinite(sigma) or sigma <= 0.0:
        return usual
    return min(max(math.ceil(-math.log10(0.5 * sigma)), 0), MOST_DIGITS)


def with_error(value: float | None, sigma: float | None, usual: int, sign: str = "+-") -> str:
    """Write a value and its error, both to the digits of the error; a dash where there is none.

    Examples
    --------
    >>> with_error(217.921, 0.503, 0), with_error(82.4, 12.3, 0), with_error(9.0, None, 1)
    ('217.9+-0.5', '82+-12', '9.0')
    """
    if value is None or not math.isfinite(value):
        return "-"
    digits = digits_for(sigma, usual)
    return f"{value:.{digits}f}" + ("" if sigma is None else f"{sign}{sigma:.{digits}f}")
