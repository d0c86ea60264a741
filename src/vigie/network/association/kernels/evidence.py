"""What each pick tells of a place and time: the likelihood ratio of a station's evidence.

A station's evidence is a mixture: with probability p it caught the phase, whose time residual is
Laplace; else what is there is noise of known rate. So a pick is never wholly in or out, and the
score is a true likelihood ratio against noise.
"""

# Kernels get their types from the arguments; ``x == x`` is their test for NaN; they take what
# they need as plain arguments, since objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0124, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.network.association.kernels.lookup import (
    bisect,
    column_of,
    delta_between,
    depth_index,
    lookup,
    seaz_of,
)

TAKEN = -1e8
"""A gain below this belongs to a pick that is taken."""
BRANCH_PRIOR = (math.log(0.65), math.log(0.25), math.log(0.1))
"""Share of the readings called P (or S) that are the first arrival, and the later branches."""


@njit(cache=True, inline="always")
def direction_gain(azimuth, azimuth_sigma, slowness, slowness_sigma, seaz, slope, blur, width):
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
            value += direction_gain(
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
        column, _, _ = column_of(delta)
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
