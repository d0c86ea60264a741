"""Moments of slowness: from one sharp answer to knowing nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.signal.slowness_moments import Mixture, Moments, moments_about

LIMIT = 0.5


def one(place: tuple[float, float], sigma: float) -> Moments:
    """Return the moments about the centre of one round Gaussian."""
    centre = np.array(place)
    return moments_about(
        centre, Mixture(centre[None], [sigma**2 * np.eye(2)], np.array([1.0])), LIMIT
    )


def even_sigma(size: float) -> float:
    """Return the rms departure from a size of sizes that are even up to the limit."""
    return float(np.sqrt(np.mean((np.linspace(0.0, LIMIT, 10_001) - size) ** 2)))


def quadrature(best: np.ndarray, covariance: np.ndarray) -> tuple[float, float]:
    """Integrate on a fine grid of size and direction: rms turn (deg) and change of size."""
    size, angle = np.meshgrid(
        (np.arange(2000) + 0.5) / 2000 * LIMIT, (np.arange(2000) + 0.5) / 2000 * 2 * np.pi
    )
    x, y = size * np.sin(angle), size * np.cos(angle)
    away = np.stack([x - best[0], y - best[1]])
    weight = np.exp(-0.5 * np.einsum("ijk,il,ljk->jk", away, np.linalg.inv(covariance), away))
    # Per step of size and direction the prior is even, but for its floor about zero.
    weight *= np.minimum(1.0, size / (0.02 * LIMIT))
    turn = (angle - np.arctan2(best[0], best[1]) + np.pi) % (2 * np.pi) - np.pi
    total = weight.sum()
    return (
        float(np.degrees(np.sqrt((weight * turn**2).sum() / total))),
        float(np.sqrt((weight * (size - np.hypot(*best)) ** 2).sum() / total)),
    )


@pytest.mark.parametrize("size", [0.05, 0.2, 0.36, 0.5])
@pytest.mark.parametrize("sigma", [2.0, 100.0, 1e6])
def test_what_tells_nothing_leaves_the_prior(size: float, sigma: float) -> None:
    found = one((0.0, size), sigma)
    assert found.azimuth_deg_sigma == pytest.approx(180.0 / np.sqrt(3.0), rel=0.03)
    assert found.slowness_sigma == pytest.approx(even_sigma(size), rel=0.03)
    assert np.linalg.eigvalsh(found.covariance).min() > (0.2 * LIMIT) ** 2


@pytest.mark.parametrize("place", [(0.0, 0.05), (0.1, -0.1), (0.3, 0.2), (-0.36, 0.34)])
@pytest.mark.parametrize("sigma", [0.02, 0.05, 0.1, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("stretch", [1.0, 3.0])
def test_the_moments_are_those_of_a_fine_integral(
    place: tuple[float, float], sigma: float, stretch: float
) -> None:
    centre = np.array(place)
    turn = np.array([[np.cos(0.7), np.sin(0.7)], [-np.sin(0.7), np.cos(0.7)]])
    covariance = turn @ np.diag([sigma**2, (stretch * sigma) ** 2]) @ turn.T
    found = moments_about(centre, Mixture(centre[None], [covariance], np.array([1.0])), LIMIT)
    azimuth, size = quadrature(centre, covariance)
    assert found.azimuth_deg_sigma == pytest.approx(azimuth, rel=0.02)
    assert found.slowness_sigma == pytest.approx(size, rel=0.02)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.01, 0.5),
    st.floats(0.0, 2.0 * np.pi),
    st.floats(-3.0, 6.0),
    st.floats(0.0, 3.0),
)
def test_a_sigma_never_falls_as_the_covariance_grows(
    size: float, angle: float, log_sigma: float, growth: float
) -> None:
    place = (size * np.sin(angle), size * np.cos(angle))
    sharp, wide = (one(place, 10.0**power) for power in (log_sigma, log_sigma + growth))
    assert wide.azimuth_deg_sigma >= 0.97 * sharp.azimuth_deg_sigma
    # About a size near the middle the even prior departs a little less than what is nearly even.
    assert wide.slowness_sigma >= 0.97 * min(sharp.slowness_sigma, even_sigma(size))


def test_an_answer_that_tells_nothing_keeps_its_share() -> None:
    best = np.array([0.05, 0.0])
    sharp, blind = 1e-4 * np.eye(2), 1e8 * np.eye(2)
    mixture = Mixture(np.stack([best, best]), [sharp, blind], np.array([0.5, 0.5]))
    assert moments_about(best, mixture, LIMIT).azimuth_deg_sigma == pytest.approx(
        180.0 / np.sqrt(6.0), rel=0.05
    )


def test_an_answer_beyond_the_limit_counts_at_the_limit() -> None:
    best = np.array([0.0, 0.1])
    mixture = Mixture(np.array([[0.0, 3.0]]), [1e-6 * np.eye(2)], np.array([1.0]))
    assert moments_about(best, mixture, LIMIT).slowness_sigma == pytest.approx(0.4, rel=0.02)
