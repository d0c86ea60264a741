"""Cepstra of simulated explosions with known bubble period and ghost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.hydro import bubbles
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.hydroacoustic.cepstrum import (
    CepstrumParams,
    cepstrum,
    noise_frequencies,
)
from vigie.hydroacoustic.explosion import bubble_period_s, charge_kg
from vigie.simulate.hydroacoustic import TESTING

FloatArray = NDArray[np.float64]
RATE_HZ = 250.0
PARAMS = CepstrumParams(band_hz=(4.0, 95.0))
QUICK = replace(PARAMS, shuffles=120)
"""Enough shuffled spectra for a chance of 0.01."""


def echoes(
    delays_s: list[float], heights: list[float], *, noise: float = 0.0, count: int = 2048
) -> tuple[FloatArray, FloatArray]:
    """Return band-limited pulses at exact delays on three hydrophones, and their noise power."""
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    factors = np.exp(-2j * np.pi * freq[:, None] * (0.5 + np.array([0.0, *delays_s])))
    spectrum = factors @ np.array([1.0, *heights])
    spectrum *= (freq > 2.0) * np.exp(-((freq / 100.0) ** 8))
    pulse = np.fft.irfft(spectrum, count)
    pulse /= np.abs(pulse).max()
    samples = np.stack([pulse, pulse, pulse])
    rng = np.random.default_rng(1)
    samples += noise * rng.standard_normal(samples.shape)
    level = max(noise, 1e-6) ** 2 * 2.0 / RATE_HZ
    return samples, np.full((3, len(noise_frequencies(RATE_HZ))), level)


@pytest.mark.parametrize("noise", [0.0, 1.0 / 20.0])
def test_bubble_and_ghost_of_100_kg_at_50_m(noise: float) -> None:
    period, ghost = float(bubble_period_s(100.0, 50.0)), 2.0 * 50.0 / 1485.0
    pulse = np.array([1.0, 0.5, 0.25])
    at = np.array([0.0, period, 1.75 * period])
    delays = [*at[1:], *(at + ghost)]
    heights = [*pulse[1:], *(-0.9 * pulse)]
    found = cepstrum(*echoes(delays, heights, noise=noise, count=320), RATE_HZ, PARAMS)
    assert found is not None
    assert found.bubble is not None
    assert found.ghost is not None
    assert found.bubble.delay_s == pytest.approx(0.3225, rel=0.01)
    assert found.ghost.delay_s == pytest.approx(0.0673, rel=0.01)
    assert found.bubble.height > 0.0 > found.ghost.height
    depth_m = found.ghost.delay_s * 1485.0 / 2.0
    assert depth_m == pytest.approx(49.9, rel=0.01)
    assert float(charge_kg(found.bubble.delay_s, depth_m)) == pytest.approx(99.5, rel=0.03)


def test_height_is_the_amplitude_of_the_echo() -> None:
    found = cepstrum(*echoes([0.2, 0.344], [0.3, 0.15]), RATE_HZ, PARAMS)
    assert found is not None
    assert found.bubble is not None
    assert found.bubble.height == pytest.approx(0.3, abs=0.02)
    assert found.bubble.p_value == 1.0 - found.candidates[0].probability
    assert [c.probability for c in found.candidates] == sorted(
        (c.probability for c in found.candidates), reverse=True
    )


@settings(max_examples=8, deadline=None)
@given(st.floats(0.07, 1.1), st.floats(0.3, 0.6), st.floats(0.66, 0.78), st.booleans())
def test_sign_and_delay_of_any_echo(
    delay_s: float, height: float, second: float, reversed_: bool
) -> None:
    # A bubble pulses a second time; a reflection does not, and it comes within 0.18 s.
    delay_s = 0.07 + 0.1 * (delay_s - 0.07) if reversed_ else delay_s
    delays = [delay_s] if reversed_ else [delay_s, (1.0 + second) * delay_s]
    heights = [-height] if reversed_ else [height, 0.6 * height]
    found = cepstrum(*echoes(delays, heights, noise=0.02), RATE_HZ, QUICK)
    assert found is not None
    peak = found.ghost if reversed_ else found.bubble
    assert peak is not None
    assert peak.delay_s == pytest.approx(delay_s, rel=0.01)
    assert abs(peak.delay_s - delay_s) < 6.0 * peak.sigma_s + 1e-4


@pytest.mark.parametrize("delay_s", [0.2, 0.257, 0.6])
def test_a_reflection_that_no_explosion_is_deep_enough_for_is_no_ghost(delay_s: float) -> None:
    found = cepstrum(*echoes([delay_s], [-0.8], noise=0.02), RATE_HZ, QUICK)
    assert found is not None
    assert found.strongest is not None
    assert found.strongest.delay_s == pytest.approx(delay_s, rel=0.01)
    assert found.ghost is None


@settings(max_examples=4, deadline=None)
@given(st.floats(0.1, 0.8), st.sampled_from([90.0, -90.0, 180.0]))
def test_arrival_of_another_phase_is_no_bubble(delay_s: float, turned_deg: float) -> None:
    # Rays that touched a caustic once more are shifted by a quarter period, reflected ones turned.
    samples, psd = echoes([], [], noise=0.02)
    freq = np.fft.rfftfreq(samples.shape[1], 1.0 / RATE_HZ)
    spectrum = np.fft.rfft(samples, axis=1)
    spectrum *= 1.0 + 0.5 * np.exp(1j * (np.radians(turned_deg) - 2.0 * np.pi * freq * delay_s))
    found = cepstrum(np.fft.irfft(spectrum, samples.shape[1], axis=1), psd, RATE_HZ, QUICK)
    assert found is not None
    assert found.bubble is None


def test_noise_has_no_bubble() -> None:
    rng = np.random.default_rng(5)
    psd = np.full((3, len(noise_frequencies(RATE_HZ))), 0.02 * 2.0 / RATE_HZ)
    named = 0
    for _ in range(10):
        samples = rng.standard_normal((3, 1500))
        found = cepstrum(samples, psd, RATE_HZ, PARAMS)
        named += found is not None and (found.bubble or found.ghost) is not None
    assert named == 0


def test_weak_signals_have_no_cepstrum() -> None:
    rng = np.random.default_rng(6)
    psd = np.full((3, len(noise_frequencies(RATE_HZ))), 2.0 / RATE_HZ)
    assert cepstrum(rng.standard_normal((3, 1500)), psd, RATE_HZ, PARAMS) is None


@pytest.mark.slow
def test_bubbles_through_normal_modes_give_their_charge() -> None:
    ranges = replace(
        TESTING, ocean_share=1.0, bubble=(0.5, 0.6), charge_kg=(10.0, 1e3), depth_m=(50.0, 400.0)
    )
    found = bubbles(5, ranges, seed=5)
    assert int(str(found["reported"])) >= 2
    assert int(str(found["wrong_by_more_than_3_percent"])) <= 1
    assert float(str(found["median_error_percent"])) < 1.0
    assert float(str(found["median_charge_error_percent"])) < 4.0
