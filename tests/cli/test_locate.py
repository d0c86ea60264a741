"""``vigie locate`` on small arrival lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from vigie.cli.locate import locate_command
from vigie.earth import Hypocentre, Sites, load_predictor
from vigie.geodesy import destination
from vigie.records import format_iso

if TYPE_CHECKING:
    from pathlib import Path

T0_NS = 1_600_000_000_000_000_000


def write_case(folder: Path) -> tuple[Path, Path]:
    """Write an arrival list with one good and one hopeless event, and its stations."""
    latitude, longitude = destination(10.0, 179.5, np.arange(10) * 36.0, np.linspace(20, 80, 10))
    truth = Hypocentre(10.0, 179.5, 0.0)
    sites = Sites(latitude, longitude, np.zeros(10))
    times = load_predictor("ak135").predict(["P"] * 10, truth, sites).time_s
    rows = [f"A,S{i},{format_iso(T0_NS + round(float(t) * 1e9))},P" for i, t in enumerate(times)]
    arrivals = folder / "arrivals.csv"
    arrivals.write_text(
        "\n".join(["event,station,time,phase", *rows, "B,S1,2020-01-01T00:00:00Z,P"]) + "\n"
    )
    stations = folder / "stations.csv"
    places = [f"S{i},{latitude[i]},{longitude[i]},0" for i in range(10)]
    stations.write_text("\n".join(["station,latitude,longitude,elevation_m", *places]) + "\n")
    return arrivals, stations


@pytest.mark.parametrize("phases", ["keep", "identify"])
def test_good_events_are_located_and_bad_ones_named(tmp_path: Path, phases: str) -> None:
    arrivals, stations = write_case(tmp_path)
    options = ["--stations", str(stations), "--phases", phases, "--depth", "0", "--json"]
    result = CliRunner().invoke(locate_command, [str(arrivals), *options])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert [e["id"] for e in document["events"]] == ["A"]
    origin = document["events"][0]["origin"]
    assert origin["latitude"] == pytest.approx(10.0, abs=0.02)
    assert origin["longitude"] == pytest.approx(179.5, abs=0.02)
    assert (origin["depth_fixed"], origin["depth_reason"]) == (True, "operator")
    assert origin["ellipse"]["kind"] == "coverage"
    assert {e["kind"] for e in origin["ellipses"]} == {"coverage", "confidence", "k_weighted"}
    assert document["failed"][0]["id"] == "B"
    assert "B cannot be located" in result.stderr


def test_nothing_located_is_a_failure(tmp_path: Path) -> None:
    lonely = tmp_path / "one.csv"
    lonely.write_text("station,time,phase\nAAK,2020-01-01T00:00:00Z,P\n")
    result = CliRunner().invoke(locate_command, [str(lonely)])
    assert result.exit_code == 1


@pytest.mark.parametrize("depth", ["deep", ""])
def test_a_depth_that_is_no_depth_is_wrong_usage(tmp_path: Path, depth: str) -> None:
    arrivals, _ = write_case(tmp_path)
    result = CliRunner().invoke(locate_command, [str(arrivals), "--depth", depth])
    assert result.exit_code == 2


def test_isf_is_written_on_request(tmp_path: Path) -> None:
    arrivals, stations = write_case(tmp_path)
    output = tmp_path / "out.isf"
    options = ["--stations", str(stations), "--phases", "keep", "-o", str(output)]
    result = CliRunner().invoke(locate_command, [str(arrivals), *options])
    assert result.exit_code == 0, result.output
    assert "10.0" in output.read_text(encoding="utf-8")
