"""Measurements of the library to spectra."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.formats.gamma_spectrum._energy import curve_of
from vigie.formats.gamma_spectrum._library import decimal, text_of
from vigie.records import Calibration, Spectrum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from vigie.formats.base import IssueLog
    from vigie.records import CountArray

_ROLES = {
    "Foreground": "sample",
    "Background": "background",
    "Calibration": "calibration",
    "IntrinsicActivity": "intrinsic",
}
_EXACT_FLOAT32 = 2**24
"""Larger whole numbers lose digits as float32."""
MAX_COUNT = 2**53
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LIMIT_US = 2**63 // 1_000 - 1


def spectrum_of(measurement: Any, place: str, log: IssueLog) -> Spectrum | None:  # noqa: ANN401 — a Measurement
    """Return the spectrum of a measurement; None, with an issue, where it has no counts.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    counts = whole_counts(measurement.gammaCounts(), place, log)
    if counts is None:
        return None
    curve = curve_of(measurement)
    coefficients, points = curve if curve is not None else ((), ())
    spectrum = Spectrum(
        counts=counts,
        start_ns=_start(measurement),
        real_time_s=_seconds(measurement.realTime()),
        live_time_s=_seconds(measurement.liveTime()),
        calibration=Calibration(energy_coefficients_kev=coefficients, energy=points),
        detector=text_of(measurement.detectorName),
        title=text_of(measurement.title),
        role=_ROLES.get(measurement.sourceType().name, ""),
    )
    tell_times(spectrum, place, log)
    return spectrum


def whole_counts(values: Sequence[float], place: str, log: IssueLog) -> CountArray | None:
    """Return counts as whole numbers >= 0, told of what had to be changed; None where none."""
    counts: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    if not len(counts) or not np.isfinite(counts).all() or counts.max() > MAX_COUNT:
        shown = "" if not len(counts) else f"{counts.max():g}"
        log.bad_record(place, field_name="counts", text=shown, expected="counts of each channel")
        return None
    if counts.min() < 0.0:
        at = int(np.argmin(counts))
        expected = f"0 or more (in channel {at}; negative counts are taken as 0)"
        log.suspect(place, field_name="counts", text=f"{counts[at]:g}", expected=expected)
        counts = np.maximum(counts, 0.0)
    whole = np.rint(counts)
    if (whole != counts).any():
        at = int(np.argmax(np.abs(whole - counts)))
        expected = f"a whole number (in channel {at}; all are rounded)"
        log.suspect(place, field_name="counts", text=f"{counts[at]:g}", expected=expected)
    if whole.max() >= _EXACT_FLOAT32:
        text = f"counts above {_EXACT_FLOAT32} are read to seven digits"
        log.notice(place, "formats.float32_counts", text)
    return whole.astype(np.int64)


def tell_times(spectrum: Spectrum, place: str, log: IssueLog) -> None:
    """Note times that are missing or cannot be."""
    real_s, live_s = spectrum.real_time_s, spectrum.live_time_s
    if live_s is None:
        expected = "a live time above 0 s"
        log.suspect(place, field_name="live time", text="none", expected=expected)
    elif real_s is not None and live_s > real_s * (1.0 + 1e-6) + 1e-2:
        expected = f"at most the real time, {real_s:g} s"
        log.suspect(place, field_name="live time", text=f"{live_s:g}", expected=expected)


def with_detail(spectrum: Spectrum, *, detector: str) -> Spectrum:
    """Return a spectrum with what its file says of all."""
    return replace(spectrum, detector=spectrum.detector or detector)


def _seconds(value: float) -> float | None:
    return decimal(value) if math.isfinite(value) and value > 0.0 else None


def _start(measurement: Any) -> int | None:  # noqa: ANN401 — a Measurement
    """Return the start; None where the library has its own beginning of time, 1970."""
    try:
        start: datetime = measurement.startTime()
        whole_us = (start.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None
    return whole_us * 1_000 if whole_us and abs(whole_us) < _LIMIT_US else None
