"""Which infrasound detections are of one event: blasts of one place, coda, two events, microbaroms.

Arrays stand 160 to 500 km from the first place. Of each event an array hears nothing with a chance
of one in ten; celerity errs by 0.1 s/km for each path, times by 5 s and azimuths by 2 deg. Groups
of three arrays are counted, before any place or definition is asked for: an event is found where
three of its first arrivals are in one group that holds no three of another; any other group of
three arrays is split (two of its detections or more are coda of one event) or false.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace

import numpy as np

from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.network.infrasound import Climatology, SoundLocateParams
from vigie.network.infrasound.grouping import group_detections
from vigie.network.infrasound.readings import collect_sound
from vigie.records import Detection, Station, Technology, parse_iso
from vigie.records.time import add_seconds

CENTRE = (40.0, 20.0)
SPOTS = ((20.0, 250.0), (110.0, 400.0), (250.0, 300.0), (300.0, 500.0), (180.0, 160.0))
"""Azimuth and range (km) of the arrays."""
START_NS = parse_iso("2020-06-01T00:00:00Z")
HEARS, SLOWNESS, SLOWNESS_SIGMA, TIME_S, AZIMUTH_DEG = 0.9, 3.4, 0.1, 5.0, 2.0
CODA_DEG, SEA_DEG, SEA_FROM_DEG = 5.0, 8.0, 330.0


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of list."""

    n_arrays: int = 4
    places_km: tuple[tuple[float, float], ...] = ((0.0, 0.0),)
    """Distance from the centre, and delay (s), of the events of each shot."""
    shots: int = 1
    every_s: float = 7200.0
    coda: int = 0
    """Detections after each arrival ..."""
    coda_s: float = 400.0
    """... within so many seconds."""
    noise_per_day: float = 3.0
    sea_per_hour: float = 0.0
    """Microbaroms of one side."""
    lists: int = 3


CASES = {
    "hourly blasts, 3 arrays": Case(3, shots=24, every_s=3600.0),
    "blasts every 20 min, 3 arrays": Case(3, shots=20, every_s=1200.0),
    "blasts every 20 min, 4 arrays": Case(4, shots=20, every_s=1200.0),
    "blasts every 30 min, 3 arrays, two of coda": Case(3, shots=20, every_s=1800.0, coda=2),
    "blasts every 30 min, 4 arrays, 3 microbaroms an hour": Case(
        4, shots=20, every_s=1800.0, sea_per_hour=3.0
    ),
    "blasts every 12 min, 3 arrays": Case(3, shots=40, every_s=720.0),
    "one event, 3 arrays, two of coda": Case(3, coda=2, noise_per_day=18.0, lists=20),
    "one event, 4 arrays, two of coda in 15 min": Case(
        4, coda=2, coda_s=900.0, noise_per_day=24.0, lists=20
    ),
    "one event, 5 arrays, two of coda": Case(5, coda=2, noise_per_day=30.0, lists=20),
    "two events 80 km and 300 s apart, 4 arrays": Case(
        4, ((0.0, 0.0), (80.0, 300.0)), noise_per_day=24.0, lists=20
    ),
    "two events 150 km and 300 s apart, 3 arrays": Case(
        3, ((0.0, 0.0), (150.0, 300.0)), noise_per_day=18.0, lists=20
    ),
    "two events 150 km and 300 s apart, 4 arrays": Case(
        4, ((0.0, 0.0), (150.0, 300.0)), noise_per_day=24.0, lists=20
    ),
    "two events 150 km and 600 s apart, 4 arrays": Case(
        4, ((0.0, 0.0), (150.0, 600.0)), noise_per_day=24.0, lists=20
    ),
    "microbaroms only, 6 an hour, 4 arrays": Case(4, places_km=(), shots=12, sea_per_hour=6.0),
}


def measure(seed: int = 1) -> dict[str, object]:
    """Group the lists of each case."""
    return {name: _counts(case, seed) for name, case in CASES.items()}


def _counts(case: Case, seed: int) -> dict[str, object]:
    total = dict.fromkeys(("events", "found", "split", "false"), 0)
    spent = 0.0
    for number in range(case.lists):
        rng = np.random.default_rng((seed, number))
        stations = _stations(case.n_arrays)
        events, others = _detections(case, stations, rng)
        started = time.process_time()
        groups = _groups([d for e in events for d in e] + others, stations)
        spent += time.process_time() - started
        for key, value in _compared(events, groups).items():
            total[key] += value
    return {**total, "cpu_s_per_list": round(spent / case.lists, 2)}


