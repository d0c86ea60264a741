"""Whether stations some kilometres apart saw their strong signals as waves that cross them.

Elements of an array do: the waveform is alike at all of them, and the delays are those of a plane
wave. Stations of a local network do not: under each of them the waves of a near event are others,
and its front is no plane. Codes and distances alone do not tell the two apart.

Method: all records are filtered causally to 1.5-4 Hz. The strongest signal is where the geometric
mean of their envelopes (rms over 1 s), each over its own median, is largest. A window of 6 s there
is correlated with each other record, over the lags that a wave of at least 2.5 km/s can have. The
delays of pairs give times of the elements (``element_times``) and a plane front through them with
Huber's loss (``fit_plane_wave``). It is one wave if the median of the pairs' correlations is 0.6
or more, the median departure from the plane 0.05 s or less and the front as fast as that. Three
stations lie on a plane whatever their times, so of them only correlation and speed can tell.
So it is with the next strongest signals, five at most and half a minute apart: they are an array
when the strongest is one wave and at least as many of the others are as are not, for far events
cross a local network as well, and Lg an array with little likeness.

Assumes that one instant is the strongest at all stations. Accuracy as measured, median correlation:
0.81 and 0.64 for P at three elements 12 to 17 km apart (two explosions 39 and 42 deg away),
0.95 to 0.96 for simulated arrays of 3, 10 and 20 km; 0.52 for a local event on three stations near
Munich; 0.49 for unlike signals at 3 to 7 simulated stations, 0.59 the largest of 160; below 0.55
in noise. An event amid 7 stations within 10 km, its waveform the same at all (as in simulations
only), passed in 3 of 40 cases, with unlike waveforms in none. Cost: 0.03 s per element and hour at
40 Hz.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError
from vigie.records import NS_PER_S
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.plane_wave import element_times, fit_plane_wave
from vigie.signal.segments import assemble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Waveform

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonWaveParams:
    """What counts as one wave."""

    band: BandPass = field(default_factory=lambda: BandPass(1.5, 4.0))
    """Where P is strong and alike over 10 to 20 km; in narrower bands unlike signals look alike."""
    window_s: float = 6.0
    """P and its first coda; over 8 s the correlations measured fall to 0.74 and 0.55."""
    slowest_km_s: float = 2.5
    """Lg and Rg cross arrays with 3 km/s and more."""
    min_snr: float = 3.0
    """Geometric mean of the envelopes over their medians; noise reaches 2."""
    strong_snr: float = 6.0
    """From which on a further signal counts: less strong ones are unlike for their noise."""
    apart_s: float = 30.0
    """P and S of a local event are one signal."""
    most: int = 5
    min_correlation: float = 0.6
    """Between arrays (0.64 and more) and unlike signals (0.59 and less), as measured."""
    max_residual_s: float = 0.05
    """Median; simulated arrays have 0.03 and less, an event amid stations bends more."""


@dataclass(frozen=True, slots=True)
class CommonWave:
    """How alike the strongest signal is at several stations."""

    snr: float
    correlation: float
    """Median of the pairs' normalized cross-correlations."""
    slowness_s_per_km: float
    """Of the plane front that fits the stations' times best."""
    residual_s: float
    """Median departure of the stations' times from it; 0 for three stations."""

    def is_one(self, params: CommonWaveParams) -> bool:
        """Tell whether it is one plane wave."""
        return (
            self.snr >= params.min_snr
            and self.correlation >= params.min_correlation
            and self.slowness_s_per_km * params.slowest_km_s <= 1.0
            and self.residual_s <= params.max_residual_s
        )


def are_one(waves: Sequence[CommonWave], params: CommonWaveParams) -> bool:
    """Tell whether signals, the strongest first, cross their stations as those of an array."""
    if not waves or not waves[0].is_one(params):
        return False
    strong = [wave for wave in waves if wave.snr >= params.strong_snr]
    plane = sum(wave.is_one(params) for wave in strong)
    return 2 * plane >= len(strong)


def strongest_waves(
    recordings: Sequence[Sequence[Waveform]],
    offsets_km: FloatArray,
    params: CommonWaveParams = CommonWaveParams(),
) -> list[CommonWave]:
    """Return how alike the strongest signals are at stations that recorded them.

    Parameters
    ----------
    recordings : sequence of sequence of Waveform
        Of one channel per station, all with one sampling rate.
    offsets_km : ndarray, shape (n, 2)
        East and north of the stations.
    params : CommonWaveParams

    Returns
    -------
    list of CommonWave
        The strongest first; none where fewer than three stations recorded anything at one time,
        or stand in line.
    """
    rate_hz = next((w.rate_hz for one in recordings for w in one), 0.0)
    filtered, there = _on_one_grid(recordings, rate_hz, params.band)
    if len(filtered) < 3:
        return []
    ratios = _envelope_ratios(filtered, rate_hz)
    found = []
    for peak, snr in _peaks(ratios, round(params.apart_s * rate_hz), params.most):
        correlations, delays_s = _pairs(filtered, peak, offsets_km[there], rate_hz, params)
        above = correlations[np.triu_indices(len(filtered), 1)]
        try:
            front = fit_plane_wave(offsets_km[there], element_times(delays_s), robust=True)
        except ArrayGeometryError:
            return []
        slowness = float(np.hypot(*front.slowness_s_per_km))
        residual_s = float(np.median(np.abs(front.residuals_s)))
        found.append(CommonWave(snr, float(np.median(above)), slowness, residual_s))
    return found


