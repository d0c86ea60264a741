"""Where an event may have been: its error ellipse as weights of the cells of a grid.

What it computes: the ellipse is a normal law in the plane of distance and azimuth about the
epicentre (azimuthal equidistant). Points fill it evenly in probability, a golden spiral; each is
laid along a great circle, so that large ellipses, poles and the date line need no care, and counts
for the cell that it falls in. Accuracy: 4,096 points hold a half-plane, and the share of a cell,
within 1e-3 (tests). Cost: 1 ms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG, destination

if TYPE_CHECKING:
    from vigie.records import LatLonGrid, Origin

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
N_POINTS = 4096
FARTHEST_DEG = 180.0
ASSUMED_KM = 100.0
"""Semi-axis of the 90 % circle of an origin that states no error."""
_GOLDEN = math.pi * (3.0 - math.sqrt(5.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Epicentre:
    """A normal law of the epicentre.

    Raises
    ------
    ParameterError
        Standard errors are not ordered, or below 0.
    """

    latitude: float
    longitude: float
    sigma_major_km: float
    sigma_minor_km: float
    strike_deg: float = 0.0
    """Of the major axis, clockwise from north."""
    stated: bool = True
    """False where the origin states no error and a circle is assumed."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.sigma_minor_km <= self.sigma_major_km < math.inf:
            value = f"{self.sigma_major_km} {self.sigma_minor_km}"
            raise ParameterError(name="sigma_km", value=value, expected="major, then minor")

    def semi_axes_km(self, probability: float = 0.9) -> tuple[float, float]:
        """Return the semi-axes of the ellipse that holds a probability."""
        scale = math.sqrt(-2.0 * math.log(1.0 - probability))
        return scale * self.sigma_major_km, scale * self.sigma_minor_km


def epicentre_of(origin: Origin) -> Epicentre:
    """Return the law of an origin's epicentre.

    By its ellipse (90 % coverage, or else the first), else by its covariance; an origin that
    states neither gets a 90 % circle of 100 km, and ``stated`` is False.
    """
    ellipse = origin.ellipse
    if ellipse is not None:
        scale = math.sqrt(-2.0 * math.log(1.0 - ellipse.confidence))
        major, minor = ellipse.semi_major_km / scale, ellipse.semi_minor_km / scale
        return Epicentre(
            latitude=origin.latitude, longitude=origin.longitude, sigma_major_km=major,
            sigma_minor_km=minor, strike_deg=ellipse.strike_deg,
        )  # fmt: skip
    if origin.covariance is not None:
        values, vectors = np.linalg.eigh(np.array(origin.covariance)[:2, :2])
        minor, major = np.sqrt(np.maximum(values, 0.0))
        north, east = vectors[:, 1]
        if major > 0.0:
            return Epicentre(
                latitude=origin.latitude, longitude=origin.longitude, sigma_major_km=float(major),
                sigma_minor_km=float(minor), strike_deg=float(np.degrees(np.arctan2(east, north))),
            )  # fmt: skip
    sigma = ASSUMED_KM / math.sqrt(-2.0 * math.log(0.1))
    return Epicentre(
        latitude=origin.latitude, longitude=origin.longitude, sigma_major_km=sigma,
        sigma_minor_km=sigma, stated=False,
    )  # fmt: skip


def epicentre_points(where: Epicentre, n: int = N_POINTS) -> tuple[FloatArray, FloatArray]:
    """Return latitude and longitude, deg, of so many points of even probability."""
    i = np.arange(n)
    radius = np.sqrt(-2.0 * np.log1p(-(i + 0.5) / n))
    turn = i * _GOLDEN
    along = where.sigma_major_km * radius * np.cos(turn)
    across = where.sigma_minor_km * radius * np.sin(turn)
    azimuth = where.strike_deg + np.degrees(np.arctan2(across, along))
    # Beyond the antipode there is no new ground.
    delta = np.minimum(np.hypot(along, across) / KM_PER_DEG, FARTHEST_DEG)
    return destination(where.latitude, where.longitude, azimuth, delta)


def cell_weights(
    where: Epicentre, grid: LatLonGrid, n: int = N_POINTS
) -> tuple[IntArray, FloatArray]:
    """Return the cells in which the epicentre may be, rising, and their probabilities.

    What lies outside of the grid is missing from the sum of the probabilities.
    """
    cells = grid.cells_at(*epicentre_points(where, n))
    own, count = np.unique(cells[cells >= 0], return_counts=True)
    return own, count / n
