"""Which lobe of each pair's correlation is the wave's, and how well its time is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.array_errors import geometry

from vigie.signal.array_consistency import crossed_by, is_consistent
from vigie.signal.array_faults import FaultParams, PairCorrelation, correlate_pairs, judge_window
from vigie.signal.array_lobes import is_one_wave
from vigie.signal.filters import BandPass
from vigie.signal.plane_wave import closure_rms_s, element_times

PARAMS = FaultParams(
    max_slowness_s_per_km=1.0 / 0.28, min_slowness_s_per_km=1.0 / 0.45, timing_sigma_s=0.03
)
NARROW, HIGH = BandPass(0.12, 0.4), BandPass(0.5, 2.0)
N = 6


def window(
    band: BandPass,
    seed: int,
    *,
    waves: tuple[tuple[float, float], ...] = ((70.0, 0.34),),
    late: dict[int, float] | None = None,
    noise: float = 0.3,
) -> PairCorrelation:
    """Return the pairs of a window of waves of (azimuth, velocity km/s) of equal size in noise."""
    rng = np.random.default_rng(seed)
    offsets = geometry(np.random.default_rng(N), N, 2.0)
    rate_hz = 16.0 * band.high_hz
    count = 4 * round(max(10.0, 5.0 / band.centre_hz) * rate_hz)
    freq = np.fft.rfftfreq(count, 1.0 / rate_hz)
    inside = (freq > band.low_hz) & (freq < band.high_hz)
    rows = np.zeros((N, count))
    for azimuth_deg, velocity_km_s in waves:
        wave = np.where(inside, np.fft.rfft(rng.normal(size=count)), 0.0)
        angle = np.radians(azimuth_deg)
        delays = -offsets @ np.array([np.sin(angle), np.cos(angle)]) / velocity_km_s
        for element, seconds in (late or {}).items():
            delays[element] += seconds
        own = np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delays[:, None]), count, axis=1)
        rows += own / own.std()
    around = np.where(inside, np.fft.rfft(rng.normal(size=rows.shape), axis=1), 0.0)
    other = np.fft.irfft(around, count, axis=1)
    rows += noise * other / other.std()
    cut = rows[:, count // 4 : -count // 4]
    return correlate_pairs(cut, rate_hz, offsets, PARAMS, band=band)


@pytest.mark.parametrize("seed", range(8))
def test_a_narrow_band_does_not_mislead_the_times_of_a_clean_array(seed: int) -> None:
    pairs = window(NARROW, seed, waves=((45.0 * seed, 0.34),))
    assert closure_rms_s(pairs.delay_s) < 0.3
    assert is_one_wave(pairs, PARAMS)
    assert is_consistent(pairs, PARAMS)
    assert not judge_window(pairs, PARAMS).faults


@pytest.mark.parametrize("element", range(N))
def test_a_late_and_a_reversed_element_are_named_in_a_low_band(element: int) -> None:
    late = judge_window(window(NARROW, element, late={element: 1.0}), PARAMS)
    # Late by nearly half a period is reversed, in a narrow band.
    assert [f.element for f in late.faults] == [element]
    clean = window(NARROW, element)
    sign = np.ones(N)
    sign[element] = -1.0
    # Turned over before it is correlated: the peak of the other sign is then the higher one.
    reversed_ = judge_window(
        replace(clean, correlation=clean.correlation * np.outer(sign, sign)), PARAMS
    )
    assert [(f.element, f.kind) for f in reversed_.faults] == [(element, "polarity")]


def test_of_several_waves_at_once_most_windows_say_nothing() -> None:
    said = [
        is_one_wave(
            window(BandPass(0.25, 1.0), seed, waves=((20.0, 0.34), (160.0, 0.35), (265.0, 0.33))),
            PARAMS,
        )
        for seed in range(12)
    ]
    assert sum(said) <= 2


def test_a_lobe_that_stands_out_is_kept() -> None:
    pairs = window(HIGH, 3, late={2: 1.0})
    assert [f.element for f in judge_window(pairs, PARAMS).faults] == [2]


@pytest.mark.parametrize("velocity_km_s", [4.0, 0.6, 0.34])
def test_the_speed_of_a_wave_says_nothing_of_the_elements(velocity_km_s: float) -> None:
    pairs = window(HIGH, 5, waves=((70.0, velocity_km_s),))
    assert is_consistent(pairs, PARAMS)
    assert is_consistent(
        window(HIGH, 5, waves=((70.0, velocity_km_s),), late={1: 0.8}), PARAMS
    ) is (False)


def test_eddies_that_drift_are_no_clock_error() -> None:
    slow = crossed_by(window(HIGH, 2, waves=((150.0, 0.15),)), PARAMS)
    assert slow is not None
    assert not slow.is_possible
    assert slow.velocity_km_s == pytest.approx(0.15, rel=0.05)
    sound = crossed_by(window(HIGH, 2, waves=((150.0, 0.34),)), PARAMS)
    assert sound is not None
    assert sound.is_possible
    assert sound.velocity_km_s == pytest.approx(0.34, rel=0.05)
    assert crossed_by(window(HIGH, 2, waves=((150.0, 0.34),), late={0: 4.0}), PARAMS) is None


@pytest.mark.parametrize("band", [BandPass(0.03, 0.1), BandPass(0.12, 0.4), HIGH])
@pytest.mark.parametrize("noise", [0.2, 0.6])
def test_the_stated_error_of_times_is_that_of_times(band: BandPass, noise: float) -> None:
    angle = np.radians(70.0)
    offsets = geometry(np.random.default_rng(N), N, 2.0)
    truth = -offsets @ np.array([np.sin(angle), np.cos(angle)]) / 0.34
    errors, stated = [], []
    for seed in range(25):
        pairs = window(band, seed, noise=noise)
        times = element_times(pairs.delay_s, pairs.correlation**2)
        errors.append(times - (truth - truth.mean()))
        stated.append(pairs.noise_s)
    # Now and then a pair skips a lobe.
    ratio = float(np.median(np.abs(errors)) / 0.6745 / np.mean(stated))
    assert 0.3 < ratio < 1.4
