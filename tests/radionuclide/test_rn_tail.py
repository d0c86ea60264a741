"""The law of the largest values: a law, by hand, and what few values tell."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.support_histories import SERIES, observed

from vigie.radionuclide.judge import learn_baseline
from vigie.radionuclide.judge.tail import upper_tail


@settings(derandomize=True, max_examples=100)
@given(
    st.lists(st.floats(-5.0, 5.0), min_size=0, max_size=150),
    st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=150),
    st.floats(1e-6, 0.9),
)
def test_a_tail_is_a_law(values: list[float], bounds: list[float], chance: float) -> None:
    tail = upper_tail(np.array(values), np.array(bounds))
    n = len(values) + len(bounds)
    level = tail.level(chance)
    if np.isfinite(level):
        assert tail.chance(level + 1e-9) <= chance * (1.0 + 1e-6) + 1e-12
    grid = [tail.chance(x) for x in np.linspace(-6.0, 60.0, 200)]
    assert all(a >= b for a, b in pairwise(grid))
    assert 0.0 < grid[-1] <= grid[0] <= 1.0
    # Above the threshold it falls without a step, and for ever; at it by what ranks fall.
    fine = [tail.chance(tail.threshold + x) for x in np.geomspace(1e-9, 1e6, 1000)]
    assert fine[0] == pytest.approx(tail.share, rel=1e-6)
    assert all(a > b > 0.9 * a for a, b in pairwise(fine[:300]))
    assert all(a > b for a, b in pairwise(fine))
    ties = int(np.sum(tail.ordered == tail.threshold))
    assert tail.chance(tail.threshold) - fine[0] == pytest.approx(ties / (n + 1.0), abs=1e-6)


def test_the_tail_of_few_values_by_hand() -> None:
    # Of 60 values six exceed u = 53 by 1 to 6: w = 0.4, S = 21, p_u = 7 / 61.
    tail = upper_tail(np.arange(60.0))
    assert tail.threshold == 53.0
    assert tail.share == pytest.approx(7.0 / 61.0)
    for value in (53.5, 60.0, 153.0):
        by_hand = 7.0 / 61.0 * (1.0 + (value - 53.0) / 21.4) ** -6.4
        assert tail.chance(value) == pytest.approx(by_hand, rel=1e-12)
    assert tail.level(0.01) == pytest.approx(53.0 + 21.4 * ((7.0 / 0.61) ** (1 / 6.4) - 1.0))
    # From ten excesses on the values speak alone.
    alone = upper_tail(np.arange(100.0))
    by_hand = 11.0 / 101.0 * (1.0 + 20.0 / 55.0) ** -10.0
    assert alone.chance(109.0) == pytest.approx(by_hand, rel=1e-12)
    # Never seen: 1 / (n + 1) at the largest bound, and less with each e-fold.
    never = upper_tail(np.empty(0), np.zeros(30))
    assert never.chance(1.0) == pytest.approx(1.0 / 62.0)
    # Equal values have no excess; nearly equal ones are known to 5 % at best.
    assert upper_tail(np.full(60, 2.0)).chance(2.0 + np.log(100.0)) < 0.01
    assert upper_tail(2.0 + 1e-9 * np.arange(60.0)).chance(2.01) > 0.05
    assert upper_tail(np.empty(0)).chance(3.0) == 1.0


def test_one_poor_limit_among_many_leaves_the_law() -> None:
    values = np.log(np.random.default_rng(1).lognormal(1.0, 0.4, 30))
    limits = np.append(np.zeros(29), np.log(300.0))
    assert upper_tail(values, limits).chance(np.log(3e3)) < 0.01


@pytest.mark.parametrize("n", [30, 45, 60, 99, 120])
@pytest.mark.parametrize("name", ["lognormal", "seasonal", "rare", "hidden"])
def test_what_is_far_above_a_short_history_is_unusual(name: str, n: int) -> None:
    found = []
    for seed in range(5):
        rng = np.random.default_rng([seed, 40])
        samples = observed(SERIES[name](n, rng), rng)
        largest = max((o.concentration if o.detected else o.limit) or 0.0 for o in samples)
        base = learn_baseline(samples)
        raised = [replace(samples[-1], concentration=f * largest, detected=True) for f in (10, 100)]
        found.append([(base.chance(o) or 1.0) < 0.01 for o in raised])
    tenfold, hundredfold = np.mean(found, axis=0)
    assert hundredfold == 1.0
    assert tenfold >= (0.8 if name == "rare" else 1.0)


@pytest.mark.parametrize("n", [30, 45, 60, 99])
def test_ordinary_samples_after_a_short_history_are_seldom_unusual(n: int) -> None:
    hits = []
    for seed in range(2000):
        rng = np.random.default_rng([seed, n])
        plume = rng.random(n + 1) < 0.05
        x = rng.normal(0.0, 0.5, n + 1) + np.where(plume, rng.normal(2.0, 0.7, n + 1), 0.0)
        hits.append(upper_tail(x[:n]).chance(x[n]) < 0.01)
    assert np.mean(hits) < 0.018


def test_the_tail_of_an_exponential_law_is_found() -> None:
    rng = np.random.default_rng(6)
    tail = upper_tail(rng.exponential(1.0, 5000))
    # P(X > 9) = e^-9 = 1.23e-4.
    assert tail.chance(9.0) == pytest.approx(np.exp(-9.0), rel=0.35)
    assert tail.level(1e-4) == pytest.approx(-np.log(1e-4), rel=0.05)
