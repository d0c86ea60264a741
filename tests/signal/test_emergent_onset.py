"""Onsets of signals that rise slowly, read on the beam of an array."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.signal.emergent_onset import EmergentOnset, emergent_onset
from vigie.signal.filters import BandPass, filter_causal

FloatArray = NDArray[np.float64]

RATE_HZ = 20.0
BAND = BandPass(0.5, 2.0)
BEGIN_S = 300.0


def elements(seed: int, *, n: int = 5, snr: float = 5.0, rise_s: float = 0.0) -> FloatArray:
    """Return aligned elements of f^-2 noise and a train that rises linearly in some seconds."""
    rng = np.random.default_rng(seed)
    count = round(400.0 * RATE_HZ)
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    noise = np.fft.irfft(np.fft.rfft(rng.normal(size=(n, count))) / np.maximum(freq, 0.02), count)
    inside = (freq > BAND.low_hz) & (freq < BAND.high_hz)
    level = float(np.std(np.fft.irfft(np.where(inside, np.fft.rfft(noise[0]), 0.0), count)))
    wave = np.fft.irfft(np.where(inside, np.fft.rfft(rng.normal(size=count)), 0.0), count)
    t = np.arange(count) / RATE_HZ - BEGIN_S
    shape = np.clip(t / rise_s, 0.0, 1.0) if rise_s else (t >= 0.0)
    return np.asarray(noise + snr * level * shape * wave / float(np.std(wave)))


def read(rows: FloatArray) -> EmergentOnset:
    found = emergent_onset(rows, RATE_HZ, BAND, (230.0, 330.0))
    assert found is not None
    return found


@pytest.mark.parametrize(("rise_s", "within_s"), [(0.0, 1.0), (5.0, 3.0), (20.0, 8.0)])
def test_sudden_and_slow_trains_are_read_at_their_beginning(rise_s: float, within_s: float) -> None:
    found = [read(elements(seed, rise_s=rise_s)) for seed in range(6)]
    error = np.array([f.time_s for f in found]) - BEGIN_S
    sigma = np.array([f.sigma_s for f in found])
    assert abs(float(np.median(error))) < within_s
    assert np.mean(np.abs(error) < 2.0 * sigma) >= 5 / 6


def test_a_slow_rise_and_a_weak_train_are_less_sure() -> None:
    sudden, slow = read(elements(1)), read(elements(1, rise_s=30.0))
    weak = read(elements(1, snr=1.0))
    assert slow.sigma_s > 2.0 * sudden.sigma_s
    assert weak.sigma_s > 2.0 * sudden.sigma_s


def test_a_gust_before_the_train_is_not_taken_for_it() -> None:
    rows = elements(3)
    rng = np.random.default_rng(4)
    gust = slice(round(255.0 * RATE_HZ), round(275.0 * RATE_HZ))
    before = rows[0, : round(200.0 * RATE_HZ)]
    level = float(np.std(filter_causal(before, RATE_HZ, BAND)))
    # In the band 6 times as loud as the noise of an element, and as the train.
    rows[:, gust] += 15.0 * level * rng.normal(size=(5, gust.stop - gust.start))
    assert read(rows).time_s == pytest.approx(BEGIN_S, abs=3.0)


def test_noise_alone_and_too_little_before_give_no_onset() -> None:
    assert emergent_onset(elements(5, snr=0.0), RATE_HZ, BAND, (230.0, 330.0)) is None
    short = elements(5)[:, : round(4.0 * RATE_HZ)]
    assert emergent_onset(short, RATE_HZ, BAND, (1.0, 3.0)) is None
    assert emergent_onset(np.full((5, 800), np.nan), RATE_HZ, BAND, (10.0, 30.0)) is None


@given(seed=st.integers(0, 40), scale=st.floats(1e-6, 1e6), lost=st.integers(0, 4))
@settings(max_examples=15, deadline=None)
def test_units_and_gaps_of_one_element_change_nothing_much(
    seed: int, scale: float, lost: int
) -> None:
    rows = elements(seed)
    plain = read(rows)
    scaled = read(scale * rows)
    assert scaled.time_s == pytest.approx(plain.time_s, abs=1e-3)
    assert scaled.sigma_s == pytest.approx(plain.sigma_s, rel=1e-3)
    rows[lost, round(100.0 * RATE_HZ) : round(120.0 * RATE_HZ)] = np.nan
    assert abs(read(rows).time_s - BEGIN_S) < 5.0
