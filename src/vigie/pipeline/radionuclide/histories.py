"""Histories of detectors: which earlier samples a new one is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.radionuclide.judge import (
    Baseline,
    Observation,
    SampleContext,
    categorise,
    gas_level,
    history,
    learn_baseline,
    sample_flags,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.radionuclide.judge import CategoryRecipe, FlagLimits
    from vigie.records import Category, PulseHeight, QualityFlag, Reason, SampleAnalysis


def of_same_detector(
    analysis: SampleAnalysis, others: Sequence[SampleAnalysis]
) -> list[SampleAnalysis]:
    """Return the analyses of other samples of the same detector, in the order of time.

    A sample that was analysed twice counts once, by its last analysis. What was simulated is no
    history of what was measured.
    """
    same: dict[object, SampleAnalysis] = {}
    for one in others:
        if (
            (one.station, one.detector, one.technology, one.simulated)
            == (analysis.station, analysis.detector, analysis.technology, analysis.simulated)
            and one.collection_stop_ns is not None
            and not is_same_sample(one, analysis)
        ):
            same[one.sample_id or one.collection_stop_ns] = one
    return sorted(same.values(), key=lambda one: one.collection_stop_ns or 0)


def is_same_sample(one: SampleAnalysis, other: SampleAnalysis) -> bool:
    """Tell whether two analyses are of one sample: by its id, or else by its collection."""
    if one.sample_id and other.sample_id:
        return one.sample_id == other.sample_id
    return one.collection_start_ns == other.collection_start_ns


def earlier(analysis: SampleAnalysis, others: Sequence[SampleAnalysis]) -> list[SampleAnalysis]:
    """Return the samples of the same detector whose collection ended before this one's."""
    stop_ns = analysis.collection_stop_ns
    if stop_ns is None:
        return []
    return [
        one
        for one in of_same_detector(analysis, others)
        if one.collection_stop_ns is not None and one.collection_stop_ns < stop_ns
    ]


def observations(
    analysis: SampleAnalysis, before: Sequence[SampleAnalysis]
) -> dict[str, tuple[Observation, ...]]:
    """Return the history of each nuclide of an analysis."""
    names = dict.fromkeys(one.nuclide for one in analysis.nuclides)
    return {name: history(before, name) for name in names}


def judged_category(
    analysis: SampleAnalysis,
    before: Sequence[SampleAnalysis],
    recipe: CategoryRecipe | None = None,
    ratio_flags: Sequence[Reason] = (),
) -> Category:
    """Return the category of a sample against the history of its detector."""
    histories = observations(analysis, before)
    if analysis.technology == "noble_gas":
        return gas_level(analysis, histories, recipe=recipe, ratio_flags=ratio_flags)
    # Only what was found is judged; a baseline costs milliseconds per nuclide.
    found = {one.nuclide for one in analysis.nuclides if one.detected}
    baselines: dict[str, Baseline] = {
        name: learn_baseline(samples) for name, samples in histories.items() if name in found
    }
    return categorise(analysis, baselines, recipe=recipe)


def judged_flags(
    message: PulseHeight,
    analysis: SampleAnalysis,
    before: Sequence[SampleAnalysis],
    context: SampleContext,
    limits: FlagLimits | None = None,
) -> tuple[QualityFlag, ...]:
    """Return the quality flags of a sample; ``context`` without what the history tells."""
    from dataclasses import replace

    if before:
        context = replace(
            context, previous_known=True, previous_stop_ns=before[-1].collection_stop_ns
        )
    return sample_flags(message, analysis, context, limits=limits)
