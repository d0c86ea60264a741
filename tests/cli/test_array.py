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
@pytest.mark.parametrize("method", ["fk", "glr"])
def test_chances_hold_in_coloured_noise_and_a_wave_stands_out(tmp_path: Path, method: str) -> None:
    rng = np.random.default_rng(3)
    rate_hz, n = 20.0, 24_000
    north_km = np.array([0.0, 0.3, -0.2, 0.1, -0.3])
    east_km = np.array([0.0, 0.1, 0.25, -0.3, -0.15])
    freq = np.fft.rfftfreq(n, 1.0 / rate_hz)
    colour = 1.0 / np.maximum(freq, 0.02)
    noise = np.fft.rfft(rng.normal(size=(5, n))) * colour
    # A wave from 270 degrees at 340 m/s in the last tenth.
    gate = np.arange(n) >= 0.9 * n
    source = np.fft.rfft(np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * colour, n) * gate)
    late = np.exp(-2j * np.pi * freq * east_km[:, None] / 0.34)
    samples = np.fft.irfft(noise + source * late, n)
    stream = obspy.Stream(
        obspy.Trace(
            np.round(1000.0 * row).astype(np.int32),
            {"network": "XX", "station": f"AR{k}", "channel": "BDF", "sampling_rate": rate_hz},
        )
        for k, row in enumerate(samples)
    )
    stream.write(str(tmp_path / "ar.mseed"), format="MSEED")
    places = [
        f"XX.AR{k}..BDF,{40.0 + y / 111.03:.6f},{10.0 + x / 85.39:.6f}"
        for k, (x, y) in enumerate(zip(east_km, north_km, strict=True))
    ]
    (tmp_path / "sites.csv").write_text("\n".join(["id,lat,lon", *places]) + "\n", "utf-8")
    done = run(
        tmp_path / "ar.mseed", "--stations", tmp_path / "sites.csv", "--method", method,
        "--band", "0.5", "4", "--window", "10", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (array,) = json.loads(done.stdout)["arrays"]
    waves = [w for w in array["windows"] if w["wave"] == 1]
    quiet = [w["p_value"] for w in waves if w["time"] < "1970-01-01T00:17:30"]
    chances = np.array([p for p in quiet if p is not None])
    assert len(chances) > 350
    assert np.mean(chances < 0.1) < 0.2
    assert np.mean(chances < 0.01) < 0.04
    loud = [w for w in waves if "1970-01-01T00:18:15" < w["time"] < "1970-01-01T00:19:45"]
    sure = [w["azimuth_deg"] for w in loud if w["p_value"] < 1e-6]
    assert len(sure) > 0.65 * len(loud)
    assert np.median(sure) == pytest.approx(270.0, abs=2.0)
    # What the noise turned is not as sure as the wave that the whitened records show elsewhere.
    assert np.max(np.abs(np.array(sure) - 270.0)) < 20.0


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
