"""What one sample says of one nuclide, as history keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records.nuclide_result import SampleAnalysis


EVENT_LEVEL = "5"
"""Category of samples from which nothing is learned. Ordinary samples reach it so seldom that
leaving them out changes no rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One nuclide in one sample. Concentration and limits are in one unit."""

    time_ns: int
    """Middle of the collection."""
    concentration: float | None
    critical_level: float | None
    mdc: float | None
    detected: bool
    excluded: bool = False
    """Whether the sample is known to be of an event, so that nothing is learned from it."""

    @property
    def limit(self) -> float | None:
        """Value below which a non-detect lies: L_C, or the MDC where L_C is not known."""
        return self.mdc if self.critical_level is None else self.critical_level

    @property
    def usable(self) -> bool:
        """Whether there is a value, or a limit below which there is none."""
        value = self.concentration if self.detected else self.limit
        return value is not None and value > 0.0


def observation(analysis: SampleAnalysis, nuclide: str) -> Observation | None:
    """Return what an analysis says of a nuclide by its main method; None where nothing.

    A sample without times of collection, or of activity only, has no place in a history. One of
    level 5 teaches nothing, unless a person lowers its level: else the first samples of an event
    would make the later ones usual.
    """
    result = analysis.nuclide(nuclide)
    start, stop = analysis.collection_start_ns, analysis.collection_stop_ns
    if result is None or start is None or stop is None or result.unit == "Bq":
        return None
    return Observation(
        time_ns=(start + stop) // 2,
        concentration=result.concentration,
        critical_level=result.critical_level,
        mdc=result.mdc,
        detected=result.detected,
        excluded=analysis.category is not None and analysis.category.level == EVENT_LEVEL,
    )


def history(analyses: Iterable[SampleAnalysis], nuclide: str) -> tuple[Observation, ...]:
    """Return the history of a nuclide in the order of time, from analyses of one detector."""
    found = (observation(one, nuclide) for one in analyses)
    return tuple(sorted((o for o in found if o is not None), key=lambda o: o.time_ns))
