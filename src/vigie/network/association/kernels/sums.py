"""Sums of intervals of origin time over several reaches, taken only where they change.

``opened`` holds the intervals that the picks of a cell's near stations open, station after station,
nearest first: first and end bin, log of gain over density, and 0 for P, 1 for S; then the number
of intervals up to each station.
"""

# Kernels get their types from the arguments; they take what they need as plain arguments, since
# objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

DEAF_FROM = 25
"""Stations from which on further odds of hearing are tried."""
LEAST_STEP = 0.2
"""A pick that adds no more, nats, opens no interval."""
BLOCK = 32
"""Bins that are passed over together where no interval begins or ends."""
MARGIN = 1e-6
"""For the rounding of bounds."""
DENSE = 1.0
"""Intervals per bin from which on all bins are taken."""
NOTHING = -1e9


@njit(cache=True)
def sums_of(levels, odds):
    """Return the sums that are tried, each of one row of ``odds`` over one number of stations.

    Returns
    -------
    row, level : ndarray, shape (k,)
        Row and number of stations of each, by level, then row; k is a multiple of four, what is
        too many being lower than all.
    silence : ndarray, shape (k,)
        Each without any pick.
    """
    n = len(levels)
    row, level = np.zeros(n * len(odds) + 3, np.int64), np.zeros(n * len(odds) + 3, np.int64)
    silence = np.full(n * len(odds) + 3, 2.0 * NOTHING)
    missed = np.log(1.0 - odds)
    k = 0
    for q in range(n):
        # Deafness shows over many stations; over few, the first odds do as well.
        for o in range(len(odds) if levels[q] >= DEAF_FROM or q == n - 1 else 1):
            row[k], level[k], silence[k] = o, levels[q], 0.0
            for _ in range(levels[q]):
                silence[k] += missed[o, 0] + missed[o, 1]
            k += 1
    k = (k + 3) // 4 * 4
    return row[:k], level[:k], silence[:k]


@njit(cache=True)
def room_of(n_opened, n_near, n_bins, n_sums):
    """Return room for the intervals, edges and sums of any cell."""
    # Indices without a sign need no test for negative ones.
    opened = (
        np.empty(n_opened, np.uint32),
        np.empty(n_opened, np.uint32),
        np.empty(n_opened),
        np.empty(n_opened, np.uint8),
        np.empty(n_near, np.int64),
    )
    n_blocks = n_bins // BLOCK + 1
    marks = (
        np.zeros(n_blocks * BLOCK, np.bool_),
        np.zeros(n_blocks, np.bool_),
        np.empty(n_blocks * BLOCK, np.uint32),
    )
    n = min(2 * n_opened, n_bins) + 2
    edges = np.empty(n, np.int64), np.empty(n), np.zeros((n_sums, n))
    return opened, marks, edges, (np.empty(n), np.empty(n, np.int64)), np.empty((n, 2), np.int64)


@njit(cache=True)
def peaks(n, n_bins, odds, sums, least, room):
    """Write edge and bin of each local maximum of the best sum to ``room``; return their number.

    Of equal bins side by side the last is the maximum. ``least`` is the lowest that counts.
    """
    opened, marks, (edge, step, change), (value, which), peak = room
    if DENSE * n > n_bins:
        m = high = n_bins
        for b in range(n_bins):
            edge[b] = b
    else:
        m = mark_edges(opened, n, n_bins, marks, edge)
        high = bound_sums(opened, n, m, odds, step, least - MARGIN)
    add_up(opened, m, high, sums, odds, step, change)
    best_sums(high, sums, least - MARGIN, change, value, which)
    found = 0
    for e in range(high):
        s = value[e]
        end = edge[e + 1] if e + 1 < m else n_bins
        if s < least or (e + 1 < high and value[e + 1] >= s):
            continue
        if e > 0 and end == edge[e] + 1 and value[e - 1] > s:
            continue
        peak[found, 0], peak[found, 1] = e, end - 1
        found += 1
    return found


@njit(cache=True)
def mark_edges(opened, n, n_bins, marks, edge):
    """Write the bins at which any interval begins or ends, and the first, in order; count them.

    Bins of ``opened`` become places among them; ``marks`` are cleared again.
    """
    begin, stop = opened[0], opened[1]
    marked, block, rank = marks
    marked[0] = True
    block[0] = True
    for i in range(n):
        marked[begin[i]] = True
        block[begin[i] // BLOCK] = True
        marked[stop[i]] = True
        block[stop[i] // BLOCK] = True
    m = 0
    for k in range(n_bins // BLOCK + 1):
        if block[k]:
            block[k] = False
            for b in range(k * BLOCK, (k + 1) * BLOCK):
                if marked[b]:
                    marked[b] = False
                    rank[b] = m
                    edge[m] = b
                    m += 1
    for i in range(n):
        begin[i] = rank[begin[i]]
        stop[i] = rank[stop[i]]
    # What ends with the last bin changes nothing within.
    return m - 1 if edge[m - 1] == n_bins else m


@njit(cache=True)
def bound_sums(opened, n, m, odds, step, least):
    """Return the number of edges up to the last from which any sum may reach ``least``.

    A station heard counts with the odds that suit it best, a silent one not at all.
    """
    begin, stop, weight, kind, _ = opened
    top = np.array([math.log(odds[:, 0].max()), math.log(odds[:, 1].max())])
    step[: m + 1] = 0.0
    for i in range(n):
        w = max(weight[i] + top[kind[i]], 0.0)
        step[begin[i]] += w
        step[stop[i]] -= w
    total = 0.0
    end = 0
    for e in range(m):
        total += step[e]
        if total >= least:
            end = e + 1
    return end


@njit(cache=True)
def add_up(opened, m, high, sums, odds, step, change):
    """Write the change of each sum at the first ``high`` of m edges."""
    begin, stop, weight, kind, ends = opened
    row, level, _ = sums
    for o in range(len(odds)):
        hits = np.log(odds[o]) - np.log(1.0 - odds[o])
        step[: m + 1] = 0.0
        i = 0
        for k in range(len(row)):
            if row[k] != o or level[k] == 0:
                continue
            while i < ends[level[k] - 1]:
                w = weight[i] + hits[kind[i]]
                w = w if w > LEAST_STEP else 0.0
                step[begin[i]] += w
                step[stop[i]] -= w
                i += 1
            change[k, :high] = step[:high]


@njit(cache=True)
def best_sums(m, sums, least, change, value, which):
    """Write the best sum above ``least`` from each edge to the next, and which it is.

    Of equal ones it is the first; where there is none ``least`` is written.
    """
    silence = sums[2]
    value[:m] = least
    # Four at a time, for a sum of many steps waits for each of them.
    for k in range(0, len(silence), 4):
        a, b, c, d = silence[k], silence[k + 1], silence[k + 2], silence[k + 3]
        for e in range(m):
            a += change[k, e]
            b += change[k + 1, e]
            c += change[k + 2, e]
            d += change[k + 3, e]
            if max(max(a, b), max(c, d)) > value[e]:
                if a > value[e]:
                    value[e], which[e] = a, k
                if b > value[e]:
                    value[e], which[e] = b, k + 1
                if c > value[e]:
                    value[e], which[e] = c, k + 2
                if d > value[e]:
                    value[e], which[e] = d, k + 3
