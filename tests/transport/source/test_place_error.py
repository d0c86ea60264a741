"""Errors of place in sensitivities."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.records import LatLonGrid, Sensitivity, global_grid
from vigie.transport.source.place_error import blur, with_place_error

HOUR_NS = 3_600_000_000_000
GRID = global_grid(1.0, 1.0, latitude_phase=0.5, longitude_phase=0.5)
KM_PER_DEG = np.radians(6371.0)


def sample(step: list[int], cell: list[int], value: list[float]) -> Sensitivity:
    return Sensitivity(
        station="AAA",
        receptor_latitude=60.0,
        receptor_longitude=10.0,
        collection_start_ns=0,
        collection_stop_ns=12 * HOUR_NS,
        step_s=6 * 3600.0,
        n_steps=40,
        grid=GRID,
        step=np.array(step, dtype=np.int32),
        cell=np.array(cell, dtype=np.int64),
        value=np.array(value),
    )


def test_a_plume_is_the_mean_over_drawn_displacements() -> None:
    # A block at 60 deg north, seen 100 hours and a half before the middle of the collection.
    lat, lon = GRID.centres(np.arange(GRID.n_cells))
    block = np.flatnonzero((abs(lat - 60.0) < 3.0) & (abs(lon - 10.0) < 6.0))
    step = 17
    one = sample([step] * len(block), block.tolist(), [2e-12] * len(block))
    km = 80.0 * ((step + 0.5) * 6.0 - 6.0) / 24.0
    blurred = with_place_error(one, 80.0)
    assert set(blurred.step.tolist()) == {step}
    rng = np.random.default_rng(1)
    at = int(GRID.cells_at(62.5, 12.5))
    shifts = rng.normal(0.0, km / KM_PER_DEG, (400_000, 2))
    north = 62.5 + shifts[:, 0]
    # Along the parallel of the cell, then along the meridian, as is told.
    east = 12.5 + shifts[:, 1] / np.cos(np.radians(north))
    drawn = np.where((abs(north - 60.0) < 3.0) & (abs(east - 10.0) < 6.0), 2e-12, 0.0)
    here = blurred.cell == at
    assert blurred.spread is not None
    assert float(blurred.value[here][0]) == pytest.approx(drawn.mean(), rel=0.02)
    assert float(blurred.spread[here][0]) == pytest.approx(drawn.std(), rel=0.02)


@given(st.floats(1.0, 800.0), st.floats(-90.0, 89.0))
def test_an_even_field_stays_as_it_is(km: float, south: float) -> None:
    for grid in (
        GRID,
        LatLonGrid(
            first_latitude=min(south + 0.5, 85.0),
            latitude_step=1.0,
            n_latitude=5,
            first_longitude=0.5,
            longitude_step=1.0,
            n_longitude=30,
        ),
    ):
        even = np.full((1, grid.n_latitude, grid.n_longitude), 3.0)
        np.testing.assert_allclose(blur(even, grid, km), even, rtol=2e-6)


def test_the_amount_is_kept_over_the_meridian_of_greenwich() -> None:
    field = np.zeros((1, 180, 360))
    field[0, 130, 0] = 1.0
    found = blur(field, GRID, 300.0)[0]
    areas = GRID.cell_areas_m2(np.arange(GRID.n_cells)).reshape(180, 360)
    assert float((areas * found).sum()) == pytest.approx(float(areas[130, 0]), rel=1e-6)
    # Over the meridian of Greenwich as on its other side.
    assert found[130, 3] == pytest.approx(found[130, 357], rel=1e-9)


def test_cells_that_little_of_the_cloud_reaches_are_left_out() -> None:
    at = int(GRID.cells_at(40.5, 0.5))
    blurred = with_place_error(sample([20], [at], [1e-12]), 60.0)
    assert at in blurred.cell
    assert blurred.spread is not None
    share = blurred.value**2 / (blurred.value**2 + blurred.spread**2)
    assert share[blurred.cell != at].min() > 0.01
    lat, lon = GRID.centres(blurred.cell)
    far = np.hypot(lat - 40.5, ((lon + 180.0) % 360.0 - 180.5) * np.cos(np.radians(40.5)))
    assert 1.0 < far.max() < 5.0


def test_the_first_step_and_no_error_change_nothing() -> None:
    one = sample([0, 20], [5000, 6000], [1e-12, 2e-12])
    assert with_place_error(one, 0.0) is one
    blurred = with_place_error(replace(one, step=np.array([0, 0], dtype=np.int32)), 60.0)
    assert blurred.cell.tolist() == [5000, 6000]
    assert blurred.value.tolist() == [1e-12, 2e-12]


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_an_error_that_is_none_is_refused(bad: float) -> None:
    with pytest.raises(ParameterError, match="km_per_day"):
        with_place_error(sample([0], [1], [1.0]), bad)


@pytest.mark.parametrize("cells", [0.2, 0.4, 0.8, 1.6])
def test_a_cloud_of_less_than_a_cell_stays_where_it_is(cells: float) -> None:
    field = np.zeros((1, 180, 360))
    field[0, 90, 40] = 1.0
    found = blur(field, GRID, cells * KM_PER_DEG)[0]
    assert found.sum() == pytest.approx(1.0, rel=1e-3)
    row, column = np.nonzero(found > 1e-9)
    assert np.abs(row - 90).max() <= 5.0 * cells + 1.5
    assert np.abs(column - 40).max() <= 5.0 * cells + 1.5
    # The part of a Gaussian within its cell, by both axes.
    inside = math.erf(0.5 / cells / math.sqrt(2.0)) ** 2
    assert found[90, 40] == pytest.approx(inside, rel=1e-3)


@pytest.mark.parametrize("km", [20.0, 120.0, 420.0, 1500.0])
@pytest.mark.parametrize("phase", [0.5, 0.0])
def test_the_amount_is_kept_at_every_latitude(km: float, phase: float) -> None:
    grid = global_grid(1.0, 1.0, latitude_phase=phase, longitude_phase=0.5)
    shape = (1, grid.n_latitude, grid.n_longitude)
    areas = grid.cell_areas_m2(np.arange(grid.n_cells)).reshape(shape[1:])
    for row in (0, 1, 4, 20, 90, shape[1] - 3, shape[1] - 1):
        field = np.zeros(shape)
        field[0, row, 40] = 1.0
        found = blur(field, grid, km)[0]
        assert float((areas * found).sum()) == pytest.approx(float(areas[row, 40]), rel=1e-6)
    even = np.full(shape, 3.0)
    np.testing.assert_allclose(blur(even, grid, km), even, rtol=1e-6)
