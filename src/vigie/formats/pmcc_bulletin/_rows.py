"""Rows of a bulletin to detections, whatever file they came from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vigie.errors import BadTimeError
from vigie.formats.bulletins import bulletin_of_arrivals
from vigie.formats.pmcc_bulletin._columns import COLUMNS, NUMBERS
from vigie.formats.pmcc_bulletin._datenum import EXPECTED, ns_of_datenum
from vigie.geodesy import KM_PER_DEG
from vigie.records import Amplitude, Detection, Technology, format_iso, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.base import IssueLog
    from vigie.records import Bulletin

RMS, MAX = "beam:rms", "beam:max"
"""Types of the two amplitudes, in Pa."""
PHASE = "I"
METHOD = "PMCC"
_TIME_SLACK_NS = 6_000
"""Half the spacing of date numbers as doubles is 5 microseconds."""
_SAME = {"trace_velocity_m_s": 1e-9, "slowness_s_per_deg": 1e-3}
"""Relative difference up to which a further column and that of the bulletin say the same: rounding
of a double, and the length of a degree that another program uses."""
_OPTIONAL = ("phase", "first_motion", "onset", "group")
_PLAIN = ("network", "analysis", "author", "method")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in a file."""

    place: str
    station: str
    start: Decimal | None
    """MATLAB date number; None where it is none."""
    values: Mapping[str, float]
    """By column; what is not there, or NaN, was not measured."""
    texts: Mapping[str, str]
    """Further columns of vigie."""
    numbers: Mapping[str, float]
    """The same."""


def bulletin_of(rows: Iterable[Row], log: IssueLog) -> Bulletin:
    """Return the detections of all rows; a row without a time becomes an issue.

    Those of a group become an event that has no origin yet.

    Raises
    ------
    BadRecordError
        A row is wrong, and reading is strict.
    """
    ids: set[str] = set()
    seen: dict[tuple[object, ...], str] = {}
    detections: list[Detection] = []
    for row in rows:
        detection = detection_of(row, log)
        if detection is None:
            continue
        key = (row.station, row.start, *row.values.items(), *row.texts.items())
        first = seen.setdefault(key, row.place)
        if first != row.place:
            log.notice(row.place, "pmcc_bulletin.repeated", f"the same as {first}; left out")
            continue
        detections.append(_with_own_id(detection, ids, row.place, log))
    return bulletin_of_arrivals(detections)


def made_id(detection: Detection) -> str:
    """Return the id of a detection that has none: station, time and azimuth."""
    azimuth = "" if detection.azimuth_deg is None else f"-{detection.azimuth_deg:05.1f}"
    return f"{detection.station}-{format_iso(detection.time_ns)}{azimuth}"


def detection_of(row: Row, log: IssueLog) -> Detection | None:
    """Return the detection of a row; None, with an issue, where it has no time.

    Raises
    ------
    BadRecordError
        A value is wrong, and reading is strict.
    """
    time_ns = None if row.start is None else ns_of_datenum(row.start)
    if time_ns is None:
        text = "" if row.start is None else f"{row.start:.9g}"
        log.bad_record(row.place, field_name=COLUMNS[0].key, text=text, expected=EXPECTED)
        return None
    values = _sound_values(row, log)
    velocity = values.get("apparent_velocity_km_s")
    velocity_m_s = None if velocity is None else float(Decimal(repr(velocity)).scaleb(3))
    detection = Detection(
        id="",
        station=row.station,
        time_ns=time_ns,
        phase=PHASE,
        azimuth_deg=_turned(values.get("back_azimuth_deg"), row.place, log),
        slowness_s_per_deg=None if velocity_m_s is None else 1e3 * KM_PER_DEG / velocity_m_s,
        period_s=values.get("period_at_max_s"),
        freq_hz=values.get("freq_hz"),
        snr=_snr(values),
        duration_s=values.get("duration_s"),
        technology=Technology.INFRASOUND,
        trace_velocity_m_s=velocity_m_s,
        band_hz=_band(values, row.place, log),
        consistency_s=values.get("consistency_s"),
        correlation=values.get("correlation"),
        family_size=_whole(values.get("family_size")),
        fisher_ratio=values.get("fisher_ratio"),
        n_elements=_whole(values.get("n_sensors")),
        pseudo_period_s=values.get("pseudo_period_s"),
        amplitudes=_amplitudes(values),
        author="",
        method=METHOD,
    )
    if row.texts or row.numbers:
        detection = replace(detection, **_further(row, detection, log))
    return replace(detection, id=row.texts.get("id") or made_id(detection))


