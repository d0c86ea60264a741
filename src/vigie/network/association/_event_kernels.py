"""Numba kernels that settle one hypothesis: expectation-maximisation of its place and time.

Layouts as in ``_kernels``. A station's evidence is a mixture: with probability p it caught the
phase, whose time residual is Laplace; else what is there is noise of known rate. So a pick is
never wholly in or out, and the score is a true likelihood ratio against noise.
"""

# Numba infers types from the arguments; ``x == x`` is its test for NaN.
# ruff: noqa: ANN001, ANN202, PLR0124, PLR0912, PLR0913, PLR0915, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.network.association._kernels import (
    TAKEN,
    _column,
    _direction_gain,
    bisect,
    delta_between,
    depth_index,
    lookup,
    seaz_of,
    shifted,
)

BRANCH_PRIOR = (math.log(0.65), math.log(0.25), math.log(0.1))
"""Share of the readings called P (or S) that are the first arrival, and the later branches."""


@njit(cache=True)
def best_pick(j, kind, origin, travel, slope, model, seaz, wide, picks, first, p_travel):
    """Return the pick of station j that fits a predicted time best: index, gain, residual, sigma.

    Index -1 where none lies within ``wide`` standard errors. A pick for S may be coda of the P
    that came at ``p_travel``.
    """
    time, gain_p, gain_s, sigma, azimuth, azimuth_sigma, slowness, slowness_sigma, coda = picks
    found = -1
    top = 0.0
    top_residual = 0.0
    top_sigma = 1.0
    reach = wide * math.sqrt(model * model + 1.0)
    i = bisect(time, first[j], first[j + 1], origin + travel - reach)
    while i < first[j + 1] and time[i] <= origin + travel + reach:
        gain = gain_p[i] if kind == 0 else gain_s[i]
        residual = time[i] - origin - travel
        full = math.sqrt(model * model + sigma[i] * sigma[i])
        if gain > TAKEN and abs(residual) <= wide * full:
            b = full / 1.41421356
            value = gain - math.log(2.0 * b) - abs(residual) / b
            if kind == 1 and p_travel == p_travel:
                lapse = max(time[i] - origin - p_travel, 0.0) + 2.0
                value -= math.log(1.0 + 2.0 * coda[i] / lapse)
            value += _direction_gain(
                azimuth[i], azimuth_sigma[i], slowness[i], slowness_sigma[i], seaz, slope, 2.0, 0.5
            )
            if found < 0 or value > top:
                found = i
                top = value
                top_residual = residual
                top_sigma = full
        i += 1
    return found, top, top_residual, top_sigma


@njit(cache=True)
def evidence(unit, depth, origin, wide, stations, picks, net, tabs):
    """Collect each station's best pick for the first P and the first S.

    Returns
    -------
    index, branch, gain, residual, sigma : ndarray, shape (n stations, 2)
        Columns P and S; index -1 where there is none, -2 where the phase does not exist.
    """
    station_units, east, north, first, rise_p, rise_s = net
    _first_p, _first_s, model_p, model_s, nodes, branches = tabs
    n = len(stations)
    index = np.full((n, 2), -2, np.int64)
    branch = np.zeros((n, 2), np.int64)
    gain = np.zeros((n, 2))
    residual = np.zeros((n, 2))
    sigma = np.ones((n, 2))
    iz, fz = depth_index(nodes, depth)
    for a in range(n):
        j = stations[a]
        delta = delta_between(unit, station_units, j)
        seaz = seaz_of(unit, east, north, j)
        column, _, _ = _column(delta)
        p_travel, _, _ = lookup(branches[0], iz, fz, delta)
        p_travel += rise_p[j]
        for kind in range(2):
            model = model_p[column] if kind == 0 else model_s[column]
            rise = rise_p[j] if kind == 0 else rise_s[j]
            for o in range(3 - kind):
                travel, slope, _ = lookup(branches[3 * kind + o], iz, fz, delta)
                travel += rise
                if travel != travel:
                    continue
                i, g, r, s = best_pick(
                    j, kind, origin, travel, slope, model, seaz, wide, picks, first, p_travel
                )
                if index[a, kind] == -2:
                    index[a, kind] = -1
                if i < 0:
                    continue
                g += BRANCH_PRIOR[o]
                if index[a, kind] < 0 or g > gain[a, kind]:
                    index[a, kind] = i
                    branch[a, kind] = 3 * kind + o
                    gain[a, kind] = g
                    residual[a, kind] = r
                    sigma[a, kind] = s
    # One pick is not both P and S.
    for a in range(n):
        if index[a, 0] >= 0 and index[a, 0] == index[a, 1]:
            worse = 0 if gain[a, 1] > gain[a, 0] else 1
            index[a, worse] = -1
    return index, branch, gain, residual, sigma


