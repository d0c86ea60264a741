"""Predicted arrivals for figures: which phases, where, when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, destination

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from vigie.earth.base import Predictor
    from vigie.records import Association, Origin

    FloatArray = NDArray[np.float64]

LOCAL = ("Pg", "Pn", "Sg", "Sn")
REGIONAL = ("Pn", "Pg", "Sn", "Lg")
TELESEISMIC = ("P", "pP", "PcP", "PKPdf", "PKPbc", "PKPab", "S")
SOUND = frozenset({"I", "H", "T", "O"})
"""Waves that come through air or sea."""
LOCAL_TO_DEG, REGIONAL_TO_DEG = 1.5, 20.0
"""Pg comes before Pn up to about 1.5 deg (ak135); at 20 deg the IDC's regional phases end."""


def distance_text(delta_deg: float) -> str:
    """Write a distance: in km where a network is local, in degrees else.

    Examples
    --------
    >>> distance_text(0.05), distance_text(0.5), distance_text(33.0)
    ('5.6 km', '56 km', '33.0°')
    """
    if delta_deg >= LOCAL_TO_DEG:
        return f"{delta_deg:.1f}°"
    distance_km = delta_deg * KM_PER_DEG
    return f"{distance_km:.1f} km" if distance_km < 10.0 else f"{distance_km:.0f} km"


def hypocentre(origin: Origin) -> Hypocentre:
    """Return the place of an origin; an unknown depth counts as the surface."""
    return Hypocentre(origin.latitude, origin.longitude, max(origin.depth_km or 0.0, 0.0))


def phases_at(delta_deg: float, observed: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the phases to expect at a distance, and those that were observed there."""
    return tuple(dict.fromkeys((*usual_phases(delta_deg), *observed)))


def usual_phases(delta_deg: float) -> tuple[str, ...]:
    """Return the phases that are usually read at a distance."""
    if delta_deg < LOCAL_TO_DEG:
        return LOCAL
    return REGIONAL if delta_deg < REGIONAL_TO_DEG else TELESEISMIC


def times_at(
    predictor: Predictor, origin: Origin, association: Association, phases: Sequence[str]
) -> dict[str, float]:
    """Return the travel time (s) of each phase that exists at an associated station."""
    if association.delta_deg is None:
        return {}
    azimuth = association.esaz_deg or 0.0
    latitude, longitude = destination(
        origin.latitude, origin.longitude, azimuth, association.delta_deg
    )
    return _existing(predictor, origin, phases, (float(latitude), float(longitude)))


def _existing(
    predictor: Predictor, origin: Origin, phases: Sequence[str], place: tuple[float, float]
) -> dict[str, float]:
    known = [p for p in phases if p in predictor.phases]
    n = len(known)
    if not n:
        return {}
    sites = Sites(np.full(n, place[0]), np.full(n, place[1]), np.zeros(n))
    times = predictor.predict(known, hypocentre(origin), sites).time_s
    return {p: float(t) for p, t in zip(known, times, strict=True) if np.isfinite(t)}


def curve(predictor: Predictor, origin: Origin, phase: str, delta_deg: FloatArray) -> FloatArray:
    """Return travel times (s) of a phase at distances due north; NaN where it does not exist."""
    if phase not in predictor.phases:
        return np.full(len(delta_deg), np.nan)
    latitude, longitude = destination(origin.latitude, origin.longitude, 0.0, delta_deg)
    sites = Sites(latitude, longitude, np.zeros(len(delta_deg)))
    return predictor.predict([phase] * len(delta_deg), hypocentre(origin), sites).time_s
