"""A file to the record."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.formats.srm._bytes import text_of
from vigie.formats.srm._decide import (
    LAT_LON,
    centroid_offset,
    decide_base,
    decide_corner,
    decide_orders,
    tell_spread,
)
from vigie.formats.srm._header import Header, read_header
from vigie.formats.srm._lattice import grid_of, on_lattice
from vigie.formats.srm._options import MARK, as_marked, is_usual
from vigie.formats.srm._rows import RowIssues, Rows, read_rows
from vigie.records import Sensitivity

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.srm._options import SrmOptions
    from vigie.records import LatLonGrid

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LARGEST = 1e200
_EXPECTED = "a number from 0 on, below 1e200"
_CENTRE = re.compile(r"[^.]+\.\d{10}\.([A-Za-z][\w-]*)\.(?:txt|srm)(?:\.gz)?")
"""Name of a file as centres send them: station, end of the collection, centre."""


def read_sensitivity(
    data: bytes, name: str, log: IssueLog, options: SrmOptions
) -> Sensitivity | None:
    """Return the record; None, with an issue, where the file cannot be understood.

    Parameters
    ----------
    data : bytes
        Plain or compressed with gzip.
    name : str
        May tell the centre.
    log : IssueLog
    options : SrmOptions

    Raises
    ------
    BadRecordError
        Something is wrong, and reading is strict.
    """
    text = text_of(data, log)
    begin = len(text) - len(text.lstrip())
    end = text.find(b"\n", begin)
    end = len(text) if end < 0 else end
    line = text.count(b"\n", 0, begin) + 1
    first = text[begin:end].decode("latin-1").strip()
    if not first:
        expected = "a header and rows: the file is empty. Ask the centre for it again"
        log.bad_record("file", field_name="content", text="", expected=expected)
        return None
    header = read_header(first, f"line {line}", log)
    if header is None:
        return None
    if not np.isclose(header.average_h, header.step_h):
        text_shown = f"{header.average_h:g} h"
        expected = f"the output interval of {header.step_h:g} h, over which values are averaged"
        log.suspect(f"line {line}", field_name="averaging time", text=text_shown, expected=expected)
    if text[begin:end].endswith(MARK.encode()) and is_usual(options):
        options = as_marked(options)
    issues = RowIssues(log)
    rows = read_rows(text[end + 1 :], line + 1, issues, log)
    record = None if rows is None else _record(header, rows, issues, log, options)
    issues.close()
    if record is not None and (match := _CENTRE.fullmatch(PurePosixPath(name).name)):
        record = replace(record, source=match[1])
    return record


def _record(
    header: Header, rows: Rows, issues: RowIssues, log: IssueLog, options: SrmOptions
) -> Sensitivity | None:
    rows = _sound(rows, issues)
    orders = decide_orders(header, rows, options, log)
    base = decide_base(header, rows, options, log)
    if orders is None or base is None:
        return None
    receptor = (header.first, header.second)
    receptor = receptor if orders[0] == LAT_LON else receptor[::-1]
    if abs(receptor[0]) > 90.0:
        text = f"{receptor[0]:g} {receptor[1]:g}"
        expected = "a latitude within 90 deg, and a longitude"
        log.bad_record("header", field_name="receptor", text=text, expected=expected)
        return None
    if orders[1] != LAT_LON:
        rows.table[:, [0, 1]] = rows.table[:, [1, 0]]
    rows = _in_range(rows, base, header, issues)
    corner = _corner(header, rows, base, receptor, (log, options))
    grid = grid_of(header, rows.table, log, corner=corner)
    if grid is None:
        return None
    shift = 0.5 if corner else 0.0
    rows, cell = on_lattice(rows, grid, shift, issues)
    if not len(rows.table):
        expected = "rows: the sample is sensitive to nothing"
        log.suspect("file", field_name="rows", text="0", expected=expected)
    return _assembled(header, receptor, (rows, cell, grid, base), issues, (log, options))


def _corner(
    header: Header,
    rows: Rows,
    base: int,
    receptor: tuple[float, float],
    how: tuple[IssueLog, SrmOptions],
) -> bool:
    log, options = how
    first = rows.table[rows.table[:, 2] == base]
    offset = centroid_offset((first[:, 0], first[:, 1], first[:, 3]), receptor, header)
    return decide_corner(header, offset, options, log)


def _sound(rows: Rows, issues: RowIssues) -> Rows:
    """Return the rows whose numbers are numbers, whatever the order of the positions."""
    table = rows.table
    kept = np.ones(len(table), dtype=bool)
    checks = [
        ("position", (np.abs(table[:, :2]) <= 360.0).all(axis=1), "a latitude and a longitude"),
        ("step", np.rint(table[:, 2]) == table[:, 2], "a whole number"),
        ("value", (table[:, 3] >= 0.0) & (table[:, 3] < _LARGEST), _EXPECTED),
    ]
    if table.shape[1] > 4:
        good = (table[:, 4] >= 0.0) & (table[:, 4] < _LARGEST)
        checks.append(("spread", good, _EXPECTED))
    for name, good, expected in checks:
        _refuse(rows, kept & ~good, name, expected, issues)
        kept &= good
    return rows.only(kept)


def _refuse(
    rows: Rows, bad: NDArray[np.bool_], name: str, expected: str, issues: RowIssues
) -> None:
    for line in rows.line[bad].tolist():
        issues.bad(line, name, rows.text_of(line), expected)


def _in_range(rows: Rows, base: int, header: Header, issues: RowIssues) -> Rows:
    table = rows.table
    good = np.abs(table[:, 0]) <= 90.0
    _refuse(rows, ~good, "latitude", "from -90 to 90", issues)
    step = table[:, 2] - base
    within = (step >= 0) & (step < header.n_steps)
    last = base + header.n_steps - 1
    expected = f"a step from {base} to {last} (the header has {header.n_steps})"
    _refuse(rows, good & ~within, "step", expected, issues)
    return rows.only(good & within)


def _assembled(
    header: Header,
    receptor: tuple[float, float],
    found: tuple[Rows, IntArray, LatLonGrid, int],
    issues: RowIssues,
    how: tuple[IssueLog, SrmOptions],
) -> Sensitivity:
    rows, cell, grid, base = found
    log, options = how
    step = rows.table[:, 2].astype(np.int64) - base
    order = _sorted_once(step * grid.n_cells + cell, rows, issues)
    table = rows.table[order]
    spread = None
    if table.shape[1] > 4 and options.fifth != "ignore":
        spread = table[:, 4] / header.released_bq
        if options.fifth == "auto":
            tell_spread(table[:, 3], table[:, 4], log)
    elif table.shape[1] > 4:
        log.omission("columns", "srm.fifth", "the fifth column is left out: so the option says")
    longitude = receptor[1]
    return Sensitivity(
        station=header.station,
        receptor_latitude=receptor[0],
        receptor_longitude=longitude - 360.0 if longitude > 180.0 else longitude,
        collection_start_ns=header.start_ns,
        collection_stop_ns=header.stop_ns,
        step_s=header.step_h * 3600.0,
        n_steps=header.n_steps,
        grid=grid,
        step=step[order].astype(np.int32),
        cell=cell[order],
        value=table[:, 3] / header.released_bq,
        spread=spread,
        released_bq=header.released_bq,
    )


def _sorted_once(key: IntArray, rows: Rows, issues: RowIssues) -> IntArray:
    """Return the order by step and cell; of a cell that stands twice in a step the first."""
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(key), dtype=bool)
    again[1:] = np.diff(key[order]) == 0
    for k in order[again].tolist():
        line = int(rows.line[k])
        expected = "a cell that has no other row in this step; the first counts"
        issues.bad(line, "row", rows.text_of(line), expected)
    return np.asarray(order[~again])
