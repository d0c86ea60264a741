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

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import FloatArray, Predictor
from vigie.geodesy import KM_PER_DEG
from vigie.network.location.covariance import whitened
from vigie.network.location.linear import Rows, Trial, linearise
from vigie.network.location.params import LocateParams
from vigie.network.location.readings import Readings

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.network.location._steps import Bounds
    from vigie.network.location.kinds import BoolArray


STUDENT_DOF = 4.0
"""Of the robust weights; heavy enough tails for 20 % of outliers. 8 gives the same; with 2, one of
50 events follows its outliers 2200 km away."""
MISSING_STANDARD = 10.0
"""A phase that does not exist at the trial origin counts as a residual of so many sigma; 5 and 20
give the same."""
LINEAR_REACH = 2.0
"""Longest step over the distance to the nearest station ..."""
LEAST_REACH_KM = 10.0
"""... and at least so long."""
MAX_STEP_KM = 2500.0
"""Of the epicentre: a quarter of a quadrant. With half of it 1 of 50 events ends in another
minimum, 5000 gives the same."""
MAX_DEPTH_STEP_KM = 150.0
"""Of the depth: less than between the deeper trial depths. 75 gives the same; with 300, 1 of 50
events ends in another minimum."""
LINEAR_KM = 100.0
"""Steps up to this are taken as linear: weights settle before times are predicted anew. 50 gives
the same; with 200, as with twice the reach above, 1 of 50 events ends in another minimum."""
N_REWEIGHTED = 5
"""Weights in such a step; 10 give the same, with 2 the depth of 1 of 50 events differs."""
SMALL_STEP_KM = 0.5
"""A step that ends the robust iteration, which least squares refine; 0.25 and 1 give the same."""
SAME_ERRORS_KM = 20.0
"""Over this distance standard errors and correlations stay as they are: they change over hundreds
of km. 10 and 40 move no origin by more than 1 km."""
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
    readings = problem.readings
    trial, rows = _with_median_time(problem, start)
    best = Fit(trial, rows, robust_loss(rows, readings), converged=False)
    scale = np.inf
    for _ in range(n_iterations):
        standard = rows.standard
        seen = np.isfinite(standard)
        if seen.sum() < 2:
            break
        typical = 1.5 * float(np.median(np.abs(standard[seen])))
        scale = max(1.0, min(scale * 0.7, max(typical, 1.0)))
        step = _reweighted_step(problem, trial, rows, scale, free_depth=free_depth)
        trial = trial.moved(step)
        rows = problem.rows(trial)
        loss = robust_loss(rows, readings)
        gain = best.loss - loss
        if loss < best.loss:
            best = Fit(trial, rows, loss)
        small = np.hypot(step[0], step[1]) < SMALL_STEP_KM and abs(step[2]) < SMALL_STEP_KM
        if scale <= 1.0 + 1e-9 and (small or abs(gain) < 1e-3 * loss):
            break
    return best


def start_fit(problem: Problem, start: Trial) -> Fit:
    """Return a start as it is, at the depth that is asked for and the best time."""
    depth = problem.params.depth
    held = start if isinstance(depth, str) else start._replace(depth_km=depth)
    trial, rows = _with_median_time(problem, held)
    return Fit(trial, rows, robust_loss(rows, problem.readings), converged=False)


def first_look(problem: Problem, start: Trial) -> Fit:
    """Return the origin one robust step from a start, with the loss that step promises.

    The rows are those of the start: one prediction tells which of several depths to follow.
    """
    trial, rows = _with_median_time(problem, start)
    standard = rows.standard
    seen = np.isfinite(standard)
    n_missing = int(problem.readings.observed.sum()) - int(seen.sum())
    rest = standard[seen]
    if seen.sum() >= 2:
        scale = max(1.0, 1.5 * float(np.median(np.abs(rest))))
        step = _reweighted_step(problem, trial, rows, scale, free_depth=True)
        trial = trial.moved(step)
        rest = rest - rows.derivative[seen] @ step / rows.sigma[seen]
    rest = np.concatenate([rest, np.full(n_missing, MISSING_STANDARD)])
    loss = float(np.sum(np.log1p(rest**2 / STUDENT_DOF)))
    return Fit(trial, rows, loss, converged=False)


def _reweighted_step(
    problem: Problem, trial: Trial, rows: Rows, scale: float, *, free_depth: bool
) -> FloatArray:
    """Return the step of the linear problem with weights that suit its own residuals."""
    from vigie.network.location._steps import reweighted_step

    step: FloatArray = reweighted_step(
        rows.derivative,
        np.where(np.isfinite(rows.standard), rows.residual, np.nan),
        rows.sigma,
        (scale, STUDENT_DOF, N_REWEIGHTED, LINEAR_KM),
        bounds_at(trial, problem.params),
        free_depth,
    )
    reach_km = _linear_reach_km(rows, trial)
    return step / max(float(np.hypot(step[0], step[1])) / reach_km, 1.0)


