"""Where the points of a grid lie, and how far its columns are turned from north.

Grid size 0 is latitude and longitude; else the grid is conformal on a sphere of 6371.2 km, by its
tangent latitude: 90 or -90 polar stereographic, 0 Mercator, else Lambert. The size (km) holds at
the reference latitude. At the reference longitude true north lies ``orientation`` degrees counter-
clockwise of the columns. (NOAA ARL's CMAPF, routines STLMBR, STCM1P, CLL2XY.)

Rows count from the south of the map and columns from its west, which is the order in the file: in
both samples temperatures fall and the ground rises where they should.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError
from vigie.formats.arl._conformal import Conformal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.arl._index import Head

    FloatArray = NDArray[np.float64]

RADIUS_M = 6371200.0
"""Of the sphere of the projections."""
_MERCATOR_ENDS = 89.0
_DIGITS = 9
"""Of degrees: what the file writes has five, and 90.00000000000001 is no latitude."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Coordinates as ``WeatherState`` has them."""

    latitude: FloatArray
    longitude: FloatArray
    turned_rad: FloatArray | None = None
    """How far true north lies counter-clockwise of the columns; None on latitude and longitude."""

    @property
    def n_columns(self) -> int:
        """How many columns are kept: of a grid around the Earth, none twice."""
        return int(self.longitude.shape[-1])

    def to_geographic(self, u: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the parts of a vector toward east and north, of those along rows and columns."""
        if self.turned_rad is None:
            return u, v
        cos, sin = np.cos(self.turned_rad), np.sin(self.turned_rad)
        return u * cos + v * sin, v * cos - u * sin


def grid_of(head: Head) -> Grid:
    """Return the grid of an index.

    Raises
    ------
    ParameterError
        There is no such grid on Earth.
    """
    size_km = head.grid[4]
    if size_km == 0.0:
        return _plain(head)
    tangent, reference = head.grid[6], head.grid[2]
    if size_km < 0.0 or max(abs(tangent), abs(reference), abs(head.grid[9])) > 90.0:
        value = f"size {size_km:g} km, latitudes {tangent:g}, {reference:g}, {head.grid[9]:g}"
        raise ParameterError(name="grid", value=value, expected="a projection of the Earth")
    return _projected(head)


def _plain(head: Head) -> Grid:
    dlat, dlon, column, row, latitude, longitude = (head.grid[k] for k in (2, 3, 7, 8, 9, 10))
    south, west = latitude - (row - 1.0) * dlat, longitude - (column - 1.0) * dlon
    lat = np.round(south + dlat * np.arange(head.n_rows), _DIGITS)
    lon = np.round(west + dlon * np.arange(head.n_columns), _DIGITS)
    inside = lat[0] >= -90.0 and lat[-1] <= 90.0 and lon[0] >= -360.0 and lon[-1] <= 720.0
    if not (dlat > 0.0 and dlon > 0.0 and inside):
        value = f"{lat[0]:g} by {dlat:g} to {lat[-1]:g}, {lon[0]:g} by {dlon:g} to {lon[-1]:g}"
        raise ParameterError(name="grid", value=value, expected="rows and columns of the Earth")
    return Grid(lat, lon[lon < lon[0] + 360.0 - 1e-6])


def _projected(head: Head) -> Grid:
    proj = Conformal(RADIUS_M, float(head.grid[6]), float(head.grid[3]))
    _, _, reference, meridian, size_km, orientation, tangent, column, row, lat, lon, _ = head.grid
    step_m = 1e3 * size_km * _scale(reference, tangent)
    turn = math.radians(orientation)
    x0, y0 = proj.to_plane(lon, lat)
    i = step_m * (np.arange(1.0, head.n_columns + 1.0) - column)[np.newaxis, :]
    j = step_m * (np.arange(1.0, head.n_rows + 1.0) - row)[:, np.newaxis]
    x = x0 + i * math.cos(turn) + j * math.sin(turn)
    y = y0 - i * math.sin(turn) + j * math.cos(turn)
    longitude, latitude = proj.to_earth(x, y)
    if not _is_on_earth(proj, (x, y), (longitude, latitude), tangent):
        value = f"{head.n_columns} x {head.n_rows} of {size_km:g} km"
        raise ParameterError(name="grid", value=value, expected="all of it on the Earth")
    east_of = (longitude - meridian + 180.0) % 360.0 - 180.0
    turned = math.sin(math.radians(tangent)) * np.radians(east_of) + turn
    return Grid(np.asarray(latitude), np.asarray(longitude), turned)


def _is_on_earth(
    proj: Conformal,
    plane: tuple[FloatArray, FloatArray],
    degrees: tuple[FloatArray, FloatArray],
    tangent: float,
) -> bool:
    """Tell whether points have places: not beyond the pole, nor in the gap of a cone."""
    if not all(np.all(np.isfinite(part)) for part in degrees):
        return False
    if tangent == 0.0:
        return bool(np.max(np.abs(degrees[1])) < _MERCATOR_ENDS)
    back = proj.to_plane(*degrees)
    return all(np.allclose(a, b, rtol=0.0, atol=10.0) for a, b in zip(plane, back, strict=True))


def _scale(latitude: float, tangent: float) -> float:
    """Return the scale of a map at a latitude; it is 1 at the tangent latitude.

    Of a Lambert cone: (cos t / cos f) (tan(45 + t/2) / tan(45 + f/2))**sin t (Snyder 1987, USGS
    Professional Paper 1395, equations 15-4 and 15-5), of which the others are limits.
    """
    if abs(tangent) == 90.0:
        return 2.0 / (1.0 + math.sin(math.radians(math.copysign(1.0, tangent) * latitude)))
    f, t = math.radians(latitude), math.radians(tangent)
    if math.cos(f) < 1e-6:
        value = f"{latitude:g}"
        raise ParameterError(name="reference latitude", value=value, expected="no pole")
    ratio = math.tan(math.pi / 4 + t / 2) / math.tan(math.pi / 4 + f / 2)
    return float(math.cos(t) / math.cos(f) * ratio ** math.sin(t))
