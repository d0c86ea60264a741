"""Start networks, the sensors that join them, and the wave that aligns all sensors best."""

# Kernels get their types from the arguments; they take what they need as plain arguments, since
# objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def,assignment"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.signal.pmcc.fractional import BEFORE, TAPS
from vigie.signal.pmcc.kernels.correlations import (
    CHUNK,
    PEAKS,
    between,
    correlate,
    energies,
    highest,
    maximum_near,
    sine_of,
)
from vigie.signal.pmcc.kernels.planes import closure, closure_with_last, is_known, misfit, plane

WAVES = 32
"""Different waves remembered in a window."""
HIGHEST = 1.1
"""What a pair counts at most: interpolation exceeds 1 a little, a blast that is in the shifted
window only by orders of magnitude."""


@njit(cache=True)
def grow(correlations, sampling, wave, members, tau, array):
    """Add sensors to three as long as they close and lie on a plane.

    Parameters
    ----------
    correlations : (all lags of all pairs in a window, first of each pair, its reach)
    sampling : (samples per second, lags on either side of a prediction)
    wave : (closure allowed s, least and largest slowness s/km)
    members : elements so far, filled further
    tau : delays of pairs, s, filled further
    array : (offsets km, order of elements, usable elements)

    Returns
    -------
    number of members (0: no possible wave), slowness east, north (s/km)
    """
    row, start_of, reach_of = correlations
    rate, half = sampling
    limit, least, most = wave
    offsets, order, usable = array
    n = 3
    east, north, det = plane(tau, members, n, offsets)
    size = math.hypot(east, north)
    if det == 0.0 or size > most or size < least:
        return 0, 0.0, 0.0
    for k in order:
        if not usable[k] or k in members[:n]:
            continue
        fine = True
        for a in range(n):
            i, j = min(members[a], k), max(members[a], k)
            due = (offsets[j, 0] - offsets[i, 0]) * east + (offsets[j, 1] - offsets[i, 1]) * north
            reach = reach_of[i, j]
            pair = row[start_of[i, j] : start_of[i, j] + 2 * reach + 1]
            lag, height = maximum_near(pair, reach, due * rate, half)
            if height <= 0.0:
                fine = False
                break
            tau[i, j] = lag / rate
            tau[j, i] = -tau[i, j]
        if not fine:
            continue
        members[n] = k
        # In the closure of all triplets a wrong sensor would be diluted by the good ones.
        if closure_with_last(tau, members, n + 1) > limit:
            continue
        new_east, new_north, det = plane(tau, members, n + 1, offsets)
        size = math.hypot(new_east, new_north)
        if size > most or size < least:
            continue
        # Noise meets one coherent wave at the same lag on all other sensors: it closes, but
        # does not lie on the plane.
        if misfit(tau, members, n + 1, offsets, new_east, new_north) > limit:
            continue
        n += 1
        east, north = new_east, new_north
    return n, east, north


@njit(cache=True)
def coherence(correlations, sampling, east, north, offsets, usable, least):
    """Return the mean correlation of the pairs of all usable elements along a wave.

    0 as soon as it cannot exceed ``least`` any more.
    """
    row, start_of, reach_of = correlations
    rate, sine = sampling
    number = 0
    for i in range(len(offsets)):
        number += usable[i]
    number = number * (number - 1) // 2
    missing = number * (HIGHEST - least)
    total = 0.0
    for i in range(len(offsets)):
        if not usable[i]:
            continue
        for j in range(i + 1, len(offsets)):
            if not usable[j]:
                continue
            due = (offsets[j, 0] - offsets[i, 0]) * east + (offsets[j, 1] - offsets[i, 1]) * north
            reach = reach_of[i, j]
            middle = min(max(round(due * rate), 1 - reach), reach - 1)
            at = start_of[i, j] + reach + middle
            x = due * rate - middle
            value = min(between(row[at - 1], row[at], row[at + 1], x, sine), HIGHEST)
            total += value
            missing -= HIGHEST - value
            if missing < 0.0:
                return 0.0
    return total / max(number, 1)


