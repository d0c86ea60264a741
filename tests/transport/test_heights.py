"""Heights and pressures of the air that particles are in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.weather.examples import HOUR_NS, START_NS, weather

from vigie.exchange.files import read_file
from vigie.transport.air import ground_at, pressure_pa, spot_of, weights_of
from vigie.transport.heights import drop_to, height_over
from vigie.transport.particle_state import Step, unborn
from vigie.transport.particles import carry, room
from vigie.transport.sphere import positions_of
from vigie.transport.weather.columns import heights_m, pressures_pa, virtual_temperature_k
from vigie.transport.weather.flow import air_of
from vigie.transport.weather.levels import on_model_levels
from vigie.transport.weather.nodes import with_poles
from vigie.transport.weather.sequence import WeatherSequence

if TYPE_CHECKING:
    from pathlib import Path

scales = st.floats(5500.0, 9500.0)
depths = st.floats(100.0, 4500.0)


@given(st.floats(0.0, 40_000.0), scales, depths)
def test_height_and_pressure_belong_together(
    height_m: float, scale_m: float, depth_m: float
) -> None:
    drop, there = drop_to(height_m, scale_m, depth_m)
    height, scale = height_over(drop, scale_m, depth_m)
    assert height == pytest.approx(height_m, rel=1e-10, abs=1e-6)
    assert scale == pytest.approx(there, rel=1e-9)


@given(scales, depths, st.floats(0.0, 1.0))
def test_within_the_layer_one_scale_height_holds_to_the_bit(
    scale_m: float, depth_m: float, share: float
) -> None:
    height_m = share * depth_m
    drop, there = drop_to(height_m, scale_m, depth_m)
    assert math.exp(-drop) == math.exp(-height_m / scale_m)
    assert there == scale_m
    assert height_over(0.999 * drop, scale_m, depth_m) == (scale_m * (0.999 * drop), scale_m)


@given(scales, depths, st.floats(0.0, 40_000.0))
def test_the_profile_is_hydrostatic(scale_m: float, depth_m: float, height_m: float) -> None:
    # dz = S d ln(p_s / p), by finite differences, across the top of the layer and the tropopause.
    (low, _), (middle, scale), (high, _) = (
        drop_to(height_m + dz, scale_m, depth_m) for dz in (0.0, 0.5, 1.0)
    )
    assert 1.0 / (high - low) == pytest.approx(scale, rel=2e-4)
    assert low < middle < high


def test_a_release_high_up_begins_in_the_pressure_of_its_height() -> None:
    days = WeatherSequence(
        [START_NS, START_NS + 6 * HOUR_NS], lambda k: weather(6.0 * k, seed=None)
    )
    flow, n = days.flow(0.0, 900.0), 4
    latitude, longitude = np.array([-50.0, -10.0, 20.0, 60.0]), np.array([0.0, 90.0, 180.0, -90.0])
    heights, starts = np.full(n, 10_000.0), np.full(n, 899.0)
    particles = unborn(np.arange(n), positions_of(latitude, longitude), starts, heights)
    carry(particles, flow, Step(0.0, 900.0, 1, 0, 0), room())
    # The made air is 288 K at the ground and loses 6.5 K/km all the way.
    expected = 1e5 * (1.0 - 6.5e-3 * 10_000.0 / 288.0) ** 5.2559
    found = [pressure_pa(flow, float(eta), 1e5) for eta in particles.eta]
    np.testing.assert_allclose(found, expected, rtol=0.01)
    density = expected / (287.05 * (288.0 - 65.0))
    np.testing.assert_allclose(particles.first_density_kg_m3, density, rtol=0.02)
    np.testing.assert_allclose(particles.height_m, 10_000.0, atol=20.0)
    spot = spot_of(flow, tuple(particles.place[0]))
    weights = weights_of(flow, spot, 900.0)
    ground, scale, depth = ground_at(flow, spot, weights)
    height, _ = height_over(math.log(ground / found[0]), scale, depth)
    assert particles.height_m[0] == pytest.approx(height, abs=0.01)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rms_m"),
    [
        ("gfs/gfs.t12z.pgrbf120.2p5deg.grib2", {2: 30, 5: 110, 10: 210, 15: 240, 20: 460}),
        ("era/ecmwf_hres_137ml_20181114_step24.grib", {2: 20, 5: 75, 10: 145, 15: 150, 20: 220}),
    ],
)
def test_heights_are_those_of_real_weather(
    shared_data: Path, name: str, rms_m: dict[int, float]
) -> None:
    state = read_file(shared_data / "transport/met" / name).weather[0]
    air = air_of(state, rain=False)
    surface = np.asarray(state.surface_pressure_pa, dtype=np.float64)
    temperature, humidity = (
        with_poles(on_model_levels(getattr(state, field), state, air.levels, surface), air.grid)
        for field in ("temperature_k", "specific_humidity")
    )
    pressure = pressures_pa(air.levels.a_pa[1:-1], air.levels.b[1:-1], air.surface_pa)
    exact = heights_m(virtual_temperature_k(temperature, humidity), pressure, air.surface_pa)
    found = np.vectorize(height_over, otypes=[float, float])(
        np.log(np.maximum(air.surface_pa / pressure, 1.0)), air.scale_m, air.layer.height_m
    )[0]
    weight = np.broadcast_to(np.cos(np.radians(air.grid.latitudes))[:, None], air.surface_pa.shape)
    columns = list(np.ndindex(*air.surface_pa.shape))
    for km, most in rms_m.items():
        at = np.array([np.interp(1e3 * km, exact[:, i, j], found[:, i, j]) for i, j in columns])
        rms = np.sqrt(np.average((at - 1e3 * km) ** 2, weights=weight.ravel()))
        assert rms < most
