"""What is told of analyses that stand in no history, or that another stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.pipeline.radionuclide.station_history import DetectorHistory
    from vigie.records import SampleAnalysis


def outside(analyses: Iterable[SampleAnalysis]) -> list[str]:
    """Return what is told of analyses without a collection."""
    return [
        f"{_name(one)}: no collection is stated, "
        "so it has no place in a history. Give its message with a #Collection block."
        for one in analyses
        if one.collection_stop_ns is None
    ]


def not_of_air(analyses: Iterable[SampleAnalysis]) -> list[str]:
    """Return what is told of spikes, calibrations and regenerations."""
    return [
        f"{_name(one)}: {one.message_type}, no sample of the air: it enters no history."
        for one in analyses
    ]


def superseded(histories: Iterable[DetectorHistory]) -> list[str]:
    """Return what is told of analyses that another of the same sample stands for."""
    return [
        f"{_name(one)}: {_counted(chosen)} stands for the sample, not {_counted(one)}."
        for history in histories
        for one, chosen in history.superseded
    ]


def _counted(one: SampleAnalysis) -> str:
    kind = {True: "the full message", False: "a preliminary message", None: "a message"}[one.full]
    return kind if one.live_time_s is None else f"{kind} ({one.live_time_s:.0f} s live)"


def _name(one: SampleAnalysis) -> str:
    return one.sample_id or one.detector or one.station or "a sample"
