"""Levels of the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.weather.examples import weather

from vigie.errors import ParameterError
from vigie.transport.weather.columns import pressures_pa
from vigie.transport.weather.levels import model_levels, on_model_levels

PRESSURE = np.array([1e5, 92500.0, 85000.0, 70000.0, 50000.0])


def test_sigma_levels_stay_and_get_ground_and_lid() -> None:
    levels = model_levels(weather())
    assert levels.b.tolist() == pytest.approx([1.0, 0.98, 0.9, 0.75, 0.5, 0.3, 0.2])
    assert np.all(levels.a_pa == 0.0)
    masses = levels.slab_masses_pa(np.array([[9e4]]))
    assert masses.sum() == pytest.approx(0.8 * 9e4)


@given(st.floats(4e4, 1.05e5))
def test_pressure_levels_become_hybrid_ones_that_fall_upward(surface: float) -> None:
    levels = model_levels(weather(level_a_pa=PRESSURE, level_b=np.zeros(5)))
    pressure = pressures_pa(levels.a_pa, levels.b, np.array(surface))
    assert pressure[0] == pytest.approx(surface)
    assert np.all(np.diff(pressure) < 1e-6)
    assert np.all(np.diff(levels.eta) <= 0.0)


def test_at_1000_hpa_the_levels_are_those_of_pressure() -> None:
    levels = model_levels(weather(level_a_pa=PRESSURE, level_b=np.zeros(5)))
    found = pressures_pa(levels.a_pa[1:-1], levels.b[1:-1], np.array(1e5))
    np.testing.assert_allclose(found, PRESSURE)


def test_what_is_linear_in_the_logarithm_of_pressure_is_kept() -> None:
    state = weather(level_a_pa=PRESSURE, level_b=np.zeros(5))
    levels = model_levels(state)
    surface = np.full((17, 24), 9e4)
    field = np.broadcast_to(3.0 * np.log(PRESSURE)[:, None, None], (5, 17, 24))
    found = on_model_levels(field, state, levels, surface)
    wanted = pressures_pa(levels.a_pa[1:-1], levels.b[1:-1], surface)
    # Above the highest level, and below the lowest, the field stays as there.
    known = np.clip(wanted, PRESSURE[-1], PRESSURE[0])
    np.testing.assert_allclose(found, 3.0 * np.log(known), rtol=1e-12)


def test_two_levels_are_too_few() -> None:
    few: dict[str, Any] = {"level_a_pa": np.zeros(2), "level_b": np.array([0.9, 0.5])}
    none: dict[str, Any] = dict.fromkeys(("east_m_s", "north_m_s", "temperature_k"))
    with pytest.raises(ParameterError, match="3 levels or more"):
        model_levels(weather(**few, **none))
