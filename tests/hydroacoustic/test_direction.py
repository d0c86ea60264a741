"""Azimuth and speed across the triplets of the network, and what is wrong with a hydrophone."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.hydro import SIDES_M, triangle
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.geodesy import angle_difference_deg
from vigie.hydroacoustic.direction import azimuth_of_times, measure_direction
from vigie.hydroacoustic.hydrophone_faults import clock_error, speed_suspect
from vigie.hydroacoustic.recipe import DirectionParams
from vigie.signal.filters import BandPass, filter_zero_phase
from vigie.simulate.hydroacoustic.scene import H10N_KM, RATE_HZ, crossed

FloatArray = NDArray[np.float64]
PARAMS = DirectionParams()


def toward(azimuth_deg: float) -> FloatArray:
    return np.array([np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg))])


@pytest.mark.parametrize("name", SIDES_M)
def test_errors_of_azimuth_are_those_stated(name: str) -> None:
    places = triangle(SIDES_M[name])
    rng = np.random.default_rng(3)
    errors, stated = [], []
    for azimuth in np.arange(0.0, 360.0, 5.0):
        exact = -(places @ toward(azimuth)) / 1.483
        for _ in range(30):
            times = exact + rng.normal(0.0, 1e-3, 3)
            found, sigma, *_ = azimuth_of_times(places, times, 1e-3)
            errors.append(float(angle_difference_deg(found, azimuth)))
            stated.append(sigma)
    assert abs(np.mean(errors)) < 0.01
    assert 0.9 < np.std(errors) / np.sqrt(np.mean(np.square(stated))) < 1.1


def test_sigma_of_an_equilateral_triangle_of_2_km() -> None:
    places = triangle((2000.0, 2000.0, 2000.0))
    times = -(places @ toward(40.0)) / 1.5
    azimuth, sigma, speed, speed_sigma = azimuth_of_times(places, times, 1e-3)
    assert azimuth == pytest.approx(40.0)
    assert sigma == pytest.approx(0.060, abs=0.001)
    assert speed == pytest.approx(1.5)
    assert speed_sigma == pytest.approx(1.5e-3, rel=0.1)


def arrival(azimuth_deg: float, snr: float = 20.0, seed: int = 1) -> FloatArray:
    """Return a pulse of 4 to 40 Hz from an azimuth across H10N, in noise."""
    rng = np.random.default_rng(seed)
    samples = np.zeros(1024)
    samples[500:560] = rng.standard_normal(60) * np.exp(-np.arange(60) / 20.0)
    waves = crossed(samples, np.array(H10N_KM), azimuth_deg, 1.483, None)
    waves += rng.standard_normal(waves.shape) * np.abs(samples).max() / snr
    band = BandPass(4.0, 40.0)
    return np.stack([filter_zero_phase(w, RATE_HZ, band) for w in waves])


@settings(max_examples=12, deadline=None)
@given(st.floats(0.0, 359.9))
def test_azimuth_of_a_pulse(azimuth_deg: float) -> None:
    found = measure_direction(arrival(azimuth_deg), RATE_HZ, np.array(H10N_KM), PARAMS)
    off = abs(float(angle_difference_deg(found.azimuth_deg, azimuth_deg)))
    assert off < 5.0 * found.azimuth_sigma_deg
    assert found.plausible
    assert found.azimuth_sigma_deg < 0.2
    assert found.total_sigma_deg == pytest.approx(np.hypot(0.5, found.azimuth_sigma_deg))
    assert found.closure_s < 3e-3


@pytest.mark.parametrize("element", [0, 1, 2])
def test_reversed_hydrophone_is_named_and_turned_back(element: int) -> None:
    samples = arrival(123.0)
    samples[element] *= -1.0
    found = measure_direction(samples, RATE_HZ, np.array(H10N_KM), PARAMS)
    assert found.reversed_elements == (element,)
    assert found.azimuth_deg == pytest.approx(123.0, abs=0.3)


def test_noise_has_no_plausible_direction() -> None:
    rng = np.random.default_rng(8)
    plausible = 0
    for _ in range(20):
        noise = np.stack(
            [filter_zero_phase(r, RATE_HZ, BandPass(4.0, 40.0)) for r in rng.normal(size=(3, 1500))]
        )
        found = measure_direction(noise, RATE_HZ, np.array(H10N_KM), PARAMS)
        plausible += found.plausible
    assert plausible == 0


def history(error_s: float, element: int, waves: int, seed: int) -> FloatArray:
    """Return slownesses of waves from anywhere, one clock late."""
    rng = np.random.default_rng(seed)
    places = np.array(H10N_KM) - np.mean(H10N_KM, axis=0)
    solve = np.linalg.inv(places.T @ places) @ places.T
    out = []
    for _ in range(waves):
        times = -(places @ toward(rng.uniform(0.0, 360.0))) / rng.uniform(1.478, 1.488)
        times = times + rng.normal(0.0, 1e-3, 3)
        times[element] += error_s
        out.append(solve @ times)
    return np.array(out)


@pytest.mark.parametrize("element", [0, 1, 2])
@pytest.mark.parametrize("error_s", [0.02, -0.02])
def test_clock_error_of_20_ms_is_named_by_the_history_of_speeds(
    element: int, error_s: float
) -> None:
    for seed in range(10):
        found = clock_error(history(error_s, element, 10, seed), np.array(H10N_KM), PARAMS)
        assert found is not None
        assert found.element == element
        assert found.error_s == pytest.approx(error_s, abs=6e-3)


def test_good_clocks_are_not_accused() -> None:
    accused = [clock_error(history(0.0, 0, 10, s), np.array(H10N_KM), PARAMS) for s in range(60)]
    assert sum(a is not None for a in accused) <= 1


def test_one_speed_tells_of_a_clock_error_along_its_wave() -> None:
    assert speed_suspect(1.483 + 0.030, 1.5e-3, PARAMS)
    assert not speed_suspect(1.488, 1.5e-3, PARAMS)


def test_a_dead_hydrophone_is_an_error() -> None:
    samples = arrival(10.0)
    samples[1] = 0.0
    with pytest.raises(ParameterError):
        measure_direction(samples, RATE_HZ, np.array(H10N_KM), PARAMS)
