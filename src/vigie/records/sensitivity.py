"""Source-receptor sensitivity: what one becquerel released anywhere would give in one sample."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records.lat_lon_grid import LatLonGrid

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
StepArray = NDArray[np.int32]
CellArray = NDArray[np.int64]

_LONGEST_S = 3.2e9
"""Times are int64 nanoseconds."""
_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sensitivity:
    """M of one sample, c = sum of M S: columns of shape (n,), a row per cell and step not 0.

    Steps count back from the end of the collection: step k covers (stop - (k+1) step_s,
    stop - k step_s]. What has no row is 0. Values hold no decay. Two records are compared with
    ``same_as``; ``==`` is identity.

    Raises
    ------
    ParameterError
        Columns of unlike length, not sorted by step and cell, a cell that stands twice in a
        step, a step or cell out of range, or a value that is negative or no number.
    """

    station: str
    receptor_latitude: float
    receptor_longitude: float
    collection_start_ns: int
    collection_stop_ns: int
    step_s: float
    """Length of a step, s."""
    n_steps: int
    """That were computed, those without a row included."""
    grid: LatLonGrid
    step: StepArray
    cell: CellArray
    """Numbers of the grid's cells."""
    value: FloatArray
    """M, Bq/m3 in the sample per Bq released: 1/m3."""
    spread: FloatArray | None = None
    """Standard deviation of M over the members of an ensemble, 1/m3; None where not stated."""
    released_bq: float = 1e15
    """What the values were computed, and are written, for; ``value`` is already divided by it."""
    layer_depth_m: float | None = None
    """Depth of the layer above ground in which the release is; None where not stated."""
    source: str = ""
    """Who computed it, and with which weather."""

    def __post_init__(self) -> None:
        self._check_scalars()
        for name, kind in (("step", np.int32), ("cell", np.int64), ("value", np.float64)):
            _check_column(name, getattr(self, name), len(self.step), kind)
        _check_values("value", self.value)
        if self.spread is not None:
            _check_column("spread", self.spread, len(self.step), np.float64)
            _check_values("spread", self.spread)
        _check_range("step", self.step, self.n_steps)
        _check_range("cell", self.cell, self.grid.n_cells)
        later = np.diff(self.step)
        if np.any(later < 0) or np.any(np.diff(self.cell)[later == 0] <= 0):
            raise ParameterError(
                name="step, cell", value="unsorted", expected="sorted, each cell once in a step"
            )

    def _check_scalars(self) -> None:
        if not self.collection_start_ns < self.collection_stop_ns:
            raise ParameterError(
                name="collection_stop_ns",
                value=self.collection_stop_ns,
                expected="after the start of the collection",
            )
        for name in ("step_s", "n_steps", "released_bq"):
            if not 0 < getattr(self, name) < np.inf:
                raise ParameterError(name=name, value=getattr(self, name), expected="above 0")
        if not self.n_steps * self.step_s <= _LONGEST_S:
            value = f"{self.n_steps} of {self.step_s:g} s"
            raise ParameterError(name="steps", value=value, expected="a hundred years at most")
        if self.layer_depth_m is not None and not 0 < self.layer_depth_m < np.inf:
            raise ParameterError(name="layer_depth_m", value=self.layer_depth_m, expected="above 0")
        if not (abs(self.receptor_latitude) <= 90.0 and abs(self.receptor_longitude) <= 360.0):
            raise ParameterError(
                name="receptor",
                value=f"{self.receptor_latitude} {self.receptor_longitude}",
                expected="a latitude within 90 and a longitude within 360 deg",
            )

    @property
    def n_rows(self) -> int:
        """Number of cells and steps with a value."""
        return len(self.step)

    @property
    def step_ends_ns(self) -> NDArray[np.int64]:
        """When each step ends, ns, shape (n_steps,); it began ``step_s`` before."""
        back_ns = np.rint(np.arange(self.n_steps) * (self.step_s * _NS_PER_S))
        return np.asarray(self.collection_stop_ns - back_ns.astype(np.int64))

    @property
    def simulated_from_ns(self) -> int:
        """Begin of the last (earliest) step, ns."""
        return self.collection_stop_ns - round(self.n_steps * self.step_s * _NS_PER_S)

    def matrix(self, *, spread: bool = False) -> csr_array:
        """Return M, or its spread, as a sparse matrix, steps x cells, 1/m3.

        The arrays are those of the record where their type allows: do not change them.

        Raises
        ------
        ParameterError
            The spread is asked for, and there is none.
        """
        from scipy.sparse import csr_array

        data = self._column(spread=spread)
        begins = np.searchsorted(self.step, np.arange(self.n_steps + 1))
        shape = (self.n_steps, self.grid.n_cells)
        return csr_array((data, self.cell, begins.astype(np.int64)), shape=shape)

    def dense(self, step: int, *, spread: bool = False) -> FloatArray:
        """Return M, or its spread, of one step as a map, shape (n_latitude, n_longitude), 1/m3.

        Raises
        ------
        ParameterError
            There is no such step, or no spread.
        """
        data = self._column(spread=spread)
        if not 0 <= step < self.n_steps:
            raise ParameterError(name="step", value=step, expected=f"0 to {self.n_steps - 1}")
        rows = slice(*np.searchsorted(self.step, [step, step + 1]))
        flat = np.zeros(self.grid.n_cells)
        flat[self.cell[rows]] = data[rows]
        return flat.reshape(self.grid.n_latitude, self.grid.n_longitude)

    def at(self, latitude: float, longitude: float, *, spread: bool = False) -> FloatArray:
        """Return M, or its spread, in the cell of a place for every step, shape (n_steps,), 1/m3.

        Raises
        ------
        ParameterError
            The place lies outside of the grid, or there is no spread.
        """
        cell = int(self.grid.cells_at(latitude, longitude))
        if cell < 0:
            place = f"{latitude} {longitude}"
            raise ParameterError(name="place", value=place, expected="within the grid")
        there = self.cell == cell
        values = np.zeros(self.n_steps)
        values[self.step[there]] = self._column(spread=spread)[there]
        return values

    def _column(self, *, spread: bool) -> FloatArray:
        if not spread:
            return self.value
        if self.spread is None:
            raise ParameterError(name="spread", value="none", expected="an ensemble's")
        return self.spread

    def same_as(self, other: Sensitivity) -> bool:
        """Tell whether two records hold the same values."""
        for one in fields(self):
            a, b = getattr(self, one.name), getattr(other, one.name)
            if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
                if not np.array_equal(a, b):
                    return False
            elif isinstance(a, np.ndarray) or isinstance(b, np.ndarray) or a != b:
                return False
        return True


def _check_column(name: str, column: NDArray[np.generic], n: int, kind: type[np.generic]) -> None:
    if column.shape != (n,):
        raise ParameterError(name=name, value=str(column.shape), expected=f"one row of {n}")
    if column.dtype != kind:
        raise ParameterError(name=name, value=str(column.dtype), expected=kind.__name__)


def _check_values(name: str, column: FloatArray) -> None:
    bad = ~((column >= 0.0) & (column < np.inf))
    if bad.any():
        at = int(np.argmax(bad))
        value = f"{column[at]:g} in row {at}"
        raise ParameterError(name=name, value=value, expected="numbers from 0 on")


def _check_range(name: str, column: StepArray | CellArray, end: int) -> None:
    if len(column) and not (column.min() >= 0 and column.max() < end):
        value = f"{column.min()} to {column.max()}"
        raise ParameterError(name=name, value=value, expected=f"from 0 to {end - 1}")
