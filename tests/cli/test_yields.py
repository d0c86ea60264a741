"""Yields of infrasound events through the command line: located, associated, reported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.formats.vigie_json import detections_document
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.records import Amplitude, Detection, Technology, parse_iso
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from pathlib import Path

PLACE = (45.0, 20.0)
TIME_NS = parse_iso("2020-07-01T12:00:00Z")
CELERITY_KM_S = 0.295
PATHS = {"A1": (40.0, 400.0), "A2": (160.0, 600.0), "A3": (280.0, 500.0)}
"""Azimuth and range from the place of each array."""
PEAK_PA = 0.4


def write_case(folder: Path, kind: str, unit: str = "Pa") -> tuple[str, str]:
    """Write arrivals at three arrays with an amplitude each, and the arrays."""
    rows, detections = ["station,latitude,longitude,elevation_m"], []
    for code, (azimuth, range_km) in PATHS.items():
        lat, lon = (float(x) for x in destination(*PLACE, azimuth, range_km / KM_PER_DEG))
        rows.append(f"{code},{lat},{lon},0")
        detections.append(
            Detection(
                id=f"d-{code}",
                station=code,
                time_ns=add_seconds(TIME_NS, range_km / CELERITY_KM_S),
                time_sigma_s=5.0,
                phase="I",
                azimuth_deg=float(distance_azimuths(*PLACE, lat, lon)[2]),
                azimuth_deg_sigma=1.0,
                technology=Technology.INFRASOUND,
                amplitudes=(Amplitude(type=kind, value=PEAK_PA, unit=unit, period_s=3.0),),
            )
        )
    arrivals, stations = folder / "arrivals.json", folder / "stations.csv"
    arrivals.write_text(json.dumps(detections_document(detections)), encoding="utf-8")
    stations.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(arrivals), str(stations)


def events_of(command: str, case: tuple[str, str]) -> list[dict[str, Any]]:
    arrivals, stations = case
    done = CliRunner().invoke(main, [command, arrivals, "--stations", stations, "--json"])
    assert done.exit_code == 0, done.output
    events: list[dict[str, Any]] = json.loads(done.stdout)["events"]
    return events


@pytest.mark.parametrize("command", ["locate", "associate"])
def test_events_state_intervals_of_yield(tmp_path: Path, command: str) -> None:
    (event,) = events_of(command, write_case(tmp_path, "beam:max"))
    found = {(y["relation"], y["kind"]): y for y in event["yields"]}
    assert set(found) == {
        (relation, kind)
        for relation in ("kinney_graham", "lanl", "stevens", "aftac")
        for kind in ("chemical", "nuclear")
        if (relation, kind) != ("lanl", "nuclear")
    }
    for one in found.values():
        assert one["low_kt"] < one["median_kt"] < one["high_kt"]
        assert one["stations"] == ["A1", "A2", "A3"]
        assert one["probability"] == 0.9
        assert one["origin_id"] == event["origin"]["id"]
    # log10 P = 3.37 + 0.68 log10 W - 1.36 log10 R: what 0.4 Pa at about 500 km is of.
    assert found["stevens", "nuclear"]["median_kt"] == pytest.approx(0.71, rel=0.1)
    assert found["kinney_graham", "nuclear"]["atmosphere"] == "climatology"


def test_an_rms_of_a_band_is_a_bound_in_document_and_report(tmp_path: Path) -> None:
    case = write_case(tmp_path, "beam:rms")
    (event,) = events_of("associate", case)
    by_amplitude = [y for y in event["yields"] if y["quantity"] == "amplitude"]
    assert {(y["bound"], y["median_kt"], y["high_kt"]) for y in by_amplitude} == {(">", None, None)}
    bulletin, page = tmp_path / "events.json", tmp_path / "report"
    associate = ["associate", case[0], "--stations", case[1], "-o", str(bulletin)]
    assert CliRunner().invoke(main, associate).exit_code == 0
    done = CliRunner().invoke(main, ["report", str(bulletin), "-o", str(page)])
    assert done.exit_code == 0, done.output
    (text,) = (p.read_text(encoding="utf-8") for p in page.rglob("*.html") if "index" not in p.name)
    assert "Yield, if it was an explosion" in text
    assert "at least" in text
    assert "period: AFTAC" in text


def test_counts_tell_of_the_period_only(tmp_path: Path) -> None:
    (event,) = events_of("associate", write_case(tmp_path, "beam:max", unit="count"))
    assert {y["relation"] for y in event["yields"]} == {"aftac"}
