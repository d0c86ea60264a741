"""Where and when particles begin: evenly over a box of air and a span of time.

Places, heights and times follow a sequence of low discrepancy (Roberts 2018: powers of the root of
x^(d+1) = x + 1), so each share of the box gets its share of particles, without a lattice. A box is
shallow: its air is taken as equally dense, and even in area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.transport.sphere import positions_of

if TYPE_CHECKING:
    from vigie.records import LatLonGrid

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_DIMENSIONS = 4
_ROOT = 1.1673039782614187
"""Of x^5 = x + 1."""


class Start(NamedTuple):
    """Where and when the particles of one sample or release begin, columns of shape (n,)."""

    place: FloatArray
    """Unit vectors, shape (n, 3)."""
    height_m: FloatArray
    time_ns: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Air between latitudes, longitudes (deg) and heights above ground (m).

    Raises
    ------
    ParameterError
        Bounds do not rise, or lie beyond the poles or below the ground.
    """

    south: float
    north: float
    west: float
    east: float
    low_m: float = 0.0
    high_m: float = 50.0

    def __post_init__(self) -> None:
        if not -90.0 <= self.south <= self.north <= 90.0 or not self.west <= self.east:
            value = f"{self.south:g} {self.west:g} {self.north:g} {self.east:g}"
            raise ParameterError(name="box", value=value, expected="south west north east, rising")
        if not 0.0 <= self.low_m <= self.high_m:
            value = f"{self.low_m:g} to {self.high_m:g} m"
            raise ParameterError(name="heights", value=value, expected="heights that rise from 0")


def box_at(latitude: float, longitude: float, low_m: float = 0.0, high_m: float = 50.0) -> Box:
    """Return the air above one place."""
    return Box(
        south=latitude, north=latitude, west=longitude, east=longitude, low_m=low_m, high_m=high_m
    )


def box_of_cell(grid: LatLonGrid, cell: int, high_m: float) -> Box:
    """Return the air over a cell up to a height."""
    latitude, longitude = (float(x) for x in grid.centres(cell))
    half, wide = 0.5 * grid.latitude_step, 0.5 * grid.longitude_step
    return Box(
        south=max(latitude - half, -90.0),
        north=min(latitude + half, 90.0),
        west=longitude - wide,
        east=longitude + wide,
        high_m=high_m,
    )


def evenly(box: Box, span_ns: tuple[int, int], n: int) -> Start:
    """Return n particles evenly over a box and a span of time."""
    powers = _ROOT ** -(np.arange(_DIMENSIONS) + 1.0)
    shares = (0.5 + np.outer(np.arange(n), powers)) % 1.0
    south, north = np.sin(np.radians([box.south, box.north]))
    latitude = np.degrees(np.arcsin(np.clip(south + shares[:, 0] * (north - south), -1.0, 1.0)))
    longitude = box.west + shares[:, 1] * (box.east - box.west)
    even = (np.arange(n) + 0.5) / n
    first, last = span_ns
    return Start(
        place=positions_of(latitude, longitude),
        height_m=np.asarray(box.low_m + shares[:, 2] * (box.high_m - box.low_m)),
        time_ns=(last - np.rint(even * (last - first))).astype(np.int64),
    )
