"""Compiled loops of the codecs that pack differences into bits: Canadian and e1.

The plain twin of each stands in ``_twins``. All take and return arrays; a decoder returns position
and status (``_status``) beside what it fills.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from vigie.formats.codecs._status import GOOD, INT32_MAX, INT32_MIN, OUT_OF_DATA, TOO_LARGE

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Widths = NDArray[np.int64]
jit = numba.njit(cache=True, nogil=True)


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
    if first > INT32_MAX:
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
                    if sample > INT32_MAX or sample < INT32_MIN:
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
            if state[0] > INT32_MAX or state[0] < INT32_MIN:
                return at, TOO_LARGE
            out[count] = state[0]
            count += 1
    return at, GOOD
