"""Ratios of whole samples agree with their isotopes; covariance with their errors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_gas import (
    CALIBRATION,
    SAMPLE,
    campaign,
    real_message,
)
from tests.radionuclide.noble_gas.test_gas_analysis import drawn_germanium

from vigie.radionuclide.noble_gas import analyse_gas_sample
from vigie.radionuclide.noble_gas.ratios_of_sample import PAIRS
from vigie.radionuclide.ratios.discrimination import LINES, discriminate
from vigie.records import DetectorSystem, PulseHeight, RatioKind, SampleAnalysis
from vigie.simulate.radionuclide.beta_gamma import GasTruth

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {
    (True, True): RatioKind.BOUNDED,
    (True, False): RatioKind.LOWER,
    (False, True): RatioKind.UPPER,
    (False, False): RatioKind.UNBOUNDED,
}


def germanium_message(xe133_counts: float, xe135_counts: float, seed: int) -> PulseHeight:
    one = campaign().sample
    spectrum = drawn_germanium([(80.998, xe133_counts), (249.794, xe135_counts)], seed)
    return replace(
        one,
        system=DetectorSystem.GAS_HPGE,
        histogram=None,
        gamma_calibration=spectrum.calibration,
        gamma=spectrum,
    )


def assert_sets_agree(found: SampleAnalysis) -> None:
    main = {one.nuclide: one for one in found.nuclides if one.method == "likelihood"}
    for one in found.ratios:
        top, bottom = main[one.numerator], main[one.denominator]
        assert one.kind is KINDS[top.detected, bottom.detected]
        assert one.kind is not RatioKind.BOUNDED or one.low is not None
        # Each end lies beyond what the isotope that is not detected may be alone; the factor is
        # what errors of several cells and of scale may differ by.
        if one.kind is RatioKind.UPPER:
            assert one.high is not None
            assert top.high is not None
            value = bottom.concentration or bottom.activity_bq
            assert value is not None
            # A denominator near its critical level may be as low as its own interval says.
            most = max(2.0 / value, 1.0 / bottom.low if bottom.low else 0.0)
            assert 0.8 * top.high / value < one.high < top.high * most
        if one.kind is RatioKind.LOWER:
            assert one.low is not None
            assert bottom.high is not None
            value = top.concentration or top.activity_bq
            assert value is not None
            assert 0.5 * value / bottom.high < one.low < value / (0.8 * bottom.high)


def assert_covariance_holds_the_errors(found: SampleAnalysis) -> None:
    matrix = np.array(found.covariance)
    main = found.nuclides[: len(matrix)]
    errors = [one.uncertainty if one.uncertainty is not None else 0.0 for one in main]
    assert np.sqrt(np.diag(matrix)) == pytest.approx(np.array(errors))
    assert np.linalg.eigvalsh(matrix).min() > 0.0


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", [SAMPLE, CALIBRATION])
def test_ratios_of_real_messages_agree_with_their_isotopes(shared_data: Path, name: str) -> None:
    found = analyse_gas_sample(real_message(shared_data, name))
    assert len(found.ratios) == 6
    assert_sets_agree(found)


@pytest.mark.data
@pytest.mark.slow
def test_the_real_sample_claims_no_dates_without_backgrounds(shared_data: Path) -> None:
    found = analyse_gas_sample(real_message(shared_data, SAMPLE))
    assert_covariance_holds_the_errors(found)
    main = {one.nuclide: one for one in found.nuclides}
    # 7 standard errors of Xe-131m stand above any continuum; 1.7 of Xe-133m do not.
    assert main["Xe-131m"].detected
    assert not main["Xe-133m"].detected
    told = [one.code for one in found.remarks]
    assert "noble_gas.zero_times_disagree" not in told


@pytest.mark.slow
def test_a_mixture_is_not_one_release() -> None:
    one = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 3.0, "Xe-131m": 1.0, "Xe-133m": 1.0}))
    found = analyse_gas_sample(one.sample, one.gas_background, one.detector_background)
    told = [one.code for one in found.remarks]
    assert told.count("noble_gas.zero_times_disagree") == 2
    assert "noble_gas.zero_time_after_start" in told
    for time in found.zero_times:
        assert (time.earliest_ns, time.latest_ns) != (None, None)
        assert time.remarks == ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 5, 8])
def test_sets_of_germanium_agree_with_its_isotopes(seed: int) -> None:
    found = analyse_gas_sample(germanium_message(900.0, 0.0, seed))
    assert sum(one.detected for one in found.nuclides) >= 1
    assert_sets_agree(found)
    assert_covariance_holds_the_errors(found)


@pytest.mark.slow
def test_germanium_is_judged_by_the_lines_that_judge_beta_gamma() -> None:
    found = analyse_gas_sample(germanium_message(900.0, 900.0, 4))
    assert [(one.numerator, one.denominator) for one in found.ratios] == list(PAIRS)
    judged = [one.line for one in discriminate(found.ratios)]
    assert judged == list(LINES)


@pytest.mark.slow
def test_ratios_of_germanium_hold_for_the_middle_of_collection_and_are_dated() -> None:
    message = germanium_message(900.0, 900.0, 4)
    found = analyse_gas_sample(message)
    assert message.collection is not None
    middle_ns = (message.collection.start_ns + message.collection.stop_ns) // 2
    assert {one.at_ns for one in found.ratios} == {middle_ns}
    dated = [(one.numerator, one.denominator, one.scenario) for one in found.zero_times]
    assert ("Xe-135", "Xe-133", "full_ingrowth") in dated
    # Without a volume there are activities only, at the start of the measurement.
    bare = analyse_gas_sample(replace(message, processing=None))
    assert message.acquisition is not None
    assert {one.at_ns for one in bare.ratios} == {message.acquisition.start_ns}


@pytest.mark.slow
def test_the_shared_volume_correlates_all_concentrations() -> None:
    one = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 400.0, "Xe-135": 400.0}))
    assert one.sample.processing is not None
    volume = one.sample.processing.volume_cm3
    assert volume is not None
    doubtful = replace(
        one.sample, processing=replace(one.sample.processing, volume_sigma_cm3=0.3 * volume)
    )
    found = analyse_gas_sample(doubtful, one.gas_background, one.detector_background)
    assert_covariance_holds_the_errors(found)
    names = [result.nuclide for result in found.nuclides]
    i, j = names.index("Xe-133"), names.index("Xe-135")
    matrix = np.array(found.covariance)
    assert matrix[i, j] / np.sqrt(matrix[i, i] * matrix[j, j]) > 0.7
