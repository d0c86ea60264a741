"""Wrong inputs to every command: an error that names file, place and remedy; never a trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.formats import Contents, all_formats, format_named
from vigie.records import ChannelId, Waveform, parse_iso

if TYPE_CHECKING:
    from click.testing import Result

ARRIVALS = "station,time,phase\nILAR,2016-01-06T01:39:00Z,P\n"
COMMANDS = {
    "inspect": ("inspect", "{}"),
    "convert": ("convert", "{}", "out.json"),
    "detect": ("detect", "{}"),
    "associate": ("associate", "{}"),
    "locate": ("locate", "{}"),
    "compare": ("compare", "{}", "{}"),
    "process": ("process", "{}"),
    "report": ("report", "{}", "-o", "pages"),
    "detect --stations": ("detect", "wlf.mseed", "--stations", "{}"),
    "locate --stations": ("locate", "arrivals.csv", "--stations", "{}"),
}
BAD = {
    "missing.csv": None,
    "empty.csv": b"",
    "folder": None,
    "junk.bin": bytes(range(256)) * 40,
    "junk.csv": bytes(range(255, -1, -1)) * 40,
    "columns.csv": b"foo,bar\n1,2\n",
    "utf16.csv": ARRIVALS.encode("utf-16"),
    "cut.xml": b"<?xml version='1.0'?><FDSNStationXML xmlns='http://www.fdsn.org/xml/station/1'",
    "cut.json": b'{"vigie": {"document": "events"',
}


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def record() -> bytes:
    samples = np.random.default_rng(1).normal(0.0, 50.0, 4000).astype(np.int32)
    start_ns = parse_iso("2016-01-06T01:30:00Z")
    waveform = Waveform(ChannelId("GE", "WLF", "", "BHZ"), start_ns, 20.0, samples)
    (data,) = format_named("mseed").write(Contents(waveforms=(waveform,))).values()
    return data


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("wlf.mseed").write_bytes(record())
    Path("arrivals.csv").write_text(ARRIVALS)
    Path("folder").mkdir()
    for name, data in BAD.items():
        if data is not None:
            Path(name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_none_is_named_and_json_stays_json(
    command: str, name: str, place: Path
) -> None:
    result = run(*(part.format(name) for part in COMMANDS[command]), "--json")
    document = json.loads(result.stdout)
    told = result.stderr + result.stdout
    assert name in told
    assert "a fault of vigie's own" not in told
    assert "Traceback" not in told
    assert result.exit_code == 1, told
    if document.get("vigie", {}).get("document") == "error":
        assert document["error"]["code"].count(".") == 1
        assert document["error"]["text"] in result.stderr


@pytest.mark.parametrize("name", [f.name for f in all_formats() if f.name != "mseed"])
def test_a_recording_forced_into_another_format_is_refused(name: str, place: Path) -> None:
    result = run("inspect", "--format", name, "wlf.mseed", "arrivals.csv")
    assert result.exit_code == 1
    first = result.stdout.split("\n\n")[0]
    assert "wlf.mseed: this is not" in first
    assert "looks like mseed" in first


def test_the_right_format_may_be_forced(place: Path) -> None:
    assert run("inspect", "--format", "mseed", "wlf.mseed").exit_code == 0
    Path("no_events.isf").write_text("DATA_TYPE BULLETIN IMS1.0:SHORT\nnothing\n\nSTOP\n")
    assert run("inspect", "--format", "isf", "no_events.isf").exit_code == 0


def test_wrong_usage_is_told_as_json_too(place: Path) -> None:
    for args in (
        ["traveltime", "--depth", "x", "--json"],
        ["traveltime", "--json", "--depth", "5"],
        ["inspect", "--json"],
        ["inspect", "--json", "wlf.mseed", "--nonsense"],
        ["detect", "wlf.mseed", "--start", "2016", "--json"],
    ):
        result = run(*args)
        assert result.exit_code == 2, args
        assert json.loads(result.stdout)["error"]["code"] == "vigie.usage"


@pytest.mark.slow
def test_a_source_that_is_not_there_stops_nothing_but_fails_at_the_end(place: Path) -> None:
    result = run("detect", "nowhere.mseed", "junk.bin", "wlf.mseed", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [s["path"] for s in document["skipped"]] == ["nowhere.mseed", "junk.bin"]
    assert "left out nowhere.mseed: there is no such file or folder" in result.stderr
    both = run("associate", "nowhere.csv", "arrivals.csv", "--json")
    assert both.exit_code == 1
    assert [f["path"] for f in json.loads(both.stdout)["failed"]] == ["nowhere.csv"]
    assert json.loads(both.stdout)["detections"]


def test_a_file_without_permission_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 — of Path.open
        if path.name == "secret.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return plain(path, *args, **kwargs)

    Path("secret.csv").write_text(ARRIVALS)
    monkeypatch.setattr(Path, "open", refuse)
    result = run("locate", "secret.csv")
    assert result.exit_code == 1
    assert "secret.csv cannot be read: permission is denied" in result.stderr


def test_a_result_that_cannot_be_written_is_refused_before_any_work(place: Path) -> None:
    result = run("detect", "wlf.mseed", "-o", "picks.docx")
    assert result.exit_code == 1
    assert ".isf (isf)" in result.stderr
    Path("folder.csv").mkdir()
    result = run("detect", "wlf.mseed", "-o", "folder.csv")
    assert "folder.csv cannot be written: it is a folder" in result.stderr
    result = run("inspect", "wlf.mseed", "-o", "arrivals.csv/x.txt")
    assert "a part of the path is a file" in result.stderr


def test_a_folder_that_cannot_be_made_is_refused_before_any_work(place: Path) -> None:
    for args in (
        ["process", "wlf.mseed", "-o", "arrivals.csv/out"],
        ["demo", "-o", "arrivals.csv/out"],
    ):
        result = run(*args, "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["error"]["code"] == "vigie.output"
        assert "arrivals.csv/out cannot be written" in result.stderr


def test_a_fault_of_its_own_is_told_without_a_trace(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("of today")

    monkeypatch.delenv("VIGIE_DEBUG", raising=False)
    monkeypatch.setattr("vigie.exchange.files.read_file", fail)
    result = run("locate", "arrivals.csv", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "vigie.fault"
    assert "a fault of vigie's own, RuntimeError: of today" in result.stderr
    monkeypatch.setenv("VIGIE_DEBUG", "1")
    assert isinstance(run("locate", "arrivals.csv").exception, RuntimeError)


TABLES = {
    "semicolon.csv": "station;latitude;longitude;elevation_m\nWLF;49,6646;6,1526;295\n",
    "crlf.csv": "station,latitude,longitude,elevation_m\r\nWLF,49.6646,6.1526,295\r\n",
    "mac.csv": "station,latitude,longitude,elevation_m\rWLF,49.6646,6.1526,295\r",
    "mark.csv": "\ufeffstation,latitude,longitude,elevation_m\nWLF,49.6646,6.1526,295\n",
    "names.csv": "sta, net, loc, cha, lat, lon, elev_km\nWLF,,,,49.6646,6.1526,0.295\n",
    "upper.csv": "STA,LAT,LON,ELEV_M\nWLF,49.6646,6.1526,295\n",
    "quoted.csv": '"station","latitude","longitude","elevation_m"\n"WLF",49.6646,6.1526,295\n',
    "twice.csv": "station,latitude,longitude,latitude,elevation_m\nWLF,49.6646,6.1526,3,295\n",
    "tab.csv": "station\tlatitude\tlongitude\televation_m\nWLF\t49.6646\t6.1526\t295\n",
    "west.csv": "station,latitude,longitude,elevation_m\nWLF,49.6646,-353.8474,295\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_spreadsheets_are_read(name: str, place: Path) -> None:
    Path(name).write_bytes(TABLES[name].encode())
    result = run("inspect", name, "--json")
    (file,) = json.loads(result.stdout)["files"]
    if name == "west.csv":
        assert file["stations"] == []
        assert "'-353.8474' is not between -180 and 360" in file["issues"][0]["text"]
        return
    (station,) = file["stations"]
    assert station["latitude"] == 49.6646
    assert station["longitude"] == 6.1526
    assert station["elevation_m"] == 295.0
    said = " ".join(issue["text"] for issue in file["issues"])
    assert ("decimal comma" in said) == (name == "semicolon.csv")
    assert ("two columns 'latitude'" in said) == (name == "twice.csv")


def test_arrival_lists_of_spreadsheets_are_read(place: Path) -> None:
    Path("a.csv").write_bytes(
        "station;time;phase_reported;backazimuth_deg;snr\n"
        "ILAR;1452044340,25;P;270,5;12\nMKAR;2016-01-06 01:39:00,5;P;;\n"
        "caf\u00e9;yesterday;P;;\n".encode("latin-1")
    )
    assert run("convert", "a.csv", "b.json", "--json").exit_code == 0
    first, second = json.loads(Path("b.json").read_text())["detections"]
    assert first["time"] == "2016-01-06T01:39:00.250Z"
    assert first["azimuth_deg"] == 270.5
    assert second["time"] == "2016-01-06T01:39:00.500Z"
    said = run("inspect", "a.csv").stdout
    assert "line 4: time: 'yesterday' is not a time such as 2016-" in said
    assert "read as Latin-1" in said


def test_a_comma_separated_list_is_not_read_with_decimal_commas(place: Path) -> None:
    Path("a.csv").write_text('station,latitude,longitude\nWLF,"49,6646","6,1526"\n')
    (file,) = json.loads(run("inspect", "a.csv", "--json").stdout)["files"]
    assert file["stations"] == []
    assert "'49,6646' is not between -90 and 90" in file["issues"][0]["text"]


@pytest.mark.parametrize("target", ["x.isf", "x.json", "x.quakeml", "x.csv"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("times.csv", "station,time\nMDJ,notatime\nMDJ,2016-13-45T00:00:00\n"),
        ("e.json", '{"vigie":{"document":"events"},"events":[{"origin":{"time":"x"}}]}'),
    ],
)
def test_of_a_file_that_gives_nothing_no_other_is_written(
    place: Path, name: str, text: str, target: str
) -> None:
    Path(name).write_text(text)
    to = ["--to", "arrival_csv"] if target == "x.csv" else []
    result = run("convert", name, target, *to)
    assert result.exit_code == 1
    assert not Path(target).exists()
    assert f"{name}: something to convert" in result.stderr
    assert "left out" in result.stderr


@pytest.mark.parametrize("command", ["associate", "locate"])
def test_of_a_list_that_gives_nothing_no_bulletin_is_written(place: Path, command: str) -> None:
    Path("times.csv").write_text("station,time\nMDJ,notatime\n")
    result = run(command, "times.csv", "-o", "x.isf")
    assert result.exit_code == 1
    assert not Path("x.isf").exists()
    assert "x.isf is not written" in result.stderr


def test_an_empty_list_stays_an_empty_list(place: Path) -> None:
    Path("none.json").write_text('{"vigie":{"document":"events"},"events":[]}')
    assert run("convert", "none.json", "none.isf").exit_code == 0
    assert Path("none.isf").exists()


def test_columns_that_are_missing_are_named(place: Path) -> None:
    result = run("detect", "wlf.mseed", "--stations", "columns.csv")
    assert "columns foo, bar" in result.stderr
    assert "station, latitude and longitude" in result.stderr


def test_a_station_without_coordinates_is_named_with_the_remedy(place: Path) -> None:
    Path("xx.csv").write_text("station,time,phase\nQQXQ,2016-01-06T01:39:00Z,P\n")
    result = run("associate", "xx.csv")
    assert "QQXQ" in result.stderr
    assert "--stations" in result.stderr
    assert "unknown_station" not in result.stderr
    assert "xx.csv: none of the 1 detections can be used" in result.stderr
    assert result.exit_code == 1


def test_recordings_of_stations_without_coordinates_alone_fail_like_their_detections(
    place: Path,
) -> None:
    waveform = Waveform(
        ChannelId("XX", "QQXQ", "", "BHZ"), parse_iso("2016-01-06T01:30:00Z"), 20.0,
        np.arange(9000, dtype=np.int32) % 97,
    )  # fmt: skip
    (data,) = format_named("mseed").write(Contents(waveforms=(waveform,))).values()
    Path("xx.mseed").write_bytes(data)
    result = run("process", "xx.mseed")
    assert "xx.mseed: no" in result.stderr
    assert "no event was looked for" in result.stderr
    assert "positions of QQXQ with --stations FILE" in result.stderr
    assert result.exit_code == 1
    Path("s.csv").write_text("station,latitude,longitude,elevation_m\nQQXQ,50,6,0\n")
    assert run("process", "xx.mseed", "--stations", "s.csv").exit_code == 0
    no_profile = run("process", "xx.mseed", "--stations", "s.csv", "--atmosphere", "s.csv")
    assert no_profile.exit_code != 0
    assert "s.csv: this is not a profile of the atmosphere" in no_profile.stderr
    assert "missing" not in no_profile.stderr


@pytest.mark.parametrize("command", ["associate", "locate"])
def test_codes_in_small_letters_are_asked_about(place: Path, command: str) -> None:
    rows = "".join(f"{c},2016-01-06T01:4{k}:00Z,P\n" for k, c in enumerate(("ilar", "asar", "qq")))
    Path("low.csv").write_text("station,time,phase\n" + rows)
    result = run(command, "low.csv")
    assert result.exit_code == 1
    assert "asar, ilar, qq" in result.stderr
    assert "is it ASAR for asar, ILAR for ilar?" in result.stderr


@pytest.mark.slow
def test_a_list_without_an_event_is_a_result_where_its_stations_are_known(place: Path) -> None:
    Path("xx.csv").write_text("station,time,phase\nQQXQ,2016-01-06T01:39:00Z,P\n")
    result = run("associate", "xx.csv", "arrivals.csv")
    assert result.exit_code == 0
    assert "can be used" not in result.stderr
    Path("noise.csv").write_text(ARRIVALS.replace(",P", ",N"))
    assert run("associate", "noise.csv").exit_code == 0


@pytest.mark.slow
def test_a_second_run_into_a_folder_leaves_no_page_of_the_first(place: Path) -> None:
    rows = "time,latitude,longitude\n2016-01-06T01:30:00Z,41.3,129.0\n"
    Path("two.csv").write_text(f"{rows}2016-09-09T00:30:00Z,41.3,129.0\n")
    Path("one.csv").write_text(rows)
    assert run("report", "two.csv", "-o", "pages").exit_code == 0
    assert len(list(Path("pages").glob("event_*.html"))) == 2
    result = run("report", "one.csv", "-o", "pages")
    assert "removed pages of an earlier run: event_" in result.stderr
    (left,) = Path("pages").glob("event_*.html")
    assert left.name in Path("pages/index.html").read_text()
