"""Ramps: where a record fades in or out (a taper, a filter that starts up).

The noise of a tapered record grows from nothing, and a detector takes that for an onset. With
d the first differences (they hold little of the microseism, whose own swing hides a ramp), the
level beside an end is modelled as

    var(d at t) = s^2 sin^{2p}(pi t / 2T) for t < T, s^2 from T to 2T,   p = 1, 1.5 or 2

p = 2 is the Hann (cosine) taper, p = 1 the sine taper and nearly the triangular one; s^2 is the
mean over T to 2T. T is that of largest G / sqrt(T), where G is the Gaussian log likelihood over
that of the best *step* (two levels, any instant) within the same 2T. A step of noise, and a
signal after noise, fit the step better: their level is flat from the end on, while that of a
ramp grows in every octave of time. So the ramp must also fit each octave of time since the end
within a factor of three, down to ``floor`` of s.

Source: ours. Assumes that the taper reaches (nearly) zero at the end, and that nothing much
louder than the noise arrives in the 2T beside it. Energies are summed in eighths of octaves of
time, so the cost is that of a pass over the record; 5 ms more where the sieve lets an end pass.
Accuracy as measured: ``docs/methods/quality.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class RampParams:
    """When a level is said to ramp; defaults from simulation."""

    shortest_s: float = 1.0
    """Ramps shorter than this are left in (they do no harm: a noise window is 4 s at least)."""
    longest_s: float = 4500.0
    """5 % of a day."""
    powers: tuple[float, ...] = (1.0, 1.5, 2.0)
    """Of the sine that the level follows."""
    floor: float = 0.01
    """Level beside the end, over that after the ramp, below which nothing is asked."""
    min_gain: float = 15.0
    """Log likelihood over that of the best step."""
    fit: float = 3.0
    """Factor within which the level of each octave must be."""
    min_turns: int = 8
    """Turns of the record within a ramp: where it turns once, a smooth swing stands still, and
    its differences fade like those of a taper (power of pressure falls by f^-8 and more)."""
    quiet: float = 0.03
    """Level over the usual one where a record may touch zero between two ramps."""


class _Bins(NamedTuple):
    """Energy of the first differences in bins of time since the end, finer near it."""

    stop: FloatArray
    """End of each bin, samples from the end of the record."""
    middle: FloatArray
    number: FloatArray
    energy: FloatArray


_QUIET_S = 0.1
"""Blocks in which a touch of zero is looked for."""
_MOST_NOTCHES = 100
"""Of one stretch that are looked at."""
_PER_OCTAVE = 8
_FEWEST = 4
"""Differences in an octave of which the level is judged."""


def ramp_length(samples: FloatArray, rate_hz: float, params: RampParams) -> int:
    """Return how many samples at the start of a gap-free stretch lie in a ramp; 0 without one.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Unfiltered; reversed for the ramp at the end.
    rate_hz : float
    params : RampParams
    """
    shortest = max(round(params.shortest_s * rate_hz), 2 * _FEWEST)
    reach = min(len(samples), round(2.0 * params.longest_s * rate_hz))
    if reach < 2 * shortest:
        return 0
    difference = np.diff(np.asarray(samples[:reach], dtype=np.float64))
    bins = _binned(difference)
    if not _may_ramp(bins, shortest):
        return 0
    rounding = _rounding(samples[:reach])
    best, length = 0.0, 0
    for stop in bins.stop[(bins.stop >= shortest) & (2.0 * bins.stop <= reach)]:
        near = _Bins(*(column[bins.stop <= 2.0 * stop] for column in bins))
        gain = _gain(near, float(stop), rounding, params)
        # A coda that falls into a ramp lengthens it: ask for likelihood per sample as well.
        if gain > params.min_gain and gain / math.sqrt(stop) > best:
            best, length = gain / math.sqrt(stop), math.ceil(stop)
    return length if _turns(difference[:length]) >= params.min_turns else 0


def _turns(difference: FloatArray) -> int:
    """Return how often the record turns, up to down or down to up."""
    sign = np.sign(difference[difference != 0.0])
    return int(np.count_nonzero(sign[1:] != sign[:-1]))


def find_notches(samples: FloatArray, rate_hz: float, params: RampParams) -> list[tuple[int, int]]:
    """Find where a record fades out and in again: tapered files (of days, say) that were joined.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Unfiltered, gap-free.
    rate_hz : float
    params : RampParams

    Returns
    -------
    list of (int, int)
        First and one-past-last sample of each pair of ramps, in order.
    """
    block = max(round(_QUIET_S * rate_hz), _FEWEST)
    whole = (len(samples) - 1) // block
    if whole < 3:
        return []
    difference = np.diff(np.asarray(samples[: whole * block + 1], dtype=np.float64))
    level = np.sqrt(np.mean(difference.reshape(whole, block) ** 2, axis=1))
    quiet = level < params.quiet * np.median(level)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    found: list[tuple[int, int]] = []
    for first, stop in edges.reshape(-1, 2)[:_MOST_NOTCHES]:
        lowest = int(first + np.argmin(level[first:stop]))
        # The quietest block holds the touch, or lies beside it.
        begin = max((lowest - 1) * block, 0)
        near = difference[begin : (lowest + 2) * block] ** 2
        smooth = np.convolve(near, np.ones(_FEWEST), mode="valid")
        at = begin + int(np.argmin(smooth)) + _FEWEST // 2
        fall = ramp_length(samples[:at][::-1], rate_hz, params)
        rise = ramp_length(samples[at:], rate_hz, params)
        if fall and rise and (not found or at - fall >= found[-1][1]):
            found.append((at - fall, at + rise))
    return found


def _binned(difference: FloatArray) -> _Bins:
    n = len(difference)
    octaves = math.log2(n)
    edges = np.unique(np.rint(2.0 ** np.linspace(0.0, octaves, round(_PER_OCTAVE * octaves) + 1)))
    edges = np.concatenate([[0.0], edges[edges <= n]])
    starts = edges[:-1].astype(np.intp)
    energy = np.add.reduceat(difference**2, starts)
    return _Bins(edges[1:], (edges[:-1] + edges[1:]) / 2.0, np.diff(edges), energy)


def _may_ramp(bins: _Bins, shortest: int) -> bool:
    """Cheap first sieve: the level beside the end is well below that of a tenth of the bins."""
    begin = bins.stop <= max(shortest / 10.0, _FEWEST)
    level = bins.energy / bins.number
    first = float(np.sum(bins.energy[begin]) / np.sum(bins.number[begin]))
    return first < 0.1 * float(np.quantile(level, 0.9))


def _rounding(samples: FloatArray) -> float:
    """Variance that rounding to whole counts gives a difference; 0 where none was done."""
    some = np.asarray(samples[: 1 << 16], dtype=np.float64)
    return 1.0 / 6.0 if bool(np.all(some == np.rint(some))) else 0.0


def _gain(bins: _Bins, length: float, rounding: float, params: RampParams) -> float:
    """Log likelihood of the best ramp of a length that fits, over that of the best step."""
    after = bins.stop > length
    variance = float(np.sum(bins.energy[after]) / max(np.sum(bins.number[after]), 1.0))
    if variance <= 0.0:
        return -math.inf
    least = variance * params.floor**2 + rounding
    step = _step_likelihood(bins, least)
    best = -math.inf
    phase = 0.5 * math.pi * np.minimum(bins.middle / length, 1.0)
    for power in params.powers:
        model = variance * np.sin(phase) ** (2.0 * power) + least
        if _fits(bins, model, length, params.fit):
            best = max(best, _likelihood(bins, model) - step)
    return best


def _likelihood(bins: _Bins, variance: FloatArray) -> float:
    terms = bins.number * np.log(variance) + bins.energy / variance
    return -0.5 * float(np.sum(terms))


def _step_likelihood(bins: _Bins, least: float) -> float:
    """Log likelihood of two levels, at the best of all instants (of one level as well)."""
    count, energy = np.cumsum(bins.number), np.cumsum(bins.energy)
    rest_count, rest_energy = count[-1] - count, energy[-1] - energy
    before = np.maximum(energy / count, least)
    behind = np.maximum(rest_energy / np.maximum(rest_count, 1.0), least)
    terms = (
        count * np.log(before)
        + energy / before
        + rest_count * np.log(behind)
        + rest_energy / behind
    )
    return -0.5 * float(np.min(terms))


def _fits(bins: _Bins, model: FloatArray, length: float, factor: float) -> bool:
    """Tell whether the level of every octave of time within a ramp is as the model has it."""
    expected = bins.number * model
    stop = length
    while stop >= _FEWEST:
        octave = (bins.stop <= stop) & (bins.stop > stop / 2.0)
        if np.sum(bins.number[octave]) >= _FEWEST:
            ratio = float(np.sum(bins.energy[octave]) / np.sum(expected[octave]))
            if ratio > factor**2:
                return False
            # Too quiet only counts where much is expected: rounding and steps in it hide below.
            if ratio < factor**-2 and stop > length / 8.0:
                return False
        stop /= 2.0
    return True
