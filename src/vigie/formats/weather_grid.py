"""The grid of a weather file, and how its fields are turned: rows north, columns east."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

FloatArray = NDArray[np.float64]
FieldArray = NDArray[np.float32]
IndexArray = NDArray[np.intp]

_SAME_DEG = 1e-4
_NOTICE = "weather.turned"


@dataclass(frozen=True, slots=True)
class Orientation:
    """Which rows and columns of a file become those of the record."""

    latitude: FloatArray
    longitude: FloatArray
    rows: IndexArray
    columns: IndexArray
    n_rows_read: int
    n_columns_read: int

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns of the record."""
        return len(self.rows), len(self.columns)

    def apply(self, values: NDArray[np.floating]) -> FieldArray:
        """Return a field whose last two dimensions are rows and columns as the record has it."""
        turned = values[..., self.rows, :][..., self.columns]
        return np.ascontiguousarray(turned, dtype=np.float32)


def orientation_of(
    latitude: FloatArray, longitude: FloatArray, log: IssueLog
) -> Orientation | None:
    """Return how a grid is to be turned; None, with an issue, where it is no grid.

    Parameters
    ----------
    latitude, longitude : ndarray
        Of rows and columns, deg; or both of all nodes, two-dimensional.
    log : IssueLog

    Raises
    ------
    BadRecordError
        It is no grid, and reading is strict.
    """
    if not (np.isfinite(latitude).all() and np.isfinite(longitude).all()):
        _bad(log, "positions that are no numbers", "finite latitudes and longitudes")
        return None
    if latitude.size and (np.abs(latitude).max() > 90.001 or np.abs(longitude).max() > 720.0):
        shown = f"latitudes to {np.abs(latitude).max():g}, longitudes to "
        shown += f"{np.abs(longitude).max():g}"
        _bad(log, shown, "degrees")
        return None
    if latitude.ndim == 2:
        return _of_nodes(latitude, longitude, log)
    latitude = np.clip(latitude, -90.0, 90.0)
    rows = np.argsort(latitude, kind="stable")
    columns, turned = _columns(longitude, log)
    latitude = latitude[rows]
    if len(rows) < 2 or len(columns) < 2 or np.any(np.diff(latitude) <= 0.0):
        shown = f"{len(rows)} rows, {len(columns)} columns, or a latitude twice"
        _bad(log, shown, "two or more different latitudes and longitudes")
        return None
    return Orientation(latitude, turned, rows, columns, len(rows), len(longitude))


def _of_nodes(latitude: FloatArray, longitude: FloatArray, log: IssueLog) -> Orientation | None:
    if latitude.shape != longitude.shape or min(latitude.shape) < 2:
        _bad(log, f"{latitude.shape}, {longitude.shape}", "two or more rows and columns")
        return None
    rows, columns = (np.arange(n, dtype=np.intp) for n in latitude.shape)
    if latitude[-1].mean() < latitude[0].mean():
        rows = rows[::-1]
    east = np.mod(longitude[:, 1:] - longitude[:, :-1] + 180.0, 360.0) - 180.0
    if east.mean() < 0.0:
        columns = columns[::-1]
    turned = [positions[rows][:, columns].copy() for positions in (latitude, longitude)]
    return Orientation(turned[0], turned[1], rows, columns, *latitude.shape)


def _columns(longitude: FloatArray, log: IssueLog) -> tuple[IndexArray, FloatArray]:
    """Return columns in eastward order, each once, and their rising longitudes.

    A grid all around begins with its smallest longitude, another one behind its gap.
    """
    order = np.argsort(longitude, kind="stable")
    placed = longitude[order]
    kept = np.ones(len(placed), bool)
    if len(placed) > 1:
        # The same meridian again, as 0 and 360 or -180 and 180: the first of them stays.
        turn = np.mod(placed - placed[0] + _SAME_DEG, 360.0)
        by_turn = np.argsort(turn, kind="stable")
        again = np.diff(turn[by_turn]) < 2.0 * _SAME_DEG
        kept[np.maximum(by_turn[1:], by_turn[:-1])[again]] = False
    if not kept.all():
        shown = ", ".join(f"{x:g}" for x in placed[~kept][:4])
        text = f"the column at {shown} deg repeats another; dropped"
        log.notice("longitude", _NOTICE, text, columns=shown)
    order, placed = order[kept], placed[kept]
    if len(placed) < 2:
        return order, placed
    gaps = np.diff(placed)
    widest = int(np.argmax(gaps))
    if gaps[widest] > placed[0] + 360.0 - placed[-1] + _SAME_DEG:
        order, placed = np.roll(order, -widest - 1), np.roll(placed, -widest - 1)
        placed = np.concatenate([placed[: len(placed) - widest - 1] - 360.0,
                                 placed[len(placed) - widest - 1 :]])  # fmt: skip
    return order, placed


def _bad(log: IssueLog, text: str, expected: str) -> None:
    log.bad_record("file", field_name="grid", text=text, expected=expected)


def rotated_to_east(
    along_x: FloatArray, along_y: FloatArray, latitude: FloatArray, longitude: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return winds toward east and north from winds along the rows and columns of a grid.

    Parameters
    ----------
    along_x, along_y : ndarray
        Shape (..., n_rows, n_columns): toward higher columns, and to the left of that.
    latitude, longitude : ndarray
        Of the nodes, deg, shape (n_rows, n_columns). The axes of the grid must be at right
        angles, as those of conformal and rotated grids are.

    Notes
    -----
    The direction of the x axis is the difference of neighbouring nodes as vectors, so that the
    poles and the date line are nothing special: its error grows with the square of the spacing.
    """
    lat, lon = np.radians(latitude), np.radians(longitude)
    nodes = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    step = np.gradient(nodes, axis=2, edge_order=2 if nodes.shape[2] > 2 else 1)
    east = -np.sin(lon) * step[0] + np.cos(lon) * step[1]
    north = -np.sin(lat) * (np.cos(lon) * step[0] + np.sin(lon) * step[1]) + np.cos(lat) * step[2]
    angle = np.arctan2(north, east)
    cosine, sine = np.cos(angle), np.sin(angle)
    return along_x * cosine - along_y * sine, along_x * sine + along_y * cosine
