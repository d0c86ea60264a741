"""Bulletins of PMCC through the command line: inspected, converted, associated, located."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.formats import Contents, Source, format_named
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.records import Amplitude, Bulletin, Detection, Technology, parse_iso
from vigie.records.time import add_seconds
from vigie.stations.ims import ims_inventory

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

ORIGIN_NS = parse_iso("2013-02-15T03:20:30Z")
SOURCE = (50.0, 20.0)
ARRAYS = ("I26DE", "I43RU", "I37NO", "I48TN")
KINDS = [("pmcc_csv", "x.pmcc.csv"), ("pmcc_mat", "x.mat"), ("pmcc_netcdf", "x.nc")]
each_kind = pytest.mark.parametrize(("kind", "name"), KINDS)


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def family(code: str, number: int) -> Detection:
    """Return what an array hears of the source at 0.3 km/s, a degree off."""
    station = ims_inventory().at(code, ORIGIN_NS)
    assert station is not None
    delta, to_source, _ = distance_azimuths(station.latitude, station.longitude, *SOURCE)
    delta_deg, azimuth = float(delta), float(to_source) + (-1.0) ** number
    return Detection(
        id=f"family-{number}",
        station=code,
        time_ns=add_seconds(ORIGIN_NS, delta_deg * KM_PER_DEG / 0.30),
        time_sigma_s=15.0,
        phase="I",
        azimuth_deg=round(azimuth % 360.0, 2),
        azimuth_deg_sigma=1.5,
        slowness_s_per_deg=1e3 * KM_PER_DEG / 345.0,
        trace_velocity_m_s=345.0,
        technology=Technology.INFRASOUND,
        duration_s=120.0,
        freq_hz=0.8,
        band_hz=(0.5, 2.0),
        family_size=50 + number,
        p_value=1e-8,
        amplitudes=(Amplitude(type="beam:rms", value=0.05, unit="Pa"),),
        method="PMCC",
    )


def write(path: Path, *, group: str | None = None) -> None:
    detections = tuple(family(code, k) for k, code in enumerate(ARRAYS))
    if group is not None:
        from dataclasses import replace

        detections = tuple(replace(d, group=group) for d in detections)
    contents = Contents(bulletin=Bulletin(detections=detections))
    (data,) = format_named("vigie_json").write(contents).values()
    path.write_bytes(data)


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@each_kind
def test_detections_go_there_and_come_back(tmp_path: Path, kind: str, name: str) -> None:
    first, there, back = tmp_path / "d.json", tmp_path / name, tmp_path / "back.json"
    write(first)
    result = run("convert", first, there)
    assert result.exit_code == 0, result.output
    assert f"wrote {there}" in result.output
    assert "lost" not in result.output
    inspected = json.loads(run("inspect", "--json", there).output)["files"][0]
    assert (inspected["format"], inspected["detections"], inspected["issues"]) == (kind, 4, [])
    assert run("convert", there, back).exit_code == 0
    assert document(back)["detections"] == document(first)["detections"]


@each_kind
def test_the_format_can_be_named(tmp_path: Path, kind: str, name: str) -> None:
    write(tmp_path / "d.json")
    there = tmp_path / f"{name}.txt"
    assert run("convert", tmp_path / "d.json", there, "--to", kind).exit_code == 0
    result = run("inspect", there)
    assert f": {kind}" in result.output
    assert "4 arrivals or detections" in result.output


def test_a_list_of_infrapy_becomes_a_bulletin_without_positions(tmp_path: Path) -> None:
    row = {"Name": "I57US", "Time (UTC)": "2010-01-01T12:40:31", "Back Azimuth": -12.5,
           "Trace Velocity (m/s)": 350.0, "Latitude": 33.6, "Longitude": -116.4}  # fmt: skip
    (tmp_path / "x.dets.json").write_text(json.dumps([row]))
    result = run("convert", tmp_path / "x.dets.json", tmp_path / "x.mat")
    assert result.exit_code == 0
    assert "1 of 1 stations are left out" in result.output
    contents = format_named("pmcc_mat").read(Source("x.mat", (tmp_path / "x.mat").read_bytes()))
    assert [(d.station, d.azimuth_deg) for d in contents.detections] == [("I57US", 347.5)]


@pytest.mark.slow
def test_association_and_location_take_a_bulletin(tmp_path: Path) -> None:
    write(tmp_path / "d.json")
    reference = json.loads(run("associate", tmp_path / "d.json", "--json").output)
    (event,) = reference["events"]
    assert event["origin"]["latitude"] == pytest.approx(SOURCE[0], abs=1.0)
    assert event["origin"]["longitude"] == pytest.approx(SOURCE[1], abs=1.5)
    for _, name in KINDS:
        assert run("convert", tmp_path / "d.json", tmp_path / name).exit_code == 0
        found = json.loads(run("associate", tmp_path / name, "--json").output)
        assert found["events"] == reference["events"]


@pytest.mark.slow
def test_a_group_of_a_bulletin_is_located(tmp_path: Path) -> None:
    write(tmp_path / "d.json", group="fireball")
    assert run("convert", tmp_path / "d.json", tmp_path / "x.mat").exit_code == 0
    result = run("locate", tmp_path / "x.mat", "--json")
    assert result.exit_code == 0, result.output
    (event,) = json.loads(result.stdout)["events"]
    assert event["id"] == "fireball"
    assert event["origin"]["latitude"] == pytest.approx(SOURCE[0], abs=1.0)


def test_what_is_no_bulletin_is_refused_in_words(tmp_path: Path) -> None:
    import numpy as np
    import scipy.io

    other, short = tmp_path / "other.mat", tmp_path / "I02AR.txt"
    scipy.io.savemat(str(other), {"veffr": np.ones((361, 4))})
    short.write_text("734658.78 65.5 211.25 0.3435\n")
    result = run("associate", other)
    assert result.exit_code == 1
    result = run("inspect", other)
    assert result.exit_code == 1
    assert "veffr (361 x 4)" in result.output
    assert "bull_STATION" in result.output
    result = run("inspect", short, "--format", "pmcc_csv")
    assert result.exit_code == 1
    assert "a row of 16 or 10 numbers" in result.output
