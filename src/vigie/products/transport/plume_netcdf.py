"""Plumes to netCDF-4 by the CF conventions 1.11: concentrations by release, time and place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vigie import __version__
from vigie.errors import MissingLibraryError
from vigie.records import NS_PER_S, LatLonGrid, format_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.products.transport.plume_view import PlumeView

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def plumes_netcdf(views: Sequence[PlumeView], *, command: str = "") -> bytes:
    """Return a file of plumes that were followed together: one grid, the same intervals.

    Only the rows and columns that some plume reaches are in it.

    Raises
    ------
    MissingLibraryError
        netCDF4 is not installed.
    """
    try:
        import netCDF4
    except ImportError as error:
        raise MissingLibraryError(
            what="writing plumes", library="netCDF4", extra="weather"
        ) from error
    rows, columns = _used(views)
    file: Any = netCDF4.Dataset("plumes", "w", memory=1 << 16, format="NETCDF4")
    file.Conventions = "CF-1.11"
    file.title = "Concentrations of releases that were followed through the weather"
    file.source = f"vigie {__version__}"
    if command:
        file.history = command
    _coordinates(file, views[0], rows, columns)
    _releases(file, views)
    _values(file, views, rows, columns)
    return bytes(file.close())


def _used(views: Sequence[PlumeView]) -> tuple[IntArray, IntArray]:
    """Return the rows, and the columns going east from the widest gap without any."""
    grid = views[0].plume.grid
    cells = np.unique(np.concatenate([one.plume.cell for one in views]))
    if not len(cells):
        cells = np.array([int(grid.cells_at(*views[0].place))])
    row, column = np.divmod(cells, grid.n_longitude)
    rows = np.arange(row.min(), row.max() + 1)
    used = np.unique(column)
    if not grid.cyclic:
        return rows, np.arange(used[0], used[-1] + 1)
    gaps = np.diff(np.concatenate([used, used[:1] + grid.n_longitude]))
    widest = int(gaps.argmax())
    start = int(used[(widest + 1) % len(used)])
    count = grid.n_longitude - int(gaps[widest]) + 1
    # From -180 to 180 where a plume does not cross the date line.
    return rows, start + np.arange(count)


def _longitudes(grid: LatLonGrid, columns: IntArray) -> FloatArray:
    centres = grid.first_longitude + grid.longitude_step * columns
    return np.asarray(centres - 360.0 * np.floor((centres[0] + 180.0) / 360.0))


def _coordinates(file: Any, view: PlumeView, rows: IntArray, columns: IntArray) -> None:  # noqa: ANN401 — netCDF4's types are of no help
    plume = view.plume
    grid, seconds = plume.grid, plume.interval_s * np.arange(plume.n_intervals + 1)
    since = format_iso(plume.start_ns).replace("T", " ").removesuffix("Z")
    latitude = grid.first_latitude + grid.latitude_step * rows
    longitude = _longitudes(grid, columns)
    wide, high = 0.5 * grid.longitude_step, 0.5 * grid.latitude_step
    ends = np.clip(np.stack([latitude - high, latitude + high], axis=1), -90.0, 90.0)
    file.createDimension("bound", 2)
    for name, values, bounds, words in (
        ("time", seconds[1:], np.stack([seconds[:-1], seconds[1:]], axis=1),
         (f"seconds since {since}", "time", "T")),
        ("latitude", latitude, ends, ("degrees_north", "latitude", "Y")),
        ("longitude", longitude, np.stack([longitude - wide, longitude + wide], axis=1),
         ("degrees_east", "longitude", "X")),
    ):  # fmt: skip
        file.createDimension(name, len(values))
        variable = file.createVariable(name, "f8", (name,))
        variable.units, variable.standard_name, variable.axis = words
        variable.bounds = f"{name}_bounds"
        variable[:] = values
        file.createVariable(f"{name}_bounds", "f8", (name, "bound"))[:] = bounds
    file["time"].calendar = "standard"
    file["time"].long_name = "end of the interval"
    height = file.createVariable("height", "f8", ())
    height.units, height.standard_name, height.positive = "m", "height", "up"
    height.bounds = "height_bounds"
    height[...] = 0.5 * plume.layer_depth_m
    file.createVariable("height_bounds", "f8", ("bound",))[:] = [0.0, plume.layer_depth_m]


def _releases(file: Any, views: Sequence[PlumeView]) -> None:  # noqa: ANN401 — as above
    file.createDimension("release", len(views))
    texts = {
        "release_name": [one.release.name for one in views],
        "nuclide": [one.nuclide for one in views],
    }
    for name, values in texts.items():
        file.createVariable(name, str, ("release",))[:] = np.array(values, dtype=object)
    numbers: dict[str, tuple[str, list[float]]] = {
        "release_latitude": ("degrees_north", [one.place[0] for one in views]),
        "release_longitude": ("degrees_east", [one.place[1] for one in views]),
        "release_low": ("m", [one.release.box.low_m for one in views]),
        "release_high": ("m", [one.release.box.high_m for one in views]),
        "released_activity": ("Bq", [one.release.amount_bq for one in views]),
        "half_life": ("s", [one.half_life_s or np.inf for one in views]),
        "lost_share": ("1", [one.plume.lost for one in views]),
        "release_start": (file["time"].units, [_since(one, one.release.start_ns) for one in views]),
        "release_stop": (file["time"].units, [_since(one, one.release.stop_ns) for one in views]),
    }
    for name, (unit, found) in numbers.items():
        variable = file.createVariable(name, "f8", ("release",))
        variable.units = unit
        variable[:] = found
    file["lost_share"].long_name = "share of the particles that left the grid of the weather"
    file["half_life"].long_name = "half-life of the nuclide, infinite where nothing decays"


def _since(view: PlumeView, time_ns: int) -> float:
    return (time_ns - view.plume.start_ns) / NS_PER_S


def _values(file: Any, views: Sequence[PlumeView], rows: IntArray, columns: IntArray) -> None:  # noqa: ANN401 — as above
    shape = (len(rows), len(columns))
    made = {
        "concentration": (("release", "time", "latitude", "longitude"), "Bq m-3"),
        "time_integrated_concentration": (("release", "latitude", "longitude"), "Bq s m-3"),
    }
    for name, (dimensions, unit) in made.items():
        chunks = (*(1,) * (len(dimensions) - 2), *shape)
        variable = file.createVariable(
            name, "f4", dimensions, zlib=True, complevel=4, shuffle=True, chunksizes=chunks
        )
        variable.units = unit
        variable.coordinates = "release_name nuclide height"
    file["concentration"].long_name = "activity concentration in air, decayed to its time"
    file["concentration"].cell_methods = "time: mean area: mean height: mean"
    total = file["time_integrated_concentration"]
    total.long_name = "activity concentration in air summed over time"
    total.cell_methods = "time: sum area: mean height: mean"
    for k, one in enumerate(views):
        for n in range(one.plume.n_intervals):
            file["concentration"][k, n] = _dense(one, one.at(n), (rows, columns))
        total[k] = _dense(one, one.total, (rows, columns))


def _dense(
    view: PlumeView, found: tuple[IntArray, FloatArray], part: tuple[IntArray, IntArray]
) -> FloatArray:
    grid, (rows, columns), (cells, values) = view.plume.grid, part, found
    row, column = np.divmod(cells, grid.n_longitude)
    out = np.zeros((len(rows), len(columns)))
    out[row - rows[0], (column - columns[0]) % grid.n_longitude] = values
    return out
