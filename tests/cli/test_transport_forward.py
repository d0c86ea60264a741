"""``vigie transport forward`` as a user types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import netCDF4
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from tests.cli.support_weather import write_weather

from vigie.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

RELEASE = ("--release", "Test site", "50", "7", "2020-09-14", "2020-09-14T12:00", "1e15")
FEW = ("--particles", "300", "--grid", "5", "--threads", "1", "--hours", "36")
HEAD = "name,latitude,longitude,start,stop,amount_bq"


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["transport", "forward", *map(str, words)])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_weather(tmp_path / "w.nc")


def document(*words: object) -> dict[str, Any]:
    found = run(*words, "--json")
    assert found.exit_code == 0, found.output
    told: dict[str, Any] = json.loads(found.stdout)
    return told


def test_a_release_is_followed_and_told(source: Path, tmp_path: Path) -> None:
    places = tmp_path / "p.csv"
    places.write_text(
        "station,latitude,longitude,elevation_m\nNEAR,50,7.5,0\nFAR,-60,100,0\n", encoding="utf-8"
    )
    words = (source, *RELEASE, *FEW, "--nuclide", "xe133", "--stations", places)
    found = run(*words)
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith(
        "Release Test site: 1e+15 Bq of Xe-133 at 50.00 7.00, 2020-09-14 00:00 to 2020-09-14 12:00"
    )
    assert "followed to 2020-09-15 12:00 UTC by intervals of 3 h (12)" in found.stdout
    (plume,) = document(*words)["plumes"]
    near, far = plume["stations"]
    assert near["arrival"] == "2020-09-14T00:00:00.000Z"
    assert near["largest_bq_m3"] == max(near["concentration_bq_m3"]) > 0.0
    # The plume is largest at its station or in the cell beside: particles are few.
    assert 0.8 * plume["largest"]["bq_m3"] < near["largest_bq_m3"] <= plume["largest"]["bq_m3"]
    assert len(near["concentration_bq_m3"]) == plume["intervals"] == 12
    assert far["arrival"] is None
    assert plume["half_life_s"] == pytest.approx(5.2475 * 86400.0, rel=0.01)
    assert plume["lost_share"] == 0.0


def test_less_of_an_aerosol_stays_in_the_air(source: Path) -> None:
    gas, aerosol = (
        document(source, *RELEASE, *FEW, *words)["plumes"][0] for words in ((), ("--aerosol", "3"))
    )
    assert gas["largest_total"]["bq_s_m3"] > aerosol["largest_total"]["bq_s_m3"] > 0.0
    assert (gas["aerosol_um"], aerosol["aerosol_um"]) == (None, 3.0)


def test_decay_is_that_of_the_nuclide(source: Path) -> None:
    slow = document(source, *RELEASE, *FEW)["plumes"][0]
    fast = document(source, *RELEASE, *FEW, "--nuclide", "Xe-135")["plumes"][0]
    assert slow["nuclide"] is slow["half_life_s"] is None
    ratio = fast["largest_total"]["bq_s_m3"] / slow["largest_total"]["bq_s_m3"]
    # Near the release little time has passed.
    assert 0.5 < ratio < 1.0


def test_concentrations_read_back_from_netcdf(source: Path, tmp_path: Path) -> None:
    other = ("--release", "Date line", "10", "179", "2020-09-14T06:00", "2020-09-14T09:00", "2e14")
    path = tmp_path / "out.nc"
    words = (source, *RELEASE, *other, *FEW, "-o", path)
    told = document(*words)["plumes"]
    with netCDF4.Dataset(path) as file:
        assert file.Conventions == "CF-1.11"
        assert list(file["release_name"][:]) == ["Test site", "Date line"]
        values = file["concentration"]
        assert values.units == "Bq m-3"
        assert values.dimensions == ("release", "time", "latitude", "longitude")
        times = np.asarray(netCDF4.num2date(file["time_bounds"][:], file["time"].units))
        assert (str(times[0, 0]), str(times[-1, 1])) == (
            "2020-09-14 00:00:00",
            "2020-09-15 12:00:00",
        )
        assert np.all(times[1:, 0] == times[:-1, 1])
        assert file["time"][0] == 10800.0
        assert file["height_bounds"][:].tolist() == [0.0, 150.0]
        longitude, latitude = file["longitude"][:], file["latitude"][:]
        assert np.all(np.diff(longitude) == 5.0)
        assert longitude.max() - longitude.min() < 360.0
        for k, plume in enumerate(told):
            largest = plume["largest"]
            at = np.unravel_index(int(values[k].argmax()), values[k].shape)
            assert values[k][at] == pytest.approx(largest["bq_m3"], rel=1e-6)
            assert latitude[at[1]] == largest["latitude"]
            assert (longitude[at[2]] - largest["longitude"]) % 360.0 == 0.0
            total = file["time_integrated_concentration"][k]
            np.testing.assert_allclose(total, values[k].sum(axis=0) * 10800.0, rtol=1e-5)
        assert float(values[0].sum()) > 0.0


def test_a_folder_holds_all_that_there_is(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = run(source, *RELEASE, *FEW, "--interval", "6", "-o", out, "--animation")
    assert found.exit_code == 0, found.output
    names = {str(one.relative_to(out)) for one in out.rglob("*") if one.is_file()}
    pictures = {f"Test-site/Test-site_{k:04d}.png" for k in range(1, 7)}
    assert names == pictures | {
        "plumes.nc", "plumes.json", "Test-site.png", "Test-site_days.png", "Test-site.gif",
    }  # fmt: skip
    with Image.open(out / "Test-site.gif") as film:
        assert getattr(film, "n_frames", 1) == 6
        assert film.info["comment"].startswith(b"vigie ")
        assert film.info["loop"] == 0
        first = np.asarray(film.convert("RGB")).astype(int)
        film.seek(3)
        later = np.asarray(film.convert("RGB")).astype(int)
    changed = np.abs(first - later).max(axis=2) > 40
    # Only the plume and the line with the time move.
    assert 0.001 < changed.mean() < 0.3
    assert json.loads((out / "plumes.json").read_text("utf-8"))["plumes"][0]["rows"] > 0


@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.gif", "a.json"])
def test_the_name_of_one_file_tells_what_it_is(source: Path, tmp_path: Path, name: str) -> None:
    found = run(source, *RELEASE, *FEW, "-o", tmp_path / name)
    assert found.exit_code == 0, found.output
    assert (tmp_path / name).stat().st_size > 1000
    assert f"wrote {tmp_path / name}" in found.stderr


@pytest.mark.parametrize("language", ["fr", "es", "ru", "zh", "ar"])
def test_it_is_told_in_every_language(source: Path, language: str) -> None:
    found = run(source, *RELEASE, *FEW, "--language", language)
    assert found.exit_code == 0, found.output
    assert "Test site" in found.stdout
    assert "Release" not in found.stdout


def test_releases_come_from_a_file_and_wrong_lines_are_told(source: Path, tmp_path: Path) -> None:
    listed = tmp_path / "r.csv"
    listed.write_text(
        f"{HEAD},nuclide,low_m,high_m\n"
        "good,50,7,2020-09-14,2020-09-14T06:00,1e15,Xe-133,0,100\n"
        "late,50,7,2020-09-20,2020-09-21,1e15,Xe-133,0,100\n"
        "pole,95,7,2020-09-14,2020-09-14T06:00,1e15,Xe-133,0,100\n"
        "word,50,7,2020-09-14,2020-09-14T06:00,much,Xe-133,0,100\n"
        "odd,50,7,2020-09-14,2020-09-14T06:00,1e15,Xx-133,0,100\n"
        "short,50,7,2020-09-14\n",
        encoding="utf-8",
    )
    found = run(source, "--releases", listed, *FEW, "--json")
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert [one["release"] for one in told["plumes"]] == ["good"]
    assert told["plumes"][0]["high_m"] == 100.0
    reasons = {one["release"]: one["reason"] for one in told["failed"]}
    assert set(reasons) == {"late", *(f"{listed}, line {k}" for k in (4, 5, 6, 7))}
    assert "it reaches from 2020-09-13T12:26:40.000Z" in reasons["late"]
    assert "latitude within 90" in reasons[f"{listed}, line 4"]
    assert "a number as amount_bq" in reasons[f"{listed}, line 5"]
    assert "Xx-133" in reasons[f"{listed}, line 6"]
    assert "no stop" in reasons[f"{listed}, line 7"]


def test_a_list_without_its_columns_is_refused(source: Path, tmp_path: Path) -> None:
    listed = tmp_path / "r.csv"
    listed.write_text("name,latitude,longitude\nx,1,2\n", encoding="utf-8")
    found = run(source, "--releases", listed, *FEW)
    assert found.exit_code == 1
    assert "start, stop, amount_bq" in found.output
    listed.write_text(f"{HEAD}\n", encoding="utf-8")
    found = run(source, "--releases", listed, *FEW)
    assert found.exit_code == 1
    assert "a release is missing" in found.output
    found = run(source, "--releases", tmp_path / "none.csv", *FEW)
    assert found.exit_code == 1
    assert "none.csv" in found.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Tell a release with --release or --releases FILE."),
        (("A", "95", "7", "2020-09-14", "2020-09-15", "1"), "latitude within 90"),
        (("A", "5", "-181", "2020-09-14", "2020-09-15", "1"), "longitude from -180 to 360"),
        (("A", "nan", "7", "2020-09-14", "2020-09-15", "1"), "latitude within 90"),
        (("A", "5", "7", "yesterday", "2020-09-15", "1"), "yesterday"),
        (("A", "5", "7", "2020-09-15", "2020-09-14", "1"), "stops after it starts"),
        (("A", "5", "7", "2020-09-14", "2020-09-14", "1"), "stops after it starts"),
        (("A", "5", "7", "2020-09-14", "2020-09-15", "0"), "an amount above 0"),
        (("A", "5", "7", "2020-09-14", "2020-09-15", "-1e15"), "an amount above 0"),
        (("A", "5", "7", "2020-09-14", "2020-09-15", "inf"), "an amount above 0"),
        (("A", "5", "7", "2020-09-16", "2020-09-17", "1"), "outside of the weather"),
        (("A", "5", "7", "2020-09-12", "2020-09-14", "1"), "outside of the weather"),
        (("A", "5", "7", "2020-09-14", "2020-09-15T20:00", "1"), "within 36 h of the first"),
    ],
)
def test_wrong_words_are_refused(source: Path, words: tuple[str, ...], told: str) -> None:
    found = run(source, *(("--release", *words) if words else ()), *FEW)
    assert found.exit_code != 0
    assert told in found.output
    assert "Traceback" not in found.output


def test_other_wrong_words_are_refused(source: Path, tmp_path: Path) -> None:
    for more, told in (
        (("--nuclide", "Xx-133"), "Xx-133"),
        (("--height", "100", "50"), "heights that rise"),
        (("--station", "NOWHERE"), "NOWHERE"),
        (("-o", source), "it is an input"),
        (("-o", tmp_path / "x.pdf"), "no command writes .pdf files"),
        (("--hours", "400"), "outside of the weather"),
    ):
        found = run(source, *RELEASE, *FEW, *more)
        assert found.exit_code != 0, more
        assert told in found.output, found.output
        assert "Traceback" not in found.output
    empty = tmp_path / "empty"
    empty.mkdir()
    found = run(empty, *RELEASE, *FEW)
    assert found.exit_code == 1
    assert "weather is missing" in found.output


def test_without_hours_it_goes_as_far_as_the_weather(source: Path) -> None:
    words = [one for one in FEW if one not in {"--hours", "36"}]
    (plume,) = document(source, *RELEASE, *words)["plumes"]
    # The weather ends at 2020-09-16T06:26:40.
    assert plume["to"] == "2020-09-16T06:00:00.000Z"


def test_longitudes_may_go_round_either_way(source: Path) -> None:
    sums = []
    for longitude in ("-170", "190"):
        words = ("--release", "A", "50", longitude, "2020-09-14", "2020-09-14T12:00", "1e15")
        sums.append(document(source, *words, *FEW)["plumes"][0]["largest_total"])
    # The cosines of both differ in their last digit.
    assert sums[0] == pytest.approx(sums[1], rel=1e-9)
    assert -180.0 <= sums[0]["longitude"] < 180.0


def test_of_regional_weather_the_share_that_left_is_told(tmp_path: Path) -> None:
    source = write_weather(tmp_path / "w.nc", box=(0, 3))
    words = ("--release", "A", "40", "30", "2020-09-14", "2020-09-14T06:00", "1e15")
    assert document(source, *words, *FEW)["plumes"][0]["lost_share"] > 0.5
    found = run(source, *words, *FEW)
    assert "% of its particles left the grid of the weather" in found.stdout


def test_stations_of_the_ims_are_known(source: Path) -> None:
    words = (source, *RELEASE, *FEW, "--station", "RN33", "--station", "AAK")
    (plume,) = document(*words)["plumes"]
    assert [one["station"] for one in plume["stations"]] == ["RN33", "AAK"]
    (plume,) = document(source, *RELEASE, *FEW, "--station", "RN")["plumes"]
    assert len(plume["stations"]) > 70
    reached = [one["station"] for one in plume["stations"] if one["arrival"] is not None]
    # Schauinsland is in the cell of the release, or beside it.
    assert "RN33" in reached
    told = run(source, *RELEASE, *FEW, "--station", "RN").stdout
    assert f"stations that it does not reach ({len(plume['stations']) - len(reached)})" in told
    assert told.count("RN33") == 2


def test_of_many_strange_files_in_a_folder_few_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "met"
    folder.mkdir()
    write_weather(folder / "a.nc")
    for k in range(30):
        (folder / f"x{k:02d}.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing of weather")
    found = run(folder, *RELEASE, *FEW)
    assert found.exit_code == 0, found.output
    told = [line for line in found.stderr.splitlines() if "png" in line]
    assert len(told) == 6
    assert "and 25 more" in told[-1]
    # Each path once.
    assert all(line.count("x00.png") < 2 for line in told)


@pytest.mark.parametrize("longitude", ["-20", "200"])
def test_a_release_outside_of_regional_weather_is_left_out(tmp_path: Path, longitude: str) -> None:
    source = write_weather(tmp_path / "w.nc", box=(0, 3))
    words = ("--release", "A", "40", longitude, "2020-09-14", "2020-09-14T06:00", "1e15")
    inside = ("--release", "B", "40", "30", "2020-09-14", "2020-09-14T06:00", "1e15")
    found = run(source, *words, *inside, *FEW, "--json")
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert [one["release"] for one in told["plumes"]] == ["B"]
    (failed,) = told["failed"]
    assert "a place on the grid of the weather" in failed["reason"]
    assert "0 to 45 deg east" in failed["reason"]


def test_a_release_above_the_lid_is_told_and_the_others_go_on(source: Path, tmp_path: Path) -> None:
    listed = tmp_path / "r.csv"
    listed.write_text(
        f"{HEAD},low_m,high_m\nHIGH,50,7,2020-09-14,2020-09-14T12:00,1e15,0,20000\n"
        "LOW,50,7,2020-09-14,2020-09-14T12:00,1e15,0,50\n",
        encoding="utf-8",
    )
    found = run(source, "--releases", listed, *FEW)
    assert found.exit_code == 1
    assert (
        "HIGH: 20000 m above ground; needed: a height below the lid of the weather" in found.stderr
    )
    assert "give weather whose levels reach higher, or a lower height" in found.stderr
    assert "Release LOW" in found.stdout
    assert "Release HIGH" not in found.stdout
