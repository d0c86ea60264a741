"""Times of a netCDF file, by the conventions of CF, of NCL, or as the user says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import VigieError
from vigie.formats.weather_netcdf._library import is_usual_calendar
from vigie.records import parse_iso
from vigie.records.time import ns_from_civil

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.weather_netcdf._library import Variable
    from vigie.formats.weather_netcdf._options import WeatherOptions

_SINCE = re.compile(r"\s*([a-z]+)\s+since\s+(\S+)(?:[ T]+(\S+))?.*", re.IGNORECASE)
_UNITS_S = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
}
_NAMES = ("valid_time", "time", "initial_time0_hours")
_REFERENCE = re.compile(r"(\d{4})\D+(\d\d)\D+(\d\d)\D+(\d\d)\D+(\d\d)")
_REMEDY = "a time (say it with --option start=2016-01-06T00:00:00Z --option step=6h)"
_MOST_TIMES = 100_000
"""11 years of hours; no file of fields holds more."""
_FIRST_NS, _LAST_NS = parse_iso("1800-01-01T00:00:00Z"), parse_iso("2200-01-01T00:00:00Z")


def time_variable(variables: dict[str, Variable]) -> Variable | None:
    """Return the variable with the times of the states: the valid ones before all others."""
    known = [variables[name] for name in _NAMES if name in variables]
    named = [v for v in variables.values() if v.text("standard_name") == "time"]
    for one in (*known, *named):
        if _SINCE.fullmatch(one.text("units")):
            return one
    return None


def times_of(
    variables: dict[str, Variable], options: WeatherOptions, log: IssueLog
) -> tuple[str, list[int | None]]:
    """Return the dimension of time (empty where there is none) and the times along it, ns.

    Raises
    ------
    BadRecordError
        There is no time that can be used, and reading is strict.
    """
    dimension, times = _found(variables, options, log)
    if len(times) > _MOST_TIMES:
        text = f"{len(times)} times"
        log.bad_record("time", field_name="time", text=text, expected=f"{_MOST_TIMES} or fewer")
        return "", []
    return dimension, times


def _found(
    variables: dict[str, Variable], options: WeatherOptions, log: IssueLog
) -> tuple[str, list[int | None]]:
    variable = time_variable(variables)
    if options.start_ns is None and variable is not None:
        return _by_convention(variable, log)
    steps = next((variables[n] for n in ("timestep", "time", "Time") if n in variables), None)
    if options.start_ns is not None:
        return _as_said(variables, steps or variable, options)
    if steps is not None and "reftime" in variables and steps.values.ndim == 1:
        start_ns = _reference(variables["reftime"], log)
        if start_ns is not None:
            hours = steps.numbers
            return steps.dimensions[0], [_moment(start_ns, float(h) * 3600.0) for h in hours]
        return "", []
    log.bad_record("time", field_name="time", text="none is given", expected=_REMEDY)
    return "", []


def _by_convention(variable: Variable, log: IssueLog) -> tuple[str, list[int | None]]:
    match = _SINCE.fullmatch(variable.text("units"))
    unit_s = _UNITS_S.get(match[1].lower()) if match else None
    start_ns = _start(match[2], match[3] or "") if match else None
    if unit_s is None or start_ns is None or not is_usual_calendar(variable):
        text = f"{variable.text('units')} ({variable.text('calendar') or 'standard'})"
        log.bad_record(variable.name, field_name="units", text=text, expected=_REMEDY)
        return "", []
    if variable.values.ndim > 1:
        text = f"{variable.values.ndim} dimensions"
        log.bad_record(variable.name, field_name="time", text=text, expected="times along one")
        return "", []
    dimension = variable.dimensions[0] if variable.dimensions else ""
    numbers = np.atleast_1d(variable.numbers)
    return dimension, [_moment(start_ns, float(x) * unit_s) for x in numbers]


def _start(date: str, clock: str) -> int | None:
    try:
        if "T" not in date:
            year, month, day = (int(part) for part in date.split("-"))
            parts = re.split(r"[:.Z+]", clock) if clock and clock[0].isdigit() else []
            hour, minute, second = ([int(p) for p in parts[:3] if p] + [0, 0, 0])[:3]
            return ns_from_civil((year, month, day), (hour, minute, second))
        return parse_iso(date)
    except (VigieError, ValueError):
        return None


def _reference(variable: Variable, log: IssueLog) -> int | None:
    """Return the time that NCL's text ``yyyy mm dd hh:mn`` says."""
    text = (
        b"".join(variable.values.reshape(-1).tolist()) if variable.values.dtype.kind == "S" else b""
    )
    match = _REFERENCE.search(text.decode("latin-1"))
    try:
        if match is not None:
            year, month, day, hour, minute = (int(part) for part in match.groups())
            return ns_from_civil((year, month, day), (hour, minute, 0))
    except VigieError:
        pass
    shown = text.decode("latin-1")[:40]
    log.bad_record("reftime", field_name="reftime", text=shown, expected=_REMEDY)
    return None


def _as_said(
    variables: dict[str, Variable], steps: Variable | None, options: WeatherOptions
) -> tuple[str, list[int | None]]:
    start_ns = options.start_ns or 0
    dimension = steps.dimensions[0] if steps is not None and steps.dimensions else ""
    if not dimension:
        every = {name for one in variables.values() for name in one.dimensions}
        dimension = next((n for n in ("time", "Time", "timestep", "t") if n in every), "")
    if not dimension:
        return "", [start_ns]
    lengths = (
        one.values.shape[one.dimensions.index(dimension)]
        for one in variables.values()
        if dimension in one.dimensions
    )
    count, step_s = next(lengths, 1), options.step_s
    if step_s is None:
        step_s = 0.0
    return dimension, [_moment(start_ns, k * step_s) for k in range(count)]


def _moment(start_ns: int, seconds: float) -> int | None:
    """Return a time to the millisecond; None where it is none."""
    if not np.isfinite(seconds) or abs(seconds) > 4e11:
        return None
    time_ns = start_ns + round(seconds * 1e3) * 10**6
    return time_ns if _FIRST_NS <= time_ns <= _LAST_NS else None
