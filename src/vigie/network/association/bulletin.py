"""Hypotheses as records: events with origins and associations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import distance_azimuths, geographic_latitude_deg
from vigie.records import Association, Event, Origin
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from vigie.earth.base import Predictor
    from vigie.network.association.hypothesis import Context, Hypothesis


def build_event(context: Context, h: Hypothesis, predictor: Predictor) -> Event:
    """Turn a hypothesis into an event with one origin."""
    columns = context.columns
    latitude = float(geographic_latitude_deg(np.degrees(np.arcsin(np.clip(h.unit[2], -1, 1)))))
    longitude = float(np.degrees(np.arctan2(h.unit[1], h.unit[0])))
    time_ns = add_seconds(columns.reference_ns, h.time_s)
    associations = []
    detections = []
    for row, kind, pick in h.defining():
        d = columns.detections[pick]
        station = columns.stations[int(h.stations[row])]
        delta, esaz, seaz = distance_azimuths(
            latitude, longitude, station.latitude, station.longitude
        )
        associations.append(
            Association(
                detection_id=d.id,
                station=station.code,
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
        detections.append(d)
    identifier = f"{time_ns // 1_000_000}"
    origin = Origin(
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
    return Event(id=identifier, origins=(origin,), detections=tuple(detections))
