"""Fields of regard, cost map and regression: hand-made cases, twins, what is refused."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar, nnls

from vigie.errors import ParameterError
from vigie.transport.source.cost import CostParams, cost_map, levelled
from vigie.transport.source.regard import (
    field_of_regard,
    least_detectable_bq,
    model_spread,
    share_of_detections,
    share_of_models,
)
from vigie.transport.source.regression import least_squares_releases

if TYPE_CHECKING:
    from collections.abc import Callable

CASE = np.array([[[1e-15, 0.0, 4e-15]], [[2e-15, 1e-16, 0.0]]])
"""Two samples, one step, three cells."""


def test_fields_of_a_case_by_hand() -> None:
    inside = field_of_regard(CASE[0, 0], amount_bq=1e12, threshold=2e-3)
    assert inside.tolist() == [False, False, True]
    least = least_detectable_bq(CASE[0, 0], 1e-4)
    assert least.tolist() == pytest.approx([1e11, math.inf, 2.5e10])
    share = share_of_detections(CASE, [1e-4, 1e-4], most_bq=1e12)
    # 1e-3 and 2e-3; nothing and 1e-4, which is not above; 4e-3 and nothing.
    assert share.tolist() == [1.0, 0.0, 0.5]
    models = share_of_models(CASE[:, 0], amount_bq=1e12, threshold=5e-4)
    assert models.tolist() == [1.0, 0.0, 0.5]
    spread = model_spread(CASE[:, 0])
    assert spread.least.tolist() == [1e-15, 0.0, 0.0]
    assert spread.median.tolist() == pytest.approx([1.5e-15, 5e-17, 2e-15])


@given(st.floats(1e6, 1e16), st.floats(1e-9, 1e3))
def test_the_least_detectable_release_is_the_edge_of_the_field(bq: float, mdc: float) -> None:
    rng = np.random.default_rng(1)
    m = rng.lognormal(-34.0, 3.0, 50)
    inside = field_of_regard(m, amount_bq=bq, threshold=mdc)
    clear = np.abs(np.log(least_detectable_bq(m, mdc) / bq)) > 1e-9
    assert (inside == (least_detectable_bq(m, mdc) < bq))[clear].all()


def by_scipy(c: np.ndarray, mdc: np.ndarray, m: np.ndarray, params: CostParams) -> float:
    """Return the least cost of one cell and interval, by scipy from many starts (twin)."""

    def cost(log_bq: float) -> float:
        h = levelled(m * math.exp(log_bq), mdc)
        fit = float(np.mean((np.log(levelled(c, mdc)) - np.log(h)) ** 2))
        return math.exp(fit) + math.log10(1.0 + math.exp(log_bq) / params.most_bq)

    ends = np.linspace(math.log(params.least_bq), math.log(params.most_bq), 60)
    return min(
        float(minimize_scalar(cost, bounds=(a, b), method="bounded").fun)
        for a, b in itertools.pairwise(ends)
    )


@pytest.mark.parametrize("steps", [1, 2])
def test_the_cost_map_is_what_scipy_finds(steps: int) -> None:
    rng = np.random.default_rng(4)
    m = rng.lognormal(math.log(1e-15), 1.0, (5, 3, 6)) * (rng.random((5, 3, 6)) < 0.7)
    mdc = np.full(5, 1e-4)
    c = 3e12 * m[:, 1, 2] * rng.lognormal(0.0, 0.3, 5)
    params = CostParams(least_bq=1e8, most_bq=1e16, steps=steps)
    found = cost_map(c, mdc, m, params)
    for cell in range(6):
        each = [
            by_scipy(c, mdc, m[:, n : n + steps, cell].mean(axis=1), params)
            for n in range(3 - steps + 1)
        ]
        assert found.cost[cell] == pytest.approx(min(each), rel=1e-5)
    if steps == 1:
        assert found.cost.argmin() == 2
        assert found.start[2] == 1
        assert found.released_bq[2] == pytest.approx(3e12, rel=0.5)


def test_a_perfect_fit_costs_one() -> None:
    m = np.random.default_rng(5).lognormal(math.log(1e-15), 1.0, (8, 2, 3))
    found = cost_map(1e13 * m[:, 1, 0], np.full(8, 1e-6), m)
    assert found.cost[0] == pytest.approx(1.0, abs=1e-3)
    assert found.released_bq[0] == pytest.approx(1e13, rel=1e-3)


def test_regression_is_that_of_scipy_and_never_below_zero() -> None:
    rng = np.random.default_rng(6)
    m = rng.lognormal(math.log(1e-15), 1.0, (9, 4, 5)) * (rng.random((9, 4, 5)) < 0.8)
    m[:, :, 4] = 0.0
    truth = np.array([0.0, 2e12, 0.0, 5e11])
    c, sigma = m[:, :, 1] @ truth, np.full(9, 1e-5)
    found = least_squares_releases(c, sigma, m)
    assert found.released_bq[:, 1] == pytest.approx(truth, rel=1e-6, abs=1e3)
    assert found.chi2[1] == pytest.approx(0.0, abs=1e-9)
    for cell in range(4):
        _, norm = nnls(m[:, :, cell] / 1e-5 * 1e12, c / sigma)
        assert found.chi2[cell] == pytest.approx(norm**2, rel=1e-6, abs=1e-9)
    assert (found.released_bq >= 0.0).all()
    assert found.chi2[4] == pytest.approx(((c / sigma) ** 2).sum())
    assert found.total_bq[1] == pytest.approx(2.5e12, rel=1e-6)


def test_a_first_guess_holds_where_samples_say_nothing() -> None:
    m = np.zeros((2, 2, 1))
    m[:, 0, 0] = 1e-15
    found = least_squares_releases([1e-3, 1e-3], [1e-5, 1e-5], m, guess=(3e10, 1e10))
    assert found.released_bq[1, 0] == pytest.approx(3e10, rel=1e-6)
    # Two samples and the guess have one error, 1e10 Bq: their mean.
    assert found.released_bq[0, 0] == pytest.approx((2.0 * 1e12 + 3e10) / 3.0, rel=1e-6)


NONSENSE: dict[str, Callable[[], object]] = {
    "amount": lambda: field_of_regard(CASE, amount_bq=0.0, threshold=0.0),
    "threshold": lambda: field_of_regard(CASE, amount_bq=1.0, threshold=-1.0),
    "limit": lambda: least_detectable_bq(CASE, 0.0),
    "limits missing": lambda: share_of_detections(CASE, [1.0], most_bq=1.0),
    "limit of nothing": lambda: share_of_detections(CASE, [1.0, 0.0], most_bq=1.0),
    "samples missing": lambda: cost_map([1.0], [1.0], CASE),
    "below zero": lambda: cost_map([-1.0, 1.0], [1.0, 1.0], CASE),
    "longer than all": lambda: cost_map([1.0, 1.0], [1.0, 1.0], CASE, CostParams(steps=2)),
    "falling amounts": lambda: CostParams(least_bq=1e9, most_bq=1e8),
    "values missing": lambda: least_squares_releases([1.0], [1.0], CASE),
    "no error": lambda: least_squares_releases([1.0, 1.0], [1.0, 0.0], CASE),
}


@pytest.mark.parametrize("name", sorted(NONSENSE))
def test_what_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(ParameterError):
        NONSENSE[name]()
