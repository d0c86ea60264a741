"""The treaty's facilities, the operational stations and their elements."""

from __future__ import annotations

from collections import Counter

from vigie.facts.ims import ims_elements, ims_facilities, ims_stations


def test_all_facilities_of_the_treaty_are_there() -> None:
    # Annex 1 to the Protocol, tables 1-A to 4: 50, 120, 80 and 16, 11, 60.
    counts = Counter(f.network for f in ims_facilities())
    assert counts == {"PS": 50, "AS": 120, "RN": 80, "RL": 16, "HA": 11, "IS": 60}
    assert len({f.treaty_code for f in ims_facilities()}) == 337


def test_what_is_unknown_is_said_with_its_reason() -> None:
    for facility in ims_facilities():
        if facility.latitude is None or facility.longitude is None:
            assert "position" in facility.unknown or "longitude" in facility.unknown
        if not facility.stations and facility.network != "RL":
            assert "operational" in facility.unknown, facility.treaty_code


def test_the_treaty_gives_no_place_to_seven_facilities_and_the_laboratories() -> None:
    without = {f.treaty_code for f in ims_facilities() if f.latitude is None}
    laboratories = {f"RL{i:02d}" for i in range(1, 17)}
    assert without - laboratories == {"PS20", "PS26", "PS38", "AS39", "AS120", "RN35", "IS28"}
    assert laboratories <= without


def test_each_operational_station_stands_at_one_facility() -> None:
    listed = [code for f in ims_facilities() for code in f.stations]
    assert sorted(listed) == sorted(s.code for s in ims_stations())
    codes = {f.treaty_code: f for f in ims_facilities()}
    for station in ims_stations():
        assert station.code in codes[station.treaty_code].stations
        assert codes[station.treaty_code].network == station.network


def test_stations_without_a_match_by_code_are_matched_by_state() -> None:
    # The one facility of the state that has no station, or the nearest of several.
    by_state = {s.code: s.treaty_code for s in ims_stations() if s.match == "state"}
    assert by_state == {
        "TORD": "PS26",
        "MATP": "AS120",
        "RCBR": "AS11",
        "RES": "AS16",
        "KRVT": "AS76",
        "KLR": "AS89",
        "BELG": "AS94",
    }


def test_stations_far_from_the_plan_of_the_treaty_say_how_far() -> None:
    far = {s.code: s.km_from_treaty_position for s in ims_stations()}
    # Known moves: Socorro instead of Clarion, Bardufoss instead of Karasjok.
    assert 380.0 < (far["H06E"] or 0.0) < 400.0
    assert 270.0 < (far["I37NO"] or 0.0) < 280.0


def test_every_element_belongs_to_a_station() -> None:
    codes = {s.code for s in ims_stations()}
    assert {e.station for e in ims_elements()} == codes
    for element in ims_elements():
        assert -90.0 <= element.latitude <= 90.0
        assert -180.0 <= element.longitude <= 180.0
        assert {c for c, _ in element.azimuths_deg} <= set(element.channels)


def test_two_systems_of_one_facility_are_two_stations() -> None:
    belbashi = next(f for f in ims_facilities() if f.treaty_code == "PS43")
    assert sorted(belbashi.stations) == ["BRMAR", "BRTR"]
