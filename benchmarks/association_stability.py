"""How much a few detections more or less change what is found.

From the detections of each recording (two tests of 2016; the explosions of 1987 to 1992), runs in
which every detection is lost with a chance of 10 %, all times are shifted by their stated errors,
and 10 to 50 % random detections are added: a station and time of the recording at random, the
azimuth at random, and slowness, SNR and stated errors those of a detection of the recording. Each
run should give one event whose 90 % ellipse holds the truth.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks._data import shared
from benchmarks.association_archive import detections_of, folders, inside

from vigie.earth import load_predictor
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.association import associate
from vigie.pipeline.events import working_stations
from vigie.records import Inventory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vigie.records import Detection, Event, Origin

SEED = 19870502
N_RUNS = 100
LOST = 0.1
ADDED = (0.1, 0.5)
SHIFT_S = 0.1
"""Of a time that states no error."""
MARGIN_S = 60.0
DEEP_KM = 70.0
FEWEST_STATIONS = 4
"""Recordings of fewer stations cannot make an event."""


def measure(*, n_runs: int = N_RUNS, names: tuple[str, ...] = ()) -> dict[str, object]:
    """Run the ensembles of all recordings, or of those named."""
    paths = [*(shared("seismic/dprk") / e for e in ("2016-01-06", "2016-09-09")), *folders()]
    rows = [
        row
        for path in paths
        if not names or path.name in names
        for row in [ensemble(path, n_runs)]
        if row is not None
    ]
    keys = ("share_one_event", "share_none", "share_several", "share_inside", "share_deep")
    means = {k: round(float(np.mean([row[k] for row in rows])), 3) for k in keys}
    return {"runs_each": n_runs} | means | {"rows": rows}


def ensemble(folder: Path, n_runs: int) -> dict[str, Any] | None:
    """Run one ensemble; None where there are too few stations."""
    detected, book = detections_of(folder)
    stations = Inventory(tuple(working_stations(detected, book)))
    if len(stations.stations) < FEWEST_STATIONS:
        return None
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    rng = np.random.default_rng(SEED)
    predictor = load_predictor("ak135")
    runs = []
    for _ in range(n_runs):
        disturbed = disturb(detected.detections, rng)
        runs.append(associate(disturbed, stations, predictor).bulletin.events)
    return {"recording": folder.name} | _figures(runs, truth)


def disturb(detections: Sequence[Detection], rng: np.random.Generator) -> list[Detection]:
    """Lose some detections, shift the others, add random ones."""
    kept = [d for d in detections if rng.uniform() > LOST]
    shifted = [
        replace(d, time_ns=d.time_ns + round((d.time_sigma_s or SHIFT_S) * rng.normal() * 1e9))
        for d in kept
    ]
    first = min(d.time_ns for d in detections) - round(MARGIN_S * 1e9)
    last = max(d.time_ns for d in detections) + round(MARGIN_S * 1e9)
    codes = sorted({(d.network, d.station) for d in detections})
    added = []
    for k in range(round(rng.uniform(*ADDED) * len(detections))):
        model = detections[int(rng.integers(len(detections)))]
        network, station = codes[int(rng.integers(len(codes)))]
        directed = model.azimuth_deg is not None
        added.append(
            replace(
                model,
                id=f"random {k}",
                network=network,
                station=station,
                channel=None,
                time_ns=int(rng.integers(first, last)),
                azimuth_deg=float(rng.uniform(0.0, 360.0)) if directed else None,
            )
        )
    return shifted + added


def _figures(runs: Sequence[Sequence[Event]], truth: dict[str, Any]) -> dict[str, Any]:
    numbers = np.array([len(events) for events in runs])
    best = [min(found, key=lambda o: _off(o, truth)[0]) for r in runs if (found := _origins(r))]
    off_km = np.array([_off(o, truth)[0] for o in best])
    figures: dict[str, Any] = {
        "share_one_event": float(np.mean(numbers == 1)),
        "share_none": float(np.mean(numbers == 0)),
        "share_several": float(np.mean(numbers > 1)),
        "share_inside": float(np.mean([_is_inside(o, truth) for o in best])) if best else 0.0,
        "share_deep": float(np.mean([(o.depth_km or 0.0) > DEEP_KM for o in best])),
        "share_depth_free": float(np.mean([not o.depth_fixed for o in best])),
    }
    if best:
        figures["median_km"] = round(float(np.median(off_km)), 1)
        figures["percentile_90_km"] = round(float(np.percentile(off_km, 90)), 1)
    return figures


def _origins(events: Sequence[Event]) -> list[Origin]:
    return [e.origin for e in events if e.origin is not None]


def _off(origin: Origin, truth: dict[str, Any]) -> tuple[float, float]:
    delta, azimuth, _ = distance_azimuths(
        origin.latitude, origin.longitude, truth["latitude"], truth["longitude"]
    )
    return float(delta) * KM_PER_DEG, float(azimuth)


def _is_inside(origin: Origin, truth: dict[str, Any]) -> bool:
    ellipse = origin.ellipse
    if ellipse is None:
        return False
    return inside(
        [ellipse.semi_major_km, ellipse.semi_minor_km], ellipse.strike_deg, *_off(origin, truth)
    )


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
