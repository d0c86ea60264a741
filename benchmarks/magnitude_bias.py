"""How unbiased the maximum-likelihood mb is where small events escape most stations.

A network of 60 stations with their own noise, gain bias and detector; events of mb 3 to 5
drawn from a Gutenberg-Richter law, one by one. What the estimator assumes and the
simulation does not grant: the scatter of stations (simulated 0.38 with heavier tails than
normal, assumed 0.34), noise that changes between the window it is measured in and the
signal's (0.12 in log10), and a station bias (0.10) shared by all events.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import distance_azimuths
from vigie.network.magnitude import MB, mb_correction, network_magnitudes
from vigie.records import Magnitude, StationMagnitude

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The simulated network and its events."""

    n_stations: int = 60
    n_events: int = 1000
    scatter: float = 0.38
    degrees_of_freedom: float = 6.0
    """Of Student's law of the scatter: heavier tails than the normal one."""
    station_bias: float = 0.10
    noise_change: float = 0.12
    mb_range: tuple[float, float] = (3.2, 5.0)
    b_value: float = 1.0
    min_detections: int = 3
    detection_factor: float = MB.detection_factor


def _on_sphere(rng: np.random.Generator, n: int) -> tuple[FloatArray, FloatArray]:
    return np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, n))), rng.uniform(-180.0, 180.0, n)


def _magnitude(rng: np.random.Generator, scene: Scene) -> float:
    """Draw from a Gutenberg-Richter law that is cut at both ends."""
    low, high = scene.mb_range
    share = rng.uniform() * (1.0 - 10.0 ** (-scene.b_value * (high - low)))
    return float(low - np.log10(1.0 - share) / scene.b_value)


def simulate(scene: Scene, seed: int) -> list[tuple[float, tuple[Magnitude, ...]]]:
    """Return the true mb and the estimates of each event that enough stations detect."""
    rng = np.random.default_rng(seed)
    latitude, longitude = _on_sphere(rng, scene.n_stations)
    log_noise = rng.normal(0.2, 0.35, scene.n_stations)
    bias = rng.normal(0.0, scene.station_bias, scene.n_stations)
    # Student's law has the variance n / (n - 2).
    unit = np.sqrt(1.0 - 2.0 / scene.degrees_of_freedom)
    found: list[tuple[float, tuple[Magnitude, ...]]] = []
    while len(found) < scene.n_events:
        true = _magnitude(rng, scene)
        event_latitude, event_longitude = _on_sphere(rng, 1)
        delta, _, _ = distance_azimuths(event_latitude, event_longitude, latitude, longitude)
        depth_km = float(rng.exponential(40.0))
        q = mb_correction(delta, depth_km)
        spread = scene.scatter * unit * rng.standard_t(scene.degrees_of_freedom, len(delta))
        log_signal = true - q + bias + spread
        log_then = log_noise + rng.normal(0.0, scene.noise_change, len(delta))
        heard = log_signal > log_then + np.log10(scene.detection_factor)
        in_range = (delta >= 20.0) & (delta <= 105.0)
        if np.count_nonzero(heard & in_range) < scene.min_detections:
            continue
        stations = [
            StationMagnitude(
                station=str(i),
                type="mb",
                value=float(
                    log_signal[i] + q[i]
                    if heard[i]
                    else log_noise[i] + np.log10(scene.detection_factor) + q[i]
                ),
                bound="" if heard[i] else "<",
            )
            for i in np.flatnonzero(in_range)
        ]
        found.append((true, network_magnitudes(stations, MB)))
    return found


def summary(scene: Scene, seed: int) -> dict[str, float]:
    """Return bias, spread and honesty of the stated error, of both estimators."""
    errors: dict[str, list[float]] = {"mb": [], "mbmle": []}
    standard: list[float] = []
    small: dict[str, list[float]] = {"mb": [], "mbmle": []}
    for true, magnitudes in simulate(scene, seed):
        for magnitude in magnitudes:
            errors[magnitude.type].append(magnitude.value - true)
            if true < 4.0:
                small[magnitude.type].append(magnitude.value - true)
            if magnitude.type == "mbmle" and magnitude.sigma:
                standard.append((magnitude.value - true) / magnitude.sigma)
    return {
        "events": float(len(errors["mb"])),
        "mean_bias": float(np.mean(errors["mb"])),
        "mle_bias": float(np.mean(errors["mbmle"])),
        "mean_bias_below_4": float(np.mean(small["mb"])),
        "mle_bias_below_4": float(np.mean(small["mbmle"])),
        "mean_rms": float(np.sqrt(np.mean(np.square(errors["mb"])))),
        "mle_rms": float(np.sqrt(np.mean(np.square(errors["mbmle"])))),
        "mle_within_1_sigma": float(np.mean(np.abs(standard) < 1.0)),
        "mle_within_2_sigma": float(np.mean(np.abs(standard) < 2.0)),
    }


def measure() -> dict[str, object]:
    """Return the bias on 1,000 events, with and without what the estimator does not know."""
    ideal = Scene(scatter=MB.scatter, degrees_of_freedom=1e6, station_bias=0.0, noise_change=0.0)
    return {
        "simulated": True,
        "as_assumed": summary(ideal, seed=20160106),
        "perturbed": summary(Scene(), seed=20160909),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
