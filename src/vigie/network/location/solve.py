"""Geiger's iteration: from a trial origin to the best one.

Two stages. The first is robust: iteratively reweighted least squares with the weights of
Student's t (4 degrees of freedom), from residuals of any size down to their standard
errors, so that gross outliers neither stop nor pull it. The second is generalised least
squares on the readings that agree, whitened by the full covariance, each step by singular
value decomposition with a cut-off and, where the sum of squares would grow, with
Levenberg-Marquardt damping.

Sources: Geiger (1912); Bratt & Bache 1988, BSSA 78, 780-798; Bondar & McLaughlin 2009,
BSSA 99, 172-193. Assumes that an origin within the basin of the best one is given; see
``start`` for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import FloatArray, Predictor
from vigie.network.location.covariance import whitened
from vigie.network.location.linear import Rows, Trial, linearise
from vigie.network.location.params import LocateParams
from vigie.network.location.readings import BoolArray, Readings

if TYPE_CHECKING:
    from collections.abc import Callable


STUDENT_DOF = 4.0
"""Of the robust weights; heavy enough tails for 20 % of outliers."""
MISSING_STANDARD = 10.0
"""A phase that does not exist at the trial origin counts as a residual of so many sigma."""
MAX_STEP_KM = 2500.0
MAX_DEPTH_STEP_KM = 150.0
COLUMN_SCALE = np.array([10.0, 10.0, 10.0, 1.0])
"""Sizes at which a step in north, east, depth (km) and time (s) weigh alike."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What stays the same while one event is located."""

    readings: Readings
    predictor: Predictor
    params: LocateParams

    def rows(self, trial: Trial) -> Rows:
        """Linearise at a trial origin."""
        return linearise(self.readings, trial, self.predictor)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """An origin with its rows there."""

    trial: Trial
    rows: Rows
    loss: float
    """Robust loss, or chi-square after the second stage."""
    converged: bool = True


def robust_fit(problem: Problem, start: Trial, *, free_depth: bool, n_iterations: int = 25) -> Fit:
    """Run the robust stage from one trial origin."""
    trial = _with_median_time(problem, start)
    rows = problem.rows(trial)
    best = Fit(trial, rows, robust_loss(rows, problem.readings), converged=False)
    scale = np.inf
    for iteration in range(n_iterations):
        standard = rows.standard
        seen = np.isfinite(standard)
        if seen.sum() < 2:
            break
        typical = 1.5 * float(np.median(np.abs(standard[seen])))
        scale = max(1.0, min(scale * 0.7, max(typical, 1.0)))
        share = 1.0 / (1.0 + (standard / scale) ** 2 / STUDENT_DOF)
        weight = np.sqrt(share) / rows.sigma
        step = bounded_step(
            rows.derivative[seen] * weight[seen, None],
            rows.residual[seen] * weight[seen],
            trial,
            problem.params,
            free_depth=free_depth,
        )
        trial = trial.moved(step)
        rows = problem.rows(trial)
        loss = robust_loss(rows, problem.readings)
        if loss < best.loss:
            best = Fit(trial, rows, loss)
        small = np.hypot(step[0], step[1]) < 0.3 and abs(step[2]) < 0.5
        if small and scale <= 1.0 + 1e-9 and iteration > 2:
            break
    return best


def robust_loss(rows: Rows, readings: Readings) -> float:
    """Return the sum of log(1 + u^2 / nu) over all observations, missing ones included."""
    observed = np.concatenate(
        [
            np.array([bool(p) for p in readings.phases], dtype=bool),
            np.isfinite(readings.azimuth_deg),
            np.isfinite(readings.slowness_s_per_deg),
        ]
    )
    standard = np.where(np.isfinite(rows.standard), rows.standard, MISSING_STANDARD)[observed]
    return float(np.sum(np.log1p(standard**2 / STUDENT_DOF)))


