"""What a figure of one detection shows: pressure, octaves over noise, cepstrum.

Kept only where it is asked for (``process_hydrophones(..., looks=True)``). Cost: 2 ms a detection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.cepstrum import Cepstrum
from vigie.hydroacoustic.measure import aligned_power
from vigie.records import Detection
from vigie.records.time import add_seconds
from vigie.signal.filters import BandPass, cosine_taper, filter_zero_phase

if TYPE_CHECKING:
    from vigie.hydroacoustic.measure import Measured, Record
    from vigie.hydroacoustic.triplet import Triplet

FloatArray = NDArray[np.float64]

BEFORE_S, AFTER_S = 3.0, 3.0
LONG_SHARE = 0.2
"""Of a long signal, before and after it."""
MARGIN_S = 2.0
SHOWN_HZ = (2.0, 90.0)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One detection, as a figure shows it; times in s from ``start_ns``."""

    detection: Detection
    hydrophone: str
    """Whose pressure is shown, moved to the time at the middle of the hydrophones."""
    start_ns: int
    onset_s: float
    end_s: float
    rate_hz: float
    pressure: FloatArray
    """Filtered to ``band_hz``, shape (m,)."""
    band_hz: tuple[float, float]
    in_pascals: bool
    step_s: float
    """Of the frames of ``over_noise_db``."""
    octaves_hz: tuple[tuple[float, float], ...]
    over_noise_db: FloatArray
    """Mean power of the hydrophones over noise, shape (octaves, frames)."""
    cepstrum: Cepstrum | None


def look_at(
    record: Record, measured: Measured, detection: Detection, phones: Triplet, start_ns: int
) -> Look:
    """Return what a figure of a detection shows.

    Parameters
    ----------
    record : Record
    measured : Measured
    detection : Detection
        Made of ``measured``.
    phones : Triplet
    start_ns : int
        Time of the record's first frame.
    """
    length_s = measured.end_s - measured.onset_s
    wave, used = measured.direction, np.array(measured.used)
    times_s = wave.times_s if wave and wave.plausible else np.zeros(len(used))
    begin_s = measured.onset_s - max(BEFORE_S, LONG_SHARE * length_s)
    stop_s = measured.end_s + max(AFTER_S, LONG_SHARE * length_s)
    frames = record.frames
    begin, stop = round(begin_s / frames.step_s), round(stop_s / frames.step_s)
    shifts = np.round(times_s / frames.step_s).astype(np.int64)
    power = aligned_power(frames, (used, shifts), begin, stop)[:-1]
    span_s = begin * frames.step_s + times_s[0], stop * frames.step_s + times_s[0]
    noise = 10.0 ** (measured.noise_db[:-1] / 10.0)
    high_hz = min(SHOWN_HZ[1], 0.45 * record.rate_hz)
    return Look(
        detection,
        phones.hydrophones[used[0]].name,
        add_seconds(start_ns, begin * frames.step_s),
        measured.onset_s - begin * frames.step_s,
        measured.end_s - begin * frames.step_s,
        record.rate_hz,
        _filtered(record, int(used[0]), span_s, high_hz),
        (SHOWN_HZ[0], high_hz),
        phones.in_pascals,
        frames.step_s,
        tuple((b.low_hz, b.high_hz) for b in frames.bands[:-1]),
        10.0 * np.log10(np.maximum(power, 1e-300) / noise[:, None]),
        measured.cepstrum,
    )


def _filtered(
    record: Record, hydrophone: int, span_s: tuple[float, float], high_hz: float
) -> FloatArray:
    """Return the pressure at a hydrophone; what it did not record is NaN."""
    samples = record.window(span_s[0] - MARGIN_S, span_s[1] + MARGIN_S)[hydrophone]
    known = np.isfinite(samples)
    filled = np.where(known, samples, samples[known].mean() if known.any() else 0.0)
    taper = cosine_taper(len(filled), round(0.5 * MARGIN_S * record.rate_hz))
    band = BandPass(SHOWN_HZ[0], high_hz)
    out = filter_zero_phase((filled - filled.mean()) * taper, record.rate_hz, band)
    edge = round(MARGIN_S * record.rate_hz)
    return np.asarray(np.where(known, out, np.nan)[edge:-edge])
