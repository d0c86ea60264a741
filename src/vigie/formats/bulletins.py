"""What the bulletin formats share: what they are asked to write, and plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.errors import UnwritableError

if TYPE_CHECKING:
    from vigie.formats.base import Contents, IssueLog
    from vigie.records import Bulletin


def bulletin_to_write(contents: Contents, title: str) -> Bulletin:
    """Return the bulletin of contents, for a format that holds nothing else.

    Raises
    ------
    UnwritableError
        The contents hold waveforms or stations, or no bulletin.
    """
    if contents.waveforms or contents.stations:
        what = "waveforms" if contents.waveforms else "stations"
        raise UnwritableError(
            format=title, what=what, remedy="Write them in another format (convert --format)."
        )
    if contents.bulletin is None:
        raise UnwritableError(
            format=title,
            what="nothing",
            remedy="Give a file that has events or detections.",
        )
    return contents.bulletin


def decode_text(data: bytes, log: IssueLog) -> str:
    """Return the text of a file: UTF-8, or else Latin-1 with a notice."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        log.notice(
            f"byte {error.start}",
            "formats.latin1",
            "the text is not UTF-8; it was read as Latin-1",
        )
        return data.decode("latin-1")
