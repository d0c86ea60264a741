"""Times, volumes and counts of samples that contradict themselves, or are beyond counting."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import analyse_all
from vigie.radionuclide.particulate import analyse_sample, spectrum_of
from vigie.radionuclide.particulate.sample import (
    MOST_COUNTS,
    contradicts_collection,
    has_counting_time,
)
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_sample

if TYPE_CHECKING:
    from vigie.records import PulseHeight, SampleAnalysis

HOUR_NS = 3600 * 10**9


@lru_cache(maxsize=1)
def message() -> PulseHeight:
    rng = np.random.default_rng(5)
    return simulate_sample(HpgeStation(), rng, air_ubq_m3={"I-131": 60.0, "Be-7": 4000.0}).message


def judged(sample: PulseHeight) -> SampleAnalysis:
    run = analyse_all(Gathered(measurements=[Measurement("x.phd", message=sample)]))
    assert not run.failed
    return run.samples[0].analysis


def counted(real_s: float, live_s: float) -> PulseHeight:
    acquisition = message().acquisition
    assert acquisition is not None
    return replace(
        message(), acquisition=replace(acquisition, real_time_s=real_s, live_time_s=live_s)
    )


@pytest.mark.slow
@pytest.mark.parametrize(("real_s", "live_s"), [(0.0, 0.0), (80_000.0, 84_000.0), (8.46e7, 8.4e7)])
def test_without_a_time_of_counting_nuclides_are_named_and_no_amounts_given(
    real_s: float, live_s: float
) -> None:
    found = judged(counted(real_s, live_s))
    assert {"Be-7", "I-131"} <= {n.nuclide for n in found.nuclides if n.detected}
    assert all(n.activity_bq is None and n.concentration is None for n in found.nuclides)
    assert all(n.unit == "Bq" for n in found.nuclides)
    assert found.category is None
    assert "particulate.no_counting_time" in {r.code for r in found.remarks}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exchanged", "counted before"])
def test_a_collection_that_contradicts_the_count_hides_no_fission_product(how: str) -> None:
    collection, acquisition = message().collection, message().acquisition
    assert collection is not None
    assert acquisition is not None
    if how == "exchanged":
        turned = replace(collection, start_ns=collection.stop_ns, stop_ns=collection.start_ns)
        sample = replace(message(), collection=turned)
    else:
        early = acquisition.start_ns - 8760 * HOUR_NS
        sample = replace(message(), acquisition=replace(acquisition, start_ns=early))
    found = judged(sample)
    iodine = found.nuclide("I-131")
    assert iodine is not None
    assert iodine.detected
    assert (iodine.activity_bq or 0.0) > 0.5
    assert iodine.concentration is None
    assert found.category is None
    assert "particulate.times_contradict" in {r.code for r in found.remarks}
    assert not all(f.passed is not False for f in found.flags)


@pytest.mark.slow
def test_a_volume_below_zero_is_none() -> None:
    collection = message().collection
    assert collection is not None
    found = judged(replace(message(), collection=replace(collection, air_volume_m3=-5.0)))
    assert all(n.concentration is None and n.unit == "Bq" for n in found.nuclides)


@pytest.mark.slow
def test_more_air_than_a_station_can_pass_gives_no_concentration_and_no_category() -> None:
    collection = message().collection
    assert collection is not None
    found = judged(replace(message(), collection=replace(collection, air_volume_m3=2e10)))
    assert all(n.concentration is None and n.unit == "Bq" for n in found.nuclides)
    assert found.category is None
    assert "particulate.too_much_air" in {r.code for r in found.remarks}


@given(wait_h=st.floats(-1e4, 1e4), length_h=st.floats(-100.0, 100.0))
@settings(max_examples=50)
def test_a_collection_is_believed_before_the_count_only(wait_h: float, length_h: float) -> None:
    collection, acquisition = message().collection, message().acquisition
    assert collection is not None
    assert acquisition is not None
    stop_ns = acquisition.start_ns - round(wait_h * HOUR_NS)
    moved = replace(collection, start_ns=stop_ns - round(length_h * HOUR_NS), stop_ns=stop_ns)
    sample = replace(message(), collection=moved)
    fine = round(length_h * HOUR_NS) > 0 and wait_h * 3600.0 >= -60.0
    assert contradicts_collection(sample) == (not fine)
    assert has_counting_time(sample)


@pytest.mark.slow
def test_countless_counts_are_analysed_as_a_part_of_the_live_time() -> None:
    rng = np.random.default_rng(8)
    strong = simulate_sample(HpgeStation(), rng, air_ubq_m3={"Cs-137": 1e5, "I-131": 1e5}).message
    whole = strong.gamma
    assert whole is not None
    assert whole.total > MOST_COUNTS
    thinned = spectrum_of(strong)
    assert thinned.total == pytest.approx(MOST_COUNTS, rel=1e-3)
    assert np.array_equal(thinned.counts, spectrum_of(strong).counts)
    assert strong.acquisition is not None
    share = (thinned.live_time_s or 0.0) / strong.acquisition.live_time_s
    assert share == pytest.approx(MOST_COUNTS / whole.total)
    found = analyse_sample(strong)
    assert "particulate.thinned" in {r.code for r in found.remarks}
    for name in ("Cs-137", "I-131"):
        one = found.nuclide(name)
        assert one is not None
        assert one.concentration == pytest.approx(1e5, rel=0.1)
