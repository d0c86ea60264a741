"""The IMS as an inventory: positions, elements, aliases, epochs."""

from __future__ import annotations

import pytest

from vigie.geodesy import KM_PER_DEG, distance_azimuths, offsets_km
from vigie.records import Technology, parse_iso
from vigie.stations.ims import ims_inventory

NOW_NS = parse_iso("2018-06-01")


@pytest.mark.parametrize(
    ("code", "treaty_code", "latitude", "longitude", "elements"),
    [
        # Published positions of well-known stations (FDSN, IMS fact sheets), to 0.1 deg.
        ("GERES", "PS19", 48.8, 13.7, 25),
        ("ASAR", "PS03", -23.7, 133.9, 20),
        ("SPITS", "AS72", 78.2, 16.4, 9),
        ("AAK", "AS60", 42.6, 74.5, 1),
    ],
)
def test_well_known_stations_are_where_they_are(
    code: str, treaty_code: str, latitude: float, longitude: float, elements: int
) -> None:
    station = ims_inventory().at(code, NOW_NS)
    assert station is not None
    assert station.treaty_code == treaty_code
    assert station.latitude == pytest.approx(latitude, abs=0.1)
    assert station.longitude == pytest.approx(longitude, abs=0.1)
    assert len(station.sites) == pytest.approx(elements, abs=5)


def test_a_treaty_code_finds_its_station() -> None:
    station = ims_inventory().at("PS19", NOW_NS)
    assert station is not None
    assert station.code == "GERES"


def test_positions_of_elements_agree_with_their_offsets() -> None:
    for station in ims_inventory().stations:
        for site in station.sites:
            if site.east_km is None or site.north_km is None:
                # The source has no offset, though the element stands elsewhere.
                assert (site.latitude, site.longitude) != (station.latitude, station.longitude)
                continue
            delta, _, _ = distance_azimuths(
                station.latitude, station.longitude, site.latitude, site.longitude
            )
            # Stated offsets and positions are rounded, and some stem from older surveys.
            stated_km = float((site.east_km**2 + site.north_km**2) ** 0.5)
            assert float(delta) * KM_PER_DEG == pytest.approx(stated_km, abs=0.5, rel=0.02)
    geres = ims_inventory().at("GERES", NOW_NS)
    assert geres is not None
    offsets = offsets_km(
        [s.latitude for s in geres.sites],
        [s.longitude for s in geres.sites],
        geres.latitude,
        geres.longitude,
    )
    assert abs(offsets).max() < 5.0


def test_a_code_of_the_treaty_is_an_alias_where_the_station_did_not_move() -> None:
    eielson = ims_inventory().at("ELAK", NOW_NS)
    assert eielson is not None
    assert eielson.code == "ILAR"
    # COC is Colombo in the treaty; the station stands 98 km away at Pallekele.
    assert ims_inventory().at("COC", NOW_NS) is None


def test_directions_of_horizontals_are_known() -> None:
    station = ims_inventory().at("ANMO", NOW_NS)
    assert station is not None
    azimuths = {c.id.channel: c.azimuth_deg for c in station.sites[0].channels}
    assert azimuths["BH1"] is not None
    assert azimuths["BH2"] == (azimuths["BH1"] + 90.0) % 360.0
    dips = {c.id.channel: c.dip_deg for c in station.sites[0].channels}
    assert dips == {"BH1": 0.0, "BH2": 0.0, "BHZ": -90.0}


def test_technologies_are_told_apart() -> None:
    infrasound = ims_inventory(Technology.INFRASOUND).stations
    assert {s.treaty_code[:2] for s in infrasound if s.treaty_code} == {"IS"}
    assert len(infrasound) == 48


def test_treaty_positions_are_only_given_when_asked_for() -> None:
    planned = ims_inventory(treaty_positions=True).at("PS21", NOW_NS)
    assert planned is not None
    assert "treaty position" in planned.name
    assert ims_inventory().at("PS21", NOW_NS) is None
