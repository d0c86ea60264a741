"""Shape kernels against their plain twin, closed forms and numerical derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from vigie.radionuclide.peaks._shape_kernels import peak_rows
from vigie.radionuclide.peaks.shape import ASSUMED_LAW, BETAS, profile

THETA = np.array([0.08, 0.10, 0.02, 0.01, 0.004])


def rows(
    place: float = 60.3, sigma: float = 2.1, theta: np.ndarray = THETA, n: int = 120
) -> np.ndarray:
    out = np.empty((7, n))
    peak_rows(place, sigma, theta, BETAS, out)
    return out


@given(st.floats(40.0, 80.0), st.floats(0.4, 9.0), st.floats(0.0, 0.4), st.floats(0.0, 0.1))
def test_compiled_shape_is_its_twin(place: float, sigma: float, short: float, long: float) -> None:
    theta = np.array([0.05, short, long, 0.02, 0.003])
    assert rows(place, sigma, theta)[0] == pytest.approx(
        profile(place, sigma, theta, 120), abs=1e-9
    )


def test_gaussian_is_the_normal_law_over_each_channel() -> None:
    edges = np.arange(121) - 0.5
    want = np.diff(norm.cdf(edges, 60.3, 2.1))
    assert rows(theta=np.zeros(5))[0] == pytest.approx(want, abs=1e-12)


def test_area_is_one_without_its_step() -> None:
    theta = THETA.copy()
    theta[4] = 0.0
    assert rows(200.0, 2.1, theta, 260)[0].sum() == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("j", range(5))
def test_derivatives_by_shape(j: int) -> None:
    step = np.zeros(5)
    step[j] = 1e-6
    want = (rows(theta=THETA + step)[0] - rows(theta=THETA - step)[0]) / 2e-6
    assert rows()[2 + j] == pytest.approx(want, abs=1e-8)


def test_derivative_by_place() -> None:
    want = (rows(60.3 + 1e-6)[0] - rows(60.3 - 1e-6)[0]) / 2e-6
    assert rows()[1] == pytest.approx(want, abs=1e-8)


def test_long_tails_far_away_neither_overflow_nor_turn_negative() -> None:
    theta = np.array([0.0, 0.3, 0.3, 0.0, 0.0])
    shape = rows(1990.0, 0.4, theta, 2000)[0]
    assert np.all(np.isfinite(shape))
    assert shape.min() > -1e-12


def test_law_grows_less_sure_away_from_where_it_was_learnt() -> None:
    assert ASSUMED_LAW.theta(1500.0)[1] == pytest.approx(0.035)
    assert np.all(ASSUMED_LAW.sigma(50.0) >= ASSUMED_LAW.scatter)
