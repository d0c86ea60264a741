"""Elevations whose column names no unit: in metres, or in kilometres as CSS3.0 writes them.

``elevation_m`` and ``elev_km`` say what they are; ``elev`` and ``elevation`` do not, and both units
are common: km in the tables of CSS3.0, of the IDC and of LocOO3D, m nearly everywhere else. What
the values of the whole column allow decides, and is always told. The text form of FDSN station
services is in m by its definition and needs no guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.csv_table import CsvRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.formats.base import IssueLog

_UNNAMED = "elevation"
_HIGHEST_KM = 10.0
"""No place on land lies higher or deeper in km; a network whose stations all lie within 10 m of
the sea, with elevations to fractions of a metre, is not known."""
_REMEDY = "call the column elevation_m or elevation_km"


def with_units(rows: Sequence[CsvRow], *, are_fdsn: bool, log: IssueLog) -> list[CsvRow]:
    """Return the rows with the elevations of unknown unit under ``elevation_m`` or ``_km``.

    Parameters
    ----------
    rows : sequence of CsvRow
        All rows of the list.
    are_fdsn : bool
        Whether the list has the form of FDSN station services.
    log : IssueLog
        Told which unit was taken, and why.
    """
    # Where a row names a unit elsewhere, that counts.
    unknown = {row.line: row for row in rows if _is_unknown(row)}
    if not unknown:
        return list(rows)
    name = "elevation_m" if are_fdsn else _unit_column(list(unknown.values()), log)
    return [_renamed(row, name) if row.line in unknown else row for row in rows]


def _is_unknown(row: CsvRow) -> bool:
    return _UNNAMED in row.cells and not {"elevation_m", "elevation_km"} & set(row.cells)


def _unit_column(rows: Sequence[CsvRow], log: IssueLog) -> str:
    texts = [row.cells[_UNNAMED] for row in rows]
    values = [value for text in texts if (value := _value(text)) is not None]
    if not any(values):
        return "elevation_m"
    has_fractions = any(value != int(value) for value in values)
    if max(abs(value) for value in values) > _HIGHEST_KM:
        unit, why = "metres", "some are beyond 10"
    elif has_fractions:
        unit, why = "kilometres", "all are within 10 and have fractions, as CSS3.0 has them"
    else:
        unit, why = "metres", "the values do not tell, small whole numbers may be km as well"
    text = f"the elevations name no unit and are read as {unit} ({why}); if wrong, {_REMEDY}"
    log.notice(rows[0].place, "formats.elevation_unit", text, unit=unit)
    return "elevation_km" if unit == "kilometres" else "elevation_m"


def _value(text: str) -> float | None:
    """Return the number; None where there is none, which is told when the row is read."""
    try:
        value = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        return None
    return value if value is not None and abs(value) < float("inf") else None


def _renamed(row: CsvRow, name: str) -> CsvRow:
    cells = {name if key == _UNNAMED else key: cell for key, cell in row.cells.items()}
    return CsvRow(row.line, cells)
