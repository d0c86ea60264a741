"""Twin experiments: releases in weather that the analyst does not have, found by his samples.

*Truth*: sensitivities of daily samples at stations of the treaty, in winds with smooth errors of a
tenth of their standard deviation and by another seed; a release in a random cell (even by area), at
a random time of the first days, of 1e12 to 1e14 Bq, makes the concentrations; measurement noise and
detection limits of a noble-gas system. *Analyst*: sensitivities in the weather without those
errors; the posterior with errors of place, its 90 % region and best cell, and the maximum of the
possible source region beside. Cases with fewer than four detections are drawn anew, and counted.
*Members*: the same with the mean and spread of three analysts' winds, each with its own errors.

Concentrations carry no decay, so nothing is said of nuclides. ``VIGIE_TWINS`` sets the number of
cases (100), ``VIGIE_TWIN_PARTICLES`` that of particles of a sample (10,000); ``VIGIE_TWIN_FOLDER``
names a folder that keeps the five libraries of sensitivities, so that a run that was stopped goes
on. Those of another state of the program have to be removed by hand.
"""

from __future__ import annotations

import json
import os
import pickle  # reads only what an earlier run of this file put there
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from benchmarks._noisy_weather import DATA, files, noisy
from numpy.typing import NDArray

from vigie.facts.ims import ims_facilities
from vigie.records import Sensitivity, global_grid
from vigie.transport.backward import Receptor, follow_back
from vigie.transport.march import MarchSettings
from vigie.transport.source.assembly import domain_of, source_matrix
from vigie.transport.source.correlation import possible_source_region
from vigie.transport.source.credible import credible_region
from vigie.transport.source.likelihood import K_ALPHA, Observation
from vigie.transport.source.place_error import with_place_error
from vigie.transport.source.posterior import PosteriorParams, source_posterior
from vigie.transport.sphere import RADIUS_M, positions_of
from vigie.transport.starts import box_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vigie.transport.source.assembly import Domain
    from vigie.transport.weather.sequence import WeatherSequence

FloatArray = NDArray[np.float64]

CASES = int(os.environ.get("VIGIE_TWINS", "100"))
PARTICLES = int(os.environ.get("VIGIE_TWIN_PARTICLES", "10000"))
FOLDER = os.environ.get("VIGIE_TWIN_FOLDER", "")
STATIONS = 40
FIRST_DAY, LAST_DAY = 6, 13
"""Of the weather, on which samples end."""
RELEASE_DAYS = (1.0, 5.0)
DAY_NS = 86_400_000_000_000
INTERVAL_S = 21600.0
WIND_ERROR = 0.1
PLACE_KM_PER_DAY = 40.0
MDC = 2e-4
"""Bq/m3, of Xe-133 by a noble-gas system in a day."""
LEAST_DETECTED, MOST_DETECTED, MOST_SAMPLES = 4, 10, 20
GRID = global_grid(1.0, 1.0, latitude_phase=0.5, longitude_phase=0.5)
PARAMS = PosteriorParams(least_bq=1e10, most_bq=1e16, n_amounts=31, longest_steps=4)


def receptors() -> list[Receptor]:
    """Return daily samples of stations that are spread over the treaty's list."""
    places = [
        (one.treaty_code, one.latitude, one.longitude)
        for one in ims_facilities()
        if one.network == "RN" and one.latitude is not None and one.longitude is not None
    ]
    chosen = [places[k] for k in np.linspace(0, len(places) - 1, STATIONS).round().astype(int)]
    start = files().times_ns[0]
    return [
        Receptor(
            station=f"{code}.{day}",
            box=box_at(latitude, longitude),
            start_ns=start + (day - 1) * DAY_NS,
            stop_ns=start + day * DAY_NS,
        )
        for code, latitude, longitude in chosen
        for day in range(FIRST_DAY, LAST_DAY + 1)
    ]


def kept(name: str, make: Callable[[], list[Sensitivity]]) -> tuple[list[Sensitivity], float]:
    """Return a library and its processor time, s: from the folder, or made and put there."""
    path = Path(FOLDER) / f"{name}-{PARTICLES}.pickle"
    if FOLDER and path.exists():
        return cast("tuple[list[Sensitivity], float]", pickle.loads(path.read_bytes()))
    begin = time.process_time()
    found = make(), time.process_time() - begin
    if FOLDER:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(found))
    return found


def library(error: float, weather_seed: int, seed: int) -> tuple[list[Sensitivity], float]:
    """Return the sensitivities in winds with errors, and their processor time, s."""
    return kept(
        f"{error:g}-{weather_seed}-{seed}",
        lambda: followed(noisy(error, seed=weather_seed), seed),
    )


