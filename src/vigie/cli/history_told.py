"""What is told of analyses that stand in no history, or that another stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.radionuclide.laboratory import IMPOSSIBLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vigie.pipeline.radionuclide.gather import Gathered
    from vigie.pipeline.radionuclide.run import SampleRun
    from vigie.pipeline.radionuclide.splits import Remeasured
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


def superseded(pairs: Iterable[tuple[SampleAnalysis, SampleAnalysis]]) -> list[str]:
    """Return what is told of analyses that another of the same sample stands for."""
    return [
        f"{_name(one)}: {_counted(chosen)} stands for the sample, not {_counted(one)}."
        for one, chosen in pairs
    ]


def files_of(gathered: Gathered, run: SampleRun) -> dict[int, str]:
    """Return the file of each analysis, by the analysis's identity."""
    read = {id(one): path for one, path in gathered.origins}
    return read | {id(one.analysis): one.measurement.name for one in run.samples}


def impossible(splits: Iterable[Remeasured], files: Mapping[int, str]) -> list[str]:
    """Return what is told of results with a number that no measurement can give."""
    return [
        f"{files.get(id(one.analysis), one.laboratory)}: {_name(one.analysis)}, "
        f"{dict(reason.params)['nuclide']}: a number that no measurement can give, here or in the "
        "station's result; not compared."
        for one in splits
        if one.comparison is not None
        for reason in one.comparison.left_out
        if reason.code == IMPOSSIBLE
    ]


def _counted(one: SampleAnalysis) -> str:
    kind = {True: "the full message", False: "a preliminary message", None: "a message"}[one.full]
    return kind if one.live_time_s is None else f"{kind} ({one.live_time_s:.0f} s live)"


def _name(one: SampleAnalysis) -> str:
    return one.sample_id or one.detector or one.station or "a sample"
