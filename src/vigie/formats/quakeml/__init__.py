"""QuakeML 1.2 through ObsPy, read and written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

_ROOT = re.compile(rb"<(?:\w+:)?quakeml[\s>]|<(?:\w+:)?eventParameters[\s>]", re.IGNORECASE)
_SEISCOMP = re.compile(rb"<seiscomp[\s>]")


def _read(name: str, dialect: str, source: Source, *, strict: bool) -> Contents:
    from vigie.formats.quakeml._xml import read_events_xml

    log = IssueLog(source.name, strict=strict)
    bulletin = read_events_xml(source.data, dialect, log)
    return Contents(format=name, bulletin=bulletin, issues=log.issues)


class QuakeMl:
    """QuakeML 1.2, with vigie's own elements beside what it has a place for."""

    name = "quakeml"
    title = "QuakeML 1.2 (events)"
    suffixes = (".quakeml", ".xml", ".qml")
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether an XML document begins whose root is that of QuakeML."""
        return bool(_ROOT.search(head)) and not _SEISCOMP.search(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all events.

        Raises
        ------
        BadRecordError
            Only with ``strict``: the document cannot be read.
        """
        return _read(self.name, "QUAKEML", source, strict=strict)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return the document.

        Raises
        ------
        UnwritableError
            There is no bulletin, or a value that must be a number is none.
        """
        from vigie.formats.bulletins import bulletin_to_write
        from vigie.formats.quakeml._xml import write_quakeml

        return {self.suffixes[0]: write_quakeml(bulletin_to_write(contents, self.title))}


class Sc3Ml:
    """SeisComP's XML (SC3ML, SCML) through ObsPy; read only."""

    name = "sc3ml"
    title = "SeisComP XML (events; read only)"
    suffixes = (".scml", ".sc3ml", ".xml")
    holds = frozenset({"bulletin"})
    writes: frozenset[str] = frozenset()

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether an XML document of SeisComP with events begins."""
        return bool(_SEISCOMP.search(head)) and b"<Inventory" not in head

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all events.

        Raises
        ------
        BadRecordError
            Only with ``strict``: the document cannot be read.
        """
        return _read(self.name, "SCML", source, strict=strict)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Refuse: events are written as QuakeML.

        Raises
        ------
        UnwritableError
            Always.
        """
        from vigie.errors import UnwritableError

        raise UnwritableError(
            format=self.title,
            what=f"{len(contents.detections)} detections and their events from here",
            remedy="Write quakeml instead.",
        )


FORMAT = QuakeMl()
"""The entry point of QuakeML."""
SC3ML = Sc3Ml()
"""The entry point of SeisComP's XML."""
