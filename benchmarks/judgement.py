"""Judgement of samples on simulated histories: rates held, power, categories, trends, anomaly.

Every number has the truth beside it: the series are those of ``tests/radionuclide``.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from tests.radionuclide.support_histories import (
    SERIES,
    judged_levels,
    labelled_history,
    observed,
)

from vigie.radionuclide.judge import (
    BaselineParams,
    ControlPoint,
    Observation,
    abnormal_limit,
    learn_baseline,
    sample_anomaly,
    watch,
)
from vigie.radionuclide.judge.baseline import _Learner
from vigie.radionuclide.judge.censored import kaplan_meier
from vigie.records import NS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

RATES = (0.05, 0.02, 0.01, 0.001)
STATION_YEARS = 12
FACTORS = (2.0, 4.0, 8.0, 16.0)


def exceedance(name: str, n_series: int = 10) -> dict[str, object]:
    """Return how often ordinary samples exceed the limits of a baseline, and of a fixed rule."""
    chances, fixed = [], []
    power: dict[float, list[bool]] = {factor: [] for factor in FACTORS}
    params = BaselineParams()
    for seed in range(n_series):
        rng = np.random.default_rng([seed, 7])
        samples = observed(SERIES[name](1500, rng), rng)
        learner = _Learner(params, samples[: params.min_samples])
        for k, one in enumerate(samples):
            if k >= 400:
                base = learner.baseline(n_unusable=0)
                chances.append(base.chance(one))
                if k % 50 == 0 and one.detected:
                    for factor in FACTORS:
                        raised = replace(one, concentration=factor * (one.concentration or 0.0))
                        power[factor].append((base.chance(raised) or 1.0) < 0.01)
            learner.take(one)
        values = np.array([o.concentration if o.detected else 0.0 for o in samples], dtype=float)
        q1, median, q3 = np.quantile(values[:400], [0.25, 0.5, 0.75])
        # k such that a normal law exceeds median + k IQR in 1 %.
        fixed.append(np.mean(values[400:] > median + 2.3263 / 1.349 * (q3 - q1)))
    held = np.array(chances, dtype=float)
    return {
        "n": len(held),
        "exceeded_percent": {f"{100 * r:g}": round(100 * np.mean(held < r), 2) for r in RATES},
        "fixed_rule_of_1_percent": round(100 * float(np.mean(fixed)), 2),
        "seen_at_1_percent_by_factor": {
            f"{f:g}": round(float(np.mean(hits)), 3) for f, hits in power.items() if hits
        },
    }


def categories() -> dict[str, object]:
    """Return how the levels of labelled histories compare with the truth."""
    rows = []
    for seed in range(STATION_YEARS):
        history = labelled_history(730, np.random.default_rng([seed, 11]))
        rows += judged_levels(history, from_day=365)
    told = np.array([level in "345" for _, level in rows])
    high = np.array([level in "45" for _, level in rows])
    truth = np.array([one.anthropogenic for one, _ in rows])
    present = np.array([one.present for one, _ in rows])
    release = np.array([one.release for one, _ in rows])
    grey = present & ~truth
    return {
        "samples": len(rows),
        "accuracy_12_against_345": round(float(np.mean(told == truth)), 4),
        "accuracy_without_traces_below_mdc": round(float(np.mean((told == truth)[~grey])), 4),
        "sensitivity": round(float(np.mean(told[truth])), 4),
        "false_alarm_rate": round(float(np.mean(told[~truth])), 4),
        "false_alarm_rate_of_clean_air": round(float(np.mean(told[~present])), 4),
        "level_45_of_samples_without_release": round(float(np.mean(high[~release])), 5),
        "releases": int(release.sum()),
        "releases_at_level_5": round(float(np.mean([lv == "5" for o, lv in rows if o.release])), 3),
        "releases_at_level_45": round(float(np.mean(high[release])), 4),
        "level_2_of_natural_samples": round(
            float(np.mean([lv == "2" for o, lv in rows if not o.present])), 4
        ),
    }


def gas() -> dict[str, float]:
    """Return how often ordinary samples exceed the abnormal limit of 1 %, in percent."""
    found = {}
    for name in ("lognormal", "plumes", "correlated", "hidden"):
        hits = []
        for seed in range(8):
            rng = np.random.default_rng([seed, 13])
            samples = observed(SERIES[name](1200, rng), rng)
            for k in range(400, 1200, 4):
                limit = abnormal_limit(samples[:k], samples[k].time_ns)
                above = limit is not None and (samples[k].concentration or 0.0) > limit
                hits.append(above and samples[k].detected)
        found[name] = round(100 * float(np.mean(hits)), 2)
    return found


SHORT = ((30, 45), (45, 60), (60, 99), (99, 121))
"""Samples of history, from and below."""


def short_histories(name: str, n_series: int = 300) -> dict[str, object]:
    """Return what histories of 30 to 120 samples tell, in percent at a nominal 1 %.

    Ordinary samples that are unusual against the baseline and against the law of noble gas
    (that knows no season), and samples of 10 and 100 times the largest before that are.
    """
    found: dict[str, dict[tuple[int, int], list[bool]]] = {}
    for seed in range(n_series):
        rng = np.random.default_rng([seed, 31])
        first = int(rng.integers(365))
        samples = observed(SERIES[name](first + 121, rng)[first:], rng)
        learner = _Learner(BaselineParams(), samples[:30])
        for k, one in enumerate(samples):
            band = next((b for b in SHORT if b[0] <= k < b[1]), None)
            if band is not None and k % 3 == 0:
                for label, unusual in _short(samples[:k], learner, one).items():
                    found.setdefault(label, {}).setdefault(band, []).append(unusual)
            learner.take(one)
    return {
        label: {f"{a} to {b - 1}": round(100 * float(np.mean(hits)), 2) for (a, b), hits in of}
        for label, of in ((label, by_band.items()) for label, by_band in found.items())
    }


def _short(before: Sequence[Observation], learner: _Learner, one: Observation) -> dict[str, bool]:
    """Return whether a sample, and far larger ones, are unusual against the samples before it."""
    base = learner.baseline(n_unusable=0)
    limit = abnormal_limit(before, one.time_ns) or float("inf")
    largest = max((o.concentration if o.detected else o.limit) or 0.0 for o in before)
    found = {
        "baseline": (base.chance(one) or 1.0) < 0.01,
        "gas": one.detected and (one.concentration or 0.0) > limit,
    }
    for factor in (10.0, 100.0):
        raised = replace(one, concentration=factor * largest, detected=True)
        found[f"baseline_at_{factor:g}_times_largest"] = (base.chance(raised) or 1.0) < 0.01
        found[f"gas_at_{factor:g}_times_largest"] = factor * largest > limit
    return found


def trends() -> dict[str, object]:
    """Return false alarms and delays of the control charts."""

    def series(seed: int, step: float, drift: float, n: int) -> list[ControlPoint]:
        rng = np.random.default_rng([seed, 17])
        days = np.arange(n)
        moved = np.where(days >= 100, step + drift * (days - 100), 0.0)
        values = rng.normal(0.0, 1.0, n) + moved
        return [
            ControlPoint(time_ns=int(d) * NS_PER_DAY, value=float(v))
            for d, v in zip(days, values, strict=True)
        ]

    watched, alarms = 0.0, 0
    for seed in range(1000):
        found = watch(series(seed, 0.0, 0.0, 1030))
        end = found.alarm_ns if found and found.alarm_ns is not None else 1029 * NS_PER_DAY
        watched += end / NS_PER_DAY - 29
        alarms += found is not None and found.alarm_ns is not None
    delays = {}
    for label, step, drift in (
        ("step 1 sigma", 1.0, 0.0), ("step 2 sigma", 2.0, 0.0), ("step 6 sigma", 6.0, 0.0),
        ("drift 0.01 sigma/d", 0.0, 0.01), ("drift 0.03 sigma/d", 0.0, 0.03),
    ):  # fmt: skip
        seen = [watch(series(s, step, drift, 365)) for s in range(300)]
        days = [t.alarm_ns / NS_PER_DAY - 99 for t in seen if t and t.alarm_ns is not None]
        after = [d for d in days if d > 0]
        delays[label] = {"median_days": float(np.median(after)), "found": len(days) / len(seen)}
    return {"points_between_false_alarms": round(watched / alarms), "delays": delays}


def anomaly() -> dict[str, float]:
    """Return how often ordinary samples have a chance below nominal ones, in percent."""
    rng = np.random.default_rng(19)
    shared = rng.normal(0.0, 1.0, 20_000)
    several = ndtr(0.8 * shared[:, None] + 0.6 * rng.normal(0.0, 1.0, (20_000, 5)))
    smallest = several.min(axis=1)
    chances = []
    for k in range(730, 20_000, 3):
        named = dict(zip("abcde", several[k], strict=True))
        found = sample_anomaly(named, list(smallest[k - 730 : k]))
        chances.append(found.chance if found else 1.0)
    return {f"{100 * r:g}": round(100 * float(np.mean(np.array(chances) < r)), 2) for r in RATES}


def quantile_coverage() -> dict[str, float]:
    """Return how often the 95 % limits of a quantile hold the truth, 40 % censored, n = 200."""
    rng = np.random.default_rng(23)
    held: dict[float, list[bool]] = {0.75: [], 0.95: []}
    truth = {0.75: np.exp(0.674490), 0.95: np.exp(1.644854)}
    for _ in range(2000):
        values = np.exp(rng.normal(0.0, 1.0, 200))
        limits = np.exp(rng.normal(-0.25, 0.3, 200))
        law = kaplan_meier(np.maximum(values, limits), values > limits)
        for probability, inside in held.items():
            low, high = law.quantile_limits(probability)
            at = truth[probability]
            inside.append((low is None or low <= at) and (high is None or at <= high))
    return {f"{p:g}": round(float(np.mean(inside)), 4) for p, inside in held.items()}


def cost() -> dict[str, float]:
    """Return milliseconds of one baseline of two years, and of one trend of a year."""
    rng = np.random.default_rng(29)
    samples = observed(SERIES["seasonal"](730, rng), rng)
    points = [ControlPoint(time_ns=d * NS_PER_DAY, value=float(rng.normal())) for d in range(365)]
    watch(points)
    found = {}
    for name, run in (
        ("baseline_730_samples_ms", lambda: learn_baseline(samples)),
        ("trend_365_points_ms", lambda: watch(points)),
    ):
        started = time.perf_counter()
        for _ in range(10):
            run()
        found[name] = round(100.0 * (time.perf_counter() - started), 2)
    return found


def measure() -> dict[str, object]:
    """Run everything; about five minutes on one core."""
    return {
        "baseline": {name: exceedance(name) for name in SERIES},
        "categories": categories(),
        "gas_limit_exceeded_percent_at_1": gas(),
        "short_histories": {name: short_histories(name) for name in SERIES},
        "trends": trends(),
        "anomaly_percent_below": anomaly(),
        "quantile_limits_95": quantile_coverage(),
        "cost": cost(),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1, default=float))
