"""Fusion: are events with posterior odds p true in a fraction p? On simulated events and samples.

Each event has an ellipse of eight cells, releases of 40 steps, and a dozen samples with plumes of
random reach. Half of the events release: place, delay, composition and amount from the prior, the
model's error from its own law, the background of known emitters from its own. All the others leave
background alone. Then the same with winds that the sensitivities do not have: values off by a
log-normal factor and plumes a step late, as a test of what the model's error stands for.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from vigie.fusion.evidence import FusionParams, Hypotheses, sample_tables, weigh
from vigie.transport.source.likelihood import Observation, air_quantile
from vigie.transport.source.over_background import Background

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.fusion.evidence import Evidence

    FloatArray = NDArray[np.float64]

SEED = 20261127
N_STEPS, N_CELLS, N_SAMPLES, N_COMPOSITIONS = 40, 8, 12, 2
LIMIT = 1e-4
PARAMS = FusionParams(least_bq=1e12, most_bq=1e16)
EDGES = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0])


def measure(*, events: int = 1500) -> dict[str, object]:
    """Return calibration and coverage over so many events, with right and with wrong winds."""
    return {
        "right_winds": calibration(events, wrong=0.0),
        "wrong_winds_factor_2_one_step": calibration(events, wrong=1.0),
    }


def calibration(events: int, *, wrong: float) -> dict[str, object]:
    """Return by class of probability the mean and the true fraction, and coverage of amounts."""
    rng = np.random.default_rng(SEED)
    begun = time.perf_counter()
    rows = [one_event(rng, wrong) for _ in range(events)]
    seconds = (time.perf_counter() - begun) / events
    probability, true, inside = (np.array(column) for column in zip(*rows, strict=True))
    of = np.clip(np.digitize(probability, EDGES) - 1, 0, len(EDGES) - 2)
    classes = [
        {
            "from": float(EDGES[k]),
            "to": float(EDGES[k + 1]),
            "events": int((of == k).sum()),
            "mean_probability": float(probability[of == k].mean()),
            "true_fraction": float(true[of == k].mean()),
        }
        for k in range(len(EDGES) - 1)
        if (of == k).any()
    ]
    error = np.sqrt(np.mean((probability - true) ** 2))
    decided = np.abs(np.log10(probability / (1.0 - probability))) > np.log10(3.0)
    right = (probability > 0.5) == true
    return {
        "events": events,
        "classes": classes,
        "brier_score": float(error**2),
        "decided": float(decided.mean()),
        "decided_right": float(right[decided].mean()),
        "amount_in_90_percent": float(inside[true].mean()),
        "seconds_per_event": seconds,
    }


def one_event(rng: np.random.Generator, wrong: float = 0.0) -> tuple[float, bool, bool]:
    """Simulate and weigh one event: probability at even odds, truth, amount within its 90 %."""
    given = hypotheses(rng)
    backgrounds = [emitters(rng) for _ in range(N_SAMPLES)]
    true = bool(rng.random() < 0.5)
    amount = 10.0 ** rng.uniform(12.0, 16.0)
    released = left_by(given, amount, rng, wrong) if true else np.zeros(N_SAMPLES)
    samples = [measured(rng, c, law) for c, law in zip(released, backgrounds, strict=True)]
    tables = sample_tables(samples, backgrounds, PARAMS, with_spread=False)
    found: Evidence = weigh(tables, range(N_SAMPLES), given)
    low, high = found.amount_interval()[1:]
    log10 = float(np.clip(found.log10_bayes_factor, -15.0, 15.0))
    return 1.0 / (1.0 + 10.0**-log10), true, bool(low <= amount <= high)


def hypotheses(rng: np.random.Generator) -> Hypotheses:
    """Return plumes: each sample sees some steps and, less, the cells about one."""
    step, cell = np.arange(N_STEPS), np.arange(N_CELLS)
    sensitivity = np.zeros((N_STEPS, N_CELLS, N_SAMPLES))
    for k in range(N_SAMPLES):
        if rng.random() < 0.3:
            continue
        at, wide = rng.uniform(-5, N_STEPS), rng.uniform(1.0, 6.0)
        along = np.exp(-0.5 * ((step - at) / wide) ** 2)
        across = np.exp(-0.5 * ((cell - rng.uniform(0, N_CELLS)) / rng.uniform(0.7, 4.0)) ** 2)
        sensitivity[:, :, k] = 10.0 ** rng.uniform(-18.5, -16.0) * np.outer(along, across)
    sensitivity[sensitivity < 1e-21] = 0.0
    of_step = np.exp(-step / 20.0)
    of_cell = rng.random(N_CELLS)
    return Hypotheses(
        sensitivity=sensitivity,
        spread=np.zeros_like(sensitivity),
        relative=np.broadcast_to(
            np.array([1.0, 0.5])[np.newaxis, :, np.newaxis], (N_STEPS, N_COMPOSITIONS, N_SAMPLES)
        ).copy(),
        of_step=of_step / of_step.sum(),
        of_cell=of_cell / of_cell.sum(),
        n_amounts=PARAMS.tables_for().n_amounts,
    )


def emitters(rng: np.random.Generator) -> Background:
    """Return the background of a sample: log-normal of factor 3, at seven places."""
    z = np.linspace(-2.5, 2.5, 7)
    weights = np.exp(-0.5 * z**2)
    median = LIMIT * 10.0 ** rng.uniform(-2.0, 1.0)
    return Background(values=median * 3.0**z, weights=weights / weights.sum())


def left_by(given: Hypotheses, amount: float, rng: np.random.Generator, wrong: float) -> FloatArray:
    """Return what a release of the prior leaves in each sample."""
    t = int(rng.choice(N_STEPS, p=given.of_step))
    c = int(rng.choice(N_CELLS, p=given.of_cell))
    h = int(rng.integers(N_COMPOSITIONS))
    true_step = min(t + round(wrong), N_STEPS - 1)
    off = np.exp(wrong * np.log(2.0) * rng.standard_normal(N_SAMPLES))
    return np.asarray(amount * given.sensitivity[true_step, c] * given.relative[t, h] * off)


def measured(rng: np.random.Generator, released: float, law: Background) -> Observation:
    """Return a measurement: background and errors drawn from their laws."""
    background = float(rng.choice(law.values, p=law.weights))
    sigma = float(np.hypot(0.5 * released, 0.5 * background))
    air = float(air_quantile(rng.uniform(1e-9, 1.0 - 1e-9), released + background, sigma))
    noise = LIMIT / 1.6448536269514722
    value = air + float(rng.normal(0.0, noise))
    detected = value >= LIMIT
    # Half of the silent samples report no value.
    reported = detected or rng.random() < 0.5
    return Observation(
        critical_level=LIMIT,
        value=value if reported else None,
        sigma=noise if reported else None,
        detected=detected,
    )
