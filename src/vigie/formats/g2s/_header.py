"""The comment lines of a G2S text: which columns there are, in which units, where and when.

Two spellings are in use: ``# Fields = [ Z(km), T(K), U(m/s), V(m/s), R(g/cm3), P(mbar) ]`` of the
G2S service, and ``#% 1, Z, km`` of ncpaprop, where column 0 stands for a constant in the line.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.errors import BadTimeError
from vigie.records import parse_iso

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

COLUMNS = {
    "z": "height_km",
    "t": "temperature_k",
    "u": "zonal_m_s",
    "v": "meridional_m_s",
    "r": "density_kg_m3",
    "rho": "density_kg_m3",
    "d": "density_kg_m3",
    "p": "pressure_pa",
}
"""Letter of a column to the field of the record."""
SCALES = {
    "height_km": {"km": 1.0, "m": 1e-3},
    "temperature_k": {"k": 1.0, "degk": 1.0},
    "zonal_m_s": {"m/s": 1.0, "mps": 1.0, "km/s": 1e3},
    "meridional_m_s": {"m/s": 1.0, "mps": 1.0, "km/s": 1e3},
    "density_kg_m3": {"g/cm3": 1e3, "g/cm^3": 1e3, "kg/m3": 1.0, "kg/m^3": 1.0},
    "pressure_pa": {"mbar": 1e2, "hpa": 1e2, "pa": 1.0, "kpa": 1e3},
}
"""Units that are understood, as factors to the record's."""
DEFAULT = (
    ("height_km", "km"), ("temperature_k", "k"), ("zonal_m_s", "m/s"),
    ("meridional_m_s", "m/s"), ("density_kg_m3", "g/cm3"), ("pressure_pa", "mbar"),
)  # fmt: skip
"""The order ``zTuvdP``."""
CLIMATOLOGY_MARK = "climatology: "
"""How a written profile says that it is one of climatology, before the name of the model."""
_FIELDS = re.compile(r"#\s*Fields\s*[=:]\s*\[(.*)\]", re.IGNORECASE)
_ITEM = re.compile(r"([A-Za-z]\w*)\s*\(([^()]*)\)")
_NCPAPROP = re.compile(r"#%\s*(\d+)\s*,\s*(\w+)\s*,\s*([^,\s]+)(?:\s*,\s*(\S+))?")
_NUMBER = r"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?"
_PLACE = re.compile(rf"#\s*Location\s*[=:]\s*\[?\s*({_NUMBER})\s*,\s*({_NUMBER})", re.IGNORECASE)
_GROUND = re.compile(rf"#\s*Ground Height\s*[=:]\s*({_NUMBER})", re.IGNORECASE)
_TIME = re.compile(r"#\s*Model Time\s*[=:]\s*(.+)", re.IGNORECASE)
_MODEL = re.compile(r"#\s*Data Source\s*[=:]\s*(.+)", re.IGNORECASE)


@dataclass(slots=True)
class Header:
    """What the comment lines say."""

    columns: dict[int, tuple[str, float]] = field(default_factory=dict)
    """Column, from 0, to the record's field and the factor to its unit."""
    declared: bool = False
    """Whether any line declared columns, be it wrongly."""
    ground_km: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    time_ns: int | None = None
    model: str = ""


def is_profile_header(head: bytes) -> bool:
    """Tell whether comment lines name height, temperature, both winds, density and pressure."""
    from vigie.formats.base import IssueLog

    if not head.lstrip().startswith(b"#"):
        return False
    header = Header()
    for number, line in enumerate(head.decode("latin-1").splitlines(), start=1):
        if line.startswith("#"):
            read_comment(line, f"line {number}", header, IssueLog("", strict=False))
    named = {name for name, _ in header.columns.values()}
    return {"height_km", "temperature_k", "zonal_m_s"} <= named


def read_comment(line: str, place: str, header: Header, log: IssueLog) -> None:
    """Take from one comment line what it says; other comments are passed over."""
    if match := _FIELDS.match(line):
        items = _ITEM.findall(match[1])
        header.declared = True
        header.columns = {}
        for column, (letter, unit) in enumerate(items):
            _declare(header, column, (letter, unit), (place, log))
    elif match := _NCPAPROP.match(line):
        header.declared = True
        column = int(match[1])
        if column:
            _declare(header, column - 1, (match[2], match[3]), (place, log))
        elif match[2].lower() == "z0":
            scale = SCALES["height_km"].get(match[3].lower(), math.nan)
            _take_ground(header, match[4] or "", scale, (place, log))
    else:
        _take_words(line, place, header, log)


def _declare(
    header: Header, column: int, item: tuple[str, str], where: tuple[str, IssueLog]
) -> None:
    letter, unit = item
    place, log = where
    name = COLUMNS.get(letter.lower())
    if name is None:
        log.omission(place, "g2s.column", f"column {letter!r} is not read", column=letter)
        return
    scale = SCALES[name].get(unit.strip().lower())
    if scale is None:
        known = " or ".join(SCALES[name])
        log.bad_record(place, field_name=f"unit of {letter}", text=unit, expected=known)
        return
    header.columns[column] = (name, scale)


def _take_words(line: str, place: str, header: Header, log: IssueLog) -> None:
    if match := _PLACE.match(line):
        latitude, longitude = float(match[1]), float(match[2])
        if abs(latitude) <= 90.0 and abs(longitude) <= 360.0:
            header.latitude = latitude
            header.longitude = (longitude + 180.0) % 360.0 - 180.0 if longitude > 180 else longitude
        else:
            log.suspect(place, field_name="Location", text=line, expected="latitude, longitude")
    elif match := _GROUND.match(line):
        if header.ground_km is None:
            _take_ground(header, match[1], 1.0, (place, log))
    elif match := _TIME.match(line):
        try:
            header.time_ns = parse_iso(match[1].strip())
        except BadTimeError:
            log.suspect(place, field_name="Model Time", text=match[1], expected="a time")
    elif match := _MODEL.match(line):
        header.model = match[1].strip()


def _take_ground(header: Header, text: str, scale: float, where: tuple[str, IssueLog]) -> None:
    place, log = where
    try:
        ground = float(text) * scale
    except ValueError:
        ground = math.nan
    if not -1.0 <= ground < 9.0:
        log.bad_record(place, field_name="ground height", text=text, expected="-1 to 9 km")
        return
    header.ground_km = ground
