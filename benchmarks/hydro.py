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
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

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
from vigie.hydroacoustic.detections import time_of
from vigie.hydroacoustic.direction import azimuth_of_times
from vigie.hydroacoustic.explosion import Z_90, charge_locus, period_of_delay
from vigie.records import Channel, ChannelId, Site, Station, Waveform
from vigie.simulate.hydroacoustic import TESTING, simulate_scene
from vigie.simulate.hydroacoustic.scene import H10N_KM, RATE_HZ, SceneParams, Truth

if TYPE_CHECKING:
    from vigie.hydroacoustic.measure import Measured
    from vigie.simulate.hydroacoustic import SceneRanges

FloatArray = NDArray[np.float64]

LOUD_DB = 10.0
LIKELY = 0.6
FEW = 4
ONE_MODE = (1.0, 1.0)
"""Drawn modes of which there is one: the sound comes over one path."""
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


@dataclass(frozen=True)
class Blast:
    """One simulated explosion with a bubble, and what was reported of it."""

    truth: Truth
    period_s: float | None
    """None: no bubble pulse stood out, or the explosion was not detected."""
    sigma_s: float
    class_h: bool


def blasts(scenes: int, ranges: SceneRanges, seed: int) -> list[Blast]:
    """Simulate explosions of 3 to 25 dB."""
    rng = np.random.default_rng(seed)
    recipe = HydroRecipe()
    out = []
    for _ in range(scenes):
        params = SceneParams(kind="H", snr_db=float(rng.uniform(3.0, 25.0)))
        for case in cases_of(simulate_scene(rng, params, ranges), recipe):
            truth, measured = case.truth, case.measured
            if truth is None or truth.bubble_period_s is None:
                continue
            found = measured.cepstrum.bubble if measured and measured.cepstrum else None
            is_h = case.vector is not None and classify(case.vector, shipped_model()).h >= LIKELY
            period_s, sigma_s = (
                period_of_delay(found.delay_s, found.sigma_s) if found else (None, 0.0)
            )
            out.append(Blast(truth, period_s, sigma_s, is_h))
    return out


def bubble_figures(made: list[Blast]) -> dict[str, object]:
    """Return how bubble periods and charge loci compare with truth."""
    errors, inside, factors, scores = [], [], [], []
    for blast in made:
        truth = blast.truth
        if blast.period_s is None or truth.bubble_period_s is None or truth.depth_m is None:
            continue
        errors.append(blast.period_s / truth.bubble_period_s - 1.0)
        scores.append((blast.period_s - truth.bubble_period_s) / blast.sigma_s)
        one, low, high = charge_locus(blast.period_s, blast.sigma_s).at(truth.depth_m)
        charge = truth.charge_kg or 0.0
        inside.append(low <= charge <= high)
        factors.append(abs(np.log(one / charge)))
    off = np.abs(errors)
    return {
        "explosions_with_bubble": len(made),
        "reported": len(errors),
        "within_1_percent": float(np.mean(off < 0.01)) if errors else None,
        "wrong_by_more_than_1_percent": int(np.sum(off >= 0.01)),
        "wrong_by_more_than_3_percent": int(np.sum(off > 0.03)) if errors else 0,
        "errors_in_90_percent_interval": float(np.mean(np.abs(scores) < Z_90)) if scores else None,
        "z_rms": float(np.sqrt(np.mean(np.square(scores)))) if scores else None,
        "median_error_percent": 100.0 * float(np.median(off)) if errors else None,
        "locus_holds_truth": float(np.mean(inside)) if errors else None,
        "median_charge_error_percent": 100.0 * float(np.median(factors)) if errors else None,
    }


def bubbles(scenes: int, ranges: SceneRanges, seed: int = 31) -> dict[str, object]:
    """Return the figures of explosions of 10 dB and more, by ratio, by distance and by class."""
    made = blasts(scenes, ranges, seed)
    loud = [b for b in made if b.truth.snr_db >= LOUD_DB]
    by_snr = {
        f"{low:g}-{high:g} dB": bubble_figures([b for b in made if low <= b.truth.snr_db < high])
        for low, high in pairwise((0.0, 10.0, 15.0, 20.0, 40.0))
    }
    by_range = {
        f"{low:g}-{high:g} km": bubble_figures(
            [b for b in loud if low <= (b.truth.range_km or 0.0) < high]
        )
        for low, high in pairwise((0.0, 1000.0, 3000.0, 12000.0))
    }
    by_period = {
        f"{low:g}-{high:g} s": bubble_figures(
            [b for b in loud if low <= (b.truth.bubble_period_s or 0.0) < high]
        )
        for low, high in pairwise((0.0, 0.05, 0.15, 0.5, 1.0, 10.0))
    }
    called = bubble_figures([b for b in loud if b.class_h])
    return {
        **bubble_figures(loud),
        "by_snr": by_snr,
        "by_range": by_range,
        "by_period": by_period,
        "called_h": called,
    }


