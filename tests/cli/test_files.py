"""``vigie inspect`` and ``vigie convert`` as a user calls them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.formats import Contents, format_named
from vigie.records import ChannelId, Waveform, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

CSV = "station,latitude,longitude,elevation_m\nWLF,49.6646,6.1526,295\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture
def record(tmp_path: Path) -> Path:
    channel = ChannelId("GE", "WLF", "", "BHZ")
    samples = np.arange(400, dtype=np.int32) % 97
    waveform = Waveform(channel, parse_iso("2016-01-06T01:30:00Z"), 20.0, samples)
    path = tmp_path / "wlf.mseed"
    (data,) = format_named("mseed").write(Contents(waveforms=(waveform,))).values()
    path.write_bytes(data)
    return path


def test_inspect_says_what_a_file_is(record: Path) -> None:
    result = run("inspect", record)
    assert result.exit_code == 0
    assert "mseed" in result.output
    assert "GE.WLF..BHZ" in result.output
    assert "400 samples at 20 Hz" in result.output


def test_inspect_gives_one_json_document(record: Path, tmp_path: Path) -> None:
    stations = tmp_path / "stations.csv"
    stations.write_text(CSV)
    result = run("inspect", "--json", record, stations)
    document = json.loads(result.output)
    first, second = document["files"]
    assert first["waveforms"][0]["samples"] == 400
    assert first["waveforms"][0]["max"] == 96.0
    assert second["stations"][0]["elevation_m"] == 295.0


def test_the_list_of_formats_says_what_it_is() -> None:
    document = json.loads(run("inspect", "--formats", "--json").output)
    assert document["vigie"] == {"document": "formats", "version": 1}
    assert "mseed" in {row["name"] for row in document["formats"]}


def test_inspect_goes_on_after_a_bad_file_and_fails_at_the_end(
    record: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "noise.bin"
    bad.write_bytes(bytes(range(256)))
    result = run("inspect", bad, record, tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "GE.WLF..BHZ" in result.output
    assert "no reader recognises this file" in result.output
    assert "nowhere" in result.output


def test_inspect_without_files_is_wrong_usage() -> None:
    assert run("inspect").exit_code == 2


def test_formats_are_listed_with_what_they_read_and_write() -> None:
    document = json.loads(run("inspect", "--formats", "--json").output)
    by_name = {f["name"]: f for f in document["formats"]}
    assert by_name["mseed"]["reads"] == ["waveforms"]
    assert "bulletin" in by_name["isf"]["writes"]


def test_convert_there_and_back_changes_nothing(record: Path, tmp_path: Path) -> None:
    there, back = tmp_path / "x.gse", tmp_path / "y.mseed"
    assert run("convert", record, there, "--to", "ims_waveform").exit_code == 0
    assert run("convert", there, back).exit_code == 0
    original = format_named("mseed")
    from vigie.exchange.files import source_of

    (first,) = original.read(source_of(record)).waveforms
    (second,) = original.read(source_of(back)).waveforms
    np.testing.assert_array_equal(first.samples, second.samples)
    assert second.start_ns == first.start_ns


def test_convert_says_what_is_lost(tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    events.write_text("time,latitude,longitude,mb\n2016-01-06T01:30:00Z,41.3,129.0,5.1\n")
    result = run("convert", events, tmp_path / "x.csv", "--to", "arrival_csv", "--json")
    assert result.exit_code == 0
    assert "1 of 1 events are left out" in result.stderr
    assert "1 of 1 magnitudes are left out" in json.loads(result.stdout)["losses"]
    kept = run("convert", events, tmp_path / "x.quakeml", "--to", "quakeml", "--json")
    assert json.loads(kept.stdout)["losses"] == []
    refused = run("convert", events, tmp_path / "x.mseed", "--to", "mseed")
    assert refused.exit_code == 1


def test_convert_to_an_unknown_ending_names_the_choices(record: Path, tmp_path: Path) -> None:
    result = run("convert", record, tmp_path / "x.docx")
    assert result.exit_code == 1
    assert "--to" in result.output
    assert "mseed" in result.output


def test_help_is_quick_and_imports_no_science() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from click.testing import CliRunner; from vigie.cli.main import main;"
        "r = CliRunner().invoke(main, ['--help']); assert r.exit_code == 0;"
        "heavy = {'numpy', 'scipy', 'obspy', 'numba', 'matplotlib', 'rich'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_convert_never_writes_over_its_input(record: Path, tmp_path: Path) -> None:
    before = record.read_bytes()
    link = tmp_path / "link.mseed"
    link.symlink_to(record.name)
    for target in (record, link, tmp_path / "." / ".." / tmp_path.name / record.name):
        result = run("convert", record, target)
        assert result.exit_code == 1
        assert f"{target} cannot be written: it is an input" in result.output
        assert "Name another file" in result.output
        assert record.read_bytes() == before
    assert link.is_symlink()


def test_convert_keeps_the_files_that_its_input_names(record: Path, tmp_path: Path) -> None:
    assert run("convert", record, tmp_path / "x.wfdisc").exit_code == 0
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    (companion,) = set(before) - {record, tmp_path / "x.wfdisc"}
    result = run("convert", tmp_path / "x.wfdisc", companion, "--to", "mseed")
    assert result.exit_code == 1
    assert f"{companion} cannot be written: it is an input" in result.output
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize("command", ["associate", "locate", "compare", "inspect", "detect"])
def test_no_command_writes_over_its_input(command: str, record: Path, tmp_path: Path) -> None:
    path = tmp_path / "arrivals.csv"
    path.write_text("station,time,phase\nILAR,2016-01-06T01:39:00Z,P\n")
    inputs = {
        "compare": (path, path),
        "detect": (record, "--stations", path),
    }.get(command, (path,))
    result = run(command, *inputs, "-o", path)
    assert result.exit_code == 1
    assert f"{path} cannot be written: it is an input" in result.output
    assert path.read_text().startswith("station,time,phase\nILAR")


def test_a_figure_never_takes_the_place_of_a_recording(record: Path, tmp_path: Path) -> None:
    recording = record.rename(tmp_path / "odd.png")
    before = recording.read_bytes()
    result = run("array", recording, "-o", recording)
    assert result.exit_code == 1
    assert "it is an input" in result.output
    assert recording.read_bytes() == before


def test_a_recording_of_a_folder_is_kept(record: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    recording = record.rename(folder / "a.isf")
    before = recording.read_bytes()
    stations = tmp_path / "stations.csv"
    stations.write_text(CSV)
    result = run("detect", folder, "--stations", stations, "-o", recording)
    assert result.exit_code == 1
    assert "it is an input" in result.output
    assert recording.read_bytes() == before


@pytest.mark.parametrize("name", ["x.pdf", "x.JPEG"])
def test_what_no_command_writes_is_refused_before_any_work(tmp_path: Path, name: str) -> None:
    result = CliRunner().invoke(main, ["spectrum", "no-such-file", "-o", str(tmp_path / name)])
    assert result.exit_code == 1
    assert "no command writes" in result.output
    assert not list(tmp_path.iterdir())
