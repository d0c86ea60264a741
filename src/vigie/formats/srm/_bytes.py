"""The text of a file, compressed or not, as far as it goes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vigie.formats.base import IssueLog

GZIP_MARK = b"\x1f\x8b"
_MOST_BYTES = 1 << 30
"""A file of 1 GB has 2e7 rows; more is a fault, or an attack."""
_CHUNK = 1 << 16
_AGAIN = "ask the centre for the file again"


def text_of(data: bytes, log: IssueLog) -> bytes:
    """Return the text with line feeds; a compressed file that breaks off as far as it goes.

    Raises
    ------
    BadRecordError
        It breaks off or is damaged, and reading is strict.
    """
    if data.startswith(GZIP_MARK):
        data = _unpacked(data, log)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data.removeprefix(b"\xef\xbb\xbf")


def head_of(head: bytes) -> bytes:
    """Return the beginning of the text from the beginning of a compressed file; never raises."""
    try:
        return zlib.decompressobj(31).decompress(head, _CHUNK)
    except zlib.error:
        return b""


def _unpacked(data: bytes, log: IssueLog) -> bytes:
    parts: list[bytes] = []
    size = 0
    while data.startswith(GZIP_MARK):
        member = zlib.decompressobj(31)
        try:
            for begin in range(0, len(data), _CHUNK):
                # A chunk opens to at most 1000 times its size.
                parts.append(member.decompress(data[begin : begin + _CHUNK]))
                size += len(parts[-1])
                if size > _MOST_BYTES or member.eof:
                    break
        except zlib.error as error:
            return _cut(parts, f"damaged ({error})", log)
        if size > _MOST_BYTES:
            return _cut(parts, f"more than {_MOST_BYTES} bytes", log)
        if not member.eof:
            return _cut(parts, "broken off", log)
        data = data[min(begin + _CHUNK, len(data)) - len(member.unused_data) :]
    return b"".join(parts)


def _cut(parts: list[bytes], text: str, log: IssueLog) -> bytes:
    """Return the whole lines that came before the fault."""
    whole = b"".join(parts)
    kept = whole[: whole.rfind(b"\n") + 1]
    expected = f"a whole gzip file; {kept.count(10)} lines before the fault are read. " + (
        _AGAIN[0].upper() + _AGAIN[1:]
    )
    log.bad_record("file", field_name="compression", text=text, expected=expected)
    return kept
