"""Weather as ARL packed it for HYSPLIT: a record per field and level, a byte per point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog, OnlyRead

if TYPE_CHECKING:
    from vigie.formats.base import Source


class ArlFormat(OnlyRead):
    """Fields of weather, several times in a file."""

    name = "arl_weather"
    title = "weather fields, ARL packed (HYSPLIT)"
    suffixes: tuple[str, ...] = (".arl", ".bin")
    holds = frozenset({"weather"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the file begins with the label and the head of an index record."""
        from vigie.formats.arl._index import is_index

        return is_index(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the fields that are known; a damaged record is left out, named by what it held.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first bad record.
        """
        from vigie.formats.arl._read import read_weather

        log = IssueLog(source.name, strict=strict)
        states, header = read_weather(source.data, log)
        return Contents(format=self.name, weather=states, issues=log.issues, header=header)


FORMAT = ArlFormat()
"""The entry point."""
