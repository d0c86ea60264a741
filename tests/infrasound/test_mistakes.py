"""Elements that a list or a file has plainly wrong, through the processing of an array."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.infrasound.test_infrasound_chain import largest, recordings, station

from vigie.errors import TooFewElementsError
from vigie.infrasound import process_array

if TYPE_CHECKING:
    from vigie.records import Station, Waveform


def moved(known: Station, k: int, degrees: float) -> Station:
    sites = list(known.sites)
    sites[k] = replace(sites[k], latitude=sites[k].latitude + degrees)
    return replace(known, sites=tuple(sites))


def copied(waves: list[Waveform], k: int, onto: int) -> list[Waveform]:
    out = list(waves)
    out[onto] = waves[onto].with_samples(waves[k].samples)
    return out


def test_two_elements_with_the_same_samples_are_left_out() -> None:
    waves = copied(recordings([(300.0, 75.0, 340.0)]), 4, 2)
    found = process_array(waves, station())
    one = largest(found.detections)
    assert one.azimuth_deg == pytest.approx(75.0, abs=1.5)
    assert {"S2", "S4"} == {e.element for e in one.excluded_elements}
    assert any("elements S2 and S4 hold the same samples" in note for note in found.notes)


def test_copies_that_leave_too_few_are_a_clear_error() -> None:
    waves = copied(recordings([(300.0, 75.0, 340.0)], n=4), 3, 1)
    with pytest.raises(TooFewElementsError, match="S1 and S3 hold the same samples"):
        process_array(waves, station(4))


def test_records_alike_in_part_are_no_copies() -> None:
    waves = recordings([(300.0, 75.0, 340.0)])
    both = np.array(waves[2].samples, dtype=np.float64)
    both[: len(both) // 4] = np.asarray(waves[4].samples)[: len(both) // 4]
    waves[2] = waves[2].with_samples(both)
    found = process_array(waves, station())
    assert not any("same samples" in note for note in found.notes)


@pytest.mark.parametrize("degrees", [0.3, 2.0, 10.0])
def test_an_element_in_another_country_is_left_out(degrees: float) -> None:
    waves = recordings([(300.0, 75.0, 340.0)])
    found = process_array(waves, moved(station(), 5, degrees))
    one = largest(found.detections)
    assert one.azimuth_deg == pytest.approx(75.0, abs=1.0)
    (out,) = one.excluded_elements
    assert out.element == "S5"
    assert "from the others: wrong place in the station list" in out.reason


def test_an_element_without_a_known_sample_is_named() -> None:
    waves = recordings([(300.0, 75.0, 340.0)])
    waves[5] = waves[5].with_samples(np.full(len(waves[5].samples), np.nan))
    found = process_array(waves, station())
    assert ("S5", "no usable sample") in [
        (e.element, e.reason) for e in largest(found.detections).excluded_elements
    ]
    assert any("S5" in note and "no usable sample" in note for note in found.notes)


def test_copies_with_many_gaps_are_found() -> None:
    waves = recordings([(300.0, 75.0, 340.0)])
    pieces = []
    for k, waveform in enumerate(copied(waves, 4, 2)):
        ns = [waveform.time_ns(i) for i in range(0, len(waveform.samples), 400)]
        cut = 300 if k in (2, 4) else 400
        pieces += [waveform.slice(at, waveform.time_ns(400 * i + cut)) for i, at in enumerate(ns)]
    found = process_array([p for p in pieces if len(p.samples)], station())
    assert any("elements S2 and S4 hold the same samples" in note for note in found.notes)


def test_copies_with_some_other_samples_are_found_and_quiet_records_are_none() -> None:
    waves = copied(recordings([(300.0, 75.0, 340.0)]), 4, 2)
    samples = np.array(waves[2].samples, dtype=np.float64)
    samples[::500] += 1.0
    waves[2] = waves[2].with_samples(samples)
    found = process_array(waves, station())
    assert any("elements S2 and S4 hold the same samples" in note for note in found.notes)
    coarse = [w.with_samples(np.round(np.asarray(w.samples) / 20_000.0)) for w in waves[:2]]
    found = process_array([*coarse, *waves[3:]], station())
    assert not any("S0 and S1 hold" in note for note in found.notes)
