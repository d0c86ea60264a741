"""The record to netCDF: CF 1.11, compression by gathering (section 8.2)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import UnwritableError
from vigie.formats.scipy_files import scipy_io
from vigie.records import NS_PER_S, format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import Sensitivity

GATHERED = "step latitude longitude"
VALUE, SPREAD = "source_receptor_sensitivity", "source_receptor_sensitivity_spread"
NUMBERS = ("receptor_latitude", "receptor_longitude", "step_s", "released_bq", "layer_depth_m")
"""Fields of the record that are attributes of the file."""
_MOST_CELLS = 2**31 - 1
"""Classic netCDF has no longer integers."""


def write_record(records: Sequence[Sensitivity]) -> bytes:
    """Return the file of exactly one record.

    Raises
    ------
    UnwritableError
        There is none, there are several, or steps x cells pass 2 147 483 647.
    """
    if len(records) != 1:
        what = f"{len(records)} sensitivities"
        raise UnwritableError(format="netCDF", what=what, remedy="Give it exactly one.")
    record = records[0]
    if record.n_steps * record.grid.n_cells > _MOST_CELLS:
        remedy = "Crop the grid, or write .srm."
        raise UnwritableError(format="Classic netCDF", what="so many cells", remedy=remedy)
    buffer = io.BytesIO()
    file = scipy_io().netcdf_file(buffer, "w", version=2)
    # Only the record dimension may be empty; SciPy wants it first, and writes it slowly.
    file.createDimension("row", record.n_rows or None)
    _attributes(file, record)
    _coordinates(file, record)
    _values(file, record)
    file.flush()
    data = buffer.getvalue()
    file.close()
    return data


def _attributes(file: Any, record: Sensitivity) -> None:  # noqa: ANN401 — SciPy's file has no public type
    file.Conventions = "CF-1.11"
    file.title = "Source-receptor sensitivity of one sample"
    if record.source:
        file.source = record.source.encode()
    file.station = record.station.encode()
    file.collection_start = format_iso(record.collection_start_ns)
    file.collection_stop = format_iso(record.collection_stop_ns)
    for name in NUMBERS:
        number = getattr(record, name)
        if number is not None:
            # A float of Python would become one of 32 bits.
            setattr(file, name, np.float64(number))


def _coordinates(file: Any, record: Sensitivity) -> None:  # noqa: ANN401 — as above
    grid = record.grid
    ends_s = (record.step_ends_ns - record.collection_stop_ns) / NS_PER_S
    for name, values, words in (
        ("latitude", grid.latitudes, ("degrees_north", "latitude", "Y")),
        ("longitude", grid.longitudes, ("degrees_east", "longitude", "X")),
        ("step", ends_s, (f"seconds since {_udunits(record.collection_stop_ns)}", "time", "T")),
    ):
        file.createDimension(name, len(values))
        variable = file.createVariable(name, "f8", (name,))
        variable.units, variable.standard_name, variable.axis = words
        variable[:] = values
    file.variables["step"].long_name = "end of the step; step 0 ends with the collection"
    file.variables["step"].calendar = "standard"
    file.variables["step"].bounds = "step_bounds"
    file.createDimension("bound", 2)
    bounds = file.createVariable("step_bounds", "f8", ("step", "bound"))
    bounds[:] = np.stack([ends_s - record.step_s, ends_s], axis=1)
    # Exact, where sums of steps are rounded.
    for name in ("latitude", "longitude"):
        file.variables[name].first = np.float64(getattr(grid, f"first_{name}"))
        file.variables[name].step = np.float64(getattr(grid, f"{name}_step"))


def _udunits(time_ns: int) -> str:
    return format_iso(time_ns).replace("T", " ").removesuffix("Z")


def _values(file: Any, record: Sensitivity) -> None:  # noqa: ANN401 — as above
    columns = [("row", "i4", record.step.astype(np.int64) * record.grid.n_cells + record.cell),
               (VALUE, "f8", record.value)]  # fmt: skip
    if record.spread is not None:
        columns.append((SPREAD, "f8", record.spread))
    for name, kind, values in columns:
        variable = file.createVariable(name, kind, ("row",))
        if name == "row":
            variable.compress = GATHERED
            variable.long_name = "(step * rows + row) * columns + column, from 0"
        else:
            variable.units = "m-3"
            variable.cell_methods = "step: mean area: mean"
            variable.long_name = (
                "Bq/m3 in the sample per Bq released in the cell and step, without decay"
                if name == VALUE
                else "standard deviation of the same over an ensemble"
            )
        if len(values):
            variable[: len(values)] = values
    if record.spread is not None:
        file.variables[VALUE].ancillary_variables = SPREAD
