"""How often the 90 % ellipse holds the truth, when the law of the errors is not known.

Synthetic events on the operational seismic stations of the IMS, anywhere on the globe (a
tenth of them at the poles and a tenth on the antimeridian), 4 to 60 stations each. Times are
those of the predictor at the truth plus

* errors of the model: a random field over the stations that is drawn anew for each event,
  in proportion to the predictor's own standard error, by one of several laws, none of which
  is the locator's (it averages over rough and smooth fields of a few lengths);
* errors of the readings: Gaussian, 0.1 to 1 s, stated rightly;
* outliers: 5 % of the readings off by 3 to 60 s either way.

Depths: two thirds between 0 and 40 km, the rest down to 650 km. The locator knows nothing
but the readings; it is left to choose the depth.

Beside these, events of regional networks under wrong velocities (``_regional_events``).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.base import Hypocentre, Predictor, Sites
from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.location import LocateParams, locate
from vigie.records import NS_PER_S, Detection, Station, Technology
from vigie.stations.ims import ims_inventory

if TYPE_CHECKING:
    from vigie.records import Origin

FloatArray = NDArray[np.float64]

START_NS = 1_500_000_000 * NS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """How the errors of the model are drawn."""

    shape: str
    """``gauss``: exp(-(d/L)^2 / 2), ``exponential``, ``wave``: a sum of spherical waves."""
    length_km: float
    size: float
    """True over stated standard error."""
    statics: float = 0.0
    """Share of the variance that is each station's own."""


LAWS = {
    "gauss_1000": Law(shape="gauss", length_km=1000.0, size=0.9, statics=0.2),
    "gauss_400_large": Law(shape="gauss", length_km=400.0, size=1.2, statics=0.1),
    "gauss_2000_small": Law(shape="gauss", length_km=2000.0, size=0.7),
    "exponential_1200": Law(shape="exponential", length_km=1200.0, size=1.0, statics=0.3),
    "statics_only": Law(shape="gauss", length_km=1.0, size=1.0),
    "wave_3000": Law(shape="wave", length_km=3000.0, size=0.8, statics=0.2),
}
"""The first is the headline; the others show how far it may be from the assumed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """How many events, and of what kind."""

    n_events: int = 1000
    n_stations: tuple[int, int] = (4, 60)
    outlier_fraction: float = 0.05
    outlier_s: tuple[float, float] = (3.0, 60.0)
    reading_sigma_s: tuple[float, float] = (0.1, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One event: what is true of it and what was found."""

    n_stations: int
    error_km: float
    inside: bool
    area_km2: float
    reason: str
    special: bool
    """At a pole or on the antimeridian."""


def run(
    predictor: Predictor,
    stations: dict[str, Station],
    law: Law,
    seed: int,
    scene: Scene | None = None,
) -> list[Trial]:
    """Locate synthetic events and compare each ellipse with the truth."""
    scene = scene or Scene()
    rng = np.random.default_rng(seed)
    trials: list[Trial] = []
    while len(trials) < scene.n_events:
        truth, special = _truth(rng, len(trials))
        detections = _detections(rng, predictor, stations, truth, law, scene)
        if len(detections) < scene.n_stations[0]:
            continue
        try:
            origin = locate(
                "synthetic", detections, stations, predictor, LocateParams(phases="keep")
            )
        except LocationError:
            trials.append(refused(len(detections), special=special))
            continue
        trials.append(judge(truth, origin, len(detections), special=special))
    return trials


def _truth(rng: np.random.Generator, number: int) -> tuple[Hypocentre, bool]:
    latitude = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0))))
    longitude = float(rng.uniform(-180.0, 180.0))
    depth = float(rng.uniform(0.0, 40.0) if rng.uniform() < 0.67 else rng.uniform(40.0, 650.0))
    if number % 10 == 0:
        latitude = float(rng.choice([-90.0, 90.0])) if number % 20 else 89.99 - 0.5 * rng.uniform()
    elif number % 10 == 1:
        longitude = 180.0 if number % 20 == 1 else -180.0 + float(rng.normal(0.0, 0.05))
    return Hypocentre(latitude, longitude, depth), number % 10 < 2


def _detections(
    rng: np.random.Generator,
    predictor: Predictor,
    stations: dict[str, Station],
    truth: Hypocentre,
    law: Law,
    scene: Scene,
) -> list[Detection]:
    codes = rng.permutation(sorted(stations))
    sites = Sites(
        np.array([stations[c].latitude for c in codes]),
        np.array([stations[c].longitude for c in codes]),
        np.array([stations[c].elevation_m for c in codes]),
        tuple(str(c) for c in codes),
    )
    predicted = predictor.predict(["P"] * len(codes), truth, sites)
    heard = np.flatnonzero(np.isfinite(predicted.time_s) & (predicted.delta_deg < 98.0))
    heard = heard[: int(rng.integers(scene.n_stations[0], scene.n_stations[1] + 1))]
    model = _model_error(rng, sites, heard, predicted.time_sigma_s[heard], law)
    sigma = rng.uniform(*scene.reading_sigma_s, len(heard))
    error = model + rng.normal(0.0, sigma)
    wrong = rng.uniform(size=len(heard)) < scene.outlier_fraction
    gross = rng.uniform(*scene.outlier_s, len(heard)) * rng.choice([-1.0, 1.0], len(heard))
    error = np.where(wrong, gross, error)
    return [
        Detection(
            id=str(codes[i]),
            station=str(codes[i]),
            time_ns=START_NS + round(float(predicted.time_s[i] + error[k]) * NS_PER_S),
            time_sigma_s=float(sigma[k]),
            phase="P",
        )
        for k, i in enumerate(heard)
    ]


