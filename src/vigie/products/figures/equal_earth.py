"""Maps of the whole Earth: Equal Earth, on which areas are right, cut opposite of a meridian.

Source: Savric, Patterson and Jenny (2019), Int. J. Geogr. Inf. Sci. 33, 454-465, eq. 1 to 4; on a
sphere of 6371 km.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.coastline import land

if TYPE_CHECKING:
    from matplotlib.path import Path
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

RADIUS_KM = 6371.0
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_M = np.sqrt(3.0) / 2.0
_STEP_DEG = 1.0
"""Of points along straight edges: on the map these are curves."""


@dataclass(frozen=True, slots=True)
class EqualEarth:
    """The projection about one meridian, deg."""

    longitude: float = 0.0

    def project(self, latitude: ArrayLike, longitude: ArrayLike) -> FloatArray:
        """Return east and north, km, shape (..., 2); longitudes in any turn."""
        east = np.asarray(longitude, dtype=np.float64) - self.longitude
        return self._plane(latitude, east - 360.0 * np.round(east / 360.0))

    def place(self, x_km: FloatArray, y_km: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return latitude and longitude of points of the map; nan outside of the Earth."""
        theta = np.asarray(y_km / RADIUS_KM / _A[0], dtype=np.float64)
        for _ in range(12):
            theta = theta - (_north(theta) - y_km / RADIUS_KM) / _slope(theta)
        sine = np.sin(theta) / _M
        with np.errstate(invalid="ignore"):
            latitude = np.degrees(np.arcsin(sine))
        east = np.degrees(x_km / RADIUS_KM * _M * _slope(theta) / np.cos(theta))
        outside = (np.abs(east) > 180.0) | (np.abs(sine) > 1.0)
        return (
            np.where(outside, np.nan, latitude),
            np.where(outside, np.nan, self.longitude + east),
        )

    @property
    def edge(self) -> FloatArray:
        """Outline of the Earth, km, shape (n, 2)."""
        up = np.linspace(-90.0, 90.0, 181)
        latitude = np.concatenate([up, up[::-1]])
        return self._plane(latitude, np.repeat([180.0, -180.0], 181))

    def land(self) -> Path:
        """Return all land, at 1:110m."""
        from matplotlib.path import Path
        from matplotlib.transforms import Bbox

        view = Bbox.from_extents(-180.0, -90.0, 180.0, 90.0)
        parts = []
        for ring in land("110m"):
            whole = _unrolled(ring)
            west = whole[:, 0].min() - self.longitude
            first = int(np.ceil((-180.0 - whole[:, 0].max() + self.longitude) / 360.0))
            for turn in range(first, int(np.floor((180.0 - west) / 360.0)) + 1):
                moved = whole + np.array([360.0 * turn - self.longitude, 0.0])
                cut = Path(moved, closed=True).clip_to_bbox(view, inside=True)
                rings = (np.asarray(one, dtype=np.float64) for one in cut.to_polygons())
                parts += [self._outline(one) for one in rings if len(one) > 3]
        return Path.make_compound_path(*(Path(one, closed=True) for one in parts))

    def _outline(self, ring: FloatArray) -> FloatArray:
        dense = [
            np.linspace(a, b, int(np.ceil(np.abs(b - a).max() / _STEP_DEG)) + 1)[:-1]
            for a, b in pairwise(ring)
        ]
        points = np.concatenate([one for one in dense if len(one)] + [ring[-1:]])
        return self._plane(points[:, 1], points[:, 0])

    def _plane(self, latitude: ArrayLike, east: ArrayLike) -> FloatArray:
        theta = np.arcsin(_M * np.sin(np.radians(np.asarray(latitude, dtype=np.float64))))
        x = np.radians(east) * np.cos(theta) / (_M * _slope(theta))
        return RADIUS_KM * np.stack([x, _north(theta)], axis=-1)


def _north(theta: FloatArray) -> FloatArray:
    square = theta * theta
    return theta * (_A[0] + _A[1] * square + square**3 * (_A[2] + _A[3] * square))


def _slope(theta: FloatArray) -> FloatArray:
    square = theta * theta
    return _A[0] + 3.0 * _A[1] * square + square**3 * (7.0 * _A[2] + 9.0 * _A[3] * square)


def _unrolled(ring: FloatArray) -> FloatArray:
    """Return a ring whose longitudes do not jump; one about a pole is closed through the pole."""
    closed = np.concatenate([ring, ring[:1]])
    steps = np.diff(closed[:, 0])
    steps -= 360.0 * np.round(steps / 360.0)
    longitude = closed[0, 0] + np.concatenate([[0.0], np.cumsum(steps)])
    out = np.stack([longitude, closed[:, 1]], axis=1)
    if abs(longitude[-1] - longitude[0]) > 180.0:
        pole = np.copysign(90.0, closed[:, 1].mean())
        out = np.concatenate([out, [[longitude[-1], pole], [longitude[0], pole], out[0]]])
    return out
