"""Files of weather, and folders of them, as one sequence of times.

What it does: reads each file once to learn which times it holds, and again when a run comes to
one of them: of a long run only the files around its time are in memory. Fields of one time may
come from several files (winds here, surface there). A file that is damaged is told with what is
wrong; what it holds counts where that is enough, and the other files go on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import (
    MissingInputError,
    ParameterError,
    UnknownFormatError,
    UnreadableInputError,
    VigieError,
)
from vigie.exchange.files import read_file
from vigie.formats import Contents, Issue, format_named
from vigie.records import NS_PER_S, WeatherState, format_iso, merged_weather
from vigie.transport.weather.flow import NEEDED
from vigie.transport.weather.nodes import node_grid
from vigie.transport.weather.sequence import LONGEST_GAP_S, WeatherSequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Held = tuple[frozenset[str], int]
"""Of a time: fields, and the number of levels."""
_KEPT_BYTES = 1_500_000_000
"""Of fields that stay in memory; the latest file always does."""


@dataclass(slots=True)
class WeatherFiles:
    """Which file holds what time, and what was odd in them."""

    options: Mapping[str, str] = field(default_factory=dict)
    """Of formats that leave something open."""
    by_time: dict[int, list[Path]] = field(default_factory=dict)
    issues: list[tuple[str, Issue]] = field(default_factory=list)
    without: list[Path] = field(default_factory=list)
    """Files of folders that hold no weather."""
    failed: list[tuple[Path, str]] = field(default_factory=list)
    """Files that could not be read, and why; each text names the file."""
    _damaged: dict[Path, str] = field(default_factory=dict)
    """What is wrong in files that hold weather."""
    _held: dict[int, Held] = field(default_factory=dict)
    _unknown: UnknownFormatError | None = None
    """Of the first file named by itself that no reader recognises."""
    _states: OrderedDict[Path, tuple[WeatherState, ...]] = field(default_factory=OrderedDict)

    @property
    def times_ns(self) -> list[int]:
        """Times that some file holds, rising."""
        return sorted(self.by_time)

    def add(self, path: Path, *, named: bool) -> None:
        """Learn what times a file holds.

        Raises
        ------
        VigieError
            It is not there or may not be read, and was named by itself.
        """
        try:
            contents = read_file(path, options=self.options)
        except VigieError as error:
            if named and not isinstance(error, UnknownFormatError):
                raise
            if named and isinstance(error, UnknownFormatError):
                self._unknown = self._unknown or error
            self.failed.append((path, str(error)))
            return
        damage = _damage_of(contents, path)
        if not contents.weather and damage:
            self.failed.append((path, damage))
            return
        self.issues += [(str(path), issue) for issue in contents.issues]
        if not contents.weather:
            self.without.append(path)
            return
        if damage:
            self._damaged[path] = damage
        for state in contents.weather:
            self.by_time.setdefault(state.time_ns, []).append(path)
            names, levels = self._held.get(state.time_ns, (frozenset(), 0))
            self._held[state.time_ns] = (
                names.union(state.names),
                max(levels, len(state.level_b)),
            )
        self._keep(path, contents.weather)

    def leave_out_damaged(self) -> None:
        """Leave out the times of which, for the damage of a file, too little is there."""
        damaged = {
            time: path
            for time, paths in self.by_time.items()
            for path in paths
            if path in self._damaged
        }
        sound = Counter(self._held[time][1] for time in self.by_time if time not in damaged)
        usual = sound.most_common(1)[0][0] if sound else 0
        for time, path in damaged.items():
            names, levels = self._held[time]
            lacking = [name for name in NEEDED if name not in names]
            if levels < usual:
                lacking.append(f"{usual - levels} of {usual} levels")
            if lacking:
                del self.by_time[time]
                what = f"{format_iso(time)} is left out, as it lacks {', '.join(lacking)}"
                self.failed.append((path, f"{self._damaged[path]}; {what}"))

    def nothing(self, paths: Sequence[Path]) -> VigieError:
        """Return what is to be said where no file holds weather."""
        if self._unknown is not None:
            return self._unknown
        told = ", ".join(str(path) for path in paths)
        remedy = "Give fields of wind, temperature and surface pressure (netCDF, GRIB or ARL)."
        if not self.failed:
            return MissingInputError(path=told, what="weather", remedy=remedy)
        path, why = self.failed[0]
        more = f" (and {len(self.failed) - 1} more files)" if len(self.failed) > 1 else ""
        reason = why.removeprefix(f"{path}, ").removeprefix(f"{path}: ").rstrip(".") + more
        remedy = f"Get it again. {remedy}"
        return UnreadableInputError(path=str(path), reason=reason, remedy=remedy)

    def state(self, time_ns: int) -> WeatherState:
        """Return all that the files hold of a time.

        Raises
        ------
        ParameterError
            They contradict each other; the text names them.
        MissingInputError
            A field that transport needs is in none of them.
        """
        paths = self.by_time[time_ns]
        told = ", ".join(str(path) for path in paths)
        parts = [one for path in paths for one in self._of(path) if one.time_ns == time_ns]
        try:
            state = merged_weather(parts)[0]
        except ParameterError as error:
            value = f"{error} ({told})"
            expected = "files that fit each other"
            raise ParameterError(name=format_iso(time_ns), value=value, expected=expected) from None
        if missing := [name for name in NEEDED if getattr(state, name) is None]:
            what = f"{', '.join(missing)} at {format_iso(time_ns)}"
            remedy = "Give the file that holds it as well."
            raise MissingInputError(path=told, what=what, remedy=remedy)
        return state

    def _of(self, path: Path) -> tuple[WeatherState, ...]:
        if path not in self._states:
            self._keep(path, read_file(path, options=self.options).weather)
        self._states.move_to_end(path)
        return self._states[path]

    def _keep(self, path: Path, states: tuple[WeatherState, ...]) -> None:
        self._states[path] = states
        while len(self._states) > 1 and sum(map(_size, self._states.values())) > _KEPT_BYTES:
            self._states.popitem(last=False)


def _damage_of(contents: Contents, path: Path) -> str:
    """Return the first thing that is wrong in a file of weather, and how many more; else empty."""
    wrong = [one for one in contents.issues if one.severity == "warning"]
    if not wrong or "weather" not in format_named(contents.format).holds:
        return ""
    more = f" (and {len(wrong) - 1} more things)" if len(wrong) > 1 else ""
    return f"{path}, {wrong[0].place}: {wrong[0].text}{more}"


def _size(states: Iterable[WeatherState]) -> int:
    return sum(getattr(one, name).nbytes for one in states for name in one.names)


def index_weather(paths: Sequence[Path], options: Mapping[str, str] | None = None) -> WeatherFiles:
    """Learn what times files, and the files of folders, hold.

    Raises
    ------
    MissingInputError
        None of them holds weather, or one is not there.
    UnreadableInputError, UnknownFormatError
        None of them holds weather, as they are damaged; the text tells what is wrong.
    """
    found = WeatherFiles(options=options or {})
    for path in paths:
        if path.is_dir():
            for inner in sorted(p for p in path.rglob("*") if p.is_file()):
                found.add(inner, named=False)
        else:
            found.add(path, named=True)
    found.leave_out_damaged()
    if not found.by_time:
        raise found.nothing(paths)
    return found


def check_place(name: str, latitude: float, longitude: float, files: WeatherFiles) -> None:
    """Refuse a place that does not lie on the grid of the weather.

    Raises
    ------
    ParameterError
        It does not, or the grid is a projected one.
    MissingInputError
        The first time lacks a field that transport needs.
    """
    grid = node_grid(files.state(files.times_ns[0]))
    south, north = float(grid.latitudes[0]), float(grid.latitudes[-1])
    east = (longitude - grid.west_deg) % 360.0
    wide = 360.0 if grid.cyclic else (grid.n_columns - 1) * grid.column_deg
    if south <= latitude <= north and (east <= wide or 360.0 - east < 1e-9):
        return
    expected = (
        f"a place on the grid of the weather ({south:g} to {north:g} deg north, "
        f"{grid.west_deg:g} to {grid.west_deg + wide:g} deg east)"
    )
    raise ParameterError(name=name, value=f"{latitude:g} {longitude:g}", expected=expected)


def weather_sequence(
    files: WeatherFiles, reach_ns: tuple[int, int], *, own_layer: bool = False
) -> WeatherSequence:
    """Return the times of files around a span as a sequence that is loaded as it is needed.

    Raises
    ------
    MissingInputError
        Two times that the span needs are too far apart.
    """
    times = files.times_ns
    first = max(bisect_right(times, reach_ns[0]) - 1, 0)
    last = min(bisect_left(times, reach_ns[1]) + 1, len(times))
    times = times[first:last]
    for one, other in pairwise(times):
        if other - one > LONGEST_GAP_S * NS_PER_S:
            gap = f"{(other - one) / NS_PER_S / 3600.0:g} h"
            what = f"weather between {format_iso(one)} and {format_iso(other)} (a gap of {gap})"
            remedy = f"Give times at most {LONGEST_GAP_S / 3600.0:g} h apart."
            told = str(files.by_time[one][0])
            raise MissingInputError(path=told, what=what, remedy=remedy)
    return WeatherSequence(times, lambda k: files.state(times[k]), own_layer=own_layer)
