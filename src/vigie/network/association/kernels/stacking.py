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

DEAF_FROM = 25
"""Stations from which on further odds of hearing are tried."""


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
def heard_by(low, high, picks):
    """Return picks in the window, their mean error, and whether any has a direction, by station."""
    sigma, azimuth, slowness = picks[3], picks[4], picks[6]
    n = len(low)
    directed = np.zeros(n, np.bool_)
    spread = np.zeros(n)
    for j in range(n):
        for i in range(low[j], high[j]):
            spread[j] += sigma[i] / (high[j] - low[j])
            if azimuth[i] == azimuth[i] or slowness[i] == slowness[i]:
                directed[j] = True
    return low, high, spread, directed


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
def levels_of(change, near, near_delta, span, place, extent, heard, levels, odds, picks, net, tabs):
    """Add station after station, nearest first; return the best of each bin.

    That is its score, its reach (how many stations) and the row of ``odds`` that it has.
    """
    first_p, first_s, model_p, model_s, _, _ = tabs
    unit, iz, fz = place
    radius, layer, share = extent
    low, high, spread, directed = heard
    n_odds, n_bins = len(change), change.shape[1] - 1
    best = np.full(n_bins, -1e9)
    level = np.zeros(n_bins, np.int16)
    row = np.zeros(n_bins, np.int16)
    base = np.zeros(n_odds)
    at_level = 0
    missed = np.log(1.0 - odds)
    hits = np.log(odds) - missed
    for a in range(len(near)):
        j = near[a]
        if high[j] > low[j]:
            delta = near_delta[a]
            column, _, _ = column_of(delta)
            direction = (1e9, 0.0)
            if directed[j]:
                angle = math.degrees(math.asin(min(1.0, radius / max(delta, radius))))
                direction = (seaz_of(unit, net[1], net[2], j), angle)
            for kind in range(2):
                table = first_p if kind == 0 else first_s
                travel, slope, by_depth = lookup(table, iz, fz, delta)
                if travel == travel:
                    travel += net[4][j] if kind == 0 else net[5][j]
                    model = model_p[column] if kind == 0 else model_s[column]
                    error = 1.2 * math.sqrt(model * model + spread[j] * spread[j])
                    half = share * (radius * abs(slope) + layer * abs(by_depth)) + error
                    lay(
                        change, (low[j], high[j]), kind, span, travel, half, hits[:, kind], slope,
                        direction, radius, picks,
                    )  # fmt: skip
        base += missed[:, 0] + missed[:, 1]
        if a + 1 == levels[at_level]:
            # Deafness shows over many stations; over few, the first odds do as well.
            n_tried = n_odds if a + 1 >= DEAF_FROM or at_level + 1 == len(levels) else 1
            for o in range(n_tried):
                total = base[o]
                for b in range(n_bins):
                    total += change[o, b]
                    if total > best[b]:
                        best[b] = total
                        level[b] = a + 1
                        row[b] = o
            at_level += 1
            if at_level == len(levels):
                break
    return best, level, row


@njit(cache=True)
def lay(change, rows, kind, span, travel, half, hits, slope, direction, radius, picks):
    """Add the intervals of origin time that the picks of one station open for one phase."""
    time, gain_p, gain_s, _, azimuth, azimuth_sigma, slowness, slowness_sigma, _ = picks
    gains = gain_p if kind == 0 else gain_s
    start, end, width = span
    seaz, angle = direction
    after = -1
    top = hits.max()
    for i in range(rows[0], rows[1]):
        weight = gains[i] + top - math.log(2.0 * half)
        tau = time[i] - start - travel
        if weight <= 0.2 or tau < 0.0 or tau >= end - start:
            continue
        if seaz < 1e9:
            weight += direction_gain(
                azimuth[i], azimuth_sigma[i], slowness[i], slowness_sigma[i],
                seaz, slope, angle, 0.3 + 0.15 * radius,
            )  # fmt: skip
            if weight <= 0.2:
                continue
        # Picks come in order of time: of two that overlap, one counts.
        b0 = max(int((tau - half) / width), after, 0)
        b1 = min(int((tau + half) / width) + 1, change.shape[1] - 1)
        if b1 > b0:
            after = b1
            for o in range(len(hits)):
                step = weight - top + hits[o]
                if step > 0.2:
                    change[o, b0] += step
                    change[o, b1] -= step


@njit(cache=True)
def stack(window, cells, picks, net, tabs, levels, odds, floor):
    """Score all cells and origin times of a window on the coarse grid.

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
    heard = heard_by(low, high, picks)
    out = np.empty((1024, 5))
    n_out = 0
    for c in range(len(units)):
        n_heard = 0
        for a in range(near.shape[1]):
            n_heard += high[near[c, a]] > low[near[c, a]]
        if n_heard < least_stations:
            continue
        iz, fz = depth_index(nodes, depths[c])
        layer = half_depths[c] / (nodes[iz + 1] - nodes[iz])
        extent = (radii[c], layer, shares[c])
        reference = near_delta[c, min(3, near.shape[1] - 1)]
        width = bin_width(extent, reference, tabs[0], iz, fz)
        change = np.zeros((len(odds), int((end - start) / width) + 3))
        place = (units[c], iz, fz)
        best, level, row = levels_of(
            change, near[c], near_delta[c], (start, end, width), place, extent, heard, levels,
            odds, picks, net, tabs,
        )  # fmt: skip
        for b in range(len(best)):
            s = best[b]
            if s < floor[c]:
                continue
            if (b > 0 and best[b - 1] > s) or (b < len(best) - 1 and best[b + 1] >= s):
                continue
            if n_out == len(out):
                bigger = np.empty((2 * n_out, 5))
                bigger[:n_out] = out
                out = bigger
            out[n_out, 0] = c
            out[n_out, 1] = start + (b + 0.5) * width
            out[n_out, 2] = s
            out[n_out, 3] = level[b]
            out[n_out, 4] = row[b]
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
