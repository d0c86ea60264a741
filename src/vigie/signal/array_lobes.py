"""Which lobe of each pair's correlation is the wave's, where the others are nearly as high.

In a narrow band the lobes half a period away are nearly as high as the right one, and noise makes
one of them the highest. All pairs of an array together know better: a plane wave is looked for
whose lags have the largest correlations in sum, with the same sign everywhere or, where that is
clearly larger, of either. Each pair is then read at the extremum next to the wave's lag, unless
another is clearly higher. (A late element stays late, if by less than half a lobe or where its own
stands out; a reversed one stays reversed.)

Only waves that are long against the array need it, and only there one can be found on a coarse
grid.

Source: ours. Accuracy: ``docs/methods/infrasound.md``. Cost: 1 ms for six elements.
"""

from __future__ import annotations

from dataclasses import replace
from math import comb
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.signal.array_misfit import limit_s

if TYPE_CHECKING:
    from vigie.signal.array_faults import FaultParams
    from vigie.signal.array_pairs import PairCorrelation

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEWEST_NODES, MOST_NODES = 15, 81
"""Slownesses along one axis."""
STEP_PERIODS = 0.15
"""A step of the grid moves the wave by this at most, across the array."""
CLOSED = 1.0
"""Closures of one wave are below so many times the misfit that can be seen ..."""
BELIEVED = 0.75
"""... and so is this share of the triplets of those elements that are not deaf, a quarter may be;
pairs count from this share of the coherence."""


def nodes_of(possible_s: FloatArray, high_hz: float) -> int:
    """Return slownesses along one axis; 0 of waves that are too short against the array."""
    nodes = 1 + int(np.ceil(2.0 * float(possible_s.max()) * high_hz / STEP_PERIODS))
    return max(nodes, FEWEST_NODES) if nodes <= MOST_NODES else 0


def by_one_wave(
    pairs: PairCorrelation,
    recorded: tuple[FloatArray, FloatArray],
    nodes: int,
    params: FaultParams,
) -> PairCorrelation:
    """Return the pairs read at the lobes of one plane wave.

    Parameters
    ----------
    pairs : PairCorrelation
        Read at their highest lobes.
    recorded : ndarray, ndarray
        Correlation of each pair, in the order of ``numpy.triu_indices(n, 1)``, and its lags, s.
    nodes : int
    params : FaultParams
    """
    rows, lags_s = recorded
    upper = np.triu_indices(len(pairs.offsets_km), 1)
    apart = pairs.offsets_km[upper[1]] - pairs.offsets_km[upper[0]]
    axis = np.linspace(-1.0, 1.0, nodes) * params.max_slowness_s_per_km
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    grid = grid[np.hypot(grid[:, 0], grid[:, 1]) <= params.max_slowness_s_per_km]
    at = _index(grid @ apart.T, lags_s)
    read = np.take_along_axis(rows, at.T, axis=1)
    signed, either = read.mean(axis=0), np.abs(read).mean(axis=0)
    mixed = float(either.max()) > float(signed.max()) + params.polarity_margin
    best = at[int((either if mixed else signed).argmax())]
    value, delay = np.zeros(len(best)), np.zeros(len(best))
    for k, row in enumerate(rows):
        sign = np.sign(row[best[k]]) if mixed else 1.0
        value[k], delay[k] = _summit(sign * row, int(best[k]), lags_s)
        value[k] *= sign
    # A lobe that stands out of the others is the right one, also of a late element.
    stays = np.abs(pairs.correlation[upper]) > np.abs(value) + params.polarity_margin
    value = np.where(stays, pairs.correlation[upper], value)
    delay = np.where(stays, pairs.delay_s[upper], delay)
    # What the pairs alone cannot tell the array does.
    opposite = np.where(stays, pairs.opposite[upper], 0.0)
    return replace(
        pairs,
        correlation=_filled(pairs.correlation, upper, value, 1.0),
        delay_s=_filled(pairs.delay_s, upper, delay, -1.0),
        opposite=_filled(pairs.opposite, upper, opposite, 1.0),
    )


def is_one_wave(pairs: PairCorrelation, params: FaultParams) -> bool:
    """Tell whether the delays of coherent elements close, as those of one wave do.

    A clock error of any size closes too, over the wider lags.
    """
    limit, least = CLOSED * limit_s(pairs, params), BELIEVED * params.coherent
    near = _closure_s(pairs.delay_s, np.abs(pairs.correlation) >= least)
    far = _closure_s(pairs.wide_delay_s, pairs.wide >= least)
    return near <= limit or far <= limit


def _closure_s(delay_s: FloatArray, believed: NDArray[np.bool_]) -> float:
    """Return the rms closure of the triplets that are believed; infinite where they are few."""
    i, j, k = (a.ravel() for a in np.indices((len(delay_s),) * 3))
    keep = (i < j) & (j < k)
    i, j, k = i[keep], j[keep], k[keep]
    known = believed[i, j] & believed[j, k] & believed[i, k]
    heard = len(delay_s) - max(1, len(delay_s) // 4)
    if known.sum() < max(BELIEVED * comb(heard, 3), 1.0):
        return float("inf")
    closure = delay_s[i, j] + delay_s[j, k] - delay_s[i, k]
    return float(np.sqrt(np.mean(closure[known] ** 2)))


def _index(lag_s: FloatArray, lags_s: FloatArray) -> IntArray:
    step = lags_s[1] - lags_s[0]
    at = np.round((lag_s - lags_s[0]) / step).astype(np.int64)
    return np.asarray(np.clip(at, 0, len(lags_s) - 1))


def _summit(row: FloatArray, at: int, lags_s: FloatArray) -> tuple[float, float]:
    """Climb from a sample to the top of its lobe; return height and lag."""
    while 0 < at < len(row) - 1 and max(row[at - 1], row[at + 1]) > row[at]:
        at += 1 if row[at + 1] > row[at - 1] else -1
    if not 0 < at < len(row) - 1:
        return float(row[at]), float(lags_s[at])
    before, here, after = row[at - 1 : at + 2]
    bend = before - 2.0 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
    return float(here), float(lags_s[at] + np.clip(shift, -0.5, 0.5) * (lags_s[1] - lags_s[0]))


def _filled(
    like: FloatArray,
    upper: tuple[NDArray[np.intp], NDArray[np.intp]],
    values: FloatArray,
    by: float,
) -> FloatArray:
    out = like.copy()
    out[upper] = values
    out.T[upper] = by * values
    return out