def followed(weather: WeatherSequence, seed: int) -> list[Sensitivity]:
    """Return the sensitivities of all samples back to the first day of releases."""
    settings = MarchSettings(grid=GRID, particles=PARTICLES, interval_s=INTERVAL_S, seed=seed)
    begin = files().times_ns[0] + round(RELEASE_DAYS[0] * DAY_NS)
    found: list[Sensitivity] = []
    for day in range(FIRST_DAY, LAST_DAY + 1):
        of_day = [one for one in receptors() if one.station.endswith(f".{day}")]
        hours = (of_day[0].stop_ns - begin) / DAY_NS * 24.0
        found += follow_back(of_day, weather, settings, hours=hours).sensitivities
    return found


class Case:
    """A release, and what its samples hold."""

    def __init__(self, rng: np.random.Generator) -> None:
        latitude = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0))))
        self.cell = int(GRID.cells_at(latitude, rng.uniform(0.0, 360.0)))
        self.amount_bq = float(10.0 ** rng.uniform(12.0, 14.0))
        n = int(rng.integers(1, 5))
        first = int(rng.integers(0, round((RELEASE_DAYS[1] - RELEASE_DAYS[0]) * 4) - n))
        begin = files().times_ns[0] + round(RELEASE_DAYS[0] * DAY_NS)
        self.start_ns = begin + first * round(INTERVAL_S * 1e9)
        self.stop_ns = self.start_ns + n * round(INTERVAL_S * 1e9)

    def concentration(self, one: Sensitivity) -> float:
        """Return what one sample holds, Bq/m3."""
        ends = one.step_ends_ns[one.step[one.cell == self.cell]]
        value = one.value[one.cell == self.cell]
        there = (ends > self.start_ns) & (ends <= self.stop_ns)
        n = (self.stop_ns - self.start_ns) / (INTERVAL_S * 1e9)
        return self.amount_bq * float(value[there].sum()) / n


def measured(true: FloatArray, rng: np.random.Generator) -> list[Observation]:
    """Return values with the noise of a detector, and whether they are above its limit."""
    noise = 0.5 * MDC / K_ALPHA
    sigma = np.hypot(noise, 0.07 * true)
    value = true + sigma * rng.standard_normal(len(true))
    return [
        Observation(
            critical_level=0.5 * MDC,
            value=float(v),
            sigma=float(np.hypot(noise, 0.07 * max(v, 0.0))),
            detected=bool(v > 0.5 * MDC),
        )
        for v in value
    ]


def chosen(samples: Sequence[Observation], rng: np.random.Generator) -> list[int]:
    """Return the samples of an analyst: the strongest detections, and others at random."""
    value = np.array([one.value or 0.0 for one in samples])
    seen = np.flatnonzero([one.detected for one in samples])
    seen = seen[np.argsort(-value[seen])][:MOST_DETECTED]
    # Beside them non-detections of the same stations, which lie in the same order as the days.
    days = LAST_DAY - FIRST_DAY + 1
    names = np.arange(len(samples)) % STATIONS
    assert len(samples) == STATIONS * days
    near = np.flatnonzero(np.isin(names, names[seen]) & ~np.isin(np.arange(len(samples)), seen))
    near = near[[not samples[int(k)].detected for k in near]]
    more = rng.permutation(near)[: MOST_SAMPLES - len(seen)]
    return [*seen.tolist(), *more.tolist()]


def distance_km(one: int, other: int) -> float:
    """Return the distance of the centres of two cells."""
    a, b = (positions_of(*GRID.centres(np.array([k])))[0] for k in (one, other))
    return float(RADIUS_M * np.arccos(np.clip(a @ b, -1.0, 1.0)) / 1000.0)


def judged(
    case: Case, samples: Sequence[Observation], fields: Sequence[Sensitivity], domain: Domain
) -> dict[str, float]:
    """Return how near the posterior and the correlation come to the truth."""
    begin = time.process_time()
    matrix = source_matrix(fields, domain)
    found = source_posterior(samples, matrix, PARAMS)
    spent = time.process_time() - begin
    region = credible_region(found.probability, matrix.areas_km2, 0.9)
    density = found.probability / matrix.areas_km2
    likely = float(found.probability[density >= density[case.cell]].sum())
    values = [max(one.value or 0.0, 0.0) if one.detected else 0.0 for one in samples]
    psr = possible_source_region(values, matrix.sensitivity).correlation
    middle, low, high = found.amount_interval()
    return {
        "inside": float(region.inside[case.cell]),
        "level": likely,
        "area_km2": region.area_km2,
        "distance_km": distance_km(case.cell, int(np.argmax(density))),
        "psr_distance_km": distance_km(case.cell, int(np.argmax(psr))),
        "log10_amount_error": float(np.log10(middle / case.amount_bq)),
        "amount_inside": float(low <= case.amount_bq <= high),
        "cpu_s": spent,
    }


