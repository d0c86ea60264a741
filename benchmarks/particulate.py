"""Particulate samples with exact truth: identification, concentrations, limits; real spectra.

``python -m benchmarks particulate`` simulates filters of a typical station (peak shapes, continua
and calibration errors that the analysis does not know): 2,000 with three relevant nuclides of 1 to
4 MDC drawn at random, 1,000 with natural nuclides alone, and the pairs of the interference table
at 3 MDC. Real spectra: which nuclides are found. ``python -m benchmarks.particulate 0.05`` does a
share of it.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from vigie.facts.nuclides import nuclide_list
from vigie.formats import Source
from vigie.formats.gamma_spectrum import FORMAT
from vigie.radionuclide.decay import chain_of
from vigie.radionuclide.particulate import analyse_sample
from vigie.simulate.radionuclide.hpge import TYPICAL_AIR_UBQ_M3, HpgeStation, simulate_sample

SPECTRA, NATURAL, TRIALS = 2000, 1000, 40
PER_SPECTRUM = 3
WORKERS = 2
SPREAD = 0.5
"""Of the logarithms of natural concentrations."""
MDC_RANGE = (1.0, 4.0)
HIGHEST_MDC = 3000.0
"""uBq/m3; nuclides with more have decayed away."""
CLEAR, PAIR = 2.0, 3.0
"""Times the MDC at which identification and pairs are judged."""
FAR = 6.0
"""Standard errors beyond which a concentration is listed by case."""
PAIRS = (
    ("Cs-137", "Ce-143"),
    ("Cs-134", "Sb-124"),
    ("Cs-134", "Sb-127"),
    ("Cs-134", "Sb-125"),
    ("Zr-95", "Sb-124"),
    ("Nb-95", "Ag-110m"),
    ("I-131", "Sb-125"),
    ("Zn-65", "Sc-46"),
    ("Ba-140", "Nd-147"),
    ("La-140", "Cs-136"),
    ("Mo-99", "Zr-97"),
    ("Te-132", "Np-239"),
    ("Ce-143", "Sb-127"),
    ("Ce-144", "Co-57"),
    ("Np-239", "Sb-126"),
    ("Co-57", "Eu-152"),
    ("I-133", "Nd-147"),
    ("Na-24", "Sb-124"),
    ("Cs-137", ""),
    ("Cs-134", ""),
    ("Zr-95", ""),
    ("Nb-95", ""),
    ("Tc-99m", ""),
    ("Mn-54", ""),
    ("Ce-141", ""),
)
"""Field sheet 3.6; a name alone stands against the natural lines beside it."""
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "radionuclide" / "gamma"
REAL = (
    "becq_mendocino_kelp_2013.spe",
    "becq_lead_cave_background_2017-05.spe",
    "becq_lead_cave_activated_pottery.spe",
    "detective_ex100_background_2011.n42",
    "eu152_surface_contamination.n42",
    "ba133_source_640s_20100317.n42",
    *(f"simulated_drf_calibration/drf_cal_HPGe_{n}.pcf" for n in ("Am241", "Cd109", "Co57")),
    *(f"simulated_drf_calibration/drf_cal_HPGe_{n}.pcf" for n in ("Ba133", "Cs137", "Co60")),
    *(f"simulated_drf_calibration/drf_cal_HPGe_{n}.pcf" for n in ("Na22", "U232", "background")),
    *(f"simulated_detectivex/{n}_Unshielded.raddata.txt" for n in ("Be7", "Cs134", "I131")),
    *(
        f"simulated_detectivex/{n}_Unshielded.raddata.txt"
        for n in ("La140", "Mo99", "Xe133", "Zr95")
    ),
)


@dataclass(frozen=True)
class Case:
    """One simulated filter."""

    seed: int
    names: tuple[str, ...]
    times_mdc: tuple[float, ...]


@dataclass(frozen=True)
class Found:
    """What came out of one."""

    case: Case
    rows: tuple[tuple[str, float, bool, float, float], ...]
    """Of each nuclide put in: name, times the MDC of this spectrum, detected, pull, ratio."""
    kept: tuple[str, ...]
    """Of those put in, which are stated as kept by another that was put in, and by which."""
    false: tuple[str, ...]
    seconds: float


@cache
def limits() -> dict[str, float]:
    """Return the MDC of relevant nuclides in a typical sample, uBq/m3."""
    made = simulate_sample(HpgeStation(), np.random.default_rng(999))
    relevant = set(nuclide_list("relevant"))
    return {
        one.nuclide: one.mdc
        for one in analyse_sample(made.message).nuclides
        if one.mdc and one.nuclide in relevant and one.mdc < HIGHEST_MDC
    }


def run(case: Case) -> Found:
    """Simulate and analyse one filter."""
    rng = np.random.default_rng(case.seed)
    air = {k: v * float(np.exp(rng.normal(0.0, SPREAD))) for k, v in TYPICAL_AIR_UBQ_M3.items()}
    put = {n: t * limits()[n] for n, t in zip(case.names, case.times_mdc, strict=True)}
    made = simulate_sample(HpgeStation(), rng, air_ubq_m3={**air, **put})
    started = time.perf_counter()
    found = analyse_sample(made.message)
    seconds = time.perf_counter() - started
    rows: list[tuple[str, float, bool, float, float]] = []
    kept: list[str] = []
    for name, true in put.items():
        one = found.nuclide(name)
        if one is None or not one.mdc or not one.uncertainty or one.concentration is None:
            continue
        if one.supported_by in put:
            # Its parent's concentration by its lines: no measure of what was put in of its own.
            kept.append(f"{name} by {one.supported_by}")
            continue
        pull = (one.concentration - true) / one.uncertainty
        rows.append((name, true / one.mdc, one.detected, pull, one.concentration / true))
    there = {member for name in put for member in chain_of(name).names}
    relevant = set(nuclide_list("relevant"))
    false = [n.nuclide for n in found.nuclides if n.detected and n.nuclide in relevant - there]
    return Found(case, tuple(rows), tuple(kept), tuple(false), seconds)


def many(cases: list[Case]) -> list[Found]:
    """Run cases in two processes."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        return list(pool.map(run, cases, chunksize=4))