@njit(cache=True)
def mixture(index, gain, p):
    """Return the log likelihood ratio of a station's evidence against noise."""
    if index == -2 or p <= 0.0:
        return 0.0
    if index == -1:
        return math.log(1.0 - p)
    if gain > 30.0:
        return math.log(p) + gain
    return math.log(1.0 - p + p * math.exp(gain))


@njit(cache=True)
def total(index, gain, p):
    """Sum the log likelihood ratios of all stations and both phases; p has shape (n, 2)."""
    score = 0.0
    for a in range(len(index)):
        for kind in range(2):
            score += mixture(index[a, kind], gain[a, kind], p[a, kind])
    return score


@njit(cache=True)
def settle(start, free_depth, limits, stations, p, picks, net, tabs):
    """Improve place and time by expectation-maximisation with Gauss-Newton steps.

    Parameters
    ----------
    start : (unit vector, depth km, origin time)
    free_depth : whether the depth moves
    limits : (rounds, first gate, last gate in standard errors, depth limit km)
    p : probability that each station catches P and S, shape (n, 2)

    Returns
    -------
    unit, depth, time, score, normal matrix (north deg, east deg, depth km, time s)
    """
    unit, depth, origin = start
    rounds, gate_first, gate_last, limit_depth = limits
    station_units, east, north, _, _rise_p, _rise_s = net
    _first_p, _first_s, _model_p, _model_s, nodes, branches = tabs
    azimuth, azimuth_sigma, slowness, slowness_sigma = picks[4], picks[5], picks[6], picks[7]
    best_unit = unit.copy()
    best_depth = depth
    best_time = origin
    best = -1e18
    best_normal = np.eye(4)
    damping = 1e-3
    for it in range(rounds + 1):
        share = min(1.0, it / max(rounds - 1, 1))
        wide = gate_first + share * (gate_last - gate_first)
        index, branch, gain, residual, sigma = evidence(
            unit, depth, origin, wide, stations, picks, net, tabs
        )
        score = total(index, gain, p)
        iz, fz = depth_index(nodes, depth)
        span = nodes[iz + 1] - nodes[iz]
        normal = np.zeros((4, 4))
        right = np.zeros(4)
        row = np.zeros(4)
        ahead_n = shifted(unit, 0.05, 0.0)
        ahead_e = shifted(unit, 0.0, 0.05)
        for a in range(len(stations)):
            j = stations[a]
            for kind in range(2):
                i = index[a, kind]
                if i < 0:
                    continue
                g = gain[a, kind]
                chance = p[a, kind]
                if g > 30.0:
                    member = 1.0
                else:
                    e = chance * math.exp(g)
                    member = e / (1.0 - chance + e)
                if member < 0.02:
                    continue
                delta = delta_between(unit, station_units, j)
                table = branches[branch[a, kind]]
                _, slope, by_depth = lookup(table, iz, fz, delta)
                dn = (delta_between(ahead_n, station_units, j) - delta) / 0.05
                de = (delta_between(ahead_e, station_units, j) - delta) / 0.05
                r = residual[a, kind]
                s = sigma[a, kind]
                weight = member / (s * s * max(abs(r) / s, 0.5))
                row[0] = slope * dn
                row[1] = slope * de
                row[2] = by_depth / span if free_depth else 0.0
                row[3] = 1.0
                for m in range(4):
                    right[m] += weight * row[m] * r
                    for q in range(4):
                        normal[m, q] += weight * row[m] * row[q]
                if azimuth[i] == azimuth[i]:
                    seaz = seaz_of(unit, east, north, j)
                    an = (seaz_of(ahead_n, east, north, j) - seaz + 180.0) % 360.0 - 180.0
                    ae = (seaz_of(ahead_e, east, north, j) - seaz + 180.0) % 360.0 - 180.0
                    d = (azimuth[i] - seaz + 180.0) % 360.0 - 180.0
                    s = math.sqrt(azimuth_sigma[i] ** 2 + 4.0)
                    if abs(d) < 4.0 * s:
                        weight = member / (s * s * max(abs(d) / s, 0.5))
                        row[0] = an / 0.05
                        row[1] = ae / 0.05
                        for m in range(2):
                            right[m] += weight * row[m] * d
                            for q in range(2):
                                normal[m, q] += weight * row[m] * row[q]
                if slowness[i] == slowness[i]:
                    _, after, _ = lookup(table, iz, fz, min(delta + 0.6, 179.9))
                    _, before, _ = lookup(table, iz, fz, max(delta - 0.6, 0.0))
                    bend = (after - before) / 1.2
                    d = slowness[i] - abs(slope)
                    s = math.sqrt(slowness_sigma[i] ** 2 + 0.25)
                    if bend == bend and abs(d) < 4.0 * s:
                        weight = member / (s * s * max(abs(d) / s, 0.5))
                        row[0] = bend * dn
                        row[1] = bend * de
                        for m in range(2):
                            right[m] += weight * row[m] * d
                            for q in range(2):
                                normal[m, q] += weight * row[m] * row[q]
        # While the gate narrows scores are not comparable: the last ones count.
        if score > best or (share < 1.0 and (it == 0 or wide < gate_first)):
            best = score
            best_unit = unit.copy()
            best_depth = depth
            best_time = origin
            best_normal = normal.copy()
        if it == rounds:
            break
        system = normal.copy()
        for m in range(4):
            system[m, m] = system[m, m] * (1.0 + damping) + 1e-9
        if not free_depth:
            system[2, 2] = 1.0
        else:
            # Weak pull to where the depth is, 30 km.
            system[2, 2] += 1.0 / 900.0
        system[3, 3] += 1e-6
        step = np.linalg.solve(system, right)
        size = math.sqrt(step[0] ** 2 + step[1] ** 2)
        largest = 5.0
        if size > largest:
            step *= largest / size
        unit = shifted(unit, step[0], step[1])
        if free_depth:
            depth = min(max(depth + step[2], 0.0), limit_depth)
        origin += step[3]
    return best_unit, best_depth, best_time, best, best_normal


