"""Locate one event: from detections to an origin with its uncertainty.

Order of work: positions; trial origins (arrays, first station, search of the globe) and
robust fits from them; names of phases where they are to be identified; depth; least squares
on what agrees; uncertainty. Sources stand in the modules that do the work.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location.depth import DepthChoice, choose_depth
from vigie.network.location.errors import with_estimated_errors
from vigie.network.location.identify import first_names, identify
from vigie.network.location.linear import Trial, with_errors
from vigie.network.location.origin import build_origin
from vigie.network.location.params import LocateParams
from vigie.network.location.phases import DEPTH_PHASES, FAMILIES, SURFACE_WAVES
from vigie.network.location.readings import Readings, collect
from vigie.network.location.solve import STUDENT_DOF, Fit, Problem, robust_fit, start_fit
from vigie.network.location.start import (
    array_starts,
    grid_starts,
    is_network_near,
    nearest_station_start,
    network_starts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.earth.base import Hypocentre, Predictor
    from vigie.network.location.kinds import BoolArray
    from vigie.records import Detection, Inventory, Origin, Station

GOOD_STANDARD = 1.5
"""A fit whose median absolute standard residual is below this needs no wider search."""
FEW_READINGS = 10
"""With so few, a good fit may be a wrong one: the globe is always searched."""
KEPT_SHARE = 0.8
"""New names under which fewer of the observations than this agree are not taken."""
ALLOWANCES_S = (20.0, 6.0, 2.0, 2.0)
"""How wrong the trial origin's times may be, from one round of naming phases to the next."""
NAMED_SHARE = 0.7
"""Of the first arrivals: with fewer named, the depth may be why."""
DEEP_START_KM = 250.0

ERROR_ROUNDS = 3
SAME_ERRORS = 0.15
"""Relative change of the readings' errors for which nothing is located anew."""
NEAR_DEPTHS_KM = (5.0, 15.0, 40.0, 80.0)
"""Depths below the nearest station that are tried beside the default: where a source beneath a
small network is held too shallow, a far place may fit better."""
SAME_PLACE_KM = 200.0
"""Other errors of the readings move an epicentre less far, or it has left for another place."""
MAX_RMS_S = 60.0
"""Times that miss by more are not of one event: the largest anomalies are a tenth of it."""
MAX_SEMI_AXIS_KM = 10_000.0
"""A quarter of the way around: a longer ellipse places nothing."""


def locate(
    event_id: str,
    detections: Sequence[Detection],
    stations: Inventory | Mapping[str, Station],
    predictor: Predictor,
    params: LocateParams | None = None,
    *,
    start: Hypocentre | None = None,
) -> Origin:
    """Locate one event.

    Parameters
    ----------
    event_id : str
        Names the origin (``<event_id>/origin``) and appears in errors.
    detections : sequence of Detection
        The event's arrivals, in any order.
    stations : Inventory or mapping of code to Station
        Positions. Detections of other stations are left out and named in the warnings.
    predictor : Predictor
        Earth model.
    params : LocateParams, optional
        Parameters; their defaults if left out.
    start : Hypocentre, optional
        A place to start from, beside those that the data suggest.

    Returns
    -------
    Origin
        With associations for all placed detections, covariance and ellipses.

    Raises
    ------
    LocationError
        Too few usable observations, or they resolve no place.
    """
    params = params or LocateParams()
    readings, unplaced = collect(detections, stations, predictor.phases, params)
    unnamed = _to_be_named(readings, params)
    named = _initial_phases(readings, unnamed, params)
    problem = Problem(named, predictor, params)
    _check_enough(event_id, problem, n_unplaced=len(unplaced))
    fit = _global_fit(problem, start)
    problem, fit = _name_phases(problem, fit, unnamed)
    choice = choose_depth(problem, fit, _allowed(problem))
    if choice is None:
        raise LocationError(
            event=event_id,
            reason="fewer observations agree than there are unknowns",
            remedy="Check phases and station positions, or hold the depth with --depth KM.",
        )
    problem, choice = _settle_phases(problem, choice, unnamed)
    problem, choice = _settle_errors(problem, choice)
    try:
        origin = build_origin(event_id, problem, choice, unplaced)
    except np.linalg.LinAlgError:
        raise _unresolved(event_id, "the observations leave a direction without any hold") from None
    _refuse_nonsense(event_id, origin)
    return origin


