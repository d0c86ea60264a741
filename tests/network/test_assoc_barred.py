"""Events that were refused come back only with something new to say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from vigie.geodesy import unit_vectors
from vigie.network.association.barred import NO_PLACE, Barred, barred_by, was_refused

if TYPE_CHECKING:
    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

PATCH = [(32.80, -100.90), (32.84, -100.90), (32.80, -100.84), (32.77, -100.92), (32.81, -100.95)]
AROUND = [(33.3, -98.2), (31.9, -98.9), (34.1, -100.2)]
HERE, ELSEWHERE = (33.1, -99.9), (32.1, -101.6)


def hypothesis(place: tuple[float, float], picks: list[int], time_s: float = 0.0) -> Hypothesis:
    defining = [(k, 0, pick) for k, pick in enumerate(picks)]
    made = SimpleNamespace(unit=unit_vectors(*place), time_s=time_s, defining=lambda: defining)
    return cast("Hypothesis", made)


def context(stations: list[tuple[float, float]], *barred: Barred) -> Context:
    """One pick at each station, numbered alike."""
    unit = np.array([unit_vectors(*place) for place in stations])
    columns = SimpleNamespace(unit=unit, station=np.arange(len(stations)))
    made = SimpleNamespace(columns=columns, barred=barred, near_scale_deg=0.1, time_per_deg=15.0)
    return cast("Context", made)


def refused(reason: str = NO_PLACE, picks: int = 5) -> Barred:
    return barred_by(hypothesis(ELSEWHERE, list(range(picks)), -20.0), reason, np.zeros(8))


@pytest.mark.parametrize(("more", "again"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_front_and_one_station_more_is_no_event(more: int, again: bool) -> None:
    around = context(PATCH + AROUND, refused())
    assert was_refused(around, hypothesis(HERE, list(range(5 + more)))) is again


def test_stations_all_around_may_be_joined_by_one() -> None:
    wide = context(AROUND + PATCH, refused(picks=3))
    assert not was_refused(wide, hypothesis(HERE, [0, 1, 2, 3]))


def test_what_failed_otherwise_bars_its_place_only() -> None:
    around = context(PATCH + AROUND, refused("misfit"))
    assert not was_refused(around, hypothesis(HERE, list(range(6))))
    assert was_refused(around, hypothesis(ELSEWHERE, list(range(6)), -20.0))


def test_other_onsets_of_the_same_stations_are_another_event() -> None:
    stations = PATCH + AROUND
    around = context(stations, refused(picks=2))
    assert not was_refused(around, hypothesis(HERE, [2, 3, 4, 5]))
