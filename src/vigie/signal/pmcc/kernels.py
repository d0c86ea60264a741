"""Compiled kernels of PMCC: pair delays of all windows, and sensors added one by one.

Windows overlap by nine tenths, so products are summed once per tenth and lag, and windows are sums
of ten. All pairs are correlated at all lags that a wave can cause, some windows at a time; start
networks, the sensors that join them and the score of a wave are then looked up.
"""

# Kernels get their types from the arguments; they take what they need as plain arguments, since
# objects would have to be compiled too.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit

PEAKS = 3
"""In a narrow band the cycles beside the right one are nearly as high: so many maxima are tried."""
CHUNK = 64
"""Windows whose correlations are held at a time: some megabytes."""


@njit(cache=True, fastmath=True)
def energies(padded, pad, hop, per_window, count):
    """Return the energy of each element in each window, shape (n, windows)."""
    n = len(padded)
    out = np.zeros((n, count))
    tenth = np.zeros(count + per_window - 1)
    for i in range(n):
        row = padded[i]
        for b in range(len(tenth)):
            total = np.float32(0.0)
            start = pad + b * hop
            for k in range(start, start + hop):
                total += row[k] * row[k]
            tenth[b] = total
        for w in range(count):
            out[i, w] = tenth[w : w + per_window].sum()
    return out


@njit(cache=True)
def correlate(padded, layout, span, start_of, reach_of, energy, rows):
    """Write the correlations of all pairs at all their lags in some windows.

    For each tenth of a window and each element j the products with all elements before it are one
    matrix product: their samples times the samples of j at all lags.

    Parameters
    ----------
    padded : float32 (n elements, samples)
    layout : (pad, hop, hops per window)
    span : (first window, number of windows)
    start_of, reach_of : first row of each pair i < j, its largest lag
    energy : (n, windows)
    rows : float32 (lags of all pairs, windows of the span); at a positive lag j is later
    """
    pad, hop, per_window = layout
    first, n = span
    for j in range(1, len(padded)):
        reach = reach_of[:j, j].max()
        lags = 2 * reach + 1
        tenths = np.empty((n + per_window - 1, j, lags), np.float32)
        shifted = np.empty((hop, lags), np.float32)
        for t in range(len(tenths)):
            start = pad + (first + t) * hop
            for k in range(hop):
                shifted[k] = padded[j, start + k - reach : start + k + reach + 1]
            before = np.ascontiguousarray(padded[:j, start : start + hop])
            tenths[t] = np.dot(before, shifted)
        for i in range(j):
            slide(tenths[:, i], per_window, reach, reach_of[i, j], rows[start_of[i, j] :])
            for w in range(n):
                scale = 1.0 / (math.sqrt(energy[i, first + w] * energy[j, first + w]) + 1e-30)
                for m in range(2 * reach_of[i, j] + 1):
                    rows[start_of[i, j] + m, w] *= scale


@njit(cache=True)
def slide(tenths, per_window, reach, own, rows):
    """Sum tenths to windows: the lags up to ``own`` of those up to ``reach``."""
    n = len(tenths) - per_window + 1
    for m in range(2 * own + 1):
        column = m + reach - own
        running = np.float32(0.0)
        for t in range(per_window):
            running += tenths[t, column]
        rows[m, 0] = running
        for w in range(1, n):
            running += tenths[w + per_window - 1, column] - tenths[w - 1, column]
            rows[m, w] = running


@njit(cache=True)
def highest(rows, w, reach, delay, height):
    """Write the highest positive maxima of a correlation function, highest first, in samples."""
    height[:] = 0.0
    for m in range(1, 2 * reach):
        value = rows[m, w]
        if value <= height[PEAKS - 1] or rows[m - 1, w] > value or rows[m + 1, w] >= value:
            continue
        offset, top = vertex(rows[m - 1, w], value, rows[m + 1, w])
        place = PEAKS - 1
        while place > 0 and height[place - 1] < top:
            height[place] = height[place - 1]
            delay[place] = delay[place - 1]
            place -= 1
        height[place] = top
        delay[place] = m - reach + offset


