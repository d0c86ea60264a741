"""Gaussian puffs in a simple wind, against what can be said exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks._puff import PuffParams, PuffRelease, puff_concentrations, uniform_wind

from vigie.errors import ParameterError
from vigie.transport.sphere import RADIUS_M

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vigie.transport.sphere import Wind

    FloatArray = NDArray[np.float64]

HOUR_S = 3600.0
KM_PER_DEG = np.pi * RADIUS_M / 180.0 / 1000.0
BRIEF = PuffRelease(latitude=0.0, longitude=0.0, start_s=0.0, stop_s=600.0, mass=3.0)
LONG = replace(BRIEF, stop_s=12 * HOUR_S)
CALM = uniform_wind(0.0, 0.0)
WEST = uniform_wind(10.0, 0.0)
PARAMS = PuffParams(mixing_depth_m=800.0)


def at(
    release: PuffRelease,
    wind: Wind,
    places: tuple[ArrayLike, ArrayLike],
    window_s: tuple[float, float],
    params: PuffParams = PARAMS,
) -> FloatArray:
    """Return concentrations of one window at places that are broadcast."""
    latitude, longitude = np.broadcast_arrays(*(np.asarray(one, float) for one in places))
    begin, end = (np.full(latitude.size, one) for one in window_s)
    receptors = (latitude.ravel(), longitude.ravel())
    return puff_concentrations(release, wind, receptors, (begin, end), params).reshape(
        latitude.shape
    )


def test_one_puff_in_calm_air_is_the_formula() -> None:
    # One puff from the middle of its step: at the middle of the 13th step it is 12 steps old.
    sigma_m = 500.0 + 0.5 * 12 * 600.0
    east_km = np.array([0.0, 2.0, 6.0])
    found = at(BRIEF, CALM, (0.0, east_km / KM_PER_DEG), (7200.0, 7800.0))
    wanted = (
        3.0 / (2.0 * np.pi * sigma_m**2 * 800.0) * np.exp(-0.5 * (1000.0 * east_km / sigma_m) ** 2)
    )
    assert found == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("latitude", [0.0, 55.0])
def test_the_mass_is_that_of_the_release(latitude: float) -> None:
    release = replace(BRIEF, latitude=latitude, stop_s=2 * HOUR_S)
    step_deg = 0.04
    narrow_deg = step_deg / np.cos(np.radians(latitude))
    north = latitude + np.arange(-0.7, 0.7, step_deg)[:, None]
    east = np.arange(-20.0, 100.0)[None, :] * narrow_deg
    found = at(release, WEST, (north, east), (6 * HOUR_S, 6 * HOUR_S + 600.0))
    area_m2 = (1000.0 * KM_PER_DEG * step_deg) ** 2 / np.cos(np.radians(latitude))
    mass = np.sum(found * np.cos(np.radians(north))) * area_m2 * 800.0
    assert mass == pytest.approx(3.0, rel=1e-3)


def test_the_centre_moves_with_the_wind_and_the_width_grows_as_stated() -> None:
    # 24 h at 10 m/s along the equator, and to the north along a meridian.
    way_deg = 864.0 / KM_PER_DEG
    window = (24 * HOUR_S, 24 * HOUR_S + 600.0)
    along = np.linspace(-3.0, 3.0, 601)
    sigma_km = 0.5 + 0.5 * 86.4
    for wind, places in (
        (WEST, (0.0, way_deg + along)),
        (uniform_wind(0.0, 10.0), (way_deg + along, 0.0)),
    ):
        found = at(BRIEF, wind, places, window)
        mean = np.sum(found * along) / found.sum()
        spread = np.sqrt(np.sum(found * (along - mean) ** 2) / found.sum())
        assert abs(mean) * KM_PER_DEG < 0.01
        assert spread * KM_PER_DEG == pytest.approx(sigma_km, rel=1e-3)


def test_a_compass_wind_keeps_its_latitude() -> None:
    release = replace(BRIEF, latitude=50.0)
    way_deg = 864.0 / KM_PER_DEG / np.cos(np.radians(50.0))
    latitude = np.array([49.9, 50.0, 50.1])
    found = at(release, WEST, (latitude, way_deg), (24 * HOUR_S, 24 * HOUR_S + 600.0))
    assert int(np.argmax(found)) == 1


def test_a_window_is_the_mean_of_its_parts_and_nothing_comes_before_the_release() -> None:
    places = (0.0, np.array([0.3, 0.9]))
    parts = [
        at(LONG, WEST, places, (hour * HOUR_S, (hour + 1) * HOUR_S)) for hour in (-2, -1, 0, 1, 2)
    ]
    whole = at(LONG, WEST, places, (-2 * HOUR_S, 3 * HOUR_S))
    assert whole == pytest.approx(np.mean(parts, axis=0), rel=1e-12)
    assert not np.any(parts[0])
    assert not np.any(parts[1])
    assert np.all(parts[4] > 0.0)
    assert not np.any(at(LONG, WEST, places, (-5 * HOUR_S, -4 * HOUR_S)))


def test_a_window_may_end_within_a_step() -> None:
    place = (0.0, 0.5)
    steps = [at(LONG, WEST, place, (7200.0 + 600.0 * k, 7800.0 + 600.0 * k)) for k in range(2)]
    found = at(LONG, WEST, place, (7200.0 + 450.0, 7800.0 + 300.0))
    assert found == pytest.approx((150.0 * steps[0] + 300.0 * steps[1]) / 450.0, rel=1e-12)


def test_twice_the_mass_or_half_the_depth_is_twice_the_concentration() -> None:
    place, window = (0.0, 1.0), (3 * HOUR_S, 6 * HOUR_S)
    once = at(LONG, WEST, place, window)
    assert at(replace(LONG, mass=6.0), WEST, place, window) == pytest.approx(2.0 * once, rel=1e-12)
    shallow = replace(PARAMS, mixing_depth_m=400.0)
    assert at(LONG, WEST, place, window, shallow) == pytest.approx(2.0 * once, rel=1e-12)


def test_shorter_steps_change_little() -> None:
    place, window = (0.1, 3.0), (6 * HOUR_S, 12 * HOUR_S)
    fine = at(LONG, WEST, place, window, replace(PARAMS, step_s=60.0))
    assert at(LONG, WEST, place, window) == pytest.approx(fine, rel=2e-3)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ParameterError, match="stop after start"):
        at(BRIEF, WEST, (0.0, 0.0), (5.0, 5.0))
    with pytest.raises(ParameterError, match="stop after start"):
        at(replace(BRIEF, stop_s=0.0), WEST, (0.0, 0.0), (0.0, 5.0))
    for name in ("growth_m_s", "initial_sigma_m", "mixing_depth_m", "step_s"):
        with pytest.raises(ParameterError, match=name):
            replace(PARAMS, **{name: 0.0})
