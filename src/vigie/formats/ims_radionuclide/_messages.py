"""A file cut into messages, and these into sections, one for each DATA_TYPE line.

A message begins at BEGIN and its bytes reach to the next BEGIN; the first one has what stands
before it (a mail header) as well, so the hash of a file's only message is that of the file.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vigie.formats.bulletins import decode_text
from vigie.formats.messages import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vigie.formats.base import IssueLog

_BEGIN = re.compile(
    rb"(?:^(?:\xef\xbb\xbf)?|[\r\n])[ \t]*(BEGIN[ \t]+(?:IMS|GSE|RMS)[ \t]?\d)", re.IGNORECASE
)
_KNOWN_VERSIONS = ("IMS2.0", "IMS1.0", "GSE2.0", "GSE2.1", "RMS1.0", "RMS2.0")
_DATA_TYPE = re.compile(r"\s*DATA_TYPE\s+(\S+)", re.IGNORECASE)

Line = tuple[int, str]
"""Number of the line in its file, and its text without the end."""


@dataclass(slots=True)
class Section:
    """What follows one DATA_TYPE line."""

    data_type: str
    """Upper case; empty where data stand in a message without a DATA_TYPE line."""
    place: str
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One message: its frame, its sections, and the hash of its bytes."""

    sha256: str
    id: str = ""
    source: str = ""
    frame: list[tuple[str, str]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def messages_of(data: bytes, log: IssueLog) -> Iterator[Message]:
    """Yield the messages of a file."""
    starts = [match.start(1) for match in _BEGIN.finditer(data)]
    # What stands before the first BEGIN belongs to its message.
    edges = [0, *starts[1:], len(data)]
    number = 1
    for begin, end in itertools.pairwise(edges):
        chunk = data[begin:end]
        text = decode_text(chunk, log).replace("\r\n", "\n").replace("\r", "\n")
        lines = [(number + k, line.expandtabs()) for k, line in enumerate(text.split("\n"))]
        number += len(lines) - 1
        message = Message(hashlib.sha256(chunk).hexdigest())
        _fill(message, lines, log, has_begin=bool(starts))
        yield message


def _fill(message: Message, lines: list[Line], log: IssueLog, *, has_begin: bool) -> None:
    lines = _before_stop(lines, log)
    first = lines[0][0] if lines else 1
    if not has_begin:
        log.suspect(f"line {first}", field_name="message", text="", expected="opened by BEGIN")
    section: Section | None = None
    begun = not has_begin
    for number, line in lines:
        data_type = _DATA_TYPE.match(line)
        if data_type is not None:
            section = Section(data_type[1].upper(), f"line {number}")
            message.sections.append(section)
        elif section is not None:
            section.lines.append((number, line))
        elif not line.strip():
            continue
        elif (frame := frame_of(line)) is not None:
            begun = begun or frame[0] == "BEGIN"
            _take_frame(message, frame, f"line {number}", log)
        elif line.lstrip().startswith("#"):
            section = Section("", f"line {number}", [(number, line)])
            message.sections.append(section)
        elif begun:
            log.suspect(
                f"line {number}", field_name="line", text=line.strip(), expected="of the envelope"
            )


def _before_stop(lines: list[Line], log: IssueLog) -> list[Line]:
    """Return the lines before the last STOP; a comment may hold another."""
    stops = [k for k, (_, line) in enumerate(lines) if line.strip().upper() == "STOP"]
    filled = [k for k, (_, line) in enumerate(lines) if line.strip()]
    if stops:
        after = [lines[k] for k in filled if k > stops[-1]]
        if after:
            number, line = after[0]
            text = f"what follows STOP is not read: {line.strip()[:40]!r} ..."
            log.notice(f"line {number}", "formats.after_stop", text)
        return lines[: stops[-1]]
    if filled:
        last = lines[filled[-1]]
        log.suspect(
            f"line {last[0]}",
            field_name="message",
            text=last[1].strip()[:40],
            expected="the last line, STOP (the message may be cut off)",
        )
    return lines


def _take_frame(message: Message, frame: tuple[str, str], place: str, log: IssueLog) -> None:
    word, text = frame
    message.frame.append(frame)
    if word == "MSG_ID":
        parts = text.split(maxsplit=1)
        message.id = parts[0] if parts else ""
        message.source = parts[1].strip() if len(parts) > 1 else ""
    elif word == "BEGIN" and text.replace(" ", "").upper() not in _KNOWN_VERSIONS:
        log.suspect(place, field_name="BEGIN", text=text, expected=" or ".join(_KNOWN_VERSIONS))
