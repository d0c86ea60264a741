"""GRIB messages to records."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from vigie.formats.base import IssueLog
from vigie.formats.weather_fields import Assembler, Flat, RawTime
from vigie.formats.weather_grib._fields import (
    Key,
    UnusedError,
    differenced,
    half_levels,
    key_of,
    values_of,
)
from vigie.formats.weather_grib._grid import Grid, RefusedError, grid_of
from vigie.formats.weather_grib._library import Handle, library, quiet
from vigie.formats.weather_grib._messages import Message, messages
from vigie.formats.weather_grid import FieldArray, orientation_of, rotated_to_east
from vigie.formats.weather_levels import Stack

if TYPE_CHECKING:
    from vigie.records import WeatherState

_EXPECTED = "a whole GRIB message"
_Valued = TypeVar("_Valued", Stack, Flat)
Halves = tuple[tuple[float, ...], tuple[float, ...]]
_PAIRS = (("east_m_s", "north_m_s"), ("east_10m_m_s", "north_10m_m_s"),
          ("stress_east_n_m2", "stress_north_n_m2"))  # fmt: skip


@dataclass(slots=True)
class _Found:
    """Fields of a file, sorted by what they are."""

    log: IssueLog
    grids: dict[bytes, Grid] = field(default_factory=dict)
    fields: list[tuple[Key, FieldArray, bytes]] = field(default_factory=list)
    halves: Halves | None = None
    unused: Counter[str] = field(default_factory=Counter)
    centres: Counter[str] = field(default_factory=Counter)


def read_states(data: bytes, log: IssueLog) -> tuple[WeatherState, ...]:
    """Return a record per time; what is damaged or not understood becomes an issue.

    Raises
    ------
    BadRecordError
        The same, and reading is strict.
    MissingLibraryError
        ecCodes is not installed.
    """
    library()
    found = _Found(log)
    count = 0
    # What overflows is no number of the air, and is told as that.
    with np.errstate(all="ignore"):
        for message in messages(data):
            count += 1
            _take(message, found)
    if not count:
        log.bad_record("file", field_name="mark", text="no GRIB", expected="a GRIB file")
    if found.unused:
        names = ", ".join(sorted(found.unused))
        text = f"{found.unused.total()} messages that nothing here needs are left out: {names}"
        log.omission("file", "weather.unused", text, names=names)
    with np.errstate(all="ignore"):
        return _states(found) if found.fields else ()


def _take(message: Message, found: _Found) -> None:
    if message.fault:
        found.log.bad_record(message.place, field_name="message", text=message.fault,
                             expected=_EXPECTED)  # fmt: skip
        return
    failure, expected = "", _EXPECTED
    with quiet():
        try:
            _decode(message, found)
        except UnusedError as unused:
            found.unused[str(unused)] += 1
        except RefusedError as refused:
            failure, expected = str(refused), "a field on a regular grid that is understood"
        except (library().CodesInternalError, ValueError, TypeError, MemoryError) as error:
            failure = f"{type(error).__name__}: {error}"
    if failure:
        found.log.bad_record(message.place, field_name="message", text=failure, expected=expected)


def _decode(message: Message, found: _Found) -> None:
    handle = Handle(message.data)
    try:
        key = key_of(handle)
        if message.grid not in found.grids:
            found.grids[message.grid] = grid_of(handle)
        if key.kind == "hybrid":
            found.halves = found.halves or half_levels(handle)
        values = values_of(handle, key, found.grids[message.grid])
        found.fields.append((key, values, message.grid))
        found.centres[key.centre] += 1
    finally:
        handle.close()


def _states(found: _Found) -> tuple[WeatherState, ...]:
    """Return the records of the grid that most fields are on."""
    by_grid = Counter(grid for _, _, grid in found.fields)
    chosen = by_grid.most_common(1)[0][0]
    grid = found.grids[chosen]
    orientation = orientation_of(grid.latitude, grid.longitude, found.log)
    if orientation is None:
        return ()
    making = Assembler(orientation, found.log, found.centres.most_common(1)[0][0])
    if others := by_grid.total() - by_grid[chosen]:
        making.omit("grid", f"{others} messages are on other grids than most; left out")
    kept = [(key, values) for key, values, on in found.fields if on == chosen]
    kept = _one_member(kept, making)
    kept = _one_kind(kept, found, making)
    kept = _as_means(kept)
    return making.states(_turned(raw, grid, making) for raw in _raw_times(kept, found, making))


def _one_member(
    fields: list[tuple[Key, FieldArray]], making: Assembler
) -> list[tuple[Key, FieldArray]]:
    members = sorted({key.member for key, _ in fields})
    if len(members) > 1:
        making.omit("ensemble", f"of {len(members)} members only {members[0]} is read")
    return [(key, values) for key, values in fields if key.member == members[0]]


def _one_kind(
    fields: list[tuple[Key, FieldArray]], found: _Found, making: Assembler
) -> list[tuple[Key, FieldArray]]:
    """Keep pressure or hybrid levels, whichever there are more of, and levels that are known."""
    kinds = Counter(key.kind for key, _ in fields if key.kind)
    if not kinds:
        return fields
    kind = kinds.most_common(1)[0][0]
    if len(kinds) > 1:
        making.omit("levels", f"levels of two kinds; only the {kind} ones are read")
    most = len(found.halves[0]) - 1 if found.halves else 0
    kept = []
    for key, values in fields:
        if key.kind == "hybrid" and kind == "hybrid" and not 1 <= key.level <= most:
            found.log.bad_record(key.name, field_name="level", text=f"{key.level:g}",
                                 expected=f"one of {most}")  # fmt: skip
        elif key.kind in {"", kind}:
            kept.append((key, values))
    return kept


def _as_means(fields: list[tuple[Key, FieldArray]]) -> list[tuple[Key, FieldArray]]:
    """Return accumulations as means, differenced along each forecast."""
    before: dict[tuple[str, int], tuple[Key, FieldArray]] = {}
    made: list[tuple[Key, FieldArray]] = []
    for key, values in sorted(fields, key=lambda one: one[0].time_ns):
        if not key.is_accumulated:
            made.append((key, values))
            continue
        run = (key.name, key.start_ns)
        made.append(differenced(key, values, before.get(run)))
        before[run] = (key, values)
    return made


def _raw_times(
    fields: list[tuple[Key, FieldArray]], found: _Found, making: Assembler
) -> list[RawTime]:
    times: dict[int, RawTime] = {}
    stacks: dict[tuple[int, str], dict[float, FieldArray]] = defaultdict(dict)
    kind = next((key.kind for key, _ in fields if key.kind), "")
    for key, values in fields:
        raw = times.setdefault(key.time_ns, RawTime(key.time_ns))
        name = key.meaning.field
        if key.kind:
            known = stacks[key.time_ns, name]
            if key.level in known:
                _twice(key, known[key.level], values, found)
            known.setdefault(key.level, values)
        elif name not in raw.flat:
            raw.flat[name] = Flat(values, key.window_s)
        elif raw.flat[name].window_s == key.window_s:
            making.tell(name, "weather.twice", f"{name} comes twice; the first counts")
        else:
            text = f"{name} comes as means over two times; the first counts"
            making.omit(name, text)
    for (time_ns, name), levels in stacks.items():
        a_pa, b = _coordinates(np.array(list(levels)), kind, found.halves)
        times[time_ns].upper[name] = Stack(a_pa, b, np.stack(list(levels.values())))
    return list(times.values())


def _twice(key: Key, one: FieldArray, other: FieldArray, found: _Found) -> None:
    if not np.array_equal(one, other, equal_nan=True):
        place = f"{key.name}, level {key.level:g}"
        found.log.bad_record(place, field_name="field", text="two that differ",
                             expected="one of a level and time")  # fmt: skip


def _coordinates(
    levels: np.ndarray[tuple[int], np.dtype[np.float64]], kind: str, halves: Halves | None
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """Return a and b: of hybrid levels the means of the half levels about them."""
    if kind == "pressure" or halves is None:
        return levels, np.zeros(len(levels))
    a, b = (np.array(one) for one in halves)
    k = levels.astype(int)
    return 0.5 * (a[k - 1] + a[k]), 0.5 * (b[k - 1] + b[k])


def _turned(raw: RawTime, grid: Grid, making: Assembler) -> RawTime:
    """Turn winds along the grid's axes to east and north."""
    if grid.turned_winds:
        for pair in _PAIRS:
            _turn(raw.upper, pair, grid, making)
            _turn(raw.flat, pair, grid, making)
    return raw


def _turn(fields: dict[str, _Valued], pair: tuple[str, str], grid: Grid, making: Assembler) -> None:
    x, y = (fields.pop(name, None) for name in pair)
    if x is None or y is None or x.values.shape != y.values.shape:
        if x is not None or y is not None:
            making.omit(pair[0], "a wind along the grid without its partner; left out")
        return
    # Where columns run against the x axis, they see both axes turned by half a circle.
    side = -1.0 if grid.left else 1.0
    along = [side * np.asarray(one.values, np.float64) for one in (x, y)]
    x.values, y.values = rotated_to_east(along[0], along[1], grid.latitude, grid.longitude)
    fields[pair[0]], fields[pair[1]] = x, y