def _model_error(
    rng: np.random.Generator, sites: Sites, heard: NDArray[np.intp], sigma: FloatArray, law: Law
) -> FloatArray:
    directions = unit_vectors(sites.latitude[heard], sites.longitude[heard])
    field = law.size * np.sqrt(1.0 - law.statics) * _field(rng, directions, law)
    own = law.size * np.sqrt(law.statics) * rng.normal(size=len(heard))
    scaled: FloatArray = sigma * (field + own)
    return scaled


def _field(rng: np.random.Generator, directions: FloatArray, law: Law) -> FloatArray:
    """Return a random field of unit variance at the stations, shape (n,)."""
    n = len(directions)
    if law.shape == "wave":
        # Plane waves through the sphere, of random direction and phase.
        wavenumber = rng.normal(size=(24, 3)) * 6371.0 / law.length_km
        phase = rng.uniform(0.0, 2.0 * np.pi, 24)
        waves: FloatArray = np.sqrt(2.0 / 24.0) * np.cos(directions @ wavenumber.T + phase).sum(1)
        return waves
    chord = np.linalg.norm(directions[:, None] - directions[None, :], axis=-1)
    distance = 6371.0 * chord
    if law.shape == "gauss":
        correlation = np.exp(-0.5 * (distance / law.length_km) ** 2)
    else:
        correlation = np.exp(-distance / law.length_km)
    lower = np.linalg.cholesky(correlation + 1e-9 * np.eye(n))
    drawn: FloatArray = lower @ rng.normal(size=n)
    return drawn


def judge(truth: Hypocentre, origin: Origin, n_stations: int, *, special: bool) -> Trial:
    ellipse = origin.ellipse
    assert ellipse is not None
    delta, azimuth, _ = distance_azimuths(
        origin.latitude, origin.longitude, truth.latitude, truth.longitude
    )
    error_km = float(delta) * KM_PER_DEG
    turn = np.radians(float(azimuth) - ellipse.strike_deg)
    along, across = error_km * np.cos(turn), error_km * np.sin(turn)
    inside = (along / ellipse.semi_major_km) ** 2 + (across / ellipse.semi_minor_km) ** 2 <= 1.0
    return Trial(
        n_stations=n_stations,
        error_km=error_km,
        inside=bool(inside),
        area_km2=ellipse.area_km2,
        reason=origin.depth_reason,
        special=special,
    )


def refused(n_stations: int, *, special: bool) -> Trial:
    """Return an event that was not located, which counts as one whose ellipse is wrong."""
    return Trial(
        n_stations=n_stations,
        error_km=float("nan"),
        inside=False,
        area_km2=float("nan"),
        reason="refused",
        special=special,
    )


def summary(trials: list[Trial]) -> dict[str, object]:
    """Return coverage, in all and by kind of event, with areas and errors."""

    def share(chosen: list[Trial]) -> float | None:
        return round(100.0 * float(np.mean([t.inside for t in chosen])), 1) if chosen else None

    groups = {"4-8": (4, 8), "9-20": (9, 20), "21-40": (21, 40), "41-60": (41, 60)}
    return {
        "events": len(trials),
        "refused": sum(t.reason == "refused" for t in trials),
        "coverage_percent": share(trials),
        "coverage_percent_poles_and_antimeridian": share([t for t in trials if t.special]),
        "coverage_percent_by_stations": {
            name: share([t for t in trials if low <= t.n_stations <= high])
            for name, (low, high) in groups.items()
        },
        "coverage_percent_by_depth": {
            reason: share([t for t in trials if t.reason == reason])
            for reason in sorted({t.reason for t in trials})
        },
        "median_area_km2": round(float(np.nanmedian([t.area_km2 for t in trials]))),
        "median_area_km2_by_stations": {
            name: round(
                float(
                    np.nanmedian([t.area_km2 for t in trials if low <= t.n_stations <= high] or [0])
                )
            )
            for name, (low, high) in groups.items()
        },
        "median_error_km": round(float(np.nanmedian([t.error_km for t in trials])), 1),
        "error_km_95": round(float(np.nanpercentile([t.error_km for t in trials], 95)), 1),
    }


def ims_stations() -> dict[str, Station]:
    """Return the operational seismic stations of the IMS, arrays at their reference points."""
    return {s.code: s for s in ims_inventory(Technology.SEISMIC).stations}


def measure(n_events: int = 1000, n_regional: int = 300) -> dict[str, object]:
    """Run all laws."""
    from benchmarks._regional_events import VELOCITY_LAWS, run_regional

    from vigie.earth import load_predictor

    stations = ims_stations()
    predictor = load_predictor("ak135")
    results: dict[str, object] = {}
    began = time.process_time()
    for number, (name, law) in enumerate(LAWS.items()):
        results[name] = summary(
            run(predictor, stations, law, 20_160 + number, Scene(n_events=n_events))
        )
    seconds = time.process_time() - began
    results["cpu_ms_per_event"] = round(1000.0 * seconds / (n_events * len(LAWS)), 1)
    for number, (name, velocities) in enumerate(VELOCITY_LAWS.items()):
        results[name] = summary(run_regional(predictor, velocities, 30_160 + number, n_regional))
    return results


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
