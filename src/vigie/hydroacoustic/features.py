"""What is measured of a signal in each band, and across bands.

With e(t) the mean power of the aligned hydrophones less the noise, on [onset, termination]:
total energy E = int e dt; mean time m1 = int t e / E; spread m2 = sqrt(int (t - m1)^2 e / E);
skewness and kurtosis (less 3) alike; peak and its time; rise from 10 to 90 % of the peak; crossings
of the level half-way between noise and peak; time between 5 and 95 % of the energy. Across bands,
from the spectrum of the signal less that of noise: mean frequency, bandwidth, corner, slope
(dB/octave, 5-40 Hz), ratios of octaves, and how far lines stand out.

Names as in the Treaty's Protocol, Annex 2, where it names them. Levels are dB re 1 uPa (energy: dB
re 1 uPa^2 s) and are left out where pressure is not known. Source: the sheet of IDC features,
Gerstoft (1999), Hanson et al. (2001, PAGEOPH 158). Cost: 2 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.noise import smoothed

if TYPE_CHECKING:
    from vigie.signal.filters import BandPass

FloatArray = NDArray[np.float64]

UPA2_DB = 120.0
"""1 Pa is 120 dB re 1 uPa."""
LEAST_DB = -20.0
SEEN_DB = 3.0
"""Peak over noise from which moments of a band mean anything."""
SLOPE_HZ = (5.0, 40.0)


@dataclass(frozen=True, slots=True, eq=False)
class BandTable:
    """Features of each band, as rows of shape (bands,); NaN where the band shows no signal."""

    peak_power: FloatArray
    peak_s: FloatArray
    """From the onset."""
    energy: FloatArray
    mean_s: FloatArray
    spread_s: FloatArray
    skewness: FloatArray
    kurtosis: FloatArray
    noise_power: FloatArray
    snr_peak_db: FloatArray
    """Of the power averaged over the short mean; floored, never NaN."""
    snr_energy_db: FloatArray
    crossings: FloatArray
    rise_s: FloatArray
    duration_s: FloatArray
    """From 5 to 95 % of the energy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectralShape:
    """Features across bands."""

    centre_hz: float
    bandwidth_hz: float
    corner_hz: float
    """Upper frequency at which the spectrum has fallen to half its peak."""
    slope_db_per_octave: float
    """Between 5 and 40 Hz."""
    tonality: float
    """Mean deviation of ln power from its running mean over 3 Hz, where above noise."""


def band_table(
    power: FloatArray, noise: FloatArray, step_s: float, mean_frames: NDArray[np.int64]
) -> BandTable:
    """Measure each band.

    Parameters
    ----------
    power : ndarray, shape (bands, m)
        Mean power of the aligned hydrophones, from onset to termination.
    noise : ndarray, shape (bands,)
    step_s : float
        Length of a frame.
    mean_frames : ndarray, shape (bands,)
        Over which the power of each band is averaged for its peak.
    """
    rows = [
        _band_row(p, n, step_s, int(w)) for p, n, w in zip(power, noise, mean_frames, strict=True)
    ]
    return BandTable(*np.array(rows, dtype=np.float64).T)


def _band_row(power: FloatArray, noise: float, step_s: float, width: int) -> list[float]:
    level = smoothed(power.astype(np.float32), width)
    peak = float(np.nanmax(level, initial=0.0))
    snr_db = 10.0 * np.log10(max(peak / noise - 1.0, 10.0 ** (LEAST_DB / 10.0)))
    excess = np.nan_to_num(level) - noise
    energy = float(np.sum(excess)) * step_s
    if snr_db < SEEN_DB or energy <= 0.0:
        none = float("nan")
        return [peak, none, none, none, none, none, none, noise, snr_db, LEAST_DB, *(3 * [none])]
    e = np.maximum(excess, 0.0)
    e = e / e.sum()
    t = (np.arange(len(e)) + 0.5) * step_s
    mean = float(e @ t)
    spread = max(float(np.sqrt(e @ (t - mean) ** 2)), step_s / 12.0**0.5)
    third, fourth = (float(e @ (t - mean) ** k) / spread**k for k in (3, 4))
    total = np.cumsum(e)
    at05, at95 = (float(np.searchsorted(total, q)) * step_s for q in (0.05, 0.95))
    top = int(np.argmax(excess))
    per_second = len(e) * step_s * noise
    return [
        peak,
        float(t[top]),
        energy,
        mean,
        spread,
        third,
        fourth - 3.0,
        noise,
        snr_db,
        10.0 * np.log10(max(energy / per_second, 10.0 ** (LEAST_DB / 10.0))),
        float(np.count_nonzero(np.diff(excess > 0.5 * excess[top]))),
        _rise_s(excess[: top + 1], step_s),
        max(at95 - at05, step_s),
    ]


