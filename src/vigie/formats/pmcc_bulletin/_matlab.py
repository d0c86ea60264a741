"""Bulletins as MATLAB files (version 5 to 7): a matrix ``bull_STATION`` of 16 columns per station.

Names as BGR gives them (openVIS, ``load_bgr_data``). What vigie keeps beside the sixteen columns
stands in variables of its own (``id_STATION``, ``azimuth_deg_sigma_STATION`` ...), a row each.
"""

from __future__ import annotations

import io
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from vigie.formats.pmcc_bulletin._columns import LAYOUTS, NUMBERS, TEXTS
from vigie.formats.pmcc_bulletin._mat5 import (
    MatlabFileError,
    Variable,
    list_variables,
    numbers_of,
    texts_of,
)
from vigie.formats.pmcc_bulletin._rows import Row
from vigie.formats.pmcc_bulletin._stations import station_of_file, station_of_variable
from vigie.formats.pmcc_bulletin._table import double_datenum, table_of
from vigie.formats.scipy_files import scipy_io

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.formats.base import IssueLog, Source
    from vigie.records import Detection

_EXPECTED = "a MATLAB file of version 5 to 7 (save it with -v7)"
_MATRIX = "a matrix bull_STATION with a row a detection and 16 columns (or 10, the older form)"
_PREFIX = "bull_"
_TEXT = b"MATLAB 5.0 MAT-file, PMCC bulletin written by vigie"
_HEADER_TEXT_BYTES = 116


def read_matlab(source: Source, log: IssueLog) -> Iterator[Row]:
    """Yield the rows of every bulletin matrix of a file.

    Raises
    ------
    BadRecordError
        Something is wrong, and reading is strict.
    """
    variables = _variables(source.data, log)
    if variables is None:
        return
    for matrix in _matrices(variables, log):
        yield from _rows_of(matrix, variables, source, log)


def write_matlab(detections: Sequence[Detection]) -> bytes:
    """Return the file, uncompressed: one matrix per station, in the order of their first rows."""
    import numpy as np

    by_station: dict[str, list[Detection]] = {}
    for detection in detections:
        by_station.setdefault(detection.station, []).append(detection)
    variables: dict[str, Any] = {}
    for station, own in by_station.items():
        table = table_of(own, double_datenum)
        name = _free_name(station, variables)
        rows = [(float(s), *v) for s, v in zip(table.starts, table.values, strict=True)]
        variables[name] = np.array(rows, dtype=np.float64)
        texts = dict(table.texts)
        if station_of_variable(name) != station:
            texts["station"] = list(table.stations)
        for field, column in texts.items():
            variables[_name_beside(field, name)] = np.array([text or " " for text in column])
        for field, numbers in table.numbers.items():
            variables[_name_beside(field, name)] = np.array(numbers)[:, None]
    if not variables:
        variables["bull"] = np.zeros((0, len(LAYOUTS[16])))
    file = io.BytesIO()
    scipy_io().savemat(file, variables, do_compression=False)
    # SciPy puts the time of writing there: the same detections give the same bytes.
    return _TEXT.ljust(_HEADER_TEXT_BYTES) + file.getvalue()[_HEADER_TEXT_BYTES:]


def _free_name(station: str, taken: dict[str, Any]) -> str:
    made = _PREFIX + re.sub(r"[^A-Za-z0-9_]", "_", station)
    name, number = made, 1
    while name in taken:
        number += 1
        name = f"{made}_{number}"
    return name


def _name_beside(field: str, matrix: str) -> str:
    return f"{field}_{matrix.removeprefix(_PREFIX)}"


def _variables(data: bytes, log: IssueLog) -> dict[str, Variable] | None:
    """Return the variables by name; None where the file is none of MATLAB."""
    found: dict[str, Variable] = {}
    try:
        for variable in list_variables(data):
            found.setdefault(variable.name, variable)
    except MatlabFileError as error:
        log.bad_record("file", field_name="content", text=str(error), expected=_EXPECTED)
        return found or None
    return found


def _matrices(variables: dict[str, Variable], log: IssueLog) -> list[Variable]:
    """Return the bulletins: of all matrices that may be one, those that are called so."""
    numeric = [v for v in variables.values() if v.is_numeric]
    named = [v for v in numeric if v.name.lower().startswith("bull")]
    sound = [v for v in named or numeric if len(v.shape) == 2 and v.shape[1] in LAYOUTS]
    if not sound or (not named and len(sound) > 1):
        shown = ", ".join(str(v) for v in variables.values())
        log.bad_record("file", field_name="variables", text=shown or "none", expected=_MATRIX)
        return []
    for other in named:
        if other not in sound:
            place = f"variable {other.name}"
            log.bad_record(place, field_name="size", text=str(other), expected=_MATRIX)
    return sound


def _rows_of(
    matrix: Variable, variables: dict[str, Variable], source: Source, log: IssueLog
) -> Iterator[Row]:
    name = matrix.name
    try:
        rows = numbers_of(source.data, matrix).tolist()
    except MatlabFileError as error:
        log.bad_record(f"variable {name}", field_name="data", text=str(error), expected=_MATRIX)
        return
    if not rows:
        return
    texts: dict[str, list[str]] = {}
    numbers: dict[str, list[float]] = {}
    for field in (*TEXTS, *NUMBERS):
        beside = variables.get(_name_beside(field, name))
        if beside is None:
            continue
        column = _column(source.data, beside, len(rows), log, is_text=field in TEXTS)
        if column is not None and field in TEXTS:
            texts[field] = [str(cell) for cell in column]
        elif column is not None:
            numbers[field] = [float(cell) for cell in column]
    stations = texts.pop("station", None)
    if stations is None:
        stations = [station_of_variable(name) or station_of_file(source.name, log)] * len(rows)
    keys = LAYOUTS[matrix.shape[1]]
    for k, (start, *values) in enumerate(rows):
        yield Row(
            f"{name} row {k + 1}",
            stations[k],
            Decimal(start) if math.isfinite(start) else None,
            {key: v for key, v in zip(keys[1:], values, strict=True) if not math.isnan(v)},
            {field: column[k] for field, column in texts.items()},
            {field: column[k] for field, column in numbers.items()},
        )


def _column(
    data: bytes, variable: Variable, n_rows: int, log: IssueLog, *, is_text: bool
) -> list[str] | list[float] | None:
    """Return a variable beside a matrix; None, with an issue, where it does not fit."""
    expected = f"a column of {n_rows} {'texts' if is_text else 'numbers'}"
    fits = variable.kind == "char" if is_text else variable.is_numeric
    shown = str(variable)
    if fits and variable.shape[0] == n_rows and (is_text or variable.shape == (n_rows, 1)):
        try:
            if is_text:
                return texts_of(data, variable)
            column: list[float] = numbers_of(data, variable)[:, 0].tolist()
        except MatlabFileError as error:
            shown = str(error)
        else:
            return column
    log.bad_record(f"variable {variable.name}", field_name="size", text=shown, expected=expected)
    return None
