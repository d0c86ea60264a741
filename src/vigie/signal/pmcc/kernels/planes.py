"""Closure of delays, and the plane wave through them."""

# Kernels get their types from the arguments; they take what they need as plain arguments, since
# objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

from numba import njit


@njit(cache=True)
def closure(tau, members, n):
    """Return the rms closure over all triplets of the first n members."""
    total = 0.0
    number = 0
    for a in range(n):
        for b in range(a + 1, n):
            for c in range(b + 1, n):
                i, j, k = members[a], members[b], members[c]
                r = tau[i, j] + tau[j, k] + tau[k, i]
                total += r * r
                number += 1
    return math.sqrt(total / max(number, 1))


@njit(cache=True)
def closure_with_last(tau, members, n):
    """Return the rms closure over the triplets that hold the last of the first n members."""
    total = 0.0
    k = members[n - 1]
    for a in range(n - 1):
        for b in range(a + 1, n - 1):
            r = tau[members[a], members[b]] + tau[members[b], k] + tau[k, members[a]]
            total += r * r
    return math.sqrt(total / max((n - 1) * (n - 2) / 2.0, 1.0))


@njit(cache=True)
def plane(tau, members, n, offsets):
    """Return the slowness (east, north) that fits the pair delays of members best, by their times.

    The determinant of the normal matrix comes last: 0 where the members stand in line.
    """
    mean_x = 0.0
    mean_y = 0.0
    for a in range(n):
        mean_x += offsets[members[a], 0]
        mean_y += offsets[members[a], 1]
    mean_x /= n
    mean_y /= n
    xx = 0.0
    xy = 0.0
    yy = 0.0
    xt = 0.0
    yt = 0.0
    for a in range(n):
        i = members[a]
        time = 0.0
        for b in range(n):
            time += tau[members[b], i]
        time /= n
        x = offsets[i, 0] - mean_x
        y = offsets[i, 1] - mean_y
        xx += x * x
        xy += x * y
        yy += y * y
        xt += x * time
        yt += y * time
    det = xx * yy - xy * xy
    if det < 1e-9 * (xx + yy) ** 2:
        return 0.0, 0.0, 0.0
    return (yy * xt - xy * yt) / det, (xx * yt - xy * xt) / det, det


@njit(cache=True)
def misfit(tau, members, n, offsets, east, north):
    """Return the root of the squared residuals of element times over n - 3 (0 for three)."""
    if n <= 3:
        return 0.0
    total = 0.0
    mean_x = 0.0
    mean_y = 0.0
    for a in range(n):
        mean_x += offsets[members[a], 0]
        mean_y += offsets[members[a], 1]
    mean_x /= n
    mean_y /= n
    for a in range(n):
        i = members[a]
        time = 0.0
        for b in range(n):
            time += tau[members[b], i]
        time /= n
        due = (offsets[i, 0] - mean_x) * east + (offsets[i, 1] - mean_y) * north
        total += (time - due) ** 2
    return math.sqrt(total / (n - 3))


@njit(cache=True)
def is_known(tau, members, offsets, waves, quarter):
    """Tell whether the delays of a triplet are those of a wave, to a quarter of a period."""
    for wave in waves:
        near = True
        for a in range(3):
            for b in range(a + 1, 3):
                i, j = members[a], members[b]
                due = (offsets[j, 0] - offsets[i, 0]) * wave[0]
                due += (offsets[j, 1] - offsets[i, 1]) * wave[1]
                near = near and abs(tau[i, j] - due) <= quarter
        if near:
            return True
    return False
