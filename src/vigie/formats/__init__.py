"""File formats: one package each, behind one contract (``vigie.formats.base``)."""

from vigie.formats.base import Configurable, Contents, Format, Issue, IssueLog, Remarking, Source
from vigie.formats.dispatch import (
    all_formats,
    called_like,
    detect_format,
    format_named,
    read_source,
)

__all__ = [
    "Configurable",
    "Contents",
    "Format",
    "Issue",
    "IssueLog",
    "Remarking",
    "Source",
    "all_formats",
    "called_like",
    "detect_format",
    "format_named",
    "read_source",
]
