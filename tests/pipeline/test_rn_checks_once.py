"""Check measurements: each counts once, and those of beta-gamma systems say what they are."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from vigie.pipeline.radionuclide.checks import DetectorChecks, detector_checks
from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.records import DetectorSystem, PulseHeight
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_checks


@lru_cache(maxsize=1)
def messages() -> tuple[PulseHeight, ...]:
    made = simulate_checks(HpgeStation(), np.random.default_rng(20261127), days=2)
    return tuple(one.message for one in made)


def checked(*of: PulseHeight) -> DetectorChecks:
    found = [Measurement(f"{k}.phd", message=one) for k, one in enumerate(of)]
    (one,) = detector_checks(Gathered(measurements=found))
    return one


def test_a_message_in_two_files_is_one_measurement() -> None:
    once = checked(*messages())
    copied = replace(messages()[0], message_id="sent again")
    assert {len(points) for points in once.series.values()} == {2}
    assert checked(copied, *messages(), messages()[1]).series == once.series


def test_the_full_message_stands_for_the_measurement_in_either_order() -> None:
    first = messages()[0]
    assert first.acquisition is not None
    early = replace(
        first,
        full=False,
        acquisition=replace(first.acquisition, live_time_s=first.acquisition.live_time_s / 2.0),
    )
    alone = checked(*messages()).series
    assert checked(early, *messages()).series == checked(*messages(), early).series == alone


def test_a_message_without_an_acquisition_is_told_once() -> None:
    bare = replace(messages()[0], acquisition=None)
    assert [why for _, why in checked(bare, bare).failed] == ["no #Acquisition"]


def test_a_beta_gamma_system_is_told_as_one() -> None:
    gas = replace(messages()[0], system=DetectorSystem.BETA_GAMMA)
    found = checked(gas)
    assert [why for _, why in found.failed] == ["a beta-gamma system; germanium detectors only"]
    assert found.series == {}
