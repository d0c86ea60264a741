"""Which analyses are of one sample, and which of them stands for it.

A sample is sent more than once: a preliminary message while it is counted, the full one after. Its
file's name, or the order in which files are given, says nothing about which is which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import SampleAnalysis

    DetectorKey = tuple[str, str, str, bool]


def detector_key(one: SampleAnalysis) -> DetectorKey:
    """Return what analyses of one history share."""
    return one.station, one.detector, one.technology, one.simulated


def is_same_sample(one: SampleAnalysis, other: SampleAnalysis) -> bool:
    """Tell whether two analyses are of one sample: by its id, or else by its collection."""
    if one.sample_id and other.sample_id:
        return one.sample_id == other.sample_id
    return _collected(one) is not None and _collected(one) == _collected(other)


def _collected(one: SampleAnalysis) -> tuple[str, int] | None:
    if one.collection_start_ns is not None:
        return "start", one.collection_start_ns
    return None if one.collection_stop_ns is None else ("stop", one.collection_stop_ns)


def by_sample(key: DetectorKey, analyses: Sequence[SampleAnalysis]) -> list[list[SampleAnalysis]]:
    """Return the analyses of one detector by sample, in the order given.

    Only samples of the air with an end of the collection: others have no place in a history. One
    without an id belongs to the sample with that collection, if there is one.
    """
    mine = [
        one
        for one in analyses
        if detector_key(one) == key and one.of_air and one.collection_stop_ns is not None
    ]
    named = {_collected(one): one.sample_id for one in mine if one.sample_id}
    groups: dict[object, list[SampleAnalysis]] = {}
    for one in mine:
        collected = _collected(one)
        groups.setdefault(one.sample_id or named.get(collected) or collected, []).append(one)
    return list(groups.values())


def best(group: Sequence[SampleAnalysis]) -> SampleAnalysis:
    """Return the analysis that stands for a sample: of the full message, of the longer acquisition.

    Where neither tells, the last.
    """
    return max(reversed(group), key=rank)


def rank(one: SampleAnalysis) -> tuple[int, float]:
    """Return how good an analysis is; that of a message that does not say lies in the middle."""
    stated = {True: 2, None: 1, False: 0}[one.full]
    return stated, one.live_time_s or 0.0


def superseded(
    group: Sequence[SampleAnalysis],
) -> list[tuple[SampleAnalysis, SampleAnalysis]]:
    """Return each analysis that another of its sample stands for, with that other.

    The same measurement analysed twice is not told.
    """
    chosen = best(group)
    others = {rank(one): one for one in group if rank(one) != rank(chosen)}
    return [(others[key], chosen) for key in sorted(others)]
