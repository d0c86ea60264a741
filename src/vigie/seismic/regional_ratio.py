"""Amplitudes of Pn, Pg, Sn and Lg in narrow bands, as regional discrimination needs them.

Root mean square of the band-passed trace in each phase's window, the mean square of the
noise before P taken off. Windows: group velocities of Hartse, Taylor, Phillips & Randall
(1997), Bull. Seismol. Soc. Am. 87, 551-568, as recalled, shifted to the predicted onset
where one is given. Assumes stationary noise; the unit is that of the trace, since only ratios
are used. Accuracy: noise of known level with a burst of known rms gives it back within
10 % at an SNR of 2 (test). Cost: 2 ms per trace of 10 minutes at 40 Hz, four bands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import Amplitude
from vigie.records.time import add_seconds, seconds_between
from vigie.signal.filters import BandPass, filter_zero_phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.records import Waveform

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupWindow:
    """When a phase passes: between two group velocities."""

    phase: str
    fast_km_s: float
    slow_km_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalAmplitudeParams:
    """How regional amplitudes are measured."""

    windows: tuple[GroupWindow, ...] = (
        GroupWindow("Pn", 8.2, 7.0),
        GroupWindow("Pg", 6.2, 5.2),
        GroupWindow("Sn", 4.7, 4.1),
        GroupWindow("Lg", 3.6, 3.0),
    )
    bands_hz: tuple[tuple[float, float], ...] = ((6.0, 8.0), (4.0, 6.0), (8.0, 10.0), (2.0, 4.0))
    poles: int = 4
    onset_lead_s: float = 0.5
    """Windows start so much before a predicted onset."""
    min_window_s: float = 3.0
    """A phase with a shorter window is left out: it is not apart from its neighbour."""
    noise_s: float = 30.0
    noise_gap_s: float = 3.0
    """Time left free between the noise and the first window."""


DEFAULT = RegionalAmplitudeParams()


def measure_regional(
    waveform: Waveform,
    origin_ns: int,
    distance_km: float,
    onsets_ns: Mapping[str, int] | None = None,
    params: RegionalAmplitudeParams = DEFAULT,
) -> tuple[Amplitude, ...]:
    """Measure the regional phases on one trace.

    Parameters
    ----------
    waveform : Waveform
        Unfiltered, gap-free, vertical; from 35 s before P to the end of Lg.
    origin_ns : int
        Origin time of the event.
    distance_km : float
        Of the station.
    onsets_ns : mapping, optional
        Predicted or measured onset by phase; a window keeps its length and starts there.
    params : RegionalAmplitudeParams
        Windows and bands.

    Returns
    -------
    tuple of Amplitude
        Type ``regional:Pn`` ..., one per phase and band that the trace covers; the rms with
        the noise taken off, in the waveform's unit, with ``snr`` = rms over rms of noise.
        A phase that does not rise above the noise has the noise's rms as its value, an
        upper bound, and an SNR near 1.
    """
    windows = _windows(origin_ns, distance_km, onsets_ns or {}, params)
    if not windows:
        return ()
    first_ns = min(start for start, _ in windows.values())
    noise_end_ns = add_seconds(first_ns, -params.noise_gap_s)
    noise = (add_seconds(noise_end_ns, -params.noise_s), noise_end_ns)
    found: list[Amplitude] = []
    for band_hz in params.bands_hz:
        band = BandPass(*band_hz, poles=params.poles)
        if not band.fits(waveform.rate_hz):
            continue
        samples = np.asarray(waveform.samples, dtype=np.float64)
        filtered = waveform.with_samples(
            filter_zero_phase(samples - samples.mean(), waveform.rate_hz, band)
        )
        noise_ms = _mean_square(filtered, noise)
        for phase, window in windows.items():
            signal_ms = _mean_square(filtered, window)
            if noise_ms is not None and signal_ms is not None and noise_ms > 0.0:
                found.append(
                    _amplitude(phase, band_hz, window, (signal_ms, noise_ms), waveform.unit)
                )
    return tuple(found)


def _windows(
    origin_ns: int,
    distance_km: float,
    onsets_ns: Mapping[str, int],
    params: RegionalAmplitudeParams,
) -> dict[str, tuple[int, int]]:
    """Return start and end of each phase that is long enough to stand apart."""
    found: dict[str, tuple[int, int]] = {}
    for w in params.windows:
        length_s = distance_km / w.slow_km_s - distance_km / w.fast_km_s
        if length_s < params.min_window_s:
            continue
        start_ns = add_seconds(origin_ns, distance_km / w.fast_km_s)
        if w.phase in onsets_ns:
            start_ns = add_seconds(onsets_ns[w.phase], -params.onset_lead_s)
        found[w.phase] = (start_ns, add_seconds(start_ns, length_s))
    return found


def _mean_square(waveform: Waveform, window: tuple[int, int]) -> float | None:
    """Return the mean square of a window; None where the trace does not cover it."""
    part = waveform.slice(*window)
    wanted = seconds_between(window[1], window[0]) * waveform.rate_hz
    if len(part.samples) < 0.99 * wanted - 1.0 or len(part.samples) == 0:
        return None
    return float(np.mean(np.square(np.asarray(part.samples, dtype=np.float64))))


def _amplitude(
    phase: str,
    band_hz: tuple[float, float],
    window: tuple[int, int],
    mean_squares: tuple[float, float],
    unit: str,
) -> Amplitude:
    signal_ms, noise_ms = mean_squares
    clean_ms = max(signal_ms - noise_ms, 0.0)
    seen = clean_ms > 0.1 * noise_ms
    return Amplitude(
        type=f"regional:{phase}",
        value=math.sqrt(clean_ms if seen else noise_ms),
        unit=unit,
        time_ns=window[0],
        band_hz=band_hz,
        snr=math.sqrt(signal_ms / noise_ms),
    )
