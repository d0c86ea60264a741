"""Results per nuclide: activity, concentration, limits, evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import nuclide
from vigie.radionuclide.particulate.evidence import line_evidence
from vigie.radionuclide.particulate.identify import Identified
from vigie.radionuclide.particulate.iso11929 import characteristic_limits
from vigie.records import LineState, NuclideResult, Reason

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.limits import NuclideLimit
    from vigie.radionuclide.particulate.sources import Source
    from vigie.records import LineEvidence

FloatArray = NDArray[np.float64]

MICRO = 1e6
DISAGREE = 0.01
"""Probability of a chi-square between lines below which they are said to disagree."""
LEAST_LINES = 2
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Quantities:
    """What makes results of a solution."""

    found: Identified
    counting: FloatArray
    """Covariance of the amounts by counting."""
    total: FloatArray
    """In all."""
    air_volume_m3: float | None
    volume_error: float
    unknown: str
    """Code of the reason why there are no amounts; empty where there are."""
    scale_error: float
    """Relative error of counts per Bq, of the characteristic limits."""


def nuclide_results(
    sources: tuple[Source, ...], limits: list[NuclideLimit | None], quantities: Quantities
) -> tuple[NuclideResult, ...]:
    """Return the results of all nuclides looked for, detected ones first.

    Parameters
    ----------
    sources : tuple of Source
        All that were looked for, by the order of the library.
    limits : list of NuclideLimit or None
        Of each source.
    quantities : Quantities
    """
    place = {source.key: k for k, source in enumerate(quantities.found.sources)}
    out = []
    for source, limit in zip(sources, limits, strict=True):
        index = place.get(source.key)
        out.append(_result(source, index, limit, quantities))
    out += _daughters(quantities, {one.nuclide for one in out})
    joined = _one_per_nuclide(out)
    return tuple(sorted(joined, key=lambda one: (not one.detected, one.nuclide)))


def _one_per_nuclide(results: list[NuclideResult]) -> list[NuclideResult]:
    """Keep the better supported of a nuclide's results: in the filter, or about the detector."""
    best: dict[str, NuclideResult] = {}
    for one in results:
        held = best.get(one.nuclide)
        if held is None:
            best[one.nuclide] = one
        elif one.detected and not held.detected:
            best[one.nuclide] = _with_limits_of(one, held)
    return list(best.values())


def _with_limits_of(one: NuclideResult, held: NuclideResult) -> NuclideResult:
    """Give what a parent supports the limits that it has by itself."""
    if not one.supported_by or one.mdc is not None or one.unit != held.unit:
        return one
    return replace(
        one,
        critical_level=held.critical_level,
        mdc=held.mdc,
        mdc_line_kev=held.mdc_line_kev,
    )


def _result(
    source: Source, index: int | None, limit: NuclideLimit | None, quantities: Quantities
) -> NuclideResult:
    found = quantities.found
    activity = float(found.solution.amount[index]) if index is not None else 0.0
    kept = index is not None and bool(found.solution.kept[index])
    sigma = sqrt(float(quantities.total[index, index])) if kept and index is not None else 0.0
    if not kept and limit is not None:
        sigma = sqrt(limit.null_variance) / limit.counts_per_bq
    detected = bool(index is not None and found.detected[index])
    # What the whole spectrum demands and the best line does not reach is not stated as found.
    detected &= limit is None or activity >= limit.critical_bq
    evidence = line_evidence(found, index) if kept and index is not None else ()
    per_bq, unit = concentration_factor(source, quantities)
    if quantities.unknown:
        known = (_probability(found, index), evidence)
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
        probability=_probability(found, index),
        evidence=evidence,
        mdc_line_kev=limit.line_kev if limit else None,
        half_life_s=nuclide(source.name).half_life_s,
        decay_factors=source.factors,
        remarks=_remarks(source, found, index, evidence),
    )


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
        remarks=(Reason.of(reason),),
    )


def concentration_factor(source: Source, quantities: Quantities) -> tuple[float, str]:
    """Return what makes a concentration of an activity, and its unit.

    What was not collected (K-40 of the surroundings) has no factors of collection and decay.
    """
    volume = quantities.air_volume_m3
    if not volume:
        return 1.0, "Bq"
    if source.factors is None:
        return MICRO / volume, "uBq/m3"
    # The solution's activity is that at the start, so the decay while counting is in it already.
    return source.factors[0] * source.factors[1] * MICRO / volume, "uBq/m3"


def _probability(found: Identified, index: int | None) -> float | None:
    """Return 1 / (1 + exp(-drop / 2) x candidates): odds of the nuclide against chance."""
    if index is None or not found.solution.kept[index] or not np.isfinite(found.drop[index]):
        return None
    chance = len(found.sources) * float(np.exp(-0.5 * min(found.drop[index], 1000.0)))
    return 1.0 / (1.0 + chance)


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


def _daughters(quantities: Quantities, known: set[str]) -> list[NuclideResult]:
    """Return nuclides that are there because what was collected decays to them."""
    from vigie.radionuclide.particulate.sources import library

    found = quantities.found
    out = []
    listed = set(library())
    for index in np.flatnonzero(found.detected):
        source = found.sources[int(index)]
        for emitter in source.emitters[1:]:
            if emitter.name not in listed or emitter.activity <= 0.0:
                continue
            evidence = tuple(
                one for one, name in _with_emitters(found, int(index)) if name == emitter.name
            )
            seen = any(one.state in (LineState.SEEN, LineState.SHARED) for one in evidence)
            if not seen:
                continue
            out.append(_supported(source, emitter.name, emitter.activity, evidence, quantities))
    return out


def _with_emitters(found: Identified, index: int) -> list[tuple[LineEvidence, str]]:
    evidence = line_evidence(found, index)
    table = found.table
    own = np.flatnonzero(table.source == index)
    names = {float(table.energy_kev[i]): table.emitter[i] for i in own}
    return [(one, names[one.energy_kev]) for one in evidence]


def _supported(
    source: Source,
    name: str,
    share: float,
    evidence: tuple[LineEvidence, ...],
    quantities: Quantities,
) -> NuclideResult:
    """Return a daughter's activity; its concentration is the one that its parent stands for."""
    found = quantities.found
    index = [one.key for one in found.sources].index(source.key)
    own = [k for k, one in enumerate(found.sources) if one.name == name and found.solution.kept[k]]
    activity = share * float(found.solution.amount[index])
    variance = share**2 * float(quantities.total[index, index])
    for k in own:
        activity += float(found.solution.amount[k])
        variance += float(quantities.total[k, k]) + 2.0 * share * float(quantities.total[k, index])
    known = not quantities.unknown
    sigma = sqrt(max(variance, 0.0))
    per_bq, unit = concentration_factor(source, quantities)
    airborne = known and unit != "Bq"
    return NuclideResult(
        nuclide=name,
        method="peaks",
        activity_bq=activity if known else None,
        activity_sigma_bq=sigma if known else None,
        concentration=activity / share * per_bq if airborne else None,
        uncertainty=sigma / share * per_bq if airborne else None,
        unit=unit if known else "Bq",
        critical_level=None,
        mdc=None,
        detected=True,
        probability=_probability(found, index),
        evidence=evidence,
        half_life_s=nuclide(name).half_life_s,
        supported_by=source.name,
        decay_factors=source.factors,
        remarks=(Reason.of("particulate.kept_by", parent=source.name, nuclide=name),),
    )
