"""Elements that become wrong within a record, and those that are mended."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.infrasound.test_infrasound_chain import RATE_HZ, START_NS, recordings, station

from vigie.infrasound import process_array
from vigie.infrasound.history import stretches_of, verdict_at
from vigie.infrasound.recipe import ElementParams
from vigie.records import parse_iso
from vigie.signal.array_faults import Fault, WindowVerdict

if TYPE_CHECKING:
    from vigie.records import Detection

NAMES = ["A", "B", "C", "D"]
HOUR_NS = 3600 * 10**9
PARAMS = ElementParams()
GOOD = WindowVerdict()


def reversed_(element: int) -> WindowVerdict:
    return WindowVerdict((Fault(element, "polarity", "polarity reversed"),))


def named_wrong(detection: Detection) -> list[str]:
    """Return what a detection says of elements that were left out or turned over."""
    turned = [r for r in detection.remarks if "turned over" in r]
    return [e.element for e in detection.excluded_elements] + turned


def windows(kinds: list[WindowVerdict]) -> list[tuple[int, WindowVerdict]]:
    """Return windows half an hour apart."""
    return [(k * HOUR_NS // 2, w) for k, w in enumerate(kinds)]


@pytest.mark.parametrize(("begin", "end"), [(48, 144), (100, 144), (0, 40), (50, 90), (0, 144)])
def test_a_fault_is_dated_by_the_windows_that_see_it(begin: int, end: int) -> None:
    rng = np.random.default_rng(begin)
    kinds = [reversed_(2) if begin <= k < end and rng.random() < 0.9 else GOOD for k in range(144)]
    kinds[begin] = kinds[end - 1] = reversed_(2)
    found = stretches_of(NAMES, windows(kinds), (0, 72 * HOUR_NS), PARAMS)
    wrong = [s for s in found if s.verdict.excluded]
    (stretch,) = wrong
    (excluded,) = stretch.verdict.excluded
    assert excluded.element == "C"
    assert abs(stretch.start_ns - begin * HOUR_NS // 2) <= HOUR_NS // 2
    assert abs(stretch.end_ns - end * HOUR_NS // 2) <= HOUR_NS // 2
    assert ("from about" in excluded.reason) == (begin > 0)
    assert ("until about" in excluded.reason) == (end < 144)
    assert verdict_at(found, (begin + 2) * HOUR_NS // 2).excluded == (excluded,)


def test_one_deceived_arrival_is_no_change() -> None:
    kinds = [(k * HOUR_NS, GOOD) for k in range(48)]
    kinds += [(20 * HOUR_NS + k * 10**10, reversed_(1)) for k in range(10)]
    (whole,) = stretches_of(NAMES, kinds, (0, 48 * HOUR_NS), PARAMS)
    assert not whole.verdict.excluded


@settings(max_examples=50)
@given(st.lists(st.sampled_from([None, None, None, 0, 1, 2, 3]), max_size=60))
def test_parts_cover_the_record_and_rest_on_windows_of_their_own(who: list[int | None]) -> None:
    kinds = [GOOD if e is None else reversed_(e) for e in who]
    found = stretches_of(NAMES, windows(kinds), (0, 30 * HOUR_NS), PARAMS)
    assert found[0].start_ns == 0
    assert found[-1].end_ns == 30 * HOUR_NS
    for one, other in pairwise(found):
        assert one.end_ns == other.start_ns
        assert one.start_ns < one.end_ns
    assert sum(s.verdict.n_windows for s in found) == len(kinds)
    assert len(found) == 1 or all(s.verdict.n_windows >= PARAMS.min_windows for s in found)


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 7])
def test_an_element_reversed_from_the_middle_of_a_record_is_named_from_then_on(n: int) -> None:
    bursts = [(600.0 * k + 200.0, 67.0 * k % 360.0, 340.0 + 2.0 * k) for k in range(18)]
    waveforms = recordings(bursts, n=n, length_s=10_800.0)
    wrong = waveforms[2]
    samples = np.asarray(wrong.samples, dtype=np.float64).copy()
    samples[round(5400.0 * RATE_HZ) :] *= -1.0
    waveforms[2] = wrong.with_samples(samples)
    found = process_array(waveforms, station(n))
    how = "is turned over" if n == 4 else "left out"
    (note,) = [x for x in found.notes if how in x]
    assert f"element S2 {how}: polarity reversed" in note
    (word,) = [w for w in note.split() if w.startswith("2020-")]
    assert abs(parse_iso(word.rstrip(",")) - START_NS - 5400 * 10**9) <= 600 * 10**9
    strong = [d for d in found.detections if (d.family_size or 0) > 60]
    assert len(strong) >= 16
    for d in strong:
        is_late = d.time_ns - START_NS > 5400 * 10**9
        assert is_late == any("S2" in told for told in named_wrong(d))
        assert ("S2" in d.elements) == (n == 4 or not is_late)
        truth = min(bursts, key=lambda b: abs(b[0] - (d.time_ns - START_NS) / 1e9))
        assert ((d.azimuth_deg or 0.0) - truth[1] + 180.0) % 360.0 == pytest.approx(180.0, abs=2.0)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_an_element_that_recorded_a_part_hides_nothing(share: float) -> None:
    bursts = [(600.0 * k + 200.0, 67.0 * k % 360.0, 340.0) for k in range(6)]
    waveforms = recordings(bursts, length_s=3600.0)
    whole = waveforms[2]
    waveforms[2] = whole.slice(whole.start_ns, whole.start_ns + round(share * 3600e9))
    found = process_array(waveforms, station())
    assert len([d for d in found.detections if (d.family_size or 0) > 60]) == 6
