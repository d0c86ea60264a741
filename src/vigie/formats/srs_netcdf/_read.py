"""NetCDF to the record."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from vigie.errors import VigieError
from vigie.formats.scipy_files import call_reader, scipy_io
from vigie.formats.srs_netcdf._write import GATHERED, SPREAD, VALUE
from vigie.records import LatLonGrid, Sensitivity, parse_iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.formats.base import IssueLog

_EXPECTED = "a netCDF file of the classic format (nccopy -k classic IN OUT makes one)"
_MOST_CELLS = 20_000_000
"""Along one side."""

Parts = tuple[dict[str, Any], dict[str, dict[str, Any]], dict[str, Any]]
"""Arrays and attributes of the variables; attributes of the file."""


def read_record(data: bytes, log: IssueLog) -> Sensitivity | None:
    """Return the record; None, with an issue, where something is missing or makes no sense.

    Raises
    ------
    BadRecordError
        The same, and reading is strict.
    """
    if not data.startswith((b"CDF\x01", b"CDF\x02")):
        text = data[:8].decode("latin-1")
        log.bad_record("file", field_name="mark", text=text, expected=_EXPECTED)
        return None
    parts = call_reader(lambda: _open(data), log, _EXPECTED)
    if parts is None:
        return None
    variables, attributes, _ = parts
    gathered = _text(attributes.get("row", {}).get("compress", ""))
    for name in ("latitude", "longitude", "step", "row", VALUE):
        if name not in variables:
            shown = ", ".join(variables) or "none"
            expected = f"variables latitude, longitude, step, row, {VALUE}"
            log.bad_record("file", field_name="variables", text=shown, expected=expected)
            return None
    if gathered != GATHERED:
        log.bad_record("row", field_name="compress", text=gathered, expected=repr(GATHERED))
        return None
    failure = ""
    try:
        return _record(parts)
    except VigieError as error:
        failure = str(error)
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        failure = f"{type(error).__name__}: {error}"
    expected = "a sensitivity as vigie writes it"
    log.bad_record("file", field_name="content", text=failure, expected=expected)
    return None


def _open(data: bytes) -> Parts:
    with scipy_io().netcdf_file(io.BytesIO(data), "r", mmap=False) as file:
        variables = {}
        for name, variable in file.variables.items():
            values = np.array(variable[:])
            variables[name] = values.astype(values.dtype.newbyteorder("="))
        attributes = {name: dict(one._attributes) for name, one in file.variables.items()}
        return variables, attributes, dict(file._attributes)


def _record(parts: Parts) -> Sensitivity:
    variables, attributes, said = parts
    grid = _grid(variables, attributes)
    spread = variables.get(SPREAD)
    step, cell = _positions(variables["row"], grid.n_cells)
    depth = said.get("layer_depth_m")
    return Sensitivity(
        station=_text(said["station"]),
        receptor_latitude=_number(said["receptor_latitude"]),
        receptor_longitude=_number(said["receptor_longitude"]),
        collection_start_ns=parse_iso(_text(said["collection_start"])),
        collection_stop_ns=parse_iso(_text(said["collection_stop"])),
        step_s=_number(said["step_s"]),
        n_steps=len(variables["step"]),
        grid=grid,
        step=step,
        cell=cell,
        value=variables[VALUE].astype(np.float64),
        spread=None if spread is None else spread.astype(np.float64),
        released_bq=_number(said["released_bq"]),
        layer_depth_m=None if depth is None else _number(depth),
        source=_text(said.get("source", "")),
    )


def _grid(variables: dict[str, Any], attributes: dict[str, dict[str, Any]]) -> LatLonGrid:
    first = {name: _number(attributes[name]["first"]) for name in ("latitude", "longitude")}
    step = {name: _number(attributes[name]["step"]) for name in ("latitude", "longitude")}
    n = {name: len(variables[name]) for name in ("latitude", "longitude")}
    for name, count in n.items():
        expected = first[name] + step[name] * np.arange(min(count, _MOST_CELLS))
        if not np.allclose(variables[name], expected, rtol=0.0, atol=1e-6):
            raise ValueError(f"{name}: not evenly spaced from {first[name]:g} by {step[name]:g}")
    return LatLonGrid(
        first_latitude=first["latitude"],
        latitude_step=step["latitude"],
        n_latitude=n["latitude"],
        first_longitude=first["longitude"],
        longitude_step=step["longitude"],
        n_longitude=n["longitude"],
    )


def _positions(row: NDArray[Any], n_cells: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    if row.dtype.kind != "i" or row.ndim != 1:
        raise ValueError(f"row: {row.ndim} dimensions of {row.dtype}, not integers")
    step, cell = np.divmod(row.astype(np.int64), n_cells)
    return step.astype(np.int32), cell


def _number(value: Any) -> float:  # noqa: ANN401 — whatever an attribute is
    return float(np.asarray(value, dtype=np.float64).reshape(()))


def _text(value: Any) -> str:  # noqa: ANN401 — as above
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)
