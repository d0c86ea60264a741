"""Bulletins of PMCC: sixteen columns a family, as text, MATLAB matrix or netCDF.

The columns and their sources: ``_columns``. Three formats share them; what the sixteen have no
place for stands in further columns (variables) where it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from vigie.formats.base import Source
    from vigie.formats.pmcc_bulletin._rows import Row


def _contents(
    name: str, rows_of: Callable[[Source, IssueLog], Iterator[Row]], source: Source, *, strict: bool
) -> Contents:
    from vigie.formats.pmcc_bulletin._rows import bulletin_of

    log = IssueLog(source.name, strict=strict)
    bulletin = bulletin_of(rows_of(source, log), log)
    return Contents(format=name, bulletin=bulletin, issues=log.issues)


class PmccText:
    """Lines of 16 numbers, or 10 in the older form; written with a line of names."""

    name = "pmcc_csv"
    title = "PMCC bulletin as text (16 columns a family)"
    suffixes = (".pmcc.csv", ".pmcc.txt")
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first row is the line of names, or 16 or 10 numbers that fit."""
        from vigie.formats.pmcc_bulletin._text import is_text_bulletin

        return is_text_bulletin(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the rows; one without a time becomes an issue.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first row that cannot be read.
        """
        from vigie.formats.pmcc_bulletin._text import read_text

        return _contents(self.name, read_text, source, strict=strict)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file: a row per detection of infrasound.

        Raises
        ------
        UnwritableError
            There is no bulletin, or none of its detections is of infrasound.
        """
        from vigie.formats.pmcc_bulletin._table import sound_detections
        from vigie.formats.pmcc_bulletin._text import write_text

        return {self.suffixes[0]: write_text(sound_detections(contents, self.title))}


class PmccMatlab:
    """MATLAB files with a matrix ``bull_STATION`` of 16 columns."""

    name = "pmcc_mat"
    title = "PMCC bulletin as MATLAB file (bull_STATION, 16 columns)"
    suffixes = (".mat",)
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether it is a MATLAB file of version 5 to 7, whatever its variables."""
        from vigie.formats.pmcc_bulletin._mat5 import MARK

        return head.startswith(MARK)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read every bulletin matrix.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first thing that breaks the format.
        """
        from vigie.formats.pmcc_bulletin._matlab import read_matlab

        return _contents(self.name, read_matlab, source, strict=strict)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file, with a matrix per station.

        Raises
        ------
        UnwritableError
            There is no bulletin, or none of its detections is of infrasound.
        """
        from vigie.formats.pmcc_bulletin._matlab import write_matlab
        from vigie.formats.pmcc_bulletin._table import sound_detections

        return {self.suffixes[0]: write_matlab(sound_detections(contents, self.title))}


class PmccNetcdf:
    """NetCDF files with a variable per column; BGR's open-access products are read too."""

    name = "pmcc_netcdf"
    title = "PMCC bulletin as netCDF (a variable per column; reads BGR's products)"
    suffixes = (".nc",)
    holds = frozenset({"bulletin"})
    writes = frozenset({"bulletin"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether a classic netCDF file names the variables of a bulletin."""
        from vigie.formats.pmcc_bulletin._netcdf import is_netcdf_bulletin

        return is_netcdf_bulletin(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the rows.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first thing that breaks the format.
        """
        from vigie.formats.pmcc_bulletin._netcdf import read_netcdf

        return _contents(self.name, read_netcdf, source, strict=strict)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file.

        Raises
        ------
        UnwritableError
            There is no bulletin, or none of its detections is of infrasound.
        """
        from vigie.formats.pmcc_bulletin._netcdf import write_netcdf
        from vigie.formats.pmcc_bulletin._table import sound_detections

        return {self.suffixes[0]: write_netcdf(sound_detections(contents, self.title))}


TEXT = PmccText()
"""The entry point of the text."""
MATLAB = PmccMatlab()
"""The entry point of the MATLAB file."""
NETCDF = PmccNetcdf()
"""The entry point of the netCDF file."""
