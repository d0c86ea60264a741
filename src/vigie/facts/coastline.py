"""Coastlines and borders for maps.

Natural Earth 4.1.0 (public domain), by way of the npm package world-atlas 2 (ISC licence);
``builders/build_coastlines.py`` makes the files. 1:110m for the globe, 1:50m for regions;
positions to 0.01 degrees. Borders are those of Natural Earth and state no position on any
territory.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

Scale = Literal["110m", "50m"]

_STEPS_PER_DEG = 100.0
"""In which the builder stored the positions: 1 km, below a line's width on any map."""


@cache
def land(scale: Scale) -> tuple[FloatArray, ...]:
    """Return the rings of land, each of shape (n, 2): longitude and latitude, degrees.

    Land lies to the right of the direction of a ring (clockwise); lakes and inland seas are
    rings the other way round. Rings run across the antimeridian without a seam.

    Examples
    --------
    >>> len(land("110m")) > 100
    True
    """
    return _read(f"coastline_{scale}.npz")


@cache
def borders() -> tuple[FloatArray, ...]:
    """Return the lines between countries, each of shape (n, 2), at 1:50m."""
    return _read("borders_50m.npz")


def _read(name: str) -> tuple[FloatArray, ...]:
    with (files("vigie.facts") / name).open("rb") as file, np.load(file) as stored:
        longitude, latitude, lengths = (stored[key] for key in ("longitude", "latitude", "lengths"))
    steps = np.stack([longitude, latitude], axis=-1)
    # The differences wrap around in int16; so does their sum, back to what it was.
    points = np.cumsum(steps, axis=0, dtype=np.int16) / _STEPS_PER_DEG
    points.setflags(write=False)
    return tuple(np.split(points, np.cumsum(lengths)[:-1]))
