"""Faulty elements are named, clean ones are not."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.array_errors import geometry

from vigie.signal.array_faults import Fault, FaultParams, correlate_pairs, find_faults

RATE_HZ = 20.0
PARAMS = FaultParams()


def window(
    offsets: np.ndarray, *, noise: float = 0.2, seed: int = 1, late: dict[int, float] | None = None
) -> np.ndarray:
    """Return a 12-s window of a P wave of 8 s/deg, some elements late by given seconds."""
    rng = np.random.default_rng(seed)
    count = 240
    freq = np.fft.rfftfreq(count, 1 / RATE_HZ)
    time = np.arange(count) / RATE_HZ
    source = rng.normal(size=count) * np.exp(-(((time - 5.0) / 1.2) ** 2))
    wave = np.fft.rfft(source) * ((freq > 0.8) & (freq < 4.5))
    delays = offsets @ np.array([-0.05, -0.05])
    for element, seconds in (late or {}).items():
        delays[element] += seconds
    samples = np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delays[:, None]), count, axis=1)
    return samples / samples.std() + noise * rng.normal(size=samples.shape)


def faults(samples: np.ndarray, offsets: np.ndarray) -> tuple[tuple[Fault, ...], tuple[int, ...]]:
    pairs = correlate_pairs(samples, RATE_HZ, offsets, PARAMS)
    return find_faults(pairs, offsets, PARAMS)


@pytest.mark.parametrize("elements", [4, 5, 9])
@pytest.mark.parametrize("aperture_km", [0.5, 3.0, 10.0])
def test_nothing_is_wrong_with_a_clean_array(elements: int, aperture_km: float) -> None:
    for seed in range(10):
        offsets = geometry(np.random.default_rng(seed), elements, aperture_km)
        named, suspects = faults(window(offsets, seed=seed), offsets)
        assert not named
        assert not suspects


@pytest.mark.parametrize("elements", [4, 5, 9])
@pytest.mark.parametrize("aperture_km", [0.5, 3.0])
def test_a_reversed_element_is_named(elements: int, aperture_km: float) -> None:
    right = 0
    for seed in range(10):
        offsets = geometry(np.random.default_rng(seed), elements, aperture_km)
        samples = window(offsets, seed=seed)
        culprit = seed % elements
        samples[culprit] *= -1.0
        named, _ = faults(samples, offsets)
        right += [(f.element, f.kind) for f in named] == [(culprit, "polarity")]
    assert right >= 9


@pytest.mark.parametrize("elements", [4, 5, 9])
@pytest.mark.parametrize("late_s", [1.0, -2.5])
def test_an_element_whose_clock_is_far_off_is_named(elements: int, late_s: float) -> None:
    right = 0
    for seed in range(10):
        offsets = geometry(np.random.default_rng(seed), elements, 1.0)
        culprit = seed % elements
        named, _ = faults(window(offsets, seed=seed, late={culprit: late_s}), offsets)
        right += [f.element for f in named] == [culprit]
    assert right >= 9


def test_a_small_clock_error_is_named_from_five_elements_up() -> None:
    right = 0
    for seed in range(10):
        offsets = geometry(np.random.default_rng(seed), 9, 2.0)
        culprit = seed % 9
        named, _ = faults(window(offsets, seed=seed, late={culprit: 0.4}, noise=0.1), offsets)
        right += [f.element for f in named] == [culprit]
    assert right >= 8


def test_with_four_elements_a_small_clock_error_leaves_suspects() -> None:
    seen = 0
    for seed in range(10):
        offsets = geometry(np.random.default_rng(seed), 4, 2.0)
        named, suspects = faults(window(offsets, seed=seed, late={1: 0.35}, noise=0.1), offsets)
        seen += 1 in suspects or [f.element for f in named] == [1]
    assert seen >= 8


def test_an_element_of_noise_is_named() -> None:
    right = 0
    for seed in range(10):
        offsets = geometry(np.random.default_rng(seed), 6, 2.0)
        samples = window(offsets, seed=seed)
        samples[2] = np.random.default_rng(100 + seed).normal(size=samples.shape[1])
        named, _ = faults(samples, offsets)
        right += [(f.element, f.kind) for f in named] == [(2, "incoherent")]
    assert right >= 9


def test_three_elements_are_always_left() -> None:
    offsets = geometry(np.random.default_rng(1), 4, 2.0)
    samples = np.random.default_rng(2).normal(size=(4, 240))
    samples[0] = samples[1]
    named, _ = faults(samples, offsets)
    assert len(named) <= 1


def test_pure_noise_accuses_nobody() -> None:
    accused = 0
    for seed in range(20):
        offsets = geometry(np.random.default_rng(seed), 6, 2.0)
        named, suspects = faults(np.random.default_rng(seed).normal(size=(6, 240)), offsets)
        accused += bool(named) or bool(suspects)
    assert accused == 0
