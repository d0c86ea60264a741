"""Arrays of which some element is wrong, undecided which: no direction is surer than the fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from vigie.exchange import open_intake
from vigie.infrasound import process_array
from vigie.infrasound.doubt import kept_once
from vigie.pipeline.detect import stations_of
from vigie.pipeline.station_book import open_book

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vigie.infrasound.chain import ArrayResult
    from vigie.records import Detection, Station, Waveform
    from vigie.signal.pmcc import Family

TRUE_AZIMUTH_DEG = {"W220": 110.85, "W240": 107.40, "W340": 102.66, "W420": 82.40}


def recorded(root: Path, code: str) -> tuple[list[Waveform], Station]:
    folder = root / "infrasound" / "hrr5"
    intake = open_intake([str(folder / f"{code}_50Hz.mseed")])
    book = open_book([folder / "elements.csv"])
    for _, waveforms, station in stations_of(intake, book, join=True):
        if station is not None:
            return list(waveforms), station
    raise AssertionError(code)


def with_faults(
    waveforms: Sequence[Waveform], *, late: str = "", flipped: str = "", late_s: float = 1.0
) -> list[Waveform]:
    out = []
    for w in waveforms:
        if w.channel.station == late:
            w = replace(w, start_ns=w.start_ns + round(late_s * 1e9))
        if w.channel.station == flipped:
            w = w.with_samples(-w.samples.astype(float))
        out.append(w)
    return out


def signals(result: ArrayResult) -> list[Detection]:
    return [d for d in result.detections if d.phase == "I"]


def off_deg(detection: Detection, truth_deg: float) -> float:
    return abs(((detection.azimuth_deg or 0.0) - truth_deg + 180.0) % 360.0 - 180.0)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "late", "flipped"),
    [
        ("W340", "W34CW", ""),
        ("W220", "W22CW", ""),
        ("W220", "W22SW", ""),
        ("W340", "W34SE", "W34SW"),
        ("W340", "W34CW", "W34SE"),
        ("W220", "W22NE", "W22SW"),
        ("W240", "", "W24NE"),
    ],
)
def test_no_azimuth_is_surer_than_the_fault(
    shared_data: Path, code: str, late: str, flipped: str
) -> None:
    waveforms, station = recorded(shared_data, code)
    result = process_array(with_faults(waveforms, late=late, flipped=flipped), station)
    found = signals(result)
    assert found
    for detection in found:
        assert detection.azimuth_deg is None or off_deg(detection, TRUE_AZIMUTH_DEG[code]) < 2.0 * (
            detection.azimuth_deg_sigma or 0.0
        )
        assert any("cannot be told" in remark for remark in detection.remarks)
        assert not detection.amplitudes
    assert any("every hypothesis" in note for note in result.notes)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(("late", "flipped"), [("W42CE", "W42CW"), ("W42SW", "W42NW")])
def test_of_six_elements_a_late_and_a_reversed_one_are_both_named(
    shared_data: Path, late: str, flipped: str
) -> None:
    waveforms, station = recorded(shared_data, "W420")
    found = signals(process_array(with_faults(waveforms, late=late, flipped=flipped), station))
    largest = max(found, key=lambda d: d.family_size or 0)
    assert {e.element for e in largest.excluded_elements} == {late, flipped}
    assert off_deg(largest, TRUE_AZIMUTH_DEG["W420"]) < 4.0
    assert not any("cannot be told" in remark for remark in largest.remarks)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("code", ["W220", "W240", "W340", "W420"])
def test_clean_arrays_are_in_no_doubt(shared_data: Path, code: str) -> None:
    # Side lobes at three elements are noise, and may have the speed of no sound.
    found = [d for d in process_array(*recorded(shared_data, code)).detections if d.phase == "I"]
    assert all(d.azimuth_deg is not None for d in found)
    # Of some small families the strongest window holds other waves as well.
    large = [r for d in found if (d.family_size or 0) > 20 for r in d.remarks]
    assert all("they are too few" in remark for remark in large)
    assert bool(large) == (code == "W240")
    assert not any("cannot be told" in remark for d in found for remark in d.remarks)


def test_of_families_at_one_time_the_largest_is_kept() -> None:
    class Span:
        def __init__(self, start_s: float, end_s: float, size: int) -> None:
            self.start_s, self.end_s, self.size = start_s, end_s, size

        def __len__(self) -> int:
            return self.size

    spans = [Span(0.0, 50.0, 12), Span(10.0, 60.0, 80), Span(70.0, 90.0, 11), Span(0.0, 9.0, 20)]
    judged: list[tuple[Family, str, str]] = [(s, "I", "") for s in spans]  # type: ignore[misc]
    kept = kept_once(judged, [True] * 4)
    assert [phase for _, phase, _ in kept] == ["N", "I", "I", "I"]
    assert kept_once(judged, [False] * 4) == judged
    slow = [(family, "N", "slower than sound") for family, _, _ in judged]
    assert [phase for _, phase, _ in kept_once(slow, [True] * 4)] == ["N", "I", "I", "I"]
    assert kept_once(slow, [False] * 4) == slow