def _refuse_nonsense(event_id: str, origin: Origin) -> None:
    """Refuse an origin that says nothing: arrivals of no one event, or a place anywhere."""
    if origin.rms_s is not None and origin.rms_s > MAX_RMS_S:
        reason = f"the times miss every origin by {origin.rms_s:.0f} s and are not of one event"
        raise _unresolved(event_id, reason)
    ellipse = origin.ellipse
    if ellipse is not None and not ellipse.semi_major_km < MAX_SEMI_AXIS_KM:
        raise _unresolved(event_id, "the epicentre could be anywhere on the Earth")


def _unresolved(event_id: str, reason: str) -> LocationError:
    return LocationError(
        event=event_id,
        reason=reason,
        remedy="Give arrivals of stations farther apart, or azimuths; check their times.",
    )


def _to_be_named(readings: Readings, params: LocateParams) -> BoolArray:
    if params.phases == "identify":
        return np.ones(len(readings), dtype=bool)
    return np.array([not (d.phase or "").strip() for d in readings.detections], dtype=bool)


def _initial_phases(readings: Readings, unnamed: BoolArray, params: LocateParams) -> Readings:
    guesses = first_names(readings)
    phases = [g if u else p for g, u, p in zip(guesses, unnamed, readings.phases, strict=True)]
    others = [
        _generic(g) if u else s
        for g, u, s in zip(guesses, unnamed, readings.stand_ins, strict=True)
    ]
    return replace(readings, phases=tuple(phases), stand_ins=tuple(others))


def _generic(guess: str) -> tuple[str, ...]:
    return FAMILIES.get(guess, (guess,) if guess else ())


def _check_enough(event_id: str, problem: Problem, *, n_unplaced: int) -> None:
    readings = problem.readings
    n_times = sum(1 for p in readings.phases if p)
    n_rows = n_times + int(
        np.isfinite(readings.azimuth_deg).sum() + np.isfinite(readings.slowness_s_per_deg).sum()
    )
    if n_times >= 1 and n_rows >= 3:
        return
    unplaced = f", {n_unplaced} of stations without a position" if n_unplaced else ""
    raise LocationError(
        event=event_id,
        reason=f"{n_times} usable arrival times and {n_rows} observations in all{unplaced}",
        remedy="Give at least 3 observations, and the positions of their stations.",
    )


def _allowed(problem: Problem) -> BoolArray:
    """Return which rows may define the origin: named body waves."""
    named = np.array([bool(p) and p not in SURFACE_WAVES for p in problem.readings.phases])
    return np.tile(named, 3)


def _global_fit(problem: Problem, start: Hypocentre | None) -> Fit:
    """Return the best robust fit over all starts; the depth is held."""
    readings = problem.readings
    if start is not None and problem.params.search == "local":
        return start_fit(problem, Trial(*start, 0.0))
    near = nearest_station_start(readings)
    starts = [near]
    if is_network_near(readings):
        # Within a network as small as a source is deep, no epicentre fits at the surface.
        starts += [near._replace(depth_km=depth_km) for depth_km in NEAR_DEPTHS_KM]
        if sum(1 for p in readings.phases if p) <= FEW_READINGS:
            starts += network_starts(readings)
    if start is not None:
        starts.insert(0, Trial(*start, 0.0))
    starts += array_starts(readings, problem.predictor)
    best = _best_fit(problem, starts)
    n_named = sum(1 for p in readings.phases if p)
    if n_named <= FEW_READINGS or not _is_good(best):
        searched = grid_starts(readings, problem.predictor, 4)
        best = min((best, _best_fit(problem, searched)), key=_improbability)
    return best


