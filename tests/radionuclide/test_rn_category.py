"""Categories of particulate samples, levels of noble gas, anomaly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.radionuclide.support_histories import (
    SERIES,
    judged_levels,
    labelled_history,
    observed,
)
from tests.radionuclide.support_samples import peak, result, sample

from vigie.errors import ParameterError
from vigie.pipeline.radionuclide.histories import earlier, judged_category
from vigie.radionuclide.judge import (
    Baseline,
    Contribution,
    Observation,
    abnormal_limit,
    categorise,
    default_recipe,
    earlier_chances,
    explained_by,
    gas_level,
    history,
    learn_baseline,
    load_recipe,
    sample_anomaly,
    smallest_chance,
)
from vigie.radionuclide.judge.recipe import shipped
from vigie.records import NS_PER_DAY, Category, NuclideResult, Reason, SampleAnalysis


def past(nuclide: str, values: list[float], *, critical: float = 2.0) -> list[Observation]:
    """Return a history of one value a day, from the past of the samples in these tests."""
    start = (sample().collection_start_ns or 0) - (len(values) + 1) * NS_PER_DAY
    return [
        Observation(
            time_ns=start + k * NS_PER_DAY,
            concentration=v,
            critical_level=critical,
            mdc=2.1 * critical,
            detected=v > critical,
        )
        for k, v in enumerate(values)
    ]


RNG = np.random.default_rng(20)
CESIUM = np.where(RNG.random(400) < 0.3, 6.0 * np.exp(RNG.normal(0, 0.3, 400)), 0.1)
BASELINES: dict[str, Baseline] = {
    "Be-7": learn_baseline(past("Be-7", list(3000.0 * np.exp(RNG.normal(0, 0.3, 400))))),
    "Pb-212": learn_baseline(past("Pb-212", list(20_000.0 * np.exp(RNG.normal(0, 0.4, 400))))),
    "Cs-137": learn_baseline(past("Cs-137", list(CESIUM))),
    "Ba-140": learn_baseline(past("Ba-140", [0.1] * 400)),
}
NATURAL = (result("Be-7", 3100.0, sigma=60.0), result("Pb-212", 21_000.0, sigma=400.0))


def level(*nuclides: NuclideResult) -> Category:
    return categorise(sample(*NATURAL, *nuclides), BASELINES)


def codes(category: Category) -> list[str]:
    return [reason.code for reason in category.reasons]


def test_only_natural_nuclides_as_usual_are_level_1() -> None:
    found = level()
    assert (found.level, found.rule, found.rules_version) == ("1", "particulate.1", "1.0")
    assert codes(found) == ["category.natural_usual", "category.in_range", "category.in_range"]
    assert found.nuclides == ()


def test_a_natural_nuclide_out_of_its_range_is_level_2() -> None:
    found = categorise(sample(result("Be-7", 30_000.0, sigma=300.0), NATURAL[1]), BASELINES)
    assert found.level == "2"
    assert "category.above_range" in codes(found)


def test_a_relevant_nuclide_as_usual_is_level_3_and_its_other_source_is_named() -> None:
    found = level(result("Cs-137", 6.0))
    assert found.level == "3"
    assert Reason.of("category.explained", nuclide="Cs-137", cause="resuspension") in found.reasons


def test_a_relevant_nuclide_above_its_range_is_level_4() -> None:
    found = level(result("Cs-137", 60.0))
    assert found.level == "4"
    (reason,) = [r for r in found.reasons if r.code == "category.above_range" and
                 dict(r.params)["nuclide"] == "Cs-137"]  # fmt: skip
    assert dict(reason.params)["concentration"] == 60.0
    assert 5.0 < dict(reason.params)["limit"] < 60.0  # type: ignore[operator]


def test_a_nuclide_never_seen_is_level_4_and_two_are_level_5() -> None:
    assert level(result("Ba-140", 12.0)).level == "4"
    found = level(result("Ba-140", 12.0), result("I-131", 9.0))
    assert found.level == "5"
    assert found.reasons[0] == Reason.of("category.several_unusual", n=2, nuclides="Ba-140, I-131")


def test_two_activation_products_without_a_fission_product_are_level_4() -> None:
    found = level(result("Zn-65", 12.0), result("Co-58", 9.0))
    assert found.level == "4"
    assert codes(found)[0] == "category.no_fission"


def test_a_daughter_kept_by_its_parent_is_no_second_nuclide() -> None:
    daughter = replace(result("La-140", 12.0), supported_by="Ba-140")
    found = level(result("Ba-140", 12.0), daughter)
    assert found.level == "4"
    assert Reason.of("category.kept_by", nuclide="La-140", parent="Ba-140") in found.reasons
    # Alone it counts, and where the rules say so.
    assert level(daughter).level == "4"
    text = shipped("categories.toml").replace("count_daughters = false", "count_daughters = true")
    both = categorise(
        sample(*NATURAL, result("Ba-140", 12.0), daughter), BASELINES, recipe=load_recipe(text)
    )
    assert both.level == "5"


def test_a_doubtful_nuclide_does_not_make_a_level_and_is_named() -> None:
    weak = level(result("Zn-65", 2.4, sigma=1.0))
    assert weak.level == "1"
    assert "category.too_weak" in codes(weak)
    unsure = level(replace(result("Zn-65", 20.0), probability=0.7))
    assert unsure.level == "1"
    assert "category.uncertain_identity" in codes(unsure)
    short = level(replace(result("Pr-144", 20.0), half_life_s=1.0e2))
    assert short.level == "1"
    assert "category.too_short_lived" in codes(short)


def test_a_short_life_does_not_keep_from_the_filter_what_came_with_its_parent() -> None:
    kept = replace(result("Pr-144", 20.0), half_life_s=1.0e2, supported_by="Ce-144")
    text = shipped("categories.toml").replace("count_daughters = false", "count_daughters = true")
    found = categorise(
        sample(*NATURAL, result("Ce-144", 20.0), kept), BASELINES, recipe=load_recipe(text)
    )
    assert "category.too_short_lived" not in codes(found)


def test_unexplained_peaks_are_counted_and_strangers_named() -> None:
    odd = sample(*NATURAL, result("Xe-133", 4.0), peaks=(peak(987.6), peak(477.6, nuclide="Be-7")))
    found = categorise(odd, BASELINES)
    assert Reason.of("category.unexplained_peaks", n=1) in found.reasons
    assert Reason.of("category.not_listed", nuclide="Xe-133") in found.reasons


def test_without_history_a_natural_nuclide_is_usual_and_a_relevant_one_is_not() -> None:
    plain = categorise(sample(*NATURAL), {})
    assert plain.level == "1"
    told = Reason.of("category.natural_short_history", nuclides="Be-7, Pb-212", n=0)
    assert told in plain.reasons
    relevant = categorise(sample(*NATURAL, result("Cs-137", 30.0)), {})
    assert relevant.level == "4"
    assert "category.no_history" in codes(relevant)


OVERRIDE = """
[[nuclides]]
nuclide = "Ba-140"
station = "FRP31"
cause = "a plant nearby"
from_date = 2026-02-01
to_date = 2026-03-31
counts = false
"""


def test_a_station_override_holds_at_its_station_and_in_its_time() -> None:
    recipe = load_recipe(shipped("categories.toml") + OVERRIDE)
    barium = result("Ba-140", 12.0)
    held = categorise(sample(*NATURAL, barium), BASELINES, recipe=recipe)
    assert held.level == "1"
    assert "category.left_out" in codes(held)
    elsewhere = sample(*NATURAL, barium, station="SEP63")
    later = sample(*NATURAL, barium, day=60)
    assert [categorise(s, BASELINES, recipe=recipe).level for s in (elsewhere, later)] == ["4", "4"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("usual_detections = 3", "usual_detection = 3", "thresholds = usual_detection: is an unk"),
        ("unusual_relevant = 2", "unusual_relevants = 2", r"rules\[1\] = unusual_relevants"),
        ("natural_rate = 0.02", "natural_rate = 1.5", "natural_rate = 1.5: a chance above 0"),
        ("least_significance = 3.0", "least_significance = nan", "least_significance = nan"),
        ("usual_detections = 3", "usual_detections = -3", "usual_detections = -3: 1 or more"),
        ("least_probability = 0.95", "least_probability = 95.0", "least_probability = 95"),
        ('level = "5"', 'level = "purple"', "level = purple: one of 1, 2, 3, 4, 5"),
        ("unusual_relevant = 2", "unusual_relevant = -2", "0 or more"),
        ('fission = ["fission"]', 'fission = ["fision"]', "lists = fision"),
        ('nuclide = "I-131"', 'nuclide = "Xx-140"', "nuclides = Xx-140"),
        ('nuclide = "I-131"', 'nuclide = "I131"', "nuclides = I131: spelled I-131"),
        ('id = "particulate.4"', 'id = "particulate.5"', "one rule per id"),
        ('level = "1"', 'level = "1"\nrelevant = 1', "must hold for every sample"),
        ('cause = "shield"', 'cause = "shield"\nsation = "X"', "sation: is an unknown key"),
    ],
)
def test_wrong_rules_are_refused(old: str, new: str, told: str) -> None:
    text = shipped("categories.toml")
    assert old in text
    with pytest.raises(ParameterError, match=told):
        load_recipe(text.replace(old, new, 1))


def test_the_summary_says_what_was_found_and_did_not_count() -> None:
    nothing = categorise(sample(), BASELINES)
    assert nothing.reasons[0].code == "category.nothing_found"
    left_out = categorise(sample(*NATURAL, result("Ba-140", 2.5, sigma=1.2)), BASELINES)
    assert left_out.level == "1"
    assert left_out.reasons[0] == Reason.of("category.none_counts", nuclides="Ba-140")
    assert categorise(sample(*NATURAL), BASELINES).reasons[0].code == "category.natural_usual"


def test_old_decisions_can_be_made_again() -> None:
    made = [level(result("Cs-137", 60.0)) for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.slow
def test_levels_of_a_labelled_history() -> None:
    judged = judged_levels(labelled_history(500, np.random.default_rng(42)), from_day=300)
    truth = np.array([one.anthropogenic for one, _ in judged])
    told = np.array([lev in ("3", "4", "5") for _, lev in judged])
    # The benchmark has the figure of many station-years; here two hundred samples.
    assert np.mean(truth == told) > 0.94
    assert np.mean(told[truth]) > 0.95
    releases = [lev for one, lev in judged if one.release]
    assert releases
    assert all(lev in ("4", "5") for lev in releases)
    quiet = [lev for one, lev in judged if not one.present]
    assert np.mean([lev in ("4", "5") for lev in quiet]) < 0.02


def gas(xe133: float, *, xe131m: float = 0.0) -> list[NuclideResult]:
    return [
        result("Xe-133", xe133, critical_level=0.1, sigma=0.05, unit="mBq/m3"),
        result("Xe-131m", xe131m, critical_level=0.05, sigma=0.02, unit="mBq/m3"),
    ]


def test_levels_and_grades_of_noble_gas() -> None:
    rng = np.random.default_rng(3)
    usual = past("Xe-133", list(0.5 * np.exp(rng.normal(0.0, 0.7, 400))), critical=0.1)
    histories = {"Xe-133": usual, "Xe-131m": past("Xe-131m", [0.0] * 400, critical=0.05)}
    kind = {"technology": "noble_gas"}

    def judged(*results: NuclideResult) -> Category:
        level = gas_level(replace(sample(*results), **kind), histories)  # type: ignore[arg-type]
        assert level is not None
        return level

    assert judged(*gas(0.05)).level == "A"
    assert judged(*gas(0.6)).level == "B"
    found = judged(*gas(20.0))
    assert found.level == "C"
    assert codes(found)[:2] == ["gas.abnormal", "gas.grade"]
    assert dict(found.reasons[1].params)["grade"] == "G1"
    both = judged(*gas(0.6, xe131m=0.4))
    assert both.level == "C"
    assert dict(both.reasons[1].params)["grade"] == "G2"
    at = sample().collection_start_ns or 0
    limit = abnormal_limit(usual, at)
    assert limit == pytest.approx(0.5 * np.exp(0.7 * 2.326), rel=0.35)
    alone = gas_level(sample(*gas(20.0), technology="noble_gas"), {})
    assert alone is not None
    assert alone.level == "B"
    assert "gas.no_history" in codes(alone)
    assert codes(alone)[0] == "gas.unjudged"
    flagged = gas_level(
        sample(*gas(0.6)), histories, ratio_flags=(Reason.of("gas.grade", n=1, grade="G1"),)
    )
    assert flagged is not None
    assert len(flagged.reasons) == len(judged(*gas(0.6)).reasons) + 1
    brief = gas_level(sample(*gas(0.6)), {"Xe-133": usual[-100:]})
    assert brief is not None
    assert "gas.short_history" in codes(brief)


@pytest.mark.parametrize("n", [30, 60, 99])
def test_far_more_than_a_short_history_holds_is_level_4_or_c(n: int) -> None:
    rng = np.random.default_rng(5)
    cesium = {"Cs-137": learn_baseline(past("Cs-137", list(10.0 * rng.lognormal(0.0, 0.4, n))))}
    assert categorise(sample(result("Cs-137", 5000.0)), cesium).level == "4"
    assert categorise(sample(result("Cs-137", 12.0)), cesium).level == "3"
    xenon = past("Xe-133", list(0.5 * rng.lognormal(0.0, 0.4, n)), critical=0.1)
    never = past("Xe-131m", [0.0] * n, critical=0.05)
    histories = {"Xe-133": xenon, "Xe-131m": never}
    for amounts, level in (((50.0, 0.0), "C"), ((0.5, 0.0), "B"), ((0.5, 5.0), "C")):
        one = sample(*gas(amounts[0], xe131m=amounts[1]), technology="noble_gas")
        found = gas_level(one, histories)
        assert found is not None
        assert found.level == level


def test_an_event_after_a_short_history_is_not_learned_day_by_day() -> None:
    rng = np.random.default_rng(2)
    done: list[SampleAnalysis] = []
    for day in range(72):
        sizes = 10.0 * rng.lognormal(0.0, 0.3, 2) * (100.0 if day >= 60 else 1.0)
        names = zip(("Cs-137", "I-131"), sizes, strict=True)
        one = sample(*(result(name, float(size)) for name, size in names), day=day)
        one = replace(one, sample_id=f"{day:015d}")
        done.append(replace(one, category=judged_category(one, earlier(one, done))))
    assert {one.category.level for one in done[60:] if one.category} == {"5"}


def test_there_is_no_level_where_nothing_is_said_of_an_isotope() -> None:
    (seen, *others) = gas(0.6)
    silent = replace(seen, nuclide="Xe-135").without_numbers()
    assert silent.withheld
    assert not seen.withheld
    assert gas_level(sample(seen, *others, technology="noble_gas"), {}) is not None
    assert gas_level(sample(seen, silent, technology="noble_gas"), {}) is None


@pytest.mark.slow
def test_the_limit_of_noble_gas_is_exceeded_as_often_as_stated() -> None:
    recipe = default_recipe()
    hits = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        samples = observed(SERIES["plumes"](1200, rng), rng)
        for k in range(400, 1200, 4):
            limit = abnormal_limit(samples[:k], samples[k].time_ns, recipe)
            assert limit is not None
            hits.append((samples[k].concentration or 0.0) > limit)
    assert np.mean(hits) == pytest.approx(recipe.thresholds.gas_rate, abs=0.008)


def test_a_sample_of_level_5_teaches_nothing() -> None:
    event = sample(result("Cs-137", 60.0), day=2)
    level_5 = Category(level="5", rule="particulate.5", rules_version="1.0")
    found = history([sample(result("Cs-137", 5.0)), replace(event, category=level_5)], "Cs-137")
    assert [o.excluded for o in found] == [False, True]


def test_of_level_5_only_what_was_unusual_against_a_history_teaches_nothing() -> None:
    found = sample(result("Be-7", 4000.0), result("Cs-137", 60.0), result("Ba-140", 9.0))
    reasons = (
        Reason.of("category.several_unusual", n=2, nuclides="Ba-140, Cs-137"),
        Reason.of("category.rarely_seen", nuclide="Ba-140", seen=0, n=200),
        Reason.of("category.rarely_seen", nuclide="Cs-137", seen=1, n=1),
    )
    level_5 = Category(
        level="5", rule="5", rules_version="1.0", nuclides=("Ba-140",), reasons=reasons
    )
    event = replace(found, category=level_5)
    taught = {n: not history([event], n)[0].excluded for n in ("Be-7", "Cs-137", "Ba-140")}
    assert taught == {"Be-7": True, "Cs-137": True, "Ba-140": False}


def test_a_category_names_the_nuclides_that_a_history_calls_unusual() -> None:
    """The history of Cs-137 is short: unusual it is, and the next sample may make it usual."""
    found = sample(result("Be-7", 4000.0), result("Cs-137", 60.0), result("Ba-140", 9.0))
    short = {"Cs-137": learn_baseline(past("Cs-137", [0.1] * 10))}
    category = categorise(found, {**BASELINES, **short})
    assert category.level == "5"
    assert category.nuclides == ("Ba-140",)
    event = replace(found, category=category)
    taught = {n: not history([event], n)[0].excluded for n in ("Be-7", "Cs-137", "Ba-140")}
    assert taught == {"Be-7": True, "Cs-137": True, "Ba-140": False}


def test_two_nuclides_that_a_detector_always_sees_become_usual() -> None:
    """They are unusual in the first samples, which is level 5; it must not stay so for ever."""
    rng = np.random.default_rng(1)
    done: list[SampleAnalysis] = []
    for day in range(60):
        sizes = rng.lognormal(0.0, 0.1, 3) * [4000.0, 9.0, 12.0]
        names = zip(("Be-7", "Cs-137", "Co-60"), sizes, strict=True)
        one = sample(*(result(name, float(size)) for name, size in names), day=day)
        one = replace(one, sample_id=f"{day:015d}")
        done.append(replace(one, category=judged_category(one, earlier(one, done))))
    levels = [one.category.level if one.category else "" for one in done]
    assert levels[0] == "5"
    assert "5" not in levels[40:]


def test_a_history_is_taken_from_analyses_in_the_order_of_time() -> None:
    days = [sample(result("Cs-137", float(d)), day=d) for d in (3, 1, 2)]
    found = history(days, "Cs-137")
    assert [o.concentration for o in found] == [1.0, 2.0, 3.0]
    assert history(days, "Ba-140") == ()
    activity = sample(replace(result("Cs-137", 1.0), unit="Bq"))
    assert history([activity], "Cs-137") == ()


def test_the_anomaly_of_a_sample_is_calibrated() -> None:
    # Five nuclides that go together: independence would make the smallest chance too small.
    rng = np.random.default_rng(5)
    shared = rng.normal(0.0, 1.0, 4000)
    from scipy.special import ndtr

    several = ndtr(0.8 * shared[:, None] + 0.6 * rng.normal(0.0, 1.0, (4000, 5)))
    smallest = several.min(axis=1)
    chances = []
    for k in range(600, 4000, 10):
        named = dict(zip("abcde", several[k], strict=True))
        found = sample_anomaly(named, list(smallest[k - 600 : k]))
        assert found is not None
        chances.append(found.chance)
    for rate in (0.05, 0.2, 0.5):
        assert np.mean(np.array(chances) < rate) == pytest.approx(rate, abs=0.05)


def test_the_anomaly_of_a_station_with_two_nuclides() -> None:
    rng = np.random.default_rng(8)
    histories = {name: observed(SERIES[name](500, rng), rng) for name in ("lognormal", "seasonal")}
    before = earlier_chances(histories)
    assert len(before) == 470
    last = {name: learn_baseline(samples) for name, samples in histories.items()}
    at = histories["lognormal"][-1]
    usual = {name: base.chance(replace(at, concentration=base.median(at.time_ns), detected=True))
             for name, base in last.items()}  # fmt: skip
    quiet = sample_anomaly({k: v for k, v in usual.items() if v is not None}, before)
    assert quiet is not None
    assert quiet.probability < 0.9
    loud = sample_anomaly({"lognormal": 1e-5, "seasonal": 0.5}, before)
    assert loud is not None
    assert (loud.nuclide, loud.probability > 0.99) == ("lognormal", True)


def test_anomaly_of_nothing_and_of_a_short_history() -> None:
    assert sample_anomaly({"Cs-137": 0.5}, [0.5] * 10) is None
    quiet = sample_anomaly({}, [0.5] * 100)
    assert quiet is not None
    assert (quiet.chance, quiet.nuclide, quiet.probability) == (1.0, "", 0.0)
    assert smallest_chance({"a": 1.0}) == ("", 1.0)


def test_known_emitters_explain_a_value() -> None:
    measured = result("Xe-133", 1.0, sigma=0.05, critical_level=0.1, unit="mBq/m3")
    half = explained_by(measured, [Contribution(source="ANSTO", concentration=1.0, factor=2.0)])
    assert half is not None
    assert half.share == 1.0
    # The prediction is the median of its own error: as much is made in half of the cases.
    assert half.chance_of_more == pytest.approx(0.5, abs=0.01)
    little = explained_by(
        measured,
        [
            Contribution(source="A", concentration=0.01, factor=2.0),
            Contribution(source="B", concentration=0.03, factor=2.0),
        ],
    )
    assert little is not None
    assert little.sources == ("B", "A")
    assert little.chance_of_more < 0.001
    assert explained_by(measured, []) is None
    with pytest.raises(ParameterError):
        explained_by(measured, [Contribution(source="A", concentration=1.0, factor=1.0)])


def test_the_level_of_a_gas_names_the_isotopes_above_their_limit() -> None:
    rng = np.random.default_rng(7)
    usual = list(rng.lognormal(0.0, 0.3, 200))
    histories = {name: past(name, usual, critical=0.1) for name in ("Xe-133", "Xe-131m")}
    gas = [result(name, value, unit="mBq/m3", critical_level=0.1) for name, value in (
        ("Xe-133", 60.0), ("Xe-131m", 1.0))]  # fmt: skip
    found = gas_level(sample(*gas, technology="noble_gas"), histories)
    assert found is not None
    assert (found.level, found.nuclides) == ("C", ("Xe-133",))
