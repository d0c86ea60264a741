"""History of each detector: what is usual there of each nuclide, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.nuclides import nuclide_list
from vigie.pipeline.radionuclide.same_sample import best, by_sample, detector_key, superseded
from vigie.products.figures.sample_history import NuclideSeries
from vigie.radionuclide.judge import (
    BackgroundStatistics,
    Baseline,
    Observation,
    background_statistics,
    learn_baseline,
    observation,
    running_chances,
)
from vigie.records import SampleAnalysis

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

UNUSUAL = 0.01
"""Chance below which a detection is called unusual at its station."""
SHOWN_QUANTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NuclideHistory:
    """One nuclide at one detector."""

    nuclide: str
    unit: str
    samples: tuple[Observation, ...]
    """Oldest first."""
    chances: tuple[float | None, ...]
    """Of each sample: that an ordinary one holds as much, learned from those before it; None
    while there were too few."""
    background: tuple[BackgroundStatistics, ...]
    """Of the whole history, then of each season."""
    baseline: Baseline
    """After the last sample."""

    @property
    def uncertainties(self) -> tuple[float | None, ...]:
        """Standard error of each sample's concentration."""
        return tuple(one.uncertainty for one in self.samples)

    @property
    def upper(self) -> float | None:
        """End of the usual range at the last sample."""
        return self.baseline.limit(self.samples[-1].time_ns, UNUSUAL)

    @property
    def unusual(self) -> tuple[int, ...]:
        """Numbers of the samples, from 0, that held an unusual amount when they came."""
        return tuple(
            index
            for index, chance in enumerate(self.chances)
            if chance is not None and chance < UNUSUAL
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DetectorHistory:
    """All samples of one detector."""

    station: str
    detector: str
    technology: str
    samples: tuple[SampleAnalysis, ...]
    nuclides: tuple[NuclideHistory, ...]
    """Those of the relevant list first, then those most often detected."""
    simulated: bool = False
    superseded: tuple[tuple[SampleAnalysis, SampleAnalysis], ...] = ()
    """Analyses that another of the same sample stands for, each with that other."""


def detector_histories(
    analyses: Sequence[SampleAnalysis], wanted: Collection[str] = ()
) -> list[DetectorHistory]:
    """Return the history of each detector, by station.

    Parameters
    ----------
    analyses : sequence of SampleAnalysis
        In any order. A sample that was analysed twice counts once, by the analysis of its full
        message, then by the longer acquisition, then by the last; what is no sample of the air
        (a spike, a calibration) enters no history.
    wanted : collection of str
        Only these nuclides; by default those that were detected, and of noble gas all.
    """
    first: dict[tuple[str, str, str, bool], SampleAnalysis] = {}
    for one in analyses:
        if one.of_air:
            first.setdefault((one.station, one.detector, one.technology, one.simulated), one)
    return [_detector(first[key], analyses, wanted) for key in sorted(first)]


def _detector(
    one: SampleAnalysis, analyses: Sequence[SampleAnalysis], wanted: Collection[str]
) -> DetectorHistory:
    groups = by_sample(detector_key(one), analyses)
    samples = sorted((best(group) for group in groups), key=lambda a: a.collection_stop_ns or 0)
    nuclides = [_nuclide(name, samples) for name in _names(samples, wanted)]
    found = [n for n in nuclides if n is not None]
    relevant = frozenset(nuclide_list("relevant"))
    found.sort(
        key=lambda n: (
            n.nuclide not in relevant,
            -sum(o.detected for o in n.samples),
            n.nuclide,
        )
    )
    return DetectorHistory(
        station=one.station,
        detector=one.detector,
        technology=one.technology,
        samples=tuple(samples),
        nuclides=tuple(found),
        simulated=one.simulated,
        superseded=tuple(pair for group in groups for pair in superseded(group)),
    )


def _names(samples: Sequence[SampleAnalysis], wanted: Collection[str]) -> list[str]:
    names = dict.fromkeys(
        result.nuclide
        for sample in samples
        for result in sample.main_results
        if wanted or result.detected or sample.technology == "noble_gas"
    )
    return [name for name in names if not wanted or name in wanted]


def _nuclide(name: str, samples: Sequence[SampleAnalysis]) -> NuclideHistory | None:
    found = [seen for sample in samples if (seen := observation(sample, name)) is not None]
    if not found:
        return None
    rows = tuple(sorted(found, key=lambda seen: seen.time_ns))
    return NuclideHistory(
        nuclide=name,
        unit=rows[-1].unit,
        samples=rows,
        chances=running_chances(rows),
        background=background_statistics(rows),
        baseline=learn_baseline(rows),
    )


def series(one: NuclideHistory) -> NuclideSeries:
    """Return a history as columns to draw."""
    everything = one.background[0] if one.background else None
    quantiles = [] if everything is None else [(q, everything.quantile(q)) for q in SHOWN_QUANTILES]
    unusual = np.zeros(len(one.samples), dtype=np.bool_)
    unusual[list(one.unusual)] = True
    return NuclideSeries(
        nuclide=one.nuclide,
        unit=one.unit,
        time_ns=np.array([o.time_ns for o in one.samples], dtype=np.int64),
        concentration=_column([o.concentration for o in one.samples]),
        uncertainty=np.nan_to_num(_column(one.uncertainties)),
        critical_level=_column([o.limit for o in one.samples]),
        detected=np.array([o.detected for o in one.samples], dtype=np.bool_),
        unusual=unusual,
        quantiles=tuple((q, value) for q, value in quantiles if value is not None),
        upper=one.upper,
    )


def _column(values: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
