"""Which station a bulletin is of, by the name of its matrix or file, where no column says so."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

_VARIABLE = re.compile(r"bull(?:etin)?\d*_([A-Za-z0-9]+)(?:_.*)?", re.IGNORECASE | re.ASCII)
_IMS = re.compile(r"(?:^|[^A-Za-z0-9])(I\d\d[A-Z]{2}|IS\d\d)(?:[^A-Za-z0-9]|$)", re.ASCII)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{1,7}", re.ASCII)
UNKNOWN = "ARRAY"
"""What a station is called that nothing names."""


def station_of_variable(name: str) -> str | None:
    """Return the station of a matrix as BGR calls it; None where the name is another.

    Examples
    --------
    >>> station_of_variable("bull_I02AR")
    'I02AR'
    """
    match = _VARIABLE.fullmatch(name)
    return match[1] if match else None


def station_of_file(name: str, log: IssueLog) -> str:
    """Return the station that a file's name tells; an issue where it tells none.

    Raises
    ------
    BadRecordError
        It tells none, and reading is strict.
    """
    stem = PurePosixPath(name.replace("\\", "/")).name.split(".")[0]
    found = station_of_variable(stem)
    if found is None and (match := _IMS.search(stem)):
        found = match[1]
    if found is None and _CODE.fullmatch(stem):
        found = stem
    if found is None:
        expected = f"a name with a station code (bull_I02AR.mat), so it is called {UNKNOWN}"
        log.suspect("file", field_name="station", text=stem, expected=expected)
        return UNKNOWN
    return found