@njit(cache=True)
def maximum_near(rows, w, reach, due, half):
    """Return lag and height of the highest maximum within ``half`` samples of a due lag.

    Height -1 where there is none.
    """
    middle = round(due)
    best = 0.0
    place = -reach
    for m in range(max(middle - half, 1 - reach), min(middle + half, reach - 1) + 1):
        if rows[m + reach, w] > best:
            best = rows[m + reach, w]
            place = m
    if best <= 0.0:
        return 0.0, -1.0
    left, right = rows[place + reach - 1, w], rows[place + reach + 1, w]
    if left > best or right > best:
        return 0.0, -1.0
    offset, top = vertex(left, best, right)
    return place + offset, top


@njit(cache=True, inline="always")
def vertex(left, middle, right):
    """Return place (samples from the middle) and height of the cosine through three values."""
    if middle <= 0.0 or middle < left or middle < right:
        return 0.0, middle
    ratio = (left + right) / (2.0 * middle)
    if not -1.0 < ratio < 1.0:
        return 0.0, middle
    omega = math.acos(ratio)
    sine = math.sin(omega)
    slope = (right - left) / (2.0 * middle * sine)
    offset = math.atan(slope) / omega
    return max(min(offset, 0.5), -0.5), middle * math.sqrt(1.0 + slope * slope)


@njit(cache=True)
def between(left, middle, right, x, omega):
    """Return the value x samples from the middle of a sine of known frequency on a constant."""
    bend = (middle - 0.5 * (left + right)) / (1.0 - math.cos(omega))
    slope = (right - left) / (2.0 * math.sin(omega))
    return middle - bend + bend * math.cos(omega * x) + slope * math.sin(omega * x)


@njit(cache=True, fastmath=True)
def product(a, b, start_a, start_b, length):
    """Return the sum of products of two stretches."""
    total = np.float32(0.0)
    for k in range(length):
        total += a[start_a + k] * b[start_b + k]
    return total


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
        mean_x += offsets[members[a], 0] / n
        mean_y += offsets[members[a], 1] / n
    xx = 0.0
    xy = 0.0
    yy = 0.0
    xt = 0.0
    yt = 0.0
    for a in range(n):
        i = members[a]
        time = 0.0
        for b in range(n):
            time += tau[members[b], i] / n
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
        mean_x += offsets[members[a], 0] / n
        mean_y += offsets[members[a], 1] / n
    for a in range(n):
        i = members[a]
        time = 0.0
        for b in range(n):
            time += tau[members[b], i] / n
        due = (offsets[i, 0] - mean_x) * east + (offsets[i, 1] - mean_y) * north
        total += (time - due) ** 2
    return math.sqrt(total / (n - 3))


@njit(cache=True)
def is_known(tau, members, offsets, values, quarter):
    """Tell whether the delays of a triplet are those of a wave, to a quarter of a period."""
    for a in range(3):
        for b in range(a + 1, 3):
            i, j = members[a], members[b]
            due = (offsets[j, 0] - offsets[i, 0]) * values[0]
            due += (offsets[j, 1] - offsets[i, 1]) * values[1]
            if abs(tau[i, j] - due) > quarter:
                return False
    return True


