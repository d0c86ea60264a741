"""Rows of a G2S text to a profile, checked one by one."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError
from vigie.formats.bulletins import decode_text
from vigie.formats.g2s._header import (
    CLIMATOLOGY_MARK,
    COLUMNS,
    DEFAULT,
    SCALES,
    Header,
    read_comment,
)
from vigie.records import AtmosphereProfile, AtmosphereSource, format_iso
from vigie.records.atmosphere import within_bounds

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

MAX_WIND_M_S = 200.0
"""Jets of the winter stratosphere reach 150 m/s."""
_JETS_BELOW_KM = 90.0
MAX_SOUND_SPEED_MISMATCH = 0.02
"""Relative difference of sqrt(1.4 p/rho) and 20.05 sqrt(T) below which a file is believed; the real
files agree to 3e-4 in the lower 60 km and to 1e-2 in the lower 85 km."""
_SAME_GAS_BELOW_KM = 85.0
_NEEDED = tuple(dict.fromkeys(COLUMNS.values()))

Pairs = tuple[tuple[str, str], ...]
Row = dict[str, float]


def read_profile(data: bytes, log: IssueLog) -> tuple[AtmosphereProfile | None, Pairs]:
    """Return the profile, or None where it cannot be had, and what the file says of itself."""
    header, rows = Header(), []
    lines = list(enumerate(decode_text(data, log).splitlines(), start=1))
    for number, line in lines:
        if line.lstrip().startswith("#"):
            read_comment(line.strip(), f"line {number}", header, log)
    if not header.declared:
        header.columns = {k: (name, SCALES[name][unit]) for k, (name, unit) in enumerate(DEFAULT)}
    missing = [name for name in _NEEDED if name not in {n for n, _ in header.columns.values()}]
    if missing:
        expected = f"one that declares {', '.join(missing)} too (# Fields = [ Z(km), T(K), ... ])"
        log.bad_record("line 1", field_name="header", text=_first(lines), expected=expected)
        return None, _describe(header)
    above = -math.inf
    for number, line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            row = _row(line, f"line {number}", header, log)
            if row is not None and _rises(row["height_km"], above, number, log):
                above = row["height_km"]
                rows.append(row)
    if rows and not header.declared:
        log.notice("line 1", "g2s.order", "no header declares the columns; taken as zTuvdP")
    return _profile(rows, header, log), _describe(header)


def _first(lines: list[tuple[int, str]]) -> str:
    return next((line for _, line in lines if line.strip()), "")


def _row(line: str, place: str, header: Header, log: IssueLog) -> Row | None:
    cells = line.split()
    row: Row = {}
    for column, (name, scale) in header.columns.items():
        text = cells[column] if column < len(cells) else ""
        value = _scaled(text, scale)
        if not within_bounds(name, value):
            expected = f"a number that fits {name}"
            log.bad_record(place, field_name=name, text=text, expected=expected)
            return None
        row[name] = value
    return row


def _scaled(text: str, scale: float) -> float:
    # In decimals, so that what is written in another unit is read back exactly. Fortran may
    # write its exponents with a D.
    try:
        return float(Decimal(text.upper().replace("D", "E")) * Decimal(str(scale)))
    except (ValueError, ArithmeticError):
        return math.nan


def _rises(height_km: float, above: float, number: int, log: IssueLog) -> bool:
    if height_km > above:
        return True
    expected = f"above the {above:g} km of the row before"
    log.bad_record(f"line {number}", field_name="height", text=f"{height_km:g}", expected=expected)
    return False


def _profile(rows: list[Row], header: Header, log: IssueLog) -> AtmosphereProfile | None:
    columns = {name: np.array([row[name] for row in rows]) for name in _NEEDED}
    ground = header.ground_km
    if ground is None and rows:
        ground = rows[0]["height_km"]
    climatology = header.model.startswith(CLIMATOLOGY_MARK)
    try:
        profile = AtmosphereProfile(
            **columns,
            ground_km=ground or 0.0,
            latitude=header.latitude,
            longitude=header.longitude,
            time_ns=header.time_ns,
            model=header.model.removeprefix(CLIMATOLOGY_MARK),
            source=AtmosphereSource.CLIMATOLOGY if climatology else AtmosphereSource.PROFILE,
        )
    except ParameterError as error:
        params = error.params
        log.bad_record(
            "the whole table",
            field_name=str(params["name"]),
            text=str(params["value"]),
            expected=str(params["expected"]),
        )
        return None
    _check_sound_speed(profile, log)
    _check_wind(profile, log)
    return profile


def _check_sound_speed(profile: AtmosphereProfile, log: IssueLog) -> None:
    low = profile.height_km < _SAME_GAS_BELOW_KM
    ratio = profile.sound_speed_m_s / profile.sound_speed_of_temperature_m_s
    off = low & (np.abs(ratio - 1.0) > MAX_SOUND_SPEED_MISMATCH)
    if off.any():
        at = int(np.argmax(off))
        log.suspect(
            f"the row of {profile.height_km[at]:g} km",
            field_name="pressure, density and temperature",
            text=f"{profile.sound_speed_m_s[at]:.1f} m/s",
            expected=f"the sound speed {profile.sound_speed_of_temperature_m_s[at]:.1f} m/s that "
            "the temperature gives (check the units of pressure and density)",
        )


def _check_wind(profile: AtmosphereProfile, log: IssueLog) -> None:
    speed_m_s = np.hypot(profile.zonal_m_s, profile.meridional_m_s)
    at = int(np.argmax(np.where(profile.height_km < _JETS_BELOW_KM, speed_m_s, 0.0)))
    if speed_m_s[at] > MAX_WIND_M_S:
        log.suspect(
            f"the row of {profile.height_km[at]:g} km",
            field_name="wind",
            text=f"{speed_m_s[at]:.0f} m/s",
            expected=f"at most {MAX_WIND_M_S:.0f} m/s (check the unit: km/h?)",
        )


def _describe(header: Header) -> Pairs:
    pairs = {
        "model": header.model,
        "time": "" if header.time_ns is None else format_iso(header.time_ns),
        "location": "" if header.latitude is None else f"{header.latitude} {header.longitude}",
    }
    return tuple((key, value) for key, value in pairs.items() if value)
