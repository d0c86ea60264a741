"""Source-receptor sensitivities as netCDF (classic), by the CF conventions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source

_MARKS = (b"CDF\x01", b"CDF\x02")
_VARIABLE = b"source_receptor_sensitivity"


class SrsNetcdfFormat:
    """The sensitivity of one sample: cells that are not 0 gathered along ``row``."""

    name = "srs_netcdf"
    title = "source-receptor sensitivities of one sample (netCDF, CF)"
    suffixes = (".nc", ".srs.nc")
    holds = frozenset({"sensitivities"})
    writes = frozenset({"sensitivities"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a classic netCDF file names the variable."""
        return head.startswith(_MARKS) and _VARIABLE in head

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the sensitivity.

        Raises
        ------
        BadRecordError
            Only with ``strict``: something in it is missing or wrong.
        """
        from vigie.formats.srs_netcdf._read import read_record

        log = IssueLog(source.name, strict=strict)
        record = read_record(source.data, log)
        records = () if record is None else (record,)
        return Contents(format=self.name, sensitivities=records, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file.

        Raises
        ------
        UnwritableError
            There is not exactly one record, or it has too many cells and steps.
        """
        from vigie.formats.srs_netcdf._write import write_record

        return {self.suffixes[0]: write_record(contents.sensitivities)}


FORMAT = SrsNetcdfFormat()
"""The entry point."""
