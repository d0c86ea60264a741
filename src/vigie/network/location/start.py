"""Where to start: trial origins from arrays, the nearest station, and a search of the globe.

The search compares, at some 2,600 points of a near-even grid, observed times with first
arrivals at a few depths, by the sum of absolute residuals about their median, each capped
so that outliers count once. Times come from one profile per phase, depth and predictor, so a
search costs about 3 ms for 20 readings.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.earth.base import FloatArray, Hypocentre, Predictor, Sites
from vigie.geodesy import destination, distance_azimuths, unit_vectors
from vigie.network.location.linear import Trial, in_window
from vigie.network.location.phases import is_shear
from vigie.network.loss import CORE_DEG

if TYPE_CHECKING:
    from vigie.network.location.kinds import IntArray
    from vigie.network.location.readings import Readings

FEW_READINGS = 10
"""With so few, a good fit may be a wrong one: the globe is always searched. With 5, one of 50
events is located 2600 km away; with 20, two get other depths."""
GRID_POINTS = 2600
"""Spacing about 4 deg."""
CAP_S = 120.0
"""Largest absolute residual that counts in the search: above what the spacing of the grid makes of
a time (3 deg at 25 s/deg of S). 60 and 240 give the same."""
PROFILE_STEP_DEG = 0.5
"""Of times along distance, interpolated: far below the spacing of the grid."""
DEPTHS_KM = (0.0, 300.0)
"""That are searched: the surface and the middle of the deep ones; the fit finds those between."""
NEAR_DEG = 6.0
"""A network within so far is looked for beneath and around; 3 and 12 give the same."""
S_PER_DEG = 18.0
"""Slowness of crustal P, for the time of a start; half and twice end at the same origins."""
CRUSTAL_DEPTH_KM = 10.0
"""Of such a start: the middle of the seismogenic crust; 5 and 20 end at the same origins."""
NEIGHBOURS = float(np.cos(np.radians(3.0)))
"""Cosine of the distance up to which two stations are neighbours."""


class Profile(NamedTuple):
    """A phase along distance, at one depth."""

    delta_deg: FloatArray
    time_s: FloatArray
    slowness_s_per_deg: FloatArray


def profile_of(predictor: Predictor, phase: str, depth_km: float) -> Profile:
    """Return a phase along distance; ``P`` and ``S`` stand for first arrivals."""
    return _STORE.get(predictor, phase, depth_km)


def array_starts(readings: Readings, predictor: Predictor) -> list[Trial]:
    """Return origins that single arrays point at, the most certain azimuth first."""
    pointed = np.flatnonzero(
        np.isfinite(readings.azimuth_deg) & np.isfinite(readings.slowness_s_per_deg)
    )
    order = pointed[np.argsort(readings.azimuth_sigma_deg[pointed], kind="stable")]
    starts = []
    for i in order[:2]:
        phase = "S" if is_shear(readings.phases[i]) else "P"
        delta, times, slowness = _STORE.get(predictor, phase, 0.0)
        if not len(delta):
            continue
        nearest = int(np.nanargmin(np.abs(slowness - readings.slowness_s_per_deg[i])))
        latitude, longitude = destination(
            readings.sites.latitude[i],
            readings.sites.longitude[i],
            readings.azimuth_deg[i],
            delta[nearest],
        )
        starts.append(
            Trial(
                float(latitude), float(longitude), 0.0, float(readings.time_s[i] - times[nearest])
            )
        )
    return starts


def nearest_station_start(readings: Readings) -> Trial:
    """Return an origin a little off the station that heard it first."""
    first = next((i for i, p in enumerate(readings.phases) if p), 0)
    latitude, longitude = destination(
        readings.sites.latitude[first], readings.sites.longitude[first], 45.0, 0.05
    )
    return Trial(float(latitude), float(longitude), 0.0, float(readings.time_s[first]) - 2.0)


def is_network_near(readings: Readings) -> bool:
    """Tell whether the two stations that heard first are neighbours: the source may be near."""
    named = [i for i, p in enumerate(readings.phases) if p]
    first = readings.directions[named[0]] if named else np.zeros(3)
    for i in named[1:]:
        if readings.stations[i] != readings.stations[named[0]]:
            return float(first @ readings.directions[i]) > NEIGHBOURS
    return bool(named)


def network_starts(readings: Readings) -> list[Trial]:
    """Return origins in and around a near network: few times fit at several places.

    The middle of the stations, and points around the one that heard first at the distance of
    the middle, at a depth where crustal sources are.
    """
    named = [i for i, p in enumerate(readings.phases) if p]
    latitude, longitude = readings.sites.latitude[named], readings.sites.longitude[named]
    first = named[0]
    delta, azimuth, _ = distance_azimuths(latitude[0], longitude[0], latitude, longitude)
    north, east = (
        np.mean(delta * np.cos(np.radians(azimuth))),
        np.mean(delta * np.sin(np.radians(azimuth))),
    )
    reach, turn = float(np.hypot(north, east)), float(np.degrees(np.arctan2(east, north)))
    if not 0.0 < reach < NEAR_DEG:
        return []
    time_s = float(readings.time_s[first]) - reach * S_PER_DEG
    starts = []
    for away in (0.0, 90.0, 180.0, 270.0):
        place = destination(latitude[0], longitude[0], turn + away, reach)
        starts.append(Trial(float(place[0]), float(place[1]), CRUSTAL_DEPTH_KM, time_s))
    return starts


def grid_starts(readings: Readings, predictor: Predictor, n_starts: int) -> list[Trial]:
    """Return the best points of a search of the globe and of this side of the core, apart."""
    rows = np.array([i for i, p in enumerate(readings.phases) if p], dtype=np.intp)
    if not len(rows):
        return []
    latitude, longitude, directions = _grid()
    sites = unit_vectors(readings.sites.latitude[rows], readings.sites.longitude[rows])
    delta = np.degrees(np.arccos(np.clip(directions @ sites.T, -1.0, 1.0)))
    # Behind the core all places look alike, and would hide one on this side of it.
    sides = (np.zeros(len(delta)), np.where(np.median(delta, axis=1) > CORE_DEG, np.inf, 0.0))
    found: list[set[tuple[float, int, float, float]]] = [set(), set()]
    for depth_km in DEPTHS_KM:
        time_s, cost = _cost(_origin_times(readings, predictor, rows, delta, depth_km))
        for side, places in zip(sides, found, strict=True):
            places.update(
                (float(cost[k]), int(k), depth_km, float(time_s[k]))
                for k in _apart(cost + side, directions, n_starts)
            )
    best = {place for places in found for place in sorted(places)[:n_starts]}
    return [
        Trial(float(latitude[k]), float(longitude[k]), depth, time)
        for _, k, depth, time in sorted(best)
    ]


def _origin_times(
    readings: Readings, predictor: Predictor, rows: IntArray, delta_deg: FloatArray, depth_km: float
) -> FloatArray:
    """Return the origin time that each reading asks for at each place; NaN without a phase."""
    origin = np.full(delta_deg.shape, np.nan)
    for column, i in enumerate(rows):
        distance, times, _ = _STORE.get(predictor, readings.phases[i], depth_km)
        if len(distance):
            predicted = np.interp(delta_deg[:, column], distance, times, right=np.nan)
            origin[:, column] = readings.time_s[i] - predicted
    return origin


def _cost(origin: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the best origin time and the capped misfit of each grid point."""
    missing = np.asarray(np.isnan(origin))
    filled = np.where(np.all(missing, axis=1, keepdims=True), 0.0, origin)
    # Without missing values the plain median, which is many times as quick.
    median = np.nanmedian if missing.any() else np.median
    time_s = median(filled, axis=1)
    residual = np.where(missing, CAP_S, np.minimum(np.abs(filled - time_s[:, None]), CAP_S))
    return time_s, residual.sum(axis=1)


