"""Expectation-maximisation of the place, depth and time of one hypothesis."""

# Kernels get their types from the arguments; ``x == x`` is their test for NaN; they take what
# they need as plain arguments, since objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0124, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.network.association.kernels.evidence import evidence, total
from vigie.network.association.kernels.lookup import (
    delta_between,
    depth_index,
    lookup,
    seaz_of,
    shifted,
)

DAMPING = 1e-3
LARGEST_STEP_DEG = 5.0
STEP_DEG = 0.05
"""Of numerical derivatives."""


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
    best_unit = unit.copy()
    best_depth = depth
    best_time = origin
    best = -1e18
    best_normal = np.eye(4)
    for it in range(rounds + 1):
        share = min(1.0, it / max(rounds - 1, 1))
        wide = gate_first + share * (gate_last - gate_first)
        found = evidence(unit, depth, origin, wide, stations, picks, net, tabs)
        score = total(found[0], found[2], p)
        normal, right = equations((unit, depth), free_depth, found, stations, p, picks, net, tabs)
        # While the gate narrows scores are not comparable: the last ones count.
        if score > best or (share < 1.0 and (it == 0 or wide < gate_first)):
            best = score
            best_unit = unit.copy()
            best_depth = depth
            best_time = origin
            best_normal = normal.copy()
        if it == rounds:
            break
        step = step_of(normal, right, free_depth)
        unit = shifted(unit, step[0], step[1])
        if free_depth:
            depth = min(max(depth + step[2], 0.0), limit_depth)
        origin += step[3]
    return best_unit, best_depth, best_time, best, best_normal


@njit(cache=True)
def equations(place, free_depth, found, stations, p, picks, net, tabs):
    """Return the normal equations of all picks, weighted as members and as Laplace errors."""
    unit, depth = place
    index, branch, gain, residual, sigma = found
    nodes, branches = tabs[4], tabs[5]
    iz, fz = depth_index(nodes, depth)
    span = nodes[iz + 1] - nodes[iz]
    normal = np.zeros((4, 4))
    right = np.zeros(4)
    row = np.zeros(4)
    ahead_n = shifted(unit, STEP_DEG, 0.0)
    ahead_e = shifted(unit, 0.0, STEP_DEG)
    for a in range(len(stations)):
        if index[a, 0] < 0 and index[a, 1] < 0:
            continue
        j = stations[a]
        delta = delta_between(unit, net[0], j)
        dn = (delta_between(ahead_n, net[0], j) - delta) / STEP_DEG
        de = (delta_between(ahead_e, net[0], j) - delta) / STEP_DEG
        for kind in range(2):
            i = index[a, kind]
            if i < 0:
                continue
            member = member_of(gain[a, kind], p[a, kind])
            if member < 0.02:
                continue
            table = branches[branch[a, kind]]
            _, slope, by_depth = lookup(table, iz, fz, delta)
            row[0] = slope * dn
            row[1] = slope * de
            row[2] = by_depth / span if free_depth else 0.0
            row[3] = 1.0
            add(normal, right, row, 4, residual[a, kind], sigma[a, kind], member)
            add_azimuth(normal, right, row, i, j, unit, ahead_n, ahead_e, member, picks, net)
            if picks[6][i] == picks[6][i]:
                _, after, _ = lookup(table, iz, fz, min(delta + 0.6, 179.9))
                _, before, _ = lookup(table, iz, fz, max(delta - 0.6, 0.0))
                bend = (after - before) / 1.2
                d = picks[6][i] - abs(slope)
                s = math.sqrt(picks[7][i] ** 2 + 0.25)
                if bend == bend and abs(d) < 4.0 * s:
                    row[0] = bend * dn
                    row[1] = bend * de
                    add(normal, right, row, 2, d, s, member)
    return normal, right


@njit(cache=True, inline="always")
def member_of(gain, chance):
    """Return the probability that a pick is what it is taken for."""
    if gain > 30.0:
        return 1.0
    e = chance * math.exp(gain)
    return e / (1.0 - chance + e)


@njit(cache=True)
def add(normal, right, row, n, residual, sigma, member):
    """Add one observation to the equations of the first n unknowns."""
    weight = member / (sigma * sigma * max(abs(residual) / sigma, 0.5))
    for m in range(n):
        right[m] += weight * row[m] * residual
        for q in range(n):
            normal[m, q] += weight * row[m] * row[q]


@njit(cache=True)
def add_azimuth(normal, right, row, i, j, unit, ahead_n, ahead_e, member, picks, net):
    """Add the azimuth of pick i at station j, if it was measured and fits."""
    azimuth = picks[4][i]
    if azimuth != azimuth:
        return
    seaz = seaz_of(unit, net[1], net[2], j)
    d = (azimuth - seaz + 180.0) % 360.0 - 180.0
    s = math.sqrt(picks[5][i] ** 2 + 4.0)
    if abs(d) < 4.0 * s:
        to_n = (seaz_of(ahead_n, net[1], net[2], j) - seaz + 180.0) % 360.0 - 180.0
        to_e = (seaz_of(ahead_e, net[1], net[2], j) - seaz + 180.0) % 360.0 - 180.0
        row[0] = to_n / STEP_DEG
        row[1] = to_e / STEP_DEG
        add(normal, right, row, 2, d, s, member)


@njit(cache=True)
def step_of(normal, right, free_depth):
    """Solve the damped equations; no step is longer than 5 degrees."""
    system = normal.copy()
    for m in range(4):
        system[m, m] = system[m, m] * (1.0 + DAMPING) + 1e-9
    if not free_depth:
        system[2, 2] = 1.0
    else:
        # Weak pull to where the depth is, 30 km.
        system[2, 2] += 1.0 / 900.0
    system[3, 3] += 1e-6
    step = np.linalg.solve(system, right)
    size = math.sqrt(step[0] ** 2 + step[1] ** 2)
    if size > LARGEST_STEP_DEG:
        step *= LARGEST_STEP_DEG / size
    return step


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
