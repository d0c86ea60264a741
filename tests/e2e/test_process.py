"""The whole chain as a user runs it, on made-up records with an exact truth."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.formats import Contents, format_named
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.records import ChannelId, Waveform, parse_iso

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.slow

TRUTH = Hypocentre(46.0, 8.0, 8.0)
ORIGIN_NS = parse_iso("2020-03-01T12:00:10Z")
START_NS = parse_iso("2020-03-01T11:58:00Z")
RATE_HZ = 40.0
N_STATIONS = 8


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


def seismogram(
    onsets_s: list[float], azimuth_deg: float, rng: np.random.Generator
) -> dict[str, np.ndarray[Any, Any]]:
    """Three components: noise, P along the ray (up and away), S across it and larger."""
    n = int(480 * RATE_HZ)
    time_s = np.arange(n) / RATE_HZ
    east, north = np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg))
    motions = (
        {"Z": 1300.0, "N": 750.0 * north, "E": 750.0 * east},
        {"Z": 300.0, "N": -2500.0 * east, "E": 2500.0 * north},
    )
    samples = {component: rng.normal(0.0, 20.0, n) for component in "ZNE"}
    for motion, onset_s in zip(motions, onsets_s, strict=True):
        after = np.clip(time_s - onset_s, 0.0, None)
        wave = after / 0.2 * np.exp(1.0 - after / 0.8) * np.sin(2 * np.pi * 3.0 * after)
        for component, size in motion.items():
            samples[component] += size * wave
    return {component: row.round().astype(np.int32) for component, row in samples.items()}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight three-component stations around the truth, 1 to 4 degrees away."""
    folder = tmp_path_factory.mktemp("recordings")
    rng = np.random.default_rng(7)
    predictor = load_predictor("ak135")
    lines = ["station,latitude,longitude,elevation_m"]
    for k in range(N_STATIONS):
        latitude, longitude = destination(
            TRUTH.latitude, TRUTH.longitude, 45.0 * k + 10.0, 1.0 + 0.4 * k
        )
        site = Sites(np.array([latitude]), np.array([longitude]), np.array([0.0]))
        times = [predictor.predict([p], TRUTH, site).time_s[0] for p in ("P", "S")]
        offset_s = (ORIGIN_NS - START_NS) / 1e9
        _, esaz, _ = distance_azimuths(TRUTH.latitude, TRUTH.longitude, latitude, longitude)
        components = seismogram([offset_s + t for t in times], float(esaz), rng)
        for component, samples in components.items():
            channel = ChannelId("XX", f"S{k}", "", f"HH{component}")
            waveform = Waveform(channel, START_NS, RATE_HZ, samples)
            (data,) = format_named("mseed").write(Contents(waveforms=(waveform,))).values()
            (folder / f"{channel}.mseed").write_bytes(data)
        lines.append(f"S{k},{float(latitude):.5f},{float(longitude):.5f},0")
    (folder / "stations.csv").write_text("\n".join(lines) + "\n")
    (folder / "truth.json").write_text("never read")
    return folder


def assert_is_the_truth(event: dict[str, Any]) -> None:
    origin = event["origin"]
    delta, _, _ = distance_azimuths(
        TRUTH.latitude, TRUTH.longitude, origin["latitude"], origin["longitude"]
    )
    # The default depth is 8 km off, which moves the epicentre by a few kilometres.
    assert float(delta) * KM_PER_DEG < 10.0
    assert abs(parse_iso(origin["time"]) - ORIGIN_NS) < 1.5e9
    assert origin["ellipse"]["confidence"] == pytest.approx(0.9)


