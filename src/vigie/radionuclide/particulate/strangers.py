"""Nuclides outside the library that would explain peaks which nothing else explains.

What it computes: peaks without an explanation are tried against the whole table of nuclides. Those
of the table whose best lines meet two of these peaks or more are put into the solution beside
everything that was looked for (``identify``), so that they pass the same rules: efficiencies,
summing, energies of peaks, windows in which a line should show and does not, rivals. What then
explains two or more of the peaks, with its best line seen and none absent, is a suggestion. It is
no detection: nothing of the first solution changes, there is no amount and no limit. Lines are
gamma rays: X-rays are of an element, and matter about a detector makes them as well (those of gold
and mercury were Hg-197 in four real spectra).

Source: sheet 3.6 (unexplained significant peaks raise a flag); the rules are those of ``identify``.

Assumptions: one peak alone names nothing, as some nuclide of the table has a line at most energies.

Accuracy as measured: docs/methods/particulate.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import LineKind, nuclide, nuclide_names
from vigie.radionuclide.particulate.evidence import (
    ABSENT_SIGMAS,
    OWN,
    explained_peaks,
    line_evidence,
)
from vigie.radionuclide.particulate.identify import Identified, identify
from vigie.radionuclide.particulate.sources import LEAST_KEV, air_sources, library, present_source
from vigie.records import LineState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from vigie.radionuclide.decay import SampleTimes
    from vigie.radionuclide.particulate.problem import Setting
    from vigie.radionuclide.particulate.sources import Source
    from vigie.records import LineEvidence, Peak

FloatArray = NDArray[np.float64]

LEAST_PEAKS = 2
"""That a nuclide must explain to be named."""
MOST_PEAKS, MOST_TRIED = 40, 24
"""Peaks, the clearest, that nuclides must meet to be tried, and nuclides that are, those first that
meet most: with hundreds of peaks the time of the solution has no bound else."""
MOST_HALF_LIVES = 7.0
"""Since it was collected; of what has decayed for more less than a hundredth is left."""
CLEAR_Z = 4.0
"""Significance of a peak that is tried: below, some are fluctuations."""
BEST_LINES = 4
"""Of a nuclide, those that would show best, of which two must meet peaks."""
LEAST_SIGMAS = 6.0
"""Of a nuclide's fit: with the whole table tried at every peak, chance reaches 3.6 and more."""
AMISS = 2.0
"""Factor by which one of the best lines may differ from what the others say, beyond errors."""
LEAST_SHOWN = 0.05
"""A line counts among the best where it shows at least this well beside the best."""
LONGEST_SUPPORT_S = 43_200.0
"""In a sample of unknown history nothing that lives less is tried: it is known by its parent."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A nuclide that is not looked for, with the peaks that it would explain."""

    nuclide: str
    alike: tuple[str, ...]
    """Others that would explain them about as well."""
    peaks: tuple[int, ...]
    """Their indices."""
    sigmas: float
    """Square root of the fall of twice the log-likelihood without it."""


def suggestions(
    peaks: tuple[Peak, ...],
    unexplained: Iterable[int],
    sources: tuple[Source, ...],
    setting: Setting,
    times: tuple[SampleTimes | None, float],
) -> tuple[Suggestion, ...]:
    """Return what the unexplained peaks look like, what explains most first."""
    odd = [k for k in unexplained if peaks[k].significance > CLEAR_Z]
    if len(odd) < LEAST_PEAKS or setting.efficiencies.model.widths().low:
        return ()
    known = {one.name for one in sources} | set(library(setting.params.also))
    clearest = sorted(odd, key=lambda k: -peaks[k].significance)[:MOST_PEAKS]
    extra = _matching(_outside(known, times, setting), peaks, clearest, setting)
    if not extra:
        return ()
    found = identify((*sources, *extra), setting)
    return _suggested(found, {one.name for one in extra}, peaks, odd, setting)


def _outside(
    known: set[str], times: tuple[SampleTimes | None, float], setting: Setting
) -> tuple[Source, ...]:
    """Return all of the table that is not looked for, as it would be in the sample."""
    names = tuple(name for name in nuclide_names() if name not in known)
    collected, real_s = times
    if collected is not None:
        return air_sources(collected, names, MOST_HALF_LIVES)
    lasting = [name for name in names if nuclide(name).half_life_s > LONGEST_SUPPORT_S]
    return tuple(present_source(name, real_s) for name in lasting)


