"""Compiled loops of the sample codecs; the plain twin of each stands in ``_twins``.

All take and return arrays; a decoder returns ``(position, status)`` beside what it fills:
status 0 is good, else one of the constants below, with the position of the trouble.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

GOOD = 0
OUT_OF_DATA = 1
TOO_LARGE = 2
"""A value beyond int32."""
NOT_A_CODE = 3
"""A byte that the encoding does not have."""
TOO_MANY = 4
"""More samples than there is room for."""

_INT32_MAX = 2**31 - 1
_INT32_MIN = -(2**31)
# A second difference of int32 samples needs at most 34 bits.
_MAGNITUDE_LIMIT = 1 << 35
_CHK_MODULUS = 100_000_000

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Widths = NDArray[np.int64]
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
        if sample > _INT32_MAX or sample < _INT32_MIN:
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
            if digit < 0 or digit > 9 or value > _INT32_MAX:
                return count, start, NOT_A_CODE
            value = value * 10 + digit
            digits += 1
            at += 1
        value = -value if negative else value
        if digits == 0:
            return count, start, NOT_A_CODE
        if value > _INT32_MAX or value < _INT32_MIN:
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


@jit
def canadian_decode(data: Bytes, widths: Widths, out: Ints) -> tuple[int, int]:
    """Fill ``out``; return the number of bytes used and a status."""
    n_samples = len(out)
    n_words = (n_samples + 19) // 20
    at = 2 * n_words
    if at + 4 > len(data):
        return at, OUT_OF_DATA
    first = np.int64(0)
    for k in range(4):
        first = (first << 8) | np.int64(data[at + k])
    at += 4
    if first > _INT32_MAX:
        first -= np.int64(1) << 32
    sample = first
    out[0] = sample
    difference = np.int64(0)
    done = 1
    held = np.uint64(0)
    n_held = 0
    for word in range(n_words):
        index = (np.int64(data[2 * word]) << 8) | np.int64(data[2 * word + 1])
        wide = index >> 15
        for group in range(5):
            width = widths[wide, (index >> (12 - 3 * group)) & 7]
            sign = np.int64(1) << (width - 1)
            mask = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
            for _ in range(4):
                while n_held < width:
                    if at >= len(data):
                        return at, OUT_OF_DATA
                    held = (held << np.uint64(8)) | np.uint64(data[at])
                    at += 1
                    n_held += 8
                n_held -= width
                value = np.int64((held >> np.uint64(n_held)) & mask)
                if done < n_samples:
                    difference += value - ((value & sign) << 1)
                    sample += difference
                    if sample > _INT32_MAX or sample < _INT32_MIN:
                        return at, TOO_LARGE
                    out[done] = sample
                    done += 1
    return at, GOOD


@jit
def canadian_encode(samples: Ints, widths: Widths, out: Bytes) -> tuple[int, int]:
    """Write the stream to ``out``; return its length and a status."""
    n_samples = len(samples)
    n_words = (n_samples + 19) // 20
    at = 2 * n_words
    first = np.int64(samples[0])
    for k in range(4):
        out[at + k] = (first >> (24 - 8 * k)) & 255
    at += 4
    seconds = np.zeros(20 * n_words, np.int64)
    difference = np.int64(0)
    for k in range(1, n_samples):
        step = np.int64(samples[k]) - np.int64(samples[k - 1])
        seconds[k - 1] = step - difference
        difference = step
    held = np.uint64(0)
    n_held = 0
    for word in range(n_words):
        needed = np.zeros(5, np.int64)
        for group in range(5):
            for k in range(4):
                value = seconds[20 * word + 4 * group + k]
                bits = 1
                while not -(np.int64(1) << (bits - 1)) <= value < (np.int64(1) << (bits - 1)):
                    bits += 1
                needed[group] = max(needed[group], bits)
        if needed.max() > 32:
            return at, TOO_LARGE
        wide = 1 if needed.max() > 18 else 0
        index = wide << 15
        for group in range(5):
            code = 0
            while widths[wide, code] < needed[group]:
                code += 1
            index |= code << (12 - 3 * group)
            width = widths[wide, code]
            mask = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
            for k in range(4):
                value = seconds[20 * word + 4 * group + k]
                held = (held << np.uint64(width)) | (np.uint64(value) & mask)
                n_held += width
                while n_held >= 8:
                    n_held -= 8
                    out[at] = (held >> np.uint64(n_held)) & np.uint64(255)
                    at += 1
        out[2 * word] = index >> 8
        out[2 * word + 1] = index & 255
    if n_held:
        out[at] = (held << np.uint64(8 - n_held)) & np.uint64(255)
        at += 1
    return at, GOOD


@jit
def e1_decode(  # noqa: PLR0912 — one branch per kind of word
    data: Bytes, n_differences: int, out: Ints
) -> tuple[int, int]:
    """Decode the codes of one block; return bytes used and a status."""
    count = 0
    at = 0
    state = np.zeros(n_differences + 1, np.int64)
    while count < len(out):
        if at + 4 > len(data):
            return at, OUT_OF_DATA
        word = np.uint64(0)
        for k in range(4):
            word = (word << np.uint64(8)) | np.uint64(data[at + k])
        head = np.int64(word >> np.uint64(28))
        if head < 8:
            n_values, width, n_bytes = 7, 9, 8
        elif head < 12:
            n_values, width, n_bytes = 3, 10, 4
        elif head == 12:
            n_values, width, n_bytes = 4, 7, 4
        elif head == 13:
            n_values, width, n_bytes = 5, 12, 8
        elif head == 14:
            n_values, width, n_bytes = 4, 15, 8
        else:
            n_values, width, n_bytes = 1, 28, 4
        if n_bytes == 8:
            if at + 8 > len(data):
                return at, OUT_OF_DATA
            for k in range(4, 8):
                word = (word << np.uint64(8)) | np.uint64(data[at + k])
        at += n_bytes
        sign = np.int64(1) << (width - 1)
        mask = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
        for k in range(n_values - 1, -1, -1):
            if count == len(out):
                break
            value = np.int64((word >> np.uint64(k * width)) & mask)
            value -= (value & sign) << 1
            state[n_differences] = value
            for step in range(n_differences - 1, -1, -1):
                state[step] += state[step + 1]
            if state[0] > _INT32_MAX or state[0] < _INT32_MIN:
                return at, TOO_LARGE
            out[count] = state[0]
            count += 1
    return at, GOOD
