"""From a cell to a place: origin times swept at ever smaller radii."""

# Kernels get their types from the arguments; ``x == x`` is their test for NaN; they take what
# they need as plain arguments, since objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0124, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.network.association.kernels.evidence import TAKEN, direction_gain
from vigie.network.association.kernels.lookup import (
    bisect,
    column_of,
    delta_between,
    depth_index,
    lookup,
    seaz_of,
    shifted,
)


@njit(cache=True)
def sweep(unit, depth, extent, span, stations, picks, net, tabs, odds):
    """Find the origin time in a span at which most evidence falls together, at one place.

    Every pick that a place within ``extent`` (radius deg, half depth km, share that differs
    between stations) could explain opens an interval of origin times, weighted by its gain over
    chance; the sum is swept in time.

    Returns
    -------
    score, time, bound
        Nats, seconds, and what the score could become if all picks fitted exactly.
    """
    edges, n, base = intervals(unit, depth, extent, span, stations, picks, net, tabs, odds)
    return highest(edges, n, base, span)


@njit(cache=True)
def intervals(unit, depth, extent, span, stations, picks, net, tabs, odds):
    """Return the intervals of origin time that picks open: their edges, and the score of silence.

    Columns are edges; rows their time, the step of the sum there, and the step at a perfect fit.
    """
    time, gain_p, gain_s, sigma, azimuth, azimuth_sigma, slowness, slowness_sigma, _ = picks
    station_units, east, north, first, rise_p, rise_s = net
    first_p, first_s, model_p, model_s, nodes, _ = tabs
    low_t, high_t = span
    radius, half_depth, share = extent
    iz, fz = depth_index(nodes, depth)
    layer = half_depth / (nodes[iz + 1] - nodes[iz])
    silent = (math.log(1.0 - odds[0]), math.log(1.0 - odds[1]))
    hits = (math.log(odds[0] / (1.0 - odds[0])), math.log(odds[1] / (1.0 - odds[1])))
    edges, n, base = np.empty((3, 256)), 0, 0.0
    for j in stations:
        delta = delta_between(unit, station_units, j)
        column, _, _ = column_of(delta)
        for kind in range(2):
            base += silent[kind]
            # Choosing between arrays would count references to them, at some cost.
            if kind == 0:
                travel, slope, by_depth = lookup(first_p, iz, fz, delta)
            else:
                travel, slope, by_depth = lookup(first_s, iz, fz, delta)
            if travel != travel:
                continue
            travel += rise_p[j] if kind == 0 else rise_s[j]
            model = model_p[column] if kind == 0 else model_s[column]
            blur = share * (radius * abs(slope) + layer * abs(by_depth))
            reach = blur + 1.2 * model + 3.0
            previous = -1
            for i in range(
                bisect(time, first[j], first[j + 1], low_t + travel - reach), first[j + 1]
            ):
                if time[i] > high_t + travel + reach:
                    break
                gain = gain_p[i] if kind == 0 else gain_s[i]
                full = math.sqrt(model * model + sigma[i] * sigma[i])
                half = blur + 1.2 * full
                end = time[i] - travel + half
                start = end - 2.0 * half
                if gain < TAKEN or end < low_t or start > high_t:
                    continue
                weight = gain + hits[kind] - math.log(2.0 * half)
                if azimuth[i] == azimuth[i] or slowness[i] == slowness[i]:
                    angle = math.degrees(math.asin(min(1.0, radius / max(delta, radius, 1e-6))))
                    weight += direction_gain(
                        azimuth[i], azimuth_sigma[i], slowness[i], slowness_sigma[i],
                        seaz_of(unit, east, north, j), slope, angle, 0.3 + 0.15 * radius,
                    )  # fmt: skip
                if weight <= 0.0:
                    continue
                # Two picks of a station count once where they overlap.
                if previous >= 0:
                    start = max(start, edges[0, previous])
                if start < end:
                    edges = with_room(edges, n + 2)
                    # A Laplace density at its peak is 0.707/sigma.
                    sharp = weight + math.log(half / (0.7071 * full))
                    edges[0, n], edges[1, n], edges[2, n] = start, weight, sharp
                    edges[0, n + 1], edges[1, n + 1], edges[2, n + 1] = end, -weight, -sharp
                    previous = n + 1
                    n += 2
    return edges, n, base


