"""Ratios that a header states, and those that it lacks, in matrix and net counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_gas import campaign

from vigie.radionuclide.noble_gas.analysis import analyse_gas_sample
from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.radionuclide.noble_gas.region_response import RegionCalibration, region_response
from vigie.radionuclide.noble_gas.timing import Counting
from vigie.radionuclide.noble_gas.unstated import unstated_shares
from vigie.records import InterferenceRatio
from vigie.simulate.radionuclide.beta_gamma import GasTruth

if TYPE_CHECKING:
    from vigie.records import PulseHeight


@pytest.mark.parametrize(
    ("used", "shares"),
    [
        ((4,), (1.05, 1.12)),
        # What lies in the other's region is not in the rest of region 4 ...
        ((7, 8), (0.05 - 0.01, 0.12 - 0.09)),
        # ... but in region 9 or 10, which holds that region and not the nuclide's own, or both.
        ((7, 9), (0.05, 1.12 - 0.09)),
        ((8, 10), (1.05 - 0.01, 0.12)),
    ],
)
def test_what_metastables_leave_in_parts_of_region_4(
    used: tuple[int, ...], shares: tuple[float, float]
) -> None:
    more = {(5, 4): 0.05, (5, 6): 0.01, (6, 4): 0.12, (6, 5): 0.09}
    calibration = RegionCalibration(
        efficiency=dict.fromkeys(range(2, 11), (0.5, 0.0)),
        ratio={pair: (value, 0.0) for pair, value in more.items()},
    )
    response, _ = region_response(calibration, Counting(real_s=1e4, live_s=1e4), used)
    found = (response[3, 4] / response[4, 4], response[3, 5] / response[5, 5])
    np.testing.assert_allclose(found, shares, rtol=1e-9)


def test_a_ratio_that_no_method_uses_states_nothing() -> None:
    sample = campaign(GasTruth(), 1).sample
    rows = ((3,), (5,))
    odd = InterferenceRatio(name="odd", roi_high=6, roi_low=3, ratio=0.01, sigma=0.001)
    used = InterferenceRatio(name="used", roi_high=6, roi_low=5, ratio=0.08, sigma=0.001)
    before, after = (
        unstated_shares(gas_input(one).measurements, rows)["Xe-133m"]
        for one in (sample, replace(sample, ratios=(*sample.ratios, odd, used)))
    )
    assert before[0] == after[0]
    assert before[1] > after[1] == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("lacking", [{(3, 5)}, None])
def test_without_the_ratios_that_they_need_region_methods_say_nothing(
    lacking: set[tuple[int, int]] | None,
) -> None:
    one = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 30.0}), 7)
    kept = tuple(
        r
        for r in one.sample.ratios
        if lacking is not None and (r.roi_high, r.roi_low) not in lacking
    )
    sample = replace(one.sample, ratios=kept)
    found = analyse_gas_sample(sample, one.gas_background, one.detector_background)
    # Before, 30 mBq/m3 of Xe-133 made 11 of Xe-131m and 7 of Xe-133m, both detected.
    assert {r.method for r in found.nuclides} == {"likelihood"}
    by_name = {r.nuclide: r for r in found.nuclides}
    assert {name for name, r in by_name.items() if r.detected} == {"Xe-133"}
    for r in found.nuclides:
        assert all(line.observed_counts is None for line in r.evidence)
    told = {r.code: dict(r.params) for r in found.remarks}
    expected = "3:5" if lacking else "1:2, 1:3, 1:4, 1:5, 1:6, 3:4, 3:5, 3:6"
    assert told["noble_gas.ratios_missing"] == {"pairs": expected}


@pytest.mark.slow
def test_what_region_methods_lack_is_told_only_where_they_give_results() -> None:
    one = campaign(GasTruth(concentration_mbq_m3={"Xe-135": 20.0}), 8)
    without = analyse_gas_sample(one.sample, one.gas_background)
    assert next(r for r in without.nuclides if r.nuclide == "Xe-135").detected
    codes = {r.code for r in without.remarks}
    assert "noble_gas.no_detector_background" in codes
    assert "noble_gas.xe135_not_subtracted" not in codes
    complete = analyse_gas_sample(one.sample, one.gas_background, one.detector_background)
    assert "noble_gas.xe135_not_subtracted" in {r.code for r in complete.remarks}


def told(sample: PulseHeight) -> dict[str, dict[str, object]]:
    return {one.code: dict(one.params) for one in gas_input(sample).remarks}


def test_errors_that_are_not_stated_are_told() -> None:
    sample = campaign(GasTruth(), 1).sample
    assert (
        not {"noble_gas.volume_error_unstated", "noble_gas.errors_unstated"} & told(sample).keys()
    )
    assert sample.processing is not None
    volume = replace(sample, processing=replace(sample.processing, volume_sigma_cm3=None))
    assert "noble_gas.volume_error_unstated" in told(volume)
    bare = replace(
        sample,
        coincidence_efficiencies=tuple(
            replace(one, sigma=None) if one.roi in (2, 9) else one
            for one in sample.coincidence_efficiencies
        ),
        ratios=tuple(replace(one, sigma=0.0) for one in sample.ratios),
    )
    assert told(bare)["noble_gas.errors_unstated"] == {"efficiencies": 1, "ratios": 8}


@pytest.mark.parametrize(("sigma_cm3", "large"), [(5.0, True), (0.6, True), (0.5, False)])
def test_a_large_error_of_the_xenon_volume_is_told(sigma_cm3: float, large: bool) -> None:
    sample = campaign(GasTruth(), 1).sample
    assert sample.processing is not None
    odd = replace(sample, processing=replace(sample.processing, volume_sigma_cm3=sigma_cm3))
    expected = {"volume_cm3": 1.6, "sigma_cm3": sigma_cm3} if large else None
    assert told(odd).get("noble_gas.volume_error_large") == expected
