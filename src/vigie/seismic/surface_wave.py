"""ALR: amplitude and period of the Rayleigh wave that Ms is made of.

The largest half-cycle with a period of 18 to 22 s, zero to peak, of the vertical ground
displacement in a group-velocity window (5 to 2.5 km/s where no dispersion is known); zero-phase
0.0167-0.0667 Hz, 3 poles; filter and instrument taken off at that period.

Source: Rezapour & Pearce (1998), BSSA 88, 43-61 for what is measured; band of the IDC's LR
detector, as recalled. Accuracy: sines of 18.5-21.5 s within 0.3 %. Cost: 10 ms for half
an hour at 20 Hz.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.records import Amplitude
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic.half_cycle import extrema
from vigie.signal.filters import BandPass, cosine_taper, filter_zero_phase, gain

if TYPE_CHECKING:
    from vigie.records import Waveform
    from vigie.signal.response import Calibration

FloatArray = NDArray[np.float64]

LR_BAND = BandPass(0.0167, 0.0667)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceWaveParams:
    """Window, band and periods of ALR."""

    band: BandPass = LR_BAND
    period_s: tuple[float, float] = (18.0, 22.0)
    group_velocity_km_s: tuple[float, float] = (5.0, 2.5)
    """Fast and slow end of the window; usual limits where no dispersion is known."""
    taper_s: float = 120.0
    """Of the cut on both sides of the window, where there is record."""


DEFAULT_SURFACE_WAVE = SurfaceWaveParams()


def measure_alr(
    waveform: Waveform,
    origin_ns: int,
    distance_km: float,
    calibration: Calibration,
    params: SurfaceWaveParams = DEFAULT_SURFACE_WAVE,
) -> Amplitude | None:
    """Measure the Rayleigh wave of an event on a vertical record.

    Parameters
    ----------
    waveform : Waveform
        Unfiltered, gap-free, vertical.
    origin_ns : int
        Origin time of the event.
    distance_km : float
        Along the surface.
    calibration : Calibration
        How counts become nm.
    params : SurfaceWaveParams
        Window and band.

    Returns
    -------
    Amplitude or None
        Type ``ALR``, in nm or counts; ``snr`` against the rms of the same length before the
        window, where recorded. None where the record does not cover the window, or no
        half-cycle has a period in the range.
    """
    fast, slow = params.group_velocity_km_s
    span_ns = add_seconds(origin_ns, distance_km / fast), add_seconds(origin_ns, distance_km / slow)
    window = _windowed(waveform, span_ns, params)
    largest = None if window is None else _largest(window, params)
    if window is None or largest is None:
        return None
    rate_hz, period = window.cut.rate_hz, largest.period_s
    passed = float(gain(params.band, rate_hz, 1.0 / period, zero_phase=True)[0])
    factor = calibration.nm_per_count(1.0 / period)
    scale, relative = factor or (1.0, 0.0)
    value = largest.half / passed * scale
    rms = _noise_rms(window)
    return Amplitude(
        type="ALR",
        value=value,
        unit="nm" if factor else "count",
        sigma=value * math.hypot(relative, rms / largest.half) if rms > 0.0 else None,
        period_s=period,
        time_ns=window.cut.time_ns(largest.at),
        band_hz=(params.band.low_hz, params.band.high_hz),
        snr=largest.half / rms if rms > 0.0 else None,
    )


class _Window(NamedTuple):
    """The record about a window of group velocity, in the band."""

    cut: Waveform
    filtered: FloatArray
    first: int
    """Index at which the window begins."""
    stop: int
    n_taper: int


class _HalfCycle(NamedTuple):
    """The largest half-cycle of a window."""

    half: float
    """Zero to peak, as filtered."""
    period_s: float
    at: float
    """Index of the extremum at its end."""


def _windowed(
    waveform: Waveform, span_ns: tuple[int, int], params: SurfaceWaveParams
) -> _Window | None:
    """Cut, taper and filter the record; None where it does not cover the window."""
    start_ns, end_ns = span_ns
    length_s = seconds_between(end_ns, start_ns)
    cut = waveform.slice(
        add_seconds(start_ns, -length_s - params.taper_s), add_seconds(end_ns, params.taper_s)
    )
    if len(cut.samples) < 8 or cut.start_ns > start_ns or cut.end_ns < end_ns:
        return None
    samples = np.asarray(cut.samples, dtype=np.float64)
    taper_s = min(params.taper_s, seconds_between(cut.end_ns, end_ns) + 10.0)
    n_taper = round(taper_s * cut.rate_hz)
    # A slow sensor drifts: the straight line through the record belongs to no wave.
    tapered = _without_trend(samples) * cosine_taper(len(samples), n_taper)
    filtered = filter_zero_phase(tapered, cut.rate_hz, params.band)
    first, stop = (round(cut.index_of(t)) for t in span_ns)
    return _Window(cut, filtered, first, stop, n_taper)


def _largest(window: _Window, params: SurfaceWaveParams) -> _HalfCycle | None:
    """Return the largest half-cycle with a period in the range; None without any."""
    places, values = extrema(window.filtered[window.first : window.stop], 1.5)
    period_s = 2.0 * np.diff(places) / window.cut.rate_hz
    swing = np.abs(np.diff(values))
    swing[(period_s < params.period_s[0]) | (period_s > params.period_s[1])] = 0.0
    if len(swing) == 0 or swing.max() <= 0.0:
        return None
    best = int(np.argmax(swing))
    at = window.first + float(places[best + 1])
    return _HalfCycle(float(swing[best]) / 2.0, float(period_s[best]), at)


def _noise_rms(window: _Window) -> float:
    """Return the level before the window; 0 where too little of it was recorded."""
    noise = window.filtered[window.n_taper : window.first]
    return float(np.sqrt(np.mean(noise**2))) if len(noise) > 60.0 * window.cut.rate_hz else 0.0


def _without_trend(samples: FloatArray) -> FloatArray:
    index = np.arange(len(samples), dtype=np.float64)
    slope, level = np.polyfit(index, samples, 1)
    return np.asarray(samples - (slope * index + level))
