"""Vertical profiles of the atmosphere at one place and time."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]

GAMMA = 1.4
"""Ratio of specific heats of air, diatomic gas."""
_BOUNDS = {
    "height_km": (-1.0, 1000.0),
    "temperature_k": (80.0, 3000.0),
    "zonal_m_s": (-400.0, 400.0),
    "meridional_m_s": (-400.0, 400.0),
    "density_kg_m3": (1e-20, 2.0),
    "pressure_pa": (1e-12, 1.2e5),
}
"""What air on Earth can be: the coldest mesopause is near 100 K, jets stay under 300 m/s."""


class AtmosphereSource(StrEnum):
    """Where a profile comes from."""

    PROFILE = "profile"
    """Given by the user: a forecast, an analysis, a sounding."""
    CLIMATOLOGY = "climatology"
    """A long-term mean of the month and latitude."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AtmosphereProfile:
    """Temperature, wind, density and pressure against height, as columns of shape (n,).

    Two profiles are compared with ``same_as``; ``==`` is identity.

    Raises
    ------
    ParameterError
        Fewer than two levels, columns of unlike length, heights that do not rise, or a value
        that is not a number or that air on Earth cannot have.
    """

    height_km: FloatArray
    """Above sea level, rising."""
    temperature_k: FloatArray
    zonal_m_s: FloatArray
    """Wind toward east."""
    meridional_m_s: FloatArray
    """Wind toward north."""
    density_kg_m3: FloatArray
    pressure_pa: FloatArray
    ground_km: float = 0.0
    """Height of the ground above sea level; levels below it are of no account."""
    latitude: float | None = None
    longitude: float | None = None
    time_ns: int | None = None
    """Time of validity."""
    source: AtmosphereSource = AtmosphereSource.PROFILE
    model: str = ""
    """What the source says of itself: ``NASA MERRA (version 2)``."""
    zonal_sigma_m_s: FloatArray | None = None
    """Standard error of the wind toward east, shape (n,); None where not stated."""
    meridional_sigma_m_s: FloatArray | None = None

    def __post_init__(self) -> None:
        n = len(self.height_km)
        if n < 2:
            raise ParameterError(name="height_km", value=n, expected="two levels or more")
        for name, (low, high) in _BOUNDS.items():
            _check_column(name, getattr(self, name), n, low, high)
        for name in ("zonal_sigma_m_s", "meridional_sigma_m_s"):
            if getattr(self, name) is not None:
                _check_column(name, getattr(self, name), n, 0.0, 400.0)
        steps = np.diff(self.height_km)
        if not np.all(steps > 0.0):
            at = int(np.argmin(steps > 0.0))
            raise ParameterError(
                name="height_km",
                value=f"{self.height_km[at]:g}, then {self.height_km[at + 1]:g}",
                expected="heights rise from level to level",
            )
        if not self.height_km[0] - 0.5 <= self.ground_km < self.height_km[-1]:
            raise ParameterError(
                name="ground_km", value=self.ground_km, expected="the ground within the profile"
            )

    @property
    def sound_speed_m_s(self) -> FloatArray:
        """Adiabatic sound speed sqrt(1.4 p / rho) at the levels, shape (n,)."""
        return np.sqrt(GAMMA * self.pressure_pa / self.density_kg_m3)

    @property
    def sound_speed_of_temperature_m_s(self) -> FloatArray:
        """The same from temperature alone, 20.05 sqrt(T); air of the lower 90 km."""
        return 20.05 * np.sqrt(self.temperature_k)

    def same_as(self, other: AtmosphereProfile) -> bool:
        """Tell whether two profiles hold the same values."""
        for one in fields(self):
            a, b = getattr(self, one.name), getattr(other, one.name)
            if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
                if not np.array_equal(a, b):
                    return False
            elif isinstance(a, np.ndarray) or isinstance(b, np.ndarray) or a != b:
                return False
        return True


def within_bounds(name: str, value: float) -> bool:
    """Tell whether a value of a column is one that air on Earth can have.

    Examples
    --------
    >>> within_bounds("temperature_k", 15.0)
    False
    """
    low, high = _BOUNDS[name]
    return low <= value <= high


def _check_column(name: str, column: FloatArray, n: int, low: float, high: float) -> None:
    if column.shape != (n,):
        raise ParameterError(name=name, value=str(column.shape), expected=f"one row of {n} levels")
    bad = ~((column >= low) & (column <= high))
    if bad.any():
        at = int(np.argmax(bad))
        raise ParameterError(
            name=name,
            value=f"{column[at]:g} at level {at}",
            expected=f"a value from {low:g} to {high:g}",
        )
