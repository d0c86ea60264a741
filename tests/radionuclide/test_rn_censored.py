"""Distributions with non-detects, against SciPy, published data and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import CensoredData, ecdf, truncnorm

from vigie.errors import ParameterError
from vigie.radionuclide.judge import Observation, background_statistics
from vigie.radionuclide.judge.background import binomial_rate
from vigie.radionuclide.judge.censored import kaplan_meier, truncated_normal
from vigie.records import NS_PER_DAY

lengths = st.shared(st.integers(2, 40), key="n")
some_values = lengths.flatmap(
    lambda n: arrays(np.float64, n, elements=st.integers(1, 12).map(float))
)
some_flags = lengths.flatmap(lambda n: arrays(np.bool_, n))


@settings(derandomize=True)
@given(some_values, some_flags)
def test_the_distribution_is_that_of_scipy_on_reversed_values(
    values: np.ndarray, detected: np.ndarray
) -> None:
    law = kaplan_meier(values, detected)
    if not detected.any():
        assert law.below_all == 1.0
        assert law.quantile(0.5) is None
        return
    oracle = ecdf(CensoredData(uncensored=-values[detected], right=-values[~detected])).sf
    # P(X <= v) is P(-X >= -v), the survival just below -v.
    expected = oracle.evaluate(np.nextafter(-law.levels, -np.inf))
    np.testing.assert_allclose(law.at_most, expected, atol=1e-12)
    assert np.all(np.diff(law.at_most) >= -1e-15)
    for probability in (0.1, 0.5, 0.9):
        level = law.quantile(probability)
        if level is not None:
            assert law.probability(level) >= probability - 1e-9
        low, high = law.quantile_limits(probability)
        assert low is None or high is None or low <= high


def test_statistics_of_the_oahu_arsenic_data_as_published() -> None:
    # Arsenic in Oahu streams, ug/L: Helsel, Statistics for Censored Environmental Data (2012);
    # Kaplan-Meier median 0.700 and mean 0.949 (data set Oahu of the R package NADA).
    below = [1.0] * 4 + [2.0] * 8 + [0.9]
    seen = [1.7, 3.2, 2.8, 0.7, 0.9, 0.5, 0.5, 0.5, 0.7, 0.6, 1.5]
    values = np.array(below + seen)
    law = kaplan_meier(values, np.array([False] * 13 + [True] * 11))
    steps = np.diff(np.concatenate([[0.0], law.at_most]))
    assert law.quantile(0.5) == 0.7
    assert float(np.sum(law.levels * steps)) == pytest.approx(0.949, abs=0.0005)


def test_quantiles_of_a_known_law_are_within_their_limits() -> None:
    rng = np.random.default_rng(5)
    held = []
    for _ in range(300):
        values = np.exp(rng.normal(0.0, 1.0, 200))
        limits = np.exp(rng.normal(-0.5, 0.3, 200))
        law = kaplan_meier(np.where(values > limits, values, limits), values > limits)
        low, high = law.quantile_limits(0.75)
        assert low is not None
        assert high is not None
        held.append(low <= np.exp(0.67449) <= high)
    assert 0.92 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(("mean", "sigma", "high"), [(0.0, 1.0, 0.5), (2.0, 0.5, 1.0)])
def test_moments_of_a_truncated_law_are_those_of_scipy(
    mean: float, sigma: float, high: float
) -> None:
    low = -3.0
    law = truncnorm((low - mean) / sigma, (high - mean) / sigma, loc=mean, scale=sigma)
    found = truncated_normal(mean, sigma, low, high)
    assert found == pytest.approx((law.mean(), law.var()), rel=1e-6)


def test_a_law_without_chance_within_its_limits_is_uniform_there() -> None:
    assert truncated_normal(100.0, 1.0, 0.0, 3.0) == pytest.approx((1.5, 0.75))


def test_wrong_values_are_refused() -> None:
    for values, seen in [([], []), ([1.0, np.nan], [True, True]), ([1.0], [True, False])]:
        with pytest.raises(ParameterError):
            kaplan_meier(np.array(values), np.array(seen, dtype=bool))


def test_exact_limits_of_a_rate() -> None:
    # Clopper-Pearson for 8 of 10: 0.4439 and 0.9748 (any table of binomial limits).
    rate = binomial_rate(8, 10)
    assert (rate.low, rate.high) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert binomial_rate(10, 10).high == 1.0


def test_background_is_given_for_the_whole_and_for_each_season() -> None:
    rng = np.random.default_rng(3)
    days = np.arange(730)
    summer = np.cos(2.0 * np.pi * (days - 197.0) / 365.25)
    values = 3.0 * np.exp(0.5 * summer + rng.normal(0.0, 0.4, 730))
    samples = [
        Observation(
            time_ns=int(d) * NS_PER_DAY,
            concentration=float(v),
            critical_level=1.5,
            mdc=3.0,
            detected=bool(v > 1.5),
        )
        for d, v in zip(days, values, strict=True)
    ]
    found = {s.season: s for s in background_statistics(samples, limit=6.0)}
    assert list(found) == ["all", "DJF", "MAM", "JJA", "SON"]
    jja, djf = found["JJA"].quantile(0.5), found["DJF"].quantile(0.5)
    assert jja is not None
    assert djf is not None
    assert jja / djf == pytest.approx(np.e**0.95, rel=0.2)
    exceeded = found["all"].exceedance
    assert exceeded is not None
    assert exceeded.n == int(np.sum(values > 6.0))
    assert exceeded.low < exceeded.rate < exceeded.high
    assert found["all"].quantile(0.05) is None or found["all"].quantile(0.05) >= 1.5  # type: ignore[operator]
