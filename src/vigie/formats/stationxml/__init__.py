"""FDSN StationXML, through ObsPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class StationXmlFormat:
    """Stations with channels and responses, by epoch."""

    name = "stationxml"
    title = "FDSN StationXML"
    suffixes = (".xml", ".stationxml")
    holds = frozenset({"stations"})
    writes = frozenset({"stations"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the root element is FDSNStationXML."""
        return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"FDSNStationXML" in head

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all stations; a damaged one is left out and the others are read.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first thing that cannot be read.
        """
        from vigie.formats.stationxml._read import read_stations

        log = IssueLog(source.name, strict=strict)
        stations = read_stations(source.data, log)
        return Contents(format=self.name, stations=stations, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file.

        Raises
        ------
        UnwritableError
            A code, position or date is not allowed by the schema.
        """
        from vigie.formats.stationxml._write import write_stations

        return {self.suffixes[0]: write_stations(contents.stations)}


FORMAT = StationXmlFormat()
"""The entry point."""
