"""Train the H/T/N classifier on simulated signals and write it with its confusion table.

    python -m builders.build_hydro_classifier

Scenes are drawn from ``vigie.simulate.hydroacoustic.TRAINING``; a tenth of them is kept aside for
the confusion table in the file. The benchmark ``hydro`` measures the same on ``TESTING``, whose
ranges and shapes differ.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.bands import Frames, band_frames, bands_at, frame_samples
from vigie.hydroacoustic.classify import (
    CLASSES,
    FEATURES,
    ClassModel,
    classify,
    feature_vector,
    standardised,
    terms,
)
from vigie.hydroacoustic.detect import find_signals
from vigie.hydroacoustic.measure import Measured, Record, measure_signal
from vigie.hydroacoustic.recipe import HydroRecipe
from vigie.simulate.hydroacoustic import TRAINING, SceneRanges, simulate_scene
from vigie.simulate.hydroacoustic.scene import NOISE_SUBTYPES, Scene, SceneParams, Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

FloatArray = NDArray[np.float64]

SEED = 20171115
CHUNKS = 12
"""Each of four times six scenes, with a seed of its own."""
CHUNK_SCENES = 4
SNR_DB = (0.0, 25.0)
PER_TRAIN = 3
"""Signals taken of a train of shots or calls."""
PENALTY = 3.0
OUT = Path(__file__).parents[1] / "src" / "vigie" / "hydroacoustic" / "model.json"
MODEL_KEYS = ("mean", "scale", "stage_t", "stage_h", "centres", "inverses")
SNR_EDGES_DB = (-5.0, 1.5, 4.5, 8.0, 12.0, 16.0, 40.0)


@dataclass(frozen=True)
class Case:
    """One signal of a scene, measured (None: not detected)."""

    truth: Truth | None
    """None: a false alarm."""
    measured: Measured | None
    vector: FloatArray | None


def record_of(scene: Scene, recipe: HydroRecipe) -> Record:
    """Return what signals are measured from."""
    bands = bands_at(scene.rate_hz)
    step = frame_samples(scene.rate_hz)
    power = band_frames(scene.samples, scene.rate_hz, bands)
    frames = Frames(0, step / scene.rate_hz, bands, power)
    apart = scene.offsets_km[:, None] - scene.offsets_km[None]
    crossing_s = float(np.max(np.linalg.norm(apart, axis=2))) / 1.4
    found = find_signals(frames, scene.rate_hz, crossing_s, recipe.detector)

    def window(begin_s: float, end_s: float) -> FloatArray:
        first, stop = round(begin_s * scene.rate_hz), round(end_s * scene.rate_hz)
        out = np.full((len(scene.samples), max(stop - first, 0)), np.nan)
        low, high = max(first, 0), min(stop, scene.samples.shape[1])
        if high > low:
            out[:, low - first : high - first] = scene.samples[:, low:high]
        return out

    has_level = np.ones(len(scene.offsets_km), np.bool_)
    return Record(frames, found, scene.rate_hz, scene.offsets_km, window, has_level)


def cases_of(scene: Scene, recipe: HydroRecipe, most: int = 100) -> Iterator[Case]:
    """Yield the signals of a scene with what was measured of them, and false alarms."""
    record = record_of(scene, recipe)
    lows = tuple(b.low_hz for b in record.frames.bands[:-1])
    step = record.frames.step_s
    spans = list(record.found.spans)
    for truth in scene.truths[:most] if scene.truths else ():
        near = [
            s
            for s in spans
            if s.first * step < truth.end_s + 2.0 and s.stop * step > truth.time_s - 2.0
        ]
        # Of several pieces of one signal the longest stands for it.
        span = max(near, key=lambda s: s.stop - s.first, default=None)
        measured = measure_signal(record, span, recipe) if span else None
        vector = feature_vector(measured, lows) if measured else None
        yield Case(truth, measured, vector)
    if not scene.truths:
        for span in spans[:most]:
            measured = measure_signal(record, span, recipe)
            if measured:
                yield Case(None, measured, feature_vector(measured, lows))


def plan(scenes: int, snr_db: tuple[float, float], rng: np.random.Generator) -> list[SceneParams]:
    """Return what scenes to simulate: balanced in signals of H, T and N."""
    out = []
    for k in range(scenes):
        ratio = rng.uniform(*snr_db, 6)
        out += [SceneParams(kind="T", snr_db=float(r), duration_s=900.0) for r in ratio[:3]]
        out.append(SceneParams(kind="H", snr_db=float(ratio[3])))
        subtype = NOISE_SUBTYPES[k % len(NOISE_SUBTYPES)]
        long = subtype in ("ship", "ice")
        out += [
            SceneParams(kind="N", snr_db=float(r), subtype=subtype, duration_s=600.0)
            for r in ratio[4 : 6 if long else 5]
        ]
    return out


def simulated_cases(
    scenes: int, ranges: SceneRanges, seed: int, snr_db: tuple[float, float] = SNR_DB
) -> list[Case]:
    """Simulate, detect and measure."""
    rng = np.random.default_rng(seed)
    recipe = HydroRecipe()
    out: list[Case] = []
    for params in plan(scenes, snr_db, rng):
        scene = simulate_scene(rng, params, ranges)
        out += cases_of(scene, recipe, PER_TRAIN)
    # What noise alone makes where the detector listens harder.
    eager = replace(recipe, detector=replace(recipe.detector, false_alarms_per_hour=60.0))
    for _ in range(max(scenes // 10, 1)):
        silence = SceneParams(kind="N", subtype="silence", snr_db=0.0)
        out += cases_of(simulate_scene(rng, silence, ranges), eager, PER_TRAIN)
    return out


def table_of(cases: list[Case]) -> tuple[FloatArray, NDArray[np.int64], FloatArray]:
    """Return features, classes and signal-to-noise ratios of the cases that were detected."""
    seen = [c for c in cases if c.vector is not None]
    vectors = np.array([c.vector for c in seen])
    kinds = np.array([CLASSES.index(c.truth.kind if c.truth else "N") for c in seen])
    snr = np.array([c.truth.snr_db if c.truth else -5.0 for c in seen])
    return vectors, kinds, snr


def logistic_fit(
    rows: FloatArray, positive: NDArray[np.bool_], penalty: float, *, balanced: bool = True
) -> FloatArray:
    """Return the weights of a logistic regression by Newton's method.

    Balanced, both classes weigh alike, however many examples each has.
    """
    share = float(positive.mean()) if balanced else 0.5
    balance = np.where(positive, 0.5 / share, 0.5 / (1.0 - share))
    ridge = penalty * np.eye(rows.shape[1])
    ridge[0, 0] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(60):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -50.0, 50.0)))
        gradient = rows.T @ (balance * (positive - chance)) - ridge @ weights
        curvature = (rows * (balance * chance * (1.0 - chance))[:, None]).T @ rows + ridge
        change = np.linalg.solve(curvature, gradient)
        weights += change / max(1.0, float(np.abs(change).max()))
        if float(np.abs(change).max()) < 1e-8:
            break
    return weights


def train(vectors: FloatArray, kinds: NDArray[np.int64]) -> dict[str, object]:
    """Return the model as it stands in the file."""
    mean = np.nanmean(vectors, axis=0)
    scale = np.maximum(np.nanstd(vectors, axis=0), 1e-6)
    rows = terms(vectors, mean, scale)
    t, h = kinds == CLASSES.index("T"), kinds == CLASSES.index("H")
    z = standardised(vectors, mean, scale)
    groups = [z[kinds == k] for k in range(len(CLASSES))]
    centres = np.array([g.mean(axis=0) for g in groups])
    inverses = np.array([np.linalg.inv(np.cov(g.T) + 0.05 * np.eye(z.shape[1])) for g in groups])
    off = z[:, None] - centres[None]
    distances = np.sqrt(np.einsum("nci,cij,ncj->nc", off, inverses, off).min(axis=1))
    return {
        "mean": mean.tolist(),
        "scale": scale.tolist(),
        "stage_t": logistic_fit(rows, t, PENALTY).tolist(),
        "stage_h": logistic_fit(rows[~t], h[~t], PENALTY).tolist(),
        "centres": centres.tolist(),
        "inverses": inverses.tolist(),
        "farthest": float(np.quantile(distances, 0.999)) * 1.2,
    }


def model_of(held: dict[str, object]) -> ClassModel:
    """Return a model from what stands in its file."""
    arrays = {k: np.array(held[k]) for k in MODEL_KEYS}
    return ClassModel(**arrays, farthest=float(str(held["farthest"])))


def confusion_by_snr(
    vectors: FloatArray, kinds: NDArray[np.int64], snr: FloatArray, model: ClassModel
) -> list[dict[str, object]]:
    """Return, by signal-to-noise ratio, what signals of each class were most probably taken for."""
    out: list[dict[str, object]] = []
    for low, high in pairwise(SNR_EDGES_DB):
        rows = np.flatnonzero((snr >= low) & (snr < high))
        chances = [[p for _, p in classify(vectors[k], model).probabilities] for k in rows]
        taken = np.argmax(np.array(chances).reshape(-1, 3), axis=1)
        table = np.zeros((3, 3), dtype=int)
        np.add.at(table, (kinds[rows], taken), 1)
        shares = [table[k, k] / table[k].sum() for k in range(3) if table[k].sum()]
        out.append(
            {
                "snr_db": [low, high],
                "true_by_taken": table.tolist(),
                "correct": float(np.mean(shares)) if shares else None,
            }
        )
    return out


def main() -> None:
    """Write the model."""
    cases = [c for k in range(CHUNKS) for c in simulated_cases(CHUNK_SCENES, TRAINING, SEED + k)]
    write(cases)


def write(cases: list[Case]) -> None:
    """Train on nine tenths of the cases and write the model with the confusion of the others."""
    vectors, kinds, snr = table_of(cases)
    aside = np.arange(len(kinds)) % 10 == 0
    held = train(vectors[~aside], kinds[~aside])
    confusion = confusion_by_snr(vectors[aside], kinds[aside], snr[aside], model_of(held))
    document = {
        "about": "H/T/N classifier of hydroacoustic signals, trained on simulated signals only",
        "training": {
            "set": "vigie.simulate.hydroacoustic.TRAINING, made by builders.build_hydro_classifier",
            "seed": SEED,
            "chunks": CHUNKS,
            "signals": {c: int(np.sum(kinds[~aside] == k)) for k, c in enumerate(CLASSES)},
            "snr_db": list(SNR_DB),
            "penalty": PENALTY,
        },
        "features": list(FEATURES),
        "confusion_of_signals_kept_aside": confusion,
        **{k: _rounded(v) for k, v in held.items()},
    }
    OUT.write_text(json.dumps(document) + "\n", encoding="utf-8")


def _rounded(value: object) -> object:
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
