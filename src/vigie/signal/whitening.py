"""Noise made white, so that one law of noise holds for all frequencies and elements.

Each record is divided by the square root of its own long-term spectrum, in the frequency domain and
without phase: delays between elements stay. The spectrum is the median over windows of Hann-tapered
periodograms (a signal of some windows does not enter it), over ln 2, which makes it the mean of
noise. Coloured noise in a short window without this leaks from its loud frequencies into all
others: the F of a beam then exceeds its 1 % point in most windows.

Source: textbook (Welch 1967, IEEE Trans. Audio Electroacoust. 15, 70-73; median after Allen et al.
2012), smoothed over a fifth of each frequency. Accuracy: noise of f^-2 power is white within 5 %.
Cost: two transforms of the record.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.signal.gaps import MOST_TAPERED, stretches

FloatArray = NDArray[np.float64]

SEGMENT_S = 60.0
"""Windows of the long-term spectrum; longer than those that are searched."""
MIN_SEGMENTS = 8
TAPER_S = 5.0
BRIDGE_S = 10.0
"""Longer gaps are zeros with tapers beside them."""
DEEPEST = 1e-13
"""Least power over the largest. Pressure falls by ten decades and more from microbaroms to 10 Hz;
single precision ends at 1e-14."""
SMOOTHING = 0.1
"""Half width, over the frequency, in which the spectrum is smoothed: one that follows every
wiggle rings as long as its windows are, and spreads a loud pulse over a minute."""


def whitened(samples: FloatArray, rate_hz: float) -> FloatArray:
    """Return records whose noise is white and of power one per sample.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        NaN where masked; it stays NaN.
    rate_hz : float

    Returns
    -------
    ndarray, shape (n, m)
        NaN too within ``TAPER_S`` of the ends and of long gaps (less in short stretches): the
        noise is not white there.
    """
    return np.array([_white(row, rate_hz) for row in samples]).reshape(samples.shape)


def _white(row: FloatArray, rate_hz: float) -> FloatArray:
    known = np.isfinite(row)
    if not known.any():
        return row.copy()
    bridged = _bridged(row, known, round(BRIDGE_S * rate_hz))
    tapered, whole = _tapered(bridged, np.isfinite(bridged), round(TAPER_S * rate_hz))
    size = int(min(SEGMENT_S * rate_hz, max(len(row) // MIN_SEGMENTS, 16)))
    freq_hz, power = _long_term(tapered, known, size, rate_hz)
    if not power.any():
        return np.where(known, 0.0, np.nan)
    power = np.maximum(power, DEEPEST * float(power.max()))
    padded = len(row) + size
    spectrum = np.fft.rfft(tapered, padded)
    at_hz = np.fft.rfftfreq(padded, 1.0 / rate_hz)
    # In the logarithm: spectra fall by decades.
    level = np.exp(np.interp(at_hz, freq_hz, np.log(power)))
    white = np.fft.irfft(spectrum / np.sqrt(level), padded)[: len(row)]
    return np.where(whole & known, white, np.nan)


def _bridged(row: FloatArray, known: NDArray[np.bool_], longest: int) -> FloatArray:
    """Return a row with straight lines across short gaps: what stands beside them stays."""
    out = row.copy()
    for first, last in stretches(~known):
        if first > 0 and last < len(row) and last - first <= longest:
            line = np.linspace(row[first - 1], row[last], last - first + 2)
            out[first:last] = line[1:-1]
    return out


def _tapered(
    row: FloatArray, known: NDArray[np.bool_], n_taper: int
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return a row without mean, tapered at the ends of each stretch, and where it is not tapered.

    The taper has all derivatives: a bend of loud low frequencies is an impulse to the high ones, at
    one time on all elements.
    """
    out, whole = np.zeros(len(row)), known.copy()
    mean = float(np.mean(row[known]))
    for first, last in stretches(known):
        n = min(int(MOST_TAPERED * (last - first)), n_taper)
        rise = _smooth_step(n)
        out[first:last] = row[first:last] - mean
        out[first : first + n] *= rise
        out[last - n : last] *= rise[::-1]
        whole[first : first + n] = whole[last - n : last] = False
    return out, whole


def _smooth_step(n: int) -> FloatArray:
    """Return a rise from 0 to 1 that joins both without a bend (McKechan et al. 2010)."""
    x = (np.arange(n, dtype=np.float64) + 1.0) / (n + 1.0)
    return np.asarray(1.0 / (np.exp(np.clip(1.0 / x - 1.0 / (1.0 - x), -700.0, 700.0)) + 1.0))


def _long_term(
    tapered: FloatArray, known: NDArray[np.bool_], size: int, rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    """Return frequencies and median power of windows that are wholly known, or of all."""
    window = np.hanning(size)
    starts = np.arange(0, max(len(tapered) - size, 0) + 1, max(size // 2, 1))
    whole = np.array([known[a : a + size].all() for a in starts])
    used = starts[whole] if whole.any() else starts
    power = np.array([np.abs(np.fft.rfft(tapered[a : a + size] * window, size)) ** 2 for a in used])
    scale = float(np.sum(window**2)) * np.log(2.0)
    freq_hz = np.asarray(np.fft.rfftfreq(size, 1.0 / rate_hz), dtype=np.float64)
    median = np.asarray(np.median(power, axis=0) / scale, dtype=np.float64)
    # The mean was taken away: the lowest bins say nothing of the noise beside them.
    median[: min(2, len(median))] = median[min(2, len(median) - 1)]
    return freq_hz, smoothed(median)


def smoothed(power: FloatArray) -> FloatArray:
    """Return the geometric mean about each bin, over a width that grows with the frequency."""
    index = np.arange(len(power))
    half = np.minimum(np.round(SMOOTHING * index).astype(np.int64), len(power) - 1 - index)
    least = max(float(power.max()), 1e-300) * 1e-30
    total = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(power, least)))])
    return np.asarray(np.exp((total[index + half + 1] - total[index - half]) / (2 * half + 1)))
