"""How a simulated sound reaches the hydrophones, and how loud it is over noise.

Waves cross the hydrophones' true places as planes or as circles about their source. Noise falls
from 5 Hz on, is incoherent between hydrophones, and holds distant shipping that is coherent from
one direction. The ratio of signal to noise is the power of the signal alone, averaged over the
best second, over mean noise power, in the octave where this is highest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigie.simulate.hydroacoustic import spectra
from vigie.simulate.hydroacoustic.ranges import SceneRanges, even, log_even
from vigie.simulate.hydroacoustic.spectra import RATE_HZ

FloatArray = NDArray[np.float64]

SNR_BANDS_HZ = (
    (1.0, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 32.0), (32.0, 64.0), (64.0, 100.0)
)  # fmt: skip
UPA_PA = 1e-6
SOUND_KM_S = 1.482


def ocean_noise(
    rng: np.random.Generator, places: FloatArray, count: int, ranges: SceneRanges
) -> FloatArray:
    """Return ocean noise at hydrophones, Pa, shape (n, count)."""
    level = UPA_PA**2 * 10.0 ** (even(rng, ranges.noise_db) / 10.0)
    slope = even(rng, ranges.noise_slope_db) / (10.0 * np.log10(2.0))

    def psd(freq_hz: FloatArray) -> FloatArray:
        return np.asarray(level * (np.maximum(freq_hz, 5.0) / 10.0) ** -slope)

    noise = spectra.colored_noise(rng, (len(places), count), RATE_HZ, psd)
    share = log_even(rng, ranges.ship_share)

    def shipping(freq_hz: FloatArray) -> FloatArray:
        hump = np.exp(-((np.log(np.maximum(freq_hz, 1.0) / 25.0)) ** 2))
        return np.asarray(share * psd(freq_hz) * hump)

    far = spectra.colored_noise(rng, (1, count), RATE_HZ, shipping)[0]
    return noise + crossed(far, places, even(rng, (0.0, 360.0)), SOUND_KM_S, None)


def crossed(
    samples: FloatArray,
    places: FloatArray,
    azimuth_deg: float,
    sound_km_s: float,
    range_km: float | None,
) -> FloatArray:
    """Return a signal at each hydrophone: a plane wave, or a circle about its source.

    Parameters
    ----------
    samples : ndarray, shape (m,)
        At the origin of ``places``.
    places : ndarray, shape (n, 2)
        East and north, km.
    azimuth_deg : float
        To the source.
    sound_km_s : float
    range_km : float or None
        Distance of the source; None for a plane wave.
    """
    angle = np.radians(azimuth_deg)
    toward = np.array([np.sin(angle), np.cos(angle)])
    if range_km is None:
        delay_s = -(places @ toward) / sound_km_s
    else:
        source = range_km * toward
        delay_s = (np.linalg.norm(source - places, axis=1) - range_km) / sound_km_s
    freq_hz = spectra.frequencies(len(samples), RATE_HZ)
    spectrum = np.fft.rfft(samples) * np.exp(-2j * np.pi * freq_hz * delay_s[:, None])
    return np.asarray(np.fft.irfft(spectrum, len(samples), axis=1))


def to_snr(
    wave: FloatArray, noise: FloatArray, time_s: float, end_s: float, snr_db: float
) -> tuple[FloatArray, tuple[float, ...]]:
    """Return the wave scaled to the wanted ratio, and the ratio in each band, dB."""
    first = max(round((time_s - 5.0) * RATE_HZ), 0)
    last = min(round((end_s + 15.0) * RATE_HZ), wave.shape[1])
    now = [_band_power(wave[0, first:last], band) for band in SNR_BANDS_HZ]
    usual = [_mean_power(noise[0], band) for band in SNR_BANDS_HZ]
    ratios = np.array(
        [10.0 * np.log10(max(a, 1e-300) / b) for a, b in zip(now, usual, strict=True)]
    )
    raised = snr_db - float(ratios.max())
    return wave * 10.0 ** (raised / 20.0), tuple((ratios + raised).tolist())


def _band_power(samples: FloatArray, band_hz: tuple[float, float]) -> float:
    """Return the power of the best second in a band."""
    freq_hz = spectra.frequencies(len(samples), RATE_HZ)
    inside = (freq_hz >= band_hz[0]) & (freq_hz < band_hz[1])
    part = np.fft.irfft(np.fft.rfft(samples) * inside, len(samples))
    sums = np.concatenate([[0.0], np.cumsum(part**2)])
    width = min(round(RATE_HZ), len(samples))
    return float(np.max(sums[width:] - sums[:-width])) / width


def _mean_power(samples: FloatArray, band_hz: tuple[float, float]) -> float:
    freq_hz = spectra.frequencies(len(samples), RATE_HZ)
    inside = (freq_hz >= band_hz[0]) & (freq_hz < band_hz[1])
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(2.0 * np.sum(power[inside])) / len(samples) ** 2
