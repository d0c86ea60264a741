"""The coarse grid's sums against plain NumPy over all bins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.network.association.candidates import ODDS
from vigie.network.association.kernels import sums

LEVELS = np.array([4, 6, 9, 26, 40])
N_NEAR = 40
FloatArray = NDArray[np.float64]
Interval = tuple[int, int, int, float, int]
"""Station, first and end bin, weight, phase."""


def opened_at_random(seed: int, n: int, n_bins: int) -> list[Interval]:
    """Draw intervals, by station."""
    rng = np.random.default_rng(seed)
    begin = rng.integers(0, n_bins, n)
    stop = np.minimum(begin + rng.integers(1, max(n_bins // 4, 2), n), n_bins)
    weight = rng.uniform(1.0, 4.0, n)
    station, phase = np.sort(rng.integers(0, N_NEAR, n)), rng.integers(0, 2, n)
    rows = zip(station, begin, stop, weight, phase, strict=True)
    return [(int(a), int(b), int(c), float(w), int(k)) for a, b, c, w, k in rows]


def plain_peaks(
    intervals: list[Interval], n_bins: int, least: float
) -> list[tuple[int, float, int, int]]:
    """Sum all bins for all levels and odds; return bin, sum, level and row of each maximum."""
    best = np.full(n_bins, -np.inf)
    which = np.zeros((n_bins, 2), dtype=int)
    for level in LEVELS:
        for o, odds in enumerate(ODDS):
            if o and level < sums.DEAF_FROM and level != LEVELS[-1]:
                continue
            change = np.zeros(n_bins + 1)
            for station, begin, stop, weight, phase in intervals:
                step = weight + np.log(odds[phase]) - np.log(1.0 - odds[phase])
                if station < level and step > sums.LEAST_STEP:
                    change[begin] += step
                    change[stop] -= step
            total = level * np.log(1.0 - odds).sum() + np.cumsum(change)[:-1]
            better = total > best + 1e-9
            best[better], which[better] = total[better], (level, o)
    padded = np.concatenate([[-np.inf], best, [-np.inf]])
    high = (best >= least) & (padded[:-2] <= best + 1e-9) & (padded[2:] < best - 1e-9)
    return [
        (int(b), float(best[b]), int(which[b, 0]), int(which[b, 1])) for b in np.nonzero(high)[0]
    ]


def kernel_peaks(
    intervals: list[Interval], n_bins: int, least: float
) -> list[tuple[int, float, int, int]]:
    """Return the same of the kernels."""
    tried = sums.sums_of(LEVELS, ODDS)
    room = sums.room_of(len(intervals), N_NEAR, n_bins, len(tried[0]))
    for i, (_, begin, stop, weight, phase) in enumerate(intervals):
        room[0][0][i], room[0][1][i], room[0][2][i], room[0][3][i] = begin, stop, weight, phase
    stations = [station for station, *_ in intervals]
    room[0][4][:] = np.searchsorted(stations, np.arange(N_NEAR), side="right")
    n = sums.peaks(len(intervals), n_bins, ODDS, tried, least, room)
    value, which = room[3]
    return [
        (int(b), float(value[e]), int(tried[1][which[e]]), int(tried[0][which[e]]))
        for e, b in room[4][:n]
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 300), st.integers(2, 400))
def test_maxima_are_those_of_all_bins(seed: int, n: int, n_bins: int) -> None:
    intervals = opened_at_random(seed, n, n_bins)
    for least in (-3.05, 2.02):
        got = kernel_peaks(intervals, n_bins, least)
        expected = plain_peaks(intervals, n_bins, least)
        assert [row[0] for row in got] == [row[0] for row in expected]
        assert [row[1] for row in got] == pytest.approx([row[1] for row in expected], abs=1e-9)


def test_level_and_odds_of_a_maximum_are_those_of_its_sum() -> None:
    # All forty hear P at once: the farthest reach is the best.
    everyone = [(a, 10, 12, 3.0, 0) for a in range(N_NEAR)]
    odds = np.log(ODDS[0, 0]) + np.log(1.0 - ODDS[0, 1])
    ((last_bin, value, level, row),) = kernel_peaks(everyone, 50, 1.0)
    assert (last_bin, level, row) == (11, N_NEAR, 0)
    assert value == pytest.approx(N_NEAR * (3.0 + odds))
    # Every fifth does: silence is likelier where most are deaf.
    few = [(a, 10, 12, 6.0, 0) for a in range(0, N_NEAR, 5)]
    assert [row[3] for row in kernel_peaks(few, 50, 1.0)] == [1]


def test_nothing_is_found_below_the_least() -> None:
    assert kernel_peaks([(0, 3, 5, 2.0, 0)], 20, 1.0) == []
