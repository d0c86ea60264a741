"""Onset of a signal that may take seconds or minutes to rise, read on the beam of an array.

The model is that of ``onset_model``: noise of known power, then a signal of any size that begins
at a bin and grows as one of some rises says. Sound through the atmosphere rises in less than a
second (an explosion near by, a thermospheric N wave) or over a minute (scattered, guided in the
stratosphere): the rise is integrated over ``RISES_S``, all alike in the logarithm. So the width of
the posterior holds how little a slow rise tells of its beginning. The trace is first made white by
the spectrum of the noise before, through a filter of minimum phase, which shows nothing before it
begins: in noise of f^-2 power the lowest part of the band would drown the rest, and the independent
values would be fewer than 2 B T.

Source: ours (``onset_model``). Assumes noise stationary over the minutes before. Accuracy
(``benchmarks/infrasound_onsets.py``): median error 2.1 s; 85 % of truths within one stated error,
98 % within two, but swells of minutes are read late (``docs/methods/infrasound.md``). Cost: 10 ms.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.gaps import filled
from vigie.signal.onset_model import onset_posterior, rise
from vigie.signal.whitening import smoothed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FloatArray = NDArray[np.float64]

RISES_S = (0.3, 1.0, 3.0, 8.0, 20.0, 50.0, 120.0)
"""Mean delays of rises; those much longer than the trace is searched are left out."""
BINS_PER_WIDTH = 4.0
"""Bins of the posterior per second and Hz of bandwidth ..."""
MOST_BINS = 500
"""... but not more than this in all."""
LEAST_NOISE = 8.0
"""Independent values from which the power of noise is known well enough."""
LEAST_GROWTH = 1e-9
INDEPENDENCE = 1.0
"""Independent values per second and Hz of bandwidth; noise has 2, but a signal does not fill the
band evenly."""
EDGE = 50
MOST_AT_EDGE = 0.2
"""Probability in the first bins of the search, one in ``EDGE``, from which the wave is an older
one."""
SURE_SIGMAS = 4.0
"""By so many standard errors of noise the power behind the onset exceeds that before."""
GUSTS = 2.0
"""Times the expected power of a gust in the beam that are taken away."""
STEADY_S = 3.0
"""Over which the power of what differs between elements is averaged."""
SEGMENT_PERIODS = 8.0
"""Of the lower corner, in a segment of the noise's spectrum."""
MEAN_PRODUCT = 4.0
MEAN_S = 1.0
"""The search ends at the largest mean power over this long, or ``MEAN_PRODUCT`` over the width."""


class EmergentOnset(NamedTuple):
    """Where a signal begins, s from the first sample."""

    time_s: float
    sigma_s: float
    snr: float
    """Of root mean squares, in the white band."""


