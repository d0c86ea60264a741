"""What sound does on paths around the globe, where the winds of one place tell nothing.

What it computes: mixtures of reciprocal celerity and azimuth deviation of paths beyond 3,000 km;
between 3,000 and 6,000 km they take over from those of the atmosphere at the source. Three kinds:
the Lamb wave of very large events (0.305-0.325 km/s; that of Hunga ran around the globe, Matoza et
al. 2022, Science 377, 95), the stratospheric duct (0.28-0.31 km/s, as ``celerity_prior``) and slow
trains by the thermospheric duct (0.25-0.28 km/s; both ducts reached 6,000 to 10,000 km from
Chelyabinsk, de Groot-Hedlin & Hedlin 2014, EPSL). Deviations of azimuth do not grow with range,
93 % are below 5 deg (Nippress & Green 2023, GJI), but a path that ends d to the side of the source
turns the azimuth by d / (r sin D): near the antipode sound comes from everywhere. Whether an event
sends a Lamb wave is one thing for all its arrays, so the shares of the kinds are those of a class
of events: taken as one and the same for every array by itself, three arrivals in four would have to
be of ducts, and the origin time of a Lamb wave came out a quarter of an hour early. Shares are
chosen. Assumptions: the same law everywhere. Cost: 1 us per path.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

FROM_KM = 3000.0
"""Up to here the winds at the source tell ..."""
TO_KM = 6000.0
"""... and from here on nothing more."""
GLOBE_KM = 40030.0
"""Length of a great circle."""
CLASSES = np.array([[0.02, 0.78, 0.20], [0.50, 0.40, 0.10], [0.95, 0.04, 0.01]])
"""Shares of the Lamb wave, the stratospheric and the thermospheric duct among what the arrays
detect of events without a Lamb wave, with both, and of which it is all that is heard."""
LOG_CLASS = np.log(np.array([0.66, 0.20, 0.14]))
"""How many events are of each class; chosen, as the shares are."""
WEIGHTS = np.exp(LOG_CLASS) @ CLASSES
"""Shares of the three kinds where the class is not known."""
MEANS_S_PER_KM = np.array([3.18, 3.40, 3.79])
SIGMAS_S_PER_KM = np.array([0.05, 0.09, 0.11])
"""A quarter of each range in reciprocal celerity."""
DEVIATION_SIGMA_DEG = 2.8
"""93 % within 5 deg."""
CODA_S = 14_400.0
"""Trains of very large events last for hours: that of Hunga, and both ducts at 10,000 km."""
CODA_SHARE = 1.0
"""Of what an array hears after the first of such a train: its times tell nothing. With 0.9, tens of
them drew places by chance, and 90 % regions held 60 % of the truths."""
SIDE_SIGMA_DEG = 1.0
"""A path ends to the side of the source by so much of its length: as ``path_deviation_deg``."""


def far_share(range_km: FloatArray) -> FloatArray:
    """Return how far the law of long paths rules, 0 to 1.

    Examples
    --------
    >>> far_share(np.array([100.0, 4500.0, 9000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.asarray(np.clip((range_km - FROM_KM) / (TO_KM - FROM_KM), 0.0, 1.0))


def blended(near: FloatArray, far: FloatArray, share: FloatArray) -> FloatArray:
    """Return columns (n, m, k) of near paths that become those of far ones (k,)."""
    part = share[..., None]
    return np.asarray((1.0 - part) * near + part * far)


def deviation_sigma_rad(near_rad: FloatArray, arc_rad: FloatArray, share: FloatArray) -> FloatArray:
    """Return the standard deviation of azimuths: of near paths, of far ones, near the antipode.

    Parameters
    ----------
    near_rad : ndarray
        By the atmosphere at the source.
    arc_rad : ndarray
        Distance.
    share : ndarray
        As ``far_share``.
    """
    far = np.radians(DEVIATION_SIGMA_DEG)
    spread = arc_rad / np.maximum(np.sin(arc_rad), 0.02)
    side = np.radians(SIDE_SIGMA_DEG) * np.sqrt(np.maximum(spread**2 - 1.0, 0.0))
    return np.asarray(np.hypot((1.0 - share) * near_rad + share * far, share * side))
