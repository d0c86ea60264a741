"""A5/2: the short-period amplitude and period that mb is made of.

Half of the largest difference of adjacent extrema within -0.5 ... +5.5 s of the onset, on the
zero-phase 0.8-4.5 Hz band (3 poles); period = twice the time between the two; both the
filter's and the instrument's gain at that period are taken off.

Source: the rule of the IDC as the CTBTO published it (amplitude processor in the
SeisComP/common repository, read for behaviour; ``spec`` of this project, section 2.5). Extrema
are refined by band-limited interpolation to 16 samples per shortest period and a
parabola through three of them.
Accuracy: sines of 0.9-4 Hz at 20-100 Hz under a known response: 0.04 % in amplitude and period.
Cost: 1.5 ms per amplitude.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import Amplitude
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic.half_cycle import (
    ExtremumRule,
    HalfCycle,
    Noise,
    largest_half_cycle,
    period_sigma_s,
)
from vigie.signal.filters import BandPass, cosine_taper, filter_zero_phase, gain
from vigie.signal.response import Calibration

if TYPE_CHECKING:
    from vigie.records import Waveform

FloatArray = NDArray[np.float64]


A52_BAND = BandPass(0.8, 4.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class A52Params:
    """How the short-period amplitude A5/2 is measured (input of mb).

    The defaults are those of the CTBTO amplitude processor published in the
    SeisComP/common repository.
    """

    band: BandPass = A52_BAND
    """Zero-phase Butterworth band-pass, 3 poles per corner."""
    signal_window_s: tuple[float, float] = (-0.5, 5.5)
    """Search for the largest half-cycle, from the onset."""
    noise_length_s: float = 60.0
    noise_gap_s: float = 3.0
    """Time left free between the noise window and the signal window."""
    min_noise_s: float = 3.0
    """Less noise than this gives no SNR."""
    stav_s: float = 1.0
    """Averaging of the rectified noise."""
    taper_s: float = 2.0
    """Cosine taper at both ends of the cut."""
    margin_s: float = 5.0
    """Record taken between each window and the taper, where there is: the filter's memory."""
    max_filter_loss_db: float = 20.0
    """No amplitude where the filter lowers the measured period by more."""
    max_interpolation: float = 1.5
    """Interpolated extrema are taken up to this ratio to the raw ones."""
    skip_last_extremum: bool = False
    """Leave the window's last extremum out, as the published program does."""

    @property
    def rule(self) -> ExtremumRule:
        """How extrema are found."""
        return ExtremumRule(self.band.high_hz, self.max_interpolation, self.skip_last_extremum)

    def __post_init__(self) -> None:
        if self.signal_window_s[0] >= self.signal_window_s[1]:
            raise ParameterError(
                name="signal_window_s",
                value=str(self.signal_window_s),
                expected="the window's end comes after its start",
            )


DEFAULT_A52 = A52Params()


def measure_a52(
    waveform: Waveform,
    onset_ns: int,
    calibration: Calibration | None = None,
    params: A52Params = DEFAULT_A52,
) -> Amplitude | None:
    """Measure A5/2 at an onset.

    Parameters
    ----------
    waveform : Waveform
        Unfiltered, gap-free; best from 66 s before to 8 s after the onset.
    onset_ns : int
        Onset time.
    calibration : Calibration, optional
        How counts become nm; by default what the waveform itself says.
    params : A52Params
        Band and windows.

    Returns
    -------
    Amplitude or None
        Type ``A5/2``, in nm where the calibration is known, else in counts; with period,
        time of the half-cycle's end, and SNR against the noise STAV. None where the record
        does not cover the signal window, or there is no half-cycle the filter passes.
    """
    found = measure_a52_and_period(waveform, onset_ns, calibration, params)
    return found[0] if found else None


def measure_a52_and_period(
    waveform: Waveform,
    onset_ns: int,
    calibration: Calibration | None = None,
    params: A52Params = DEFAULT_A52,
) -> tuple[Amplitude, float | None] | None:
    """Measure A5/2 as ``measure_a52`` does, with the standard error of its period in s.

    The error is None without noise before the signal.
    """
    calibration = calibration or Calibration.of(waveform, None)
    cut = _cut(waveform, onset_ns, params)
    if cut is None or not params.band.fits(waveform.rate_hz):
        return None
    filtered = _filtered(cut, params)
    first, stop = (
        math.ceil(cut.index_of(add_seconds(onset_ns, s)) - 1e-6) for s in params.signal_window_s
    )
    cycle = largest_half_cycle(filtered, cut.rate_hz, (first, stop + 1), params.rule)
    if cycle is None:
        return None
    loss = float(gain(params.band, cut.rate_hz, 1.0 / cycle.period_s, zero_phase=True)[0])
    if 20.0 * math.log10(max(loss, 1e-30)) < -params.max_filter_loss_db:
        return None
    noise = _noise(filtered, cut, onset_ns, params)
    amplitude = _as_amplitude(cycle, loss, noise.stav if noise else None, cut, calibration, params)
    return amplitude, period_sigma_s(cycle, noise) if noise else None


