"""The sea floor as blockage needs it: a coarse global grid of elevations.

Source: ETOPO1 bedrock (NOAA 2009) point-sampled at 0.1 deg, with the ice sheets of ETOPO5 (NOAA
1988) and every cell that a Natural Earth 1:10m coastline crosses as land; all public domain.
``builders/build_sea_floor.py`` says where each came from. Antarctica includes its ice shelves south
of 78 S.

Assumptions and limits: a cell is 11 km high and as much or less wide. A seamount between two
points of the grid, and an island smaller than the coastline's scale, is not there; an island of a
few hundred metres fills a whole cell. Steps are 25 m to 2,000 m of depth, 100 m to
3,000 m and 250 m beyond. Cost: 60 ms and 13 MB at the first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SeaFloor:
    """Elevations on a global grid of points; each stands for the cell around it.

    Raises
    ------
    ParameterError
        The grid does not go from pole to pole and once round the Earth.
    """

    elevation_m: NDArray[np.int16]
    """Shape (n_latitudes, n_longitudes), from 90 S northward and from 0 E eastward; 0 and above is
    land."""
    step_deg: float
    source: str = ""

    def __post_init__(self) -> None:
        rows, columns = round(180.0 / self.step_deg) + 1, round(360.0 / self.step_deg)
        if self.elevation_m.shape != (rows, columns):
            raise ParameterError(
                name="elevation_m",
                value=str(self.elevation_m.shape),
                expected=f"{(rows, columns)} points for a global grid of {self.step_deg} deg",
            )

    def elevation_at_m(self, latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> FloatArray:
        """Return the elevation of the cell at positions, m; negative below the sea.

        Examples
        --------
        >>> floor = load_sea_floor()
        >>> float(floor.elevation_at_m(-25.0, 135.0)) > 0 > float(floor.elevation_at_m(0, -150))
        True
        """
        rows, columns = self.cells_of(latitude_deg, longitude_deg)
        return self.elevation_m[rows, columns].astype(np.float64)

    def cells_of(
        self, latitude_deg: ArrayLike, longitude_deg: ArrayLike
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return row and column of the cell at positions.

        Raises
        ------
        ParameterError
            A position is NaN or beyond a pole.
        """
        latitude_deg, longitude_deg = np.asarray(latitude_deg), np.asarray(longitude_deg)
        if not (np.all(np.abs(latitude_deg) <= 90.0) and np.all(np.isfinite(longitude_deg))):
            raise ParameterError(name="position", value="NaN or beyond 90", expected="deg on Earth")
        rows = np.rint((np.asarray(latitude_deg, np.float64) + 90.0) / self.step_deg)
        columns = np.rint(np.asarray(longitude_deg, np.float64) / self.step_deg)
        return rows.astype(np.int64), columns.astype(np.int64) % self.elevation_m.shape[1]


@cache
def load_sea_floor() -> SeaFloor:
    """Return the grid that vigie ships; read once."""
    with (
        (files("vigie.earth.ocean") / "data" / "sea_floor.npz").open("rb") as file,
        np.load(file) as stored,
    ):
        # Differences of codes wrap around in 8 bits, and so does their sum.
        codes = np.cumsum(stored["steps"], axis=1, dtype=np.uint8)
        elevation = stored["levels_m"][codes]
        step = float(stored["step_deg"])
    elevation.setflags(write=False)
    source = "ETOPO1 bedrock, ETOPO5 ice, Natural Earth 1:10m coasts (public domain)"
    return SeaFloor(elevation, step, source)
