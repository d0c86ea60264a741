"""Portions at laboratories and zeta scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.radionuclide.support_samples import NS_PER_H, result, sample

from vigie.errors import BadRecordError, ParameterError, UnknownModelError
from vigie.facts.ims import ims_facilities
from vigie.facts.laboratories import laboratories, laboratory
from vigie.facts.nuclides import nuclide
from vigie.radionuclide.decay import SampleTimes, chain_decays, chain_of, decay_factors
from vigie.radionuclide.laboratory import (
    Grade,
    Measured,
    Split,
    compare,
    compare_split,
    grade,
    is_portion_of,
    parse_srid,
    split_srids,
    to_reference,
)
from vigie.radionuclide.particulate import analyse_sample
from vigie.records import NuclideResult, Reason, SampleAnalysis, parse_iso
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_sample

WHOLE = "31202603010011G"
PORTION = "31202603010022G"


def test_identifications_of_real_messages() -> None:
    xenon = parse_srid("58202112020111X")
    assert (xenon.site, xenon.portions, xenon.portion, xenon.type) == (58, 1, 1, "X")
    assert xenon.start_ns == parse_iso("2021-12-02T01:00:00Z")
    assert parse_srid("58201904301011K").type == "K"


@settings(derandomize=True)
@given(
    st.integers(0, 99),
    st.integers(0, 400_000),
    st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))),
    st.sampled_from("XKGPQ"),
)
def test_an_identification_is_read_as_written(
    site: int, hours: int, portions: tuple[int, int], kind: str
) -> None:
    start = parse_iso("1995-01-01T00:00:00Z") + hours * NS_PER_H
    made = replace(
        parse_srid(WHOLE), site=site, start_ns=start, portions=portions[0], portion=portions[1],
        type=kind,
    )  # fmt: skip
    assert parse_srid(str(made)) == made
    assert len(str(made)) == 15


@pytest.mark.parametrize(
    "text",
    [
        "",
        "58202113020111X",
        "58202112022511X",
        "5820211202011X",
        "58202112020112X",
        "5820211202011xX",
    ],
)
def test_what_is_no_identification_is_refused(text: str) -> None:
    with pytest.raises(BadRecordError, match="SRID"):
        parse_srid(text)


def test_portions() -> None:
    assert split_srids(WHOLE, 2) == ("31202603010021G", PORTION)
    assert is_portion_of(PORTION, WHOLE)
    assert not is_portion_of("32202603010022G", WHOLE)
    with pytest.raises(BadRecordError):
        split_srids(PORTION, 2)
    with pytest.raises(BadRecordError):
        split_srids(WHOLE, 1)


def test_zeta_by_hand() -> None:
    # (12 - 10) / sqrt(0.8^2 + 0.6^2) = 2.0; E_n with doubled errors is half of it.
    found = compare("Cs-137", Measured(value=10.0, sigma=0.6), Measured(value=12.0, sigma=0.8))
    assert found.zeta == pytest.approx(2.0)
    assert found.e_n == pytest.approx(1.0)
    assert found.grade is Grade.ACCEPTABLE
    # Weighted mean: weights 1/0.36 and 1/0.64.
    assert found.combined.value == pytest.approx((10 / 0.36 + 12 / 0.64) / (1 / 0.36 + 1 / 0.64))
    assert found.combined.sigma == pytest.approx((1 / 0.36 + 1 / 0.64) ** -0.5)


@pytest.mark.parametrize(
    ("zeta", "told"),
    [
        (0.0, Grade.ACCEPTABLE),
        (2.0, Grade.ACCEPTABLE),
        (2.001, Grade.QUESTIONABLE),
        (2.999, Grade.QUESTIONABLE),
        (3.0, Grade.NOT_ACCEPTABLE),
        (3.5, Grade.NOT_ACCEPTABLE),
    ],
)
def test_three_and_beyond_call_for_action(zeta: float, told: Grade) -> None:
    # ISO 13528:2022: |z| >= 3.0 is an action signal, 2.0 < |z| < 3.0 a warning.
    assert grade(zeta) is told
    assert grade(-zeta) is told


def test_a_shared_error_is_not_averaged_out() -> None:
    # Two results with 5 % in common and 1 % of their own: together still 5 %.
    sigma = 100.0 * np.hypot(0.05, 0.01)
    a = Measured(value=100.0, sigma=float(sigma))
    found = compare("Ba-140", a, a, shared_relative=0.05)
    assert found.combined.sigma == pytest.approx(
        100.0 * np.hypot(0.05, 0.01 / np.sqrt(2)), rel=1e-6
    )
    with pytest.raises(ParameterError, match="shared_relative"):
        compare("Ba-140", a, a, shared_relative=0.2)
    with pytest.raises(ParameterError):
        Measured(value=1.0, sigma=0.0)


def test_of_results_that_differ_much_the_shared_error_cancels_too() -> None:
    # x = a / V: activities 1.0 and 2.0 with errors of 0.05 and 0.1, the volume known to 20 %.
    station = Measured(value=1.0, sigma=float(np.hypot(0.05, 0.2)))
    laboratory_ = Measured(value=2.0, sigma=float(np.hypot(0.1, 0.4)))
    found = compare("Cs-137", station, laboratory_, shared_relative=0.2)
    assert found.zeta == pytest.approx(1.0 / np.hypot(0.05, 0.1))
    # Mean of the activities with weights 400 and 100, which lies between them: a = 1.2.
    assert found.weight_laboratory == pytest.approx(0.2)
    assert found.combined.value == pytest.approx(1.2)
    assert found.combined.sigma == pytest.approx(np.hypot(500.0**-0.5, 0.2 * 1.2))


@pytest.mark.parametrize("shared", [-0.01, float("nan"), float("inf")])
def test_a_shared_error_is_a_share(shared: float) -> None:
    a = Measured(value=100.0, sigma=5.0)
    with pytest.raises(ParameterError, match="shared_relative"):
        compare("Ba-140", a, a, shared_relative=shared)


def test_decay_back_to_the_collection() -> None:
    # I-131, 8.0233 d: after 16.0466 d a quarter is left.
    back = to_reference(Measured(value=1.0, sigma=0.1), 2 * 693213.0, 693213.0)
    assert (back.value, back.sigma) == pytest.approx((4.0, 0.4))
    uncertain = to_reference(Measured(value=1.0, sigma=1e-9), 693213.0, 693213.0, 6932.13)
    assert uncertain.sigma == pytest.approx(2.0 * np.log(2.0) * 0.01, rel=1e-6)
    assert to_reference(Measured(value=1.0, sigma=0.1), 10.0, 1.0).value == pytest.approx(1024.0)
    with pytest.raises(ParameterError, match="half-lives"):
        to_reference(Measured(value=1.0, sigma=0.1), 10.1, 1.0)


def test_a_portion_is_compared_with_its_sample() -> None:
    half_life = 1102900.0
    station = replace(
        sample(replace(result("Ba-140", 100.0, sigma=6.0), half_life_s=half_life),
               result("Cs-137", 9.0, sigma=1.0)), sample_id=WHOLE
    )  # fmt: skip
    # Ten days later 54 % is left, and the portion is half of the filter: of 2 Bq 0.581 Bq.
    later = (station.acquisition_start_ns or 0) + 240 * NS_PER_H
    left = 2.0 * 0.5 * 2.0 ** (-864000.0 / half_life)
    at_lab = replace(
        station,
        sample_id=PORTION,
        acquisition_start_ns=later,
        nuclides=(
            replace(
                result("Ba-140", 0.0, detected=True),
                activity_bq=left,
                activity_sigma_bq=0.02 * left,
                half_life_s=half_life,
            ),
        ),
    )
    split = Split(
        sample_id=WHOLE, portion_id=PORTION, laboratory="FRL08", share=0.5, share_sigma=0.01,
        volume_relative=0.03,
    )  # fmt: skip
    found = compare_split(station, at_lab, split)
    (one,) = found.comparisons
    assert one.laboratory.value == pytest.approx(100.0)
    assert one.laboratory.sigma == pytest.approx(100.0 * np.sqrt(0.02**2 + 0.02**2 + 0.03**2))
    assert one.zeta == pytest.approx(0.0, abs=1e-9)
    assert [r.code for r in found.left_out] == ["laboratory.not_reported"]
    with pytest.raises(ParameterError, match="must name"):
        compare_split(station, replace(at_lab, sample_id=WHOLE), split)
    with pytest.raises(ParameterError, match="known of both"):
        compare_split(replace(station, acquisition_start_ns=None), at_lab, split)
    with pytest.raises(ParameterError, match="share"):
        replace(split, share=0.0)
    much_later = replace(at_lab, acquisition_start_ns=later + 10**18)
    gone = compare_split(station, much_later, split)
    assert "laboratory.decayed_away" in [r.code for r in gone.left_out]


DAY_NS = 24 * NS_PER_H
WAIT_S = 9.0 * 86400.0


def collected(name: str, activity: float, sigma: float, *, wait_d: float = 1.0) -> NuclideResult:
    """Return a result as an analysis of 20,000 m3 of a day gives it, so long after the day."""
    half_life_s = nuclide(name).half_life_s
    times = SampleTimes(collection_s=86400.0, decay_s=wait_d * 86400.0, acquisition_s=86400.0)
    k = decay_factors(half_life_s, times)
    per_bq = k.collection * k.decay * 1e6 / 20_000.0
    return replace(
        result(name, activity * per_bq, sigma=sigma * per_bq, detected=activity > 2.0 * sigma),
        activity_bq=activity,
        activity_sigma_bq=sigma,
        half_life_s=half_life_s,
        decay_factors=(k.collection, k.decay, k.acquisition),
    )


def pair_of(
    at_station: list[NuclideResult], at_laboratory: list[NuclideResult]
) -> tuple[SampleAnalysis, SampleAnalysis]:
    """Return analyses at 1 and at 10 days after the collection."""
    station = replace(sample(*at_station), sample_id=WHOLE)
    return station, replace(
        station,
        sample_id=PORTION,
        acquisition_start_ns=(station.acquisition_start_ns or 0) + 9 * DAY_NS,
        nuclides=tuple(at_laboratory),
    )


SENT = Split(sample_id=WHOLE, portion_id=PORTION, laboratory="FRL08")


@pytest.mark.parametrize("in_station", [False, True])
@pytest.mark.parametrize("stated", [None, 0.03])
def test_zeta_of_equal_pairs_has_width_one(*, in_station: bool, stated: float | None) -> None:
    # One stated volume divides both, however wrong; whether the station's uncertainty holds that
    # error, and whether it is stated with the split, is nothing to the difference.
    rng = np.random.default_rng(17)
    split = replace(SENT, volume_relative=stated)
    left = float(2.0 ** (-WAIT_S / nuclide("Ba-140").half_life_s))
    scores = []
    for _ in range(3000):
        one = collected("Ba-140", 2.0 * (1.0 + 0.03 * rng.normal()), 0.06)
        two = collected("Ba-140", left * 2.0 * (1.0 + 0.02 * rng.normal()), left * 0.04)
        held = np.hypot(one.uncertainty or 0.0, 0.03 * (one.concentration or 0.0))
        one = replace(one, uncertainty=float(held)) if in_station else one
        (found,) = compare_split(*pair_of([one], [two]), split).comparisons
        scores.append(found.zeta)
    # 3,000 pairs: errors of 0.018 of the mean, 0.013 of the width.
    assert np.mean(scores) == pytest.approx(0.0, abs=0.06)
    assert np.std(scores) == pytest.approx(1.0, abs=0.04)
    assert np.mean(np.abs(scores) > 2.0) == pytest.approx(0.0455, abs=0.012)


def test_the_volume_error_is_told_of_both_results_but_once() -> None:
    left = float(2.0 ** (-WAIT_S / nuclide("Ba-140").half_life_s))
    bare = collected("Ba-140", 2.0, 0.06)
    two = collected("Ba-140", left * 2.0, left * 0.04)
    whole = float(np.hypot(bare.uncertainty or 0.0, 0.05 * (bare.concentration or 0.0)))
    held = replace(bare, uncertainty=whole)
    for one, stated, relative in (
        (bare, None, 0.0), (bare, 0.05, 0.05), (held, None, 0.05), (held, 0.05, 0.05),
        (held, 0.0, 0.0),
    ):  # fmt: skip
        split = replace(SENT, volume_relative=stated)
        (found,) = compare_split(*pair_of([one], [two]), split).comparisons
        value = one.concentration or 0.0
        assert found.station.sigma == pytest.approx(value * np.hypot(0.03, relative))
        assert found.laboratory.sigma == pytest.approx(value * np.hypot(0.02, relative))
        own = (0.03**-2 + 0.02**-2) ** -0.5
        assert found.combined.sigma == pytest.approx(value * np.hypot(own, relative))


def test_a_daughter_is_judged_by_its_parent() -> None:
    # One air: La-140 grows for one day at the station, for ten at the laboratory.
    chain = chain_of("Ba-140", "La-140")
    times = [
        SampleTimes(collection_s=86400.0, decay_s=d * 86400.0, acquisition_s=86400.0)
        for d in (1.0, 10.0)
    ]
    found = []
    for when in times:
        atoms = chain_decays(chain, when, supply_per_s=(2e4,)).atoms_at_start
        rates = [nuclide(name).decay_constant_per_s for name in chain.names]
        ba, la = (n * rate for n, rate in zip(atoms, rates, strict=True))
        wait_d = when.decay_s / 86400.0
        barium = collected("Ba-140", ba, 0.03 * ba, wait_d=wait_d)
        lanthanum = replace(collected("La-140", la, 0.03 * la), supported_by="Ba-140")
        found.append([barium, lanthanum])
    assert found[1][1].activity_bq != pytest.approx(found[0][1].activity_bq, rel=0.1)
    for station, at_lab in (
        (found[0], found[1]),
        (found[0], [found[1][0], replace(found[1][1], supported_by="")]),
        ([found[0][0], replace(found[0][1], supported_by="")], found[1]),
    ):
        compared = compare_split(*pair_of(station, at_lab), SENT)
        (one,) = compared.comparisons
        assert one.nuclide == "Ba-140"
        assert one.zeta == pytest.approx(0.0, abs=1e-6)
        told = Reason.of("laboratory.judged_by_parent", nuclide="La-140", parent="Ba-140")
        assert compared.left_out == (told,)


def test_a_laboratory_without_the_collection_finds_all_of_a_daughter() -> None:
    # A spectrum without collection: what is there, La-140 of Ba-140 with it and not told.
    ba, la = (
        replace(
            collected(name, 1.0, 0.02),
            unit="Bq",
            concentration=None,
            uncertainty=None,
            decay_factors=None,
            remarks=(Reason.of("particulate.not_collected"),),
        )
        for name in ("Ba-140", "La-140")
    )
    at_station = [collected("Ba-140", 1.6, 0.05), collected("La-140", 0.2, 0.05)]
    compared = compare_split(*pair_of(at_station, [ba, la]), SENT)
    assert [one.nuclide for one in compared.comparisons] == ["Ba-140"]
    assert [r.code for r in compared.left_out] == ["laboratory.judged_by_parent"]


def test_of_a_laboratory_without_the_collection_no_natural_series_is_compared() -> None:
    # Pb-210 on the filter and in the shield are one amount there.
    names = ("Pb-210", "Cs-137")
    bare = [
        replace(
            collected(name, 1.0, 0.02),
            unit="Bq",
            concentration=None,
            uncertainty=None,
            decay_factors=None,
        )
        for name in names
    ]
    at_station = [collected(name, 1.0, 0.02) for name in names]
    compared = compare_split(*pair_of(at_station, bare), SENT)
    assert [one.nuclide for one in compared.comparisons] == ["Cs-137"]
    assert compared.left_out == (
        Reason.of("laboratory.unknown_origin", nuclide="Pb-210", where="laboratory"),
    )


@pytest.mark.parametrize("where", ["station", "laboratory"])
def test_what_was_not_collected_is_not_compared(where: str) -> None:
    shield = replace(
        collected("Ac-228", 0.5, 0.02),
        decay_factors=None,
        remarks=(Reason.of("particulate.not_collected"),),
    )
    other = replace(collected("Ac-228", 0.0, 0.02), decay_factors=None)
    cesium = collected("Cs-137", 0.4, 0.02), collected("Cs-137", 0.4, 0.02, wait_d=10.0)
    first, second = (shield, other) if where == "station" else (other, shield)
    compared = compare_split(*pair_of([cesium[0], first], [cesium[1], second]), SENT)
    assert [one.nuclide for one in compared.comparisons] == ["Cs-137"]
    assert compared.left_out == (
        Reason.of("laboratory.not_collected", nuclide="Ac-228", where=where),
    )


def test_what_the_laboratory_alone_found_is_compared() -> None:
    # The station's solution dropped it: 0 Bq, with the error that nothing has.
    missed = collected("I-131", 0.0, 0.02)
    left = float(2.0 ** (-WAIT_S / nuclide("I-131").half_life_s))
    seen = collected("I-131", 0.3 * left, 0.02 * left, wait_d=10.0)
    for first, second, sign in ((missed, seen, 1.0), (collected("I-131", 0.3, 0.02), None, -1.0)):
        none = collected("I-131", 0.0, 0.02 * left, wait_d=10.0)
        compared = compare_split(*pair_of([first], [second or none]), SENT)
        assert compared.left_out == ()
        (one,) = compared.comparisons
        assert one.zeta == pytest.approx(sign * 0.3 / np.hypot(0.02, 0.02))
        assert one.grade is Grade.NOT_ACCEPTABLE


def test_without_factors_and_activity_of_the_station_there_is_no_comparison() -> None:
    bare = replace(collected("I-131", 0.0, 0.02), decay_factors=None)
    compared = compare_split(*pair_of([bare], [collected("I-131", 0.3, 0.02)]), SENT)
    assert compared.comparisons == ()
    assert [r.code for r in compared.left_out] == ["laboratory.no_factor"]


def test_xenon_that_its_isomer_made_is_no_difference() -> None:
    # Activities hold the Xe-133 that Xe-133m made until then, concentrations do not.
    half_life_s = nuclide("Xe-133").half_life_s
    left = float(2.0 ** (-WAIT_S / half_life_s))
    one = collected("Xe-133", 1.0, 0.02)
    two = collected("Xe-133", left, 0.02 * left, wait_d=10.0)
    grown = [replace(one, activity_bq=1.02), replace(two, activity_bq=left * 1.2)]
    grown = [
        replace(g, unit="mBq/m3", concentration=1e-3 * (g.concentration or 0.0),
                uncertainty=1e-3 * (g.uncertainty or 0.0))
        for g in grown
    ]  # fmt: skip
    (found,) = compare_split(*pair_of([grown[0]], [grown[1]]), SENT).comparisons
    assert found.zeta == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": float("nan")}, {"share": 1.5}, {"share_sigma": float("nan")},
        {"share_sigma": -0.1}, {"share_sigma": float("inf")}, {"volume_relative": -0.1},
        {"volume_relative": float("nan")}, {"volume_relative": 1.0},
    ],
)  # fmt: skip
def test_a_split_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong)).removesuffix("_sigma")):
        replace(SENT, **wrong)  # type: ignore[arg-type]


def test_a_laboratory_does_not_measure_before_the_collection_ended() -> None:
    one = collected("Cs-137", 0.4, 0.02)
    station, at_lab = pair_of([one], [one])
    early = replace(at_lab, acquisition_start_ns=(station.collection_stop_ns or 0) - DAY_NS)
    with pytest.raises(ParameterError, match="acquisition_start_ns"):
        compare_split(station, early, SENT)


@pytest.mark.slow
def test_one_air_at_station_and_laboratory_agrees() -> None:
    air = {"Cs-137": 20.0, "I-131": 30.0, "Ba-140": 40.0}
    found = []
    for seed, days in ((78, 1.0), (77, 10.0)):
        station = HpgeStation(decay_s=days * 86400.0)
        made = simulate_sample(station, np.random.default_rng(seed), air_ubq_m3=air)
        found.append(analyse_sample(made.message))
    whole, portion = replace(found[0], sample_id=WHOLE), replace(found[1], sample_id=PORTION)
    compared = compare_split(whole, portion, SENT)
    assert set(air) == {one.nuclide for one in compared.comparisons}
    assert all(one.grade is Grade.ACCEPTABLE for one in compared.comparisons)
    told = {dict(r.params)["nuclide"]: r.code for r in compared.left_out}
    assert told["La-140"] == "laboratory.judged_by_parent"
    assert told["Ac-228"] == told["K-40"] == "laboratory.not_collected"


def test_the_sixteen_laboratories_are_those_of_the_treaty() -> None:
    treaty = {f.treaty_code: f for f in ims_facilities() if f.network == "RL"}
    assert [lab.treaty_code for lab in laboratories()] == list(treaty)
    for lab in laboratories():
        assert lab.state == treaty[lab.treaty_code].state
        assert lab.code[-2:] == lab.treaty_code[-2:]
        assert lab.code[2] == "L"
    with pytest.raises(UnknownModelError, match="FRL08"):
        laboratory("RL17")