def _apart(cost: FloatArray, directions: FloatArray, n: int) -> list[int]:
    """Return the best points of which none lies within 8 deg of a better one."""
    chosen: list[int] = []
    near = np.cos(np.radians(8.0))
    for k in np.argsort(cost, kind="stable")[:200]:
        if all(float(directions[k] @ directions[j]) < near for j in chosen):
            chosen.append(int(k))
            if len(chosen) == n:
                break
    return chosen


@lru_cache(maxsize=1)
def _grid() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a golden-spiral grid; near-even and without special points."""
    k = np.arange(GRID_POINTS) + 0.5
    latitude = np.degrees(np.arcsin(1.0 - 2.0 * k / GRID_POINTS))
    longitude = (np.degrees(np.pi * (1.0 + 5.0**0.5) * k) + 180.0) % 360.0 - 180.0
    return latitude, longitude, unit_vectors(latitude, longitude)


class _ProfileStore:
    """Profiles of the predictors used last, so that each is made once.

    Keyed by identity and held together with the predictor, whose id can then not be reused;
    a predictor need not be hashable.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: dict[int, tuple[Predictor, dict[tuple[str, float], Profile]]] = {}

    def get(self, predictor: Predictor, phase: str, depth_km: float) -> Profile:
        """Return distances, times and slownesses; P and S stand for first arrivals."""
        held = self._held.get(id(predictor))
        if held is None:
            while len(self._held) >= self._size:
                self._held.pop(next(iter(self._held)))
            held = self._held[id(predictor)] = (predictor, {})
        profiles = held[1]
        if (phase, depth_km) not in profiles:
            profiles[phase, depth_km] = _profile(predictor, phase, depth_km)
        return profiles[phase, depth_km]


_STORE = _ProfileStore(size=4)


def _profile(predictor: Predictor, phase: str, depth_km: float) -> Profile:
    delta = np.arange(0.0, 180.0 + PROFILE_STEP_DEG / 2, PROFILE_STEP_DEG)
    delta[0], delta[-1] = 0.01, 179.9
    # Along the equator, where geocentric and geographic distance agree.
    zero = np.zeros(len(delta))
    Sites(zero, delta, zero, ("",) * len(delta))
    time = np.full(len(delta), np.inf)
    slowness = np.full(len(delta), np.nan)
    for name in _profile_names(phase, predictor.phases):
        predicted = predictor.predict(
            [name] * len(delta),
            Hypocentre(0.0, 0.0, depth_km),
            Sites(zero, delta, zero, ("",) * len(delta)),
        )
        better = (predicted.time_s < time) & in_window([name] * len(delta), delta)
        time[better] = predicted.time_s[better]
        slowness[better] = predicted.slowness_s_per_deg[better]
    exists = np.flatnonzero(np.isfinite(time))
    return Profile(delta[exists], time[exists], slowness[exists])


def _profile_names(phase: str, known: tuple[str, ...]) -> tuple[str, ...]:
    if phase in ("P", "Pn", "Pg", "Pb"):
        wanted: tuple[str, ...] = ("P", "Pn", "Pg", "Pdiff", "PKPdf")
    elif phase in ("S", "Sn", "Sg", "Sb"):
        wanted = ("S", "Sn", "Sg", "Sdiff", "SKSac")
    else:
        wanted = (phase,)
    return tuple(name for name in wanted if name in known)
