"""The global solution: activities >= 0 of all candidates at once, and which of them stay.

Data = R a with a >= 0 by weighted least squares (Lawson and Hanson's algorithm). The variance of a
datum is that of its counts plus the relative error of each source's share in it, with which the
solution is repeated. The source whose removal costs least goes while that is below the limit; so
the result does not depend on the order of a library. A peak of which too much stays unexplained is
given a share of its own, lest it pull nuclides that it does not belong to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

OUTLIER = 4.0
"""Standard errors by which a peak may exceed its explanation before the rest is set apart."""
MOSTLY = 0.6
"""Share of a peak above which it counts as explained, if not well."""
ROUNDS = 5
GUESSED, WIDE, HUGE = 0.5, 0.35, 1e30
"""Relative error from which counts are guessed, error of such data at first, and none at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Data, matrix and errors; the first ``areas`` rows are areas, the first ``clusters`` peaks."""

    matrix: FloatArray
    """Shape (rows, sources)."""
    value: FloatArray
    variance: FloatArray
    """As measured."""
    null_variance: FloatArray
    """What it would be with no counts in the peaks: weights must not follow the fluctuations of the
    areas, or small areas would weigh more and pull the mean down."""
    error: FloatArray
    """Error of each element of the matrix, shape of the matrix."""
    clusters: int
    areas: int
    moment: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Peaks whose centroids are data: the rows behind the areas, in this order."""
    tolerance_kev: FloatArray = field(default_factory=lambda: np.zeros(0))
    """By which what explains a peak may be off its centroid, shape (clusters,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Amounts of the sources that stay."""

    amount: FloatArray
    """Shape (sources,); 0 of those that were dropped."""
    covariance: FloatArray
    """Of the amounts of those that stay, statistical and of shares; zeros elsewhere."""
    kept: NDArray[np.bool_]
    drop: FloatArray
    """Rise of chi-square when a source is taken out of the solution."""
    variance: FloatArray
    """Of the data, as used."""
    apart: FloatArray
    """Counts of each peak that nothing explains, shape (clusters,)."""


def solve(
    problem: Problem, keep_drop: float, *, never: NDArray[np.bool_] | None = None
) -> Solution:
    """Return the global solution.

    Parameters
    ----------
    problem : Problem
    keep_drop : float
        A source stays if chi-square rises by more without it.
    never : ndarray of bool, optional
        Sources that are out from the start.
    """
    n = problem.matrix.shape[1]
    kept = np.ones(n, dtype=bool) if never is None else ~never
    apart: set[int] = set()
    left_out = ~kept
    offered = np.zeros(n, dtype=bool)
    variance = _first_variance(problem, kept)
    amount = np.zeros(n)
    covariance = np.zeros((n, n))
    drop = np.zeros(n)
    used: list[int] = []
    for round_ in range(ROUNDS):
        reduced = _reduced(problem, variance, apart)
        while True:
            amount, slack = _nnls(reduced, kept)
            kept = kept & (amount > 0.0)
            covariance = _covariance(reduced, kept)
            sigma2 = np.diag(covariance) - own_variance(problem, variance, amount, covariance)
            drop = np.where(kept, amount**2 / np.maximum(sigma2, 1e-300), 0.0)
            weak = np.flatnonzero(kept & (drop < keep_drop))
            if not len(weak):
                break
            kept[weak[np.argmin(drop[weak])]] = False
        variance = _variance(problem, amount)
        expected = problem.matrix @ amount
        pull = (problem.value - expected) / np.sqrt(variance)
        used = sorted(apart)
        # Lines that disagree by some per cent are no unexplained peaks: to set the higher ones
        # apart would draw a nuclide down to its lowest line.
        strange = (pull > OUTLIER) & (expected < MOSTLY * problem.value)
        new = set(np.flatnonzero(strange[: problem.clusters]).tolist()) if round_ else set()
        if round_ and new <= apart:
            break
        # A source may have left while errors were those of first amounts.
        back = _known_by(problem, variance, sorted(new - apart)) & ~(kept | left_out | offered)
        if back.any():
            kept, offered = kept | back, offered | back
        else:
            apart |= new
    rest = np.zeros(problem.clusters)
    rest[used] = slack
    return Solution(amount, covariance, kept, drop, variance, rest)


