"""The weather at one time: winds and what else carries and mixes particles, on a grid."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

FloatArray = NDArray[np.float64]
FieldArray = NDArray[np.float32]

UPPER_AIR = {
    "east_m_s": (-250.0, 250.0),
    "north_m_s": (-250.0, 250.0),
    "temperature_k": (150.0, 350.0),
    "specific_humidity": (-0.01, 0.1),
    "geopotential_height_m": (-2000.0, 90000.0),
    "omega_pa_s": (-100.0, 100.0),
}
"""Fields of shape (n_levels, n_rows, n_columns), and what they can be."""
SURFACE = {
    "surface_pressure_pa": (30000.0, 115000.0),
    "ground_m": (-1000.0, 9500.0),
    "ground_spread_m": (0.0, 3000.0),
    "boundary_layer_m": (0.0, 10000.0),
    "sensible_heat_w_m2": (-2000.0, 2500.0),
    "stress_east_n_m2": (-50.0, 50.0),
    "stress_north_n_m2": (-50.0, 50.0),
    "friction_velocity_m_s": (0.0, 10.0),
    "temperature_2m_k": (150.0, 350.0),
    "dew_point_2m_k": (130.0, 350.0),
    "east_10m_m_s": (-150.0, 150.0),
    "north_10m_m_s": (-150.0, 150.0),
    "large_scale_rain_mm_h": (-1.0, 500.0),
    "convective_rain_mm_h": (-1.0, 500.0),
    "cloud_cover": (-0.01, 1.01),
}
"""Fields of shape (n_rows, n_columns), and what they can be."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WeatherState:
    """Fields on one grid at one time; what a file does not hold is None.

    Rows go north, columns east, levels up. A level is where the pressure is a + b p_s: pressure
    levels have b = 0, sigma levels a = 0, hybrid ones both. Winds are toward geographic east and
    north whatever the grid. Two states are compared with ``same_as``; ``==`` is identity.

    Raises
    ------
    ParameterError
        Coordinates do not rise or do not fit each other, a field has another shape, or holds a
        value that is no number or that air on Earth cannot have.
    """

    time_ns: int
    latitude: FloatArray
    """Of the rows, deg, shape (n_rows,); of a projected grid shape (n_rows, n_columns)."""
    longitude: FloatArray
    """Of the columns, deg, rising, shape (n_columns,); of a projected grid as ``latitude``."""
    level_a_pa: FloatArray
    """Shape (n_levels,), empty where only surface fields are known."""
    level_b: FloatArray
    east_m_s: FieldArray | None = None
    north_m_s: FieldArray | None = None
    temperature_k: FieldArray | None = None
    specific_humidity: FieldArray | None = None
    """kg of vapour per kg of air."""
    geopotential_height_m: FieldArray | None = None
    """Above sea level."""
    omega_pa_s: FieldArray | None = None
    """Dp / Dt."""
    surface_pressure_pa: FieldArray | None = None
    ground_m: FieldArray | None = None
    """Height of the model's ground above sea level."""
    ground_spread_m: FieldArray | None = None
    """Standard deviation of the ground within a cell."""
    boundary_layer_m: FieldArray | None = None
    sensible_heat_w_m2: FieldArray | None = None
    """Above 0 where heat flows up."""
    stress_east_n_m2: FieldArray | None = None
    stress_north_n_m2: FieldArray | None = None
    friction_velocity_m_s: FieldArray | None = None
    temperature_2m_k: FieldArray | None = None
    dew_point_2m_k: FieldArray | None = None
    east_10m_m_s: FieldArray | None = None
    north_10m_m_s: FieldArray | None = None
    large_scale_rain_mm_h: FieldArray | None = None
    convective_rain_mm_h: FieldArray | None = None
    cloud_cover: FieldArray | None = None
    """From 0 to 1."""
    mean_over_s: float = 0.0
    """Fluxes and rain are means of so long before ``time_ns``; 0 where they are of that time."""
    source: str = ""
    """Centre and model."""

    def __post_init__(self) -> None:
        self._check_coordinates()
        shape = (len(self.level_b), *self.grid_shape)
        for name, bounds in UPPER_AIR.items():
            _check_field(name, getattr(self, name), shape, bounds)
        for name, bounds in SURFACE.items():
            _check_field(name, getattr(self, name), shape[1:], bounds)

    def _check_coordinates(self) -> None:
        for name in ("latitude", "longitude", "level_a_pa", "level_b"):
            if not np.all(np.isfinite(getattr(self, name))):
                raise ParameterError(name=name, value="not a number", expected="finite numbers")
        if self.latitude.ndim != self.longitude.ndim or self.latitude.ndim not in {1, 2}:
            value = f"{self.latitude.shape}, {self.longitude.shape}"
            raise ParameterError(name="latitude, longitude", value=value, expected="like shapes")
        if self.latitude.ndim == 2 and self.latitude.shape != self.longitude.shape:
            value = f"{self.latitude.shape}, {self.longitude.shape}"
            raise ParameterError(name="latitude, longitude", value=value, expected="like shapes")
        if self.rectilinear:
            _check_rising("latitude", self.latitude, -90.0, 90.0)
            _check_rising("longitude", self.longitude, -360.0, 720.0)
            if self.longitude[-1] - self.longitude[0] >= 360.0 - 1e-6:
                value = f"{self.longitude[0]:g} to {self.longitude[-1]:g}"
                expected = "once around the Earth, the first column not repeated"
                raise ParameterError(name="longitude", value=value, expected=expected)
        if self.level_a_pa.shape != self.level_b.shape or self.level_b.ndim != 1:
            value = f"{self.level_a_pa.shape}, {self.level_b.shape}"
            raise ParameterError(name="level_a_pa, level_b", value=value, expected="like shapes")
        pressure = self.level_a_pa + 1e5 * self.level_b
        if np.any(pressure <= 0.0) or np.any(np.diff(pressure) >= 0.0):
            value = " ".join(f"{p:g}" for p in pressure[:8])
            raise ParameterError(name="levels", value=value, expected="pressures that fall upward")

    @property
    def rectilinear(self) -> bool:
        """Whether rows have one latitude each, and columns one longitude."""
        return self.latitude.ndim == 1

    @property
    def grid_shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        if self.rectilinear:
            return len(self.latitude), len(self.longitude)
        return self.latitude.shape[0], self.latitude.shape[1]

    @property
    def names(self) -> tuple[str, ...]:
        """Fields that are known."""
        return tuple(n for n in (*UPPER_AIR, *SURFACE) if getattr(self, n) is not None)

    def same_grid(self, other: WeatherState) -> bool:
        """Tell whether the nodes of two states are the same."""
        return all(
            getattr(self, name).shape == getattr(other, name).shape
            and np.allclose(getattr(self, name), getattr(other, name), rtol=0.0, atol=1e-4)
            for name in ("latitude", "longitude")
        )

    def same_levels(self, other: WeatherState) -> bool:
        """Tell whether the levels of two states are the same."""
        return self.level_b.shape == other.level_b.shape and bool(
            np.allclose(self.level_a_pa, other.level_a_pa, rtol=1e-6, atol=0.1)
            and np.allclose(self.level_b, other.level_b, rtol=1e-6, atol=1e-9)
        )

    def same_as(self, other: WeatherState) -> bool:
        """Tell whether two states hold the same values."""
        for one in fields(self):
            a, b = getattr(self, one.name), getattr(other, one.name)
            if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
                if not np.array_equal(a, b):
                    return False
            elif isinstance(a, np.ndarray) or isinstance(b, np.ndarray) or a != b:
                return False
        return True


