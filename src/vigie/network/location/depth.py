"""Which depth an origin gets: held, free, or a default that says so.

``auto`` compares the origin at the default depth with those found with the depth free. The
free one is taken where its depth is well determined (standard error below a limit, as with
depth phases or a station nearly above) or differs from the default by more than 3 sigma
(deep events). Otherwise the depth stays at the default, and its possible error goes into
the covariance. Times of depth phases count only when two stations agree on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.location.agree import Agreement, agree
from vigie.network.location.phases import DEPTH_PHASES
from vigie.network.location.solve import Fit, Problem, robust_fit

if TYPE_CHECKING:
    from vigie.network.location.readings import BoolArray

TRIAL_DEPTHS_KM = (10.0, 60.0, 250.0, 550.0)
"""Where the free depth starts from; between them lie the Moho and the transition zone."""
AT_SURFACE_KM = 0.05
HOPELESS_SIGMA_KM = 100.0
"""A depth that the linear problem leaves this uncertain is not worth solving for."""
SURE_SIGMA = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class DepthChoice:
    """The origin chosen, and where its depth comes from."""

    agreement: Agreement
    reason: str
    depth_fixed: bool


def choose_depth(problem: Problem, robust: Fit, allowed: BoolArray) -> DepthChoice | None:
    """Locate with the depth that the parameters ask for.

    Parameters
    ----------
    problem : Problem
        The event.
    robust : Fit
        Robust fit with the depth held.
    allowed : ndarray of bool, shape (3 n,)
        Rows that may define the origin.
    """
    params = problem.params
    if not isinstance(params.depth, str):
        held = agree(problem, robust, allowed, free_depth=False)
        return _choice(held, "operator", fixed=True)
    with_depth = allowed & ~lone_depth_phases(problem, allowed)
    free = None if params.depth == "default" else _free(problem, robust, with_depth)
    if params.depth == "free" and free is not None:
        return _choice(free, _why_free(problem, free), fixed=False)
    default = _default(problem, robust, allowed & ~depth_phase_rows(problem))
    if params.depth == "default" or free is None:
        return _choice(default, "default", fixed=True)
    if default is None or not is_depth_known(problem, default, free):
        chosen = default or free
        reason = "default" if default is not None else _why_free(problem, free)
        return _choice(chosen, reason, fixed=default is not None)
    if free.fit.trial.depth_km <= AT_SURFACE_KM:
        surface = agree(problem, free.fit, with_depth, free_depth=False)
        return _choice(surface or free, "surface", fixed=surface is not None)
    return _choice(free, _why_free(problem, free), fixed=False)


def is_depth_known(problem: Problem, default: Agreement, free: Agreement) -> bool:
    """Tell whether the data constrain the depth well enough to let it go free."""
    sigma_km = free.depth_sigma_km
    if not np.isfinite(sigma_km):
        return False
    apart = abs(free.fit.trial.depth_km - default.fit.trial.depth_km)
    return sigma_km <= problem.params.free_depth_max_sigma_km or apart > SURE_SIGMA * sigma_km


def depth_phase_rows(problem: Problem) -> BoolArray:
    """Tell which rows belong to depth phases, shape (3 n,)."""
    is_depth = np.array([p in DEPTH_PHASES for p in problem.readings.phases], dtype=bool)
    return np.tile(is_depth, 3)


def lone_depth_phases(problem: Problem, allowed: BoolArray) -> BoolArray:
    """Return all depth-phase rows if fewer than two stations have them, else none."""
    rows = depth_phase_rows(problem)
    n = len(problem.readings)
    stations = {problem.readings.stations[i] for i in np.flatnonzero((rows & allowed)[:n])}
    return rows if len(stations) < 2 else np.zeros_like(rows)


def _default(problem: Problem, robust: Fit, allowed: BoolArray) -> Agreement | None:
    depth_km = problem.params.default_depth_km
    start = robust
    if robust.trial.depth_km != depth_km:
        start = robust_fit(problem, robust.trial._replace(depth_km=depth_km), free_depth=False)
    return agree(problem, start, allowed, free_depth=False, default_depth=True)


def _free(problem: Problem, robust: Fit, allowed: BoolArray) -> Agreement | None:
    if not _is_worth_trying(problem, robust, allowed):
        return None
    starts = [robust.trial._replace(depth_km=z) for z in TRIAL_DEPTHS_KM]
    fits = [robust_fit(problem, start, free_depth=True) for start in starts]
    best = min(fits, key=lambda fit: fit.loss)
    return agree(problem, best, allowed, free_depth=True)


def _is_worth_trying(problem: Problem, robust: Fit, allowed: BoolArray) -> bool:
    """Tell whether the linear problem, at two depths, says anything of the depth."""
    if problem.params.depth == "free":
        return True
    for depth_km in (10.0, 100.0):
        rows = problem.rows(robust.trial._replace(depth_km=depth_km))
        use = allowed & np.isfinite(rows.standard)
        if use.sum() < 4:
            continue
        information = rows.derivative[use] / rows.sigma[use, None]
        covariance = np.linalg.pinv(information.T @ information)
        if 0.0 < covariance[2, 2] < HOPELESS_SIGMA_KM**2:
            return True
    return False


def _why_free(problem: Problem, free: Agreement) -> str:
    used = (free.use & depth_phase_rows(problem))[: len(problem.readings)]
    return "depth_phases" if used.any() else "free"


def _choice(chosen: Agreement | None, reason: str, *, fixed: bool) -> DepthChoice | None:
    return None if chosen is None else DepthChoice(chosen, reason, fixed)
