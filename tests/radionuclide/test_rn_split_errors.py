"""Errors of a split where the concentration is near zero: no volume, no cancellation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.radionuclide.support_samples import NS_PER_H, result, sample

from vigie.radionuclide.laboratory import Split, compare_split

if TYPE_CHECKING:
    from vigie.records import NuclideResult, SampleAnalysis

SENT = Split(sample_id="31202603010011G", portion_id="31202603010022G", laboratory="FRL08")
HALF_LIFE_S = 9.4799e8


def _found(name: str, concentration: float, *, own: float, whole: float) -> NuclideResult:
    return replace(
        result(name, concentration, sigma=whole, detected=True),
        activity_sigma_bq=own * 0.02,
        half_life_s=HALF_LIFE_S,
        decay_factors=(1.0, 1.0, 1.0),
    )


def _pair(*at_station: NuclideResult) -> tuple[SampleAnalysis, SampleAnalysis]:
    station = replace(sample(*at_station), sample_id=SENT.sample_id)
    later = (station.acquisition_start_ns or 0) + 192 * NS_PER_H
    at_laboratory = tuple(_found(one.nuclide, 40.0, own=2.0, whole=2.0) for one in at_station)
    return station, replace(
        station, sample_id=SENT.portion_id, acquisition_start_ns=later, nuclides=at_laboratory
    )


@pytest.mark.parametrize("concentration", [0.0, 1e-9, 1e-4, -1e-4, 0.1])
def test_what_exceeds_the_activity_s_error_near_zero_is_no_volume(concentration: float) -> None:
    (found,) = compare_split(
        *_pair(_found("Cs-137", concentration, own=0.75, whole=1.0)), SENT
    ).comparisons
    assert found.station.sigma == pytest.approx(1.0)
    assert found.laboratory.sigma == pytest.approx(2.0, rel=1e-3)
    difference = found.laboratory.value - found.station.value
    assert found.zeta == pytest.approx(difference / np.hypot(1.0, found.laboratory.sigma))


def test_the_volume_s_error_is_that_of_all_nuclides_together() -> None:
    # 3 % of volume show in Cs-137; of I-131, near zero, the excess is its own.
    strong = _found("Cs-137", 100.0, own=1.0, whole=float(np.hypot(1.0, 3.0)))
    weak = _found("I-131", 0.01, own=0.75, whole=1.0)
    of = {c.nuclide: c for c in compare_split(*_pair(strong, weak), SENT).comparisons}
    assert of["Cs-137"].station.sigma == pytest.approx(np.hypot(1.0, 3.0))
    assert of["Cs-137"].laboratory.sigma == pytest.approx(np.hypot(2.0, 1.2), rel=1e-3)
    assert of["I-131"].station.sigma == pytest.approx(1.0)
    assert of["I-131"].laboratory.sigma == pytest.approx(np.hypot(2.0, 1.2), rel=1e-3)


def test_the_volume_s_error_that_the_record_states_counts() -> None:
    station, laboratory = _pair(_found("Cs-137", 10.0, own=1.0, whole=1.0))
    station = replace(station, air_volume_sigma_m3=1000.0)
    (found,) = compare_split(station, laboratory, SENT).comparisons
    assert found.station.sigma == pytest.approx(np.hypot(1.0, 0.5))


def test_small_own_errors_beside_a_large_shared_one_are_not_lost() -> None:
    # In the sum of squares an own part of 1e-9 is beyond the digits there are.
    pair = _pair(_found("Cs-137", 40.0, own=4e-8, whole=4e-8))
    at_laboratory = replace(pair[1].nuclides[0], activity_sigma_bq=0.02 * 4e-8)
    pair = pair[0], replace(pair[1], nuclides=(at_laboratory,))
    (bare,) = compare_split(*pair, replace(SENT, volume_relative=0.0)).comparisons
    (found,) = compare_split(*pair, replace(SENT, volume_relative=0.9)).comparisons
    assert found.zeta == pytest.approx(bare.zeta)
    assert found.weight_laboratory == pytest.approx(0.5, rel=0.01)
    assert found.station.sigma == pytest.approx(36.0)
