"""``vigie samples``: a laboratory's measurement beside that of the station."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from vigie.cli.main import main
from vigie.formats import Contents, format_named
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_sample

WHOLE, PORTION, LOST = "31202601010011G", "31202601010022G", "28202601010022G"
AIR = {"Cs-137": 20.0, "I-131": 30.0, "Ba-140": 40.0}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def measured(
    folder: Path, station: str, sample_id: str, *, days: float, share: float, seed: int
) -> Path:
    """Write the message of a share of a filter, measured so long after the collection."""
    site = HpgeStation(
        station=station,
        detector=f"{station}_001",
        decay_s=days * 86400.0,
        air_volume_m3=20_000.0 * share,
    )
    made = simulate_sample(site, np.random.default_rng(seed), air_ubq_m3=AIR)
    message = replace(made.message, sample_id=sample_id)
    files = format_named("ims_radionuclide").write(Contents(pulse_heights=(message,)))
    path = folder / f"{station}.phd"
    path.write_bytes(next(iter(files.values())))
    return path


@pytest.fixture(scope="module", name="analysed")
def of_station_and_laboratory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the analyses of a filter and of its half, as the command itself writes them."""
    folder = tmp_path_factory.mktemp("splits")
    station = measured(folder, "FRP31", WHOLE, days=1.0, share=1.0, seed=78)
    laboratory = measured(folder, "FRL08", PORTION, days=10.0, share=0.5, seed=77)
    result = run("samples", laboratory, station, "-o", folder / "all.json")
    assert result.exit_code == 0, result.output
    return folder / "all.json"


def with_changes(analysed: Path, name: str, *items: dict[str, Any]) -> Path:
    """Write other samples in the document's place."""
    document = json.loads(analysed.read_text())
    path = analysed.with_name(name)
    path.write_text(json.dumps({**document, "samples": list(items)}))
    return path