@njit(cache=True, inline="always")
def with_room(edges, n):
    """Return an array with room for n columns."""
    if n > edges.shape[1]:
        bigger = np.empty((3, 2 * edges.shape[1]))
        bigger[:, : edges.shape[1]] = edges
        edges = bigger
    return edges


@njit(cache=True)
def highest(edges, n, base, span):
    """Sweep the intervals; return the highest sum, its time, and its bound."""
    low_t, high_t = span
    best = -1e18
    best_limit = base
    best_time = 0.5 * (low_t + high_t)
    total = base
    limit = base
    order = np.argsort(edges[0, :n])
    for a in range(n):
        e = order[a]
        total += edges[1, e]
        limit += edges[2, e]
        if total > best + 1e-9 and a + 1 < n:
            middle = 0.5 * (edges[0, e] + edges[0, order[a + 1]])
            if low_t <= middle <= high_t:
                best = total
                best_limit = limit
                best_time = middle
    if best == -1e18:
        return base, best_time, base
    return best, best_time, best_limit


@njit(cache=True)
def survey(places, layer, spans, stations, picks, net, tabs, odds):
    """Sweep the origin time at many places.

    Parameters
    ----------
    places : (unit vectors, radii deg, shares)
    layer : (depth km, half depth km)
    spans : first and last origin time at each place, shape (n, 2)

    Returns
    -------
    score, time : ndarray, shape (n,)
    """
    unit, radius, share = places
    depth, half_depth = layer
    n = len(unit)
    score = np.empty(n)
    time = np.empty(n)
    for k in range(n):
        score[k], time[k], _ = sweep(
            unit[k], depth, (radius[k], half_depth, share[k]), (spans[k, 0], spans[k, 1]), stations,
            picks, net, tabs, odds,
        )  # fmt: skip
    return score, time


@njit(cache=True)
def refine(start, steps, stations, picks, net, tabs, odds):
    """Narrow a candidate to a place and time, halving the search radius at each step.

    Parameters
    ----------
    start : (unit vector, depth km, radius deg, half depth km, share, span of origin times)
    steps : (least radius deg, depth limit km, score that must stay possible, least score at
        the start, at the end)

    Returns
    -------
    unit vector, depth, time, score; the score is -1e9 where the candidate was given up
    """
    unit, depth, radius, half_depth, share, low_t, high_t = start
    least, limit_depth, needed, floor, last_floor = steps
    n_steps = 0
    r = radius
    while r > least:
        r *= 0.5
        n_steps += 1
    rise = (last_floor - floor) / max(n_steps, 1)
    unit = unit.copy()
    time = 0.5 * (low_t + high_t)
    score = -1e9
    while radius > least:
        extent = (0.5 * radius, max(0.5 * half_depth, 2.0), share)
        score, limit, unit, depth, time = best_around(
            unit, depth, time, radius, half_depth, extent, (low_t, high_t), limit_depth, stations,
            picks, net, tabs, odds,
        )  # fmt: skip
        floor += rise
        if limit < needed or score < floor:
            return unit, depth, time, -1e9
        # Moving the place by its radius moves the origin time by about as much.
        slack = 1.5 * (high_t - low_t) * 0.25 + 0.5
        low_t = time - slack
        high_t = time + slack
        radius = extent[0]
        if half_depth > 4.0:
            half_depth = extent[1]
    return unit, depth, time, score


@njit(cache=True)
def best_around(
    unit,
    depth,
    time,
    radius,
    half_depth,
    extent,
    span,
    limit_depth,
    stations,
    picks,
    net,
    tabs,
    odds,
):
    """Sweep at nine places, and three depths where these matter; return the best."""
    top = -1e18
    top_limit = -1e18
    top_unit = unit
    top_depth = depth
    top_time = time
    for kz in range(3 if half_depth > 4.0 else 1):
        shift = 0.0 if kz == 0 else (1.2 * kz - 1.8) * half_depth
        z = min(max(depth + shift, 0.0), limit_depth)
        for kx in range(-1, 2):
            for ky in range(-1, 2):
                u = shifted(unit, ky * 0.8 * radius, kx * 0.8 * radius)
                s, t, b = sweep(u, z, extent, span, stations, picks, net, tabs, odds)
                top_limit = max(top_limit, b)
                if s > top:
                    top = s
                    top_unit = u
                    top_depth = z
                    top_time = t
    return top, top_limit, top_unit, top_depth, top_time
