"""Modelled against measured concentrations: every statistic against an independent formula."""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.scoring import (
    BelowLimit,
    ConcentrationParams,
    ConcentrationScores,
    Statistic,
    score_concentrations,
)
from vigie.scoring.concentration_statistics import NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

ONCE = ConcentrationParams(n_resamples=0)
RANGES = {
    "correlation": (-1.0, 1.0),
    "fractional_bias": (-2.0, 2.0),
    "nmse": (0.0, math.inf),
    "foex_percent": (-50.0, 50.0),
    "pod": (0.0, 1.0),
    "far": (0.0, 1.0),
    "threat_score": (0.0, 1.0),
    "rank": (0.0, 4.0),
}
"""Percentages of the others are 0 to 100."""
concentrations = st.one_of(st.just(0.0), st.floats(1e-3, 1e4), st.sampled_from([10.0, 20.0, 50.0]))
columns = st.lists(st.tuples(concentrations, concentrations), min_size=1, max_size=40)


def values(scores: ConcentrationScores) -> dict[str, float | None]:
    return {name: getattr(scores, name).value for name in NAMES}


def of_pairs(
    pairs: list[tuple[float, float]], params: ConcentrationParams = ONCE
) -> ConcentrationScores:
    measured, modelled = zip(*pairs, strict=True)
    return score_concentrations(measured, modelled, params)


def told(scores: ConcentrationScores) -> dict[str, float]:
    """Return the values that are defined."""
    return {name: value for name, value in values(scores).items() if value is not None}


def plumes(n: int = 400) -> tuple[Column, Column]:
    """Return measured and modelled values, alike but not the same, a third of them zero."""
    rng = np.random.default_rng(7)
    measured = np.where(rng.random(n) < 0.3, 0.0, rng.lognormal(4.0, 1.0, n))
    modelled = np.where(rng.random(n) < 0.2, 0.0, measured * rng.lognormal(0.2, 0.4, n))
    return measured, modelled


HAND_MEASURED = [0.0, 10.0, 20.0, 40.0, 0.0, 100.0]
HAND_MODELLED = [5.0, 20.0, 0.0, 50.0, 0.0, 20.0]


def test_a_case_computed_by_hand() -> None:
    scores = score_concentrations(HAND_MEASURED, HAND_MODELLED, replace(ONCE, threshold=15.0))
    # Without the pair of zeros: m 0 10 20 40 100, p 5 20 0 50 20; sums 170 and 95, of squares
    # 12100 and 3325, of products 4200.
    by_hand = {
        "correlation": (4200.0 - 170.0 * 95.0 / 5.0)
        / math.sqrt((12100.0 - 170.0**2 / 5.0) * (3325.0 - 95.0**2 / 5.0)),
        "fractional_bias": 2.0 * (19.0 - 34.0) / (19.0 + 34.0),
        "nmse": (25.0 + 100.0 + 400.0 + 100.0 + 6400.0) / 5.0 / (19.0 * 34.0),
        "fms_percent": 100.0 * 3.0 / 5.0,
        # At 5 the distributions are 2/5 (modelled) and 1/5, at 20 4/5 and 3/5, at 50 1 and 4/5;
        # at 0, 10 and 40 they are equal.
        "ksp_percent": 20.0,
        "fa2_percent": 100.0 * 2.0 / 5.0,  # 10 to 20, 40 to 50
        "fa5_percent": 100.0 * 3.0 / 5.0,  # and 100 to 20
        "foex_percent": 100.0 * (3.0 / 5.0 - 0.5),
        "pod": 2.0 / 3.0,  # 40, 100 of 20, 40, 100
        "far": 1.0 / 3.0,  # 20 (of 10), of 20, 50, 20
        "threat_score": 2.0 / 4.0,
    }
    by_hand["rank"] = (
        by_hand["correlation"] ** 2 + (1.0 - 15.0 / 53.0) + 3.0 / 5.0 + (1.0 - 20.0 / 100.0)
    )
    digits = {"correlation": 0.312962, "fractional_bias": -0.566038, "nmse": 2.174923}
    for name, value in digits.items():
        assert by_hand[name] == pytest.approx(value, abs=5e-7), name
    assert by_hand["rank"] == pytest.approx(2.214926, abs=5e-7)
    assert values(scores) == pytest.approx(by_hand, rel=1e-12)
    assert (scores.n_pairs, scores.n_scored, scores.n_both) == (6, 5, 3)
    assert (scores.hits, scores.misses, scores.false_alarms, scores.correct_negatives) == (
        2, 1, 1, 2,
    )  # fmt: skip