@njit(cache=True)
def grow(correlations, w, sampling, wave, members, tau, array):
    """Add sensors to three as long as they close and lie on a plane.

    Parameters
    ----------
    correlations : (all pairs and lags (lags, windows), first row of each pair, its reach)
    w : window
    sampling : (samples per second, lags on either side of a prediction)
    wave : (closure allowed s, least and largest slowness s/km)
    members : elements so far, filled further
    tau : delays of pairs, s, filled further
    array : (offsets km, order of elements, usable elements)

    Returns
    -------
    number of members (0: no possible wave), slowness east, north (s/km)
    """
    rows, start_of, reach_of = correlations
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
            pair = rows[start_of[i, j] : start_of[i, j] + 2 * reach + 1]
            lag, height = maximum_near(pair, w, reach, due * rate, half)
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
def coherence(correlations, w, sampling, east, north, offsets, usable):
    """Return the mean correlation of the pairs of all usable elements along a wave."""
    rows, start_of, reach_of = correlations
    rate, omega = sampling
    total = 0.0
    number = 0
    for i in range(len(offsets)):
        for j in range(i + 1, len(offsets)):
            if not (usable[i] and usable[j]):
                continue
            due = (offsets[j, 0] - offsets[i, 0]) * east + (offsets[j, 1] - offsets[i, 1]) * north
            reach = reach_of[i, j]
            middle = min(max(round(due * rate), 1 - reach), reach - 1)
            row = start_of[i, j] + reach + middle
            x = due * rate - middle
            total += between(rows[row - 1, w], rows[row, w], rows[row + 1, w], x, omega)
            number += 1
    return total / max(number, 1)


@njit(cache=True)
def best_wave(correlations, w, sampling, wave, network, usable, work):
    """Return the most coherent wave of a window: members, slowness, coherence (0: none).

    ``work`` holds room: delays and heights of peaks, tau, members, members of the best.
    """
    rows, start_of, reach_of = correlations
    rate, omega, half = sampling
    offsets, triplets, orders = network
    delay, height, tau, members, best_members = work
    limit = wave[0]
    quarter = 0.5 * math.pi / omega / rate
    known = np.zeros(2)
    top = 0.0
    n_best = 0
    for t in range(len(triplets)):
        i, j, k = triplets[t]
        if not (usable[i] and usable[j] and usable[k]):
            continue
        # Triplets are sorted: i < j < k.
        for side, (a, b) in enumerate(((i, j), (j, k), (i, k))):
            reach = reach_of[a, b]
            pair = rows[start_of[a, b] : start_of[a, b] + 2 * reach + 1]
            highest(pair, w, reach, delay[side], height[side])
        for choice in range(PEAKS * PEAKS * PEAKS):
            x, y, z = choice % PEAKS, choice // PEAKS % PEAKS, choice // (PEAKS * PEAKS)
            if min(height[0, x], height[1, y], height[2, z]) <= 0.0:
                continue
            d_ij, d_jk, d_ik = delay[0, x] / rate, delay[1, y] / rate, delay[2, z] / rate
            if abs(d_ij + d_jk - d_ik) > limit:
                continue
            tau[i, j], tau[j, i] = d_ij, -d_ij
            tau[j, k], tau[k, j] = d_jk, -d_jk
            tau[i, k], tau[k, i] = d_ik, -d_ik
            members[0], members[1], members[2] = i, j, k
            # The same wave again would grow to the same network.
            if n_best and is_known(tau, members, offsets, known, quarter):
                continue
            array = (offsets, orders[t], usable)
            n, east, north = grow(correlations, w, (rate, half), wave, members, tau, array)
            if n < 3:
                continue
            value = coherence(correlations, w, (rate, omega), east, north, offsets, usable)
            if value > top:
                top = value
                n_best = n
                known[0], known[1] = east, north
                best_members[:n] = members[:n]
    return n_best, known[0], known[1], top


@njit(cache=True)
def settled(correlations, w, sampling, members, n, offsets, slowness, tau):
    """Measure the delays of the members again near a wave; return its slowness and mean height."""
    rows, start_of, reach_of = correlations
    rate, half = sampling
    total = 0.0
    for a in range(n):
        for b in range(a + 1, n):
            i, j = min(members[a], members[b]), max(members[a], members[b])
            due = (offsets[j, 0] - offsets[i, 0]) * slowness[0]
            due += (offsets[j, 1] - offsets[i, 1]) * slowness[1]
            reach = reach_of[i, j]
            pair = rows[start_of[i, j] : start_of[i, j] + 2 * reach + 1]
            lag, height = maximum_near(pair, w, reach, due * rate, half)
            tau[i, j] = lag / rate if height > 0.0 else due
            tau[j, i] = -tau[i, j]
            total += max(height, 0.0)
    east, north, _ = plane(tau, members, n, offsets)
    return east, north, total / (n * (n - 1) / 2.0)


