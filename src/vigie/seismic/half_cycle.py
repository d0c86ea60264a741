"""The largest half-cycle of a trace: amplitude, period, and what noise may do to the period.

Adjacent extrema with the largest difference; period = twice the time between the two. Extrema
are refined by band-limited interpolation and a parabola through three samples.

Source: rule of the IDC's amplitude A5/2 (see ``amplitude``); the error of the period is ours.
Assumes Gaussian noise. Accuracy: sines of 0.9-4 Hz at 20-100 Hz: 0.04 % in amplitude and period;
errors of periods: ``docs/methods/amplitude.md``. Cost: 0.5 ms per window.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class ExtremumRule(NamedTuple):
    """How extrema are found."""

    highest_hz: float
    """Highest frequency in the samples: 16 samples of interpolation per period of it."""
    max_interpolation: float = 1.5
    """Interpolated extrema are taken up to this ratio to the raw ones."""
    skip_last: bool = False


class Rivals(NamedTuple):
    """All half-cycles of a window, that might be the largest; shape (n,) each."""

    amplitude: FloatArray
    """Half of each peak-to-trough difference."""
    period_s: FloatArray


class HalfCycle(NamedTuple):
    """The largest half-cycle of a window."""

    amplitude: float
    """Half of the peak-to-trough difference, in the samples' unit."""
    period_s: float
    place: float
    """Of the later extremum, in samples of the input."""
    rivals: Rivals
    """All of the window, itself included."""


class Noise(NamedTuple):
    """The filtered noise before a signal, in the samples' unit."""

    stav: float
    """Mean of the 1-s averages of its absolute value: its short-term average level."""
    rms: float
    slope_rms: float
    """Root mean square of its derivative, per second."""


def largest_half_cycle(
    samples: FloatArray, rate_hz: float, window: tuple[int, int], rule: ExtremumRule
) -> HalfCycle | None:
    """Find the adjacent extrema with the largest difference inside a window.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Band-passed, and silent (or tapered) at the ends.
    rate_hz : float
        Samples per second.
    window : tuple of int
        First index, and index after the last.
    rule : ExtremumRule
        Interpolation and switches.
    """
    factor = max(math.ceil(16.0 * rule.highest_hz / rate_hz), 1)
    fine = _upsample(samples, factor)
    low, high = max(window[0] * factor, 0), min((window[1] - 1) * factor + 1, len(fine))
    places, values = extrema(fine[low:high], rule.max_interpolation)
    if rule.skip_last:
        places, values = places[:-1], values[:-1]
    if len(values) < 2:
        return None
    swing = np.abs(np.diff(values))
    best = int(np.argmax(swing))
    periods_s = 2.0 * np.diff(places) / (factor * rate_hz)
    return HalfCycle(
        float(swing[best]) / 2.0,
        float(periods_s[best]),
        (low + places[best + 1]) / factor,
        Rivals(swing / 2.0, periods_s),
    )


def _upsample(samples: FloatArray, factor: int) -> FloatArray:
    if factor == 1:
        return samples
    from scipy.signal import resample

    fine: FloatArray = resample(samples, len(samples) * factor)
    return fine


def extrema(samples: FloatArray, max_ratio: float) -> tuple[FloatArray, FloatArray]:
    """Places and values of all inner extrema, refined by a parabola."""
    slope = np.diff(samples)
    at = np.flatnonzero((slope[:-1] * slope[1:] < 0.0) | ((slope[:-1] != 0.0) & (slope[1:] == 0.0)))
    at = at + 1
    left, middle, right = samples[at - 1], samples[at], samples[at + 1]
    bend = left - 2.0 * middle + right
    shift = np.divide(0.5 * (left - right), bend, out=np.zeros_like(bend), where=bend != 0.0)
    value = middle - 0.25 * (left - right) * shift
    wild = np.abs(value) >= max_ratio * np.abs(middle)
    return np.where(wild, at, at + shift), np.where(wild, middle, value)


def period_sigma_s(cycle: HalfCycle, noise: Noise) -> float:
    """Return the standard error of the period of a largest half-cycle.

    Notes
    -----
    Noise with slope n' moves an extremum of amplitude A and angular frequency w by n'/(A w^2);
    T is twice the time between two extrema, so sigma = sqrt(8) rms(n') / (A w^2). Half-cycles that
    noise may have kept from being the largest add the spread of their periods: rival i, smaller
    by D in amplitude, is truly larger with the probability p = Phi(-D / rms(n)), as each swing
    between two extrema has twice the variance of the noise, and counts p / (1 - p).
    """
    from scipy.special import ndtr

    omega = 2.0 * math.pi / cycle.period_s
    own = math.sqrt(8.0) * noise.slope_rms / (max(cycle.amplitude, 1e-300) * omega**2)
    lack = (cycle.amplitude - cycle.rivals.amplitude) / max(noise.rms, 1e-300)
    chance = np.minimum(ndtr(-np.maximum(lack, 0.0)), 0.5)
    weight = chance / (1.0 - chance)
    spread = float(weight @ (cycle.rivals.period_s - cycle.period_s) ** 2 / weight.sum())
    # No answer is better than one of the periods that the filter passes.
    return math.sqrt(min(own, cycle.period_s) ** 2 + spread)
