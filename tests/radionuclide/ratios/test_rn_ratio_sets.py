"""Sets of ratios of what cannot be negative: they cover, and agree with detection."""

from itertools import product
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from vigie.radionuclide.noble_gas.bounded_interval import accepted_deviation
from vigie.radionuclide.ratios.bounded_ratio import (
    chance_beyond,
    ray_angle,
    seen_from,
    whole_angle,
)
from vigie.radionuclide.ratios.fieller import K_ONE_SIDED, K_TWO_SIDED, fieller_set
from vigie.records import RatioKind

TRIALS = 20_000
TRUTHS = (0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)


def share_held(a: float, b: float, rho: float) -> float:
    """Return the share of simulated sets that hold a/b; standard errors of 1."""
    rng = np.random.default_rng([int(a), int(b), int(100 * (1.0 + rho))])
    x2, x1 = rng.multivariate_normal([a, b], [[1.0, rho], [rho, 1.0]], TRIALS).T
    whole = whole_angle(rho)
    ray = ray_angle(a / b if b else inf, whole)
    size, angle = seen_from(np.maximum(x2, 0.0), np.maximum(x1, 0.0), rho)
    chance = chance_beyond(size * np.sin(angle - ray), size * np.cos(angle - ray), ray, whole - ray)
    return float((chance >= 0.05).mean())


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.5])
def test_sets_cover_whatever_the_truth(rho: float) -> None:
    held = {(a, b): share_held(a, b, rho) for a, b in product(TRUTHS, TRUTHS) if a > 0.0 or b > 0.0}
    assert min(held.values()) >= 0.945
    # Both far above zero: no more than what was promised.
    assert held[30.0, 30.0] == pytest.approx(0.95, abs=0.005)
    assert held[10.0, 30.0] == pytest.approx(0.95, abs=0.005)


@pytest.mark.parametrize("x2", [-6.0, -1.7, -1.2, 0.0, 0.7, 1.6])
def test_what_is_not_detected_is_bounded_as_alone(x2: float) -> None:
    found = fieller_set(x2, 1000.0, covariance=(1.0, 0.0, 0.25))
    assert found.kind is RatioKind.UPPER
    assert found.high is not None
    x = max(x2, 0.0)
    grid = np.linspace(0.0, 6.0, 6001)
    alone = max(mu for mu in grid if mu - x <= accepted_deviation(float(mu))[0])
    assert found.high == pytest.approx(alone / 1000.0, rel=2e-3)
    assert found.high >= 1.95 / 1000.0


def test_no_null_is_told_to_be_at_most_zero() -> None:
    rng = np.random.default_rng(3)
    for x2 in rng.standard_normal(400) * 2.0:
        found = fieller_set(float(x2), 10.0, covariance=(1.0, 0.0, 0.25))
        if found.kind is RatioKind.UPPER:
            assert found.high is not None
            assert found.high > 0.15


@given(
    st.floats(-5.0, 20.0), st.floats(-5.0, 20.0), st.floats(0.1, 3.0), st.floats(0.1, 3.0),
    st.floats(-0.95, 0.95),
)  # fmt: skip
@settings(derandomize=True, max_examples=150, deadline=None)
def test_ends_agree_with_detection(x2: float, x1: float, s2: float, s1: float, rho: float) -> None:
    top, bottom = x2 / s2, x1 / s1
    if min(abs(top - K_ONE_SIDED), abs(bottom - K_ONE_SIDED)) < 1e-3:
        return
    found = fieller_set(x2, x1, covariance=(s2 * s2, rho * s1 * s2, s1 * s1))
    kinds = {
        (True, True): {RatioKind.BOUNDED},
        (True, False): {RatioKind.LOWER},
        (False, True): {RatioKind.UPPER},
        (False, False): {RatioKind.UNBOUNDED, RatioKind.EXCLUSIVE},
    }[top > K_ONE_SIDED, bottom > K_ONE_SIDED]
    assert found.kind in kinds
    for end in (found.low, found.high):
        assert end is None or 0.0 < end < inf
    if found.kind is RatioKind.BOUNDED:
        assert found.low is not None
        assert found.high is not None
        assert found.value is not None
        assert found.low < found.value < found.high


def test_numerator_and_denominator_change_places() -> None:
    for x2, x1 in ((5.0, 3.0), (1.0, 9.0), (9.0, -1.0), (1.8, 2.5)):
        one = fieller_set(x2, x1, covariance=(1.0, 0.3, 2.0))
        other = fieller_set(x1, x2, covariance=(2.0, 0.3, 1.0))
        for low, high in ((one.low, other.high), (other.low, one.high)):
            assert (low is None) == (high is None)
            if low is not None and high is not None:
                assert low * high == pytest.approx(1.0, rel=1e-6)


def test_the_chance_is_that_of_what_is_less_likely_than_what_was_seen() -> None:
    rng = np.random.default_rng(9)
    for along, below, above in (
        (2.0, 0.3, 1.2),
        (-1.0, 0.4, 2.2),
        (0.7, 1.0, 0.2),
        (-2.0, 0.5, 0.6),
    ):
        drawn = rng.standard_normal(40_000)
        cost = _cost(drawn, along, below, above)
        for seen in (-2.0, -0.8, 0.5, 1.9):
            mine = float(_cost(np.array([seen]), along, below, above)[0])
            expected = float((cost >= mine - 1e-12).mean())
            found = float(chance_beyond(np.array(seen), np.array(along), below, above))
            assert found == pytest.approx(expected, abs=0.012)


def _cost(deviation: np.ndarray, along: float, below: float, above: float) -> np.ndarray:
    """Return -2 ln of the likelihood ratio, by looking at many points of the physical region."""
    angles = np.linspace(-below, above, 4001)
    best = np.zeros(len(deviation))
    for angle in angles:
        shadow = np.maximum(along * np.cos(angle) + deviation * np.sin(angle), 0.0)
        best = np.maximum(best, shadow)
    return best**2 - max(along, 0.0) ** 2


def test_far_from_zero_the_chance_is_two_sided() -> None:
    found = chance_beyond(np.array([-2.0, 1.0, 2.5]), np.array([50.0, 50.0, 50.0]), 0.7, 0.8)
    assert found == pytest.approx(2.0 * ndtr(-np.array([2.0, 1.0, 2.5])))


def test_both_well_above_zero_it_is_fiellers_own_set() -> None:
    x2, x1, s22, s12, s11 = 9.0, 30.0, 1.0, 0.8, 4.0
    found = fieller_set(x2, x1, covariance=(s22, s12, s11))
    k2 = K_TWO_SIDED**2
    a, b, c = x1 * x1 - k2 * s11, x1 * x2 - k2 * s12, x2 * x2 - k2 * s22
    half = sqrt(b * b - a * c)
    assert (found.low, found.high) == pytest.approx(((b - half) / a, (b + half) / a), rel=1e-9)
