"""Conformal maps of a sphere: polar stereographic, Lambert's cone, Mercator.

Source: Snyder (1987), USGS Professional Paper 1395, equations 7-1 to 7-5, 15-1 to 15-9 and 21-5 to
21-15, for the sphere. Own formulas: the library of projections and that of GRIB cannot live in one
process, which would die when it ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Pair = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class Conformal:
    """A map that touches the sphere at a latitude: a pole, the equator, or between."""

    radius_m: float
    tangent_deg: float
    meridian_deg: float

    def to_plane(self, longitude: ArrayLike, latitude: ArrayLike) -> Pair:
        """Return x and y, m, of places in deg."""
        turn = np.radians((np.asarray(longitude) - self.meridian_deg + 180.0) % 360.0 - 180.0)
        phi = np.radians(np.asarray(latitude, dtype=np.float64))
        t = math.radians(self.tangent_deg)
        with np.errstate(all="ignore"):
            if self.tangent_deg == 0.0:
                rise = np.log(np.tan(0.25 * np.pi + 0.5 * phi))
                return np.asarray(self.radius_m * turn), np.asarray(self.radius_m * rise)
            if abs(self.tangent_deg) == 90.0:
                side = math.copysign(1.0, self.tangent_deg)
                rho = 2.0 * self.radius_m * np.tan(0.25 * np.pi - 0.5 * side * phi)
                return rho * np.sin(turn), -side * rho * np.cos(turn)
            n, scale = math.sin(t), self._scale_m()
            rho = scale / np.tan(0.25 * np.pi + 0.5 * phi) ** n
            return rho * np.sin(n * turn), self._middle_m() - rho * np.cos(n * turn)

    def to_earth(self, x: FloatArray, y: FloatArray) -> Pair:
        """Return longitude (-180 to 180) and latitude, deg, of points in m."""
        r = self.radius_m
        with np.errstate(all="ignore"):
            if self.tangent_deg == 0.0:
                turn, phi = x / r + 0.0 * y, 2.0 * np.arctan(np.exp(y / r + 0.0 * x)) - 0.5 * np.pi
            elif abs(self.tangent_deg) == 90.0:
                side = math.copysign(1.0, self.tangent_deg)
                turn = np.arctan2(x, -side * y)
                phi = side * (0.5 * np.pi - 2.0 * np.arctan(np.hypot(x, y) / (2.0 * r)))
            else:
                n, down = math.sin(math.radians(self.tangent_deg)), self._middle_m() - y
                side = math.copysign(1.0, n)
                rho = np.hypot(x, down)
                turn = np.arctan2(side * x, side * down) / n
                phi = 2.0 * np.arctan((abs(self._scale_m()) / rho) ** (1.0 / n)) - 0.5 * np.pi
        longitude = (self.meridian_deg + np.degrees(turn) + 180.0) % 360.0 - 180.0
        return np.asarray(longitude), np.asarray(np.degrees(phi))

    def _scale_m(self) -> float:
        t = math.radians(self.tangent_deg)
        n = math.sin(t)
        return float(self.radius_m * math.cos(t) * math.tan(0.25 * math.pi + 0.5 * t) ** n / n)

    def _middle_m(self) -> float:
        t = math.radians(self.tangent_deg)
        return float(self._scale_m() / math.tan(0.25 * math.pi + 0.5 * t) ** math.sin(t))
