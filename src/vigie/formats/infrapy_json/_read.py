"""Objects of an InfraPy list to detections and arrays.

Keys vary with the version: ``Peak F-Stat Time (UTC)`` or ``Time (UTC)``, ``F Statistic`` or
``F Stat.`` and so on. Azimuths are signed. Many lists name no array: then the file's name, if it
has but one, or else the position stands for it.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from vigie.errors import BadTimeError
from vigie.geodesy import KM_PER_DEG
from vigie.records import Bulletin, Detection, Station, Technology, format_iso, parse_time

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog, Source

_KEYS = {
    "time": ("Peak F-Stat Time (UTC)", "Time (UTC)"),
    "f": ("F Statistic", "F Stat."),
    "velocity": ("Trace Velocity (m/s)", "Trace Vel. (m/s)"),
    "azimuth": ("Back Azimuth",),
    "latitude": ("Latitude",),
    "longitude": ("Longitude",),
    "elevation": ("Elevation", "Elevation (m)"),
    "size": ("Array Dimension", "Array Dim."),
    "start": ("Start",),
    "end": ("End",),
}
_HEAD = re.compile(rb"\s*\[\s*\{")
_CODE = re.compile(r"[A-Za-z0-9_]{1,8}")
_LEAST_ELEVATION_M = -500.0
"""Lower values mean unknown (-999)."""


def is_detection_list(head: bytes) -> bool:
    """Tell whether the first bytes are those of a list of detections."""
    return (
        _HEAD.match(head) is not None
        and b'"Back Azimuth"' in head
        and any(f'"{key}"'.encode() in head for key in _KEYS["time"])
    )


def read_detections(source: Source, log: IssueLog) -> tuple[Bulletin, tuple[Station, ...]]:
    """Read all objects; what is wrong in one becomes an issue."""
    try:
        rows = json.loads(source.data)
    except (ValueError, RecursionError) as error:
        log.bad_record("file", field_name="JSON", text=str(error), expected="a JSON document")
        return Bulletin(), ()
    if not isinstance(rows, list):
        log.bad_record("file", field_name="JSON", text=type(rows).__name__, expected="a list")
        return Bulletin(), ()
    objects = [(f"detection {k + 1}", row) for k, row in enumerate(rows)]
    positions = {key for _, row in objects if (key := _position(row)) is not None}
    fallback = _stem(source.name) if len(positions) == 1 else None
    stations: dict[str, Station] = {}
    detections: dict[str, Detection] = {}
    for place, row in objects:
        made = _detection(place, row, fallback, log)
        if made is None:
            continue
        detection, station = made
        stations.setdefault(station.code, station)
        if detection.id in detections:
            log.notice(place, "infrapy_json.repeated", "stands in the list before; left out")
            continue
        detections[detection.id] = detection
    return Bulletin(detections=tuple(detections.values())), tuple(stations.values())


def _detection(
    place: str, row: object, fallback: str | None, log: IssueLog
) -> tuple[Detection, Station] | None:
    if not isinstance(row, dict):
        log.bad_record(place, field_name="detection", text=str(row), expected="a JSON object")
        return None
    position = _position(row)
    if position is None:
        text = f"{row.get('Latitude')}, {row.get('Longitude')}"
        log.bad_record(place, field_name="position", text=text, expected="a latitude and longitude")
        return None
    text = str(_value(row, "time"))
    try:
        time_ns = parse_time(text, date_alone=False)
    except BadTimeError as error:
        log.bad_record(place, field_name="time", text=text, expected=error.expected)
        return None
    code = _text(row.get("Station")) or _text(row.get("Name")) or fallback or _of_place(*position)
    elevation_m = _number(row, "elevation")
    known = elevation_m is not None and elevation_m > _LEAST_ELEVATION_M
    station = Station(
        code=code,
        latitude=position[0],
        longitude=position[1],
        elevation_m=elevation_m if known and elevation_m is not None else 0.0,
        network=_text(row.get("Network")),
        technology=Technology.INFRASOUND,
    )
    return _measured(row, station, time_ns, (place, log)), station


def _measured(
    row: dict[str, Any], station: Station, time_ns: int, where: tuple[str, IssueLog]
) -> Detection:
    place, log = where
    azimuth = _number(row, "azimuth")
    if azimuth is not None and abs(azimuth) > 360.0:
        log.bad_record(place, field_name="Back Azimuth", text=str(azimuth), expected="in degrees")
        azimuth = None
    azimuth = None if azimuth is None else azimuth % 360.0
    velocity = _number(row, "velocity")
    velocity = velocity if velocity is not None and velocity > 0.0 else None
    f_statistic, size = _number(row, "f"), _number(row, "size")
    snr = None
    if f_statistic is not None and size is not None and size > 0.0:
        # Of the power on one element: F = 1 + M SNR^2.
        snr = math.sqrt(max(f_statistic - 1.0, 0.0) / size)
    start, end = _number(row, "start"), _number(row, "end")
    duration = end - start if start is not None and end is not None and end > start else None
    direction = "" if azimuth is None else f"-{azimuth:05.1f}"
    return Detection(
        id=f"{station.code}-{format_iso(time_ns, digits=3)}{direction}",
        station=station.code,
        network=station.network,
        time_ns=time_ns,
        phase="I",
        azimuth_deg=azimuth,
        slowness_s_per_deg=None if velocity is None else 1e3 * KM_PER_DEG / velocity,
        trace_velocity_m_s=velocity,
        snr=snr,
        duration_s=duration,
        technology=Technology.INFRASOUND,
        analysis="",
        author="InfraPy",
        method=_text(row.get("Method")),
        group=_text(row.get("Event")) or None,
    )


def _position(row: object) -> tuple[float, float] | None:
    if not isinstance(row, dict):
        return None
    latitude, longitude = _number(row, "latitude"), _number(row, "longitude")
    if latitude is None or longitude is None:
        return None
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0):
        return None
    return latitude, longitude


def _value(row: dict[str, Any], name: str) -> object:
    return next((row[key] for key in _KEYS[name] if row.get(key) is not None), None)


def _number(row: dict[str, Any], name: str) -> float | None:
    value = _value(row, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _stem(name: str) -> str | None:
    stem = PurePosixPath(name.replace("\\", "/")).name.split(".")[0]
    return stem if _CODE.fullmatch(stem) else None


def _of_place(latitude: float, longitude: float) -> str:
    """Return a code from a position, in hundredths of a degree.

    Examples
    --------
    >>> _of_place(42.7668, -109.5939)
    'N4277W10959'
    """
    north, east = "N" if latitude >= 0.0 else "S", "E" if longitude >= 0.0 else "W"
    return f"{north}{abs(latitude) * 100:04.0f}{east}{abs(longitude) * 100:05.0f}"
