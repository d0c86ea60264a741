"""From the fields of a weather file, whatever its format, to records: one way for all readers.

A reader gives ``RawTime``: stacks of levels and flat fields in the units of the record but in
the order of the file. Here levels are matched and sorted, rows and columns turned, gaps judged,
and bounds checked; a field that fails is left out and told, the rest goes on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import ParameterError
from vigie.formats.weather_grid import FieldArray
from vigie.formats.weather_levels import FloatArray, Stack, fitted, shared_levels
from vigie.formats.weather_moist import specific_humidity
from vigie.formats.weather_names import FLUXES, HUMIDITY, LOG_PRESSURE, TOTAL_RAIN
from vigie.records import WeatherState, format_iso
from vigie.records.weather import SURFACE, UPPER_AIR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.base import IssueLog
    from vigie.formats.weather_grid import Orientation


@dataclass(slots=True)
class Flat:
    """A field without levels, and over how long it is a mean."""

    values: FloatArray | FieldArray
    window_s: float = 0.0


@dataclass(slots=True)
class RawTime:
    """All that a file has of one time, rows and columns as they came."""

    time_ns: int
    upper: dict[str, Stack] = field(default_factory=dict)
    flat: dict[str, Flat] = field(default_factory=dict)


class Assembler:
    """Makes records of one grid; what holds for all times is told once."""

    def __init__(self, grid: Orientation, log: IssueLog, source: str = "") -> None:
        self._grid = grid
        self._log = log
        self._source = source
        self._told: set[str] = set()

    def states(self, times: Iterable[RawTime]) -> tuple[WeatherState, ...]:
        """Return the records, by time.

        Raises
        ------
        BadRecordError
            Something is wrong, and reading is strict.
        """
        made = (self._state(one) for one in sorted(times, key=lambda raw: raw.time_ns))
        return tuple(state for state in made if state is not None)

    def tell(self, place: str, code: str, text: str) -> None:
        """Note once what nothing is lost by."""
        if text not in self._told:
            self._told.add(text)
            self._log.notice(place, code, text)

    def omit(self, place: str, text: str) -> None:
        """Note once what is left out though it is sound."""
        if text not in self._told:
            self._told.add(text)
            self._log.omission(place, "weather.left_out", text)

    def _state(self, raw: RawTime) -> WeatherState | None:
        when = format_iso(raw.time_ns)
        self._surface_pressure(raw)
        self._rain(raw)
        window_s = self._window(raw)
        a_pa, b = shared_levels(raw.upper, self)
        kept: dict[str, Any] = {}
        self._humidity(raw)
        for name, stack in raw.upper.items():
            values = fitted(name, stack, a_pa, b, self)
            if values is not None and self._sound(name, values, UPPER_AIR[name], when):
                kept[name] = self._grid.apply(values)
        for name, flat in raw.flat.items():
            if self._sound(name, flat.values, SURFACE[name], when):
                kept[name] = self._grid.apply(flat.values)
        if not kept:
            return None
        if not any(name in UPPER_AIR for name in kept):
            a_pa, b = np.zeros(0), np.zeros(0)
        return self._record(raw.time_ns, a_pa, b, {**kept, "mean_over_s": window_s})

    def _record(
        self, time_ns: int, a_pa: FloatArray, b: FloatArray, kept: dict[str, Any]
    ) -> WeatherState | None:
        try:
            return WeatherState(
                time_ns=time_ns,
                latitude=self._grid.latitude,
                longitude=self._grid.longitude,
                level_a_pa=a_pa,
                level_b=b,
                source=self._source,
                **kept,
            )
        except ParameterError as error:
            failure = str(error)
        self._log.bad_record(
            format_iso(time_ns), field_name="fields", text=failure, expected="a state of the air"
        )
        return None

    def _sound(self, name: str, values: Any, bounds: tuple[float, float], when: str) -> bool:  # noqa: ANN401
        place = f"{name}, {when}"
        if values.shape[-2:] != (self._grid.n_rows_read, self._grid.n_columns_read):
            shown = f"{values.shape[-2:]}"
            self._log.bad_record(place, field_name="shape", text=shown, expected="the grid's")
            return False
        missing = int(values.size - np.count_nonzero(np.isfinite(values)))
        if missing or not values.size:
            text = f"{missing} of {values.size} values are missing"
            self._log.bad_record(place, field_name=name, text=text, expected="a field without gaps")
            return False
        low, high = float(values.min()), float(values.max())
        if low < bounds[0] or high > bounds[1]:
            expected = f"within {bounds[0]:g} and {bounds[1]:g}"
            text = f"{low:g} to {high:g}"
            self._log.bad_record(place, field_name=name, text=text, expected=expected)
            return False
        return True

    def _surface_pressure(self, raw: RawTime) -> None:
        logarithm = raw.flat.pop(LOG_PRESSURE, None)
        if logarithm is not None and "surface_pressure_pa" not in raw.flat:
            # exp(12) is 1.6 bar: what is beyond it fails the bounds all the same.
            pressure = np.exp(np.minimum(np.asarray(logarithm.values, np.float64), 14.0))
            raw.flat["surface_pressure_pa"] = Flat(pressure)

    def _rain(self, raw: RawTime) -> None:
        """Make large-scale rain of the total where only that is known."""
        total = raw.flat.pop(TOTAL_RAIN, None)
        if total is None or "large_scale_rain_mm_h" in raw.flat:
            return
        convective = raw.flat.get("convective_rain_mm_h")
        if convective is None:
            text = "rain is not parted into large-scale and convective; all counts as large-scale"
            self.tell("rain", "weather.rule", text)
            raw.flat["large_scale_rain_mm_h"] = total
        elif convective.window_s == total.window_s:
            both = (np.asarray(one.values, np.float64) for one in (total, convective))
            rest = np.maximum(np.subtract(*both), 0.0)
            raw.flat["large_scale_rain_mm_h"] = Flat(rest, total.window_s)
        else:
            self.omit(
                "rain", "total and convective rain are means over other times; total left out"
            )

    def _window(self, raw: RawTime) -> float:
        """Return over how long fluxes are means; those of another time are left out."""
        windows = Counter(flat.window_s for name, flat in raw.flat.items() if name in FLUXES)
        if not windows:
            return 0.0
        chosen = max(windows, key=lambda one: (windows[one], one))
        for name in [n for n in raw.flat if n in FLUXES and raw.flat[n].window_s != chosen]:
            text = (
                f"{name} is a mean over {raw.flat[name].window_s:g} s, most fluxes are over "
                f"{chosen:g} s; left out"
            )
            self.omit(name, text)
            del raw.flat[name]
        return chosen

    def _humidity(self, raw: RawTime) -> None:
        """Make specific humidity of relative where only that is known."""
        relative = raw.upper.pop(HUMIDITY, None)
        warmth = raw.upper.get("temperature_k")
        if relative is None or "specific_humidity" in raw.upper:
            return
        ground = raw.flat.get("surface_pressure_pa")
        if warmth is None or (ground is None and np.any(relative.b != 0.0)):
            self.omit("humidity", "relative humidity without temperature and pressure; left out")
            return
        values = fitted("temperature_k", warmth, relative.a_pa, relative.b, self)
        if values is None or values.shape != relative.values.shape:
            self.omit("humidity", "relative humidity on levels without temperature; left out")
            return
        pressure = relative.a_pa[:, None, None] + np.zeros((1, 1, 1))
        if ground is not None and np.any(relative.b != 0.0):
            pressure = pressure + relative.b[:, None, None] * ground.values
        q = specific_humidity(relative.values, values, pressure)
        raw.upper["specific_humidity"] = Stack(relative.a_pa, relative.b, q)
        text = "relative humidity became specific, over water above 0.01 °C, ice below -19.99 °C"
        self.tell("humidity", "weather.rule", text)