@njit(cache=True)
def settle_depths(start, trial_depths, limits, stations, p, picks, net, tabs, prior_scale):
    """Settle at trial depths above and below and keep the best under the depth prior.

    Each direction ends after two depths in a row that are clearly worse than the best.
    """
    unit, depth, origin = start
    top = settle((unit, depth, origin), False, limits, stations, p, picks, net, tabs)
    top_value = top[3] + depth_prior(depth, prior_scale)
    n = len(trial_depths)
    below = 0
    while below < n and trial_depths[below] <= depth:
        below += 1
    for direction in range(2):
        k = below if direction == 0 else below - 1
        worse = 0
        while 0 <= k < n and worse < 2:
            z = trial_depths[k]
            # A shift of depth moves the origin time: start each from the last good one.
            begin = (top[0], z, origin_shift(top, z, stations, net, tabs, p))
            got = settle(begin, False, limits, stations, p, picks, net, tabs)
            value = got[3] + depth_prior(z, prior_scale)
            worse = worse + 1 if value < top_value - 3.0 else 0
            if value > top_value:
                top = got
                top_value = value
            k += 1 if direction == 0 else -1
    return top


@njit(cache=True)
def depth_prior(depth, scale):
    """Log of the prior density of depth, relative to the surface: 9 in 10 shallow, 1 uniform."""
    return math.log(0.9 * math.exp(-depth / scale) + 0.1 * scale / 700.0)


@njit(cache=True)
def origin_shift(solution, depth, stations, net, tabs, p):
    """Return the origin time that keeps the mean P time of the likely stations at a new depth."""
    unit, old, origin = solution[0], solution[1], solution[2]
    station_units, rise = net[0], net[4]
    nodes = tabs[4]
    iz0, fz0 = depth_index(nodes, old)
    iz1, fz1 = depth_index(nodes, depth)
    weight = 1e-12
    change = 0.0
    for a in range(len(stations)):
        j = stations[a]
        delta = delta_between(unit, station_units, j)
        before, _, _ = lookup(tabs[0], iz0, fz0, delta)
        after, _, _ = lookup(tabs[0], iz1, fz1, delta)
        if before == before and after == after:
            w = p[a, 0] ** 2
            weight += w
            change += w * (after - before)
    return origin - change / weight + 0.0 * rise[0]


@njit(cache=True)
def fit_detection(index, gain, loss, scatter, qualities, sizes, log_weights, ratios):
    """Fit who should have heard: the event's size and the share of working stations.

    p(P) = quality * Phi((size - loss)/scatter), p(S) = ratio * p(P). All combinations are
    tried; the score is summed over sizes with their weights and averaged over the rest, the
    probabilities are those of the best.

    Returns
    -------
    score, p (n, 2), size
    """
    n = len(index)
    best = -1e18
    p = np.zeros((n, 2))
    keep = (0.0, 0.0, 0.0)
    scores = np.empty(len(qualities) * len(sizes) * len(ratios))
    m = 0
    reach = np.empty(n)
    for b in range(len(sizes)):
        size = sizes[b]
        for a in range(n):
            reach[a] = 1.0 / (1.0 + math.exp(-1.7 * (size - loss[a]) / scatter))
        for quality in qualities:
            score_p = log_weights[b]
            for a in range(n):
                score_p += mixture(index[a, 0], gain[a, 0], max(quality * reach[a], 1e-4))
            for ratio in ratios:
                score = score_p
                for a in range(n):
                    score += mixture(index[a, 1], gain[a, 1], max(ratio * quality * reach[a], 1e-4))
                scores[m] = score
                m += 1
                if score > best:
                    best = score
                    keep = (size, quality, ratio)
    mean = 0.0
    for k in range(m):
        mean += math.exp(scores[k] - best)
    size, quality, ratio = keep
    for a in range(n):
        r = 1.0 / (1.0 + math.exp(-1.7 * (size - loss[a]) / scatter))
        p[a, 0] = max(quality * r, 1e-4)
        p[a, 1] = max(ratio * quality * r, 1e-4)
    return best + math.log(mean / (len(qualities) * len(ratios))), p, size


