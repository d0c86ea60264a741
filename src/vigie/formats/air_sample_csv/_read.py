"""Rows of concentrations to analyses of samples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.errors import BadTimeError, UnknownNuclideError
from vigie.facts.nuclides import normal_name
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import first_line, read_csv_header, read_csv_rows
from vigie.records import NuclideResult, SampleAnalysis, parse_time

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.csv_table import CsvRow

UNITS = {
    "bq/m3": "Bq/m3", "mbq/m3": "mBq/m3", "ubq/m3": "uBq/m3", "µbq/m3": "uBq/m3",
    "μbq/m3": "uBq/m3",
}  # fmt: skip
"""Accepted spellings, in lower case, of the units of concentrations."""
_ALIASES = {
    "station": ("station", "sta", "entity", "station_code"),
    "nuclide": ("nuclide", "metric", "isotope", "radionuclide"),
    "stop": ("collection_stop", "collect_stop", "stop", "end", "collection_end", "date"),
    "start": ("collection_start", "collect_start", "start", "begin", "collection_begin"),
    "value": ("concentration", "value", "activity_concentration"),
    "uncertainty": ("uncertainty", "sigma", "concentration_sigma"),
    "critical_level": ("critical_level", "lc", "l_c", "decision_threshold"),
    "mdc": ("mdc", "mdc value", "detection_limit"),
    "unit": ("unit", "units"),
    "sample_id": ("sample_id", "sample", "srid"),
}
_UNIT_IN_NAME = re.compile(
    r"^(.*?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]$|^(.*?)_(m|u)?bq_m3$", re.IGNORECASE
)
_UNIT_EXPECTED = (
    "a unit of concentration (Bq/m3, mBq/m3, uBq/m3): name it in a column unit or behind the name "
    "of the column, or read it with the option unit=Bq/m3"
)
_NUMBERS = ("value", "uncertainty", "critical_level", "mdc")

Key = tuple[str, int | None, int, str]
"""Station, start and stop of the collection, id of the sample."""


def is_sample_header(head: bytes) -> bool:
    """Tell whether a first line names a station, a nuclide, a time of collection and a value."""
    line = first_line(head)
    names = set(read_csv_header(line, _canonical(line)[0]).names)
    return {"station", "nuclide", "stop", "value"} <= names


def read_samples(data: bytes, log: IssueLog, unit: str) -> tuple[SampleAnalysis, ...]:
    """Return a sample for each collection, in the order of the file.

    Parameters
    ----------
    data : bytes
    log : IssueLog
    unit : str
        Of concentrations without one; empty where the user states none.

    Raises
    ------
    BadRecordError
        Something is wrong, and reading is strict.
    """
    text = decode_text(data, log)
    line = first_line(data)
    canonical, stated = _canonical(line)
    if any(word.strip(' "').lower() == "date" for word in re.split(r"[,;|\t]", line)):
        told = "Date is taken as the end of the collection"
        log.notice("line 1", "samples.date", told)
    canonical_names = read_csv_header(line, canonical).names
    if line and not (stated or unit or "unit" in canonical_names):
        log.bad_record("line 1", field_name="unit", text="", expected=_UNIT_EXPECTED)
        return ()
    found: dict[Key, list[NuclideResult]] = {}
    for row in read_csv_rows(text, canonical, log):
        key = _key(row, log)
        result = None if key is None else _result(row, log, stated or unit)
        if key is None or result is None:
            continue
        results = found.setdefault(key, [])
        if any(one.nuclide == result.nuclide for one in results):
            expected = "a nuclide that the collection has once; the first counts"
            log.bad_record(row.place, field_name="nuclide", text=result.nuclide, expected=expected)
            continue
        results.append(result)
    return tuple(_sample(key, results) for key, results in found.items())


def _canonical(line: str) -> tuple[dict[str, str], str]:
    """Return the accepted headers of this table, and the unit that one of them states."""
    known = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
    stated = ""
    for cell in re.split(r"[,;|\t]", line):
        header = cell.strip(' "#\ufeff').lower()
        match = _UNIT_IN_NAME.match(header)
        if match is None:
            continue
        bare, unit = (match[1], match[2]) if match[2] else (match[3], f"{match[4] or ''}bq/m3")
        if bare in known and unit in UNITS:
            known[header] = known[bare]
            stated = stated or UNITS[unit]
    return known, stated


def _key(row: CsvRow, log: IssueLog) -> Key | None:
    station = row.cells.get("station", "")
    if not station:
        log.bad_record(row.place, field_name="station", text="", expected="a station code")
        return None
    times: list[int | None] = []
    for name in ("start", "stop"):
        text = row.cells.get(name, "")
        if not text and name == "start":
            times.append(None)
            continue
        try:
            times.append(parse_time(text, date_alone=False))
        except BadTimeError as error:
            log.bad_record(row.place, field_name=name, text=text, expected=error.expected)
            return None
    start, stop = times
    if stop is None or (start is not None and start >= stop):
        text = f"{row.cells.get('start')} {row.cells.get('stop')}"
        log.bad_record(row.place, field_name="collection", text=text, expected="start, then stop")
        return None
    return station, start, stop, row.cells.get("sample_id", "")


def _result(row: CsvRow, log: IssueLog, unit: str) -> NuclideResult | None:
    try:
        nuclide = normal_name(row.cells.get("nuclide", ""))
    except UnknownNuclideError:
        text = row.cells.get("nuclide", "")
        log.bad_record(row.place, field_name="nuclide", text=text, expected="a nuclide as Cs-137")
        return None
    word = row.cells.get("unit", unit)
    unit = UNITS.get(word.lower().replace("^", "").replace("³", "3"), "")
    if not unit:
        log.bad_record(row.place, field_name="unit", text=word, expected=_UNIT_EXPECTED)
        return None
    numbers = {name: row.number(name, log) for name in _NUMBERS}
    if not _fit(row, numbers, log):
        return None
    value, limit, mdc = numbers["value"], numbers["critical_level"], numbers["mdc"]
    # The decision limit of a Gaussian with constant error is half of the detection limit.
    threshold = limit if limit is not None else 0.5 * mdc if mdc is not None else 0.0
    return NuclideResult(
        nuclide=nuclide,
        method="reported",
        activity_bq=None,
        activity_sigma_bq=None,
        concentration=value,
        uncertainty=numbers["uncertainty"],
        unit=unit,
        critical_level=limit,
        mdc=mdc,
        detected=value is not None and value > 0.0 and value >= threshold,
    )


def _fit(row: CsvRow, numbers: dict[str, float | None], log: IssueLog) -> bool:
    for name in ("uncertainty", "critical_level", "mdc"):
        number = numbers[name]
        if number is not None and number < 0.0:
            expected = "a number from 0 on"
            log.bad_record(row.place, field_name=name, text=f"{number:g}", expected=expected)
            return False
    if all(numbers[name] is None for name in ("value", "critical_level", "mdc")):
        expected = "a concentration, or the limit below which it is"
        log.bad_record(row.place, field_name="concentration", text="", expected=expected)
        return False
    return True


def _sample(key: Key, results: list[NuclideResult]) -> SampleAnalysis:
    station, start_ns, stop_ns, sample_id = key
    gas = all(one.nuclide.startswith("Xe-") for one in results)
    return SampleAnalysis(
        station=station,
        detector="",
        sample_id=sample_id,
        technology="noble_gas" if gas else "particulate",
        collection_start_ns=start_ns,
        collection_stop_ns=stop_ns,
        acquisition_start_ns=None,
        air_volume_m3=None,
        nuclides=tuple(results),
    )
