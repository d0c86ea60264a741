"""Windows of an array are in doubt where detections of the same recordings are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.infrasound.test_at_hand import SPAN_S, TRUTH_DEG, TRUTH_S, arrivals, judged, spoilt
from tests.infrasound.test_infrasound_chain import START_NS, recordings, station
from tests.signal.test_array_consistency import recorded

from vigie.geodesy import angle_difference_deg
from vigie.infrasound import process_array
from vigie.infrasound.array import sound_array
from vigie.infrasound.history import Stretch
from vigie.infrasound.judged import JudgedArray
from vigie.infrasound.recipe import InfrasoundRecipe
from vigie.infrasound.verdict import Verdict
from vigie.pipeline.array_elements import ArrayElements
from vigie.pipeline.array_hypotheses import Hypotheses
from vigie.pipeline.array_view import ArrayOptions, _view
from vigie.pipeline.array_windows import _is_directed
from vigie.records import parse_iso
from vigie.signal.array_faults import Fault
from vigie.signal.elements import element_data
from vigie.signal.fk_params import FkParams

if TYPE_CHECKING:
    from vigie.records import Waveform

CALM = 1e-6
"""Chance of noise below which a window holds a wave."""


def waves_at(waveforms: list[Waveform], method: str, time_s: float) -> list[dict[str, Any]]:
    """Return the windows of a wave that begins at a time and lasts 40 s."""
    view = _view(waveforms, station(len(waveforms)), ArrayOptions(method=method))
    rows = []
    for row in view.windows:
        after_s = 1e-9 * (parse_iso(row["time"]) - START_NS) - time_s
        if 0.0 <= after_s <= 40.0 and row["wave"] == 1 and (row["p_value"] or 0.0) < CALM:
            rows.append(row)
    return rows


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "n", "fault", "span_s"),
    [
        ("fk", 4, "late", (9000.0, 10_400.0)),
        ("capon", 4, "late", (9000.0, 10_400.0)),
        ("glr", 4, "late", (9000.0, 10_400.0)),
        ("fk", 7, "late", (9000.0, 10_400.0)),
        ("fk", 4, "drift", (0.0, SPAN_S)),
    ],
)
def test_windows_are_in_doubt_where_detections_are(
    method: str, n: int, fault: str, span_s: tuple[float, float]
) -> None:
    waveforms = arrivals(n)
    waveforms[1] = spoilt(waveforms[1], fault, span_s)
    found = process_array(waveforms, station(n))
    late = [d for d in found.detections if abs(d.time_ns - START_NS - TRUTH_S * 1e9) < 60e9]
    assert any(d.remarks for d in late)
    rows = waves_at(waveforms, method, TRUTH_S)
    assert rows
    for row in rows:
        assert row["doubt"]
        if row["azimuth_deg"] is not None:
            off = abs(float(angle_difference_deg(row["azimuth_deg"], TRUTH_DEG)))
            assert off < 2.0 * row["azimuth_deg_sigma"] + 1.0


def test_a_window_is_asked_with_what_was_judged_beside_it() -> None:
    recipe = InfrasoundRecipe()
    array, _ = sound_array(recordings([], n=5, length_s=60.0), station(5), recipe.quality)
    late = replace(judged(recorded(5, 1)), faults=(Fault(2, "misfit", "off the plane"),))
    said = tuple((START_NS + round(t * 1e9), late) for t in (1000.0, 1020.0))
    stretches = (Stretch(START_NS, START_NS + 10**13, Verdict()),)
    known = JudgedArray(array, stretches, said, recipe.elements, 20 * 10**9)
    elements = ArrayElements(
        element_data(*array.runs()), array.names, (), judged=known
    )  # fmt: skip

    def doubt_at(time_s: float) -> str:
        first_ns = START_NS + round(time_s * 1e9)
        return elements.doubt_over((first_ns, first_ns + 20 * 10**9))[0]

    assert "2 of 2 windows" in doubt_at(990.0)
    assert doubt_at(1025.0)
    assert not doubt_at(800.0)
    assert not doubt_at(1200.0)
    assert known.verdict_over((said[0][0], said[1][0] + 20 * 10**9)).doubt == doubt_at(1010.0)


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 7])
def test_windows_of_clean_arrivals_are_in_no_doubt(n: int) -> None:
    for row in waves_at(arrivals(n), "fk", TRUTH_S):
        assert not row["doubt"]
        assert row["azimuth_deg"] == pytest.approx(TRUTH_DEG, abs=3.0)


def test_elements_on_a_line_show_no_wave_and_leave_no_direction() -> None:
    array, _ = sound_array(
        recordings([], n=5, length_s=60.0), station(5), InfrasoundRecipe().quality
    )
    on_a_line = np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0], [0.0, 1.0], [0.3, -0.8]])
    data = replace(element_data(*array.runs()), offsets_km=on_a_line)
    samples = np.random.default_rng(1).normal(size=(5, round(60.0 * data.rate_hz)))
    params = FkParams(band_hz=(0.5, 4.0), window_s=20.0, step_s=20.0)
    waves = Hypotheses(ArrayElements(data, array.names, ()), samples, params)
    line, others = array.names[:3], array.names[1:]
    assert len(waves.at(20.0, [others])) == 1
    assert waves.at(20.0, [line]) == []
    assert waves.at(20.0, [others, line]) == []


@pytest.mark.parametrize(("sigma_deg", "known"), [(None, False), (104.0, False), (30.0, True)])
def test_a_window_that_knows_nothing_of_its_direction_is_drawn_pale(
    sigma_deg: float | None, known: bool
) -> None:
    assert _is_directed({"azimuth_deg_sigma": sigma_deg}) is known
