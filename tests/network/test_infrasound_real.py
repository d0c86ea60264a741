"""Infrasound locations of a known explosion, and coverage on a few simulated events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks._sound_events import simulate
from benchmarks.infrasound_location import HRR5, main_detections, outcome
from click.testing import CliRunner

from vigie.cli.associate import associate_command
from vigie.cli.locate import locate_command
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.infrasound import locate_by_sound

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.usefixtures("shared_data")
def test_humming_roadrunner_5_is_located_from_its_four_arrays() -> None:
    detections, book = main_detections()
    assert {d.station for d in detections} == {"W220", "W240", "W340", "W420"}
    found = locate_by_sound("hrr5", detections, book.inventory)
    origin = found.origin
    delta, _, _ = distance_azimuths(origin.latitude, origin.longitude, *HRR5)
    assert float(delta) * KM_PER_DEG < 27.0
    assert found.posterior.rank_of(unit_vectors(*HRR5)) < 0.9
    (outline,) = found.posterior.polygons(0.9)
    assert np.hypot(*(outline - HRR5).T).min() < 1.0


@pytest.mark.slow
def test_regions_hold_the_truth_as_often_as_they_say() -> None:
    events = simulate(16, 3, latitudes=(30.0,), days=("2012-07-10",))
    outcomes = [outcome(event) for event in events]
    held = sum(o.rank <= 0.9 for o in outcomes)
    # Of 16 trials of 0.9, fewer than 12 are a chance of 2 %.
    assert held >= 12
    assert 3 <= sum(o.rank <= 0.5 for o in outcomes) <= 13
    assert 0.25 < np.mean([o.time_rank for o in outcomes]) < 0.75


@pytest.mark.data
@pytest.mark.slow
def test_associate_reads_infrapy_lists_and_makes_two_events(shared_data: Path) -> None:
    path = shared_data / "infrasound" / "uttr" / "example1.dets.json"
    result = CliRunner().invoke(associate_command, [str(path), "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    sizes = sorted(len(event["detections"]) for event in document["events"])
    assert sizes == [3, 4]
    assert len(document["detections"]) == 3
    utah = max(document["events"], key=lambda event: len(event["detections"]))["origin"]
    # The Utah Test and Training Range lies at 41.1 N 112.9 W.
    assert utah["latitude"] == pytest.approx(41.1, abs=0.5)
    assert utah["longitude"] == pytest.approx(-112.9, abs=0.5)


@pytest.mark.slow
def test_locate_takes_a_list_of_infrasound_arrivals(tmp_path: Path) -> None:
    arrivals = tmp_path / "arrivals.csv"
    arrivals.write_text(
        "station,time,phase,azimuth_deg,azimuth_deg_sigma\n"
        "W220,2012-08-27T23:14:30Z,I,111.2,0.6\n"
        "W340,2012-08-27T23:20:20Z,I,102.0,1.0\n"
        "W420,2012-08-27T23:24:11Z,I,81.3,1.7\n"
    )
    stations = tmp_path / "stations.csv"
    stations.write_text(
        "station,latitude,longitude,elevation_m\n"
        "W220,34.3115,-108.6894,0\nW340,34.2875,-110.0240,0\nW420,33.1097,-110.9237,0\n"
        "ANMO,34.946,-106.457,1800\n"
    )
    options = [str(arrivals), "--stations", str(stations), "--json"]
    result = CliRunner().invoke(locate_command, options)
    assert result.exit_code == 0, result.output
    (event,) = json.loads(result.stdout)["events"]
    alone = event["origin"]["ellipse"]
    assert event["origin"]["latitude"] == pytest.approx(HRR5[0], abs=0.4)
    # One P, too little for a place by itself, fixes the origin time and with it the distance.
    with arrivals.open("a") as file:
        file.write("ANMO,2012-08-27T23:02:25Z,P,,\n")
    result = CliRunner().invoke(locate_command, options)
    (event,) = json.loads(result.stdout)["events"]
    assert event["origin"]["n_defining"] == 7
    assert event["origin"]["ellipse"]["semi_major_km"] < 0.5 * alone["semi_major_km"]


@pytest.mark.data
@pytest.mark.slow
def test_a_profile_of_the_day_can_be_given(tmp_path: Path, shared_data: Path) -> None:
    arrivals = tmp_path / "arrivals.csv"
    arrivals.write_text(
        "station,time,phase,azimuth_deg,azimuth_deg_sigma\n"
        "A,2011-09-26T18:20:00Z,I,270.0,1.0\nB,2011-09-26T18:30:00Z,I,300.0,1.0\n"
    )
    stations = tmp_path / "stations.csv"
    stations.write_text("station,latitude,longitude,elevation_m\nA,39.0,-84.0,0\nB,38.0,-82.0,0\n")
    profile = shared_data / "infrasound" / "g2s" / "g2stxt_2011092618_39.1026_-84.5123.dat"
    options = [str(arrivals), "--stations", str(stations), "--json"]
    given = [*options, "--atmosphere", str(profile)]
    models = []
    for arguments in (options, given):
        result = CliRunner().invoke(locate_command, arguments)
        assert result.exit_code == 0, result.output
        models.append(json.loads(result.stdout)["events"][0]["origin"]["model"])
    assert models == ["climatology", "profile"]
    result = CliRunner().invoke(locate_command, [*options, "--atmosphere", str(stations)])
    assert result.exit_code != 0
    assert "profile of the atmosphere" in str(result.exception)
