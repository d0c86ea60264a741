"""CSS station tables: variants, joins, arrays by epoch, responses, and the tables of the IMS."""

from __future__ import annotations

import math
import tarfile
from typing import TYPE_CHECKING

import pytest
from tests.formats.test_common import source_of

from vigie.errors import BadRecordError
from vigie.formats import Contents, Source
from vigie.formats.base import IssueLog
from vigie.formats.css_stations import FORMAT
from vigie.formats.css_stations._response_file import read_response_stages
from vigie.formats.css_stations._tables import LAYOUTS
from vigie.formats.fixed_columns import Value, format_row, new_row, read_table, write_table
from vigie.records import NS_PER_DAY, Technology, parse_iso

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WIDE, CLASSIC = 0, 1
SITE: dict[str, Value] = {
    "sta": "AR00",
    "ondate": 2000001,
    "lat": 10.0,
    "lon": 20.0,
    "elev": 1.645,
    "statype": "ss",
    "refsta": "ARRAY",
    "dnorth": 0.0,
    "deast": 0.0,
}


def table(name: str, *rows: Mapping[str, Value], variant: int = WIDE) -> bytes:
    return write_table(new_row(LAYOUTS[name][variant], row) for row in rows)


def read(files: Mapping[str, bytes], *, strict: bool = False) -> Contents:
    named = {f"ims.{name}" if "/" not in name else name: data for name, data in files.items()}
    name = next(iter(named))
    return FORMAT.read(Source(f"some/{name}", named[name], named.get), strict=strict)


def site(**changes: Value) -> dict[str, Value]:
    return SITE | changes


CHANNEL: dict[str, Value] = {
    "sta": "AR00",
    "chan": "BHZ",
    "ondate": 2000001,
    "chanid": 7,
    "edepth": 0.03,
    "vang": 0.0,
}
SENSOR: dict[str, Value] = {
    "sta": "AR00",
    "chan": "BHZ",
    "time": parse_iso("2000-01-01"),
    "inid": 3,
    "chanid": 7,
    "calratio": 1.1,
    "calper": 1.0,
}
INSTRUMENT: dict[str, Value] = {
    "inid": 3,
    "samprate": 40.0,
    "ncalib": 0.01,
    "ncalper": 1.0,
    "dir": "responses",
    "dfile": "r.fap",
    "rsptype": "fap",
}
FAP = b"#\ntheoretical\t1\tinstrument\tfap\tme\n3\n0.5 1.0 0 0 0\n1.0\t2.0 10 0 0\n2.0 4.0 20\n"


@pytest.mark.parametrize("variant", [WIDE, CLASSIC])
def test_both_variants_and_mixed_widths(variant: int) -> None:
    contents = read(
        {"site": table("site", site(), variant=variant), "sitechan": table("sitechan", CHANNEL)},
        strict=True,
    )
    (station,) = contents.stations
    (channel,) = station.sites[0].channels
    assert (channel.elevation_m, channel.burial_m, channel.dip_deg) == (1645.0, 30.0, -90.0)


def test_an_elevation_that_is_not_given_is_not_known() -> None:
    files = {
        "site": table("site", site(elev=None), site(sta="AR01", elev=0.2), site(sta="AR02")),
        "sitechan": table("sitechan", CHANNEL),
    }
    (station,) = read(files, strict=True).stations
    first = station.sites[0]
    assert math.isnan(first.elevation_m)
    assert math.isnan(first.channels[0].elevation_m)
    assert station.elevation_m == pytest.approx((200.0 + 1645.0) / 2)
    written = FORMAT.write(Contents(stations=(station,)))
    again = FORMAT.read(Source("x.site", written[".site"], lambda n: written.get(n[1:])))
    assert [s.elevation_m for s in again.stations[0].sites] == pytest.approx(
        [math.nan, 200.0, 1645.0], nan_ok=True
    )


def test_any_table_of_a_set_reads_the_whole_set() -> None:
    files = {"sitechan": table("sitechan", CHANNEL), "site": table("site", site())}
    assert read(files).stations == read(dict(reversed(files.items()))).stations
    assert read({"sitechan": files["sitechan"]}).stations == ()
    with pytest.raises(BadRecordError, match="beside a site table"):
        read({"sitechan": files["sitechan"]}, strict=True)


