"""Waveforms as CSS 3.0: a ``wfdisc`` table and the binary files that its rows point to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class CssWaveformFormat:
    """wfdisc tables, classic and wide (KB Core), with plain, e1 and Canadian samples."""

    name = "css_waveform"
    title = "CSS3.0 waveforms (wfdisc and .w files)"
    suffixes = (".wfdisc",)
    holds = frozenset({"waveforms"})
    writes = frozenset({"waveforms"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first line has the columns of wfdisc and a known data type."""
        from vigie.formats.css_waveform._table import is_wfdisc

        return is_wfdisc(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read every row whose samples are beside the table.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first bad row, missing file or damaged block.
        """
        from vigie.formats.css_waveform._read import read_waveforms

        log = IssueLog(source.name, strict=strict)
        waveforms = read_waveforms(source, log)
        return Contents(format=self.name, waveforms=waveforms, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return a classic table and one binary file, big-endian (s4, t4, t8).

        The header entry ``stem`` of the contents is the name of the files, which the table
        repeats; without it it says ``-``, and readers must take the ``.w`` file of its name.

        Raises
        ------
        UnwritableError
            A waveform is not in counts, or a code or number does not fit its column.
        """
        from vigie.formats.css_waveform._write import write_waveforms

        return write_waveforms(contents)


FORMAT = CssWaveformFormat()
"""The entry point."""
