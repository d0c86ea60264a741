"""Numbers of sub-steps, and groups of particles that take as many."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.transport.block import FREE, N_COUNTS, STILL, Room, count_of, rank_of, room, sort
from vigie.transport.compiled import kernel
from vigie.transport.particle_state import shifted


@given(st.floats(0.0, 2048.0))
def test_a_number_of_sub_steps_is_enough_and_at_most_a_quarter_more(needed: float) -> None:
    rank = rank_of(needed)
    count = count_of(rank)
    assert count >= needed * (1.0 - 2e-9)
    assert count <= max(1.25 * needed + 1e-6, math.ceil(needed), 1)
    assert rank == 0 or count_of(rank - 1) < needed


def test_ranks_are_numbers_in_order_and_more_is_not_taken() -> None:
    counts = [count_of(rank) for rank in range(N_COUNTS)]
    assert counts == sorted(set(counts))
    assert counts[:10] == [1, 2, 3, 4, 5, 6, 7, 8, 10, 12]
    assert count_of(rank_of(1e9)) == counts[-1] == 2048


@kernel
def _sorted(one: Room, n: int) -> None:
    sort(one, n)


def test_groups_lie_one_after_the_other_in_order_of_their_particles() -> None:
    one, rng = room(), np.random.default_rng(3)
    one.group[:1000] = rng.choice([0, 7, 80, FREE, STILL], 1000)
    _sorted(one, 1000)
    expected = np.argsort(one.group[:1000], kind="stable")
    np.testing.assert_array_equal(one.chosen[:1000], expected)
    for group in (0, 7, 80, FREE, STILL):
        inside = one.chosen[one.first_of[group] : one.first_of[group + 1]]
        assert set(one.group[inside]) == {group}


@given(
    st.tuples(*[st.floats(-1.0, 1.0)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1),
    st.tuples(*[st.floats(-50.0, 50.0)] * 3),
    st.floats(0.0, 1e5),
    st.booleans(),
)
def test_a_shift_is_as_long_as_told_and_ahead_is_along_the_wind(
    place: tuple[float, float, float], wind: tuple[float, float, float], way_m: float, calm: bool
) -> None:
    here = np.array(place) / np.linalg.norm(place)
    wind = (0.0, 0.0, 0.0) if calm else wind
    ahead = np.array(shifted(tuple(here), (way_m, 0.0), wind))
    left = np.array(shifted(tuple(here), (0.0, way_m), wind))
    for end in (ahead, left):
        assert np.linalg.norm(np.cross(here, end)) * 6371e3 == pytest.approx(
            way_m, rel=1e-4, abs=1e-3
        )
    flat = np.array(wind) - here * np.dot(here, wind)
    if way_m > 10.0 and np.linalg.norm(flat) > 1e-3:
        flat /= np.linalg.norm(flat)
        assert np.dot(ahead, flat) * 6371e3 == pytest.approx(way_m, rel=1e-4, abs=1e-3)
        assert np.dot(left, np.cross(here, flat)) * 6371e3 == pytest.approx(
            way_m, rel=1e-4, abs=1e-3
        )
