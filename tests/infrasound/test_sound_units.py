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
    found = pressure_of(noise(4.0), gain_of(1000.0), 1.0)
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


@given(st.sampled_from([1e-2, 3.6e-3, 1e-3, 1e-4]), st.floats(0.5, 15.0), st.floats(0.9, 1.1))
def test_pascals_on_steps_of_the_gain_stay_pascals(
    gain: float, scatter: float, other: float
) -> None:
    """The response at a frequency is not just the sensitivity that was applied."""
    counts = np.round(noise(1.0).samples * scatter / gain)
    slow = np.convolve(counts, np.ones(64) / 64.0, mode="same").round()
    pascals = Waveform(CHANNEL, 0, 20.0, slow * gain * other + 0.37 * gain)
    found = pressure_of(pascals, gain_of(1.0 / gain), 1.0)
    assert found.pa_per_count in {1.0, None}
    if np.median(np.abs(np.diff(slow))) < 10.0:
        assert found.pa_per_count == 1.0


@given(st.floats(2.0, 12.0))
def test_counts_without_their_mean_are_counts(scatter: float) -> None:
    counts = np.round(noise(scatter).samples)
    found = pressure_of(
        Waveform(CHANNEL, 0, 20.0, counts - counts.mean() - 0.21), gain_of(2e4), 1.0
    )
    assert found.pa_per_count == pytest.approx(5e-5)
    assert "taken as counts" in found.note


@given(st.sampled_from([1e-2, 1e-3, 1e-4, 2e-5]), st.floats(-3.3, 1.2))
def test_the_unit_of_real_numbers_is_right_or_not_known(gain: float, decades: float) -> None:
    pascals = 10.0**decades
    assert pressure_of(noise(pascals), gain_of(1.0 / gain), 1.0).pa_per_count in {1.0, None}
    if pascals / gain > 3.2:
        counts = pressure_of(noise(pascals / gain), gain_of(1.0 / gain), 1.0).pa_per_count
        assert counts is None or counts == pytest.approx(gain)


@pytest.mark.parametrize("lowest_hz", [0.5, 1.0])
@pytest.mark.parametrize("scatter", [0.6, 1.4, 2.9])
def test_a_few_counts_that_were_filtered_are_no_pascals(lowest_hz: float, scatter: float) -> None:
    """A quiet site and a coarse gain; unfiltered pascals of a windy site scatter as much."""
    counts = np.round(np.cumsum(np.random.default_rng(2).normal(size=40_000)) * 0.3)
    spectrum = np.fft.rfft(counts)
    spectrum[np.fft.rfftfreq(len(counts), 0.05) < lowest_hz] = 0.0
    filtered = np.fft.irfft(spectrum, len(counts))
    filtered *= scatter / filtered.std()
    found = pressure_of(Waveform(CHANNEL, 0, 20.0, filtered), gain_of(1.0 / 3.5e-3), 1.0)
    # Differences of neighbours may still lie on steps.
    assert found.pa_per_count is None or found.pa_per_count == pytest.approx(3.5e-3)
    whole = pressure_of(noise(scatter), gain_of(1.0 / 3.5e-3), 1.0)
    assert whole.pa_per_count == 1.0
