"""Arrivals through the sea in association: the San Juan amid noise, T phases, a day of noise.

``san_juan``: H at H10N, H10S, H04N and H04S with errors of readings (3 s, 0.5 deg) and of the sea,
amid a hundred detections of nine triplets in four hours; half of those are noise by class.
``earthquakes``: P at twelve stations, T at each with an open path at a chance of 0.4, off by
15 s for where it enters the water, amid the same noise. ``day``: a day with 200 detections at each
of nine triplets, none of an event. Everything is simulated.
"""

from __future__ import annotations

import json
from dataclasses import replace
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth import Hypocentre, load_predictor
from vigie.errors import LocationError
from vigie.geodesy import geodesics
from vigie.network.hydro.associate import associate_hydro
from vigie.network.hydro.events import Surroundings
from vigie.network.hydro.readings import sites_of
from vigie.network.hydro.sea import BLOCKED_FROM, Seas
from vigie.network.location import LocateParams, locate
from vigie.records import NS_PER_S, Detection, Event, Inventory, Station, Technology
from vigie.records.time import add_seconds
from vigie.stations.ims import ims_inventory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Origin

WRECK = Hypocentre(-(45 + 56 / 60 + 59 / 3600), -(59 + 46 / 60 + 22 / 3600), 0.0)
TIME_NS = 1_510_753_860 * NS_PER_S
TRIPLETS = ("H10N", "H10S", "H04N", "H04S", "H01W", "H03N", "H03S", "H08N", "H08S")
HEARD = TRIPLETS[:4]
CLASSES = ("H", "T", "N", "N")
"""Of noise, equally often."""


class Scene(NamedTuple):
    """What the simulations share."""

    around: Surroundings
    by_code: dict[str, Station]
    rng: np.random.Generator


