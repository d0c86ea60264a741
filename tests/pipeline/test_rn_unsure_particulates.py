"""Particulate samples of which something is not known: what is said of them, and what is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import analyse_all
from vigie.records import PulseHeight, SampleAnalysis
from vigie.simulate.radionuclide.hpge import TYPICAL_AIR_UBQ_M3, HpgeStation, simulate_sample

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
