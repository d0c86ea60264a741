"""Loss of aerosol to ground and rain: exact rates, well-mixed columns, forward against backward."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.transport.weather.examples import HOUR_NS, START_NS, weather

from vigie.records import WeatherState, global_grid
from vigie.testing.particles import particles_at as made_particles
from vigie.transport.aerosol import Aerosol, Sinks, deposition_m_s, sinks_of
from vigie.transport.backward import Receptor, follow_back
from vigie.transport.deposition import (
    below_cloud_per_s,
    dry_per_s,
    lose,
    lose_first,
    mean_rate_per_s,
)
from vigie.transport.forward import Release, follow_forward
from vigie.transport.march import MarchSettings
from vigie.transport.particle_state import CARRIED, LOST, UNBORN, Particles, Step
from vigie.transport.particles import carry, room
from vigie.transport.starts import box_of_cell
from vigie.transport.weather.flow import air_of, flow_between
from vigie.transport.weather.sequence import WeatherSequence

if TYPE_CHECKING:
    from vigie.transport.air import Flow

STEP_S = 900.0
SHAPE = (17, 24)
DEPTH_M, FRICTION_M_S = 1000.0, 0.5
GRID = global_grid(6.0, 6.0, latitude_phase=3.0, longitude_phase=3.0)
LAYER_M = 150.0


def flat(value: float) -> np.ndarray:
    return np.full(SHAPE, value, dtype=np.float32)


def still(**changes: Any) -> Flow:  # noqa: ANN401 — fields of the record
    """Return air without wind in a layer of 1000 m."""
    layer = {
        "boundary_layer_m": flat(DEPTH_M),
        "friction_velocity_m_s": flat(FRICTION_M_S),
        "sensible_heat_w_m2": flat(0.0),
        "mean_over_s": 21600.0,
    }
    ends = [
        air_of(weather(hours, seed=None, speed_m_s=0.0, **{**layer, **changes}), own_layer=True)
        for hours in (0.0, 6.0)
    ]
    return flow_between(ends[0], ends[1], reference_ns=ends[0].time_ns)


def particles_at(height_m: np.ndarray) -> Particles:
    return made_particles(45.0, height_m, state=UNBORN)


def kept_in_place(flow: Flow, sinks: Sinks, height_m: list[float], steps: int) -> np.ndarray:
    """Return what particles that stay where they are keep."""
    particles = particles_at(np.array(height_m))
    lose_first(particles, flow, Step(0.0, STEP_S, 1, 0, 0), sinks)
    particles.state[:], particles.step_s[:] = CARRIED, STEP_S
    for k in range(steps):
        before = particles.kept.copy()
        lose(particles, flow, Step(k * STEP_S, STEP_S, 1, k, 0), sinks)
        assert np.all(particles.kept <= before)
    return particles.kept


def test_rain_washes_out_at_the_exact_rate() -> None:
    sinks = sinks_of(Aerosol(diameter_um=0.5))
    flow = still(large_scale_rain_mm_h=flat(5.0))
    kept = kept_in_place(flow, sinks, [40.0, 1500.0, 4000.0], 10)
    # Of 5 mm/h on all clouds: 0.8 of the cell, with 6.25 mm/h there.
    per_s = 10.0 ** (sinks.rain_power + 0.244984 * 2.5)
    exact = (1.0 - 0.8 * (1.0 - math.exp(-per_s * STEP_S))) ** 10
    assert kept[:2] == pytest.approx([exact, exact], rel=1e-5)
    assert exact < 0.85
    # Without humidity, air above 0.7 of the pressure at the ground has no rain.
    assert kept[2] == 1.0


def test_snow_takes_its_own_share() -> None:
    sinks = sinks_of(Aerosol(diameter_um=0.5))
    cold = still(large_scale_rain_mm_h=flat(0.5), temperature_2m_k=flat(270.0))
    exact = (1.0 - 0.5 * (1.0 - math.exp(-(10.0**sinks.snow_power) * STEP_S))) ** 4
    assert kept_in_place(cold, sinks, [500.0], 4)[0] == pytest.approx(exact, rel=1e-5)


def test_clouds_take_much_more_than_the_rain_below() -> None:
    sigma = np.array([0.98, 0.9, 0.75, 0.5, 0.3])[:, None, None]
    moist = np.broadcast_to(np.where(sigma == 0.75, 0.0055, 0.0001), (5, *SHAPE))
    flow = still(large_scale_rain_mm_h=flat(0.5), specific_humidity=moist.astype(np.float32).copy())
    sinks = sinks_of(Aerosol(diameter_um=0.5))
    below, within, above = kept_in_place(flow, sinks, [500.0, 2400.0, 6000.0], 4)
    assert above == 1.0
    depth = float(np.log(math.sqrt(0.9 * 0.75) / math.sqrt(0.75 * 0.5)))
    virtual = 288.0 * 0.75**0.19 * (1.0 + 0.608 * 0.0055)
    depth *= 287.05 / 9.80665 * virtual
    per_s = 0.9 * (1e-3 / 3600.0) / (2e-7 * depth)
    exact = (1.0 - 0.5 * (1.0 - math.exp(-per_s * STEP_S))) ** 4
    assert within == pytest.approx(exact, rel=1e-4)
    assert 1.0 - within > 10.0 * (1.0 - below) > 0.0


def test_the_ground_takes_only_from_air_close_by_and_rain_only_if_it_is_told_to() -> None:
    flow = still(large_scale_rain_mm_h=flat(5.0))
    dry = sinks_of(Aerosol(diameter_um=5.0, wet=False))
    near, far = kept_in_place(flow, dry, [29.0, 31.0], 4)
    speed = deposition_m_s(FRICTION_M_S, float(flow.surface[0, 5, 0]), dry)
    assert near == pytest.approx((1.0 - speed * STEP_S / 30.0) ** 4, rel=1e-5)
    assert far == 1.0
    neither = sinks_of(Aerosol(diameter_um=5.0, wet=False, dry=False))
    assert list(kept_in_place(flow, neither, [29.0, 31.0], 4)) == [1.0, 1.0]


def test_activity_in_a_mixed_layer_falls_as_the_ground_takes_it() -> None:
    n, flow, sinks = 20_000, still(), sinks_of(Aerosol(diameter_um=5.0))
    scale = float(flow.surface[0, 1, 0])
    share = (np.random.default_rng(1).permutation(n) + 0.5) / n
    particles = particles_at(-scale * np.log1p(-share * -math.expm1(-DEPTH_M / scale)))
    space = room()
    for k in range(24):
        step = Step(k * STEP_S, STEP_S, 3, k, 0)
        lose_first(particles, flow, step, sinks)
        carry(particles, flow, step, space)
        lose(particles, flow, step, sinks)
    assert particles.height_m.max() <= DEPTH_M * (1.0 + 1e-6)
    near = math.expm1(-30.0 / scale) / math.expm1(-DEPTH_M / scale)
    speed = deposition_m_s(FRICTION_M_S, float(flow.surface[0, 5, 0]), sinks)
    lost = speed / 30.0 * near * 24 * STEP_S
    # Visits below 30 m: some 13,000, each of about 1.3 steps.
    assert -math.log(float(particles.kept.mean())) == pytest.approx(lost, rel=0.04)


@settings(max_examples=60, deadline=None)
@given(
    diameter=st.floats(0.01, 10.0),
    friction=st.floats(0.02, 3.0),
    per_obukhov=st.floats(-1.0, 1.0),
    rain=st.floats(0.01, 500.0),
    share=st.floats(0.0, 0.95),
    dt=st.floats(0.1, 3600.0),
)
def test_rates_of_loss_are_finite_and_not_below_0(**drawn: float) -> None:
    sinks = sinks_of(Aerosol(diameter_um=drawn["diameter"]))
    speed = deposition_m_s(drawn["friction"], drawn["per_obukhov"], sinks)
    assert sinks.settling_m_s <= speed < 1.0 + sinks.settling_m_s
    dry = dry_per_s(speed, drawn["dt"])
    assert 0.1 <= math.exp(-dry * drawn["dt"]) * (1.0 + 1e-9) <= 1.0 + 1e-9
    for snow in (False, True):
        per_s = below_cloud_per_s(drawn["rain"], snow, sinks)
        lost = 1.0 - math.exp(-mean_rate_per_s(drawn["share"], per_s, drawn["dt"]) * drawn["dt"])
        exact = drawn["share"] * (1.0 - math.exp(-per_s * drawn["dt"]))
        assert lost == pytest.approx(exact, rel=1e-6, abs=1e-12)
        assert 0.0 <= lost <= drawn["share"] + 1e-12


def test_lost_and_unborn_particles_are_left_alone() -> None:
    particles = particles_at(np.array([10.0, 10.0]))
    particles.state[0] = LOST
    particles.start_s[1] = 5.0 * STEP_S
    sinks, flow = sinks_of(Aerosol(diameter_um=5.0)), still()
    step = Step(0.0, STEP_S, 1, 0, 0)
    lose_first(particles, flow, step, sinks)
    lose(particles, flow, step, sinks)
    assert list(particles.kept) == [1.0, 1.0]
    assert list(particles.losing_per_s) == [0.0, 0.0]


def rainy() -> WeatherSequence:
    """Return made weather with showers that move, and clouds."""
    lam = np.radians(np.arange(24) * 15.0)
    phi = np.radians((np.arange(17) + 0.5) * 180.0 / 17 - 90.0)
    sigma = np.array([0.98, 0.9, 0.75, 0.5, 0.3])[:, None, None]
    moist = np.broadcast_to(np.where(sigma > 0.6, 0.0045 * sigma, 0.0001), (5, *SHAPE))

    def load(k: int) -> WeatherState:
        wave = np.sin(2.0 * lam + 0.6 * k)[None] * np.cos(3.0 * phi)[:, None]
        return weather(
            6.0 * k,
            large_scale_rain_mm_h=np.maximum(4.0 * wave, 0.0).astype(np.float32),
            cloud_cover=np.clip(0.6 + 0.4 * wave, 0.0, 1.0).astype(np.float32),
            specific_humidity=moist.astype(np.float32),
            mean_over_s=21600.0,
        )

    return WeatherSequence([START_NS + 6 * k * HOUR_NS for k in range(9)], load)


def ahead_and_back(aerosol: Aerosol | None, n: int, **more: int) -> tuple[float, float]:
    """Return the concentration of a day at a place, by a release and by a sample."""
    how = MarchSettings(
        grid=GRID,
        particles=n,
        interval_s=6 * 3600.0,
        layer_depth_m=LAYER_M,
        aerosol=aerosol,
        **more,
    )
    source, target = (int(GRID.cells_at(51.0, east)) for east in (-39.0, -15.0))
    release = Release(
        name="r",
        box=box_of_cell(GRID, source, LAYER_M),
        start_ns=START_NS,
        stop_ns=START_NS + 6 * HOUR_NS,
        amount_bq=1e15,
    )
    (plume,) = follow_forward([release], rainy(), how, hours=48.0)
    seen = (plume.cell == target) & (plume.interval >= 4)
    receptor = Receptor(
        station="s",
        box=box_of_cell(GRID, target, LAYER_M),
        start_ns=START_NS + 24 * HOUR_NS,
        stop_ns=START_NS + 48 * HOUR_NS,
    )
    one = follow_back([receptor], rainy(), how, hours=48.0).sensitivities[0]
    found = one.value[(one.cell == source) & (one.step == one.n_steps - 1)]
    return float(plume.concentration_bq_m3[seen].sum()) / 4.0, 1e15 * float(found.sum())


@pytest.mark.slow
@pytest.mark.parametrize("aerosol", [Aerosol(diameter_um=1.0), Aerosol(diameter_um=3.0, wet=False)])
def test_forward_and_backward_lose_the_same(aerosol: Aerosol) -> None:
    ahead, back = ahead_and_back(aerosol, 10_000)
    gas, _ = ahead_and_back(None, 3000)
    assert 0.0 < ahead < 0.9 * gas
    # As far apart as gases are, 0 to 1.5 % in five seeds: some 900 particles in the target.
    assert back == pytest.approx(ahead, rel=0.04)


def test_gas_is_an_aerosol_that_nothing_takes() -> None:
    none = Aerosol(diameter_um=1.0, dry=False, wet=False)
    found = ahead_and_back(None, 300)
    assert min(found) > 0.0
    assert found == ahead_and_back(none, 300)


def test_deposition_is_the_same_for_any_number_of_threads() -> None:
    some = Aerosol(diameter_um=1.0)
    found = ahead_and_back(some, 300, threads=1)
    assert min(found) > 0.0
    assert found == ahead_and_back(some, 300, threads=3)


def test_what_is_kept_only_falls() -> None:
    flow, sinks = still(large_scale_rain_mm_h=flat(2.0)), sinks_of(Aerosol(diameter_um=2.0))
    particles, space = particles_at(np.linspace(0.0, 2800.0, 500)), room()
    for k in range(6):
        before = particles.kept.copy()
        step = Step(k * STEP_S, STEP_S, 3, k, 0)
        lose_first(particles, flow, step, sinks)
        carry(particles, flow, step, space)
        lose(particles, flow, step, sinks)
        assert np.all((particles.kept > 0.0) & (particles.kept <= before))
    assert particles.kept.max() < 1.0
