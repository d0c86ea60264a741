"""Times of jumps on several elements: one plane wave, one instant, or chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.infrasound.jump_waves import Jumps, is_wave

FloatArray = NDArray[np.float64]

FOUR_KM = np.array([[0.3, 0.1], [-0.2, 0.35], [-0.15, -0.3]])
"""Of the others, from the first element."""
EIGHT_KM = 1.2 * np.array(
    [[0.1, 0.02], [-0.05, 0.11], [0.4, 0.1], [-0.1, 0.45], [-0.4, 0.0], [0.1, -0.4], [0.3, 0.35],
     [-0.3, -0.3]]
)  # fmt: skip
STEP_S = 0.05


def jumps(places_km: FloatArray, times_s: list[list[float]], step_s: float = STEP_S) -> list[Jumps]:
    return [Jumps(p, np.array(t), step_s) for p, t in zip(places_km, times_s, strict=True)]


def crossing(places_km: FloatArray, azimuth_deg: float, velocity_km_s: float) -> list[list[float]]:
    """Return times of a wave by samples of 0.05 s."""
    azimuth = np.radians(azimuth_deg)
    due = -places_km @ np.array([np.sin(azimuth), np.cos(azimuth)]) / velocity_km_s
    return [[STEP_S * round(t / STEP_S)] for t in due]


@given(st.sampled_from([FOUR_KM, EIGHT_KM]), st.floats(0.0, 360.0), st.floats(0.3, 0.75))
def test_a_plane_wave_of_any_direction_is_one(
    places_km: FloatArray, azimuth_deg: float, velocity_km_s: float
) -> None:
    assert is_wave(jumps(places_km, crossing(places_km, azimuth_deg, velocity_km_s)))


def test_of_twenty_blasts_a_second_apart_none_is_lost() -> None:
    """Nor would be what is no wave: with a jump each second any time is one of a wave."""
    times = crossing(EIGHT_KM, 70.0, 0.34)
    train = [[t[0] + k for k in np.argsort(np.sin(np.arange(-10.0, 10.0))) - 10] for t in times]
    assert is_wave(jumps(EIGHT_KM, train))


@given(st.lists(st.sampled_from([-1, 0, 1]), min_size=9, max_size=9))
def test_what_all_have_at_once_is_none_though_clocks_be_a_sample_off(off: list[int]) -> None:
    late = [[STEP_S * (k - off[0])] for k in off[1:]]
    assert not is_wave(jumps(EIGHT_KM, late))
    assert not is_wave(jumps(FOUR_KM, late[:3]))


def test_a_small_array_tells_a_wave_from_an_instant() -> None:
    places = 0.15 * FOUR_KM
    assert is_wave(jumps(places, crossing(places, 20.0, 0.34)))


@pytest.mark.parametrize(("n", "most"), [(3, 0.1), (4, 0.2), (8, 0.01)])
@pytest.mark.parametrize("error_s", [0.1, 0.3, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("aperture", [1.0, 2.5])
def test_clocks_with_errors_of_their_own_seldom_make_a_wave(
    n: int, most: float, error_s: float, aperture: float
) -> None:
    rng = np.random.default_rng(1)
    places = aperture * (FOUR_KM if n == 3 else EIGHT_KM[-n:])
    errors = STEP_S * np.round(rng.uniform(-error_s, error_s, (200, n + 1)) / STEP_S)
    late = errors[:, 1:] - errors[:, :1]
    made = [is_wave(jumps(places, [[float(t)] for t in row])) for row in late]
    assert np.mean(made) <= most


@pytest.mark.parametrize("place_km", [(0.2, 0.0), (0.0, 0.0)])
def test_places_in_line_or_the_same_make_no_wave(place_km: tuple[float, float]) -> None:
    places = np.array([[0.2, 0.0], place_km, [-0.3, 0.0]])
    assert not is_wave(jumps(places, [[0.1], [0.2], [-0.2]]))


def test_too_few_or_none_that_jump_make_no_wave() -> None:
    assert not is_wave([])
    assert not is_wave(jumps(FOUR_KM[:1], [[0.1]]))
    assert not is_wave(jumps(FOUR_KM, [[0.1], [], [0.3]]))
    assert not is_wave(jumps(FOUR_KM, [[], [], []]))


@pytest.mark.parametrize("n", [6, 12, 20])
def test_one_wrong_place_does_not_hide_the_wave_of_many(n: int) -> None:
    angle = 2.4 * np.arange(n)
    places = np.sqrt(np.arange(1.0, n + 1.0))[:, None] * 0.3
    places = places * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    times = crossing(places, 70.0, 0.34)
    places[0] += 5.0
    assert is_wave(jumps(places, times))
