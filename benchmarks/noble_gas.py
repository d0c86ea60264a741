"""Beta-gamma analysis on simulated campaigns: false alarms, coverage, power, speed.

The matrix method (BGM, as open-spex has it) stands beside the likelihood on the same trials.
Cell: ``vigie.simulate``'s default, whose spectra are drawn decay by decay and share no code with
the fit's templates. Sample and gas background of 40 320 s, detector background of 10 days.
Surroundings of 40 counts per hour over the plane (in regions 1 to 6 some 2.5, 3.6, 2.7, 2.9, 0.8
and 0.5), and of 12 for a quiet detector, where the 5 % point is simulated.

Seeds are fixed. Coverage asks whether the interval holds the truth, by the likelihood ratio at
the truth, which is what ends of intervals are made of.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks._noble_gas_trials import XENON, Bench, make_bench
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas import CellParams, analyse_gas_sample
from vigie.radionuclide.noble_gas.bounded_interval import accepted_deviation
from vigie.radionuclide.noble_gas.likelihood import LikelihoodFit, critical_root, fit_sample
from vigie.radionuclide.noble_gas.matrix import K_ALPHA, solve_matrix
from vigie.radionuclide.noble_gas.misfit import shape_probability
from vigie.radionuclide.noble_gas.problem import (
    Minimum,
    Problem,
    minimum,
    problem_of,
    signed_root,
    with_counts,
)
from vigie.simulate.radionuclide.beta_gamma import (
    BetaGammaCell,
    CampaignParams,
    CellResponse,
    GasTruth,
    cell_response,
    simulate_campaign,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.simulate.radionuclide.beta_gamma.header import StatedCalibration

FloatArray = NDArray[np.float64]
Detections = dict[str, NDArray[np.bool_]]
"""Shape (trials, 4) by method, columns as ``NAMES``."""
N_NULL, N_QUIET, N_COVERAGE, N_POWER, N_STRONG = 10_000, 800, 2000, 2000, 2000
CHUNKS = 8
"""Parts of trials, each with seeds of its own."""
LEVELS = (0.25, 0.5, 1.0, 3.0, 10.0, 100.0)
STRONG_BQ = 2.0
"""Xe-133 of a thousand times its critical level."""
NAMES = tuple(XENON)


def measure() -> dict[str, Any]:
    """Run all, on all cores; give rates in per cent."""
    response = cell_response(np.random.default_rng(2), n_decays=1_000_000)
    limits = _limits(response)
    # The first fit compiles; the workers then find the kernels in the cache.
    seconds = speed(response)
    tasks: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for gas in (False, True):
        for part in range(CHUNKS):
            tasks["null", str(gas), str(part)] = (null_trials, gas, part)
            tasks["quiet", str(gas), str(part)] = (quiet_trials, gas, part)
            tasks["drawn", str(gas), str(part)] = (wrong_ratios, gas, part)
        tasks["exact", str(gas)] = (strong_exact, gas)
    for name in NAMES:
        tasks["power", name] = (power, name, limits)
        for level in LEVELS:
            tasks["coverage", name, str(level)] = (coverage, name, level, limits)
    tasks["other_shapes",] = (other_shapes, limits)
    tasks["given_up",] = (given_up,)
    context = get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        waiting = {key: pool.submit(one[0], response, *one[1:]) for key, one in tasks.items()}
        done = {key: one.result() for key, one in waiting.items()}
    return {
        "detection_limits_mbq": {k: round(1e3 * v, 3) for k, v in limits.items()},
        "null": {"trials": N_NULL}
        | {str(gas): _joined(done, "null", gas) for gas in (False, True)},
        "quiet_detector": {"trials": N_QUIET}
        | {str(gas): _joined(done, "quiet", gas) for gas in (False, True)},
        "coverage": {"trials": N_COVERAGE}
        | {name: {str(x): done["coverage", name, str(x)] for x in LEVELS} for name in NAMES},
        "power": {"trials": N_POWER} | {name: done["power", name] for name in NAMES},
        "strong_xe133": {"xe133_bq": STRONG_BQ, "trials": N_STRONG}
        | {
            f"gas_{gas}": done["exact", str(gas)] | _joined(done, "drawn", gas)
            for gas in (False, True)
        },
        "other_shapes": done["other_shapes",],
        "shapes_given_up": done["given_up",],
        "cpu_seconds_per_sample": seconds,
    }


def roots(bench: Bench, cells: FloatArray) -> Iterator[tuple[Problem, Minimum, list[float]]]:
    """Fit each trial; give the problem, its minimum and r(0) of each xenon."""
    for problem, best in minima(bench, cells):
        counts = problem.model.counts
        yield problem, best, [signed_root(problem, counts, best, k, 0.0) for k in XENON.values()]


def minima(bench: Bench, cells: FloatArray) -> Iterator[tuple[Problem, Minimum]]:
    """Fit each trial; give the problem and its minimum."""
    scaled = problem_of(bench.model)
    for counts in cells:
        problem = Problem(with_counts(bench.model, counts), scaled.design, scaled.scale)
        yield problem, minimum(problem, counts, problem.free(), np.zeros(problem.size))


def null_trials(response: CellResponse, gas: bool, part: int) -> Detections:
    """Tell of each trial without xenon what is detected."""
    out: Detections = {}
    for name, params in (("full", CellParams()), ("regions", CellParams(full_spectrum=False))):
        bench = make_bench(response, GasTruth(), CampaignParams(), gas=gas, cells=params)
        cells, regions = bench.draw(np.random.default_rng([7, part]), N_NULL // CHUNKS)
        # At zero the interval leaves zero out exactly when something is detected.
        out[name] = np.array([r for _, _, r in roots(bench, cells)]) > K_ALPHA
    out["matrix"] = np.array([_matrix_detects(bench, one) for one in regions])
    return out


def quiet_trials(response: CellResponse, gas: bool, part: int) -> Detections:
    """Do the same with few counts, where the 5 % point is simulated for each trial."""
    quiet = replace(response, ambient=response.ambient.scaled(0.3))
    bench = make_bench(quiet, GasTruth(), CampaignParams(), gas=gas)
    cells, regions = bench.draw(np.random.default_rng([8, part]), N_QUIET // CHUNKS)
    rng = np.random.default_rng([9, part])
    plain, judged = [], []
    for problem, best, found in roots(bench, cells):
        plain.append([r > K_ALPHA for r in found])
        judged.append(
            [
                r > critical_root(problem, k, best, rng=rng)[0]
                for r, k in zip(found, XENON.values(), strict=True)
            ]
        )
    return {
        "full": np.array(judged),
        "full_normal_law": np.array(plain),
        "matrix": np.array([_matrix_detects(bench, one) for one in regions]),
    }


def coverage(response: CellResponse, name: str, level: float, limits: dict[str, float]) -> float:
    """Count intervals that hold the truth, one isotope at a multiple of its limit."""
    k, truth_bq = XENON[name], level * limits[name]
    truth = GasTruth(activity_bq={name: truth_bq})
    bench = make_bench(response, truth, CampaignParams(), gas=True)
    cells, _ = bench.draw(np.random.default_rng([int(100 * level), k]), N_COVERAGE)
    inside = [_holds(problem, best, k, truth_bq) for problem, best in minima(bench, cells)]
    return round(100.0 * float(np.mean(inside)), 2)


def power(response: CellResponse, name: str, limits: dict[str, float]) -> dict[str, float]:
    """Count detections at the stated detection limit: likelihood, and matrix at the same 5 %."""
    place, k = NAMES.index(name), XENON[name]
    null = make_bench(response, GasTruth(), CampaignParams(), gas=True)
    _, empty = null.draw(np.random.default_rng(21), N_POWER)
    quantile = float(np.quantile([_matrix_values(null, one)[place] for one in empty], 0.95))
    truth = GasTruth(activity_bq={name: limits[name]})
    bench = make_bench(response, truth, CampaignParams(), gas=True)
    cells, regions = bench.draw(np.random.default_rng([31, k]), N_POWER)
    found = [r[place] > K_ALPHA for _, _, r in roots(bench, cells)]
    values = np.array([_matrix_values(bench, one)[place] for one in regions])
    spread = limits[name] - float(np.quantile(values, 0.05))
    return {
        "likelihood": round(100.0 * float(np.mean(found)), 2),
        "matrix_at_its_own_5_percent": round(100.0 * float(np.mean(values > quantile)), 2),
        "limit_mbq": round(1e3 * limits[name], 3),
        "matrix_limit_mbq": round(1e3 * (quantile + spread), 3),
    }


def strong_exact(response: CellResponse, gas: bool) -> dict[str, Any]:
    """Count false metastables beside strong Xe-133, stated ratios exact."""
    truth = GasTruth(activity_bq={"Xe-133": STRONG_BQ})
    bench = make_bench(response, truth, CampaignParams(), gas=gas)
    cells, regions = bench.draw(np.random.default_rng(41), N_STRONG)
    exact = np.array([r for _, _, r in roots(bench, cells)])
    return {
        "ratios_exact": _percent((exact > K_ALPHA).mean(axis=0)),
        "matrix": _percent(np.mean([_matrix_detects(bench, one) for one in regions], axis=0)),
    }


def wrong_ratios(response: CellResponse, gas: bool, part: int) -> Detections:
    """Do the same for stations whose stated ratios and efficiencies are off as they state."""
    truth = GasTruth(activity_bq={"Xe-133": STRONG_BQ})
    per_station = 25
    stations = N_STRONG // CHUNKS // per_station
    found = []
    for seed in range(part * stations, (part + 1) * stations):
        rng = np.random.default_rng([1000, seed])
        off = replace(response, stated=_drawn(response.stated, rng))
        bench = make_bench(off, truth, CampaignParams(), gas=gas)
        cells, _ = bench.draw(rng, per_station)
        found += [r for _, _, r in roots(bench, cells)]
    return {"ratios_drawn_within_stated_errors": np.array(found) > K_ALPHA}


def other_shapes(_: CellResponse, limits: dict[str, float]) -> dict[str, Any]:
    """Analyse a cell that has drifted since its calibration: gains, resolution, tail."""
    stated = BetaGammaCell()
    cell = replace(
        stated,
        beta_gain=1.01,
        gamma_gain=0.99,
        scattered_back=0.11,
        beta_fwhm_kev=(70.0, 8.5, 0.0),
    )
    response = cell_response(
        np.random.default_rng(3), cell=cell, stated_cell=stated, n_decays=1_000_000
    )
    truth = GasTruth(activity_bq={"Xe-133": 30.0 * limits["Xe-133"]})
    bench = make_bench(response, truth, CampaignParams(), gas=True)
    cells, regions = bench.draw(np.random.default_rng(51), N_STRONG)
    fits = [(best.point / np.r_[p.scale, p.scale, np.ones(len(best.point) - 10)], r)
            for p, best, r in roots(bench, cells)]  # fmt: skip
    estimates = np.array([point[2] for point, _ in fits]) / truth.activity_bq["Xe-133"]
    return {
        "false_alarms": _percent((np.array([r for _, r in fits]) > K_ALPHA).mean(axis=0)),
        "matrix": _percent(np.mean([_matrix_detects(bench, one) for one in regions], axis=0)),
        "xe133_over_truth": round(float(estimates.mean()), 4),
    }


def given_up(response: CellResponse) -> dict[str, float]:
    """Return how often fine cells are given up though all is as calibrated, in per cent."""
    out = {}
    for name, activity in (("null", {}), ("xe133_0.1_bq", {"Xe-133": 0.1})):
        truth = GasTruth(activity_bq=activity)
        fine = make_bench(response, truth, CampaignParams(), gas=True)
        parts = make_bench(
            response, truth, CampaignParams(), gas=True, cells=CellParams(full_spectrum=False)
        )
        low = 0
        for seed in range(500):
            cells, _ = fine.draw(np.random.default_rng(seed), 1)
            whole = _gather(fine, parts, cells[0])
            chance = shape_probability(
                with_counts(fine.model, cells[0]), with_counts(parts.model, whole)
            )
            low += chance < 1e-3
        out[name] = low / 5.0
    return out


def speed(response: CellResponse) -> dict[str, float]:
    """Return the time of one sample, everything included, CPU seconds."""
    truth = GasTruth(concentration_mbq_m3={"Xe-133": 5.0, "Xe-133m": 0.4, "Xe-131m": 0.5})
    one = simulate_campaign(response, truth, np.random.default_rng(5))
    out = {}
    for name, gas in (("with_gas_background", one.gas_background), ("without", None)):
        analyse_gas_sample(one.sample, gas, one.detector_background)
        start = time.process_time()
        for _ in range(5):
            analyse_gas_sample(one.sample, gas, one.detector_background)
        out[name] = round((time.process_time() - start) / 5.0, 3)
    return out


def _limits(response: CellResponse) -> dict[str, float]:
    bench = make_bench(response, GasTruth(), CampaignParams(), gas=True)
    mean = (bench.means @ bench.membership[:, :-10]).T.copy()
    fit: LikelihoodFit = fit_sample(with_counts(bench.model, mean))
    return {one.name: one.detection_limit for one in fit.nuclides if one.name in XENON}


def _holds(problem: Problem, best: Minimum, k: int, truth_bq: float) -> bool:
    counts = problem.model.counts
    zero = signed_root(problem, counts, best, k, 0.0)
    there = signed_root(problem, counts, best, k, truth_bq * problem.scale[k])
    below, above = accepted_deviation(max(zero - there, 0.0))
    return -below <= there <= above


def _drawn(stated: StatedCalibration, rng: np.random.Generator) -> StatedCalibration:
    return replace(
        stated,
        ratios=tuple(
            replace(one, ratio=one.ratio + rng.normal() * (one.sigma or 0.0))
            for one in stated.ratios
        ),
        efficiencies=tuple(
            replace(one, efficiency=one.efficiency + rng.normal() * (one.sigma or 0.0))
            for one in stated.efficiencies
        ),
    )


def _joined(done: dict[tuple[str, ...], Any], name: str, gas: bool) -> dict[str, Any]:
    parts = [done[name, str(gas), str(part)] for part in range(CHUNKS)]
    return {
        key: _percent(np.concatenate([one[key] for one in parts]).mean(axis=0)) for key in parts[0]
    }


def _matrix_detects(bench: Bench, regions: FloatArray) -> list[bool]:
    found = solve_matrix(bench.matrix_input(regions))
    over = found.activity >= found.critical_level
    return [bool(over[4]), found.xe133 >= found.xe133_critical_level, bool(over[5]), bool(over[1])]


def _matrix_values(bench: Bench, regions: FloatArray) -> list[float]:
    found = solve_matrix(bench.matrix_input(regions))
    return [
        float(found.activity[4]),
        found.xe133,
        float(found.activity[5]),
        float(found.activity[1]),
    ]


def _gather(fine: Bench, parts: Bench, counts: FloatArray) -> FloatArray:
    """Sum the counts of fine cells over parts."""
    names = [one.atom for one in parts.model.cells]
    whole = np.zeros((len(names), 3))
    for cell, row in zip(fine.model.cells, counts, strict=True):
        whole[names.index(cell.atom)] += row
    return whole


def _percent(rates: FloatArray) -> dict[str, float]:
    return {name: round(100.0 * float(rate), 2) for name, rate in zip(NAMES, rates, strict=True)}
