"""Counts of a hydrophone to pascals, once.

A response says its unit. A ``calib`` of CSS3.0 or CD-1.1 does not: for hydrophones it is uPa per
count, while other sources write Pa. No 24-bit hydrophone lies between: at 0.01 Pa per count it
would record up to 84 kPa, at 0.01 uPa no more than 0.08 Pa, less than a quiet sea. So a
larger calib is taken as uPa, a smaller one as Pa, and that is told. Samples that are not whole
numbers have been calibrated already, or are counts that somebody filtered: what comes nearest to
the pressure of the sea is taken, and both are told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.signal.counts import is_whole, nearest, scatter_of
from vigie.signal.response import evaluate

if TYPE_CHECKING:
    from vigie.records import Channel, Waveform

UPA_PA = 1e-6
UNITS_PA = {"Pa": 1.0, "uPa": UPA_PA}
LARGEST_PA_PER_COUNT = 0.01
USUAL_PA = 1.0
"""Scatter of the sea's pressure at a hydrophone above 1 Hz, within a factor of ten."""
LOUDEST_PA = 1e3
"""Scatter of calibrated samples beyond which they must be uPa: 180 dB, all day."""


@dataclass(frozen=True, slots=True)
class Pressure:
    """How samples become pascals at one frequency."""

    pa_per_count: float | None
    """None where it is not known."""
    note: str = ""


def pressure_of(waveform: Waveform, channel: Channel | None, freq_hz: float) -> Pressure:
    """Return pascals per sample of a hydrophone at a frequency.

    Parameters
    ----------
    waveform : Waveform
    channel : Channel or None
        Its metadata.
    freq_hz : float
    """
    if waveform.unit in UNITS_PA:
        return Pressure(UNITS_PA[waveform.unit])
    gain = _gain(waveform, channel, freq_hz)
    if is_whole(waveform):
        return gain
    return _of_real_numbers(waveform, gain)


def _gain(waveform: Waveform, channel: Channel | None, freq_hz: float) -> Pressure:
    """Return pascals per count by the metadata."""
    response = channel.response if channel else None
    if response is not None and response.input_unit in UNITS_PA:
        size = abs(complex(evaluate(response, np.array([freq_hz]))[0]))
        if math.isfinite(size) and size > 0.0:
            return Pressure(UNITS_PA[response.input_unit] / size)
    calib = (channel.calib if channel and channel.calib else waveform.calib) or 0.0
    # CSS3.0 writes 1 or a negative number where the calibration is not known.
    if calib > 0.0 and calib != 1.0:
        unit = "uPa" if calib > LARGEST_PA_PER_COUNT else "Pa"
        return Pressure(calib * UNITS_PA[unit], f"calib {calib:g} is taken as {unit} per count")
    what = "no response of pressure and no calib"
    if response is not None and response.input_unit in UNITS_PA:
        what = f"its response is 0 or not a number at {freq_hz:g} Hz, and there is no calib"
    elif response is not None:
        what = f"its response is of {response.input_unit}, not of pressure, and there is no calib"
    return Pressure(None, f"{what}, so no levels: give a response of Pa or uPa, or a calib")


def _of_real_numbers(waveform: Waveform, gain: Pressure) -> Pressure:
    """Return pascals per sample of what is no whole number: pressure, or counts that were filtered.

    Of Pa, uPa and, where a gain is known, counts the one is taken whose scatter is nearest to the
    usual one of the sea.
    """
    scatter = scatter_of(waveform)
    unit = "uPa" if scatter > LOUDEST_PA else "Pa"
    plain = UNITS_PA[unit]
    if gain.pa_per_count is None or not scatter > 0.0:
        told = f"samples are not whole numbers and are taken as {unit}; no gain is applied"
        return Pressure(plain, told)
    as_counts = scatter * gain.pa_per_count
    as_pressure = scatter * plain
    told = f"samples are not whole numbers: as {unit} they scatter by {as_pressure:.2g} Pa"
    both = f"{told}, as counts by {as_counts:.2g} Pa"
    if nearest([as_pressure, as_counts], USUAL_PA):
        return Pressure(gain.pa_per_count, f"{both}; taken as counts, the gain is applied")
    return Pressure(plain, f"{both}; taken as {unit}, no gain is applied")
