"""Measurements of laboratories among samples: which are linked, which enter a history."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.radionuclide.support_samples import NS_PER_H, START_NS, result, sample

from vigie.errors import ParameterError
from vigie.pipeline.radionuclide.splits import Linked, Share, laboratory_of, link_splits
from vigie.pipeline.radionuclide.station_history import detector_histories
from vigie.records import Reason, SampleAnalysis

WHOLE = "31202603010011G"
HALVES = ("31202603010021G", "31202603010022G")
HALF_LIFE_S = 9.4799e8


def cesium(concentration: float, sigma: float = 1.0) -> SampleAnalysis:
    found = sample(replace(result("Cs-137", concentration, sigma=sigma), half_life_s=HALF_LIFE_S))
    return replace(found, sample_id=WHOLE)


STATION = cesium(40.0)
AT_LABORATORY = replace(
    cesium(20.0, 0.5),
    station="FRL08",
    detector="FRL08_002",
    sample_id=HALVES[1],
    acquisition_start_ns=START_NS + 240 * NS_PER_H,
)


def code_of(found: Linked) -> str:
    (one,) = found.splits
    assert one.comparison is None
    assert one.reason is not None
    return one.reason.code


def test_a_portion_is_linked_and_is_no_history() -> None:
    found = link_splits([AT_LABORATORY, STATION])
    assert found.stations == (STATION,)
    (one,) = found.splits
    assert (one.laboratory, one.original, one.analysis) == ("FRL08", STATION, AT_LABORATORY)
    assert one.reason is None
    assert one.comparison is not None
    assert one.comparison.split.share == 0.5
    assert one.share_source == "equal_portions"
    (compared,) = one.comparison.comparisons
    # 0.4 Bq in half of the filter, 8 days later: 0.8 Bq in all, as at the station.
    assert compared.laboratory.value == pytest.approx(40.0, rel=1e-3)
    assert compared.zeta == pytest.approx(0.0, abs=0.05)


def test_the_history_of_a_station_is_the_same_without_and_with_the_laboratory() -> None:
    days = [
        replace(sample(result("Cs-137", 3.0 + day), day=day), sample_id=f"31202603{day:02d}0011G")
        for day in range(1, 6)
    ]
    # The laboratory writes the code of the station, and a much larger result.
    at_lab = replace(
        days[2], detector="FRL08_002", sample_id="31202603030022G",
        nuclides=(result("Cs-137", 900.0),),
    )  # fmt: skip
    # The station's own detector measures a portion again.
    again = replace(days[3], sample_id="31202603040022G", nuclides=(result("Cs-137", 800.0),))
    found = link_splits([*days, at_lab, again])
    assert [(s.laboratory, s.original) for s in found.splits] == [
        ("FRL08", days[2]),
        ("FRP31_001", days[3]),
    ]
    (alone,) = detector_histories(days)
    (beside,) = detector_histories(found.stations)
    assert beside.samples == alone.samples
    assert beside.nuclides[0].background == alone.nuclides[0].background
    assert beside.nuclides[0].chances == alone.nuclides[0].chances


def test_a_share_that_is_stated_counts() -> None:
    found = link_splits([STATION, AT_LABORATORY], {HALVES[1]: Share(value=0.4, sigma=0.02)})
    (one,) = found.splits
    assert one.share_source == "stated"
    assert one.comparison is not None
    (compared,) = one.comparison.comparisons
    assert compared.laboratory.value == pytest.approx(50.0, rel=1e-3)
    assert compared.laboratory.sigma == pytest.approx(50.0 * (0.025**2 + 0.05**2) ** 0.5, rel=1e-2)
    with pytest.raises(ParameterError, match="share"):
        link_splits([STATION, AT_LABORATORY], {HALVES[1]: Share(value=1.5)})


@pytest.mark.parametrize(
    ("at_station", "at_laboratory", "share"),
    [(WHOLE, WHOLE, 1.0), (WHOLE, HALVES[0], 0.5), (HALVES[1], HALVES[1], 1.0)],
)
def test_the_share_of_equal_portions(at_station: str, at_laboratory: str, share: float) -> None:
    station = replace(STATION, sample_id=at_station)
    (one,) = link_splits([station, replace(AT_LABORATORY, sample_id=at_laboratory)]).splits
    assert one.comparison is not None
    assert one.comparison.split.share == share


def test_other_stations_and_detectors_measure_again() -> None:
    elsewhere = replace(AT_LABORATORY, station="DEP33", detector="DEP33_001", sample_id=WHOLE)
    beside = replace(AT_LABORATORY, station="FRP31", detector="FRP31_002")
    found = link_splits([elsewhere, STATION, beside])
    assert [(s.laboratory, s.original) for s in found.splits] == [
        ("DEP33", STATION),
        ("FRP31_002", STATION),
    ]
    assert found.stations == (STATION,)


def test_without_an_original_a_laboratory_is_told_and_others_stay() -> None:
    for other in (
        replace(STATION, sample_id="31202603010111G"),
        replace(STATION, sample_id="31202603010011X"),
        replace(STATION, sample_id="32202603010011G"),
        replace(STATION, sample_id=HALVES[0]),
        replace(STATION, simulated=True),
        replace(STATION, technology="noble_gas"),
        replace(STATION, collection_stop_ns=None),
    ):
        found = link_splits([other, AT_LABORATORY])
        assert code_of(found) == "laboratory.no_original"
        assert found.stations == (other,)
    portion = replace(AT_LABORATORY, station="DEP33", detector="DEP33_001")
    assert link_splits([portion]).stations == (portion,)
    assert link_splits([portion]).splits == ()


def test_two_that_may_be_the_original_are_told() -> None:
    other = replace(STATION, detector="FRP31_002")
    found = link_splits([STATION, other, AT_LABORATORY])
    (one,) = found.splits
    assert one.reason == Reason.of(
        "laboratory.two_originals", sample=HALVES[1], detectors="FRP31_001, FRP31_002"
    )
    assert one.original is None
    assert found.stations == (STATION, other)
    # Without a laboratory nothing is said of them.
    assert link_splits([STATION, other]).splits == ()


def test_what_cannot_be_compared_says_why() -> None:
    unread = replace(AT_LABORATORY, sample_id="QA-2026-7")
    assert code_of(link_splits([STATION, unread])) == "laboratory.no_srid"
    timeless = replace(AT_LABORATORY, acquisition_start_ns=None)
    assert code_of(link_splits([STATION, timeless])) == "laboratory.no_acquisition"
    early = replace(AT_LABORATORY, acquisition_start_ns=START_NS + 23 * NS_PER_H)
    assert code_of(link_splits([STATION, early])) == "laboratory.before_collection_end"


def test_what_was_analysed_twice_counts_once_by_its_last_analysis() -> None:
    newer = replace(STATION, nuclides=cesium(44.0).nuclides)
    at_lab = replace(AT_LABORATORY, nuclides=cesium(22.0).nuclides)
    (one,) = link_splits([STATION, AT_LABORATORY, newer, at_lab]).splits
    assert one.analysis is at_lab
    assert one.original is newer
    # A portion counted at two times is two measurements.
    later = replace(AT_LABORATORY, acquisition_start_ns=START_NS + 480 * NS_PER_H)
    assert len(link_splits([STATION, AT_LABORATORY, later]).splits) == 2


@pytest.mark.parametrize(
    ("station", "detector", "code"),
    [
        ("FRL08", "", "FRL08"),
        ("rl08", "", "FRL08"),
        ("FRP31", "GBL15_001", "GBL15"),
        ("FRP31", "FRP31_001", ""),
        ("", "", ""),
    ],
)
def test_a_laboratory_by_its_codes(station: str, detector: str, code: str) -> None:
    assert laboratory_of(replace(STATION, station=station, detector=detector)) == code
