"""Slips of unit in volumes and times: no level, no category, no comparison, and the true reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.noble_gas.support_gas import campaign
from tests.radionuclide.support_samples import NS_PER_H, START_NS, result, sample

from vigie.pipeline.radionuclide.backgrounds import Backgrounds
from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import RunOptions, SampleRun, analyse_all
from vigie.pipeline.radionuclide.splits import link_splits
from vigie.radionuclide.judge import history
from vigie.radionuclide.noble_gas import GasParams, analyse_gas_sample
from vigie.records import PhdType, PulseHeight, Reason, SampleAnalysis
from vigie.simulate.radionuclide.beta_gamma import GasTruth
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_background, simulate_sample

if TYPE_CHECKING:
    from vigie.records import Acquisition

CAMPAIGN = campaign(GasTruth(concentration_mbq_m3={"Xe-133": 20.0}))
WHOLE, HALF = "31202603010011G", "31202603010022G"


def run(*messages: PulseHeight, given: Backgrounds | None = None) -> SampleRun:
    gathered = Gathered(
        measurements=[Measurement(f"{k}.phd", message=one) for k, one in enumerate(messages)]
    )
    return analyse_all(gathered, RunOptions(backgrounds=given or Backgrounds()))


def one_of(found: SampleRun) -> SampleAnalysis:
    assert not found.failed
    return found.samples[0].analysis


def codes(found: SampleAnalysis) -> set[str]:
    return {one.code for one in found.remarks}


def with_gas(one: PulseHeight, volume_cm3: float | None) -> PulseHeight:
    """Return a sample with another volume of xenon; without any processing where it is None."""
    if volume_cm3 is None or one.processing is None:
        return replace(one, processing=None)
    return replace(one, processing=replace(one.processing, volume_cm3=volume_cm3))


def backgrounds() -> Backgrounds:
    return Backgrounds(detector=CAMPAIGN.detector_background, gas=CAMPAIGN.gas_background)


def acquired(one: PulseHeight | None) -> tuple[PulseHeight, Acquisition]:
    assert one is not None
    assert one.acquisition is not None
    return one, one.acquisition


def counted(one: PulseHeight | None, live_s: float) -> PulseHeight:
    message, acquisition = acquired(one)
    times = replace(acquisition, real_time_s=live_s, live_time_s=live_s)
    return replace(message, acquisition=times)


@pytest.mark.parametrize("volume_cm3", [0.0, None, -6.9])
def test_xenon_without_a_volume_has_no_level(volume_cm3: float | None) -> None:
    found = one_of(run(with_gas(CAMPAIGN.sample, volume_cm3), given=backgrounds()))
    assert any(one.detected for one in found.nuclides)
    assert found.category is None
    (reason,) = [r for r in found.remarks if r.code == "noble_gas.no_concentration"]
    impossible = volume_cm3 is not None and volume_cm3 < 0.0
    assert dict(reason.params)["reason"] == ("xenon_volume" if impossible else "no_xenon_volume")
    assert ("gas.no_level_by_concentration" in codes(found)) == (not impossible)


def test_without_a_volume_nothing_found_is_still_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from vigie.pipeline.radionuclide import gases

    def blank(
        message: PulseHeight, *given: PulseHeight | None, params: GasParams
    ) -> tuple[SampleAnalysis, None]:
        found = analyse_gas_sample(message, *given, params=params)
        none = tuple(replace(one, detected=False) for one in found.nuclides)
        return replace(found, nuclides=none), None

    monkeypatch.setattr(gases, "analyse_gas_with_curve", blank)
    found = one_of(run(with_gas(CAMPAIGN.sample, 0.0), given=backgrounds()))
    assert found.category is not None
    assert found.category.level == "A"


@pytest.mark.parametrize("role", ["gas", "detector"])
@pytest.mark.parametrize("live_s", [5.0, 200.0])
def test_a_background_of_seconds_is_left_out(role: str, live_s: float) -> None:
    given = backgrounds()
    right: PulseHeight | None = getattr(CAMPAIGN, f"{role}_background")
    found = one_of(run(CAMPAIGN.sample, given=replace(given, **{role: counted(right, live_s)})))
    without = one_of(run(CAMPAIGN.sample, given=replace(given, **{role: None})))
    assert found.nuclides == without.nuclides
    assert found.category is None
    assert {"sample.background_short", "gas.no_level_by_left_out"} <= codes(found)
    assert f"noble_gas.no_{role}_background" not in codes(found)


@pytest.mark.parametrize("later_h", [-1.0, 24.0])
def test_a_gas_background_by_the_header_that_is_not_before_leaves_the_numbers(
    later_h: float,
) -> None:
    gas, times = acquired(CAMPAIGN.gas_background)
    message, sampled = acquired(CAMPAIGN.sample)
    shift_ns = round((times.real_time_s + later_h * 3600.0) * 1e9) if later_h > 0 else -(10**12)
    moved = replace(
        gas,
        measurement_id="XXG01_001-2026/01/01-20:00:00",
        acquisition=replace(times, start_ns=sampled.start_ns + shift_ns),
    )
    named = replace(message, gas_background_id=moved.measurement_id)
    detector = Backgrounds(detector=CAMPAIGN.detector_background)
    found = one_of(run(named, moved, given=detector))
    assert found.category is None
    assert {"sample.gas_background_misplaced", "gas.no_level_by_left_out"} <= codes(found)
    assert "noble_gas.no_gas_background" not in codes(found)
    # One that a person gave is an error, with something that the person can do.
    ((_, reason),) = run(message, given=replace(detector, gas=moved)).failed
    assert "--gas-background" in reason


@pytest.mark.parametrize(("full", "judged"), [(True, False), (False, True)])
def test_minutes_in_place_of_seconds_leave_no_level_of_a_full_message(
    full: bool, judged: bool
) -> None:
    found = one_of(run(replace(counted(CAMPAIGN.sample, 710.0), full=full), given=backgrounds()))
    assert (found.category is not None) == judged
    assert ("sample.short_count" in codes(found)) == (not judged)
    assert any(one.concentration is not None for one in found.nuclides)
    # Nor does it teach what is usual.
    past = history([found], "Xe-133")
    assert [one.excluded for one in past] == [not judged]


@pytest.mark.slow
@pytest.mark.parametrize(("volume_m3", "fine"), [(20.0, False), (100.0, False), (600.0, True)])
def test_hardly_any_air_gives_no_concentration_and_no_category(
    volume_m3: float, fine: bool
) -> None:
    rng = np.random.default_rng(5)
    message = simulate_sample(HpgeStation(), rng, air_ubq_m3={"I-131": 60.0}).message
    assert message.collection is not None
    assert message.collection.duration_s == pytest.approx(86_400.0)
    drawn = replace(message.collection, air_volume_m3=volume_m3)
    found = one_of(run(replace(message, collection=drawn)))
    assert (found.category is not None) == fine
    assert any(one.concentration is not None for one in found.nuclides) == fine
    assert ("particulate.too_little_air" in codes(found)) == (not fine)


@pytest.mark.slow
def test_a_detector_background_of_seconds_is_none_of_a_filter() -> None:
    rng = np.random.default_rng(5)
    message = simulate_sample(HpgeStation(), rng, air_ubq_m3={"I-131": 60.0}).message
    empty = replace(simulate_background(HpgeStation(), rng).message, type=PhdType.BLANK)
    for role in ("detector", "blank"):
        found = one_of(run(message, given=Backgrounds(**{role: counted(empty, 24.0)})))
        assert found.category is not None
        assert "sample.background_short" in codes(found)


def pair(**of_laboratory: object) -> tuple[SampleAnalysis, SampleAnalysis]:
    """Return a station's analysis and a laboratory's of the half."""
    one = replace(result("Cs-137", 40.0), half_life_s=9.4799e8)
    station = replace(sample(one), sample_id=WHOLE)
    at_lab = replace(
        station,
        station="FRL08",
        detector="FRL08_002",
        sample_id=HALF,
        acquisition_start_ns=START_NS + 240 * NS_PER_H,
    )
    return station, replace(at_lab, **of_laboratory)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of_laboratory", "code"),
    [
        ({"full": True, "live_time_s": 1409.5}, "laboratory.short_count"),
        (
            {"remarks": (Reason.of("particulate.energies_doubtful", unexplained=5, peaks=6),)},
            "laboratory.energies_doubtful",
        ),
        ({"full": False, "live_time_s": 1409.5}, None),
    ],
)
def test_a_doubtful_measurement_is_not_compared(
    of_laboratory: dict[str, object], code: str | None
) -> None:
    (one,) = link_splits(pair(**of_laboratory)).splits
    assert (None if one.reason is None else one.reason.code) == code
    assert (one.comparison is None) == (code is not None)


@pytest.mark.parametrize("withheld", [True, False])
def test_a_nuclide_of_which_nothing_is_said_is_not_one_without_an_error(withheld: bool) -> None:
    station, at_lab = pair()
    (one,) = at_lab.nuclides
    bare = one.without_numbers() if withheld else replace(one, activity_bq=None, concentration=None)
    (split,) = link_splits([station, replace(at_lab, nuclides=(bare,))]).splits
    assert split.comparison is not None
    (told,) = split.comparison.left_out
    assert told.code == ("laboratory.withheld" if withheld else "laboratory.no_activity")
    assert dict(told.params) == {"nuclide": "Cs-137", "where": "laboratory"}
