"""The grid of nodes, and its poles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.weather.examples import weather

from vigie.errors import ParameterError
from vigie.transport.weather.nodes import node_grid, winds_with_poles, with_poles


def test_gaussian_rows_gain_both_poles() -> None:
    grid = node_grid(weather())
    assert (grid.n_rows, grid.n_columns, grid.cyclic, grid.has_poles) == (19, 24, True, True)
    assert grid.added_south
    assert grid.added_north
    assert grid.n_cells_across == 24
    field = with_poles(np.arange(17.0 * 24).reshape(17, 24), grid)
    assert field[0].tolist() == [11.5] * 24
    assert field[-1].tolist() == [16 * 24 + 11.5] * 24


def test_rows_at_the_poles_stay() -> None:
    state = weather(rows=17)
    latitude = np.linspace(-90.0, 90.0, 17)
    grid = node_grid(weather(latitude=latitude))
    assert grid.n_rows == len(state.latitude)
    assert grid.has_poles
    assert not grid.added_south


def test_a_region_has_edges() -> None:
    grid = node_grid(weather(longitude=np.arange(24) * 2.0 - 30.0))
    assert not grid.cyclic
    assert not grid.has_poles
    assert grid.n_cells_across == 23
    assert grid.longitudes[-1] == 16.0


def test_uneven_columns_are_refused() -> None:
    longitude = np.arange(24) * 15.0
    longitude[3] += 0.1
    with pytest.raises(ParameterError, match="evenly spaced"):
        node_grid(weather(longitude=longitude))


@given(st.floats(-50.0, 50.0), st.floats(-50.0, 50.0))
def test_one_vector_stands_at_a_pole(x: float, y: float) -> None:
    grid = node_grid(weather())
    lam = np.radians(grid.longitudes)
    # A wind that is one vector over the whole cap: its east and north turn with the meridian.
    east = np.tile(-x * np.sin(lam) + y * np.cos(lam), (17, 1))
    north = np.tile(-x * np.cos(lam) - y * np.sin(lam), (17, 1))
    found_east, found_north = winds_with_poles(east, north, grid)
    np.testing.assert_allclose(found_east[-1], east[0], atol=1e-12)
    np.testing.assert_allclose(found_north[-1], north[0], atol=1e-12)
    _, south = winds_with_poles(east, -north, grid)
    np.testing.assert_allclose(south[0], -north[0], atol=1e-12)
