"""miniSEED 2 and 3, read and written through libmseed (pymseed)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

_V2_HEADER = re.compile(rb"[0-9 \x00]{6}[DRQM][ \x00]")
_VOLUME_HEADER = re.compile(rb"[0-9]{6}V[ *]0(?:05|08|10)[0-9 ]{4}")
"""Of a SEED volume: blockette 5, 8 or 10 opens it (SEED manual 2.4, chapter 5)."""
_V3_HEADER_BYTES = 40
_V2_HEADER_BYTES = 48


class MseedFormat:
    """Waveforms as miniSEED; integers and floats are kept exactly."""

    name = "mseed"
    title = "miniSEED 2 and 3 waveforms, and those of SEED volumes"
    suffixes = (".mseed", ".miniseed", ".mseed3", ".ms", ".seed")
    holds = frozenset({"waveforms"})
    writes = frozenset({"waveforms"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the head begins with the header of a data record or of a SEED volume."""
        if _VOLUME_HEADER.match(head):
            return True
        if head.startswith(b"MS\x03"):
            return len(head) >= _V3_HEADER_BYTES and _plausible_clock(head[8:13], "little")
        if len(head) < _V2_HEADER_BYTES or _V2_HEADER.match(head) is None:
            return False
        return _plausible_clock(head[20:26], "big") or _plausible_clock(head[20:26], "little")

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read all data records; those of one channel that follow each other become one segment.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first record that cannot be decoded.
        """
        from vigie.formats.mseed._records import read_records
        from vigie.formats.mseed._segments import join_records

        log = IssueLog(source.name, strict=strict)
        waveforms = join_records(read_records(source.data, log), log)
        return Contents(format=self.name, waveforms=waveforms, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file of 512-byte records: Steim2 for integers, IEEE for floats.

        miniSEED 2 where it can hold all that matters, else miniSEED 3 (``_write.planned``).

        Raises
        ------
        UnwritableError
            A waveform is not in counts, or its samples are of a kind miniSEED lacks.
        """
        from vigie.formats.mseed._write import write_waveforms

        return {self.suffixes[0]: write_waveforms(contents)}

    def remarks(self, contents: Contents) -> tuple[str, ...]:
        """Return what a user should know of the version that ``write`` chooses."""
        from vigie.formats.mseed._write import planned

        return planned(contents).remarks


def _plausible_clock(field: bytes, order: str) -> bool:
    """Tell whether bytes hold year, day of year, hour, minute as both versions store them."""
    little = order == "little"
    year = int.from_bytes(field[0:2], "little" if little else "big")
    day = int.from_bytes(field[2:4], "little" if little else "big")
    return 1900 <= year <= 2200 and 1 <= day <= 366 and field[4] <= 23


FORMAT = MseedFormat()
"""The entry point."""
