"""Advection on the sphere: exact cases, turns over the poles, grids, met times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.transport import twin
from vigie.transport.grid_wind import GridWind, advect_on_grid, grid_wind, wind_at
from vigie.transport.sphere import (
    RADIUS_M,
    advect,
    carried_back,
    great_circle,
    latitude_longitude_deg,
    positions_of,
    step_times_s,
)

FloatArray = np.ndarray
DAY = 86400.0
TURN_S = 12 * DAY
AXIS = np.array([1.0, 0.0, 0.0])
"""In the plane of the equator: the turn goes over both poles."""


def solid_body(positions: FloatArray, _time_s: float) -> FloatArray:
    return np.asarray(2.0 * np.pi / TURN_S * RADIUS_M * np.cross(AXIS, positions))


def sampled(step_deg: float, hours: float = 400.0) -> GridWind:
    """Return the same turn on a grid."""
    latitude = np.linspace(-90.0, 90.0, round(180.0 / step_deg) + 1)
    longitude = np.arange(0.0, 360.0, step_deg)
    phi, lam = np.radians(latitude)[:, None], np.radians(longitude)[None, :]
    speed = 2.0 * np.pi / TURN_S * RADIUS_M
    east, north = -speed * np.sin(phi) * np.cos(lam), speed * np.sin(lam) + 0.0 * phi
    both = np.stack([east, east]), np.stack([north, north])
    return grid_wind(*both, times_s=(0.0, hours * 3600.0))


def starts() -> FloatArray:
    """Return places from the axis to 90 degrees from it, where the path is longest."""
    return positions_of([0.0, 0.0, 10.0, 45.0, -30.0, 89.9], [90.0, 60.0, 20.0, 10.0, 75.0, 0.0])


def distance_m(first: FloatArray, second: FloatArray) -> FloatArray:
    chord = np.linalg.norm(first - second, axis=-1)
    return np.asarray(2.0 * RADIUS_M * np.arcsin(np.minimum(0.5 * chord, 1.0)))


def test_a_turn_over_both_poles_ends_where_it_began() -> None:
    places = starts()
    for step in range(1152):
        places = advect(places, solid_body, 900.0 * step, 900.0)
    assert distance_m(places, starts()).max() < 1000.0
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 1.0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_turn_in_winds_of_a_grid_ends_where_it_began(sign: float) -> None:
    places, grid = starts(), sampled(1.0)
    begin = 0.0 if sign > 0 else TURN_S
    for step in range(1152):
        advect_on_grid(places, grid, begin + sign * 900.0 * step, sign * 900.0)
    assert distance_m(places, starts()).max() < 10_000.0


def loxodrome(latitude_deg: float, east: float, north: float, time_s: float) -> FloatArray:
    """Return where a constant wind by the compass leads from longitude 0; exact."""
    phi = np.radians(latitude_deg)
    after = phi + north * time_s / RADIUS_M
    if north == 0.0:
        lam = east * time_s / (RADIUS_M * np.cos(phi))
    else:
        lam = east / north * (np.arctanh(np.sin(after)) - np.arctanh(np.sin(phi)))
    return positions_of(np.degrees(after), np.degrees(lam))


@pytest.mark.parametrize(
    ("latitude_deg", "east", "north"),
    [(0.0, 10.0, 0.0), (0.0, -25.0, 0.0), (45.0, 10.0, 0.0), (-50.0, 6.0, 8.0), (30.0, 0.0, -20.0)],
)
def test_a_uniform_wind_is_followed_to_a_metre(
    latitude_deg: float, east: float, north: float
) -> None:
    shape = (2, 181, 360)
    grid = grid_wind(np.full(shape, east), np.full(shape, north), times_s=(0.0, DAY))
    place = positions_of([latitude_deg], [0.0])
    for step in range(96):
        advect_on_grid(place, grid, 900.0 * step, 900.0)
    assert distance_m(place, loxodrome(latitude_deg, east, north, DAY)[None])[0] < 1.0


def test_a_wind_that_changes_in_time_is_followed_exactly() -> None:
    # Along the equator, from rest to 20 m/s in six hours: linear in time is exact here.
    east = np.stack([np.zeros((19, 36)), np.full((19, 36), 20.0)])
    grid = grid_wind(east, np.zeros_like(east), times_s=(0.0, 21600.0))
    place = positions_of([0.0], [0.0])
    for step in range(24):
        advect_on_grid(place, grid, 900.0 * step, 900.0)
    longitude = np.degrees(20.0 * 10800.0 / RADIUS_M)
    assert distance_m(place, positions_of([0.0], [longitude]))[0] < 1e-3
    for step in reversed(range(24)):
        advect_on_grid(place, grid, 900.0 * (step + 1), -900.0)
    assert distance_m(place, positions_of([0.0], [0.0]))[0] < 1e-3


def test_kernel_and_twin_agree_everywhere() -> None:
    rng = np.random.default_rng(3)
    fields = rng.normal(0.0, 10.0, (2, 2, 37, 72))
    grid = grid_wind(fields[0], fields[1], times_s=(100.0, 700.0), west_deg=-180.0)
    latitude = np.concatenate([np.degrees(np.arcsin(rng.uniform(-1, 1, 300))), [75.0, 80.0, -89.0]])
    places = positions_of(latitude, rng.uniform(-180.0, 180.0, 303))
    for time_s in (100.0, 300.0, 700.0):
        found = np.array([wind_at(grid, tuple(place), time_s) for place in places])
        np.testing.assert_allclose(found, twin.wind_on_grid(grid, places, time_s), atol=1e-9)
        np.testing.assert_allclose(np.sum(found * places, axis=1), 0.0, atol=1e-9)

    def wind(positions: FloatArray, time_s: float) -> FloatArray:
        return twin.wind_on_grid(grid, positions, time_s)

    expected = advect(places, wind, 100.0, 600.0)
    advect_on_grid(places, grid, 100.0, 600.0)
    np.testing.assert_allclose(places, expected, atol=1e-12)


def test_the_wind_at_and_around_a_pole_is_one_vector() -> None:
    grid = sampled(1.0)
    around = positions_of(np.full(8, 89.999), np.arange(8) * 45.0)
    winds = np.array([wind_at(grid, tuple(place), 0.0) for place in around])
    np.testing.assert_allclose(winds, solid_body(around, 0.0), atol=5e-3)
    assert np.all(np.isfinite(wind_at(grid, (0.0, 0.0, 1.0), 0.0)))
    assert np.all(np.isfinite(wind_at(grid, (0.0, 0.0, -1.0), 0.0)))


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0))
def test_latitude_and_longitude_come_back(latitude_deg: float, longitude_deg: float) -> None:
    place = positions_of([latitude_deg], [longitude_deg])
    again = positions_of(*latitude_longitude_deg(place))
    assert distance_m(place, again)[0] < 1e-6


@given(st.floats(-80.0, 80.0), st.floats(-180.0, 180.0), st.floats(0.0, 360.0))
def test_what_is_carried_back_keeps_its_angle_to_the_path(
    latitude_deg: float, longitude_deg: float, azimuth_deg: float
) -> None:
    here = positions_of([latitude_deg], [longitude_deg])
    turn = np.radians(azimuth_deg)
    pole = np.array([[0.0, 0.0, 1.0]])
    east = np.cross(pole, here) / np.linalg.norm(np.cross(pole, here))
    way = np.sin(turn) * east + np.cos(turn) * np.cross(here, east)
    there = great_circle(here, 2e6 * way)
    # The direction of the path at its end, carried back, is that at its start.
    end = np.cross(np.cross(here, there), there)
    end /= np.linalg.norm(end)
    np.testing.assert_allclose(carried_back(end, there, here), way, atol=1e-9)


def test_steps_end_at_the_times_of_the_weather() -> None:
    times = step_times_s(0.0, 3 * 3600.0, 900.0, [-3600.0, 1000.0, 7200.0, 20000.0])
    assert {0.0, 1000.0, 7200.0, 10800.0} <= set(times)
    assert np.all(np.diff(times) > 0.0)
    assert np.diff(times).max() <= 900.0
    assert step_times_s(5.0, 5.0, 900.0, []).tolist() == [5.0]


def test_a_step_across_the_times_of_the_weather_is_refused() -> None:
    grid = sampled(10.0, hours=1.0)
    place = positions_of([0.0], [0.0])
    for time_s, dt_s in ((3000.0, 900.0), (300.0, -900.0)):
        with pytest.raises(ParameterError):
            advect_on_grid(place, grid, time_s, dt_s)


def test_grids_without_sense_are_refused() -> None:
    good = np.zeros((2, 19, 36))
    for east, north, times in (
        (good[0], good[0], (0.0, 1.0)),
        (good, good[:, :, 1:], (0.0, 1.0)),
        (good, good, (1.0, 1.0)),
    ):
        with pytest.raises(ParameterError):
            grid_wind(east, north, times_s=times)