def test_recordings_become_one_event_with_bulletins_and_a_report(
    recordings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    result = run(
        "process", recordings, "--stations", recordings / "stations.csv", "-o", out, "--json"
    )
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    (event,) = document["events"]
    assert_is_the_truth(event)
    assert len({a["station"] for a in event["arrivals"]}) == N_STATIONS
    assert {Path(s["path"]).name for s in document["skipped"]} == {"stations.csv", "truth.json"}
    assert "nuclear" not in result.stdout.lower()
    written = {p.name for p in out.iterdir()}
    assert {"detections.json", "events.json", "bulletin.isf", "bulletin.quakeml"} <= written
    assert any(name.endswith(".html") for name in written)
    assert json.loads((out / "events.json").read_text())["events"] == document["events"]


def test_the_steps_one_by_one_give_the_same_event(recordings: Path, tmp_path: Path) -> None:
    stations = recordings / "stations.csv"
    picks, events = tmp_path / "picks.json", tmp_path / "events.json"
    assert run("detect", recordings, "--stations", stations, "-o", picks).exit_code == 0
    assert run("associate", picks, "--stations", stations, "-o", events).exit_code == 0
    located = run("locate", events, "--stations", stations, "--json")
    (event,) = json.loads(located.stdout)["events"]
    assert_is_the_truth(event)
    compared = run("compare", events, events, "--json")
    assert compared.exit_code == 0


@pytest.mark.parametrize("name", ["picks.csv", "picks.isf", "picks.json"])
def test_picks_may_travel_in_any_arrival_list(recordings: Path, tmp_path: Path, name: str) -> None:
    stations = recordings / "stations.csv"
    picks = tmp_path / name
    assert run("detect", recordings, "--stations", stations, "-o", picks).exit_code == 0
    result = run("associate", picks, "--stations", stations, "--json")
    (event,) = json.loads(result.stdout)["events"]
    assert_is_the_truth(event)


def test_a_station_without_position_is_named_and_the_rest_goes_on(
    recordings: Path, tmp_path: Path
) -> None:
    stations = tmp_path / "stations.csv"
    lines = (recordings / "stations.csv").read_text().split("\n")
    stations.write_text("\n".join(line for line in lines if not line.startswith("S3,")))
    result = run("process", recordings, "--stations", stations, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    (event,) = document["events"]
    assert_is_the_truth(event)
    assert "S3" not in {a["station"] for a in event["arrivals"]}
    assert "S3" in json.dumps([document["skipped_detections"], document["notes"]])


def test_a_folder_without_recordings_fails_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")
    result = run("process", tmp_path)
    assert result.exit_code == 1
    assert "notes.txt" in result.output


def test_what_does_not_exist_is_named(tmp_path: Path) -> None:
    result = run("process", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "nowhere" in result.output


def test_wrong_usage_has_its_own_status() -> None:
    assert run("process").exit_code == 2
    assert run("process", ".", "--start", "yesterday").exit_code == 2
    assert run("nonsense").exit_code == 2


DOCS = Path(__file__).resolve().parents[2]


def command_lines(text: str) -> list[list[str]]:
    """Return the words of each line of a code block that calls vigie."""
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.split("\n")]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("vigie ")]


def test_every_documented_command_line_does_what_is_said(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("recordings", "data", "RECORDINGS"):
        Path(name).symlink_to(recordings)
    Path("stations.csv").write_bytes((recordings / "stations.csv").read_bytes())
    n_lines = 0
    for page in ("README.md", "docs/first-event.md", "docs/reports.md"):
        for words in command_lines((DOCS / page).read_text("utf-8")):
            expanded = [
                p for w in words for p in (sorted(map(str, Path().glob(w))) if "*" in w else [w])
            ]
            if words[0] == "inspect":  # The folder holds truth.json, which is none.
                expanded = [w for w in expanded if not w.endswith("truth.json")]
            result = run(*expanded)
            assert result.exit_code == 0, (page, words, result.output)
            n_lines += 1
            if words[0] == "process":
                said = (DOCS / "docs/first-event.md").read_text("utf-8")
                for name in re.findall(r"^\| `([\w.*]+)` \|", said, re.MULTILINE):
                    assert list(Path("results").glob(name)), name
                converted = run("convert", "results/bulletin.isf", "reference.isf")
                assert converted.exit_code == 0
    assert n_lines >= 9


def test_the_example_of_the_readme_runs(
    recordings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    stations = recordings / "stations.csv"
    Path("stations.csv").write_bytes(stations.read_bytes())
    assert run("detect", recordings, "--stations", stations, "-o", "arrivals.csv").exit_code == 0
    text = (DOCS / "README.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    latitude, longitude, *_ = capsys.readouterr().out.split()
    assert abs(float(latitude) - TRUTH.latitude) < 0.1
    assert abs(float(longitude) - TRUTH.longitude) < 0.1
