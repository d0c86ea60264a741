"""Profiles of the atmosphere as G2S text: a commented header of columns, then the levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class G2sFormat:
    """One vertical profile as a table with a commented header."""

    name = "g2s"
    title = "atmosphere profile, G2S or ncpaprop text (zTuvdP)"
    suffixes = (".met", ".dat", ".txt")
    holds = frozenset({"profiles"})
    writes = frozenset({"profiles"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the comment lines name height, temperature and wind columns."""
        from vigie.formats.g2s._header import is_profile_header

        return is_profile_header(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the profile; rows that break the rules are left out with their line.

        Without a header line of columns the order ``zTuvdP`` of G2S is taken, with a notice.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first bad header or row.
        """
        from vigie.formats.g2s._read import read_profile

        log = IssueLog(source.name, strict=strict)
        profile, header = read_profile(source.data, log)
        profiles = () if profile is None else (profile,)
        return Contents(format=self.name, profiles=profiles, issues=log.issues, header=header)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file.

        Raises
        ------
        UnwritableError
            There is not exactly one profile.
        """
        from vigie.formats.g2s._write import write_profile

        return {self.suffixes[0]: write_profile(contents.profiles)}


FORMAT = G2sFormat()
"""The entry point."""