@njit(cache=True)
def search(padded, layout, sampling, wave, network, reach_of, usable):
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

    Returns
    -------
    members : bool (windows, n)
    values : (windows, 7) slowness east, north, closure, mean correlation, relative power of the
        beam of all usable elements, misfit of the plane, mean square of the beam
    """
    pad, hop, per_window, count = layout
    rate, omega, half = sampling
    offsets = network[0]
    n_all = len(padded)
    energy = energies(padded, pad, hop, per_window, count)
    start_of = np.zeros((n_all, n_all), np.int64)
    lags = 0
    for i in range(n_all):
        for j in range(i + 1, n_all):
            start_of[i, j] = lags
            lags += 2 * reach_of[i, j] + 1
    rows = np.empty((lags, CHUNK), np.float32)
    correlations = (rows, start_of, reach_of)
    members_out = np.zeros((count, n_all), np.bool_)
    values = np.zeros((count, 7))
    tau = np.zeros((n_all, n_all))
    members, best_members = np.zeros(n_all, np.int64), np.zeros(n_all, np.int64)
    work = (np.zeros((3, PEAKS)), np.zeros((3, PEAKS)), tau, members, best_members)
    for first in range(0, count, CHUNK):
        size = min(CHUNK, count - first)
        span = (first, size)
        correlate(padded, (pad, hop, per_window), span, start_of, reach_of, energy, rows)
        for w in range(first, first + size):
            here = usable[:, w]
            n, east, north, _ = best_wave(
                correlations, w - first, sampling, wave, network, here, work
            )
            if n < 3:
                continue
            east, north, height = settled(
                correlations, w - first, (rate, half), best_members, n, offsets, (east, north), tau
            )
            power, square = relative_power(
                padded, pad + w * hop, hop * per_window, (rate, omega), here, offsets,
                (east, north),
            )  # fmt: skip
            values[w] = (
                east, north, closure(tau, best_members, n), height, power,
                misfit(tau, best_members, n, offsets, east, north), square,
            )  # fmt: skip
            for a in range(n):
                members_out[w, best_members[a]] = True
    return members_out, values


@njit(cache=True)
def relative_power(padded, origin, length, sampling, taking, offsets, values):
    """Return the power of the aligned beam over N times that of the elements: 1/N for noise.

    Also its mean square. ``sampling`` holds samples per second and the band's centre in
    radians per sample.
    """
    rate, omega = sampling
    n_all = len(padded)
    starts = np.zeros(n_all, np.int64)
    rests = np.zeros(n_all)
    n = 0
    total = 0.0
    for i in range(n_all):
        if not taking[i]:
            continue
        due = (offsets[i, 0] * values[0] + offsets[i, 1] * values[1]) * rate
        starts[i] = origin + round(due)
        rests[i] = due - round(due)
        n += 1
        total += product(padded[i], padded[i], starts[i], starts[i], length)
    beam = total
    for i in range(n_all):
        if not taking[i]:
            continue
        for j in range(i + 1, n_all):
            if not taking[j]:
                continue
            x = rests[j] - rests[i]
            a, b, start = padded[i], padded[j], starts[j]
            middle = product(a, b, starts[i], start, length)
            right = product(a, b, starts[i], start + 1, length)
            left = product(a, b, starts[i], start - 1, length)
            beam += 2.0 * between(left, middle, right, x, omega)
    return beam / (n * total + 1e-30), beam / (n * n * length)
