"""Band-passes: gain, causality, silence about offsets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.signal.filters import BandPass, cosine_taper, filter_causal, filter_zero_phase, gain

bands = st.tuples(st.floats(0.3, 3.0), st.floats(1.3, 3.0)).map(
    lambda p: BandPass(p[0], p[0] * p[1])
)


@settings(deadline=None)
@given(bands)
def test_corners_are_at_minus_3_db(band: BandPass) -> None:
    at_corners = gain(band, 40.0, np.array([band.low_hz, band.high_hz]))
    np.testing.assert_allclose(at_corners, np.sqrt(0.5), rtol=1e-6)
    squared = gain(band, 40.0, np.array([band.low_hz]), zero_phase=True)
    np.testing.assert_allclose(squared, 0.5, rtol=1e-6)


@given(bands, st.integers(50, 900))
def test_a_causal_filter_shows_nothing_before_the_onset(band: BandPass, onset: int) -> None:
    samples = np.zeros(1000)
    samples[onset:] = np.random.default_rng(onset).standard_normal(1000 - onset)
    assert np.all(filter_causal(samples, 40.0, band)[:onset] == 0.0)


@given(bands, st.floats(-1e6, 1e6))
def test_an_offset_is_silent_from_the_first_sample(band: BandPass, level: float) -> None:
    filtered = filter_causal(np.full(2000, level), 40.0, band)
    assert np.abs(filtered).max() <= 1e-7 * max(abs(level), 1.0)


@given(st.floats(1.2, 2.7))
def test_a_sine_passes_with_the_stated_gain(freq_hz: float) -> None:
    band = BandPass(1.0, 3.0)
    t = np.arange(4000) / 40.0
    middle = slice(1500, 2500)
    filtered = filter_zero_phase(np.sin(2 * np.pi * freq_hz * t), 40.0, band)[middle]
    expected = gain(band, 40.0, freq_hz, zero_phase=True)[0]
    assert np.sqrt(2.0) * filtered.std() == pytest.approx(expected, rel=0.02)
    # Zero phase: the sine stays where it was.
    assert np.corrcoef(filtered, np.sin(2 * np.pi * freq_hz * t[middle]))[0, 1] > 0.9999


def test_the_ring_is_over_when_stated() -> None:
    for band in (BandPass(0.5, 1.5), BandPass(1.0, 3.0), BandPass(2.0, 8.0), BandPass(1.5, 3.0)):
        impulse = np.zeros(8000)
        impulse[100] = 1.0
        answer = np.abs(filter_causal(impulse, 100.0, band))
        after = 100 + round(band.ring_s * 100.0)
        assert answer[after:].max() < 0.05 * answer.max(), band
        assert answer[after + round(band.ring_s * 100.0) :].max() < 3e-3 * answer.max(), band


def test_a_band_above_nyquist_is_refused_or_lowered() -> None:
    assert not BandPass(16.0, 18.0).fits(20.0)
    assert not BandPass(8.0, 16.0).fits(20.0)
    assert BandPass(2.0, 8.0).fits(20.0)
    with pytest.raises(ParameterError, match="must begin below 9 Hz"):
        filter_causal(np.zeros(10), 20.0, BandPass(16.0, 18.0))
    with pytest.raises(ParameterError, match="rise"):
        BandPass(3.0, 1.0)


def test_a_taper_rises_and_falls() -> None:
    taper = cosine_taper(100, 10)
    assert taper[50] == 1.0
    assert 0.0 < taper[0] < 0.01
    np.testing.assert_allclose(taper, taper[::-1])
