"""Train what tells a bubble period and write it with its figures.

    python -m builders.build_bubble_model

Explosions with and without bubble are drawn from ``vigie.simulate.hydroacoustic.TRAINING``, through
one path, drawn modes and the normal modes of an ocean, 3 to 25 dB, and signals of noise beside.
Every delay that was weighed in them is an example: right where its period is within 1 % of truth,
left out from there to 3 %, else wrong. The file holds the weights and, by cross-validation in five
parts, how often the most probable period of a signal was right, wrong, or of no bubble. The
benchmark ``hydro`` measures the same on ``TESTING``, whose ranges and shapes differ.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from builders.build_hydro_classifier import cases_of, logistic_fit
from numpy.typing import NDArray

from vigie.hydroacoustic.cepstrum import BubbleCandidate
from vigie.hydroacoustic.cepstrum.evidence import FEATURES, LIMIT, BubbleModel
from vigie.hydroacoustic.explosion import period_of_delay
from vigie.hydroacoustic.recipe import HydroRecipe
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.simulate.hydroacoustic import Scene

FloatArray = NDArray[np.float64]

SCENES = 60
"""Of each set of explosions; three explosions each."""
NOISE_SCENES = 12
NOISES = ("whale", "ship", "ice", "airgun")
SNR_DB = ((10.0, 25.0), (3.0, 25.0))
"""With and without bubble."""
RIGHT, NEAR = 0.01, 0.03
PENALTY = 3.0
PARTS = 5
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
OUT = Path(__file__).parents[1] / "src" / "vigie" / "hydroacoustic" / "bubble.json"
SILENT = (1e-6, 1e-6)
CHANNELS = {
    "one path": replace(TRAINING, ocean_share=0.0, modes=(1.0, 1.0)),
    "normal modes": replace(TRAINING, ocean_share=1.0),
    "drawn modes": replace(TRAINING, ocean_share=0.0),
}
SEEDS = {"one path": (2000, 2005), "normal modes": (2001, 2003), "drawn modes": (2002, 2004)}
"""Of scenes with and without bubble."""
NOISE_SEED = 2007


@dataclass(frozen=True)
class Weighed:
    """The delays that were weighed in one signal."""

    group: str
    period_s: float | None
    """True one; None where there is no bubble."""
    candidates: tuple[BubbleCandidate, ...]

    def errors(self) -> FloatArray:
        """Return the relative error of each period; infinite where there is no bubble."""
        if self.period_s is None:
            return np.full(len(self.candidates), np.inf)
        periods = [period_of_delay(c.delay_s, 1e-6)[0] for c in self.candidates]
        return np.abs(np.array(periods) / self.period_s - 1.0)


def simulated() -> list[Weighed]:
    """Simulate, detect and weigh."""
    out: list[Weighed] = []
    for name, ranges in CHANNELS.items():
        for pulsing in (True, False):
            drawn = ranges if pulsing else replace(ranges, bubble=SILENT)
            rng = np.random.default_rng(SEEDS[name][0 if pulsing else 1])
            for _ in range(SCENES):
                snr_db = float(rng.uniform(*SNR_DB[0 if pulsing else 1]))
                scene = simulate_scene(rng, SceneParams(kind="H", snr_db=snr_db), drawn)
                group = f"{name}, {'bubble' if pulsing else 'none'}"
                out += _weighed(group, scene, pulsing=pulsing)
    rng = np.random.default_rng(NOISE_SEED)
    for k in range(NOISE_SCENES):
        snr_db = float(rng.uniform(*SNR_DB[1]))
        params = SceneParams(kind="N", subtype=NOISES[k % len(NOISES)], snr_db=snr_db)
        out += _weighed("noise", simulate_scene(rng, params, TRAINING), pulsing=False)
    return out


def _weighed(name: str, scene: Scene, *, pulsing: bool) -> Iterator[Weighed]:
    for case in cases_of(scene, HydroRecipe(), 3):
        found = case.measured.cepstrum if case.measured else None
        if case.truth is not None:
            period_s = case.truth.bubble_period_s if pulsing else None
            yield Weighed(name, period_s, found.candidates if found else ())


def trained(rows: FloatArray, right: NDArray[np.bool_]) -> BubbleModel:
    """Return the model that fits examples, shape (n, features)."""
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    z = np.clip((rows - mean) / scale, -LIMIT, LIMIT)
    ones = np.ones((len(z), 1))
    weights = logistic_fit(np.hstack([ones, z]), right, PENALTY, balanced=False)
    return BubbleModel(mean, scale, weights)


def examples(signals: list[Weighed]) -> tuple[FloatArray, NDArray[np.bool_], NDArray[np.intp]]:
    """Return features, which are right, and the signal of each; near misses are left out."""
    rows, right, owner = [], [], []
    for k, signal in enumerate(signals):
        for candidate, error in zip(signal.candidates, signal.errors(), strict=True):
            if error < RIGHT or error > NEAR:
                rows.append(candidate.features)
                right.append(bool(error < RIGHT))
                owner.append(k)
    return np.array(rows), np.array(right), np.array(owner)


def cross_validated(signals: list[Weighed]) -> dict[str, dict[str, dict[str, int]]]:
    """Return how often periods were right and wrong, by set and least probability."""
    rows, right, owner = examples(signals)
    best: list[tuple[str, float, float]] = []
    for part in range(PARTS):
        model = trained(rows[owner % PARTS != part], right[owner % PARTS != part])
        for signal in signals[part::PARTS]:
            if not signal.candidates:
                best.append((signal.group, 0.0, np.inf))
                continue
            chances = [model.probability(c.features) for c in signal.candidates]
            top = int(np.argmax(chances))
            best.append((signal.group, chances[top], float(signal.errors()[top])))
    out: dict[str, dict[str, dict[str, int]]] = {}
    for group in dict.fromkeys(s.group for s in signals):
        own = [(chance, error) for name, chance, error in best if name == group]
        out[group] = {
            f"{least:g}": {
                "signals": len(own),
                "right": sum(c >= least and e < RIGHT for c, e in own),
                "wrong": sum(c >= least and e >= RIGHT for c, e in own),
            }
            for least in THRESHOLDS
        }
    return out


def main() -> None:
    """Write the model."""
    write(simulated(), OUT)


def write(signals: list[Weighed], path: Path) -> None:
    """Train on all signals and write the model with its figures."""
    model = trained(*examples(signals)[:2])
    document = {
        "about": "probability that a delay is the bubble's, trained on simulated signals only",
        "training": {
            "set": "vigie.simulate.hydroacoustic.TRAINING, made by builders.build_bubble_model",
            "seeds": {**SEEDS, "noise": NOISE_SEED},
            "scenes_of_each_set": SCENES,
            "penalty": PENALTY,
        },
        "features": list(FEATURES),
        "cross_validation_by_least_probability": cross_validated(signals),
        **{
            name: [float(f"{v:.7g}") for v in getattr(model, name)]
            for name in ("mean", "scale", "weights")
        },
    }
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
