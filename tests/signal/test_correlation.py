"""Delays by correlation: fractions of a sample, stated errors, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.signal.correlation import correlation_delay
from vigie.signal.filters import BandPass, filter_causal

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 40.0
T = np.arange(400) / RATE_HZ


def ricker(delay_s: float, freq_hz: float = 3.0) -> NDArray[np.float64]:
    """Return a Ricker pulse at 5 s and its delay."""
    x = (np.pi * freq_hz * (T - 5.0 - delay_s)) ** 2
    pulse: NDArray[np.float64] = (1.0 - 2.0 * x) * np.exp(-x)
    return pulse


@settings(deadline=None)
@given(st.floats(-0.9, 0.9), st.floats(0.01, 1000.0))
def test_a_delayed_pulse_is_timed_within_a_fraction_of_a_sample(
    delay_s: float, gain: float
) -> None:
    found = correlation_delay(ricker(0.0), gain * ricker(delay_s), RATE_HZ, max_lag_s=1.0)
    assert abs(found.delay_s - delay_s) * RATE_HZ < 0.005
    assert found.coefficient > 0.999


@pytest.mark.parametrize("noise", [0.02, 0.05, 0.1, 0.2])
def test_the_stated_error_is_the_scatter_in_the_band_of_the_signal(noise: float) -> None:
    rng = np.random.default_rng(8)
    band = BandPass(1.0, 6.0)
    errors, stated = [], []
    for _ in range(300):
        first = filter_causal(ricker(0.0) + noise * rng.normal(size=len(T)), RATE_HZ, band)
        second = filter_causal(ricker(0.11) + noise * rng.normal(size=len(T)), RATE_HZ, band)
        found = correlation_delay(first[140:260], second[140:260], RATE_HZ, max_lag_s=0.4)
        errors.append(found.delay_s - 0.11)
        stated.append(found.sigma_s)
    ratio = float(np.std(errors)) / float(np.median(stated))
    assert 0.7 < ratio < 1.2
    assert abs(float(np.mean(errors))) < 0.2 * float(np.std(errors))


def test_swapping_the_records_turns_the_sign() -> None:
    there = correlation_delay(ricker(0.0), ricker(0.3), RATE_HZ, max_lag_s=1.0)
    back = correlation_delay(ricker(0.3), ricker(0.0), RATE_HZ, max_lag_s=1.0)
    assert there.delay_s == pytest.approx(-back.delay_s, abs=1e-9)


@pytest.mark.parametrize(
    ("first", "second"),
    [(T, T[:-1]), (T[:5], T[:5]), (np.zeros(50), T[:50]), (np.full(50, np.nan), T[:50])],
)
def test_records_that_cannot_be_compared_are_refused(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> None:
    with pytest.raises(ParameterError):
        correlation_delay(first, second, RATE_HZ, max_lag_s=1.0)
