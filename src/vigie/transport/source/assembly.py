"""Sensitivities of several samples on one row of intervals and one set of cells.

What it computes: c = sum of M_k(n) S(n) D_n with the release S even within each common interval. A
step of a sample that lies partly in an interval gives it the part of M D that it overlaps, divided
by the interval's length: exact for releases that are even over the interval. Intervals that no step
of a sample reaches have 0: the sample was not asked. Spreads are joined as sums (upper bound).
Cost: 0.1 s for two files of 5e5 rows together, 48,521 cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import LatLonGrid
from vigie.transport.sample_decay import sample_decay
from vigie.transport.source.posterior import SourceMatrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

    from vigie.records import Sensitivity

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
NS_PER_S = 1e9
MOST_VALUES = 4e8
"""Of a matrix, 3.2 GB: more is asked of nobody's laptop."""
SQUARE_KM = 1e-6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Domain:
    """Where and when a release is looked for.

    Raises
    ------
    ParameterError
        Times do not rise, or there is no cell.
    """

    grid: LatLonGrid
    cells: IntArray
    """Numbers of the grid's cells, rising."""
    edges_ns: IntArray
    """Of the intervals, rising, shape (T + 1,)."""

    def __post_init__(self) -> None:
        if len(self.edges_ns) < 2 or (np.diff(self.edges_ns) <= 0).any():
            raise ParameterError(name="edges_ns", value=len(self.edges_ns), expected="two, rising")
        if not len(self.cells):
            raise ParameterError(name="cells", value=0, expected="at least one cell")


def domain_of(
    fields: Sequence[Sensitivity],
    *,
    latitudes: tuple[float, float] = (-90.0, 90.0),
    longitudes: tuple[float, float] | None = None,
    times_ns: tuple[int, int] | None = None,
    interval_s: float | None = None,
) -> Domain:
    """Return the cells of a box and intervals that sensitivities can answer.

    Parameters
    ----------
    fields : sequence of Sensitivity
        On one grid.
    latitudes : (float, float)
        South and north, deg.
    longitudes : (float, float), optional
        West and east, deg; west of 350 and east of 10 go over the meridian of Greenwich.
    times_ns : (int, int), optional
        By default from the earliest step to the last end of a collection.
    interval_s : float, optional
        By default the shortest step.

    Raises
    ------
    ParameterError
        There is no field, grids differ, or nothing is left.
    """
    if not fields or any(one.grid != fields[0].grid for one in fields):
        raise ParameterError(
            name="fields", value=len(fields), expected="at least one, all on one grid (on_grid)"
        )
    grid = fields[0].grid
    lat, lon = grid.centres(np.arange(grid.n_cells))
    inside = (lat >= latitudes[0]) & (lat <= latitudes[1])
    if longitudes is not None:
        west, east = longitudes
        inside &= np.mod(lon - west, 360.0) <= np.mod(east - west, 360.0)
    first, last = times_ns or (
        min(one.simulated_from_ns for one in fields),
        max(one.collection_stop_ns for one in fields),
    )
    step_ns = round((interval_s or min(one.step_s for one in fields)) * NS_PER_S)
    n = max((last - first + step_ns - 1) // step_ns, 1)
    # Counted back from the end, as the steps of the samples are.
    edges = last - step_ns * np.arange(n, -1, -1, dtype=np.int64)
    return Domain(grid=grid, cells=np.flatnonzero(inside), edges_ns=edges)


def source_matrix(
    fields: Sequence[Sensitivity], domain: Domain, *, nuclide: str | None = None
) -> SourceMatrix:
    """Return the sensitivities of all samples to releases in a domain.

    Parameters
    ----------
    fields : sequence of Sensitivity
        On the grid of the domain.
    domain : Domain
    nuclide : str, optional
        Whose decay is taken in; None for what does not decay.

    Raises
    ------
    ParameterError
        A field has another grid, or the matrix would not fit into the memory of a laptop.
    UnknownNuclideError
        The table does not hold the nuclide.
    """
    shape = (len(fields), len(domain.edges_ns) - 1, len(domain.cells))
    with_spread = any(one.spread is not None for one in fields)
    if float(np.prod(shape)) * (1 + with_spread) > MOST_VALUES:
        raise ParameterError(
            name="domain",
            value=" x ".join(map(str, shape)),
            expected="fewer samples, intervals or cells: crop the box, or merge steps",
        )
    sensitivity = np.zeros(shape)
    spread = np.zeros(shape) if with_spread else None
    for k, one in enumerate(fields):
        if one.grid != domain.grid:
            raise ParameterError(name="fields", value=one.station, expected="on the domain's grid")
        weights = _weights(one, domain.edges_ns, nuclide)
        sensitivity[k] = _joined(weights, one.matrix(), domain.cells)
        if spread is not None and one.spread is not None:
            spread[k] = _joined(weights, one.matrix(spread=True), domain.cells)
    areas = domain.grid.cell_areas_m2(domain.cells) * SQUARE_KM
    return SourceMatrix(sensitivity=sensitivity, spread=spread, areas_km2=areas)


def _joined(weights: csr_array, matrix: csr_array, cells: IntArray) -> FloatArray:
    return np.asarray((weights @ matrix[:, cells]).toarray())


def _weights(one: Sensitivity, edges_ns: IntArray, nuclide: str | None) -> csr_array:
    """Return what each step gives to each interval, with decay, shape (T, steps)."""
    from scipy.sparse import csr_array

    ends = one.step_ends_ns.astype(np.float64)[np.newaxis, :]
    begins = ends - one.step_s * NS_PER_S
    low = edges_ns[:-1].astype(np.float64)[:, np.newaxis]
    high = edges_ns[1:].astype(np.float64)[:, np.newaxis]
    overlap = np.clip(np.minimum(ends, high) - np.maximum(begins, low), 0.0, None)
    decay = np.ones(one.n_steps)
    if nuclide is not None:
        collection_s = (one.collection_stop_ns - one.collection_start_ns) / NS_PER_S
        decay = sample_decay(
            nuclide, collection_s=collection_s, interval_s=one.step_s, n_intervals=one.n_steps
        )
    return csr_array(overlap / (high - low) * decay)
