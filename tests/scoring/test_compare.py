"""Comparison of bulletins: matching, metrics, ellipses."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.geodesy import destination
from vigie.records import (
    Association,
    Bulletin,
    Detection,
    Ellipse,
    EllipseKind,
    Event,
    Magnitude,
    Origin,
)
from vigie.scoring import ARORA_2013, IDC, CompareParams, MatchRule, compare
from vigie.scoring.ellipses import holds, overlap
from vigie.scoring.matching import match

S = 10**9


def event(
    name: str,
    *,
    at: tuple[float, float] = (0.0, 0.0),
    seconds: float = 0.0,
    stations: tuple[str, ...] = (),
    mb: float | None = None,
    ellipse: Ellipse | None = None,
) -> Event:
    time_ns = round(seconds * S)
    detections = tuple(
        Detection(id=code, station=code, time_ns=10 * S * number)
        for number, code in enumerate(stations)
    )
    associations = tuple(
        Association(detection_id=code, station=code, phase="P", time_defining=True)
        for code in stations
    )
    origin = Origin(
        id=name,
        time_ns=time_ns,
        latitude=at[0],
        longitude=at[1],
        depth_km=10.0,
        ellipses=(ellipse,) if ellipse else (),
        associations=associations,
    )
    magnitudes = () if mb is None else (Magnitude(type="mb", value=mb),)
    return Event(id=name, origins=(origin,), detections=detections, magnitudes=magnitudes)


def coverage(major_km: float, minor_km: float, strike_deg: float) -> Ellipse:
    return Ellipse(
        kind=EllipseKind.COVERAGE,
        confidence=0.9,
        semi_major_km=major_km,
        semi_minor_km=minor_km,
        strike_deg=strike_deg,
    )


def test_counts_and_differences() -> None:
    reference = Bulletin(
        events=(
            event("r1", at=(10.0, 20.0), seconds=1000, mb=4.0),
            event("r2", at=(-60.0, 20.0), seconds=5000, mb=5.0),
        )
    )
    test = Bulletin(
        events=(
            event("t3", at=(0.0, 0.0), seconds=90_000),
            event("t1", at=(11.0, 20.0), seconds=1003, mb=4.3),
            Event(id="t4", origins=()),
        )
    )
    result = compare(reference, test)
    score = result.main
    assert (result.n_reference, result.n_test, result.without_origin) == (2, 2, 1)
    assert [(p.reference.id, p.test.id) for p in score.matched] == [("r1", "t1")]
    assert [e.id for e in score.missed] == ["r2"]
    assert [e.id for e in score.extra] == ["t3"]
    assert (score.overlap, score.inconsistency) == (0.5, 0.5)
    # A geographic degree at 10 N is about 0.994 geocentric degrees of 111.19 km.
    assert score.median_distance_km == pytest.approx(110.5, abs=0.2)
    assert score.median_time_difference_s == 3.0
    assert score.median_depth_difference_km == 0.0
    assert score.median_magnitude_differences == {"mb": pytest.approx(0.3)}
    assert score.ellipse_coverage is None


def test_cardinality_comes_before_cost() -> None:
    # t1 lies on r1, but only it can be r2's: both references are matched.
    reference = Bulletin(events=(event("r1", at=(0, 0)), event("r2", at=(4, 0))))
    test = Bulletin(events=(event("t1", at=(0.1, 0)), event("t2", at=(-4.5, 0))))
    score = compare(reference, test).main
    assert {(p.reference.id, p.test.id) for p in score.matched} == {("r1", "t2"), ("r2", "t1")}
    assert score.split == ()


def test_rule_of_the_idc_wants_two_common_arrivals() -> None:
    reference = Bulletin(events=(event("r", stations=("A", "B", "C")),))
    near = event("t", at=(15.0, 0.0), seconds=100, stations=("A", "B"))
    far = event("t", at=(15.0, 0.0), seconds=100, stations=("A", "X"))
    for found, count in ((near, 1), (far, 0)):
        arora, idc = compare(reference, Bulletin(events=(found,))).scores
        assert (arora.rule, idc.rule) == (ARORA_2013, IDC)
        assert (len(arora.matched), len(idc.matched)) == (0, count)
        assert idc.applicable
    bare = compare(reference, Bulletin(events=(event("t"),))).scores[1]
    assert not bare.applicable


def test_own_rule() -> None:
    reference, test = Bulletin(events=(event("r"),)), Bulletin(events=(event("t", at=(0.5, 0)),))
    strict = MatchRule(name="user", max_degrees=0.1, max_seconds=1.0)
    assert compare(reference, test, CompareParams((strict,))).main.matched == ()
    with pytest.raises(ParameterError, match="max_degrees"):
        MatchRule(name="user", max_degrees=0.0, max_seconds=1.0)


def brute(pairs: list[tuple[int, int, float]]) -> tuple[int, float]:
    """Return size and cost of the best matching, by trying all sets of pairs."""
    best = (0, 0.0)
    for size in range(len(pairs) + 1):
        for some in combinations(pairs, size):
            if len({p[0] for p in some}) == len({p[1] for p in some}) == size:
                cost = sum(p[2] for p in some)
                if size > best[0] or cost < best[1]:
                    best = (size, cost)
    return best


PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(0.0, 2.0), max_size=9
).map(lambda found: [(left, right, cost) for (left, right), cost in found.items()])


@given(PAIRS)
def test_matching_is_the_best(pairs: list[tuple[int, int, float]]) -> None:
    chosen = [pairs[i] for i in match(pairs)]
    size, cost = brute(pairs)
    assert len({p[0] for p in chosen}) == len({p[1] for p in chosen}) == len(chosen) == size
    assert sum(p[2] for p in chosen) == pytest.approx(cost)


@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(1.0, 300.0),
    st.floats(0.1, 1.0),
    st.floats(0.0, 180.0),
    st.floats(0.0, 360.0),
)
def test_rim_of_the_ellipse_everywhere_on_earth(
    latitude: float, longitude: float, major: float, ratio: float, strike: float, turn: float
) -> None:
    ellipse = coverage(major, major * ratio, strike)
    origin = Origin(
        id="o", time_ns=0, latitude=latitude, longitude=longitude, depth_km=0.0, ellipses=(ellipse,)
    )
    angle = np.radians(turn)
    radius = np.hypot(major * np.cos(angle), major * ratio * np.sin(angle))
    azimuth = strike + np.degrees(np.arctan2(ratio * np.sin(angle), np.cos(angle)))
    for part, inside in ((0.99, True), (1.01, False)):
        there = destination(latitude, longitude, azimuth, part * radius / 111.19492664455873)
        found = holds(origin, *there)
        assert found is not None
        assert bool(found) is inside


def test_overlap_of_ellipses() -> None:
    one = event("a", at=(0, 179.9), ellipse=coverage(30, 1, 90)).origins[0]
    touching = event("b", at=(0, -179.9), ellipse=coverage(5, 5, 0)).origins[0]
    apart = event("c", at=(1, 179.9), ellipse=coverage(5, 5, 0)).origins[0]
    within = event("d", at=(0, 179.9), ellipse=coverage(0.1, 0.1, 0)).origins[0]
    assert overlap(one, touching)
    assert not overlap(one, apart)
    assert overlap(one, within)
    assert overlap(within, one)
    assert overlap(one, event("e").origins[0]) is None


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 179), st.floats(0, 1e5)), max_size=8))
def test_a_bulletin_agrees_with_itself(places: list[tuple[float, float, float]]) -> None:
    bulletin = Bulletin(
        events=tuple(
            event(str(n), at=(lat, lon), seconds=t) for n, (lat, lon, t) in enumerate(places)
        )
    )
    score = compare(bulletin, bulletin).main
    assert len(score.matched) == len(places)
    assert sum(pair.delta_deg for pair in score.matched) == pytest.approx(0.0, abs=1e-6)
    assert score.split == ()


def test_an_event_is_split_by_test_events_that_are_nobodys_else() -> None:
    reference = Bulletin(events=(event("r1", at=(0, 0)), event("r2", at=(3, 0))))
    own = (event("t1", at=(0, 0)), event("t2", at=(3, 0)))
    assert compare(reference, Bulletin(events=own)).main.split == ()
    # A third one near r1 alone splits it, and only it.
    third = event("t3", at=(-4, 0))
    ((one, parts),) = compare(reference, Bulletin(events=(*own, third))).main.split
    assert (one.id, sorted(e.id for e in parts)) == ("r1", ["t1", "t3"])
