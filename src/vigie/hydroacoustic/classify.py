"""H, T or N: chances that a signal is of an explosion in water, of an earthquake, or of noise.

Two stages, as at the IDC (Prior 2010): T against the rest, then H against N, each a logistic
regression on the standardised features, their squares and products. Chances of the classes are
p(T), (1 - p(T)) p(H), (1 - p(T)) (1 - p(H)). A signal that lies farther from all classes than
99.9 % of those learnt (Mahalanobis distance) is unknown: its chances are halved toward even ones,
and its phase is N. No class is forced: below ``min_probability`` the phase is N too.

The model is shipped as ``model.json``: how it was trained (``builders.build_hydro_classifier``, on
simulated signals in simulated noise), its features and its confusion by signal-to-noise ratio
stand in it. Accuracy as measured: ``docs/methods/hydroacoustic.md``. Cost: 30 us.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.hydroacoustic.measure import Measured

FloatArray = NDArray[np.float64]

CLASSES = ("H", "T", "N")
OCTAVES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
FEATURES = (
    "log_spread",
    "log_duration",
    "skewness",
    "kurtosis",
    "log_rise_share",
    "snr_db",
    *(f"octave_{low:g}_db" for low in OCTAVES),
    "slope_db_per_octave",
    "log2_centre",
    "log2_bandwidth",
    "tonality",
    "log_crossings_per_s",
    "log_repetitions",
    "echo_significance",
    "correlation",
)
LIMIT = 3.0
"""Standardised features are cut here: a model knows nothing beyond what it learnt."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassModel:
    """A trained two-stage model."""

    mean: FloatArray
    """Of the features, shape (k,)."""
    scale: FloatArray
    stage_t: FloatArray
    """Weights of T against the rest, of the terms."""
    stage_h: FloatArray
    """Weights of H against N."""
    centres: FloatArray
    """Of the classes, standardised, shape (3, k)."""
    inverses: FloatArray
    """Inverse covariances of the classes, shape (3, k, k)."""
    farthest: float
    """Mahalanobis distance beyond which a signal is unknown."""


@dataclass(frozen=True, slots=True)
class Classified:
    """Chances of the classes."""

    h: float
    t: float
    n: float
    unknown: bool
    """Unlike all that the model learnt from."""

    @property
    def probabilities(self) -> tuple[tuple[str, float], ...]:
        """In the order of ``CLASSES``."""
        return (("H", self.h), ("T", self.t), ("N", self.n))

    def phase(self, min_probability: float) -> str:
        """Return the class, or N where none is probable enough."""
        name, chance = max(self.probabilities, key=lambda pair: pair[1])
        return name if chance >= min_probability and not self.unknown else "N"


def feature_vector(measured: Measured, lows_hz: tuple[float, ...]) -> FloatArray:
    """Return the features of a signal; NaN where one is not known.

    Parameters
    ----------
    measured : Measured
    lows_hz : tuple of float
        Lower corners of the octaves that were measured.
    """
    table, best, shape = measured.table, measured.best, measured.shape
    snr = table.snr_peak_db
    duration = float(table.duration_s[best])
    octaves = [
        float(np.clip(snr[lows_hz.index(low)] - snr[best], -30.0, 0.0))
        if low in lows_hz
        else np.nan
        for low in OCTAVES
    ]
    echo = measured.cepstrum.strongest if measured.cepstrum else None
    direction = measured.direction
    return np.array(
        [
            np.log10(table.spread_s[best]),
            np.log10(duration),
            np.clip(table.skewness[best], -5.0, 10.0),
            np.log(np.clip(table.kurtosis[best], -1.9, 50.0) + 3.0),
            np.log10(table.rise_s[best] / duration),
            snr[best],
            *octaves,
            shape.slope_db_per_octave,
            np.log2(shape.centre_hz),
            np.log2(max(shape.bandwidth_hz, 0.1)),
            shape.tonality,
            np.log10((table.crossings[best] + 1.0) / duration),
            np.log10(1.0 + measured.repetitions),
            echo.significance * np.sign(echo.height) if echo else 0.0,
            direction.correlation if direction else np.nan,
        ]
    )


def terms(vectors: FloatArray, mean: FloatArray, scale: FloatArray) -> FloatArray:
    """Return 1, the standardised features, their squares and products, shape (n, terms)."""
    z = standardised(vectors, mean, scale)
    i, j = np.triu_indices(z.shape[1])
    return np.concatenate([np.ones((len(z), 1)), z, z[:, i] * z[:, j]], axis=1)


def standardised(vectors: FloatArray, mean: FloatArray, scale: FloatArray) -> FloatArray:
    """Return features less mean over scale, cut at a limit; 0 where one is not known."""
    z = np.nan_to_num((np.atleast_2d(vectors) - mean) / scale, nan=0.0)
    return np.clip(z, -LIMIT, LIMIT)


def classify(vector: FloatArray, model: ClassModel) -> Classified:
    """Return the chances of H, T and N of a signal.

    Parameters
    ----------
    vector : ndarray, shape (k,)
        Its features.
    model : ClassModel
    """
    row = terms(vector, model.mean, model.scale)[0]
    p_t = float(_logistic(row @ model.stage_t))
    p_h = float(_logistic(row @ model.stage_h))
    z = standardised(vector, model.mean, model.scale)[0]
    off = z - model.centres
    distance = float(np.sqrt(np.min(np.einsum("ci,cij,cj->c", off, model.inverses, off))))
    chances = np.array([(1.0 - p_t) * p_h, p_t, (1.0 - p_t) * (1.0 - p_h)])
    unknown = distance > model.farthest
    if unknown:
        chances = 0.5 * chances + 0.5 / 3.0
    h, t, n = chances.tolist()
    return Classified(h, t, n, unknown)


def _logistic(x: FloatArray | float) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -50.0, 50.0))))


@lru_cache(maxsize=1)
def shipped_model() -> ClassModel:
    """Return the model that is shipped."""
    text = files("vigie.hydroacoustic").joinpath("model.json").read_text(encoding="utf-8")
    held = json.loads(text)
    return ClassModel(
        mean=np.array(held["mean"]),
        scale=np.array(held["scale"]),
        stage_t=np.array(held["stage_t"]),
        stage_h=np.array(held["stage_h"]),
        centres=np.array(held["centres"]),
        inverses=np.array(held["inverses"]),
        farthest=float(held["farthest"]),
    )
