"""NetCDF variables to records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.formats.weather_fields import Assembler, Flat, RawTime
from vigie.formats.weather_grid import orientation_of
from vigie.formats.weather_levels import Stack
from vigie.formats.weather_names import IGNORED, Meaning, Unit, unit_of
from vigie.formats.weather_netcdf._levels import Levels, levels_of, scalar_level
from vigie.formats.weather_netcdf._library import Variable, variables_of
from vigie.formats.weather_netcdf._meaning import flat_meaning, is_mean, sign_of, upper_meaning
from vigie.formats.weather_netcdf._times import times_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.base import IssueLog
    from vigie.formats.weather_netcdf._options import WeatherOptions
    from vigie.records import WeatherState

_LATITUDES = ("latitude", "lat", "xlat", "nav_lat", "g0_lat_1", "g4_lat_1", "rlat2d")
_LONGITUDES = ("longitude", "lon", "xlong", "nav_lon", "g0_lon_2", "g4_lon_2", "rlon2d")
_HOUR_NS = 3600 * 10**9


@dataclass(frozen=True, slots=True)
class _Axes:
    """Which dimension is which."""

    time: str
    times: list[int | None]
    levels: dict[str, Levels]
    rows: str
    columns: str
    nodes: bool
    """Positions are of nodes, so winds may be along the grid."""
    one_level: Levels | None
    window_s: float
    """Over which sums and means are taken; 0 where it is not known."""


def read_states(data: bytes, log: IssueLog, options: WeatherOptions) -> tuple[WeatherState, ...]:
    """Return a record per time; what is wrong or not understood becomes an issue.

    Raises
    ------
    BadRecordError
        The same, and reading is strict.
    MissingLibraryError
        netCDF4 is not installed.
    """
    opened = variables_of(data, log)
    # What overflows is no number of the air, and is told as that.
    with np.errstate(all="ignore"):
        return () if opened is None else _states(*opened, log, options)


def _states(
    variables: dict[str, Variable], said: dict[str, Any], log: IssueLog, options: WeatherOptions
) -> tuple[WeatherState, ...]:
    latitude = _position(variables, _LATITUDES, "latitude")
    longitude = _position(variables, _LONGITUDES, "longitude")
    if latitude is None or longitude is None or latitude.values.ndim != longitude.values.ndim:
        shown = ", ".join(variables)[:80] or "no variables"
        log.bad_record("file", field_name="grid", text=shown, expected="latitude and longitude")
        return ()
    grid = orientation_of(latitude.numbers, longitude.numbers, log)
    if grid is None:
        return ()
    axes = _axes(variables, latitude, longitude, options, log)
    if not any(time_ns is not None for time_ns in axes.times):
        return ()
    making = Assembler(grid, log, _source(said))
    raws = [RawTime(0 if t is None else t) for t in axes.times]
    _fill(raws, variables, axes, making, log)
    return making.states(_once(raws, axes, log))


def _position(
    variables: dict[str, Variable], names: tuple[str, ...], standard: str
) -> Variable | None:
    lower = {name.lower(): one for name, one in variables.items()}
    named = [lower[name] for name in names if name in lower]
    by_standard = [v for v in variables.values() if v.text("standard_name") == standard]
    fit = [v for v in (*named, *by_standard) if 1 <= v.values.ndim <= 2]
    return fit[0] if fit else None


def _axes(
    variables: dict[str, Variable],
    latitude: Variable,
    longitude: Variable,
    options: WeatherOptions,
    log: IssueLog,
) -> _Axes:
    time, times = times_of(variables, options, log)
    nodes = latitude.values.ndim == 2
    rows, columns = latitude.dimensions[0], longitude.dimensions[-1]
    known = {time, rows, columns, "number", "expver", "realization"}
    fields = [v for v in variables.values() if rows in v.dimensions and columns in v.dimensions]
    others = {name: None for v in fields for name in v.dimensions if name not in known}
    levels = levels_of(variables, others, log)
    one = None
    if options.level_pa is not None:
        one = Levels(np.array([options.level_pa]), np.zeros(1))
    elif not levels:
        one = scalar_level(variables)
    window_s = options.accumulated_s or (3600.0 if _is_hourly(variables, times) else 0.0)
    return _Axes(time, times, levels, rows, columns, nodes, one, window_s)


def _is_hourly(variables: dict[str, Variable], times: list[int | None]) -> bool:
    """Tell whether sums are over the hour before, as those of ERA5 are."""
    known = [t for t in times if t is not None]
    steps = set(np.diff(known).tolist())
    return "valid_time" in variables or steps == {_HOUR_NS}


def _source(said: dict[str, Any]) -> str:
    words = [said.get(key) for key in ("met_data_source", "source", "institution", "title")]
    return next((w.strip()[:80] for w in words if isinstance(w, str) and w.strip()), "")


def _fill(
    raws: list[RawTime],
    variables: dict[str, Variable],
    axes: _Axes,
    making: Assembler,
    log: IssueLog,
) -> None:
    unused = []
    for one in variables.values():
        if axes.rows not in one.dimensions or axes.columns not in one.dimensions:
            continue
        if one.name.lower() in IGNORED or one.dimensions == (axes.rows, axes.columns) == (
            variables.get("latitude", one).dimensions if axes.nodes else None
        ):
            continue
        if not _take(one, raws, axes, making, log):
            unused.append(one.name)
    if unused:
        names = ", ".join(unused)
        making.omit("file", f"variables that nothing here needs are left out: {names}")


def _take(
    one: Variable, raws: list[RawTime], axes: _Axes, making: Assembler, log: IssueLog
) -> bool:
    """Put a variable into the states; False where the record has no such field."""
    vertical = next((name for name in one.dimensions if name in axes.levels), "")
    flat = None if vertical else flat_meaning(one)
    meaning = flat if flat is not None else upper_meaning(one)
    if meaning is None:
        return False
    if flat is None and not vertical and axes.one_level is None:
        expected = "on a level (say which with --option level=500hPa)"
        log.bad_record(one.name, field_name=one.name, text="without a level", expected=expected)
        return True
    if axes.nodes and meaning.quantity == "speed" and not _is_eastward(one):
        making.omit(one.name, f"{one.name} may be along the grid and not toward east; left out")
        return True
    scale = _scale(one, meaning, axes, log, flat=flat is not None)
    if scale is None:
        return True
    unit, window_s = scale
    field = _arranged(one, vertical, axes, making)
    if field is None:
        text = f"dimensions {', '.join(one.dimensions)}"
        log.bad_record(one.name, field_name="shape", text=text, expected="time, level, grid")
        return True
    levels = axes.levels.get(vertical, axes.one_level) if flat is None else None
    for raw, packed in zip(raws, field, strict=False):
        values = _converted(one, packed, meaning, unit, window_s)
        _put(raw, meaning, values, levels, window_s, making)
    return True


def _scale(
    one: Variable, meaning: Meaning, axes: _Axes, log: IssueLog, *, flat: bool
) -> tuple[Unit, float] | None:
    """Return the unit and the time of sums and means; None, with an issue, if not known."""
    spelt = one.text("units")
    unit = unit_of(meaning.quantity, spelt)
    if unit is None:
        expected = f"a unit of {meaning.quantity}"
        log.bad_record(one.name, field_name="units", text=spelt, expected=expected)
        return None
    window_s = axes.window_s if unit.summed or (flat and is_mean(one)) else 0.0
    if unit.summed and not window_s:
        expected = "summed over a known time (say it with --option accumulated=1h)"
        log.bad_record(one.name, field_name="units", text=spelt, expected=expected)
        return None
    return unit, window_s


def _is_eastward(one: Variable) -> bool:
    return one.text("standard_name") in {"eastward_wind", "northward_wind"}


def _arranged(one: Variable, vertical: str, axes: _Axes, making: Assembler) -> NDArray[Any] | None:
    """Return packed values as time, level, row, column; None where there are other dimensions."""
    wanted = [axes.time, vertical, axes.rows, axes.columns]
    values: NDArray[Any] = one.values
    names = list(one.dimensions)
    for name in [n for n in names if n not in wanted]:
        axis = names.index(name)
        if values.shape[axis] == 1:
            values = np.asarray(values.take(0, axis=axis))
        elif name == "expver":
            values = _newest(one, values, axis)
            making.tell(
                one.name, "weather.rule", "final values stand before preliminary ones (expver)"
            )
        elif name in {"number", "realization"}:
            making.omit("ensemble", f"of {values.shape[axis]} members only the first is read")
            values = values.take(0, axis=axis)
        else:
            return None
        names.pop(axis)
    order = [names.index(name) for name in wanted if name in names]
    values = values.transpose(order)
    if axes.time not in names or not axes.time:
        values = np.broadcast_to(values, (len(axes.times), *values.shape))
    return values


def _newest(one: Variable, values: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return along expver the first value that is not missing."""
    chosen = np.asarray(values.take(0, axis=axis))
    for k in range(1, values.shape[axis]):
        gone = np.isnan(one.unpacked(chosen))
        chosen = np.where(gone, values.take(k, axis=axis), chosen)
    return chosen


