"""Baselines: nominal rates on skewed series, sensitivity, recomputation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.support_histories import SERIES, observed

from vigie.errors import ParameterError
from vigie.radionuclide.judge import (
    Baseline,
    BaselineParams,
    Observation,
    learn_baseline,
    running_chances,
)
from vigie.radionuclide.judge.season import fit_season, season_at
from vigie.records import NS_PER_DAY


def chances(samples: list[Observation], start: int) -> np.ndarray:
    """Return the chance of each sample from one on, given all before it."""
    return np.array(running_chances(samples)[start:], dtype=float)


def test_running_chances_are_those_of_baselines_learned_anew() -> None:
    rng = np.random.default_rng(21)
    samples = observed(SERIES["rare"](120, rng), rng)
    samples[50] = replace(samples[50], excluded=True)
    found = running_chances(samples)
    assert found[:30] == (None,) * 30
    for k in (31, 50, 51, 119):
        assert found[k] == learn_baseline(samples[:k]).chance(samples[k])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SERIES))
def test_the_nominal_rate_is_held_whatever_the_distribution(name: str) -> None:
    # Of 3 x 1100 samples at 2 %: a standard error of 0.25 %, more where neighbours are alike.
    hits = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        hits.append(chances(observed(SERIES[name](1500, rng), rng), 400) < 0.02)
    assert 0.010 <= np.mean(hits) <= 0.028


@pytest.mark.slow
def test_a_fixed_rule_of_median_and_spread_does_not_hold_the_rate_where_the_baseline_does() -> None:
    rng = np.random.default_rng(1)
    values = SERIES["plumes"](1500, rng)
    q1, median, q3 = np.quantile(values[:400], [0.25, 0.5, 0.75])
    fixed = np.mean(values[400:] > median + 3.0 * (q3 - q1))
    assert fixed > 0.03
    assert np.mean(chances(observed(values, rng), 400) < 0.01) < 0.02


@pytest.mark.slow
def test_a_planted_rise_is_seen_and_teaches_little() -> None:
    rng = np.random.default_rng(11)
    samples = observed(SERIES["lognormal"](600, rng), rng)
    before = learn_baseline(samples[:500])
    high = replace(samples[500], concentration=200.0, detected=True)
    assert before.chance(high) is not None
    assert before.chance(high) < 1e-3  # type: ignore[operator]
    after = learn_baseline([*samples[:500], high])
    assert after.level - before.level < 0.05 * 3.0 * before.spread + 1e-9
    twice = [replace(o, concentration=200.0) for o in samples[500:600]]
    lasting = learn_baseline([*samples[:500], *twice])
    # What stays for a hundred days is learned.
    assert lasting.median(twice[-1].time_ns) > 150.0


@pytest.mark.slow
def test_power_grows_with_the_rise() -> None:
    rng = np.random.default_rng(2)
    found = []
    samples = observed(SERIES["seasonal"](800, rng), rng)
    base = learn_baseline(samples[:700])
    for factor in (1.0, 3.0, 6.0, 12.0):
        raised = [
            replace(
                o, concentration=factor * (o.concentration or 0.0), time_ns=samples[699].time_ns
            )
            for o in samples[650:750]
            if o.detected
        ]
        found.append(np.mean([(base.chance(o) or 1.0) < 0.01 for o in raised]))
    assert found[0] < 0.05
    assert found == sorted(found)
    assert found[-1] > 0.95


def test_limit_and_chance_are_inverse() -> None:
    rng = np.random.default_rng(4)
    samples = observed(SERIES["plumes"](900, rng), rng)
    base = learn_baseline(samples)
    for rate in (0.2, 0.05, 0.01, 0.001):
        limit = base.limit(samples[-1].time_ns, rate)
        assert limit is not None
        at = replace(samples[-1], concentration=limit * (1.0 + 1e-9), detected=True)
        assert base.chance(at) == pytest.approx(rate, rel=0.02)


def test_a_short_history_says_so() -> None:
    rng = np.random.default_rng(4)
    samples = observed(SERIES["lognormal"](29, rng), rng)
    base = learn_baseline(samples)
    assert base.short
    assert base.chance(samples[0]) is None
    assert base.limit(0, 0.01) is None
    assert not learn_baseline([*samples, replace(samples[-1])]).short
    assert learn_baseline([]).n_samples == 0


def test_known_events_and_useless_samples_teach_nothing() -> None:
    rng = np.random.default_rng(8)
    samples = observed(SERIES["lognormal"](100, rng), rng)
    event = replace(samples[60], concentration=1e5, excluded=True)
    empty = replace(samples[60], concentration=None, critical_level=None, mdc=None)
    with_both = learn_baseline([*samples[:60], event, empty, *samples[60:]])
    plain = learn_baseline(samples)
    assert with_both.level == plain.level
    assert with_both.n_unusable == 2


def test_a_nuclide_never_seen_is_kept_between_nothing_and_its_limit() -> None:
    # The law of an undetected nuclide lies below ln(L_C + c0) and above ln(c0).
    samples = [
        Observation(
            time_ns=d * NS_PER_DAY, concentration=0.1, critical_level=1.0, mdc=2.0, detected=False
        )
        for d in range(200)
    ]
    base = learn_baseline(samples)
    assert base.offset == 0.5
    assert 0.0 <= base.median(samples[-1].time_ns) < 1.0
    seen = replace(samples[-1], concentration=5.0, detected=True)
    assert (base.chance(seen) or 1.0) < 1.0 / 201.0
    assert base.chance(samples[-1]) == 1.0


def test_wrong_order_and_wrong_parameters_are_refused() -> None:
    samples = observed(np.full(5, 9.0), np.random.default_rng(1))
    with pytest.raises(ParameterError, match="sort them by time"):
        learn_baseline(samples[::-1])
    for wrong in ({"alpha": 0.0}, {"tail_share": 1.0}, {"min_samples": 2}, {"memory": 10}):
        with pytest.raises(ParameterError):
            BaselineParams(**wrong)


def same(a: Baseline, b: Baseline) -> bool:
    return (a.level, a.spread, a.season, a.n_samples) == (b.level, b.spread, b.season, b.n_samples)


@settings(derandomize=True, max_examples=25)
@given(st.lists(st.tuples(st.floats(0.01, 1e4), st.floats(0.1, 10.0)), min_size=30, max_size=60))
def test_laws_of_a_baseline(pairs: list[tuple[float, float]]) -> None:
    samples = [
        Observation(
            time_ns=k * NS_PER_DAY, concentration=c, critical_level=lc, mdc=2 * lc, detected=c > lc
        )
        for k, (c, lc) in enumerate(pairs)
    ]
    base = learn_baseline(samples)
    assert same(base, learn_baseline(list(samples)))
    # Another unit changes nothing but the unit.
    scaled = [
        replace(
            o,
            concentration=1e3 * (o.concentration or 0.0),
            critical_level=1e3 * (o.critical_level or 0.0),
            mdc=1e3 * (o.mdc or 0.0),
        )
        for o in samples
    ]
    other = learn_baseline(scaled)
    assert other.spread == pytest.approx(base.spread, rel=1e-6)
    at = samples[-1].time_ns
    assert other.median(at) == pytest.approx(1e3 * base.median(at), rel=1e-6, abs=1e-6)
    # More is never less unusual.
    more = [base.chance(replace(samples[-1], concentration=c, detected=True)) for c in (1, 10, 1e5)]
    told = [c for c in more if c is not None]
    assert len(told) == 3
    assert told == sorted(told, reverse=True)
    assert all(0.0 < c <= 1.0 for c in told)


def test_the_season_is_found_and_none_is_made_up() -> None:
    times = np.arange(800) * NS_PER_DAY
    rng = np.random.default_rng(9)
    noise = rng.normal(0.0, 0.5, 800)
    assert fit_season(times, noise) == (0.0, 0.0)
    course = np.array([season_at(int(t), (0.6, -0.3)) for t in times])
    assert fit_season(times, noise + course) == pytest.approx((0.6, -0.3), abs=0.08)


def test_an_mdc_that_is_none_is_no_scale() -> None:
    def seen(mdc: float | None) -> list[Observation]:
        return [
            Observation(
                time_ns=day * 86_400_000_000_000,
                concentration=3.0 + 0.1 * day,
                critical_level=mdc,
                mdc=mdc,
                detected=True,
            )
            for day in range(40)
        ]

    unknown = learn_baseline(seen(None))
    assert unknown.offset > 0.0
    for mdc in (-1.0, 0.0, float("nan")):
        found = learn_baseline(seen(mdc))
        assert (found.offset, found.level, found.spread) == (
            unknown.offset,
            unknown.level,
            unknown.spread,
        )
