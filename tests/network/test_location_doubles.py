"""One onset that is read twice is one observation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.test_location import EARTH, T0_NS, arrivals, network

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre
from vigie.errors import LocationError
from vigie.network.location import LocateParams, locate
from vigie.network.location.doubles import stand_ins_of
from vigie.records import Detection, Station

if TYPE_CHECKING:
    from vigie.records import Association, Origin

TRUTH = Hypocentre(10.0, 20.0, 0.0)
PHASES: tuple[Literal["keep", "identify"], ...] = ("keep", "identify")


def again(detection: Detection, after_s: float = 0.0) -> Detection:
    """Return another reading of the same onset."""
    later = detection.time_ns + round(after_s * 1e9)
    return replace(detection, id=f"{detection.id}+", time_ns=later)


def without_notice(origin: Origin) -> Origin:
    return replace(origin, associations=(), warnings=())


def of(origin: Origin, detection_id: str) -> Association:
    return next(a for a in origin.associations if a.detection_id == detection_id)


@pytest.mark.parametrize("phases", PHASES)
@pytest.mark.parametrize("after_s", [0.0, 0.08])
def test_a_repeated_onset_changes_nothing_but_is_shown(
    phases: Literal["keep", "identify"], after_s: float
) -> None:
    stations = network(TRUTH.latitude, TRUTH.longitude, 8)
    once = arrivals(stations, TRUTH)
    params = LocateParams(phases=phases, depth=0.0)
    single = locate("e", once, stations, EARTH, params)
    twice = locate("e", [*once, *(again(d, after_s) for d in once[:4])], stations, EARTH, params)
    assert without_notice(twice) == without_notice(single)
    assert twice.n_defining == 8
    second = of(twice, "S02-P+")
    assert (second.defining, second.reason, second.phase) == (False, "same_onset", "P")
    assert second.time_residual_s == pytest.approx(after_s, abs=0.01)
    assert second.delta_deg == of(twice, "S02-P").delta_deg
    assert len(twice.warnings) == len(single.warnings) + 1
    assert "4 arrivals repeat an onset" in twice.warnings[-1]
    assert "S02 P 2020-09-13T12:" in twice.warnings[-1]


def test_the_reading_that_measured_more_stands_for_both() -> None:
    stations = network(TRUTH.latitude, TRUTH.longitude, 8)
    once = arrivals(stations, TRUTH)
    second = again(once[0], -0.05)
    beam = replace(second, azimuth_deg=10.0, slowness_s_per_deg=8.0, phase=None)
    origin = locate("e", [*once, beam], stations, EARTH, LocateParams(phases="keep", depth=0.0))
    assert of(origin, beam.id).time_defining
    assert of(origin, once[0].id).reason == "same_onset"


def test_other_names_other_times_and_other_places_are_other_onsets() -> None:
    def reading(number: int, time_s: float, phase: str | None, station: str = "A") -> Detection:
        time_ns = T0_NS + round(time_s * 1e9)
        return Detection(id=str(number), station=station, time_ns=time_ns, phase=phase)

    pn_pg = [reading(0, 0.0, "Pn"), reading(1, 0.05, "Pg"), reading(2, 0.02, "Pn")]
    assert stand_ins_of(pn_pg) == {2: 0}
    assert stand_ins_of([reading(0, 0.0, "P"), reading(1, 0.2, "P")]) == {}
    assert stand_ins_of([reading(0, 0.0, "P"), reading(1, 0.0, "P", "B")]) == {}
    assert stand_ins_of([reading(0, 0.0, "iP"), reading(1, 0.0, "P"), reading(2, 0.0, None)]) == {
        1: 0,
        2: 0,
    }
    apart = [(0.0, 0.0, 1.0), (0.0, 0.01, 0.99995)]
    assert stand_ins_of(pn_pg[::2], apart) == {}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("AB"), st.integers(0, 40), st.sampled_from(["P", "Pn", "", None])
        ),
        max_size=12,
    )
)
def test_who_stands_for_another_stands_himself_and_nothing_is_left(
    rows: list[tuple[str, int, str | None]],
) -> None:
    detections = [
        Detection(id=str(i), station=code, time_ns=T0_NS + tick * 20_000_000, phase=phase)
        for i, (code, tick, phase) in enumerate(rows)
    ]
    found = stand_ins_of(detections)
    assert not set(found) & set(found.values())
    for second, first in found.items():
        one, other = detections[second], detections[first]
        assert one.station == other.station
        assert abs(one.time_ns - other.time_ns) <= 100_000_000
    kept = [d for i, d in enumerate(detections) if i not in found]
    assert stand_ins_of(kept) == {}


def test_three_readings_of_one_onset_are_too_few_and_said_to_be_one() -> None:
    station = Station(code="A", latitude=0.0, longitude=0.0, elevation_m=0.0)
    one = Detection(id="1", station="A", time_ns=T0_NS, phase="P")
    picks = [one, replace(one, id="2"), replace(one, id="3")]
    with pytest.raises(LocationError, match=r"1 usable arrival times.*2 that repeat an onset"):
        locate("e", picks, {"A": station}, load_predictor())