def _joined(members: Sequence[Sequence[Sensitivity]]) -> list[Sensitivity]:
    """Return means and spreads over members, errors of place included in both."""
    out = []
    for of_one in zip(*members, strict=True):
        shape = (of_one[0].n_steps, GRID.n_cells)
        mean, square = np.zeros(shape), np.zeros(shape)
        for one in of_one:
            values = one.matrix().toarray()
            mean += values / len(of_one)
            spread = np.zeros(shape) if one.spread is None else one.matrix(spread=True).toarray()
            square += (values**2 + spread**2) / len(of_one)
        step, cell = np.nonzero(mean)
        spread = np.sqrt(np.maximum(square - mean**2, 0.0))
        out.append(
            replace(
                of_one[0],
                step=step.astype(np.int32),
                cell=cell.astype(np.int64),
                value=mean[step, cell],
                spread=spread[step, cell],
            )
        )
    return out


def summary(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return what the cases have in common."""

    def column(name: str) -> FloatArray:
        return np.array([row[name] for row in rows])

    return {
        "cases": len(rows),
        "percent_in_90_percent_region": round(100.0 * float(column("inside").mean()), 1),
        "percent_within_50_percent_level": round(100.0 * float((column("level") <= 0.5).mean()), 1),
        "median_distance_km": round(float(np.median(column("distance_km")))),
        "quartiles_of_distance_km": np.quantile(column("distance_km"), [0.25, 0.75])
        .round()
        .tolist(),
        "median_psr_distance_km": round(float(np.median(column("psr_distance_km")))),
        "median_region_km2": round(float(np.median(column("area_km2")))),
        "median_absolute_log10_amount_error": round(
            float(np.median(np.abs(column("log10_amount_error")))), 2
        ),
        "percent_of_amounts_in_90_percent": round(100.0 * float(column("amount_inside").mean()), 1),
        "posterior_cpu_s_median": round(float(np.median(column("cpu_s"))), 1),
    }


def prepared(fields: Sequence[Sensitivity]) -> list[Sensitivity]:
    """Return an analyst's library, with errors of place."""
    return [with_place_error(one, PLACE_KM_PER_DAY) for one in fields]


def domain() -> Domain:
    """Return all cells, and the time in which releases are."""
    begin = files().times_ns[0]
    times = tuple(begin + round(day * DAY_NS) for day in RELEASE_DAYS)
    last = library_frame()
    return domain_of([last], times_ns=(times[0], times[1]), interval_s=INTERVAL_S)


def library_frame() -> Sensitivity:
    """Return an empty field on the grid, of which a domain takes cells and steps."""
    return Sensitivity(
        station="-",
        receptor_latitude=0.0,
        receptor_longitude=0.0,
        collection_start_ns=files().times_ns[0],
        collection_stop_ns=files().times_ns[-1],
        step_s=INTERVAL_S,
        n_steps=1,
        grid=GRID,
        step=np.zeros(0, dtype=np.int32),
        cell=np.zeros(0, dtype=np.int64),
        value=np.zeros(0),
    )


def measure() -> dict[str, object]:
    """Run all; with 10,000 particles and 100 cases one to two hours on two cores."""
    if not DATA.exists():
        return {"skipped": "the synthetic field is not there"}
    begin = time.process_time()
    truth, truth_s = library(WIND_ERROR, 1, 101)
    plain, plain_s = library(0.0, 0, 7)
    members = [library(WIND_ERROR, k, k) for k in (2, 3, 4)]
    mine, joined = prepared(plain), _joined([prepared(fields) for fields, _ in members])
    rng = np.random.default_rng(20261127)
    where, redrawn = domain(), 0
    single: list[dict[str, float]] = []
    several: list[dict[str, float]] = []
    while len(single) < CASES:
        case = Case(rng)
        samples = measured(np.array([case.concentration(one) for one in truth]), rng)
        if sum(one.detected for one in samples) < LEAST_DETECTED:
            redrawn += 1
            continue
        taken = chosen(samples, rng)
        told = [samples[k] for k in taken]
        single.append(judged(case, told, [mine[k] for k in taken], where))
        several.append(judged(case, told, [joined[k] for k in taken], where))
    return {
        "particles_of_a_sample": PARTICLES,
        "samples_in_library": len(truth),
        "place_error_km_per_day": PLACE_KM_PER_DAY,
        "drawn_anew": redrawn,
        "cpu_s_of_truth_and_library": round(truth_s + plain_s),
        "cpu_s_of_three_members": round(sum(spent for _, spent in members)),
        "cpu_s_of_this_run": round(time.process_time() - begin),
        "one_model": summary(single),
        "three_members": summary(several),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
