"""Units of an infrasound array's samples: pascals, counts that somebody filtered, or not known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.infrasound.test_infrasound_chain import gain_of, recordings, station

from vigie.infrasound import process_array
from vigie.infrasound.pressure import pressure_of
from vigie.records import ChannelId, Waveform

CHANNEL = ChannelId("XX", "S0", "", "BDF")


def noise(scatter: float) -> Waveform:
    """Return noise that is not of whole numbers."""
    samples = scatter * np.random.default_rng(1).normal(size=5000)
    return Waveform(CHANNEL, 0, 20.0, samples)


@given(st.floats(-2.9, 0.9))
def test_scatter_of_sound_stays_pascals(decades: float) -> None:
    found = pressure_of(noise(10.0**decades), None, 1.0)
    assert found.pa_per_count == 1.0
    assert "taken as Pa" in found.note


@given(st.floats(1.6, 8.0))
def test_scatter_that_is_no_sound_has_no_unit(decades: float) -> None:
    found = pressure_of(noise(10.0**decades), None, 1.0)
    assert found.pa_per_count is None
    assert "no amplitude in Pa" in found.note


def test_a_known_gain_is_applied_to_filtered_counts() -> None:
    found = pressure_of(noise(5e4), gain_of(1e5), 1.0)
    assert found.pa_per_count == pytest.approx(1e-5)
    assert "taken as counts" in found.note
    found = pressure_of(noise(0.5), gain_of(1e5), 1.0)
    assert found.pa_per_count == 1.0
    assert "gain is not applied" in found.note


def test_two_readings_as_likely_are_told_apart_by_nothing() -> None:
    found = pressure_of(noise(3.0), gain_of(1000.0), 1.0)
    assert found.pa_per_count is None
    assert "cannot be told" in found.note


def test_a_loud_pulse_and_a_drift_do_not_make_pascals_counts() -> None:
    samples = 0.1 * np.random.default_rng(1).normal(size=20_000)
    samples[9000:9100] += 5e4
    samples += np.linspace(0.0, 3000.0, len(samples))
    assert pressure_of(Waveform(CHANNEL, 0, 20.0, samples), None, 1.0).pa_per_count == 1.0


def test_filtered_counts_give_directions_and_no_pascals() -> None:
    counts = [
        w.with_samples(50.0 * np.asarray(w.samples, dtype=np.float64) + 0.3)
        for w in recordings([(300.0, 75.0, 345.0)])
    ]
    found = process_array(counts, station())
    assert found.detections
    assert {a.unit for d in found.detections for a in d.amplitudes} == {"count"}
    assert any("no amplitude in Pa" in n for n in found.notes)
