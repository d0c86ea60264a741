"""Compiled steps of the iteration, and the rows that they are taken from.

Plain twins in NumPy: ``plain.least_squares_step``, ``plain.bounded_step`` and
``plain.rows_of`` (the tests compare them). For a few dozen readings the calls of NumPy cost
many times what the work does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray

RAD = math.pi / 180.0


class Bounds(NamedTuple):
    """What limits a step."""

    depth_km: float
    """Of the trial origin."""
    max_depth_km: float
    max_step_km: float
    max_depth_step_km: float
    cutoff: float
    """Singular values below this share of the largest are left out."""


@njit(cache=True)
def bounded_step(
    normal: FloatArray,
    scale: FloatArray,
    bounds: Bounds,
    damping: float,
    free_depth: bool,
) -> FloatArray:
    """Return the step of a linear problem from its normal equations.

    Parameters
    ----------
    normal : ndarray, shape (4, 5)
        A^T A and A^T y of the whitened derivatives A and residuals y.
    scale : ndarray, shape (4,)
        Sizes at which the four unknowns weigh alike.
    """
    step = _solve(normal, scale, bounds.cutoff, damping, free_depth)
    if free_depth:
        allowed = min(max(step[2], -bounds.depth_km), bounds.max_depth_km - bounds.depth_km)
        if allowed != step[2]:
            moved = normal.copy()
            moved[:, 4] -= normal[:, 2] * allowed
            step = _solve(moved, scale, bounds.cutoff, damping, False)
            step[2] = allowed
    longest = max(
        math.hypot(step[0], step[1]) / bounds.max_step_km, abs(step[2]) / bounds.max_depth_step_km
    )
    if longest > 1.0:
        step /= longest
    return step


@njit(cache=True)
def _solve(
    normal: FloatArray,
    scale: FloatArray,
    cutoff: float,
    damping: float,
    free_depth: bool,
) -> FloatArray:
    free = np.array([0, 1, 2, 3]) if free_depth else np.array([0, 1, 3])
    m = len(free)
    square = np.empty((m, m))
    pull = np.empty(m)
    for i in range(m):
        pull[i] = normal[free[i], 4] * scale[free[i]]
        for j in range(m):
            square[i, j] = normal[free[i], free[j]] * scale[free[i]] * scale[free[j]]
    values, vectors = np.linalg.eigh(square)
    largest = values[m - 1]
    step = np.zeros(4)
    for k in range(m):
        if values[k] > cutoff * cutoff * largest:
            share = 0.0
            for i in range(m):
                share += vectors[i, k] * pull[i]
            share /= values[k] + damping * largest
            for i in range(m):
                step[free[i]] += vectors[i, k] * share * scale[free[i]]
    return step


@njit(cache=True)
def normal_equations(
    derivative: FloatArray, residual: FloatArray, weight: FloatArray
) -> FloatArray:
    """Return A^T A and A^T y, shape (4, 5), of rows times their weights."""
    normal = np.zeros((4, 5))
    for r in range(len(residual)):
        square = weight[r] * weight[r]
        for i in range(4):
            part = square * derivative[r, i]
            for j in range(i + 1):
                normal[i, j] += part * derivative[r, j]
            normal[i, 4] += part * residual[r]
    for i in range(4):
        for j in range(i):
            normal[j, i] = normal[i, j]
    return normal


@njit(cache=True)
def reweighted_step(
    derivative: FloatArray,
    residual: FloatArray,
    sigma: FloatArray,
    settings: tuple[float, float, int, float],
    bounds: Bounds,
    free_depth: bool,
) -> FloatArray:
    """Return the step with weights of Student's t that suit its own residuals.

    Parameters
    ----------
    derivative, residual, sigma : ndarray, shape (N, 4), (N,), (N,)
        NaN in the residual: not seen.
    settings : tuple
        Scale of the weights, degrees of freedom, rounds, and the length of a step, km, up
        to which the problem is linear.
    """
    scale, dof, rounds, linear_km = settings
    sizes = np.array([10.0, 10.0, 10.0, 1.0])
    seen = np.flatnonzero(np.isfinite(residual / sigma))
    n = len(seen)
    rows, target, error = derivative[seen], residual[seen], sigma[seen]
    rest = target.copy()
    weight = np.empty(n)
    step = np.zeros(4)
    for _ in range(rounds):
        for r in range(n):
            u = rest[r] / error[r] / scale
            weight[r] = 1.0 / (error[r] * math.sqrt(1.0 + u * u / dof))
        last = step
        step = bounded_step(normal_equations(rows, target, weight), sizes, bounds, 0.0, free_depth)
        for r in range(n):
            rest[r] = target[r] - (
                rows[r, 0] * step[0] + rows[r, 1] * step[1] + rows[r, 2] * step[2] + step[3]
                * rows[r, 3]
            )  # fmt: skip
        if math.hypot(step[0], step[1]) > linear_km or np.abs(step - last).max() < 0.1:
            break
    return step


@njit(cache=True)
def rows_of(
    observed: FloatArray, predicted: FloatArray, per_deg: float, min_sin_delta: float
) -> tuple[FloatArray, FloatArray]:
    """Return residuals (3 n,) and derivatives (3 n, 4) of ``linear``.

    Parameters
    ----------
    observed : ndarray, shape (3, n)
        Times since the trial origin, azimuths and slownesses, corrected.
    predicted : ndarray, shape (7, n)
        Time, slowness, its change with distance, change of time with depth, distance,
        azimuths at source and station.
    per_deg : float
        Kilometres per degree at the trial origin.
    min_sin_delta : float
        Below this, azimuths are not linear in the place.
    """
    n = observed.shape[1]
    residual = np.empty(3 * n)
    derivative = np.zeros((3 * n, 4))
    for i in range(n):
        time, slowness, change, down, delta, esaz, seaz = predicted[:, i]
        sin, cos = math.sin(esaz * RAD), math.cos(esaz * RAD)
        residual[i] = observed[0, i] - time
        turn = (observed[1, i] - seaz + 180.0) % 360.0 % 360.0 - 180.0
        residual[n + i] = turn if math.isfinite(time) else math.nan
        residual[2 * n + i] = observed[2, i] - abs(slowness)
        if not math.isfinite(slowness):
            derivative[i, 3] = 1.0
            continue
        derivative[i, 0] = -slowness * cos / per_deg
        derivative[i, 1] = -slowness * sin / per_deg
        derivative[i, 2] = down if math.isfinite(down) else 0.0
        derivative[i, 3] = 1.0
        across = max(math.sin(delta * RAD), min_sin_delta) * per_deg
        derivative[n + i, 0] = sin / across
        derivative[n + i, 1] = -cos / across
        sign = -1.0 if slowness < 0.0 else 1.0
        if math.isfinite(change):
            derivative[2 * n + i, 0] = -sign * change * cos / per_deg
            derivative[2 * n + i, 1] = -sign * change * sin / per_deg
    return residual, derivative
