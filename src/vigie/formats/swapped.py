"""Latitude and longitude in each other's place, as far as a number can tell.

A latitude beyond 90 deg beside a longitude that could be one is such a pair. Of the others in a
table nothing can be told: where one pair is swapped and none shows that the table has the right
order (a longitude beyond 90 deg), all may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.formats.base import IssueLog

MAX_LATITUDE_DEG = 90.0
MAX_LONGITUDE_DEG = 360.0


def is_swapped(latitude_deg: float | None, longitude_deg: float | None) -> bool:
    """Tell whether only the other order of the two is a position on earth.

    Examples
    --------
    >>> is_swapped(127.1, 37.2), is_swapped(37.2, 127.1), is_swapped(127.1, 99.0)
    (True, False, False)
    """
    if latitude_deg is None or longitude_deg is None:
        return False
    beyond = MAX_LATITUDE_DEG < abs(latitude_deg) <= MAX_LONGITUDE_DEG
    return beyond and abs(longitude_deg) <= MAX_LATITUDE_DEG


def swapped_position(longitude: object) -> str:
    """Return what a latitude should have been, where the longitude could be it."""
    return (
        f"between -90 and 90, but its longitude {str(longitude)[:20]} is: the two seem to be "
        "swapped; exchange them in the file"
    )


def warn_of_others(places: Sequence[tuple[str, float]], n_swapped: int, log: IssueLog) -> None:
    """Say that more of a table may be swapped than what was left out.

    Parameters
    ----------
    places : sequence of (place in the file, longitude in deg)
        Of the rows that were read.
    n_swapped : int
        Rows left out since they are swapped.
    log : IssueLog
        Told.
    """
    if not n_swapped or not places:
        return
    if any(abs(longitude) > MAX_LATITUDE_DEG for _, longitude in places):
        return
    rows = "1 row is" if n_swapped == 1 else f"{n_swapped} rows are"
    text = (
        f"latitude and longitude of {rows} swapped, so those of the other {len(places)} may be as "
        "well: they are read as they stand, check them"
    )
    log.notice(places[0][0], "formats.may_be_swapped", text)
