"""Which depth an origin gets: held, free, or a default that says so.

``auto`` compares the origin at the default depth with those found with the depth free. The
free one is taken where depth phases agree (``depth_phases``), or where a station is near or the
source so deep that no crustal one explains the arrivals (``depth_evidence``). Otherwise the depth
stays at the default, and its possible error goes into the covariance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.location.agree import Agreement, agree
from vigie.network.location.depth_evidence import (
    LEAST_ODDS,
    SYSTEMATIC_KM,
    deep_log_odds,
    is_depth_known,
    log_depth_prior,
)
from vigie.network.location.depth_phases import (
    MIN_STATIONS,
    depth_phase_rows,
    unfit_depth_phases,
)
from vigie.network.location.phases import LEAST_PHASE_DEPTH_KM
from vigie.network.location.posterior import TEMPER
from vigie.network.location.solve import STUDENT_DOF, Fit, Problem, first_look, robust_fit

if TYPE_CHECKING:
    from vigie.network.location.kinds import BoolArray

TRIAL_DEPTHS_KM = (10.0, 60.0, 250.0, 550.0)
"""Where the free depth starts from; between them lie the Moho and the transition zone."""
MOHO_KM = 35.0
"""Of ak135."""
AT_SURFACE_KM = 0.05
"""A depth no larger has ended at the bound; 0.025 and 0.1 give the same."""
N_TRIED = 2
"""How many of them, those that fit best after one step, are followed to the end. One is too few
(1 of 50 origins moves by 84 km), 4 give the same."""
HOPELESS_SIGMA_KM = 100.0
"""A depth that the linear problem leaves this uncertain is not worth solving for: a seventh of
all depths there are. At 50 nothing changes; at 200, 3 of 50 events get other depths and move by 60
to 70 km."""


@dataclass(frozen=True, slots=True, eq=False)
class DepthChoice:
    """The origin chosen, and where its depth comes from."""

    agreement: Agreement
    reason: str
    depth_fixed: bool
    hint: str = ""
    """What the times say of another depth that they do not prove."""


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
        usable = allowed & ~unfit_depth_phases(problem, robust.rows, robust.trial.depth_km)
        held = agree(problem, robust, usable, free_depth=False)
        return _choice(held, "operator", fixed=True)
    free = None if params.depth == "default" else _free(problem, robust, allowed)
    if params.depth == "free" and free is not None and free.depth_sigma_km < params.max_depth_km:
        return _choice(free, _why_free(problem, free), fixed=False)
    default = _default(problem, robust, _without_depth(problem, allowed))
    if params.depth != "auto" or free is None:
        return _choice(default, "default", fixed=True)
    if default is None or not _is_told(problem, default, free):
        chosen = default or free
        reason = "default" if default is not None else _why_free(problem, free)
        choice = _choice(chosen, reason, fixed=default is not None)
        return choice if default is None else _with_hint(problem, choice, default, free)
    if free.fit.trial.depth_km <= AT_SURFACE_KM:
        surface = agree(problem, free.fit, _without_depth(problem, allowed), free_depth=False)
        return _choice(surface or free, "surface", fixed=surface is not None)
    return _choice(free, _why_free(problem, free), fixed=False)


def _with_hint(
    problem: Problem, choice: DepthChoice | None, default: Agreement, free: Agreement
) -> DepthChoice | None:
    """Return a choice of the default that names a likelier depth, where there is one."""
    depth_km, sigma_km = free.fit.trial.depth_km, free.depth_sigma_km
    if choice is None or not (sigma_km < HOPELESS_SIGMA_KM and depth_km > SYSTEMATIC_KM):
        return choice
    odds = float(np.exp(deep_log_odds(problem, default, free)))
    if odds < 1.0:
        return choice
    hint = (
        f"the times fit a depth of {depth_km:.0f} km, standard error {sigma_km:.0f} km, {odds:.0f} "
        f"times as well, which is less than the {LEAST_ODDS:.0f} that are asked; see --depth free"
    )
    return replace(choice, hint=hint)


def _is_told(problem: Problem, default: Agreement, free: Agreement) -> bool:
    """Tell whether the depth may go free."""
    if _depth_phases_used(problem, free):
        return free.depth_sigma_km <= problem.params.free_depth_max_sigma_km
    return is_depth_known(problem, default, free)


def _without_depth(problem: Problem, allowed: BoolArray) -> BoolArray:
    return allowed & ~depth_phase_rows(problem)


def _default(problem: Problem, robust: Fit, allowed: BoolArray) -> Agreement | None:
    depth_km = problem.params.default_depth_km
    start = robust
    if robust.trial.depth_km != depth_km:
        start = robust_fit(problem, robust.trial._replace(depth_km=depth_km), free_depth=False)
    return agree(problem, start, allowed, free_depth=False, default_depth=True)


def _free(problem: Problem, robust: Fit, allowed: BoolArray) -> Agreement | None:
    if problem.params.search == "local":
        unfit = unfit_depth_phases(problem, robust.rows, max(TRIAL_DEPTHS_KM))
        return agree(problem, robust, allowed & ~unfit, free_depth=True)
    trials = [robust.trial._replace(depth_km=z) for z in TRIAL_DEPTHS_KM]
    looks = [first_look(problem, trial) for trial in trials]
    if not (_is_deep_better(looks) or _is_resolved(problem, looks[:2], allowed)):
        return None
    looks.sort(key=_improbability)
    fits = [robust_fit(problem, look.trial, free_depth=True) for look in looks[:N_TRIED]]
    best = min(fits, key=_improbability)
    unfit = unfit_depth_phases(problem, best.rows, max(TRIAL_DEPTHS_KM))
    free = agree(problem, best, allowed & ~unfit, free_depth=True)
    if free is None or not _depth_phases_used(problem, free):
        return free
    stations = {problem.readings.stations[i] for i in _depth_phases_used(problem, free)}
    if len(stations) >= MIN_STATIONS and free.fit.trial.depth_km >= LEAST_PHASE_DEPTH_KM:
        return free
    return agree(problem, best, _without_depth(problem, allowed), free_depth=True)


def _improbability(fit: Fit) -> float:
    """Return the loss of a fit, with the prior of its depth in the same units."""
    return fit.loss - 2.0 / (STUDENT_DOF + 1.0) * log_depth_prior(fit.trial.depth_km)


def _depth_phases_used(problem: Problem, free: Agreement) -> list[int]:
    return [
        int(i)
        for i in np.flatnonzero((free.use & depth_phase_rows(problem))[: len(problem.readings)])
    ]


def _is_deep_better(looks: list[Fit]) -> bool:
    """Tell whether a source below the crust promises to explain the arrivals better."""
    n_crustal = sum(1 for depth_km in TRIAL_DEPTHS_KM if depth_km <= MOHO_KM)
    crustal, deep = looks[:n_crustal], looks[n_crustal:]
    gain = min(look.loss for look in crustal) - min(look.loss for look in deep)
    return TEMPER * 0.5 * (STUDENT_DOF + 1.0) * gain > log(LEAST_ODDS)


def _is_resolved(problem: Problem, looks: list[Fit], allowed: BoolArray) -> bool:
    """Tell whether the linear problem, at two depths, says anything of the depth."""
    from vigie.network.location._kernels import inverse

    if problem.params.depth == "free":
        return True
    for look in looks:
        rows = look.rows
        use = allowed & np.isfinite(rows.standard)
        if use.sum() < 4:
            continue
        information = rows.derivative[use] / rows.sigma[use, None]
        covariance, _ = inverse(information.T @ information)
        if covariance[2, 2] < HOPELESS_SIGMA_KM**2:
            return True
    return False


def _why_free(problem: Problem, free: Agreement) -> str:
    return "depth_phases" if _depth_phases_used(problem, free) else "free"


def _choice(chosen: Agreement | None, reason: str, *, fixed: bool) -> DepthChoice | None:
    return None if chosen is None else DepthChoice(chosen, reason, fixed)
