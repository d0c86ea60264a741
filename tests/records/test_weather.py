"""The weather at one time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.errors import ParameterError
from vigie.records import WeatherState, merged_weather

SHAPE = (2, 3, 4)


def state(**changes: object) -> WeatherState:
    """Return three rows and four columns on two pressure levels, with wind toward east."""
    values: dict[str, object] = {
        "time_ns": 0,
        "latitude": np.array([-10.0, 0.0, 10.0]),
        "longitude": np.array([0.0, 90.0, 180.0, 270.0]),
        "level_a_pa": np.array([85000.0, 50000.0]),
        "level_b": np.zeros(2),
        "east_m_s": np.full(SHAPE, 10.0, dtype=np.float32),
    }
    return WeatherState(**{**values, **changes})  # type: ignore[arg-type]


def test_files_of_one_time_are_merged() -> None:
    north = state(east_m_s=None, north_m_s=np.zeros(SHAPE, dtype=np.float32), source="b")
    surface = state(
        east_m_s=None,
        level_a_pa=np.zeros(0),
        level_b=np.zeros(0),
        surface_pressure_pa=np.full(SHAPE[1:], 1e5, dtype=np.float32),
    )
    later = state(time_ns=1)
    first, second = merged_weather([later, surface, state(source="a"), north])
    assert first.names == ("east_m_s", "north_m_s", "surface_pressure_pa")
    assert first.source == "a; b"
    assert first.level_a_pa.tolist() == [85000.0, 50000.0]
    assert second.same_as(later)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "east_m_s"),
        ({"east_m_s": None, "latitude": np.array([-10.0, 0.0, 11.0])}, "grid"),
        ({"east_m_s": None, "level_a_pa": np.array([85000.0, 40000.0])}, "levels"),
    ],
)
def test_files_that_contradict_are_refused(changes: dict[str, object], name: str) -> None:
    with pytest.raises(ParameterError, match=name):
        merged_weather([state(), state(**changes)])


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"latitude": np.array([10.0, 0.0, -10.0])}, "latitude"),
        ({"latitude": np.array([80.0, 85.0, 91.0])}, "latitude"),
        ({"longitude": np.array([0.0, 120.0, 240.0, 360.0])}, "longitude"),
        ({"longitude": np.array([0.0, 90.0, 180.0, np.nan])}, "longitude"),
        ({"level_a_pa": np.array([50000.0, 85000.0])}, "levels"),
        ({"east_m_s": np.zeros((2, 4, 3), dtype=np.float32)}, "east_m_s"),
        ({"east_m_s": np.zeros(SHAPE)}, "east_m_s"),
        ({"east_m_s": np.full(SHAPE, np.nan, dtype=np.float32)}, "east_m_s"),
        ({"temperature_k": np.full(SHAPE, 20.0, dtype=np.float32)}, "temperature_k"),
    ],
)
def test_what_is_no_weather_is_refused(changes: dict[str, object], name: str) -> None:
    with pytest.raises(ParameterError, match=name):
        state(**changes)


def test_states_differ_by_value() -> None:
    assert state().same_as(state())
    assert not state().same_as(state(source="x"))
    assert not state().same_as(replace(state(), east_m_s=None))
    assert not state().same_grid(state(longitude=np.array([1.0, 90.0, 180.0, 270.0])))
