"""Lists of concentrations in air samples as plain CSV, for the location of sources; read only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.errors import ParameterError, UnwritableError
from vigie.formats.base import Contents, IssueLog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.formats.base import Source


@dataclass(frozen=True, slots=True)
class AirSampleCsv:
    """Concentrations in a table with a header line."""

    unit: str = ""
    """Of the concentrations, where neither a column nor a column's name states it."""

    name = "air_sample_csv"
    title = "concentrations in air samples as CSV (station, nuclide, collection_stop, ...)"
    suffixes = (".csv",)
    holds = frozenset({"samples"})
    writes: frozenset[str] = frozenset()

    def with_options(self, words: Mapping[str, str]) -> AirSampleCsv:
        """Return the same format with the option ``unit``.

        Raises
        ------
        ParameterError
            There is another option, or the unit is not known.
        """
        from vigie.formats.air_sample_csv._read import UNITS

        for name, value in words.items():
            if name != "unit":
                raise ParameterError(name="option", value=name, expected="unit")
            if value.lower() not in UNITS:
                expected = f"one of {', '.join(dict.fromkeys(UNITS.values()))}"
                raise ParameterError(name="unit", value=value, expected=expected)
        return AirSampleCsv(UNITS[words["unit"].lower()]) if words else self

    def as_written(self, contents: Contents) -> AirSampleCsv:
        """Return the format itself: it is not written."""
        del contents
        return self

    def detect(self, head: bytes, name: str) -> bool:
        """Tell whether the first line names a station, a nuclide and a concentration."""
        from vigie.formats.air_sample_csv._read import is_sample_header

        return is_sample_header(head)

    def read(self, source: Source, *, strict: bool = False) -> Contents:
        """Read the rows; those of one collection become one sample.

        Raises
        ------
        BadRecordError
            Only with ``strict``: at the first row without station, nuclide, time or value, or
            where no unit is stated.
        """
        from vigie.formats.air_sample_csv._read import read_samples

        log = IssueLog(source.name, strict=strict)
        samples = read_samples(source.data, log, self.unit)
        return Contents(format=self.name, samples=samples, issues=log.issues)

    def write(self, contents: Contents) -> Mapping[str, bytes]:
        """Refuse: analyses of samples are written as vigie JSON.

        Raises
        ------
        UnwritableError
            Always.
        """
        raise UnwritableError(
            format=self.title, what="anything: it is only read", remedy="Write sample_json."
        )


FORMAT = AirSampleCsv()
"""The entry point."""
