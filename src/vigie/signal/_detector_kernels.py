"""Compiled loops of ``detectors``; imported by it when first needed."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@numba.njit(cache=True, nogil=True)
def windowed_sum(values: FloatArray, n: int) -> FloatArray:
    """Sum of the ``n`` values that end at each index; fewer at the start.

    Sums of blocks from both sides (van Herk) instead of a running sum: nothing is ever
    subtracted, so a huge value leaves no rounding error behind.
    """
    size = len(values)
    out = np.empty(size)
    suffix = np.zeros(n)
    for start in range(0, size, n):
        stop = min(start + n, size)
        prefix = 0.0
        for i in range(start, stop):
            prefix += values[i]
            k = i - start + 1
            out[i] = prefix + (suffix[k] if k < n else 0.0)
        if stop - start == n:
            running = 0.0
            for i in range(stop - 1, start - 1, -1):
                running += values[i]
                suffix[i - start] = running
    return out


@numba.njit(cache=True, nogil=True)
def hysteresis(ratio: FloatArray, on: FloatArray, off: float) -> NDArray[np.int64]:
    """Index pairs: first at or above ``on``, first below ``off`` after it."""
    pairs = np.empty((len(ratio) // 2 + 1, 2), dtype=np.int64)
    n, active = 0, False
    for i in range(len(ratio)):
        if active:
            if ratio[i] < off:
                pairs[n, 1] = i
                n += 1
                active = False
        elif ratio[i] >= on[i]:
            pairs[n, 0] = i
            active = True
    if active:
        pairs[n, 1] = len(ratio)
        n += 1
    return pairs[:n]
