"""Association beside PyOcto 0.2.2 on one synthetic scene, noise swept from 0 to 300 %.

Scene: 40 stations within 300 km of a point, one hour, 100 events within 250 km and 40 km depth,
homogeneous speeds 7 and 4 km/s, P and S labelled; a station catches a phase with a chance that
falls with distance and grows with the event's size (reach 90 km and more); reading errors are
normal, 0.15 s for P and 0.3 s for S. Noise is picks at random stations, times and labels, as a
share of the true picks. PyOcto: the true speeds, tolerance 2 s, 10 picks, 3 P, 3 S, 3 stations
with both (the values of its documentation's example), one thread, in ``.venv-peers``.

A test event is right when it is matched one to one to a true event within 30 km and 3 s. Time is
the CPU time of the call of ``associate``.
"""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vigie.earth.base import Hypocentre, Predictions, Sites
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths, offsets_km
from vigie.network.association import AssociateParams, associate
from vigie.records import Detection, Inventory, Station

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
CENTRE = (-22.0, -69.0)
P_KM_S, S_KM_S = 7.0, 4.0
START_NS = 1_400_000_000_000_000_000
NOISE_SHARES = (0.0, 0.5, 1.0, 2.0, 3.0)
PEER_PYTHON = Path(__file__).resolve().parents[1] / ".venv-peers" / "bin" / "python"
PEER_SCRIPT = """
import json, sys, time
import pandas as pd, pyocto
d = json.load(sys.stdin)
model = pyocto.VelocityModel0D(p_velocity=d["vp"], s_velocity=d["vs"], tolerance=2.0)
associator = pyocto.OctoAssociator(
    xlim=(-300, 300), ylim=(-300, 300), zlim=(0, 60), time_before=300, velocity_model=model,
    n_picks=10, n_p_picks=3, n_s_picks=3, n_p_and_s_picks=3, n_threads=1)
picks, stations = pd.DataFrame(d["picks"]), pd.DataFrame(d["stations"])
start = time.process_time()
events, _ = associator.associate(picks, stations)
rows = events[["time", "x", "y"]].values.tolist() if len(events) else []
json.dump({"cpu_s": time.process_time() - start, "events": rows}, sys.stdout)
"""


