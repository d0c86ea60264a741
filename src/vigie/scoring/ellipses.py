"""Whether an error ellipse holds a point, and whether two of them overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vigie.records import Ellipse, Origin

CONFIDENCE = 0.9
"""Level of the ellipses that are compared."""
_BOUNDARY_POINTS = 360


def ellipse_of(origin: Origin) -> Ellipse | None:
    """Return the 90 % ellipse of an origin; None where it states none."""
    ellipse = origin.ellipse
    return None if ellipse is None else ellipse.at_confidence(CONFIDENCE)


def holds(
    origin: Origin, latitude_deg: ArrayLike, longitude_deg: ArrayLike
) -> NDArray[np.bool_] | None:
    """Tell whether points lie in the 90 % ellipse of an origin; None where it has none.

    Distance and azimuth from its centre are taken into the plane; for ellipses up to some
    hundred km that is exact to a per mil.
    """
    ellipse = ellipse_of(origin)
    if ellipse is None:
        return None
    delta, azimuth, _ = distance_azimuths(
        origin.latitude, origin.longitude, latitude_deg, longitude_deg
    )
    turned = np.radians(azimuth - ellipse.strike_deg)
    along, across = (delta * KM_PER_DEG * part for part in (np.cos(turned), np.sin(turned)))
    # A degenerate axis (a fixed epicentre) holds only what lies on it.
    major, minor = max(ellipse.semi_major_km, 1e-9), max(ellipse.semi_minor_km, 1e-9)
    inside: NDArray[np.bool_] = (along / major) ** 2 + (across / minor) ** 2 <= 1.0
    return inside


def overlap(one: Origin, other: Origin) -> bool | None:
    """Tell whether the 90 % ellipses of two origins share any point; None without both."""
    if ellipse_of(one) is None or ellipse_of(other) is None:
        return None
    return any(
        bool(np.any(holds(first, *_boundary(second))))
        for first, second in ((one, other), (other, one))
    )


def _boundary(origin: Origin) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the centre and points of the rim of an origin's ellipse."""
    ellipse = ellipse_of(origin)
    if ellipse is None:
        return np.array([origin.latitude]), np.array([origin.longitude])
    turn = np.linspace(0.0, 2.0 * np.pi, _BOUNDARY_POINTS, endpoint=False)
    along = np.append(0.0, ellipse.semi_major_km * np.cos(turn))
    across = np.append(0.0, ellipse.semi_minor_km * np.sin(turn))
    azimuth = np.degrees(np.arctan2(across, along)) + ellipse.strike_deg
    return destination(
        origin.latitude, origin.longitude, azimuth, np.hypot(along, across) / KM_PER_DEG
    )
