"""Rules that a nuclide passes to stay: evidence of its own, at the right energies, little absent.

A peak is evidence of what explains it only where the mean energy of all that is put into it lies
within the tolerance of its centroid (0.4 keV or three errors, as IDC processing has it). A nuclide
whose line should stand where no peak is, or one at another energy, lacks that line; one that lacks
more than half of what it should show is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.params import ParticulateParams
    from vigie.radionuclide.particulate.solve import Problem, Solution

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

DEMANDED_SIGMAS = 5.0
"""From here on the ratios of its lines may demand a nuclide without a peak of its own."""
EXPECTED_SIGMAS = 3.0
"""A line that should show by more and does not is absent."""
ABSENT_SIGMAS = 3.5
ABSENT_SHARE = 0.5
"""A nuclide more of whose expected evidence is absent is rejected."""


def refused(n: int, problem: Problem, solution: Solution, params: ParticulateParams) -> int | None:
    """Return the worst nuclide that breaks a rule, alone: the others may do so because of it.

    Parameters
    ----------
    n : int
        Number of nuclides, which come first among the sources.
    problem : Problem
    solution : Solution
    params : ParticulateParams
    """
    shares = problem.matrix[: problem.areas] * solution.amount
    explained = shares.sum(axis=1)
    elsewhere = off_centroid(problem, solution)
    explained[: problem.clusters] += solution.apart
    sigma = np.sqrt(solution.variance[: problem.areas])
    worst, least = None, np.inf
    for index in np.flatnonzero(solution.kept[:n]):
        share = shares[:, index]
        own = share > params.own_share * np.maximum(explained, 1e-9)
        without = sigma**2 - (problem.error[: problem.areas, index] * solution.amount[index]) ** 2
        own &= share > params.own_sigmas * np.sqrt(np.maximum(without, 1e-9))
        own[problem.clusters :] = False
        own &= ~elsewhere
        z = np.sqrt(solution.drop[index])
        shown = own.any() or z > DEMANDED_SIGMAS
        missing = elsewhere | (problem.value[: problem.areas] < explained - ABSENT_SIGMAS * sigma)
        if shown and not _absent(share, sigma, missing):
            continue
        if z < least:
            worst, least = int(index), z
    return worst


def off_centroid(problem: Problem, solution: Solution) -> BoolArray:
    """Return which areas are of peaks at another energy than what explains them, shape (areas,).

    Parameters
    ----------
    problem : Problem
    solution : Solution
    """
    out = np.zeros(problem.areas, dtype=np.bool_)
    rows = problem.areas + np.arange(len(problem.moment))
    put = problem.matrix[problem.moment] @ solution.amount
    moved = problem.matrix[rows] @ solution.amount
    away_kev = np.abs(moved) / np.maximum(put, 1e-9)
    out[problem.moment] = (put > 0.0) & (away_kev > problem.tolerance_kev[problem.moment])
    return out


def _absent(share: FloatArray, sigma: FloatArray, missing: BoolArray) -> bool:
    """Tell whether most of what a nuclide should show is not there."""
    expected = share > EXPECTED_SIGMAS * sigma
    weight = np.where(expected, share / sigma, 0.0)
    return bool(weight[missing].sum() > ABSENT_SHARE * weight.sum()) if weight.any() else False