@njit(cache=True)
def best_wave(correlations, sampling, wave, network, usable, work):
    """Return the most coherent wave of a window: members, slowness, coherence (0: none).

    ``work`` holds room: delays and heights of the peaks of each pair, whether they are known,
    slownesses of the waves found, tau, members, members of the best.
    """
    row, start_of, reach_of = correlations
    rate, omega, half = sampling
    sine = sine_of(omega)
    offsets, triplets, orders = network
    delay, height, looked, waves, tau, members, best_members = work
    looked[:] = False
    limit = wave[0]
    quarter = 0.5 * math.pi / omega / rate
    n_known = 0
    best_east = 0.0
    best_north = 0.0
    top = 0.0
    n_best = 0
    for t in range(len(triplets)):
        i, j, k = triplets[t]
        if not (usable[i] and usable[j] and usable[k]):
            continue
        # Triplets are sorted: i < j < k.
        for a, b in ((i, j), (j, k), (i, k)):
            if not looked[a, b]:
                reach = reach_of[a, b]
                pair = row[start_of[a, b] : start_of[a, b] + 2 * reach + 1]
                highest(pair, reach, delay[a, b], height[a, b])
                looked[a, b] = True
        for choice in range(PEAKS * PEAKS * PEAKS):
            x, y, z = choice % PEAKS, choice // PEAKS % PEAKS, choice // (PEAKS * PEAKS)
            if min(height[i, j, x], height[j, k, y], height[i, k, z]) <= 0.0:
                continue
            d_ij, d_jk = delay[i, j, x] / rate, delay[j, k, y] / rate
            d_ik = delay[i, k, z] / rate
            if abs(d_ij + d_jk - d_ik) > limit:
                continue
            tau[i, j], tau[j, i] = d_ij, -d_ij
            tau[j, k], tau[k, j] = d_jk, -d_jk
            tau[i, k], tau[k, i] = d_ik, -d_ik
            members[0], members[1], members[2] = i, j, k
            # The same wave again would grow to the same network.
            if is_known(tau, members, offsets, waves[:n_known], quarter):
                continue
            array = (offsets, orders[t], usable)
            n, east, north = grow(correlations, (rate, half), wave, members, tau, array)
            if n < 3:
                continue
            value = coherence(correlations, (rate, sine), east, north, offsets, usable, top)
            if n_known < len(waves):
                waves[n_known] = east, north
                n_known += 1
            if value > top:
                top = value
                n_best = n
                best_east, best_north = east, north
                best_members[:n] = members[:n]
    return n_best, best_east, best_north, top


@njit(cache=True, fastmath=True)
def energy_ratio(samples, element, lag):
    """Return the root of an element's energy in a window over that in the shifted window."""
    padded, first, length = samples
    here, there = padded[element, first:], padded[element, first + lag :]
    own, shifted = np.float32(0.0), np.float32(0.0)
    for t in range(length):
        own += here[t] * here[t]
        shifted += there[t] * there[t]
    return math.sqrt((own + 1e-30) / (shifted + 1e-30))


@njit(cache=True)
def settled(correlations, sampling, members, n, offsets, slowness, tau, samples):
    """Measure the delays of the members again near a wave; return its slowness and correlation.

    Correlations are normalised by the window where it is; here, of the samples (padded, first,
    length) that the delay brings together, so that they never exceed one but by interpolation.
    """
    row, start_of, reach_of = correlations
    rate, half = sampling
    total = 0.0
    for a in range(n):
        for b in range(a + 1, n):
            i, j = min(members[a], members[b]), max(members[a], members[b])
            due = (offsets[j, 0] - offsets[i, 0]) * slowness[0]
            due += (offsets[j, 1] - offsets[i, 1]) * slowness[1]
            reach = reach_of[i, j]
            pair = row[start_of[i, j] : start_of[i, j] + 2 * reach + 1]
            lag, height = maximum_near(pair, reach, due * rate, half)
            tau[i, j] = lag / rate if height > 0.0 else due
            tau[j, i] = -tau[i, j]
            total += max(height, 0.0) * energy_ratio(samples, j, round(tau[i, j] * rate))
    east, north, _ = plane(tau, members, n, offsets)
    return east, north, total / (n * (n - 1) / 2.0)


