"""Histories of detectors: which earlier samples a new one is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.pipeline.radionuclide.same_sample import (
    best,
    by_sample,
    detector_key,
    is_same_sample,
)
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

    A sample that was analysed twice counts once, by its full message before a preliminary one,
    then by the longer acquisition, then by its last analysis. What was simulated is no history of
    what was measured, and what is no sample of the air is no history at all.
    """
    groups = by_sample(detector_key(analysis), [*others, analysis])
    found = [
        best(group) for group in groups if not any(is_same_sample(one, analysis) for one in group)
    ]
    return sorted(found, key=lambda one: one.collection_stop_ns or 0)


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
) -> Category | None:
    """Return the category of a sample against the history of its detector, if it can have one."""
    histories = observations(analysis, before)
    if analysis.technology == "noble_gas":
        return gas_level(analysis, histories, recipe=recipe, ratio_flags=ratio_flags)
    # Only what was found is judged; a baseline costs milliseconds per nuclide.
    found = {one.nuclide for one in analysis.main_results if one.detected}
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
