"""Stations as plain CSV: ``station,latitude,longitude,elevation_m``, a row per channel or site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class StationCsvFormat:
    """Station positions in a table with a header line."""

    name = "station_csv"
    title = "station list as CSV (station, latitude, longitude, elevation_m)"
    suffixes = (".csv", ".txt")
    holds = frozenset({"stations"})
    writes = frozenset({"stations"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first line is a header that names station, latitude, longitude."""
        from vigie.formats.station_csv._columns import is_station_header

        return is_station_header(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the rows; rows of one station become its channels, each with its own position.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first row without a usable position.
        """
        from vigie.formats.flat_stations import stations_of
        from vigie.formats.station_csv._rows import read_rows

        log = IssueLog(source.name, strict=strict)
        stations = stations_of(read_rows(source.data, log), log)
        return Contents(format=self.name, stations=stations, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file: a row per channel, or per site where no channels are known."""
        from vigie.formats.station_csv._write import write_stations

        return {self.suffixes[0]: write_stations(contents.stations)}


FORMAT = StationCsvFormat()
"""The entry point."""