def noise_at(
    waveform: Waveform,
    predicted_ns: int,
    calibration: Calibration | None = None,
    params: A52Params = DEFAULT_A52,
) -> Amplitude | None:
    """Measure what stands at a predicted arrival where nothing was detected.

    Same filter and windows as A5/2. The type is ``noise:A5/2``; the value is the largest
    half-cycle of the window, so no signal there was larger; ``value / snr`` is the noise
    level (STAV) before it.
    """
    found = measure_a52(waveform, predicted_ns, calibration, params)
    if found is None:
        return None
    return Amplitude(
        type=f"noise:{found.type}",
        value=found.value,
        unit=found.unit,
        sigma=found.sigma,
        period_s=found.period_s,
        time_ns=predicted_ns,
        band_hz=found.band_hz,
        snr=found.snr,
    )


def _cut(waveform: Waveform, onset_ns: int, params: A52Params) -> Waveform | None:
    begin_s = params.signal_window_s[0] - params.noise_gap_s - params.noise_length_s
    cut = waveform.slice(
        add_seconds(onset_ns, begin_s - params.margin_s - params.taper_s),
        add_seconds(onset_ns, params.signal_window_s[1] + params.margin_s + params.taper_s) + 1,
    )
    if len(cut.samples) < 8:
        return None
    covers = (
        seconds_between(cut.start_ns, onset_ns) <= params.signal_window_s[0]
        and seconds_between(cut.end_ns, onset_ns) >= params.signal_window_s[1] - 1.5 / cut.rate_hz
    )
    return cut if covers else None


def _filtered(cut: Waveform, params: A52Params) -> FloatArray:
    samples = np.asarray(cut.samples, dtype=np.float64)
    taper = cosine_taper(len(samples), round(params.taper_s * cut.rate_hz))
    padding = np.zeros(round(4.0 / params.band.low_hz * cut.rate_hz))
    # Room for the filter to ring out beyond both ends; cut off again.
    padded = np.concatenate([padding, (samples - samples.mean()) * taper, padding])
    filtered = filter_zero_phase(padded, cut.rate_hz, params.band)
    return filtered[len(padding) : len(padding) + len(samples)]


def _noise(filtered: FloatArray, cut: Waveform, onset_ns: int, params: A52Params) -> Noise | None:
    """Measure the noise window; None where it is too short, or silent."""
    end_s = params.signal_window_s[0] - params.noise_gap_s
    stop = round(cut.index_of(add_seconds(onset_ns, end_s)))
    first = max(stop - round(params.noise_length_s * cut.rate_hz), 0)
    first = max(first, round(params.taper_s * cut.rate_hz))
    n = max(round(params.stav_s * cut.rate_hz), 1)
    if stop - first < max(params.min_noise_s * cut.rate_hz, n):
        return None
    noise = filtered[first:stop]
    stav = np.convolve(np.abs(noise), np.full(n, 1.0 / n), mode="valid")
    if not stav.mean() > 0.0:
        return None
    slope = np.diff(noise) * cut.rate_hz
    return Noise(
        float(stav.mean()), float(np.sqrt(np.mean(noise**2))), float(np.sqrt(np.mean(slope**2)))
    )


def _as_amplitude(
    cycle: HalfCycle,
    loss: float,
    noise: float | None,
    cut: Waveform,
    calibration: Calibration,
    params: A52Params,
) -> Amplitude:
    value = cycle.amplitude / loss
    snr = cycle.amplitude / noise if noise else None
    factor = calibration.nm_per_count(1.0 / cycle.period_s)
    scale, relative = factor or (1.0, 0.0)
    # Noise adds to the half-cycle: its root mean square is 1.25 STAV.
    relative = math.hypot(relative, 1.25 / snr) if snr else relative
    return Amplitude(
        type="A5/2",
        value=value * scale,
        unit="nm" if factor else "count",
        sigma=value * scale * relative if snr else None,
        period_s=cycle.period_s,
        time_ns=cut.time_ns(cycle.place),
        band_hz=(params.band.low_hz, params.band.high_hz),
        snr=snr,
    )
