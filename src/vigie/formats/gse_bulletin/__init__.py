"""Bulletins as GSE2.0, as printed by the GSETT-3 IDC and national centres after it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

_FLAGS = re.MULTILINE | re.IGNORECASE
_NAMED = re.compile(rb"^DATA_TYPE[ \t]+(?:BULLETIN|ARRIVAL)[ \t]+GSE2\.0", _FLAGS)
_BEGIN = re.compile(rb"^BEGIN[ \t]+GSE2\.0", _FLAGS)
_BARE = re.compile(rb"^DATA_TYPE[ \t]+(?:BULLETIN|ARRIVAL)[ \t\r]*$", _FLAGS)


class GseBulletin:
    """GSE2.0 bulletins; those of GSE2.1 have the columns of IMS1.0 and are read as ``isf``."""

    name = "gse_bulletin"
    title = "GSE2.0 bulletin"
    suffixes = (".gse", ".gse2")
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a DATA_TYPE line names a bulletin of GSE2.0."""
        return bool(_NAMED.search(head) or (_BEGIN.search(head) and _BARE.search(head)))

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all events; every line is kept or reported with its number.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first line that breaks the format.
        """
        from vigie.formats.gse_bulletin._read import GseReader

        log = IssueLog(source.name, strict=strict)
        reader = GseReader(log)
        bulletin = reader.read(source.data)
        return Contents(
            format=self.name, bulletin=bulletin, issues=log.issues, header=tuple(reader.header)
        )

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return the bulletin; times to 0.1 s, three magnitudes an origin, as the format has.

        Raises
        ------
        UnwritableError
            There is no bulletin, or a value does not fit its field.
        """
        from vigie.formats.bulletins import bulletin_to_write
        from vigie.formats.gse_bulletin._write import write_gse

        return {self.suffixes[0]: write_gse(bulletin_to_write(contents, self.title))}


FORMAT = GseBulletin()
"""The entry point."""
