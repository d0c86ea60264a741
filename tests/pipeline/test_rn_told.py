"""What an analysis tells of how its files were read, and of backgrounds that do not belong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_gas import campaign

from vigie.formats import Issue
from vigie.pipeline.radionuclide.backgrounds import Backgrounds
from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import RunOptions, SampleRun, analyse_all
from vigie.radionuclide.noble_gas import GasParams, analyse_gas_sample
from vigie.records import PhdType, PulseHeight, SampleAnalysis
from vigie.simulate.radionuclide.beta_gamma import GasTruth

if TYPE_CHECKING:
    from vigie.records import Reason

CAMPAIGN = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 5.0}))


def run(
    sample: PulseHeight, backgrounds: Backgrounds | None = None, *issues: tuple[str, Issue]
) -> SampleRun:
    gathered = Gathered(measurements=[Measurement("a.phd", message=sample)], issues=list(issues))
    given = backgrounds or Backgrounds(
        detector=CAMPAIGN.detector_background, gas=CAMPAIGN.gas_background
    )
    return analyse_all(gathered, RunOptions(backgrounds=given))


def analysed(found: SampleRun) -> SampleAnalysis:
    assert not found.failed
    return found.samples[0].analysis


def told(found: SampleRun, code: str) -> list[Reason]:
    return [one for one in analysed(found).remarks if one.code == code]


def test_what_was_repaired_while_reading_stands_in_the_analysis_of_that_file_only() -> None:
    issue = Issue("line 7", "formats.bad_record", text="#Ratios: 'x' is not a number; left out")
    found = run(CAMPAIGN.sample, None, ("a.phd", issue), ("b.phd", issue))
    (reason,) = told(found, "sample.reading")
    assert dict(reason.params) == {"place": "line 7", "what": issue.text}


def test_the_sample_is_not_its_own_background() -> None:
    sample = replace(CAMPAIGN.sample, raw_sha256="ab")
    for given in (Backgrounds(detector=sample), Backgrounds(gas=replace(sample))):
        ((name, reason),) = run(sample, given).failed
        assert name == "a.phd"
        assert "another than the sample" in reason


def test_a_background_of_another_kind_or_detector_is_told() -> None:
    right = Backgrounds(detector=CAMPAIGN.detector_background, gas=CAMPAIGN.gas_background)
    assert not told(run(CAMPAIGN.sample, right), "sample.strange_background")
    assert right.gas is not None
    other = replace(right, gas=replace(right.gas, detector="SIM01_002"))
    assert len(told(run(CAMPAIGN.sample, other), "sample.strange_background")) == 1
    # What another detector counts says nothing of this one: the numbers stand, the level does not.
    assert analysed(run(CAMPAIGN.sample, right)).category is not None
    assert analysed(run(CAMPAIGN.sample, other)).category is None
    assert told(run(CAMPAIGN.sample, other), "gas.no_level_by_background")
    kind = replace(right, gas=replace(right.gas, type=PhdType.CALIBRATION))
    (reason,) = told(run(CAMPAIGN.sample, kind), "sample.strange_background")
    assert dict(reason.params)["type"] == "CALIBPHD"


def with_volume(factor: float) -> PulseHeight:
    processing = CAMPAIGN.sample.processing
    assert processing is not None
    assert processing.volume_cm3 is not None
    return replace(
        CAMPAIGN.sample, processing=replace(processing, volume_cm3=factor * processing.volume_cm3)
    )


def test_volumes_that_contradict_each_other_leave_no_level() -> None:
    given = Backgrounds(detector=CAMPAIGN.detector_background, gas=CAMPAIGN.gas_background)
    tenth = run(with_volume(0.1), given)
    assert told(tenth, "gas.no_level_by_volumes")
    assert analysed(tenth).category is None
    impossible = analysed(run(with_volume(1000.0), given))
    assert all(n.concentration is None for n in impossible.nuclides)
    assert impossible.category is None


@pytest.mark.parametrize(("earlier_h", "outcome"), [(-1.0, "overlaps"), (24.0 * 60.0, "old")])
def test_a_gas_background_that_is_not_of_the_gas_before(earlier_h: float, outcome: str) -> None:
    """It overlaps the sample, or other gas was in the cell since."""
    gas, sample = CAMPAIGN.gas_background, CAMPAIGN.sample
    assert gas is not None
    assert gas.acquisition is not None
    assert sample.acquisition is not None
    length_ns = round(1e9 * gas.acquisition.real_time_s)
    start_ns = sample.acquisition.start_ns - length_ns - round(earlier_h * 3600e9)
    moved = replace(gas, acquisition=replace(gas.acquisition, start_ns=start_ns))
    found = run(sample, Backgrounds(detector=CAMPAIGN.detector_background, gas=moved))
    if outcome == "overlaps":
        ((_, reason),) = found.failed
        assert "after the sample began" in reason
    else:
        assert told(found, "gas.no_level_by_gas")
        assert analysed(found).category is None


def test_without_a_detector_background_no_region_counts_as_observed() -> None:
    found = run(CAMPAIGN.sample, Backgrounds(gas=CAMPAIGN.gas_background))
    lines = [line for one in analysed(found).nuclides for line in one.evidence]
    assert lines
    assert all(line.observed_counts is None for line in lines)
    assert len(told(found, "noble_gas.no_detector_background")) == 1


def test_gas_whose_times_contradict_each_other_has_no_level() -> None:
    sample = CAMPAIGN.sample
    assert sample.acquisition is not None
    assert sample.collection is not None
    early = replace(sample.acquisition, start_ns=sample.collection.stop_ns - 10**12)
    found = run(
        replace(sample, acquisition=early), Backgrounds(detector=CAMPAIGN.detector_background)
    )
    assert analysed(found).category is None
    assert analysed(run(sample)).category is not None


@pytest.mark.parametrize("curve", ["energy", "resolution", "efficiency"])
def test_a_calibration_that_is_missing_counts_as_a_missing_block(curve: str) -> None:
    sample = CAMPAIGN.sample
    assert sample.blocks_missing == ()
    without: dict[str, Any] = {curve: ()}
    bare = replace(sample, gamma_calibration=replace(sample.gamma_calibration, **without))
    assert bare.blocks_missing == (f"gamma_{curve}",)
    (flag,) = [f for f in analysed(run(sample)).flags if f.name == "missing_blocks"]
    assert flag.passed
    assert np.isclose(flag.value or 0.0, 0.0)


def test_a_sample_of_which_an_isotope_is_withheld_has_no_level_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from vigie.pipeline.radionuclide import gases

    def silent(
        sample: PulseHeight, *backgrounds: PulseHeight | None, params: GasParams
    ) -> tuple[SampleAnalysis, None]:
        found = analyse_gas_sample(sample, *backgrounds, params=params)
        withheld = tuple(
            one.without_numbers() if one.nuclide == "Xe-135" else one for one in found.nuclides
        )
        return replace(found, nuclides=withheld), None

    monkeypatch.setattr(gases, "analyse_gas_with_curve", silent)
    found = run(CAMPAIGN.sample)
    assert analysed(found).category is None
    (reason,) = told(found, "gas.no_level")
    assert dict(reason.params) == {"nuclides": "Xe-135"}
