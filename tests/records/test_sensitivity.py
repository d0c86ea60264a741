"""Grids and sensitivities: cells, areas, steps back in time, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.records import LatLonGrid, format_iso, global_grid
from vigie.testing.examples import sensitivity

REGION = LatLonGrid(
    first_latitude=40.0,
    latitude_step=0.5,
    n_latitude=20,
    first_longitude=-130.0,
    longitude_step=0.25,
    n_longitude=40,
)


@pytest.mark.parametrize("grid", [global_grid(0.25, 0.25), global_grid(1.5, 0.5), REGION])
def test_every_centre_lies_in_its_own_cell(grid: LatLonGrid) -> None:
    cells = np.unique(np.linspace(0, grid.n_cells - 1, 5000).astype(np.int64))
    latitude, longitude = grid.centres(cells)
    for turn in (-360.0, 0.0, 360.0):
        np.testing.assert_array_equal(grid.cells_at(latitude, longitude + turn), cells)


@given(
    north=st.floats(-0.49, 0.49), east=st.floats(-0.49, 0.49),
    row=st.integers(0, 19), column=st.integers(0, 39),
)  # fmt: skip
def test_a_place_within_half_a_step_of_a_centre_lies_in_its_cell(
    north: float, east: float, row: int, column: int
) -> None:
    latitude = 40.0 + 0.5 * (row + north)
    longitude = -130.0 + 0.25 * (column + east)
    assert REGION.cells_at(latitude, longitude) == row * 40 + column


def test_places_outside_have_no_cell() -> None:
    places = [(39.7, -125.0), (50.0, -125.0), (45.0, -130.2), (45.0, -120.1), (45.0, 50.0)]
    cells = REGION.cells_at(*np.transpose(places))
    assert cells.tolist() == [-1] * len(places)
    assert global_grid(1.0, 1.0).cells_at(91.0, 0.0) == -1


@pytest.mark.parametrize("phase", [0.0, 0.125])
def test_cells_of_the_whole_earth_cover_the_sphere(phase: float) -> None:
    grid = global_grid(0.25, 0.25, latitude_phase=phase, longitude_phase=phase)
    assert grid.cyclic
    total = grid.row_areas_m2.sum() * grid.n_longitude
    assert total == pytest.approx(4.0 * np.pi * 6371000.0**2, rel=1e-12)


def test_the_area_of_a_cell_is_that_of_the_sphere() -> None:
    grid = global_grid(1.0, 1.0)
    cell = grid.cells_at(60.0, 10.0)
    wide = 6371000.0**2 * np.radians(1.0) * 2.0 * np.sin(np.radians(0.5)) * np.cos(np.radians(60.0))
    assert grid.cell_areas_m2(cell) == pytest.approx(wide, rel=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        {"latitude_step": 0.0}, {"n_longitude": 0}, {"first_latitude": -90.5},
        {"n_latitude": 120}, {"n_longitude": 1441}, {"first_longitude": 361.0},
        {"longitude_step": float("nan")},
    ],
)  # fmt: skip
def test_impossible_grids_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        replace(REGION, **change)


def test_steps_count_back_from_the_end_of_the_collection() -> None:
    one = sensitivity()
    ends = [format_iso(int(t), digits=0) for t in one.step_ends_ns[:2]]
    assert ends == ["2019-08-05T15:00:00Z", "2019-08-05T12:00:00Z"]
    assert one.step_ends_ns.shape == (40,)
    assert format_iso(one.simulated_from_ns, digits=0) == "2019-07-31T15:00:00Z"


def test_the_matrix_has_every_value_in_its_step_and_cell() -> None:
    one = sensitivity()
    matrix = one.matrix()
    assert matrix.shape == (40, one.grid.n_cells)
    assert matrix[0, one.cell[0]] == one.value[0]
    assert matrix.sum() == one.value.sum()
    np.testing.assert_array_equal(one.matrix(spread=True).data, one.spread)
    for step in (0, 1, 39):
        np.testing.assert_array_equal(one.dense(step).ravel(), matrix[[step]].toarray()[0])


def test_a_place_has_the_value_of_its_cell_in_every_step() -> None:
    one = sensitivity()
    values = one.at(50.0, -5.0)
    assert values.shape == (40,)
    assert values[39] == one.value[2]
    assert values[:39].sum() == 0.0
    assert one.at(50.24, -5.24)[39] == one.value[2]
    assert one.at(50.26, -5.0)[39] == 0.0


def test_what_is_not_there_is_refused() -> None:
    one = replace(sensitivity(), spread=None)
    with pytest.raises(ParameterError, match="spread"):
        one.matrix(spread=True)
    with pytest.raises(ParameterError, match="0 to 39"):
        one.dense(40)
    with pytest.raises(ParameterError, match="within the grid"):
        replace(one, grid=replace(one.grid, n_latitude=360)).at(90.0, 0.0)


@pytest.mark.parametrize(
    "change",
    [
        {"value": np.array([1.0, -1.0, 1.0])}, {"value": np.array([1.0, np.nan, 1.0])},
        {"value": np.array([1.0, np.inf, 1.0])}, {"value": np.ones(2)},
        {"spread": np.array([1.0, -1.0, 1.0])}, {"step": np.array([0, 0, 40], dtype=np.int32)},
        {"step": np.array([0, 0, 39])}, {"step": np.array([39, 0, 0], dtype=np.int32)},
        {"cell": np.array([5, 5, 5])}, {"cell": np.array([6, 5, 5])},
        {"cell": np.array([0, 5, 10**9])}, {"step_s": 0.0}, {"step_s": 1e9}, {"n_steps": 0},
        {"released_bq": float("inf")}, {"layer_depth_m": 0.0}, {"receptor_latitude": 91.0},
        {"collection_start_ns": 2**62},
    ],
)  # fmt: skip
def test_impossible_sensitivities_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        replace(sensitivity(), **change)


def test_two_are_the_same_if_all_their_values_are() -> None:
    one = sensitivity()
    assert one.same_as(sensitivity())
    for change in ({"spread": None}, {"source": "x"}, {"value": one.value * 2.0},
                   {"grid": replace(one.grid, first_longitude=0.5)}):  # fmt: skip
        assert not one.same_as(replace(one, **change))
