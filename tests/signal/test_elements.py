"""Elements on one time axis: fractions of a sample, gaps, mixed rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.records import ChannelId, Waveform
from vigie.signal.elements import element_data, fractional_shift, shift_masked

RATE_HZ = 20.0


def tone(
    start_ns: int, rate_hz: float, seconds: float, *, freq_hz: float = 1.3, station: str = "A1"
) -> Waveform:
    """Sample a sine of absolute time: the same wherever and however it is sampled."""
    count = round(seconds * rate_hz)
    time = start_ns / 1e9 + np.arange(count) / rate_hz
    samples = np.sin(2 * np.pi * freq_hz * time)
    return Waveform(ChannelId("", station, "", "SHZ"), start_ns, rate_hz, samples)


@settings(deadline=None)
@given(st.floats(-1.0, 1.0), st.floats(0.2, 8.0), st.floats(0.0, 6.28))
def test_a_shifted_sine_is_the_sine_read_later(shift: float, freq_hz: float, phase: float) -> None:
    index = np.arange(600.0)
    moved = fractional_shift(np.sin(2 * np.pi * freq_hz / RATE_HZ * index + phase), shift)
    expected = np.sin(2 * np.pi * freq_hz / RATE_HZ * (index + shift) + phase)
    np.testing.assert_allclose(moved[32:-32], expected[32:-32], atol=2e-3)


@settings(deadline=None)
@given(st.floats(-1.0, 1.0))
def test_a_straight_line_is_shifted_exactly(shift: float) -> None:
    line = 3.0 + 0.25 * np.arange(300.0)
    # Less than 1e-4 of a sample is not worth a transform.
    np.testing.assert_allclose(fractional_shift(line, shift), line + 0.25 * shift, atol=3e-5)


def test_nothing_wraps_around() -> None:
    samples = np.zeros(400)
    samples[-3:] = 1.0
    moved = fractional_shift(samples, 0.5)
    assert np.max(np.abs(moved[:200])) < 1e-2


def test_masked_samples_stay_masked_and_do_not_leak() -> None:
    samples = np.sin(0.3 * np.arange(400.0))
    samples[150:160] = np.nan
    moved = shift_masked(samples, 0.3)
    assert np.isnan(moved[149:160]).all()
    good = np.isfinite(moved)
    expected = np.sin(0.3 * (np.arange(400.0) + 0.3))
    assert good.sum() == 400 - 11
    np.testing.assert_allclose(moved[good][40:100], expected[good][40:100], atol=1e-3)


def test_starts_that_differ_by_fractions_of_a_sample_are_aligned_by_time() -> None:
    starts = [0, 13_000_000, -1_021_000_000]
    waves = [tone(s, RATE_HZ, 60.0, station=f"A{i}") for i, s in enumerate(starts)]
    data = element_data(waves, np.zeros((3, 2)), start_ns=0, end_ns=50_000_000_000)
    middle = data.samples[:, 100:900]
    np.testing.assert_allclose(middle, np.broadcast_to(middle[0], middle.shape), atol=1e-5)


def test_what_an_element_does_not_cover_is_nan() -> None:
    waves = [tone(0, RATE_HZ, 30.0, station="A1"), tone(10_000_000_000, RATE_HZ, 5.0, station="A2")]
    data = element_data(waves, np.zeros((2, 2)))
    assert data.samples.shape == (2, 600)
    assert np.isnan(data.samples[1, :200]).all()
    assert np.isfinite(data.samples[1, 200:300]).all()
    np.testing.assert_allclose(data.coverage, [1.0, 1.0 / 6.0], atol=0.002)


def test_segments_of_one_channel_make_one_element() -> None:
    waves = [tone(0, RATE_HZ, 10.0), tone(12_000_000_000, RATE_HZ, 10.0)]
    data = element_data(waves, np.zeros((2, 2)))
    assert len(data.channels) == 1
    assert np.isnan(data.samples[0, 200:240]).all()


def test_a_faster_element_is_brought_to_the_lower_rate() -> None:
    waves = [
        tone(0, 20.0, 60.0, station="A1"),
        tone(0, 50.0, 60.0, station="A2"),
        tone(0, 40.0, 60.0, station="A3"),
    ]
    data = element_data(waves, np.zeros((3, 2)))
    assert data.rate_hz == 20.0
    middle = data.samples[:, 200:1000]
    np.testing.assert_allclose(middle, np.broadcast_to(middle[0], middle.shape), atol=5e-3)


def test_no_alias_comes_through_when_the_rate_is_lowered() -> None:
    waves = [tone(0, 20.0, 60.0, station="A1"), tone(0, 50.0, 60.0, freq_hz=17.0, station="A2")]
    data = element_data(waves, np.zeros((2, 2)))
    assert np.nanmax(np.abs(data.samples[1, 200:1000])) < 0.02


def test_a_window_beyond_the_data_is_filled_with_nan() -> None:
    data = element_data([tone(0, RATE_HZ, 10.0)], np.zeros((1, 2)))
    window = data.window(-1_000_000_000, 3.0)
    assert window.samples.shape == (1, 60)
    assert np.isnan(window.samples[0, :20]).all()
    assert np.isfinite(window.samples[0, 20:]).all()


def test_offsets_must_match_waveforms() -> None:
    with pytest.raises(ParameterError, match="one east and north offset"):
        element_data([tone(0, RATE_HZ, 1.0)], np.zeros((2, 2)))
