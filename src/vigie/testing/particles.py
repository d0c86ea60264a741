"""Particles that are already on their way, for trials of the model of transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.transport.particle_state import CARRIED, Particles, unborn
from vigie.transport.sphere import positions_of
from vigie.transport.weather.continuity import cell_means, edge_weights

if TYPE_CHECKING:
    from vigie.transport.weather.flow import Air

FloatArray = NDArray[np.float64]


def particles_at(
    latitude: float, height_m: ArrayLike, *, state: int = CARRIED, seed: int = 2
) -> Particles:
    """Return particles around a parallel, at heights above ground, shape (n,), from time 0 on."""
    heights = np.asarray(height_m, dtype=np.float64)
    n = len(heights)
    place = positions_of(np.full(n, latitude), np.linspace(-180.0, 180.0, n))
    made = unborn(np.arange(n), place, np.zeros(n), heights)
    made.state[:] = state
    return made._replace(omega=np.random.default_rng(seed).standard_normal(n))


def uniform_in_mass(n: int, air: Air, *, lid: float, seed: int) -> Particles:
    """Return particles as dense as air: by its surface pressure, and even in eta up to a lid."""
    rng = np.random.default_rng(seed)
    grid = air.grid
    means = cell_means(air.surface_pa, grid, edge_weights(grid))
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 2 * n)))
    longitude = rng.uniform(0.0, 360.0, 2 * n)
    row = np.searchsorted(grid.latitudes, latitude, side="right") - 1
    column = ((longitude - grid.west_deg) / grid.column_deg).astype(int)
    here = means[np.clip(row, 0, len(means) - 1), column % grid.n_columns]
    kept = np.flatnonzero(rng.uniform(0.0, means.max(), 2 * n) < here)[:n]
    place = positions_of(latitude[kept], longitude[kept])
    made = unborn(np.arange(n), place, np.zeros(n), np.zeros(n))
    made.state[:] = CARRIED
    made.eta[:] = rng.uniform(lid, 1.0, n)
    return made._replace(omega=rng.standard_normal(n))
