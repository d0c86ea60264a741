"""The grid of nodes between which the wind is interpolated, and fields brought to it.

What it does: takes the rows and columns of a weather state as they are (Gaussian latitudes are
kept), closes the columns around the Earth, and adds the poles where the rows stop short of them:
there a scalar is the mean of its nearest row, and the wind the mean of its Cartesian vectors.
A field that does not go round the Earth keeps its edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from vigie.records import WeatherState

FloatArray = NDArray[np.float64]

_SLACK_DEG = 1e-3
"""By which columns may be uneven: files hold coordinates as float32."""
_POLAR_GAP = 1.6
"""Rows that end farther from a pole than so many of their steps leave the pole out."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NodeGrid:
    """Rows of any spacing and evenly spaced columns, deg."""

    latitudes: FloatArray
    """Rising, shape (n_rows,)."""
    west_deg: float
    column_deg: float
    n_columns: int
    cyclic: bool
    added_south: bool = False
    """Whether the first row is a pole that the weather has no row for."""
    added_north: bool = False

    @property
    def n_rows(self) -> int:
        """Number of rows, poles included."""
        return len(self.latitudes)

    @property
    def longitudes(self) -> FloatArray:
        """Of the columns, deg, shape (n_columns,)."""
        return np.asarray(self.west_deg + self.column_deg * np.arange(self.n_columns))

    @property
    def n_cells_across(self) -> int:
        """Cells between the columns of one row."""
        return self.n_columns if self.cyclic else self.n_columns - 1

    @property
    def has_poles(self) -> bool:
        """Whether both poles are rows."""
        return bool(abs(self.latitudes[0]) == 90.0 and abs(self.latitudes[-1]) == 90.0)


def node_grid(state: WeatherState) -> NodeGrid:
    """Return the grid of a state's nodes.

    Raises
    ------
    ParameterError
        The grid is projected, or its columns are not evenly spaced.
    """
    if not state.rectilinear:
        expected = "a grid of latitude and longitude (bring a projected one to it first)"
        raise ParameterError(name="grid", value="projected", expected=expected)
    steps = np.diff(state.longitude)
    column = float(steps.mean())
    if np.any(np.abs(steps - column) > _SLACK_DEG):
        value = f"steps of {steps.min():g} to {steps.max():g} deg"
        raise ParameterError(name="longitude", value=value, expected="evenly spaced columns")
    n = len(state.longitude)
    cyclic = abs(n * column - 360.0) < n * _SLACK_DEG
    rows = state.latitude
    south = cyclic and -90.0 < rows[0] <= -90.0 + _POLAR_GAP * (rows[1] - rows[0])
    north = cyclic and 90.0 > rows[-1] >= 90.0 - _POLAR_GAP * (rows[-1] - rows[-2])
    return NodeGrid(
        latitudes=np.concatenate([[-90.0][: int(south)], rows, [90.0][: int(north)]]),
        west_deg=float(state.longitude[0]),
        column_deg=360.0 / n if cyclic else column,
        n_columns=n,
        cyclic=bool(cyclic),
        added_south=bool(south),
        added_north=bool(north),
    )


def with_poles(field: FloatArray, grid: NodeGrid) -> FloatArray:
    """Return a scalar field, shape (..., n_rows, n_columns), with the rows of the poles added."""
    parts = [np.asarray(field, dtype=np.float64)]
    if grid.added_south:
        parts.insert(0, np.broadcast_to(_row_mean(field, 0), parts[0][..., :1, :].shape))
    if grid.added_north:
        parts.append(np.broadcast_to(_row_mean(field, -1), parts[-1][..., -1:, :].shape))
    return np.concatenate(parts, axis=-2)


def winds_with_poles(
    east: FloatArray, north: FloatArray, grid: NodeGrid
) -> tuple[FloatArray, FloatArray]:
    """Return winds with the rows of the poles added; one vector each, told for each meridian.

    Rows at the poles that the weather has itself become one vector as well.
    """
    added_east, added_north = with_poles(east, grid), with_poles(north, grid)
    turn = np.radians(grid.longitudes)
    for row, near, sign in ((0, 1, -1.0), (-1, -2, 1.0)):
        if abs(grid.latitudes[row]) != 90.0 or not grid.cyclic:
            continue
        added = grid.added_south if row == 0 else grid.added_north
        at = near if added else row
        e, n = added_east[..., at, :], added_north[..., at, :]
        # At the north pole north is (-cos, -sin) of the longitude, at the south pole (cos, sin).
        x = np.mean(-e * np.sin(turn) - sign * n * np.cos(turn), axis=-1, keepdims=True)
        y = np.mean(e * np.cos(turn) - sign * n * np.sin(turn), axis=-1, keepdims=True)
        added_east[..., row, :] = -x * np.sin(turn) + y * np.cos(turn)
        added_north[..., row, :] = -sign * (x * np.cos(turn) + y * np.sin(turn))
    return added_east, added_north


def _row_mean(field: FloatArray, row: int) -> FloatArray:
    return np.asarray(np.mean(field[..., row : row + 1 or None, :], axis=-1, keepdims=True))
