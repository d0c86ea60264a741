"""Lists of infrasound detections as InfraPy writes them (``.dets.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import UnwritableError
from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class InfrapyJsonFormat:
    """A JSON list of detections, each with the position of its array."""

    name = "infrapy_json"
    title = "infrasound detections of InfraPy (.dets.json)"
    suffixes = (".json",)
    holds = frozenset({"bulletin", "stations"})
    writes: frozenset[str] = frozenset()

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a JSON list begins with an object that has a back azimuth and a time."""
        from vigie.formats.infrapy_json._read import is_detection_list

        return is_detection_list(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read detections and arrays; a detection without time or position becomes an issue.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first thing that breaks the format.
        """
        from vigie.formats.infrapy_json._read import read_detections

        log = IssueLog(source.name, strict=strict)
        bulletin, stations = read_detections(source, log)
        return Contents(format=self.name, bulletin=bulletin, stations=stations, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Refuse: vigie writes its own JSON.

        Raises
        ------
        UnwritableError
            Always.
        """
        raise UnwritableError(
            format=self.title,
            what=f"{len(contents.detections)} detections: it is only read",
            remedy="Write vigie_json or arrival_csv instead.",
        )


FORMAT = InfrapyJsonFormat()
"""The entry point."""
