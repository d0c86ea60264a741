"""Bulletins and arrival lists as IMS1.0:SHORT, the IASPEI Seismic Format (ISF)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

_MARK = re.compile(
    rb"^DATA_TYPE[ \t]+(?:BULLETIN|ARRIVAL(?::\w+)?)[ \t]+(?:IMS[12]\.0|GSE2\.1)",
    re.MULTILINE | re.IGNORECASE,
)


class Isf:
    """IMS1.0:SHORT bulletins (ISF) and ARRIVAL:GROUPED lists."""

    name = "isf"
    title = "IMS1.0/ISF bulletin or arrival list"
    suffixes = (".isf", ".ims")
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a DATA_TYPE line of IMS1.0 or 2.0 names a bulletin or arrivals."""
        return bool(_MARK.search(head))

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all events and arrivals; every line is kept or reported with its number.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first line that breaks the format.
        """
        from vigie.formats.isf._read import IsfReader

        log = IssueLog(source.name, strict=strict)
        reader = IsfReader(log)
        bulletin = reader.read(source.data)
        return Contents(
            format=self.name, bulletin=bulletin, issues=log.issues, header=tuple(reader.header)
        )

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return the bulletin, followed by a message of arrivals that belong to no event.

        Raises
        ------
        UnwritableError
            There is no bulletin, or a value does not fit its field.
        """
        from vigie.formats.bulletins import bulletin_to_write
        from vigie.formats.isf._write import write_isf

        return {self.suffixes[0]: write_isf(bulletin_to_write(contents, self.title))}


FORMAT = Isf()
"""The entry point."""