class HomogeneousPredictor:
    """Straight rays at two speeds."""

    name = "homogeneous"
    phases = ("P", "S")

    def predict(self, phases: Sequence[str], source: Hypocentre, sites: Sites) -> Predictions:
        """Predict one phase per site."""
        delta, esaz, seaz = distance_azimuths(
            source.latitude, source.longitude, sites.latitude, sites.longitude
        )
        speed = np.array([P_KM_S if phase == "P" else S_KM_S for phase in phases])
        path_km = np.hypot(delta * KM_PER_DEG, source.depth_km)
        time_s = np.where(delta < 20.0, path_km / speed, np.nan)
        slant = np.maximum(path_km, 1e-6) * speed
        nothing = np.full(len(delta), np.nan)
        return Predictions(
            time_s,
            delta * KM_PER_DEG**2 / slant,
            source.depth_km / slant,
            nothing,
            delta,
            esaz,
            seaz,
            np.full(len(delta), 0.1),
            nothing,
            nothing,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Stations, picks and the truth."""

    stations: Inventory
    detections: list[Detection]
    truth: FloatArray
    """Time s, east km, north km of each event."""


def make_scene(seed: int, n_events: int, noise_share: float) -> Scene:
    """Make a scene; the same seed gives the same stations and events at every noise share."""
    rng = np.random.default_rng(seed)
    radius_deg = 300.0 / KM_PER_DEG * np.sqrt(rng.uniform(size=40))
    latitude, longitude = destination(*CENTRE, rng.uniform(0.0, 360.0, 40), radius_deg)
    picks: list[tuple[float, int, str]] = []
    truth = []
    for _ in range(n_events):
        place = 250.0 / KM_PER_DEG * np.sqrt(rng.uniform())
        event_lat, event_lon = destination(*CENTRE, rng.uniform(0.0, 360.0), place)
        depth_km, origin_s, size = rng.uniform(0, 40), rng.uniform(0, 3600), rng.exponential(0.5)
        east, north = offsets_km([float(event_lat)], [float(event_lon)], *CENTRE)[0]
        truth.append((origin_s, east, north))
        delta, _, _ = distance_azimuths(event_lat, event_lon, latitude, longitude)
        path_km = np.hypot(delta * KM_PER_DEG, depth_km)
        chance = 0.9 / (1.0 + np.exp((path_km - 90.0 - 140.0 * size) / 20.0))
        for phase, speed, sigma_s in (("P", P_KM_S, 0.15), ("S", S_KM_S, 0.3)):
            picks += [
                (origin_s + path_km[j] / speed + sigma_s * rng.normal(), int(j), phase)
                for j in np.flatnonzero(rng.uniform(size=40) < chance)
            ]
    n_noise = int(noise_share * len(picks))
    picks += [
        (rng.uniform(0.0, 3700.0), int(rng.integers(40)), "PS"[rng.integers(2)])
        for _ in range(n_noise)
    ]
    detections = [
        Detection(id=f"{k}", station=f"S{j:02d}", time_ns=START_NS + round(t * 1e9), phase=phase)
        for k, (t, j, phase) in enumerate(picks)
    ]
    stations = tuple(
        Station(code=f"S{j:02d}", latitude=float(a), longitude=float(b), elevation_m=0.0)
        for j, (a, b) in enumerate(zip(latitude, longitude, strict=True))
    )
    return Scene(Inventory(stations), detections, np.array(truth))


def score(truth: FloatArray, found: FloatArray) -> dict[str, float]:
    """Match one to one within 30 km and 3 s; give recall, precision and number."""
    if not len(found):
        return {"recall": 0.0, "precision": 0.0, "events": 0}
    apart_km = np.hypot(*(truth[:, None, k] - found[None, :, k] for k in (1, 2)))
    apart_s = np.abs(truth[:, None, 0] - found[None, :, 0])
    fits = (apart_km < 30.0) & (apart_s < 3.0)
    cost = np.where(fits, apart_km / 30.0 + apart_s / 3.0, 1e3)
    rows, columns = linear_sum_assignment(cost)
    right = int(fits[rows, columns].sum())
    return {"recall": right / len(truth), "precision": right / len(found), "events": len(found)}


def run_vigie(scene: Scene) -> dict[str, float]:
    """Associate a scene; the events are the association's own, as the peer's are."""
    params = AssociateParams(relocate=False)
    start = time.process_time()
    result = associate(scene.detections, scene.stations, HomogeneousPredictor(), params)
    cpu_s = time.process_time() - start
    rows = []
    for event in result.bulletin.events:
        origin = event.origin
        if origin is not None:
            offset = offsets_km([origin.latitude], [origin.longitude], *CENTRE)[0]
            rows.append(((origin.time_ns - START_NS) / 1e9, *offset))
    found = np.array(rows).reshape(-1, 3)
    return _figures(scene, cpu_s, found)


def run_peer(scene: Scene) -> dict[str, float] | None:
    """Run PyOcto on a scene; None where it is not installed."""
    if not PEER_PYTHON.exists():
        return None
    where = offsets_km(
        [s.latitude for s in scene.stations.stations],
        [s.longitude for s in scene.stations.stations],
        *CENTRE,
    )
    document = {
        "vp": P_KM_S,
        "vs": S_KM_S,
        "stations": [
            {"id": s.code, "x": float(x), "y": float(y), "z": 0.0}
            for s, (x, y) in zip(scene.stations.stations, where, strict=True)
        ],
        "picks": [
            {"station": d.station, "phase": d.phase, "time": (d.time_ns - START_NS) / 1e9}
            for d in scene.detections
        ],
    }
    answer = subprocess.run(
        [str(PEER_PYTHON), "-c", PEER_SCRIPT],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        check=True,
    )
    got: dict[str, Any] = json.loads(answer.stdout)
    return _figures(scene, got["cpu_s"], np.array(got["events"]).reshape(-1, 3))


def _figures(scene: Scene, cpu_s: float, found: FloatArray) -> dict[str, float]:
    speed = {"cpu_s": round(cpu_s, 3), "picks_per_s": round(len(scene.detections) / cpu_s, 1)}
    return speed | score(scene.truth, found)


def measure(
    *, seed: int = 1, n_events: int = 100, noise_shares: tuple[float, ...] = NOISE_SHARES
) -> dict[str, object]:
    """Sweep the noise; the first, untimed run compiles."""
    run_vigie(make_scene(seed, 3, 0.0))
    rows = []
    for share in noise_shares:
        scene = make_scene(seed, n_events, share)
        rows.append(
            {
                "noise_share": share,
                "picks": len(scene.detections),
                "vigie": run_vigie(scene),
                "pyocto": run_peer(scene),
            }
        )
    return {"scene": {"seed": seed, "events": n_events}, "rows": rows}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
