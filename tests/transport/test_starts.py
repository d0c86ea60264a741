"""Particles begin evenly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.records import global_grid
from vigie.transport.sphere import latitude_longitude_deg
from vigie.transport.starts import Box, box_at, box_of_cell, evenly


def test_each_share_of_a_box_gets_its_share() -> None:
    box = Box(south=30.0, north=60.0, west=-10.0, east=20.0, low_m=10.0, high_m=100.0)
    start = evenly(box, (0, 1000), 8000)
    latitude, longitude = latitude_longitude_deg(start.place)
    # Half of the area lies south of arcsin of the mean sine, not of 45 deg.
    middle = np.degrees(np.arcsin(0.5 * (np.sin(np.radians(30.0)) + np.sin(np.radians(60.0)))))
    parts = [latitude < middle, longitude < 5.0, start.height_m < 55.0, start.time_ns < 500]
    for k, one in enumerate(parts):
        assert np.mean(one) == pytest.approx(0.5, abs=0.005)
        for other in parts[:k]:
            assert np.mean(one & other) == pytest.approx(0.25, abs=0.01)


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 360.0))
def test_a_point_is_one(latitude: float, longitude: float) -> None:
    start = evenly(box_at(latitude, longitude), (5, 9), 7)
    assert np.allclose(start.place, start.place[0])
    assert np.all((start.time_ns >= 5) & (start.time_ns <= 9))
    assert np.all((start.height_m >= 0.0) & (start.height_m <= 50.0))


def test_the_box_of_a_cell_holds_it() -> None:
    grid = global_grid(5.0, 5.0, latitude_phase=2.5, longitude_phase=2.5)
    cell = int(grid.cells_at(48.0, 7.0))
    start = evenly(box_of_cell(grid, cell, 150.0), (0, 10), 500)
    assert np.all(grid.cells_at(*latitude_longitude_deg(start.place)) == cell)


@pytest.mark.parametrize(
    "bounds",
    [
        {"south": 10.0, "north": 5.0},
        {"north": 95.0},
        {"west": 10.0, "east": 5.0},
        {"low_m": -1.0},
        {"low_m": 60.0},
    ],
)
def test_a_box_that_is_none_is_refused(bounds: dict[str, float]) -> None:
    values = {"south": 0.0, "north": 5.0, "west": 0.0, "east": 5.0, **bounds}
    with pytest.raises(ParameterError):
        Box(**values)
