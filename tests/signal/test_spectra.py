"""Spectra: level of white noise, Parseval, frequency of a sine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.signal.spectra import dominant_frequency, multitaper, welch


def test_white_noise_has_its_level() -> None:
    samples = np.random.default_rng(1).standard_normal(40_000)
    spectrum = welch(samples, 40.0, window_s=10.0)
    # Variance 1 spread over 0 to 20 Hz.
    assert spectrum.psd[5:-5].mean() == pytest.approx(1.0 / 20.0, rel=0.01)
    scatter = spectrum.psd[5:-5].std() / spectrum.psd[5:-5].mean()
    assert scatter == pytest.approx(np.sqrt(2.0 / spectrum.dof), rel=0.25)


@settings(deadline=None)
@given(st.integers(50, 4000), st.floats(1e-3, 1e3))
def test_multitaper_keeps_the_variance(n: int, scale: float) -> None:
    samples = scale * np.random.default_rng(n).standard_normal(n)
    spectrum = multitaper(samples, 40.0)
    total = spectrum.psd.sum() * (spectrum.freq_hz[1] - spectrum.freq_hz[0])
    assert total == pytest.approx(samples.var(), rel=0.5 if n < 300 else 0.2)


@given(st.floats(1.0, 9.0))
def test_the_dominant_frequency_of_a_sine_is_its_own(freq_hz: float) -> None:
    samples = np.sin(2.0 * np.pi * freq_hz * np.arange(400) / 40.0)
    found, sigma = dominant_frequency(multitaper(samples, 40.0), 0.5, 12.0)
    assert found == pytest.approx(freq_hz, abs=0.15)
    assert 0.0 < sigma < 1.0


def test_too_short_is_an_error() -> None:
    with pytest.raises(ParameterError, match="window_s"):
        welch(np.zeros(100), 40.0, window_s=10.0)
    with pytest.raises(ParameterError, match="8 samples"):
        multitaper(np.zeros(5), 40.0)
