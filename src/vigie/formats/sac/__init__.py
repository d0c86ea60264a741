"""SAC binary files: one trace, its station and what the header says of the event."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

HEADER_BYTES = 632
_NVHDR_OFFSET = 304
_IFTYPE_OFFSET = 340
_LEVEN_OFFSET = 420
_VERSIONS = (6, 7)
_FILE_TYPES = (1, 2, 3, 4, 51)


class SacFormat:
    """Evenly sampled time series in SAC binary form, either byte order."""

    name = "sac"
    title = "SAC binary waveforms"
    suffixes = (".sac",)
    holds = frozenset({"waveforms", "stations"})
    writes = frozenset({"waveforms"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the header version, file type and flags are those of SAC."""
        if len(head) < HEADER_BYTES:
            return False
        return any(
            struct.unpack_from(f"{order}i", head, _NVHDR_OFFSET)[0] in _VERSIONS
            and struct.unpack_from(f"{order}i", head, _IFTYPE_OFFSET)[0] in _FILE_TYPES
            and struct.unpack_from(f"{order}i", head, _LEVEN_OFFSET)[0] in (0, 1)
            for order in "<>"
        )

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the trace; picks and event become header entries, for display.

        Raises
        ------
        BadRecordError
            Only with ``strict``: if the file is damaged or not an even time series.
        """
        from vigie.formats.sac._read import read_trace

        log = IssueLog(source.name, strict=strict)
        return read_trace(source.data, log)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file per waveform: ``.sac``, or ``.NET.STA.LOC.CHA.sac`` for several.

        Raises
        ------
        UnwritableError
            Samples that float32 cannot hold, or codes beyond 8 characters.
        """
        from vigie.formats.sac._write import write_traces

        return write_traces(contents)


FORMAT = SacFormat()
"""The entry point."""
