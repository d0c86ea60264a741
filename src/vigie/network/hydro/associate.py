"""Hydroacoustic arrivals in events: joined to those found, or making events of their own.

Order of work: events of the seismic association take the arrivals that they explain (``joining``);
of the H arrivals left, groups (``grouping``) are located, take T and seismic detections that fit,
and are located with all. A seismic event most of whose P such an event explains is the same event
and ends in it. What does not meet the event definition yet is told apart: infrasound may still
join.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth.base import Hypocentre
from vigie.network.definition import load_definition
from vigie.network.hydro.events import Surroundings, located, meets
from vigie.network.hydro.grouping import HydroGroup, group_h
from vigie.network.hydro.joining import join_events
from vigie.network.hydro.late import with_late
from vigie.network.hydro.offers import (
    SeismicReadings,
    collect_seismic,
    hydro_offers,
    open_paths,
    seismic_offers,
)
from vigie.network.hydro.params import HydroParams
from vigie.network.hydro.readings import HydroReadings, collect_hydro
from vigie.network.hydro.state import Joined, join, joined_offers, state_of
from vigie.records import Detection, Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ABSORBED_SHARE = 0.5
"""A seismic event of whose first P so many fit a hydroacoustic one is the same event."""
LEAST_ABSORBED = 2
LARGEST_ABSORBED = 12
"""Seismic events of more stations than this stand on their own."""


@dataclass(frozen=True, slots=True)
class HydroAssociation:
    """What the hydroacoustic part of association gives."""

    events: tuple[Event, ...]
    """All events, in order of time."""
    provisional: frozenset[str]
    """Those that do not meet the event definition without further arrivals."""
    unassociated: tuple[Detection, ...]
    """Hydroacoustic and seismic detections of no event."""
    skipped: tuple[tuple[str, str, str], ...]
    """Detection, station, and why it could not be used."""
    counts: dict[str, int]


def associate_hydro(
    hydro: Sequence[Detection],
    seismic: Sequence[Detection],
    events: Sequence[Event],
    around: Surroundings,
    params: HydroParams | None = None,
) -> HydroAssociation:
    """Give hydroacoustic arrivals to events, and make events of the others.

    Parameters
    ----------
    hydro : sequence of Detection
        Arrivals of H, T or O, or without a phase; what is classed as noise joins nothing.
    seismic : sequence of Detection
        Seismic detections of no event.
    events : sequence of Event
        Located events.
    around : Surroundings
        Stations that were working, ground and seas.
    params : HydroParams, optional
    """
    params = params or HydroParams()
    distinct = list({d.id: d for d in hydro}.values())
    readings, unplaced = collect_hydro(distinct, around.stations, params)
    counts = {"hydroacoustic_detections": len(readings)}
    skipped = tuple((d.id, d.station, "unknown_station") for d in unplaced)
    if not len(readings):
        counts |= {"events_with_hydroacoustics": 0, "hydroacoustic_events": 0}
        return HydroAssociation(tuple(events), frozenset(), tuple(seismic), skipped, counts)
    joined, readings = join_events(readings, events, around, params)
    counts["events_with_hydroacoustics"] = sum(
        a is not b for a, b in zip(joined, events, strict=True)
    )
    for k, event in enumerate(joined):
        joined[k], readings = with_late(event, readings, around.seas)
    made = _own_events(readings, seismic, joined, around, params)
    counts["hydroacoustic_events"] = len(made.own) - len(made.provisional)
    everything = sorted((*made.others, *made.own), key=_time_ns)
    taken = {d.id for e in everything for d in e.detections}
    loose = [*seismic, *(d for e in joined for d in e.detections), *readings.detections]
    return HydroAssociation(
        tuple(everything),
        made.provisional,
        tuple({d.id: d for d in loose if d.id not in taken}.values()),
        skipped,
        counts,
    )


def _time_ns(event: Event) -> int:
    return event.origin.time_ns if event.origin else 0


class _Made(NamedTuple):
    """Events of hydroacoustic arrivals, and the others that remain beside them."""

    own: list[Event]
    provisional: frozenset[str]
    others: list[Event]


class _Scene(NamedTuple):
    """What is left to explain."""

    readings: HydroReadings
    seismic: SeismicReadings
    holder: tuple[str, ...]
    """Event that holds each seismic detection; empty where none does."""
    taken: NDArray[np.bool_]
    """Seismic detections that can no more be had."""


def _own_events(
    readings: HydroReadings,
    seismic: Sequence[Detection],
    events: list[Event],
    around: Surroundings,
    params: HydroParams,
) -> _Made:
    made = _Made([], frozenset(), events)
    groups = group_h(readings, around.seas, params)
    if not groups:
        return made
    held = {d.id: e.id for e in events if _may_end(e, readings) for d in e.detections}
    loose = [*seismic, *(d for e in events for d in e.detections if d.id in held)]
    columns = collect_seismic(loose, around.stations, readings.reference_ns)
    holder = tuple(held.get(d.id, "") for d in columns.detections)
    scene = _Scene(readings, columns, holder, np.zeros(len(holder), dtype=np.bool_))
    definition = params.definition or load_definition("default")
    for group in groups:
        event, scene, ended = _event_of(group, scene, made.others, around, params)
        if event is None or event.origin is None:
            continue
        provisional = made.provisional
        if not meets(event.origin, around.stations, definition):
            if ended:
                continue
            provisional |= {event.id}
        others = [e for e in made.others if e.id not in ended]
        made = _Made([*made.own, event], provisional, others)
    return made


def _may_end(event: Event, readings: HydroReadings) -> bool:
    """Tell whether an event is small enough, and heard nothing of the sea."""
    sea = {d.id for d in readings.detections}
    stations = {d.station for d in event.detections}
    return len(stations) <= LARGEST_ABSORBED and not any(d.id in sea for d in event.detections)


def _event_of(
    group: HydroGroup,
    scene: _Scene,
    events: list[Event],
    around: Surroundings,
    params: HydroParams,
) -> tuple[Event | None, _Scene, frozenset[str]]:
    """Return the event of a group with all that fits, what is left, and events that end in it."""
    nothing = None, scene, frozenset[str]()
    readings = scene.readings
    if not readings.free[list(group.rows)].all():
        return nothing
    members = [readings.detections[k].with_phase("H") for k in group.rows]
    name = f"{(readings.reference_ns + round(group.time_s * 1e9)) // 1_000_000}"
    start = Hypocentre(group.latitude, group.longitude, 0.0)
    event = located(name, members, around, start)
    if event is None or event.origin is None:
        return nothing
    more = _joined(event, scene, around, params)
    ended = _ended(more, scene, events)
    barred = scene.taken | np.array([h != "" and h not in ended for h in scene.holder], np.bool_)
    if ended or barred.any():
        more = _joined(event, scene._replace(taken=barred), around, params)
    added = [_detection(j, scene).with_phase(j.phase) for j in more]
    whole = located(name, [*event.detections, *added], around, start) if added else event
    if whole is None or whole.origin is None or len(whole.detections) < len(event.detections):
        whole, ended = event, frozenset()
    if whole.origin is not None:
        name = f"{whole.origin.time_ns // 1_000_000}"
        origin = replace(whole.origin, id=f"{name}/origin", score=group.log_odds)
        whole = replace(whole, id=name, origins=(origin,), preferred_id=origin.id)
    used = {d.id for d in whole.detections}
    rows = [k for k, d in enumerate(readings.detections) if d.id in used]
    whole, readings = with_late(whole, readings.without(rows), around.seas)
    taken = scene.taken | np.array([d.id in used for d in scene.seismic.detections], np.bool_)
    return whole, scene._replace(readings=readings, taken=taken), ended


def _joined(event: Event, scene: _Scene, around: Surroundings, params: HydroParams) -> list[Joined]:
    """Return what else fits an event of hydroacoustic arrivals."""
    readings = scene.readings
    state = state_of(event.origin, readings.reference_ns) if event.origin else None
    if state is None:
        return []
    heard = {d.station for d in event.detections}
    rest = readings.without([k for k, d in enumerate(readings.detections) if d.station in heard])
    paths = open_paths(state, rest, around.seas)
    predictor = around.seas.with_ground(around.ground, readings.reference_ns)
    base = len(readings), len(readings.stations)
    offers = joined_offers(
        hydro_offers(rest, state, "water", paths, params),
        seismic_offers(scene.seismic, state, predictor, scene.taken, base, params),
    )
    return join(state, offers, predictor, params.min_gain)[1]


def _detection(joined: Joined, scene: _Scene) -> Detection:
    n = len(scene.readings)
    if joined.row < n:
        return scene.readings.detections[joined.row]
    return scene.seismic.detections[joined.row - n]


def _ended(joined: list[Joined], scene: _Scene, events: list[Event]) -> frozenset[str]:
    """Return the seismic events that are this one: most of their first P fit it."""
    n = len(scene.readings)
    holders = [scene.holder[j.row - n] for j in joined if j.row >= n]
    found = set()
    for event in events:
        fit = holders.count(event.id)
        n_stations = len({d.station for d in event.detections})
        if fit >= LEAST_ABSORBED and fit >= ABSORBED_SHARE * n_stations:
            found.add(event.id)
    return frozenset(found)
