"""Measured values and their standard errors as formatted comments of ISF.

Phase lines have no room for uncertainties. ISF has a comment for them that may follow any phase
line, ``(#MEASURE parameter=value+error ...)``: readers that do not know it keep it as a comment of
the arrival. Errors of what has a column (``AZIMUTH=270.0+2.5``) are taken from it, the value from
the column; of what has none (frequency, duration, rectilinearity) the value too.

Source: the ISF standard of IASPEI/ISC, as the ISC's own library writes it; the names of the
parameters are free, those here are vigie's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

from vigie.formats.clock import date_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.records import Amplitude, Detection, StationMagnitude

MARK = "#MEASURE"
_WITH_COLUMN = {
    "TIME": ("time_ns", "time_sigma_s"),
    "AZIMUTH": ("azimuth_deg", "azimuth_deg_sigma"),
    "SLOWNESS": ("slowness_s_per_deg", "slowness_s_per_deg_sigma"),
    "SNR": ("snr", "snr_sigma"),
    "AMPLITUDE": ("amplitude_nm", "amplitude_nm_sigma"),
    "PERIOD": ("period_s", "period_s_sigma"),
}
_WITHOUT_COLUMN = {
    "FREQUENCY": ("freq_hz", "freq_hz_sigma"),
    "DURATION": ("duration_s", "duration_s_sigma"),
    "RECTILINEARITY": ("rectilinearity", "rectilinearity_sigma"),
}
_OF_DETECTION = _WITH_COLUMN | _WITHOUT_COLUMN
"""Parameter to a detection's value and its standard error."""
_MAGNITUDE = "MAGNITUDE"
_PART = re.compile(r"(\w+)=([^\s+]*)(?:\+(\d+\.?\d*|\.\d+))?", re.ASCII)
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_LINE = 80
"""Characters of a comment; longer ones go on in another, as the standard has it."""
_DIGITS = 6
"""Significant ones of a value: more than anything is measured to."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One parameter of a comment."""

    name: str
    value: float | None
    """None where it is no number (a time of day)."""
    sigma: float | None


def detection_measures(detection: Detection) -> Iterator[str]:
    """Yield the comments with what the columns of an arrival's line have no room for."""
    parts = []
    for name, (value_field, sigma_field) in _OF_DETECTION.items():
        value, sigma = getattr(detection, value_field), getattr(detection, sigma_field)
        if name == "TIME":
            shown = date_text(detection.time_ns, 3)[1]
        else:
            shown = "" if value is None else _number_text(value)
        if _is_error(sigma):
            parts.append(f"{name}={shown}+{_number_text(sigma)}")
        elif name in _WITHOUT_COLUMN and shown:
            parts.append(f"{name}={shown}")
    yield from _lines(parts)


def amplitude_measures(amplitude: Amplitude) -> Iterator[str]:
    """Yield the comment with the standard error of a further amplitude."""
    if _is_error(amplitude.sigma):
        yield from _lines([f"AMPLITUDE={_number_text(amplitude.value)}+{_text(amplitude.sigma)}"])


def size_measures(size: StationMagnitude) -> Iterator[str]:
    """Yield the comment with the standard error of a station magnitude."""
    if _is_error(size.sigma):
        yield from _lines([f"{_MAGNITUDE}={_number_text(size.value)}+{_text(size.sigma)}"])


def measures_of(text: str) -> list[Measure]:
    """Return the parameters of a comment; empty where it is no such comment, or holds others."""
    words = text.split()
    if not words or words[0].upper() != MARK:
        return []
    found = []
    for word in words[1:]:
        match = _PART.fullmatch(word)
        if match is None or match[1].upper() not in {*_OF_DETECTION, _MAGNITUDE}:
            return []
        value = float(match[2]) if _NUMBER.fullmatch(match[2]) else None
        sigma = float(match[3]) if match[3] else None
        # Sizes beyond any float are read as infinite.
        if not all(x is None or isfinite(x) for x in (value, sigma)):
            return []
        found.append(Measure(match[1].upper(), value, sigma or None))
    return found


def with_measures(detection: Detection, measures: list[Measure]) -> Detection:
    """Return a detection with the errors of a comment, and the values that have no column."""
    changes: dict[str, Any] = {}
    for measure in measures:
        if measure.name not in _OF_DETECTION:
            continue
        value_field, sigma_field = _OF_DETECTION[measure.name]
        if measure.sigma is not None:
            changes[sigma_field] = measure.sigma
        if measure.name in _WITHOUT_COLUMN and measure.value is not None:
            changes[value_field] = measure.value
    return replace(detection, **changes) if changes else detection


def sigma_of(measures: list[Measure], name: str) -> float | None:
    """Return the standard error of one parameter; None where there is none."""
    return next((m.sigma for m in measures if m.name == name), None)


def _is_error(sigma: float | None) -> bool:
    return sigma is not None and isfinite(sigma) and sigma > 0.0


def _text(sigma: float | None) -> str:
    return _number_text(sigma or 0.0)


def _number_text(value: float) -> str:
    """Write a number without an exponent, whose sign would look like an error."""
    return format(Decimal(f"{value:.{_DIGITS}g}"), "f")


def _lines(parts: list[str]) -> Iterator[str]:
    line = ""
    for part in parts:
        if line and len(line) + 1 + len(part) > _LINE:
            yield line
            line = ""
        line = f"{line or MARK} {part}"
    if line:
        yield line
