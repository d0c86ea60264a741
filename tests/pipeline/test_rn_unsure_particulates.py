"""Particulate samples of which something is not known: what is said of them, and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vigie.cli.sample_text import sample_text
from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import analyse_all
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
    stated = sample.gamma_calibration or sample.gamma.calibration
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
    (told,) = [one for one in found.remarks if one.code == "particulate.energies_doubtful"]
    numbers = dict(told.params)
    assert float(numbers["unexplained"]) > 0.7 * float(numbers["peaks"])
    assert not [one for one in found.remarks if one.code == "particulate.unexplained_peak"]


def test_energies_that_can_be_adjusted_leave_the_level_as_it_is(sample: PulseHeight) -> None:
    found = analysed(with_energies(sample, 1.0008))
    assert found.category is not None
    assert found.category.level == "5"
    assert {one.nuclide for one in found.nuclides if one.detected} >= set(RELEASED)
