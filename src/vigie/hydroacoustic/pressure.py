"""Counts of a hydrophone to pascals, once.

A response says its unit. A ``calib`` of CSS3.0 or CD-1.1 does not: for hydrophones it is uPa per
count, while other sources write Pa. No 24-bit hydrophone lies between: at 0.01 Pa per count it
would record up to 84 kPa, at 0.01 uPa no more than 0.08 Pa, less than a quiet sea. So a
larger calib is taken as uPa, a smaller one as Pa, and that is told. Samples that are not whole
numbers have been calibrated already and nothing is applied to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.signal.counts import is_whole
from vigie.signal.response import evaluate

if TYPE_CHECKING:
    from vigie.records import Channel, Waveform

UPA_PA = 1e-6
UNITS_PA = {"Pa": 1.0, "uPa": UPA_PA}
LARGEST_PA_PER_COUNT = 0.01
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
    if not is_whole(waveform):
        finite = np.asarray(waveform.samples, dtype=np.float64)[:100_000]
        scatter = float(np.nanstd(finite)) if len(finite) else 0.0
        unit = "uPa" if scatter > LOUDEST_PA else "Pa"
        return Pressure(
            UNITS_PA[unit],
            f"samples are not whole numbers and are taken as {unit}; no gain is applied",
        )
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
    return Pressure(None, "no calibration, so no levels")
