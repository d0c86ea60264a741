"""Results per nuclide: activity, concentration, limits, evidence.

A nuclide in the solution has the amount of the solution. One that left it, or was no candidate, has
what the spectrum says of it (``put_back``): its primary result of ISO 11929, which may be negative.
An amount of exactly 0 would make every upper end 2.24 errors, whatever was counted, and below the
MDC one true amount in two would lie outside. Its error is never below that of L_C.
"""

from __future__ import annotations

from math import expm1, hypot, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.nuclides import nuclide
from vigie.radionuclide.particulate.evidence import line_evidence
from vigie.radionuclide.particulate.iso11929 import characteristic_limits
from vigie.radionuclide.particulate.quantities import (
    Quantities,
    concentration_factor,
    probability,
)
from vigie.records import LineState, NuclideResult, Reason

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.identify import Identified
    from vigie.radionuclide.particulate.limits import NuclideLimit
    from vigie.radionuclide.particulate.sources import Source
    from vigie.records import LineEvidence

DISAGREE = 0.01
"""Probability of a chi-square between lines below which they are said to disagree."""
LEAST_LINES = 2
MOST_NAMED = 5
THORON = ("Pb-212", "Bi-212")
"""What filters collect of the series and decays in a count, with the first; Tl-208 sums besides."""


def nuclide_results(
    sources: tuple[Source, ...],
    limits: list[NuclideLimit | None],
    supported: list[NuclideResult],
    quantities: Quantities,
) -> tuple[NuclideResult, ...]:
    """Return the results of all nuclides looked for, detected ones first.

    Parameters
    ----------
    sources : tuple of Source
        All that were looked for, by the order of the library.
    limits : list of NuclideLimit or None
        Of each source.
    supported : list of NuclideResult
        Of daughters that their parents keep.
    quantities : Quantities
    """
    place = {source.key: k for k, source in enumerate(quantities.found.sources)}
    out = []
    for k, (source, limit) in enumerate(zip(sources, limits, strict=True)):
        index = place.get(source.key)
        primary = (float(quantities.primary[k]), float(quantities.primary_sigma[k]))
        out.append(_result(source, index, (limit, primary), quantities))
    joined = _one_per_nuclide(out + supported)
    return tuple(sorted(joined, key=lambda one: (not one.detected, one.nuclide)))


def _one_per_nuclide(results: list[NuclideResult]) -> list[NuclideResult]:
    """Keep the better supported of a nuclide's results: in the filter, or about the detector."""
    best: dict[str, NuclideResult] = {}
    for one in results:
        held = best.get(one.nuclide)
        if held is None or (one.detected and not held.detected):
            best[one.nuclide] = one
    return list(best.values())


def _result(
    source: Source,
    index: int | None,
    measured: tuple[NuclideLimit | None, tuple[float, float]],
    quantities: Quantities,
) -> NuclideResult:
    """Return the result of a source from its limit and what the spectrum says of it otherwise."""
    found = quantities.found
    limit, _ = measured
    kept = index is not None and bool(found.solution.kept[index])
    activity, sigma = _amount(index if kept else None, measured, quantities)
    detected = bool(index is not None and found.detected[index])
    # What the whole spectrum demands and the best line does not reach is not stated as found.
    detected &= limit is None or activity >= limit.critical_bq
    evidence = line_evidence(found, index) if kept and index is not None else ()
    per_bq, unit = concentration_factor(source, quantities)
    if quantities.unknown:
        known = (probability(found, index), evidence)
        return _named_only(source.name, detected, *known, reason=quantities.unknown)
    relative = quantities.volume_error if unit != "Bq" else 0.0
    uncertainty = per_bq * sqrt(sigma**2 + (activity * relative) ** 2)
    iso = None
    if limit is not None:
        iso = characteristic_limits(
            activity * per_bq,
            uncertainty,
            factor=per_bq / limit.counts_per_bq,
            null_variance=limit.null_variance,
            factor_error=sqrt(quantities.scale_error**2 + relative**2),
        )
    return NuclideResult(
        nuclide=source.name,
        method="peaks",
        activity_bq=activity,
        activity_sigma_bq=sigma,
        concentration=activity * per_bq if unit != "Bq" else None,
        uncertainty=uncertainty if unit != "Bq" else None,
        unit=unit,
        critical_level=limit.critical_bq * per_bq if limit else None,
        mdc=limit.mdc_bq * per_bq if limit else None,
        detected=detected,
        # ISO 11929 has an interval for what is above its threshold; else it begins at 0.
        low=(iso.low if detected else 0.0) if iso else None,
        high=iso.high if iso else None,
        limits=iso,
        probability=probability(found, index),
        evidence=evidence,
        mdc_line_kev=limit.line_kev if limit else None,
        half_life_s=nuclide(source.name).half_life_s,
        decay_factors=source.factors,
        remarks=(
            *_remarks(source, found, index, evidence),
            *(_if_decaying(source, found, activity) if detected else ()),
        ),
    )


