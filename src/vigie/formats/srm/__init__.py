"""Source-receptor sensitivities as ``.srm`` text: a header line, then a row per cell and step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog
from vigie.formats.srm._options import SrmOptions, is_usual, options_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


class SrmFormat:
    """The sensitivity of one sample, as centres send it.

    Parameters
    ----------
    options : SrmOptions, optional
        What the user says of the file; by default everything is found out.
    compress : bool
        Whether it is compressed with gzip.

    Examples
    --------
    >>> SrmFormat(SrmOptions(order="lon_lat", base="1")).name
    'srm'
    """

    holds = frozenset({"sensitivities"})
    writes = frozenset({"sensitivities"})

    def __init__(self, options: SrmOptions | None = None, *, compress: bool = False) -> None:
        end = ", compressed with gzip" if compress else ""
        self.options = options or SrmOptions()
        self.compress = compress
        self.name = "srm_gz" if compress else "srm"
        self.title = f"source-receptor sensitivities of one sample (.srm text{end})"
        self.suffixes: tuple[str, ...] = (".srm.gz", ".txt.gz") if compress else (".srm",)

    def with_options(self, words: Mapping[str, str]) -> SrmFormat:
        """Return the same format with options.

        Raises
        ------
        ParameterError
            An option or its value is not known.
        """
        return SrmFormat(options_of(words), compress=self.compress)

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first line begins with two coordinates and two dates with hours."""
        from vigie.formats.srm._bytes import GZIP_MARK, head_of
        from vigie.formats.srm._header import is_header

        if head.startswith(GZIP_MARK) != self.compress:
            return False
        return is_header(head_of(head) if self.compress else head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the sensitivity; rows that break the rules are left out with their line.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first thing that is wrong or ambiguous.
        """
        from vigie.formats.srm._read import read_sensitivity

        log = IssueLog(source.name, strict=strict)
        record = read_sensitivity(source.data, source.name, log, self.options)
        records = () if record is None else (record,)
        return Contents(format=self.name, sensitivities=records, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Return one file.

        Raises
        ------
        UnwritableError
            There is not exactly one record, or it holds what the format cannot.
        """
        from vigie.formats.srm._write import write_sensitivities

        records = contents.sensitivities
        data = write_sensitivities(records, self.options, compress=self.compress)
        return {self.suffixes[0]: data}

    def as_written(self, contents: Contents) -> SrmFormat:
        """Return the format that reads a file back that this one wrote, ambiguous or not."""
        del contents
        chosen = self.options
        order = "lat_lon" if chosen.order == "auto" else chosen.order
        return SrmFormat(
            SrmOptions(
                order=order,
                header_order=order if chosen.header_order == "auto" else chosen.header_order,
                base="0" if chosen.base == "auto" else chosen.base,
                cell="centre" if chosen.cell == "auto" else chosen.cell,
                fifth="spread" if chosen.fifth == "auto" else chosen.fifth,
            ),
            compress=self.compress,
        )

    def remarks(self, contents: Contents) -> tuple[str, ...]:
        """Say what a reader of the file will have to be told."""
        from vigie.formats.srm._write import base_decides, positions_decide

        told = []
        # What is written as usual bears a mark, by which vigie needs no option.
        marked = is_usual(self.options)
        for record in contents.sensitivities:
            if not positions_decide(record, self.options):
                order = "lon_lat" if self.options.order == "lon_lat" else "lat_lon"
                how = "latitude first" if marked else f"vigie: --option order={order}"
                told.append(
                    "no longitude is beyond 90, so the rows do not show their order: tell "
                    f"{'other readers' if marked else 'the reader'} ({how})"
                )
            if not base_decides(record, self.options):
                base = "1" if self.options.base == "1" else "0"
                how = "from 0" if marked else f"vigie: --option base={base}"
                told.append(
                    "no row shows whether steps begin with 0 or 1: tell "
                    f"{'other readers' if marked else 'the reader'} ({how})"
                )
        return tuple(told)


FORMAT = SrmFormat()
"""The entry point."""
COMPRESSED = SrmFormat(compress=True)
"""The entry point of compressed files."""

__all__ = ["COMPRESSED", "FORMAT", "SrmFormat", "SrmOptions"]
