"""Onset time at the first break, with an uncertainty that follows from the data.

For every instant of a window around a trigger, ``onset_model`` says how likely a signal begins
there: noise (variance known from the seconds before) up to it, then a signal of any size, a pulse
or one that lasts, that rises in any time between 0.03 and 1 s, seen through the filter. A
band-passed trace of width B holds 2 B T independent values in T seconds; with the log likelihood
weighted so, the width of the posterior is a standard error. Its median is the onset.

Source: Maeda (1985), Zisin 38, 365-379 for the two-variance form; posterior, bandwidth
weight and rise are ours. Assumes Gaussian noise that is stationary over 30 s.
Accuracy: real P weakened into real noise, and simulated onsets of SNR 3.5-100: see
``docs/methods/onset.md``. Cost: 1-4 ms per onset at 40 Hz, 18 ms in 4-16 Hz at 100 Hz.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.signal.onset_model import growth_profiles, onset_posterior

if TYPE_CHECKING:
    from vigie.records import Waveform
    from vigie.signal.filters import BandPass

BINS_PER_WIDTH = 8.0
"""Bins of the posterior per second and Hz of bandwidth; four times the independent values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetParams:
    """Windows of the onset picker."""

    lead_s: float = 8.0
    """Search begins so long before the trigger."""
    tail_s: float = 2.0
    """Search ends at the first maximum, at most so long after the trigger."""
    min_tail_s: float = 0.3
    mean_s: float = 1.0
    """That maximum is one of power averaged so long ..."""
    mean_product: float = 4.0
    """... or this over the bandwidth, where that is shorter; 0.3 s at least. A wide band shows
    a pulse, which the long average would place in the middle."""
    min_mean_s: float = 0.3
    noise_s: float = 20.0
    """Noise variance comes from so long before the search window."""
    min_noise_s: float = 2.0
    """Shorter noise moves the start of the search window towards the trigger."""
    fit_noise: bool = False
    """Whether noise too short for that is fitted with the signal (for second onsets)."""
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
    trace: Waveform, trigger_ns: int, band: BandPass, params: OnsetParams = DEFAULT_ONSET
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
    params : OnsetParams
        Windows.

    Returns
    -------
    Onset or None
        None where there is too little noise before the trigger.
    """
    window = _window(trace, trigger_ns, _for_band(params, band))
    if window is None:
        return None
    first, stop, noise_power = window
    rate_hz = trace.rate_hz
    width_hz = min(band.width_hz, 0.45 * rate_hz)
    per_bin = max(int(rate_hz / (BINS_PER_WIDTH * width_hz)), 1)
    n = (stop - first) // per_bin
    first = stop - n * per_bin
    samples = np.asarray(trace.samples[first:stop], dtype=np.float64)
    power = np.mean((samples**2).reshape(n, per_bin), axis=1)
    bin_s = per_bin / rate_hz
    # A power of two, so that few lengths need to be kept.
    profiles = growth_profiles(band, rate_hz, 1 << (n * per_bin).bit_length())
    found = onset_posterior(
        power, noise_power, 2.0 * width_hz * bin_s, profiles[:, per_bin // 2 :: per_bin]
    )
    index = np.arange(n)
    median = float(np.interp(0.5, np.cumsum(found.probability) - 0.5 * found.probability, index))
    spread_s = math.sqrt(float(found.probability @ (index - median) ** 2)) * bin_s
    sigma_s = math.hypot(spread_s, bin_s / math.sqrt(12.0), params.floor_s)
    time_ns = trace.time_ns(first + median * per_bin)
    return Onset(time_ns, sigma_s, float(found.probability @ found.snr))


def _for_band(params: OnsetParams, band: BandPass) -> OnsetParams:
    """Return the parameters with the average that suits a band."""
    shorter_s = max(params.mean_product / band.width_hz, params.min_mean_s)
    return replace(params, mean_s=min(params.mean_s, shorter_s))


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
    """Index just after the largest mean power soon after the trigger."""
    rate = trace.rate_hz
    n = max(round(params.mean_s * rate), 1)
    end = min(trigger + round((params.tail_s + 1.0) * rate), len(trace.samples))
    power = np.asarray(trace.samples[max(trigger - n, 0) : end], dtype=np.float64) ** 2
    if len(power) <= n:
        return end
    mean = np.convolve(power, np.ones(n), mode="valid")
    peak = trigger + int(np.argmax(mean))
    low = trigger + round(params.min_tail_s * rate)
    return min(max(peak, low), trigger + round(params.tail_s * rate), len(trace.samples))
