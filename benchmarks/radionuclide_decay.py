"""Decay: accuracy against 60-digit arithmetic, and speed of factors, chains, table and ages.

Chains of 2 to 6 members with rates over 12 decades and times over 6 decades, against
Bateman's formula in 60 digits; the largest relative error of any member.
"""

from __future__ import annotations

import time
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.nuclides import all_nuclides, nuclide, table
from vigie.radionuclide.decay import (
    Chain,
    SampleTimes,
    age_from_ratio,
    chain_decays,
    chain_of,
    decay_factors,
    evolve,
    supported_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 1
DAYS = SampleTimes(collection_s=86400.0, decay_s=86400.0, acquisition_s=86400.0)


def measure(*, chains: int = 2000) -> dict[str, object]:
    """Measure accuracy on so many random chains, and speed."""
    return {"accuracy": accuracy(chains), "microseconds": speed(), "table": table_times()}


def accuracy(chains: int) -> dict[str, float]:
    """Return the largest relative error of atoms of any member."""
    rng = np.random.default_rng(SEED)
    worst = 0.0
    for _ in range(chains):
        size = int(rng.integers(2, 7))
        logs = np.cumsum(rng.uniform(0.01, 2.0, size)) - 10.0
        constants = tuple((10.0 ** rng.permutation(logs)).tolist())
        time_s = float(10.0 ** rng.uniform(0.0, 6.0))
        chain = Chain(
            names=tuple(f"Xe-{110 + place}" for place in range(size)),
            decay_constants_per_s=constants,
            feeds=tuple((place, place + 1, 1.0) for place in range(size - 1)),
        )
        left, _ = evolve(chain, np.eye(size)[0], time_s)
        exact = np.array(bateman(constants, time_s))
        seen = exact > 1e-290
        worst = max(worst, float(np.abs(left[seen] / exact[seen] - 1.0).max()))
    return {"chains": chains, "largest_relative_error": worst}


def bateman(constants: tuple[float, ...], time_s: float) -> list[float]:
    """Return atoms of a linear chain from one atom of its head, in 60 digits."""
    with localcontext() as context:
        context.prec = 60
        rates, elapsed = [Decimal(one) for one in constants], Decimal(time_s)
        found, head = [], Decimal(1)
        for n in range(1, len(rates) + 1):
            total = Decimal(0)
            for i in range(n):
                below = Decimal(1)
                for j in range(n):
                    if j != i:
                        below *= rates[j] - rates[i]
                total += (-rates[i] * elapsed).exp() / below
            found.append(float(head * total))
            head *= rates[n - 1]
        return found


def speed() -> dict[str, float]:
    """Return microseconds per call, first and from the cache."""
    barium, uranium = chain_of("Ba-140"), chain_of("U-238")
    return {
        "factors": each(lambda: decay_factors.__wrapped__(693213.0, DAYS), 5000),
        "factors_cached": each(lambda: decay_factors(693213.0, DAYS), 5000),
        "chain_of_2": each(lambda: chain_decays.__wrapped__(barium, DAYS), 500),
        "chain_of_19": each(lambda: chain_decays.__wrapped__(uranium, DAYS), 100),
        "chain_cached": each(lambda: chain_decays(uranium, DAYS), 5000),
        "age_one_way": each(lambda: age_from_ratio("Ba-140", "La-140", 0.3), 500),
        "age_two_ways": each(lambda: age_from_ratio("Zr-95", "Nb-95", 0.3), 20),
        "supported_lines_cached": each(lambda: supported_lines("Pb-212"), 5000),
    }


def table_times() -> dict[str, float]:
    """Return milliseconds to open the table, to read one nuclide and all of them."""
    for cached in (table._raw, table._nuclide, table.all_nuclides):
        cached.cache_clear()
    times = {}
    for name, action in (
        ("open_ms", table.nuclide_names),
        ("one_nuclide_ms", lambda: nuclide("Eu-152")),
        ("all_nuclides_ms", all_nuclides),
    ):
        started = time.perf_counter()
        action()
        times[name] = round(1e3 * (time.perf_counter() - started), 2)
    return times


def each(action: Callable[[], object], repeats: int) -> float:
    """Return microseconds per call, the best of three rounds."""
    action()
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(repeats):
            action()
        best = min(best, time.perf_counter() - started)
    return round(1e6 * best / repeats, 2)
