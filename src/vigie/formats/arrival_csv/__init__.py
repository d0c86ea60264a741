"""Arrival lists as plain CSV: ``station``, ``time`` and whatever was measured, a row a reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class ArrivalCsv:
    """Readings in a table with a header line, grouped by ``event`` where it has that column."""

    name = "arrival_csv"
    title = "arrival list as CSV (station, time, phase, azimuth_deg, ...)"
    suffixes = (".csv", ".txt")
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first line is a header that names a station and a time."""
        from vigie.formats.arrival_csv._columns import is_arrival_header

        return is_arrival_header(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the rows; those with an event become events that have no origin yet.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first row that cannot be read.
        """
        from vigie.formats.arrival_csv._read import read_arrivals

        log = IssueLog(source.name, strict=strict)
        return Contents(
            format=self.name, bulletin=read_arrivals(source.data, log), issues=log.issues
        )

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file: a row per detection. Origins and magnitudes have no place in it.

        Raises
        ------
        UnwritableError
            There is no bulletin.
        """
        from vigie.formats.arrival_csv._write import write_arrivals
        from vigie.formats.bulletins import bulletin_to_write

        return {self.suffixes[0]: write_arrivals(bulletin_to_write(contents, self.title))}


FORMAT = ArrivalCsv()
"""The entry point."""
