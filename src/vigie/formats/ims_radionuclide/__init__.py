"""Messages of radionuclide stations: pulse-height data, state of health, weather, alerts (IMS2.0).

Layouts: Formats and Protocols for Messages, IDC-3.4.1 Rev. 6 (2004) and IDC-ENG-SPC-103; the text
was not at hand, so what rests on memory stands in ``_layouts`` and is marked there as assumption.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

_FLAGS = re.IGNORECASE | re.MULTILINE
_NAMED = re.compile(
    rb"^[ \t]*DATA_TYPE[ \t]+"
    rb"(?:(?:SAMPLE|BLANK|DETBK|GASBK|CALIB|QC|SPIKE|REGEN)PHD|SPHD[FP]|RMSSOH|MET"
    rb"|ALERT(?:FLOW|SYSTEM|TEMP|UPS))[ \t]*(?:(?:IMS|GSE|RMS)[ \t]?\d\S*[ \t]*)?$",
    _FLAGS,
)
_HEADER = re.compile(rb"^#Header\b", _FLAGS)
_BLOCK = re.compile(rb"^#(?:Collection|Acquisition|Calibration|g_Energy|g_Spectrum)\b", _FLAGS)


class ImsRadionuclideFormat:
    """Pulse-height data (PHD), RMSSOH, MET and ALERT messages."""

    name = "ims_radionuclide"
    title = "IMS2.0 radionuclide messages (SAMPLEPHD, QCPHD ..., RMSSOH, MET, ALERT)"
    suffixes = (".phd",)
    holds = frozenset({"pulse_heights", "states"})
    writes = frozenset({"pulse_heights"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a DATA_TYPE line names a radionuclide message, or blocks of one follow."""
        if b"\x00" in head:
            return False
        text = head.replace(b"\r", b"\n")
        if _NAMED.search(text):
            return True
        return bool(_HEADER.search(text) and _BLOCK.search(text))

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read every message; what is wrong in a block leaves the other blocks as they are.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first thing that breaks the format.
        """
        from vigie.formats.ims_radionuclide._read import read_messages

        return read_messages(source.data, IssueLog(source.name, strict=strict))

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file with a message for each pulse-height record.

        Raises
        ------
        UnwritableError
            There is none, or one holds what a message cannot.
        """
        from vigie.formats.ims_radionuclide._write import write_messages

        return {self.suffixes[0]: write_messages(contents.pulse_heights)}


FORMAT = ImsRadionuclideFormat()
"""The entry point."""
