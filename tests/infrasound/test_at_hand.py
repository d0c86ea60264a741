"""Faults of elements that few windows of a record see, but those at the arrival do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.infrasound.test_arrivals import holds_truth
from tests.infrasound.test_doubt import off_deg, signals
from tests.infrasound.test_infrasound_chain import RATE_HZ, START_NS, largest, recordings, station
from tests.signal.test_array_consistency import recorded

from vigie.infrasound import process_array
from vigie.infrasound.at_hand import at_hand, windows_at
from vigie.infrasound.recipe import ElementParams
from vigie.infrasound.verdict import Verdict
from vigie.records import ExcludedElement
from vigie.signal.array_consistency import turned_over
from vigie.signal.array_faults import Fault, PairCorrelation, WindowVerdict, judge_window

if TYPE_CHECKING:
    from vigie.infrasound.chain import ArrayResult
    from vigie.records import Waveform

PARAMS = ElementParams()
TRUTH_DEG, TRUTH_S, SPAN_S = 75.0, 9600.0, 10_800.0
NAMES = [f"S{k}" for k in range(9)]


def judged(pairs: PairCorrelation) -> WindowVerdict:
    return replace(judge_window(pairs, PARAMS.faults), length_s=20.0)


def doubt(windows: list[WindowVerdict], n: int, verdict: Verdict | None = None) -> Verdict:
    return at_hand(verdict or Verdict(), windows, NAMES[:n], PARAMS)


@pytest.mark.parametrize("n", [4, 5, 9])
def test_windows_at_hand_doubt_what_the_record_does_not(n: int) -> None:
    good = [judged(recorded(n, seed)) for seed in range(3)]
    late = [judged(recorded(n, seed, late={2: 1.0})) for seed in range(3)]
    assert not doubt(good, n).doubt
    assert not doubt([], n).doubt
    assert not doubt([*good, late[0]], n).doubt
    found = doubt(late, n)
    assert "3 of 3 windows" in found.doubt
    assert "S2" in found.doubt
    assert any("S2" not in kept for kept in found.hypotheses)
    assert not found.excluded
    assert doubt([judged(turned_over(recorded(n, seed), [2])) for seed in (1, 2)], n).doubt


@pytest.mark.parametrize("n", [4, 5, 7])
def test_one_window_or_two_that_contradict_each_other_accuse_nobody(n: int) -> None:
    good = judged(recorded(n, 1))
    late = [replace(good, faults=(Fault(k, "misfit", "off the plane"),)) for k in range(3)]
    reversed_ = replace(good, faults=(Fault(2, "polarity", "reversed"),))
    astray = replace(good, fits=False)
    assert not doubt(late[:1], n).doubt
    assert not doubt([astray], n).doubt
    assert not doubt(late[:2], n).doubt
    assert not doubt([late[0], astray], n).doubt
    assert not doubt([late[2], reversed_], n).doubt
    assert doubt([late[0], late[0], astray], n).doubt
    assert "accuse" not in doubt([astray, astray, late[1]], n).doubt


def test_what_one_element_explains_asks_for_no_other_wrong_one() -> None:
    late = [judged(recorded(7, seed, late={2: 1.0})) for seed in range(3)]
    assert doubt(late, 7).hypotheses == (tuple(n for n in NAMES[:7] if n != "S2"),)
    two = [judged(recorded(9, seed, late={2: 1.0, 5: -0.7})) for seed in range(3)]
    kept = doubt(two, 9).hypotheses
    assert tuple(n for n in NAMES if n not in {"S2", "S5"}) in kept
    assert len(kept) <= 3


def test_what_the_record_left_out_is_not_asked_again() -> None:
    late = [judged(recorded(6, seed, late={2: 1.0})) for seed in range(3)]
    known = Verdict(excluded=(ExcludedElement("S2", "late"),))
    assert doubt(late, 6, known) == known
    before = Verdict(doubt="of the record")
    assert doubt(late, 6, before) == before


def test_an_element_in_the_wind_is_no_wrong_clock() -> None:
    good = judged(recorded(5, 1))
    windy = replace(good, faults=(Fault(3, "incoherent", "not coherent"),))
    assert not doubt([windy, windy], 5).doubt
    clock = replace(good, faults=(Fault(3, "clock", "time off by +3.0 s"),))
    assert doubt([windy, clock, good], 5).doubt


def test_windows_of_an_arrival_lie_in_it_by_half() -> None:
    window = WindowVerdict(length_s=20.0)
    said = [(round(t * 1e9), window) for t in (75.0, 91.0, 150.0, 189.0, 195.0)]
    assert len(windows_at(said, (100 * 10**9, 200 * 10**9))) == 3


def arrivals(n: int) -> list[Waveform]:
    """Return three hours with six arrivals before one from 75 degrees, in the last half hour."""
    others = [
        (900.0, 20.0), (1900.0, 130.0), (3000.0, 250.0), (4000.0, 310.0), (6500.0, 180.0),
        (7600.0, 90.0), (TRUTH_S, TRUTH_DEG),
    ]  # fmt: skip
    return recordings([(t, az, 340.0) for t, az in others], n=n, length_s=SPAN_S)


def spoilt(waveform: Waveform, fault: str, span_s: tuple[float, float]) -> Waveform:
    samples = np.asarray(waveform.samples, dtype=np.float64)
    first, last = (round(t * RATE_HZ) for t in span_s)
    rows = np.arange(len(samples))
    if fault == "drift":
        late = 0.5 * RATE_HZ * rows / len(samples)
        return waveform.with_samples(np.interp(rows - late, rows, samples))
    out = samples.copy()
    shift = round(RATE_HZ)
    out[first:last] = (
        -samples[first:last] if fault == "reversed" else samples[first - shift : last - shift]
    )
    return waveform.with_samples(out)


def is_told(result: ArrayResult) -> bool:
    """Tell whether the azimuth of the last arrival is right within its error, and why it is not."""
    late = [d for d in signals(result) if d.time_ns - result.start_ns > (TRUTH_S - 200.0) * 1e9]
    assert late
    return holds_truth(replace(result, detections=tuple(late))) and any(
        d.remarks or d.excluded_elements for d in late
    )


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 7])
@pytest.mark.parametrize(
    ("fault", "span_s"),
    [
        ("late", (8000.0, SPAN_S)),
        ("late", (9000.0, 10_400.0)),
        ("reversed", (8000.0, SPAN_S)),
        ("reversed", (9000.0, 10_400.0)),
        ("drift", (0.0, SPAN_S)),
    ],
)
def test_a_fault_that_the_record_hardly_shows_gives_no_confident_azimuth(
    n: int, fault: str, span_s: tuple[float, float]
) -> None:
    waveforms = arrivals(n)
    waveforms[1] = spoilt(waveforms[1], fault, span_s)
    found = process_array(waveforms, station(n))
    assert is_told(found)
    if n == 7:
        # The other six agree.
        last = [d for d in signals(found) if d.time_ns - START_NS > (TRUTH_S - 200.0) * 1e9]
        assert largest(last).azimuth_deg is not None


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 7])
def test_clean_arrivals_are_in_no_doubt(n: int) -> None:
    found = process_array(arrivals(n), station(n))
    strong = [d for d in signals(found) if (d.family_size or 0) > 60]
    assert len(strong) == 7
    assert not any(d.remarks for d in strong)
    assert off_deg(largest(strong[-1:]), TRUTH_DEG) < 1.0
