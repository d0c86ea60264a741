"""Samples with the sensitivities that belong to them, as products name them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vigie.formats import Issue
from vigie.records import Sensitivity, format_iso
from vigie.transport.source.likelihood import Observation


def time_text(time_ns: int) -> str:
    """Return a time to the minute.

    Examples
    --------
    >>> time_text(1_564_747_200_000_000_000)
    '2019-08-02 12:00'
    """
    return format_iso(time_ns)[:16].replace("T", " ")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Field:
    """The sensitivity of one sample by one model."""

    path: str
    record: Sensitivity
    issues: tuple[Issue, ...] = ()
    """Of its file: what was decided, and what was wrong."""

    @property
    def model(self) -> str:
        """Who computed it; the name of the file where that is not stated."""
        return self.record.source or Path(self.path).name

    @property
    def name(self) -> str:
        """Station and end of the collection, for messages."""
        return f"{self.record.station} {time_text(self.record.collection_stop_ns)}"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pair:
    """A sample with the sensitivities that belong to it."""

    station: str
    sample_id: str
    stop_ns: int
    observation: Observation
    """In Bq/m3."""
    mdc: float
    """Bq/m3."""
    fields: tuple[Field, ...]
    simulated: bool = False

    @property
    def name(self) -> str:
        """Station and end of the collection, for messages."""
        return f"{self.station} {time_text(self.stop_ns)}"

    @property
    def apart_s(self) -> float:
        """How far the ends of the two collections are apart, at most."""
        stops = [abs(one.record.collection_stop_ns - self.stop_ns) for one in self.fields]
        return max(stops) / 1e9
