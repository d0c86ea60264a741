"""Arrivals through the sea join the events that explain them, and events join what they explain.

Order of work: for each located event, as a source in the water (H) and in rock (T), the arrivals
that fit (``state``), the silence of hydrophones that it could have reached (H alone), and the share
of events that make such waves give log odds; of all events the best takes its arrivals first and is
located with them, then the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.network.hydro.events import Surroundings, with_hydro
from vigie.network.hydro.offers import hydro_offers, kinds_of, open_paths
from vigie.network.hydro.state import Joined, State, join, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.network.hydro.offers import Kind, OpenPaths
    from vigie.network.hydro.params import HydroParams
    from vigie.network.hydro.readings import HydroReadings
    from vigie.records import Event, Origin


class _Plan(NamedTuple):
    """What an event would take."""

    joined: tuple[Joined, ...]
    log_odds: float

    @property
    def rows(self) -> set[int]:
        return {j.row for j in self.joined}


NOTHING = _Plan((), -np.inf)


def join_events(
    readings: HydroReadings,
    events: Sequence[Event],
    around: Surroundings,
    params: HydroParams,
) -> tuple[list[Event], HydroReadings]:
    """Return the events with the arrivals that are of them, and the arrivals left.

    Parameters
    ----------
    readings : HydroReadings
    events : sequence of Event
        Located; those without a covariance take nothing.
    around : Surroundings
    params : HydroParams
    """
    found = list(events)
    plans = {k: _plan(event, readings, around, params) for k, event in enumerate(found)}
    while plans:
        k = max(plans, key=lambda i: plans[i].log_odds)
        plan = plans.pop(k)
        if not plan.log_odds > 0.0:
            break
        members = [readings.detections[j.row].with_phase(j.phase) for j in plan.joined]
        event = with_hydro(found[k], members, around)
        if event is None:
            continue
        found[k] = event
        taken = {d.id for d in event.detections}
        rows = [row for row in plan.rows if readings.detections[row].id in taken]
        readings = readings.without(rows)
        for i, other in plans.items():
            if other.rows & set(rows):
                plans[i] = _plan(found[i], readings, around, params)
    return found, readings


def _plan(
    event: Event, readings: HydroReadings, around: Surroundings, params: HydroParams
) -> _Plan:
    origin = event.origin
    state = state_of(origin, readings.reference_ns) if origin is not None else None
    if origin is None or state is None:
        return NOTHING
    paths = open_paths(state, readings, around.seas)
    kinds = kinds_of(state, depth_known=_is_depth_known(origin), params=params)
    plans = [_plan_of(state, kind, readings, paths, around, params) for kind in kinds]
    return max(plans, key=lambda plan: plan.log_odds, default=NOTHING)


def _plan_of(
    state: State,
    kind: Kind,
    readings: HydroReadings,
    paths: OpenPaths,
    around: Surroundings,
    params: HydroParams,
) -> _Plan:
    offers = hydro_offers(readings, state, kind, paths, params)
    predictor = around.seas.with_ground(around.ground, readings.reference_ns)
    _, joined = join(state, offers, predictor, params.min_gain)
    if not joined:
        return NOTHING
    share = params.water_share if kind == "water" else params.rock_share
    odds = sum(j.gain for j in joined) + np.log(share)
    if kind == "water":
        odds += silence(readings, paths, joined, params)
    return _Plan(tuple(joined), float(odds))


def silence(
    readings: HydroReadings, paths: OpenPaths, joined: Sequence[Joined], params: HydroParams
) -> float:
    """Return the log chance that hydrophones with an open path that gave nothing were silent."""
    heard = {j.station for j in joined}
    silent = [k for k in np.flatnonzero(paths.h & readings.triplets) if int(k) not in heard]
    return float(len(silent) * np.log1p(-params.hearing))


def _is_depth_known(origin: Origin) -> bool:
    """Tell whether the depth is more than an assumption."""
    if origin.depth_fixed and origin.depth_reason in ("default", ""):
        return False
    sigma = origin.depth_sigma_km or 0.0
    return not (origin.depth_km or 0.0) - 2.0 * sigma < 10.0