def samples_of(analysed: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the station's and the laboratory's items."""
    items = {one["station"]: one for one in json.loads(analysed.read_text())["samples"]}
    return items["FRP31"], items["FRL08"]


def test_one_air_is_compared_and_agrees(analysed: Path) -> None:
    result = run("samples", analysed, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    (detector,) = document["detectors"]
    assert detector["station"] == "FRP31"
    assert [one["sample_id"] for one in detector["samples"]] == [WHOLE]
    (split,) = document["splits"]
    assert split["laboratory"] == "FRL08"
    assert split["portion"]["sample_id"] == PORTION
    assert split["portion"]["detector"] == "FRL08_001"
    assert split["original"]["sample_id"] == WHOLE
    assert split["share"] == {"value": 0.5, "sigma": 0.0, "source": "equal_portions"}
    assert (split["unit"], split["simulated"], split["reason"]) == ("uBq/m3", True, None)
    found = {one["nuclide"]: one for one in split["nuclides"]}
    assert set(found) == set(AIR)
    for name, one in found.items():
        assert one["grade"] == "acceptable", one
        assert abs(one["zeta"]) <= 2.0
        assert one["e_n"] == pytest.approx(one["zeta"] / 2.0)
        for side in ("station", "laboratory", "combined"):
            assert one[side]["value"] == pytest.approx(AIR[name], abs=4.0 * one[side]["sigma"])
    told = {one["params"]["nuclide"]: one for one in split["left_out"]}
    assert told["La-140"]["code"] == "laboratory.judged_by_parent"
    assert "Ba-140" in told["La-140"]["text"]
    assert told["K-40"]["code"] == "laboratory.not_collected"


def test_the_text_has_table_share_and_what_was_left_out(analysed: Path) -> None:
    result = run("samples", analysed)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith(PORTION))
    assert lines[0].startswith("FRP31 FRP31_001: 1 sample")
    assert head > 5
    assert "FRL08" in lines[head]
    assert WHOLE in lines[head]
    assert "0.5, one of 2 portions taken as equal" in lines[head + 1]
    assert lines[head + 2].split()[0] == "nuclide"
    assert "decay corrected (µBq/m³)" in lines[head + 2]
    rows = {line.split()[0]: line for line in lines[head + 3 : head + 6]}
    assert set(rows) == set(AIR)
    assert all(row.endswith("acceptable") for row in rows.values())
    assert any("La-140 is kept by Ba-140" in line for line in lines[head + 7 :])
    assert sum(line.startswith("FRL08") for line in lines) == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("mesuré de nouveau par FRL08", "supposées égales", "non comparés", "0.5")),
        ("zh", ("重新测量", "可接受", "未比较：")),
    ],
)
def test_the_text_in_another_language(
    analysed: Path, language: str, words: tuple[str, ...]
) -> None:
    result = run("samples", analysed, "--language", language)
    assert result.exit_code == 0, result.output
    for word in words:
        assert word in result.stdout


def test_a_stated_share(analysed: Path) -> None:
    given = ("samples", analysed, "--share", f"{PORTION.lower()}=0.25,0.01")
    (split,) = json.loads(run(*given, "--json").stdout)["splits"]
    assert split["share"] == {"value": 0.25, "sigma": 0.01, "source": "stated"}
    (ordinary,) = json.loads(run("samples", analysed, "--json").stdout)["splits"]
    for one, other in zip(split["nuclides"], ordinary["nuclides"], strict=True):
        assert one["laboratory"]["value"] == pytest.approx(2.0 * other["laboratory"]["value"])
        assert one["grade"] == "not_acceptable"
    assert "0.25 +- 0.01, as stated" in run(*given).stdout


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (f"{PORTION}=0", "above 0"),
        (f"{PORTION}=1.2", "no more than 1"),
        (f"{PORTION}=nan", "above 0"),
        (f"{PORTION}=0.5,-1", "error"),
        (f"{PORTION}=half", "SRID=SHARE"),
        (PORTION, "SRID=SHARE"),
        ("FRL08=0.5", "SRID"),
    ],
)
def test_a_share_that_cannot_be_is_refused(analysed: Path, share: str, word: str) -> None:
    result = run("samples", analysed, "--share", share)
    assert result.exit_code == 2
    assert word in result.stderr
    assert "Traceback" not in result.stderr


def test_a_share_of_nothing_and_two_of_one_are_told(analysed: Path) -> None:
    result = run("samples", analysed, "--share", f"{LOST}=0.5")
    assert result.exit_code == 1
    assert LOST in result.stderr
    assert PORTION in result.stdout
    twice = run("samples", analysed, "--share", f"{PORTION}=0.5", "--share", f"{PORTION}=0.4")
    assert twice.exit_code == 2
    assert "one share for each portion" in twice.stderr


def test_stations_and_nuclides_choose(analysed: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    result = run(
        "samples", analysed, "--station", "FRP31", "--nuclide", "I-131", "--json", "-o", kept
    )
    (split,) = json.loads(result.stdout)["splits"]
    assert [one["nuclide"] for one in split["nuclides"]] == ["I-131"]
    assert split["left_out"] == []
    (again,) = json.loads(run("samples", kept, "--json").stdout)["splits"]
    assert len(again["nuclides"]) == 3
    assert (
        json.loads(run("samples", analysed, "--station", "DEP33", "--json").stdout)["splits"] == []
    )
    nothing = run("samples", analysed, "--nuclide", "Xe-133")
    assert "no nuclide can be compared" in nothing.stdout


def test_a_laboratory_without_its_original_is_a_remark(analysed: Path) -> None:
    _, laboratory = samples_of(analysed)
    path = with_changes(analysed, "alone.json", laboratory)
    result = run("samples", path)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{PORTION}, measured by FRL08")
    assert "is not among what could be read" in result.stdout
    document = json.loads(run("samples", path, "--json").stdout)
    (split,) = document["splits"]
    assert document["detectors"] == []
    assert split["reason"]["code"] == "laboratory.no_original"
    assert PORTION in split["reason"]["text"]
    assert (split["original"], split["share"], split["nuclides"]) == (None, None, [])


def test_two_originals_are_told_by_name(analysed: Path) -> None:
    station, laboratory = samples_of(analysed)
    other = {**station, "detector": "FRP31_002"}
    path = with_changes(analysed, "two.json", station, other, laboratory)
    result = run("samples", path)
    assert result.exit_code == 0, result.output
    assert "FRP31_001, FRP31_002" in result.stdout
    assert "FRP31 FRP31_002: 1 sample" in result.stdout


def test_without_a_laboratory_there_is_no_split(analysed: Path) -> None:
    station, _ = samples_of(analysed)
    path = with_changes(analysed, "station.json", station)
    assert json.loads(run("samples", path, "--json").stdout)["splits"] == []
    assert "measured again" not in run("samples", path).stdout
