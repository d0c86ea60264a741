"""Ratios of two activities from the likelihood itself.

What it computes: the set of r with -2 ln [max L(a1 = r a2) / max L] below the 95 % point,
everything else free. Zero belongs to it when the numerator is not detected, infinity when the
denominator is not: the set is then "at most", "at least" or everything, at one-sided 95 %.
Source: profile likelihood; the constraint makes both nuclides one column of the design, so each
trial ratio is one ordinary fit. Assumes the normal law of r. Accuracy: coverage 95 % on simulated
campaigns (benchmark ``noble_gas``), and Fieller's set where counts are many (tests). Cost: 20 ms
for a ratio.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.problem import (
    Minimum,
    Problem,
    fixed_minimum,
    minimum,
)
from vigie.radionuclide.ratios.fieller import K_ONE_SIDED, K_TWO_SIDED, RatioSet
from vigie.records import RatioKind

if TYPE_CHECKING:
    from collections.abc import Callable

FloatArray = NDArray[np.float64]
WIDEST = 1e7
"""Ratio of activities beyond which nothing is looked for."""


def profile_ratio_set(
    problem: Problem, best: Minimum, numerator: int, denominator: int
) -> RatioSet:
    """Return the ratios of two activities, by their places in the vectors, that data allow."""
    counts = problem.model.counts
    roots = [
        _depth(best, fixed_minimum(problem, counts, best, k, 0.0)) if best.point[k] > 0.0 else 0.0
        for k in (numerator, denominator)
    ]
    no_zero, no_infinity = (root > K_ONE_SIDED for root in roots)
    scale = problem.scale
    top, bottom = (
        best.point[numerator] / scale[numerator],
        best.point[denominator] / scale[denominator],
    )
    value = max(float(top), 0.0) / float(bottom) if bottom > 0.0 else None
    if not no_zero and not no_infinity:
        return RatioSet(kind=RatioKind.UNBOUNDED, value=value)
    k = K_TWO_SIDED if no_zero and no_infinity else K_ONE_SIDED

    def excess(log_ratio: float) -> float:
        held = _tied(problem, best, (numerator, denominator), float(np.exp(log_ratio)))
        return _depth(best, held) - k

    middle = _start(value, top, bottom)
    low = _search(excess, middle, -1.0) if no_zero else None
    high = _search(excess, middle, 1.0) if no_infinity else None
    if low is not None and high is not None:
        kind = RatioKind.BOUNDED
    elif low is not None:
        kind = RatioKind.LOWER
    else:
        kind = RatioKind.UPPER if high is not None else RatioKind.UNBOUNDED
    return RatioSet(kind=kind, value=value, low=low, high=high)


def _start(value: float | None, top: float, bottom: float) -> float:
    if value:
        return float(np.log(value))
    # One of both is not above 0: begin where the other's error would put it.
    return float(np.log(WIDEST) if bottom <= 0.0 < top else -np.log(WIDEST))


def _depth(best: Minimum, held: Minimum) -> float:
    return float(np.sqrt(max(2.0 * (held.value - best.value), 0.0)))


def _tied(problem: Problem, best: Minimum, pair: tuple[int, int], ratio: float) -> Minimum:
    """Minimise with numerator = ratio x denominator: both become one more column.

    Their memories stay apart, as nothing ties those.
    """
    top, bottom = pair
    design, relative = problem.design, problem.model.relative
    # In scaled units activity k is point[k] / scale[k].
    factor = ratio * problem.scale[top] / problem.scale[bottom]
    own, other = design[0][:, bottom], factor * design[0][:, top]
    both = np.maximum(own + other, 1e-300)
    tied = (own * relative[:, :, bottom] + other * relative[:, :, top]) / both
    column = np.zeros((3, design.shape[1], 1))
    column[0, :, 0] = both
    n = design.shape[2]
    given = best.point[bottom] * own.sum() + best.point[top] * design[0][:, top].sum()
    start = np.concatenate(
        [
            best.point[:n],
            [given / both.sum()],
            best.point[n : 2 * n],
            [0.0],
            best.point[2 * n :],
        ]
    )
    start[[top, bottom]] = 0.0
    free = np.ones(len(start), dtype=np.bool_)
    free[n + 1 : 2 * n + 2] = problem.model.has_gas
    free[[top, bottom, 2 * n + 1]] = False
    model = replace(problem.model, relative=np.concatenate([relative, tied[:, :, None]], axis=2))
    wide = np.ascontiguousarray(np.concatenate([design, column], axis=2))
    return minimum(Problem(model, wide, problem.scale), model.counts, free, start)


def _search(excess: Callable[[float], float], middle: float, direction: float) -> float | None:
    """Return the ratio at which the depth reaches its limit, going one way, if it does."""
    from scipy.optimize import brentq

    inner, step = middle, 0.2
    if excess(inner) > 0.0:
        return None if abs(inner) > np.log(WIDEST) - 1.0 else float(np.exp(inner))
    for _ in range(40):
        outer = inner + direction * step
        if excess(outer) > 0.0:
            ends = (inner, outer) if direction > 0.0 else (outer, inner)
            return float(np.exp(brentq(excess, ends[0], ends[1], rtol=1e-4, xtol=1e-4)))
        if abs(outer) > np.log(WIDEST) + 20.0:
            return None
        inner, step = outer, step * 1.6
    return None
