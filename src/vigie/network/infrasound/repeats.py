"""Which detections recur: of a source that fires again, heard by the same arrays alike each time.

What it computes: for pairs of detections of two arrays, how many other pairs of the same two sides
within six hours came with the same lag, against what chance would give. Blasts of one place come at
two arrays with one lag, however many there are; microbaroms come at random, or sound on. So blasts
are not taken for the noise of their own side. Source: a test of coincidences (Poisson); numbers are
chosen. Assumptions: winds change lags by less than ``LAG_S`` within six hours. Accuracy:
docs/methods. Cost: 10 us per pair; only detections of crowded sides are paired, and each array with
the nearest others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.network.infrasound.sphere_grid import EARTH_RADIUS_KM
from vigie.network.infrasound.trains import SIDE_DEG

if TYPE_CHECKING:
    from vigie.network.infrasound.coda import Coda
    from vigie.network.infrasound.readings import SoundReadings

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

AROUND_S = 21_600.0
"""Other pairs so near in time are counted."""
LAG_S = 90.0
"""Lags of one place differ by less: two paths of 400 km with 0.05 s/km each."""
CHANCE = 1e-4
"""Of as many pairs of one lag by chance: a day has thousands of pairs."""
CROWDED = 3
"""So many others of its side make a detection crowded; fewer hide nothing."""
MOST = 30
"""So many of a side in twelve hours are a lasting source. Its detections may come by the clock of
the windows in which they are made, and so with one lag at all arrays."""
ALIKE_DEG = 5.0
"""Azimuths of a source that fires again are so near one another; those of microbaroms are not."""
NARROW_SHARE = 0.75
"""Of the others of a side, so many must be alike: of microbaroms half are."""
LEAST_SHARE = 0.5
"""Of those that are alike, so many must come with the lag: of a source that is heard, most do."""
NEAREST = 4
"""Arrays with which each is paired."""
SLOWEST_S_PER_KM = 4.5
MORE_S = 1800.0
"""Lags may be so much longer than the way between two arrays takes: of different phases."""


def recurring(readings: SoundReadings, coda: Coda) -> BoolArray:
    """Return which of all detections recur.

    Parameters
    ----------
    readings : SoundReadings
        In order of time.
    coda : Coda
        Of the readings: what follows others, or is of a lasting train, recurs not of itself.
    """
    usable = coda.leads & ~coda.lasts & np.isfinite(readings.azimuth_rad)
    rows = [
        _crowded(readings, np.flatnonzero(usable & (readings.array == k)))
        for k in range(len(readings.stations))
    ]
    found = np.zeros(len(readings), dtype=np.bool_)
    for one, other in _neighbours(readings):
        if len(rows[one]) > CROWDED and len(rows[other]) > CROWDED:
            found[_of_one_lag(readings, rows[one], rows[other])] = True
    return found


def _neighbours(readings: SoundReadings) -> set[tuple[int, int]]:
    """Return the pairs of arrays that are compared."""
    cosine = readings.unit @ readings.unit.T
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, : NEAREST + 1]
    pairs = {(min(i, int(j)), max(i, int(j))) for i in range(len(cosine)) for j in nearest[i]}
    return {(i, j) for i, j in pairs if i != j}


def _crowded(readings: SoundReadings, own: IntArray) -> IntArray:
    """Return those of some detections of an array that have others of their side around."""
    time_s, azimuth = readings.time_s[own], readings.azimuth_rad[own]
    low = np.searchsorted(time_s, time_s - AROUND_S)
    high = np.searchsorted(time_s, time_s + AROUND_S, side="right")
    near_by = np.cos(np.radians(SIDE_DEG))
    crowd = [
        int((np.cos(azimuth[low[k] : high[k]] - azimuth[k]) >= near_by).sum()) - 1
        for k in range(len(own))
    ]
    return own[np.array(crowd, dtype=np.int64) >= CROWDED]


def _of_one_lag(readings: SoundReadings, one: IntArray, other: IntArray) -> IntArray:
    """Return the detections of two arrays that come with one lag more often than by chance."""
    from scipy.spatial import cKDTree
    from scipy.special import gammainc

    cosine = readings.unit[readings.array[one[0]]] @ readings.unit[readings.array[other[0]]]
    apart_km = float(np.arccos(np.clip(cosine, -1.0, 1.0))) * EARTH_RADIUS_KM
    widest_s = apart_km * SLOWEST_S_PER_KM + MORE_S
    begin = np.searchsorted(readings.time_s[other], readings.time_s[one] - widest_s)
    counts = np.searchsorted(readings.time_s[other], readings.time_s[one] + widest_s) - begin
    i = np.repeat(np.arange(len(one)), counts)
    j = np.repeat(begin, counts) + np.arange(len(i))
    j -= np.repeat(np.cumsum(counts) - counts, counts)
    if not len(i):
        return i
    here, there = _columns(readings, one), _columns(readings, other)
    lag = (readings.time_s[other[j]] - readings.time_s[one[i]]) / LAG_S
    n_here, narrow_here = _others(here)
    n_there, narrow_there = _others(there)
    good = narrow_here[i] & narrow_there[j]
    tree = cKDTree(pairs := np.column_stack([lag, here[i], there[j, 1:]])[good])
    i, j = i[good], j[good]
    same = tree.query_ball_point(pairs, 1.0, p=np.inf, return_length=True) - 1
    expected = n_here[i] * (n_there[j] + 1.0) * LAG_S / AROUND_S
    good = same >= np.maximum(CROWDED, LEAST_SHARE * np.minimum(n_here[i], n_there[j]))
    good &= gammainc(np.maximum(same, 1), np.maximum(expected, 1e-9)) < CHANCE
    return np.union1d(one[i[good]], other[j[good]])


def _columns(readings: SoundReadings, rows: IntArray) -> FloatArray:
    """Return time and side of detections, scaled so that those that are alike are within 1."""
    side = 2.0 * np.sin(0.5 * np.radians(ALIKE_DEG))
    azimuth = readings.azimuth_rad[rows]
    return np.column_stack(
        [readings.time_s[rows] / AROUND_S, np.cos(azimuth) / side, np.sin(azimuth) / side]
    )


def _others(columns: FloatArray) -> tuple[IntArray, BoolArray]:
    """Return how many others are alike to each detection, and whether its side is narrow."""
    from scipy.spatial import cKDTree

    tree = cKDTree(columns)
    alike = np.asarray(tree.query_ball_point(columns, 1.0, p=np.inf, return_length=True)) - 1
    wider = columns * [1.0, ALIKE_DEG / SIDE_DEG, ALIKE_DEG / SIDE_DEG]
    near = cKDTree(wider).query_ball_point(wider, 1.0, p=np.inf, return_length=True)
    side = np.asarray(near) - 1
    return alike, np.asarray((alike >= NARROW_SHARE * side) & (side < MOST))