def bounds_at(trial: Trial, params: LocateParams) -> Bounds:
    """Return what limits a step from a trial origin."""
    from vigie.network.location._steps import Bounds

    return Bounds(
        float(trial.depth_km),
        float(params.max_depth_km),
        MAX_STEP_KM,
        MAX_DEPTH_STEP_KM,
        float(params.singular_value_cutoff),
    )


def _linear_reach_km(rows: Rows, trial: Trial) -> float:
    """Return how far derivatives may be followed: not past the station that is nearest.

    From a start at a station of a small network a longer step leaves the network, and times
    of a few stations close together fit as well on the other side of the Earth.
    """
    nearest_deg = float(np.nanmin(rows.predictions.delta_deg, initial=180.0))
    slant_km = float(np.hypot(nearest_deg * KM_PER_DEG, trial.depth_km))
    return max(LINEAR_REACH * slant_km, LEAST_REACH_KM)


def robust_loss(rows: Rows, readings: Readings) -> float:
    """Return the sum of log(1 + u^2 / nu) over all observations, missing ones included."""
    standard = rows.standard[readings.observed]
    standard[~np.isfinite(standard)] = MISSING_STANDARD
    return float(np.sum(np.log1p(standard**2 / STUDENT_DOF)))


def improbability(fit: Fit) -> float:
    """Return minus the log likelihood of a fit, as the loss counts it: up to a constant.

    Errors are larger at some places than at others; where they are large, a poor fit costs
    little, and without the width of the distribution four times of a local event would fit
    best at the antipode.
    """
    n = len(fit.rows.phases)
    sigma = fit.rows.sigma[:n][np.isfinite(fit.rows.standard[:n])]
    return fit.loss + 2.0 / (STUDENT_DOF + 1.0) * float(np.sum(np.log(sigma)))


def refine(
    problem: Problem,
    start: Trial,
    use: BoolArray,
    covariance_of: Callable[[Rows], FloatArray],
    *,
    free_depth: bool,
) -> Fit:
    """Run the generalised least-squares stage on the rows in ``use``, shape (3 n,).

    The covariance is made anew only after steps over which standard errors may change.
    """
    from vigie.network.location._steps import bounded_step

    params = problem.params
    rows = problem.rows(start)
    trial, damping, quiet, travelled = start, 0.0, 0, 0.0
    covariance = covariance_of(rows)
    white, chi_square = _white_rows(rows, use, covariance)
    for _ in range(params.max_iterations):
        normal = white[:, :4].T @ white
        step = bounded_step(normal, COLUMN_SCALE, bounds_at(trial, params), damping, free_depth)
        candidate = trial.moved(step)
        new_rows = problem.rows(candidate)
        new_white, new_chi_square = _white_rows(new_rows, use, covariance)
        change = (chi_square - new_chi_square) / max(chi_square, 1e-12)
        size = float(np.abs(step / COLUMN_SCALE).max())
        tiny = size < 1e-5
        if not new_chi_square <= chi_square * (1.0 + 1e-9) and not tiny:
            damping = max(damping * 10.0, 1e-3)
            if damping > 1e8:
                break
            continue
        damping = 0.0 if damping < 1e-4 else damping / 10.0
        trial, rows, white, chi_square = candidate, new_rows, new_white, new_chi_square
        travelled += float(np.abs(step[:3]).max())
        if travelled > SAME_ERRORS_KM:
            covariance, travelled = covariance_of(rows), 0.0
            white, chi_square = _white_rows(rows, use, covariance)
        quiet = quiet + 1 if abs(change) < params.convergence or tiny else 0
        if tiny or quiet >= 2 or (quiet and size < 1e-3):
            return Fit(trial, rows, chi_square)
    return Fit(trial, rows, chi_square, converged=damping > 1e8)


def _white_rows(rows: Rows, use: BoolArray, covariance: FloatArray) -> tuple[FloatArray, float]:
    """Return whitened derivatives and residuals, shape (N, 5), and chi-square."""
    residual = rows.residual[use]
    if not np.isfinite(residual).all():
        return np.empty((0, 5)), float("inf")
    white = whitened(covariance, np.column_stack([rows.derivative[use], residual]))
    return white, float((white[:, 4] ** 2).sum())


def _with_median_time(problem: Problem, start: Trial) -> tuple[Trial, Rows]:
    rows = problem.rows(start)
    n = len(problem.readings)
    seen = np.isfinite(rows.residual[:n])
    if not seen.any():
        return start, rows
    later = float(np.median(rows.residual[:n][seen]))
    residual = rows.residual.copy()
    residual[:n] -= later
    return start._replace(time_s=start.time_s + later), replace(rows, residual=residual)
