"""The largest half-cycle, and how well its period is known."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.period_pulls import measure
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.seismic.half_cycle import (
    ExtremumRule,
    HalfCycle,
    Noise,
    Rivals,
    largest_half_cycle,
    period_sigma_s,
)


@pytest.mark.slow
def test_errors_of_periods_are_as_large_as_stated() -> None:
    rows = measure(trials=60)["rows"]
    assert isinstance(rows, list)
    assert len(rows) == 10
    for row in rows:
        assert abs(row["period_pull_median"]) < 0.4
        assert 0.6 < row["period_within_1_sigma"] <= 1.0
        assert row["period_within_2_sigma"] >= 0.88


def cycle(amplitude: float, period_s: float, *rivals: tuple[float, float]) -> HalfCycle:
    every = np.array([(amplitude, period_s), *rivals])
    return HalfCycle(amplitude, period_s, 0.0, Rivals(every[:, 0], every[:, 1]))


def test_the_error_of_an_undisputed_period_is_that_of_two_extrema() -> None:
    # Noise of 1 Hz, 100 times weaker than a wave of 1 Hz: sqrt(8) / (100 * 2 pi) of a period.
    noise = Noise(stav=0.8, rms=1.0, slope_rms=2.0 * np.pi)
    assert period_sigma_s(cycle(100.0, 1.0), noise) == pytest.approx(0.0045016, rel=1e-4)


def test_an_equal_rival_shares_the_period() -> None:
    noise = Noise(stav=0.8, rms=1.0, slope_rms=0.0)
    assert period_sigma_s(cycle(9.0, 1.0, (9.0, 0.5)), noise) == pytest.approx(0.5 / np.sqrt(2.0))
    assert period_sigma_s(cycle(9.0, 1.0, (1.0, 0.5)), noise) < 1e-6


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 4.0), st.floats(0.1, 1e6), st.floats(0.0, 6.28))
def test_gain_scales_the_amplitude_and_leaves_the_period(
    freq_hz: float, gain: float, phase: float
) -> None:
    t = np.arange(400) / 40.0
    wave = np.sin(2.0 * np.pi * freq_hz * t + phase) * np.exp(-(((t - 5.0) / 2.0) ** 2))
    rule = ExtremumRule(4.5)
    one = largest_half_cycle(wave, 40.0, (80, 320), rule)
    other = largest_half_cycle(gain * wave, 40.0, (80, 320), rule)
    assert one is not None
    assert other is not None
    assert other.amplitude == pytest.approx(gain * one.amplitude, rel=1e-9)
    assert other.period_s == pytest.approx(one.period_s, rel=1e-9)
