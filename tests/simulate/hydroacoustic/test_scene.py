"""The simulator against its own claims."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.hydroacoustic.explosion import bubble_period_s, ghost_delay_s
from vigie.simulate.hydroacoustic import TESTING, TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import H10N_KM, RATE_HZ, SceneParams, crossed
from vigie.simulate.hydroacoustic.spectra import (
    Explosion,
    explosion_spectrum,
    frequencies,
    t_phase,
)

FREQ_HZ = frequencies(4096, RATE_HZ)


def test_a_seed_gives_the_same_scene() -> None:
    params = SceneParams(kind="N", subtype="whale", snr_db=10.0, duration_s=60.0)
    one, two = (simulate_scene(np.random.default_rng(5), params, TRAINING) for _ in range(2))
    assert np.array_equal(one.samples, two.samples)
    assert one.truths == two.truths


def test_truth_of_an_explosion_is_that_of_its_charge_and_depth() -> None:
    params = SceneParams(kind="H", snr_db=15.0, duration_s=200.0, signals=1)
    ranges = replace(TRAINING, ocean_share=0.0)
    (truth,) = simulate_scene(np.random.default_rng(1), params, ranges).truths
    assert truth.charge_kg is not None
    assert truth.depth_m is not None
    assert truth.snr_db == pytest.approx(15.0)
    if truth.bubble_period_s is not None:
        expected = float(bubble_period_s(truth.charge_kg, truth.depth_m))
        assert truth.bubble_period_s == pytest.approx(expected)
    assert truth.ghost_delay_s is not None
    assert truth.ghost_delay_s <= float(ghost_delay_s(truth.depth_m, 12.0))


def test_ratio_of_signal_to_noise_is_the_wanted_one() -> None:
    quiet = SceneParams(kind="T", snr_db=-60.0, duration_s=400.0)
    loud = SceneParams(kind="T", snr_db=20.0, duration_s=400.0)
    noise = simulate_scene(np.random.default_rng(2), quiet, TRAINING).samples[0]
    both = simulate_scene(np.random.default_rng(2), loud, TRAINING)
    signal = both.samples[0] - noise
    (truth,) = both.truths
    best = int(np.argmax(truth.snr_by_band_db))
    low = 2.0**best
    freq = np.fft.rfftfreq(len(noise), 1.0 / RATE_HZ)
    inside = (freq >= low) & (freq < 2.0 * low)
    parts = [np.fft.irfft(np.fft.rfft(x) * inside, len(x)) ** 2 for x in (signal, noise)]
    second = np.ones(250) / 250.0
    ratio = np.convolve(parts[0], second, "valid").max() / parts[1].mean()
    assert 10.0 * np.log10(ratio) == pytest.approx(20.0, abs=0.3)


def test_vented_bubble_makes_no_pulse() -> None:
    blast = Explosion(
        charge_kg=1e6, depth_m=20.0, grazing_deg=5.0, bubble=0.6, bubble_width=0.01, ghost=0.0
    )
    assert blast.period_s is None
    spectrum = np.abs(explosion_spectrum(FREQ_HZ, blast))
    assert np.all(np.diff(spectrum) < 0.0)


def test_ghost_has_its_notch() -> None:
    blast = Explosion(
        charge_kg=1.0, depth_m=100.0, grazing_deg=12.0, bubble=0.0, bubble_width=0.01, ghost=-1.0
    )
    notch = int(np.argmin(np.abs(FREQ_HZ - 1.0 / blast.ghost_s)))
    spectrum = np.abs(explosion_spectrum(FREQ_HZ, blast))
    assert spectrum[notch] < 0.05 * spectrum[notch // 2]


@pytest.mark.parametrize("ranges", [TRAINING, TESTING])
def test_spread_of_a_t_phase(ranges: object) -> None:
    assert isinstance(ranges, type(TRAINING))
    t_s = np.arange(round(1500.0 * RATE_HZ)) / RATE_HZ - 100.0
    power = t_phase(np.random.default_rng(3), t_s, 40.0, ranges) ** 2
    mean = np.average(t_s, weights=power)
    assert np.sqrt(np.average((t_s - mean) ** 2, weights=power)) == pytest.approx(40.0, rel=0.15)


def test_waves_cross_with_their_delay() -> None:
    samples = np.zeros(2000)
    samples[1000:1040] = np.hanning(40)
    places = np.array(H10N_KM)
    waves = crossed(samples, places, 90.0, 1.5, None)
    centre = waves**2 @ np.arange(2000) / np.sum(waves**2, axis=1) / RATE_HZ
    # From the east: what lies more to the west hears it later.
    assert centre - centre[0] == pytest.approx(-places[:, 0] / 1.5, abs=2e-3)
