"""What several relations together say of one yield, and which of them exclude each other.

What it computes: the ends of the interval that holds the yield with the probability of the single
intervals, if any of the relations may be the one that holds. Source: the linear opinion pool (Stone
1961, Ann. Math. Stat. 32, 1339-1342): the mean of the distributions, unlike their product, gets
wider where they disagree. Amplitude and period weigh alike, and the relations of one quantity
share its weight: three relations of one amplitude are not three readings. Two relations exclude
each other where their intervals have no yield in common.

Assumptions: each distribution is log-normal with the interval that is given; that the true relation
is among them. Accuracy: ends to 1e-6 of the probability. Cost: 0.4 ms.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import TYPE_CHECKING

from vigie.records import YieldRange

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEPS = 60
"""Halvings of the interval in which an end is sought."""
_REACH = 10.0
"""Beyond so many standard errors of all no end lies."""


@dataclass(frozen=True, slots=True)
class YieldPool:
    """One interval from several relations."""

    low_kt: float
    high_kt: float
    probability: float
    relations: tuple[YieldRange, ...]
    """Those with two ends, which are pooled."""
    apart: tuple[YieldRange, ...]
    """Those that exclude another one, bounds too; the lowest first."""


def pool_yields(ranges: Sequence[YieldRange]) -> YieldPool | None:
    """Return what relations together say of a yield; None where none states two ends.

    Parameters
    ----------
    ranges : sequence of YieldRange
        Of one event and one kind of explosion.

    Examples
    --------
    >>> one = YieldRange(
    ...     relation="a", kind="chemical", quantity="period", low_kt=1e-3, high_kt=1e-1
    ... )
    >>> pool = pool_yields([one])
    >>> round(pool.low_kt, 6), round(pool.high_kt, 6)
    (0.001, 0.1)
    """
    whole = [r for r in ranges if not r.bound and r.high_kt is not None and r.low_kt > 0.0]
    if not whole:
        return None
    known = [_distribution(r) for r in whole]
    of_quantity = Counter(r.quantity for r in whole)
    weights = [1.0 / (len(of_quantity) * of_quantity[r.quantity]) for r in whole]
    probability = whole[0].probability
    tail = 0.5 * (1.0 - probability)
    low, high = (10.0 ** _quantile(known, weights, p) for p in (tail, 1.0 - tail))
    return YieldPool(low, high, probability, tuple(whole), _apart(ranges))


def _distribution(one: YieldRange) -> NormalDist:
    """Return the distribution of log10 of the yield."""
    low, high = math.log10(one.low_kt), math.log10(one.high_kt or one.low_kt)
    z = NormalDist().inv_cdf(0.5 * (1.0 + one.probability))
    return NormalDist(0.5 * (low + high), max(0.5 * (high - low) / z, 1e-9))


def _quantile(known: Sequence[NormalDist], weights: Sequence[float], probability: float) -> float:
    low = min(d.mean - _REACH * d.stdev for d in known)
    high = max(d.mean + _REACH * d.stdev for d in known)
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        below = sum(w * d.cdf(middle) for d, w in zip(known, weights, strict=True))
        low, high = (middle, high) if below < probability else (low, middle)
    return 0.5 * (low + high)


def _apart(ranges: Sequence[YieldRange]) -> tuple[YieldRange, ...]:
    """Return the relations that share no yield with another one."""
    found = {
        k
        for (i, one), (j, other) in combinations(enumerate(ranges), 2)
        if _high(one) < other.low_kt or _high(other) < one.low_kt
        for k in (i, j)
    }
    return tuple(sorted((ranges[k] for k in found), key=lambda r: (r.low_kt, r.relation)))


def _high(one: YieldRange) -> float:
    return math.inf if one.bound or one.high_kt is None else one.high_kt
