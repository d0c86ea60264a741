"""The record to a file."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import UnwritableError
from vigie.file_text import utf8
from vigie.formats.srm._options import MARK, is_usual
from vigie.records import NS_PER_S, global_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.formats.srm._options import SrmOptions
    from vigie.records import LatLonGrid, Sensitivity

FloatArray = NDArray[np.float64]

_TITLE = "SRM text"
_NS_PER_H = 3600 * NS_PER_S
_LARGEST = 1e99
"""Of values: beyond it Fortran prints stars."""


def write_sensitivities(
    records: Sequence[Sensitivity], options: SrmOptions, *, compress: bool
) -> bytes:
    """Return the file of exactly one record; values have eight digits.

    Raises
    ------
    UnwritableError
        There is none, there are several, the collection does not begin and end at full hours,
        or the name of the station has a quotation mark or line end.
    """
    if len(records) != 1:
        what = f"{len(records)} sensitivities"
        raise UnwritableError(format=_TITLE, what=what, remedy="Give it exactly one.")
    record = records[0]
    data = (_header(record, options) + "\n").encode() + _rows(record, options)
    return gzip.compress(data, 6, mtime=0) if compress else data


def positions_decide(record: Sensitivity, options: SrmOptions) -> bool:
    """Tell whether a written file shows which of its numbers is the longitude."""
    _, longitude = record.grid.centres(record.cell)
    return bool((np.abs(_turned(longitude, options)) > 90.0).any())


def base_decides(record: Sensitivity, options: SrmOptions) -> bool:
    """Tell whether a written file shows the number of its first step."""
    step = 0 if options.base != "1" else record.n_steps - 1
    return not record.n_rows or bool((record.step == step).any())


def _header(record: Sensitivity, options: SrmOptions) -> str:
    if any(mark in record.station for mark in '"\r\n') or not record.station.strip():
        what = f"a station named {record.station!r}"
        raise UnwritableError(format=_TITLE, what=what, remedy="Give it a plain name.")
    place = (_plain(record.receptor_latitude), _plain(record.receptor_longitude))
    order = options.header_order if options.header_order != "auto" else options.order
    grid = record.grid
    fields = [
        *(place[::-1] if order == "lon_lat" else place),
        _hour(record.collection_start_ns),
        _hour(record.collection_stop_ns),
        f"{record.released_bq:.5E}",
        _plain(record.n_steps * record.step_s / 3600.0),
        *[_plain(record.step_s / 3600.0)] * 2,
        _plain(grid.longitude_step),
        _plain(grid.latitude_step),
        f'"{record.station}"',
    ]
    if not _is_global(grid):
        shift = 0.5 if options.cell == "corner" else 0.0
        fields += [_plain(round(grid.first_longitude - shift * grid.longitude_step, 9)),
                   _plain(round(grid.first_latitude - shift * grid.latitude_step, 9)),
                   str(grid.n_longitude), str(grid.n_latitude)]  # fmt: skip
    return " ".join(fields) + (MARK if is_usual(options) else "")


def _is_global(grid: LatLonGrid) -> bool:
    """Tell whether a reader finds the grid from its steps and any of its rows."""
    half = (0.0, 0.5)
    steps = grid.latitude_step, grid.longitude_step
    return any(
        grid
        == global_grid(*steps, latitude_phase=north * steps[0], longitude_phase=east * steps[1])
        for north in half
        for east in half
    )


def _hour(time_ns: int) -> str:
    if time_ns % _NS_PER_H:
        raise UnwritableError(
            format=_TITLE,
            what="a collection that does not begin and end at full hours",
            remedy="Write netCDF (srs_netcdf).",
        )
    return datetime.fromtimestamp(time_ns // NS_PER_S, UTC).strftime("%Y%m%d %H")


def _plain(number: float) -> str:
    """Return a number with as few digits as lose nothing, and no exponent."""
    return np.format_float_positional(number, trim="-")


def _rows(record: Sensitivity, options: SrmOptions) -> bytes:
    latitude, longitude = record.grid.centres(record.cell)
    if options.cell == "corner":
        latitude = latitude - 0.5 * record.grid.latitude_step
        longitude = longitude - 0.5 * record.grid.longitude_step
        if (latitude < -90.0).any():
            remedy = "Write their centres (cell=centre)."
            raise UnwritableError(format=_TITLE, what="corners beyond a pole", remedy=remedy)
    positions = [latitude, _turned(longitude, options)]
    if options.order == "lon_lat":
        positions.reverse()
    step = record.step.astype(np.float64) + (1 if options.base == "1" else 0)
    columns = [*positions, step, record.value * record.released_bq]
    form = "%9.{0}f %9.{0}f %5d %14.7E".format(_decimals(record.grid, options))
    if record.spread is not None and options.fifth != "ignore":
        columns.append(record.spread * record.released_bq)
        form += " %14.7E"
    if any(len(c) and c.max() >= _LARGEST for c in columns[3:]):
        remedy = "Choose a smaller released amount, or write netCDF (srs_netcdf)."
        raise UnwritableError(format=_TITLE, what="values beyond 1e99", remedy=remedy)
    buffer = io.StringIO()
    line = form + "\n"
    for row in zip(*(column.tolist() for column in columns), strict=True):
        buffer.write(line % row)
    return utf8(buffer.getvalue())


def _decimals(grid: LatLonGrid, options: SrmOptions) -> int:
    """Return 2, or as many decimals as the positions of the grid need."""
    shift = 0.5 if options.cell == "corner" else 0.0
    numbers = [grid.latitude_step, grid.longitude_step,
               grid.first_latitude - shift * grid.latitude_step,
               grid.first_longitude - shift * grid.longitude_step]  # fmt: skip
    return next((n for n in (2, 3) if all(abs(x - round(x, n)) < 1e-9 for x in numbers)), 4)


def _turned(longitude: FloatArray, options: SrmOptions) -> FloatArray:
    if options.longitudes == "180":
        return np.asarray(np.mod(longitude + 180.0, 360.0) - 180.0)
    return np.asarray(np.mod(longitude, 360.0))