def refine(
    problem: Problem,
    start: Trial,
    use: BoolArray,
    covariance_of: Callable[[Rows], FloatArray],
    *,
    free_depth: bool,
) -> Fit:
    """Run the generalised least-squares stage on the rows in ``use``, shape (3 n,)."""
    params = problem.params
    rows = problem.rows(start)
    trial, damping, quiet = start, 0.0, 0
    covariance = covariance_of(rows)
    white, chi_square = _white_rows(rows, use, covariance)
    for _ in range(params.max_iterations):
        step = bounded_step(
            white[:, :4],
            white[:, 4],
            trial,
            params,
            free_depth=free_depth,
            damping=damping,
        )
        candidate = trial.moved(step)
        new_rows = problem.rows(candidate)
        _, new_chi_square = _white_rows(new_rows, use, covariance)
        change = (chi_square - new_chi_square) / max(chi_square, 1e-12)
        tiny = float(np.abs(step / COLUMN_SCALE).max()) < 1e-5
        if not new_chi_square <= chi_square * (1.0 + 1e-9) and not tiny:
            damping = max(damping * 10.0, 1e-3)
            if damping > 1e8:
                break
            continue
        damping = 0.0 if damping < 1e-4 else damping / 10.0
        trial, rows = candidate, new_rows
        covariance = covariance_of(rows)
        white, chi_square = _white_rows(rows, use, covariance)
        quiet = quiet + 1 if abs(change) < params.convergence or tiny else 0
        if tiny or quiet >= 2:
            return Fit(trial, rows, chi_square)
    return Fit(trial, rows, chi_square, converged=damping > 1e8)


def least_squares_step(
    matrix: FloatArray,
    target: FloatArray,
    free: BoolArray,
    cutoff: float,
    damping: float = 0.0,
) -> FloatArray:
    """Return the step (north km, east km, depth km, time s); zero where not free.

    Directions whose singular value is below ``cutoff`` of the largest stay unmoved.
    """
    scaled = matrix[:, free] * COLUMN_SCALE[free]
    u, s, vt = np.linalg.svd(scaled, full_matrices=False)
    kept = s > cutoff * s[0] if len(s) and s[0] > 0.0 else np.zeros(len(s), dtype=bool)
    limit_sq = damping * (float(s[0]) ** 2 if len(s) else 0.0)
    factor = np.zeros(len(s))
    factor[kept] = s[kept] / (s[kept] ** 2 + limit_sq)
    step = np.zeros(4)
    step[free] = (vt.T @ (factor * (u.T @ target))) * COLUMN_SCALE[free]
    return step


def bounded_step(
    matrix: FloatArray,
    target: FloatArray,
    trial: Trial,
    params: LocateParams,
    *,
    free_depth: bool,
    damping: float = 0.0,
) -> FloatArray:
    """Return the step, cut where it is too long; the depth stays within its bounds.

    Where the depth reaches a bound it is held there and the rest solved again, since the
    other parts of the step belong to a depth that is not allowed.
    """
    cutoff = params.singular_value_cutoff
    free = np.array([True, True, free_depth, True])
    step = least_squares_step(matrix, target, free, cutoff, damping)
    if free_depth:
        allowed = float(np.clip(step[2], -trial.depth_km, params.max_depth_km - trial.depth_km))
        if allowed != step[2]:
            free[2] = False
            step = least_squares_step(
                matrix, target - matrix[:, 2] * allowed, free, cutoff, damping
            )
            step[2] = allowed
    longest = max(
        float(np.hypot(step[0], step[1])) / MAX_STEP_KM, abs(float(step[2])) / MAX_DEPTH_STEP_KM
    )
    return step / max(longest, 1.0)


def _white_rows(rows: Rows, use: BoolArray, covariance: FloatArray) -> tuple[FloatArray, float]:
    """Return whitened derivatives and residuals, shape (N, 5), and chi-square."""
    residual = rows.residual[use]
    if not np.isfinite(residual).all():
        return np.empty((0, 5)), float("inf")
    white = whitened(covariance, np.column_stack([rows.derivative[use], residual]))
    return white, float((white[:, 4] ** 2).sum())


def _with_median_time(problem: Problem, start: Trial) -> Trial:
    rows = problem.rows(start)
    times = rows.residual[: len(problem.readings)]
    seen = np.isfinite(times)
    if not seen.any():
        return start
    return start._replace(time_s=start.time_s + float(np.median(times[seen])))
