"""Short and long signals: where the power of bands stands out of noise, at several hydrophones.

In each band and at each hydrophone the smoothed power over the noise level (``noise``) is compared
with two thresholds: a signal begins where it exceeds the high one and lasts while it exceeds the
low one. The high threshold is that which Gaussian noise crosses so many times an hour. Two means
run in parallel: a short one (4 cycles of the bandwidth, 0.4-2 s) for H, and one of 20 s for T and
ships. A signal counts where two hydrophones have it within the time in which sound crosses the
array; bands that overlap in time are joined. A long signal made of short ones far apart (shots,
calls) is given as those; any other swallows the short ones within it.

False alarms as measured: see ``docs/methods/hydroacoustic.md``. In Gaussian noise those of one
hydrophone and band are ``false_alarms_per_hour``; of a triplet about 3 * 2 c r^2 per band, c the
crossing time and r that rate. Cost: a day of a triplet in 12 s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.bands import noise_bandwidth_hz
from vigie.hydroacoustic.noise import NoiseLaw, noise_law, ratio_exceeded, smoothed

if TYPE_CHECKING:
    from vigie.hydroacoustic.bands import Frames
    from vigie.hydroacoustic.recipe import DetectorParams
    from vigie.signal.filters import BandPass

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

CROSSINGS = 2.8
"""Crossings of the threshold per smoothing time and exceedance probability, in Gaussian noise;
measured (a running mean crosses a high level more often than independent values would)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A signal: first and one past last frame."""

    first: int
    stop: int
    short: bool
    """Found by the short mean; else by the long one."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Signals, and the noise level that they stand out of."""

    spans: tuple[Span, ...]
    noise: NDArray[np.float32]
    """Mean noise power, shape (hydrophones, bands, one per noise step)."""
    noise_frames: int
    """Frames from one noise value to the next."""
    dof_per_s: FloatArray
    """Degrees of freedom of noise power averaged over a second, shape (hydrophones, bands)."""

    def noise_at(self, frame: int) -> FloatArray:
        """Return the noise power of each hydrophone and band at a frame."""
        at = int(np.clip(round(frame / self.noise_frames), 0, self.noise.shape[2] - 1))
        return self.noise[:, :, at].astype(np.float64)


def mean_s(band: BandPass, params: DetectorParams) -> float:
    """Return the length of the short mean in a band."""
    return float(np.clip(params.cycles / band.width_hz, *params.short_s))


def threshold(dof: float, length_s: float, per_hour: float) -> float:
    """Return the ratio to mean noise that Gaussian noise crosses so many times an hour."""
    chance = min(per_hour * length_s / 3600.0 / CROSSINGS, 0.5)
    return ratio_exceeded(chance, dof)


