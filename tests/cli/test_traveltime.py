"""The command ``vigie traveltime``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from vigie.cli.main import main

KEYS = {
    "phase", "time_s", "slowness_s_per_deg", "dt_ddepth_s_per_km", "d2t_ddelta2", "takeoff_deg",
    "table_s", "ellipticity_s", "elevation_s", "time_sigma_s",
}  # fmt: skip


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["traveltime", *arguments])
    return result.exit_code, result.output


def test_json_lists_phases_by_time() -> None:
    code, text = run("--depth", "10", "--delta", "60", "--json")
    document = json.loads(text)
    assert code == 0
    assert document["vigie"] == {"document": "traveltime", "version": 1}
    assert document["delta_deg"] == pytest.approx(60.0)
    assert document["ellipticity"] is False
    times = [row["time_s"] for row in document["arrivals"]]
    assert times == sorted(times)
    assert document["arrivals"][0]["phase"] == "P"
    assert set(document["arrivals"][0]) == KEYS


def test_every_key_is_described() -> None:
    page = Path(__file__).parents[2] / "docs" / "commands.md"
    section = page.read_text(encoding="utf-8").split("\n## traveltime\n")[1].split("\n## ")[0]
    _, text = run("--depth", "10", "--delta", "60", "--json")
    document = json.loads(text)
    keys = {*document, *document["arrivals"][0]} - {"vigie"}
    assert {key for key in keys if f"`{key}`" not in section} == set()


def test_places_bring_ellipticity_and_azimuths() -> None:
    places = ("--from", "79.762518,2.463674", "--to", "47.83469,106.39499")
    code, text = run(*places, "--elevation", "1415.8", "--depth", "0", "--phases", "P", "--json")
    document = json.loads(text)
    assert code == 0
    assert document["delta_deg"] == pytest.approx(45.7312, abs=1e-3)
    (row,) = document["arrivals"]
    assert row["ellipticity_s"] == pytest.approx(-0.6516, abs=0.02)
    assert row["elevation_s"] == pytest.approx(0.2224, abs=1e-3)
    total = row["table_s"] + row["ellipticity_s"] + row["elevation_s"]
    assert row["time_s"] == pytest.approx(total)
    assert document["source_to_station_azimuth_deg"] == pytest.approx(65.95, abs=0.02)


def test_table_names_the_phases_asked_for() -> None:
    code, text = run(
        "--depth", "33", "--delta", "50", "--phases", "P, PcP,PKIKP", "--model", "iasp91"
    )
    assert code == 0
    lines = text.splitlines()
    assert lines[0].startswith("iasp91, 50.0000 deg")
    assert [line.split()[0] for line in lines[2:]] == ["P", "PcP"]


def test_takeoff_angles_point_down_and_up() -> None:
    _, text = run("--depth", "120", "--delta", "50", "--phases", "P,pP,LR", "--json")
    angles = {row["phase"]: row["takeoff_deg"] for row in json.loads(text)["arrivals"]}
    assert angles["P"] < 90.0 < angles["pP"]
    assert angles["LR"] is None


def test_a_diffracted_wave_is_one_line_and_ends() -> None:
    wanted = ("--depth", "10", "--phases", "P,Pdiff,S,Sdiff,PKIKP", "--json", "--delta")

    def names(delta: str) -> list[str]:
        return [row["phase"] for row in json.loads(run(*wanted, delta)[1])["arrivals"]]

    assert names("90") == ["P", "S"]
    assert names("103") == ["Pdiff", "Sdiff"]
    assert names("150") == ["Pdiff", "PKPdf", "Sdiff"]
    assert names("165") == names("175") == ["PKPdf"]
    (alone,) = json.loads(run("--depth", "10", "--phases", "P", "--json", "--delta", "103")[1])[
        "arrivals"
    ]
    assert alone["phase"] == "P"


def test_nothing_there_is_said() -> None:
    code, text = run("--depth", "0", "--delta", "50", "--phases", "PKPbc")
    assert code == 0
    assert "None of these phases" in text


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "times.json"
    code, text = run("--depth", "0", "--delta", "50", "--json", "-o", str(target))
    assert (code, text) == (0, "")
    assert json.loads(target.read_text())["model"] == "ak135"
    deep = tmp_path / "new" / "folder" / "times.txt"
    assert run("--depth", "0", "--delta", "50", "-o", str(deep)) == (0, "")
    assert "PKiKP" in deep.read_text()
    # A folder cannot be a file.
    code, text = run("--depth", "0", "--delta", "50", "-o", str(tmp_path))
    assert code != 0
    assert str(tmp_path) in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--depth", "0"), "--delta DEG or --from"),
        (("--depth", "nan", "--delta", "3"), "not a number"),
        (("--depth", "0", "--delta", "nan"), "not a number"),
        (("--depth", "0", "--from", "1,2"), "go together"),
        (("--depth", "0", "--delta", "3", "--from", "1,2", "--to", "3,4"), "either --delta"),
        (("--depth", "0", "--from", "1;2", "--to", "3,4"), "LAT,LON"),
        (("--depth", "0", "--from", "95,2", "--to", "3,4"), "-90..90"),
        (("--depth", "900", "--delta", "3"), "--depth"),
        (("--depth", "0", "--delta", "190"), "--delta"),
        (("--depth", "0", "--delta", "30", "--phases", "Pxx"), "Pxx"),
        (("--depth", "0", "--delta", "30", "--model", "prem"), "prem"),
        (("--delta", "30"), "--depth"),
    ],
)
def test_wrong_usage_exits_2_and_says_why(arguments: tuple[str, ...], message: str) -> None:
    code, text = run(*arguments)
    assert code == 2
    assert message in text


def test_right_above_the_source_the_vertical_reflections_are_there() -> None:
    _, text = run("--depth", "10", "--delta", "0", "--json")
    rows = {row["phase"]: row for row in json.loads(text)["arrivals"]}
    assert {"P", "S", "PcP", "ScP", "PcS", "ScS", "PKiKP"} <= rows.keys()
    assert not {"PP", "pP", "SS", "LR", "Lg", "T"} & rows.keys()
    near = json.loads(run("--depth", "10", "--delta", "0.1", "--json")[1])["arrivals"]
    for row in near:
        if row["phase"] in ("PcP", "ScS", "PKiKP"):
            assert abs(row["time_s"] - rows[row["phase"]]["time_s"]) < 0.05
    assert all(row["time_s"] > 1.0 for row in rows.values())


def test_a_deep_source_makes_no_surface_waves() -> None:
    _, text = run("--depth", "800", "--delta", "0", "--json")
    rows = json.loads(text)["arrivals"]
    assert rows
    assert not {"LR", "LQ", "T", "H", "O", "I", "Lg", "Rg"} & {row["phase"] for row in rows}
    _, text = run("--depth", "100", "--delta", "0.5", "--json")
    assert "LR" not in {row["phase"] for row in json.loads(text)["arrivals"]}
    _, text = run("--depth", "100", "--delta", "1.5", "--json")
    assert "LR" in {row["phase"] for row in json.loads(text)["arrivals"]}
