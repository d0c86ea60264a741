"""``vigie source``: from files to regions, through the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.cli.support_source import (
    GRID,
    RELEASED_BQ,
    TRUTH,
    sample_rows,
    write_fields,
    write_samples,
)

from vigie.cli.main import main
from vigie.exchange.files import read_file
from vigie.formats import Contents, format_named
from vigie.records import parse_iso

if TYPE_CHECKING:
    from pathlib import Path

OPEN = ("--option", "order=lat_lon", "--option", "base=0")
"""Files of this small world leave both open."""
FAST = ("--amount", "1e10", "1e16", "--longest", "6")


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["source", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def document(*words: object) -> dict[str, Any]:
    status, text, told = run(*words, "--json")
    assert status == 0, told
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_fields(folder)
    write_samples(folder / "samples.csv")
    return folder


@pytest.fixture(scope="module")
def found(world: Path) -> dict[str, Any]:
    return document(world, "--samples", world / "samples.csv", *OPEN, *FAST)


def held_at(found: dict[str, Any], layer: str) -> float:
    cell = int(GRID.cells_at(*TRUTH))
    grid = found["map"]["grid"]
    row = round((TRUTH[0] - grid["first_latitude"]) / grid["latitude_step"])
    column = round(((TRUTH[1] - grid["first_longitude"]) % 360.0) / grid["longitude_step"])
    number = row * grid["longitudes"] + column
    assert cell >= 0
    values = dict(zip(found["map"][layer]["cell"], found["map"][layer]["value"], strict=True))
    return float(values.get(number, 0.0))


def test_the_release_is_found_where_and_when_it_was(found: dict[str, Any]) -> None:
    assert found["vigie"] == {"document": "source", "version": 1}
    assert held_at(found, "posterior") > 0.02
    assert held_at(found, "psr") > 0.95
    low, high = found["released_bq_interval"]
    assert low < RELEASED_BQ < high
    assert low < found["released_bq"] < high
    assert found["release_start_interval"][0] <= "2020-03-03T12:00:00.000Z"
    assert found["release_stop_interval"][1] >= "2020-03-03T15:00:00.000Z"


def test_regions_grow_and_their_outlines_have_their_area(found: dict[str, Any]) -> None:
    assert [one["probability"] for one in found["regions"]] == [0.5, 0.9, 0.95]
    areas = [one["area_km2"] for one in found["regions"]]
    assert areas == sorted(areas)
    for one in found["regions"]:
        area = sum(ring_area_km2(np.array(ring)) for ring in one["polygon"])
        assert area == pytest.approx(one["area_km2"], rel=1e-6)


def ring_area_km2(ring: np.ndarray) -> float:
    # On a sphere and along parallels: the integral of R2 sin(latitude) d(longitude), clockwise.
    longitude, sine = np.radians(ring[:, 0]), np.sin(np.radians(ring[:, 1]))
    return float(-(6371.0**2) * np.sum(np.diff(longitude) * sine[:-1]))


def test_diagnostics_say_what_was_used_and_how_it_fits(found: dict[str, Any]) -> None:
    told = found["diagnostics"]
    assert (told["samples_used"], told["detections"], told["non_detections"]) == (9, 4, 5)
    assert told["posterior"]["log10_bayes_factor_against_background"] > 3.0
    assert 1.0 < told["posterior"]["effective_cells"] < 60.0
    for row in told["samples"]:
        predicted = row["predicted_bq_m3"]
        assert predicted["low"] <= predicted["median"] <= predicted["high"]
        if row["detected"]:
            assert 0.01 < predicted["probability_below"] < 0.99
    codes = {one["code"] for one in told["files"][0]["decided"]}
    assert {"srm.order", "srm.base", "srm.cell"} <= codes


def test_the_unit_of_concentrations_changes_nothing(world: Path, found: dict[str, Any]) -> None:
    micro = write_samples(world / "micro.csv", "uBq/m3", 1e6)
    other = document(world, "--samples", micro, *OPEN, *FAST)
    assert other["released_bq"] == pytest.approx(found["released_bq"], rel=1e-9)
    assert other["map"]["posterior"]["cell"] == found["map"]["posterior"]["cell"]
    assert other["regions"] == found["regions"]


def test_the_text_has_a_row_for_each_sample_and_what_was_left(world: Path) -> None:
    lines = sample_rows()
    path = world / "more.csv"
    head = "station,nuclide,collection_stop,concentration [Bq/m3],uncertainty,mdc"
    alone = "ZZP99,Ba-140,2020-03-05T00:00:00Z,0,,1e-4"
    path.write_text("\n".join([head, *lines[1:], alone]) + "\n")
    status, text, _ = run(world, "--samples", path, *OPEN, *FAST)
    assert status == 0
    for part in ("90 %", "AAP01", "2020-03-05 12:00", "ZZP99 2020-03-05 00:00", "TEST"):
        assert part in text
    # The first sample is left without its row.
    assert "AAP01 2020-03-05 00:00" in text


def test_all_methods_and_several_models(tmp_path: Path) -> None:
    write_fields(tmp_path, models=("ONE", "TWO"))
    samples = write_samples(tmp_path / "samples.csv")
    words = (tmp_path, "--samples", samples, *OPEN, *FAST, "--method", "all", "--spearman")
    found = document(*words, "-o", tmp_path / "out")
    assert found["methods"] == ["posterior", "psr", "for", "mmfor", "nnls", "cost"]
    assert held_at(found, "mmfor") == 1.0
    assert held_at(found, "for") == 1.0
    assert found["psr"]["kind"] == "spearman"
    for name in ("nnls", "cost"):
        assert abs(found[name]["latitude"] - TRUTH[0]) <= 2.0
        assert found[name]["released_bq"] == pytest.approx(RELEASED_BQ, rel=0.7)
        assert 1 <= found[name]["cells_near"] < found["domain"]["cells"] / 4
    assert [len(row["models"]) for row in found["diagnostics"]["samples"]] == [2] * 9
    remarks = {one["code"] for one in found["diagnostics"]["remarks"]}
    assert "source.several_models" in remarks
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["for.png", "mmfor.png", "posterior.png", "psr.png", "source.json"]
    kept = json.loads((tmp_path / "out" / "source.json").read_text("utf-8"))
    assert kept == found


def test_a_document_of_simulated_samples_is_read_and_marked(world: Path) -> None:
    read = read_file(world / "samples.csv").samples
    samples = tuple(replace(one, simulated=True) for one in read)
    (data,) = format_named("sample_json").write(Contents(samples=samples)).values()
    path = world / "samples.json"
    path.write_bytes(data)
    words = (world, "--samples", path, *OPEN, *FAST, "--method", "for")
    found = document(*words)
    assert found["simulated"] is True
    assert (found["diagnostics"]["samples_used"], found["diagnostics"]["detections"]) == (9, 4)
    assert "SIMULATED" in run(*words)[1]


def test_one_model_has_no_multi_model_field(world: Path) -> None:
    words = (world, "--samples", world / "samples.csv", *OPEN, *FAST, "--json")
    status, text, _ = run(*words, "--method", "mmfor")
    assert status == 1
    assert json.loads(text)["left_out"]["mmfor"]["code"] == "source.one_model"


def test_one_sample_gives_a_posterior_and_says_why_no_correlation(world: Path) -> None:
    path = world / "one.csv"
    rows = write_samples(path).read_text().splitlines()
    path.write_text("\n".join(rows[:2]) + "\n")
    found = document(world, "--samples", path, *OPEN, *FAST)
    assert found["psr"] is None
    assert found["left_out"]["psr"]["code"] == "source.too_few"
    assert len(found["diagnostics"]["sensitivities_without_sample"]) == 8
    assert run(world, "--samples", path, *OPEN, *FAST, "--method", "psr")[0] == 1


def test_a_domain_whose_edge_is_leant_on_is_told(world: Path) -> None:
    words = (world, "--samples", world / "samples.csv", *OPEN, *FAST, "--method", "posterior")
    found = document(*words, "--domain", 46, 14, 50, 25)
    codes = {one["code"] for one in found["diagnostics"]["remarks"]}
    assert "source.leans_domain" in codes
    assert found["domain"]["box"] == [46.0, 14.0, 50.0, 25.0]
    assert found["domain"]["cells"] == 5 * 12
    assert found["diagnostics"]["posterior"]["probability_at_bounds"]["domain"] > 0.05


def test_a_window_beyond_the_sensitivities_is_cut_and_told(world: Path) -> None:
    words = (world, "--samples", world / "samples.csv", *OPEN, *FAST, "--method", "for")
    found = document(*words, "--release-from", "2020-02-01", "--interval", 6)
    assert found["domain"]["interval_s"] == 21600.0
    codes = {one["code"] for one in found["diagnostics"]["remarks"]}
    assert {"source.window_clipped", "source.not_asked"} <= codes
    assert parse_iso(found["domain"]["from"]) <= parse_iso("2020-03-02T12:00")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--domain", 60, 0, 50, 10), "latitudes rising"),
        (("--domain", 80, 0, 85, 10), "holds centres of cells"),
        (("--domain", 40, 38, 41, 39), "can have reached a detection"),
        (("--release-from", "2021-01-01"), "2020-03-02 12:00 to 2020-03-05 12:00"),
        (("--release-to", "2020-01-01"), "within the time that the sensitivities"),
        (("--amount", 1e12, 1e10), "the least first"),
        (("--option", "unit=furlong"), "unit"),
        (("--option", "tilt=3"), "tilt"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(
    world: Path, words: tuple[object, ...], expected: str
) -> None:
    status, _, told = run(world, "--samples", world / "samples.csv", *OPEN, *FAST, *words)
    assert status == 2
    assert expected in told


def test_no_pair_names_both_sides(world: Path) -> None:
    path = world / "other.csv"
    path.write_text(
        "station,nuclide,collection_stop,concentration [Bq/m3],uncertainty,mdc\n"
        "XXP77,Ba-140,2020-03-05T00:00:00Z,1e-3,1e-4,1e-4\n"
    )
    status, _, told = run(world, "--samples", path, *OPEN)
    assert status == 1
    assert "XXP77 2020-03-05 00:00" in told
    assert "AAP01 2020-03-05 00:00" in told


def test_collections_may_end_a_little_apart(world: Path) -> None:
    path = world / "apart.csv"
    path.write_text(write_samples(path).read_text().replace(":00:00Z", ":40:00Z"))
    found = document(world, "--samples", path, *OPEN, *FAST, "--method", "for")
    assert {row["stops_apart_s"] for row in found["diagnostics"]["samples"]} == {2400.0}
    assert run(world, "--samples", path, *OPEN, "--tolerance", 0.5)[0] == 1


def test_without_a_detection_there_is_nothing_to_look_for(world: Path) -> None:
    path = world / "silent.csv"
    path.write_text(
        "station,nuclide,collection_stop,concentration [Bq/m3],uncertainty,mdc\n"
        "AAP01,Ba-140,2020-03-05T00:00:00Z,1e-6,1e-6,1e-4\n"
    )
    status, _, told = run(world, "--samples", path, *OPEN)
    assert status == 1
    assert "a detection of Ba-140 among the 1 samples" in told


def test_several_nuclides_need_a_choice(world: Path) -> None:
    path = world / "two.csv"
    lines = write_samples(path).read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1].replace("Ba-140", "La-140")]) + "\n")
    status, _, told = run(world, "--samples", path, *OPEN)
    assert status == 1
    assert "Ba-140, La-140" in told
    status, _, told = run(world, "--samples", path, *OPEN, "--nuclide", "Xe-133")
    assert (status, "Xe-133" in told) == (1, True)
    found = document(
        world, "--samples", path, *OPEN, *FAST, "--nuclide", "ba140", "--method", "for"
    )
    assert found["nuclide"] == "Ba-140"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("station,latitude,longitude\nAAP01,47,30\n", "a list of samples that can be used"),
        (
            (
                "station,nuclide,collection_stop,concentration,uncertainty,mdc\n"
                "AAP01,Ba-140,2020-03-05T00:00:00Z,1e-3,1e-4,1e-4\n"
            ),
            "unit=Bq/m3",
        ),
    ],
)
def test_samples_of_another_kind_or_without_unit(world: Path, text: str, expected: str) -> None:
    path = world / "odd.csv"
    path.write_text(text)
    status, _, told = run(world, "--samples", path, *OPEN)
    assert status == 1
    assert expected in told


def test_samples_that_say_too_little_are_left_out(world: Path) -> None:
    path = world / "bare.csv"
    lines = write_samples(path).read_text().splitlines()
    cut = lines[1].split(",")
    lines[2] = lines[2].rsplit(",", 1)[0] + ","
    path.write_text("\n".join([lines[0], ",".join([*cut[:4], "", cut[5]]), *lines[2:]]) + "\n")
    found = document(world, "--samples", path, *OPEN, *FAST, "--method", "for")
    reasons = [one["reason"] for one in found["diagnostics"]["samples_unusable"]]
    assert any("without its uncertainty" in one for one in reasons)
    assert any("neither a critical level nor an MDC" in one for one in reasons)


def test_a_broken_file_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    paths = write_fields(tmp_path)
    paths[0].write_text('47.00 30.00 20200304 12 20200305 00 1.0E+15 60 3 3 1.0 1.0 "AAP\n1 2 x')
    samples = write_samples(tmp_path / "samples.csv")
    words = (tmp_path, "--samples", samples, *OPEN, *FAST, "--method", "for", "--json")
    status, text, told = run(*words)
    assert status == 1
    assert str(paths[0]) in told
    found = json.loads(text)
    assert found["failed"][0]["file"] == str(paths[0])
    assert found["diagnostics"]["samples_used"] == 8
    assert found["diagnostics"]["samples_without_sensitivity"] == ["AAP01 2020-03-05 00:00"]


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    samples = write_samples(tmp_path / "samples.csv")
    status, _, told = run(tmp_path / "none.srm", "--samples", samples)
    assert status == 1
    assert "none.srm" in told
    status, _, told = run(samples, "--samples", samples)
    assert status == 1
    assert "no sensitivity that can be used" in told


@pytest.mark.data
@pytest.mark.slow
def test_the_release_of_frear_lies_in_the_region(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "transport" / "srs"
    words = [
        folder, "--domain", 40, -150, 70, -50, "--release-from", "2019-08-01",
        "--release-to", "2019-08-05", "--amount", 1e7, 1e13, "--method", "posterior",
    ]  # fmt: skip
    found = document(*words, "--samples", folder / "samples.csv", "--option", "unit=Bq/m3")
    region = found["regions"][2]
    assert region["probability"] == 0.95
    assert region["cells"] <= 12_000
    assert sum(winding(np.array(ring), -117.0, 59.9) for ring in region["polygon"]) == 1
    low, high = found["released_bq_interval"]
    assert low < 1e9 < high
    rows = [line.split(",") for line in (folder / "samples.csv").read_text().splitlines()]
    micro = [[*row[:3], *(f"{float(x) * 1e6:.12e}" for x in row[3:])] for row in rows[1:]]
    path = tmp_path / "micro.csv"
    path.write_text("\n".join(",".join(row) for row in [rows[0], *micro]) + "\n")
    other = document(*words, "--samples", path, "--option", "unit=uBq/m3")
    assert other["regions"] == found["regions"]
    assert other["released_bq"] == pytest.approx(found["released_bq"], rel=1e-9)


def winding(ring: np.ndarray, x: float, y: float) -> int:
    """Return how often a ring goes round a point, counterclockwise."""
    angle = np.unwrap(np.arctan2(ring[:, 1] - y, ring[:, 0] - x))
    return round(float(angle[-1] - angle[0]) / (2.0 * np.pi))


def test_the_usual_error_of_place_is_that_of_the_library() -> None:
    from vigie.cli.source_region import source_command
    from vigie.transport.source.place_error import PLACE_ERROR_KM_PER_DAY

    defaults = {option.name: option.default for option in source_command.params}
    assert defaults["place_error_km_per_day"] == PLACE_ERROR_KM_PER_DAY
