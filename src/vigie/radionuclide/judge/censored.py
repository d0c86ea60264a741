"""Distribution of concentrations of which many are only known to be below a limit.

What it computes: the Kaplan-Meier (product-limit) distribution of left-censored data, with its
quantiles and their confidence limits, and the mean of a truncated normal law.

Source: Kaplan & Meier, J. Am. Stat. Assoc. 53 (1958) 457, on reversed values as in Helsel,
Statistics for Censored Environmental Data (2nd ed., Wiley 2012), ch. 5-6; variance after
Greenwood. A non-detect is never replaced by zero or a share of its limit.

Assumptions: whether a value is censored does not depend on the value but through its limit.

Accuracy as measured: equal to ``scipy.stats.ecdf`` of the reversed, right-censored values to
1e-12 (test); published statistics of the Oahu arsenic data reproduced (test). Cost: 30 us for
365 values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CensoredDistribution:
    """A step function: P(X <= level) at rising levels."""

    levels: FloatArray
    """Detected values, each once, rising; shape (k,)."""
    at_most: FloatArray
    """P(X <= level), shape (k,); the last is 1."""
    below_all: float
    """P(X < smallest detected value): what non-detects leave undetermined."""
    variance: FloatArray
    """Of ``at_most``, after Greenwood; shape (k,)."""
    n: int
    """Values in all."""

    def probability(self, value: float) -> float:
        """Return P(X <= value); below the smallest detected value it is at most ``below_all``."""
        place = int(np.searchsorted(self.levels, value, side="right"))
        return self.below_all if place == 0 else float(self.at_most[place - 1])

    def quantile(self, probability: float) -> float | None:
        """Return the smallest level with P(X <= level) >= probability.

        None where it lies below every detected value, so that the data only bound it.
        """
        if probability <= self.below_all or not len(self.levels):
            return None
        place = int(np.searchsorted(self.at_most, probability - 1e-12, side="left"))
        return float(self.levels[min(place, len(self.levels) - 1)])

    def quantile_limits(
        self, probability: float, confidence: float = 0.95
    ) -> tuple[float | None, float | None]:
        """Return confidence limits of a quantile: order statistics of as many values as tell.

        With n values and none censored the limits are the exact ones of order statistics; with
        censoring n is the number that has the variance of Greenwood's formula. A limit is None
        where it lies below or above every detected value.
        """
        from scipy.special import bdtr

        quantile = self.quantile(probability)
        if quantile is None:
            return None, None
        n = self._like(quantile, probability)
        counts = np.arange(n + 1)
        below = bdtr(counts, n, probability)
        half = (1.0 - confidence) / 2.0
        # Of n values the k-th is below the quantile unless fewer than k are: a binomial chance.
        low = int(np.searchsorted(below, half, side="right"))
        high = int(np.searchsorted(below, 1.0 - half, side="left")) + 1
        return (
            self.quantile(low / n) if low > 0 else None,
            self.quantile(high / n) if high <= n else None,
        )

    def _like(self, level: float, probability: float) -> int:
        """Return how many values without censoring would tell the law as well at a level."""
        place = int(np.searchsorted(self.levels, level))
        variance = float(self.variance[place])
        full = probability * (1.0 - probability) / variance if variance > 0.0 else self.n
        return max(min(round(full), self.n), 1)


def kaplan_meier(values: FloatArray, detected: NDArray[np.bool_]) -> CensoredDistribution:
    """Return the distribution of left-censored values.

    Parameters
    ----------
    values : ndarray, shape (n,), n >= 1, finite
        Measured values, or the limits below which non-detects lie; any unit.
    detected : ndarray of bool, shape (n,)

    Raises
    ------
    ParameterError
        The arrays are empty, of different shapes, or hold values that are not finite.

    Examples
    --------
    >>> values = np.array([1.0, 2.0, 3.0, 4.0])
    >>> dist = kaplan_meier(values, np.array([True, False, True, True]))
    >>> dist.levels.tolist(), dist.at_most.tolist(), dist.quantile(0.5)
    ([1.0, 3.0, 4.0], [0.5, 0.75, 1.0], 1.0)
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or not len(values) or values.shape != np.shape(detected):
        raise ParameterError(
            name="values", value=str(values.shape), expected="one row, as detected"
        )
    if not np.all(np.isfinite(values)):
        raise ParameterError(name="values", value="not finite", expected="finite numbers")
    levels, deaths = np.unique(values[detected], return_counts=True)
    # At risk of a level: every value, measured or limit, that is not above it.
    at_risk = np.searchsorted(np.sort(values), levels, side="right")
    survival = 1.0 - deaths / np.maximum(at_risk, 1)
    # P(X < level) is the product over this and all higher levels.
    below = np.cumprod(survival[::-1])[::-1]
    at_most = np.append(below[1:], 1.0)[: len(levels)]
    alive = np.maximum(at_risk - deaths, 1)
    terms = np.where(at_risk > deaths, deaths / (at_risk * alive), 0.0)
    greenwood = np.cumsum(terms[::-1])[::-1]
    variance = at_most**2 * np.append(greenwood[1:], 0.0)[: len(levels)]
    below_all = float(below[0]) if len(below) else 1.0
    return CensoredDistribution(levels, at_most, below_all, variance, len(values))


def truncated_normal(mean: float, sigma: float, low: float, high: float) -> tuple[float, float]:
    """Return mean and variance of a normal law within limits.

    Parameters
    ----------
    mean, sigma : float
        Of the law without limits; sigma > 0.
    low, high : float
        low < high.

    Returns
    -------
    mean, variance : float
        Where the limits leave the law no chance, those of a uniform law between them.

    Examples
    --------
    >>> [round(x, 4) for x in truncated_normal(0.0, 1.0, -9.0, 0.0)]
    [-0.7979, 0.3634]
    """
    a, b = (low - mean) / sigma, (high - mean) / sigma
    chance = _phi(b) - _phi(a)
    if chance < 1e-8:
        return (low + high) / 2.0, (high - low) ** 2 / 12.0
    da, db = _density(a), _density(b)
    shift = (da - db) / chance
    spread = 1.0 + (a * da - b * db) / chance - shift**2
    return mean + sigma * shift, sigma**2 * max(spread, 0.0)


def _phi(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _density(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) if abs(z) < 38.0 else 0.0
