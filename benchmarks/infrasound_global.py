"""Infrasound heard around the globe: how often found, how well placed, how often by chance.

Simulated at the arrays of the IMS that are in the package's tables. Events of two kinds: explosions
that all but some arrays hear, with a Lamb wave; bolides heard over 5,000 or 10,000 km by what ducts
there are. Celerities are drawn around one of the event, azimuths are off by 2.8 deg and the error
that they state; each array detects noise too, a third of it from three habitual sides. An arrival
may begin a train: more detections from its side within four hours. Days of noise alone count the
chance events.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass

import numpy as np

from vigie.earth import load_predictor
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.infrasound import Climatology, locate_by_sound
from vigie.network.infrasound.associate import associate_infrasound
from vigie.network.infrasound.long_paths import GLOBE_KM
from vigie.pipeline.station_book import open_book
from vigie.records import Detection, Event, Inventory, Station, Technology, parse_iso
from vigie.records.time import add_seconds

START_NS = parse_iso("2013-02-15T00:00:00Z")
HABITUAL = 1.0 / 3.0
"""Of the noise from habitual sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a kind of event is heard."""

    name: str
    beside: float
    """Chance that an array beside it hears it ..."""
    scale_km: float
    """... which falls by e over so many km."""
    lamb: float
    """Chance that an array detects the Lamb wave, not a duct."""
    last_pass: int = 1
    train: float = 0.0
    """Mean number of later detections of each arrival."""
    nearest: int = 0
    """The list is of so many arrays, nearest to the event; of all where 0."""


KINDS = (
    Kind(name="volcano", beside=0.9, scale_km=1e6, lamb=0.4, last_pass=4),
    Kind(name="bolide heard over 10,000 km", beside=0.7, scale_km=10_000.0, lamb=0.0, last_pass=2),
    Kind(name="bolide heard over 5,000 km", beside=0.7, scale_km=5_000.0, lamb=0.0),
    Kind(name="volcano, trains", beside=0.95, scale_km=1e6, lamb=1.0, last_pass=4, train=3.0),
    Kind(
        name="volcano, trains, six nearest arrays",
        beside=0.95, scale_km=1e6, lamb=1.0, last_pass=4, train=3.0, nearest=6,
    ),
)  # fmt: skip
PLACED = (
    Kind(name="Lamb waves", beside=0.9, scale_km=1e6, lamb=1.0),
    Kind(name="Lamb waves and ducts", beside=0.9, scale_km=1e6, lamb=0.4),
    Kind(name="ducts", beside=0.9, scale_km=1e6, lamb=0.0),
    Kind(name="ducts, trains", beside=0.9, scale_km=1e6, lamb=0.0, train=2.0),
)
"""Of which the regions and intervals are tried."""


def arrays() -> list[Station]:
    """Return the infrasound arrays of the IMS."""
    found: dict[str, Station] = {}
    for station in open_book([]).inventory.stations:
        if station.technology is Technology.INFRASOUND and station.code[1:3].isdigit():
            found.setdefault(station.code[:5], station)
    return [s for code, s in found.items() if len(code) == 5 and code[0] == "I"]


def noise(per_day: float, days: float, rng: np.random.Generator) -> list[Detection]:
    """Return detections of noise at all arrays."""
    found = []
    for station in arrays():
        sides = rng.uniform(0.0, 360.0, 3)
        for k in range(rng.poisson(per_day * days * rng.lognormal(0.0, 0.5))):
            azimuth = rng.uniform(0.0, 360.0)
            if rng.random() < HABITUAL:
                azimuth = rng.choice(sides) + rng.normal(0.0, 4.0)
            seconds = rng.uniform(0.0, 86400.0 * days)
            found.append(_detection(f"n{station.code}-{k}", station, seconds, azimuth, rng))
    return found


def _detection(
    name: str, station: Station, seconds: float, azimuth: float, rng: np.random.Generator
) -> Detection:
    sigma = rng.uniform(0.5, 3.0)
    return Detection(
        id=name,
        station=station.code,
        time_ns=add_seconds(START_NS, seconds),
        time_sigma_s=10.0,
        phase="I",
        azimuth_deg=(azimuth + rng.normal(0.0, sigma)) % 360.0,
        azimuth_deg_sigma=sigma,
        technology=Technology.INFRASOUND,
    )


def sound(
    kind: Kind, source: tuple[float, float], start_s: float, rng: np.random.Generator
) -> list[Detection]:
    """Return the detections of an event, those of pass n under names that end so."""
    common = rng.normal(0.0, 0.03)
    found = []
    for station in arrays():
        delta, _, back = distance_azimuths(*source, station.latitude, station.longitude)
        range_km = float(delta) * KM_PER_DEG
        if rng.random() > kind.beside * np.exp(-range_km / kind.scale_km):
            continue
        for number in range(1, kind.last_pass + 1):
            if number > 1 and rng.random() < 0.5:
                continue
            is_lamb = rng.random() < kind.lamb
            mean, sigma = (3.17, 0.04) if is_lamb else (3.40, 0.10)
            path_km = GLOBE_KM * (number // 2) + (range_km if number % 2 else -range_km)
            travel_s = path_km * (mean + common + rng.normal(0.0, sigma))
            azimuth = float(back) + 180.0 * (number % 2 == 0)
            name = f"e{station.code}-{number}"
            onset_s = start_s + travel_s
            off = rng.normal(0.0, 2.8)
            found.append(_detection(name, station, onset_s, azimuth + off, rng))
            for k in range(rng.poisson(kind.train)):
                later_s = onset_s + rng.uniform(600.0, 14_400.0)
                off = rng.normal(0.0, 2.8)
                found.append(_detection(f"t{k}{name}", station, later_s, azimuth + off, rng))
    return found


def _nearest(kind: Kind, source: tuple[float, float]) -> set[str]:
    """Return the arrays that the list is of."""
    ordered = sorted(arrays(), key=lambda s: _range_km(source, s))
    return {s.code for s in ordered[: kind.nearest or None]}


def _source(rng: np.random.Generator) -> tuple[float, float]:
    return float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0)))), float(rng.uniform(-180.0, 180.0))


def _made(detections: list[Detection]) -> tuple[Event, ...]:
    inventory = Inventory(tuple(arrays()))
    return associate_infrasound(detections, inventory, (), load_predictor(), Climatology()).events


def found_of(kind: Kind, n_events: int, per_day: float, seed: int) -> dict[str, object]:
    """Return how many events are found amid noise, with how much of their sound, how far off."""
    rng = np.random.default_rng(seed)
    found, other, off, shares, heard = 0, 0, [], [], []
    spent = time.process_time()
    for _ in range(n_events):
        source = _source(rng)
        own = sound(kind, source, 14400.0, rng)
        days = 1.0 if kind.last_pass == 1 else 3.0
        of = _nearest(kind, source)
        own = [d for d in own if d.station in of]
        events = _made([*own, *(d for d in noise(per_day, days, rng) if d.station in of)])
        first = {d.id for d in own if d.id.endswith("-1") and d.id.startswith("e")}
        heard.append(len(first))
        theirs = [len(first & {d.id for d in e.detections}) for e in events]
        if not any(n >= 3 for n in theirs):
            other += len(events)
            continue
        found, other = found + 1, other + len(events) - 1
        origin = events[int(np.argmax(theirs))].origin
        assert origin is not None
        delta, _, _ = distance_azimuths(*source, origin.latitude, origin.longitude)
        off.append(float(delta) * KM_PER_DEG)
        shares.append(max(theirs) / len(first))
    return {
        "events": n_events,
        "noise_per_array_and_day": per_day,
        "median_arrays_that_heard": float(np.median(heard)),
        "found": found,
        "other_events": other,
        "median_off_km": round(float(np.median(off)), 0) if off else None,
        "share_of_its_sound": round(float(np.mean(shares)), 3) if shares else None,
        "cpu_s_each": round((time.process_time() - spent) / n_events, 2),
    }


def chance(per_day: float, n_days: int, seed: int) -> dict[str, object]:
    """Return how many events days of noise alone make."""
    rng = np.random.default_rng(seed)
    made = sum(len(_made(noise(per_day, 1.0, rng))) for _ in range(n_days))
    return {"days": n_days, "noise_per_array_and_day": per_day, "events": made}


def coverage(kind: Kind, n_events: int, seed: int) -> dict[str, object]:
    """Return how often regions and intervals hold the truth of 4 to 20 arrays beyond 2,000 km."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[float, float, float, float]] = []
    stations = {s.code: s for s in arrays()}
    while len(rows) < n_events:
        source = _source(rng)
        own = sound(kind, source, 0.0, rng)
        far = [d for d in own if _range_km(source, stations[d.station]) > 2000.0]
        codes = sorted({d.station for d in far})
        n = int(rng.integers(4, 21))
        if len(codes) < n:
            continue
        chosen = {codes[int(k)] for k in rng.permutation(len(codes))[:n]}
        found = locate_by_sound("e", [d for d in far if d.station in chosen], stations)
        early_s = (START_NS - found.reference_ns) / 1e9
        assert found.origin.ellipse is not None
        rows.append(
            (
                found.posterior.rank_of(unit_vectors(*source)),
                found.posterior.time_rank(early_s),
                (found.origin.time_ns - START_NS) / 1e9,
                found.origin.ellipse.semi_major_km,
            )
        )
    rank, time_rank, late_s, major_km = np.array(rows).T
    return {
        "events": n_events,
        "in_50": round(float(np.mean(rank <= 0.5)), 3),
        "in_90": round(float(np.mean(rank <= 0.9)), 3),
        "median_major_km": round(float(np.median(major_km)), 0),
        "time_in_50": round(float(np.mean(np.abs(time_rank - 0.5) <= 0.25)), 3),
        "time_in_90": round(float(np.mean(np.abs(time_rank - 0.5) <= 0.45)), 3),
        "median_late_s": round(float(np.median(late_s)), 0),
        "median_time_off_s": round(float(np.median(np.abs(late_s))), 0),
    }


def _range_km(source: tuple[float, float], station: Station) -> float:
    delta, _, _ = distance_azimuths(*source, station.latitude, station.longitude)
    return float(delta) * KM_PER_DEG


def measure(n_events: int = 16, seed: int = 11) -> dict[str, object]:
    """Measure everything; 9 minutes of processor time."""
    return {
        "arrays": len(arrays()),
        "found": {
            kind.name: [found_of(kind, n_events, rate, seed) for rate in (3.0, 10.0)]
            for kind in KINDS
        },
        "chance": [chance(3.0, 2 * n_events, seed), chance(10.0, n_events, seed)],
        "coverage": {kind.name: coverage(kind, 2 * n_events, seed) for kind in PLACED},
    }


if __name__ == "__main__":
    arguments = [int(a) for a in sys.argv[1:]]
    sys.stdout.write(json.dumps(measure(*arguments), indent=2) + "\n")