def independent(m: Column, p: Column) -> dict[str, float]:
    """Return the statistics by the shortest formulas that say what they are."""
    hit, miss, false = (m > 0) & (p > 0), (m > 0) & (p == 0), (m == 0) & (p > 0)
    m, p = m[hit | miss | false], p[hit | miss | false]
    at = np.concatenate([m, p])
    ksp = max(abs(np.mean(p <= x) - np.mean(m <= x)) for x in at)
    r = np.corrcoef(m, p)[0, 1]
    with np.errstate(divide="ignore"):
        ratio = p / m
    fb = 2 * (p.mean() - m.mean()) / (p.mean() + m.mean())
    fms = np.mean((m > 0) & (p > 0))
    return {
        "correlation": r,
        "fractional_bias": fb,
        "nmse": np.mean((p - m) ** 2) / p.mean() / m.mean(),
        "fms_percent": 100 * fms,
        "ksp_percent": 100 * ksp,
        "fa2_percent": 100 * np.mean((ratio >= 1 / 2) & (ratio <= 2)),
        "fa5_percent": 100 * np.mean((ratio >= 1 / 5) & (ratio <= 5)),
        "foex_percent": 100 * (np.mean(p > m) - 0.5),
        "pod": hit.sum() / (hit | miss).sum(),
        "far": false.sum() / (hit | false).sum(),
        "threat_score": hit.sum() / (hit | miss | false).sum(),
        "rank": r**2 + 1 - abs(fb / 2) + fms + 1 - ksp,
    }


