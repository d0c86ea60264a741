"""How honest the standard error of mb is where the depth is assumed, or solved for with an error.

Events of mb 5 at 5 or 30 stations, 20 to 100 degrees away, with the scatter of the scale. Their
depth is drawn from the law that vigie assumes of a default depth; from another, that of a world
where a quarter of all earthquakes lie below 60 km; or it was solved for, with a normal error. The
error without that of the depth is given beside.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.network.location.params import ErrorModel
from vigie.network.magnitude import MB, MagnitudeParams, mb_correction, size_event
from vigie.records import Amplitude, Association, Detection, Event, Origin

FloatArray = NDArray[np.float64]
PARAMS = MagnitudeParams(scales=(MB,))
TRUE_MB = 5.0
DEEPEST_KM = 700.0
LIMITS = {"1_sigma": 1.0, "90_percent": 1.645, "95_percent": 1.96}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """How deep events are, and what is said of it."""

    law: str
    """``assumed``, ``catalogue`` (both: the stated depth is 0, a default) or ``free``."""
    n_stations: int = 30
    n_events: int = 1000
    free_sigma_km: float = 20.0


def depths_km(scene: Scene, rng: np.random.Generator) -> FloatArray:
    """Draw the true depths."""
    n = scene.n_events
    if scene.law == "assumed":
        sigmas, weights = zip(*ErrorModel().default_depth_sigmas_km, strict=True)
        drawn = np.abs(rng.normal(0.0, rng.choice(sigmas, size=n, p=weights)))
        return np.minimum(drawn, DEEPEST_KM)
    shallow = rng.uniform(0.0, 60.0, n)
    middle = np.minimum(60.0 + rng.exponential(70.0, n), 300.0)
    deep = rng.uniform(300.0, 650.0, n)
    kind = rng.choice(3, size=n, p=(0.75, 0.2, 0.05))
    return np.choose(kind, [shallow, middle, deep])


def event(scene: Scene, true_km: float, rng: np.random.Generator) -> Event:
    """Return an event with amplitudes, at the depth that is stated of it."""
    n = scene.n_stations
    delta = rng.uniform(20.0, 100.0, n)
    size = TRUE_MB - mb_correction(delta, true_km) + rng.normal(0.0, MB.scatter, n)
    free = scene.law == "free"
    stated_km = max(true_km + rng.normal(0.0, scene.free_sigma_km), 0.0) if free else 0.0
    origin = Origin(
        id="o", time_ns=0, latitude=0.0, longitude=0.0, depth_km=stated_km,
        depth_fixed=not free, depth_reason="free" if free else "default",
        depth_sigma_km=scene.free_sigma_km if free else 15.0,
        associations=tuple(
            Association(detection_id=str(i), station=str(i), phase="P", delta_deg=float(delta[i]))
            for i in range(n)
        ),
    )  # fmt: skip
    detections = tuple(
        Detection(
            id=str(i), station=str(i), time_ns=0,
            amplitudes=(Amplitude(type="A5/2", value=10.0**a, unit="nm", period_s=1.0),),
        )
        for i, a in enumerate(size.tolist())
    )  # fmt: skip
    return Event(id="e", origins=(origin,), detections=detections)


def summary(scene: Scene, seed: int) -> dict[str, float]:
    """Return bias and coverage of the stated error, and of that without the depth's."""
    rng = np.random.default_rng(seed)
    error, whole, readings = [], [], []
    for true_km in depths_km(scene, rng):
        (mb,) = size_event(event(scene, float(true_km), rng), params=PARAMS)
        error.append(mb.value - TRUE_MB)
        whole.append(mb.sigma or np.nan)
        readings.append(np.sqrt((mb.sigma or np.nan) ** 2 - (mb.sigma_from_depth or 0.0) ** 2))
    found = {
        "bias": float(np.mean(error)),
        "rms": float(np.sqrt(np.mean(np.square(error)))),
        "sigma": float(np.median(whole)),
        "sigma_of_readings": float(np.median(readings)),
    }
    for name, z in LIMITS.items():
        found[f"within_{name}"] = float(np.mean(np.abs(error) < z * np.array(whole)))
        found[f"within_{name}_of_readings"] = float(np.mean(np.abs(error) < z * np.array(readings)))
    return {key: round(value, 3) for key, value in found.items()}


def measure() -> dict[str, object]:
    """Return the coverage of each law, for few and many stations."""
    return {
        f"{law}_{n}_stations": summary(Scene(law=law, n_stations=n), seed=7)
        for law in ("assumed", "catalogue", "free")
        for n in (5, 30)
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
