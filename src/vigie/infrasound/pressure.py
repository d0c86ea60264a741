"""Counts to pascals, and whether that was done already.

The samples of a digitiser are whole numbers. Where they are not, somebody has applied the
calibration before, whatever the metadata still say: applying it again would be wrong by a factor of
hundreds. So samples that are not whole numbers are taken as pascals, with a notice.
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

PASCAL = "Pa"
RESPONSE_SIGMA = 0.05
"""Relative standard error of a response (that which seismic channels are given)."""
CALIB_SIGMA = 0.15
"""The same of one number for all frequencies."""


@dataclass(frozen=True, slots=True)
class Pressure:
    """How samples become pascals at one frequency."""

    pa_per_count: float | None
    """None where it is not known."""
    sigma: float = 0.0
    """Relative standard error."""
    note: str = ""


def pressure_of(waveform: Waveform, channel: Channel | None, freq_hz: float) -> Pressure:
    """Return pascals per count of a channel at a frequency.

    Parameters
    ----------
    waveform : Waveform
    channel : Channel or None
        Its metadata.
    freq_hz : float
    """
    if waveform.unit == PASCAL:
        return Pressure(1.0)
    response = channel.response if channel else None
    is_known = response is not None and response.input_unit == PASCAL
    calib = (channel.calib if channel and channel.calib else waveform.calib) or 0.0
    if not is_whole(waveform):
        told = "the metadata's gain is not applied" if is_known or calib > 0.0 else ""
        note = "samples are not whole numbers and are taken as Pa"
        return Pressure(1.0, RESPONSE_SIGMA, f"{note}; {told}" if told else note)
    if response is not None and is_known:
        size = abs(complex(evaluate(response, np.array([freq_hz]))[0]))
        if math.isfinite(size) and size > 0.0:
            return Pressure(1.0 / size, RESPONSE_SIGMA)
    # CSS3.0 writes 1 or a negative number where the calibration is not known.
    if calib > 0.0 and calib != 1.0:
        return Pressure(calib, CALIB_SIGMA)
    return Pressure(None, 0.0, "no calibration, so no amplitude in Pa")