@pytest.mark.parametrize("seed", range(8))
def test_every_statistic_equals_an_independent_formula(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # In steps of 10, as measured values are: many ties.
    measured, modelled = (
        np.where(rng.random(300) < 0.4, 0.0, 10.0 * np.ceil(rng.lognormal(1.0, 1.0, 300)))
        for _ in range(2)
    )
    found = values(score_concentrations(measured, modelled, ONCE))
    assert found == pytest.approx(independent(measured, modelled), rel=1e-9)


def test_a_perfect_model_has_rank_4() -> None:
    measured, _ = plumes()
    scores = score_concentrations(measured, measured)
    wanted = {
        "correlation": 1.0, "fractional_bias": 0.0, "nmse": 0.0, "fms_percent": 100.0,
        "ksp_percent": 0.0, "fa2_percent": 100.0, "fa5_percent": 100.0, "foex_percent": -50.0,
        "pod": 1.0, "far": 0.0, "threat_score": 1.0, "rank": 4.0,
    }  # fmt: skip
    assert values(scores) == pytest.approx(wanted, abs=1e-12)
    assert (scores.rank.low, scores.rank.high) == pytest.approx((4.0, 4.0))


@pytest.mark.parametrize("unit", [1.0, 1e-12, 0.1, 1e300])
def test_a_constant_factor_of_2_is_within_a_factor_of_2(unit: float) -> None:
    measured, _ = plumes()
    for model, reference in ((2.0 * measured, measured), (measured, 2.0 * measured)):
        scores = score_concentrations(unit * reference, unit * model, ONCE)
        assert scores.correlation.value == pytest.approx(1.0, abs=1e-12)
        assert abs(scores.fractional_bias.value or 0.0) == pytest.approx(2.0 / 3.0)
        assert scores.fa2_percent.value == 100.0


def test_a_factor_of_5_is_within_a_factor_of_5_in_any_unit() -> None:
    measured, _ = plumes()
    positive = measured[measured > 0.0]
    for model in (5.0 * positive, positive / 5.0, 5.0 * (0.3 * positive) / 0.3):
        scores = score_concentrations(positive, model, ONCE)
        assert (scores.fa5_percent.value, scores.fa2_percent.value) == (100.0, 0.0)
    assert score_concentrations(positive, 5.001 * positive, ONCE).fa5_percent.value == 0.0


def test_a_model_of_zeros_has_statistics_but_no_correlation() -> None:
    measured, _ = plumes()
    scores = score_concentrations(measured, np.zeros_like(measured))
    zero_share = 100.0  # All modelled values are 0 where none that is scored was measured so.
    assert values(scores) == {
        "correlation": None, "fractional_bias": -2.0, "nmse": None, "fms_percent": 0.0,
        "ksp_percent": zero_share, "fa2_percent": 0.0, "fa5_percent": 0.0, "foex_percent": -50.0,
        "pod": 0.0, "far": None, "threat_score": 0.0, "rank": 0.0,
    }  # fmt: skip
    assert scores.correlation == scores.nmse == Statistic(value=None)


def test_where_nothing_is_defined_nothing_is_made_up() -> None:
    scores = score_concentrations([0.0, 0.0], [0.0, 0.0])
    assert set(values(scores).values()) == {None}
    assert (scores.n_scored, scores.correct_negatives) == (0, 2)
    alone = values(score_concentrations([3.0], [3.0]))
    assert (alone["correlation"], alone["rank"], alone["fa2_percent"]) == (None, None, 100.0)
    # 0.1 three times has a mean that is not 0.1.
    flat = values(score_concentrations([0.1, 0.1, 0.1], [0.1, 0.2, 0.3]))
    assert (flat["correlation"], flat["rank"]) == (None, None)


def test_a_model_shuffled_in_time_is_not_correlated() -> None:
    measured, _ = plumes(4000)
    shuffled = np.random.default_rng(3).permutation(measured)
    scores = score_concentrations(measured, shuffled, ONCE)
    kept = (measured > 0.0) & (shuffled > 0.0)
    assert abs(np.corrcoef(measured[kept], shuffled[kept])[0, 1]) < 0.05
    # Leaving out the pairs of zeros makes what is left go apart a little.
    assert -0.25 < (scores.correlation.value or 1.0) < 0.05
    assert scores.fractional_bias.value == pytest.approx(0.0, abs=1e-12)
    assert scores.ksp_percent.value == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(columns)
def test_every_statistic_is_in_its_range_or_not_defined(pairs: list[tuple[float, float]]) -> None:
    scores = of_pairs(pairs, replace(ONCE, n_resamples=20))
    for name in NAMES:
        one = getattr(scores, name)
        low, high = RANGES.get(name, (0.0, 100.0))
        for value in (one.value, one.low, one.high):
            assert value is None or low - 1e-9 <= value <= high + 1e-9, (name, value)
    json.dumps(scores.as_dict(), allow_nan=False)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(columns, st.integers(0, 2**32 - 1))
def test_the_order_of_the_pairs_does_not_matter(
    pairs: list[tuple[float, float]], seed: int
) -> None:
    turned = np.random.default_rng(seed).permutation(len(pairs))
    there, again = told(of_pairs(pairs)), told(of_pairs([pairs[i] for i in turned]))
    assert there == pytest.approx(again, rel=1e-6, abs=1e-6)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(columns, st.integers(1, 30))
def test_further_pairs_of_zeros_change_nothing(pairs: list[tuple[float, float]], n: int) -> None:
    there, more = of_pairs(pairs), of_pairs(pairs + n * [(0.0, 0.0)])
    assert values(there) == values(more)
    assert more.correct_negatives == there.correct_negatives + n


@settings(max_examples=100, derandomize=True, deadline=None)
@given(columns)
def test_measured_and_modelled_may_change_places(pairs: list[tuple[float, float]]) -> None:
    there, back = told(of_pairs(pairs)), told(of_pairs([(p, m) for m, p in pairs]))
    same = ("nmse", "fms_percent", "ksp_percent", "fa2_percent", "fa5_percent", "correlation")
    for name in there.keys() & same:
        assert there[name] == pytest.approx(back[name], rel=1e-6, abs=1e-9), name
    assert there.keys() & same == back.keys() & same
    if "fractional_bias" in there:
        assert back["fractional_bias"] == pytest.approx(-there["fractional_bias"], abs=1e-12)


@pytest.mark.parametrize("factor", [1e-15, 0.1, 7.3, 1e200])
def test_no_statistic_but_the_bias_depends_on_the_scale_of_the_model(factor: float) -> None:
    measured, modelled = plumes()
    there = values(score_concentrations(measured, modelled, ONCE))
    scaled = values(score_concentrations(measured, factor * modelled, ONCE))
    assert scaled["correlation"] == pytest.approx(there["correlation"], rel=1e-9)
    both = values(score_concentrations(factor * measured, factor * modelled, ONCE))
    assert both == pytest.approx(there, rel=1e-9)


def test_numbers_near_the_ends_of_the_range_stay_numbers() -> None:
    found = values(score_concentrations([1e-320, 1e308, 0.0], [1e308, 1e308, 5e-324], ONCE))
    assert found["correlation"] is not None
    assert found["fa2_percent"] == pytest.approx(100.0 / 3.0)
    assert all(value is None or math.isfinite(value) for value in found.values())


MEASURED, MODELLED = [0.0, 4.0, 12.0, 30.0, 3.0], [2.0, 9.0, 8.0, 40.0, 25.0]


@pytest.mark.parametrize("below", list(BelowLimit))
def test_values_below_the_limit_count_as_said(below: BelowLimit) -> None:
    floor = 0.0 if below is BelowLimit.ZERO else 5.0
    params = replace(ONCE, below=below)
    scores = score_concentrations(MEASURED, MODELLED, params, detection_limit=10.0)
    # The first two pairs are both below 10.
    m, p = np.array([12.0, 30.0, floor]), np.array([floor, 40.0, 25.0])
    assert (scores.n_pairs, scores.n_scored, scores.n_both) == (5, 3, 1)
    assert scores.correlation.value == pytest.approx(np.corrcoef(m, p)[0, 1])
    assert scores.fractional_bias.value == pytest.approx(
        2.0 * (p.mean() - m.mean()) / (p.mean() + m.mean())
    )
    assert scores.fms_percent.value == pytest.approx(100.0 / 3.0)
    assert (scores.pod.value, scores.far.value) == (0.5, 0.5)
    assert (scores.params.below, scores.detection_limits) == (below, (10.0, 10.0))


def test_each_sample_may_have_its_own_limit_and_lie_below_zero_under_it() -> None:
    scores = score_concentrations(
        [-1.0, 5.0, 5.0], [1.0, 5.0, 5.0], ONCE, detection_limit=[2.0, 4.0, 6.0]
    )
    assert (scores.n_scored, scores.n_both, scores.detection_limits) == (1, 1, (2.0, 6.0))


def test_the_same_seed_gives_the_same_intervals_and_another_another() -> None:
    measured, modelled = plumes()
    one, two = (score_concentrations(measured, modelled) for _ in range(2))
    other = score_concentrations(measured, modelled, ConcentrationParams(seed=2))
    assert one == two
    assert one.rank != other.rank
    assert one.rank.value == other.rank.value


@pytest.mark.slow
def test_intervals_are_those_of_a_bootstrap_written_as_a_loop() -> None:
    measured, modelled = plumes(120)
    scores = score_concentrations(measured, modelled, ConcentrationParams(n_resamples=4000))
    rng = np.random.default_rng(11)
    drawn = [
        independent(measured[at], modelled[at])
        for at in (rng.integers(120, size=120) for _ in range(800))
    ]
    for name in NAMES:
        one = getattr(scores, name)
        column = np.array([row[name] for row in drawn])
        low, high = np.quantile(column, [0.05, 0.95])
        # The ends of 800 draws are known to some hundredths of the spread.
        assert one.low == pytest.approx(low, abs=0.25 * column.std() + 1e-12), name
        assert one.high == pytest.approx(high, abs=0.25 * column.std() + 1e-12), name


@pytest.mark.slow
def test_nine_of_ten_intervals_hold_the_true_bias() -> None:
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        measured = rng.gamma(4.0, 1.0, 150)
        modelled = 1.5 * rng.gamma(4.0, 1.0, 150)
        params = ConcentrationParams(n_resamples=300, seed=seed)
        one = score_concentrations(measured, modelled, params).fractional_bias
        assert one.low is not None
        assert one.high is not None
        held += one.low <= 2.0 * 0.5 / 2.5 <= one.high
    # Of 200 at 90 %: three standard errors are 13.
    assert abs(held - 180) <= 13


def test_groups_are_drawn_whole() -> None:
    measured, modelled = plumes(40)
    often = 25
    params = ConcentrationParams(n_resamples=2000)
    alone = score_concentrations(measured, modelled, params).fractional_bias
    m, p = np.repeat(measured, often), np.repeat(modelled, often)
    stations = [f"S{k}" for k in np.repeat(np.arange(40), often)]
    grouped = score_concentrations(m, p, params, groups=stations)
    apart = score_concentrations(m, p, params).fractional_bias

    def width(one: Statistic) -> float:
        assert one.low is not None
        assert one.high is not None
        return one.high - one.low

    # Copies of a pair are no further evidence: only groups know it.
    assert width(grouped.fractional_bias) == pytest.approx(width(alone), rel=0.1)
    assert width(apart) < 0.3 * width(alone)
    assert (grouped.n_groups, grouped.n_pairs) == (40, 1000)


def test_scores_are_json() -> None:
    text = json.dumps(score_concentrations(HAND_MEASURED, HAND_MODELLED).as_dict())
    read = json.loads(text)
    assert read["rank"]["value"] == pytest.approx(2.214926, abs=5e-7)
    assert read["rank"]["low"] < read["rank"]["value"] < read["rank"]["high"]
    assert read["params"]["below"] == "zero"


@pytest.mark.parametrize(
    ("measured", "modelled", "more", "text"),
    [
        ([], [], {}, "a row of values"),
        ([1.0, 2.0], [1.0], {}, "2 values"),
        ([1.0, math.nan], [1.0, 1.0], {}, r"measured\[1\] = nan: .*leave out samples"),
        ([1.0], [-0.5], {}, r"modelled\[0\] = -0.5"),
        ([1.0], [math.inf], {}, r"modelled\[0\] = inf"),
        ([1.0], [1.0], {"detection_limit": 0.0}, "numbers above 0"),
        ([1.0], [1.0], {"detection_limit": [1.0, 2.0]}, "one value or 1"),
        ([1.0], [1.0], {"groups": ["a", "b"]}, "one for each pair"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    measured: list[float], modelled: list[float], more: dict[str, Any], text: str
) -> None:
    with pytest.raises(ParameterError, match=text):
        score_concentrations(measured, modelled, **more)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", -1.0),
        ("threshold", math.nan),
        ("n_resamples", -1),
        ("level", 1.0),
        ("seed", -1),
    ],
)
def test_parameters_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=name):
        ConcentrationParams(**{name: value})  # type: ignore[arg-type]


def test_a_thousand_resamples_of_an_experiment_take_seconds_at_most() -> None:
    measured, modelled = plumes(3105)
    started = time.process_time()
    score_concentrations(measured, modelled)
    assert time.process_time() - started < 5.0
