"""Path corrections from a table: what a network has learnt of its own paths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vigie.earth.path_table import PathRow
from vigie.errors import MissingInputError
from vigie.exchange.files import source_of
from vigie.formats.base import IssueLog
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import first_line, read_csv_header, read_csv_rows

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.formats.base import Issue
    from vigie.formats.csv_table import CsvRow

_ALIASES: dict[str, tuple[str, ...]] = {
    "station": ("station", "sta"),
    "phase": ("phase",),
    "correction_s": ("correction_s", "time_correction_s", "path_correction_s", "correction"),
    "model_sigma_s": ("model_sigma_s", "correction_s_sigma", "sigma_s", "sigma"),
}
_CANONICAL = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_NEEDED = {"station", "phase"}
MAX_CORRECTION_S = 60.0
"""The largest anomalies of travel time are a tenth of it."""


def read_path_corrections(path: Path | str) -> tuple[list[PathRow], tuple[Issue, ...]]:
    """Read a table of ``station``, ``phase``, ``correction_s`` and ``model_sigma_s``.

    Either of the last two may be left out or empty: no correction, or the model's own error.
    A row that cannot be used becomes an issue; the others count.

    Raises
    ------
    MissingInputError
        There is no such file, or it is no such table.
    """
    source = source_of(path)
    if not set(read_csv_header(first_line(source.data), _CANONICAL).names) >= _NEEDED:
        raise MissingInputError(
            path=str(path),
            what="a header with station and phase",
            remedy="Write CSV with station,phase,correction_s,model_sigma_s.",
        )
    log = IssueLog(source.name, strict=False)
    rows = read_csv_rows(decode_text(source.data, log), _CANONICAL, log)
    found = [row for cells in rows if (row := _row(cells, log)) is not None]
    return found, tuple(log.issues)


def _row(cells: CsvRow, log: IssueLog) -> PathRow | None:
    station, phase = (cells.cells.get(name, "") for name in ("station", "phase"))
    for name, text in (("station", station), ("phase", phase)):
        if not text:
            log.bad_record(cells.place, field_name=name, text="", expected=f"a {name}")
            return None
    time_s, sigma_s = cells.number("correction_s", log), cells.number("model_sigma_s", log)
    if _is_bad(cells, "correction_s", time_s) or _is_bad(cells, "model_sigma_s", sigma_s):
        return None  # the issue is in the log
    wrong = _out_of_range(time_s, sigma_s)
    if wrong:
        name, value, expected = wrong
        log.bad_record(cells.place, field_name=name, text=f"{value:g}", expected=expected)
        return None
    return PathRow(station, phase, time_s or 0.0, math.nan if sigma_s is None else sigma_s)


def _is_bad(cells: CsvRow, name: str, value: float | None) -> bool:
    return value is None and name in cells.cells


def _out_of_range(time_s: float | None, sigma_s: float | None) -> tuple[str, float, str] | None:
    if time_s is not None and abs(time_s) > MAX_CORRECTION_S:
        return "correction_s", time_s, f"within {MAX_CORRECTION_S:g} s"
    if sigma_s is not None and not sigma_s > 0.0:
        return "model_sigma_s", sigma_s, "above 0"
    return None