def merged_weather(states: Iterable[WeatherState]) -> tuple[WeatherState, ...]:
    """Return one state per time: what several files hold of it (winds, temperature) together.

    Raises
    ------
    ParameterError
        Two of the same time have other grids or levels, or hold the same field.
    """
    by_time: dict[int, WeatherState] = {}
    for state in sorted(states, key=lambda one: one.time_ns):
        known = by_time.get(state.time_ns)
        by_time[state.time_ns] = state if known is None else _joined(known, state)
    return tuple(by_time.values())


def _joined(one: WeatherState, other: WeatherState) -> WeatherState:
    if not one.same_grid(other):
        value = f"{one.grid_shape}, {other.grid_shape}"
        raise ParameterError(name="grid", value=value, expected="one grid for all files of a time")
    with_levels = [state for state in (one, other) if len(state.level_b)]
    if len(with_levels) == 2 and not one.same_levels(other):
        value = f"{len(one.level_b)} and {len(other.level_b)}"
        raise ParameterError(
            name="levels", value=value, expected="the same for all files of a time"
        )
    if twice := sorted(set(one.names) & set(other.names)):
        raise ParameterError(name=twice[0], value="twice", expected="each field once for a time")
    base = with_levels[0] if with_levels else one
    more = other if base is one else one
    changes = {name: getattr(more, name) for name in more.names}
    changes["mean_over_s"] = max(one.mean_over_s, other.mean_over_s)
    changes["source"] = "; ".join(dict.fromkeys(s for s in (one.source, other.source) if s))
    return replace(base, **changes)


def _check_rising(name: str, values: FloatArray, low: float, high: float) -> None:
    if len(values) < 2 or np.any(np.diff(values) <= 0.0):
        value = " ".join(f"{x:g}" for x in values[:4])
        raise ParameterError(name=name, value=value, expected="two or more that rise")
    if values[0] < low or values[-1] > high:
        value = f"{values[0]:g} to {values[-1]:g}"
        raise ParameterError(name=name, value=value, expected=f"within {low:g} and {high:g} deg")


def _check_field(
    name: str, field: FieldArray | None, shape: tuple[int, ...], bounds: tuple[float, float]
) -> None:
    if field is None:
        return
    if field.dtype != np.float32 or field.shape != shape or not field.size:
        value = f"{field.dtype} {field.shape}"
        raise ParameterError(name=name, value=value, expected=f"float32 {shape}")
    low, high = bounds
    # NaN passes neither comparison.
    if not (float(field.min()) >= low and float(field.max()) <= high):
        bad = field[~((field >= low) & (field <= high))]
        expected = f"from {low:g} to {high:g}, without gaps"
        raise ParameterError(name=name, value=f"{bad[0]:g}", expected=expected)
