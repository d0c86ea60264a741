"""Correlations of all pairs in overlapping windows, and what is looked up in them.

Windows overlap by nine tenths, so products are summed once per tenth and lag, and windows are sums
of ten. All pairs are correlated at all lags that a wave can cause, some windows at a time.
"""

# Kernels get their types from the arguments; they take what they need as plain arguments, since
# objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

PEAKS = 3
"""In a narrow band the cycles beside the right one are nearly as high: so many maxima are tried."""
CHUNK = 64
"""Windows whose correlations are held at a time: some megabytes."""


@njit(cache=True, fastmath=True)
def energies(padded, pad, hop, per_window, count):
    """Return the energy of each element in each window, shape (n, windows)."""
    n = len(padded)
    out = np.zeros((n, count))
    tenth = np.zeros(count + per_window - 1)
    for i in range(n):
        row = padded[i]
        for b in range(len(tenth)):
            total = np.float32(0.0)
            start = pad + b * hop
            for k in range(start, start + hop):
                total += row[k] * row[k]
            tenth[b] = total
        for w in range(count):
            out[i, w] = tenth[w : w + per_window].sum()
    return out


@njit(cache=True)
def correlate(padded, layout, span, start_of, reach_of, energy, rows):
    """Write the correlations of all pairs at all their lags in some windows.

    Parameters
    ----------
    padded : float32 (n elements, samples)
    layout : (pad, hop, hops per window)
    span : (first window, number of windows)
    start_of, reach_of : first column of each pair i < j, its largest lag
    energy : (n, windows)
    rows : float32 (windows of the span, lags of all pairs); at a positive lag j is later
    """
    pad, hop, per_window = layout
    first, n = span
    count = n + per_window - 1
    room = np.empty(count * (2 * reach_of.max() + 1), np.float32)
    for i in range(len(padded)):
        for j in range(i + 1, len(padded)):
            own = reach_of[i, j]
            lags = 2 * own + 1
            # Contiguous, which loops over lags need to be vectorised.
            tenths = room[: count * lags].reshape((count, lags))
            for t in range(count):
                start = pad + (first + t) * hop
                shifted = padded[j, start - own : start + hop + own]
                products(padded[i, start : start + hop], shifted, tenths[t])
            norm = np.sqrt(energy[i, first : first + n] * energy[j, first : first + n]) + 1e-30
            slide(tenths, per_window, norm, rows, start_of[i, j])


@njit(cache=True, fastmath=True)
def products(samples, shifted, out):
    """Write the sum of products at each lag; four samples at a time, all lags in one pass.

    Five times as fast as a matrix product of samples by shifted copies (measured at 60 samples,
    407 lags: 16e9 products a second on one core).
    """
    hop, lags = len(samples), len(out)
    out[:] = np.float32(0.0)
    for k in range(0, hop - 3, 4):
        a, b, c, d = samples[k], samples[k + 1], samples[k + 2], samples[k + 3]
        # Slices, since indices that could be negative keep the loop from being vectorised.
        at, one = shifted[k : k + lags], shifted[k + 1 : k + 1 + lags]
        two, three = shifted[k + 2 : k + 2 + lags], shifted[k + 3 : k + 3 + lags]
        for m in range(lags):
            out[m] += a * at[m] + b * one[m] + c * two[m] + d * three[m]
    for k in range(hop - hop % 4, hop):
        at = shifted[k : k + lags]
        for m in range(lags):
            out[m] += samples[k] * at[m]


@njit(cache=True)
def slide(tenths, per_window, norm, rows, column):
    """Sum tenths to windows, all lags at a time, and write them normalised from a column on.

    The sum runs in double precision: what a blast leaves by rounding would outweigh the sound
    that follows it.
    """
    n, lags = len(norm), tenths.shape[1]
    running = np.zeros(lags)
    for t in range(per_window):
        running += tenths[t]
    for w in range(n):
        if w > 0:
            came, went = tenths[w + per_window - 1], tenths[w - 1]
            for m in range(lags):
                running[m] += np.float64(came[m]) - np.float64(went[m])
        scale = 1.0 / norm[w]
        out = rows[w, column : column + lags]
        for m in range(lags):
            out[m] = running[m] * scale


@njit(cache=True)
def highest(row, reach, delay, height):
    """Write the highest positive maxima of a correlation function, highest first, in samples."""
    height[:] = 0.0
    for m in range(1, 2 * reach):
        value = row[m]
        if value <= height[PEAKS - 1] or row[m - 1] > value or row[m + 1] >= value:
            continue
        offset, top = vertex(row[m - 1], value, row[m + 1])
        place = PEAKS - 1
        while place > 0 and height[place - 1] < top:
            height[place] = height[place - 1]
            delay[place] = delay[place - 1]
            place -= 1
        height[place] = top
        delay[place] = m - reach + offset


@njit(cache=True)
def maximum_near(row, reach, due, half):
    """Return lag and height of the highest maximum within ``half`` samples of a due lag.

    Height -1 where there is none.
    """
    middle = round(due)
    best = 0.0
    place = -reach
    for m in range(max(middle - half, 1 - reach), min(middle + half, reach - 1) + 1):
        if row[m + reach] > best:
            best = row[m + reach]
            place = m
    if best <= 0.0:
        return 0.0, -1.0
    left, right = row[place + reach - 1], row[place + reach + 1]
    if left > best or right > best:
        return 0.0, -1.0
    offset, top = vertex(left, best, right)
    return place + offset, top


@njit(cache=True, inline="always")
def vertex(left, middle, right):
    """Return place (samples from the middle) and height of the cosine through three values."""
    if middle <= 0.0 or middle < left or middle < right:
        return 0.0, middle
    ratio = (left + right) / (2.0 * middle)
    if not -1.0 < ratio < 1.0:
        return 0.0, middle
    slope = (right - left) / (2.0 * middle * math.sqrt(1.0 - ratio * ratio))
    offset = math.atan(slope) / math.acos(ratio)
    return max(min(offset, 0.5), -0.5), middle * math.sqrt(1.0 + slope * slope)


@njit(cache=True)
def sine_of(omega):
    """Return what ``between`` needs of a sine of so many radians per sample, once for all."""
    return omega, 1.0 / (1.0 - math.cos(omega)), 0.5 / math.sin(omega)


@njit(cache=True, inline="always")
def between(left, middle, right, x, sine):
    """Return the value x samples from the middle of a sine (``sine_of``) on a constant."""
    omega, of_bend, of_slope = sine
    bend = (middle - 0.5 * (left + right)) * of_bend
    slope = (right - left) * of_slope
    return middle - bend + bend * math.cos(omega * x) + slope * math.sin(omega * x)