def _stations(n: int) -> dict[str, Station]:
    found = {}
    for k, (azimuth, range_km) in enumerate(SPOTS[:n]):
        latitude, longitude = destination(*CENTRE, azimuth, range_km / KM_PER_DEG)
        found[f"A{k}"] = Station(
            code=f"A{k}", latitude=float(latitude), longitude=float(longitude), elevation_m=0.0,
            technology=Technology.INFRASOUND,
        )  # fmt: skip
    return found


def _detections(
    case: Case, stations: dict[str, Station], rng: np.random.Generator
) -> tuple[list[list[Detection]], list[Detection]]:
    """Return the arrivals of each event, and coda, noise and microbaroms."""
    events, others = [], []
    for shot in range(case.shots):
        for number, (away_km, late_s) in enumerate(case.places_km):
            there = destination(*CENTRE, rng.uniform(0.0, 360.0), away_km / KM_PER_DEG)
            place = float(there[0]), float(there[1])
            after_s = shot * case.every_s + late_s
            own = [
                _arrival(f"e{shot}-{number}-{s.code}", s, place, after_s, rng)
                for s in stations.values()
                if rng.random() < HEARS
            ]
            events.append(own)
            others += [_coda(d, k, case.coda_s, rng) for d in own for k in range(case.coda)]
    length_s = max(case.shots * case.every_s, 14_400.0)
    for code in stations:
        for kind, per_s in (
            ("n", case.noise_per_day / 86_400.0),
            ("s", case.sea_per_hour / 3600.0),
        ):
            for k in range(int(rng.poisson(per_s * length_s))):
                azimuth = rng.uniform(0.0, 360.0)
                if kind == "s":
                    azimuth = SEA_FROM_DEG + rng.normal() * SEA_DEG
                others.append(_at(f"{kind}{k}-{code}", code, rng.uniform(0.0, length_s), azimuth))
    return events, others


def _arrival(
    name: str,
    station: Station,
    place: tuple[float, float],
    after_s: float,
    rng: np.random.Generator,
) -> Detection:
    delta, _, back = distance_azimuths(*place, station.latitude, station.longitude)
    travel_s = float(delta) * KM_PER_DEG * (SLOWNESS + rng.normal() * SLOWNESS_SIGMA)
    return _at(
        name,
        station.code,
        after_s + travel_s + rng.normal() * TIME_S,
        float(back) + rng.normal() * AZIMUTH_DEG,
    )


def _coda(first: Detection, number: int, within_s: float, rng: np.random.Generator) -> Detection:
    assert first.azimuth_deg is not None
    return replace(
        first,
        id=f"c{number}-{first.id}",
        time_ns=add_seconds(first.time_ns, rng.uniform(30.0, within_s)),
        azimuth_deg=(first.azimuth_deg + rng.normal() * CODA_DEG) % 360.0,
    )


def _at(name: str, code: str, after_s: float, azimuth_deg: float) -> Detection:
    return Detection(
        id=name,
        station=code,
        time_ns=add_seconds(START_NS, after_s),
        time_sigma_s=TIME_S,
        phase="I",
        azimuth_deg=azimuth_deg % 360.0,
        azimuth_deg_sigma=AZIMUTH_DEG,
        technology=Technology.INFRASOUND,
    )


def _groups(detections: list[Detection], stations: dict[str, Station]) -> list[set[str]]:
    """Return the groups of three arrays or more."""
    readings, _ = collect_sound(detections, stations, SoundLocateParams())
    groups = [
        {readings.detections[i].id for i in group.rows}
        for group in group_detections(readings, Climatology())
    ]
    return [group for group in groups if len({name[-2:] for name in group}) >= 3]


def _compared(events: list[list[Detection]], groups: list[set[str]]) -> dict[str, int]:
    """Count events that three arrays or more heard, those found, and other groups."""
    heard = [{d.id for d in event} for event in events if len(event) >= 3]
    all_heard = [{d.id for d in event} for event in events]
    count = {"events": len(heard), "found": 0, "split": 0, "false": 0}
    for event in heard:
        others = [other for other in all_heard if other is not event and other != event]
        count["found"] += any(
            len(group & event) >= 3 and all(len(group & other) < 3 for other in others)
            for group in groups
        )
    for group in groups:
        if not any(len(group & event) >= 2 for event in all_heard):
            is_coda = sum(name.startswith("c") for name in group) >= 2
            count["split" if is_coda else "false"] += 1
    return count


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
