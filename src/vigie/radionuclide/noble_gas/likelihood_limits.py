"""Critical level and detection limit of a Poisson likelihood, on expected counts.

What it computes: the estimate that is just detected and the activity found with 95 %, in the
counts that are expected of everything beside a nuclide; the level of a sample whose estimate would
contradict its decision. Source: G. Cowan and others, Eur. Phys. J. C 71 (2011) 1554 (expected
counts). Cost: a dozen fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from vigie.radionuclide.noble_gas.matrix import K_ALPHA
from vigie.radionuclide.noble_gas.problem import (
    Minimum,
    Problem,
    covariance_at,
    expected_counts,
    minimum,
    signed_root,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FloatArray = NDArray[np.float64]


def decided_level(estimate: float, level: float, roots: tuple[float, float]) -> float:
    """Return the critical level, moved where the estimate and the decision would contradict it.

    Expected counts give the level; the counts of this sample can have their 5 % point of r(0) at
    an estimate a little off. Then the level is the estimate at which r(0), which is nearly
    proportional to it, reaches that point: an estimate above it is exactly what was detected.

    Examples
    --------
    >>> decided_level(1.0, 1.02, (1.70, 1.645)) < 1.0
    True
    >>> decided_level(1.0, 0.98, (1.60, 1.645)) > 1.0
    True
    >>> decided_level(1.0, 0.5, (3.3, 1.645))
    0.5
    """
    root, critical = roots
    if (estimate > level) == (root > critical) or root <= 0.0 or estimate <= 0.0:
        return level
    return estimate * critical / root


def expected_limits(
    problem: Problem, k: int, quiet: Minimum, critical: float
) -> tuple[float, float, float, float]:
    """Return sigma at 0, critical level, detection limit and sigma there, in scaled units."""
    base = expected_counts(problem, quiet)
    added = problem.design[0][:, k] * (
        1.0 + quiet.point[2 * problem.n :] @ problem.model.relative[:, :, k]
    )

    def asimov(value: float) -> tuple[FloatArray, Minimum]:
        counts = base.copy()
        counts[:, 0] += value * added
        point = quiet.point.copy()
        point[k] = value
        # At its own expected counts the maximum is where they were made; nuisances stay put.
        held = minimum(problem, counts, problem.free(), point)
        return counts, held

    def sigma(value: float) -> float:
        counts, held = asimov(value)
        return float(np.sqrt(covariance_at(problem, counts, held)[k, k]))

    def over(value: float) -> float:
        counts, held = asimov(value)
        return signed_root(problem, counts, held, k, 0.0) - critical

    zero = sigma(0.0)
    top = critical * zero + 1.0
    for _ in range(30):
        if over(top) > 0.0:
            break
        top *= 1.6
    level = root_between(over, 1e-6 * top, top, tolerance=2e-3)
    limit, spread = level + K_ALPHA * zero, zero
    for _ in range(12):
        spread = sigma(limit)
        new = level + K_ALPHA * spread
        if abs(new - limit) < 1e-3 * limit:
            break
        limit = new
    return zero, level, limit, spread


def root_between(
    function: Callable[[float], float], low: float, high: float, *, tolerance: float = 1e-4
) -> float:
    """Return a root between two ends, or the end nearer to it where there is none."""
    at_low, at_high = function(low), function(high)
    if at_low * at_high > 0.0:
        return low if abs(at_low) < abs(at_high) else high
    return float(brentq(function, low, high, rtol=tolerance, xtol=tolerance * (high - low) + 1e-12))
