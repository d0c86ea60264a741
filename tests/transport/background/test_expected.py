"""The background of known emitters against its formula, summed and drawn independently."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.cli.support_source import sensitivity

from vigie.errors import ParameterError
from vigie.facts.nuclides import nuclide
from vigie.records import Emitter, Sensitivity, parse_iso
from vigie.transport.background.expected import (
    Expected,
    chance_of_more,
    expected_background,
)
from vigie.transport.background.known import Reactor, producers, reactor_sites
from vigie.transport.source.likelihood import Observation, log_likelihood
from vigie.transport.source.over_background import NO_BACKGROUND, Background, log_likelihood_over
from vigie.transport.source.place_error import with_place_error

FIELD = sensitivity("AAP01", "2020-03-05T00:00")
ALPHA = Emitter(
    name="Alpha", latitude=47.2, longitude=20.1, nuclide="Xe-133", median_bq_per_day=2e11,
    spread=3.0, holds_days=365.25,
)  # fmt: skip
BETA = replace(ALPHA, name="Beta", latitude=45.0, longitude=12.0, spread=2.0, holds_days=1.0)


def per_day(field: Sensitivity, one: Emitter) -> float:
    """Return what a steady Bq/day leaves, summed step by step as the formula stands (twin)."""
    decay = math.log(2.0) / nuclide("Xe-133").half_life_s
    x = decay * (field.collection_stop_ns - field.collection_start_ns) / 1e9
    values = field.at(one.latitude, one.longitude)
    total = 0.0
    for n, value in enumerate(values):
        within = -math.expm1(-decay * field.step_s) / (decay * field.step_s)
        d_n = x / -math.expm1(-x) * math.exp(-decay * n * field.step_s) * within
        total += value * d_n * field.step_s / 86400.0
    return total


def test_the_mean_is_that_of_the_formula_with_decay() -> None:
    found = expected_background([FIELD], [ALPHA, BETA], "Xe-133")
    for part in found.parts:
        one = part.emitter
        mean = 2e11 * per_day(FIELD, one) * math.exp(0.5 * math.log(one.spread) ** 2)
        assert part.expected == pytest.approx(mean, rel=1e-9)
    assert found.mean == pytest.approx(found.draws.mean(), rel=0.03)
    assert sum(found.share_of(part) for part in found.parts) == pytest.approx(1.0)


def test_one_level_has_the_quantiles_of_a_lognormal() -> None:
    low, middle, high = expected_background([FIELD], [ALPHA], "Xe-133").quantiles
    median = 2e11 * per_day(FIELD, ALPHA)
    assert middle == pytest.approx(median, rel=0.03)
    wide = math.exp(1.6448536 * math.log(3.0))
    assert low == pytest.approx(median / wide, rel=0.06)
    assert high == pytest.approx(median * wide, rel=0.06)


def test_independent_days_narrow_what_one_level_would_leave() -> None:
    daily = expected_background([FIELD], [replace(ALPHA, holds_days=0.125)], "Xe-133").quantiles
    yearly = expected_background([FIELD], [ALPHA], "Xe-133").quantiles
    assert daily[2] / daily[0] < 0.7 * yearly[2] / yearly[0]


def test_neither_the_order_of_emitters_nor_those_of_other_nuclides_matter() -> None:
    other = replace(ALPHA, name="Other", nuclide="Xe-135")
    one = expected_background([FIELD], [ALPHA, BETA], "Xe-133")
    two = expected_background([FIELD], [other, BETA, ALPHA], "Xe-133")
    assert np.array_equal(one.draws, two.draws)


def test_what_is_released_before_it_began_or_after_it_ended_is_nothing() -> None:
    middle = parse_iso("2020-03-04T05:00")
    whole, before, after = (
        expected_background([FIELD], [one], "Xe-133")
        for one in (ALPHA, replace(ALPHA, to_ns=middle), replace(ALPHA, from_ns=middle))
    )
    assert before.mean + after.mean == pytest.approx(whole.mean, rel=1e-9)
    assert 0.0 < before.mean < whole.mean
    late = replace(ALPHA, from_ns=parse_iso("2021-01-01"))
    assert expected_background([FIELD], [late], "Xe-133").mean == 0.0


def test_several_models_count_by_their_mean() -> None:
    other = sensitivity("AAP01", "2020-03-05T00:00", shift=2.0)
    both = expected_background([FIELD, other], [ALPHA], "Xe-133").mean
    each = [expected_background([one], [ALPHA], "Xe-133").mean for one in (FIELD, other)]
    assert both == pytest.approx(0.5 * sum(each), rel=1e-9)


def test_an_unknown_release_is_named_and_not_counted() -> None:
    found = expected_background([FIELD], [replace(ALPHA, median_bq_per_day=None)], "Xe-133")
    assert [part.emitter.name for part in found.unknown] == ["Alpha"]
    assert found.mean == 0.0
    assert found.quantiles == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("value", [2e-4, 1e-3, 6e-3])
def test_the_chance_of_more_is_that_of_drawn_measurements(value: float) -> None:
    one = Observation(critical_level=5e-5, value=value, sigma=0.1 * value, detected=True)
    found = expected_background([FIELD], [ALPHA, BETA], "Xe-133")
    rng = np.random.default_rng(7)
    n = 200_000
    air = rng.choice(found.draws, n)
    measured = air + 0.5 * air / math.sqrt(math.pi) * rng.standard_t(2, n)
    # Cut at 0, drawn again: the law has no negative air.
    while (bad := measured < 0.0).any():
        measured[bad] = air[bad] * (1.0 + 0.5 / math.sqrt(math.pi) * rng.standard_t(2, bad.sum()))
    measured += rng.normal(0.0, 0.1 * value, n)
    chance = chance_of_more(one, found)
    assert chance == pytest.approx((measured >= value).mean(), abs=0.008)


def test_the_nodes_stand_for_the_law_in_a_likelihood() -> None:
    found = expected_background([FIELD], [ALPHA, BETA], "Xe-133")
    for one in (
        Observation(critical_level=5e-5, value=1e-3, sigma=1e-4, detected=True),
        Observation(critical_level=5e-4),
    ):
        given = log_likelihood_over(one, [0.0, 3e-4], [0.0, 1.5e-4], found.nodes(5e-5),
                                    model_error=0.5)  # fmt: skip
        draws = np.random.default_rng(3).choice(found.draws, 4000)
        for k, released in enumerate((0.0, 3e-4)):
            each = log_likelihood(one, released + draws, np.hypot(0.5 * released, 0.5 * draws))
            assert given[k] == pytest.approx(math.log(np.exp(each).mean()), abs=0.05)


def test_a_background_far_below_the_limit_is_none() -> None:
    found = expected_background([FIELD], [ALPHA], "Xe-133")
    assert found.nodes(1e3) is NO_BACKGROUND
    with pytest.raises(ParameterError, match="background"):
        Background(values=np.array([-1.0]), weights=np.ones(1))


def test_shares_of_a_detection_end_at_one() -> None:
    found = Expected(draws=np.linspace(0.0, 2.0, 2001), parts=())
    low, middle, high = found.explains(1.0)
    assert (round(low, 3), round(middle, 3), high) == (0.1, 1.0, 1.0)


def test_reactors_within_five_kilometres_are_one_site() -> None:
    reactors = [
        Reactor("A-1", 50.0, 179.99, 10, 20),
        Reactor("A-2", 50.0, -179.98, 15, None),  # 2 km on, over the date line
        Reactor("B", 50.5, 179.99, None, 30),
    ]
    sites = reactor_sites(reactors, "Xe-133", median_bq_per_day=1e9, spread=5.0, source="x")
    assert [(one.name, one.from_ns, one.to_ns) for one in sites] == [
        ("A-1", 10, None), ("B", None, 30),
    ]  # fmt: skip
    assert reactor_sites([], "Xe-133", median_bq_per_day=None, spread=1.0, source="") == ()


def test_vigies_table_gives_an_amount_only_with_its_source() -> None:
    for one in producers():
        assert (one.median_bq_per_day is not None) == bool(one.source), one.name
    ansto = next(one for one in producers() if "ANSTO" in one.name)
    assert ansto.median_bq_per_day is not None
    mean = ansto.median_bq_per_day * math.exp(0.5 * math.log(ansto.spread) ** 2)
    assert mean * 365.25 == pytest.approx(6.8e14, rel=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [{"latitude": 91.0}, {"median_bq_per_day": 0.0}, {"spread": 0.5}, {"holds_days": 0.0},
     {"from_ns": 2, "to_ns": 1}],
)  # fmt: skip
def test_an_emitter_makes_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        replace(ALPHA, **wrong)  # type: ignore[arg-type]


def test_a_spread_of_the_sensitivity_widens_the_law_and_keeps_its_mean() -> None:
    sharp = replace(ALPHA, spread=1.0)
    wide = replace(FIELD, spread=0.8 * FIELD.value)
    found = expected_background([wide], [sharp], "Xe-133")
    assert found.mean == pytest.approx(2e11 * per_day(FIELD, sharp), rel=1e-9)
    assert found.draws.mean() == pytest.approx(found.mean, rel=0.03)
    assert found.draws.std() == pytest.approx(0.8 * found.mean, rel=0.05)


def test_an_emitter_beside_the_plume_may_explain_what_was_seen() -> None:
    moved = with_place_error(FIELD, 100.0)
    new = np.flatnonzero(~np.isin(moved.cell, FIELD.cell))
    cell = moved.cell[new[np.argmax(moved.value[new])]]
    latitude, longitude = FIELD.grid.centres(np.array([cell]))
    beside = replace(ALPHA, latitude=float(latitude[0]), longitude=float(longitude[0]))
    assert expected_background([FIELD], [beside], "Xe-133").mean == 0.0
    found = expected_background([moved], [beside], "Xe-133")
    assert found.mean > 0.0
    limit = float(np.quantile(found.draws, 0.9))
    seen = Observation(critical_level=0.2 * limit, value=limit, sigma=0.1 * limit, detected=True)
    assert chance_of_more(seen, found) > 0.01
