"""What else an event causes: coda, and phases after the first P and S."""

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
)


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
        column, _, _ = column_of(delta)
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
    index, residual, nats : ndarray, shape (n stations,)
        Index -1 where nothing is explained; log likelihood ratio to noise and coda.
    """
    unit, depth, origin = source
    table, chance, is_p, model, least = phase
    station_units, east, north, first, rise_p, rise_s = net
    time, gain_p, _gain_s, sigma, azimuth, azimuth_sigma, slowness, slowness_sigma, _ = picks
    iz, fz = depth_index(tabs[4], depth)
    n = len(heard)
    index = np.full(n, -1, np.int64)
    residual = np.zeros(n)
    nats = np.zeros(n)
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
                value += direction_gain(
                    azimuth[i], azimuth_sigma[i], slowness[i], slowness_sigma[i],
                    seaz, slope, 2.0, 0.5,
                )  # fmt: skip
                if value > top:
                    top = value
                    index[j] = i
                    residual[j] = r
                    nats[j] = value
            i += 1
    return index, residual, nats
