"""Later arrivals of an event that came another way: grouped with it, never an event of their own.

What it computes: a detection up to 15 min behind the direct arrival at the same station, from
another direction, has an excess path U (t - t_direct). The places from which it can come lie where
the ellipse of that path around source and station meets the azimuth: the range r solves
r + |source - place(r)| = D + U dt, found by bisection, since the left side grows with r. Where the
sea floor near there rises into the channel, and sound reaches the place from the source and
the station from the place, the arrival has a reflector.

Sources: late arrivals of the San Juan event, Vergoz et al. 2021, Pure Appl. Geophys. 178,
2527-2550; Dall'Osto 2019, J. Acoust. Soc. Am. 146, 2104-2116.

Assumptions: one reflection (or one turn along a slope, which looks the same); the speed of the
direct path on both legs. Within 2 standard errors of azimuth and path, islands and slopes are
many, so a reflector found is a possible one: see the docs page ``ocean`` for how many random
arrivals find one. Use such an arrival for location only when its reflector is confirmed. Cost: 10
to 30 ms per later detection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.ocean.blockage import blockage_value
from vigie.earth.ocean.travel_time import Ends, PathFinder
from vigie.geodesy import KM_PER_DEG, angle_difference_deg, destination, geodesics
from vigie.records import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Detection

FloatArray = NDArray[np.float64]

_N_BISECTIONS = 30
_SPREAD = np.linspace(-2.0, 2.0, 9)
"""Standard errors of azimuth and path at which reflectors are looked for."""
_FARTHEST_KM = 19500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LateParams:
    """When a later detection is one of the same event."""

    within_s: float = 900.0
    """Vergoz et al. 2021: 13 within 15 min."""
    least_turn: float = 3.0
    """Standard errors by which its azimuth differs."""
    azimuth_sigma_deg: float = 0.5
    """Of a detection that states none: 0.5 to 1 deg are usual at triplets."""
    path_sigma: float = 0.002
    """Relative standard error of the path, for the speed on other ways (chosen)."""
    reflects_from: float = 0.5
    """Blockage of a place from which it is a reflector."""
    blocked_from: float = 0.9
    """Of the two legs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectArrival:
    """The arrival of an event at a station along the direct path."""

    source: tuple[float, float]
    """Latitude and longitude, deg."""
    station: tuple[float, float]
    time_ns: int
    travel_time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflector:
    """A place that sends sound on to the station."""

    latitude: float
    longitude: float
    range_km: float
    """From the station."""
    misfit: float
    """Root of the sum of squares of azimuth and path, in standard errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateArrival:
    """A later detection from another direction."""

    detection_id: str
    delay_s: float
    turn_deg: float
    """Its azimuth minus that of the direct arrival."""
    excess_path_km: float
    reflector: Reflector | None
    """None where no place fits: listed, but not grouped with the event."""

    @property
    def belongs(self) -> bool:
        """Whether it is grouped with the event."""
        return self.reflector is not None


def late_arrivals(
    direct: DirectArrival,
    detections: Sequence[Detection],
    finder: PathFinder,
    params: LateParams | None = None,
) -> tuple[LateArrival, ...]:
    """Return the later detections from other directions, in order of time.

    Parameters
    ----------
    direct : DirectArrival
    detections : sequence of Detection
        Of the same station; those without azimuth, earlier, too late, or from the direction of
        the direct arrival are left out.
    finder : PathFinder
        Of the ocean.
    params : LateParams, optional
    """
    chosen = params or LateParams()
    course = geodesics(*direct.source, *direct.station)
    speed = float(course.length_km) / direct.travel_time_s
    found = []
    for detection in sorted(detections, key=lambda d: (d.time_ns, d.id)):
        delay_s = (detection.time_ns - direct.time_ns) / NS_PER_S
        if detection.azimuth_deg is None or not 0.0 < delay_s <= chosen.within_s:
            continue
        sigma = detection.azimuth_deg_sigma or chosen.azimuth_sigma_deg
        turn = float(angle_difference_deg(detection.azimuth_deg, course.backazimuth_deg))
        if abs(turn) < chosen.least_turn * np.hypot(sigma, chosen.azimuth_sigma_deg):
            continue
        excess = speed * delay_s
        path_km = float(course.length_km) + excess
        reflector = _reflector(direct, finder, chosen, (detection.azimuth_deg, sigma), path_km)
        found.append(
            LateArrival(
                detection_id=detection.id,
                delay_s=delay_s,
                turn_deg=turn,
                excess_path_km=excess,
                reflector=reflector,
            )
        )
    return tuple(found)


def _reflector(
    direct: DirectArrival,
    finder: PathFinder,
    params: LateParams,
    azimuth: tuple[float, float],
    path_km: float,
) -> Reflector | None:
    """Return the place that fits best, or None."""
    off_azimuth, off_path = (v.ravel() for v in np.meshgrid(_SPREAD, _SPREAD))
    wanted_km = path_km * (1.0 + off_path * params.path_sigma)
    ranges = _ranges_km(direct, azimuth[0] + off_azimuth * azimuth[1], wanted_km)
    latitude, longitude = _place(direct, azimuth[0] + off_azimuth * azimuth[1], ranges)
    possible = np.isfinite(ranges) & _rises(finder, params, latitude, longitude)
    misfit = np.hypot(off_azimuth, off_path)
    for i in sorted(np.flatnonzero(possible), key=lambda i: misfit[i]):
        place = (float(latitude[i]), float(longitude[i]))
        there = finder.find(direct.source, place, Ends(receiver=True))
        back = finder.find(place, direct.station, Ends(source=True))
        if max(float(there.blockage), float(back.blockage)) < params.blocked_from:
            return Reflector(
                latitude=place[0],
                longitude=place[1],
                range_km=float(back.length_km),
                misfit=float(misfit[i]),
            )
    return None


def _place(
    direct: DirectArrival, azimuth_deg: FloatArray, range_km: FloatArray
) -> tuple[FloatArray, FloatArray]:
    # On the sphere, as a kilometre or two is nothing to a cell of the sea floor.
    return destination(*direct.station, azimuth_deg, range_km / KM_PER_DEG)


def _ranges_km(direct: DirectArrival, azimuth_deg: FloatArray, path_km: FloatArray) -> FloatArray:
    """Return the ranges at which the way over the place is as long as the path; NaN without."""
    low, high = np.zeros(len(path_km)), np.minimum(path_km, _FARTHEST_KM)
    shortest = float(geodesics(*direct.source, *direct.station).length_km)
    for _ in range(_N_BISECTIONS):
        middle = 0.5 * (low + high)
        place = _place(direct, azimuth_deg, middle)
        longer = middle + geodesics(*direct.source, *place).length_km > path_km
        low, high = np.where(longer, low, middle), np.where(longer, middle, high)
    inside = (path_km > shortest) & (high < _FARTHEST_KM - 1.0)
    return np.where(inside, 0.5 * (low + high), np.nan)


def _rises(
    finder: PathFinder, params: LateParams, latitude: FloatArray, longitude: FloatArray
) -> NDArray[np.bool_]:
    """Tell where the sea floor rises into the channel."""
    known = np.isfinite(latitude + longitude)
    lat, lon = np.where(known, latitude, 0.0), np.where(known, longitude, 0.0)
    elevation = finder.ocean.floor.elevation_at_m(lat, lon)
    value = blockage_value(elevation, finder.needed_depth_m(lat, lon))
    rises: NDArray[np.bool_] = known & (value >= params.reflects_from)
    return rises
