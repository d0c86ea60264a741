"""The arrivals of stations for which a neighbour of the same site located the event.

Their errors are common, so they tell nothing new of the place; they belong to the event all the
same. Their residuals follow from that of the neighbour and the difference of predicted times.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import distance_azimuths
from vigie.records import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.earth.base import FloatArray, Predictor
    from vigie.records import Association, Detection, Origin, Station

REASON = "same_site"


def with_neighbours(
    origin: Origin,
    onsets: Mapping[str, tuple[Detection, ...]],
    stations: Mapping[str, Station],
    predictor: Predictor,
) -> Origin:
    """Add the further detections of each onset to the associations of an origin.

    Parameters
    ----------
    origin : Origin
        Located with the first detection of each onset.
    onsets : mapping of detection id to detections
        All detections of the onset whose first is named.
    stations : mapping of code to Station
    predictor : Predictor
    """
    found = []
    for association in origin.associations:
        lead, *others = onsets[association.detection_id]
        if others:
            places = [_place(d, stations) for d in (lead, *others)]
            times_s = _times_s(origin, association.phase, places, predictor)
            found += [
                _beside(origin, association, lead, other, place, float(t - times_s[0]))
                for other, place, t in zip(others, places[1:], times_s[1:], strict=True)
            ]
    return replace(origin, associations=(*origin.associations, *found)) if found else origin


def _place(detection: Detection, stations: Mapping[str, Station]) -> Station:
    named = stations.get(detection.station)
    if named is not None:
        return named
    return next(s for s in stations.values() if detection.station in s.aliases)


def _times_s(origin: Origin, phase: str, places: list[Station], predictor: Predictor) -> FloatArray:
    if phase not in predictor.phases:
        return np.full(len(places), np.nan)
    sites = Sites(
        np.array([s.latitude for s in places]),
        np.array([s.longitude for s in places]),
        np.array([s.elevation_m for s in places]),
    )
    source = Hypocentre(origin.latitude, origin.longitude, origin.depth_km or 0.0)
    return predictor.predict([phase] * len(places), source, sites).time_s


def _beside(
    origin: Origin,
    association: Association,
    lead: Detection,
    other: Detection,
    place: Station,
    travels_longer_s: float,
) -> Association:
    delta, esaz, seaz = (
        float(v)
        for v in distance_azimuths(
            origin.latitude, origin.longitude, place.latitude, place.longitude
        )
    )
    residual = association.time_residual_s
    if residual is not None:
        residual += (other.time_ns - lead.time_ns) / NS_PER_S - travels_longer_s
    return replace(
        association,
        detection_id=other.id,
        station=other.station,
        delta_deg=delta,
        esaz_deg=esaz,
        seaz_deg=seaz,
        time_residual_s=residual if residual is not None and np.isfinite(residual) else None,
        azimuth_residual_deg=None,
        slowness_residual_s_per_deg=None,
        time_defining=False,
        azimuth_defining=False,
        slowness_defining=False,
        weight=0.0,
        reason=REASON,
    )
