"""The coarse grid: origin times at which the evidence of near stations falls together."""

# Kernels get their types from the arguments; ``x == x`` is their test for NaN; they take what
# they need as plain arguments, since objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0124, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.network.association.kernels.evidence import direction_gain
from vigie.network.association.kernels.lookup import (
    column_of,
    delta_between,
    depth_index,
    lookup,
    seaz_of,
)
from vigie.network.association.kernels.sums import (
    LEAST_STEP,
    MARGIN,
    peaks,
    room_of,
    sums_of,
)


@njit(cache=True)
def nearest(cell_units, station_units, n_near):
    """Return, for each cell, its nearest stations in order, with their distances in deg."""
    n_cells = len(cell_units)
    index = np.empty((n_cells, n_near), np.int32)
    delta = np.empty((n_cells, n_near), np.float32)
    all_delta = np.empty(len(station_units))
    for c in range(n_cells):
        for j in range(len(station_units)):
            all_delta[j] = delta_between(cell_units[c], station_units, j)
        order = np.argsort(all_delta, kind="mergesort")[:n_near]
        for k in range(n_near):
            index[c, k] = order[k]
            delta[c, k] = all_delta[order[k]]
    return index, delta


@njit(cache=True)
def heard_by(low, high, top, picks, tabs):
    """Return what the stations heard in the window.

    Returns
    -------
    spread, directed : ndarray, shape (n stations,)
        Mean error of the picks; whether any has a direction.
    first : ndarray, shape (2, n stations + 1)
        Where those picks begin that may open an interval in any cell, by phase, then station.
    pick, time, gain : ndarray, shape (m,)
        Those picks.
    """
    all_times, gain_p, gain_s, sigma, azimuth, _, slowness, _, _ = picks
    n = len(low)
    directed = np.zeros(n, np.bool_)
    spread = np.zeros(n)
    first = np.zeros((2, n + 1), np.int64)
    pick = np.empty(2 * np.sum(high - low), np.int64)
    gain = np.empty(len(pick))
    for j in range(n):
        for i in range(low[j], high[j]):
            spread[j] += sigma[i] / (high[j] - low[j])
            if azimuth[i] == azimuth[i] or slowness[i] == slowness[i]:
                directed[j] = True
    m = 0
    for kind in range(2):
        gains = gain_p if kind == 0 else gain_s
        model = tabs[2].min() if kind == 0 else tabs[3].min()
        for j in range(n):
            first[kind, j] = m
            loss = math.log(2.4 * math.sqrt(model * model + spread[j] * spread[j]))
            for i in range(low[j], high[j]):
                if gains[i] + top[kind] - loss > LEAST_STEP - MARGIN:
                    pick[m], gain[m] = i, gains[i]
                    m += 1
        first[kind, n] = m
    pick = pick[:m].copy()
    return spread, directed, first, pick, all_times[pick], gain[:m].copy()


@njit(cache=True)
def bin_width(extent, delta, first_p, iz, fz):
    """Return the time resolution of a cell: the blur that its size gives to near stations."""
    radius, layer, share = extent
    _, slope, by_depth = lookup(first_p, iz, fz, delta)
    if slope != slope:
        slope = 8.0
        by_depth = 0.0
    return max(0.7 * share * (radius * abs(slope) + 0.5 * layer * abs(by_depth)), 0.3)


@njit(cache=True)
def openings(near, near_delta, span, place, extent, heard, top, opened, picks, net, tabs):
    """Open the intervals of origin time at which picks fit a cell; return their number.

    They are written to ``opened``, station after station, nearest first.
    """
    unit, iz, fz = place
    radius, layer, share = extent
    spread, directed, first, pick, time, gain = heard
    begin, stop, gained, phase, ends = opened
    start, end, width, n_bins = span
    _, _, _, _, azimuth, azimuth_sigma, slowness, slowness_sigma, _ = picks
    _, east, north, _, rise_p, rise_s = net
    first_p, first_s, model_p, model_s, _, _ = tabs
    n = 0
    for a in range(len(near)):
        j = near[a]
        delta = near_delta[a]
        for kind in range(2):
            if first[kind, j] == first[kind, j + 1]:
                continue
            # Choosing between arrays would count references to them, at some cost.
            if kind == 0:
                travel, slope, by_depth = lookup(first_p, iz, fz, delta)
            else:
                travel, slope, by_depth = lookup(first_s, iz, fz, delta)
            if travel != travel:
                continue
            travel += rise_p[j] if kind == 0 else rise_s[j]
            column, _, _ = column_of(delta)
            model = model_p[column] if kind == 0 else model_s[column]
            error = 1.2 * math.sqrt(model * model + spread[j] * spread[j])
            half = share * (radius * abs(slope) + layer * abs(by_depth)) + error
            loss = math.log(2.0 * half)
            after = 0
            for k in range(first[kind, j], first[kind, j + 1]):
                weight = gain[k] + top[kind] - loss
                tau = time[k] - start - travel
                if weight <= LEAST_STEP or tau < 0.0 or tau >= end - start:
                    continue
                if directed[j]:
                    i = pick[k]
                    angle = math.degrees(math.asin(min(1.0, radius / max(delta, radius))))
                    weight += direction_gain(
                        azimuth[i], azimuth_sigma[i], slowness[i], slowness_sigma[i],
                        seaz_of(unit, east, north, j), slope, angle, 0.3 + 0.15 * radius,
                    )  # fmt: skip
                    if weight <= LEAST_STEP:
                        continue
                # Picks come in order of time: of two that overlap, one counts.
                b0 = max(int((tau - half) / width), after)
                b1 = min(int((tau + half) / width) + 1, n_bins)
                if b1 > b0:
                    after = b1
                    begin[n], stop[n] = b0, b1
                    gained[n], phase[n] = weight - top[kind], kind
                    n += 1
        ends[a] = n
    return n


