"""The posterior of an onset, against plain NumPy and against its own model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammainc

from vigie.signal._onset_kernels import signal_log_likelihood
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.onset_model import (
    CODA,
    GROWTHS,
    LOG_PRIOR,
    Growth,
    growth_power,
    growth_profiles,
    onset_posterior,
)

JUMP = np.ones((1, 400))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 40))
def test_the_kernel_is_its_sum(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    power, noise = rng.exponential(1.0, n), rng.uniform(0.5, 2.0, n)
    noise[0] = 0.0
    size, profiles = rng.exponential(9.0, (3, n)), np.cumsum(rng.uniform(0, 0.1, (3, n)), axis=1)
    expected = np.zeros((3, n))
    for r, k in np.ndindex(3, n):
        if noise[k] > 0.0:
            variance = noise[k] + size[r, k] * profiles[r, : n - k]
            expected[r, k] = -np.sum(np.log(variance) + power[k:] / variance)
    np.testing.assert_allclose(signal_log_likelihood(power, noise, size, profiles), expected)


@pytest.mark.parametrize("noise_power", [1.0, None])
def test_probabilities_sum_to_one_and_peak_at_the_change(noise_power: float | None) -> None:
    rng = np.random.default_rng(6)
    samples = np.concatenate([rng.standard_normal(300), 6.0 * rng.standard_normal(100)])
    found = onset_posterior(samples**2, noise_power, 1.0, JUMP)
    assert found.probability.sum() == pytest.approx(1.0)
    assert abs(int(found.probability.argmax()) - 300) <= 2
    assert found.snr[300] == pytest.approx(6.0, rel=0.2)


def test_a_jump_is_the_akaike_form() -> None:
    """Maeda (1985) with the noise known: -k ln v - sum x^2 / v - (n - k) (ln s_k^2 + 1)."""
    rng = np.random.default_rng(7)
    power = np.concatenate([rng.standard_normal(50), 3.0 * rng.standard_normal(50)]) ** 2
    n, k = 100, np.arange(98)
    rest = np.array([power[i:].mean() for i in k])
    log_p = -0.5 * (np.array([power[:i].sum() for i in k]) + (n - k) * (np.log(rest) + 1.0))
    found = onset_posterior(power, 1.0, 1.0, JUMP).probability
    assert (rest > 1.0).all()
    np.testing.assert_allclose(np.log(found[:98] / found[50]), log_p - log_p[50], atol=1e-9)


def test_silence_has_an_onset_anywhere() -> None:
    found = onset_posterior(np.zeros(50), None, 1.0, JUMP)
    np.testing.assert_allclose(found.probability, 1.0 / 50)


def test_profiles_are_what_a_filter_makes_of_a_rise() -> None:
    rng = np.random.default_rng(8)
    band, rate_hz, n = BandPass(1.0, 5.0), 40.0, 160
    profiles = growth_profiles(band, rate_hz, 256)
    assert profiles.shape == (len(GROWTHS), 256)
    lasting = np.array([math.isinf(g.fade_s) for g in GROWTHS])
    assert (np.diff(profiles[lasting, :200]) > -1e-3).all()
    index = GROWTHS.index(Growth(0.5, weight=0.5))
    # The sum of three exponential delays, by its own law.
    rise = gammainc(3, 3.0 * (np.arange(n) + 0.5) / rate_hz / 0.5)
    traces = [
        filter_causal(np.concatenate([[0.0], rise * rng.standard_normal(n)]), rate_hz, band)[1:]
        for _ in range(4000)
    ]
    measured = np.mean(np.square(traces), axis=0)
    np.testing.assert_allclose(measured / measured[-40:].mean(), profiles[index, :n], atol=0.06)


def test_a_toe_comes_first_and_a_pulse_fades() -> None:
    t = np.array([0.0, 0.15, 0.5, 30.0])
    plain, toe, pulse = (
        growth_power(t, g) for g in (Growth(1.0), Growth(1.0, toe=0.04), Growth(0.06, fade_s=0.15))
    )
    assert (plain[0], toe[0], pulse[0]) == (0.0, 0.0, 0.0)
    # Of a rise of a second, the third power of time leaves 1 % in amplitude after 0.15 s.
    assert math.sqrt(plain[1]) == pytest.approx(0.0109, rel=0.02)
    assert math.sqrt(toe[1]) == pytest.approx(0.04 * 0.980 + 0.96 * 0.0109, rel=0.02)
    assert (plain[3], toe[3], pulse[3]) == pytest.approx((1.0, 1.0, CODA), rel=1e-6)
    assert pulse[1] == pytest.approx(0.97 * math.exp(-1.0) + CODA, rel=0.05)


def test_pulses_have_three_in_ten_of_the_prior() -> None:
    prior = np.exp(LOG_PRIOR)
    pulses = np.array([math.isfinite(g.fade_s) for g in GROWTHS])
    assert prior[pulses].sum() / prior.sum() == pytest.approx(0.3, abs=0.02)
