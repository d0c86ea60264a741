"""Which station a recording belongs to, and where that station is.

Descriptions come, in this order, from the files that the user names, from what came with
the recordings, and from the built-in tables of the International Monitoring System. The first
source that knows a code wins whole: two descriptions of one station are never mixed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.exchange.files import read_file
from vigie.formats import Issue
from vigie.records import Inventory, Station

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(slots=True)
class StationBook:
    """Stations by code, by alias and by the codes of their elements."""

    stations: list[Station] = field(default_factory=list)
    issues: list[tuple[str, Issue]] = field(default_factory=list)
    """Path and what was wrong in it."""

    @property
    def inventory(self) -> Inventory:
        """All stations."""
        return Inventory(tuple(self.stations))

    def add(self, stations: Iterable[Station]) -> None:
        """Add the stations whose code no earlier source knows."""
        known = {s.code for s in self.stations}
        self.stations += [s for s in stations if s.code not in known]

    def find(self, code: str, time_ns: int) -> Station | None:
        """Return the station of a code, an alias or an array element, at a time."""
        station = self.inventory.at(code, time_ns)
        if station is not None:
            return station
        holders = (
            s
            for s in self.stations
            if s.epoch.holds(time_ns) and any(site.code == code for site in s.sites)
        )
        return next(holders, None)


def open_book(files: Sequence[Path], *, with_ims: bool = True) -> StationBook:
    """Read station files, and add the stations of the IMS that they do not describe.

    Raises
    ------
    UnknownFormatError, MissingInputError
        A file cannot be read.
    """
    book = StationBook()
    for path in files:
        contents = read_file(path)
        book.issues += [(str(path), issue) for issue in contents.issues]
        # Epochs of one station stand in one file: they are one source.
        book.add(contents.stations)
    if with_ims:
        from vigie.stations.ims import ims_inventory

        book.add(ims_inventory().stations)
    return book
