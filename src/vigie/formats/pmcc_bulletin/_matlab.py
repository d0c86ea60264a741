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
from vigie.formats.pmcc_bulletin._rows import Row
from vigie.formats.pmcc_bulletin._scipy import call_reader, scipy_io
from vigie.formats.pmcc_bulletin._stations import station_of_file, station_of_variable
from vigie.formats.pmcc_bulletin._table import double_datenum, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.formats.base import IssueLog, Source
    from vigie.records import Detection

MARK = b"MATLAB 5.0 MAT-file"
_EXPECTED = "a MATLAB file of version 5 to 7 (save it with -v7)"
_MATRIX = "a matrix bull_STATION with a row a detection and 16 columns (or 10, the older form)"
_PREFIX = "bull_"
_NUMERIC = ("double", "single", "int", "uint")
_TEXT = b"MATLAB 5.0 MAT-file, PMCC bulletin written by vigie"
_HEADER_TEXT_BYTES = 116
_ZLIB_RATIO = 1040
"""Compressed data grow to at most so much (zlib: 1032)."""

_Shapes = dict[str, tuple[tuple[int, ...], str]]


def read_matlab(source: Source, log: IssueLog) -> Iterator[Row]:
    """Yield the rows of every bulletin matrix of a file.

    Raises
    ------
    BadRecordError
        Something is wrong, and reading is strict.
    """
    if not source.data.startswith(MARK):
        shown = source.data[:20].decode("latin-1")
        log.bad_record("file", field_name="mark", text=shown, expected=_EXPECTED)
        return
    shapes = _shapes_of(source.data, log)
    if shapes is None:
        return
    names = _matrices(shapes, log)
    wanted = [*names, *(n for name in names for n in _beside(name, shapes))]
    loaded = _load(source.data, wanted, log) if wanted else None
    if loaded is None:
        return
    for name in names:
        yield from _rows_of(name, loaded, source.name, log)


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


def _beside(matrix: str, shapes: _Shapes) -> list[str]:
    names = (_name_beside(field, matrix) for field in (*TEXTS, *NUMBERS))
    return [name for name in names if name in shapes]


def _shapes_of(data: bytes, log: IssueLog) -> _Shapes | None:
    """Return shape and class of the variables, of those that the file can hold."""
    listed = call_reader(
        lambda: scipy_io().whosmat(io.BytesIO(data), chars_as_strings=False), log, _EXPECTED
    )
    if listed is None:
        return None
    most = _ZLIB_RATIO * len(data)
    found: _Shapes = {}
    for name, shape, kind in listed:
        # A damaged shape must not be taken as a size.
        if len(shape) == 2 and min(shape) >= 0 and shape[0] * shape[1] <= most:
            found[name] = (tuple(int(n) for n in shape), kind)
        else:
            shown = f"{name} ({' x '.join(str(n) for n in shape)})"
            text = f"the variable {shown} is no matrix that can be read; passed over"
            log.notice("file", "pmcc_bulletin.variable", text, name=name)
    return found


def _matrices(shapes: _Shapes, log: IssueLog) -> list[str]:
    """Return the names of the bulletins: of all matrices that may be one, those called so."""
    numeric = [n for n, (_, kind) in shapes.items() if kind.startswith(_NUMERIC)]
    named = [n for n in numeric if n.lower().startswith("bull")]
    sound = [n for n in named or numeric if shapes[n][0][1] in LAYOUTS]
    if not sound or (not named and len(sound) > 1):
        shown = ", ".join(f"{n} ({s[0]} x {s[1]})" for n, (s, _) in shapes.items())
        log.bad_record("file", field_name="variables", text=shown or "none", expected=_MATRIX)
        return []
    for name in named:
        if name not in sound:
            shape = shapes[name][0]
            shown = f"{shape[0]} x {shape[1]}"
            log.bad_record(f"variable {name}", field_name="size", text=shown, expected=_MATRIX)
    return sound


def _load(data: bytes, names: list[str], log: IssueLog) -> dict[str, Any] | None:
    return call_reader(
        lambda: dict(scipy_io().loadmat(io.BytesIO(data), variable_names=names)), log, _EXPECTED
    )


def _rows_of(name: str, loaded: dict[str, Any], path: str, log: IssueLog) -> Iterator[Row]:
    import numpy as np

    matrix = loaded.get(name)
    if matrix is None or matrix.dtype.kind not in "fiu":
        text = "missing" if matrix is None else str(matrix.dtype)
        log.bad_record(f"variable {name}", field_name="type", text=text, expected="real numbers")
        return
    matrix = np.asarray(matrix, dtype=np.float64)
    if not len(matrix):
        return
    station = station_of_variable(name) or station_of_file(path, log)
    keys = LAYOUTS[matrix.shape[1]]
    texts = _columns(name, TEXTS, "U", loaded, log)
    numbers = _columns(name, NUMBERS, "fiu", loaded, log)
    own = texts.pop("station", None)
    for k, values in enumerate(matrix.tolist()):
        start = values[0]
        yield Row(
            f"{name} row {k + 1}",
            own[k].rstrip() if own is not None else station,
            Decimal(start) if math.isfinite(start) else None,
            {key: v for key, v in zip(keys[1:], values[1:], strict=True) if not math.isnan(v)},
            {field: column[k].rstrip() for field, column in texts.items()},
            {field: float(column[k]) for field, column in numbers.items()},
        )


def _columns(
    matrix: str, fields: Sequence[str], kinds: str, loaded: dict[str, Any], log: IssueLog
) -> dict[str, list[Any]]:
    """Return the variables beside a matrix that have its number of rows."""
    n_rows = len(loaded[matrix])
    found: dict[str, list[Any]] = {}
    for field in fields:
        name = _name_beside(field, matrix)
        column = loaded.get(name)
        if column is None:
            continue
        if column.dtype.kind in kinds and column.size == len(column) == n_rows:
            found[field] = column.reshape(n_rows).tolist()
        else:
            shown = f"{' x '.join(str(n) for n in column.shape)} {column.dtype}"
            expected = f"a column of {n_rows} {'texts' if kinds == 'U' else 'numbers'}"
            log.bad_record(f"variable {name}", field_name="size", text=shown, expected=expected)
    return found
