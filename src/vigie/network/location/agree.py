"""Which readings agree: from a robust fit to a least-squares fit without its outliers.

Readings are judged by their deleted residuals, the residual of each against what all
others predict, in units of its standard error, correlations and the freedom of the origin
included; the worst is left out while it exceeds the limit (3 sigma), up to a share of all
(20 %). One that fits again later is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.network.location.covariance import ErrorParts, error_parts
from vigie.network.location.deeper import leaves_depth_open, with_deeper
from vigie.network.location.kinds import BoolArray, Case
from vigie.network.location.linear import Rows
from vigie.network.location.posterior import Posterior, posterior_of, solve_component
from vigie.network.location.solve import Fit, Problem, refine

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray

ROBUST_CUT = 4.0
"""Standard residuals up to this enter the first least-squares fit: looser than the 3 of the limit,
since the robust fit is not yet the best one. At 2, good readings stay out (3 of 50 origins move by
7 to 12 km); at 8 nothing changes."""
MAX_ROUNDS = 6
"""Of leaving out and taking back; 3 and 12 give the same. (So found here and in the other modules
by ``benchmarks.location_constants``: 50 events, constants halved and doubled.)"""


class OtherPlace(NamedTuple):
    """A place where the event may be as well."""

    latitude: float
    longitude: float
    weight: float
    """Its share of the probability."""
    is_held: bool
    """Whether the ellipse holds it; what lies too far away for that is named alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """A least-squares origin, the rows that define it, and its uncertainty."""

    fit: Fit
    use: BoolArray
    """Shape (3 n,)."""
    posterior: Posterior
    parts: ErrorParts
    free: BoolArray
    """Which of north, east, depth, time are solved for; shape (4,)."""
    others: tuple[OtherPlace, ...] = ()
    """Other places that explain the arrivals, which the posterior holds too."""

    @property
    def n_rows(self) -> int:
        """Number of defining observations."""
        return int(self.use.sum())

    @property
    def depth_sigma_km(self) -> float:
        """Standard error of a free depth; NaN for a held one."""
        if not self.free[2]:
            return float("nan")
        moments = self.posterior.covariance_about(self.posterior.mean)
        return float(np.sqrt(moments[2, 2]))


def agree(
    problem: Problem,
    robust: Fit,
    allowed: BoolArray,
    *,
    free_depth: bool,
    default_depth: bool = False,
) -> Agreement | None:
    """Refine a robust fit by least squares on the readings that agree.

    Parameters
    ----------
    problem : Problem
        The event.
    robust : Fit
        Where the robust stage ended.
    allowed : ndarray of bool, shape (3 n,)
        Rows that may define the origin.
    free_depth : bool
        Whether the depth is solved for.
    default_depth : bool
        Whether a held depth is only a default, whose error counts.

    Returns
    -------
    Agreement or None
        None where fewer observations are left than parameters.
    """
    free = np.array([True, True, free_depth, True])
    fit, use = robust, _first_choice(problem, robust.rows, allowed)
    if use.sum() < free.sum():
        return None
    judged = _judged(problem, fit, use, free, default_depth=default_depth)
    seen: set[bytes] = set()
    for _ in range(MAX_ROUNDS):
        seen.add(use.tobytes())
        fit = _refined(problem, fit, judged, default_depth=default_depth)
        now = _Choosing(problem, fit.rows, free, judged.posterior.best_case, default_depth)
        use_next = now.next_choice(use, allowed)
        if use_next.tobytes() in seen:
            break
        if use_next.sum() < free.sum():
            return None
        use = use_next
        judged = _judged(problem, fit, use, free, default_depth=default_depth)
    if use.tobytes() not in seen:
        fit = _refined(problem, fit, judged, default_depth=default_depth)
    judged = _judged(problem, fit, use, free, default_depth=default_depth)
    if not default_depth or not problem.params.errors.correlated:
        return judged
    if not leaves_depth_open(fit, use):
        return judged
    shallow = posterior_of(
        judged.parts,
        fit.rows.derivative[use][:, free],
        fit.rows.residual[use],
        problem.params.errors,
        depth_sigmas_km=problem.params.errors.default_depth_sigmas_km[:1],
    )
    return replace(judged, posterior=with_deeper(problem, fit, use, free, shallow))


