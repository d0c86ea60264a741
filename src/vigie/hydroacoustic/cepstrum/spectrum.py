"""Spectra of a signal at some hydrophones, made ready for the cepstrum.

* Log spectra of each hydrophone, noise power taken off, and the bins that exceed noise by 3 dB;
  notches of a ghost lie below noise and are kept.
* Compressed spectrum: power of the beam, or mean of the hydrophones where that holds more of the
  band, over its trend, to a power of 0.3. The share of the signal in each bin (by power over noise)
  goes with it as its weight: no bin is cut away, and none counts that holds noise.

Source: Bogert et al. (1963); power instead of logarithm: Lim (1979), "spectral root homomorphic
deconvolution". Assumes stationary noise. Cost: 2 ms for three windows of 10 s at 250 Hz.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum.params import CepstrumParams

FloatArray = NDArray[np.float64]

TREND_DEGREE = 4
"""Of the polynomial in frequency that the log power of the compressed spectrum is divided by."""
TREND_HZ = 6.0
"""Over which power is averaged before its trend is taken."""
SHARE_HZ = 2.0
"""Over which power is averaged before noise is taken off."""


class Powers(NamedTuple):
    """Power spectral densities of the hydrophones and of noise, shape (n, k)."""

    freq_hz: FloatArray
    power: FloatArray
    noise: FloatArray
    beam: FloatArray
    """Of the sum of the aligned hydrophones over their number."""


class Compressed(NamedTuple):
    """Compressed spectrum of a band."""

    freq_hz: FloatArray
    level: FloatArray
    """Of zero mean."""
    share: FloatArray
    """Of the signal in the power, 0 to 1."""
    first: int
    """Bins below the band."""
    bins: int
    """Of the whole spectrum."""

    @property
    def width_hz(self) -> float:
        """Width of the band in which the signal is seen."""
        return float(self.share.sum() * (self.freq_hz[1] - self.freq_hz[0]))


def powers(signal: FloatArray, noise_psd: FloatArray, rate_hz: float) -> Powers:
    """Return the spectra of aligned hydrophones, shape (n, m), and of their noise."""
    count = signal.shape[1]
    size = 1 << (2 * count - 1).bit_length()
    freq_hz = np.asarray(np.fft.rfftfreq(size, 1.0 / rate_hz), dtype=np.float64)
    spectrum = np.fft.rfft(signal - signal.mean(axis=1, keepdims=True), size, axis=1)
    scale = 2.0 / (rate_hz * count)
    known_hz = np.linspace(0.0, 0.5 * rate_hz, noise_psd.shape[1])
    noise = np.array([np.interp(freq_hz, known_hz, row) for row in noise_psd])
    beam = np.abs(spectrum.mean(axis=0)) ** 2 * scale
    return Powers(freq_hz, np.abs(spectrum) ** 2 * scale, noise, beam)


def log_spectra(
    spectra: Powers, rate_hz: float, params: CepstrumParams
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return ln power of each hydrophone, noise taken off, and which bins most of them keep."""
    freq_hz, power, noise, _ = spectra
    low, high = params.band_hz
    in_band = (freq_hz >= low) & (freq_hz <= min(high, 0.45 * rate_hz))
    # Smoothed: bins decide by the spectrum about them, not by their own luck.
    smooth = _running_mean(power, params.smooth_hz / freq_hz[1])
    above = (smooth / np.maximum(noise, 1e-300) - 1.0) >= params.min_snr
    kept = _bridged(in_band & (above.mean(axis=0) >= 0.5), params.notch_hz / freq_hz[1])
    # What noise leaves of a bin cannot be told below its own scatter.
    floor = np.maximum(params.floor * noise, 1e-4 * smooth)
    return np.log(np.maximum(power - noise, floor)), kept


def compressed(spectra: Powers, rate_hz: float, params: CepstrumParams) -> Compressed:
    """Return the compressed spectrum of the beam or of the mean, whichever holds more signal."""
    freq_hz, power, noise, beam = spectra
    low, high = params.band_hz
    inside = (freq_hz >= low) & (freq_hz <= min(high, 0.45 * rate_hz))
    mean_noise = noise.mean(axis=0)
    choices = [(power, mean_noise), (beam[None], mean_noise / len(power))]
    shares = [_share(rows.mean(axis=0), floor, freq_hz[1])[inside] for rows, floor in choices]
    best = int(np.argmax([s.sum() for s in shares]))
    used = freq_hz[inside]
    level = np.mean([_flat(row[inside], used, params) for row in choices[best][0]], axis=0)
    first = int(np.argmax(inside))
    return Compressed(used, level - level.mean(), shares[best], first, len(freq_hz))


def _share(power: FloatArray, noise: FloatArray, step_hz: float) -> FloatArray:
    """Return the share of the signal in each bin."""
    smooth = _tapered_mean(power, SHARE_HZ / step_hz)
    share = np.clip(1.0 - noise / np.maximum(smooth, 1e-300), 0.0, 1.0)
    return _tapered_mean(share, 0.5 * SHARE_HZ / step_hz)


def _flat(power: FloatArray, freq_hz: FloatArray, params: CepstrumParams) -> FloatArray:
    """Return power over its trend, to the wanted power."""
    scaled = 2.0 * (freq_hz - freq_hz[0]) / (freq_hz[-1] - freq_hz[0]) - 1.0
    basis = np.polynomial.legendre.legvander(scaled, TREND_DEGREE)
    smooth = np.maximum(_tapered_mean(power, TREND_HZ / (freq_hz[1] - freq_hz[0])), 1e-300)
    fit, *_ = np.linalg.lstsq(basis, np.log(smooth), rcond=None)
    return np.asarray((power * np.exp(-(basis @ fit))) ** params.bubbles.power)


def _tapered_mean(row: FloatArray, bins: float) -> FloatArray:
    """Return a running mean under a Hann window; beyond the ends there is nothing to mean."""
    wide = min(max(round(bins), 1), len(row))
    taper = np.hanning(wide + 2)[1:-1]
    total = np.convolve(row, taper, "same")
    return np.asarray(total / np.convolve(np.ones_like(row), taper, "same"))


def _running_mean(rows: FloatArray, bins: float) -> FloatArray:
    wide = max(round(bins), 1)
    return np.array([np.convolve(row, np.ones(wide) / wide, "same") for row in rows])


def _bridged(kept: NDArray[np.bool_], bins: float) -> NDArray[np.bool_]:
    """Keep short gaps too: the notches between the maxima of a ghost tell its delay."""
    at = np.flatnonzero(kept)
    out = kept.copy()
    for before, after in pairwise(at):
        if 1 < after - before <= bins:
            out[before:after] = True
    return out
