"""Particulate samples of which something is not known: what is said of them, and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.cli.sample_text import sample_text
from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import analyse_all
from vigie.pipeline.radionuclide.splits import link_splits
from vigie.pipeline.radionuclide.station_collection import with_collection
from vigie.products.radionuclide.blocks import Sentences
from vigie.products.radionuclide.result_sections import result_sections
from vigie.simulate.radionuclide.hpge import TYPICAL_AIR_UBQ_M3, HpgeStation, simulate_sample

if TYPE_CHECKING:
    from vigie.records import PulseHeight, SampleAnalysis

RELEASED = {"Cs-137": 5.0, "I-131": 10.0, "Ba-140": 10.0}


@pytest.fixture(scope="module", name="sample")
def sample_of_a_release() -> PulseHeight:
    air = {**TYPICAL_AIR_UBQ_M3, **RELEASED}
    return simulate_sample(HpgeStation(), np.random.default_rng(1), air_ubq_m3=air).message


def analysed(sample: PulseHeight) -> SampleAnalysis:
    run = analyse_all(Gathered(measurements=[Measurement("a.phd", message=sample)]))
    assert not run.failed
    return run.samples[0].analysis


def test_nuclides_found_without_an_efficiency_make_a_level(sample: PulseHeight) -> None:
    bare = replace(sample, gamma_calibration=replace(sample.gamma_calibration, efficiency=()))
    if bare.gamma is not None:
        calibration = replace(bare.gamma.calibration, efficiency=())
        bare = replace(bare, gamma=replace(bare.gamma, calibration=calibration))
    found = analysed(bare)
    assert {one.nuclide for one in found.nuclides if one.detected} >= set(RELEASED)
    assert all(one.activity_bq is None for one in found.nuclides)
    assert found.category is not None
    assert found.category.level == "5"
    assert not [one for one in found.remarks if one.code == "gas.no_level"]


def with_energies(sample: PulseHeight, factor: float, shift_kev: float = 0.0) -> PulseHeight:
    """Return a message whose energy calibration is wrong by so much."""
    assert sample.gamma is not None
    stated = sample.gamma_calibration
    assert stated.energy
    points = tuple(replace(p, energy_kev=p.energy_kev * factor + shift_kev) for p in stated.energy)
    wrong = replace(stated, energy=points)
    return replace(sample, gamma=replace(sample.gamma, calibration=wrong), gamma_calibration=wrong)


@pytest.mark.parametrize(
    ("factor", "shift_kev"),
    [(1.0012, 0.0), (1.003, 0.0), (1.01, 0.0), (1.0, 2.0)],
)
def test_with_energies_off_beyond_adjustment_nothing_is_said_of_nuclides(
    sample: PulseHeight, factor: float, shift_kev: float
) -> None:
    found = analysed(with_energies(sample, factor, shift_kev))
    assert found.category is None
    assert found.nuclides
    assert all(one.withheld and not one.evidence for one in found.nuclides)
    assert not any(share.nuclide for peak in found.peaks for share in peak.shares)
    assert "No nuclide was detected" not in sample_text(found, "en", peaks=False)
    (told_of_all,) = (
        part.told for part in result_sections(found)[0].parts if isinstance(part, Sentences)
    )
    assert [one.code for one in told_of_all] == ["rn.withheld_all"]
    (told,) = [one for one in found.remarks if one.code == "particulate.energies_doubtful"]
    numbers = dict(told.params)
    assert float(numbers["unexplained"]) > 0.7 * float(numbers["peaks"])
    assert not [one for one in found.remarks if one.code == "particulate.unexplained_peak"]


def test_energies_that_can_be_adjusted_leave_the_level_as_it_is(sample: PulseHeight) -> None:
    found = analysed(with_energies(sample, 1.0008))
    assert found.category is not None
    assert found.category.level == "5"
    assert {one.nuclide for one in found.nuclides if one.detected} >= set(RELEASED)


def at_laboratory(sample: PulseHeight) -> PulseHeight:
    """Return the same air, measured ten days later by a laboratory that states no collection."""
    far = replace(HpgeStation(), decay_s=10 * 86_400.0, station="FRL08", detector="FRL08_001")
    air = {**TYPICAL_AIR_UBQ_M3, **RELEASED}
    made = simulate_sample(far, np.random.default_rng(5), air_ubq_m3=air).message
    return replace(made, sample_id=sample.sample_id, collection=None)


def test_a_laboratory_takes_the_collection_of_the_station(sample: PulseHeight) -> None:
    both = [Measurement("a.phd", message=sample), Measurement("b.phd", at_laboratory(sample))]
    run = analyse_all(Gathered(measurements=both))
    linked = link_splits([one.analysis for one in run.samples])
    (split,) = linked.splits
    assert split.comparison is not None
    zeta = {one.nuclide: one.zeta for one in split.comparison.comparisons}
    assert {"Ba-140", "Cs-137", "I-131", "Be-7", "Pb-210"} == set(zeta)
    assert all(abs(value) < 2.0 for value in zeta.values())
    found = split.analysis
    assert [one for one in found.remarks if one.code == "sample.collection_of_station"]
    # Its message does not state it, and it is no sample of a station's history.
    assert found.collection_stop_ns is None
    assert found.category is None
    assert {one.unit for one in found.nuclides} == {"Bq"}


def test_collections_that_contradict_each_other_or_come_later_are_not_taken(
    sample: PulseHeight,
) -> None:
    assert sample.collection is not None
    known = Measurement("a.phd", message=sample)
    without = Measurement("b.phd", message=replace(sample, collection=None))
    assert with_collection(without, Gathered(measurements=[known, without]))[1]
    assert with_collection(known, Gathered(measurements=[known, without])) == (known, ())
    shifted = replace(sample.collection, stop_ns=sample.collection.stop_ns + 10**12)
    other = Measurement("c.phd", message=replace(sample, collection=shifted))
    assert not with_collection(without, Gathered(measurements=[known, other]))[1]
    later = replace(sample.collection, stop_ns=sample.collection.stop_ns + 90_000 * 10**9)
    late = Measurement("d.phd", message=replace(sample, collection=later))
    assert not with_collection(without, Gathered(measurements=[late]))[1]
    strange = Measurement("e.phd", message=replace(sample, sample_id="no reference"))
    assert not with_collection(without, Gathered(measurements=[strange]))[1]


def test_without_a_collection_single_lines_measure_what_a_filter_holds(
    sample: PulseHeight,
) -> None:
    alone = analysed(at_laboratory(sample))
    lead, thoron = alone.nuclide("Pb-210"), alone.nuclide("Pb-212")
    assert lead is not None
    assert lead.activity_bq == pytest.approx(400.0e-6 * 2e4, rel=0.2)
    # The detector's own thorium, weighed as if it were in the filter.
    assert thoron is not None
    assert thoron.activity_bq is not None
    assert thoron.activity_bq < 0.3


def test_without_a_collection_progeny_of_thoron_is_told_for_the_start(sample: PulseHeight) -> None:
    known = analysed(sample).nuclide("Pb-212")
    bare = analysed(replace(sample, collection=None)).nuclide("Pb-212")
    assert known is not None
    assert bare is not None
    (told,) = [one for one in bare.remarks if one.code == "particulate.mean_over_count"]
    assert dict(told.params)["start_bq"] == pytest.approx(known.activity_bq, rel=0.08)
    assert not [one for one in known.remarks if one.code == "particulate.mean_over_count"]


def test_without_a_collection_lines_sum_all_the_same_and_daughters_grow_in_the_count() -> None:
    """Cs-134 was 23 % too low, Co-60 13 %; La-140 21 % too high by what Ba-140 became."""
    air = {**TYPICAL_AIR_UBQ_M3, "Cs-134": 200.0, "Co-60": 100.0, "Ba-140": 300.0}
    made = simulate_sample(HpgeStation(), np.random.default_rng(4), air_ubq_m3=air)
    found = analysed(replace(made.message, collection=None))
    for name in ("Cs-134", "Co-60", "Ba-140", "La-140"):
        one = found.nuclide(name)
        assert one is not None
        assert one.activity_bq is not None
        assert one.activity_sigma_bq is not None
        assert one.activity_sigma_bq < 0.05 * made.truth.activity(name)
        assert abs(one.activity_bq - made.truth.activity(name)) < 3.0 * one.activity_sigma_bq
    for name in ("Pb-212", "Bi-212"):
        one = found.nuclide(name)
        assert one is not None
        (told,) = [r for r in one.remarks if r.code == "particulate.mean_over_count"]
        start = float(dict(told.params)["start_bq"])
        assert start == pytest.approx(made.truth.activity(name), rel=0.2)
