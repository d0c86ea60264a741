"""Ratios: Fieller's sets, lines, thresholds, zero times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.noble_gas.support_gas import campaign

from vigie.errors import ParameterError
from vigie.radionuclide.noble_gas import analyse_gas_sample
from vigie.radionuclide.noble_gas.cell_model import build_cells
from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.radionuclide.noble_gas.problem import covariance_at, minimum, problem_of
from vigie.radionuclide.noble_gas.ratio_profile import profile_ratio_set
from vigie.radionuclide.ratios import (
    LINES,
    RatioThresholds,
    Side,
    discriminate,
    fieller_set,
    pure_decay_time,
    ratio_curve,
    screen_ratios,
    zero_times,
)
from vigie.radionuclide.ratios.fieller import K_TWO_SIDED, RatioSet
from vigie.radionuclide.ratios.zero_time import TIMES_S
from vigie.records import IsotopeRatio, RatioKind
from vigie.simulate.radionuclide.beta_gamma import GasTruth, cell_response, simulate_campaign

N_STATIONS = 40
DAY_S = 86_400.0
DAY_NS = 86_400_000_000_000


def ratio(
    top: str, bottom: str, value: float | None, low: float | None, high: float | None, kind: str
) -> IsotopeRatio:
    return IsotopeRatio(
        numerator=top,
        denominator=bottom,
        value=value,
        kind=RatioKind(kind),
        low=low,
        high=high,
        at_ns=10**18,
    )


@pytest.mark.parametrize(
    ("x2", "x1", "covariance", "kind"),
    [
        (5.0, 10.0, (1.0, 0.0, 1.0), RatioKind.BOUNDED),
        (0.5, 10.0, (1.0, 0.0, 1.0), RatioKind.UPPER),
        (10.0, 0.5, (1.0, 0.0, 1.0), RatioKind.LOWER),
        (0.5, 0.5, (1.0, 0.0, 1.0), RatioKind.UNBOUNDED),
        # Strongly correlated errors: near-zero denominator, ratios in between excluded.
        (3.0, 1.0, (1.0, -0.9, 1.0), RatioKind.LOWER),
    ],
)
def test_every_kind_of_set(
    x2: float, x1: float, covariance: tuple[float, float, float], kind: RatioKind
) -> None:
    assert fieller_set(x2, x1, covariance=covariance).kind is kind


def test_published_case_of_fieller() -> None:
    # Uncorrelated, x2 = 5 +- 1, x1 = 10 +- 1: roots of (5 - 10 r)^2 = 3.8415 (1 + r^2).
    found = fieller_set(5.0, 10.0, covariance=(1.0, 0.0, 1.0))
    a, b, c = 100.0 - 3.841459, -100.0, 25.0 - 3.841459
    half = np.sqrt(b * b - 4.0 * a * c)
    assert (found.low, found.high) == pytest.approx(((-b - half) / 2 / a, (-b + half) / 2 / a))


@given(
    st.floats(4.0, 20.0),
    st.floats(4.0, 20.0),
    st.floats(0.1, 3.0),
    st.floats(0.1, 3.0),
    st.floats(-0.95, 0.95),
    st.floats(0.0, 50.0),
)
@settings(derandomize=True, max_examples=200, deadline=None)
def test_sets_of_what_is_well_above_zero_hold_exactly_what_the_inequality_allows(
    x2: float, x1: float, s2: float, s1: float, rho: float, r: float
) -> None:
    x2, x1 = x2 * s2, x1 * s1
    covariance = (s2 * s2, rho * s1 * s2, s1 * s1)
    found = fieller_set(x2, x1, covariance=covariance)
    gap = 3.841458820694124 * (s2**2 - 2 * r * covariance[1] + r * r * s1**2) - (x2 - r * x1) ** 2
    if abs(gap) < 1e-6 * (1.0 + r * r):
        return
    assert found.kind is RatioKind.BOUNDED
    assert found.low is not None
    assert found.high is not None
    assert (found.low <= r <= found.high) == (gap > 0.0)


def test_sets_cover_the_truth() -> None:
    rng = np.random.default_rng(1)
    covariance = np.array([[1.0, 0.5], [0.5, 2.0]])
    held = 0
    for x2, x1 in rng.multivariate_normal([4.0, 3.0], covariance, 1500):
        found = fieller_set(x2, x1, covariance=(1.0, 0.5, 2.0))
        r = 4.0 / 3.0
        low, high = found.low or 0.0, found.high if found.high is not None else np.inf
        held += (not low < r < high) if found.kind is RatioKind.EXCLUSIVE else low <= r <= high
    assert held / 1500 == pytest.approx(0.95, abs=0.015)


def test_an_impossible_covariance_is_refused() -> None:
    with pytest.raises(ParameterError, match="semidefinite"):
        fieller_set(1.0, 1.0, covariance=(1.0, 2.0, 1.0))


@pytest.mark.slow
def test_likelihood_and_fieller_agree_where_counts_are_many() -> None:
    truth = GasTruth(activity_bq={"Xe-133": 0.3, "Xe-133m": 0.15, "Xe-131m": 0.1})
    one = campaign(truth)
    data = gas_input(one.sample, one.gas_background, one.detector_background)
    problem = problem_of(build_cells(data.measurements))
    counts = problem.model.counts
    best = minimum(problem, counts, problem.free(), np.zeros(problem.size))
    covariance = covariance_at(problem, counts, best)[:5, :5] / np.outer(
        problem.scale, problem.scale
    )
    x = best.point[:5] / problem.scale
    for i, j in ((4, 2), (4, 3), (1, 2)):
        found = profile_ratio_set(problem, best, i, j)
        plain = fieller_set(
            x[i], x[j], covariance=(covariance[i, i], covariance[i, j], covariance[j, j])
        )
        assert found.kind is plain.kind
        if x[i] < 0.0:
            # Fieller's set takes it as 0.
            assert found.high is not None
            assert plain.high is not None
            assert 0.5 * plain.high < found.high < 1.05 * plain.high
        else:
            assert found.high == pytest.approx(plain.high, rel=0.05)
        if plain.low is not None:
            assert found.low == pytest.approx(plain.low, rel=0.05)


def test_fresh_fission_lies_on_the_side_of_explosions() -> None:
    # Sheet 8.1: 1 day after fission 135/133 = 7.8, 133m/131m = 180; saturation 0.95 and 5.7.
    fresh = [
        ratio("Xe-135", "Xe-133", 7.8, 7.0, 8.6, "bounded"),
        ratio("Xe-133m", "Xe-131m", 180.0, 150.0, 220.0, "bounded"),
    ]
    reactor = [
        ratio("Xe-135", "Xe-133", 0.95, 0.9, 1.0, "bounded"),
        ratio("Xe-133m", "Xe-131m", 5.7, 5.0, 6.5, "bounded"),
    ]
    assert [one.side for one in discriminate(fresh)] == [Side.EXPLOSION]
    assert [one.side for one in discriminate(reactor)] == [Side.REACTOR]
    open_set = [fresh[0], ratio("Xe-133m", "Xe-131m", None, None, None, "unbounded")]
    assert [one.side for one in discriminate(open_set)] == [Side.UNDECIDED]
    assert [one.confirmed for one in LINES] == [True, True, True, False, False]


def test_thresholds_are_never_passed_by_what_was_not_detected() -> None:
    sets = [
        ratio("Xe-135", "Xe-133", 9.0, 6.0, 13.0, "bounded"),
        ratio("Xe-133m", "Xe-131m", 2.5, 1.0, 6.0, "bounded"),
        ratio("Xe-133m", "Xe-133", None, None, None, "unbounded"),
    ]
    assert [one.code for one in screen_ratios(sets)] == [
        "noble_gas.ratio_above",
        "noble_gas.ratio_perhaps_above",
    ]
    lower = [ratio("Xe-133m", "Xe-131m", None, 3.0, None, "lower")]
    assert [one.code for one in screen_ratios(lower)] == ["noble_gas.ratio_above"]
    lenient = RatioThresholds(xe135_xe133=0.0, xe133m_xe131m=10.0)
    assert screen_ratios(sets, thresholds=lenient) == ()


# Sheet 8.1, U-235 thermal from cumulative yields of iodine: 135/133, 133m/131m, 133m/133. From one
# day on the short-lived precursors no longer matter; yields differ by evaluation.
FISSION = [(1.0, 7.8, 180.0, 0.065), (5.0, 0.0085, 32.0, 0.036), (10.0, 1.8e-6, 5.1, 0.015)]


@pytest.mark.parametrize(("days", "r1", "r2", "r3"), FISSION)
def test_ratios_after_a_fission(days: float, r1: float, r2: float, r3: float) -> None:
    pairs = (("Xe-135", "Xe-133"), ("Xe-133m", "Xe-131m"), ("Xe-133m", "Xe-133"))
    for (top, bottom), expected, tolerance in zip(
        pairs, (r1, r2, r3), (0.03, 0.27, 0.02), strict=True
    ):
        curve = ratio_curve(top, bottom, ("ENDF/B-VIII.1", "U-235", "thermal"))
        found = np.exp(np.interp(days * DAY_S, TIMES_S, np.log(curve)))
        assert found == pytest.approx(expected, rel=tolerance)


@pytest.mark.parametrize("age_days", [0.5, 2.0, 6.0])
@pytest.mark.parametrize("separated_s", [None, 900.0])
def test_a_simulated_fission_is_dated(age_days: float, separated_s: float | None) -> None:
    yields = ("ENDF/B-VIII.1", "U-235", "fast")
    curve = ratio_curve("Xe-135", "Xe-133", yields, separated_s=separated_s)
    value = float(np.exp(np.interp(age_days * DAY_S, TIMES_S, np.log(curve))))
    one = ratio("Xe-135", "Xe-133", value, 0.8 * value, 1.2 * value, "bounded")
    full, fractionated = zero_times(one)
    found = full if separated_s is None else fractionated
    assert found.time_ns is not None
    assert found.earliest_ns is not None
    assert found.latest_ns is not None
    truth_ns = 10**18 - round(age_days * DAY_NS)
    assert abs(found.time_ns - truth_ns) < 0.01 * age_days * DAY_NS
    assert found.earliest_ns < truth_ns < found.latest_ns


def test_pure_decay_is_the_formula() -> None:
    one = ratio("Xe-135", "Xe-133", 1.0, 0.5, 2.0, "bounded")
    found = pure_decay_time(one, 10.0)
    assert found.time_ns is not None
    assert found.latest_ns is not None
    from vigie.facts.nuclides import nuclide

    rate = nuclide("Xe-135").decay_constant_per_s - nuclide("Xe-133").decay_constant_per_s
    assert (10**18 - found.time_ns) / 1e9 == pytest.approx(np.log(10.0) / rate, rel=1e-9)
    assert (10**18 - found.latest_ns) / 1e9 == pytest.approx(np.log(5.0) / rate, rel=1e-9)
    with pytest.raises(ParameterError, match="initial_ratio"):
        pure_decay_time(one, 0.0)
    with pytest.raises(ParameterError, match="shorter-lived"):
        pure_decay_time(ratio("Xe-131m", "Xe-133", 1.0, 0.5, 2.0, "bounded"), 1.0)


def test_a_ratio_that_no_fission_gives_is_told() -> None:
    one = ratio("Xe-135", "Xe-133", 1e6, 5e5, 2e6, "bounded")
    full, _ = zero_times(one)
    assert full.time_ns is None
    assert [r.code for r in full.remarks] == ["noble_gas.no_zero_time"]


@given(
    value=st.floats(1e-3, 1e3), below=st.floats(0.0, 3.0), above=st.floats(0.0, 3.0),
    relative=st.floats(0.0, 0.5),
)  # fmt: skip
def test_an_error_of_scale_widens_a_set_and_keeps_its_kind(
    value: float, below: float, above: float, relative: float
) -> None:
    ends = {"low": value * np.exp(-below), "high": value * np.exp(above)}
    for kind in (RatioKind.BOUNDED, RatioKind.LOWER, RatioKind.UPPER, RatioKind.UNBOUNDED):
        known = {
            RatioKind.BOUNDED: ends, RatioKind.LOWER: {"low": ends["low"]},
            RatioKind.UPPER: {"high": ends["high"]}, RatioKind.UNBOUNDED: {},
        }[kind]  # fmt: skip
        one = RatioSet(kind=kind, value=value, **known)
        wide = one.with_scale_error(relative)
        assert (wide.kind, wide.value) == (kind, value)
        for name, sign in (("low", -1.0), ("high", 1.0)):
            plain, moved = getattr(one, name), getattr(wide, name)
            assert (plain is None) == (moved is None)
            if plain is not None:
                assert sign * np.log(moved / plain) >= -1e-9
    alone = RatioSet(kind=RatioKind.UPPER, value=None, high=value).with_scale_error(relative)
    tiny = RatioSet(kind=RatioKind.UPPER, value=1e-9 * value, high=value)
    assert tiny.with_scale_error(relative).high == pytest.approx(alone.high)
    q = K_TWO_SIDED * relative
    if q < 0.5:
        assert alone.high == pytest.approx(value / np.sqrt(1.0 - q * q), rel=0.01)


@pytest.mark.slow
def test_ratios_of_stations_whose_efficiencies_are_off_as_stated_hold_the_truth() -> None:
    rng = np.random.default_rng(11)
    response = cell_response(np.random.default_rng(2), n_decays=300_000)
    truth = GasTruth(concentration_mbq_m3={"Xe-135": 2e4, "Xe-133": 2e4})
    held = narrow = 0
    for _ in range(N_STATIONS):
        stated = replace(
            response.stated,
            efficiencies=tuple(
                replace(one, efficiency=one.efficiency + rng.normal() * (one.sigma or 0.0))
                for one in response.stated.efficiencies
            ),
        )
        made = simulate_campaign(replace(response, stated=stated), truth, rng)
        found = analyse_gas_sample(made.sample, made.gas_background, made.detector_background)
        one = found.ratios[0]
        assert (one.numerator, one.denominator) == ("Xe-135", "Xe-133")
        assert one.low is not None
        assert one.high is not None
        held += one.low <= 1.0 <= one.high
        narrow += one.high < 1.6 * one.low
    # 95 % of 40, less three standard errors of a proportion.
    assert held >= 0.95 * N_STATIONS - 3.0 * (0.95 * 0.05 * N_STATIONS) ** 0.5
    assert narrow == N_STATIONS