@njit(cache=True)
def room_for(cells, low, high, span_s, nodes, table):
    """Return width and number of bins of each cell, and its stations heard and picks."""
    _, radii, shares, depths, half_depths, near, near_delta = cells
    n = len(radii)
    width, n_bins = np.empty(n), np.empty(n, np.int64)
    n_heard, n_picks = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for c in range(n):
        iz, fz = depth_index(nodes, depths[c])
        extent = (radii[c], half_depths[c] / (nodes[iz + 1] - nodes[iz]), shares[c])
        reference = near_delta[c, min(3, near.shape[1] - 1)]
        width[c] = bin_width(extent, reference, table, iz, fz)
        n_bins[c] = int(span_s / width[c]) + 2
        for a in range(near.shape[1]):
            found = high[near[c, a]] - low[near[c, a]]
            n_heard[c] += found > 0
            n_picks[c] += found
    return width, n_bins, n_heard, n_picks


@njit(cache=True)
def stack(window, cells, picks, net, tabs, levels, odds, floor):
    """Score all cells and origin times of a window on the coarse grid.

    Sums change only where the interval of a pick begins or ends, so they are taken there only;
    and only where a bound on all of them reaches the floor.

    Parameters
    ----------
    window : (start, end, first pick of each station, end pick of each station, least stations)
    cells : (unit vectors, radii deg, shares, depths km, half depths km, nearest stations,
        distances); the share of a cell is how much of what its size changes in travel times
        differs between stations: the rest is a change of origin time
    levels : numbers of nearest stations that are tried as the reach of the event
    odds : array, shape (k, 2): p of P and p of S at a station within reach; all are tried
    floor : least score that is kept, by cell

    Returns
    -------
    ndarray, shape (n, 5)
        Cell, origin time, score, level and row of ``odds`` of each local maximum in time.
    """
    start, end, low, high, least_stations = window
    units, radii, shares, depths, half_depths, near, near_delta = cells
    nodes = tabs[4]
    hits = np.log(odds) - np.log(1.0 - odds)
    top = (hits[:, 0].max(), hits[:, 1].max())
    heard = heard_by(low, high, top, picks, tabs)
    sums = sums_of(levels, odds)
    widths, n_bins, n_heard, n_picks = room_for(cells, low, high, end - start, nodes, tabs[0])
    room = room_of(2 * n_picks.max(), near.shape[1], n_bins.max(), len(sums[0]))
    value, which, peak = room[3][0], room[3][1], room[4]
    out = np.empty((1024, 5))
    n_out = 0
    for c in range(len(units)):
        if n_heard[c] < least_stations:
            continue
        iz, fz = depth_index(nodes, depths[c])
        extent = (radii[c], half_depths[c] / (nodes[iz + 1] - nodes[iz]), shares[c])
        n = openings(
            near[c], near_delta[c], (start, end, widths[c], n_bins[c]), (units[c], iz, fz),
            extent, heard, top, room[0], picks, net, tabs,
        )  # fmt: skip
        for k in range(peaks(n, n_bins[c], odds, sums, floor[c], room)):
            if n_out == len(out):
                bigger = np.empty((2 * n_out, 5))
                bigger[:n_out] = out
                out = bigger
            e = peak[k, 0]
            out[n_out, 0] = c
            out[n_out, 1] = start + (peak[k, 1] + 0.5) * widths[c]
            out[n_out, 2] = value[e]
            out[n_out, 3] = sums[1][which[e]]
            out[n_out, 4] = sums[0][which[e]]
            n_out += 1
    return out[:n_out].copy()


@njit(cache=True)
def thin(candidates, radii, touching, time_per_deg, n_keep):
    """Drop candidates beside a better one; return the indices of those kept, best first.

    Two are neighbours when their cells touch and their origin times differ by less than half
    the travel time across both cells.
    """
    starts, members = touching
    order = np.argsort(-candidates[:, 2], kind="mergesort")
    head = np.full(len(radii), -1, np.int64)
    link = np.full(len(candidates), -1, np.int64)
    kept = np.empty(min(len(candidates), n_keep), np.int64)
    m = 0
    for o in order:
        if m == n_keep:
            break
        c = int(candidates[o, 0])
        t = candidates[o, 1]
        free = True
        for q in range(starts[c], starts[c + 1]):
            d = members[q]
            reach = 0.5 * (radii[c] + radii[d]) * time_per_deg + 0.5
            other = head[d]
            while other >= 0 and free:
                free = abs(candidates[other, 1] - t) >= reach
                other = link[other]
            if not free:
                break
        if free:
            link[o] = head[c]
            head[c] = o
            kept[m] = o
            m += 1
    return kept[:m].copy()
