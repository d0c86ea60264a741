"""Ratios and zero times of one sample, from the likelihood of its cells or from a covariance."""

from __future__ import annotations

from dataclasses import replace
from math import hypot
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.problem import minimum, problem_of
from vigie.radionuclide.noble_gas.ratio_profile import profile_ratio_set
from vigie.radionuclide.noble_gas.region_response import isotope_index
from vigie.radionuclide.ratios.fieller import RatioSet, fieller_set
from vigie.radionuclide.ratios.zero_time import zero_times
from vigie.records import IsotopeRatio, PulseHeight, RatioKind, ZeroTime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.radionuclide.noble_gas.cell_model import CellModel
    from vigie.radionuclide.noble_gas.likelihood import LikelihoodFit
    from vigie.radionuclide.noble_gas.results import Conversion

FloatArray = NDArray[np.float64]
PAIRS = (
    ("Xe-135", "Xe-133"),
    ("Xe-133m", "Xe-131m"),
    ("Xe-133m", "Xe-133"),
    ("Xe-133", "Xe-131m"),
    ("Xe-135", "Xe-131m"),
    ("Xe-135", "Xe-133m"),
)
"""The four of screening, then what further lines need."""
DATED = PAIRS[:4]
"""Of which zero times are given."""


def sample_ratios(
    model: CellModel,
    fit: LikelihoodFit,
    to: Conversion,
    sample: PulseHeight,
    scale_sigma: Mapping[str, float],
) -> tuple[IsotopeRatio, ...]:
    """Return the ratios of concentrations in the air collected, or of activities in the cell.

    They hold for the middle of the collection, or for the start of the measurement. What
    fluctuated below zero is bounded at least as widely as Fieller's set of an estimate of zero.

    Parameters
    ----------
    model : CellModel
    fit : LikelihoodFit
        Of the same cells.
    to : Conversion
    sample : PulseHeight
    scale_sigma : mapping
        Relative error of efficiency and share of decays, by isotope. The volume cancels.
    """
    problem = problem_of(model)
    best = minimum(problem, model.counts, problem.free(), np.zeros(problem.size))
    critical = {one.name: one.critical_root for one in fit.nuclides}
    covariance = _guarded(fit)
    found = []
    for top, bottom in PAIRS:
        i, j = isotope_index(top), isotope_index(bottom)
        one = profile_ratio_set(problem, best, i, j, critical=(critical[top], critical[bottom]))
        one = _not_tighter(one, _fieller(fit, covariance, i, j), fit, (i, j))
        one = one.with_scale_error(hypot(scale_sigma[top], scale_sigma[bottom]))
        found.append(_record(one, (top, bottom), to, sample))
    return tuple(found)


def germanium_ratios(
    fit: LikelihoodFit, to: Conversion, sample: PulseHeight
) -> tuple[IsotopeRatio, ...]:
    """Return the ratios of beta-gamma by Fieller; the fit holds the errors of efficiencies."""
    place = {one.name: k for k, one in enumerate(fit.nuclides)}
    covariance = _guarded(fit)
    return tuple(
        _record(_fieller(fit, covariance, place[top], place[bottom]), (top, bottom), to, sample)
        for top, bottom in PAIRS
    )


def sample_zero_times(
    ratios: tuple[IsotopeRatio, ...], fractionation_s: float
) -> tuple[ZeroTime, ...]:
    """Return zero times of the ratios of which both isotopes were detected."""
    return tuple(
        time
        for one in ratios
        if one.kind is RatioKind.BOUNDED and (one.numerator, one.denominator) in DATED
        for time in zero_times(one, fractionated_s=fractionation_s)
    )


def _guarded(fit: LikelihoodFit) -> FloatArray:
    """Return the covariance of activities, of those below 0 with no less than their error at 0."""
    wider = np.array(
        [
            max(one.sigma_at_zero / one.sigma, 1.0) if one.free_estimate < 0.0 < one.sigma else 1.0
            for one in fit.nuclides
        ]
    )
    n = len(wider)
    return fit.covariance[:n, :n] * np.outer(wider, wider)


def _fieller(fit: LikelihoodFit, covariance: FloatArray, i: int, j: int) -> RatioSet:
    return fieller_set(
        float(fit.activities[i]),
        float(fit.activities[j]),
        covariance=(float(covariance[i, i]), float(covariance[i, j]), float(covariance[j, j])),
    )


def _not_tighter(
    one: RatioSet, plain: RatioSet, fit: LikelihoodFit, pair: tuple[int, int]
) -> RatioSet:
    """Return a set no tighter than another at the end of an activity that came out below 0."""
    low, high = one.low, one.high
    if fit.activities[pair[0]] < 0.0 and high is not None and plain.high is not None:
        high = max(high, plain.high)
    if fit.activities[pair[1]] < 0.0 and low is not None and plain.low is not None:
        low = min(low, plain.low)
    return replace(one, low=low, high=high)


def _record(
    one: RatioSet, pair: tuple[str, str], to: Conversion, sample: PulseHeight
) -> IsotopeRatio:
    """Return the set of activities as one of the unit of results."""
    top, bottom = pair
    one = one.scaled(to.per_bq[top] / to.per_bq[bottom])
    return IsotopeRatio(
        numerator=top,
        denominator=bottom,
        value=one.value,
        kind=one.kind,
        low=one.low,
        high=one.high,
        at_ns=_at_ns(sample, to),
    )


def _at_ns(sample: PulseHeight, to: Conversion) -> int | None:
    if to.times is not None and sample.collection is not None:
        return (sample.collection.start_ns + sample.collection.stop_ns) // 2
    return sample.acquisition.start_ns if sample.acquisition else None
