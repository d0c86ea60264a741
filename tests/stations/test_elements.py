"""Codes of elements, of stations and of lists: which wins, and what is said."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.facts.ims import ims_facilities
from vigie.records import Inventory, Site, Station, Technology, parse_iso
from vigie.stations.elements import ambiguous_codes, element_stations
from vigie.stations.ims import ims_inventory
from vigie.stations.lookup import find_station

NOW_NS = parse_iso("2018-06-01")
CLASHES = {f"AS{n:02d}" for n in (*range(1, 20), 31)}
"""Elements of ASAR that are spelled as auxiliary stations of the treaty."""


def station(
    code: str, latitude: float = 0.0, *, aliases: tuple[str, ...] = (), elements: str = ""
) -> Station:
    sites = tuple(Site(code=e, latitude=latitude, longitude=0.0, elevation_m=0.0) for e in elements)
    return Station(
        code=code,
        latitude=latitude,
        longitude=0.0,
        elevation_m=0.0,
        aliases=aliases,
        sites=sites,
    )


@pytest.mark.parametrize("planned", [False, True])
def test_no_code_of_the_ims_means_two_stations(planned: bool) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for known in ims_inventory(treaty_positions=planned).stations:
        for code in (known.code, *known.aliases, *(site.code for site in known.sites)):
            owners[code].add(known.code)
    assert {code: who for code, who in owners.items() if len(who) > 1} == {}


def test_elements_spelled_as_a_facility_are_those_of_asar() -> None:
    facilities = {f.treaty_code for f in ims_facilities()}
    assert len(facilities) == 337
    elements = {site.code: s for s in ims_inventory().stations for site in s.sites}
    clashes = {
        code
        for code in facilities & set(elements)
        if elements[code].treaty_code != code and code != elements[code].code
    }
    assert clashes == CLASHES
    assert {elements[code].code for code in clashes} == {"ASAR"}


@pytest.mark.parametrize("code", sorted(CLASHES))
def test_an_element_of_asar_is_in_australia(code: str) -> None:
    found = find_station(ims_inventory(), code, NOW_NS)
    assert found is not None
    assert found.code == "ASAR"


def test_every_facility_with_one_station_is_found_by_a_code_of_the_treaty() -> None:
    inventory = ims_inventory()
    for facility in ims_facilities():
        if len(facility.stations) != 1:
            continue
        network, number = facility.treaty_code[:2], int(facility.treaty_code[2:])
        spelled = f"AS{number:03d}" if network == "AS" else facility.treaty_code
        found = find_station(inventory, spelled, NOW_NS)
        assert found is not None
        assert found.code == facility.stations[0]


def test_a_code_wins_over_an_element_and_an_element_over_an_alias() -> None:
    inventory = Inventory(
        (station("X", 10.0, aliases=("B", "C", "D")), station("A", 20.0, elements="BC"),
         station("C", 30.0))
    )  # fmt: skip
    found = [find_station(inventory, code, NOW_NS) for code in "BCD"]
    assert [s.code for s in found if s] == ["A", "C", "X"]


@given(st.permutations(["X", "A", "C"]))
def test_the_order_of_an_inventory_does_not_matter(order: list[str]) -> None:
    known = {
        "X": station("X", 10.0, aliases=("B", "C")),
        "A": station("A", 20.0, elements="BC"),
        "C": station("C", 30.0),
    }
    inventory = Inventory(tuple(known[code] for code in order))
    found = [inventory.at(code, NOW_NS) for code in "BC"]
    assert [s.code for s in found if s] == ["A", "C"]


def test_an_element_stands_at_its_own_place() -> None:
    (element,) = element_stations(ims_inventory(), ["AS01", "ASAR", "NOWHERE"])
    asar = ims_inventory().at("ASAR", NOW_NS)
    assert asar is not None
    site = next(s for s in asar.sites if s.code == "AS01")
    assert (element.code, element.latitude, element.longitude) == (
        "AS01", site.latitude, site.longitude,
    )  # fmt: skip
    assert element.technology is Technology.SEISMIC


def test_hydrophones_stand_for_their_triplet() -> None:
    assert element_stations(ims_inventory(), ["H01W1"]) == ()
    found = find_station(ims_inventory(), "H01W1", NOW_NS)
    assert found is not None
    assert found.code == "H01W"


def test_what_a_code_may_mean_besides_is_said() -> None:
    (text,) = ambiguous_codes(ims_inventory(), ["AS01", "AS02", "ASAR", "ILAR", "GEA0"])
    assert text == (
        "AS01, AS02 are read as elements of ASAR. In the treaty's list AS01 is CFA, AS02 is USHA; "
        "if that is meant, write its code instead."
    )
    assert ambiguous_codes(ims_inventory(), ["PS03", "AS001", "AS60"]) == []
