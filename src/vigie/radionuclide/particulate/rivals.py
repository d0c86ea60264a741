"""Nuclides that would explain the same peak: the likelier one stays.

A greedy removal keeps whichever of two look-alikes (Ba-133 and Au-196 near 356 keV) was the
stronger when the weakest had to go. Here each kept nuclide is exchanged for each rival that shares
the peak it is known by, and leaves where the rival makes the data likelier. Look-alikes that the
data cannot tell apart stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.solve import deviance, share_variance

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.solve import Problem, Solution

BoolArray = NDArray[np.bool_]

BETTER = 1.0
"""Fall of twice the negative log-likelihood from which a rival is preferred."""
SAME_PEAK = 0.3
"""Share of a nuclide's strongest datum that a rival must give to the same peak."""


def outdone(
    problem: Problem, solution: Solution, may_leave: BoolArray, may_come: BoolArray, back: BoolArray
) -> int | None:
    """Return a nuclide that a rival explains better, None where there is none.

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
    """
    sigma = np.sqrt(solution.variance[: problem.clusters])
    strength = problem.matrix[: problem.clusters] / sigma[:, None]
    best = strength.max(axis=0) if problem.clusters else np.zeros(len(solution.amount))
    apart = set(np.flatnonzero(solution.apart > 0.0).tolist())
    for index in np.flatnonzero(solution.kept & may_leave):
        row = int(np.argmax(strength[:, index]))
        others = (
            may_come[index] & ~solution.kept & (strength[row] > SAME_PEAK * best) & (best > 0.0)
        )
        if not others.any():
            continue
        allowed = (solution.kept | back) & ~others
        now = _likelihood(problem, solution, allowed, apart)
        for rival in np.flatnonzero(others):
            instead = allowed.copy()
            instead[index], instead[rival] = False, True
            if _likelihood(problem, solution, instead, apart) < now - BETTER:
                return int(index)
    return None


def _likelihood(problem: Problem, solution: Solution, allowed: BoolArray, apart: set[int]) -> float:
    """Return twice the negative log-likelihood, with errors at the amounts of the hypothesis."""
    variance = share_variance(problem, solution.variance, allowed, apart)
    return deviance(problem, variance, allowed, apart)
