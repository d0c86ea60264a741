"""Tracer experiments as DATEM text: a title, a line of column names, a sample or station a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.formats.base import Contents, IssueLog, OnlyRead

if TYPE_CHECKING:
    from vigie.formats.base import Source


class DatemFormat(OnlyRead):
    """Samples of a tracer experiment, or the list of its stations."""

    name = "datem"
    title = "tracer experiment, DATEM text (year mn dy shr dur lat lon value stn)"
    suffixes = (".txt",)
    holds = frozenset({"tracer_samples", "stations"})

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first or second line names the columns of samples or stations."""
        from vigie.formats.datem._read import kind_of_head

        return kind_of_head(head) is not None

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the samples or stations; rows that break the rules are left out with their line.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first bad row.
        """
        from vigie.formats.datem._read import read_experiment

        log = IssueLog(source.name, strict=strict)
        samples, stations, header = read_experiment(source.data, log)
        return Contents(
            format=self.name,
            tracer_samples=samples,
            stations=stations,
            issues=log.issues,
            header=header,
        )


FORMAT = DatemFormat()
"""The entry point."""
