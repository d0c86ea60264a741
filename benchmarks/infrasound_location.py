"""Infrasound locations: HRR-5, regions on simulated events, grouping; beside InfraPy's figures.

Events are those of ``_sound_events``, without coda and, fewer, amid coda.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from benchmarks._data import shared
from benchmarks._sound_events import LATITUDES, SimulatedEvent, amid_coda, simulate
from numpy.typing import NDArray

from vigie.exchange.files import read_file
from vigie.exchange.sources import open_intake
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.infrasound import (
    Climatology,
    SoundLocateParams,
    SoundLocation,
    locate_by_sound,
)
from vigie.network.infrasound.grouping import group_detections
from vigie.network.infrasound.readings import collect_sound
from vigie.pipeline.detect import detect_all
from vigie.pipeline.station_book import StationBook, open_book
from vigie.records import (
    Detection,
    format_iso,
)
from vigie.records.time import add_seconds

FloatArray = NDArray[np.float64]

HRR5 = (33.5377, -106.333961)
"""Where the explosion was (InfraPy's documentation)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one location compares with the truth."""

    rank: float
    """Probability of the smallest region that reaches the truth."""
    time_rank: float
    off_km: float
    in_ellipse: bool
    """Of 90 %."""
    n_arrays: int
    major_km: float
    time_error_s: float


def outcome(event: SimulatedEvent) -> Outcome:
    """Locate an event and compare."""
    found: SoundLocation = locate_by_sound("e", event.detections, event.stations)
    origin, posterior = found.origin, found.posterior
    truth = unit_vectors(event.latitude, event.longitude)
    delta, azimuth, _ = distance_azimuths(
        origin.latitude, origin.longitude, event.latitude, event.longitude
    )
    ellipse = origin.ellipse
    assert ellipse is not None
    off_km, turn = float(delta) * KM_PER_DEG, np.radians(float(azimuth) - ellipse.strike_deg)
    along, across = off_km * np.cos(turn), off_km * np.sin(turn)
    inside = (along / ellipse.semi_major_km) ** 2 + (across / ellipse.semi_minor_km) ** 2 <= 1.0
    return Outcome(
        posterior.rank_of(truth),
        posterior.time_rank((event.time_ns - found.reference_ns) / 1e9),
        off_km,
        bool(inside),
        len(event.stations),
        ellipse.semi_major_km,
        (origin.time_ns - event.time_ns) / 1e9,
    )


def coverage(outcomes: list[Outcome]) -> dict[str, object]:
    """Return shares of truths in regions, and the test of the origin times' ranks."""
    from scipy.stats import chisquare

    rank = np.array([o.rank for o in outcomes])
    counts, _ = np.histogram([o.time_rank for o in outcomes], bins=10, range=(0.0, 1.0))
    few = np.array([o.n_arrays for o in outcomes]) <= 2
    return {
        "events": len(outcomes),
        "in_50": round(float(np.mean(rank <= 0.5)), 3),
        "in_90": round(float(np.mean(rank <= 0.9)), 3),
        "in_95": round(float(np.mean(rank <= 0.95)), 3),
        "in_ellipse_90": round(float(np.mean([o.in_ellipse for o in outcomes])), 3),
        "in_90_two_arrays": round(float(np.mean(rank[few] <= 0.9)), 3),
        "in_90_more_arrays": round(float(np.mean(rank[~few] <= 0.9)), 3),
        "rank_histogram": np.histogram(rank, bins=10, range=(0.0, 1.0))[0].tolist(),
        "time_histogram": counts.tolist(),
        "time_p": float(chisquare(counts).pvalue),
        "median_off_km": round(float(np.median([o.off_km for o in outcomes])), 1),
        "median_major_km": round(float(np.median([o.major_km for o in outcomes])), 1),
        "median_time_error_s": round(float(np.median([o.time_error_s for o in outcomes])), 1),
    }


def main_detections() -> tuple[list[Detection], StationBook]:
    """Detect the explosion at the four arrays of HRR-5; return the largest family of each."""
    folder = shared("infrasound/hrr5")
    book = open_book([folder / "elements.csv"], with_ims=False)
    files = [str(path) for path in sorted(folder.glob("*.mseed"))]
    run = detect_all(open_intake(files), book)
    largest: dict[str, Detection] = {}
    for d in run.detections:
        if d.phase == "I" and (d.family_size or 0) > _size(largest.get(d.station)):
            largest[d.station] = d
    return list(largest.values()), book


def _size(detection: Detection | None) -> int:
    return 0 if detection is None else detection.family_size or 0


def explosion(detections: list[Detection], book: StationBook) -> dict[str, object]:
    """Locate HRR-5 without its origin time and compare with its place."""
    locate_by_sound("hrr5", detections, book.inventory)  # the atmosphere is traced once
    started = time.process_time()
    found = locate_by_sound("hrr5", detections, book.inventory)
    spent = time.process_time() - started
    origin, ellipse = found.origin, found.origin.ellipse
    assert ellipse is not None
    delta, _, _ = distance_azimuths(origin.latitude, origin.longitude, *HRR5)
    low, middle, high = found.posterior.time_quantiles(np.array([0.05, 0.5, 0.95]))
    times = [format_iso(add_seconds(found.reference_ns, float(t)), digits=0) for t in (low, high)]
    return {
        "off_km": round(float(delta) * KM_PER_DEG, 1),
        "truth_in_region_of": round(found.posterior.rank_of(unit_vectors(*HRR5)), 3),
        "ellipse_90_km": [round(ellipse.semi_major_km, 1), round(ellipse.semi_minor_km, 1)],
        "origin_time_90": times,
        "origin_time_median": format_iso(add_seconds(found.reference_ns, float(middle)), digits=0),
        "cpu_s": round(spent, 2),
    }


def grouping() -> dict[str, object]:
    """Group the ten detections of Utah."""
    contents = read_file(shared("infrasound/uttr") / "example1.dets.json")
    number = {d.id: k for k, d in enumerate(contents.detections)}
    readings, _ = collect_sound(contents.detections, contents.inventory, SoundLocateParams())
    started = time.process_time()
    groups = group_detections(readings, Climatology())
    first = time.process_time() - started
    started = time.process_time()
    group_detections(readings, Climatology())
    return {
        "groups": [sorted(number[readings.detections[i].id] for i in g.rows) for g in groups],
        "log_odds": [round(g.log_odds, 2) for g in groups],
        "cpu_s_first": round(first, 3),
        "cpu_s": round(time.process_time() - started, 3),
    }


INFRAPY = {
    "hrr5": {
        "off_km": 54.4,
        "most_likely_off_km": 180.8,
        "origin_time_90": ["22:49:48", "23:02:31"],
        "cpu_s": 1.1,
        "detections": "four of its own, bm_width 10, rng_max 2000",
    },
    "uttr": {"groups": [[0, 1, 2, 3], [4, 5, 6]], "cpu_s": 10.7},
}
"""Version 0.4.0.7, measured on another day on the same kind of machine."""


def measure(n_events: int = 500, seed: int = 5, n_amid_coda: int = 200) -> dict[str, object]:
    detections, book = main_detections()
    ours = {"hrr5": explosion(detections, book), "uttr": grouping()}
    jobs = []
    for n, with_coda in ((n_events, False), (n_amid_coda, True)):
        each = n // len(LATITUDES)
        jobs += [(each, seed + k, lat, with_coda) for k, lat in enumerate(LATITUDES)]
    with ProcessPoolExecutor(len(LATITUDES)) as pool:
        parts = list(pool.map(_around, jobs))
    outcomes = [one for found, _ in parts[: len(LATITUDES)] for one in found]
    amid = [one for found, _ in parts[len(LATITUDES) :] for one in found]
    return {
        "vigie": ours,
        "infrapy": INFRAPY,
        "simulated": coverage(outcomes),
        "simulated_amid_coda": coverage(amid),
        "cpu_s_per_event": round(sum(spent for _, spent in parts) / len(outcomes + amid), 2),
    }


def _around(job: tuple[int, int, float, bool]) -> tuple[list[Outcome], float]:
    """Simulate and locate around one latitude; return outcomes and time spent on locating."""
    n_events, seed, latitude, with_coda = job
    events = simulate(n_events, seed, latitudes=(latitude,))
    if with_coda:
        rng = np.random.default_rng(seed)
        events = [amid_coda(event, rng) for event in events]
    started = time.process_time()
    return [outcome(event) for event in events], time.process_time() - started


if __name__ == "__main__":
    arguments = [int(a) for a in sys.argv[1:]]
    sys.stdout.write(json.dumps(measure(*arguments), indent=2) + "\n")
