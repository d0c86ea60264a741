"""Onset time by a change of variance, with an uncertainty that follows from it.

For every sample k of a window around a trigger, the log likelihood that the noise (variance
known from the seconds before) ends at k and a signal (variance fitted) begins is the Akaike
form of Maeda (1985); here it is read as a posterior. A band-passed trace of width B at rate f
has only 2B/f independent values per sample, so the log likelihood is weighted by that: the
width of the posterior is then a standard error. Its mean is the onset.

A signal rises over some time, while the model jumps; the pick is late by an amount that
depends on SNR, bandwidth and the unknown rise time. The mean delay over rise times of
0.03-1 s, ``0.57 s (B / Hz)^-0.5 (max(SNR, 6) / 6)^-0.35``, fitted to simulations, is taken
off, and half of it is added to the standard error, in quadrature.

Source: Maeda (1985), Zisin 38, 365-379 for the two-variance form; posterior, bandwidth
weight and delay are ours. Assumes Gaussian noise that is stationary over 30 s.
Accuracy: simulated onsets with three rise times, SNR 3-100: pulls of width 0.7-1.15, see
``docs/methods/onset.md``. Cost: 0.2 ms per onset.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from vigie.records import Waveform
    from vigie.signal.filters import BandPass

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetParams:
    """Windows of the onset picker."""

    lead_s: float = 8.0
    """Search begins so long before the trigger."""
    tail_s: float = 2.0
    """Search ends at the first maximum, at most so long after the trigger."""
    min_tail_s: float = 0.3
    noise_s: float = 20.0
    """Noise variance comes from so long before the search window."""
    min_noise_s: float = 2.0
    """Shorter noise moves the start of the search window towards the trigger."""
    fit_noise: bool = False
    """Whether noise too short for that is fitted with the signal (for second onsets)."""
    delay_s: float = 0.57
    """Mean delay of a pick at 1 Hz bandwidth and SNR <= 6 (simulation)."""
    delay_scatter: float = 0.5
    """Standard error of the delay, as part of it (simulation)."""
    floor_s: float = 0.02
    """Smallest standard error: clocks and rounding."""


DEFAULT_ONSET = OnsetParams()


@dataclass(frozen=True, slots=True)
class Onset:
    """An onset time with its standard error."""

    time_ns: int
    sigma_s: float
    snr: float
    """Root mean square of the first signal over that of the noise, in the pick's band."""
    delay_s: float
    """Delay that was taken off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLinearSigma:
    """The rule of public configurations: the standard error from SNR alone (GMS PI27)."""

    snr_low: float = 5.0
    sigma_low_s: float = 1.0
    """At and below ``snr_low``."""
    snr_high: float = 50.0
    sigma_high_s: float = 0.1
    """At and above ``snr_high``."""

    def sigma_s(self, snr: float) -> float:
        """Return the standard error, log-linear between the two ends.

        Examples
        --------
        >>> round(LogLinearSigma().sigma_s(5.0), 3), round(LogLinearSigma().sigma_s(500.0), 3)
        (1.0, 0.1)
        """
        if snr <= self.snr_low:
            return self.sigma_low_s
        part = math.log(snr / self.snr_low) / math.log(self.snr_high / self.snr_low)
        return self.sigma_low_s * math.pow(self.sigma_high_s / self.sigma_low_s, min(part, 1.0))


def refine_onset(
    trace: Waveform,
    trigger_ns: int,
    band: BandPass,
    snr: float,
    params: OnsetParams = DEFAULT_ONSET,
) -> Onset | None:
    """Find the onset that a trigger belongs to.

    Parameters
    ----------
    trace : Waveform
        Causally filtered, gap-free.
    trigger_ns : int
        When the detector's threshold was crossed.
    band : BandPass
        Filter of the trace.
    snr : float
        Largest amplitude ratio of the detector.
    params : OnsetParams
        Windows.

    Returns
    -------
    Onset or None
        None where there is too little noise before the trigger.
    """
    window = _window(trace, trigger_ns, params)
    if window is None:
        return None
    first, stop, noise_power = window
    samples = np.asarray(trace.samples[first:stop], dtype=np.float64)
    width_hz = min(band.width_hz, 0.45 * trace.rate_hz)
    probability, snr_at = onset_posterior(samples, noise_power, 2.0 * width_hz / trace.rate_hz)
    index = np.arange(len(samples))
    mean = float(probability @ index)
    spread_s = math.sqrt(float(probability @ (index - mean) ** 2)) / trace.rate_hz
    delay_s = params.delay_s / math.sqrt(width_hz) * (max(snr, 6.0) / 6.0) ** -0.35
    sigma_s = math.hypot(spread_s, params.delay_scatter * delay_s, params.floor_s)
    time_ns = add_seconds(trace.time_ns(first + mean), -delay_s)
    return Onset(time_ns, sigma_s, float(probability @ snr_at), delay_s)


def onset_posterior(
    samples: FloatArray, noise_power: float | None, independence: float
) -> tuple[FloatArray, FloatArray]:
    """Return the probability that the signal begins at each sample.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        Filtered samples: noise, then signal up to the end.
    noise_power : float or None
        Mean square of the noise; None where it is not known, and is integrated over.
    independence : float
        Independent values per sample, 2 B / f; values above 1 count as 1.

    Returns
    -------
    probability, snr : ndarray, shape (n,)
        Sums to 1; and the amplitude ratio that goes with each k.

    Notes
    -----
    With x_i the samples, n_k = n - k and s_k^2 the mean square of those from k on,
    log p(k) = w [ -k ln(v) - sum_{i<k} x_i^2 / v - n_k ln(s_k^2) - n_k ] / 2 + const,
    v the noise power, w the independence, s_k^2 >= v. With v unknown, both variances are
    integrated over under Jeffreys' prior: log p(k) is the sum over both parts of
    ln Gamma(a) - a ln E, a = w n / 2 with n the number and E the energy of its samples.
    """
    n = len(samples)
    weight = min(independence, 1.0)
    energy = np.concatenate([[0.0], np.cumsum(samples**2)])
    if noise_power is None:
        return _two_unknown_variances(energy, weight)
    k = np.arange(n)
    rest = (energy[-1] - energy[:-1]) / (n - k)
    signal_power = np.maximum(rest, noise_power)
    log_p = -k * np.log(noise_power) - energy[:-1] / noise_power
    log_p -= (n - k) * (np.log(signal_power) + rest / signal_power)
    log_p *= 0.5 * weight
    # Fewer than two independent values fit any variance.
    log_p[(n - k) * weight < 2.0] = -np.inf
    return _normalized(log_p), np.sqrt(signal_power / noise_power)


def _two_unknown_variances(energy: FloatArray, weight: float) -> tuple[FloatArray, FloatArray]:
    """Posterior of the change between two variances, neither of which is known."""
    from scipy.special import gammaln

    n = len(energy) - 1
    k = np.arange(n)
    # Rounding in the cumulative sum is the least energy that can be told.
    least = max(float(energy[-1]), np.finfo(np.float64).tiny) * np.finfo(np.float64).eps
    before = np.maximum(energy[:-1], least)
    after = np.maximum(energy[-1] - energy[:-1], least)
    a, b = 0.5 * weight * np.maximum(k, 1), 0.5 * weight * (n - k)
    log_p = gammaln(a) - a * np.log(before) + gammaln(b) - b * np.log(after)
    ratio = (after / (n - k)) / (before / np.maximum(k, 1))
    log_p[(np.minimum(k, n - k) * weight < 2.0) | (ratio < 1.0)] = -np.inf
    return _normalized(log_p), np.sqrt(np.maximum(ratio, 1.0))


def _normalized(log_p: FloatArray) -> FloatArray:
    if not np.isfinite(log_p).any():
        log_p = np.zeros(len(log_p))
    probability = np.exp(log_p - log_p.max())
    result: FloatArray = probability / probability.sum()
    return result


def _window(
    trace: Waveform, trigger_ns: int, params: OnsetParams
) -> tuple[int, int, float | None] | None:
    """First and last index of the search, and the noise power before it, where there is any."""
    rate = trace.rate_hz
    trigger = round(trace.index_of(trigger_ns))
    least = round(params.min_noise_s * rate)
    first = max(trigger - round(params.lead_s * rate), least)
    known = first <= trigger - round(0.5 * rate)
    if not known:
        if not params.fit_noise:
            return None
        first = 0
    stop = _first_maximum(trace, trigger, params)
    if stop - first < 8:
        return None
    if not known:
        return first, stop, None
    before = np.asarray(trace.samples[max(first - round(params.noise_s * rate), 0) : first])
    noise_power = float(np.mean(before.astype(np.float64) ** 2))
    return (first, stop, noise_power) if noise_power > 0.0 else None


def _first_maximum(trace: Waveform, trigger: int, params: OnsetParams) -> int:
    """Index just after the largest second-long mean power soon after the trigger."""
    rate = trace.rate_hz
    n = max(round(rate), 1)
    end = min(trigger + round((params.tail_s + 1.0) * rate), len(trace.samples))
    power = np.asarray(trace.samples[max(trigger - n, 0) : end], dtype=np.float64) ** 2
    if len(power) <= n:
        return end
    mean = np.convolve(power, np.ones(n), mode="valid")
    peak = trigger + int(np.argmax(mean))
    low = trigger + round(params.min_tail_s * rate)
    return min(max(peak, low), trigger + round(params.tail_s * rate), len(trace.samples))
