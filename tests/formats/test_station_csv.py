"""Station lists as CSV: header names, repairs, positions per channel, arrays, epochs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import BadRecordError
from vigie.formats import Contents, Source, css_stations, stationxml
from vigie.formats.station_csv import FORMAT
from vigie.formats.swapped import is_swapped
from vigie.records import ChannelId, Inventory, Station, parse_iso
from vigie.stations.lookup import position_of

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from vigie.formats.base import Format


def read(text: str, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("stations.csv", text.encode()), strict=strict)


PLAIN = "station,latitude,longitude,elevation_m\nMDJ,44.61763,129.59341,270\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "sta,lat,lon,elev_m\nMDJ,44.61763,129.59341,270\n",
        "STA;Lat;Lon;Elev_km\nMDJ;44.61763;129.59341;0.27\n",
        "#Station | Latitude | Longitude | Elevation\nMDJ|44.61763|129.59341|270\n",
        "id,lat,lon,elev_m\n.MDJ..,44.61763,129.59341,270\n",
        '\ufeffstation,latitude,longitude,elevation_m\r\n"MDJ", 44.61763 ,129.59341,270\r\n\r\n',
    ],
)
def test_header_names_separators_and_encodings(text: str) -> None:
    assert FORMAT.detect(text.encode(), "x")
    contents = read(text, strict=True)
    assert [(s.code, s.latitude, s.longitude, s.elevation_m) for s in contents.stations] == [
        ("MDJ", 44.61763, 129.59341, 270.0)
    ]
    assert contents.issues == ()


@pytest.mark.parametrize(
    "text",
    [
        "station,time,phase\nMDJ,2016-01-06T01:30:50Z,P\n",
        "id,origin_time,lat,lon\n1,2016-01-06,41,129\n",
        "Id,Name,Latitude,Longitude\n1,Plant,41,129\n",
        "station,latitude,longitude,time,phase\nMDJ,1,2,3,P\n",
        "name,lat\na,1\n",
        "",
    ],
)
def test_other_tables_are_not_claimed(text: str) -> None:
    assert not FORMAT.detect(text.encode(), "stations.csv")


def test_two_elevations_that_disagree_are_told_and_metres_count() -> None:
    head = "sta,lat,lon,elev_km,elev_m\n"
    contents = read(head + "A,1,2,0.27,270\nB,3,4,0.3,270\nC,5,6,0.270,280\nD,7,8,270,0.27\n")
    assert [s.elevation_m for s in contents.stations] == [270.0, 270.0, 280.0, 0.27]
    (issue,) = contents.issues
    assert issue.place == "line 4"
    assert "elevation_km and elevation_m disagree, metres are used (2 rows" in issue.text
    (unread,) = read(head + "A,1,2,high,270\n").issues
    assert "disagree" in unread.text
    assert not read(head + "A,1,2,,270\nB,1,3,0.2,\n").issues


@given(st.floats(-400.0, 8800.0), st.integers(0, 3), st.integers(0, 1))
def test_one_elevation_rounded_twice_does_not_disagree(
    metres: float, km_digits: int, m_digits: int
) -> None:
    row = f"A,1,2,{metres / 1000.0:.{km_digits}f},{metres:.{m_digits}f}\n"
    assert not read("sta,lat,lon,elev_km,elev_m\n" + row).issues


def test_empty_elevation_counts_as_zero_with_a_notice() -> None:
    contents = read("sta,lat,lon,elev_m\nA,1,2,\nB,3,4,5\n")
    assert [s.elevation_m for s in contents.stations] == [0.0, 5.0]
    (issue,) = contents.issues
    assert issue.severity == "notice"
    assert issue.place == "line 2"
    assert "no elevation, taken as 0 m (1 row)" in issue.text
    (later,) = read("sta,lat,lon,elev_m\nB,3,4,5\nA,1,2,\nC,1,3,\n").issues
    assert later.place == "line 3"
    assert "(2 rows, this the first)" in later.text


ARRAY = (
    "id,lat,lon,elev_m,array\nXX.S0..BDF,1,2,300,SS\nXX.S1..BDF,1.01,2,,SS\n"
    "XX.S2..BDF,1,2.01,320,SS\nXX.S3..BDF,1.01,2.01,,SS\n"
)


def test_an_empty_elevation_among_those_of_an_array_is_not_known_and_told() -> None:
    contents = read(ARRAY)
    (station,) = contents.stations
    assert [math.isnan(s.elevation_m) for s in station.sites] == [False, True, False, True]
    assert station.elevation_m == 310.0
    text = next(i.text for i in contents.issues if "elevation" in i.text)
    assert "others of the array have one: not known (2 rows, this the first)" in text
    channel = station.sites[1].channels[0].id
    assert position_of(station, channel, 0).elevation_m == 310.0
    again = read(FORMAT.write(contents)[".csv"].decode())
    assert math.isnan(again.stations[0].sites[1].elevation_m)


@pytest.mark.parametrize("other", [css_stations.FORMAT, stationxml.FORMAT])
def test_formats_that_know_no_unknown_elevation_get_that_of_the_station(other: Format) -> None:
    contents = read(ARRAY)
    files = other.write(contents)
    assert files
    assert not any(b"nan" in data.lower() for data in files.values())


def test_an_empty_elevation_is_that_of_the_sites_other_row() -> None:
    text = "sta,cha,lat,lon,elev_m\nA,BHZ,1,2,\nA,BHN,1,2,270\n"
    (station,) = read(text).stations
    assert [c.elevation_m for c in station.sites[0].channels] == [270.0, 270.0]


def test_columns_not_understood_are_named() -> None:
    contents = read("sta,lat,lon,elev_m,colour\nA,1,2,3,red\n", strict=True)
    assert "colour" in contents.issues[0].text


def test_channels_of_one_station_keep_their_own_positions() -> None:
    text = (
        "net,sta,loc,cha,lat,lon,elev_m,sample_rate_hz\n"
        "IC,MDJ,00,BH1,44.61763,129.59341,,20.0\n"
        "IC,MDJ,00,BHZ,44.6164,129.5919,,100.0\n"
    )
    contents = read(text, strict=True)
    (station,) = contents.stations
    first, second = station.sites[0].channels
    assert (first.latitude, second.latitude) == (44.61763, 44.6164)
    assert (first.rate_hz, second.rate_hz) == (20.0, 100.0)
    assert "more than one position" in contents.issues[1].text


def test_rows_that_disagree_without_a_channel_are_both_kept_and_one_sentence_says_so() -> None:
    contents = read("sta,lat,lon,elev_m\nA,1,2,3\nA,1,2,3\nA,1.5,2,3\n")
    (station,) = contents.stations
    assert [c.latitude for c in station.sites[0].channels] == [1.0, 1.5]
    assert [issue.place for issue in contents.issues] == ["line 4"]
    text = contents.issues[0].text
    assert "A has 2 positions" in text
    assert "placed at the first (line 2)" in text
    assert position_of(station, ChannelId("", "A", "", "BHZ"), 0).latitude == 1.0


def test_a_channel_that_stands_twice_is_told() -> None:
    contents = read("sta,cha,lat,lon,elev_m\nA,BHZ,1,2,3\nA,BHZ,1,2,3\n")
    assert len(contents.stations[0].sites[0].channels) == 1
    assert "left out" in contents.issues[0].text


@pytest.mark.parametrize("name", ["elev", "ELEVATION"])
@pytest.mark.parametrize(
    ("cells", "metres", "told"),
    [
        (["0.6273", "0.42", "0"], [627.3, 420.0, 0.0], "read as kilometres"),
        (["1.5", "", "-2.25"], [1500.0, 0.0, -2250.0], "read as kilometres"),
        (["1.5", "10.5", "3"], [1.5, 10.5, 3.0], "read as metres (some are beyond 10)"),
        (["270", "-10.25"], [270.0, -10.25], "read as metres"),
        (["1", "2.0", "9"], [1.0, 2.0, 9.0], "the values do not tell"),
        (["0", "0"], [0.0, 0.0], None),
    ],
)
def test_elevations_without_a_unit_are_told_by_the_whole_column(
    name: str, cells: list[str], metres: list[float], told: str | None
) -> None:
    rows = [f"S{k},{10 + k},20,{cell}" for k, cell in enumerate(cells)]
    contents = read(f"sta,lat,lon,{name}\n" + "\n".join(rows), strict=True)
    assert [s.elevation_m for s in contents.stations] == metres
    texts = [i.text for i in contents.issues if i.code == "formats.elevation_unit"]
    assert len(texts) == (told is not None)
    assert all(told and told in text and "elevation_km" in text for text in texts)


def test_a_unit_that_is_named_needs_no_guess() -> None:
    named = read("sta,lat,lon,elev_m\nA,1,2,0.5\n", strict=True)
    assert (named.stations[0].elevation_m, named.issues) == (0.5, ())
    both = read("sta,lat,lon,elev,elev_km\nA,1,2,0.5,0.7\n", strict=True)
    assert (both.stations[0].elevation_m, both.issues) == (700.0, ())
    fdsn = "#Network|Station|Latitude|Longitude|Elevation|SiteName\nXX|A|1|2|0.5|Somewhere\n"
    assert read(fdsn, strict=True).stations[0].elevation_m == 0.5
    assert read(fdsn, strict=True).issues == ()


@given(st.lists(st.decimals(-8000, 8000, places=1), min_size=1, max_size=9))
def test_a_list_in_km_is_the_same_list_in_metres(metres: list[Decimal]) -> None:
    def elevations(scale: int, name: str) -> list[float]:
        rows = [f"S{k},{k},20,{x / scale:f}" for k, x in enumerate(metres)]
        return [s.elevation_m for s in read(f"sta,lat,lon,{name}\n" + "\n".join(rows)).stations]

    # Metres are taken for km only where all lie within 10 m; km for metres where all are whole.
    if max(abs(x) for x in metres) > 10:
        assert elevations(1, "elev") == elevations(1, "elev_m")
    if any(x % 1000 for x in metres):
        assert elevations(1000, "elev") == elevations(1000, "elev_km")


def test_elements_of_an_array() -> None:
    text = (
        "sta,lat,lon,elev_m,array,dnorth_km,deast_km\n"
        "AR00,10,179.9,5,ARR,0,0\nAR01,10.1,-179.9,5,ARR,1,2\nAR02,10.2,179.9,5,ARR,,\n"
    )
    (station,) = read(text).stations
    assert (station.code, station.is_array) == ("ARR", True)
    assert station.latitude == pytest.approx(10.1)
    # The mean across the date line.
    assert station.longitude == pytest.approx(179.9 + 0.2 / 3)
    assert (station.sites[1].north_km, station.sites[1].east_km) == (1.0, 2.0)


def test_rows_with_times_are_epochs_of_the_station() -> None:
    text = (
        "sta,lat,lon,elev_m,start,end\n"
        "A,1,2,3,1990001,2000-01-01\nA,1.1,2,3,2000-01-01,2599-12-31T23:59:59\n"
    )
    inventory = Inventory(read(text, strict=True).stations)
    late = inventory.at("A", parse_iso("2020-01-01"))
    early = inventory.at("A", parse_iso("1995-01-01"))
    assert late is not None
    assert early is not None
    assert (late.latitude, early.latitude) == (1.1, 1.0)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("A,91,2,3", "latitude"),
        ("A,,2,3", "latitude"),
        ("A,NaN,2,3", "latitude"),
        ("A,1,361,3", "longitude"),
        ("A,1,*****,3", "longitude"),
        ("A,1,1_0,3", "longitude"),
        ("A,1,2,high", "elevation_m"),
        (",1,2,3", "station"),
        ("A,1,2,3,4,5", "row"),
    ],
)
def test_a_bad_row_is_left_out_with_its_line(row: str, field: str) -> None:
    text = f"sta,lat,lon,elev_m\n{row}\nGOOD,1,2,3\n"
    contents = read(text)
    assert [s.code for s in contents.stations] == ["GOOD"]
    assert contents.issues[0].place == "line 2"
    assert dict(contents.issues[0].params)["field"] == field
    with pytest.raises(BadRecordError, match="line 2"):
        read(text, strict=True)


def test_longitudes_above_180_are_turned_and_the_poles_are_allowed() -> None:
    contents = read("sta,lat,lon,elev_m\nA,-90,180,2800\nB,90,-180,0\nC,0,359.5,0\n", strict=True)
    assert [s.longitude for s in contents.stations] == [180.0, -180.0, -0.5]


def test_latin_1_text_is_read() -> None:
    data = "sta,lat,lon,elev_m,name\nA,1,2,3,Nouméa\n".encode("latin-1")
    contents = FORMAT.read(Source("x.csv", data))
    assert contents.stations[0].name == "Nouméa"
    assert contents.issues[0].code == "formats.latin1"


names = st.text("ABCDEFGHIJ0123456789", min_size=1, max_size=5)


@given(
    st.lists(
        st.tuples(names, st.floats(-90, 90), st.floats(-180, 180), st.floats(-9000, 9000)),
        unique_by=lambda row: row[0],
        min_size=1,
        max_size=20,
    )
)
def test_what_is_written_is_read(rows: list[tuple[str, float, float, float]]) -> None:
    stations = tuple(
        Station(code=code, latitude=lat, longitude=lon, elevation_m=elevation_m)
        for code, lat, lon, elevation_m in rows
    )
    (data,) = FORMAT.write(Contents(stations=stations)).values()
    assert FORMAT.detect(data[:4096], "x")
    assert FORMAT.read(Source("x", data), strict=True).stations == stations


@pytest.mark.data
def test_lists_beside_real_recordings(shared_data: Path) -> None:
    for day, n_stations in (("2016-01-06", 9), ("2016-09-09", 14)):
        data = (shared_data / "seismic" / "dprk" / day / "stations.csv").read_bytes()
        contents = FORMAT.read(Source("stations.csv", data), strict=True)
        assert len(contents.stations) == n_stations


def test_swapped_columns_are_said_to_be_swapped() -> None:
    text = "station,longitude,latitude\nA,37.2,127.1\nB,44.6,-120.0\nC,37,12\nD,200.5,91\n"
    contents = read(text)
    assert [s.code for s in contents.stations] == ["C"]
    first, second, third, notice = contents.issues[:4]
    assert first.place == "line 2"
    assert first.text == (
        "latitude: '127.1' is not between -90 and 90, but its longitude 37.2 is: the two seem to "
        "be swapped; exchange them in the file; left out"
    )
    assert "but its longitude 44.6 is" in second.text
    assert "swapped" not in third.text
    assert (notice.place, notice.severity) == ("line 4", "notice")
    assert "2 rows are swapped, so those of the other 1 may be as well" in notice.text
    with pytest.raises(BadRecordError, match=r"stations.csv, line 2, latitude: .*swapped"):
        read(text, strict=True)


def test_a_table_that_shows_its_order_is_not_doubted() -> None:
    contents = read("station,latitude,longitude\nA,127.1,37.2\nB,37,128\nC,37,12\n")
    assert [s.code for s in contents.stations] == ["B", "C"]
    assert not any("may be as well" in issue.text for issue in contents.issues)


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0))
def test_a_position_is_never_swapped_and_its_exchange_only_if_it_shows(
    latitude: float, longitude: float
) -> None:
    assert not is_swapped(latitude, longitude)
    assert is_swapped(longitude, latitude) == (abs(longitude) > 90.0)


def test_a_station_that_is_its_own_array_stands_alone_and_stays_so() -> None:
    text = (
        "sta,cha,lat,lon,elev_m,array\n"
        "BLS1,,59.3,6.8,9,BLS1\nKTK1,SHZ,69.0,23.2,9,KTK1\nASK1,,60.4,5.2,9,\n"
        "AR1,,10,20,9,ARR\nAR2,,10.1,20,9,ARR\nAR3,,10,20.1,9,ARR\n"
    )
    stations = read(text, strict=True).stations
    assert [s.code for s in stations if s.stands_alone] == ["BLS1", "KTK1"]
    assert [s.code for s in stations if s.is_array] == ["ARR"]
    written = FORMAT.write(Contents(stations=stations))[".csv"].decode()
    assert read(written, strict=True).stations == stations
