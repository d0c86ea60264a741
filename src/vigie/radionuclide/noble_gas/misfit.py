"""Whether shapes within regions fit, and the regions alone where they do not.

What it computes: the fit of fine cells and that of parts as a whole; twice the difference of
their likelihoods to perfect ones follows a chi-square law with as many degrees as there are more
cells, if templates are right. Where it is too large, another detector, a wrong calibration or
simulated counts without physics stand behind it, and the parts alone are used: they need nothing
but the station's efficiencies and ratios. Source: likelihood-ratio test of fit. Assumes a few
counts per cell. Accuracy: simulated campaigns are given up in 0.1 to 0.5 % (benchmark
``noble_gas``). Cost: two fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2

from vigie.radionuclide.noble_gas.cell_model import CellModel, Measurements, build_cells
from vigie.radionuclide.noble_gas.cells import CellParams
from vigie.radionuclide.noble_gas.problem import deviance, minimum, problem_of
from vigie.records import Reason

if TYPE_CHECKING:
    from vigie.radionuclide.noble_gas.likelihood import LikelihoodFit

PULL_TOLD = 3.0
"""Standard deviations of its prior that a nuisance may move before it is told."""


def pulls_told(fit: LikelihoodFit) -> list[Reason]:
    """Tell of nuisances that a fit moved far."""
    return [
        Reason.of("noble_gas.calibration_pulled", what=name, sigmas=pull)
        for name, pull in fit.pulls.items()
        if abs(pull) > PULL_TOLD
    ]


def choose_cells(
    data: Measurements, params: CellParams, least_probability: float
) -> tuple[CellModel, list[Reason]]:
    """Return fine cells where they fit, else parts, and why."""
    parts = build_cells(data, CellParams(full_spectrum=False))
    if not params.full_spectrum:
        return parts, []
    fine = build_cells(data, params)
    probability = shape_probability(fine, parts)
    if probability >= least_probability:
        return fine, []
    return parts, [Reason.of("noble_gas.shapes_misfit", probability=probability)]


def shape_probability(fine: CellModel, parts: CellModel) -> float:
    """Return the chance of a fit within parts as bad as this or worse."""
    more = len(fine.cells) - len(parts.cells)
    if more <= 0:
        return 1.0
    found = []
    for model in (fine, parts):
        problem = problem_of(model)
        best = minimum(problem, model.counts, problem.free(), np.zeros(problem.size))
        found.append(deviance(best))
    # Each further cell brings its counts of sample and gas background beside a background to fit.
    freedom = more * (2 if fine.has_gas else 1)
    return float(chi2.sf(max(found[0] - found[1], 0.0), freedom))
