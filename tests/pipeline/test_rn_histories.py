"""Which analyses stand in the history of a detector, each sample once and in one unit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.radionuclide.support_samples import result, sample

from vigie.pipeline.radionuclide.histories import earlier, of_same_detector
from vigie.pipeline.radionuclide.station_history import detector_histories
from vigie.radionuclide.judge import observation

if TYPE_CHECKING:
    from vigie.records import SampleAnalysis


def _cs(concentration: float, day: int = 0, unit: str = "uBq/m3") -> SampleAnalysis:
    made = sample(replace(result("Cs-137", concentration), unit=unit), day=day)
    return replace(made, sample_id=f"312026{3 + day // 28:02d}{1 + day % 28:02d}0011G")


def _shown(*analyses: SampleAnalysis) -> list[float | None]:
    (one,) = detector_histories(analyses)
    return [seen.concentration for seen in one.nuclides[0].samples]


FULL = replace(_cs(10.0), full=True, live_time_s=80_000.0)
PRELIMINARY = replace(_cs(50.0), full=False, live_time_s=7_000.0)


@pytest.mark.parametrize("order", [(FULL, PRELIMINARY), (PRELIMINARY, FULL)])
def test_the_full_message_stands_for_the_sample_in_either_order(
    order: tuple[SampleAnalysis, ...],
) -> None:
    assert _shown(*order) == [10.0]
    assert earlier(_cs(3.0, day=1), order) == [FULL]
    (one,) = detector_histories(order)
    assert one.superseded == ((PRELIMINARY, FULL),)


@pytest.mark.parametrize("full", [False, None, True])
def test_of_two_alike_the_longer_acquisition_stands_for_the_sample(full: bool | None) -> None:
    long = replace(FULL, full=full)
    short = replace(PRELIMINARY, full=full)
    assert _shown(short, long) == _shown(long, short) == [10.0]


def test_a_message_that_does_not_say_lies_between_full_and_preliminary() -> None:
    unknown = replace(_cs(30.0), live_time_s=None)
    assert _shown(FULL, unknown) == [10.0]
    assert _shown(unknown, PRELIMINARY) == [30.0]


def test_the_same_analysis_twice_is_superseded_by_nothing() -> None:
    (one,) = detector_histories([FULL, FULL])
    assert len(one.samples) == 1
    assert one.superseded == ()


def test_a_simulated_analysis_does_not_displace_the_measured_one() -> None:
    measured, simulated = _cs(3.0), replace(_cs(500.0), simulated=True)
    found = detector_histories([measured, _cs(4.0, day=1), simulated])
    assert [[a.nuclides[0].concentration for a in one.samples] for one in found] == [
        [3.0, 4.0],
        [500.0],
    ]


def test_a_gas_of_the_same_detector_does_not_displace_the_filter() -> None:
    gas = replace(_cs(7.0), technology="noble_gas")
    found = detector_histories([_cs(3.0), gas])
    assert {one.technology: len(one.samples) for one in found} == {"particulate": 1, "noble_gas": 1}


def test_samples_without_an_id_are_told_apart_by_their_collections() -> None:
    days = [replace(_cs(3.0 + day, day=day), sample_id="") for day in range(3)]
    assert _shown(*days) == [3.0, 4.0, 5.0]
    assert of_same_detector(days[0], days) == days[1:]


def test_samples_without_an_id_and_a_start_are_told_apart_by_their_stops() -> None:
    days = [
        replace(_cs(3.0 + day, day=day), sample_id="", collection_start_ns=None) for day in range(3)
    ]
    assert of_same_detector(days[0], days) == days[1:]


def test_a_sample_with_and_without_its_id_is_one() -> None:
    named, nameless = FULL, replace(PRELIMINARY, sample_id="")
    assert _shown(named, nameless) == _shown(nameless, named) == [10.0]


def test_a_history_is_in_one_unit() -> None:
    (one,) = detector_histories([_cs(3.0), _cs(0.004, day=1, unit="mBq/m3")])
    (cesium,) = one.nuclides
    assert cesium.unit == "uBq/m3"
    assert [o.concentration for o in cesium.samples] == pytest.approx([3.0, 4.0])
    assert cesium.uncertainties == pytest.approx((1.0, 1000.0))


def test_an_observation_of_gas_is_in_millibecquerel_with_its_limits() -> None:
    gas = replace(_cs(150.0), technology="noble_gas")
    seen = observation(gas, "Cs-137")
    assert seen is not None
    assert seen.unit == "mBq/m3"
    values = (seen.concentration, seen.critical_level, seen.mdc)
    assert values == pytest.approx((0.15, 0.002, 0.0042))


def test_a_unit_that_is_not_known_has_no_place_in_a_history() -> None:
    assert observation(_cs(3.0, unit="counts"), "Cs-137") is None
    assert observation(_cs(3.0, unit="Bq"), "Cs-137") is None


@pytest.mark.parametrize("kind", ["SPIKEPHD", "CALIBPHD", "REGENPHD", "BLANKPHD"])
def test_only_samples_of_the_air_enter_a_history(kind: str) -> None:
    other = replace(_cs(900.0, day=1), message_type=kind)
    assert _shown(_cs(3.0), other) == [3.0]
    assert earlier(_cs(3.0, day=2), [_cs(3.0), other]) == [_cs(3.0)]
    assert detector_histories([other]) == []
