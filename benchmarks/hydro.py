"""Hydroacoustic processing on simulated signals with exact truth.

``python -m benchmarks.hydro`` prints JSON: classification by signal-to-noise ratio and calibration
on ranges and shapes that the classifier was not trained with; azimuth errors against their stated
sigma for the triplets of the network; bubble periods and charge loci; speed and memory of a day.
``python -m benchmarks.hydro day`` runs the day alone.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from builders.build_hydro_classifier import (
    Case,
    cases_of,
    confusion_by_snr,
    simulated_cases,
    table_of,
)
from numpy.typing import NDArray

from vigie.geodesy import angle_difference_deg
from vigie.hydroacoustic import HydroRecipe, process_hydrophones
from vigie.hydroacoustic.classify import classify, shipped_model
from vigie.hydroacoustic.direction import azimuth_of_times
from vigie.hydroacoustic.explosion import charge_locus, period_of_delay
from vigie.records import Channel, ChannelId, Site, Station, Waveform
from vigie.simulate.hydroacoustic import TESTING, simulate_scene
from vigie.simulate.hydroacoustic.scene import RATE_HZ, SceneParams

if TYPE_CHECKING:
    from vigie.simulate.hydroacoustic import SceneRanges

FloatArray = NDArray[np.float64]

SIDES_M = {
    "H01W": (1874.0, 1839.0, 1872.0),
    "H03N": (1915.0, 1880.0, 2000.0),
    "H03S": (2000.0, 2000.0, 2000.0),
    "H04N": (1938.0, 1996.0, 2034.0),
    "H08N": (2457.0, 2508.0, 2428.0),
    "H08S": (2080.0, 2227.0, 2230.0),
    "H10N": (2133.0, 2423.0, 2136.0),
    "H10S": (2011.0, 2041.0, 2058.0),
}
"""Sides 12, 23, 31 of the triplets, from their coordinates."""


def triangle(sides_m: tuple[float, float, float], turn_deg: float = 17.0) -> FloatArray:
    """Return corners 1, 2, 3 in km, centred."""
    a, b, c = (1e-3 * s for s in sides_m)
    x = (a * a + c * c - b * b) / (2.0 * a)
    corners = np.array([[0.0, 0.0], [a, 0.0], [x, np.sqrt(c * c - x * x)]])
    turn = np.radians(turn_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray((corners - corners.mean(axis=0)) @ rotation.T)


def azimuths(repeats: int = 60, sigma_s: float = 1e-3) -> dict[str, dict[str, float]]:
    """Return mean error and ratio of scatter to stated sigma, for 72 azimuths at each triplet."""
    out = {}
    rng = np.random.default_rng(7)
    for name, sides in SIDES_M.items():
        places = triangle(sides)
        errors, stated = [], []
        for azimuth in np.arange(0.0, 360.0, 5.0):
            angle = np.radians(azimuth)
            exact = -(places @ np.array([np.sin(angle), np.cos(angle)])) / 1.483
            for _ in range(repeats):
                times = exact + rng.normal(0.0, sigma_s, 3)
                found, sigma, *_ = azimuth_of_times(places, times, sigma_s)
                errors.append(float(angle_difference_deg(found, azimuth)))
                stated.append(sigma)
        out[name] = {
            "mean_error_deg": float(np.mean(errors)),
            "stated_sigma_deg": float(np.sqrt(np.mean(np.square(stated)))),
            "scatter_over_stated": float(np.std(errors) / np.sqrt(np.mean(np.square(stated)))),
        }
    return out


def classification(cases: list[Case]) -> dict[str, object]:
    """Return confusion by signal-to-noise ratio, calibration error and share detected."""
    model = shipped_model()
    vectors, kinds, snr = table_of(cases)
    held = [classify(v, model) for v in vectors]
    chances = np.array([[p for _, p in c.probabilities] for c in held])
    seen = [c.measured is not None for c in cases if c.truth]
    return {
        "by_snr": confusion_by_snr(vectors, kinds, snr, model),
        "expected_calibration_error": calibration_error(chances, kinds),
        "unknown": float(np.mean([c.unknown for c in held])),
        "detected": float(np.mean(seen)),
        "signals": len(vectors),
    }


def calibration_error(chances: FloatArray, kinds: NDArray[np.int64], bins: int = 10) -> float:
    """Return the expected calibration error of the most probable class."""
    top, confidence = chances.argmax(axis=1), chances.max(axis=1)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for k in range(bins):
        rows = which == k
        if rows.any():
            gap = abs(float(np.mean(top[rows] == kinds[rows])) - float(confidence[rows].mean()))
            total += float(rows.mean()) * gap
    return total


def bubbles(scenes: int, ranges: SceneRanges, seed: int = 31) -> dict[str, object]:
    """Return how bubble periods and charge loci compare with truth, at 10 dB and more."""
    rng = np.random.default_rng(seed)
    recipe = HydroRecipe()
    errors, inside, factors, possible = [], [], [], 0
    for _ in range(scenes):
        params = SceneParams(kind="H", snr_db=float(rng.uniform(10.0, 25.0)))
        for case in cases_of(simulate_scene(rng, params, ranges), recipe):
            truth, measured = case.truth, case.measured
            if truth is None or truth.bubble_period_s is None or truth.depth_m is None:
                continue
            possible += 1
            found = measured.cepstrum.bubble if measured and measured.cepstrum else None
            if found is None:
                continue
            period_s, sigma_s = period_of_delay(found.delay_s, found.sigma_s)
            errors.append(period_s / truth.bubble_period_s - 1.0)
            locus = charge_locus(period_s, sigma_s)
            one, low, high = locus.at(truth.depth_m)
            charge = truth.charge_kg or 0.0
            inside.append(low <= charge <= high)
            factors.append(abs(np.log(one / charge)))
    off = np.abs(errors)
    return {
        "explosions_with_bubble": possible,
        "reported": len(errors),
        "within_1_percent": float(np.mean(off < 0.01)) if len(off) else None,
        "median_error_percent": 100.0 * float(np.median(off)) if len(off) else None,
        "locus_holds_truth": float(np.mean(inside)) if inside else None,
        "median_charge_error_percent": 100.0 * float(np.median(factors)) if factors else None,
    }


def day(hours: float = 24.0, seed: int = 3) -> dict[str, float]:
    """Return processor time and memory of a day of a triplet with signals in it."""
    offsets = triangle(SIDES_M["H10N"])
    waves, station = _day_of(offsets, hours, seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    done = process_hydrophones(waves, station)
    seconds = time.process_time() - begin
    return {
        "hours": hours,
        "processor_s": seconds,
        "processor_s_per_day": seconds * 24.0 / hours,
        "detections": float(len(done.detections)),
        "largest_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        "memory_before_mb": before / 1024.0,
    }


def _day_of(offsets: FloatArray, hours: float, seed: int) -> tuple[list[Waveform], Station]:
    """Return counts of ten-minute scenes, one after the other; most hold no signal."""
    rng = np.random.default_rng(seed)
    count = round(hours * 6)
    length = round(600.0 * RATE_HZ)
    counts = np.empty((3, count * length), np.int32)
    places = tuple((float(e), float(n)) for e, n in offsets)
    for k in range(count):
        kind = {0: "H", 4: "T", 8: "N"}.get(k % 12, "silent")
        params = SceneParams(
            kind="N" if kind == "silent" else kind,
            subtype="silence" if kind == "silent" else "",
            snr_db=float(rng.uniform(5.0, 20.0)),
            offsets_km=places,
        )
        scene = simulate_scene(rng, params, TESTING)
        # Levels of the ten minutes are made equal, so that no step stands between them.
        scaled = scene.samples / np.median(np.abs(scene.samples))
        counts[:, k * length : (k + 1) * length] = np.round(500.0 * scaled).astype(np.int32)
    names = [f"H10N{k}" for k in (1, 2, 3)]
    waves = [
        Waveform(ChannelId("IM", n, "", "EDH"), 0, RATE_HZ, row)
        for n, row in zip(names, counts, strict=True)
    ]
    sites = tuple(
        Site(
            code=name,
            latitude=float(n) / 111.19,
            longitude=float(e) / 111.19,
            elevation_m=-800.0,
            channels=(
                Channel(
                    id=ChannelId("IM", name, "", "EDH"),
                    latitude=float(n) / 111.19,
                    longitude=float(e) / 111.19,
                    elevation_m=-800.0,
                    calib=560.6,
                    calper_s=0.1,
                ),
            ),
        )
        for name, (e, n) in zip(names, offsets, strict=True)
    )
    return waves, Station(code="H10N", latitude=0.0, longitude=0.0, elevation_m=0.0, sites=sites)


def measure(scenes: int = 40, blasts: int = 40) -> dict[str, object]:
    """Run everything but the day."""
    by_class: dict[str, Any] = classification(simulated_cases(scenes, TESTING, seed=77))
    return {
        "simulated": True,
        "classification": by_class,
        "azimuth": azimuths(),
        "bubble": bubbles(blasts, TESTING),
    }


if __name__ == "__main__":
    print(json.dumps(day() if "day" in sys.argv else measure(), indent=1))
