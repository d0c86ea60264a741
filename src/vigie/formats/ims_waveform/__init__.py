"""Waveform messages: GSE2.0, GSE2.1, IMS1.0 and IMS2.0, with INT or CM6 samples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

_WID2 = re.compile(rb"^WID2 +\d{4}/\d\d?/\d\d?[ \t]", re.MULTILINE | re.IGNORECASE)
_DATA_TYPE = re.compile(rb"^DATA_TYPE +WAVEFORM\b", re.MULTILINE | re.IGNORECASE)


class ImsWaveformFormat:
    """WID2 sections of a message, with the station lines that go with them."""

    name = "ims_waveform"
    title = "GSE2, IMS1.0 and IMS2.0 waveform messages (INT, CM6)"
    suffixes = (".gse2", ".gse", ".ims", ".response")
    holds = frozenset({"waveforms", "stations"})
    writes = frozenset({"waveforms"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a text begins with, or announces, a WID2 line."""
        text = head.replace(b"\r", b"\n")
        if b"\x00" in text:
            return False
        return bool(_WID2.search(text) or _DATA_TYPE.search(text))

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read every waveform section of every message; checksums are verified.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first bad line, sample or checksum.
        """
        from vigie.formats.ims_waveform._read import read_message

        log = IssueLog(source.name, strict=strict)
        return read_message(source.data, log)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one IMS2.0 message with CM6 samples.

        Raises
        ------
        UnwritableError
            A waveform is not of integers, or a code is too long.
        """
        from vigie.formats.ims_waveform._write import write_message

        return {self.suffixes[0]: write_message(contents)}


FORMAT = ImsWaveformFormat()
"""The entry point."""