def _known_by(problem: Problem, variance: FloatArray, rows: list[int]) -> NDArray[np.bool_]:
    """Return which sources one of these peaks shows at least half as well as any other does."""
    strength = problem.matrix[: problem.clusters] / np.sqrt(variance[: problem.clusters, None])
    best = strength.max(axis=0, initial=0.0)
    return np.asarray((strength[rows].max(axis=0, initial=0.0) > 0.5 * best) & (best > 0.0))


def own_variance(
    problem: Problem, variance: FloatArray, amount: FloatArray, covariance: FloatArray
) -> FloatArray:
    """Return the part of each amount's variance that the error of its own share makes.

    Were the source not there, it would not be: significance must leave it out.
    """
    gain = covariance @ (problem.matrix / variance[:, None]).T
    own = np.sum((gain * (problem.error * amount).T) ** 2, axis=1)
    return np.asarray(np.minimum(own, 0.999 * np.diag(covariance)))


def drops(problem: Problem, solution: Solution, back: NDArray[np.bool_]) -> FloatArray:
    """Return the fall of twice the log-likelihood without each source.

    Each hypothesis has its own variances, as a source that is not there has no error of its share:
    else no source with one line could be more significant than its relative error.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    back : ndarray of bool, shape (sources,) or (sources, sources)
        Sources that may come back in place of the one that is taken out; row by row of that one.
    """
    apart = set(np.flatnonzero(solution.apart > 0.0).tolist())
    n = len(solution.amount)
    out = np.zeros(n)
    wholes: dict[bytes, float] = {}
    reduced = _reduced(problem, solution.variance, apart)
    for index in np.flatnonzero(solution.kept):
        allowed = solution.kept | np.broadcast_to(back, (n, n))[index]
        key = allowed.tobytes()
        if key not in wholes:
            wholes[key] = _deviance(problem, solution.variance, allowed, reduced)
        whole = wholes[key]
        without = allowed.copy()
        without[index] = False
        amount = np.where(without, solution.amount, 0.0)
        # Peaks that only this source explains are not set apart in its place.
        variance = _variance(problem, amount)
        out[index] = max(deviance(problem, variance, without, apart) - whole, 0.0)
    return out


def deviance(
    problem: Problem, variance: FloatArray, kept: NDArray[np.bool_], apart: set[int]
) -> float:
    """Return twice the negative log-likelihood of the sources kept, at their best amounts."""
    return _deviance(problem, variance, kept, _reduced(problem, variance, apart))


def _deviance(
    problem: Problem, variance: FloatArray, kept: NDArray[np.bool_], reduced: _Reduced
) -> float:
    left = _chi2(reduced, kept)
    # The triangle keeps what the design reaches; the rest of chi-square is the data's own.
    whole = float(np.sum(problem.value**2 / variance))
    reach = float(np.sum(reduced.target**2))
    return left + whole - reach + float(np.sum(np.log(variance)))


def share_variance(
    problem: Problem, variance: FloatArray, kept: NDArray[np.bool_], apart: set[int]
) -> FloatArray:
    """Return the variances of the data if these sources are there, at their amounts."""
    amount, _ = _nnls(_reduced(problem, variance, apart), kept)
    return _variance(problem, amount)


def misfit(problem: Problem, solution: Solution) -> float:
    """Return chi-square of the peaks that the solution explains at all, and of those set apart."""
    explained = problem.matrix @ solution.amount > 0.1 * np.abs(problem.value)
    rows = np.flatnonzero(explained[: problem.clusters])
    pull = problem.value - problem.matrix @ solution.amount
    # Logarithmic: one line that is off must not decide for all.
    return float(np.sum(np.log1p(pull[rows] ** 2 / solution.variance[rows])))