def _sound_values(row: Row, log: IssueLog) -> dict[str, float]:
    """Return the values that are numbers in their ranges; each other one becomes an issue."""
    sound: dict[str, float] = {}
    for column in COLUMNS[1:]:
        value = row.values.get(column.key, math.nan)
        if math.isnan(value):
            continue
        if math.isfinite(value) and column.holds(value):
            sound[column.key] = value
        else:
            log.bad_record(
                row.place, field_name=column.key, text=f"{value:g}", expected=column.expected
            )
    return sound


def _turned(azimuth: float | None, place: str, log: IssueLog) -> float | None:
    if azimuth is None or azimuth >= 0.0:
        return azimuth
    turned = azimuth + 360.0
    text = f"the azimuth {azimuth:g} was turned to {turned:g}"
    log.notice(place, "pmcc_bulletin.azimuth_turned", text)
    return turned


def _snr(values: Mapping[str, float]) -> float | None:
    """Return the ratio on one element: the Fisher ratio is 1 + M SNR^2."""
    fisher, size = values.get("fisher_ratio"), values.get("n_sensors")
    if fisher is None or not size:
        return None
    return math.sqrt(max(fisher - 1.0, 0.0) / size)


def _band(values: Mapping[str, float], place: str, log: IssueLog) -> tuple[float, float] | None:
    low, high = values.get("min_freq_hz"), values.get("max_freq_hz")
    if low is None and high is None:
        return None
    if low is None or high is None or low > high:
        text = f"{low} {high}"
        log.bad_record(place, field_name="min_freq_hz", text=text, expected="below max_freq_hz")
        return None
    return low, high


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _amplitudes(values: Mapping[str, float]) -> tuple[Amplitude, ...]:
    found = ((RMS, values.get("rms_amplitude_pa")), (MAX, values.get("max_amplitude_pa")))
    return tuple(
        Amplitude(type=kind, value=value, unit="Pa") for kind, value in found if value is not None
    )


def _further(row: Row, detection: Detection, log: IssueLog) -> dict[str, Any]:
    """Return what the further columns say; where they contradict the sixteen, those count."""
    fields: dict[str, Any] = {}
    for name in _OPTIONAL:
        if name in row.texts:
            fields[name] = row.texts[name] or None
    fields |= {name: row.texts[name] for name in _PLAIN if name in row.texts}
    elements = tuple(row.texts.get("elements", "").split())
    if elements:
        fields["elements"] = elements
        if len(elements) == detection.n_elements:
            fields["n_elements"] = None
    for name in NUMBERS:
        if name not in row.numbers:
            continue
        value = row.numbers[name]
        if math.isinf(value):
            log.bad_record(row.place, field_name=name, text=f"{value:g}", expected="a number")
        else:
            fields[name] = None if math.isnan(value) else value
    for name, most in _SAME.items():
        if name in fields and not _agree(fields[name], getattr(detection, name), most):
            _contradicts(row.place, name, f"{fields[name]:g}", log)
            del fields[name]
    if row.texts.get("time_utc"):
        fields["time_ns"] = _exact_time(row, detection.time_ns, log)
    return fields


def _agree(exact: float | None, rounded: float | None, most: float) -> bool:
    if exact is None or rounded is None:
        return True
    return abs(exact - rounded) <= most * abs(rounded)


def _exact_time(row: Row, rounded_ns: int, log: IssueLog) -> int:
    """Return the time to the nanosecond, of which the date number has lost the end."""
    text = row.texts["time_utc"]
    try:
        exact_ns = parse_time(text)
    except BadTimeError:
        log.suspect(row.place, field_name="time_utc", text=text, expected="a time")
        return rounded_ns
    if abs(exact_ns - rounded_ns) > _TIME_SLACK_NS:
        _contradicts(row.place, "time_utc", text, log)
        return rounded_ns
    return exact_ns


def _contradicts(place: str, name: str, text: str, log: IssueLog) -> None:
    expected = "what the column of the bulletin says, which counts"
    log.bad_record(place, field_name=name, text=text, expected=expected)


def _with_own_id(detection: Detection, ids: set[str], place: str, log: IssueLog) -> Detection:
    """Return the detection under an id that no earlier one has."""
    fresh, number = detection.id, 1
    while fresh in ids:
        number += 1
        fresh = f"{detection.id}-{number}"
    ids.add(fresh)
    if fresh == detection.id:
        return detection
    if detection.id != made_id(detection):
        text = f"the id {detection.id!r} stands in an earlier row; this one is called {fresh!r}"
        log.notice(place, "pmcc_bulletin.id_repeated", text)
    return replace(detection, id=fresh)
