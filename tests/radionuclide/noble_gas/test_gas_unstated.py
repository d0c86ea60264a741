"""What stations do not state, regions of backgrounds, and one meaning of activity."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_gas import campaign

from vigie.radionuclide.noble_gas.analysis import analyse_gas_sample
from vigie.radionuclide.noble_gas.calibration_check import check_calibration
from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.radionuclide.noble_gas.regions import count_regions
from vigie.radionuclide.noble_gas.unstated import Unstated, unstated_shares
from vigie.records import InterferenceRatio
from vigie.simulate.radionuclide.beta_gamma import Campaign, GasTruth
from vigie.simulate.radionuclide.beta_gamma.campaign import activities_bq
from vigie.simulate.radionuclide.beta_gamma.params import CampaignParams

if TYPE_CHECKING:
    from vigie.records import PulseHeight, SampleAnalysis

METASTABLE = {"Xe-133m": 50.0, "Xe-133": 2.0}
ROWS = ((1,), (2,), (3,), (4,), (5,), (6,))


def analysed(one: Campaign) -> SampleAnalysis:
    return analyse_gas_sample(one.sample, one.gas_background, one.detector_background)


@lru_cache(maxsize=2)
def beside_metastable() -> SampleAnalysis:
    return analysed(campaign(GasTruth(concentration_mbq_m3=METASTABLE), 3))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["matrix", "net_counts"])
def test_what_a_metastable_leaves_is_no_other_isotope(method: str) -> None:
    found = beside_metastable()
    by_name = {one.nuclide: one for one in found.nuclides if one.method == method}
    xe131m = by_name["Xe-131m"]
    assert not xe131m.detected
    assert by_name["Xe-133m"].detected
    for name in ("Xe-131m", "Xe-133", "Xe-133m"):
        one = by_name[name]
        assert one.concentration is not None
        assert one.uncertainty is not None
        assert abs(one.concentration - METASTABLE.get(name, 0.0)) < 2.0 * one.uncertainty
    # Its own error is that of its own efficiency and counts: 4.5 %.
    assert by_name["Xe-133m"].uncertainty is not None
    assert by_name["Xe-133m"].uncertainty < 3.0
    assert by_name["Xe-133m"].critical_level is not None
    assert by_name["Xe-133m"].critical_level < 1.0
    assert xe131m.limits is not None
    assert xe131m.critical_level == pytest.approx(xe131m.limits.decision_threshold, rel=0.01)


@pytest.mark.slow
def test_what_a_metastable_leaves_is_told() -> None:
    told = [dict(r.params) for r in beside_metastable().remarks if "metastable" in r.code]
    assert told == [{"nuclide": "Xe-133m"}]
    without = analysed(campaign(GasTruth(concentration_mbq_m3={"Xe-133": 2.0}), 4))
    assert not any("metastable" in r.code for r in without.remarks)


def test_a_stated_ratio_leaves_nothing_unstated() -> None:
    one = campaign(GasTruth(), 1)
    sample = one.sample
    before = unstated_shares(gas_input(sample).measurements, ROWS)["Xe-133m"]
    # Some 7 % in region 5, which region 4 holds with more; nothing in its own.
    assert 0.04 < before[4] < 0.1
    assert before[4] < before[3] < 0.3
    assert before[5] == 0.0
    stated = tuple(
        InterferenceRatio(name=f"{roi}", roi_high=6, roi_low=roi, ratio=0.05, sigma=0.01)
        for roi in (4, 5)
    )
    more = replace(sample, ratios=(*sample.ratios, *stated))
    after = unstated_shares(gas_input(more).measurements, ROWS)["Xe-133m"]
    assert after[4] == after[3] == 0.0
    np.testing.assert_array_equal(after[:3], before[:3])


def test_the_error_of_what_is_left_is_its_root_mean_square() -> None:
    left = Unstated({"Xe-133m": np.array([[3.0, 4.0], [1.0, -1.0]]), "Xe-131m": np.zeros((2, 2))})
    assert left.sigma(np.array([1.0, 0.0])) == pytest.approx(np.sqrt(49.0 + 25.0 / 4.0))
    # What cancels leaves its doubts.
    assert left.sigma(np.array([0.0, 1.0])) == pytest.approx(np.sqrt(0.5))
    assert left.sigma(np.array([1.0, 0.0]), without="Xe-133m") == 0.0
    draws = 1.0 + 0.5 * np.random.default_rng(1).standard_normal((200_000, 2))
    rms = np.sqrt(np.mean((draws @ np.array([3.0, 4.0])) ** 2))
    assert left.sigma(np.array([1.0, 0.0])) == pytest.approx(rms, rel=0.01)


@pytest.mark.slow
def test_activity_of_xe133_is_that_in_the_cell_by_all_methods() -> None:
    truth = activities_bq(GasTruth(concentration_mbq_m3=METASTABLE), CampaignParams())
    found = [one for one in beside_metastable().nuclides if one.nuclide == "Xe-133"]
    assert len(found) == 3
    for one in found:
        assert one.activity_bq is not None
        assert one.activity_sigma_bq is not None
        # Before, matrix and net counts stated 0.049 and 0.031 of 0.088 Bq.
        assert one.activity_bq == pytest.approx(truth["Xe-133"], abs=2.0 * one.activity_sigma_bq)
        assert one.activity_bq > 0.07


def widened(message: PulseHeight) -> PulseHeight:
    regions = tuple(
        replace(one, gamma_low=one.gamma_low - 15.0, gamma_high=one.gamma_high + 15.0)
        if one.roi in (2, 3)
        else one
        for one in message.regions
    )
    return replace(message, regions=regions)


@pytest.mark.parametrize("which", ["gas", "detector"])
def test_backgrounds_are_counted_in_the_regions_of_the_sample(which: str) -> None:
    one = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 0.5}), 5)
    gas, detector = one.gas_background, one.detector_background
    same = gas_input(one.sample, gas, detector)
    if which == "gas":
        gas = widened(gas)
        odd = gas
    else:
        detector = widened(detector)
        odd = detector
    other = gas_input(one.sample, gas, detector)
    for before, after in (
        (same.matrix.gas_background, other.matrix.gas_background),
        (same.matrix.detector_background, other.matrix.detector_background),
    ):
        assert before is not None
        assert after is not None
        np.testing.assert_array_equal(before.gross, after.gross)
    told = [dict(r.params) for r in other.remarks if r.code == "noble_gas.regions_differ"]
    assert told == [{"id": odd.measurement_id}]
    assert not any(r.code == "noble_gas.regions_differ" for r in same.remarks)


def test_regions_that_are_given_come_before_a_message_s_own() -> None:
    one = campaign(GasTruth(), 5).detector_background
    wide = widened(one)
    assert count_regions(wide).gross[2] > count_regions(one).gross[2]
    np.testing.assert_array_equal(
        count_regions(wide, regions=one.regions).gross, count_regions(one).gross
    )


def test_a_calibration_s_background_is_counted_in_its_regions() -> None:
    one = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 400.0}), 6)
    plain = check_calibration(one.sample, one.detector_background)
    assert plain is not None
    assert check_calibration(one.sample, widened(one.detector_background)) == plain
