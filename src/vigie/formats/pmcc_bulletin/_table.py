"""Detections to the columns of a bulletin, for every kind of file."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.formats.base import IssueLog
from vigie.formats.bulletins import arrivals_of, bulletin_to_write
from vigie.formats.pmcc_bulletin._columns import COLUMNS, NUMBERS, TEXTS
from vigie.formats.pmcc_bulletin._datenum import datenum_of_ns
from vigie.formats.pmcc_bulletin._rows import MAX, RMS, Row, detection_of, made_id
from vigie.geodesy import KM_PER_DEG
from vigie.records import Detection, Technology, format_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.formats.base import Contents

_PHASES = {"I", "Iw", "Is", "It"}


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file."""

    stations: tuple[str, ...]
    starts: tuple[Decimal, ...]
    """MATLAB date numbers."""
    values: tuple[tuple[float, ...], ...]
    """The other fifteen columns of each row; NaN where not measured."""
    texts: dict[str, list[str]]
    """Further columns, of those that are needed: without them a reader would miss something."""
    numbers: dict[str, list[float]]
    """The same; NaN where not measured."""


def sound_detections(contents: Contents, title: str) -> tuple[Detection, ...]:
    """Return the detections of infrasound, those of events first and with their group.

    Raises
    ------
    UnwritableError
        There are detections, and none is of infrasound, or there is no bulletin.
    """
    if contents.bulletin is not None:
        # Lists of InfraPy bring the positions of their arrays; that they are lost is told.
        contents = replace(contents, stations=())
    everything = tuple(arrivals_of(bulletin_to_write(contents, title)))
    sound = tuple(
        d for d in everything if d.technology is Technology.INFRASOUND or d.phase in _PHASES
    )
    if everything and not sound:
        raise UnwritableError(
            format=title,
            what=f"{len(everything)} detections, none of them of infrasound",
            remedy="Write arrival_csv, isf or vigie_json instead.",
        )
    return sound


def table_of(detections: Sequence[Detection], start_of: Callable[[int], Decimal]) -> Table:
    """Return the columns of some detections.

    Parameters
    ----------
    detections : sequence of Detection
    start_of : callable
        Returns the date number of a time as the file holds it.
    """
    starts = tuple(start_of(d.time_ns) for d in detections)
    values = tuple(_values(d) for d in detections)
    plain = [
        _read_plainly(d, start, row)
        for d, start, row in zip(detections, starts, values, strict=True)
    ]
    texts = {
        name: [_text(d, name) for d in detections]
        for name in TEXTS
        if name != "station"
        and any(_differs(d, p, name) for d, p in zip(detections, plain, strict=True))
    }
    numbers = {
        name: [_number(getattr(d, name)) for d in detections]
        for name in NUMBERS
        if any(getattr(d, name) != getattr(p, name) for d, p in zip(detections, plain, strict=True))
    }
    return Table(tuple(d.station for d in detections), starts, values, texts, numbers)


def double_datenum(time_ns: int) -> Decimal:
    """Return the date number for a file of doubles."""
    return Decimal(float(datenum_of_ns(time_ns)))


def _values(d: Detection) -> tuple[float, ...]:
    low_hz, high_hz = d.band_hz or (None, None)
    amplitudes = {a.type: a for a in reversed(d.amplitudes) if a.unit == "Pa"}
    strongest = amplitudes.get(MAX) or amplitudes.get(RMS)
    n_elements = d.n_elements if d.n_elements is not None else len(d.elements) or None
    by_key = {
        "duration_s": d.duration_s,
        "back_azimuth_deg": d.azimuth_deg,
        "apparent_velocity_km_s": _velocity_km_s(d),
        "rms_amplitude_pa": amplitudes[RMS].value if RMS in amplitudes else None,
        "freq_hz": d.freq_hz,
        "min_freq_hz": low_hz,
        "max_freq_hz": high_hz,
        "family_size": d.family_size,
        "period_at_max_s": d.period_s or (strongest.period_s if strongest else None),
        "pseudo_period_s": d.pseudo_period_s,
        "max_amplitude_pa": amplitudes[MAX].value if MAX in amplitudes else None,
        "fisher_ratio": d.fisher_ratio,
        "n_sensors": n_elements,
        "consistency_s": d.consistency_s,
        "correlation": d.correlation,
    }
    return tuple(_number(by_key[column.key]) for column in COLUMNS[1:])


def _velocity_km_s(d: Detection) -> float | None:
    if d.trace_velocity_m_s is not None and math.isfinite(d.trace_velocity_m_s):
        # Its decimals moved, so that 345.6 m/s is 0.3456 km/s and comes back as it was.
        return float(Decimal(repr(float(d.trace_velocity_m_s))).scaleb(-3))
    return KM_PER_DEG / d.slowness_s_per_deg if d.slowness_s_per_deg else None


def _number(value: float | None) -> float:
    return float(value) if value is not None and math.isfinite(value) else math.nan


def _read_plainly(d: Detection, start: Decimal, values: Sequence[float]) -> Detection:
    """Return what a reader makes of the sixteen columns alone."""
    by_key = {
        column.key: value
        for column, value in zip(COLUMNS[1:], values, strict=True)
        if not math.isnan(value)
    }
    row = Row("", d.station, start, by_key, {}, {})
    # Every time of int64 nanoseconds is within the date numbers' range.
    return detection_of(row, IssueLog("", strict=False)) or d


def _differs(d: Detection, plain: Detection, name: str) -> bool:
    if name == "id":
        return d.id != made_id(replace(plain, time_ns=d.time_ns))
    if name == "time_utc":
        return d.time_ns != plain.time_ns
    return bool(getattr(d, name) != getattr(plain, name))


def _text(d: Detection, name: str) -> str:
    if name == "time_utc":
        return format_iso(d.time_ns, digits=9)
    value = getattr(d, name)
    text = " ".join(value) if isinstance(value, tuple) else str(value or "")
    return " ".join(text.split())
