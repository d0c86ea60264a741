"""Compiled loops of the codecs of GSE and IMS messages: CM6, INT and their checksum.

The plain twin of each stands in ``_twins``. All take and return arrays; a decoder returns position
and status (``_status``) beside what it fills.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from vigie.formats.codecs._status import (
    GOOD,
    INT32_MAX,
    INT32_MIN,
    NOT_A_CODE,
    OUT_OF_DATA,
    TOO_LARGE,
    TOO_MANY,
)

# A second difference of int32 samples needs at most 34 bits.
_MAGNITUDE_LIMIT = 1 << 35
_CHK_MODULUS = 100_000_000

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
jit = numba.njit(cache=True, nogil=True)


@jit
def cm6_decode(data: Bytes, table: Bytes, out: Ints) -> tuple[int, int, int, int]:
    """Fill ``out``; return count, position, status and the number of foreign bytes."""
    count = 0
    first_difference = 0
    sample = 0
    magnitude = 0
    negative = False
    inside = False
    foreign = 0
    for at in range(len(data)):
        code = table[data[at]]
        if code >= 64:
            foreign += code & 1
            continue
        if inside:
            magnitude = magnitude * 32 + (code & 31)
            if magnitude > _MAGNITUDE_LIMIT:
                return count, at, TOO_LARGE, foreign
        else:
            negative = (code & 16) != 0
            magnitude = int(code & 15)
        inside = (code & 32) != 0
        if inside:
            continue
        first_difference += -magnitude if negative else magnitude
        sample += first_difference
        if sample > INT32_MAX or sample < INT32_MIN:
            return count, at, TOO_LARGE, foreign
        if count == len(out):
            return count, at, TOO_MANY, foreign
        out[count] = sample
        count += 1
    return count, len(data), OUT_OF_DATA if inside else GOOD, foreign


@jit
def cm6_encode(samples: Ints, alphabet: Bytes, line_length: int, out: Bytes) -> int:
    """Write characters and line ends to ``out``; return their number."""
    at = 0
    in_line = 0
    last = np.int64(0)
    last_difference = np.int64(0)
    for sample in samples:
        difference = np.int64(sample) - last
        second = difference - last_difference
        last = np.int64(sample)
        last_difference = difference
        magnitude = -second if second < 0 else second
        groups = 0
        while magnitude >> (4 + 5 * groups):
            groups += 1
        code = (magnitude >> (5 * groups)) & 15
        if second < 0:
            code |= 16
        for group in range(groups, -1, -1):
            if group < groups:
                code = (magnitude >> (5 * group)) & 31
            if group > 0:
                code |= 32
            if in_line == line_length:
                out[at] = 10
                at += 1
                in_line = 0
            out[at] = alphabet[code]
            at += 1
            in_line += 1
    return at


@jit
def int_decode(data: Bytes, out: Ints) -> tuple[int, int, int]:
    """Read integers separated by blanks; return count, position, status."""
    count = 0
    at = 0
    while at < len(data):
        if data[at] <= 32:
            at += 1
            continue
        start = at
        negative = data[at] == 45
        if negative or data[at] == 43:
            at += 1
        value = np.int64(0)
        digits = 0
        while at < len(data) and data[at] > 32:
            digit = np.int64(data[at]) - 48
            if digit < 0 or digit > 9 or value > INT32_MAX:
                return count, start, NOT_A_CODE
            value = value * 10 + digit
            digits += 1
            at += 1
        value = -value if negative else value
        if digits == 0:
            return count, start, NOT_A_CODE
        if value > INT32_MAX or value < INT32_MIN:
            return count, start, TOO_LARGE
        if count == len(out):
            return count, start, TOO_MANY
        out[count] = value
        count += 1
    return count, at, GOOD


@jit
def chk2(samples: Ints) -> int:
    """Return the GSE/IMS checksum; remainders are cut toward zero, as in C."""
    total: Any = np.int64(0)
    for sample in samples:
        value = np.int64(sample)
        if value >= _CHK_MODULUS:
            value %= _CHK_MODULUS
        elif value <= -_CHK_MODULUS:
            value = -(-value % _CHK_MODULUS)
        total += value
        if total >= _CHK_MODULUS:
            total -= _CHK_MODULUS
        elif total <= -_CHK_MODULUS:
            total += _CHK_MODULUS
    return int(abs(total))
