"""The two announced nuclear tests of 2016, from recordings and station positions alone.

``vigie process`` is run on the folder as it is, with each station removed in turn, with gaps
cut into every channel, and with a day-long channel full of glitches added. Each run must
give exactly one event, near the published place and time (Yao et al. 2018).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks._data import shared
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.exchange.files import read_file
from vigie.formats import Contents, format_named
from vigie.geodesy import KM_PER_DEG, angle_difference_deg, distance_azimuths
from vigie.records import ChannelId, Waveform, parse_iso

EVENTS = ("2016-01-06", "2016-09-09")
DAY_S = 86_400
SEED = 20160106


def measure(events: tuple[str, ...] = EVENTS, *, variants: bool = True) -> dict[str, Any]:
    """Run every variant of both events; return what each gave and a summary."""
    rows = []
    for event in events:
        folder = shared("seismic/dprk") / event
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
        codes = sorted({p.name.split(".")[1] for p in folder.glob("*.mseed")})
        rows.append({"event": event, "variant": "all", **run(folder, truth)})
        for code in codes if variants else ():
            row = _varied(folder, truth, lambda path, code=code: _drop(path, code))
            rows.append({"event": event, "variant": f"without {code}", **row})
        if variants:
            rows.append({"event": event, "variant": "gaps", **_varied(folder, truth, _cut_gaps)})
            rows.append(
                {"event": event, "variant": "glitches", **_varied(folder, truth, _add_glitches)}
            )
    return {
        "runs": len(rows),
        "one_event": sum(r["events"] == 1 for r in rows),
        "within_10_km": sum((r["distance_km"] or 1e9) <= 10.0 for r in rows),
        "within_2_s": sum(abs(r["time_s"] or 1e9) <= 2.0 for r in rows),
        "inside_90_percent": sum(bool(r["inside_90_percent"]) for r in rows),
        "rows": rows,
    }


def run(folder: Path, truth: dict[str, Any]) -> dict[str, Any]:
    """Run ``vigie process`` on a folder and hold the result against the truth."""
    result = CliRunner().invoke(
        main,
        ["process", str(folder), "--stations", str(folder / "stations.csv"), "--json"],
        catch_exceptions=False,
    )
    document = json.loads(result.stdout)
    events = document["events"]
    row: dict[str, Any] = {
        "events": len(events),
        "distance_km": None,
        "time_s": None,
        "inside_90_percent": None,
    }
    if not events:
        return row
    best = min(events, key=lambda e: abs(_time_error(e, truth)))
    origin = best["origin"]
    delta, azimuth, _ = distance_azimuths(
        origin["latitude"], origin["longitude"], truth["latitude"], truth["longitude"]
    )
    ellipse = origin["ellipse"]
    detections = best["arrivals"]
    row |= {
        "distance_km": round(float(delta) * KM_PER_DEG, 2),
        "time_s": round(_time_error(best, truth), 3),
        "depth_km": origin["depth_km"],
        "depth_reason": origin["depth_reason"],
        "semi_axes_km": [
            round(ellipse["semi_major_km"], 1),
            round(ellipse["semi_minor_km"], 1),
        ],
        "inside_90_percent": _inside(ellipse, float(delta) * KM_PER_DEG, float(azimuth)),
        "p_within_1_s": _p_within(detections, folder, truth),
        "screening": {s["criterion"]: s["verdict"] for s in best["screening"]},
    }
    return row


def _time_error(event: dict[str, Any], truth: dict[str, Any]) -> float:
    return (parse_iso(event["origin"]["time"]) - parse_iso(truth["origin_time"])) / 1e9


def _inside(ellipse: dict[str, Any], distance_km: float, azimuth_deg: float) -> bool:
    turn = np.radians(float(angle_difference_deg(azimuth_deg, ellipse["strike_deg"])))
    along = distance_km * np.cos(turn) / ellipse["semi_major_km"]
    across = distance_km * np.sin(turn) / ellipse["semi_minor_km"]
    return bool(along**2 + across**2 <= 1.0)


def _p_within(arrivals: list[dict[str, Any]], folder: Path, truth: dict[str, Any]) -> int:
    """Count stations whose first P lies within 1 s of ak135 from the true hypocentre."""
    stations = {s.code: s for s in read_file(folder / "stations.csv").stations}
    source = Hypocentre(truth["latitude"], truth["longitude"], truth["depth_m"] / 1e3)
    origin_ns = parse_iso(truth["origin_time"])
    found = set()
    for arrival in arrivals:
        station = stations[arrival["station"]]
        site = Sites(np.array([station.latitude]), np.array([station.longitude]), np.array([0.0]))
        time_s = load_predictor("ak135").predict(["P"], source, site).time_s[0]
        observed_s = (parse_iso(arrival["time"]) - origin_ns) / 1e9
        if arrival["phase"].startswith("P") and abs(observed_s - time_s) <= 1.0:
            found.add(arrival["station"])
    return len(found)


def _varied(folder: Path, truth: dict[str, Any], change: Any) -> dict[str, Any]:  # noqa: ANN401
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / folder.name
        shutil.copytree(folder, copy)
        for path in copy.iterdir():
            path.chmod(0o644)
        copy.chmod(0o755)
        change(copy)
        return run(copy, truth)


def _drop(folder: Path, code: str) -> None:
    for path in folder.glob(f"*.{code}.*.mseed"):
        path.unlink()


def _cut_gaps(folder: Path) -> None:
    """Cut five gaps of 2 to 20 s into every channel, at places drawn from a seed."""
    rng = np.random.default_rng(SEED)
    for path in sorted(folder.glob("*.mseed")):
        (waveform,) = read_file(path).waveforms
        pieces, start = [], 0
        n = len(waveform.samples)
        for at in sorted(rng.integers(n // 20, n, 5)):
            stop = max(int(at), start)
            if stop - start > 10:
                pieces.append(
                    waveform.with_samples(
                        waveform.samples[start:stop], start_ns=waveform.time_ns(start)
                    )
                )
            start = stop + int(rng.uniform(2.0, 20.0) * waveform.rate_hz)
        if start < n - 10:
            pieces.append(
                waveform.with_samples(waveform.samples[start:], start_ns=waveform.time_ns(start))
            )
        _write(path, pieces)


def _add_glitches(folder: Path) -> None:
    """Add a station at 3 degrees whose only channel is a day of noise, spikes and steps."""
    rng = np.random.default_rng(SEED)
    rate_hz = 40.0
    n = int(DAY_S * rate_hz)
    samples = rng.normal(0.0, 30.0, n)
    samples[rng.integers(0, n, 3000)] += rng.normal(0.0, 3e5, 3000)
    for at in rng.integers(0, n, 200):
        samples[at:] += rng.normal(0.0, 2e3)
    for at in rng.integers(0, n - 4000, 50):
        samples[at : at + 4000] = samples[at]
    (first,) = read_file(min(folder.glob("*.mseed"))).waveforms
    start_ns = first.start_ns // (DAY_S * 10**9) * DAY_S * 10**9
    channel = ChannelId("XX", "GLTCH", "", "BHZ")
    _write(
        folder / "XX.GLTCH..BHZ.mseed",
        [Waveform(channel, start_ns, rate_hz, samples.round().astype(np.int32))],
    )
    stations = folder / "stations.csv"
    header = stations.read_text("utf-8").split("\n", maxsplit=1)[0].split(",")
    row = {
        "net": "XX",
        "sta": "GLTCH",
        "cha": "BHZ",
        "lat": "43.5",
        "lon": "126.0",
        "sample_rate_hz": "40.0",
    }
    with stations.open("a", encoding="utf-8") as file:
        file.write(",".join(row.get(name, "") for name in header) + "\n")


def _write(path: Path, waveforms: list[Waveform]) -> None:
    (data,) = format_named("mseed").write(Contents(waveforms=tuple(waveforms))).values()
    path.write_bytes(data)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
