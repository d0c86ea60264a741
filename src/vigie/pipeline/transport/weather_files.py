"""Files of weather, and folders of them, as one sequence of times.

What it does: reads each file once to learn which times it holds, and again when a run comes to
one of them: of a long run only the files around its time are in memory. Fields of one time may
come from several files (winds here, surface there).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.errors import MissingInputError, ParameterError, VigieError
from vigie.exchange.files import read_file
from vigie.formats import Issue
from vigie.records import NS_PER_S, WeatherState, format_iso, merged_weather
from vigie.transport.weather.flow import NEEDED
from vigie.transport.weather.nodes import node_grid
from vigie.transport.weather.sequence import LONGEST_GAP_S, WeatherSequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    """Files that could not be read, and why."""
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
            It cannot be read, and was named by itself.
        """
        try:
            contents = read_file(path, options=self.options)
        except VigieError as error:
            if named:
                raise
            self.failed.append((path, str(error)))
            return
        self.issues += [(str(path), issue) for issue in contents.issues]
        if not contents.weather:
            self.without.append(path)
            return
        for state in contents.weather:
            self.by_time.setdefault(state.time_ns, []).append(path)
        self._keep(path, contents.weather)

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


def _size(states: Iterable[WeatherState]) -> int:
    return sum(getattr(one, name).nbytes for one in states for name in one.names)


def index_weather(paths: Sequence[Path], options: Mapping[str, str] | None = None) -> WeatherFiles:
    """Learn what times files, and the files of folders, hold.

    Raises
    ------
    MissingInputError
        None of them holds weather.
    VigieError
        A file that was named by itself cannot be read.
    """
    found = WeatherFiles(options=options or {})
    for path in paths:
        if path.is_dir():
            for inner in sorted(p for p in path.rglob("*") if p.is_file()):
                found.add(inner, named=False)
        else:
            found.add(path, named=True)
    if not found.by_time:
        told = ", ".join(str(path) for path in paths)
        remedy = "Give fields of wind, temperature and surface pressure (netCDF, GRIB or ARL)."
        raise MissingInputError(path=told, what="weather", remedy=remedy)
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