def find_signals(
    frames: Frames, rate_hz: float, crossing_s: float, params: DetectorParams
) -> Found:
    """Find signals in the power of bands.

    Parameters
    ----------
    frames : Frames
    rate_hz : float
        Sampling rate from which the frames were made.
    crossing_s : float
        In which sound crosses the array.
    params : DetectorParams
    """
    hydrophones, bands, count = frames.power.shape
    hop = max(round(params.noise_step_s / frames.step_s), 1)
    noise = np.full((hydrophones, bands, max(-(-count // hop), 1)), np.nan, np.float32)
    dof = np.ones((hydrophones, bands))
    short, long = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    excess = np.zeros(count, np.float32)
    needed = min(params.min_hydrophones, hydrophones)
    if hydrophones < params.min_hydrophones:
        params = replace(
            params,
            false_alarms_per_hour=params.alone_false_alarms_per_hour,
            least_short_db=params.alone_short_db,
            least_long_db=params.alone_long_db,
        )
    for j, band in enumerate(frames.bands):
        votes = np.zeros((2, count), np.int8)
        active = np.zeros((2, count), np.bool_)
        for i in range(hydrophones):
            law, states = _states(frames, (i, j), band, rate_hz, params)
            noise[i, j, : len(law.power[::hop])] = law.power[::hop]
            dof[i, j] = law.dof / mean_s(band, params)
            if j < bands - 1:
                excess += np.nan_to_num(frames.power[i, j] / law.power - 1.0).astype(np.float32)
            for k, state in enumerate(states):
                votes[k] += _widened(state, round(crossing_s / frames.step_s))
                active[k] |= state
        short |= active[0] & (votes[0] >= needed)
        long |= active[1] & (votes[1] >= needed)
    spans = _merged(frames.step_s, short, long, excess, params)
    return Found(tuple(spans), noise, hop, dof)


def _states(
    frames: Frames, cell: tuple[int, int], band: BandPass, rate_hz: float, params: DetectorParams
) -> tuple[NoiseLaw, list[BoolArray]]:
    """Return the noise level, and where the short and the long mean are in a signal."""
    power = frames.power[cell]
    first_s = mean_s(band, params)
    number = max(round(first_s / frames.step_s), 1)
    level = smoothed(power, number)
    most = max(2.0 * noise_bandwidth_hz(band, rate_hz) * number * frames.step_s, 1.0)
    law = noise_law(level, frames.step_s, most, params)
    per_s = law.dof / (number * frames.step_s)
    long = max(round(params.long_s / frames.step_s), 1)
    states = []
    for frames_in, row, least_db in (
        (number, level, params.least_short_db),
        (long, smoothed(power, long), params.least_long_db),
    ):
        length_s = frames_in * frames.step_s
        dof = per_s * length_s
        least = 10.0 ** (least_db / 10.0)
        high = max(threshold(dof, length_s, params.false_alarms_per_hour), least)
        low = min(ratio_exceeded(params.low_probability, dof), 0.5 * (1.0 + high))
        states.append(hysteresis(row / law.power, high, low))
    return law, states


def hysteresis(ratio: FloatArray, high: float, low: float) -> BoolArray:
    """Return where a ratio is above ``low`` in stretches that somewhere exceed ``high``.

    Examples
    --------
    >>> hysteresis(np.array([1.0, 2.0, 5.0, 2.0, 1.0, 2.0]), 4.0, 1.5).tolist()
    [False, True, True, True, False, False]
    """
    above = np.nan_to_num(ratio) > low
    peaks = np.nan_to_num(ratio) > high
    out = np.zeros(len(ratio), np.bool_)
    for first, stop in runs(above):
        if peaks[first:stop].any():
            out[first:stop] = True
    return out


def runs(state: BoolArray) -> NDArray[np.int64]:
    """Return first and one past last index of each stretch of True, shape (n, 2)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], state.astype(np.int8), [0]])))
    return edges.reshape(-1, 2).astype(np.int64)


def _widened(state: BoolArray, reach: int) -> BoolArray:
    """Return a state that begins earlier and ends later."""
    if not state.any():
        return state
    change = np.zeros(len(state) + 1, np.int32)
    for first, stop in runs(state):
        change[max(first - reach, 0)] += 1
        change[min(stop + reach, len(state))] -= 1
    return np.cumsum(change[:-1]) > 0


def _merged(
    step: float,
    short: BoolArray,
    long: BoolArray,
    excess: NDArray[np.float32],
    params: DetectorParams,
) -> list[Span]:
    """Return spans: short ones, and long ones that are more than some short ones."""
    impulses = _closed(short, round(params.join_short_s / step))
    # Power over noise, summed over octaves: the loud low bands must not hide a signal in others.
    energy = np.concatenate([[0.0], np.cumsum(excess, dtype=np.float64)])
    taken = np.zeros(len(impulses), np.bool_)
    spans: list[Span] = []
    for first, stop in _closed(long, round(params.join_long_s / step)):
        inside = (impulses[:, 0] < stop) & (impulses[:, 1] > first)
        own = impulses[inside]
        cover = float(np.sum(own[:, 1] - own[:, 0])) / (stop - first)
        total = energy[stop] - energy[first]
        part = sum(energy[b] - energy[a] for a, b in own)
        is_series = part > params.impulse_share * total and cover < params.impulse_cover
        if len(own) and is_series:
            continue
        taken |= inside
        edges = (min(first, *own[:, 0]), max(stop, *own[:, 1])) if len(own) else (first, stop)
        spans.append(Span(int(edges[0]), int(edges[1]), len(own) > 0))
    spans += [Span(int(a), int(b), short=True) for a, b in impulses[~taken]]
    whole = [part for s in spans for part in _cut(s, round(params.max_length_s / step))]
    return sorted(whole, key=lambda s: (s.first, s.stop))


def _closed(state: BoolArray, gap: int) -> NDArray[np.int64]:
    """Return stretches of True; those with a short pause between them are one."""
    found = runs(state)
    if len(found) < 2:
        return found
    far = found[1:, 0] - found[:-1, 1] > gap
    firsts = found[np.concatenate([[True], far]), 0]
    stops = found[np.concatenate([far, [True]]), 1]
    return np.stack([firsts, stops], axis=1)


def _cut(span: Span, longest: int) -> list[Span]:
    parts = max(-(-(span.stop - span.first) // longest), 1)
    edges = np.linspace(span.first, span.stop, parts + 1).round().astype(int)
    return [Span(int(a), int(b), span.short) for a, b in pairwise(edges)]
