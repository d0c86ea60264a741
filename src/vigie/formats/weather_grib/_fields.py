"""What a message holds: field, level, time and values in the unit of the record."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import BadTimeError
from vigie.formats.weather_grib._grid import RefusedError
from vigie.formats.weather_names import FLAT, UPPER, Meaning, unit_of
from vigie.records.time import ns_from_civil

if TYPE_CHECKING:
    from vigie.formats.weather_grib._grid import Grid
    from vigie.formats.weather_grib._library import Handle
    from vigie.formats.weather_grid import FieldArray

_PRESSURE = {"isobaricInhPa": 100.0, "isobaricInPa": 1.0}
_ON_GROUND = {
    "surface",
    "heightAboveGround",
    "atmosphere",
    "atmosphereSingleLayer",
    "entireAtmosphere",
}
_FIXED_HEIGHT = {"2t": 2, "2d": 2, "10u": 10, "10v": 10}
_MISSING = 1e36
_LOCAL = {("kwbc", 0, 3, 196): "hpbl"}
"""NCEP's table 4.2-0-3: planetary boundary layer height."""
_S_OF_UNIT = {0: 60, 1: 3600, 2: 86400, 10: 10800, 11: 21600, 12: 43200, 13: 1}
_S_OF_SUFFIX = {"s": 1, "m": 60, "h": 3600}
_STEP = re.compile(r"(\d+)([smh]?)(?:-(\d+)([smh]?))?")
_AVERAGED = {"avg", "avgua", "avgfc", "avgas", "avgid"}


class UnusedError(Exception):
    """A message holds nothing that the record has; its text is a name."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a message is, before its values are decoded."""

    meaning: Meaning
    name: str
    kind: str
    """``pressure``, ``hybrid`` or empty: of its level."""
    level: float
    """Pressure in Pa, number of a hybrid level, or 0."""
    time_ns: int
    window_s: float
    is_accumulated: bool
    start_ns: int
    """Of the forecast."""
    centre: str
    member: int


def key_of(handle: Handle) -> Key:
    """Return what a message is.

    Raises
    ------
    UnusedError
        The record has no such field.
    RefusedError
        Its time makes no sense.
    """
    name, levels = handle.text("shortName"), handle.text("typeOfLevel")
    if name == "unknown":
        name = _local_name(handle)
    meaning, kind, level = _meaning(handle, name, levels)
    start_ns = _moment(handle.whole("dataDate"), handle.whole("dataTime"))
    window_s = 0.0
    step = handle.text("stepType")
    begin_s, end_s = _steps(handle)
    if step in {"accum"} | _AVERAGED:
        window_s = end_s - begin_s
    elif step not in {"instant", ""}:
        raise UnusedError(f"{name} ({step})")
    if meaning.field.endswith(("temperature_2m_k", "cloud_cover")) and step == "accum":
        raise UnusedError(f"{name} ({step})")
    return Key(
        meaning=meaning,
        name=name,
        kind=kind,
        level=level,
        time_ns=start_ns + round(end_s) * 10**9,
        window_s=window_s,
        is_accumulated=step == "accum",
        start_ns=start_ns,
        centre=handle.text("centre"),
        member=handle.whole("perturbationNumber"),
    )


def _local_name(handle: Handle) -> str:
    """Return the name of a parameter that ecCodes does not know, of a centre's own tables."""
    keys = ("discipline", "parameterCategory", "parameterNumber")
    a, b, c = (handle.whole(key) for key in keys)
    return _LOCAL.get((handle.text("centre"), a, b, c), "unknown")


def _meaning(handle: Handle, name: str, levels: str) -> tuple[Meaning, str, float]:
    if levels in _PRESSURE and name in UPPER:
        return UPPER[name], "pressure", handle.real("level") * _PRESSURE[levels]
    if levels == "hybrid":
        if name in {"lnsp", "z"} and handle.whole("level") == 1:
            return FLAT[name], "", 0.0
        if name in UPPER:
            return UPPER[name], "hybrid", float(handle.whole("level"))
    if levels in _ON_GROUND and name in FLAT:
        height = _FIXED_HEIGHT.get(name)
        if height is None or levels == "surface" or handle.whole("level") == height:
            return FLAT[name], "", 0.0
    raise UnusedError(f"{name} ({levels})")


