"""The bands of hydroacoustic processing, and their power in short frames.

Seven octaves (the highest is cut by the passband of IMS hydrophones, 1-100 Hz) and one band over
all. Each channel is filtered forward and backward, so that onsets are not late, and its power is
kept in frames of 0.04 s: all that detection and features need, at a hundredth of the size.

Cost: a day of one hydrophone at 250 Hz in 8 s (eight bands, two directions).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vigie.signal.filters import BandPass, filter_zero_phase, gain

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

HYDRO_BANDS = (
    BandPass(1.0, 2.0),
    BandPass(2.0, 4.0),
    BandPass(4.0, 8.0),
    BandPass(8.0, 16.0),
    BandPass(16.0, 32.0),
    BandPass(32.0, 64.0),
    BandPass(64.0, 100.0),
    BandPass(2.0, 80.0),
)
"""The last one is the broad band."""
BROAD = len(HYDRO_BANDS) - 1
FRAME_S = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Mean squared pressure in frames of time, by hydrophone and band."""

    start_ns: int
    """Beginning of the first frame."""
    step_s: float
    bands: tuple[BandPass, ...]
    power: Float32Array
    """Shape (hydrophones, bands, frames); NaN where a frame is not whole."""

    def cut(self, first: int, stop: int) -> Float32Array:
        """Return some frames; those before the first or after the last are NaN."""
        low, high = max(first, 0), min(stop, self.power.shape[2])
        out = np.full((*self.power.shape[:2], max(stop - first, 0)), np.nan, np.float32)
        if high > low:
            out[..., low - first : high - first] = self.power[..., low:high]
        return out


def bands_at(rate_hz: float) -> tuple[BandPass, ...]:
    """Return the bands that a sampling rate carries; the broad one is always the last."""
    return tuple(b for b in HYDRO_BANDS[:-1] if b.fits(rate_hz)) + HYDRO_BANDS[-1:]


def frame_samples(rate_hz: float) -> int:
    """Return how many samples make a frame."""
    return max(round(FRAME_S * rate_hz), 1)


def band_frames(samples: FloatArray, rate_hz: float, bands: tuple[BandPass, ...]) -> Float32Array:
    """Return the power of hydrophones in bands and frames.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
        On one time axis; NaN where not trusted.
    rate_hz : float
    bands : tuple of BandPass

    Returns
    -------
    ndarray, shape (n, bands, frames)
        Mean square; NaN in frames, and beside them while the filter rings, with a NaN sample.
    """
    step = frame_samples(rate_hz)
    count = samples.shape[1] // step
    out = np.full((len(samples), len(bands), count), np.nan, dtype=np.float32)
    for i, row in enumerate(samples):
        known = np.isfinite(row)
        if not known.any():
            continue
        filled = np.where(known, row - float(np.mean(row[known])), 0.0)
        whole = known[: count * step].reshape(count, step).all(axis=1)
        for j, band in enumerate(bands):
            filtered = filter_zero_phase(filled, rate_hz, band)[: count * step]
            power = np.einsum("ij,ij->i", *(2 * [filtered.reshape(count, step)])) / step
            reach = int(np.ceil(band.ring_s * rate_hz / step))
            out[i, j] = np.where(_far_from_gaps(whole, reach), power, np.nan)
    return out


def _far_from_gaps(whole: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Tell which frames have no incomplete frame within reach."""
    if whole.all():
        return whole
    lost = np.concatenate([[0], np.cumsum(~whole)])
    at = np.arange(len(whole))
    high = np.minimum(at + reach + 1, len(whole))
    return np.asarray(lost[high] == lost[np.maximum(at - reach, 0)])


@lru_cache(maxsize=64)
def noise_bandwidth_hz(band: BandPass, rate_hz: float) -> float:
    """Return the statistical bandwidth of white noise in a band: (int P)^2 / int P^2.

    Mean power over a time T then has 2 B T degrees of freedom (Bendat & Piersol 2010).
    """
    freq_hz = np.linspace(0.0, 0.5 * rate_hz, 8001)[1:-1]
    power = np.asarray(gain(band, rate_hz, freq_hz, zero_phase=True)) ** 2
    return float(power.sum() ** 2 / np.sum(power**2) * (freq_hz[1] - freq_hz[0]))
