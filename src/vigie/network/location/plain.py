"""The plain NumPy twins of ``_steps``: slower, same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import angle_difference_deg

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray
    from vigie.network.location._steps import Bounds
    from vigie.network.location.kinds import BoolArray


def least_squares_step(
    matrix: FloatArray, target: FloatArray, free: BoolArray, bounds: Bounds, damping: float = 0.0
) -> FloatArray:
    """Return the step (north km, east km, depth km, time s); zero where not free.

    Directions whose singular value is below the cut-off stay unmoved. Sizes of 10 km and 1 s
    weigh alike.
    """
    scale = np.array([10.0, 10.0, 10.0, 1.0])[free]
    left, values, right = np.linalg.svd(matrix[:, free] * scale, full_matrices=False)
    kept = values > bounds.cutoff * values[0]
    factor = np.where(kept, values / (values**2 + damping * values[0] ** 2), 0.0)
    step = np.zeros(4)
    step[free] = right.T @ (factor * (left.T @ target)) * scale
    return step


def bounded_step(
    matrix: FloatArray,
    target: FloatArray,
    bounds: Bounds,
    *,
    free_depth: bool,
    damping: float = 0.0,
) -> FloatArray:
    """Return the step, cut where it is too long; the depth stays within its bounds.

    Where the depth reaches a bound it is held there and the rest solved again, since the
    other parts of the step belong to a depth that is not allowed.
    """
    free = np.array([True, True, free_depth, True])
    step = least_squares_step(matrix, target, free, bounds, damping)
    allowed = float(np.clip(step[2], -bounds.depth_km, bounds.max_depth_km - bounds.depth_km))
    if free_depth and allowed != step[2]:
        free[2] = False
        step = least_squares_step(matrix, target - matrix[:, 2] * allowed, free, bounds, damping)
        step[2] = allowed
    longest = max(
        float(np.hypot(step[0], step[1])) / bounds.max_step_km,
        abs(float(step[2])) / bounds.max_depth_step_km,
    )
    return step / max(longest, 1.0)


def rows_of(
    observed: FloatArray, predicted: FloatArray, per_deg: float, min_sin_delta: float
) -> tuple[FloatArray, FloatArray]:
    """Return residuals (3 n,) and derivatives (3 n, 4); see ``_steps.rows_of``."""
    time, slowness, change, down, delta, esaz, seaz = predicted
    n = observed.shape[1]
    cos, sin = np.cos(np.radians(esaz)), np.sin(np.radians(esaz))
    across = np.maximum(np.sin(np.radians(delta)), min_sin_delta) * per_deg
    derivative = np.zeros((3 * n, 4))
    derivative[:n] = np.stack(
        [-slowness * cos / per_deg, -slowness * sin / per_deg, down, np.ones(n)], axis=-1
    )
    derivative[n : 2 * n, 0] = sin / across
    derivative[n : 2 * n, 1] = -cos / across
    sign = np.where(slowness < 0.0, -1.0, 1.0)
    derivative[2 * n :, 0] = -sign * change * cos / per_deg
    derivative[2 * n :, 1] = -sign * change * sin / per_deg
    turn = np.where(np.isnan(time), np.nan, angle_difference_deg(observed[1], seaz))
    residual = np.concatenate([observed[0] - time, turn, observed[2] - np.abs(slowness)])
    return residual, np.where(np.isfinite(derivative), derivative, 0.0)
