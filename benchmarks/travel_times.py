"""Accuracy and speed of the travel-time tables, beside TauP.

    python -m benchmarks.travel_times

Draws random distances and depths (off every knot) and compares each phase with the arrival of
ObsPy's TauP: the earliest of its name, or the one nearest in time for the branches of core
phases, which TauP gives one name. Then counts predictions per second of one core.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth import TravelTimes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

ONE_NAME = ("PKPbc", "PKPab", "SKPbc", "SKPab", "PKKPbc", "PKKPab", "PKPPKPbc", "PKPPKPab")
TAUP_NAMES: dict[str, tuple[str, ...]] = {
    "P": ("p", "P", "Pdiff"),
    "S": ("s", "S", "Sdiff"),
    **{
        name: (name,)
        for name in ("PcP", "PcS", "ScP", "ScS", "PP", "SS", "pP", "sP", "sS", "PKiKP")
    },
    **{prefix + "PKPdf": (prefix + "PKIKP",) for prefix in ("", "p", "s")},
    **{
        prefix + branch: (prefix + "PKP",)
        for prefix in ("", "p", "s")
        for branch in ("PKPbc", "PKPab")
    },
    "PKP": ("PKP", "PKIKP"),
    "SKS": ("SKS", "SKIKS"),
    "SKSac": ("SKS",),
    "SKSdf": ("SKIKS",),
    "SKP": ("SKP", "SKIKP"),
    "SKPdf": ("SKIKP",),
    "SKPbc": ("SKP",),
    "SKPab": ("SKP",),
    "SKKSac": ("SKKS",),
    "PKKPdf": ("PKIKKIKP",),
    "PKKPbc": ("PKKP",),
    "PKKPab": ("PKKP",),
    "PKPPKP": ("PKPPKP", "PKIKPPKIKP"),
    "PKPPKPdf": ("PKIKPPKIKP",),
    "PKPPKPbc": ("PKPPKP",),
    "PKPPKPab": ("PKPPKP",),
}
"""vigie's phase to the names of its TauP arrivals."""


class Comparison(NamedTuple):
    """Differences from TauP of one phase."""

    errors_s: FloatArray
    slowness_errors: FloatArray
    one_sided: int
    """Points where only one of the two has the phase."""


def compare(
    model: str, phases: tuple[str, ...], count: int, rng: np.random.Generator
) -> dict[str, Comparison]:
    """Compare phases with TauP at random distances and depths, 0 to 700 km."""
    from obspy.taup import TauPyModel

    taup, tables = TauPyModel(model), TravelTimes.load(model)
    names = sorted({name for phase in phases for name in TAUP_NAMES[phase]})
    rows: dict[str, list[tuple[float, float]]] = {phase: [] for phase in phases}
    one_sided = dict.fromkeys(phases, 0)
    only_first = set(phases) <= {"P", "S"}
    for _ in range(count):
        depth = float(rng.uniform(0.2, 700.0) if rng.random() < 0.6 else rng.uniform(0.2, 60.0))
        farthest = rng.choice([98.0, 30.0, 4.0]) if only_first else 180.0
        delta = float(rng.uniform(0.0, farthest))
        arrivals = taup.get_travel_times(depth, delta, names)
        for phase in phases:
            if phase in ("P", "S") and delta > 98.0:
                continue
            mine = tables.predict(phase, delta, depth)
            named = [a for a in arrivals if a.name in TAUP_NAMES[phase]]
            if np.isnan(mine.time_s) or not named:
                one_sided[phase] += bool(named) != bool(np.isfinite(mine.time_s))
                continue
            nearest = phase.endswith(("bc", "ab"))
            theirs = min(
                named, key=lambda a: abs(a.time - float(mine.time_s)) if nearest else a.time
            )
            slowness = np.radians(theirs.ray_param)
            rows[phase].append(
                (
                    float(mine.time_s) - theirs.time,
                    abs(float(mine.slowness_s_per_deg)) - slowness,
                )
            )
    found = {}
    for phase in phases:
        columns = np.array(rows[phase]).reshape(-1, 2)
        found[phase] = Comparison(columns[:, 0], columns[:, 1], one_sided[phase])
    return found


def throughput(model: str, phase: str, count: int, rng: np.random.Generator) -> float:
    """Return predictions per second of processor time on one core, best of five."""
    tables = TravelTimes.load(model)
    number = np.full(count, tables.phase_index(phase))
    delta, depth = rng.uniform(0.0, 98.0, count), rng.uniform(0.0, 700.0, count)
    tables.predict_many(number[:9], delta[:9], depth[:9])
    best = np.inf
    for _ in range(5):
        start = time.process_time()
        tables.predict_many(number, delta, depth)
        best = min(best, time.process_time() - start)
    return count / best


def measure() -> dict[str, object]:
    """Measure everything; some four minutes."""
    out: dict[str, object] = {}
    for model in ("ak135", "iasp91"):
        rng = np.random.default_rng(2016)
        found = compare(model, ("P", "S"), 1500, rng)
        found |= compare(model, tuple(p for p in TAUP_NAMES if p not in ("P", "S")), 400, rng)
        out[model] = {phase: _summary(result) for phase, result in found.items()}
    out["predictions_per_second"] = {
        phase: throughput("ak135", phase, 1_000_000, np.random.default_rng(1))
        for phase in ("P", "S", "PcP")
    }
    return out


def _summary(result: Comparison) -> dict[str, float]:
    errors_ms = 1e3 * np.abs(result.errors_s)
    if not errors_ms.size:
        return {"points": 0}
    return {
        "points": errors_ms.size,
        "median_ms": round(float(np.median(errors_ms)), 4),
        "p95_ms": round(float(np.percentile(errors_ms, 95)), 3),
        "max_ms": round(float(errors_ms.max()), 3),
        "one_sided": result.one_sided,
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
