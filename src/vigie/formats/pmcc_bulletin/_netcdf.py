"""Bulletins as netCDF (classic): a variable per column along the dimension ``row``."""

from __future__ import annotations

import io
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vigie.formats.pmcc_bulletin._columns import COLUMNS, KEYS, NUMBERS, TEXTS
from vigie.formats.pmcc_bulletin._products import is_product, rows_of_product
from vigie.formats.pmcc_bulletin._rows import Row
from vigie.formats.pmcc_bulletin._stations import station_of_file
from vigie.formats.pmcc_bulletin._table import Table, double_datenum, table_of
from vigie.formats.scipy_files import call_reader, scipy_io

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.formats.base import IssueLog, Source
    from vigie.records import Detection

MARKS = (b"CDF\x01", b"CDF\x02")
_EXPECTED = "a netCDF file of the classic format (nccopy -k classic IN OUT makes one)"
_ROW = "row"
_TITLE = "PMCC bulletin of infrasound detections: 16 columns, a variable each"


def is_netcdf_bulletin(head: bytes) -> bool:
    """Tell whether a classic netCDF file names the variables of a bulletin or of BGR's products."""
    ours = KEYS[0].encode() in head and KEYS[2].encode() in head
    return head.startswith(MARKS) and (ours or is_product(head))


def read_netcdf(source: Source, log: IssueLog) -> Iterator[Row]:
    """Yield the rows.

    Raises
    ------
    BadRecordError
        Something is wrong, and reading is strict.
    """
    content = _content(source.data, log)
    if content is None:
        return
    variables, attributes = content
    if is_product(b" ".join(name.encode() for name in variables)):
        yield from rows_of_product(variables, attributes, source.name, log)
        return
    start = variables.get(KEYS[0])
    if start is None or start.ndim != 1 or start.dtype.kind not in "fiu":
        shown = ", ".join(variables) or "none"
        expected = f"variables {', '.join(KEYS)}, each along {_ROW}"
        log.bad_record("file", field_name="variables", text=shown, expected=expected)
        return
    n_rows = len(start)
    numbers = {
        name: column
        for name in (*KEYS, *NUMBERS)
        if (column := _numbers(name, variables, n_rows, log)) is not None
    }
    texts = {
        name: letters
        for name in TEXTS
        if (letters := _texts(name, variables, n_rows, log)) is not None
    }
    stations = texts.pop("station", None)
    if stations is None and n_rows:
        stations = [station_of_file(source.name, log)] * n_rows
    for k in range(n_rows):
        first = numbers[KEYS[0]][k]
        yield Row(
            f"{_ROW} {k + 1}",
            (stations or [""])[k],
            Decimal(first) if math.isfinite(first) else None,
            {n: numbers[n][k] for n in KEYS[1:] if n in numbers and not math.isnan(numbers[n][k])},
            {name: column[k] for name, column in texts.items()},
            {name: numbers[name][k] for name in NUMBERS if name in numbers},
        )


def write_netcdf(detections: Sequence[Detection]) -> bytes:
    """Return the file."""
    table = table_of(detections, double_datenum)
    buffer = io.BytesIO()
    file = scipy_io().netcdf_file(buffer, "w")
    file.title = _TITLE
    # The record dimension: a list may be empty.
    file.createDimension(_ROW, None)
    _put_numbers(file, table)
    for name, column in {"station": list(table.stations), **table.texts}.items():
        _put_texts(file, name, column)
    file.flush()
    data = buffer.getvalue()
    file.close()
    return data


def _put_numbers(file: Any, table: Table) -> None:  # noqa: ANN401 — SciPy's file has no public type
    columns = [[float(start) for start in table.starts], *zip(*table.values, strict=True)]
    for number, column in enumerate(COLUMNS, 1):
        variable = file.createVariable(column.key, "f8", (_ROW,))
        variable.units, variable.long_name, variable.column = column.unit, column.title, number
        if table.starts:
            variable[: len(table.starts)] = columns[number - 1]
    for name, values in table.numbers.items():
        file.createVariable(name, "f8", (_ROW,))[: len(values)] = values


def _put_texts(file: Any, name: str, column: list[str]) -> None:  # noqa: ANN401 — as above
    import numpy as np

    coded = [text.encode() for text in column]
    width = max((len(text) for text in coded), default=0) or 1
    file.createDimension(f"length_of_{name}", width)
    variable = file.createVariable(name, "S1", (_ROW, f"length_of_{name}"))
    if column:
        padded = b"".join(text.ljust(width) for text in coded)
        variable[: len(column)] = np.frombuffer(padded, dtype="S1").reshape(len(column), width)


def _content(data: bytes, log: IssueLog) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return all variables as arrays, and the attributes of the file."""
    if not data.startswith(MARKS):
        shown = data[:8].decode("latin-1")
        log.bad_record("file", field_name="mark", text=shown, expected=_EXPECTED)
        return None
    return call_reader(lambda: _open(data), log, _EXPECTED)


def _open(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    import numpy as np

    with scipy_io().netcdf_file(io.BytesIO(data), "r", mmap=False, maskandscale=True) as file:
        variables = {}
        for name, variable in file.variables.items():
            values = variable[:]
            if isinstance(values, np.ma.MaskedArray):
                values = np.ma.filled(values.astype(np.float64), np.nan)
            variables[name] = np.array(values)
        return variables, dict(file._attributes)


def _numbers(
    name: str, variables: dict[str, Any], n_rows: int, log: IssueLog
) -> list[float] | None:
    values = variables.get(name)
    if values is None:
        return None
    if values.dtype.kind not in "fiu" or values.shape != (n_rows,):
        _wrong(name, values, f"{n_rows} numbers", log)
        return None
    return [float(value) for value in values.tolist()]


def _texts(name: str, variables: dict[str, Any], n_rows: int, log: IssueLog) -> list[str] | None:
    values = variables.get(name)
    if values is None:
        return None
    if values.dtype.kind != "S" or values.ndim != 2 or len(values) != n_rows:
        _wrong(name, values, f"{n_rows} texts", log)
        return None
    return [
        b"".join(row).decode("utf-8", errors="replace").replace("\x00", "").rstrip()
        for row in values.tolist()
    ]


def _wrong(name: str, values: Any, expected: str, log: IssueLog) -> None:  # noqa: ANN401 — an array
    shown = f"{' x '.join(str(n) for n in values.shape)} {values.dtype}"
    log.bad_record(f"variable {name}", field_name="size", text=shown, expected=expected)
