"""Outlines of cells of a domain, as maps and documents have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.transport.source.credible import outline

if TYPE_CHECKING:
    from vigie.transport.source.assembly import Domain

FloatArray = NDArray[np.float64]


def rings_of(inside: NDArray[np.bool_], domain: Domain) -> tuple[FloatArray, ...]:
    """Return the outline of some cells of a domain: rings of longitude and latitude, deg."""
    grid = domain.grid
    whole = np.zeros(grid.n_cells, dtype=np.bool_)
    whole[domain.cells[inside]] = True
    half_lat, half_lon = 0.5 * grid.latitude_step, 0.5 * grid.longitude_step
    lat_edges = grid.first_latitude - half_lat + grid.latitude_step * np.arange(grid.n_latitude + 1)
    lon_edges = (
        grid.first_longitude - half_lon + grid.longitude_step * np.arange(grid.n_longitude + 1)
    )
    rings = outline(
        whole.reshape(grid.n_latitude, grid.n_longitude),
        np.asarray(np.clip(lat_edges, -90.0, 90.0), dtype=np.float64),
        np.asarray(lon_edges, dtype=np.float64),
    )
    # A ring stays whole: it is turned as one, by its middle.
    return tuple(
        ring - [360.0 * np.round(0.5 * (ring[:, 0].min() + ring[:, 0].max()) / 360.0), 0.0]
        for ring in rings
    )