def _refined(problem: Problem, fit: Fit, judged: Agreement, *, default_depth: bool) -> Fit:
    """Solve by least squares under the likeliest covariance."""
    # With the depth held where it is; how wrong it may be is for the uncertainty to say, and
    # would here only shift the time to that of another depth.
    use, case = judged.use, judged.posterior.best_case._replace(depth_sigma_km=0.0)

    def covariance_of(rows: Rows) -> FloatArray:
        now = error_parts(problem.readings, rows, use, default_depth=default_depth)
        return now.matrix(case)

    return refine(problem, fit.trial, use, covariance_of, free_depth=bool(judged.free[2]))


def _judged(
    problem: Problem, fit: Fit, use: BoolArray, free: BoolArray, *, default_depth: bool
) -> Agreement:
    parts = error_parts(problem.readings, fit.rows, use, default_depth=default_depth)
    posterior = posterior_of(
        parts,
        fit.rows.derivative[use][:, free],
        fit.rows.residual[use],
        problem.params.errors,
    )
    return Agreement(fit, use, posterior, parts, free)


def _first_choice(problem: Problem, rows: Rows, allowed: BoolArray) -> BoolArray:
    standard = np.abs(rows.standard)
    usable = allowed & np.isfinite(standard)
    if not usable.any():
        return usable
    typical = max(1.0, 1.4826 * float(np.median(standard[usable])))
    return _capped(usable, usable & (standard <= ROBUST_CUT * typical), standard, problem)


def _capped(usable: BoolArray, use: BoolArray, badness: FloatArray, problem: Problem) -> BoolArray:
    """Take the best back if more than the allowed share is left out."""
    n_keep = int(np.ceil(usable.sum() * (1.0 - problem.params.max_outlier_fraction)))
    if use.sum() >= n_keep:
        return use
    order = np.argsort(np.where(usable, badness, np.inf), kind="stable")
    kept = use.copy()
    kept[order[:n_keep]] = True
    return kept & usable


@dataclass(frozen=True, slots=True)
class _Choosing:
    """What the choice of readings at one origin needs."""

    problem: Problem
    rows: Rows
    free: BoolArray
    case: Case
    default_depth: bool

    def next_choice(self, use: BoolArray, allowed: BoolArray) -> BoolArray:
        """Leave out the worst while it is too bad, having taken back what fits."""
        params = self.problem.params
        limit = params.big_residual_sigma
        standard = self.rows.standard
        usable = allowed & np.isfinite(standard)
        n_keep = int(np.ceil(usable.sum() * (1.0 - params.max_outlier_fraction)))
        # What has been left out comes back where its plain residual is good.
        kept = (use | (usable & (np.abs(standard) <= 0.8 * limit))) & usable
        if kept.sum() <= max(n_keep, self.free.sum()):
            return kept
        n_spare = int(kept.sum()) - max(n_keep, int(self.free.sum()))
        kept[np.flatnonzero(kept)[self._worst(kept, limit, n_spare)]] = False
        return kept

    def _worst(self, use: BoolArray, limit: float, n_spare: int) -> list[int]:
        """Return which of the used rows to leave out, one after the other.

        Without row i the matrix of the residuals is Q - q_i q_i^T / Q_ii, so that each
        costs N^2 operations.
        """
        parts = error_parts(self.problem.readings, self.rows, use, default_depth=self.default_depth)
        covariance = parts.matrix(self.case)
        solved = solve_component(
            covariance, self.rows.derivative[use][:, self.free], self.rows.residual[use]
        )
        matrix, weight = solved.residual_matrix.copy(), solved.residual_weight.copy()
        # A reading without which the origin is not determined cannot be judged.
        blind = 1e-6 / np.diag(covariance)
        dropped: list[int] = []
        while len(dropped) < n_spare:
            information = np.diag(matrix)
            badness = np.abs(weight) / np.sqrt(np.maximum(information, 1e-12))
            badness[information < blind] = 0.0
            badness[dropped] = 0.0
            worst = int(np.argmax(badness))
            if badness[worst] <= limit:
                break
            dropped.append(worst)
            column = matrix[worst].copy()
            weight -= column * (weight[worst] / column[worst])
            matrix -= np.outer(column, column / column[worst])
        return dropped
