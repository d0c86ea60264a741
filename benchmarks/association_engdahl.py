"""Four well-recorded events of 2008-04-11, their 768 arrivals pooled without labels.

First the pool as it is; then the four events shifted in time to lie within 10 minutes of each
other, evenly in random order or each at an independent random time, and three times as many random
picks added (random times within the pool's span, stations and phase names drawn from the pool),
for several seeds. Two of the events are neighbours (25 km): where drawn times put these within
seconds of each other they are one event to any network; ``neighbours_apart_s`` tells. A test event
is right when it lies within 5 deg and 50 s of a true one (Arora et al. 2013), matched one to one,
best first. Stations whose position is ambiguous are left out.
"""

from __future__ import annotations

import csv
import json
import time
from typing import TYPE_CHECKING

import numpy as np
from benchmarks._data import shared

from vigie.earth import load_predictor
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.association import associate
from vigie.records import Detection, Inventory, Station, parse_iso

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import Bulletin

SEEDS = (1, 2, 3)
NOISE_SHARE = 3.0
SPREAD_S = 600.0
Truth = list[tuple[float, float, float]]
"""Epoch s, latitude, longitude of each event."""


def measure(*, seeds: tuple[int, ...] = SEEDS) -> dict[str, object]:
    """Associate the pool, and the crowded pool for each seed."""
    folder = shared("arrivals/engdahl")
    stations = read_stations(folder)
    detections, truth = read_pool(folder)
    rows: dict[str, object] = {"pool": _run(detections, stations, truth)}
    for seed in seeds:
        for even in (True, False):
            crowded, shifted = crowd(folder, stations, seed, even=even)
            name = f"within 10 minutes, 300 % noise, {'even' if even else 'random'}, seed {seed}"
            apart = {"neighbours_apart_s": round(abs(shifted[0][0] - shifted[1][0]), 1)}
            rows[name] = apart | _run(crowded, stations, shifted)
    return rows


def read_stations(folder: Path) -> Inventory:
    """Return the stations of certain position."""
    with (folder / "stations.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] != "ambiguous"]
    return Inventory(
        tuple(
            Station(
                code=row["sta"],
                latitude=float(row["lat"]),
                longitude=float(row["lon"]),
                elevation_m=0.0,
            )
            for row in rows
        )
    )


def read_pool(folder: Path) -> tuple[list[Detection], Truth]:
    """Return the pool without labels, and the truth."""
    with (folder / "pool.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    detections = [
        Detection(
            id=str(k),
            station=row["sta"],
            time_ns=parse_iso(row["time"]),
            phase=row["phase_reported"] or None,
        )
        for k, row in enumerate(rows)
    ]
    return detections, list(_truth(folder).values())


def crowd(
    folder: Path, stations: Inventory, seed: int, *, even: bool = True
) -> tuple[list[Detection], Truth]:
    """Shift the events to within 10 minutes of each other and add random picks."""
    rng = np.random.default_rng(seed)
    truth = _truth(folder)
    first = min(t for t, _, _ in truth.values())
    n = len(truth)
    places = rng.permutation(n) / (n - 1.0) if even else rng.uniform(size=n)
    places *= SPREAD_S
    shift = {
        name: first + place - row[0]
        for (name, row), place in zip(truth.items(), places, strict=True)
    }
    with (folder / "arrivals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    detections = [
        Detection(
            id=str(k),
            station=row["sta"],
            time_ns=parse_iso(row["time"]) + round(shift[row["event"]] * 1e9),
            phase=row["phase"] or None,
        )
        for k, row in enumerate(rows)
    ]
    times = [d.time_ns for d in detections]
    codes = [s.code for s in stations.stations]
    noise = [
        Detection(
            id=f"noise {k}",
            station=codes[rng.integers(len(codes))],
            time_ns=int(rng.integers(min(times), max(times))),
            phase=detections[rng.integers(len(rows))].phase,
        )
        for k in range(round(NOISE_SHARE * len(rows)))
    ]
    shifted = [(t + shift[name], lat, lon) for name, (t, lat, lon) in truth.items()]
    return detections + noise, shifted


def match(
    bulletin: Bulletin, truth: Truth, *, within_deg: float = 5.0, within_s: float = 50.0
) -> dict[str, object]:
    """Match events one to one with the truth, nearest pairs first."""
    origins = [e.origin for e in bulletin.events if e.origin is not None]
    pairs = []
    beside = [0] * len(truth)
    for i, (epoch_s, latitude, longitude) in enumerate(truth):
        for k, origin in enumerate(origins):
            delta = float(
                distance_azimuths(latitude, longitude, origin.latitude, origin.longitude)[0]
            )
            late_s = origin.time_ns / 1e9 - epoch_s
            if delta <= within_deg and abs(late_s) <= within_s:
                pairs.append((delta, i, k, late_s))
                beside[i] += 1
    used_truth: set[int] = set()
    used: set[int] = set()
    apart_km: list[float] = []
    for apart_deg, i, k, _ in sorted(pairs):
        if i not in used_truth and k not in used:
            used_truth.add(i)
            used.add(k)
            apart_km.append(apart_deg * KM_PER_DEG)
    return {
        "truth": len(truth),
        "matched": len(used),
        "events": len(origins),
        "extra": len(origins) - len(used),
        "split": sum(n > 1 for n in beside),
        "median_km": round(float(np.median(apart_km)), 2) if apart_km else None,
        "largest_km": round(max(apart_km), 2) if apart_km else None,
    }


def _truth(folder: Path) -> dict[str, tuple[float, float, float]]:
    events = json.loads((folder / "truth.json").read_text("utf-8"))["events"]
    return {
        str(e["id"]): (parse_iso(e["origin_time"]) / 1e9, e["latitude"], e["longitude"])
        for e in events
    }


def _run(detections: list[Detection], stations: Inventory, truth: Truth) -> dict[str, object]:
    start = time.process_time()
    result = associate(detections, stations, load_predictor("ak135"))
    cpu_s = round(time.process_time() - start, 1)
    skipped = len(result.skipped)
    return {"picks": len(detections), "skipped": skipped, "cpu_s": cpu_s} | match(
        result.bulletin, truth
    )


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
