"""What one sample says of one nuclide, as history keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records.nuclide_result import SampleAnalysis


_UBQ_M3 = {"uBq/m3": 1.0, "mBq/m3": 1e3, "Bq/m3": 1e6}
"""Units of concentrations in uBq/m3."""
UNIT_OF = {"particulate": "uBq/m3", "noble_gas": "mBq/m3"}
"""Unit of histories by technology: of many samples, whatever wrote them, there is one."""
EVENT_LEVEL = "5"
"""Category of samples whose unusual nuclides teach nothing. Ordinary samples reach it so seldom
that leaving them out changes no rate."""
LONG_HISTORY = 30
"""Samples from which on a nuclide that was seldom seen is unusual; before, every one is."""


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
    """Whether nothing is learned from the sample: it is known to be of an event, or its time of
    counting is doubtful."""
    unit: str = ""
    """Of concentration, error and limits."""
    uncertainty: float | None = None
    """Standard error of the concentration."""

    @property
    def limit(self) -> float | None:
        """Value below which a non-detect lies: L_C, or the MDC where L_C is not known."""
        return self.mdc if self.critical_level is None else self.critical_level

    @property
    def scale(self) -> float:
        """Size of what can be seen: MDC, limit or concentration, the first that is above 0."""
        sizes = (self.mdc, self.limit, self.concentration)
        return next((size for size in sizes if size is not None and size > 0.0), 1.0)

    @property
    def usable(self) -> bool:
        """Whether there is a value, or a limit below which there is none."""
        value = self.concentration if self.detected else self.limit
        return value is not None and value > 0.0


def observation(analysis: SampleAnalysis, nuclide: str) -> Observation | None:
    """Return what an analysis says of a nuclide by its main method; None where nothing.

    A sample without times of collection, or of activity only, has no place in a history. All are
    told in one unit, that of the technology; what is in no unit of concentrations says nothing.
    The unusual nuclides of level 5 teach nothing, unless a person lowers the level: else the first
    samples of an event would make the later ones usual. What is unusual only since the history is
    short teaches: else nuclides that a detector always sees would stay unknown for ever.
    """
    result = analysis.nuclide(nuclide)
    start, stop = analysis.collection_start_ns, analysis.collection_stop_ns
    if result is None or start is None or stop is None:
        return None
    unit = UNIT_OF.get(analysis.technology, result.unit)
    if result.unit not in _UBQ_M3 or unit not in _UBQ_M3:
        return None
    factor = _UBQ_M3[result.unit] / _UBQ_M3[unit]
    return Observation(
        time_ns=(start + stop) // 2,
        concentration=_times(factor, result.concentration),
        critical_level=_times(factor, result.critical_level),
        mdc=_times(factor, result.mdc),
        detected=result.detected,
        excluded=analysis.short_count or _teaches_nothing(analysis, nuclide),
        unit=unit,
        uncertainty=_times(factor, result.uncertainty),
    )


def _teaches_nothing(analysis: SampleAnalysis, nuclide: str) -> bool:
    """Tell whether a nuclide made its sample level 5 against a history that can tell."""
    category = analysis.category
    if category is None or category.level != EVENT_LEVEL:
        return False
    # Where nobody says which nuclide made it, as of a person's level, it is of the whole sample.
    return category.nuclides is None or nuclide in category.nuclides


def _times(factor: float, value: float | None) -> float | None:
    return None if value is None else factor * value


def history(analyses: Iterable[SampleAnalysis], nuclide: str) -> tuple[Observation, ...]:
    """Return the history of a nuclide in the order of time, from analyses of one detector."""
    found = (observation(one, nuclide) for one in analyses)
    return tuple(sorted((o for o in found if o is not None), key=lambda o: o.time_ns))
