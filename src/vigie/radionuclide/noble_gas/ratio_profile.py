"""Ratios of two activities from the likelihood itself.

What it computes: the set of ratios r for which a1 = r a2 is not less likely than 5 %, everything
else free, by the rule of ``ratios.bounded_ratio``: deviation from the ray and place along it are
signed roots of likelihood ratios (to the maximum, and to both activities being 0), and so are
the angles to the edges. So zero is left out exactly when the numerator is detected, infinity when
the denominator is; where few counts raise the 5 % point of detection, roots are divided by as
much. Source: profile likelihood; the constraint makes both nuclides one column of the design, so
each trial ratio is one ordinary fit. Assumes the normal law of roots. Accuracy: Fieller's set
where counts are many (tests). Cost: 20 ms for a ratio.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan2, pi
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.problem import (
    Minimum,
    Problem,
    fixed_minimum,
    minimum,
    root_of,
)
from vigie.radionuclide.ratios.bounded_ratio import LEVEL, chance_beyond
from vigie.radionuclide.ratios.fieller import K_ONE_SIDED, RatioSet
from vigie.records import RatioKind

if TYPE_CHECKING:
    from collections.abc import Callable

FloatArray = NDArray[np.float64]
WIDEST = 1e7
"""Times the ratio begun with, beyond which nothing is looked for."""
_LEAST_ANGLE = 0.05
"""Of the wedge and of what is left of a half turn: nearer, two nuclides are one."""


@dataclass(frozen=True, slots=True)
class _View:
    """The likelihood as seen from both activities being 0 (``ratios.bounded_ratio``)."""

    problem: Problem
    best: Minimum
    pair: tuple[int, int]
    corner: Minimum
    angle: float
    """Of the maximum, from a numerator of 0."""
    whole: float
    stretch: tuple[float, float]
    """By which roots are divided at a ratio of 0 and of infinity."""

    def chance(self, log_ratio: float) -> float:
        """Return the chance of what is less likely than what was seen, at a ratio of Bq."""
        ratio = float(np.exp(log_ratio))
        held = _tied(self.problem, self.best, self.pair, ratio)
        top, bottom = (self.best.point[k] / self.problem.scale[k] for k in self.pair)
        deviation = float(np.copysign(_depth(self.best, held), top - ratio * bottom))
        along = float(np.copysign(_depth(held, self.corner), held.point[self.problem.n]))
        away = (self.angle - atan2(deviation, along)) % (2.0 * pi)
        # Rounding may put a ray a little before the edge at 0.
        below = 0.0 if away > 1.5 * pi else min(away, self.whole)
        at_zero, at_infinity = self.stretch
        stretch = at_zero + (at_infinity - at_zero) * below / self.whole
        arguments = (deviation / stretch, along / stretch, below, self.whole - below)
        return float(chance_beyond(*(np.array(one) for one in arguments)))


def profile_ratio_set(
    problem: Problem,
    best: Minimum,
    numerator: int,
    denominator: int,
    *,
    critical: tuple[float, float] = (K_ONE_SIDED, K_ONE_SIDED),
) -> RatioSet:
    """Return the ratios of two activities, by their places in the vectors, that data allow.

    Parameters
    ----------
    critical : tuple of float
        5 % points of the roots of numerator and denominator: above, they are detected.
    """
    pair = (numerator, denominator)
    top, bottom = (float(best.point[k] / problem.scale[k]) for k in pair)
    value = max(top, 0.0) / bottom if bottom > 0.0 else None
    roots, view = _view(problem, best, pair, critical)
    no_zero, no_infinity = (root > limit for root, limit in zip(roots, critical, strict=True))
    if not no_zero and not no_infinity:
        return RatioSet(kind=RatioKind.UNBOUNDED, value=value)
    start = _start(problem, best, pair)
    low = _end(view.chance, start, -1.0) if no_zero else None
    high = _end(view.chance, start, 1.0) if no_infinity else None
    if low is not None and high is not None:
        kind = RatioKind.BOUNDED
    elif low is not None:
        kind = RatioKind.LOWER
    else:
        kind = RatioKind.UPPER if high is not None else RatioKind.UNBOUNDED
    return RatioSet(kind=kind, value=value, low=low, high=high)


def _view(
    problem: Problem, best: Minimum, pair: tuple[int, int], critical: tuple[float, float]
) -> tuple[list[float], _View]:
    """Return the roots of both activities, and how the likelihood is seen from the corner."""
    counts = problem.model.counts
    corner = _empty(problem, best, pair)
    roots, angles = [], []
    for k, other in (pair, pair[::-1]):
        held = fixed_minimum(problem, counts, best, k, 0.0)
        roots.append(root_of(best, held, k, 0.0))
        along = np.copysign(_depth(held, corner), held.point[other])
        angles.append(atan2(roots[-1], float(along)))
    whole = min(max(sum(angles) % (2.0 * pi), _LEAST_ANGLE), pi - _LEAST_ANGLE)
    at_zero, at_infinity = (one / K_ONE_SIDED for one in critical)
    stretch = (at_zero, at_infinity)
    return roots, _View(problem, best, pair, corner, angles[0], whole, stretch)


def _empty(problem: Problem, best: Minimum, pair: tuple[int, int]) -> Minimum:
    """Minimise with both activities 0."""
    free = problem.free()
    start = best.point.copy()
    for k in pair:
        free[k], start[k] = False, 0.0
    return minimum(problem, problem.model.counts, free, start)


def _start(problem: Problem, best: Minimum, pair: tuple[int, int]) -> float:
    """Return the logarithm of a ratio to begin with; a count where an estimate is below one."""
    top, bottom = (max(float(best.point[k]), 1e-6) for k in pair)
    if min(best.point[pair[0]], best.point[pair[1]]) <= 0.0:
        top, bottom = max(top, 1.0), max(bottom, 1.0)
    return float(np.log(top / problem.scale[pair[0]] * problem.scale[pair[1]] / bottom))


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


def _end(chance: Callable[[float], float], start: float, direction: float) -> float | None:
    """Return the ratio at which the set ends, going one way; None where it does not."""
    from scipy.optimize import brentq

    def excess(log_ratio: float) -> float:
        return chance(log_ratio) - LEVEL

    inner, step = start, 0.2
    # From a point outside first back into the set.
    going = direction if excess(inner) >= 0.0 else -direction
    while abs(inner - start) < np.log(WIDEST):
        outer = inner + going * step
        if (excess(outer) < 0.0) == (going == direction):
            return float(np.exp(brentq(excess, inner, outer, rtol=1e-6, xtol=1e-5)))
        inner, step = outer, step * 1.6
    return None