@njit(cache=True)
def wake(source, stations, p, member, coda_rate, picks, net, tabs, rate_hz):
    """Add the coda of an event to the rates of what is picked after it.

    At a station that should have heard, coda_rate / (t - t_P + 2 s) per second is added from
    just before P until well after S.

    Returns
    -------
    float
        Detections expected of the coda at all stations.
    """
    unit, depth, origin = source
    station_units, _, _, first, rise_p, _rise_s = net
    first_p, first_s, model_p, _, nodes, _ = tabs
    time = picks[0]
    iz, fz = depth_index(nodes, depth)
    expected = 0.0
    for a in range(len(stations)):
        j = stations[a]
        heard = max(p[a, 0], member[a, 0], member[a, 1])
        if heard < 0.01:
            continue
        delta = delta_between(unit, station_units, j)
        p_travel, _, _ = lookup(first_p, iz, fz, delta)
        s_travel, _, _ = lookup(first_s, iz, fz, delta)
        if p_travel != p_travel:
            continue
        if s_travel != s_travel:
            s_travel = 1.8 * p_travel
        start = origin + p_travel + rise_p[j]
        lag = s_travel - p_travel
        tail = 2.0 * lag + 30.0
        column, _, _ = _column(delta)
        early = 4.0 + 6.0 * model_p[column]
        expected += heard * (
            2.0 * coda_rate * (2.0 + math.log(0.5 * tail + 1.0))
            + coda_rate * math.log(0.5 * (tail - lag + 3.0) + 1.0)
            + 0.3
        )
        i = bisect(time, first[j], first[j + 1], start - early)
        while i < first[j + 1] and time[i] < start + tail:
            lapse = max(time[i] - start, 0.0) + 2.0
            if time[i] > start - 4.0:
                rate_hz[i] += heard * coda_rate / lapse * 2.0
            if abs(time[i] - start) < early:
                # A reading of the first P itself that is badly off.
                rate_hz[i] += heard * 0.15 / early
            after_s = time[i] - start - lag + 3.0
            if after_s > 0.0:
                rate_hz[i] += heard * coda_rate / (after_s + 2.0)
            i += 1
    return expected


@njit(cache=True)
def explain(source, heard, phase, picks, net, tabs, rate_hz):
    """Find the free picks that a further phase of an event explains.

    Parameters
    ----------
    source : (unit vector, depth km, origin time)
    heard : chance that each station of the network caught the event, shape (n stations,)
    phase : (table, chance at a station that caught P, whether it is P-type at the station,
        model error s, least log odds)
    rate_hz : noise rate of each pick

    Returns
    -------
    index, residual : ndarray, shape (n stations,)
        Index -1 where nothing is explained.
    """
    unit, depth, origin = source
    table, chance, is_p, model, least = phase
    station_units, east, north, first, rise_p, rise_s = net
    time, gain_p, _gain_s, sigma, azimuth, azimuth_sigma, slowness, slowness_sigma, _ = picks
    iz, fz = depth_index(tabs[4], depth)
    n = len(heard)
    index = np.full(n, -1, np.int64)
    residual = np.zeros(n)
    for j in range(n):
        if heard[j] < 0.05 or first[j + 1] == first[j]:
            continue
        delta = delta_between(unit, station_units, j)
        travel, slope, _ = lookup(table, iz, fz, delta)
        if travel != travel:
            continue
        travel += rise_p[j] if is_p else rise_s[j]
        seaz = seaz_of(unit, east, north, j)
        top = least
        i = bisect(time, first[j], first[j + 1], origin + travel - 4.0 * model - 2.0)
        while i < first[j + 1] and time[i] <= origin + travel + 4.0 * model + 2.0:
            if gain_p[i] > TAKEN:
                b = math.sqrt(model * model + sigma[i] * sigma[i]) / 1.41421356
                r = time[i] - origin - travel
                # Against noise and coda alone: labels of later phases are often wrong.
                value = math.log(heard[j] * chance / rate_hz[i] / (2.0 * b)) - abs(r) / b
                value += _direction_gain(
                    azimuth[i], azimuth_sigma[i], slowness[i], slowness_sigma[i],
                    seaz, slope, 2.0, 0.5,
                )  # fmt: skip
                if value > top:
                    top = value
                    index[j] = i
                    residual[j] = r
            i += 1
    return index, residual
