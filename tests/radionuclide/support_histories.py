"""Simulated station histories with truth: what the air held, and what the analysis said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tests.radionuclide.support_samples import result, sample

from vigie.radionuclide.judge import Observation, categorise, learn_baseline, observation
from vigie.records import NS_PER_DAY, NuclideResult, SampleAnalysis

FloatArray = NDArray[np.float64]
Series = Callable[[int, np.random.Generator], FloatArray]


def lognormal(n: int, rng: np.random.Generator) -> FloatArray:
    """Return a stationary, skewed series, always detected."""
    return np.asarray(10.0 * np.exp(rng.normal(0.0, 0.6, n)))


def gamma(n: int, rng: np.random.Generator) -> FloatArray:
    """Return a series that is not log-normal: its logarithm leans to the left."""
    return np.asarray(5.0 * rng.gamma(1.5, 1.0, n))


def seasonal(n: int, rng: np.random.Generator) -> FloatArray:
    """Return a series that changes fivefold over the year."""
    course = np.cos(2.0 * np.pi * np.arange(n) / 365.2425)
    return np.asarray(10.0 * np.exp(rng.normal(0.0, 0.4, n) + 0.8 * course))


def plumes(n: int, rng: np.random.Generator) -> FloatArray:
    """Return a background with a heavy upper tail: one sample in twenty saw a plume."""
    seen = rng.random(n) < 0.05
    return 10.0 * np.exp(rng.normal(0.0, 0.5, n) + np.where(seen, rng.normal(2.0, 0.7, n), 0.0))


def correlated(n: int, rng: np.random.Generator) -> FloatArray:
    """Return a series whose neighbours are alike (correlation 0.6)."""
    steps = rng.normal(0.0, 0.8, n)
    x = np.zeros(n)
    for k in range(1, n):
        x[k] = 0.6 * x[k - 1] + steps[k]
    return 10.0 * np.exp(0.6 * x)


def rare(n: int, rng: np.random.Generator) -> FloatArray:
    """Return a nuclide that is seen in 6 % of the samples."""
    return np.asarray(np.where(rng.random(n) < 0.06, np.exp(rng.normal(1.5, 0.5, n)), 0.05))


def hidden(n: int, rng: np.random.Generator) -> FloatArray:
    """Return a nuclide that lies mostly below the critical level of 1."""
    return np.exp(rng.normal(-1.0, 0.9, n))


SERIES: dict[str, Series] = {
    "lognormal": lognormal,
    "gamma": gamma,
    "seasonal": seasonal,
    "plumes": plumes,
    "correlated": correlated,
    "rare": rare,
    "hidden": hidden,
}


def observed(truth: FloatArray, rng: np.random.Generator) -> list[Observation]:
    """Return daily observations of true concentrations, critical level about 1."""
    critical = np.exp(rng.normal(0.0, 0.1, len(truth)))
    sigma = critical / 1.645 * np.sqrt(1.0 + 0.02 * truth)
    measured = truth + rng.normal(0.0, sigma)
    return [
        Observation(
            time_ns=day * NS_PER_DAY,
            concentration=float(c),
            critical_level=float(limit),
            mdc=2.1 * float(limit),
            detected=bool(c > limit),
        )
        for day, (c, limit) in enumerate(zip(measured, critical, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class LabelledSample:
    """An analysis and the level that the truth gives it."""

    analysis: SampleAnalysis
    anthropogenic: bool
    """Whether the air held a relevant nuclide at or above its MDC."""
    present: bool
    """Whether it held any, however little."""
    release: bool
    """Whether a release of fission products was planted."""


NATURAL = {"Be-7": 3500.0, "Pb-212": 30_000.0, "Pb-210": 500.0, "K-40": 60.0}
FISSION = ("I-131", "Ba-140", "Te-132", "Mo-99", "Ru-103", "Zr-95", "Cs-137", "I-133")


def labelled_history(
    days: int, rng: np.random.Generator, *, false_identifications: float = 0.01
) -> list[LabelledSample]:
    """Return a station's samples with the truth.

    Natural nuclides follow the seasons; Cs-137 is resuspended in one sample in ten, I-131 of a
    hospital is seen in one of fifty; releases of two to five fission products, each at 1 to 30
    times its MDC, come once a month. A false identification (of a nuclide that is not there, with
    an area just above its critical level) happens in the given share of samples.
    """
    course = np.cos(2.0 * np.pi * np.arange(days) / 365.2425)
    return [_day(day, float(course[day]), rng, false_identifications) for day in range(days)]


def _day(day: int, course: float, rng: np.random.Generator, false_rate: float) -> LabelledSample:
    critical = float(np.exp(rng.normal(np.log(2.5), 0.15)))
    results = []
    for name, level in NATURAL.items():
        season = -0.5 * course if name == "Be-7" else 0.2 * course
        value = level * float(np.exp(rng.normal(season, 0.35)))
        results.append(result(name, value, sigma=0.02 * value + 1.0, critical_level=critical))
    truth: dict[str, float] = {}
    if rng.random() < 0.10:
        truth["Cs-137"] = critical * float(np.exp(rng.normal(0.9, 0.4)))
    if rng.random() < 0.02:
        truth["I-131"] = critical * float(np.exp(rng.normal(1.0, 0.5)))
    release = bool(rng.random() < 1.0 / 30.0)
    if release:
        for name in rng.choice(FISSION, size=int(rng.integers(2, 6)), replace=False):
            truth[str(name)] = 2.1 * critical * float(np.exp(rng.uniform(0.0, np.log(30.0))))
    results += [_measured(name, truth.get(name, 0.0), critical, rng) for name in FISSION]
    if rng.random() < false_rate:
        name = str(rng.choice(["Co-60", "Zn-65", "Nb-95", "Tc-99m"]))
        value = critical * (1.0 + abs(float(rng.normal(0.0, 0.3))))
        results.append(result(name, value, sigma=critical / 1.645, critical_level=critical))
    above = any(value >= 2.1 * critical for value in truth.values())
    return LabelledSample(sample(*results, day=day), above, bool(truth), release)


def _measured(name: str, truth: float, critical: float, rng: np.random.Generator) -> NuclideResult:
    # What is not there is not identified: the rate of false identifications is its own knob.
    sigma = critical / 1.645 * float(np.sqrt(1.0 + 0.1 * truth / critical))
    value = float(rng.normal(truth, sigma)) if truth > 0.0 else 0.0
    seen = truth > 0.0 and value > critical
    return result(name, value, sigma=sigma, critical_level=critical, detected=seen)


def judged_levels(
    history: list[LabelledSample], *, from_day: int
) -> list[tuple[LabelledSample, str]]:
    """Return the level of each sample from a day on, with baselines of all samples before it.

    Samples are judged from the sixtieth on, so that the history knows its own levels.
    """
    kept: dict[str, list[Observation]] = {}
    levels = []
    for day, one in enumerate(history):
        analysis = one.analysis
        if day >= 60:
            names = {r.nuclide for r in analysis.nuclides if r.detected}
            baselines = {name: learn_baseline(kept.get(name, [])) for name in names}
            category = categorise(analysis, baselines)
            analysis = replace(analysis, category=category)
            levels += [(one, category.level)] if day >= from_day else []
        for r in analysis.nuclides:
            seen = observation(analysis, r.nuclide)
            if seen is not None:
                kept.setdefault(r.nuclide, []).append(seen)
    return levels
