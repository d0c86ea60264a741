"""Hypotheses as records: events with origins and associations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import Hypocentre
from vigie.errors import LocationError
from vigie.facts.phase_windows import is_expected
from vigie.geodesy import distance_azimuths, geographic_latitude_deg, unit_vectors
from vigie.network.association.barred import NO_PLACE
from vigie.network.association.instants import with_instant
from vigie.network.association.modes import other_places, widened
from vigie.network.association.neighbours import with_neighbours
from vigie.network.association.publish import longest_ellipse_km, refusal
from vigie.network.association.settling import SHALLOW_KM
from vigie.network.location import LocateParams, locate
from vigie.records import Association, Event, Origin
from vigie.records.time import add_seconds

DEEP_KM = 70.0

if TYPE_CHECKING:
    from vigie.earth.base import Predictor
    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis
    from vigie.records import Detection, Inventory


def build_event(
    context: Context, h: Hypothesis, predictor: Predictor, inventory: Inventory
) -> tuple[Event | None, str]:
    """Turn a hypothesis into an event, located by the network locator unless that is unwanted.

    Returns
    -------
    event, reason
        None where the event does not hold when it is located, and why.
    """
    own = own_origin(context, h, predictor)
    detections = _named(context, h)
    origin = own
    if context.params.relocate:
        try:
            detections, origin = _located(
                own, detections, inventory, predictor, context.params.max_depth_km
            )
            if _too_deep(h, origin):
                shallow = replace(own, depth_fixed=True)
                detections, origin = _located(
                    shallow, detections, inventory, predictor, context.params.max_depth_km
                )
        except LocationError:
            return None, NO_PLACE
        reason = refusal(context, origin)
        if reason:
            return None, reason
        unit = unit_vectors(origin.latitude, origin.longitude)
        places = other_places(h, unit, (origin.time_ns - context.columns.reference_ns) / 1e9)
        origin = widened(origin, places, longest_ellipse_km(origin))
    columns = context.columns
    origin = with_instant(origin, [columns.number[d.id] for d in detections], columns)
    onsets = {lead.id: columns.onset(columns.number[lead.id]) for lead in detections}
    origin = with_neighbours(origin, onsets, columns.members, predictor)
    found = tuple(d for lead in detections for d in onsets[lead.id])
    return Event(id=own.id.split(".")[0], origins=(origin,), detections=found), ""


def _located(
    own: Origin,
    detections: list[Detection],
    inventory: Inventory,
    predictor: Predictor,
    max_depth_km: float,
) -> tuple[list[Detection], Origin]:
    """Locate; the locator may hold another depth, at which phases have other names."""
    origin = _relocated(own, detections, inventory, predictor, max_depth_km)
    depth_km = 0.0 if origin.depth_km is None else origin.depth_km
    delta = {a.detection_id: a.delta_deg or 0.0 for a in origin.associations}
    renamed = [
        d.with_phase(usual_name(d.phase or "", delta.get(d.id, 0.0), depth_km)) for d in detections
    ]
    if [d.phase for d in renamed] != [d.phase for d in detections]:
        detections = renamed
        origin = _relocated(own, detections, inventory, predictor, max_depth_km)
    return detections, origin


def _too_deep(h: Hypothesis, origin: Origin) -> bool:
    """Tell whether times alone put an event deep that the prior odds of depth keep shallow.

    A fifth of the world's events lie below 70 km (IDC Late Event Bulletin, January to June 2022:
    1180 of 5687), and one misread phase makes a shallow event deep; the locator knows no prior.
    """
    deep = origin.depth_km is not None and origin.depth_km > DEEP_KM
    return deep and not origin.depth_fixed and h.depth_km < SHALLOW_KM


def _relocated(
    own: Origin,
    detections: list[Detection],
    inventory: Inventory,
    predictor: Predictor,
    max_depth_km: float,
) -> Origin:
    """Locate from the association's place; where that leads nowhere, from the locator's own."""
    name = own.id.split(".")[0]
    params = LocateParams(
        phases="keep",
        depth="default" if own.depth_fixed else "auto",
        max_depth_km=max_depth_km,
    )
    start = Hypocentre(own.latitude, own.longitude, own.depth_km or 0.0)
    try:
        origin = locate(name, detections, inventory, predictor, params, start=start)
    except LocationError:
        origin = locate(name, detections, inventory, predictor, params)
    return replace(origin, score=own.score)


def usual_name(phase: str, delta_deg: float, depth_km: float) -> str:
    """Return the name that a first arrival goes by at a distance and depth: P or Pn, S or Sn.

    Examples
    --------
    >>> usual_name("P", 5.0, 0.0), usual_name("Pn", 5.0, 60.0), usual_name("Pg", 1.0, 0.0)
    ('Pn', 'P', 'Pg')
    """
    other = {"P": "Pn", "Pn": "P", "S": "Sn", "Sn": "S"}.get(phase)
    if other and is_expected(other, delta_deg, depth_km):
        return phase if is_expected(phase, delta_deg, depth_km) else other
    return phase


def _named(context: Context, h: Hypothesis) -> list[Detection]:
    """Return the detections of a hypothesis under the phase names that they have there."""
    columns = context.columns
    delta = {int(j): float(d) for j, d in zip(h.stations, context.deltas(h), strict=True)}
    rows = []
    for row, kind, pick in h.defining():
        name = context.tables.branch_name(
            int(h.branch[row, kind]), h.depth_km, delta[int(h.stations[row])], h.variant.crustal
        )
        rows.append(columns.detections[pick].with_phase(name))
    rows += [columns.detections[i].with_phase(name) for i, (name, _) in h.secondary.items()]
    return sorted(rows, key=lambda d: (d.time_ns, d.station, d.id))


def own_origin(context: Context, h: Hypothesis, predictor: Predictor) -> Origin:
    """Return the origin at which the association itself arrived."""
    columns = context.columns
    latitude = float(geographic_latitude_deg(np.degrees(np.arcsin(np.clip(h.unit[2], -1, 1)))))
    longitude = float(np.degrees(np.arctan2(h.unit[1], h.unit[0])))
    time_ns = add_seconds(columns.reference_ns, h.time_s)
    associations = []
    for row, kind, pick in h.defining():
        d = columns.detections[pick]
        station = columns.stations[int(h.stations[row])]
        delta, esaz, seaz = distance_azimuths(
            latitude, longitude, station.latitude, station.longitude
        )
        associations.append(
            Association(
                detection_id=d.id,
                station=d.station,
                phase="PS"[kind],
                delta_deg=float(delta),
                esaz_deg=float(esaz),
                seaz_deg=float(seaz),
                time_residual_s=float(h.residual_s[row, kind]),
                time_defining=True,
                weight=float(h.member[row, kind]),
                time_error_s=float(h.sigma_s[row, kind]),
            )
        )
    identifier = f"{time_ns // 1_000_000}"
    return Origin(
        id=f"{identifier}.1",
        time_ns=time_ns,
        latitude=latitude,
        longitude=longitude if longitude < 180.0 else -180.0,
        depth_km=h.depth_km,
        n_defining=len(associations),
        associations=tuple(associations),
        model=predictor.name,
        method="association",
        score=h.log_odds,
    )
