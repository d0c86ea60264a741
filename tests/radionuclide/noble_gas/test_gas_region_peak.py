"""A peak of region 3 that the fit leaves to a background which nobody measured is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.radionuclide.noble_gas.support_gas import CALIBRATION, SAMPLE, campaign, real_message

from vigie.radionuclide.noble_gas.analysis import analyse_gas_sample
from vigie.radionuclide.noble_gas.cells import Box, cell_sum
from vigie.radionuclide.noble_gas.gas_input import gas_input
from vigie.radionuclide.noble_gas.sidebands import neighbours
from vigie.simulate.radionuclide.beta_gamma import GasTruth

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import PulseHeight

CODE = "noble_gas.peak_left_to_background"
PARTS = ((3, 5), (3, 6))


def told(message: PulseHeight) -> list[dict[str, object]]:
    return [dict(r.params) for r in analyse_gas_sample(message).remarks if r.code == CODE]


def less_efficient_for_x_rays(sample: PulseHeight) -> PulseHeight:
    """Return a sample whose station states 1.6 times the efficiencies that its X-rays have."""
    stated = tuple(
        replace(one, efficiency=1.6 * one.efficiency) if one.roi == 4 else one
        for one in sample.coincidence_efficiencies
    )
    ratios = tuple(
        replace(one, ratio=1.6 * one.ratio) if (one.roi_high, one.roi_low) in PARTS else one
        for one in sample.ratios
    )
    return replace(sample, coincidence_efficiencies=stated, ratios=ratios)


def test_counts_between_windows() -> None:
    sample = campaign(GasTruth(), 2).sample
    plane = gas_input(sample).measurements.sample
    flat = replace(plane, counts=0 * plane.counts + 1)
    strip = next(one for one in sample.regions if one.roi == 3)
    cell = Box(
        atom="3",
        beta=(strip.beta_low, strip.beta_high),
        gamma=(strip.gamma_low, strip.gamma_high),
    )
    between, sigma = neighbours(cell, flat)
    # As many channels as the cell has, of a count each (half a count more in each window).
    assert between == pytest.approx(cell_sum(flat.counts, cell, flat.model), rel=0.02)
    assert 0.0 < sigma < 0.1 * between


@pytest.mark.slow
def test_a_peak_that_x_rays_contradict_is_told() -> None:
    sample = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 5.0}), 4).sample
    assert told(sample) == []
    assert told(campaign(GasTruth(), 4).sample) == []
    (found,) = told(less_efficient_for_x_rays(sample))
    # 5 mBq/m3 are 86 mBq in the cell.
    assert found["alone_mbq"] == pytest.approx(86.0, rel=0.1)
    assert float(str(found["fit_mbq"])) < 65.0


@pytest.mark.data
@pytest.mark.slow
def test_the_real_sample_tells_its_own_peak(shared_data: Path) -> None:
    (found,) = told(real_message(shared_data, SAMPLE))
    # A Gaussian over a line gives 73 +- 5 mBq by the gamma ray, X-rays 34 to 46.
    assert found["alone_mbq"] == pytest.approx(70.0, abs=10.0)
    assert told(real_message(shared_data, CALIBRATION)) == []
