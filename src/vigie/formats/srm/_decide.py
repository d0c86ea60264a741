"""What a file does not say of itself, found out from what it holds, or from the options.

Order of latitude and longitude (of header and rows apart), base of the steps, centre or corner of
the cells, meaning of a fifth column. Each decision is a notice with its evidence. What nothing
decides is refused, with the option that decides it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.ims import ims_facilities, ims_stations

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog
    from vigie.formats.srm._header import Header
    from vigie.formats.srm._options import SrmOptions
    from vigie.formats.srm._rows import Rows

FloatArray = NDArray[np.float64]

LAT_LON, LON_LAT = "lat_lon", "lon_lat"
_RN_CODE = re.compile(r"[A-Z]{2}[PX](\d\d)")
"""Detectors of the International Monitoring System: CAP17 is at RN17."""
_NEAR_DEG = 5.0
_FAR = 3.0
"""So many times nearer is the right reading than the wrong one."""
_CALM_CELLS = (0.25, 0.65)
"""Standard deviation of a first step that tells: above it drifted, below it lies in one row or
column, and the sampler anywhere in its cells."""
_MOST_RATIO = 30.0
"""Of spread and value: no ensemble has 900 members."""
_CLEAR_CELLS = 0.3
_MIRROR = {LAT_LON: LON_LAT, LON_LAT: LAT_LON}

Orders = tuple[str, str]
"""Of the header, of the rows."""


def decide_orders(header: Header, rows: Rows, options: SrmOptions, log: IssueLog) -> Orders | None:
    """Return the order of the positions in header and rows; None, with an issue, if ambiguous."""
    headers, why_header = _header_orders(header, options)
    bodies, why_rows = _row_orders(rows.table, options)
    pairs = [(one, other) for one in headers for other in bodies]
    if len(pairs) > 1 and len(rows.table):
        near = _near_pairs(header, rows.table, pairs)
        if len(near) == 1:
            why = "the first step lies at the receptor so, and far from it otherwise"
            why_header, why_rows = why_header or why, why_rows or why
        pairs = near
    if len({one for one, _ in pairs}) > 1 and abs(header.first - header.second) < header.dy:
        pairs = [pair for pair in pairs if pair[0] == LAT_LON] or pairs
        why_header = why_header or "both are the same within a cell"
    if not len(rows.table) and len({one for one, _ in pairs}) == 1:
        pairs, why_rows = pairs[:1], "there are no rows"
    if len(pairs) != 1:
        _refuse_orders(header, rows, pairs, log)
        return None
    for what, order, why in zip(("header", "rows"), pairs[0], (why_header, why_rows), strict=True):
        words = "latitude first" if order == LAT_LON else "longitude first"
        turn = _turn(rows.table, order) if what == "rows" else ""
        log.notice(what, "srm.order", f"{words}{turn}: {why}", order=order)
    return pairs[0]


def _turn(table: FloatArray, order: str) -> str:
    """Return in words how longitudes are counted; empty where both ways are the same."""
    longitude = table[:, 1 if order == LAT_LON else 0]
    if not len(longitude) or (longitude.min() >= 0.0 and longitude.max() <= 180.0):
        return ""
    return ", longitudes -180 to 180" if longitude.min() < 0.0 else ", longitudes 0 to 360"


def _refuse_orders(header: Header, rows: Rows, pairs: list[Orders], log: IssueLog) -> None:
    shown = f"{header.first:g} {header.second:g}"
    if not pairs:
        expected = (
            "an order that fits all: some second and some first numbers are beyond 90. Mend the "
            "rows, or read it with the option order=lat_lon or order=lon_lat"
        )
    else:
        what = "header_order" if len({body for _, body in pairs}) == 1 else "order"
        expected = (
            "clear: neither a number beyond 90, nor the station's known position, nor the first "
            f"step says which is the latitude; read it with the option {what}=lat_lon or "
            f"{what}=lon_lat"
        )
    first = f"; {rows.text_of(int(rows.line[0]))}" if len(rows.line) else ""
    log.bad_record(
        "file", field_name="order of latitude and longitude", text=shown + first, expected=expected
    )


def _header_orders(header: Header, options: SrmOptions) -> tuple[list[str], str]:
    if options.header_order != "auto":
        return [options.header_order], f"so the {options.said_by} says"
    for value, order in ((header.first, LON_LAT), (header.second, LAT_LON)):
        if abs(value) > 90.0:
            return [order], f"{value:g} is beyond 90"
    known = _known_position(header.station)
    if known is not None:
        apart = {LAT_LON: _apart_deg(header.first, header.second, *known),
                 LON_LAT: _apart_deg(header.second, header.first, *known)}  # fmt: skip
        best = min(apart, key=apart.__getitem__)
        if apart[best] < _NEAR_DEG and apart[_MIRROR[best]] > _FAR * apart[best] + 1.0:
            return [best], f"{header.station} is known to be at {known[0]:g} {known[1]:g}"
    return [LAT_LON, LON_LAT], ""


def _row_orders(table: FloatArray, options: SrmOptions) -> tuple[list[str], str]:
    if options.order != "auto":
        return [options.order], f"so the {options.said_by} says"
    beyond = [int(np.count_nonzero(np.abs(table[:, k]) > 90.0)) for k in (0, 1)]
    # A single row may be damaged; its own position is then refused.
    for k, order in ((0, LON_LAT), (1, LAT_LON)):
        if beyond[k] and beyond[1 - k] <= min(1, beyond[k] - 1):
            name = ("first", "second")[k]
            return [order], f"the {name} number is beyond 90 in {beyond[k]} rows"
    return ([], "") if all(beyond) else ([LAT_LON, LON_LAT], "")


def _known_position(code: str) -> tuple[float, float] | None:
    """Return the position of a station of the International Monitoring System, else None."""
    for one in ims_stations():
        if one.code == code:
            return one.latitude, one.longitude
    number = _RN_CODE.fullmatch(code)
    treaty = f"RN{number[1]}" if number else code
    for facility in ims_facilities():
        if facility.treaty_code == treaty and facility.latitude is not None:
            return facility.latitude, facility.longitude or 0.0
    return None


def _near_pairs(header: Header, table: FloatArray, pairs: list[Orders]) -> list[Orders]:
    """Return the pairs of orders by which the first step lies at the receptor."""
    apart: dict[Orders, float] = {}
    first = table[table[:, 2] == table[:, 2].min()]
    top = first[int(np.argmax(first[:, 3]))]
    for head, body in pairs:
        place = (header.first, header.second)
        place = place if head == LAT_LON else place[::-1]
        where = (top[0], top[1]) if body == LAT_LON else (top[1], top[0])
        possible = abs(place[0]) <= 90.0 and abs(where[0]) <= 90.0
        apart[head, body] = _apart_deg(*place, *where) if possible else 180.0
    best = min(apart.values())
    if best > _NEAR_DEG:
        return pairs
    near = [pair for pair, deg in apart.items() if deg <= _FAR * best + 2.0 * header.dy]
    return near if len(near) < len(pairs) else pairs


def _apart_deg(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    a, b, across = np.radians([lat, other_lat, lon - other_lon])
    half = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(across / 2) ** 2
    return float(np.degrees(2.0 * np.arcsin(min(np.sqrt(abs(half)), 1.0))))


def decide_base(header: Header, rows: Rows, options: SrmOptions, log: IssueLog) -> int | None:
    """Return the number of the first step; None, with an issue, if ambiguous."""
    n_steps, steps = header.n_steps, rows.table[:, 2]
    if options.base != "auto":
        log.notice(
            "steps",
            "srm.base",
            f"the first step is {options.base}: so the {options.said_by} says",
            base=options.base,
        )
        return int(options.base)
    if not len(steps):
        return 0
    first, last = int(np.count_nonzero(steps == 0)), int(np.count_nonzero(steps == n_steps))
    # One row of an impossible step is a damaged row, and is refused as such.
    if first > 1 or (first == 1 and not last):
        base = 0 if last <= 1 else None
        why = f"there is a step 0 ({first} rows)"
    elif last and first <= 1:
        base = 1 if last > first else None
        why = f"the last step is {n_steps}, as many as the header has, and there is no step 0"
    else:
        base, why = None, ""
    if base is None:
        span = f"{steps.min():g} to {steps.max():g} of {n_steps}"
        expected = (
            f"clear: neither a step 0 alone nor a step {n_steps} alone says whether the first "
            "is 0 or 1; read it with the option base=0 or base=1"
        )
        log.bad_record("file", field_name="base of the steps", text=span, expected=expected)
        return None
    log.notice("steps", "srm.base", f"the first step is {base}: {why}", base=base)
    return base


def decide_corner(
    header: Header, offset_cells: tuple[float, float] | None, options: SrmOptions, log: IssueLog
) -> bool:
    """Tell whether positions are corners.

    Parameters
    ----------
    header : Header
    offset_cells : tuple of float or None
        Of the first step's centroid from the receptor, north and east; None if it tells nothing.
    options : SrmOptions
    log : IssueLog
    """
    if options.cell != "auto":
        log.notice(
            "cells", "srm.cell", f"positions are the {options.cell}: so the {options.said_by} says"
        )
        return options.cell == "corner"
    if offset_cells is None:
        why = "as is usual; the first step does not tell (it drifted, or lies in one row or column)"
        log.notice("cells", "srm.cell", f"positions are taken as centres of cells, {why}")
        return False
    north, east = offset_cells
    centre, corner = np.hypot(north, east), np.hypot(north + 0.5, east + 0.5)
    shown = f"the centroid of the first step is {north:+.2f} cells north and {east:+.2f} east of "
    shown += f"{header.station}"
    if min(centre, corner) > _CLEAR_CELLS:
        told = f"positions are taken as centres of cells, as is usual; {shown}, which is neither"
        log.notice("cells", "srm.cell", told, cell="centre")
        return False
    is_corner = bool(corner < centre)
    word = "south-western corners" if is_corner else "centres"
    log.notice("cells", "srm.cell", f"positions are {word} of cells: {shown}")
    return is_corner


def centroid_offset(
    rows: tuple[FloatArray, FloatArray, FloatArray],
    receptor: tuple[float, float],
    header: Header,
) -> tuple[float, float] | None:
    """Return where a step's centroid lies from the receptor, in cells; None if that tells nothing.

    Parameters
    ----------
    rows : tuple of ndarray
        Latitude, longitude and value of the first step.
    receptor : tuple of float
        Latitude and longitude.
    header : Header
    """
    latitude, longitude, value = rows
    if not len(value) or not value.sum() > 0.0:
        return None
    weight = value / value.sum()
    offsets = []
    turned = np.mod(longitude - receptor[1] + 180.0, 360.0) - 180.0
    for apart, size in ((latitude - receptor[0], header.dy), (turned, header.dx)):
        mean = float(weight @ apart) / size
        spread = float(np.sqrt(weight @ (apart / size - mean) ** 2))
        if not _CALM_CELLS[0] <= spread <= _CALM_CELLS[1]:
            return None
        offsets.append(mean)
    return offsets[0], offsets[1]


def tell_spread(value: FloatArray, spread: FloatArray, log: IssueLog) -> None:
    """Tell that a fifth column is taken as the spread, and what speaks for it.

    The standard deviation of n numbers that are not negative is at most sqrt(n - 1) times their
    mean, and exactly that where a single one is not 0.
    """
    positive = value > 0.0
    told = "the fifth column is taken as the spread of an ensemble (option fifth=ignore drops it)"
    if positive.any():
        with np.errstate(over="ignore"):
            ratio = spread[positive] / value[positive]
        most = float(ratio.max())
        members = round(min(most, _MOST_RATIO) ** 2) + 1
        share = float(np.mean(ratio > 0.99 * most))
        if most < _MOST_RATIO and abs(most**2 + 1 - members) < 0.01 * members and share > 0.01:
            told += f": it is never above {most:.4g} times the value, as of {members} members"
        else:
            told += f"; it is at most {most:.4g} times the value, which proves nothing"
    log.notice("columns", "srm.spread", told)
