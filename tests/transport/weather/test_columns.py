"""Pressure and height in columns of air."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.transport.weather.columns import (
    heights_m,
    potential_temperature_k,
    pressures_pa,
    scale_height_m,
    virtual_temperature_k,
)


def test_an_isothermal_column_is_exact() -> None:
    pressure = np.array([95000.0, 70000.0, 30000.0, 1000.0])
    heights = heights_m(np.full(4, 250.0), pressure, np.array(101325.0))
    # z = (R T / g) ln(p_s / p), 287.05 x 250 / 9.80665 = 7317.7 m.
    np.testing.assert_allclose(heights, 7317.72 * np.log(101325.0 / pressure), rtol=1e-5)


def test_the_standard_atmosphere_is_met() -> None:
    # U.S. Standard Atmosphere 1976: 5 km 54048 Pa, 10 km 26500 Pa, T = 288.15 - 6.5 z (km).
    height = np.array([0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])
    pressure = np.array(
        [95461, 89876, 79501, 70121, 61660, 54048, 47217, 41105, 35651, 30800, 26500.0]
    )
    found = heights_m(288.15 - 6.5 * height, pressure, np.array(101325.0))
    # Geometric heights, against geopotential ones: 16 m at 10 km; the first layer is warmer.
    np.testing.assert_allclose(found, 1000.0 * height, atol=20.0)


@given(st.floats(5e4, 1.1e5), st.floats(0.0, 0.03))
def test_moist_air_is_lighter(surface: float, humidity: float) -> None:
    dry, moist = (
        heights_m(virtual_temperature_k(np.full(2, 290.0), q), surface * np.array([0.9, 0.5]),
                  np.array(surface))
        for q in (0.0, humidity)
    )  # fmt: skip
    np.testing.assert_allclose(moist / dry, 1.0 + 0.608 * humidity, rtol=1e-12)


def test_pressures_and_potential_temperature() -> None:
    surface = np.array([[1e5, 9e4]])
    found = pressures_pa(np.array([0.0, 1000.0]), np.array([1.0, 0.5]), surface)
    assert found.tolist() == [[[1e5, 9e4]], [[51000.0, 46000.0]]]
    assert potential_temperature_k(250.0, 5e4) == pytest.approx(250.0 * 2.0**0.28571, rel=1e-4)
    assert scale_height_m(273.15) == pytest.approx(7995.3, abs=0.2)
