"""Counts to pascals, and whether that was done already.

The samples of a digitiser are whole numbers. Where they are not, somebody has applied the
calibration before, whatever the metadata still say, or has filtered counts: the one mistake makes
amplitudes wrong by hundreds, the other by a hundred thousand. Two things tell. Calibrated samples
still lie on steps of the gain, counts without their mean on steps of one. Without steps their
scatter tells, since that of the air is some mPa to some Pa: as counts they are taken where they
would be no sound as pascals, as pascals where they would be none as counts, or far less usual. Else
no amplitude in Pa is known. Each is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.signal.counts import (
    is_high_passed,
    is_whole,
    lies_on_steps,
    nearest,
    scatter_of,
)
from vigie.signal.response import evaluate

if TYPE_CHECKING:
    from vigie.records import Channel, Waveform

PASCAL = "Pa"
RESPONSE_SIGMA = 0.05
"""Relative standard error of a response (that which seismic channels are given)."""
CALIB_SIGMA = 0.15
"""The same of one number for all frequencies."""
USUAL_PA = 0.1
"""Scatter of the air's pressure within ten seconds ..."""
QUIETEST_PA, LOUDEST_PA = 1e-4, 20.0
"""... of a quiet site above some Hz, and in a strong wind (background noise at 1 Hz is 0.3 to 300
mPa: Bowman et al. 2005, GRL 32, L09803; wind adds to that)."""
LEAST_COUNTS = 3.0
"""A digitiser that the air moves by less hardly records it, but pascals of a windy site scatter so:
they are such where nothing was filtered, which alone makes real numbers of so few counts."""
SURELY = 30.0
"""Times by which the scatter in pascals must be nearer to what is usual than that of counts, where
both could be sound: a site may be as windy, or as quiet, as that."""
UNKNOWN = "so no amplitude in Pa"


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
    gain = _gain(waveform, channel, freq_hz)
    return gain if is_whole(waveform) else _of_real_numbers(waveform, gain)


def _gain(waveform: Waveform, channel: Channel | None, freq_hz: float) -> Pressure:
    """Return pascals per count by the metadata."""
    response = channel.response if channel else None
    if response is not None and response.input_unit == PASCAL:
        size = abs(complex(evaluate(response, np.array([freq_hz]))[0]))
        if math.isfinite(size) and size > 0.0:
            return Pressure(1.0 / size, RESPONSE_SIGMA)
    calib = (channel.calib if channel and channel.calib else waveform.calib) or 0.0
    # CSS3.0 writes 1 or a negative number where the calibration is not known.
    if calib > 0.0 and calib != 1.0:
        return Pressure(calib, CALIB_SIGMA)
    return Pressure(None, 0.0, f"no calibration, {UNKNOWN}")


def _of_real_numbers(waveform: Waveform, gain: Pressure) -> Pressure:
    """Return pascals per sample of what is no whole number: pressure, or counts filtered."""
    scatter, known = scatter_of(waveform), gain.pa_per_count
    if not scatter > 0.0:
        return Pressure(None, 0.0, f"samples do not move, {UNKNOWN}")
    as_pa = [scatter] if known is None else [scatter, scatter * known]
    # By powers of ten, so that the elements of an array are told of in one note.
    sizes = [f"{10.0 ** round(math.log10(p)):g} Pa" for p in as_pa]
    told = f"samples are not whole numbers: as Pa they scatter by some {sizes[0]}"
    if known is not None:
        told += f", as counts by {sizes[1]}"
    is_sound = [QUIETEST_PA <= p <= LOUDEST_PA for p in as_pa]
    if not any(is_sound):
        return Pressure(None, 0.0, f"{told}, which is no sound; their unit is not known, {UNKNOWN}")
    chosen = _chosen(waveform, as_pa, is_sound, known)
    if chosen is None:
        return Pressure(None, 0.0, f"{told}; which cannot be told, {UNKNOWN}")
    if chosen:
        return Pressure(known, gain.sigma, f"{told}; taken as counts")
    both = "" if known is None else "; the metadata's gain is not applied"
    return Pressure(1.0, RESPONSE_SIGMA, f"{told}; taken as Pa{both}")


def _chosen(
    waveform: Waveform, as_pa: list[float], is_sound: list[bool], gain: float | None
) -> int | None:
    """Return 0 for pascals, 1 for counts, None where nothing tells."""
    if gain is None:
        return 0
    # Steps of one may be those of whole pascals too, where the gain is near one.
    in_steps = [lies_on_steps(waveform, size) for size in (gain, 1.0)]
    if in_steps[0] != in_steps[1]:
        chosen = int(in_steps[1])
        return chosen if is_sound[chosen] else None
    if as_pa[0] < LEAST_COUNTS and is_sound[0] and not is_high_passed(waveform):
        return 0
    if not all(is_sound):
        return is_sound.index(True)
    return 0 if nearest(as_pa, USUAL_PA, margin=SURELY) == 0 else None
