"""Which grid the positions lie on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError
from vigie.records import LatLonGrid, global_grid

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.srm._header import Header
    from vigie.formats.srm._rows import RowIssues, Rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_PRINTED_DEG = 0.0051
"""Positions have two decimals: 0.125 is printed as 0.12 or 0.13."""
_MOST_OFF = 0.1
"""Share of rows off the grid above which the grid is wrong, not the rows."""


def grid_of(header: Header, table: FloatArray, log: IssueLog, *, corner: bool) -> LatLonGrid | None:
    """Return the grid; None, with an issue, where the header's does not fit the rows.

    Without a region in the header it is that of the whole Earth, so that the files of all
    stations of a centre share their cells.
    """
    shift = 0.5 if corner else 0.0
    try:
        if header.region is not None:
            west, south, columns, rows = header.region
            grid = LatLonGrid(
                first_latitude=_clean(south + shift * header.dy),
                latitude_step=header.dy,
                n_latitude=rows,
                first_longitude=_clean(west + shift * header.dx),
                longitude_step=header.dx,
                n_longitude=columns,
            )
        else:
            grid = global_grid(
                header.dy,
                header.dx,
                latitude_phase=_phase(table[:, 0], header.dy) + shift * header.dy,
                longitude_phase=_phase(table[:, 1], header.dx) + shift * header.dx,
            )
    except ParameterError as error:
        text = f"{error.params['name']} {error.params['value']}"
        expected = f"{error.params['expected']}; check dx, dy and the region in the header"
        log.bad_record("header", field_name="grid", text=text, expected=expected)
        return None
    off = np.count_nonzero(~_fits(table, grid, shift))
    if off > _MOST_OFF * len(table):
        text = f"{header.dx:g} x {header.dy:g} deg"
        expected = f"the grid of the rows: {off} of {len(table)} do not lie on it. Mend the header"
        log.bad_record("header", field_name="grid", text=text, expected=expected)
        return None
    return grid


def on_lattice(
    rows: Rows, grid: LatLonGrid, shift: float, issues: RowIssues
) -> tuple[Rows, IntArray]:
    """Return the rows on the grid and their cells; the others are told."""
    good = _fits(rows.table, grid, shift)
    for line in rows.line[~good].tolist():
        issues.bad(line, "position", rows.text_of(line), "a position on the grid of the file")
    rows = rows.only(good)
    return rows, _cells(rows.table, grid, shift)


def _cells(table: FloatArray, grid: LatLonGrid, shift: float) -> IntArray:
    return grid.cells_at(
        table[:, 0] + shift * grid.latitude_step, table[:, 1] + shift * grid.longitude_step
    )


def _fits(table: FloatArray, grid: LatLonGrid, shift: float) -> NDArray[np.bool_]:
    cell = _cells(table, grid, shift)
    latitude, longitude = grid.centres(np.maximum(cell, 0))
    north = np.abs(table[:, 0] + shift * grid.latitude_step - latitude)
    east = np.mod(table[:, 1] + shift * grid.longitude_step - longitude + 180.0, 360.0) - 180.0
    fits = (north <= _slack(grid.latitude_step)) & (np.abs(east) <= _slack(grid.longitude_step))
    return np.asarray((cell >= 0) & fits)


def _slack(step: float) -> float:
    return min(_PRINTED_DEG, 0.3 * step)


def _phase(positions: FloatArray, step: float) -> float:
    """Return a position of the grid between 0 and a step: that of most rows."""
    if not len(positions):
        return 0.0
    beyond = np.round(np.mod(positions, step), 3)
    beyond[np.abs(beyond - step) < 1e-3] = 0.0
    phases, counts = np.unique(beyond, return_counts=True)
    usual = float(phases[int(np.argmax(counts))])
    # Rounded to two decimals half a step may look like something else.
    for exact in (0.0, 0.5 * step, step):
        if abs(usual - exact) <= _slack(step):
            return exact % step
    return usual


def _clean(degrees: float) -> float:
    return round(degrees, 9) + 0.0