def _rise_s(rise: FloatArray, step_s: float) -> float:
    """Return the time from the last 10 % before the peak to the last 90 %... of its height."""
    top = float(rise[-1])
    below = [np.flatnonzero(rise < share * top) for share in (0.1, 0.9)]
    first, last = (int(b[-1]) + 1 if len(b) else 0 for b in below)
    return max((last - first + 1) * step_s, step_s)


def welch_log_mean(samples: FloatArray, rate_hz: float, window_s: float = 4.0) -> FloatArray:
    """Return the power spectral density of windows of a signal, padded where it is shorter.

    Parameters
    ----------
    samples : ndarray, shape (n, m)
    rate_hz : float
    window_s : float

    Returns
    -------
    ndarray, shape (n, k)
        One-sided, unit^2/Hz; of a shorter signal its energy over its own length.
    """
    wide = round(window_s * rate_hz)
    count = samples.shape[1]
    if count <= wide:
        spectrum = np.fft.rfft(samples - samples.mean(axis=1, keepdims=True), wide, axis=1)
        return np.asarray(2.0 * np.abs(spectrum) ** 2 / (rate_hz * max(count, 1)))
    taper = np.hanning(wide)
    starts = np.linspace(0, count - wide, max(2 * count // wide - 1, 2)).round().astype(int)
    total = np.zeros((len(samples), wide // 2 + 1))
    for start in starts:
        part = samples[:, start : start + wide]
        part = (part - part.mean(axis=1, keepdims=True)) * taper
        total += np.abs(np.fft.rfft(part, axis=1)) ** 2
    return np.asarray(2.0 * total / (len(starts) * rate_hz * np.sum(taper**2)))


def spectral_shape(signal_psd: FloatArray, noise_psd: FloatArray, rate_hz: float) -> SpectralShape:
    """Measure a spectrum across bands.

    Parameters
    ----------
    signal_psd, noise_psd : ndarray, shape (k,)
        From 0 Hz to half the rate, unit^2/Hz.
    rate_hz : float
    """
    freq_hz = np.linspace(0.0, 0.5 * rate_hz, len(signal_psd))
    inside = (freq_hz >= 1.0) & (freq_hz <= min(100.0, 0.45 * rate_hz))
    freq, noise = freq_hz[inside], noise_psd[inside]
    clean = np.maximum(signal_psd[inside] - noise, 0.05 * noise)
    above = signal_psd[inside] > 2.0 * noise
    weight = np.where(above, clean, 1e-12 * clean)
    total = float(weight.sum())
    centre = float(weight @ freq) / total
    width = float(np.sqrt(weight @ (freq - centre) ** 2 / total))
    octave = np.log2(freq)
    smooth = np.convolve(clean, np.ones(9) / 9.0, "same")
    high = np.flatnonzero(smooth >= 0.5 * smooth.max())
    mid = (freq >= SLOPE_HZ[0]) & (freq <= SLOPE_HZ[1])
    slope = float(np.polyfit(octave[mid], 10.0 * np.log10(smooth[mid]), 1)[0])
    logs = np.log(np.maximum(signal_psd[inside], 1e-300))
    reach = max(round(3.0 / (freq[1] - freq[0])), 3)
    padded = np.pad(logs, reach // 2, mode="edge")
    trend = np.convolve(padded, np.ones(reach) / reach, "same")[reach // 2 :][: len(logs)]
    seen = above if above.sum() > 5 else np.ones(len(freq), np.bool_)
    return SpectralShape(
        centre_hz=centre,
        bandwidth_hz=width,
        corner_hz=float(freq[high[-1]]),
        slope_db_per_octave=slope,
        tonality=float(np.mean(np.abs(logs - trend)[seen])),
    )


def repetitions(level: FloatArray, noise: float, own: tuple[int, int], least_ratio: float) -> int:
    """Return how often about a signal the power of its band rises to a third of its own peak.

    Parameters
    ----------
    level : ndarray, shape (m,)
        Smoothed power of the best band, with its surroundings.
    noise : float
        Mean noise power.
    own : tuple of int
        First and one past last frame of the signal.
    least_ratio : float
        Power over noise that noise itself hardly reaches.
    """
    known = np.nan_to_num(level)
    peak = float(np.max(known[own[0] : own[1]], initial=0.0)) - noise
    high = known > noise + max(peak / 3.0, (least_ratio - 1.0) * noise)
    length = own[1] - own[0]
    high[max(own[0] - length, 0) : own[1] + length] = False
    # Pauses shorter than the signal are within one repetition.
    at = np.flatnonzero(high)
    return int(1 + np.sum(np.diff(at) > length)) if len(at) else 0


def octave_ratio_db(
    table: BandTable, bands: tuple[BandPass, ...], upper: float, lower: float
) -> float:
    """Return the ratio of energies of two octaves named by their lower corners, dB."""
    lows = [b.low_hz for b in bands[:-1]]
    if upper not in lows or lower not in lows:
        return float("nan")
    a, b = table.energy[lows.index(upper)], table.energy[lows.index(lower)]
    return float(10.0 * np.log10(a / b)) if a > 0.0 and b > 0.0 else float("nan")
