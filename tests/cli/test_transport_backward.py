"""``vigie transport backward`` as a user types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from tests.cli.support_weather import write_weather
from tests.transport.weather.examples import weather

from vigie.cli.main import main
from vigie.cli.transport_options import tell_surface
from vigie.exchange.files import read_file
from vigie.transport.weather.sequence import WeatherSequence

if TYPE_CHECKING:
    from pathlib import Path

RECEPTOR = ("--receptor", "AAA", "50", "7", "2020-09-15T12:00", "2020-09-16")
FEW = ("--particles", "200", "--grid", "5", "--threads", "1", "--hours", "36")


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["transport", "backward", *map(str, words)])


def test_a_sample_is_followed_to_a_file_that_reads_back(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.nc")
    out = tmp_path / "out"
    found = run(source, *RECEPTOR, *FEW, "-o", out, "--json")
    assert found.exit_code == 0, found.output
    document = json.loads(found.stdout)
    (row,) = document["sensitivities"]
    assert (row["station"], row["steps"], row["lost_share"]) == ("AAA", 12, 0.0)
    assert document["surface"] == ["sun"]
    assert "heat that follows the sun" in found.stderr
    (path,) = out.iterdir()
    assert path.name == "AAA.2020091600.vigie.srm.gz"
    (again,) = read_file(path).sensitivities
    assert again.n_rows == row["rows"]
    assert again.value.sum() == pytest.approx(row["sum_per_m3"], rel=1e-5)


def test_aerosols_are_lost_on_their_way_and_what_the_weather_lacks_is_told(tmp_path: Path) -> None:
    source, out = write_weather(tmp_path / "w.nc"), tmp_path / "a.srs.nc"
    sums = []
    for words in ((), ("--aerosol", "0.5"), ("--aerosol", "3")):
        found = run(source, *RECEPTOR, *FEW, *words, "-o", out, "--json")
        assert found.exit_code == 0, found.output
        sums.append(json.loads(found.stdout)["sensitivities"][0]["sum_per_m3"])
        told = found.stderr.count("no rain at some of its times: dry deposition only")
        assert told == bool(words)
        (record,) = read_file(out).sensitivities
        assert ("deposition of" in record.source) is bool(words)
    assert sums[0] > sums[1] > sums[2] > 0.0
    refused = run(source, *RECEPTOR, *FEW, "--aerosol", "20", "-o", tmp_path / "b.srs.nc")
    assert refused.exit_code == 2
    assert "--aerosol" in refused.output


def test_rain_without_humidity_is_told_to_have_no_clouds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rain = np.ones((17, 24), dtype=np.float32)
    states = [weather(6.0 * k, large_scale_rain_mm_h=rain) for k in range(2)]
    days = WeatherSequence([one.time_ns for one in states], lambda k: states[k])
    days.need_rain()
    days.flow(0.0, 900.0)
    tell_surface(days, aerosol=True)
    assert "Without humidity no clouds" in capsys.readouterr().err
    tell_surface(days, aerosol=False)
    assert "clouds" not in capsys.readouterr().err


def test_the_name_of_one_file_tells_its_format(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.nc")
    found = run(source, *RECEPTOR, *FEW, "-o", tmp_path / "a.srs.nc")
    assert found.exit_code == 0, found.output
    assert "sensitivity of AAA at 50 7" in found.stdout
    assert read_file(tmp_path / "a.srs.nc").sensitivities[0].station == "AAA"
    refused = run(source, *RECEPTOR, *FEW, "-o", tmp_path / "a.txt")
    assert refused.exit_code != 0
    assert ".srm.gz" in refused.output


def test_samples_come_from_a_file_and_those_without_a_place_are_told(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.nc")
    samples = tmp_path / "s.csv"
    samples.write_text(
        "station,nuclide,collection_start,collection_stop,concentration,unit\n"
        "AAA,Xe-133,2020-09-15T12:00:00,2020-09-16T00:00:00,1.0,mBq/m3\n"
        "ZZZ,Xe-133,2020-09-15T12:00:00,2020-09-16T00:00:00,1.0,mBq/m3\n"
    )
    places = tmp_path / "p.csv"
    places.write_text("station,latitude,longitude,elevation_m\nAAA,50,7,0\n")
    found = run(source, "--samples", samples, "--stations", places, *FEW, "--json")
    assert found.exit_code == 1
    document = json.loads(found.stdout)
    assert [row["station"] for row in document["sensitivities"]] == ["AAA"]
    (failed,) = document["failed"]
    assert "--stations" in failed["reason"]
    assert "ZZZ" in failed["reason"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Name samples with --samples FILE or --receptor."),
        (("--receptor", "A", "95", "7", "2020-09-15", "2020-09-16"), "latitude within 90"),
        (("--receptor", "A", "5", "7", "yesterday", "2020-09-16"), "yesterday"),
        (("--receptor", "A", "5", "7", "2020-09-16", "2020-09-15"), "a collection that rises"),
        (("--receptor", "A", "5", "7", "2021-09-15", "2021-09-16"), "outside of the weather"),
    ],
)
def test_wrong_words_are_refused(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    found = run(write_weather(tmp_path / "w.nc"), *words, *FEW)
    assert found.exit_code != 0
    assert told in found.output
    assert "Traceback" not in found.output


def test_weather_that_lacks_something_is_refused(tmp_path: Path) -> None:
    found = run(write_weather(tmp_path / "w.nc", without="t"), *RECEPTOR, *FEW)
    assert found.exit_code == 1
    assert "temperature_k" in found.output
    apart = tmp_path / "apart.nc"
    write_weather(apart, hours=range(0, 73, 24))
    found = run(apart, *RECEPTOR, *FEW)
    assert found.exit_code == 1
    assert "a gap of 24 h" in found.output
    other = tmp_path / "s.csv"
    other.write_text("station,latitude,longitude,elevation_m\nAAA,50,7,0\n")
    found = run(other, *RECEPTOR, *FEW)
    assert found.exit_code == 1
    assert "weather is missing" in found.output


def test_a_folder_may_hold_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "met"
    folder.mkdir()
    write_weather(folder / "a.nc", hours=range(0, 37, 6))
    write_weather(folder / "b.nc", hours=range(42, 67, 6))
    (folder / "readme.txt").write_text("nothing to see")
    found = run(folder, *RECEPTOR, *FEW)
    assert found.exit_code == 0, found.output
    assert "readme.txt" in found.stderr


def test_maps_of_the_days_back_are_written(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.nc")
    found = run(source, *RECEPTOR, *FEW, "-o", tmp_path / "a.png", "--language", "fr")
    assert found.exit_code == 0, found.output
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size[0] > 800
        assert "AAA" in picture.info["Title"]
        assert "vigie" in picture.info["Software"]
    other = ("--receptor", "B B", "40", "190", "2020-09-15T12:00", "2020-09-16")
    found = run(source, *RECEPTOR, *other, *FEW, "-o", tmp_path / "b.svg")
    assert found.exit_code == 0, found.output
    assert {one.name for one in tmp_path.glob("*.svg")} == {"b_AAA.svg", "b_B-B.svg"}
    assert json.loads(run(source, *RECEPTOR, *FEW, "--json").stdout)["sensitivities"]


def test_a_long_time_has_several_pages_of_maps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.products.transport.cell_sheet.MOST_PANELS", 1)
    source = write_weather(tmp_path / "w.nc")
    found = run(source, *RECEPTOR, *FEW, "-o", tmp_path / "a.svg")
    assert found.exit_code == 0, found.output
    assert sorted(one.name for one in tmp_path.glob("*.svg")) == ["a.svg", "a_2.svg"]
    assert found.stderr.count("wrote ") == 2


def test_a_figure_never_replaces_what_is_read(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.png")
    refused = run(source, *RECEPTOR, *FEW, "-o", source)
    assert refused.exit_code == 1
    assert "it is an input" in refused.output


def test_a_corrupt_file_of_a_folder_is_told_and_the_others_are_used(tmp_path: Path) -> None:
    folder = tmp_path / "met"
    folder.mkdir()
    write_weather(folder / "a.nc")
    whole = (folder / "a.nc").read_bytes()
    (folder / "broken.nc").write_bytes(whole[: len(whole) // 3])
    (folder / "empty.grib2").write_bytes(b"")
    (folder / "noise.grb").write_bytes(b"GRIB" + bytes(range(256)) * 4)
    found = run(folder, *RECEPTOR, *FEW)
    assert found.exit_code == 0, found.output
    assert "broken.nc" in found.stderr
    assert "Traceback" not in found.output


def test_the_longitude_may_go_round_either_way(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.nc")
    rows = []
    for longitude in ("-170", "190"):
        place = ("--receptor", "A", "50", longitude, "2020-09-15T12:00", "2020-09-16")
        document = json.loads(run(source, *place, *FEW, "--json").stdout)
        rows.append(document["sensitivities"][0])
    # Cosines of both differ in the last bit.
    assert rows[0]["sum_per_m3"] == pytest.approx(rows[1]["sum_per_m3"], rel=1e-9)


def test_of_regional_weather_the_share_that_left_is_told(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.nc", box=(0, 3))
    place = ("--receptor", "A", "40", "7", "2020-09-15T12:00", "2020-09-16")
    found = run(source, *place, *FEW, "--json")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["sensitivities"][0]["lost_share"] > 0.5
    assert "% of its particles left the grid of the weather" in run(source, *place, *FEW).stdout


def test_a_sample_outside_of_regional_weather_is_left_out(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.nc", box=(0, 3))
    place = ("--receptor", "A", "40", "200", "2020-09-15T12:00", "2020-09-16")
    found = run(source, *place, *FEW)
    assert found.exit_code == 1
    assert "a place on the grid of the weather" in found.output
    # The grid may be told the other way round.
    place = ("--receptor", "A", "40", "-330", "2020-09-15T12:00", "2020-09-16")
    assert "longitude from -180 to 360" in run(source, *place, *FEW).output
