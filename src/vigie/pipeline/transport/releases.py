"""Releases told by words or listed in a file, and the stations that may see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import BadTimeError, MissingInputError, ParameterError, UnknownNuclideError
from vigie.exchange.files import source_of
from vigie.facts.nuclides import nuclide as nuclide_of
from vigie.formats import Issue
from vigie.formats.base import IssueLog
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import first_line, read_csv_header, read_csv_rows
from vigie.records import parse_iso
from vigie.transport.forward import Release
from vigie.transport.starts import box_at

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.formats.csv_table import CsvRow
    from vigie.transport.march import MarchSettings

DEFAULT_HEIGHTS_M = (0.0, 50.0)
COLUMNS = ("name", "latitude", "longitude", "start", "stop", "amount_bq")
"""Of a list of releases; nuclide, low_m and high_m may stand beside them."""
_ALIASES = {
    "name": ("name", "release", "source"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "long"),
    "start": ("start", "release_start", "from"),
    "stop": ("stop", "end", "release_stop", "to"),
    "amount_bq": ("amount_bq", "bq", "released_bq", "activity_bq"),
    "nuclide": ("nuclide", "isotope"),
    "low_m": ("low_m", "bottom_m"),
    "high_m": ("high_m", "top_m"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRelease:
    """A release and what it is of."""

    release: Release
    nuclide: str = ""
    """Empty where nothing decays."""
    half_life_s: float | None = None


@dataclass(slots=True)
class ReleaseList:
    """What a file lists, and what of it could not be used."""

    found: list[NamedRelease] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    """File and line, and why."""
    issues: list[Issue] = field(default_factory=list)


def release_at(
    name: str,
    place: tuple[float, float],
    span: tuple[str, str],
    amount_bq: float,
    *,
    nuclide: str = "",
    heights_m: tuple[float, float] = DEFAULT_HEIGHTS_M,
) -> NamedRelease:
    """Return a release told by words: place in deg, times in ISO 8601.

    Parameters
    ----------
    nuclide : str
        In any spelling; empty for what does not decay.

    Raises
    ------
    ParameterError
        The place is not on Earth, the times or heights do not rise, or the amount is not above 0.
    BadTimeError
        A time is none.
    UnknownNuclideError
        The table of nuclides does not hold it.
    """
    latitude, longitude = place
    if not (abs(latitude) <= 90.0 and -180.0 <= longitude <= 360.0):
        value = f"{latitude:g} {longitude:g}"
        expected = "a latitude within 90 and a longitude from -180 to 360 deg"
        raise ParameterError(name=name, value=value, expected=expected)
    start, stop = (parse_iso(one) for one in span)
    if not start < stop:
        expected = "a release that stops after it starts"
        raise ParameterError(name=name, value=f"{span[0]} to {span[1]}", expected=expected)
    if not 0.0 < amount_bq < np.inf:
        raise ParameterError(name=name, value=f"{amount_bq:g} Bq", expected="an amount above 0")
    if not 0.0 <= heights_m[0] <= heights_m[1] < np.inf:
        value = f"{heights_m[0]:g} to {heights_m[1]:g} m"
        raise ParameterError(name=name, value=value, expected="heights that rise from 0")
    known = nuclide_of(nuclide) if nuclide else None
    return NamedRelease(
        release=Release(
            name=name,
            box=box_at(latitude, longitude, *heights_m),
            start_ns=start,
            stop_ns=stop,
            amount_bq=amount_bq,
            decay_per_s=0.0 if known is None else known.decay_constant_per_s,
        ),
        nuclide="" if known is None else known.name,
        half_life_s=None if known is None else known.half_life_s,
    )


def read_releases(
    path: Path, *, nuclide: str = "", heights_m: tuple[float, float] = DEFAULT_HEIGHTS_M
) -> ReleaseList:
    """Return the releases of a table: CSV with a header; a line that is wrong is told.

    Parameters
    ----------
    path : Path
    nuclide, heights_m
        Of releases whose line does not state them.

    Raises
    ------
    MissingInputError
        The file is missing, or lacks columns.
    """
    data = source_of(path).data
    log = IssueLog(str(path), strict=False)
    text = decode_text(data, log)
    canonical = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
    header = read_csv_header(first_line(data), canonical)
    if lacking := [name for name in COLUMNS if name not in header.names]:
        remedy = (
            f"A list of releases is CSV with the columns {', '.join(COLUMNS)}; nuclide, low_m "
            "and high_m may follow."
        )
        what = f"the column {', '.join(lacking)}" if header.separator else "its header"
        raise MissingInputError(path=str(path), what=what, remedy=remedy)
    out = ReleaseList()
    for row in read_csv_rows(text, canonical, log):
        try:
            out.found.append(_release_of(row, nuclide, heights_m))
        except (ParameterError, BadTimeError, UnknownNuclideError) as error:
            out.failed.append((f"{path}, {row.place}", str(error)))
    out.issues = [one for one in log.issues if one.severity == "notice"]
    wrong = [one for one in log.issues if one.severity != "notice"]
    out.failed += [(f"{path}, {one.place}", one.text) for one in wrong]
    if not (out.found or out.failed):
        raise MissingInputError(path=str(path), what="a release", remedy="Add a line for each.")
    return out


def _release_of(row: CsvRow, nuclide: str, heights_m: tuple[float, float]) -> NamedRelease:
    name = row.cells.get("name", row.place)
    for column in COLUMNS:
        if column not in row.cells:
            raise ParameterError(name=name, value=f"no {column}", expected="a value in its column")
    numbers = {
        column: _number(row, column, name)
        for column in ("latitude", "longitude", "amount_bq", "low_m", "high_m")
        if column in row.cells
    }
    return release_at(
        name,
        (numbers["latitude"], numbers["longitude"]),
        (row.cells["start"], row.cells["stop"]),
        numbers["amount_bq"],
        nuclide=row.cells.get("nuclide", nuclide),
        heights_m=(numbers.get("low_m", heights_m[0]), numbers.get("high_m", heights_m[1])),
    )


def _number(row: CsvRow, column: str, name: str) -> float:
    text = row.cells[column]
    try:
        return float(text.replace("_", "x"))
    except ValueError:
        expected = f"a number as {column}"
        raise ParameterError(name=name, value=text, expected=expected) from None


def hours_of(settings: MarchSettings, first_ns: int, last_ns: int, *, most: float) -> float:
    """Return how many hours of whole intervals lie between two times, at most so many."""
    intervals = int((last_ns - first_ns) / (settings.interval_s * 1e9) + 1e-9)
    return min(intervals * settings.interval_s / 3600.0, most)
