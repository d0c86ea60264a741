"""All bands of a long record from one Fourier transform, each at the rate that it needs.

The spectrum of an element is computed once. Each band is that spectrum times the squared gain of a
Butterworth band-pass (zero phase), cut at a lower Nyquist frequency and transformed back: low bands
cost next to nothing. Gaps are filled with zeros after a taper; windows that touch one are found
by ``coverage``.

Rates are at least five samples per period of the upper corner (a slower record is interpolated by
its spectrum): delays are interpolated by a cosine (``delays``), which is exact for a sine at any
rate above two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.signal.gaps import filled, stretches

if TYPE_CHECKING:
    from vigie.signal.pmcc.params import PmccBand

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
ComplexArray = NDArray[np.complex64]

ORDER = 3
TAPER_S = 10.0
SAMPLES_PER_PERIOD = 5.0
FACTORS = (1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400)
COMMON = 6400
"""Multiple of all factors."""
RING_PERIODS = 3.0
"""Length of the filter's answer, in periods of the lower corner."""
NYQUIST_SHARE = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class BandRecord:
    """The elements of an array in one band."""

    samples: Float32Array
    """Shape (n, m)."""
    rate_hz: float
    bandwidth_hz: float
    """Equivalent width (int S df)^2 / int S^2 df of white noise after the filter."""
    guard_s: float
    """Beside a gap the filter's answer to its edge is not yet gone."""


class FilterBank:
    """Spectra of the elements of an array, ready to be cut into bands.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        Elements on one time axis, NaN where nothing is known.
    rate_hz : float
    """

    def __init__(self, samples: FloatArray, rate_hz: float) -> None:
        from scipy.fft import next_fast_len, rfft

        self.rate_hz = rate_hz
        self.length = samples.shape[1]
        self.missing = ~np.isfinite(samples)
        # Room for the longest answer, so that the end does not ring into the start.
        blocks = next_fast_len(int(np.ceil(1.05 * self.length / COMMON)) + 1, real=True)
        self.padded = blocks * COMMON
        self.spectra: list[ComplexArray] = [
            rfft(filled(row, round(TAPER_S * rate_hz)), self.padded).astype(np.complex64)
            for row in samples
        ]

    def fits(self, band: PmccBand) -> bool:
        """Tell whether the record carries a band: rate and length."""
        return (
            band.high_hz <= NYQUIST_SHARE * self.rate_hz / 2.0
            and self.length / self.rate_hz >= band.window_s
        )

    def cut(self, band: PmccBand) -> BandRecord:
        """Return the elements in one band, at the lowest rate that carries it."""
        from scipy.fft import irfft

        size, rate_hz = self._sampling(band)
        freq_hz = np.arange(size // 2 + 1, dtype=np.float64) * (self.rate_hz / self.padded)
        gain = squared_gain(freq_hz, band)
        # Beyond some decades of the corners nothing is left that single precision holds.
        use = np.flatnonzero(gain[: len(self.spectra[0])] > 1e-9)
        part = np.zeros(len(freq_hz), dtype=np.complex64)
        count = -(-self.length * size // self.padded)
        out = np.empty((len(self.spectra), count), dtype=np.float32)
        weights = (gain[use] * (size / self.padded)).astype(np.float32)
        for row, spectrum in zip(out, self.spectra, strict=True):
            part[use] = spectrum[use] * weights
            row[:] = irfft(part, size)[:count]
        power = gain**2
        width = float(power.sum() ** 2 / (power**2).sum() * self.rate_hz / self.padded)
        return BandRecord(out, rate_hz, width, RING_PERIODS / band.low_hz)

    def _sampling(self, band: PmccBand) -> tuple[int, float]:
        """Return the length of a band's transform back, and its rate: the lowest that carries it.

        Where the record is slower than that, it is read between its samples.
        """
        enough_hz = SAMPLES_PER_PERIOD * band.high_hz
        if self.rate_hz < enough_hz:
            finer = int(np.ceil(enough_hz / self.rate_hz - 1e-9))
            return self.padded * finer, self.rate_hz * finer
        factor = max(f for f in FACTORS if f <= self.rate_hz / enough_hz)
        return self.padded // factor, self.rate_hz / factor

    def coverage(
        self, window_s: float, hop_s: float, guard_s: float, count: int
    ) -> NDArray[np.float64]:
        """Return the share of each window that each element has recorded, shape (n, count)."""
        out = np.ones((len(self.missing), count))
        length, starts = window_s * self.rate_hz, np.arange(count) * hop_s * self.rate_hz
        first = np.clip(np.round(starts).astype(np.int64), 0, self.length)
        last = np.clip(np.round(starts + length).astype(np.int64), 0, self.length)
        for row, missing in zip(out, self.missing, strict=True):
            if not missing.any():
                continue
            lost = np.concatenate([[0], np.cumsum(_grown(missing, round(guard_s * self.rate_hz)))])
            row[:] = 1.0 - (lost[last] - lost[first]) / length
        return out


def squared_gain(freq_hz: FloatArray, band: PmccBand) -> FloatArray:
    """Return the squared gain of a Butterworth band-pass: that of filtering to and fro.

    Examples
    --------
    >>> from vigie.signal.pmcc.params import PmccBand
    >>> squared_gain(np.array([0.5, 0.5**0.5, 1.0]), PmccBand(0.5, 1.0, 30.0)).round(3)
    array([0.5, 1. , 0.5])
    """
    with np.errstate(divide="ignore"):
        detuning = (freq_hz**2 - band.low_hz * band.high_hz) / (
            np.maximum(freq_hz, 1e-12) * (band.high_hz - band.low_hz)
        )
    return np.asarray(1.0 / (1.0 + detuning ** (2 * ORDER)))


def hops(record: BandRecord, band: PmccBand, step: float) -> tuple[int, int]:
    """Return samples from window to window, and how many of those one window holds."""
    per_window = round(1.0 / step)
    hop = max(round(band.window_s * step * record.rate_hz), 1)
    return hop, per_window


def _grown(missing: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Widen gaps on both sides."""
    grown = missing.copy()
    for first, last in stretches(missing):
        grown[max(first - by, 0) : last + by] = True
    return grown