def _if_decaying(source: Source, found: Identified, activity: float) -> tuple[Reason, ...]:
    """Return what thoron's progeny was at the start, where the collection is not known.

    A member of a series that was there before is taken to be kept by its parents: its activity is
    the mean over the count. On a filter it decays.
    """
    if source.name not in THORON or any(one.factors is not None for one in found.sources):
        return ()
    passed = log(2.0) * source.emitters[0].decays / nuclide(THORON[0]).half_life_s
    start_bq = activity * passed / -expm1(-passed)
    return (Reason.of("particulate.mean_over_count", start_bq=start_bq),)


def _amount(
    index: int | None,
    measured: tuple[NuclideLimit | None, tuple[float, float]],
    quantities: Quantities,
) -> tuple[float, float]:
    """Return activity and standard error, Bq: of the solution, else what the spectrum says."""
    if index is not None:
        variance = float(quantities.total[index, index])
        return float(quantities.found.solution.amount[index]), sqrt(variance)
    limit, (value, sigma) = measured
    at_zero = sqrt(limit.null_variance) / limit.counts_per_bq if limit else 0.0
    if not np.isfinite(value):
        return 0.0, at_zero
    # The fit claims a fifth less than the window of L_C. Where something is there it scatters by a
    # sixth more than that, in part by its own counts: one interval in nine missed the truth.
    return value, max(hypot(sigma, value * quantities.scale_error), at_zero)


def _named_only(
    name: str,
    detected: bool,
    probability: float | None,
    evidence: tuple[LineEvidence, ...],
    *,
    reason: str,
) -> NuclideResult:
    """Return a result without amounts: no efficiency is stated, or no time of counting."""
    return NuclideResult(
        nuclide=name,
        method="peaks",
        activity_bq=None,
        activity_sigma_bq=None,
        concentration=None,
        uncertainty=None,
        unit="Bq",
        critical_level=None,
        mdc=None,
        detected=detected,
        probability=probability,
        evidence=evidence,
        half_life_s=nuclide(name).half_life_s,
        withheld=not detected,
        remarks=(Reason.of(reason),),
    )


def _remarks(
    source: Source, found: Identified, index: int | None, evidence: tuple[LineEvidence, ...]
) -> tuple[Reason, ...]:
    out = []
    if source.kind == "present" and index is not None and found.solution.kept[index]:
        out.append(Reason.of("particulate.not_collected"))
    others = found.alike.get(index, ()) if index is not None else ()
    if others:
        names = ", ".join(found.sources[k].name for k in others[:MOST_NAMED])
        out.append(Reason.of("particulate.alike", nuclides=names))
    absent = [one.energy_kev for one in evidence if one.state is LineState.ABSENT]
    if absent:
        out.append(Reason.of("particulate.absent_lines", lines=_kev(absent)))
    chi2, lines = line_chi2(evidence)
    if lines >= LEAST_LINES:
        from scipy.stats import chi2 as law

        p = float(law.sf(chi2, lines - 1))
        if p < DISAGREE:
            out.append(Reason.of("particulate.lines_disagree", chi2=chi2, lines=float(lines), p=p))
    return tuple(out)


def line_chi2(evidence: tuple[LineEvidence, ...]) -> tuple[float, int]:
    """Return chi-square between the seen lines of a nuclide, and their number."""
    pulls = [
        (one.observed_counts - one.expected_counts) / one.observed_sigma
        for one in evidence
        if one.state in (LineState.SEEN, LineState.ABSENT)
        and one.observed_counts is not None
        and one.observed_sigma
    ]
    return float(np.sum(np.square(pulls))), len(pulls)


def _kev(energies: list[float]) -> str:
    return ", ".join(f"{energy:.1f}" for energy in energies[:5])
