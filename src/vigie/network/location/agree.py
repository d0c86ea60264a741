"""Which readings agree: from a robust fit to a least-squares fit without its outliers.

Readings are judged by their deleted residuals, the residual of each against what all
others predict, in units of its standard error, correlations and the freedom of the origin
included; the worst is left out while it exceeds the limit (3 sigma), up to a share of all
(20 %). One that fits again later is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.location.covariance import ErrorParts, error_parts
from vigie.network.location.posterior import MANY, Posterior, posterior_of
from vigie.network.location.readings import BoolArray
from vigie.network.location.solve import Fit, Problem, refine

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray
    from vigie.network.location.linear import Rows

ROBUST_CUT = 4.0
"""Standard residuals up to this enter the first least-squares fit."""
MAX_ROUNDS = 6


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
    seen: set[bytes] = set()
    for _ in range(MAX_ROUNDS):
        if use.sum() < free.sum() or use.tobytes() in seen:
            break
        seen.add(use.tobytes())
        fit = _refined(problem, fit, use, free_depth=free_depth, default_depth=default_depth)
        use_next = _next_choice(problem, fit.rows, use, allowed, free, default_depth=default_depth)
        if (use_next == use).all():
            break
        use = use_next
    if use.sum() < free.sum():
        return None
    if use.tobytes() not in seen:
        fit = _refined(problem, fit, use, free_depth=free_depth, default_depth=default_depth)
    return _judged(problem, fit, use, free, default_depth=default_depth)


def _refined(
    problem: Problem, fit: Fit, use: BoolArray, *, free_depth: bool, default_depth: bool
) -> Fit:
    parts = error_parts(problem.readings, fit.rows, use, default_depth=default_depth)
    known = posterior_of(
        parts,
        fit.rows.derivative[use][:, np.array([True, True, free_depth, True])],
        fit.rows.residual[use],
        problem.params.errors,
    )

    def covariance_of(rows: Rows) -> FloatArray:
        now = error_parts(problem.readings, rows, use, default_depth=default_depth)
        return now.matrix(known.best_case)

    return refine(problem, fit.trial, use, covariance_of, free_depth=free_depth)


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


def _next_choice(
    problem: Problem,
    rows: Rows,
    use: BoolArray,
    allowed: BoolArray,
    free: BoolArray,
    *,
    default_depth: bool,
) -> BoolArray:
    """Leave out the worst while it is too bad, then take back what fits."""
    limit = problem.params.big_residual_sigma
    usable = allowed & np.isfinite(rows.standard)
    n_keep = int(np.ceil(usable.sum() * (1.0 - problem.params.max_outlier_fraction)))
    # What has been left out comes back where its plain residual is good.
    kept = use | (usable & (np.abs(rows.standard) <= 0.8 * limit))
    kept &= usable
    while kept.sum() > max(n_keep, free.sum()):
        badness = _badness(problem, rows, kept, free, default_depth=default_depth)
        if badness.max() <= limit:
            break
        # One at a time, since the worst may be what makes others bad; among very many
        # also what is nearly as bad.
        cut = badness.max() if kept.sum() <= MANY else max(0.8 * badness.max(), limit)
        n_spare = int(kept.sum()) - max(n_keep, int(free.sum()))
        worst = np.argsort(-badness, kind="stable")[: min(n_spare, int((badness >= cut).sum()))]
        kept[np.flatnonzero(kept)[worst]] = False
    return kept


def _badness(
    problem: Problem, rows: Rows, use: BoolArray, free: BoolArray, *, default_depth: bool
) -> FloatArray:
    """Return the size of the deleted residual of each used row, in standard errors."""
    parts = error_parts(problem.readings, rows, use, default_depth=default_depth)
    known = posterior_of(
        parts, rows.derivative[use][:, free], rows.residual[use], problem.params.errors
    )
    deleted = np.abs(known.best.residual_weight) / np.sqrt(
        np.maximum(known.best.residual_information, 1e-12)
    )
    # A reading without which the origin is not determined cannot be judged.
    deleted[known.best.residual_information < 1e-6 / np.diag(parts.matrix(known.best_case))] = 0.0
    judged: FloatArray = deleted
    return judged