def _converted(
    one: Variable, packed: NDArray[Any], meaning: Meaning, unit: Unit, window_s: float
) -> NDArray[np.float32]:
    factor = unit.factor / window_s if unit.summed else unit.factor
    values = one.unpacked(packed) * (factor * sign_of(meaning)) + unit.offset
    return values.astype(np.float32)


def _put(
    raw: RawTime,
    meaning: Meaning,
    values: NDArray[np.float32],
    levels: Levels | None,
    window_s: float,
    making: Assembler,
) -> None:
    fields = raw.flat if levels is None else raw.upper
    if meaning.field in fields:
        making.tell(
            meaning.field, "weather.twice", f"{meaning.field} comes twice; the first counts"
        )
    elif levels is None:
        raw.flat[meaning.field] = Flat(values, window_s)
    else:
        stacked = values if values.ndim == 3 else values[None]
        if len(stacked) == len(levels.b):
            raw.upper[meaning.field] = Stack(levels.a_pa, levels.b, stacked)


def _once(raws: list[RawTime], axes: _Axes, log: IssueLog) -> list[RawTime]:
    """Return the states of times that are times, each once."""
    kept: dict[int, RawTime] = {}
    for k, (raw, time_ns) in enumerate(zip(raws, axes.times, strict=True)):
        place = f"{axes.time or 'time'} {k}"
        if time_ns is None:
            log.bad_record(place, field_name="time", text="no time", expected="1800 to 2200")
        elif time_ns in kept:
            log.bad_record(place, field_name="time", text="comes twice", expected="each time once")
        else:
            kept[time_ns] = raw
    if list(kept) != sorted(kept):
        log.notice("time", "weather.turned", "times do not rise; sorted")
    return list(kept.values())
