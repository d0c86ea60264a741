"""Rays in moving air: closed forms, the twin, drift, absorption."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth.atmosphere import Medium, climatology, find_eigenrays, launch_slowness, trace
from vigie.earth.atmosphere.absorption import absorption_per_m_hz2
from vigie.earth.atmosphere.eigenrays import FanParams, fan_toward, phase_index
from vigie.earth.atmosphere.rays import FloatArray, trace_plainly
from vigie.errors import ParameterError
from vigie.testing import examples


def linear_medium(
    n_levels: int, *, wind_m_s: tuple[float, float] = (0.0, 0.0), gradient: float = 0.004
) -> Medium:
    """Return c = 340 + gradient z up to 20 km in uniform wind."""
    z = np.linspace(0.0, 20000.0, n_levels)
    flat = np.ones(n_levels)
    return Medium(
        np.stack([z, 340.0 + gradient * z, wind_m_s[0] * flat, wind_m_s[1] * flat, 0.0 * flat])
    )


def closed_form(trace_velocity_m_s: float, gradient: float = 0.004) -> tuple[float, float]:
    """Return range in m and time in s of a ray in still air of constant gradient."""
    v = trace_velocity_m_s
    return (
        float(2.0 * v / gradient * np.sqrt(1.0 - (340.0 / v) ** 2)),
        float(2.0 / gradient * np.arccosh(v / 340.0)),
    )


def test_linear_gradient_without_wind_is_the_closed_form() -> None:
    rays = trace(linear_medium(101), [[0.0, 1.0 / 360.0]])
    assert rays.turning_km[0] == pytest.approx(5.0, rel=1e-12)
    assert rays.hop_m[0, 1] == pytest.approx(59160.8, abs=0.05)
    assert rays.hop_time_s[0] == pytest.approx(170.669, abs=0.0005)
    distance, time = closed_form(360.0)
    assert rays.hop_m[0, 1] == pytest.approx(distance, rel=1e-12)
    assert rays.hop_time_s[0] == pytest.approx(time, rel=1e-11)


def test_one_layer_is_enough_for_a_linear_gradient() -> None:
    rays = trace(linear_medium(2), [[0.0, 1.0 / 360.0]])
    distance, time = closed_form(360.0)
    assert rays.hop_m[0, 1] == pytest.approx(distance, rel=1e-8)
    assert rays.hop_time_s[0] == pytest.approx(time, rel=2e-7)


def toward(medium: Medium, azimuth_deg: float, trace_velocity_m_s: float) -> FloatArray:
    """Return the slowness of a trace velocity whose path points to an azimuth."""
    launch = azimuth_deg
    for _ in range(30):
        angle = np.radians(launch)
        p = np.array([[np.sin(angle), np.cos(angle)]]) / trace_velocity_m_s
        off = trace(medium, p).path_azimuth_deg[0] - azimuth_deg
        launch -= (off + 180.0) % 360.0 - 180.0
    return p


def test_uniform_crosswind_turns_the_back_azimuth() -> None:
    medium = linear_medium(101, wind_m_s=(-20.0, 0.0))
    rays = trace(medium, toward(medium, 0.0, 360.0))
    assert rays.back_azimuth_deg[0] == pytest.approx(183.304, abs=0.0005)
    assert rays.azimuth_deviation_deg[0] == pytest.approx(3.304, abs=0.0005)
    assert rays.hop_km[0] == pytest.approx(60.7906, abs=0.00005)
    assert rays.hop_time_s[0] == pytest.approx(175.470, abs=0.0005)
    # The rule of thumb: asin of crosswind over horizontal speed.
    rule = np.degrees(np.arcsin(20.0 / (1e3 * rays.celerity_km_s[0])))
    assert rays.azimuth_deviation_deg[0] == pytest.approx(rule, abs=0.05)


@given(
    east=st.floats(-60.0, 60.0),
    north=st.floats(-60.0, 60.0),
    azimuth=st.floats(0.0, 360.0),
    elevation=st.floats(1.0, 25.0),
)
def test_uniform_wind_only_carries_the_ray_along(
    east: float, north: float, azimuth: float, elevation: float
) -> None:
    # In the frame of the air the ray is that of still air; on the ground it drifts by w T.
    still, windy = linear_medium(21), linear_medium(21, wind_m_s=(east, north))
    at_rest = trace(still, launch_slowness(still, elevation, azimuth))
    carried = trace(windy, launch_slowness(windy, elevation, azimuth))
    np.testing.assert_allclose(carried.hop_time_s, at_rest.hop_time_s, rtol=1e-8)
    drift = np.array([east, north]) * carried.hop_time_s[:, None]
    np.testing.assert_allclose(carried.hop_m - drift, at_rest.hop_m, atol=1e-3)
    np.testing.assert_allclose(carried.turning_km, at_rest.turning_km, rtol=1e-9)


@given(seed=st.integers(0, 1000))
def test_compiled_and_plain_tracing_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    profile = replace(
        climatology(latitude=float(rng.uniform(-80.0, 80.0)), month=float(rng.uniform(1.0, 13.0))),
        meridional_m_s=rng.normal(0.0, 20.0, 76),
    )
    medium = Medium.of_profile(profile)
    p = launch_slowness(medium, rng.uniform(0.1, 70.0, 25), rng.uniform(0.0, 360.0, 25))
    one, two = trace(medium, p), trace_plainly(medium, p)
    for name in ("hop_time_s", "hop_m", "turning_km", "absorption_np_per_hz2"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-12)


def test_finer_levels_change_nothing_of_a_layered_profile() -> None:
    profile = climatology(latitude=50.0, month=1.5)
    coarse = Medium.of_profile(profile)
    z = np.unique(np.concatenate([coarse.levels[0], np.linspace(0.0, 150e3, 3001)]))
    fine = Medium(np.stack([z, *(np.interp(z, coarse.levels[0], c) for c in coarse.levels[1:])]))
    p = launch_slowness(coarse, np.linspace(1.0, 40.0, 30), 90.0)
    one, two = trace(coarse, p), trace(fine, p)
    np.testing.assert_allclose(one.hop_time_s, two.hop_time_s, rtol=2e-6)
    np.testing.assert_allclose(one.hop_km, two.hop_km, rtol=2e-6)


def test_rays_that_leave_the_profile_are_nan() -> None:
    medium = linear_medium(11)
    steep = trace(medium, launch_slowness(medium, [80.0], 0.0))
    assert np.isnan(steep.hop_time_s).all()
    falling = trace(linear_medium(11, gradient=-0.004), [[0.0, 1.0 / 360.0]])
    assert np.isnan(falling.turning_km).all()
    with pytest.raises(ParameterError, match="pairs"):
        trace(medium, [0.001, 0.002])


def test_absorption_at_sea_level_is_that_of_the_standard() -> None:
    profile = replace(
        examples.profile(),
        temperature_k=np.full(60, 293.15),
        pressure_pa=np.full(60, 101325.0),
        density_kg_m3=np.full(60, 101325.0 / (287.05 * 293.15)),
    )
    # ISO 9613-1, equation 5: 1.84e-11 f^2 Np/m at 20 C and 1 atm.
    assert absorption_per_m_hz2(profile)[0] == pytest.approx(1.84e-11, rel=0.01)


def test_absorption_weakens_thermospheric_rays_only() -> None:
    medium = Medium.of_profile(climatology(latitude=50.0, month=7.5))
    rays = fan_toward(medium, 90.0, np.array([2.0, 25.0, 30.0]))
    assert (rays.turning_km > 100.0).all()
    assert (rays.absorption_np_per_hz2 > 5.0).all()
    westward = fan_toward(medium, 270.0, np.array([2.0, 5.0]))
    assert (westward.turning_km < 70.0).all()
    assert (westward.absorption_np_per_hz2 < 0.1).all()


@given(azimuth=st.floats(0.0, 359.9), range_km=st.floats(60.0, 900.0), month=st.floats(1.0, 12.9))
def test_eigenrays_end_at_the_receiver(azimuth: float, range_km: float, month: float) -> None:
    medium = Medium.of_profile(climatology(latitude=45.0, month=month))
    found = find_eigenrays(medium, azimuth, range_km, FanParams(n_rays=60, max_hops=4))
    np.testing.assert_allclose(found.rays.hop_km * found.hops, range_km, atol=1.0)
    off = (found.rays.path_azimuth_deg - azimuth + 180.0) % 360.0 - 180.0
    assert np.all(np.abs(off) < 0.2)
    celerity = range_km / found.travel_time_s
    assert np.all((celerity > 0.15) & (celerity < 0.45))
    assert np.all(np.diff(found.travel_time_s) >= 0.0)


def test_several_hops_take_as_many_times_one_hop() -> None:
    medium = Medium.of_profile(climatology(latitude=50.0, month=1.5))
    one = find_eigenrays(medium, 90.0, 220.0, FanParams(max_hops=1))
    three = find_eigenrays(medium, 90.0, 660.0, FanParams(max_hops=3))
    times = three.travel_time_s[three.hops == 3]
    assert len(one.hops) == len(times) > 0
    np.testing.assert_allclose(3.0 * one.travel_time_s, times, atol=0.5)


def test_phases_go_by_the_turning_height() -> None:
    assert phase_index(np.array([9.0, 48.0, 112.0])).tolist() == [0, 1, 2]


@pytest.mark.parametrize("value", [0.0, -5.0, float("nan")])
def test_ranges_that_are_none_are_refused(value: float) -> None:
    medium = linear_medium(11)
    with pytest.raises(ParameterError, match="range_km"):
        find_eigenrays(medium, 0.0, value)


def test_fans_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ParameterError, match="angles that rise"):
        FanParams(lowest_deg=30.0, highest_deg=20.0)
