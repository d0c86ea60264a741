"""Instrument response: from its stages to counts per unit of ground motion, and its removal.

Poles and zeros in rad/s: H(f) = gain * A0 * prod(s - z) / prod(s - p), s = 2 pi i f, scaled so
that |H| is the stage's gain at its gain frequency; digital filters H(f) = gain * B(z) / A(z),
z = exp(2 pi i f / R), scaled alike, with the correction of the time stamps taken as made; tables
interpolated (log amplitude over log frequency, unwrapped phase over frequency); gains as they
are. The input may be displacement, velocity or acceleration: each time derivative multiplies by
2 pi i f.

Source: SEED manual, appendix C. A filter of finite response whose coefficients are symmetric
is taken without delay, as evalresp does.
Accuracy: equal to evalresp (through ObsPy) within 0.4 % at 0.1 to 0.8 of the Nyquist frequency
for the inventories that ship with ObsPy (docs/methods/response.md). Cost: 10 us per stage of
poles and zeros and 100 frequencies, 0.6 ms for a digital filter of 200 coefficients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import Response

if TYPE_CHECKING:
    from vigie.records import Channel, ResponseStage, Waveform

FloatArray = NDArray[np.floating]
ComplexArray = NDArray[np.complex128]

DERIVATIVES = {"m": 0, "m/s": 1, "m/s**2": 2}
"""Time derivatives of displacement that each input unit is."""
NM_PER_M = 1e9
_STOPPED = 1e-3
"""A digital filter with less gain stops its gain frequency: one without a constant."""


def evaluate(response: Response, freq_hz: FloatArray) -> ComplexArray:
    """Return counts per input unit at frequencies.

    Parameters
    ----------
    response : Response
        Stages in order; with none, the stated sensitivity is taken as flat.
    freq_hz : ndarray, shape (n,), > 0

    Returns
    -------
    ndarray, shape (n,), complex
        Counts per m, m/s, m/s**2 or Pa, whichever ``response.input_unit`` says.
    """
    freq = np.asarray(freq_hz, dtype=np.float64)
    if not response.stages:
        return np.full(freq.shape, response.sensitivity or math.nan, dtype=np.complex128)
    total = np.ones(freq.shape, dtype=np.complex128)
    for stage in response.stages:
        total *= _stage(stage, freq)
    return total


def counts_per_nm(response: Response, freq_hz: FloatArray) -> ComplexArray:
    """Return counts per nanometre of ground displacement at frequencies.

    Raises
    ------
    ParameterError
        The input is no ground motion (a pressure sensor).
    """
    if response.input_unit not in DERIVATIVES:
        raise ParameterError(
            name="response.input_unit",
            value=response.input_unit,
            expected=f"ground motion is one of {', '.join(DERIVATIVES)}",
        )
    freq = np.asarray(freq_hz, dtype=np.float64)
    result: ComplexArray = evaluate(response, freq) / NM_PER_M
    result *= np.power(2j * np.pi * freq, DERIVATIVES[response.input_unit])
    return result


@dataclass(frozen=True, slots=True)
class Calibration:
    """How counts of one channel become nanometres, and how well that is known."""

    response: Response | None = None
    calib: float | None = None
    """nm per count at ``calper_s``."""
    calper_s: float | None = None
    unit: str = "count"
    """Of the samples; ``nm`` and ``nm/s`` need no calibration."""

    @classmethod
    def of(cls, waveform: Waveform, channel: Channel | None) -> Calibration:
        """Collect what is known: of the channel first, then of the waveform's header.

        A placeholder in the header is no calibration; in a table of stations 1 counts as it stands.
        """
        response = channel.response if channel else None
        if channel and channel.calib:
            return cls(response, channel.calib, channel.calper_s, waveform.unit)
        calib = None if waveform.calib_is_placeholder else waveform.calib
        return cls(response, calib, waveform.calper_s, waveform.unit)

    def nm_per_count(self, freq_hz: float) -> tuple[float, float] | None:
        """Return nm per count at a frequency, and its relative standard error.

        None where nothing is known. With ``calib`` alone the sensor is taken as flat in
        velocity (nm per count grows with the period), which costs accuracy away from
        ``calper_s``: a standard error of 30 % per factor e is stated.
        """
        if self.unit in ("nm", "nm/s"):
            return (1.0 if self.unit == "nm" else 1.0 / (2.0 * math.pi * freq_hz)), 0.0
        if self.response is not None and self.response.input_unit in DERIVATIVES:
            size = abs(complex(counts_per_nm(self.response, np.array([freq_hz]))[0]))
            if math.isfinite(size) and size > 0.0:
                return 1.0 / size, 0.05
        # CSS3.0 writes 1 or a negative number where the calibration is not known.
        if self.calib is None or self.calper_s is None or self.calper_s <= 0.0:
            return None
        if not self.calib > 0.0:
            return None
        periods = 1.0 / (freq_hz * self.calper_s)
        return self.calib * periods, 0.1 + 0.3 * abs(math.log(periods))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalParams:
    """Band in which the response is removed; outside it a cosine falls to nothing."""

    band_hz: tuple[float, float]
    """Full weight between these."""
    fall_octaves: float = 0.5
    """Width of the cosine flank on each side."""
    motion: str = "displacement"
    """``displacement`` (nm) or ``velocity`` (nm/s)."""


def remove_response(waveform: Waveform, response: Response, params: RemovalParams) -> Waveform:
    """Return ground displacement (nm) or velocity (nm/s) within a band.

    Parameters
    ----------
    waveform : Waveform
        Counts, gap-free, at least some periods of the lower corner long.
    response : Response
        Of the channel at that time.
    params : RemovalParams
        Band and wanted motion.

    Returns
    -------
    Waveform
        Same times; the mean and all outside the band are gone. The outer tenth at each
        end is tapered away before the transform.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    from vigie.signal.filters import cosine_taper

    samples = np.asarray(waveform.samples, dtype=np.float64)
    n = len(samples)
    tapered = (samples - samples.mean()) * cosine_taper(n, n // 10)
    size = next_fast_len(2 * n, real=True)
    freq = np.fft.rfftfreq(size, 1.0 / waveform.rate_hz)
    weight = _band_weight(freq, params)
    inside = weight > 0.0
    divisor = counts_per_nm(response, freq[inside])
    if params.motion == "velocity":
        divisor = divisor / (2j * np.pi * freq[inside])
    spectrum = rfft(tapered, size)
    ground = np.zeros_like(spectrum)
    ground[inside] = spectrum[inside] * weight[inside] / divisor
    unit = "nm/s" if params.motion == "velocity" else "nm"
    return waveform.with_samples(irfft(ground, size)[:n], unit=unit)


def _band_weight(freq: FloatArray, params: RemovalParams) -> FloatArray:
    low, high = params.band_hz
    with np.errstate(divide="ignore"):
        octaves_out = np.maximum(np.log2(low / freq), np.log2(freq / high))
    ramp = np.clip(octaves_out / params.fall_octaves, 0.0, 1.0)
    weight: FloatArray = 0.5 * (1.0 + np.cos(np.pi * ramp))
    weight[ramp >= 1.0] = 0.0
    return weight


def _stage(stage: ResponseStage, freq: FloatArray) -> ComplexArray:
    if stage.kind == "paz":
        return stage.gain * _scaled_paz(stage, freq)
    if stage.kind == "fap" and stage.fap:
        return stage.gain * _table(stage, freq)
    if stage.kind == "digital" and stage.numerator and stage.rate_hz:
        return stage.gain * _scaled_digital(stage, stage.rate_hz, freq)
    if stage.kind == "gain":
        return np.full(freq.shape, stage.gain, dtype=np.complex128)
    raise ParameterError(
        name="response stage",
        value=stage.kind,
        expected="known kinds are paz, fap, digital and gain",
    )


def _scaled_digital(stage: ResponseStage, rate_hz: float, freq: FloatArray) -> ComplexArray:
    shape = _digital(stage, rate_hz, freq)
    # Without a frequency the gain is that of a constant.
    at_gain = abs(_digital(stage, rate_hz, np.array([stage.gain_freq_hz or 0.0]))[0])
    return shape / at_gain if at_gain > _STOPPED else shape


def _digital(stage: ResponseStage, rate_hz: float, freq: FloatArray) -> ComplexArray:
    delay = np.exp(-2j * np.pi * freq / rate_hz)
    top = np.polyval(stage.numerator[::-1], delay)
    below = np.polyval(stage.denominator[::-1], delay) if stage.denominator else 1.0
    is_symmetric = not stage.denominator and stage.numerator == stage.numerator[::-1]
    corrected_s = (len(stage.numerator) - 1) / 2.0 / rate_hz if is_symmetric else stage.delay_s
    result: ComplexArray = top / below * np.exp(2j * np.pi * freq * corrected_s)
    return result


def _scaled_paz(stage: ResponseStage, freq: FloatArray) -> ComplexArray:
    shape = stage.norm_factor * _poles_zeros(stage, freq)
    if not stage.gain_freq_hz:
        return shape
    at_gain = abs(stage.norm_factor * _poles_zeros(stage, np.array([stage.gain_freq_hz]))[0])
    return shape / at_gain if at_gain > 0.0 else shape


def _poles_zeros(stage: ResponseStage, freq: FloatArray) -> ComplexArray:
    s = 2j * np.pi * freq
    result = np.ones(freq.shape, dtype=np.complex128)
    # One factor at a time, poles and zeros in turn: products of dozens would overflow.
    for i in range(max(len(stage.poles), len(stage.zeros))):
        if i < len(stage.zeros):
            result *= s - stage.zeros[i]
        if i < len(stage.poles):
            result /= s - stage.poles[i]
    return result


def _table(stage: ResponseStage, freq: FloatArray) -> ComplexArray:
    table = np.array(sorted(stage.fap))
    size = np.exp(
        np.interp(np.log(freq), np.log(table[:, 0]), np.log(np.maximum(table[:, 1], 1e-300)))
    )
    phase = np.interp(freq, table[:, 0], np.unwrap(np.radians(table[:, 2])))
    outside = (freq < table[0, 0]) | (freq > table[-1, 0])
    result: ComplexArray = size * np.exp(1j * phase)
    result[outside] = np.nan
    return result
