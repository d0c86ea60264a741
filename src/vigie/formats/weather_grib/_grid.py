"""The grid of a message: positions, and the order in which its values stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.formats.weather_grid import FloatArray

if TYPE_CHECKING:
    from vigie.formats.weather_grib._library import Handle

_MOST_POINTS = 30_000_000
"""0.05 deg around the globe has 2.6e7."""
_PLAIN = {"regular_ll", "regular_gg"}
_NODES = {
    "lambert",
    "polar_stereographic",
    "mercator",
    "rotated_ll",
    "lambert_azimuthal_equal_area",
}
_REFUSED = {
    "sh": "spherical harmonics; make it a grid (cdo sp2gpl, or order it as one)",
    "reduced_gg": "a reduced Gaussian grid; make it regular (cdo setgridtype,regular)",
    "reduced_ll": "a reduced grid; make it regular (cdo setgridtype,regular)",
}


class RefusedError(Exception):
    """A message is sound or not, but cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Positions in the order of the file, and how its values are laid out."""

    latitude: FloatArray
    longitude: FloatArray
    n_rows: int
    n_columns: int
    column_first: bool
    """Values run along a column (meridian) first."""
    alternating: bool
    """Every other line of values runs back."""
    turned_winds: bool
    """Winds are along the axes of the grid."""
    left: bool = False
    """Columns run against the x axis along which winds are counted."""

    def laid_out(self, values: FloatArray) -> FloatArray:
        """Return values as rows and columns.

        Raises
        ------
        RefusedError
            There are more or fewer than the grid has.
        """
        if values.size != self.n_rows * self.n_columns:
            text = f"{values.size} values for {self.n_rows} rows of {self.n_columns}"
            raise RefusedError(text)
        if not self.column_first:
            field = values.reshape(self.n_rows, self.n_columns)
        else:
            field = values.reshape(self.n_columns, self.n_rows)
        if self.alternating:
            field = field.copy()
            field[1::2] = field[1::2, ::-1]
        return field.T if self.column_first else field


def grid_of(handle: Handle) -> Grid:
    """Return the grid of a message.

    Raises
    ------
    RefusedError
        It is of a kind that is not read, or makes no sense.
    """
    kind = handle.text("gridType")
    if kind in _REFUSED:
        raise RefusedError(_REFUSED[kind])
    if kind not in _PLAIN | _NODES:
        raise RefusedError(f"a grid of kind {kind or 'unknown'}; make it regular (cdo remapbil)")
    n_rows, n_columns = _counts(handle)
    layout = {
        "column_first": bool(handle.whole("jPointsAreConsecutive")),
        "alternating": bool(handle.whole("alternativeRowScanning")),
    }
    if kind in _NODES:
        return _projected(handle, kind, n_rows, n_columns, layout)
    longitude = _longitudes(handle, n_columns)
    latitude = _latitudes(handle, kind, n_rows)
    if not (np.isfinite(latitude).all() and np.isfinite(longitude).all()):
        raise RefusedError("a grid without positions")
    return Grid(latitude, longitude, n_rows, n_columns, **layout, turned_winds=False)


def _counts(handle: Handle) -> tuple[int, int]:
    n_rows = handle.whole("Nj") or handle.whole("Ny")
    n_columns = handle.whole("Ni") or handle.whole("Nx")
    if n_rows < 2 or n_columns < 2 or n_rows * n_columns > _MOST_POINTS:
        raise RefusedError(f"a grid of {n_rows} rows and {n_columns} columns")
    if (stated := handle.whole("numberOfDataPoints", -1)) not in {-1, n_rows * n_columns}:
        raise RefusedError(f"{stated} points for {n_rows} rows of {n_columns}")
    return n_rows, n_columns


def _longitudes(handle: Handle, n: int) -> FloatArray:
    first = handle.real("longitudeOfFirstGridPointInDegrees")
    last = handle.real("longitudeOfLastGridPointInDegrees")
    back = bool(handle.whole("iScansNegatively"))
    if not np.isfinite(first + last):
        raise RefusedError("a grid without positions")
    span = (first - last) % 360.0 if back else (last - first) % 360.0
    # A repeated meridian: 0 to 360 is a turn, not nothing.
    span = 360.0 if span < 1e-9 else span
    step = span / (n - 1)
    # Positions are rounded to 0.001 deg (edition 1): all around, the step is known better.
    if abs(step * n - 360.0) < 0.002 * n and abs(span - 360.0 + step) < 0.01:
        step = 360.0 / n
    return np.asarray(first + (-step if back else step) * np.arange(n))


def _latitudes(handle: Handle, kind: str, n: int) -> FloatArray:
    first = handle.real("latitudeOfFirstGridPointInDegrees")
    last = handle.real("latitudeOfLastGridPointInDegrees")
    if kind == "regular_ll":
        return np.asarray(np.linspace(first, last, n))
    n_half = handle.whole("N")
    if not 1 <= n_half <= 4000:
        raise RefusedError(f"a Gaussian grid of number {n_half}")
    roots = np.degrees(np.arcsin(np.polynomial.legendre.leggauss(2 * n_half)[0]))
    if first > last:
        roots = roots[::-1]
    begin = int(np.argmin(np.abs(roots - first)))
    chosen = roots[begin : begin + n]
    if len(chosen) != n or abs(chosen[0] - first) > 0.01 or abs(chosen[-1] - last) > 0.01:
        raise RefusedError(f"latitudes {first:g} to {last:g} that are not Gaussian ({n_half})")
    return np.asarray(chosen)


def _projected(
    handle: Handle, kind: str, n_rows: int, n_columns: int, layout: dict[str, bool]
) -> Grid:
    if layout["alternating"] or layout["column_first"]:
        raise RefusedError(f"a {kind} grid in an unusual order; rewrite it (cdo copy)")
    positions = [handle.array(key) for key in ("latitudes", "longitudes")]
    if any(one.size != n_rows * n_columns for one in positions):
        raise RefusedError(f"a {kind} grid without positions")
    latitude, longitude = (one.reshape(n_rows, n_columns) for one in positions)
    if not (np.isfinite(latitude).all() and np.isfinite(longitude).all()):
        raise RefusedError(f"a {kind} grid without positions")
    return Grid(
        latitude,
        longitude,
        n_rows,
        n_columns,
        **layout,
        turned_winds=bool(handle.whole("uvRelativeToGrid")),
        left=bool(handle.whole("iScansNegatively")),
    )
