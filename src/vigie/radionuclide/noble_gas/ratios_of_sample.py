"""Ratios and zero times of one sample, from the likelihood of its cells."""

from __future__ import annotations

from dataclasses import replace
from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from vigie.radionuclide.noble_gas.problem import minimum, problem_of
from vigie.radionuclide.noble_gas.ratio_profile import profile_ratio_set
from vigie.radionuclide.noble_gas.region_response import isotope_index
from vigie.radionuclide.ratios.zero_time import zero_times
from vigie.records import IsotopeRatio, PulseHeight, RatioKind, ZeroTime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.radionuclide.noble_gas.cell_model import CellModel
    from vigie.radionuclide.noble_gas.results import Conversion

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


def sample_ratios(
    model: CellModel, to: Conversion, sample: PulseHeight, scale_sigma: Mapping[str, float]
) -> tuple[IsotopeRatio, ...]:
    """Return the ratios of concentrations in the air collected, or of activities in the cell.

    They hold for the middle of the collection, or for the start of the measurement.

    Parameters
    ----------
    model : CellModel
    to : Conversion
    sample : PulseHeight
    scale_sigma : mapping
        Relative error of efficiency and share of decays, by isotope. The volume cancels.
    """
    problem = problem_of(model)
    best = minimum(problem, model.counts, problem.free(), np.zeros(problem.size))
    found = []
    for top, bottom in PAIRS:
        one = profile_ratio_set(problem, best, isotope_index(top), isotope_index(bottom))
        one = one.with_scale_error(hypot(scale_sigma[top], scale_sigma[bottom]))
        one = one.scaled(to.per_bq[top] / to.per_bq[bottom])
        found.append(
            IsotopeRatio(
                numerator=top,
                denominator=bottom,
                value=one.value,
                kind=one.kind,
                low=one.low,
                high=one.high,
                at_ns=_middle_ns(sample),
            )
        )
    return tuple(found)


def sample_zero_times(
    ratios: tuple[IsotopeRatio, ...], fractionation_s: float
) -> tuple[ZeroTime, ...]:
    """Return zero times of the ratios of which both isotopes were detected."""
    out: list[ZeroTime] = []
    for one in ratios:
        if one.kind is RatioKind.BOUNDED and (one.numerator, one.denominator) in DATED:
            out += [
                replace(time, remarks=time.remarks)
                for time in zero_times(one, fractionated_s=fractionation_s)
            ]
    return tuple(out)


def _middle_ns(sample: PulseHeight) -> int | None:
    if sample.collection is not None:
        return (sample.collection.start_ns + sample.collection.stop_ns) // 2
    return sample.acquisition.start_ns if sample.acquisition else None
