"""Shares of portions: of a gas by its volumes, in sum no more than one; errors harm no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.radionuclide.support_samples import NS_PER_H, START_NS, result, sample

from vigie.pipeline.radionuclide.share_sums import overfull
from vigie.pipeline.radionuclide.splits import Remeasured, Share, link_splits
from vigie.radionuclide.decay import SampleTimes, decay_factors
from vigie.records import NuclideResult, SampleAnalysis

BOTTLE = "31202603010011X"
WHOLE = "31202603010011G"
XENON_S = 5.245 * 86_400.0
CESIUM_S = 9.4799e8


def xenon(
    station: str,
    volume_m3: float,
    hours: float,
    *,
    concentration: float = 1.0,
    error: float = 0.02,
    volume_sigma_m3: float | None = None,
) -> SampleAnalysis:
    """Return an analysis of xenon out of so much air, counted so long after the collection."""
    k = decay_factors(
        XENON_S, SampleTimes(collection_s=43_200.0, decay_s=hours * 3600.0, acquisition_s=43_200.0)
    )
    activity = concentration * 1e-3 * volume_m3 / (k.collection * k.decay)
    relative = (volume_sigma_m3 or 0.0) / volume_m3
    found = NuclideResult(
        nuclide="Xe-133",
        method="likelihood",
        activity_bq=activity,
        activity_sigma_bq=error * activity,
        concentration=concentration,
        uncertainty=concentration * float(np.hypot(error, relative)),
        unit="mBq/m3",
        critical_level=0.1,
        mdc=0.2,
        detected=True,
        half_life_s=XENON_S,
        decay_factors=(k.collection, k.decay, k.acquisition),
    )
    stop_ns = START_NS + 12 * NS_PER_H
    return SampleAnalysis(
        station=station,
        detector=f"{station}_001",
        sample_id=BOTTLE,
        technology="noble_gas",
        collection_start_ns=START_NS,
        collection_stop_ns=stop_ns,
        acquisition_start_ns=stop_ns + int(hours * NS_PER_H),
        air_volume_m3=volume_m3,
        air_volume_sigma_m3=volume_sigma_m3,
        nuclides=(found,),
    )


def linked(*analyses: SampleAnalysis, **shares: Share) -> Remeasured:
    (one,) = link_splits(analyses, {name.removeprefix("s"): s for name, s in shares.items()}).splits
    return one


def test_the_share_of_a_gas_is_that_of_the_volumes() -> None:
    one = linked(xenon("FRX31", 12.0, 8.0), xenon("GBL15", 7.2, 56.0))
    assert one.comparison is not None
    assert one.share_source == "volumes"
    assert one.comparison.split.share == pytest.approx(0.6)
    (compared,) = one.comparison.comparisons
    assert compared.laboratory.value == pytest.approx(1.0)
    assert compared.zeta == pytest.approx(0.0, abs=1e-6)


def test_both_volumes_errors_count_once_each() -> None:
    station = xenon("FRX31", 12.0, 8.0, volume_sigma_m3=0.6)
    laboratory = xenon("GBL15", 7.2, 56.0, concentration=1.2, volume_sigma_m3=0.216)
    one = linked(station, laboratory)
    assert one.comparison is not None
    split = one.comparison.split
    assert split.share_sigma == pytest.approx(0.6 * np.hypot(0.05, 0.03))
    (compared,) = one.comparison.comparisons
    of_station, of_laboratory = np.hypot(0.02, 0.05), 1.2 * np.hypot(0.02, 0.03)
    assert compared.station.sigma == pytest.approx(of_station)
    assert compared.laboratory.sigma == pytest.approx(of_laboratory)
    assert compared.zeta == pytest.approx(0.2 / np.hypot(of_station, of_laboratory))
    mean = (of_station**-2 + of_laboratory**-2) ** -0.5
    assert compared.combined.sigma == pytest.approx(mean)


def test_zeta_of_equal_gas_with_volumes_measured_apart_has_width_one() -> None:
    rng = np.random.default_rng(20261127)
    scores = []
    for _ in range(1500):
        pair = []
        for place, volume, hours, error, of_volume in (
            ("FRX31", 12.0, 8.0, 0.02, 0.05),
            ("GBL15", 7.2, 56.0, 0.03, 0.02),
        ):
            counted = 1.0 + error * rng.normal()
            stated = volume * (1.0 + of_volume * rng.normal())
            made = xenon(
                place, stated, hours, concentration=counted * volume / stated, error=error,
                volume_sigma_m3=of_volume * stated,
            )  # fmt: skip
            pair.append(made)
        one = linked(*pair)
        assert one.comparison is not None
        scores.append(one.comparison.comparisons[0].zeta)
    # 1,500 pairs: errors of 0.026 of the mean, 0.018 of the width.
    assert np.mean(scores) == pytest.approx(0.0, abs=0.08)
    assert np.std(scores) == pytest.approx(1.0, abs=0.06)


def test_a_gas_without_a_volume_is_refused_until_its_share_is_stated() -> None:
    station = xenon("FRX31", 12.0, 8.0)
    for without in (None, 0.0, -1.0):
        laboratory = replace(xenon("GBL15", 7.2, 56.0), air_volume_m3=without)
        one = linked(station, laboratory)
        assert one.comparison is None
        assert one.reason is not None
        assert one.reason.code == "laboratory.no_gas_share"
        stated = linked(station, laboratory, **{f"s{BOTTLE}": Share(value=0.6, sigma=0.01)})
        assert stated.comparison is not None
        assert stated.share_source == "stated"


def test_more_gas_at_the_laboratory_than_at_the_station_is_refused() -> None:
    one = linked(xenon("FRX31", 12.0, 8.0), xenon("GBL15", 13.2, 56.0))
    assert one.reason is not None
    assert one.reason.code == "laboratory.gas_share_above_one"
    # Within three of its errors it is what it is, and the result is not drawn to 1.
    station = xenon("FRX31", 12.0, 8.0, volume_sigma_m3=0.6)
    near = linked(station, xenon("GBL15", 13.2, 56.0, volume_sigma_m3=0.3))
    assert near.comparison is not None
    assert near.comparison.split.share == pytest.approx(1.1)
    assert near.comparison.comparisons[0].laboratory.value == pytest.approx(1.0)


def cesium(concentration: float, sample_id: str = WHOLE, station: str = "FRP31") -> SampleAnalysis:
    found = replace(result("Cs-137", concentration), half_life_s=CESIUM_S)
    made = replace(sample(found, station=station), sample_id=sample_id)
    if station == "FRP31":
        return made
    return replace(made, acquisition_start_ns=START_NS + 240 * NS_PER_H)


HALVES = (
    cesium(20.0, "31202603010021G", "FRL08"),
    cesium(20.0, "31202603010022G", "GBL15"),
)


def test_portions_that_are_more_than_the_whole_are_told() -> None:
    def sums(first: float, second: float, sigma: float = 0.0) -> list[tuple[str, float]]:
        shares = {
            "31202603010021G": Share(value=first, sigma=sigma),
            "31202603010022G": Share(value=second, sigma=sigma),
        }
        # A portion that two laboratories measured is one portion.
        again = replace(HALVES[0], station="DEL07", detector="DEL07_001")
        return overfull(link_splits([cesium(40.0), *HALVES, again], shares).splits)

    ((sample_id, total),) = sums(0.9, 0.8)
    assert (sample_id, round(total, 9)) == (WHOLE, 1.7)
    assert sums(0.5, 0.5) == []
    assert sums(0.52, 0.52, sigma=0.02) == []
    assert overfull(link_splits([cesium(40.0), *HALVES]).splits) == []


def test_a_preliminary_message_displaces_neither_original_nor_second_measurement() -> None:
    whole = replace(cesium(40.0), full=True, live_time_s=80_000.0)
    early = replace(cesium(70.0), full=False, live_time_s=7_000.0)
    half = replace(HALVES[0], full=True, live_time_s=80_000.0)
    early_half = replace(cesium(99.0, half.sample_id, "FRL08"), full=False, live_time_s=7_000.0)
    found = link_splits([whole, half, early_half, early])
    assert found.superseded == ((early_half, half),)
    (one,) = found.splits
    assert one.original == whole
    assert one.analysis == half


def test_a_simulated_measurement_does_not_displace_a_measured_one_without_an_id() -> None:
    lost = replace(HALVES[0], sample_id="")
    found = link_splits([lost, replace(lost, simulated=True)]).splits
    assert [one.analysis.simulated for one in found] == [False, True]


@pytest.mark.parametrize("activity", [1e308, float("inf"), float("nan")])
def test_an_impossible_number_is_told_and_the_rest_is_compared(activity: float) -> None:
    huge = replace(result("I-131", 20.0), half_life_s=693_000.0, activity_bq=activity)
    huge = replace(huge, concentration=activity)
    iodine = replace(result("I-131", 20.0), half_life_s=693_000.0)
    station = replace(cesium(40.0), nuclides=(*cesium(40.0).nuclides, iodine))
    half = replace(HALVES[0], nuclides=(*HALVES[0].nuclides, huge))
    (one,) = link_splits([station, half]).splits
    assert one.comparison is not None
    assert [c.nuclide for c in one.comparison.comparisons] == ["Cs-137"]
    (told,) = one.comparison.left_out
    assert (told.code, dict(told.params)["nuclide"]) == ("laboratory.impossible", "I-131")


@pytest.mark.parametrize("half_life_s", [-5.0, 0.0, float("nan")])
def test_a_half_life_that_cannot_be_is_none(half_life_s: float) -> None:
    def with_it(one: SampleAnalysis) -> SampleAnalysis:
        return replace(one, nuclides=(replace(one.nuclides[0], half_life_s=half_life_s),))

    (one,) = link_splits([with_it(cesium(40.0)), with_it(HALVES[0])]).splits
    assert one.comparison is not None
    assert [told.code for told in one.comparison.left_out] == ["laboratory.no_factor"]
    # The station's stands in for the laboratory's.
    (one,) = link_splits([cesium(40.0), with_it(HALVES[0])]).splits
    assert one.comparison is not None
    assert one.comparison.comparisons[0].laboratory.value == pytest.approx(40.0, rel=1e-3)
