"""BGR's open-access products: what PMCC found in windows of 5 to 30 minutes, one direction each.

Source: Hupe et al. 2022 (Earth Syst. Sci. Data 14, 4201, table 1) as openVIS reads them
(``read_OA_BGR_bull``): ``time_p`` holds texts ``yyyymmddTHHMMSS``; of ``azim``, ``vapp`` (m/s),
``a_rms`` and ``freq`` the first row is the mean of the window, of ``f_size`` the third is the
sum. The length of the window stands in the file's name (``IS02_2011_hf_1-3Hz_5min.nc``).

Assumption: read from that description; not compared with a file of BGR.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from vigie.errors import BadTimeError
from vigie.formats.pmcc_bulletin._datenum import datenum_of_ns
from vigie.formats.pmcc_bulletin._rows import Row
from vigie.formats.pmcc_bulletin._stations import station_of_file
from vigie.records.time import ns_from_civil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from vigie.formats.base import IssueLog

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)", re.ASCII)
_WINDOW = re.compile(r"_(\d{1,3})min(?:[_.]|$)", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9]{1,8}", re.ASCII)
_MEAN, _SUM = 0, 2
_SOURCES = (
    ("back_azimuth_deg", "azim", _MEAN, 1.0),
    ("apparent_velocity_km_s", "vapp", _MEAN, 1e-3),
    ("rms_amplitude_pa", "a_rms", _MEAN, 1.0),
    ("freq_hz", "freq", _MEAN, 1.0),
    ("family_size", "f_size", _SUM, 1.0),
)
"""Column, variable, its row, factor to the unit of the column."""


def is_product(names: bytes) -> bool:
    """Tell whether the names of some variables are those of a product."""
    return all(name in names for name in (b"time_p", b"azim", b"vapp"))


def rows_of_product(
    variables: dict[str, Any], attributes: dict[str, Any], path: str, log: IssueLog
) -> Iterator[Row]:
    """Yield a row for each window.

    Raises
    ------
    BadRecordError
        Something is wrong, and reading is strict.
    """
    times = _times(variables["time_p"])
    columns = {
        key: [factor * float(value) for value in values[row].tolist()]
        for key, name, row, factor in _SOURCES
        if (values := _statistics(name, variables, len(times), log)) is not None
    }
    if not times:
        return
    station = _station(attributes, path, log)
    window = _WINDOW.search(path)
    duration = {"duration_s": 60.0 * int(window[1])} if window else {}
    for k, text in enumerate(times):
        place = f"window {k + 1}"
        start = _start(text, place, log)
        if start is None:
            continue
        values = {key: column[k] for key, column in columns.items() if not math.isnan(column[k])}
        yield Row(place, station, start, {**duration, **values}, {}, {})


def _times(values: Any) -> list[str]:  # noqa: ANN401 — an array of letters
    if values.dtype.kind != "S" or values.ndim != 2:
        return []
    # One text a column, as MATLAB writes them, or one a row.
    rows = values.T if len(values) == len("yyyymmddTHHMMSS") else values
    return [b"".join(row).decode("latin-1").strip("\x00 ") for row in rows.tolist()]


def _statistics(name: str, variables: dict[str, Any], n_windows: int, log: IssueLog) -> Any:  # noqa: ANN401 — an array, or None
    values = variables.get(name)
    if values is None:
        return None
    if values.dtype.kind in "fiu" and values.ndim == 2:
        if len(values) > _SUM and values.shape[1] == n_windows:
            return values
        if values.shape[1] > _SUM and len(values) == n_windows:
            return values.T
    shown = f"{' x '.join(str(n) for n in values.shape)} {values.dtype}"
    expected = f"three numbers or more for each of {n_windows} windows"
    log.bad_record(f"variable {name}", field_name="size", text=shown, expected=expected)
    return None


def _station(attributes: dict[str, Any], path: str, log: IssueLog) -> str:
    named = attributes.get("instrument", b"")
    text = named.decode("latin-1") if isinstance(named, bytes) else str(named)
    first = next(iter(text.split()), "")
    return first if _CODE.fullmatch(first) else station_of_file(path, log)


def _start(text: str, place: str, log: IssueLog) -> Decimal | None:
    match = _TIME.fullmatch(text)
    if match is not None:
        year, month, day, hour, minute, second = (int(part) for part in match.groups())
        try:
            return datenum_of_ns(ns_from_civil((year, month, day), (hour, minute, second)))
        except BadTimeError:
            pass
    log.bad_record(place, field_name="time_p", text=text, expected="a time yyyymmddTHHMMSS")
    return None
