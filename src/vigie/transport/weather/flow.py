"""From the weather at two times to the air between them.

What it does: brings each state to nodes and levels of the model with its boundary layer
(``air_of``); and for two of them (``flow_between``) balances the winds of a global grid, so that
each column gains the mass by which its surface pressure rises, and reckons what rises through
the levels. A grid that does not go round the Earth stays as it is, and its lid is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import NS_PER_S
from vigie.transport.air import Flow
from vigie.transport.weather import mixing
from vigie.transport.weather.columns import (
    pressures_pa,
    virtual_temperature_k,
)
from vigie.transport.weather.continuity import (
    balancing_flux,
    cell_means,
    divergence,
    edge_weights,
    rising_pa_s,
)
from vigie.transport.weather.levels import ModelLevels, model_levels, on_model_levels
from vigie.transport.weather.nodes import NodeGrid, node_grid, winds_with_poles, with_poles
from vigie.transport.weather.rain import N_COLUMNS, Rain, rain_between, rain_of
from vigie.transport.weather.surface import Column, ground_wind, layer_over, tops_over

if TYPE_CHECKING:
    from vigie.records import WeatherState

FloatArray = NDArray[np.float64]

NEEDED = ("east_m_s", "north_m_s", "temperature_k", "surface_pressure_pa")
_TABLE_PER_ROW = 8
_TABLE_PER_LEVEL = 16


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Air:
    """Air at one time on nodes and levels of the model."""

    time_ns: int
    grid: NodeGrid
    levels: ModelLevels
    east_m_s: FloatArray
    """Shape (n_levels, n_rows, n_columns), ground and lid included."""
    north_m_s: FloatArray
    surface_pa: FloatArray
    """Shape (n_rows, n_columns)."""
    scale_m: FloatArray
    """R T_v / g within the boundary layer."""
    layer: mixing.Layer
    rain: Rain | None
    """None where nobody asks: of gases nothing is washed out."""
    convective_top_pa: FloatArray
    """Up to which columns overturn, shape (n_rows, n_columns); ``surface_pa`` where not."""
    surface_from: str
    """Key of ``SURFACE_FALLBACK``: where friction and heat come from."""


def air_of(state: WeatherState, *, own_layer: bool = False, rain: bool = True) -> Air:
    """Bring a state to nodes and levels of the model.

    Parameters
    ----------
    own_layer : bool
        Take the height of the boundary layer from the weather, where it gives one.
    rain : bool
        Look for rain and clouds, which aerosols need.

    Raises
    ------
    ParameterError
        A field that is needed is not there, the grid is projected or uneven, or there are
        fewer than three levels.
    """
    for name in NEEDED:
        if getattr(state, name) is None:
            expected = f"weather with {', '.join(NEEDED)} (known: {', '.join(state.names)})"
            raise ParameterError(name=name, value="missing", expected=expected)
    grid, levels = node_grid(state), model_levels(state)
    surface = np.asarray(state.surface_pressure_pa, dtype=np.float64)

    def upper(name: str) -> FloatArray:
        return on_model_levels(getattr(state, name), state, levels, surface)

    east, north = winds_with_poles(upper("east_m_s"), upper("north_m_s"), grid)
    temperature, humidity = upper("temperature_k"), np.zeros(1)
    if state.specific_humidity is not None:
        humidity = with_poles(upper("specific_humidity"), grid)
    temperature, surface = with_poles(temperature, grid), with_poles(surface, grid)
    virtual = virtual_temperature_k(temperature, humidity)
    column = Column(east, north, virtual, pressures_pa(levels.a_pa[1:-1], levels.b[1:-1], surface))
    layer, scale, surface_from = layer_over(state, grid, column, surface, own_layer=own_layer)
    ground_e, ground_n = ground_wind(state, grid, east[0], north[0])
    return Air(
        time_ns=state.time_ns,
        grid=grid,
        levels=levels,
        east_m_s=np.concatenate([ground_e[None], east, east[-1:]]),
        north_m_s=np.concatenate([ground_n[None], north, north[-1:]]),
        surface_pa=surface,
        scale_m=scale,
        layer=layer,
        rain=rain_of(state, grid, (temperature, humidity, column.pressure_pa, surface))
        if rain
        else None,
        convective_top_pa=tops_over(state, grid, column, (temperature, humidity, surface)),
        surface_from=surface_from,
    )


def flow_between(first: Air, second: Air, *, reference_ns: int = 0) -> Flow:
    """Return the air between two times, balanced where the grid is global.

    Parameters
    ----------
    reference_ns : int
        Time that is 0 s.

    Raises
    ------
    ParameterError
        Grids or levels differ, or the times do not rise.
    """
    if not (_same_grid(first.grid, second.grid) and first.levels.same_as(second.levels)):
        value = f"{first.grid.n_rows} x {first.grid.n_columns}, {len(first.levels.b)} levels"
        raise ParameterError(name="grid", value=value, expected="the same at all times")
    if not first.time_ns < second.time_ns:
        raise ParameterError(name="time_ns", value=second.time_ns, expected="times that rise")
    seconds = (second.time_ns - first.time_ns) / NS_PER_S
    tendency = (second.surface_pa - first.surface_pa) / seconds
    ends = [_balanced(air, tendency) for air in (first, second)]
    grid, levels = first.grid, first.levels
    fine = grid.n_rows * _TABLE_PER_ROW
    at = grid.latitudes[0] + (grid.latitudes[-1] - grid.latitudes[0]) * np.arange(fine) / fine
    rows = np.searchsorted(grid.latitudes, at, side="right") - 1
    return Flow(
        start_s=(first.time_ns - reference_ns) / NS_PER_S,
        end_s=(second.time_ns - reference_ns) / NS_PER_S,
        wind_m_s=_by_node([np.stack(winds, axis=-1) for winds, _ in ends]),
        rising_pa_s=_by_node([rising for _, rising in ends]),
        surface=_by_node([_surface(air) for air in (first, second)]),
        rain=_rain(first, second, seconds).astype(np.float32),
        eta=levels.eta,
        level_of=_level_table(levels.eta),
        level_a_pa=levels.a_pa,
        level_b=levels.b,
        latitudes=grid.latitudes,
        row_of=np.minimum(rows, grid.n_rows - 2).astype(np.int64),
        west_deg=grid.west_deg,
        column_deg=grid.column_deg,
        n_columns=grid.n_columns,
        cyclic=grid.cyclic,
    )


def _rain(first: Air, second: Air, seconds: float) -> FloatArray:
    if first.rain is None or second.rain is None:
        return np.zeros((first.surface_pa.size, N_COLUMNS))
    return rain_between(first.rain, second.rain, seconds)


def _level_table(eta: FloatArray) -> NDArray[np.int64]:
    """Return the level below the upper end of evenly spaced parts of eta."""
    n = len(eta) * _TABLE_PER_LEVEL
    upper = eta[-1] + (eta[0] - eta[-1]) * np.arange(1, n + 1) / n
    below = np.searchsorted(-eta, -upper, side="right") - 1
    return np.asarray(np.clip(below, 0, len(eta) - 2), dtype=np.int64)


def _by_node(ends: list[FloatArray]) -> NDArray[np.float32]:
    """Return fields of both ends, shape (levels, rows, columns, ...), as (nodes, levels, 2, ...).

    A lookup needs both times of two levels of a node.
    """
    fields = np.moveaxis(np.stack(ends), (0, 1), (3, 2))
    shape = (fields.shape[0] * fields.shape[1], *fields.shape[2:])
    return np.ascontiguousarray(fields.reshape(shape), dtype=np.float32)


def _balanced(air: Air, tendency: FloatArray) -> tuple[tuple[FloatArray, FloatArray], FloatArray]:
    """Return winds that fill each column as its pressure rises, and what rises."""
    grid, levels = air.grid, air.levels
    weights = edge_weights(grid)
    masses = levels.slab_masses_pa(air.surface_pa)
    _, slab_b = levels.slabs
    mean_tendency = cell_means(tendency, grid, weights)
    east, north = air.east_m_s, air.north_m_s

    def inflow() -> FloatArray:
        u, v = (0.5 * (w[1:] + w[:-1]) * masses for w in (east, north))
        return -divergence(u, v, grid, weights)

    rising = rising_pa_s(inflow(), mean_tendency, slab_b)
    if not (grid.cyclic and grid.has_poles):
        return (east, north), rising
    more_e, more_n = balancing_flux(rising[-1], grid, weights)
    column = masses.sum(axis=0)
    east, north = east + more_e / column, north + more_n / column
    rising = rising_pa_s(inflow(), mean_tendency, slab_b)
    # What no wind can change (a chessboard, the mean of the Earth) is shared by all the air.
    share = np.concatenate([[0.0], np.cumsum(masses.mean(axis=(1, 2)))])
    rising = rising - np.multiply.outer(share / share[-1], rising[-1])
    return (east, north), rising


def _surface(air: Air) -> FloatArray:
    """Return what is known at the ground, shape (7, n_rows, n_columns)."""
    layer = air.layer
    return np.stack(
        [
            air.surface_pa,
            air.scale_m,
            layer.height_m,
            layer.friction_m_s,
            layer.convective_m_s,
            layer.per_obukhov_m,
            air.convective_top_pa,
        ]
    )


def _same_grid(one: NodeGrid, other: NodeGrid) -> bool:
    return np.array_equal(one.latitudes, other.latitudes) and (
        one.west_deg,
        one.column_deg,
        one.n_columns,
    ) == (other.west_deg, other.column_deg, other.n_columns)
