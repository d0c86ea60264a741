"""Sums over place, delay, composition and amount, in Numba.

Arrays that both functions share: ``sensitivity`` and ``spread``, shape (T, C, K); ``relative``,
shape (T, H, K); ``tables``, ``zero`` and ``scale`` as of ``transport.source._posterior_kernel``.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

from vigie.transport.source._posterior_kernel import add_sample

FloatArray = NDArray[np.float64]
Tables = tuple[FloatArray, FloatArray, FloatArray]


@numba.njit(cache=True)
def _parts(
    sensitivity: FloatArray,
    spread: FloatArray,
    relative: FloatArray,
    tables: Tables,
    parts: FloatArray,
) -> bool:
    """Fill log-likelihood ratios of samples and amounts; tell whether any sample is reached."""
    table, zero, scale = tables
    n = len(sensitivity)
    step, lowest, r_step, model, du = (
        scale[n], scale[n + 2], scale[n + 3], scale[n + 4], scale[n + 5],
    )  # fmt: skip
    reached = False
    for k in range(n):
        parts[k] = 0.0
        m = sensitivity[k] * relative[k]
        if m <= 0.0:
            continue
        reached = True
        error = math.sqrt((spread[k] / sensitivity[k]) ** 2 + model * model)
        place = (math.log(error) - lowest) / r_step
        place = min(max(place, 0.0), table.shape[1] - 1.0)
        add_sample(table[k], (math.log(m) + scale[k]) / du, step, place, parts[k])
        parts[k] -= zero[k]
    return reached


@numba.njit(cache=True, parallel=True)
def best_ratio(
    sensitivity: FloatArray,
    spread: FloatArray,
    relative: FloatArray,
    tables: Tables,
    n_amounts: int,
) -> FloatArray:
    """Return the largest log-likelihood ratio of each step over cells, compositions, amounts."""
    n_steps, n_cells, n = sensitivity.shape
    out = np.zeros(n_steps)
    for t in numba.prange(n_steps):
        parts = np.zeros((n, n_amounts))
        for c in range(n_cells):
            for h in range(relative.shape[1]):
                if not _parts(sensitivity[t, c], spread[t, c], relative[t, h], tables, parts):
                    continue
                for q in range(n_amounts):
                    out[t] = max(out[t], parts[:, q].sum())
    return out


@numba.njit(cache=True, parallel=True)
def sum_ratios(
    sensitivity: FloatArray,
    spread: FloatArray,
    relative: FloatArray,
    tables: Tables,
    priors: tuple[FloatArray, FloatArray, FloatArray],
    scaled: tuple[int, float],
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return weights prior x exp(ratio - reference), summed.

    ``priors`` are those of steps, cells and compositions, ``scaled`` the number of amounts and the
    reference.

    Returns
    -------
    joint : ndarray, shape (T, Q)
    by_cell : ndarray, shape (T, C)
    by_composition : ndarray, shape (T, H)
    without : ndarray, shape (T, K)
        The sum of all, with one sample left out.
    """
    n_steps, n_cells, n = sensitivity.shape
    n_h = relative.shape[1]
    n_amounts, reference = scaled
    of_step, of_cell, of_composition = priors
    joint = np.zeros((n_steps, n_amounts))
    by_cell = np.zeros((n_steps, n_cells))
    by_composition = np.zeros((n_steps, n_h))
    without = np.zeros((n_steps, n))
    nothing = math.exp(-reference)
    for t in numba.prange(n_steps):
        parts = np.zeros((n, n_amounts))
        for c in range(n_cells):
            for h in range(n_h):
                weight = of_step[t] * of_cell[c] * of_composition[h] / n_amounts
                if not _parts(sensitivity[t, c], spread[t, c], relative[t, h], tables, parts):
                    for q in range(n_amounts):
                        joint[t, q] += weight * nothing
                    by_cell[t, c] += weight * nothing * n_amounts
                    by_composition[t, h] += weight * nothing * n_amounts
                    for k in range(n):
                        without[t, k] += weight * nothing * n_amounts
                    continue
                for q in range(n_amounts):
                    total = parts[:, q].sum()
                    one = weight * math.exp(total - reference)
                    joint[t, q] += one
                    by_cell[t, c] += one
                    by_composition[t, h] += one
                    for k in range(n):
                        if parts[k, q] == 0.0:
                            without[t, k] += one
                        else:
                            without[t, k] += weight * math.exp(total - parts[k, q] - reference)
    return joint, by_cell, by_composition, without