def false_bubbles(scenes: int, seed: int = 41) -> dict[str, dict[str, int]]:
    """Return how often a bubble pulse is seen in cepstra where there is none."""
    silent = replace(TESTING, bubble=(1e-6, 1e-6))
    kinds = {
        "T phases": ("T", TESTING),
        "noise": ("N", TESTING),
        "explosions without bubble, one path": (
            "H", replace(silent, ocean_share=0.0, modes=ONE_MODE),
        ),
        "explosions without bubble, drawn modes": ("H", replace(silent, ocean_share=0.0)),
        "explosions without bubble, normal modes": (
            "H", replace(silent, ocean_share=1.0),
        ),
    }  # fmt: skip
    rng = np.random.default_rng(seed)
    out = {}
    for name, (kind, ranges) in kinds.items():
        found, seen = 0, 0
        for k in range(scenes):
            subtype = ("whale", "ship", "ice")[k % 3] if kind == "N" else ""
            params = SceneParams(kind=kind, snr_db=float(rng.uniform(3.0, 25.0)), subtype=subtype)
            for case in cases_of(simulate_scene(rng, params, ranges), HydroRecipe(), 3):
                seen += case.measured is not None
                cepstrum = case.measured.cepstrum if case.measured else None
                found += cepstrum is not None and cepstrum.bubble is not None
        out[name] = {"signals": seen, "bubbles": found}
    return out


def onsets(cases: list[Case]) -> dict[str, object]:
    """Return errors of the times of detections in their stated errors, by class and ratio."""
    rows = [
        (c.truth, *_time_error(c.truth, c.measured))
        for c in cases
        if c.truth and c.measured and c.truth.subtype not in ("ship", "ice")
    ]
    out: dict[str, object] = {}
    for kind in ("H", "T", "N"):
        for low, high in pairwise((-5.0, 6.0, 12.0, 18.0, 40.0)):
            some = [(e, s) for t, e, s in rows if t.kind == kind and low <= t.snr_db < high]
            if len(some) < FEW:
                continue
            error, sigma = np.array(some).T
            z = error / sigma
            out[f"{kind}, {low:g} to {high:g} dB"] = {
                "signals": len(some),
                "median_error_s": float(np.median(error)),
                "quantiles_5_95_s": np.quantile(error, [0.05, 0.95]).tolist(),
                "median_sigma_s": float(np.median(sigma)),
                "z_rms": float(np.sqrt(np.mean(z**2))),
                "in_90_percent_interval": float(np.mean(np.abs(z) < Z_90)),
            }
    return out


def _time_error(truth: Truth, measured: Measured) -> tuple[float, float]:
    """Return error and stated error of a detection's time; of T that of its centroid."""
    at_s, sigma_s = time_of(measured, truth.kind)
    wave = measured.direction
    if wave is not None and wave.plausible:
        at_s -= float(wave.slowness_s_per_km @ np.array(H10N_KM)[list(measured.used)].mean(axis=0))
    return at_s - (truth.centroid_s if truth.kind == "T" else truth.time_s), sigma_s


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


def measure(scenes: int = 24, shots: int = 20) -> dict[str, object]:
    """Run everything but the day."""
    cases = simulated_cases(scenes, TESTING, seed=77)
    return {
        "simulated": True,
        "classification": classification(cases),
        "onset": onsets(cases),
        "azimuth": azimuths(),
        "bubble_one_path": bubbles(shots, replace(TESTING, ocean_share=0.0, modes=ONE_MODE)),
        "bubble_drawn_modes": bubbles(shots, replace(TESTING, ocean_share=0.0)),
        "bubble_normal_modes": bubbles(shots, replace(TESTING, ocean_share=1.0)),
        "false_bubbles": false_bubbles(shots),
    }


if __name__ == "__main__":
    print(json.dumps(day() if "day" in sys.argv else measure(), indent=1))