def test_calib_rate_and_response_are_joined() -> None:
    files = {
        "site": table("site", site()),
        "sitechan": table("sitechan", CHANNEL),
        "sensor": table("sensor", SENSOR),
        "instrument": table("instrument", INSTRUMENT),
        "responses/r.fap": FAP,
    }
    (channel,) = read(files, strict=True).stations[0].sites[0].channels
    assert channel.calib == pytest.approx(0.011)
    assert (channel.calper_s, channel.rate_hz) == (1.0, 40.0)
    response = channel.response
    assert response is not None
    assert response.input_unit == "m"
    assert response.sensitivity == pytest.approx(1e9 / 0.011)
    table_stage, scale = response.stages
    # The file says 2 at 1 Hz; the response must say 1/calib there.
    assert table_stage.fap[1][1] * scale.gain == pytest.approx(1e9 / 0.011)


def test_poles_and_zeros_are_scaled_at_calper() -> None:
    paz = b"theoretical 1 sensor paz me\n1.0\n1\n-1.0 0 0 0\n1\n0 0 0 0\n"
    fir = b"theoretical 2 digitizer fir me\n40.0\n2\n0.5 0\n0.5 0\n0\n"
    files = {
        "site": table("site", site()),
        "sitechan": table("sitechan", CHANNEL | {"chan": "BDF"}),
        "sensor": table("sensor", SENSOR | {"chan": "BDF"}),
        "instrument": table("instrument", INSTRUMENT),
        "responses/ARRAY/r.fap": paz + fir,
    }
    station = read(files, strict=True).stations[0]
    response = station.sites[0].channels[0].response
    assert station.technology is Technology.INFRASOUND
    assert response is not None
    assert response.input_unit == "Pa"
    w = 2.0 * math.pi
    averaged = math.cos(w / 40.0 / 2.0)  # of two samples at 40 Hz
    shape = w / math.hypot(w, 1.0) * averaged
    assert shape * response.stages[2].gain == pytest.approx(1 / 0.011)
    assert response.stages[1].numerator == (0.5, 0.5)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"nonsense",
        FAP.replace(b"2.0 10", b"NaN 10"),
        FAP.replace(b"1.0\t", b"0.1\t"),
        b"\xff\x00",
    ],
)
def test_a_bad_response_file_costs_only_the_response(bad: bytes) -> None:
    files = {
        "site": table("site", site()),
        "sitechan": table("sitechan", CHANNEL),
        "sensor": table("sensor", SENSOR),
        "instrument": table("instrument", INSTRUMENT),
        "responses/r.fap": bad,
    }
    contents = read(files)
    (channel,) = contents.stations[0].sites[0].channels
    assert channel.response is None
    assert channel.calib is not None
    assert contents.issues[0].place == "responses/r.fap"


def test_an_array_is_cut_into_epochs_of_its_geometry() -> None:
    rows = [
        site(sta="ARRAY", statype="ar"),
        site(sta="AR01", dnorth=1.0),
        site(sta="AR02", offdate=2005100, dnorth=-1.0),
        site(sta="AR02", ondate=2005100, lat=10.5, dnorth=-1.2),
        site(sta="AR03", ondate=2010001, deast=1.0),
    ]
    stations = read({"site": table("site", *rows)}, strict=True).stations
    assert [[one.code for one in s.sites] for s in stations] == [
        ["AR01", "AR02"],
        ["AR01", "AR02"],
        ["AR01", "AR02", "AR03"],
    ]
    moved_ns = parse_iso("2005-04-10")
    assert [s.epoch.start_ns for s in stations][1:] == [moved_ns, parse_iso("2010-01-01")]
    assert stations[0].epoch.end_ns == moved_ns
    assert stations[1].sites[1].latitude == 10.5
    assert stations[2].is_array


def test_a_reference_point_without_a_row_follows_from_the_offsets() -> None:
    rows = [site(sta="AR01", dnorth=2.0, deast=-1.0), site(sta="AR02")]
    station = read({"site": table("site", *rows)}).stations[0]
    assert station.code == "ARRAY"
    assert station.latitude == pytest.approx(10.0 - 2.0 / 110.6, abs=2e-4)
    assert station.longitude == pytest.approx(20.0 + 1.0 / 109.6, abs=2e-4)


def test_longitudes_above_180_are_turned_with_a_notice() -> None:
    contents = read({"site": table("site", site(lon=181.5))}, strict=True)
    assert contents.stations[0].longitude == -178.5
    assert contents.stations[0].sites[0].longitude == -178.5
    assert "turned to the west" in contents.issues[0].text


def test_offdate_is_the_last_day() -> None:
    station = read({"site": table("site", site(offdate=2000002))}).stations[0]
    assert station.epoch.end_ns - station.epoch.start_ns == 2 * NS_PER_DAY


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lat": 91.0}, "lat"),
        ({"lat": None}, "lat"),
        ({"lon": -181.0}, "lat"),
        ({"ondate": 2000400}, "ondate"),
        ({"offdate": 1999001}, "offdate"),
    ],
)
def test_rows_that_make_no_sense_are_left_out(changes: dict[str, Value], field: str) -> None:
    contents = read({"site": table("site", site(sta="BAD", refsta="BAD", **changes), site())})
    assert [station.code for station in contents.stations] == ["ARRAY"]
    assert contents.issues[0].place == "site line 1"
    assert field in contents.issues[0].text