@njit(cache=True, fastmath=True)
def aligned(padded, origin, filters, taking, dues, beam):
    """Return the power of the aligned beam over N times that of the elements: 1/N for noise.

    Also its mean square. Beam and elements are of the same samples, read between those of the
    record by ``filters`` (``fractional``), so the ratio never exceeds one. ``dues`` are the delays
    in samples, ``beam`` is room.
    """
    length = len(beam)
    steps = len(filters)
    beam[:] = 0.0
    total = 0.0
    n = 0
    for i in range(len(padded)):
        if not taking[i]:
            continue
        n += 1
        nearest = round(dues[i])
        place = (dues[i] - nearest + 0.5) * (steps - 1)
        row = min(int(place), steps - 2)
        part = place - row
        h = ((1.0 - part) * filters[row] + part * filters[row + 1]).astype(np.float32)
        # As a tuple they stay in registers: three times as fast.
        taps = (h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8], h[9])
        samples = padded[i, origin + nearest - BEFORE :]
        own = np.float32(0.0)
        for t in range(length):
            value = np.float32(0.0)
            for k in range(TAPS):
                value += taps[k] * samples[t + k]
            own += value * value
            beam[t] += value
        total += own
    power = np.float32(0.0)
    for t in range(length):
        power += beam[t] * beam[t]
    return power / (n * total + 1e-30), power / (n * n * length)


@njit(cache=True)
def search(padded, layout, sampling, wave, network, reach_of, usable, filters):
    """Run all windows of one band.

    Parameters
    ----------
    padded : float32 (n elements, samples)
    layout : (pad, hop, hops per window, windows)
    sampling : (samples per second, centre of the band in radians per sample, lags on either
        side of a prediction)
    wave : (closure allowed s, least and largest slowness s/km)
    network : (offsets km, start triplets (t, 3), orders of growth (t, n))
    reach_of : largest lag of each pair, samples (n, n)
    usable : bool (n, windows)
    filters : taps by fraction of a sample (``fractional``)

    Returns
    -------
    members : bool (windows, n)
    values : (windows, 7) slowness east, north, closure, mean correlation, relative power of the
        beam of all usable elements, misfit of the plane, mean square of the beam
    """
    pad, hop, per_window, count = layout
    rate, _, half = sampling
    offsets = network[0]
    n_all = len(padded)
    energy = energies(padded, pad, hop, per_window, count)
    start_of = np.zeros((n_all, n_all), np.int64)
    lags = 0
    for i in range(n_all):
        for j in range(i + 1, n_all):
            start_of[i, j] = lags
            lags += 2 * reach_of[i, j] + 1
    rows = np.empty((CHUNK, lags), np.float32)
    members_out = np.zeros((count, n_all), np.bool_)
    values = np.zeros((count, 7))
    tau = np.zeros((n_all, n_all))
    members, best_members = np.zeros(n_all, np.int64), np.zeros(n_all, np.int64)
    peaks = (np.zeros((n_all, n_all, PEAKS)), np.zeros((n_all, n_all, PEAKS)))
    looked, waves = np.zeros((n_all, n_all), np.bool_), np.zeros((WAVES, 2))
    beam = np.zeros(hop * per_window, np.float32)
    work = (*peaks, looked, waves, tau, members, best_members)
    for first in range(0, count, CHUNK):
        size = min(CHUNK, count - first)
        span = (first, size)
        correlate(padded, (pad, hop, per_window), span, start_of, reach_of, energy, rows)
        for w in range(first, first + size):
            here = usable[:, w]
            correlations = (rows[w - first], start_of, reach_of)
            n, east, north, _ = best_wave(correlations, sampling, wave, network, here, work)
            if n < 3:
                continue
            new_east, new_north, height = settled(
                correlations, (rate, half), best_members, n, offsets, (east, north), tau,
                (padded, pad + w * hop, hop * per_window),
            )  # fmt: skip
            # Delays measured again may lead out of the bounds: the wave stays, and they misfit.
            if wave[1] <= math.hypot(new_east, new_north) <= wave[2]:
                east, north = new_east, new_north
            dues = (offsets[:, 0] * east + offsets[:, 1] * north) * rate
            power, square = aligned(padded, pad + w * hop, filters, here, dues, beam)
            values[w] = (
                east, north, closure(tau, best_members, n), height, power,
                misfit(tau, best_members, n, offsets, east, north), square,
            )  # fmt: skip
            for a in range(n):
                members_out[w, best_members[a]] = True
    return members_out, values