def emergent_onset(
    rows: FloatArray, rate_hz: float, band: BandPass, search_s: tuple[float, float]
) -> EmergentOnset | None:
    """Find where a signal begins.

    Parameters
    ----------
    rows : ndarray, shape (n, m)
        Elements along the wave, of equal level, not filtered, with some minutes of noise before;
        NaN where masked.
    rate_hz : float
    band : BandPass
        In which the signal was found.
    search_s : tuple of float
        The onset lies between these, from the first sample.

    Returns
    -------
    EmergentOnset or None
        None where too little noise is known before, no signal stands out, or what does began
        before the search.
    """
    number = np.isfinite(rows).sum(axis=0)
    known = number >= max(2, int(0.5 * number.max(initial=0)))
    if not known.any():
        return None
    lead = int(np.argmax(known))
    width_hz = min(band.width_hz, 0.45 * rate_hz)
    settled = round(2.0 * band.ring_s * rate_hz)
    first = max(round(search_s[0] * rate_hz) - lead, settled)
    if 2.0 * width_hz * (first - settled) / rate_hz < LEAST_NOISE:
        return None
    elements = np.stack([filled(row[lead:], settled // 2) for row in rows])
    whitener = _whitener(elements.mean(axis=0)[:first], elements.shape[1], rate_hz, band)
    white = np.stack([filter_causal(whitener(row), rate_hz, band) for row in elements])
    filtered = _steadied(white, (settled, first), round(STEADY_S * rate_hz))
    stop = _end(filtered, (first, round(search_s[1] * rate_hz) - lead), rate_hz, band)
    count = stop - first
    per_bin = max(round(rate_hz / (BINS_PER_WIDTH * width_hz)), -(-count // MOST_BINS), 1)
    n = count // per_bin
    before = filtered[settled:first][known[lead + settled : lead + first]]
    if n < 8 or 2.0 * width_hz * len(before) / rate_hz < LEAST_NOISE:
        return None
    noise_power = float(np.mean(before**2))
    begin = stop - n * per_bin
    power = np.mean((filtered[begin:stop] ** 2).reshape(n, per_bin), axis=1)
    if noise_power <= 0.0 or not np.any(power > noise_power):
        return None
    bin_s = per_bin / rate_hz
    rises = tuple(r for r in RISES_S if r <= max(n * bin_s, RISES_S[0]))
    profiles = _profiles(band, rate_hz, 1 << (n * per_bin).bit_length(), rises)
    # A rise that has not begun has no size.
    profiles = np.maximum(profiles, LEAST_GROWTH)
    found = onset_posterior(
        power,
        noise_power,
        INDEPENDENCE * width_hz * bin_s,
        profiles[:, per_bin // 2 :: per_bin],
        np.zeros(len(profiles)),
    )
    if float(found.probability[: max(n // EDGE, 1)].sum()) > MOST_AT_EDGE:
        return None
    onset = _read(found.probability, found.snr, (lead + begin) / rate_hz, bin_s)
    behind = power[min(round((onset.time_s - (lead + begin) / rate_hz) / bin_s), n - 1) :]
    chance = math.sqrt(2.0 / (INDEPENDENCE * width_hz * bin_s * len(behind)))
    stands_out = float(np.mean(behind)) > (1.0 + SURE_SIGMAS * chance) * noise_power
    return onset if stands_out else None


def _read(probability: FloatArray, snr: FloatArray, begin_s: float, bin_s: float) -> EmergentOnset:
    index = np.arange(len(probability))
    median = float(np.interp(0.5, np.cumsum(probability) - 0.5 * probability, index))
    spread_s = math.sqrt(float(probability @ (index - median) ** 2)) * bin_s
    sigma_s = math.hypot(spread_s, bin_s / math.sqrt(12.0))
    return EmergentOnset(begin_s + median * bin_s, sigma_s, float(probability @ snr))


def _steadied(white: FloatArray, before: tuple[int, int], length: int) -> FloatArray:
    """Return the beam without what gusts add to it.

    A gust is no wave: of the power that it brings to n elements one part in n is in the beam, and
    n - 1 in the rest beside it. Where the rest grows, ``GUSTS`` times as much as that is taken from
    the beam, down to its usual power.
    """
    beam = np.asarray(white.mean(axis=0), dtype=np.float64)
    rest = np.sum((white - beam) ** 2, axis=0) / len(white)
    usual = float(np.mean(rest[slice(*before)])) / (len(white) - 1.0)
    window = np.ones(length) / length
    grown = np.convolve(rest, window, mode="same") / (len(white) - 1.0) - usual
    power = np.maximum(np.convolve(beam**2, window, mode="same"), 1e-300)
    kept = np.maximum(power - GUSTS * np.maximum(grown, 0.0), np.minimum(usual, power))
    return np.asarray(beam * np.sqrt(kept / power))


def _whitener(
    noise: FloatArray, length: int, rate_hz: float, band: BandPass
) -> Callable[[FloatArray], FloatArray]:
    """Return the filter of minimum phase that makes noise white in a band, for so many samples.

    Outside of the band, from half the lower corner to twice the upper, it is flat.
    """
    from scipy.fft import irfft, next_fast_len, rfft
    from scipy.signal import welch

    segment = int(min(max(SEGMENT_PERIODS / band.low_hz * rate_hz, 16), len(noise)))
    freq_hz, power = welch(noise, rate_hz, nperseg=segment)
    inside = (freq_hz >= 0.5 * band.low_hz) & (freq_hz <= 2.0 * band.high_hz) & (power > 0.0)
    if inside.sum() < 2:
        return lambda samples: samples
    size = 2 * next_fast_len(length, real=True)
    at_hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    log_gain = -0.5 * np.interp(at_hz, freq_hz[inside], np.log(smoothed(power)[inside]))
    # The folded cepstrum is causal (Oppenheim & Schafer 1975, Digital Signal Processing, ch. 10).
    cepstrum = irfft(log_gain, size)
    cepstrum[1 : size // 2] *= 2.0
    cepstrum[size // 2 + 1 :] = 0.0
    answer = np.exp(rfft(cepstrum))
    return lambda samples: np.asarray(irfft(rfft(samples, size) * answer, size)[:length])


def _end(filtered: FloatArray, search: tuple[int, int], rate_hz: float, band: BandPass) -> int:
    """Return the index behind the largest mean power, in the search and a mean's length after."""
    length = max(round(max(MEAN_S, MEAN_PRODUCT / band.width_hz) * rate_hz), 1)
    first, last = search
    end = min(last + 2 * length, len(filtered))
    part = filtered[first : max(end, first)] ** 2
    if len(part) <= length:
        return max(end, first)
    mean = np.convolve(part, np.ones(length), mode="valid")
    return min(first + int(np.argmax(mean)) + length, end)


@lru_cache(maxsize=64)
def _profiles(band: BandPass, rate_hz: float, n: int, rises_s: Sequence[float]) -> FloatArray:
    """Return how mean power grows behind the filter, for each rise."""
    from scipy.signal import fftconvolve

    impulse = np.zeros(n + 1)
    # The filter rests on the first sample, so the impulse is the second.
    impulse[1] = 1.0
    response = filter_causal(impulse, rate_hz, band)[1:] ** 2
    response /= response.sum()
    t = np.asarray((np.arange(n) + 0.5) / rate_hz, dtype=np.float64)
    shapes = [grow(t, r) ** 2 for grow in (_at_once, rise) for r in rises_s]
    grown = [fftconvolve(response, shape)[:n] for shape in shapes]
    return np.maximum(np.array(grown), 0.0)


def _at_once(t_s: FloatArray, rise_s: float) -> FloatArray:
    """Return a rise that is steepest at its beginning, where ``rise`` begins with the third power.

    Trains of sound show both.
    """
    return np.asarray(1.0 - np.exp(-t_s / rise_s))
