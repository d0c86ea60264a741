"""Stations as CSS 3.0 flat files: site, sitechan, sensor, instrument, affiliation, network.

Any one of the tables may be given; the others are looked for beside it (``ims.site``,
``ims.sitechan`` ..., or ``site``, ``sitechan``). Only ``site`` is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class CssStationsFormat:
    """Station tables of CSS 3.0, classic and wide (KB Core) columns, also mixed."""

    name = "css_stations"
    title = "CSS3.0 station tables (site, sitechan, sensor, instrument, affiliation, network)"
    suffixes = (".site", ".sitechan", ".sensor", ".instrument", ".affiliation", ".network")
    holds = frozenset({"stations"})
    writes = frozenset({"stations"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first line has the columns of one of the tables."""
        from vigie.formats.css_stations._tables import SET

        return SET.table_of(head, name) is not None

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the set of tables that the source belongs to.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first line that breaks its table.
        """
        from vigie.formats.css_stations._stations import stations_of
        from vigie.formats.css_stations._tables import SET, Tables

        log = IssueLog(source.name, strict=strict)
        stations = stations_of(Tables(**SET.load(source, log)), source, log)
        return Contents(format=self.name, stations=stations, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return the tables that are needed, wide columns, and response files, by their endings.

        The header entry ``stem`` of the contents is the name of the set, if it is known.

        Raises
        ------
        UnwritableError
            A code or number does not fit its column.
        """
        from vigie.formats.css_stations._write import write_stations

        return write_stations(contents.stations, dict(contents.header).get("stem"))


FORMAT = CssStationsFormat()
"""The entry point."""
