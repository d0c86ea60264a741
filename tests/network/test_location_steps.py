"""Compiled steps and inverses against their plain twins."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vigie.geodesy import destination
from vigie.network.location import plain
from vigie.network.location._kernels import inverse
from vigie.network.location._steps import (
    Bounds,
    bounded_step,
    normal_equations,
    reweighted_step,
    rows_of,
)
from vigie.network.location.linear import km_per_deg, moved_deg

SCALE = np.array([10.0, 10.0, 10.0, 1.0])
WIDE = Bounds(10.0, 700.0, 2500.0, 150.0, 1e-6)


def _problem(seed: int, n: int = 12) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    derivative = rng.normal(size=(n, 4)) * np.array([0.1, 0.1, 0.1, 0.0]) + [0.0, 0.0, 0.0, 1.0]
    return derivative, rng.normal(size=n)


@given(st.integers(0, 10_000), st.booleans(), st.floats(0.0, 10.0))
def test_a_step_equals_that_of_singular_values(seed: int, free: bool, damping: float) -> None:
    derivative, residual = _problem(seed)
    normal = normal_equations(derivative, residual, np.ones(len(residual)))
    np.testing.assert_allclose(normal[:, :4], derivative.T @ derivative)
    found = bounded_step(normal, SCALE, WIDE, damping, free)
    expected = plain.bounded_step(derivative, residual, WIDE, free_depth=free, damping=damping)
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_a_depth_at_its_bound_is_held_and_the_rest_solved_again() -> None:
    derivative, _ = _problem(3)
    residual = derivative @ np.array([3.0, -2.0, -40.0, 1.0])
    normal = normal_equations(derivative, residual, np.ones(len(residual)))
    found = bounded_step(normal, SCALE, WIDE, 0.0, True)
    assert found[2] == -10.0
    expected = plain.bounded_step(derivative, residual, WIDE, free_depth=True)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_weights_leave_an_outlier_without_pull() -> None:
    derivative, _ = _problem(5, n=20)
    truth = np.array([1.0, 2.0, 3.0, 0.5])
    residual = derivative @ truth
    residual[4] += 500.0
    residual[7] = np.nan
    settings = (1.0, 4.0, 50, 1e9)
    step = reweighted_step(derivative, residual, np.ones(20), settings, WIDE, True)
    np.testing.assert_allclose(step, truth, atol=0.2)


@given(st.integers(0, 10_000))
def test_rows_equal_their_plain_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 9
    observed = np.stack([rng.uniform(0, 900, n), rng.uniform(0, 360, n), rng.uniform(0.1, 14.0, n)])
    predicted = np.stack(
        [
            rng.uniform(0, 900, n),
            rng.uniform(-10, 14, n),
            rng.normal(size=n),
            rng.normal(size=n),
            rng.uniform(0.01, 179.0, n),
            rng.uniform(0, 360, n),
            rng.uniform(0, 360, n),
        ]
    )
    predicted[:, 2] = np.nan
    observed[1, 3] = np.nan
    for found, expected in zip(
        rows_of(observed, predicted, 111.0, 0.01),
        plain.rows_of(observed, predicted, 111.0, 0.01),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, atol=1e-12)


@given(st.floats(-89.9, 89.9), st.floats(-180.0, 180.0), st.floats(-900, 900), st.floats(-900, 900))
def test_moves_equal_those_on_arrays(
    latitude: float, longitude: float, north: float, east: float
) -> None:
    moved = moved_deg(latitude, longitude, north, east)
    expected = destination(
        latitude,
        longitude,
        np.degrees(np.arctan2(east, north)),
        np.hypot(north, east) / km_per_deg(latitude),
    )
    np.testing.assert_allclose(moved[0], expected[0], atol=1e-9)
    turn = (moved[1] - float(expected[1]) + 180.0) % 360.0 - 180.0
    assert abs(turn) * np.cos(np.radians(moved[0])) < 1e-9


def test_a_direction_without_hold_has_no_certainty() -> None:
    rng = np.random.default_rng(1)
    a = rng.normal(size=(9, 4)) * [1.0, 100.0, 1e-3, 1.0]
    square = a.T @ a
    found, log_det = inverse(square)
    np.testing.assert_allclose(found @ square, np.eye(4), atol=1e-6)
    assert np.isclose(log_det, np.linalg.slogdet(square)[1])
    square[:, 2] = square[2] = 0.0
    open_, _ = inverse(square)
    held = np.array([0, 1, 3])
    rest = np.linalg.inv(square[np.ix_(held, held)])
    np.testing.assert_allclose(open_[np.ix_(held, held)], rest, rtol=1e-6)
    assert open_[2, 2] > 1e9
    # Two columns alike: only their sum is held.
    a[:, 3] = a[:, 0]
    open_, _ = inverse(a.T @ a)
    assert min(open_[0, 0], open_[3, 3]) > 1e6 * rest[0, 0]
    both = np.array([1.0, 0.0, 0.0, 1.0])
    three = np.linalg.inv((a.T @ a)[:3, :3])
    assert np.isclose(both @ open_ @ both, three[0, 0], rtol=1e-3)
