"""Activities of a solution with their covariance.

What the data weigh follows from the solution; the errors come from counting, from the efficiency
(its curve's covariance and, common to all energies, what the points state, as a source's activity
is common), from intensities, and from corrections for summing (common to a nuclide's lines).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.solve import counting_variance

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.identify import Identified
    from vigie.radionuclide.particulate.params import ParticulateParams
    from vigie.radionuclide.peaks import DetectorModel

FloatArray = NDArray[np.float64]


def activity_covariance(
    found: Identified, model: DetectorModel, common_error: float, params: ParticulateParams
) -> tuple[FloatArray, FloatArray]:
    """Return the covariance of the amounts of all unknowns, Bq^2: by counting, and in all.

    Parameters
    ----------
    found : Identified
    model : DetectorModel
    common_error : float
        Relative error of the efficiency that all energies share.
    params : ParticulateParams

    Returns
    -------
    counting, total : ndarray, shape (unknowns, unknowns)
        Zero for those that were dropped.
    """
    gain = _gain(found)
    variance = counting_variance(found.problem, found.solution.amount)
    # What nothing is known of has no weight in the solution.
    variance = np.where(np.isfinite(variance), variance, 0.0)
    counted = (gain * variance) @ gain.T
    table, design = found.table, found.design
    expected = table.counts * design.weight * found.solution.amount[table.source]
    lines = np.flatnonzero((expected > 0.0) & (table.source < len(found.sources)))
    if not len(lines):
        return counted, counted
    change = np.zeros((len(found.problem.value), len(lines)))
    rows = design.row[lines]
    change[rows, np.arange(len(lines))] = expected[lines]
    place = np.full(design.areas, -1)
    place[design.moment] = design.areas + np.arange(len(design.moment))
    centred = np.flatnonzero(place[rows] >= 0)
    offset = table.energy_kev[lines] - design.energy_kev[rows]
    change[place[rows[centred]], centred] = (expected[lines] * offset)[centred]
    spread = _line_covariance(found, lines, model, common_error, params)
    response = gain @ change
    return counted, np.asarray(counted + response @ spread @ response.T)


def _gain(found: Identified) -> FloatArray:
    """Return d amount / d datum, shape (unknowns, rows)."""
    problem, solution = found.problem, found.solution
    columns = np.flatnonzero(solution.kept)
    weight = 1.0 / solution.variance.copy()
    weight[: problem.clusters][solution.apart > 0.0] = 0.0
    design = problem.matrix[:, columns]
    size = np.sqrt(np.maximum(np.einsum("ij,ij,i->j", design, design, weight), 1e-300))
    scaled = design / size
    information = scaled.T @ (scaled * weight[:, None])
    inverse = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
    out = np.zeros((len(solution.amount), len(weight)))
    out[columns] = (inverse @ (scaled * weight[:, None]).T) / size[:, None]
    return out


def _line_covariance(
    found: Identified,
    lines: NDArray[np.int64],
    model: DetectorModel,
    common_error: float,
    params: ParticulateParams,
) -> FloatArray:
    """Return the covariance of the logarithms of lines' counts per Bq."""
    table = found.table
    out = np.diag(table.intensity_sigma[lines] ** 2)
    if model.efficiency is not None:
        out = out + model.efficiency.relative_covariance(table.energy_kev[lines])
        out = out + common_error**2
    factor = table.summing[lines]
    corrected = params.summing_error * np.abs(1.0 - factor) / np.maximum(factor, 1.0)
    same = np.equal.outer(table.source[lines], table.source[lines])
    return np.asarray(out + np.where(same, np.outer(corrected, corrected), 0.0))
