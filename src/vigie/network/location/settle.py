"""Locating anew until phases and errors of readings fit the origin that they led to.

Names of phases, and errors of readings that state none, depend on the origin; the origin depends
on them. Both are settled at the chosen origin, by small moves only: another place is no
refinement.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location.depth import DepthChoice, choose_depth
from vigie.network.location.errors import with_estimated_errors
from vigie.network.location.identify import identify
from vigie.network.location.linear import with_errors
from vigie.network.location.naming import renamed_to
from vigie.network.location.phases import SURFACE_WAVES
from vigie.network.location.solve import Problem, robust_fit

if TYPE_CHECKING:
    from vigie.network.location.kinds import BoolArray

KEPT_SHARE = 0.8
"""New names under which fewer of the observations than this agree are not taken."""
ERROR_ROUNDS = 3
"""Of errors from residuals and residuals anew; 2 and 6 give the same."""
SAME_ERRORS = 0.15
"""Relative change of the readings' errors for which nothing is located anew; half and twice move no
origin by 1 km."""
SAME_PLACE_KM = 200.0
"""Other errors of the readings move an epicentre less far, or it has left for another place; half
and twice give the same."""


def allowed_rows(problem: Problem) -> BoolArray:
    """Return which rows may define the origin: named body waves."""
    named = np.array([bool(p) and p not in SURFACE_WAVES for p in problem.readings.phases])
    return np.tile(named, 3)


def settle_phases(
    problem: Problem, choice: DepthChoice, unnamed: BoolArray
) -> tuple[Problem, DepthChoice]:
    """Name phases once more at the chosen origin; locate again where that changed any."""
    if not unnamed.any():
        return problem, choice
    for _ in range(2):
        trial = choice.agreement.fit.trial
        names = identify(problem, trial, 0.5, unnamed)
        if names == problem.readings.phases or sum(1 for n in names if n) < 3:
            break
        renamed = renamed_to(problem, names, unnamed)
        fit = robust_fit(renamed, trial, free_depth=False)
        again = choose_depth(renamed, fit, allowed_rows(renamed))
        if again is None or again.agreement.n_rows < KEPT_SHARE * choice.agreement.n_rows:
            break
        if _apart_km(again, choice) > SAME_PLACE_KM:
            break
        problem, choice = renamed, again
    return problem, choice


def settle_errors(problem: Problem, choice: DepthChoice) -> tuple[Problem, DepthChoice]:
    """Locate again where readings without stated errors err by more than assumed."""
    weight = problem.params.reading_errors.prior_weight
    assumed = problem
    for _ in range(ERROR_ROUNDS if np.isfinite(weight) else 0):
        agreement = choice.agreement
        rows = agreement.fit.rows
        told = with_estimated_errors(
            assumed.readings,
            with_errors(rows, assumed.readings),
            allowed_rows(assumed)[: len(assumed.readings)],
            prior_weight=weight,
            n_unknown=int(agreement.free.sum()),
        )
        if told is None:
            break
        changed = float(np.abs(told.time_sigma_s / problem.readings.time_sigma_s - 1.0).max())
        if changed < SAME_ERRORS:
            break
        renewed = replace(assumed, readings=told)
        fit = robust_fit(renewed, agreement.fit.trial, free_depth=False)
        again = choose_depth(renewed, fit, allowed_rows(renewed))
        if again is None or _apart_km(again, choice) > SAME_PLACE_KM:
            break
        problem, choice = renewed, again
    return problem, choice


def _apart_km(one: DepthChoice, other: DepthChoice) -> float:
    a, b = one.agreement.fit.trial, other.agreement.fit.trial
    delta, _, _ = distance_azimuths(a.latitude, a.longitude, b.latitude, b.longitude)
    return float(delta) * KM_PER_DEG
