"""Efficiency curves of detectors: ISOCS ``.ecc`` files, and tables of energy and efficiency."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog, OnlyRead

if TYPE_CHECKING:
    from vigie.formats.base import Source

_ECC = re.compile(rb"^keV_eff_%err_\S*:", re.MULTILINE)


class EfficiencyFormat(OnlyRead):
    """One efficiency curve."""

    name = "efficiency"
    title = "efficiency curve, ISOCS .ecc or CSV (energy_kev, efficiency)"
    suffixes = (".ecc", ".eff.csv")
    holds = frozenset({"efficiencies"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether lines are those of an ECC, or a first line names both columns."""
        from vigie.formats.efficiency._read import is_table_header

        if b"\x00" in head:
            return False
        return bool(_ECC.search(head.replace(b"\r", b"\n"))) or is_table_header(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the curve; points that break the rules are left out with their line.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first bad point.
        """
        from vigie.formats.efficiency._read import read_curve

        is_ecc = bool(_ECC.search(source.data.replace(b"\r", b"\n")))
        log = IssueLog(source.name, strict=strict)
        curve, header = read_curve(source.data, log, is_ecc=is_ecc)
        return Contents(
            format=self.name,
            efficiencies=() if curve is None else (curve,),
            issues=log.issues,
            header=header,
        )


FORMAT = EfficiencyFormat()
"""The entry point."""
