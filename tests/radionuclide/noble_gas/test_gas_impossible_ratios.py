"""Ratios that cannot be count as missing, for all methods, and are told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.radionuclide.noble_gas.support_gas import (
    CALIBRATION,
    SAMPLE,
    campaign,
    real_message,
    small_response,
)

from vigie.radionuclide.noble_gas.analysis import analyse_gas_sample
from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.simulate.radionuclide.beta_gamma import GasTruth

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import PulseHeight

TRUTH = {"Xe-133": 20.0, "Xe-131m": 3.0}


def stating(sample: PulseHeight, changed: dict[tuple[int, int], float]) -> PulseHeight:
    ratios = tuple(
        replace(one, ratio=changed.get((one.roi_high, one.roi_low), one.ratio))
        for one in sample.ratios
    )
    return replace(sample, ratios=ratios)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({(3, 5): -0.5}, "3:5 = -0.5"),
        ({(3, 5): 50.0, (1, 2): 20.0}, "1:2 = 20, 3:5 = 50"),
        # Each of them may be by itself; together they exceed region 4, which holds both.
        ({(3, 5): 1.0, (3, 6): 0.9}, "3:5 = 1, 3:6 = 0.9"),
        ({(3, 9): -0.01}, "3:9 = -0.01"),
    ],
)
def test_impossible_ratios_are_told_and_not_used(
    changed: dict[tuple[int, int], float], named: str
) -> None:
    one = campaign(GasTruth(), 1)
    found = gas_input(stating(one.sample, changed), None, one.detector_background)
    told = {r.code: dict(r.params) for r in found.remarks}
    assert told["noble_gas.ratios_impossible"] == {"pairs": named}
    assert not changed.keys() & found.matrix.calibration.ratio.keys()
    assert not changed.keys() & found.measurements.calibration.ratio.keys()
    needed = any(roi < 7 for _, roi in changed)
    assert ("noble_gas.ratios_missing" in told) == needed
    assert found.regions_tell != needed


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [-0.5, 50.0])
def test_no_isotope_is_made_of_an_impossible_ratio(ratio: float) -> None:
    one = campaign(GasTruth(concentration_mbq_m3=TRUTH), 3)
    sample = stating(one.sample, {(3, 5): ratio})
    found = analyse_gas_sample(sample, one.gas_background, one.detector_background)
    # Before, a ratio of -0.5 made 16.7 mBq/m3 of Xe-131m by matrix and net counts, one of 50 made
    # 4795 of it and 108 of Xe-133m by the likelihood.
    assert {r.method for r in found.nuclides} == {"likelihood"}
    by_name = {r.nuclide: r for r in found.nuclides}
    assert not by_name["Xe-133m"].detected
    for name, truth in TRUTH.items():
        value, sigma = by_name[name].concentration, by_name[name].uncertainty
        assert value is not None
        assert sigma is not None
        assert abs(value - truth) < 2.5 * sigma


@pytest.mark.data
@pytest.mark.parametrize("name", [SAMPLE, CALIBRATION])
def test_ratios_of_real_messages_can_be(shared_data: Path, name: str) -> None:
    message = real_message(shared_data, name)
    found = gas_input(message)
    assert "noble_gas.ratios_impossible" not in {r.code for r in found.remarks}
    assert len(found.matrix.calibration.ratio) == len(message.ratios)


def test_ratios_of_a_simulated_cell_can_be() -> None:
    found = gas_input(campaign(GasTruth(), 1).sample)
    assert len(found.matrix.calibration.ratio) == len(small_response().stated.ratios)