def _matching(
    sources: tuple[Source, ...], peaks: Sequence[Peak], odd: Sequence[int], setting: Setting
) -> tuple[Source, ...]:
    """Return the sources of whose best lines two meet unexplained peaks; at most so many."""
    params = setting.params
    energy = np.array([peaks[k].energy_kev for k in odd])
    reach = np.array(
        [
            max(params.tolerance_kev, params.tolerance_sigmas * peaks[k].energy_sigma_kev)
            for k in odd
        ]
    )
    out: list[tuple[int, Source]] = []
    for source in sources:
        best = _best_lines(source, setting)
        met = np.abs(best[:, None] - energy) <= reach
        count = int(min(met.any(axis=0).sum(), met.any(axis=1).sum()))
        if count >= LEAST_PEAKS:
            out.append((count, source))
    return tuple(one for _, one in sorted(out, key=lambda pair: -pair[0])[:MOST_TRIED])


def _best_lines(source: Source, setting: Setting) -> FloatArray:
    """Return the energies of the lines that would show best, keV; without summing."""
    rows = np.array(
        [
            (line.energy_kev, one.decays * line.intensity)
            for one in source.emitters
            for line in nuclide(one.name).lines
            if line.kind is LineKind.GAMMA
        ]
    ).reshape(-1, 2)
    low, high = setting.view.span_kev
    rows = rows[(rows[:, 0] > max(low, LEAST_KEV)) & (rows[:, 0] < high)]
    if not len(rows):
        return np.empty(0)
    base = np.maximum(setting.view.sums(setting.view.baseline, rows[:, 0]), 1.0)
    shows = rows[:, 1] * setting.efficiencies.peak(rows[:, 0]) / np.sqrt(base)
    order = np.argsort(-shows, kind="stable")[:BEST_LINES]
    return np.asarray(rows[order[shows[order] >= LEAST_SHOWN * shows[order[0]]], 0])


def _suggested(
    found: Identified,
    extra: set[str],
    peaks: tuple[Peak, ...],
    odd: Sequence[int],
    setting: Setting,
) -> tuple[Suggestion, ...]:
    """Return what of the extra sources explains unexplained peaks as it should."""
    told, _ = explained_peaks(peaks, setting.clusters, found)
    out = []
    for index, source in enumerate(found.sources):
        sigmas = float(np.sqrt(max(found.drop[index], 0.0)))
        if source.name not in extra or not found.detected[index] or sigmas < LEAST_SIGMAS:
            continue
        own = tuple(k for k in odd if _share(told[k], source.name) > OWN * peaks[k].area)
        xrays = set(found.table.energy_kev[(found.table.source == index) & found.table.is_xray])
        by_rays = [k for k in own if _share(told[k], source.name, xrays) > OWN * peaks[k].area]
        if len(by_rays) < LEAST_PEAKS or not _as_expected(line_evidence(found, index)):
            continue
        rivals = tuple(found.sources[k].name for k in found.alike.get(index, ()))
        out.append(Suggestion(source.name, rivals, own, sigmas))
    return tuple(sorted(out, key=lambda one: -one.sigmas))


def _share(peak: Peak, name: str, but: Collection[float] = ()) -> float:
    """Return the counts of a peak that are of a nuclide, those of some lines left out."""
    return sum(s.counts for s in peak.shares if s.nuclide == name and s.line_kev not in but)


def _as_expected(lines: tuple[LineEvidence, ...]) -> bool:
    """Tell whether the best line is seen, and no line is much weaker or stronger than it should."""
    if not lines or lines[0].state is not LineState.SEEN:
        return False
    return not any(map(_lacking, lines)) and not any(map(_beyond, lines[:BEST_LINES]))


def _lacking(line: LineEvidence) -> bool:
    """Tell whether a line that should show has much fewer counts than its nuclide gives it."""
    seen = line.observed_counts or 0.0
    return line.state is LineState.ABSENT and AMISS * seen < line.expected_counts


def _beyond(line: LineEvidence) -> bool:
    """Tell whether a line has much more counts than its nuclide gives it."""
    seen, sigma = line.observed_counts or 0.0, line.observed_sigma or 0.0
    return (
        line.state is LineState.SEEN and seen > AMISS * line.expected_counts + ABSENT_SIGMAS * sigma
    )
