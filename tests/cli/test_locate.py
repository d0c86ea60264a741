"""``vigie locate`` on small arrival lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from tests.network import support_locoo3d

from vigie.cli.locate import locate_command
from vigie.earth import Hypocentre, Sites, load_predictor
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.records import format_iso, parse_iso

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


def test_an_onset_that_is_read_twice_counts_once_and_is_named(tmp_path: Path) -> None:
    arrivals, stations = write_case(tmp_path)
    lines = arrivals.read_text().splitlines()
    event, station, time, phase = lines[3].split(",")
    beam = f"{event},{station},{format_iso(parse_iso(time) + 60_000_000)},{phase}"
    twice = tmp_path / "twice.csv"
    twice.write_text("\n".join([*lines, beam]) + "\n")
    options = ["--stations", str(stations), "--phases", "keep", "--depth", "0", "--json"]
    once, again = (
        CliRunner().invoke(locate_command, [str(f), *options]) for f in (arrivals, twice)
    )
    first, second = (json.loads(r.stdout)["events"][0] for r in (once, again))
    assert "event A: 1 arrival repeats an onset that another defines" in again.stderr
    assert "S2 P 2020-09-13T12:" in again.stderr
    assert second["origin"]["ellipses"] == first["origin"]["ellipses"]
    assert [a["defining"] for a in first["arrivals"]] == [True] * 10
    assert sorted(a["defining"] for a in second["arrivals"]) == [False] + [True] * 10


@pytest.mark.parametrize(("n_loose", "words"), [(1, "1 of 12 arrivals"), (3, "3 of 14 arrivals")])
def test_rows_without_an_event_beside_rows_with_one_are_counted(
    tmp_path: Path, n_loose: int, words: str
) -> None:
    arrivals, stations = write_case(tmp_path)
    loose = [f",S{i},2020-01-01T01:00:0{i}Z,P" for i in range(n_loose)]
    mixed = tmp_path / "mixed.csv"
    mixed.write_text(arrivals.read_text() + "\n".join(loose) + "\n")
    options = ["--stations", str(stations), "--json"]
    plain, result = (
        CliRunner().invoke(locate_command, [str(f), *options]) for f in (arrivals, mixed)
    )
    assert result.exit_code == 0, result.output
    assert f"{mixed}: {words} name no event and are left out" in result.stderr
    assert "vigie associate" in result.stderr
    assert "name no event" not in plain.stderr
    assert json.loads(result.stdout)["events"] == json.loads(plain.stdout)["events"]


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


def test_amplitudes_give_a_size_and_a_new_depth_a_new_one(tmp_path: Path) -> None:
    arrivals, stations = write_case(tmp_path)
    first, *rows = arrivals.read_text().splitlines()
    sized = [f"{first},amplitude_nm,period_s", *(f"{row},40,0.9" for row in rows)]
    arrivals.write_text("\n".join(sized) + "\n")
    shallow, deep = tmp_path / "shallow.json", tmp_path / "deep.json"
    options = ["--stations", str(stations), "--phases", "keep"]
    for source, target, depth_km in ((arrivals, shallow, "0"), (shallow, deep, "100")):
        told = ["--depth", depth_km, "-o", str(target)]
        result = CliRunner().invoke(locate_command, [str(source), *options, *told])
        assert result.exit_code == 0, result.output
    (before,), (after,) = (json.loads(f.read_text())["events"] for f in (shallow, deep))
    assert after["origin"]["id"] != before["origin"]["id"]
    (mb_0,), (mb_100,) = before["magnitudes"], after["magnitudes"]
    assert mb_100["origin_id"] == after["origin"]["id"]
    assert 0.2 < mb_0["value"] - mb_100["value"] < 0.5
    assert [o["id"] for o in after["origins"]] == [before["origin"]["id"], after["origin"]["id"]]
    assert after["origins"][0]["magnitudes"] == [mb_0 | {"number": 2}]
    said = {s["criterion"]: s["reason"] for s in after["screening"]}
    assert "fixed at 100 km" in said["depth"]


def test_corrections_move_the_predicted_times(tmp_path: Path) -> None:
    arrivals, stations = write_case(tmp_path)
    table = tmp_path / "paths.csv"
    rows = [f"S{i},P,1.5,0.4" for i in range(10)]
    table.write_text(
        "\n".join(["station,phase,correction_s,model_sigma_s", *rows, "S1,P,x,", "X,P,1,1"])
    )
    options = ["--stations", str(stations), "--phases", "keep", "--depth", "0", "--json"]
    plain = CliRunner().invoke(locate_command, [str(arrivals), *options])
    paths = ["--corrections", str(table), "--errors", "independent"]
    moved = CliRunner().invoke(locate_command, [str(arrivals), *options, *paths])
    assert moved.exit_code == 0, moved.output
    assert "11 path corrections" in moved.stderr
    assert "line 12: correction_s" in moved.stderr
    assert "No arrival needed those of X P" in moved.stderr
    before, after = (json.loads(r.stdout)["events"][0]["origin"] for r in (plain, moved))
    # The time of origin takes up what all predicted times have more.
    assert parse_iso(after["time"]) - parse_iso(before["time"]) == pytest.approx(-1.5e9, abs=2e7)
    assert after["time_sigma_s"] < 0.7 * before["time_sigma_s"]


@pytest.mark.data
def test_locoo3d_example_01_from_files(tmp_path: Path, shared_data: Path) -> None:
    root = shared_data / "arrivals" / "locoo3d"
    detections, places = support_locoo3d.read_event(root)
    reference = support_locoo3d.read_reference(root, 1)
    files = {
        "arrivals.csv": ["station,time,time_sigma,phase"]
        + [f"{d.station},{format_iso(d.time_ns)},{d.time_sigma_s},{d.phase}" for d in detections],
        "stations.csv": ["station,latitude,longitude,elevation_m"]
        + [f"{s.code},{s.latitude},{s.longitude},{s.elevation_m}" for s in places.values()],
        "paths.csv": ["station,phase,model_sigma_s"]
        + [f"{r.station},{r.phase},{r.model_sigma_s}" for r in reference.last],
    }
    for name, lines in files.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    options = ["--stations", str(tmp_path / "stations.csv"), "--phases", "keep", "--depth", "0"]
    options += ["--corrections", str(tmp_path / "paths.csv"), "--errors", "independent", "--json"]
    result = CliRunner().invoke(locate_command, [str(tmp_path / "arrivals.csv"), *options])
    assert result.exit_code == 0, result.output
    origin = json.loads(result.stdout)["events"][0]["origin"]
    delta, _, _ = distance_azimuths(
        reference.latitude, reference.longitude, origin["latitude"], origin["longitude"]
    )
    assert delta * KM_PER_DEG < 1.0
    assert parse_iso(origin["time"]) / 1e9 == pytest.approx(reference.time_epoch_s, abs=0.1)
    axes = next(e for e in origin["ellipses"] if (e["kind"], e["confidence"]) == ("coverage", 0.95))
    assert axes["semi_major_km"] == pytest.approx(reference.semi_major_km, rel=0.01)
    assert axes["semi_minor_km"] == pytest.approx(reference.semi_minor_km, rel=0.01)
