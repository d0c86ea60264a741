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
from vigie.network.location.depth import choose_depth
from vigie.network.location.doubles import with_doubles, without_doubles
from vigie.network.location.ellipse import MAX_SEMI_AXIS_KM
from vigie.network.location.elsewhere import with_other_places
from vigie.network.location.linear import Trial
from vigie.network.location.naming import initial_phases, name_phases, to_be_named
from vigie.network.location.one_vector import by_one_vector, is_one_vector
from vigie.network.location.origin import build_origin
from vigie.network.location.params import LocateParams
from vigie.network.location.phases import wave_type
from vigie.network.location.rarity import misnaming, rarity
from vigie.network.location.readings import collect
from vigie.network.location.settle import allowed_rows, settle_errors, settle_phases
from vigie.network.location.solve import (
    STUDENT_DOF,
    Fit,
    Problem,
    improbability,
    robust_fit,
    start_fit,
)
from vigie.network.location.start import (
    FEW_READINGS,
    array_starts,
    grid_starts,
    is_network_near,
    nearest_station_start,
    network_starts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.earth.base import Hypocentre, Predictor
    from vigie.network.location.agree import Agreement
    from vigie.records import Detection, Inventory, Origin, Station

GOOD_STANDARD = 1.5
"""A fit whose median absolute standard residual is below this needs no wider search; of a right
one it is 0.7. Half and twice move no origin by 1 km."""
NEAR_DEPTHS_KM = (5.0, 15.0, 40.0, 80.0)
"""Depths below the nearest station that are tried beside the default: where a source beneath a
small network is held too shallow, a far place may fit better."""
MAX_RMS_S = 60.0
"""Times that miss by more are not of one event: the largest anomalies are a tenth of it."""


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
    event = event_id, detections, stations, predictor
    try:
        return _located(*event, params, start)
    except LocationError as refusal:
        if params.phases != "keep":
            raise
        try:
            other = _located(*event, replace(params, phases="identify"), start)
        except LocationError:
            raise refusal from None
        raise _names_blamed(refusal, other, detections) from None


def _located(
    event_id: str,
    detections: Sequence[Detection],
    stations: Inventory | Mapping[str, Station],
    predictor: Predictor,
    params: LocateParams,
    start: Hypocentre | None,
) -> Origin:
    placed, unplaced = collect(detections, stations, predictor.phases, params)
    readings, doubles = without_doubles(placed)
    unnamed = to_be_named(readings, params)
    named = initial_phases(readings, unnamed, params)
    problem = Problem(named, predictor, params)
    _check_enough(event_id, problem, n_unplaced=len(unplaced), n_double=len(placed) - len(readings))
    fit = _global_fit(problem, start)
    problem, fit = name_phases(problem, fit, unnamed)
    choice = choose_depth(problem, fit, allowed_rows(problem))
    if choice is None:
        raise LocationError(
            event=event_id,
            reason="fewer observations agree than there are unknowns",
            remedy="Check phases and station positions, or hold the depth with --depth KM.",
        )
    problem, choice = settle_phases(problem, choice, unnamed)
    problem, choice = settle_errors(problem, choice)
    choice = replace(choice, agreement=_with_all_places(problem, choice.agreement))
    try:
        origin = build_origin(event_id, problem, choice, unplaced)
    except np.linalg.LinAlgError:
        raise _unresolved(event_id, "the observations leave a direction without any hold") from None
    _refuse_nonsense(event_id, origin)
    return with_doubles(origin, problem, doubles)


def _with_all_places(problem: Problem, chosen: Agreement) -> Agreement:
    """Return an origin with the uncertainty that derivatives do not show."""
    if not problem.params.errors.correlated:
        return chosen
    if is_one_vector(problem, chosen):
        return by_one_vector(problem, chosen)
    return with_other_places(problem, chosen)


def _refuse_nonsense(event_id: str, origin: Origin) -> None:
    """Refuse an origin that says nothing: arrivals of no one event, or a place anywhere."""
    if origin.rms_s is not None and origin.rms_s > MAX_RMS_S:
        reason = f"the times miss every origin by {origin.rms_s:.0f} s and are not of one event"
        raise _unresolved(event_id, reason)
    ellipse = origin.ellipse
    if ellipse is not None and not ellipse.semi_major_km < MAX_SEMI_AXIS_KM:
        raise _unresolved(event_id, "the epicentre could be anywhere on the Earth")


def _names_blamed(
    refusal: LocationError, other: Origin, detections: Sequence[Detection]
) -> LocationError:
    """Return the refusal with the remedy that helps: phases named anew, as they were tried."""
    reported = {d.id: d.phase for d in detections}
    renamed = sorted(
        {
            a.station
            for a in other.associations
            if wave_type(a.phase) != wave_type(reported[a.detection_id])
        }
    )
    names = f", other waves at {', '.join(renamed)}" if renamed else ""
    return LocationError(
        event=refusal.params["event"],
        reason=refusal.params["reason"],
        remedy="Phase names may be wrong: with --phases identify the arrivals are of one event"
        f" ({other.n_defining} observations agree{names}).",
    )


def _unresolved(event_id: str, reason: str) -> LocationError:
    return LocationError(
        event=event_id,
        reason=reason,
        remedy="Give arrivals of stations farther apart, or azimuths; check their times.",
    )


def _check_enough(event_id: str, problem: Problem, *, n_unplaced: int, n_double: int) -> None:
    readings = problem.readings
    n_times = sum(1 for p in readings.phases if p)
    n_rows = n_times + int(
        np.isfinite(readings.azimuth_deg).sum() + np.isfinite(readings.slowness_s_per_deg).sum()
    )
    if n_times >= 1 and n_rows >= 3:
        return
    more = f", {n_unplaced} of stations without a position" if n_unplaced else ""
    more += f", beside {n_double} that repeat an onset" if n_double else ""
    raise LocationError(
        event=event_id,
        reason=f"{n_times} usable arrival times and {n_rows} observations in all{more}",
        remedy="Give at least 3 observations, and the positions of their stations.",
    )


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
        best = _likeliest(problem, [best, _best_fit(problem, searched)])
    return best


def _best_fit(problem: Problem, starts: list[Trial]) -> Fit:
    depth = problem.params.depth
    held = [s if isinstance(depth, str) else s._replace(depth_km=depth) for s in starts]
    fits = [robust_fit(problem, s, free_depth=False) for s in held]
    return _likeliest(problem, fits)


def _likeliest(problem: Problem, fits: list[Fit]) -> Fit:
    """Return the fit that explains the readings best, the rarity of such events included."""
    nats = 2.0 / (STUDENT_DOF + 1.0)

    def cost(fit: Fit) -> float:
        return improbability(fit) + nats * (rarity(fit) + misnaming(fit, problem.readings))

    return min(fits, key=cost)


def _is_good(fit: Fit) -> bool:
    standard = np.abs(fit.rows.standard)
    seen = np.isfinite(standard)
    return bool(seen.any()) and float(np.median(standard[seen])) < GOOD_STANDARD
