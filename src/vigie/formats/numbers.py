"""Numbers of free text."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?", re.ASCII)


def number_of(word: str) -> float | None:
    """Return a finite number, with a point or Fortran's D; None where the word is none.

    Examples
    --------
    >>> [number_of(word) for word in ("1.5D3", "-.5", "1_0", "nan", "1e999")]
    [1500.0, -0.5, None, None, None]
    """
    if not _NUMBER.fullmatch(word):
        return None
    value = float(word.upper().replace("D", "E"))
    return value if math.isfinite(value) else None


def has_decimal_comma(word: str) -> bool:
    """Tell whether a word is a number with a comma for its point.

    Examples
    --------
    >>> has_decimal_comma("22,347"), has_decimal_comma("1,2,3")
    (True, False)
    """
    return bool(_DECIMAL_COMMA.fullmatch(word))
