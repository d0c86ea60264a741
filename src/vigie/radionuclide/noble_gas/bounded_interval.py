"""Intervals for a quantity that cannot be negative, after Feldman and Cousins.

What it computes: for a normal estimate x of mu >= 0 (both in standard errors), which deviations x
- mu a 95 % region accepts, ordered by the ratio of likelihoods L(mu)/L(max(x, 0)). With r(a), the
signed root of a likelihood ratio, in the place of x - mu and r(0) in that of x, it holds for the
Poisson likelihood as far as r is normal. At mu = 0 it accepts x up to 1.645, so zero is outside
exactly when something is detected at 5 %. Source: G. Feldman and R. Cousins, Phys. Rev. D 57
(1998) 3873. Accuracy: their table X to 0.01. Cost: none after the first call (20 ms).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]


def accepted_deviation(mu: float, *, probability: float = 0.95) -> tuple[float, float]:
    """Return how far x may lie below and above mu >= 0, in standard errors.

    Examples
    --------
    >>> below, above = accepted_deviation(0.0)
    >>> round(above, 3)
    1.645
    """
    if mu < 0.0 or not 0.0 < probability < 1.0:
        raise ParameterError(name="mu", value=mu, expected="at least 0, probability in (0, 1)")
    grid, table = _above(probability)
    above = float(np.interp(mu, grid, table))
    if above <= mu:
        return above, above
    return (float("inf") if mu == 0.0 else (mu * mu + above * above) / (2.0 * mu)), above


@lru_cache(maxsize=8)
def _above(probability: float) -> tuple[FloatArray, FloatArray]:
    symmetric = float(ndtri(0.5 * (1.0 + probability)))
    grid = np.linspace(0.0, symmetric, 400)
    above = [float(ndtri(probability))]
    for mu in grid[1:-1]:

        def excess(t: float, mu: float = float(mu)) -> float:
            below = t if t <= mu else (mu * mu + t * t) / (2.0 * mu)
            return float(ndtr(t) - ndtr(-below)) - probability

        above.append(float(brentq(excess, 0.5, 4.0)))
    return grid, np.array([*above, symmetric])
