"""``vigie compare`` on files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from vigie.cli.compare import compare_command
from vigie.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

TRUTH = "id,origin_time,lat,lon,depth_km,mag\nr1,2017-01-06T05:06:21Z,43.6,-108.7,10,3\n"
FOUND = (
    "id,origin_time,lat,lon,depth_km,mag\n"
    "t1,2017-01-06T05:06:22Z,43.7,-108.7,5,3.2\nt2,2017-01-07T05:06:22Z,0,0,5,3\n"
)


def run(folder: Path, *options: str) -> str:
    (folder / "a.csv").write_text(TRUTH)
    (folder / "b.csv").write_text(FOUND)
    arguments = [str(folder / "a.csv"), str(folder / "b.csv"), *options]
    result = CliRunner().invoke(compare_command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_json_document(tmp_path: Path) -> None:
    document = json.loads(run(tmp_path, "--json"))
    assert document["vigie"]["document"] == "comparison"
    (pair,) = document["matched"]
    assert (pair["reference"]["id"], pair["test"]["id"]) == ("r1", "t1")
    assert pair["time_difference_s"] == 1.0
    assert 11.0 < pair["distance_km"] < 11.2
    assert document["missed"] == []
    assert [e["id"] for e in document["extra"]] == ["t2"]
    assert (document["overlap"], document["inconsistency"]) == (1.0, 0.5)
    assert [r["rule"]["name"] for r in document["rules"]] == ["arora_2013", "idc"]


def test_own_rule_and_output_file(tmp_path: Path) -> None:
    run(tmp_path, "--json", "--max-degrees", "0.01", "-o", str(tmp_path / "out.json"))
    document = json.loads((tmp_path / "out.json").read_text())
    assert document["rule"]["max_degrees"] == 0.01
    assert document["matched"] == []


def test_text_for_people(tmp_path: Path) -> None:
    text = run(tmp_path)
    assert "1 matched, 0 missed, 1 extra" in text
    assert "r1 2017-01-06T05:06:21.000Z" in text


def test_nothing_to_compare_is_a_failure_and_one_empty_bulletin_is_none(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.csv" for name in ("empty", "full")}
    paths["empty"].write_text(FOUND.split("\n")[0] + "\n")
    paths["full"].write_text(FOUND)
    both = CliRunner().invoke(main, ["compare", str(paths["empty"]), str(paths["empty"])])
    assert both.exit_code == 1
    assert "empty.csv" in both.stderr
    assert "any event with an origin is missing" in both.stderr
    one = CliRunner().invoke(main, ["compare", str(paths["empty"]), str(paths["full"])])
    assert one.exit_code == 0
    assert "empty.csv: there are no events in it" in one.stderr
    assert "2 extra" in one.stdout
