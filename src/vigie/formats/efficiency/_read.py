"""Points of an efficiency curve.

An ECC (Canberra's ISOCS and LabSOCS) has a line per energy: keV, efficiency, error in percent, and
figures of its computation. The efficiency is that of the whole source: counts in the full-energy
peak per photon that the source emits. Layout as in a real file.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from vigie.errors import BadTimeError
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import first_line, read_csv_header, read_csv_rows
from vigie.formats.numbers import number_of
from vigie.records import Calibration, CalibrationPoint, parse_iso

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

COLUMNS = {
    "energy_kev": "energy",
    "energy (kev)": "energy",
    "energy": "energy",
    "kev": "energy",
    "efficiency": "efficiency",
    "eff": "efficiency",
    "sigma": "sigma",
    "uncertainty": "sigma",
    "efficiency_sigma": "sigma",
}
"""Accepted headers in lower case."""
_POINT = re.compile(r"keV_eff_%err_\S*:\s*(.*)")
_WORDS = re.compile(r"([A-Z][\w.%\[\]-]*):\s+(\S.*)")
_SHOWN = ("Detector_name", "SGI_template", "Test_description", "Comment", "Date_Time")
_DATE = re.compile(r"[A-Za-z]{3}_([A-Za-z]{3})_+(\d\d?)_(\d\d:\d\d:\d\d)_(\d{4})", re.ASCII)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

Pairs = tuple[tuple[str, str], ...]


def is_table_header(head: bytes) -> bool:
    """Tell whether the first line names columns of energy and efficiency."""
    names = read_csv_header(first_line(head), COLUMNS).names
    return "energy" in names and "efficiency" in names


def read_curve(data: bytes, log: IssueLog, *, is_ecc: bool) -> tuple[Calibration | None, Pairs]:
    """Return the curve, None where it has no points, and what the file says of itself.

    Raises
    ------
    BadRecordError
        Something is wrong and reading is strict.
    """
    text = decode_text(data, log)
    header = _ecc_header(text) if is_ecc else ()
    rows = _ecc_rows(text, log) if is_ecc else _table_rows(text, log)
    points: dict[float, CalibrationPoint] = {}
    for place, point in rows:
        if point.energy_kev in points:
            shown = f"{point.energy_kev:g}"
            log.bad_record(place, field_name="energy", text=shown, expected="one of its own")
        else:
            points[point.energy_kev] = point
    if not points:
        expected = "lines of energy and efficiency"
        log.bad_record("file", field_name="points", text="none", expected=expected)
        return None, header
    ordered = tuple(points[energy] for energy in sorted(points))
    return Calibration(efficiency=ordered, calibrated_ns=_time(header, log)), header


def _ecc_header(text: str) -> Pairs:
    found = (_WORDS.match(line.strip()) for line in text.splitlines())
    return tuple((m[1], m[2].strip()) for m in found if m is not None and m[1] in _SHOWN)


def _time(header: Pairs, log: IssueLog) -> int | None:
    stated = dict(header).get("Date_Time")
    match = _DATE.fullmatch(stated) if stated else None
    if match is None or match[1].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(match[1].lower()) + 1
    try:
        time_ns = parse_iso(f"{match[4]}-{month:02d}-{match[2]} {match[3]}")
    except BadTimeError:
        return None
    text = f"the time of calibration {stated} has no zone; taken as UTC"
    log.notice("Date_Time", "formats.no_zone", text)
    return time_ns


def _ecc_rows(text: str, log: IssueLog) -> list[tuple[str, CalibrationPoint]]:
    rows = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        match = _POINT.match(line.strip())
        if match is None:
            continue
        place = f"line {number}"
        values = [number_of(word) for word in match[1].split()[:3]]
        if len(values) < 3 or values[0] is None or values[1] is None or values[2] is None:
            expected = "an energy, an efficiency and its error in percent"
            log.bad_record(place, field_name="point", text=match[1], expected=expected)
            continue
        energy, efficiency, percent = values[0], values[1], values[2]
        point = _point(place, (energy, efficiency, efficiency * percent / 100.0), log)
        rows += [] if point is None else [(place, point)]
    return rows


def _table_rows(text: str, log: IssueLog) -> list[tuple[str, CalibrationPoint]]:
    rows = []
    for row in read_csv_rows(text, COLUMNS, log):
        energy, efficiency = row.number("energy", log), row.number("efficiency", log)
        if energy is None or efficiency is None:
            continue
        point = _point(row.place, (energy, efficiency, row.number("sigma", log)), log)
        rows += [] if point is None else [(row.place, point)]
    return rows


def _point(
    place: str, values: tuple[float, float, float | None], log: IssueLog
) -> CalibrationPoint | None:
    energy, efficiency, sigma = values
    if energy <= 0.0 or efficiency <= 0.0:
        shown = f"{energy:g} {efficiency:g}"
        log.bad_record(place, field_name="point", text=shown, expected="both above 0")
        return None
    if efficiency > 1.0:
        expected = "a fraction, at most 1 (is it percent?)"
        log.suspect(place, field_name="efficiency", text=f"{efficiency:g}", expected=expected)
    if sigma is not None and (sigma < 0.0 or not math.isfinite(sigma)):
        log.suspect(place, field_name="sigma", text=f"{sigma:g}", expected="0 or more")
    return CalibrationPoint(energy_kev=energy, value=efficiency, sigma=sigma)