def _peaks(ratios: FloatArray, apart: int, most: int) -> list[tuple[int, float]]:
    """Return where and how large the largest values are, apart from each other."""
    left = ratios.copy()
    found: list[tuple[int, float]] = []
    while len(found) < most and (left > 0.0).any():
        peak = int(np.argmax(left))
        found.append((peak, float(left[peak])))
        left[max(peak - apart, 0) : peak + apart + 1] = 0.0
    return found


def _on_one_grid(
    recordings: Sequence[Sequence[Waveform]], rate_hz: float, band: BandPass
) -> tuple[FloatArray, list[int]]:
    """Return the filtered records, 0 where there are none, over the time that all of them span.

    Shape (n, samples), with the indices of the recordings that are no flat line.
    """
    segments = [assemble(one).segments if one else () for one in recordings]
    kept = [k for k, pieces in enumerate(segments) if any(np.ptp(w.samples) > 0 for w in pieces)]
    if not kept:
        return np.zeros((0, 0)), []
    start_ns = max(min(w.start_ns for w in segments[k]) for k in kept)
    end_ns = min(max(w.time_ns(len(w.samples)) for w in segments[k]) for k in kept)
    n_samples = max(int((end_ns - start_ns) * rate_hz / NS_PER_S), 0)
    grid = np.zeros((len(kept), n_samples))
    for row, k in zip(grid, kept, strict=True):
        for piece in segments[k]:
            first = round((piece.start_ns - start_ns) * rate_hz / NS_PER_S)
            begin, end = max(first, 0), min(first + len(piece.samples), n_samples)
            if begin < end:
                filtered = filter_causal(piece.samples, rate_hz, band)
                row[begin:end] = filtered[begin - first : end - first]
    return grid, kept


def _envelope_ratios(filtered: FloatArray, rate_hz: float) -> FloatArray:
    """Return the geometric mean of all records' envelopes, each over its median."""
    width = max(round(rate_hz), 1)
    total = np.ones(filtered.shape[1])
    for row in filtered:
        summed = np.concatenate([[0.0], np.cumsum(row**2)])
        envelope = np.zeros(len(row))
        n_full = len(row) - width + 1
        if n_full > 0:
            envelope[width // 2 :][:n_full] = np.sqrt((summed[width:] - summed[:-width]) / width)
        recorded = envelope[envelope > 0.0]
        median = float(np.median(recorded)) if len(recorded) else 1.0
        total *= (envelope / median) ** (1.0 / len(filtered))
    return total


def _pairs(
    filtered: FloatArray,
    peak: int,
    offsets_km: FloatArray,
    rate_hz: float,
    params: CommonWaveParams,
) -> tuple[FloatArray, FloatArray]:
    """Return largest correlation and its delay (s) for all pairs, each of shape (n, n)."""
    n, n_samples = filtered.shape
    length = min(round(params.window_s * rate_hz), n_samples)
    start = min(max(peak - length // 3, 0), n_samples - length)
    correlations, delays_s = np.eye(n), np.zeros((n, n))
    for i, j in combinations(range(n), 2):
        apart_km = float(np.hypot(*(offsets_km[i] - offsets_km[j])))
        lag = round((apart_km / params.slowest_km_s + 0.3) * rate_hz)
        first = max(start - lag, 0)
        other = filtered[j, first : start + length + lag]
        best, at = _best_match(filtered[i, start : start + length], other)
        correlations[i, j] = correlations[j, i] = best
        delays_s[i, j] = (first + at - start) / rate_hz
        delays_s[j, i] = -delays_s[i, j]
    return correlations, delays_s


def _best_match(window: FloatArray, other: FloatArray) -> tuple[float, int]:
    """Return the largest normalized correlation of a window along a record, and where."""
    products = np.correlate(other, window, "valid")
    summed = np.concatenate([[0.0], np.cumsum(other**2)])
    energy = summed[len(window) :] - summed[: -len(window)]
    scale = np.sqrt(np.maximum(energy, 0.0) * float(window @ window))
    normalized = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0.0)
    at = int(np.argmax(normalized))
    return float(normalized[at]), at
