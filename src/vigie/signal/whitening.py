"""Noise made white, so that one law of noise holds for all frequencies and elements.

Each record is divided by the square root of its own long-term spectrum, in the frequency domain and
without phase: delays between elements stay. The spectrum is the median over windows of Hann-tapered
periodograms (a signal of some windows does not enter it), over ln 2, which makes it the mean of
noise. Coloured noise in a short window without this leaks from its loud frequencies into all
others: the F of a beam then exceeds its 1 % point in most windows.

Source: textbook (Welch 1967, IEEE Trans. Audio Electroacoust. 15, 70-73; median after Allen et al.
2012). Accuracy: noise of f^-2 power is white within 5 %. Cost: two transforms of the record.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.signal.gaps import filled

FloatArray = NDArray[np.float64]

SEGMENT_S = 60.0
"""Windows of the long-term spectrum; longer than those that are searched."""
MIN_SEGMENTS = 8
TAPER_S = 5.0
DEEPEST = 1e-6
"""Least power over the largest: a filter's stop band is not blown up."""


def whitened(samples: FloatArray, rate_hz: float) -> FloatArray:
    """Return records whose noise is white and of power one per sample.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        NaN where masked; it stays NaN.
    rate_hz : float
    """
    return np.array([_white(row, rate_hz) for row in samples]).reshape(samples.shape)


def _white(row: FloatArray, rate_hz: float) -> FloatArray:
    known = np.isfinite(row)
    if not known.any():
        return row.copy()
    tapered = filled(row, round(TAPER_S * rate_hz))
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
    return np.where(known, white, np.nan)


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
    return freq_hz, median