def _first_variance(problem: Problem, kept: NDArray[np.bool_]) -> FloatArray:
    """Return variances to begin with: before amounts are known, errors of shares are not either.

    Data in which a line's counts are guessed are left out first, as their error would follow from
    an amount that they must not determine.
    """
    guessed = (problem.error > GUESSED * problem.matrix) & (problem.matrix > 0.0)
    rows = np.any(guessed[:, kept], axis=1)
    first = np.where(rows, np.inf, problem.variance)
    amount, _ = _nnls(_reduced(problem, np.minimum(first, HUGE), set()), kept)
    scatter = np.where(rows, WIDE * np.abs(problem.value), 0.0) ** 2
    return np.asarray(_variance(problem, amount) + scatter)


def counting_variance(problem: Problem, amount: FloatArray) -> FloatArray:
    """Return the variance of the data by counting alone, at the solution's areas."""
    expected = np.maximum(problem.matrix @ amount, 0.0)
    areas = problem.null_variance + expected
    out = problem.variance.copy()
    out[: problem.areas] = areas[: problem.areas]
    # A peak that nothing explains keeps its own.
    unexplained = problem.value > 2.0 * expected
    out = np.where(unexplained, np.maximum(out, problem.variance), out)
    # What is known beforehand has the error that it has.
    out[problem.areas :] = problem.variance[problem.areas :]
    return np.asarray(out)


def _variance(problem: Problem, amount: FloatArray) -> FloatArray:
    shares = problem.error * amount
    return np.asarray(counting_variance(problem, amount) + np.sum(shares**2, axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class _Reduced:
    """The weighted problem as a triangle: what is solved often is small."""

    triangle: FloatArray
    target: FloatArray
    slack: int
    """Columns at the end that are peaks set apart."""


def _reduced(problem: Problem, variance: FloatArray, apart: set[int]) -> _Reduced:
    weight = 1.0 / np.sqrt(variance)
    slack = np.zeros((len(weight), len(apart)))
    for k, row in enumerate(sorted(apart)):
        slack[row, k] = 1.0
    design = np.hstack([problem.matrix, slack]) * weight[:, None]
    q, r = np.linalg.qr(design)
    return _Reduced(r, q.T @ (problem.value * weight), len(apart))


def _nnls(reduced: _Reduced, kept: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    from scipy.optimize import nnls

    n = len(kept)
    columns = np.concatenate([np.flatnonzero(kept), n + np.arange(reduced.slack)])
    if not len(columns):
        # SciPy's solver ends the process on a matrix without columns.
        return np.zeros(n), np.empty(0)
    design = reduced.triangle[:, columns]
    size = np.linalg.norm(design, axis=0)
    size[size == 0.0] = 1.0
    found, _ = nnls(design / size, reduced.target, maxiter=50 * len(columns) + 100)
    found = found / size
    amount = np.zeros(n)
    amount[kept] = found[: int(kept.sum())]
    return amount, found[int(kept.sum()) :]


def _chi2(reduced: _Reduced, kept: NDArray[np.bool_]) -> float:
    amount, slack = _nnls(reduced, kept)
    left = reduced.triangle @ np.concatenate([amount, slack]) - reduced.target
    return float(left @ left)


def _covariance(reduced: _Reduced, kept: NDArray[np.bool_]) -> FloatArray:
    n = len(kept)
    chosen = np.flatnonzero(kept)
    columns = np.concatenate([chosen, n + np.arange(reduced.slack)])
    design = reduced.triangle[:, columns]
    information = design.T @ design
    size = np.sqrt(np.maximum(np.diag(information), 1e-300))
    scaled = information / np.outer(size, size)
    inverse = np.linalg.pinv(scaled, rcond=1e-10, hermitian=True) / np.outer(size, size)
    out = np.zeros((n, n))
    out[np.ix_(chosen, chosen)] = inverse[: len(chosen), : len(chosen)]
    return out
