"""``vigie array`` as users call it, with right and wrong input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import obspy
import pytest
from click.testing import CliRunner
from tests.support_hydro import recordings_of

from vigie.cli.main import main
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["array", *map(str, arguments)])


@pytest.mark.data
@pytest.mark.slow
def test_pmcc_of_an_infrasound_array_with_its_figure(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "infrasound" / "brp"
    stations, picture = folder / "elements.csv", tmp_path / "brp.png"
    done = run(folder, "--stations", stations, "-o", picture)
    assert done.exit_code == 0, done.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "families" in done.stdout
    (array,) = json.loads(run(folder, "--stations", stations, "--json").stdout)["arrays"]
    assert array["method"] == "pmcc"
    assert array["technology"] == "infrasound"
    assert {d["technology"] for d in array["detections"]} == {"infrasound"}


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("method", ["fk", "capon"])
def test_fk_of_a_span(shared_data: Path, tmp_path: Path, method: str) -> None:
    folder = shared_data / "infrasound" / "brp"
    span = ("--start", "2012-04-09T18:13:00Z", "--end", "2012-04-09T18:15:00Z")
    done = run(
        folder, "--stations", folder / "elements.csv", *span, "--method", method, "--json",
        "--band", "1", "5", "--window", "10", "-o", tmp_path / "views",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (array,) = json.loads(done.stdout)["arrays"]
    best = max(array["windows"], key=lambda w: w["f_statistic"])
    assert best["azimuth_deg"] == pytest.approx(321.0, abs=3.0)
    assert best["trace_velocity_m_s"] == pytest.approx(370.0, rel=0.08)
    assert [p.name for p in (tmp_path / "views").iterdir()] == ["BRP_fk.png"]


@pytest.mark.slow
def test_a_triplet_is_looked_at_by_its_signals(tmp_path: Path) -> None:
    params = SceneParams(kind="H", snr_db=20.0, duration_s=150.0, signals=1, azimuth_deg=217.6)
    scene = simulate_scene(np.random.default_rng(4), params, TRAINING)
    stream = obspy.Stream(
        obspy.Trace(
            w.samples,
            {
                "network": w.channel.network,
                "station": w.channel.station,
                "channel": w.channel.channel,
                "sampling_rate": w.rate_hz,
                "starttime": obspy.UTCDateTime(ns=w.start_ns),
            },
        )
        for w in recordings_of(scene)
    )
    stream.write(str(tmp_path / "h10n.mseed"), format="MSEED")
    done = run(tmp_path / "h10n.mseed", "--json", "-o", tmp_path / "views")
    assert done.exit_code == 0, done.output
    (array,) = json.loads(done.stdout)["arrays"]
    assert (array["station"], array["method"]) == ("H10N", "hydro")
    (found,) = [d for d in array["detections"] if d["phase"] == "H"]
    assert found["azimuth_deg"] == pytest.approx(217.6, abs=2.0)
    assert "late_arrivals" in array
    names = sorted(p.name for p in (tmp_path / "views").iterdir())
    assert names[-1] == "H10N_tracks.png"
    assert names[0].startswith("H10N_signal_2017-11-15T14")
    refused = run(tmp_path / "h10n.mseed", "--method", "fk")
    assert "aliased" in refused.output


@pytest.mark.data
@pytest.mark.slow
def test_a_small_seismic_array_is_looked_at_by_fk(shared_data: Path) -> None:
    folder = shared_data / "seismic" / "nuclear_archive" / "CHI19901460759"
    stations = folder / "stations.csv"
    done = run(folder, "--stations", stations, "--json", "--band", "1", "4", "--window", "5")
    assert done.exit_code == 0, done.output
    (array,) = json.loads(done.stdout)["arrays"]
    assert (array["station"], array["method"]) == ("KTK", "fk")
    assert "no arrays of three sites" in done.stderr


@pytest.mark.data
def test_recordings_without_positions_are_told(shared_data: Path) -> None:
    done = run(shared_data / "infrasound" / "brp" / "YJ.BRP_20120409_100Hz.mseed")
    assert done.exit_code == 1
    assert "--stations" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere.mseed",), "nowhere.mseed"),
        ((".", "--band", "4", "1"), "LOW below HIGH"),
        ((".", "--window", "-3"), "window"),
        ((".", "--method", "music"), "music"),
    ],
)
def test_wrong_input_is_named(arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code != 0
    assert told in done.stderr
