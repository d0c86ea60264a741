"""Bulletins and arrival lists as CSS 3.0 flat files: origin, assoc, arrival and their relatives.

Any one of the tables may be given; the others are looked for beside it under the same
prefix (``day.origin``, ``day.arrival`` ...). What is missing is done without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class CssBulletin:
    """Bulletin tables of CSS 3.0, classic and wide (KB Core) columns, also mixed."""

    name = "css_bulletin"
    title = "CSS3.0 bulletin tables (event, origin, origerr, assoc, arrival, netmag, stamag ...)"
    suffixes: tuple[str, ...] = (
        ".arrival",
        ".origin",
        ".assoc",
        ".event",
        ".origerr",
        ".netmag",
        ".stamag",
        ".amplitude",
        ".remark",
    )
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first line has the columns of one of the tables."""
        from vigie.formats.css_bulletin._tables import SET

        return SET.table_of(head, name) is not None

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the set of tables that the source belongs to.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first line that breaks its table.
        """
        from vigie.formats.css_bulletin._read import bulletin_of
        from vigie.formats.css_bulletin._tables import SET, Tables

        log = IssueLog(source.name, strict=strict)
        bulletin = bulletin_of(Tables(**SET.load(source, log)), log)
        return Contents(format=self.name, bulletin=bulletin, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return the tables that are not empty, wide columns, by their endings.

        Ids that are no whole numbers are numbered anew.

        Raises
        ------
        UnwritableError
            There is no bulletin, or a code or number does not fit its column.
        """
        from vigie.formats.bulletins import bulletin_to_write
        from vigie.formats.css_bulletin._write import write_tables

        return write_tables(bulletin_to_write(contents, self.title))


FORMAT = CssBulletin()
"""The entry point."""
