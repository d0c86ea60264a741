"""Jumps of elements at times of their own: how often chance makes a wave of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.infrasound.chance_waves import is_chance
from vigie.infrasound.jump_waves import SLOWEST_KM_S, Jumps, needed_of, waves_of

FloatArray = NDArray[np.float64]

AROUND_S, STEP_S = 300.0, 0.05
ANGLES = np.radians([20.0, 140.0, 260.0, 80.0, 200.0, 320.0])


def places(n: int, aperture_km: float) -> FloatArray:
    """Return the places of n others from the first element."""
    radii = aperture_km * np.array([0.5, 0.45, 0.55, 0.3, 0.25, 0.35])[:n]
    return np.asarray(radii[:, None] * np.stack([np.sin(ANGLES[:n]), np.cos(ANGLES[:n])], axis=1))


def judged(own_s: FloatArray, times_s: list[FloatArray], places_km: FloatArray) -> tuple[int, int]:
    """Return how many jumps of the first element are of a wave, and of one beyond chance."""
    waves_seen = believed = 0
    for t in own_s:
        near, around = [], []
        for place, times in zip(places_km, times_s, strict=True):
            reach = float(np.linalg.norm(place)) / SLOWEST_KM_S + 0.25
            later = STEP_S * np.round((times - t) / STEP_S)
            near.append(Jumps(place, later[np.abs(later) <= reach], STEP_S))
            around.append(Jumps(place, later[np.abs(later) <= AROUND_S], STEP_S))
        waves = waves_of(near)
        if not len(waves):
            continue
        waves_seen += 1
        own = own_s[np.abs(own_s - t) <= AROUND_S] - t
        believed += not is_chance(own, around, waves, needed_of(near), 2.0 * AROUND_S)
    return waves_seen, believed


def wave(onsets_s: FloatArray, places_km: FloatArray, azimuth_deg: float) -> list[FloatArray]:
    """Return when sound of 340 m/s comes to the others."""
    azimuth = np.radians(azimuth_deg)
    late = -places_km @ np.array([np.sin(azimuth), np.cos(azimuth)]) / 0.34
    return [onsets_s + delay for delay in late]


@pytest.mark.parametrize(
    ("n", "aperture_km", "every_s"),
    [
        (2, 1.0, 20.0),
        (2, 3.0, 20.0),
        (2, 3.0, 60.0),
        (3, 3.0, 10.0),
        (3, 3.0, 20.0),
        (5, 3.0, 10.0),
    ],
)
def test_spikes_of_elements_at_their_own_times_are_chance(
    n: int, aperture_km: float, every_s: float
) -> None:
    rng, ground = np.random.default_rng(5), places(n, aperture_km)
    seen = believed = 0
    for _ in range(20):
        count = rng.poisson(2.0 * AROUND_S / every_s, n + 1)
        times = [np.sort(rng.uniform(-AROUND_S, AROUND_S, k)) for k in count]
        one = judged(times[0], times[1:], ground)
        seen, believed = seen + one[0], believed + one[1]
    # Some two hundred minutes; of those that look like a wave hardly one may pass.
    assert seen >= 3
    assert believed <= 1


@given(st.sampled_from([2, 3, 5]), st.floats(0.5, 3.0), st.floats(0.0, 360.0))
def test_a_lone_blast_is_none(n: int, aperture_km: float, azimuth_deg: float) -> None:
    ground = places(n, aperture_km)
    onsets = np.zeros(1)
    assert judged(onsets, wave(onsets, ground, azimuth_deg), ground) == (1, 1)


@pytest.mark.parametrize("every_s", [5.0, 20.0, 60.0])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_blasts_again_and_again_from_one_place_are_none(n: int, every_s: float) -> None:
    ground = places(n, 1.0)
    rng = np.random.default_rng(2)
    onsets = np.sort(rng.uniform(-AROUND_S, AROUND_S, round(2.0 * AROUND_S / every_s)))
    _, believed = judged(onsets, wave(onsets, ground, 110.0), ground)
    assert believed >= 0.95 * len(onsets)


def test_a_blast_beside_one_element_with_spikes_is_none() -> None:
    ground, onsets = places(3, 1.0), np.zeros(1)
    times = wave(onsets, ground, 250.0)
    times[1] = np.sort(np.concatenate([times[1], np.random.default_rng(1).uniform(-300, 300, 30)]))
    assert judged(onsets, times, ground) == (1, 1)
