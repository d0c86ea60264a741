"""Nuclides that would explain the same peak: the likelier one stays.

A greedy removal keeps whichever of two look-alikes (Ba-133 and Au-196 near 356 keV) was the
stronger when the weakest had to go. Here each kept nuclide is exchanged for each rival that shares
the peak it is known by, and leaves where the rival makes the data likelier. All data count: lines
that ought to show and do not, and soft X-rays, speak as peaks do.

Where the data do not say, the one that lives longer stays. A nuclide can be seen for a time that
is proportional to its half-life, so of a release at an unknown time the longer-lived one is
likelier by the ratio of the half-lives; that decides only where the data do not. What else would
do about as well is told with the result (``alike``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.solve import deviance, share_variance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.radionuclide.particulate.solve import Problem, Solution

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

BETTER = 1.0
"""Difference of twice the log-likelihood from which the data decide between two nuclides."""
TOLD = 2.0
"""Difference up to which a rival is told of."""
SAME_PEAK = 0.3
"""Share of a nuclide's strongest datum that a rival must give to the same peak."""


def outdone(
    problem: Problem,
    solution: Solution,
    may_leave: BoolArray,
    may_come: BoolArray,
    back: BoolArray,
    half_life_s: FloatArray,
) -> int | None:
    """Return a nuclide that a rival explains better, None where there is none.

    A rival that lives longer, by so much that the odds of its being seen outweigh what counts as no
    decision of the data, may be worse by that much (``BETTER``).

    Parameters
    ----------
    problem : Problem
    solution : Solution
    may_leave : ndarray of bool, shape (sources,)
        Nuclides in question.
    may_come : ndarray of bool, shape (sources, sources)
        Their rivals, row by row of the nuclide in question.
    back : ndarray of bool, shape (sources,)
        Sources that may take part in any case.
    half_life_s : ndarray, shape (sources,)
    """
    for index in np.flatnonzero(solution.kept & may_leave):
        for rival, cost in _exchanges(problem, solution, int(index), may_come[index], back):
            odds = 2.0 * np.log(half_life_s[rival] / half_life_s[index])
            if cost < (BETTER if odds > BETTER else -BETTER):
                return int(index)
    return None


def alike(
    problem: Problem,
    solution: Solution,
    asked: BoolArray,
    may_come: BoolArray,
    back: BoolArray,
) -> dict[int, tuple[int, ...]]:
    """Return the rivals of nuclides that would explain the data about as well, the best first.

    Parameters
    ----------
    problem, solution, may_come, back
        As in ``outdone``.
    asked : ndarray of bool, shape (sources,)
        Nuclides in question.
    """
    out = {}
    for index in np.flatnonzero(solution.kept & asked):
        costs = dict(_exchanges(problem, solution, int(index), may_come[index], back))
        near = sorted((cost, rival) for rival, cost in costs.items() if cost < TOLD)
        if near:
            out[int(index)] = tuple(rival for _, rival in near)
    return out


def _exchanges(
    problem: Problem, solution: Solution, index: int, may_come: BoolArray, back: BoolArray
) -> Iterator[tuple[int, float]]:
    """Yield rivals of a nuclide, and how much worse the data fit (2 ln L) with each instead."""
    sigma = np.sqrt(solution.variance[: problem.clusters])
    strength = problem.matrix[: problem.clusters] / sigma[:, None]
    best = strength.max(axis=0, initial=0.0)
    if not best[index] > 0.0:
        return
    row = int(np.argmax(strength[:, index]))
    others = may_come & ~solution.kept & (strength[row] > SAME_PEAK * best) & (best > 0.0)
    if not others.any():
        return
    apart = set(np.flatnonzero(solution.apart > 0.0).tolist())
    allowed = (solution.kept | back) & ~others
    now = _likelihood(problem, solution, allowed, apart)
    for rival in np.flatnonzero(others):
        instead = allowed.copy()
        instead[index], instead[rival] = False, True
        yield int(rival), _likelihood(problem, solution, instead, apart) - now


def _likelihood(problem: Problem, solution: Solution, allowed: BoolArray, apart: set[int]) -> float:
    """Return twice the negative log-likelihood, with errors at the amounts of the hypothesis."""
    variance = share_variance(problem, solution.variance, allowed, apart)
    return deviance(problem, variance, allowed, apart)
