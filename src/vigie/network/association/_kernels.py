"""Numba kernels of the association; imported on first use, compiled once and cached.

Positions are unit vectors from the Earth's centre, so nothing is special at the poles or the
antimeridian. Times are seconds since the run's reference time. Arrays travel in tuples:

* ``picks`` = (time, gain of P, gain of S, sigma, azimuth, its sigma, slowness, its sigma,
  coda of an event over the rate of noise, s), sorted by station, then time; an azimuth or
  slowness that was not measured is NaN; a pick that is taken has gain -1e9.
* ``net`` = (unit, east and north vectors of the stations, first pick of each station, elevation
  terms of P and S).
* ``tabs`` = (first P, first S: time by depth and distance; their model sigmas by distance;
  depths; branches, see ``tables``).
"""

# Kernels get their types from the arguments: numba compiles them without annotations on
# locals, and splitting them into smaller functions would cost what they are for.
# ruff: noqa: ANN001, ANN202, PLR0124, PLR0912, PLR0913, PLR0915, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

FINE_STEP_DEG = 0.02
FINE_END_DEG = 20.0
COARSE_STEP_DEG = 0.25
N_FINE = 1000
TAKEN = -1e8
"""A gain below this belongs to a pick that is taken."""


@njit(cache=True, inline="always")
def _column(delta):
    if delta < FINE_END_DEG:
        x = delta / FINE_STEP_DEG
        i = int(x)
        return i, x - i, FINE_STEP_DEG
    x = (delta - FINE_END_DEG) / COARSE_STEP_DEG
    i = min(int(x), 639)
    return N_FINE + i, x - i, COARSE_STEP_DEG


@njit(cache=True)
def depth_index(depths, depth):
    """Return the depth interval and the place in it."""
    n = len(depths)
    if depth <= depths[0]:
        return 0, 0.0
    for k in range(n - 1):
        if depth <= depths[k + 1]:
            return k, (depth - depths[k]) / (depths[k + 1] - depths[k])
    return n - 2, 1.0


@njit(cache=True, inline="always")
def lookup(table, iz, fz, delta):
    """Return time, slowness (s/deg) and depth derivative times the interval of a table."""
    i, f, step = _column(delta)
    a0 = table[iz, i]
    a1 = table[iz, i + 1]
    b0 = table[iz + 1, i]
    b1 = table[iz + 1, i + 1]
    upper = a0 + f * (a1 - a0)
    lower = b0 + f * (b1 - b0)
    slope = ((1.0 - fz) * (a1 - a0) + fz * (b1 - b0)) / step
    return upper + fz * (lower - upper), slope, lower - upper


@njit(cache=True, inline="always")
def delta_between(u, v, j):
    """Return the angle between a direction and row j of directions, deg."""
    dx = u[0] - v[j, 0]
    dy = u[1] - v[j, 1]
    dz = u[2] - v[j, 2]
    half = 0.5 * math.sqrt(dx * dx + dy * dy + dz * dz)
    return math.degrees(2.0 * math.asin(min(half, 1.0)))


@njit(cache=True, inline="always")
def seaz_of(u, east, north, j):
    """Return the azimuth of a direction at station j, deg."""
    e = u[0] * east[j, 0] + u[1] * east[j, 1] + u[2] * east[j, 2]
    n = u[0] * north[j, 0] + u[1] * north[j, 1] + u[2] * north[j, 2]
    return math.degrees(math.atan2(e, n))


@njit(cache=True)
def shifted(u, north_deg, east_deg):
    """Move a direction along two tangents; they are arbitrary, but fixed, at the poles."""
    ex = -u[1]
    ey = u[0]
    norm = math.sqrt(ex * ex + ey * ey)
    if norm < 1e-9:
        ex, ey = 0.0, 1.0
    else:
        ex /= norm
        ey /= norm
    # north = u x east
    nx = -u[2] * ey
    ny = u[2] * ex
    nz = u[0] * ey - u[1] * ex
    size = math.sqrt(north_deg * north_deg + east_deg * east_deg)
    out = np.empty(3)
    if size == 0.0:
        out[:] = u
        return out
    c = math.cos(math.radians(size))
    s = math.sin(math.radians(size)) / size
    out[0] = c * u[0] + s * (north_deg * nx + east_deg * ex)
    out[1] = c * u[1] + s * (north_deg * ny + east_deg * ey)
    out[2] = c * u[2] + s * (north_deg * nz)
    norm = math.sqrt(out[0] ** 2 + out[1] ** 2 + out[2] ** 2)
    out /= norm
    return out


