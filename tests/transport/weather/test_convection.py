"""Deep convection: parcels against MetPy's, and what is mixed stays mixed."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from tests.transport.weather.examples import weather

from vigie.transport.weather.convection import (
    column_top,
    convective_tops_pa,
    lifted_k,
    saturation_ratio,
)
from vigie.transport.weather.flow import air_of

# The sounding of the examples of MetPy: hPa, deg C, relative humidity.
PRESSURE = np.array(
    [1008, 1000, 950, 900, 850, 800, 750, 700, 650, 600, 550, 500, 450, 400, 350, 300, 250, 200,
     175, 150, 125, 100, 80, 70, 60, 50, 40, 30, 25, 20.0],
)  # fmt: skip
CELSIUS = np.array(
    [29.3, 28.1, 25.5, 20.9, 18.4, 15.9, 13.1, 10.1, 6.7, 3.1, -0.5, -4.5, -9.0, -14.8, -21.5,
     -29.7, -40.0, -52.4, -59.2, -66.5, -74.1, -78.5, -76.0, -71.6, -66.7, -61.3, -56.3, -51.7,
     -50.7, -47.5],
)  # fmt: skip
RELATIVE = np.array(
    [0.85, 0.75, 0.56, 0.39, 0.82, 0.72, 0.75, 0.86, 0.65, 0.22, 0.52, 0.66, 0.64, 0.20, 0.05,
     0.75, 0.76, 0.45, 0.25, 0.48, 0.76, 0.88, 0.56, 0.88, 0.39, 0.67, 0.15, 0.04, 0.94, 0.35],
)  # fmt: skip


def sounding() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    kelvin, pascal = CELSIUS + 273.15, 100.0 * PRESSURE
    vapour = RELATIVE * 611.2 * np.exp(17.67 * CELSIUS / (CELSIUS + 243.5))
    return kelvin, 0.622 * vapour / (pascal - 0.378 * vapour), pascal


def test_a_tropical_column_is_that_of_metpy() -> None:
    # MetPy 1.7.1: virtual temperatures, the mean of the two lowest levels lifted from 1008 hPa.
    # Its formula of saturation makes the parcel 0.1 K colder.
    cape, top = column_top(*sounding(), 100_800.0)
    assert cape == pytest.approx(3186.5, rel=0.045)
    assert top == pytest.approx(12_390.0, rel=0.01)


def test_saturated_air_cools_as_metpy_says() -> None:
    # MetPy 1.7.1, moist_lapse from 900 hPa and 293.15 K.
    found = [lifted_k(293.15, np.log(90_000.0), np.log(100.0 * p)) for p in (700, 500, 300)]
    assert found == pytest.approx([284.148, 270.811, 245.561], abs=0.06)


def test_saturation_is_that_of_tables() -> None:
    # Saturation vapour pressure at 20 deg C: 23.39 hPa (Goff and Gratch).
    assert saturation_ratio(293.15, 1e5) == pytest.approx(0.622 * 23.39 / (1000 - 23.39), rel=2e-3)


def test_dry_or_stable_air_does_not_overturn() -> None:
    kelvin, humidity, pascal = sounding()
    assert column_top(kelvin, 0.0 * humidity, pascal, 100_800.0) == (0.0, 100_800.0)
    even = np.full_like(kelvin, 270.0)
    assert column_top(even, 0.05 * humidity, pascal, 100_800.0)[0] < 1.0


def test_a_threshold_decides_which_columns_overturn() -> None:
    kelvin, humidity, pascal = sounding()
    both = np.stack([np.ones_like(kelvin), np.zeros_like(kelvin)], axis=-1)[:, None, :]
    fields = (
        np.broadcast_to(kelvin[:, None, None], both.shape),
        humidity[:, None, None] * both,
        np.broadcast_to(pascal[:, None, None], both.shape),
    )
    surface = np.full((1, 2), 100_800.0)
    tops = convective_tops_pa(*fields, surface, least_j_kg=100.0)
    assert tops[0] == pytest.approx([column_top(*sounding(), 100_800.0)[1], 100_800.0])
    assert np.array_equal(convective_tops_pa(*fields, surface, least_j_kg=1e4), surface)


def test_where_no_convective_rain_falls_nothing_overturns() -> None:
    sigma = np.array([0.98, 0.9, 0.75, 0.5, 0.3])[:, None, None]
    temperature = np.broadcast_to(300.0 * sigma**0.19, (5, 17, 24)).astype(np.float32)
    humidity = np.broadcast_to(np.where(sigma > 0.8, 0.02, 0.0), (5, 17, 24)).astype(np.float32)
    rain = np.zeros((17, 24), dtype=np.float32)
    rain[8] = 0.2
    moist = partial(weather, temperature_k=temperature, specific_humidity=humidity)
    everywhere = air_of(moist())
    told = air_of(moist(convective_rain_mm_h=rain))
    assert np.all(everywhere.convective_top_pa < 0.6 * everywhere.surface_pa)
    overturns = told.convective_top_pa < told.surface_pa
    # A row of the poles is set below and above the seventeen rows of the weather.
    assert np.flatnonzero(overturns.all(axis=1)).tolist() == [9]
    assert np.array_equal(overturns.any(axis=1), overturns.all(axis=1))
