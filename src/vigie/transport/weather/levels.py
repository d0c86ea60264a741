"""Levels of the model: hybrid, from the ground (eta = 1) to a lid.

What it does: a level is where the pressure is a + b p_s and has the label eta = a / 1e5 Pa + b.
Sigma and hybrid levels of the weather stay as they are. Pressure levels cut mountains, so their
fields are brought to hybrid levels near them: at p_s = 1000 hPa these are the pressure levels
themselves, above low ground they follow it, and high up they are flat. Between levels winds and
temperature go linearly with the logarithm of pressure; below the lowest they stay as there.

Source of the hybrid idea: Simmons and Burridge (1981), Mon. Weather Rev. 109, 758-766. b is
eta^1.5, so pressures fall upward wherever p_s is above 334 hPa.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.transport.weather.columns import REFERENCE_PA, pressures_pa

if TYPE_CHECKING:
    from vigie.records import WeatherState

FloatArray = NDArray[np.float64]

_FEWEST = 3
_EXPONENT = 1.5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ModelLevels:
    """The ground, the levels of the weather, and the lid, bottom to top."""

    a_pa: FloatArray
    """Shape (n_levels + 2,)."""
    b: FloatArray

    @property
    def eta(self) -> FloatArray:
        """Label, falling from 1."""
        return np.asarray(self.a_pa / REFERENCE_PA + self.b)

    @property
    def slabs(self) -> tuple[FloatArray, FloatArray]:
        """Differences of a (Pa) and b between the lower and upper level of each slab."""
        return -np.diff(self.a_pa), -np.diff(self.b)

    def slab_masses_pa(self, surface_pa: FloatArray) -> FloatArray:
        """Return the masses of slabs as pressure, shape (n_slabs, *surface.shape)."""
        return pressures_pa(*self.slabs, surface_pa)

    def same_as(self, other: ModelLevels) -> bool:
        """Tell whether the levels are the same."""
        return np.array_equal(self.a_pa, other.a_pa) and np.array_equal(self.b, other.b)


def model_levels(state: WeatherState) -> ModelLevels:
    """Return the levels on which the fields of a state will be used.

    The lid is half a layer above the highest level, or where there is no more air.

    Raises
    ------
    ParameterError
        There are fewer than three levels.
    """
    a, b = state.level_a_pa, state.level_b
    if len(b) < _FEWEST:
        expected = f"{_FEWEST} levels or more, from near the ground up"
        raise ParameterError(name="levels", value=len(b), expected=expected)
    if on_pressure(state):
        a, b = _hybrid(a[a <= REFERENCE_PA])
    top_a, top_b = (max(x[-1] - 0.5 * (x[-2] - x[-1]), 0.0) for x in (a, b))
    if a[-1] > 0.0 and a[-1] <= a[-2] and top_a + REFERENCE_PA * top_b <= 0.0:
        top_a = 0.0
    return ModelLevels(
        a_pa=np.concatenate([[0.0], a, [top_a]]), b=np.concatenate([[1.0], b, [top_b]])
    )


def on_pressure(state: WeatherState) -> bool:
    """Tell whether the levels of a state are of pressure."""
    return bool(np.all(state.level_b == 0.0))


def on_model_levels(
    field: FloatArray, state: WeatherState, levels: ModelLevels, surface_pa: FloatArray
) -> FloatArray:
    """Bring a field of a state to the levels of the model, ground and lid left out.

    Parameters
    ----------
    field : ndarray, shape (n_levels of the state, n_rows, n_columns)
    surface_pa : ndarray, shape (n_rows, n_columns)

    Returns
    -------
    ndarray, shape (n_levels of the model - 2, n_rows, n_columns)
    """
    if not on_pressure(state):
        return np.asarray(field, dtype=np.float64)
    # Logarithms that rise: bottom to top pressures fall.
    source = -np.log(state.level_a_pa)
    wanted = -np.log(pressures_pa(levels.a_pa[1:-1], levels.b[1:-1], surface_pa))
    above = np.clip(np.searchsorted(source, wanted), 1, len(source) - 1)
    width = source[above] - source[above - 1]
    share = np.clip((wanted - source[above - 1]) / width, 0.0, 1.0)
    low = np.take_along_axis(np.asarray(field, dtype=np.float64), above - 1, axis=0)
    high = np.take_along_axis(np.asarray(field, dtype=np.float64), above, axis=0)
    return np.asarray(low + share * (high - low))


def _hybrid(pressure_pa: FloatArray) -> tuple[FloatArray, FloatArray]:
    eta = pressure_pa / REFERENCE_PA
    b = np.minimum(eta, 1.0) ** _EXPONENT
    return (eta - b) * REFERENCE_PA, b
