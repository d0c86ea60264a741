"""vigie's solver on LOCSAT's own predicted times: both must find the same minimum.

LOCSAT's times stem from tables of one sample per degree; ``CoarsePredictor`` rebuilds its
interpolation from exact times, and what is left is given as a correction per arrival, so that
at the reference hypocentre every predicted time is LOCSAT's own. LOCSAT finds the minimum next to
its start, which is the origin of the event's file; so does vigie here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from tests.network import support_locsat

from vigie.earth import EarthPredictor, Hypocentre, PredictorOptions, Sites, load_predictor
from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import ErrorModel, LocateParams, locate

if TYPE_CHECKING:
    from vigie.records import Origin, Station

NEAR_KM, NEAR_S = 1.0, 0.2
"""Within these two solutions are one."""


def solver_agreement(
    events: list[support_locsat.LocsatEvent], stations: dict[str, Station]
) -> tuple[int, int]:
    """Return how many events agree within 1 km and 0.2 s, and how many were compared."""
    good = compared = 0
    for event in events:
        try:
            origin = relocated(event, stations)
        except LocationError:
            compared += 1
            continue
        if origin is None:
            continue
        compared += 1
        delta, _, _ = distance_azimuths(
            event.latitude, event.longitude, origin.latitude, origin.longitude
        )
        late_s = (origin.time_ns - event.time_ns) / 1e9
        good += float(delta) * KM_PER_DEG < NEAR_KM and abs(late_s) < NEAR_S
    return good, compared


def relocated(event: support_locsat.LocsatEvent, stations: dict[str, Station]) -> Origin | None:
    """Locate with LOCSAT's own predicted times; None where a phase has no exact time."""
    plain = EarthPredictor(
        load_predictor("iasp91").times, PredictorOptions(ellipticity=False, elevation=False)
    )
    used = [a for a in event.arrivals if a.weight > 0.0 and np.isfinite(a.residual_s)]
    # One "station" per arrival, so that each has its own correction.
    places = {
        a.detection.id: replace(stations[a.detection.station], code=a.detection.id) for a in used
    }
    coarse = support_locsat.CoarsePredictor(plain, {})
    sites = Sites(
        np.array([places[a.detection.id].latitude for a in used]),
        np.array([places[a.detection.id].longitude for a in used]),
        np.zeros(len(used)),
        tuple(a.detection.id for a in used),
    )
    there = Hypocentre(event.latitude, event.longitude, event.depth_km)
    times = coarse.predict([a.detection.phase or "P" for a in used], there, sites).time_s
    if not np.isfinite(times).all():
        return None
    travel = [(a.detection.time_ns - event.time_ns) / 1e9 - a.residual_s for a in used]
    corrections = {a.detection.id: t - p for a, t, p in zip(used, travel, times, strict=True)}
    params = LocateParams(
        phases="keep",
        depth=event.depth_km if event.depth_fixed else "free",
        errors=ErrorModel(correlated=False),
        max_outlier_fraction=0.0,
        search="local",
    )
    detections = [replace(a.detection, station=a.detection.id, time_sigma_s=1.0) for a in used]
    predictor = support_locsat.CoarsePredictor(plain, corrections)
    return locate(event.id, detections, places, predictor, params, start=there)