def _best_fit(problem: Problem, starts: list[Trial]) -> Fit:
    depth = problem.params.depth
    held = [s if isinstance(depth, str) else s._replace(depth_km=depth) for s in starts]
    fits = [robust_fit(problem, s, free_depth=False) for s in held]
    return min(fits, key=_improbability)


def _improbability(fit: Fit) -> float:
    """Return minus the log likelihood of a fit, as the loss counts it: up to a constant.

    Errors are larger at some places than at others; where they are large, a poor fit costs
    little, and without the width of the distribution four times of a local event would fit
    best at the antipode.
    """
    n = len(fit.rows.phases)
    sigma = fit.rows.sigma[:n][np.isfinite(fit.rows.standard[:n])]
    return fit.loss + 2.0 / (STUDENT_DOF + 1.0) * float(np.sum(np.log(sigma)))


def _is_good(fit: Fit) -> bool:
    standard = np.abs(fit.rows.standard)
    seen = np.isfinite(standard)
    return bool(seen.any()) and float(np.median(standard[seen])) < GOOD_STANDARD


def _name_phases(problem: Problem, fit: Fit, unnamed: BoolArray) -> tuple[Problem, Fit]:
    """Name phases and locate in turn until the names stay.

    Held at the default depth, arrivals of a deep source miss their phases: where many are left
    without a name they are named once more with the depth free.
    """
    if not unnamed.any():
        return problem, fit
    found = _named_in_turn(problem, fit, unnamed, free_depth=False)
    wanted = NAMED_SHARE * _n_first(problem)
    if _n_first(found[0]) >= wanted or problem.params.depth not in ("auto", "free"):
        return found
    start = fit.trial._replace(depth_km=DEEP_START_KM)
    deep = robust_fit(problem, start, free_depth=True)
    again = _named_in_turn(problem, deep, unnamed, free_depth=True)
    return again if _n_first(again[0]) > _n_first(found[0]) else found


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
        problem = _renamed(problem, names, unnamed)
        fit = robust_fit(problem, fit.trial, free_depth=free_depth)
        if settled:
            break
    return problem, fit


def _settle_phases(
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
        renamed = _renamed(problem, names, unnamed)
        fit = robust_fit(renamed, trial, free_depth=False)
        again = choose_depth(renamed, fit, _allowed(renamed))
        if again is None or again.agreement.n_rows < KEPT_SHARE * choice.agreement.n_rows:
            break
        if _apart_km(again, choice) > SAME_PLACE_KM:
            break
        problem, choice = renamed, again
    return problem, choice


def _settle_errors(problem: Problem, choice: DepthChoice) -> tuple[Problem, DepthChoice]:
    """Locate again where readings without stated errors err by more than assumed."""
    weight = problem.params.reading_errors.prior_weight
    assumed = problem
    for _ in range(ERROR_ROUNDS if np.isfinite(weight) else 0):
        agreement = choice.agreement
        rows = agreement.fit.rows
        told = with_estimated_errors(
            assumed.readings,
            with_errors(rows, assumed.readings),
            _allowed(assumed)[: len(assumed.readings)],
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
        again = choose_depth(renewed, fit, _allowed(renewed))
        if again is None or _apart_km(again, choice) > SAME_PLACE_KM:
            break
        problem, choice = renewed, again
    return problem, choice


def _apart_km(one: DepthChoice, other: DepthChoice) -> float:
    a, b = one.agreement.fit.trial, other.agreement.fit.trial
    delta, _, _ = distance_azimuths(a.latitude, a.longitude, b.latitude, b.longitude)
    return float(delta) * KM_PER_DEG


def _renamed(problem: Problem, names: tuple[str, ...], unnamed: BoolArray) -> Problem:
    others = tuple(
        ((n,) if n else ()) if u else s
        for n, u, s in zip(names, unnamed, problem.readings.stand_ins, strict=True)
    )
    readings = replace(problem.readings, phases=names, stand_ins=others)
    return replace(problem, readings=readings)