def test_repeated_lines_are_dropped_and_impossible_numbers_of_rows_refused() -> None:
    rows = [site(), site(sta="AR01"), site()]
    contents = read({"site": table("site", *rows)}, strict=True)
    assert [one.code for one in contents.stations[0].sites] == ["AR00", "AR01"]
    assert "1 repeated lines" in contents.issues[0].text
    crowd = [site(sta=f"A{k}", refsta="CROWD") for k in range(600)]
    contents = read({"site": table("site", *crowd, site())})
    assert [station.code for station in contents.stations] == ["ARRAY"]
    assert "at most 500 rows" in contents.issues[0].text


def test_an_instrument_that_is_not_there_is_noted() -> None:
    files = {
        "site": table("site", site()),
        "sitechan": table("sitechan", CHANNEL),
        "sensor": table("sensor", SENSOR | {"inid": 99}),
        "instrument": table("instrument", INSTRUMENT),
    }
    contents = read(files)
    assert contents.stations[0].sites[0].channels[0].calib is None
    assert "1 sensor rows name an instrument" in contents.issues[0].text


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "n_rows"),
    [
        ("site", 1474),
        ("sitechan", 2989),
        ("sensor", 4362),
        ("instrument", 1929),
        ("affiliation", 225),
    ],
)
def test_tables_of_the_ims_line_by_line(shared_data: Path, name: str, n_rows: int) -> None:
    path = shared_data / "stations" / "css3" / f"ims.{name}"
    data = path.read_bytes()
    log = IssueLog(str(path), strict=True)
    rows = read_table(data, LAYOUTS[name], log)
    assert len(rows) == n_rows
    assert write_table(rows) == data
    # Made anew from its values, each line means the same.
    for row in rows[:: max(len(rows) // 200, 1)]:
        columns = zip(row.layout.columns, row.values, strict=True)
        made = new_row(row.layout, {column.name: value for column, value in columns})
        (again,) = read_table(format_row(made), LAYOUTS[name], log)
        assert again.values == row.values


@pytest.mark.data
def test_stations_of_the_ims(shared_data: Path) -> None:
    contents = FORMAT.read(source_of(shared_data / "stations" / "css3" / "ims.site"))
    assert [issue.severity for issue in contents.issues] == ["notice"]
    assert "2403 sensor rows" in contents.issues[0].text
    assert len({station.code for station in contents.stations}) == 225
    hydrophone = contents.inventory.at("H04N", parse_iso("2018-03-21T21:42:00Z"))
    assert hydrophone is not None
    (edh,) = [
        channel
        for one in hydrophone.sites
        for channel in one.channels
        if channel.id.station == "H04N1"
        and channel.id.channel == "EDH"
        and channel.epoch.holds(parse_iso("2018-03-21T21:42:00Z"))
    ]
    # As the CD-1.1 frame of that minute says.
    assert (edh.calib, edh.calper_s, edh.rate_hz) == (560.6, 0.1, 250.0)
    array = contents.inventory.at("ASAR", parse_iso("2018-02-08"))
    assert array is not None
    assert array.is_array
    assert len({one.code for one in array.sites}) == len(array.sites)


@pytest.mark.data
@pytest.mark.slow
def test_response_files_of_the_ims(shared_data: Path) -> None:
    remarked, refused = [], []
    with tarfile.open(shared_data / "stations" / "css3" / "responses.tar.gz") as archive:
        # In place: members are read in the order of the archive, every third of them.
        for number, member in enumerate(archive):
            if not member.isfile() or number % 3:
                continue
            handle = archive.extractfile(member)
            assert handle is not None
            data = handle.read()
            try:
                stages, remarks = read_response_stages(data)
            except ValueError:
                refused.append(data)
                continue
            assert stages
            remarked += remarks
    # Only files without contents are refused: one is empty, one 10 kB of zeros.
    assert all(not data.strip(b"\x00") for data in refused)
    assert len(remarked) <= 1


def test_a_swapped_position_is_said_to_be_swapped() -> None:
    rows = [site(lat=127.1, lon=37.2), site(sta="B", refsta="B", lat=37.0, lon=12.0)]
    contents = read({"site": table("site", *rows)})
    assert [s.code for s in contents.stations] == ["B"]
    assert "lat: '127.1' is not between -90 and 90, but its longitude 37.2 is" in (
        contents.issues[0].text
    )
    assert any("other 1 may be as well" in issue.text for issue in contents.issues)
