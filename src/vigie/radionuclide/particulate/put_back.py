"""What a spectrum says of nuclides that are not in its solution: amounts of either sign.

A candidate that left is put back, one at a time, into the linear problem of those that stayed: its
amount and error are those of least squares without a bound, peaks that were set apart stay apart.
Where that says nothing, and for nuclides that were no candidates, it is the area at the line of
their limit: of the peak there, or fitted where none is, less what the others give there. So the
result and its interval follow the counts, also below the critical level (ISO 11929-1:2019, primary
measurement result). Assumes normal areas. Cost: 70 ms, in a sample of 2.5 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.particulate.design import design_of, neighbour_variance
from vigie.radionuclide.particulate.measured import WINDOW_SHARE, net_counts, net_responses
from vigie.radionuclide.particulate.solve import GUESSED

if TYPE_CHECKING:
    from vigie.radionuclide.particulate.identify import Identified
    from vigie.radionuclide.particulate.limits import NuclideLimit
    from vigie.radionuclide.particulate.problem import Setting
    from vigie.radionuclide.particulate.solve import Problem, Solution

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MATCHED = 0.5
"""Share of a line's counts in a peak from which the peak is the line's."""
LEAST_OWN = 1e-4
"""Of what a nuclide gives, in squares of errors, what others cannot give as well; with less the
data say nothing of it."""
SINGULAR = 1e-8


def primary_values(
    found: Identified, limits: list[NuclideLimit | None], setting: Setting
) -> tuple[FloatArray, FloatArray]:
    """Return amounts and standard errors of what is not in the solution.

    Parameters
    ----------
    found : Identified
    limits : list of NuclideLimit or None
        Of each source that was looked for.
    setting : Setting

    Returns
    -------
    value, sigma : ndarray, shape (sources looked for,)
        Bq, by counting; NaN of those in the solution, and where nothing is known.
    """
    value, variance = np.full(len(limits), np.nan), np.full(len(limits), np.nan)
    place = np.flatnonzero(found.chosen)
    value[place], variance[place] = put_back(found.amounts, found.solution, len(place))
    kept = np.zeros(len(limits), dtype=bool)
    kept[place] = found.solution.kept[: len(place)]
    rest = [
        (k, one.line_kev, WINDOW_SHARE / one.counts_per_bq)
        for k, one in enumerate(limits)
        if one is not None and not kept[k] and not np.isfinite(value[k])
    ]
    if rest:
        which = np.array([k for k, _, _ in rest])
        per_count = np.array([bq for _, _, bq in rest])
        area, area_variance = _areas(np.array([kev for _, kev, _ in rest]), found, setting)
        value[which], variance[which] = area * per_count, area_variance * per_count**2
    known = np.isfinite(variance) & np.isfinite(value)
    return np.where(known, value, np.nan), np.sqrt(np.where(known, variance, np.nan))


def put_back(problem: Problem, solution: Solution, n: int) -> tuple[FloatArray, FloatArray]:
    """Return amount and variance of each source put back alone into a solution.

    Parameters
    ----------
    problem : Problem
        Whose solution it is.
    solution : Solution
    n : int
        Number of nuclides, which come first among the unknowns.

    Returns
    -------
    value, variance : ndarray, shape (n,)
        NaN of those in the solution, and of what the data do not tell from others.
    """
    value, variance = np.full(n, np.nan), np.full(n, np.nan)
    weight = _weights(problem, solution)
    bases: dict[bytes, FloatArray] = {}
    for k in np.flatnonzero(~solution.kept[:n]):
        column = problem.matrix[:, k]
        guessed = (problem.error[:, k] > GUESSED * np.abs(column)) & (column != 0.0)
        # Where a line's counts are guessed it measures nothing; a source known by such alone, all.
        rows = guessed if (~guessed & (column > 0.0) & (weight > 0.0)).any() else guessed & False
        root = np.sqrt(np.where(rows, 0.0, weight))
        key = rows.tobytes()
        if key not in bases:
            bases[key] = _basis(problem, solution, root)
        basis, scaled = bases[key], column * root
        own = scaled - basis @ (basis.T @ scaled)
        size = float(own @ own)
        if size > LEAST_OWN * float(scaled @ scaled):
            gain = own * root / size
            value[k] = gain @ problem.value
            variance[k] = gain**2 @ solution.variance
    return value, variance


def _weights(problem: Problem, solution: Solution) -> FloatArray:
    """Return weights that do not follow the fluctuations of areas that nothing explains."""
    expected = np.maximum(problem.matrix @ solution.amount, 0.0)
    shares = np.sum((problem.error * solution.amount) ** 2, axis=1)
    weight = 1.0 / solution.variance
    areas = slice(0, problem.areas)
    weight[areas] = 1.0 / (problem.null_variance + expected + shares)[areas]
    # The energy of a peak that nothing in the solution explains says which source it is, not how
    # much there is of it.
    moments = problem.areas + np.arange(len(problem.moment))
    weight[moments[expected[problem.moment] <= 0.0]] = 0.0
    return np.asarray(weight)


def _basis(problem: Problem, solution: Solution, root: FloatArray) -> FloatArray:
    """Return orthonormal directions of what is in the solution, peaks set apart included."""
    apart = np.flatnonzero(solution.apart > 0.0)
    slack = np.zeros((len(root), len(apart)))
    slack[apart, np.arange(len(apart))] = 1.0
    design = np.hstack([problem.matrix[:, solution.kept], slack]) * root[:, None]
    size = np.linalg.norm(design, axis=0)
    design = design[:, size > 0.0] / size[size > 0.0]
    left, singular, _ = np.linalg.svd(design, full_matrices=False)
    return np.asarray(left[:, singular > SINGULAR * singular.max(initial=0.0)])


def _areas(
    energy_kev: FloatArray, found: Identified, setting: Setting
) -> tuple[FloatArray, FloatArray]:
    """Return the areas at given energies less what the solution gives there, and variances."""
    view, clusters, problem = setting.view, setting.clusters, found.problem
    nothing = np.zeros(len(energy_kev), dtype=bool)
    design = design_of(energy_kev, nothing, clusters, view, setting.params)
    area, variance = net_counts(view, energy_kev)
    area = area - _others(energy_kev, found, setting)
    variance = variance + neighbour_variance(energy_kev, clusters)
    explained = problem.matrix[: problem.clusters] @ found.solution.amount
    for k in np.flatnonzero((design.row >= 0) & (design.weight > MATCHED)):
        row = int(design.row[k])
        # A peak that nothing explains is another's; the counts beside it still speak.
        if found.solution.apart[row] <= 0.0:
            area[k] = (problem.value[row] - explained[row]) / design.weight[k]
            variance[k] = found.solution.variance[row] / design.weight[k] ** 2
    return area, variance


def _others(energy_kev: FloatArray, found: Identified, setting: Setting) -> FloatArray:
    """Return what lines without a peak put into areas fitted at given energies."""
    table, design = found.table, found.design
    counts = table.counts * found.solution.amount[table.source]
    free = np.flatnonzero(((design.row < 0) | (design.row >= design.n_clusters)) & (counts > 0.0))
    near = net_responses(setting.view, energy_kev, table.energy_kev[free])
    return np.array([float(weights @ counts[free[which]]) for which, weights in near])
