"""How rare a value is among earlier ones: ranks, and beyond them an exponential tail.

What it computes: the chance that the next value of an exchangeable series reaches r, from n
earlier ones. Within the bulk it is the rank, (1 + #{r_i >= r}) / (n + 1), which no distribution
can break (conformal prediction: Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World,
Springer 2005). Above the u = 1 - ``share`` quantile the excesses over u are taken as exponential
with unknown mean: the chance of the next one is Pareto, p_u (1 + (r - u) / (k b))^-k, with b the
mean of the k excesses, so that an uncertain mean makes no false alarms.

Non-detects count with the upper bound of their value.

Accuracy as measured (benchmark ``judgement``): docs/methods/judgement.md. Cost: 10 us.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class UpperTail:
    """Earlier values and the law of the largest."""

    ordered: FloatArray
    """Rising, shape (n,)."""
    threshold: float
    """u; infinite where the values are too few for a law."""
    share: float
    """Chance of more than u."""
    mean_excess: float
    n_excess: int

    def chance(self, value: float) -> float:
        """Return the chance that the next value is as large as this."""
        n = len(self.ordered)
        if value <= self.threshold:
            reached = n - int(np.searchsorted(self.ordered, value, side="left"))
            return (1.0 + reached) / (n + 1.0)
        return self.share * self._survival(value - self.threshold)

    def level(self, chance: float) -> float:
        """Return the value that the next one reaches with this chance; inverse of ``chance``.

        Infinite where so small a chance cannot be told from so few values.
        """
        n = len(self.ordered)
        if self.n_excess and chance < self.share:
            k = self.n_excess
            grown = (chance / self.share) ** (-1.0 / k) - 1.0
            return float(self.threshold + grown * k * self.mean_excess)
        rank = int(np.floor(chance * (n + 1.0) + 1e-9))
        return float(self.ordered[n - rank]) if 1 <= rank <= n else float("inf")

    def _survival(self, excess: float) -> float:
        return float((1.0 + excess / (self.n_excess * self.mean_excess)) ** -self.n_excess)


def upper_tail(
    values: FloatArray, bounds: FloatArray | None = None, *, share: float = 0.1, fewest: int = 10
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
    fewest : int
        Excesses that a law needs; with fewer only ranks count.
    """
    bounds = np.empty(0) if bounds is None else np.asarray(bounds, dtype=np.float64)
    ordered = np.sort(np.concatenate([np.asarray(values, dtype=np.float64), bounds]))
    n, rising = len(ordered), np.sort(values)
    k = min(int(share * n), len(rising) - 1)
    if len(bounds) and k > 0:
        # The law is fitted above (nearly) all bounds: below them the order is not known.
        above = len(rising) - int(np.searchsorted(rising, np.quantile(bounds, 0.99), side="right"))
        k = min(k, above - 1)
    if k < fewest:
        return UpperTail(
            ordered=ordered, threshold=float("inf"), share=0.0, mean_excess=1.0, n_excess=0
        )
    threshold = float(rising[-k - 1])
    excess = float(np.mean(rising[-k:] - threshold))
    reached = n - int(np.searchsorted(ordered, threshold, side="left"))
    if excess <= 0.0:
        return UpperTail(
            ordered=ordered, threshold=float("inf"), share=0.0, mean_excess=1.0, n_excess=0
        )
    return UpperTail(
        ordered=ordered,
        threshold=threshold,
        share=reached / (n + 1.0),
        mean_excess=excess,
        n_excess=k,
    )
