"""Bursts on one element of an array, told from waves, from noisy places and from odd gains."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.infrasound.bursts import bursts
from vigie.infrasound.recipe import BurstParams

FloatArray = NDArray[np.float64]

RATE_HZ = 20.0
OFFSETS_KM = np.array([[0.0, 0.0], [1.2, 0.1], [-0.4, 1.0], [-0.6, -0.9], [0.3, -1.3]])
PARAMS = BurstParams()


def noise(seed: int, *, n: int = 5, seconds: int = 400) -> FloatArray:
    """Return noise of f^-2 power."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE_HZ)
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    white = np.fft.rfft(rng.normal(size=(n, count)))
    return np.asarray(np.fft.irfft(white / np.maximum(freq, 0.02), count))


def pulse(size: float, azimuth_deg: float) -> FloatArray:
    """Return a pulse of a second that crosses the array at 340 m/s."""
    t = np.arange(round(400 * RATE_HZ)) / RATE_HZ
    turn = np.radians(azimuth_deg)
    delay = -OFFSETS_KM @ np.array([np.sin(turn), np.cos(turn)]) / 0.34
    x = t[None] - 200.0 - delay[:, None]
    return np.asarray(size * np.exp(-((x / 0.3) ** 2)) * np.sin(2.0 * np.pi * x))


def test_a_burst_is_found_where_it_is_and_nowhere_else() -> None:
    rows = noise(1)
    rows[2, 3000:3600] += 100.0 * np.random.default_rng(2).normal(size=600)
    found = bursts(rows, RATE_HZ, OFFSETS_KM, PARAMS)
    assert found[2, 3000:3600].all()
    assert found[2].sum() < 600 + 60 * RATE_HZ
    assert not np.delete(found, 2, axis=0).any()


def test_two_elements_in_a_gust_do_not_excuse_each_other() -> None:
    rows = noise(3)
    for k in (1, 4):
        rows[k, 3000:3600] += 100.0 * np.random.default_rng(k).normal(size=600)
    found = bursts(rows, RATE_HZ, OFFSETS_KM, PARAMS)
    assert found[[1, 4], 3100:3500].all()
    assert not found[[0, 2, 3]].any()


def test_three_elements_have_no_majority_and_masked_ones_no_say() -> None:
    rows = noise(4)
    rows[2, 3000:3600] += 1000.0
    assert not bursts(rows[:3], RATE_HZ, OFFSETS_KM[:3], PARAMS).any()
    rows[[0, 1]] = np.nan
    assert not bursts(rows, RATE_HZ, OFFSETS_KM, PARAMS).any()


@given(
    seed=st.integers(0, 1000),
    size=st.floats(0.1, 1e5),
    azimuth_deg=st.floats(0.0, 360.0),
    factor=st.floats(0.01, 100.0),
    noisy=st.floats(1.0, 7.0),
)
@settings(max_examples=30, deadline=None)
def test_waves_noisy_places_and_odd_gains_are_no_bursts(
    seed: int, size: float, azimuth_deg: float, factor: float, noisy: float
) -> None:
    rows = noise(seed)
    rows[1] *= noisy
    rows += pulse(size, azimuth_deg)
    rows[3] *= factor
    assert not bursts(rows, RATE_HZ, OFFSETS_KM, PARAMS).any()


@pytest.mark.slow
def test_hours_of_noise_hold_no_burst() -> None:
    assert not bursts(noise(7, seconds=14400), RATE_HZ, OFFSETS_KM, PARAMS).any()