def _moment(date: int, clock: int) -> int:
    year, month, day = date // 10000, date // 100 % 100, date % 100
    hour, minute = clock // 100, clock % 100
    if 1800 <= year <= 2200 and 0 <= hour <= 23 and minute <= 59:
        with contextlib.suppress(BadTimeError):
            return ns_from_civil((year, month, day), (hour, minute, 0))
    raise RefusedError(f"{date} {clock:04d} is no time")


def _steps(handle: Handle) -> tuple[float, float]:
    """Return the first and last second of a forecast step."""
    text = handle.text("stepRange") or "0"
    match = _STEP.fullmatch(text)
    unit = _S_OF_UNIT.get(handle.whole("stepUnits", 1))
    if match is None or unit is None:
        raise RefusedError(f"a step of {text}")
    first = int(match[1]) * _S_OF_SUFFIX.get(match[2], unit)
    last = first if match[3] is None else int(match[3]) * _S_OF_SUFFIX.get(match[4], unit)
    if not 0 <= first <= last <= 400 * 86400:
        raise RefusedError(f"a step of {text}")
    return float(first), float(last)


def half_levels(handle: Handle) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return a and b of half levels, top first, from the array of vertical coordinates.

    Raises
    ------
    RefusedError
        There are none, or no pairs.
    """
    if not 6 <= handle.whole("NV") <= 2000:
        raise RefusedError("hybrid levels without coordinates (pv)")
    both = handle.array("pv")
    n = len(both) // 2
    if len(both) % 2 or not np.isfinite(both).all():
        raise RefusedError("hybrid levels with odd coordinates (pv)")
    return tuple(both[:n].tolist()), tuple(both[n:].tolist())


def values_of(handle: Handle, key: Key, grid: Grid) -> FieldArray:
    """Return the values, SI, NaN where missing; accumulated ones as they are.

    Raises
    ------
    RefusedError
        Their number, unit or sign is not known.
    """
    # Of a centre's own parameter ecCodes does not know the unit either: it is that of the record.
    spelt = handle.text("units")
    unit = unit_of(key.meaning.quantity, "" if spelt == "unknown" else spelt)
    if unit is None or unit.summed != key.is_accumulated:
        raise RefusedError(f"{key.name} in a unit {spelt!r}")
    if unit.summed and not key.window_s:
        raise RefusedError(f"{key.name} summed over no time")
    handle.set_missing(_MISSING)
    field = grid.laid_out(np.asarray(handle.array("values")))
    gone = field == _MISSING
    field = field * (unit.factor * _sign(key)) + unit.offset
    field[gone] = np.nan
    return np.asarray(field, np.float32)


def _sign(key: Key) -> float:
    if key.meaning.sign != "ecmwf":
        return 1.0
    is_heat = key.meaning.quantity == "heat flux"
    if key.centre == "ecmf":
        return -1.0 if is_heat else 1.0
    if key.centre == "kwbc":
        return 1.0 if is_heat else -1.0
    raise RefusedError(f"{key.name} of centre {key.centre}, whose sign is not known")


def differenced(
    key: Key, values: FieldArray, before: tuple[Key, FieldArray] | None
) -> tuple[Key, FieldArray]:
    """Return a flux as a mean: over its own time, or since the step before of its forecast.

    Parameters
    ----------
    key, values
        Of an accumulation.
    before
        The same field of the step before, accumulated from the same time.
    """
    window_s, amount = key.window_s, values
    if before is not None and _begin(before[0]) == _begin(key) and before[0].time_ns < key.time_ns:
        window_s = (key.time_ns - before[0].time_ns) * 1e-9
        amount = values - before[1]
    return replace(key, window_s=window_s), np.asarray(amount / window_s, np.float32)


def _begin(key: Key) -> int:
    return key.time_ns - round(key.window_s * 1e9)
