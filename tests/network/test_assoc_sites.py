"""Stations of one site are one witness."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.network.association import AssociateParams
from vigie.network.association.prepare import prepare
from vigie.network.definition import assess, load_definition
from vigie.network.sites import group_sites
from vigie.records import Association, Detection, Inventory, Station

START_NS = 1_400_000_000_000_000_000
KM = 1.0 / 111.19


def station(code: str, latitude: float, longitude: float = 20.0) -> Station:
    return Station(code=code, latitude=latitude, longitude=longitude, elevation_m=0.0)


def mini_array(*, far: bool = True) -> list[Station]:
    elements = [station(f"K{n}", 69.0 + 0.1 * n * KM) for n in range(6)]
    return [*elements, station("T", 70.5), station("M", 62.0)] if far else elements


def test_elements_of_a_mini_array_are_one_site_of_a_wide_network() -> None:
    assert group_sites(mini_array()).tolist() == [0, 0, 0, 0, 0, 0, 6, 7]


def test_a_network_of_a_mine_keeps_its_stations() -> None:
    assert group_sites(mini_array(far=False)).tolist() == [0, 1, 2, 3, 4, 5]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-89, 89), st.floats(-179, 179)), min_size=1, max_size=12))
def test_a_leader_leads_itself_and_stands_before_those_it_leads(
    places: list[tuple[float, float]],
) -> None:
    leader = group_sites([station(str(k), *place) for k, place in enumerate(places)])
    assert all(leader[k] <= k and leader[leader[k]] == leader[k] for k in range(len(places)))


def test_six_elements_do_not_make_three_stations() -> None:
    stations = mini_array()
    observed = [
        (Association(detection_id=s.code, station=s.code, phase="P", time_defining=True), s)
        for s in stations
    ]
    sites = {f"K{n}": "K0" for n in range(6)}
    definition = load_definition("default")
    apart = assess(definition, observed)
    assert (apart.n_stations, apart.n_times) == (8, 8)
    together = assess(definition, observed, sites=sites)
    assert (together.n_stations, together.n_times) == (3, 3)
    assert together.failed == ("min_times",)


def test_an_onset_that_several_elements_saw_is_one_pick_with_partners() -> None:
    detections = [
        Detection(id=f"d{n}", station=f"K{n}", time_ns=START_NS + n * 50_000_000) for n in range(6)
    ]
    later = Detection(id="later", station="K2", time_ns=START_NS + 8_000_000_000)
    columns, skipped = prepare(
        [*detections, later], Inventory(tuple(mini_array())), AssociateParams()
    )
    assert not skipped
    assert [d.id for d in columns.detections] == ["d2", "later"]
    assert {d.id for d in columns.onset(0)} == {d.id for d in detections}
    assert len(columns.everything()) == 7


def test_a_pick_given_twice_is_one() -> None:
    twins = [Detection(id=f"d{n}", station="T", time_ns=START_NS + n) for n in range(2)]
    columns, _ = prepare(twins, Inventory(tuple(mini_array())), AssociateParams())
    assert len(columns.detections) == 1
