"""Tracer experiments as DATEM text."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.cli.main import main
from vigie.errors import BadRecordError, UnwritableError
from vigie.formats import Contents, Source, detect_format
from vigie.formats.datem import FORMAT
from vigie.records import NS_PER_S, Technology, format_iso

if TYPE_CHECKING:
    from pathlib import Path

HEAD = b"\\datem\\exp_data\\made\\up.txt\r\nyear mn dy  shr  dur   lat     lon    pmch  stn\r\n"
ROW = b"1983 09 18 1830 0600 39.65  -80.42    15.6  302"
HOUR_NS = 3600 * NS_PER_S


def read(data: bytes, *, strict: bool = False) -> Contents:
    return FORMAT.read(Source("x.txt", data), strict=strict)


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.output


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "counts", "largest", "where"),
    [
        ("etex1/meas-t1.txt", (3105, 941, 159), 12570.0, "8021"),
        ("captex/captex1.txt", (395, 92, 68), 24741.6, "316"),
        ("captex/captex2.txt", (382, 194, 68), 24570.0, "318"),
        ("captex/captex3.txt", (404, 120, 70), 4742.4, "320"),
        ("captex/captex4.txt", (367, 85, 63), 21060.0, "310"),
    ],
)
def test_rows_rows_above_zero_stations_and_largest_value_of_the_experiments(
    shared_data: Path, name: str, counts: tuple[int, int, int], largest: float, where: str
) -> None:
    path = shared_data / "transport/tracer" / name
    source = Source(path.name, path.read_bytes())
    assert detect_format(source).name == "datem"
    contents = FORMAT.read(source, strict=True)
    assert contents.issues == ()
    samples = contents.tracer_samples
    above_zero, stations = sum(x.value > 0.0 for x in samples), {x.station for x in samples}
    assert (len(samples), above_zero, len(stations)) == counts
    top = max(samples, key=lambda one: one.value)
    assert (top.value, top.station, top.unit) == (largest, where, "pg/m3")


@pytest.mark.data
def test_samples_of_etex_last_three_hours_and_lie_at_listed_stations(shared_data: Path) -> None:
    folder = shared_data / "transport/tracer/etex1"
    samples = read((folder / "meas-t1.txt").read_bytes()).tracer_samples
    listed = read((folder / "stations.txt").read_bytes(), strict=True)
    assert Counter(one.stop_ns - one.start_ns for one in samples) == {3 * HOUR_NS: 3105}
    first, last = min(one.start_ns for one in samples), max(one.stop_ns for one in samples)
    assert format_iso(first, digits=0) == "1994-10-23T15:00:00Z"
    assert format_iso(last, digits=0) == "1994-10-27T09:00:00Z"
    assert len(listed.stations) == 168
    places = {one.code: (one.latitude, one.longitude) for one in listed.stations}
    assert all(places[one.station] == (one.latitude, one.longitude) for one in samples)


def test_a_sample_has_both_ends_of_its_collection() -> None:
    contents = read(HEAD + ROW, strict=True)
    (sample,) = contents.tracer_samples
    assert format_iso(sample.start_ns, digits=0) == "1983-09-18T18:30:00Z"
    assert format_iso(sample.stop_ns, digits=0) == "1983-09-19T00:30:00Z"
    assert (sample.station, sample.latitude, sample.longitude) == ("302", 39.65, -80.42)
    assert (sample.value, sample.unit, sample.tracer) == (15.6, "pg/m3", "pmch")
    assert dict(contents.header) == {"title": r"\datem\exp_data\made\up.txt"}


def test_names_of_the_value_and_a_missing_title_do_not_matter() -> None:
    head = b"YEAR MN DY SHR DUR(hhmm) LAT LON fl/l STATION_ID\n"
    source = Source("x.dat", head + b"1983 9 18 0 10000 -9.5 10 .5 LA PAZ\n")
    assert detect_format(source).name == "datem"
    (sample,) = FORMAT.read(source, strict=True).tracer_samples
    # A column that is called by its unit is of that unit.
    assert (sample.unit, sample.tracer, sample.station) == ("fl/l", "", "LA PAZ")
    assert sample.stop_ns - sample.start_ns == 100 * HOUR_NS


def test_stations_have_no_elevation_and_that_is_told() -> None:
    contents = read(
        b"\\datem\\stations.txt\nstn      lat     lon\n1001   47.50   -9.73 \n", strict=True
    )
    (station,) = contents.stations
    assert (station.code, station.latitude, station.longitude) == ("1001", 47.5, -9.73)
    assert station.technology is Technology.RADIONUCLIDE
    assert [(i.severity, i.text) for i in contents.issues] == [
        ("notice", "the list has no elevations; taken as 0 m")
    ]


BAD = [
    (b"1983 09 18 1830 0600 39.65 -80.42 15.6", "row.*nine values"),
    (b"1983 02 30 1830 0600 39.65 -80.42 15.6 302", "start: '1983 02 30 1830'"),
    (b"1983 09 18 2400 0600 39.65 -80.42 15.6 302", "start"),
    (b"1983 09 18 1860 0600 39.65 -80.42 15.6 302", "start"),
    (b"83 09 18 1830 0600 39.65 -80.42 15.6 302", "start: '83 09"),
    (b"1983 09 18 1830 0660 39.65 -80.42 15.6 302", "dur: '0660'"),
    (b"1983 09 18 1830 0000 39.65 -80.42 15.6 302", "dur: '0000'"),
    (b"1983 09 18 1830 0600 90.65 -80.42 15.6 302", "lat: '90.65'.*-90 to 90"),
    (b"1983 09 18 1830 0600 39.65 -180.42 15.6 302", "lon"),
    (b"1983 09 18 1830 0600 39.65 -80.42 -99.0 302", "value: '-99.0'.*0 or more"),
    (b"1983 09 18 1830 0600 39.65 -80.42 ****** 302", "value"),
    (b"1983 09 18 1830 0600 39.65 -80.42 nan 302", "value"),
]


@pytest.mark.parametrize(("row", "told"), BAD)
def test_a_bad_row_is_named_with_its_line_and_the_others_go_on(row: bytes, told: str) -> None:
    other = ROW.replace(b"302", b"303")
    data = b"\n".join((HEAD + ROW, row, other))
    with pytest.raises(BadRecordError, match=f"line 4, {told}"):
        read(data, strict=True)
    contents = read(data)
    assert [one.station for one in contents.tracer_samples] == ["302", "303"]
    assert [i.place for i in contents.issues] == ["line 4"]


def test_a_second_sample_of_one_start_is_told_and_kept() -> None:
    contents = read(HEAD + ROW + b"\n" + ROW)
    assert len(contents.tracer_samples) == 2
    assert [(i.place, i.severity) for i in contents.issues] == [("line 4", "warning")]
    assert contents.issues[0].text.endswith("kept as it is")


@pytest.mark.parametrize(
    ("row", "told"),
    [(b"1001 47.5", "three values"), (b"1001 x 9", "lat"), (b"1000 1 2", "one of its own")],
)
def test_a_bad_station_is_named_and_the_others_go_on(row: bytes, told: str) -> None:
    contents = read(b"title\nstn lat lon\n1000 47.5 9.7\n" + row + b"\n1002 1 2\n")
    assert [one.code for one in contents.stations] == ["1000", "1002"]
    (warning,) = (i for i in contents.issues if i.severity == "warning")
    assert warning.place == "line 4"
    assert told in f"{warning.text} {dict(warning.params)['field']}"


def test_a_file_without_column_names_is_no_experiment() -> None:
    assert read(ROW).tracer_samples == ()
    with pytest.raises(BadRecordError, match=r"line 1, columns: .*year mn dy shr dur lat lon"):
        read(ROW, strict=True)
    assert not FORMAT.detect(b"stn lat lon\n1 2 3\n", "x.txt")


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2359).filter(lambda x: x % 100 < 60),
            st.integers(1, 9959).filter(lambda x: x % 100 < 60),
            st.floats(-90.0, 90.0),
            st.floats(-180.0, 180.0),
            st.floats(0.0, 1e9),
        ),
        max_size=20,
    )
)
def test_any_row_is_read_exactly(rows: list[tuple[int, int, float, float, float]]) -> None:
    text = "".join(
        f"1999 12 31 {shr:04d} {dur:04d} {lat!r} {lon!r} {value!r} S{k}\n"
        for k, (shr, dur, lat, lon, value) in enumerate(rows)
    )
    samples = read(HEAD + text.encode(), strict=True).tracer_samples
    assert [(s.latitude, s.longitude, s.value) for s in samples] == [row[2:] for row in rows]
    for sample, (_, dur, *_) in zip(samples, rows, strict=True):
        assert sample.stop_ns - sample.start_ns == (dur // 100 * 60 + dur % 100) * 60 * NS_PER_S


def test_inspect_shows_rows_stations_span_and_largest(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    zero = b"1983 09 18 1500 0300 39.65  -80.42      .0  302\n"
    path.write_bytes(HEAD + zero + ROW + b"\n" + ROW.replace(b" 15.6  302", b"109.25 316"))
    status, text = run("inspect", str(path))
    assert status == 0
    assert "a.txt: datem" in text
    assert "tracer pmch  3 samples, 2 above 0, of 2 stations" in text
    assert "1983-09-18T15:00:00.000Z to 1983-09-19T00:30:00.000Z" in text
    assert "largest 109.25 pg/m3 at 316 from 1983-09-18T18:30:00.000Z" in text
    status, text = run("inspect", "--json", str(path))
    assert status == 0
    assert json.loads(text)["files"][0]["tracer_samples"] == [
        {
            "tracer": "pmch", "unit": "pg/m3", "samples": 3, "above_zero": 2, "stations": 2,
            "start": "1983-09-18T15:00:00.000Z", "end": "1983-09-19T00:30:00.000Z",
            "largest": 109.25, "largest_station": "316",
            "largest_start": "1983-09-18T18:30:00.000Z",
        }
    ]  # fmt: skip


def test_a_file_of_bad_rows_only_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(HEAD + ROW.replace(b"1983", b"x"))
    assert run("inspect", str(tmp_path / "a.txt"))[0] == 1
    (tmp_path / "b.txt").write_bytes(HEAD + ROW)
    assert run("inspect", str(tmp_path / "b.txt"))[0] == 0


def test_samples_are_only_read(tmp_path: Path) -> None:
    with pytest.raises(UnwritableError, match="only read"):
        FORMAT.write(Contents())
    (tmp_path / "a.txt").write_bytes(HEAD + ROW)
    status, text = run("convert", str(tmp_path / "a.txt"), str(tmp_path / "b.csv"))
    assert status == 1
    assert "tracer samples" in text
