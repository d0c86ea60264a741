"""Recordings of an array that are shorter than a window, or that hold none the GLR can search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.infrasound.test_infrasound_chain import START_NS, recordings, station

from vigie.errors import ParameterError
from vigie.infrasound import process_array
from vigie.pipeline.array_view import ArrayOptions, _view
from vigie.signal.array_spectra import window_spectra
from vigie.signal.fk_params import FkParams, SlownessGrid

if TYPE_CHECKING:
    from vigie.records import Waveform


def cut(length_s: float) -> list[Waveform]:
    """Return the first seconds of seven elements."""
    rows = recordings([], length_s=60.0)
    return [w.slice(START_NS, START_NS + round(length_s * 1e9)) for w in rows]


@pytest.mark.parametrize("method", ["fk", "capon", "glr"])
@pytest.mark.parametrize("length_s", [0.1, 4.0, 15.0, 19.0])
def test_recordings_shorter_than_a_window_are_told_with_the_remedy(
    method: str, length_s: float
) -> None:
    with pytest.raises(ParameterError, match=r"S has .* s; give a shorter --window, or more"):
        _view(cut(length_s), station(), ArrayOptions(method=method))


@pytest.mark.parametrize("length_s", [20.0, 25.0])
def test_where_the_glr_finds_no_window_it_says_so(length_s: float) -> None:
    view = _view(cut(length_s), station(), ArrayOptions(method="glr"))
    assert view.windows == ()
    assert view.drawings == ()
    assert any("no window of 20 s" in n and "--window" in n for n in view.notes)
    assert _view(cut(length_s), station(), ArrayOptions(method="fk")).windows
    shorter = ArrayOptions(method="glr", window_s=4.0)
    assert _view(cut(25.0), station(), shorter).windows


def test_gaps_that_leave_no_whole_window_are_told() -> None:
    rows = cut(60.0)
    parts = [rows[3].slice(START_NS, START_NS + 10 * 10**9)]
    view = _view([*rows[:3], *parts, *rows[4:]], station(), ArrayOptions(method="glr"))
    assert view.windows == ()
    assert any("no window of 20 s" in n for n in view.notes)


@pytest.mark.parametrize("length_s", [0.1, 0.5, 1.0, 4.0])
def test_a_second_of_an_array_has_no_detections(length_s: float) -> None:
    assert process_array(cut(length_s), station()).detections == ()


def test_one_sample_of_each_element_is_refused() -> None:
    with pytest.raises(ParameterError, match="one sample"):
        process_array(cut(0.02), station())


def test_records_shorter_than_a_window_give_no_spectra() -> None:
    params = FkParams(
        band_hz=(0.5, 4.0), window_s=20.0, step_s=5.0, grid=SlownessGrid(max_s_per_km=4.0, nodes=9)
    )
    samples = np.random.default_rng(1).normal(size=(4, 100))
    assert window_spectra(samples, 20.0, params).values.shape[:2] == (0, 4)
    alone = window_spectra(samples, 20.0, params, np.zeros(1, dtype=np.intp))
    assert not alone.present.any()
