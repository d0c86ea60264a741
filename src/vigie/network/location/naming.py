"""Naming phases and locating in turn, until the names stay."""

from __future__ import annotations

from dataclasses import replace
from math import log1p
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.location.depth_evidence import log_depth_prior
from vigie.network.location.identify import UNNAMED_COST, first_names, identify
from vigie.network.location.phases import DEPTH_PHASES, FAMILIES
from vigie.network.location.solve import STUDENT_DOF, Fit, Problem, robust_fit

if TYPE_CHECKING:
    from vigie.network.location.kinds import BoolArray
    from vigie.network.location.params import LocateParams
    from vigie.network.location.readings import Readings

ALLOWANCES_S = (20.0, 6.0, 2.0, 2.0)
"""How wrong the trial origin's times may be, from one round of naming phases to the next."""
UNNAMED_LOSS = log1p(UNNAMED_COST / STUDENT_DOF)
"""What a reading without a name adds to the loss: as much as the worst that gets one."""
SEA_PHASES = frozenset({"H", "T", "O"})
NAMED_SHARE = 0.7
"""Of all readings, below which deep events are tried too (chosen: coda and noise are fewer)."""
DEEP_START_KM = 250.0
"""From where deep events are named anew: one of the trial depths; 125 and 500 give the
same."""


def to_be_named(readings: Readings, params: LocateParams) -> BoolArray:
    """Tell which readings are to be named, shape (n,)."""
    if params.phases == "identify":
        # Arrivals through the sea bear their names where the predictor knows them.
        return np.array([p not in SEA_PHASES for p in readings.phases], dtype=bool)
    return np.array([not (d.phase or "").strip() for d in readings.detections], dtype=bool)


def initial_phases(readings: Readings, unnamed: BoolArray, params: LocateParams) -> Readings:
    """Return readings with the phases to begin with."""
    guesses = first_names(readings)
    phases = [g if u else p for g, u, p in zip(guesses, unnamed, readings.phases, strict=True)]
    others = [
        _generic(g) if u else s
        for g, u, s in zip(guesses, unnamed, readings.stand_ins, strict=True)
    ]
    return replace(readings, phases=tuple(phases), stand_ins=tuple(others))


def _generic(guess: str) -> tuple[str, ...]:
    return FAMILIES.get(guess, (guess,) if guess else ())


def name_phases(problem: Problem, fit: Fit, unnamed: BoolArray) -> tuple[Problem, Fit]:
    """Name phases and locate in turn until the names stay.

    Held at the default depth, arrivals of a deep source miss their phases: where first ones, or
    many of all, are left without a name they are named once more with the depth free, and the
    better fit is kept.
    """
    if not unnamed.any():
        return problem, fit
    found = _named_in_turn(problem, fit, unnamed, free_depth=False)
    n_named = _n_first(found[0])
    most_named = n_named >= max(_n_first(problem), NAMED_SHARE * len(problem.readings))
    if most_named or problem.params.depth not in ("auto", "free"):
        return found
    start = fit.trial._replace(depth_km=DEEP_START_KM)
    deep = robust_fit(problem, start, free_depth=True)
    again = _named_in_turn(problem, deep, unnamed, free_depth=True)
    return again if _cost(*again) < _cost(*found) else found


def _cost(problem: Problem, fit: Fit) -> float:
    """Return the loss of a fit with its names, unnamed readings and the prior of its depth."""
    n_unnamed = len(problem.readings) - _n_first(problem)
    prior = 2.0 / (STUDENT_DOF + 1.0) * log_depth_prior(fit.trial.depth_km)
    return fit.loss + UNNAMED_LOSS * n_unnamed - prior


def _n_first(problem: Problem) -> int:
    """Return how many readings have the name of a phase other than a depth phase."""
    return sum(1 for p in problem.readings.phases if p and p not in DEPTH_PHASES)


def _named_in_turn(
    problem: Problem, fit: Fit, unnamed: BoolArray, *, free_depth: bool
) -> tuple[Problem, Fit]:
    for allowance_s in ALLOWANCES_S:
        names = identify(problem, fit.trial, allowance_s, unnamed)
        if sum(1 for n in names if n) < 3:
            break
        settled = names == problem.readings.phases
        problem = renamed_to(problem, names, unnamed)
        fit = robust_fit(problem, fit.trial, free_depth=free_depth)
        if settled:
            break
    return problem, fit


def renamed_to(problem: Problem, names: tuple[str, ...], unnamed: BoolArray) -> Problem:
    """Return the problem with other phases for the readings to be named."""
    others = tuple(
        ((n,) if n else ()) if u else s
        for n, u, s in zip(names, unnamed, problem.readings.stand_ins, strict=True)
    )
    readings = replace(problem.readings, phases=names, stand_ins=others)
    return replace(problem, readings=readings)
