"""A Poisson model scaled for the search, its minima, their covariance and expected counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.noble_gas.cell_model import CellModel
from vigie.radionuclide.noble_gas.poisson_kernel import derivatives, minimise

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A model with columns scaled to about a count, so that all parameters are alike."""

    model: CellModel
    design: FloatArray
    scale: FloatArray
    """Counts in all cells of the sample per Bq, shape (K,)."""

    @property
    def n(self) -> int:
        """Number K of activities."""
        return int(self.design.shape[2])

    @property
    def size(self) -> int:
        """Number of parameters."""
        return 2 * self.n + len(self.model.relative)

    def free(self) -> NDArray[np.bool_]:
        """Return which parameters are free."""
        free = np.ones(self.size, dtype=np.bool_)
        free[self.n : 2 * self.n] = self.model.has_gas
        return free


@dataclass(frozen=True, slots=True, eq=False)
class Minimum:
    """Place of a minimum of -ln L."""

    value: float
    """-ln L less that of a model that fits every count."""
    point: FloatArray
    background: FloatArray
    converged: bool


def problem_of(model: CellModel) -> Problem:
    """Scale the columns of a model."""
    # Rows beyond the cells are other measurements of the same unknowns.
    scale = np.maximum(np.abs(model.design[0][: len(model.cells)]).sum(axis=0), 1e-12)
    return Problem(model, np.ascontiguousarray(model.design / scale), scale)


def minimum(
    problem: Problem, counts: FloatArray, free: NDArray[np.bool_], start: FloatArray
) -> Minimum:
    """Minimise -ln L from a starting point.

    First with the nuisances held, where the problem is convex, then with all that is free.
    """
    model = problem.model
    arrays = (counts, model.ratio, problem.design, model.relative)
    held = free.copy()
    held[2 * problem.n :] = False
    _, near, _, _ = minimise(start, held, *arrays)
    return Minimum(*minimise(near, free, *arrays))


def fixed_minimum(
    problem: Problem, counts: FloatArray, best: Minimum, k: int, value: float
) -> Minimum:
    """Minimise with one activity held, in scaled units."""
    free = problem.free()
    free[k] = False
    start = best.point.copy()
    start[k] = value
    return minimum(problem, counts, free, start)


def signed_root(problem: Problem, counts: FloatArray, best: Minimum, k: int, value: float) -> float:
    """Return r(a): the root of the likelihood ratio, positive where the estimate lies above a."""
    held = fixed_minimum(problem, counts, best, k, value)
    return root_of(best, held, k, value)


def covariance_at(problem: Problem, counts: FloatArray, at: Minimum) -> FloatArray:
    """Return the inverse of the curvature, shape (size, size); zero for what is not free."""
    model = problem.model
    _, hessian = derivatives(
        at.point, counts, model.ratio, problem.design, model.relative, at.background
    )
    index = np.flatnonzero(problem.free())
    small = hessian[np.ix_(index, index)]
    small = small + np.diag(1e-9 * (1.0 + np.abs(np.diag(small))))
    full = np.zeros_like(hessian)
    full[np.ix_(index, index)] = _inverse(small)
    return full


def _inverse(matrix: FloatArray) -> FloatArray:
    """Return the inverse; of a matrix that is not positive, with its curvatures held at 1e-9."""
    try:
        np.linalg.cholesky(matrix)
        return np.asarray(np.linalg.inv(matrix))
    except np.linalg.LinAlgError:
        size = np.sqrt(1.0 + np.abs(np.diag(matrix)))
        values, vectors = np.linalg.eigh(matrix / np.outer(size, size))
        inverse = (vectors / np.maximum(values, 1e-9)) @ vectors.T
        return np.asarray(inverse / np.outer(size, size))


def deviance(at: Minimum) -> float:
    """Return -2 ln of the likelihood ratio to a model that fits every count."""
    return float(2.0 * at.value)


def expected_counts(problem: Problem, at: Minimum) -> FloatArray:
    """Return the means of all cells, shape (C, 3), not below 0."""
    model, n = problem.model, problem.n
    own, memory, nuisances = np.split(at.point, [n, 2 * n])
    factor = 1.0 + np.einsum("j,jck->ck", nuisances, model.relative)
    sample = ((own * problem.design[0] + memory * problem.design[1]) * factor).sum(axis=1)
    gas = (memory * problem.design[2] * factor).sum(axis=1)
    signal = np.stack([sample, gas, np.zeros(len(sample))], axis=1)
    return np.asarray(np.maximum(signal + model.ratio * at.background[:, None], 0.0))


def root_of(best: Minimum, held: Minimum, k: int, value: float) -> float:
    """Return r(a) from both minima."""
    size = np.sqrt(max(2.0 * (held.value - best.value), 0.0))
    return float(np.copysign(size, best.point[k] - value))


def with_counts(model: CellModel, counts: FloatArray) -> CellModel:
    """Return the same model with other counts: for simulated trials."""
    return replace(model, counts=counts)