@njit(cache=True)
def bisect(values, low, high, x):
    """Return the first index in low..high whose value is not below x."""
    while low < high:
        mid = (low + high) // 2
        if values[mid] < x:
            low = mid + 1
        else:
            high = mid
    return low


@njit(cache=True, inline="always")
def _direction_gain(azimuth, azimuth_sigma, slowness, slowness_sigma, seaz, slope, blur, width):
    """Gain in nats of a measured direction over a uniform one, for a place that is known to blur.

    ``blur`` widens the azimuth (deg), ``width`` the slowness (s/deg). None of the two: 0.
    """
    gain = 0.0
    if azimuth == azimuth:
        b = azimuth_sigma / 1.41421356 + 0.5 * blur
        d = abs((azimuth - seaz + 180.0) % 360.0 - 180.0)
        d = max(d - blur, 0.0)
        # One reading in twenty has nothing to do with its source.
        gain += math.log(0.95 * 180.0 / b * math.exp(-d / b) + 0.05)
    if slowness == slowness:
        b = slowness_sigma / 1.41421356 + 0.5 * width
        d = max(abs(slowness - abs(slope)) - width, 0.0)
        gain += math.log(0.95 * 20.0 / b * math.exp(-d / b) + 0.05)
    return gain


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
def stack(window, cells, picks, net, tabs, levels, odds, floor):
    """Score all cells and origin times of a window on the coarse grid.

    Parameters
    ----------
    window : (start, end, first pick of each station, end pick of each station, least stations)
    cells : (unit vectors, radii deg, shares, depths km, half depths km, nearest stations,
        distances); the share of a cell is how much of what its size changes in travel times
        differs between stations: the rest is a change of origin time
    levels : numbers of nearest stations that are tried as the reach of the event
    odds : (p of P, p of S) at a station within reach
    floor : least score that is kept, by cell

    Returns
    -------
    ndarray, shape (n, 4)
        Cell, origin time, score, level of each local maximum in time.
    """
    start, end, low, high, least_stations = window
    units, radii, shares, depths, half_depths, near, near_delta = cells
    time, gain_p, gain_s, sigma, azimuth, azimuth_sigma, slowness, slowness_sigma, _ = picks
    _, east, north, _, rise_p, rise_s = net
    first_p, first_s, model_p, model_s, nodes, _ = tabs
    miss_p = math.log(1.0 - odds[0])
    miss_s = math.log(1.0 - odds[1])
    hit_p = math.log(odds[0]) - miss_p
    hit_s = math.log(odds[1]) - miss_s
    out = np.empty((1024, 4))
    n_out = 0
    n_stations = len(low)
    directed = np.zeros(n_stations, np.bool_)
    spread = np.zeros(n_stations)
    for j in range(n_stations):
        for i in range(low[j], high[j]):
            spread[j] += sigma[i] / (high[j] - low[j])
            if azimuth[i] == azimuth[i] or slowness[i] == slowness[i]:
                directed[j] = True
    for c in range(len(units)):
        heard = 0
        for a in range(near.shape[1]):
            heard += high[near[c, a]] > low[near[c, a]]
        if heard < least_stations:
            continue
        radius = radii[c]
        share = shares[c]
        iz, fz = depth_index(nodes, depths[c])
        layer = half_depths[c] / (nodes[iz + 1] - nodes[iz])
        # Time resolution: the blur that the cell's size gives to the nearest stations.
        _, slope_ref, by_depth_ref = lookup(
            first_p, iz, fz, near_delta[c, min(3, near.shape[1] - 1)]
        )
        if slope_ref != slope_ref:
            slope_ref = 8.0
            by_depth_ref = 0.0
        width = max(0.7 * share * (radius * abs(slope_ref) + 0.5 * layer * abs(by_depth_ref)), 0.3)
        n_bins = int((end - start) / width) + 2
        change = np.zeros(n_bins + 1)
        best = np.full(n_bins, -1e9)
        level = np.zeros(n_bins, np.int16)
        base = 0.0
        at_level = 0
        for a in range(near.shape[1]):
            j = near[c, a]
            delta = near_delta[c, a]
            if high[j] > low[j]:
                column, _, _ = _column(delta)
                for kind in range(2):
                    if kind == 0:
                        travel, slope, by_depth = lookup(first_p, iz, fz, delta)
                        travel += rise_p[j]
                        model = model_p[column]
                        hit = hit_p
                        gains = gain_p
                    else:
                        travel, slope, by_depth = lookup(first_s, iz, fz, delta)
                        travel += rise_s[j]
                        model = model_s[column]
                        hit = hit_s
                        gains = gain_s
                    if travel != travel:
                        continue
                    half = share * (radius * abs(slope) + layer * abs(by_depth)) + 1.2 * math.sqrt(
                        model * model + spread[j] * spread[j]
                    )
                    hit -= math.log(2.0 * half)
                    offset = travel + start
                    after = -1
                    for i in range(low[j], high[j]):
                        weight = gains[i] + hit
                        if weight <= 0.2:
                            continue
                        tau = time[i] - offset
                        if tau < 0.0 or tau >= end - start:
                            continue
                        if directed[j]:
                            angle = math.degrees(math.asin(min(1.0, radius / max(delta, radius))))
                            weight += _direction_gain(
                                azimuth[i], azimuth_sigma[i], slowness[i], slowness_sigma[i],
                                seaz_of(units[c], east, north, j), slope, angle,
                                0.3 + 0.15 * radius,
                            )  # fmt: skip
                            if weight <= 0.2:
                                continue
                        # Picks come in order of time: of two that overlap, one counts.
                        b0 = max(int((tau - half) / width), after)
                        b1 = min(int((tau + half) / width) + 1, n_bins)
                        b0 = max(b0, 0)
                        if b1 > b0:
                            change[b0] += weight
                            change[b1] -= weight
                            after = b1
            base += miss_p + miss_s
            if a + 1 == levels[at_level]:
                total = base
                for b in range(n_bins):
                    total += change[b]
                    if total > best[b]:
                        best[b] = total
                        level[b] = a + 1
                at_level += 1
                if at_level == len(levels):
                    break
        for b in range(n_bins):
            s = best[b]
            if s < floor[c]:
                continue
            if (b > 0 and best[b - 1] > s) or (b < n_bins - 1 and best[b + 1] >= s):
                continue
            if n_out == len(out):
                bigger = np.empty((2 * n_out, 4))
                bigger[:n_out] = out
                out = bigger
            out[n_out, 0] = c
            out[n_out, 1] = start + (b + 0.5) * width
            out[n_out, 2] = s
            out[n_out, 3] = level[b]
            n_out += 1
    return out[:n_out].copy()


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
    time, gain_p, gain_s, sigma, azimuth, azimuth_sigma, slowness, slowness_sigma, _ = picks
    station_units, east, north, first, rise_p, rise_s = net
    first_p, first_s, model_p, model_s, nodes, _ = tabs
    low_t, high_t = span
    radius, half_depth, share = extent
    iz, fz = depth_index(nodes, depth)
    cap = 256
    edges = np.empty(cap)
    steps = np.empty(cap)
    sharp = np.empty(cap)
    n = 0
    base = 0.0
    for j in stations:
        delta = delta_between(unit, station_units, j)
        seaz = 1e9
        for kind in range(2):
            p = odds[kind]
            base += math.log(1.0 - p)
            if kind == 0:
                travel, slope, by_depth = lookup(first_p, iz, fz, delta)
                travel += rise_p[j]
            else:
                travel, slope, by_depth = lookup(first_s, iz, fz, delta)
                travel += rise_s[j]
            if travel != travel:
                continue
            column, _, _ = _column(delta)
            model = model_p[column] if kind == 0 else model_s[column]
            layer = half_depth / (nodes[iz + 1] - nodes[iz])
            blur = share * (radius * abs(slope) + layer * abs(by_depth))
            reach = blur + 1.2 * model + 3.0
            i = bisect(time, first[j], first[j + 1], low_t + travel - reach)
            previous = -1
            while i < first[j + 1] and time[i] <= high_t + travel + reach:
                gain = gain_p[i] if kind == 0 else gain_s[i]
                if gain < TAKEN:
                    i += 1
                    continue
                full = math.sqrt(model * model + sigma[i] * sigma[i])
                half = blur + 1.2 * full
                weight = gain + math.log(p / (1.0 - p)) - math.log(2.0 * half)
                if azimuth[i] == azimuth[i] or slowness[i] == slowness[i]:
                    if seaz == 1e9:
                        seaz = seaz_of(unit, east, north, j)
                    spread = math.degrees(math.asin(min(1.0, radius / max(delta, radius, 1e-6))))
                    weight += _direction_gain(
                        azimuth[i], azimuth_sigma[i], slowness[i], slowness_sigma[i],
                        seaz, slope, spread, 0.3 + 0.15 * radius,
                    )  # fmt: skip
                tau = time[i] - travel
                i += 1
                if weight <= 0.0 or tau + half < low_t or tau - half > high_t:
                    continue
                start = tau - half
                if previous >= 0 and start < edges[previous]:
                    # Two picks of a station count once where they overlap.
                    start = edges[previous]
                    if start >= tau + half:
                        continue
                if n + 2 > cap:
                    cap *= 2
                    edges = np.concatenate((edges, np.empty(cap - n)))
                    steps = np.concatenate((steps, np.empty(cap - n)))
                    sharp = np.concatenate((sharp, np.empty(cap - n)))
                # A Laplace density at its peak is 0.707/sigma.
                bound = weight + math.log(half / (0.7071 * full))
                edges[n] = start
                steps[n] = weight
                sharp[n] = bound
                edges[n + 1] = tau + half
                steps[n + 1] = -weight
                sharp[n + 1] = -bound
                previous = n + 1
                n += 2
    if n == 0:
        return base, 0.5 * (low_t + high_t), base
    order = np.argsort(edges[:n])
    total = base
    limit = base
    best = -1e18
    best_limit = base
    best_time = 0.0
    for a in range(n):
        e = order[a]
        total += steps[e]
        limit += sharp[e]
        if total > best + 1e-9 and a + 1 < n:
            middle = 0.5 * (edges[e] + edges[order[a + 1]])
            if low_t <= middle <= high_t:
                best = total
                best_limit = limit
                best_time = middle
    if best == -1e18:
        return base, 0.5 * (low_t + high_t), base
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
    best_unit = unit.copy()
    best_depth = depth
    best_time = 0.5 * (low_t + high_t)
    score = -1e9
    while radius > least:
        fine = 0.5 * radius
        fine_depth = max(0.5 * half_depth, 2.0)
        top = -1e18
        top_limit = -1e18
        top_unit = best_unit
        top_depth = best_depth
        top_time = best_time
        n_deep = 3 if half_depth > 4.0 else 1
        for kz in range(n_deep):
            z = best_depth
            if kz == 1:
                z = best_depth - 0.6 * half_depth
            elif kz == 2:
                z = best_depth + 0.6 * half_depth
            z = min(max(z, 0.0), limit_depth)
            for kx in range(-1, 2):
                for ky in range(-1, 2):
                    u = shifted(best_unit, ky * 0.8 * radius, kx * 0.8 * radius)
                    s, t, b = sweep(
                        u, z, (fine, fine_depth, share), (low_t, high_t), stations, picks, net,
                        tabs, odds,
                    )  # fmt: skip
                    top_limit = max(top_limit, b)
                    if s > top:
                        top = s
                        top_unit = u
                        top_depth = z
                        top_time = t
        floor += rise
        if top_limit < needed or top < floor:
            return best_unit, best_depth, best_time, -1e9
        score = top
        best_unit = top_unit
        best_depth = top_depth
        # Moving the place by its radius moves the origin time by about as much.
        slack = 1.5 * (high_t - low_t) * 0.25 + 0.5
        best_time = top_time
        low_t = best_time - slack
        high_t = best_time + slack
        radius = fine
        half_depth = fine_depth if n_deep == 3 else half_depth
    return best_unit, best_depth, best_time, score


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
