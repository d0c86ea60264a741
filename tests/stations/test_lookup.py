"""Epochs, aliases, positions per channel, geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import StationUnknownError
from vigie.records import Channel, ChannelId, Epoch, Inventory, Site, Station, parse_iso
from vigie.stations.ims import ims_inventory
from vigie.stations.lookup import (
    array_geometry,
    axis_of,
    calibration_of,
    find_channel,
    find_station,
    merge_inventories,
    position_of,
    require_station,
    vertical_channels,
)

Y2000, Y2010, Y2020 = (parse_iso(f"{y}-01-01") for y in (2000, 2010, 2020))
NOON_2005, NOON_2015 = parse_iso("2005-06-01T12:00:00"), parse_iso("2015-06-01T12:00:00")


def channel(
    location: str, code: str, latitude: float, *, epoch: Epoch | None = None, **more: float
) -> Channel:
    return Channel(
        id=ChannelId("XX", "STA", location, code),
        latitude=latitude,
        longitude=10.0,
        elevation_m=500.0,
        epoch=epoch or Epoch(),
        **more,  # type: ignore[arg-type]  # fields of Channel
    )


def station(*channels: Channel, code: str = "STA", **more: object) -> Station:
    site = Site(code="STA", latitude=60.0, longitude=10.0, elevation_m=500.0, channels=channels)
    return Station(
        code=code,
        latitude=60.0,
        longitude=10.0,
        elevation_m=500.0,
        sites=(site,),
        **more,  # type: ignore[arg-type]  # fields of Station
    )


def test_two_positions_under_one_name_are_kept() -> None:
    known = station(channel("00", "BHZ", 60.0), channel("10", "BHZ", 60.02, burial_m=100.0))
    vault = position_of(known, ChannelId("XX", "STA", "00", "BHZ"), NOON_2015)
    borehole = position_of(known, ChannelId("XX", "STA", "10", "BHZ"), NOON_2015)
    assert (vault.latitude, borehole.latitude) == (60.0, 60.02)
    assert borehole.sensor_elevation_m == 400.0


def test_metadata_are_those_valid_at_the_time() -> None:
    known = station(
        channel("", "BHZ", 60.0, calib=1.0, epoch=Epoch(start_ns=Y2000, end_ns=Y2010)),
        channel("", "BHZ", 60.1, calib=2.0, epoch=Epoch(start_ns=Y2010, end_ns=Y2020)),
    )
    name = ChannelId("XX", "STA", "", "BHZ")
    assert calibration_of(known, name, NOON_2005).calib == 1.0
    assert calibration_of(known, name, NOON_2015).calib == 2.0
    assert position_of(known, name, NOON_2015).latitude == 60.1
    # The end of an epoch is excluded, its start included.
    assert calibration_of(known, name, Y2010).calib == 2.0
    assert calibration_of(known, name, Y2020).calib is None
    assert position_of(known, name, Y2020).source == "site"


def test_of_overlapping_epochs_the_later_start_wins() -> None:
    known = station(
        channel("", "BHZ", 60.1, calib=2.0, epoch=Epoch(start_ns=Y2010)),
        channel("", "BHZ", 60.0, calib=1.0, epoch=Epoch(start_ns=Y2000)),
    )
    assert calibration_of(known, ChannelId("XX", "STA", "", "BHZ"), NOON_2015).calib == 2.0


def test_empty_network_and_location_contradict_nothing_but_others_do() -> None:
    known = station(channel("00", "BHZ", 60.0, calib=3.0))
    assert calibration_of(known, ChannelId("", "STA", "", "BHZ"), NOON_2015).calib == 3.0
    assert calibration_of(known, ChannelId("YY", "STA", "00", "BHZ"), NOON_2015).calib is None
    assert calibration_of(known, ChannelId("XX", "STA", "10", "BHZ"), NOON_2015).calib is None


def test_directions_are_found_and_unknown_ones_stay_unknown() -> None:
    known = station(channel("", "BH1", 60.0, azimuth_deg=37.0, dip_deg=0.0))
    assert axis_of(known, ChannelId("XX", "STA", "", "BH1"), NOON_2015).azimuth_deg == 37.0
    assert axis_of(known, ChannelId("XX", "STA", "", "BH2"), NOON_2015).azimuth_deg is None
    assert find_channel(known, ChannelId("XX", "ELSE", "", "BHZ"), NOON_2015) is None


def test_stations_are_found_by_code_alias_and_element() -> None:
    inventory = ims_inventory()
    for code in ("GERES", "PS19", "GEA2"):
        found = find_station(inventory, code, NOON_2015)
        assert found is not None
        assert found.code == "GERES"
    with pytest.raises(StationUnknownError, match="NOWHERE"):
        require_station(inventory, "NOWHERE", NOON_2015)


def test_the_first_inventory_that_knows_a_station_describes_it_whole() -> None:
    mine = Inventory((station(channel("", "BHZ", 60.0)),))
    other = Inventory((station(), station(code="OTHER")))
    merged = merge_inventories(mine, other)
    assert [s.code for s in merged.stations] == ["STA", "OTHER"]
    assert merged.stations[0].sites[0].channels


def test_epochs_of_a_station_come_from_one_source() -> None:
    old = station(epoch=Epoch(end_ns=Y2010))
    new = station(epoch=Epoch(start_ns=Y2010))
    merged = merge_inventories(Inventory((old, new)), Inventory((station(),)))
    assert len(merged.stations) == 2
    assert merged.at("STA", NOON_2005) is old
    assert merged.at("STA", NOON_2015) is new


def test_a_code_comes_before_an_alias() -> None:
    inventory = Inventory((station(code="A", aliases=("B",)), station(code="B")))
    found = find_station(inventory, "B", NOON_2015)
    assert found is not None
    assert found.code == "B"


def test_geometry_of_an_ims_array() -> None:
    asar = require_station(ims_inventory(), "ASAR", NOON_2015)
    geometry = array_geometry(asar, NOON_2015)
    # ASAR: 19 short-period verticals within about 10 km (IMS station description).
    assert len(geometry.elements) == 19
    assert 8.0 < geometry.aperture_km < 12.0
    stated = {s.code: (s.east_km, s.north_km) for s in asar.sites}
    for element, offset in zip(geometry.elements, geometry.offsets_km, strict=True):
        np.testing.assert_allclose(offset, np.array(stated[element], dtype=float), atol=0.02)


def test_an_array_before_its_elements_existed_is_empty() -> None:
    station_1980 = require_station(ims_inventory(), "ASAR", parse_iso("1980-01-01"))
    assert array_geometry(station_1980, parse_iso("1980-01-01")).offsets_km.shape == (0, 2)


def test_channels_of_a_recording_choose_the_elements() -> None:
    wra = require_station(ims_inventory(), "WRA", NOON_2015)
    chosen = [ChannelId("AU", code, "", "BHZ") for code in ("WR1", "WB3", "WC1")]
    assert array_geometry(wra, NOON_2015, chosen).elements == ("WR1", "WB3", "WC1")


def test_verticals_of_one_kind_are_taken() -> None:
    sites = tuple(
        Site(
            code=f"A{i}",
            latitude=60.0,
            longitude=10.0 + 0.01 * i,
            elevation_m=0.0,
            channels=tuple(
                Channel(
                    id=ChannelId("", f"A{i}", "", code),
                    latitude=60.0,
                    longitude=10.0 + 0.01 * i,
                    elevation_m=0.0,
                )
                for code in (("SHZ",) if i else ("BHZ", "BHN", "BHE", "SHZ"))
            ),
        )
        for i in range(4)
    )
    array = Station(code="A", latitude=60.0, longitude=10.0, elevation_m=0.0, sites=sites)
    assert [c.id.channel for c in vertical_channels(array, NOON_2015)] == ["SHZ"] * 4


@settings(deadline=None)
@given(st.integers(-(2**60), 2**60))
def test_no_time_breaks_a_lookup(time_ns: int) -> None:
    known = station(channel("", "BHZ", 60.0, epoch=Epoch(start_ns=Y2000, end_ns=Y2010)))
    found = find_channel(known, ChannelId("XX", "STA", "", "BHZ"), time_ns)
    assert found is not None
    assert (found[1] is not None) == (Y2000 <= time_ns < Y2010)
