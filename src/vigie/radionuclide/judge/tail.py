"""How rare a value is among earlier ones: ranks, and beyond them an exponential tail.

What it computes: the chance that the next value of an exchangeable series reaches r, from n
earlier ones. Within the bulk it is the rank, (1 + #{r_i >= r}) / (n + 1), which no distribution
can break (conformal prediction: Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World,
Springer 2005). Above the u = 1 - ``share`` quantile the k excesses over u are taken as
exponential with unknown rate, of which a gamma law (shape w, rate w) is known before: the chance
of the next one is Pareto (Lomax), p_u (1 + (r - u) / (w + S))^-(w + k), with S the sum of the
excesses, so that an uncertain mean makes no false alarms (Aitchison & Dunsmore, Statistical
Prediction Analysis, Cambridge 1975, table 2.1). The weight w = 1 - k / 10 falls to zero with ten
excesses, from which on the values speak alone; with none the law is 1 / (n + 1) at the largest
value and falls as 1 / (1 + r - u) above it, so that ever more is ever less usual.

Assumptions: the unit of the values is of the order of an excess: a standard deviation, a factor e
of concentration or of a chance. Non-detects count with the upper bound of their value.

Accuracy as measured (benchmark ``judgement``): docs/methods/judgement.md. Cost: 10 us.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


_ALONE = 10
"""Excesses that need no knowledge from before (chosen)."""
_LEAST_EXCESS = 0.05
"""Of the mean, where values are nearly equal: none is known better than to 5 % (chosen)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class UpperTail:
    """Earlier values and the law of the largest."""

    ordered: FloatArray
    """Rising, shape (n,)."""
    threshold: float
    """u; infinite where there is no earlier value."""
    share: float
    """Chance of more than u."""
    shape: float
    """w + k of the law above u."""
    scale: float
    """w + S of the law above u, in the unit of the values."""

    def chance(self, value: float) -> float:
        """Return the chance that the next value is as large as this."""
        n = len(self.ordered)
        if value <= self.threshold:
            reached = n - int(np.searchsorted(self.ordered, value, side="left"))
            return (1.0 + reached) / (n + 1.0)
        return self.share * float((1.0 + (value - self.threshold) / self.scale) ** -self.shape)

    def level(self, chance: float) -> float:
        """Return the value that the next one reaches with this chance; inverse of ``chance``.

        Infinite where there is no earlier value.
        """
        n = len(self.ordered)
        if chance < self.share:
            grown = (chance / self.share) ** (-1.0 / self.shape) - 1.0
            return float(self.threshold + grown * self.scale)
        rank = int(np.floor(chance * (n + 1.0) + 1e-9))
        return float(self.ordered[n - rank]) if 1 <= rank <= n else float("inf")


def upper_tail(
    values: FloatArray, bounds: FloatArray | None = None, *, share: float = 0.1
) -> UpperTail:
    """Return the law of the largest of some values.

    Parameters
    ----------
    values : ndarray, shape (m,), finite
        Of samples with a detection.
    bounds : ndarray, shape (c,), finite, optional
        Upper bounds of the non-detects.
    share : float
        Of all values that make the tail, 0 < share < 1.

    Examples
    --------
    >>> tail = upper_tail(np.arange(60.0))
    >>> [round(tail.chance(x), 4) for x in (30.0, 60.0, 600.0)]
    [0.5082, 0.0188, 0.0]
    """
    bounds = np.empty(0) if bounds is None else np.asarray(bounds, dtype=np.float64)
    rising = np.sort(np.asarray(values, dtype=np.float64))
    ordered = np.sort(np.concatenate([rising, bounds]))
    n, k = len(ordered), min(int(share * len(ordered)), len(rising) - 1)
    if len(bounds) and k > 0:
        # The law is fitted above (nearly) all bounds: below them the order is not known.
        nearly_all = np.quantile(bounds, 0.99, method="lower")
        k = min(k, len(rising) - int(np.searchsorted(rising, nearly_all, side="right")) - 1)
    k = max(k, 0)
    threshold = float("inf") if n == 0 else float(rising[-k - 1] if k else ordered[-1])
    # Values that equal the threshold are no excesses.
    excesses = rising[np.searchsorted(rising, threshold, side="right") :] - threshold
    k = min(k, len(excesses))
    weight = max(1.0 - k / _ALONE, 0.0)
    above = n - int(np.searchsorted(ordered, threshold, side="right"))
    return UpperTail(
        ordered=ordered,
        threshold=threshold,
        share=(1.0 + above) / (n + 1.0) if n else 0.0,
        shape=weight + k,
        scale=weight + max(float(np.sum(excesses)), k * _LEAST_EXCESS),
    )
