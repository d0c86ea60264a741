"""Langevin steps: Ornstein-Uhlenbeck laws, Taylor dispersion, reflection, twin, threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.transport import twin
from vigie.transport.turbulence import BoundaryLayer, boundary_layer
from vigie.transport.vertical import carried, fold, kicked, langevin, moved
from vigie.transport.walk import Cloud, Stepping, n_sub_steps, walk

LAYERS = {
    "neutral": boundary_layer(1000.0, 0.4, 9999.0, density_scale_m=8500.0),
    "unstable": boundary_layer(
        1500.0, 0.3, -30.0, convective_velocity_m_s=1.8, density_scale_m=8500.0
    ),
    "stable": boundary_layer(200.0, 0.2, 20.0, density_scale_m=8500.0),
}


def cloud_in(layer: BoundaryLayer, n: int, seed: int = 1) -> Cloud:
    rng = np.random.default_rng(seed)
    zeros = np.zeros(n)
    heights = rng.uniform(0.0, layer.height_m, n)
    columns = rng.standard_normal((3, n))
    return Cloud._make([np.arange(n), heights, *columns, zeros, zeros.copy()])


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.5, 1.0, 3.0, 10.0])
def test_the_langevin_step_keeps_variance_and_correlation(ratio: float) -> None:
    n = 400_000
    rng = np.random.default_rng(2)
    # The same arithmetic on arrays; the kernel is compared with it below.
    first = rng.standard_normal(n)
    value = first
    kept = (2.0 - ratio) / (2.0 + ratio)
    for _ in range(5):
        value = kept * value + np.sqrt(1.0 - kept * kept) * rng.standard_normal(n)
    normal = float(rng.standard_normal())
    # Half of the push before decay and noise, half after.
    after = kept * (first[0] + 0.15) + np.sqrt(1 - kept**2) * normal + 0.15
    assert langevin(first[0], 0.3, 1.0 / (1.0 + 0.5 * ratio), normal) == pytest.approx(
        after, rel=1e-11
    )
    assert np.var(value) == pytest.approx(1.0, abs=0.01)
    assert np.mean(first * value) == pytest.approx(kept**5, abs=0.01)


@given(st.floats(0.005, 30.0), st.floats(0.1, 3.0))
def test_particles_spread_at_the_right_rate_in_steps_of_any_length(
    ratio: float, sigma: float
) -> None:
    # Velocities v_n of correlation r^n move a particle by dt (v_n + v_n+1) / 2 each step; the
    # variance of the way grows by dt^2 sigma^2 (1 + r) / (1 - r) a step: 2 sigma^2 T dt.
    share = 1.0 / (1.0 + 0.5 * ratio)
    decay, noise = langevin(1.0, 0.0, share, 0.0), langevin(0.0, 0.0, share, 1.0)
    assert decay**2 + noise**2 == pytest.approx(1.0, rel=1e-12)
    growth = ratio * sigma**2 * (1.0 + decay) / (1.0 - decay)
    assert growth == pytest.approx(2.0 * sigma**2, rel=1e-9)


@given(st.floats(0.005, 30.0), st.floats(-3.0, 3.0), st.tuples(st.floats(-4, 4), st.floats(-4, 4)))
def test_velocity_and_path_have_their_exact_means(
    ratio: float, velocity: float, draws: tuple[float, float]
) -> None:
    after, mean = carried(velocity, 0.7, ratio, draws)
    kept = np.exp(-ratio)
    assert after == pytest.approx(
        kept * velocity + 0.7 * np.sqrt(1 - kept**2) * draws[0], rel=1e-9, abs=1e-9
    )
    bridge = np.tanh(ratio / 2.0)
    spread = 0.7 * np.sqrt(2.0 * (ratio - 2.0 * bridge))
    expected = (bridge * (velocity + after) + spread * draws[1]) / ratio
    assert mean == pytest.approx(expected, rel=1e-6, abs=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("dt_s", [30.0, 100.0, 900.0])
def test_particles_spread_as_taylor_says(dt_s: float) -> None:
    # Unstable: sigma_v and T_v do not depend on height.
    layer, n = LAYERS["unstable"], 40_000
    _, sigma, _, time = (float(part[0]) for part in twin.horizontal(np.array([700.0]), layer))
    cloud = cloud_in(layer, n)
    for column in (cloud.along_m_s, cloud.cross_m_s):
        column *= sigma
    steps = round(2700.0 / dt_s)
    for step in range(steps):
        walk(cloud, layer, Stepping(dt_s, sub_steps=1), 3, step)
    ratio = steps * dt_s / time
    expected = 2.0 * (sigma * time) ** 2 * (ratio - 1.0 + np.exp(-ratio))
    for path, velocity in ((cloud.along_m, cloud.along_m_s), (cloud.cross_m, cloud.cross_m_s)):
        # 40,000 particles: standard error of a variance 0.7 %.
        assert np.var(path) == pytest.approx(expected, rel=0.025)
        assert np.var(velocity) == pytest.approx(sigma**2, rel=0.025)


@given(st.floats(-1e4, 1e4), st.floats(50.0, 3000.0))
def test_reflection_is_that_of_mirrors(z_m: float, height_m: float) -> None:
    z, omega = fold(z_m, 1.5, height_m)
    expected, sign = twin.fold(np.array([z_m]), np.array([1.5]), height_m)
    assert 0.0 <= z <= height_m
    assert z == pytest.approx(float(expected[0]), abs=1e-8)
    if min(z, height_m - z) > 1e-6:
        assert omega == sign[0]


@pytest.mark.parametrize("name", LAYERS)
def test_one_sub_step_equals_the_twin(name: str) -> None:
    layer = LAYERS[name]
    cloud = cloud_in(layer, 2000, seed=4)
    kick = twin.kicked(cloud.z_m, cloud.omega, 40.0, layer, cloud.along_m_s)
    expected = twin.moved(cloud.z_m, kick, 40.0, layer)
    for i in range(2000):
        omega, sigma = kicked(cloud.z_m[i], cloud.omega[i], 40.0, layer, cloud.along_m_s[i])
        assert omega == pytest.approx(kick[i], abs=1e-9)
        z, omega = moved(cloud.z_m[i], omega, sigma, 40.0, layer)
        assert z == pytest.approx(expected[0][i], abs=1e-8)
        assert omega == pytest.approx(expected[1][i], abs=1e-9)


@pytest.mark.parametrize("name", LAYERS)
def test_a_step_equals_the_twin(name: str) -> None:
    layer = LAYERS[name]
    # More than one block, and one that is not full.
    cloud = cloud_in(layer, 1300)
    expected = twin.walk(cloud, layer, Stepping(300.0), 7, 2)
    walk(cloud, layer, Stepping(300.0), 7, 2)
    for mine, plain in zip(cloud, expected, strict=True):
        np.testing.assert_allclose(mine, plain, rtol=1e-7, atol=1e-7)


def test_the_sub_step_is_short_enough_in_the_whole_layer() -> None:
    assert n_sub_steps(LAYERS["neutral"], Stepping(900.0)) == 5
    assert n_sub_steps(LAYERS["unstable"], Stepping(900.0)) == 10
    assert n_sub_steps(LAYERS["stable"], Stepping(900.0)) == 8
    assert n_sub_steps(LAYERS["neutral"], Stepping(900.0, longest_s=5.0)) == 180
    assert n_sub_steps(LAYERS["neutral"], Stepping(900.0, sub_steps=4)) == 4
    # 0.4 h / sigma_w = 40 / (0.01 + 1.3) s.
    shallow = boundary_layer(100.0, 1.0, 9999.0)
    assert n_sub_steps(shallow, Stepping(900.0)) == int(np.ceil(900.0 * 1.31 / 40.0))


def test_threads_and_order_change_nothing() -> None:
    layer = LAYERS["unstable"]
    whole = cloud_in(layer, 5000)
    parts = Cloud._make(column.copy() for column in whole)
    shuffled = np.random.default_rng(1).permutation(5000)
    mixed = Cloud._make(column[shuffled] for column in whole)

    def carry(first: int) -> None:
        piece = Cloud._make(column[first : first + 777] for column in parts)
        walk(piece, layer, Stepping(300.0), 11, 0)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(carry, range(0, 5000, 777)))
    walk(whole, layer, Stepping(300.0), 11, 0)
    walk(mixed, layer, Stepping(300.0), 11, 0)
    for column, other, third in zip(whole, parts, mixed, strict=True):
        assert np.array_equal(column, other)
        assert np.array_equal(column[shuffled], third)


def test_particles_above_the_layer_stay_as_they_are() -> None:
    layer = LAYERS["stable"]
    cloud = cloud_in(layer, 600)
    cloud.z_m[::3] += 250.0
    before = Cloud._make(column.copy() for column in cloud)
    walk(cloud, layer, Stepping(900.0), 1, 0)
    for column, earlier in zip(cloud[1:], before[1:], strict=True):
        assert np.array_equal(column[::3], earlier[::3])
        assert np.all(column[1::3] != earlier[1::3])
    assert cloud.z_m[1::3].max() <= layer.height_m