def measure(n_runs: int = 100, *, seed: int = 20171115) -> dict[str, object]:
    """Run the three simulations."""
    stations = ims_inventory().stations
    kept = Inventory(tuple(s for s in stations if s.code in TRIPLETS or _is_primary(s)))
    around = Surroundings(kept, load_predictor("ak135"), Seas())
    scene = Scene(around, {s.code: s for s in stations}, np.random.default_rng(seed))
    return {
        "san_juan": _san_juan(scene, n_runs),
        "earthquakes": _earthquakes(scene, max(n_runs // 2, 2)),
        "day": _day(scene),
    }


def _is_primary(station: Station) -> bool:
    return (station.treaty_code or "").startswith("PS")


def _arrivals(
    scene: Scene, codes: Sequence[str], place: Hypocentre, phase: str, sigma_s: float
) -> list[Detection]:
    stations = [scene.by_code[code] for code in codes]
    predictor = scene.around.seas.with_ground(scene.around.ground, TIME_NS)
    found = predictor.predict([phase] * len(codes), place, sites_of(stations))
    arrivals = []
    for k, code in enumerate(codes):
        model_s = 15.0 if phase == "T" else found.time_sigma_s[k]
        late_s = found.time_s[k] + float(np.hypot(model_s, sigma_s)) * scene.rng.normal()
        turn_deg = 0.7 * scene.rng.normal()
        pointed = phase != "P"
        arrivals.append(
            Detection(
                id=f"{phase}-{code}",
                station=code,
                time_ns=add_seconds(TIME_NS, float(late_s)),
                time_sigma_s=sigma_s,
                phase=phase,
                azimuth_deg=float(found.seaz_deg[k] + turn_deg) % 360.0 if pointed else None,
                azimuth_deg_sigma=0.5 if pointed else None,
                technology=Technology.HYDROACOUSTIC if pointed else Technology.SEISMIC,
                simulated=True,
            )
        )
    return arrivals


def _noise(rng: np.random.Generator, n: int, span_s: float) -> list[Detection]:
    return [
        Detection(
            id=f"noise-{k}",
            station=str(rng.choice(TRIPLETS)),
            time_ns=add_seconds(TIME_NS, float(rng.uniform(0.0, span_s))),
            time_sigma_s=3.0,
            phase=str(rng.choice(CLASSES)),
            azimuth_deg=float(rng.uniform(0.0, 360.0)),
            azimuth_deg_sigma=0.5,
            technology=Technology.HYDROACOUSTIC,
            simulated=True,
        )
        for k in range(n)
    ]


def _san_juan(scene: Scene, n_runs: int) -> dict[str, object]:
    found, n_false, strange, inside, off_km, seconds = 0, 0, 0, [], [], []
    for _ in range(n_runs):
        own = _arrivals(scene, HEARD, WRECK, "H", 3.0)
        names = {d.id for d in own}
        start = process_time()
        made = associate_hydro([*own, *_noise(scene.rng, 100, 4.0 * 3600.0)], (), (), scene.around)
        seconds.append(process_time() - start)
        events = [e for e in made.events if e.id not in made.provisional]
        good = [e for e in events if len(_members(e) & names) >= 3]
        n_false += sum(not _members(e) & names for e in events)
        if not good or good[0].origin is None:
            continue
        found += 1
        strange += len(_members(good[0]) - names)
        inside.append(holds(good[0].origin, WRECK))
        off_km.append(_off_km(good[0].origin, WRECK))
    return {
        "runs": n_runs,
        "found": found,
        "false_events": n_false,
        "noise_in_events": strange,
        "held_by_90_percent_ellipse": sum(inside),
        "median_off_km": float(np.median(off_km)) if off_km else None,
        "median_seconds": float(np.median(seconds)),
    }


def _members(event: Event) -> set[str]:
    origin = event.origin
    return {a.detection_id for a in origin.associations if a.defining} if origin else set()


def _off_km(origin: Origin, place: Hypocentre) -> float:
    return float(geodesics(origin.latitude, origin.longitude, *place[:2]).length_km)


def holds(origin: Origin, place: Hypocentre) -> bool:
    """Tell whether the 90 % ellipse of an origin holds a place."""
    ellipse = origin.ellipse
    if ellipse is None:
        return False
    away = geodesics(origin.latitude, origin.longitude, *place[:2])
    turn = np.radians(float(away.azimuth_deg) - ellipse.strike_deg)
    along = float(away.length_km) * np.cos(turn) / ellipse.semi_major_km
    across = float(away.length_km) * np.sin(turn) / ellipse.semi_minor_km
    return bool(np.hypot(along, across) <= 1.0)


def _earthquakes(scene: Scene, n_runs: int) -> dict[str, object]:
    counts = {"t": 0, "t_joined": 0, "noise_joined": 0, "noise": 0, "hydro_events": 0}
    before_km, after_km, inside = [], [], []
    primary = [s for s in scene.around.stations.stations if _is_primary(s)]
    done = 0
    while done < n_runs:
        event, t, place = _earthquake(scene, primary)
        if event is None or event.origin is None or not t:
            continue
        done += 1
        noise = _noise(scene.rng, 100, 4.0 * 3600.0)
        made = associate_hydro([*t, *noise], (), [event], scene.around)
        (own,) = [e for e in made.events if e.id == event.id]
        counts["hydro_events"] += len(made.events) - 1 - len(made.provisional)
        if own.origin is None:
            continue
        members = _members(own)
        counts["t"] += len(t)
        counts["noise"] += len(noise)
        counts["t_joined"] += len(members & {d.id for d in t})
        counts["noise_joined"] += sum(name.startswith("noise") for name in members)
        before_km.append(_off_km(event.origin, place))
        after_km.append(_off_km(own.origin, place))
        inside.append(holds(own.origin, place))
    return {
        "runs": n_runs,
        **counts,
        "median_off_km_before": float(np.median(before_km)),
        "median_off_km_after": float(np.median(after_km)),
        "held_by_90_percent_ellipse": sum(inside),
    }


def _earthquake(
    scene: Scene, primary: list[Station]
) -> tuple[Event | None, list[Detection], Hypocentre]:
    """Return a located earthquake under the sea or near it, and its T."""
    rng, seas = scene.rng, scene.around.seas
    place = Hypocentre(
        float(np.degrees(np.arcsin(rng.uniform(-0.9, 0.9)))),
        float(rng.uniform(-180.0, 180.0)),
        float(rng.uniform(5.0, 50.0)),
    )
    where = np.array([place.latitude]), np.array([place.longitude])
    hydro = [scene.by_code[code] for code in TRIPLETS]
    blockage = seas.blockage("T", where, sites_of(hydro), TIME_NS)[0]
    heard = [
        s.code
        for s, b in zip(hydro, blockage, strict=True)
        if b < BLOCKED_FROM and rng.uniform() < 0.4
    ]
    near = [
        s.code
        for s in primary
        if 10.0 < float(geodesics(*place[:2], s.latitude, s.longitude).arc_rad) * 57.3 < 95.0
    ]
    codes = [near[k] for k in rng.permutation(len(near))[:12]]
    if not heard or len(codes) < 6:
        return None, [], place
    p = _arrivals(scene, codes, place, "P", 0.5)
    t = _arrivals(scene, heard, place, "T", 10.0)
    try:
        origin = locate("q", p, scene.around.stations, scene.around.ground, LocateParams())
    except LocationError:
        return None, t, place
    named = replace(origin, associations=tuple(origin.associations))
    event = Event(id="q", origins=(named,), preferred_id=origin.id, detections=tuple(p))
    return event, t, place


def _day(scene: Scene) -> dict[str, object]:
    noise = _noise(scene.rng, 200 * len(TRIPLETS), 86400.0)
    start = process_time()
    made = associate_hydro(noise, (), (), scene.around)
    return {
        "detections": len(noise),
        "false_events": len(made.events) - len(made.provisional),
        "two_arrivals_that_wait_for_a_third": len(made.provisional),
        "seconds": process_time() - start,
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
