"""Regular grids of latitude and longitude, as sensitivities and weather have them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

EARTH_RADIUS_M = 6371000.0
"""Of the sphere that weather models and their sensitivities use."""
_SLACK = 1e-6
"""Of a cell; positions are decimals of a few digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatLonGrid:
    """Cells around centres at even steps; cell number = row * n_longitude + column.

    Rows go north and columns east. Cells that would pass a pole end there.

    Raises
    ------
    ParameterError
        A step or number is not above 0, a centre lies beyond a pole, or the columns go round
        the Earth more than once.
    """

    first_latitude: float
    """Centre of the southernmost row, deg."""
    latitude_step: float
    n_latitude: int
    first_longitude: float
    """Centre of the westernmost column, deg, -180 to 360."""
    longitude_step: float
    n_longitude: int

    def __post_init__(self) -> None:
        for name in ("latitude_step", "longitude_step", "n_latitude", "n_longitude"):
            if not 0 < getattr(self, name) < np.inf:
                raise ParameterError(name=name, value=getattr(self, name), expected="above 0")
        for latitude in (self.first_latitude, self.last_latitude):
            if not abs(latitude) <= 90.0 + _SLACK * self.latitude_step:
                raise ParameterError(name="latitude", value=latitude, expected="from -90 to 90")
        if not -180.0 <= self.first_longitude <= 360.0:
            raise ParameterError(
                name="first_longitude", value=self.first_longitude, expected="from -180 to 360"
            )
        if self.n_longitude * self.longitude_step > 360.0 + _SLACK * self.longitude_step:
            raise ParameterError(
                name="n_longitude",
                value=self.n_longitude,
                expected=f"at most once around the Earth in steps of {self.longitude_step:g}",
            )

    @property
    def cyclic(self) -> bool:
        """Whether the columns close around the Earth."""
        return abs(self.n_longitude * self.longitude_step - 360.0) <= 1e-6

    @property
    def last_latitude(self) -> float:
        """Centre of the northernmost row, deg."""
        return self.first_latitude + (self.n_latitude - 1) * self.latitude_step

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return self.n_latitude * self.n_longitude

    @property
    def latitudes(self) -> FloatArray:
        """Centres of the rows, deg, shape (n_latitude,)."""
        return np.asarray(self.first_latitude + self.latitude_step * np.arange(self.n_latitude))

    @property
    def longitudes(self) -> FloatArray:
        """Centres of the columns, deg, shape (n_longitude,); may pass 180 and 360."""
        return np.asarray(self.first_longitude + self.longitude_step * np.arange(self.n_longitude))

    def centres(self, cells: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return latitude and longitude of the centres of cells, deg, in the shape given."""
        row, column = np.divmod(np.asarray(cells, dtype=np.int64), self.n_longitude)
        return (
            self.first_latitude + self.latitude_step * row,
            self.first_longitude + self.longitude_step * column,
        )

    def cells_at(self, latitude: ArrayLike, longitude: ArrayLike) -> IntArray:
        """Return the cells in which places lie; -1 outside of the grid.

        Parameters
        ----------
        latitude, longitude : array_like
            Deg; longitudes in any turn. On the edge of two cells the northern or eastern one.

        Examples
        --------
        >>> grid = LatLonGrid(first_latitude=-90, latitude_step=1, n_latitude=181,
        ...                   first_longitude=0, longitude_step=1, n_longitude=360)
        >>> grid.cells_at([-90, 0.4, 95], [359.5, -0.6, 0]).tolist()
        [0, 32759, -1]
        """
        row = np.floor((np.asarray(latitude) - self.first_latitude) / self.latitude_step + 0.5)
        # The half cell west of the first centre belongs to the first column, not to the last.
        east = np.asarray(longitude) - self.first_longitude + 0.5 * self.longitude_step
        column = np.floor(np.mod(east, 360.0) / self.longitude_step)
        if self.cyclic:  # the modulo may round up to 360
            column = np.where(column >= self.n_longitude, 0.0, column)
        inside = (row >= 0) & (row < self.n_latitude) & (column < self.n_longitude)
        inside &= np.abs(np.asarray(latitude)) <= 90.0
        cell = np.where(inside, row * self.n_longitude + column, -1.0)
        return np.asarray(cell, dtype=np.int64)

    @property
    def row_areas_m2(self) -> FloatArray:
        """Area of one cell of each row, m2, shape (n_latitude,); sphere of 6371 km."""
        half = 0.5 * self.latitude_step
        south = np.radians(np.clip(self.latitudes - half, -90.0, 90.0))
        north = np.radians(np.clip(self.latitudes + half, -90.0, 90.0))
        width = np.radians(self.longitude_step)
        return np.asarray(EARTH_RADIUS_M**2 * width * (np.sin(north) - np.sin(south)))

    def cell_areas_m2(self, cells: ArrayLike) -> FloatArray:
        """Return the areas of cells, m2, in the shape given."""
        rows = np.asarray(cells, dtype=np.int64) // self.n_longitude
        return np.asarray(self.row_areas_m2[rows])

    def fits(self, other: LatLonGrid) -> bool:
        """Tell whether the cells of another grid are cells of this one, wherever they overlap."""
        if not (
            np.isclose(self.latitude_step, other.latitude_step, rtol=1e-9)
            and np.isclose(self.longitude_step, other.longitude_step, rtol=1e-9)
        ):
            return False
        north = (other.first_latitude - self.first_latitude) / self.latitude_step
        east = (other.first_longitude - self.first_longitude) / self.longitude_step
        turn = 360.0 / self.longitude_step
        whole = abs(north - round(north)) < _SLACK and abs(east - round(east)) < _SLACK
        # Across the seam of a turn columns match only where a turn is a whole number of them.
        return whole and (abs(turn - round(turn)) < _SLACK or abs(east) < turn)


def global_grid(
    latitude_step: float,
    longitude_step: float,
    *,
    latitude_phase: float = 0.0,
    longitude_phase: float = 0.0,
) -> LatLonGrid:
    """Return the grid of the whole Earth whose centres lie at phase + k steps, from 0 deg east.

    Parameters
    ----------
    latitude_step, longitude_step : float, deg, > 0
    latitude_phase, longitude_phase : float, deg
        Of any one centre.

    Examples
    --------
    >>> grid = global_grid(0.25, 0.25)
    >>> grid.first_latitude, grid.n_latitude, grid.first_longitude, grid.n_longitude, grid.cyclic
    (-90.0, 721, 0.0, 1440, True)
    """
    below = np.floor((latitude_phase + 90.0) / latitude_step + _SLACK)
    first = _clean(latitude_phase - below * latitude_step)
    west = _clean(longitude_phase - np.floor(longitude_phase / longitude_step + _SLACK)
                  * longitude_step)  # fmt: skip
    return LatLonGrid(
        first_latitude=first,
        latitude_step=latitude_step,
        n_latitude=int(np.floor((90.0 - first) / latitude_step + _SLACK)) + 1,
        first_longitude=west,
        longitude_step=longitude_step,
        n_longitude=int(np.floor(360.0 / longitude_step + _SLACK)),
    )


def _clean(degrees: float) -> float:
    # Sums of decimals leave 1e-14; minus zero is zero.
    return round(float(degrees), 9) + 0.0
