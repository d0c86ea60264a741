"""Residence of particles in the cells of a grid, summed so that no order matters.

What it computes: for each particle in the layer above ground, time times the ratio of air
densities where it began and where it is and the share that is not deposited, parted among the
cells that a box of the size of a cell, centred on it, overlaps. In its first three hours, beyond
75 deg and at the edge of a regional grid all goes to its own cell: there the box would smear the
source.

Both ends of a step count half (trapezoid). Sums are integers (2^-24 s), so neither threads nor
the order of particles change a bit; each is right to 6e-8 s.

Source: Seibert and Frank (2004), ACP 4, 51-63 (densities); Stohl et al. (2005), ACP 5, 2461 (box).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.transport.compiled import inline, kernel
from vigie.transport.elementary import angle
from vigie.transport.grid_wind import CARTESIAN_FROM_DEG
from vigie.transport.particle_state import CARRIED, Particles, Step, begins_in

if TYPE_CHECKING:
    from vigie.records import LatLonGrid

IntArray = NDArray[np.int64]

UNIT_S = 2.0**-24
"""What one count of a sum stands for."""
OWN_CELL_S = 3.0 * 3600.0
_DEG = 180.0 / math.pi


class Raster(NamedTuple):
    """Cells above ground, as compiled code takes them."""

    south_deg: float
    """Edge of the first row."""
    west_deg: float
    row_deg: float
    column_deg: float
    n_rows: int
    n_columns: int
    cyclic: bool
    depth_m: float


def raster_of(grid: LatLonGrid, depth_m: float) -> Raster:
    """Return the cells of a grid up to a height above ground."""
    return Raster(
        float(grid.first_latitude - 0.5 * grid.latitude_step),
        float(grid.first_longitude - 0.5 * grid.longitude_step),
        float(grid.latitude_step),
        float(grid.longitude_step),
        int(grid.n_latitude),
        int(grid.n_longitude),
        bool(grid.cyclic),
        float(depth_m),
    )


@kernel
def deposit(
    sums: tuple[IntArray, IntArray],
    particles: Particles,
    sample: IntArray,
    raster: Raster,
    ends: tuple[float, float, bool, bool],
) -> None:
    """Add what particles leave at the end of a step.

    Parameters
    ----------
    sums : tuple of ndarray, shape (n_samples, n_cells)
        Of the interval in which the step lay, and of that in which the next one will.
    sample : ndarray of int, shape (n,)
        To which each particle belongs.
    ends : tuple
        Time at the end of the step, length of the next step (0 after the last), whether both
        intervals are one, and whether residence is weighted by the ratio of densities.
    """
    now, later = sums
    for i in range(particles.eta.shape[0]):
        if particles.state[i] != CARRIED or particles.height_m[i] > raster.depth_m:
            continue
        ratio = particles.first_density_kg_m3[i] / particles.density_kg_m3[i]
        ratio = (ratio if ends[3] else 1.0) * particles.kept[i]
        old = abs(ends[0] - particles.start_s[i]) >= OWN_CELL_S
        before = 0.5 * abs(particles.step_s[i]) * ratio
        after = 0.5 * abs(ends[1]) * ratio
        if ends[2]:
            _add(now, sample[i], particles, raster, (i, before + after, old))
        else:
            _add(now, sample[i], particles, raster, (i, before, old))
            _add(later, sample[i], particles, raster, (i, after, old))


@kernel
def deposit_first(
    sums: IntArray, particles: Particles, sample: IntArray, raster: Raster, step: Step
) -> None:
    """Add what the particles that begin in a step leave where they do, before the step."""
    end = step.time_s + step.dt_s
    back = step.dt_s < 0.0
    for i in range(particles.eta.shape[0]):
        if begins_in(particles, step, i) and particles.height_m[i] <= raster.depth_m:
            start = particles.start_s[i]
            start = min(start, step.time_s) if back else max(start, step.time_s)
            _add(sums, sample[i], particles, raster, (i, 0.5 * abs(end - start), False))


@inline
def _add(
    sums: IntArray,
    sample: int,
    particles: Particles,
    raster: Raster,
    what: tuple[int, float, bool],
) -> None:
    i, seconds, old = what
    x, y, z = particles.place[i, 0], particles.place[i, 1], particles.place[i, 2]
    latitude = angle(z, math.sqrt(x * x + y * y)) * _DEG
    fy = (latitude - raster.south_deg) / raster.row_deg
    fx = (angle(y, x) * _DEG - raster.west_deg) / raster.column_deg
    turn = 360.0 / raster.column_deg
    fx -= turn * np.floor(fx / turn)
    row = int(np.floor(fy))
    column = int(fx)
    if raster.cyclic:
        column = min(column, raster.n_columns - 1)
    if row < 0 or row >= raster.n_rows or column >= raster.n_columns:
        return
    wide = old and abs(latitude) <= CARTESIAN_FROM_DEG
    (side, own), (over, low) = _shares(fx - column, wide), _shares(fy - row, wide)
    neighbour = column + side
    if raster.cyclic:
        neighbour = (neighbour + raster.n_columns) % raster.n_columns
    elif neighbour < 0 or neighbour >= raster.n_columns:
        neighbour, own = column, 1.0
    above = row + over
    if above < 0 or above >= raster.n_rows:
        above, low = row, 1.0
    counts = seconds / UNIT_S
    cells, n = sums[sample], raster.n_columns
    cells[row * n + column] += np.int64(counts * own * low + 0.5)
    if wide:
        cells[row * n + neighbour] += np.int64(counts * (1.0 - own) * low + 0.5)
        cells[above * n + column] += np.int64(counts * own * (1.0 - low) + 0.5)
        cells[above * n + neighbour] += np.int64(counts * (1.0 - own) * (1.0 - low) + 0.5)


@inline
def _shares(way: float, wide: bool) -> tuple[int, float]:
    """Return the side to which the box reaches, and the share of the own cell."""
    if not wide:
        return 0, 1.0
    return (-1, 0.5 + way) if way < 0.5 else (1, 1.5 - way)
