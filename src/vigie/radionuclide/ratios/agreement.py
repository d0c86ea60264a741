"""Whether the zero times of one sample can be of one release.

What it computes: for each scenario, whether one time lies in the intervals of all pairs of
isotopes; and which pairs put the fission after the collection began, while the scenarios assume
that it was before. Two isotopes that were made together at once give one time, so where no time
fits all pairs there was more than one release, or another scenario, or a background of other
sources. Cost: none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.records import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.records import Collection, ZeroTime


def zero_time_remarks(times: Iterable[ZeroTime], collection: Collection | None) -> list[Reason]:
    """Return what the zero times of a sample say of each other and of its collection."""
    by_scenario: dict[str, list[ZeroTime]] = {}
    for one in times:
        if (one.time_ns, one.earliest_ns, one.latest_ns) != (None, None, None):
            by_scenario.setdefault(one.scenario, []).append(one)
    told = [
        Reason.of("noble_gas.zero_times_disagree", scenario=f"scenario.{scenario}")
        for scenario, ones in by_scenario.items()
        if not _have_common_time(ones)
    ]
    if collection is None:
        return told
    for scenario, ones in by_scenario.items():
        late = [f"{one.numerator}/{one.denominator}" for one in ones if _after(one, collection)]
        if late:
            told.append(
                Reason.of(
                    "noble_gas.zero_time_after_start",
                    ratio=", ".join(late),
                    scenario=f"scenario.{scenario}",
                )
            )
    return told


def _have_common_time(times: list[ZeroTime]) -> bool:
    earliest = [one.earliest_ns for one in times if one.earliest_ns is not None]
    latest = [one.latest_ns for one in times if one.latest_ns is not None]
    return not earliest or not latest or max(earliest) <= min(latest)


def _after(one: ZeroTime, collection: Collection) -> bool:
    """Return whether the best time, or the whole interval without one, is after the start."""
    time_ns = one.time_ns if one.time_ns is not None else one.earliest_ns
    return time_ns is not None and time_ns > collection.start_ns
