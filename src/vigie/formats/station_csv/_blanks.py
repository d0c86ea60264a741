"""Blank elevations: what the other rows of a site and of an array make of them.

One of the site counts for all its rows. Where other elements of the array have one, 0 would put
this element hundreds of metres off: it stays unknown (NaN). Else it counts as 0.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.formats.flat_stations import FlatRow

_OF_SITE = "no elevation, that of the site's other row is taken"
_UNKNOWN = "no elevation, though others of the array have one: not known"
_ZERO = "no elevation, taken as 0 m"


def with_blanks(rows: Sequence[FlatRow], repairs: dict[str, list[int]]) -> list[FlatRow]:
    """Return the rows, those without an elevation as the others allow.

    Parameters
    ----------
    rows : sequence of FlatRow
        ``elevation_m`` NaN where it is blank.
    repairs : dict
        What was made of which lines is added.
    """
    given = [row for row in rows if not math.isnan(row.elevation_m)]
    of_site = {_site(row): row.elevation_m for row in reversed(given)}
    arrays = {(row.id.network, row.array) for row in given if row.array}
    return [
        row if not math.isnan(row.elevation_m) else _filled(row, of_site, arrays, repairs)
        for row in rows
    ]


def _filled(
    row: FlatRow,
    of_site: dict[tuple[str, str, str], float],
    arrays: set[tuple[str, str]],
    repairs: dict[str, list[int]],
) -> FlatRow:
    if _site(row) in of_site:
        elevation_m, what = of_site[_site(row)], _OF_SITE
    elif (row.id.network, row.array) in arrays:
        elevation_m, what = math.nan, _UNKNOWN
    else:
        elevation_m, what = 0.0, _ZERO
    repairs.setdefault(what, []).append(row.line_number)
    return replace(row, elevation_m=elevation_m)


def _site(row: FlatRow) -> tuple[str, str, str]:
    return row.id.network, row.array, row.id.station