def injected(spectra: int) -> dict[str, object]:
    """Return how well nuclides put in are found and measured."""
    names = sorted(limits())
    rng = np.random.default_rng(20)
    cases = [
        Case(
            10_000 + k,
            tuple(rng.choice(names, PER_SPECTRUM, replace=False).tolist()),
            tuple(rng.uniform(*MDC_RANGE, PER_SPECTRUM).tolist()),
        )
        for k in range(spectra)
    ]
    found = many(cases)
    rows = [row for one in found for row in one.rows if row[1] >= CLEAR]
    pulls = np.array([row[3] for row in rows if row[2]])
    ratios = np.array([row[4] for row in rows if row[2]])
    missed: dict[str, int] = {}
    for row in rows:
        missed[row[0]] = missed.get(row[0], 0) + int(not row[2])
    return {
        "spectra": spectra,
        "nuclides_at_2_mdc_or_more": len(rows),
        "recall": float(np.mean([row[2] for row in rows])),
        "false_per_spectrum": float(np.mean([len(one.false) for one in found])),
        "mean_ratio": float(ratios.mean()),
        "median_ratio": float(np.median(ratios)),
        "pull_mean": float(pulls.mean()),
        "pull_sd": float(pulls.std()),
        "coverage_95": float(np.mean(np.abs(pulls) < 1.959964)),
        "most_missed": dict(sorted(missed.items(), key=lambda item: -item[1])[:8]),
        "false": _counted([name for one in found for name in one.false]),
        "far": [
            {"seed": one.case.seed, "nuclides": one.case.names, "row": row}
            for one in found
            for row in one.rows
            if row[1] >= CLEAR and row[2] and abs(row[3]) > FAR
        ],
        "kept_by_another": _counted([name for one in found for name in one.kept]),
        "median_seconds": float(np.median([one.seconds for one in found])),
    }


def natural(spectra: int) -> dict[str, object]:
    """Return how often a relevant nuclide is reported where there is none."""
    found = many([Case(50_000 + k, (), ()) for k in range(spectra)])
    return {
        "spectra": spectra,
        "with_any": sum(bool(one.false) for one in found),
        "false": _counted([name for one in found for name in one.false]),
    }


def pairs(trials: int) -> dict[str, float]:
    """Return how often both of a pair are found, each at 3 MDC."""
    known = limits()
    wanted = [p for p in PAIRS if all(not n or n in known for n in p)]
    cases = [
        Case(90_000 + 1000 * k + t, tuple(n for n in pair if n), (PAIR,) * sum(map(bool, pair)))
        for k, pair in enumerate(wanted)
        for t in range(trials)
    ]
    found = many(cases)
    out = {}
    for k, (name, other) in enumerate(wanted):
        part = found[k * trials : (k + 1) * trials]
        whole = [
            len(one.rows) == len(one.case.names) and all(r[2] for r in one.rows) for one in part
        ]
        out[f"{name} / {other or 'natural'}"] = float(np.mean(whole))
    return out


def real() -> dict[str, list[str]]:
    """Return the nuclides found in real (and GADRAS-simulated) spectra."""
    out = {}
    for name in REAL if DATA.is_dir() else ():
        source = Source(name, (DATA / name).read_bytes())
        found = analyse_sample(FORMAT.read(source).spectra[0])
        out[name] = [one.nuclide for one in found.nuclides if one.detected]
    return out


def _counted(names: list[str]) -> dict[str, int]:
    return {name: names.count(name) for name in sorted(set(names))}


def measure(share: float = 1.0) -> dict[str, object]:
    """Return all measurements, or a share of them."""
    return {
        "injected": injected(max(round(SPECTRA * share), 4)),
        "natural": natural(max(round(NATURAL * share), 4)),
        "pairs": pairs(max(round(TRIALS * share), 2)),
        "real": real(),
    }


if __name__ == "__main__":
    amount = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    sys.stdout.write(json.dumps(measure(amount), indent=2, default=float) + "\n")
