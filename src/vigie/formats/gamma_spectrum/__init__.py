"""Gamma spectra: N42, SPE, SPC, CHN, CNF, PCF through SpecUtils, and spectra in a web address.

SpecUtils (Sandia National Laboratories, LGPL-2.1) parses from memory, so no file is opened here.
What it does not do is done around it: spectra in an address (``RADDATA://``), zones of time, bounds
that keep malformed XML from overflowing its stack, and the words for what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog, OnlyRead

if TYPE_CHECKING:
    from vigie.formats.base import Source


class GammaSpectrumFormat(OnlyRead):
    """Spectra of HPGe and other gamma detectors."""

    name = "gamma_spectrum"
    title = "gamma spectrum (N42, SPE, SPC, CHN, CNF, PCF, RADDATA)"
    suffixes = (".n42", ".spe", ".spc", ".chn", ".cnf", ".pcf", ".raddata.txt")
    holds = frozenset({"spectra"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a file begins as one of the kinds."""
        from vigie.formats.gamma_spectrum._kinds import kind_of

        return kind_of(head) is not None

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read every spectrum; those of several detectors are not added.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first thing that breaks the format.
        """
        from vigie.formats.gamma_spectrum._read import read_spectra

        return read_spectra(source, IssueLog(source.name, strict=strict))


FORMAT = GammaSpectrumFormat()
"""The entry point."""
