"""Tables of known emitters, and of power reactors, as CSV with a header line; read only.

They are named by a user beside the samples that they explain, so they are read by what they are for
and not recognised among other files. A row that makes no sense is left out, with its line and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vigie.errors import BadTimeError, ParameterError, UnknownNuclideError
from vigie.facts.nuclides import normal_name, nuclide
from vigie.formats.base import IssueLog
from vigie.formats.bulletins import decode_text
from vigie.formats.csv_table import first_line, read_csv_header, read_csv_rows
from vigie.records import Emitter, parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Issue, Source
    from vigie.formats.csv_table import CsvRow

EMITTER_COLUMNS = {
    "name": ("name", "facility", "site"),
    "kind": ("kind", "type"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "long"),
    "nuclide": ("nuclide", "isotope"),
    "median": ("median_bq_per_day", "bq_per_day", "median bq/day", "median"),
    "spread": ("geometric_standard_deviation", "gsd", "spread"),
    "holds": ("holds_days",),
    "from": ("from", "start", "begin"),
    "to": ("to", "stop", "end"),
    "source": ("source", "reference"),
}
NEEDED = ("name", "latitude", "longitude", "nuclide")
REACTOR_COLUMNS = {
    "name": ("name", "reactor"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon"),
    "status": ("status",),
    "from": ("operationalfrom", "operational_from", "from"),
    "to": ("operationalto", "operational_to", "to"),
}
NEVER_RAN = ("planned", "under construction", "never built", "suspended construction",
             "cancelled construction", "never commissioned", "unknown")  # fmt: skip
"""Statuses of reactors that release nothing."""
STOPPED = ("shutdown", "decommissioning completed", "permanent shutdown", "suspended operation")


class ReactorRow(NamedTuple):
    """A reactor of a list."""

    name: str
    latitude: float
    longitude: float
    from_ns: int | None
    to_ns: int | None


def read_emitters(source: Source) -> tuple[tuple[Emitter, ...], tuple[Issue, ...]]:
    """Return the emitters of a table, and what was wrong.

    Columns: name, latitude, longitude, nuclide; median_bq_per_day (empty where not known), gsd (1),
    holds_days (1), from, to (empty where open), kind and source.
    """
    log = IssueLog(source.name, strict=False)
    names = _names(EMITTER_COLUMNS)
    if not _has(source, names, NEEDED, log):
        return (), log.issues
    rows = read_csv_rows(decode_text(source.data, log), names, log)
    found = [one for row in rows if (one := _emitter(row, log)) is not None]
    return tuple(found), log.issues


def read_reactors(source: Source) -> tuple[tuple[ReactorRow, ...], tuple[Issue, ...]]:
    """Return the reactors of a list that have run, and what was wrong.

    Columns: Name, Latitude, Longitude; Status, OperationalFrom and OperationalTo where there are
    such (GeoNuclearData). One without position is left out, and so is one that stopped at a time
    that is not given.
    """
    log = IssueLog(source.name, strict=False)
    names = _names(REACTOR_COLUMNS)
    if not _has(source, names, ("name", "latitude", "longitude"), log):
        return (), log.issues
    rows = read_csv_rows(decode_text(source.data, log), names, log)
    found = [one for row in rows if (one := _reactor(row, log)) is not None]
    return tuple(found), log.issues


def _names(columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {alias: name for name, aliases in columns.items() for alias in aliases}


def _has(source: Source, names: dict[str, str], needed: tuple[str, ...], log: IssueLog) -> bool:
    header = read_csv_header(first_line(source.data), names)
    missing = [name for name in needed if name not in header.names]
    if missing:
        expected = f"a header line with {', '.join(needed)} (missing: {', '.join(missing)})"
        log.bad_record("line 1", field_name="header", text=first_line(source.data),
                       expected=expected)  # fmt: skip
    return not missing


def _emitter(row: CsvRow, log: IssueLog) -> Emitter | None:
    place = _place(row, log)
    times = _times(row, log)
    if place is None or times is None:
        return None
    name, latitude, longitude = place
    try:
        known = normal_name(row.cells.get("nuclide", ""))
        nuclide(known)  # without a half-life no decay can be taken in
    except UnknownNuclideError:
        expected = "a nuclide of which vigie knows the half-life, as Xe-133"
        log.bad_record(row.place, field_name="nuclide", text=row.cells.get("nuclide", ""),
                       expected=expected)  # fmt: skip
        return None
    spread, holds = row.number("spread", log), row.number("holds", log)
    try:
        return Emitter(
            name=name, kind=row.cells.get("kind", ""), latitude=latitude, longitude=longitude,
            nuclide=known, median_bq_per_day=row.number("median", log),
            spread=1.0 if spread is None else spread,
            holds_days=1.0 if holds is None else holds,
            from_ns=times[0], to_ns=times[1], source=row.cells.get("source", ""),
        )  # fmt: skip
    except ParameterError as error:
        told = dict(error.params)
        log.bad_record(row.place, field_name=str(told["name"]), text=str(told["value"]),
                       expected=str(told["expected"]))  # fmt: skip
        return None


def _place(row: CsvRow, log: IssueLog) -> tuple[str, float, float] | None:
    name = row.cells.get("name", "")
    latitude, longitude = row.number("latitude", log), row.number("longitude", log)
    if not name or latitude is None or longitude is None:
        log.bad_record(row.place, field_name="place", text=name,
                       expected="a name, a latitude and a longitude")  # fmt: skip
        return None
    if abs(latitude) > 90.0 or abs(longitude) > 360.0:
        log.bad_record(row.place, field_name="place", text=f"{latitude:g} {longitude:g}",
                       expected="a latitude within 90 and a longitude within 360 deg")  # fmt: skip
        return None
    return name, latitude, longitude


def _times(row: CsvRow, log: IssueLog) -> tuple[int | None, int | None] | None:
    out: list[int | None] = []
    for name in ("from", "to"):
        text = row.cells.get(name, "")
        try:
            out.append(parse_time(text, date_alone=True) if text else None)
        except BadTimeError as error:
            log.bad_record(row.place, field_name=name, text=text, expected=error.expected)
            return None
    return out[0], out[1]


def _reactor(row: CsvRow, log: IssueLog) -> ReactorRow | None:
    status = row.cells.get("status", "").lower()
    if status in NEVER_RAN:
        return None
    place, times = _place(row, log), _times(row, log)
    if place is None or times is None or (status in STOPPED and times[1] is None):
        return None
    return ReactorRow(*place, *times)
