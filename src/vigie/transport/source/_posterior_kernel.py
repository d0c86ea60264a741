"""Sums over place, interval and amount, in Numba.

Arrays that all functions share: ``summed`` and ``summed_spread``, sums over steps of sensitivities
and of their spreads, shape (cells, K, T + 1); ``tables`` of log-likelihoods, shape (K, R, U);
``zero``, those of a modelled concentration of nothing, shape (K,); ``scale``: ln of the least
amount over the critical level, less the lowest ln c, of each sample (K,), then places of the table
from amount to amount, number of amounts, ln of the least model error, its step, the least model
error, and the step of ln c.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@numba.njit(cache=True)
def add_sample(
    table: FloatArray, u: float, step: float, error_place: float, total: FloatArray
) -> None:
    """Add the log-likelihood of one sample to all amounts; ``u``: place of the least one."""
    n_r, n_u = table.shape
    j = min(int(error_place), n_r - 2)
    share = error_place - j
    for q in range(total.shape[0]):
        x = min(max(u + q * step, 0.0), n_u - 1.001)
        i = int(x)
        f = x - i
        low = table[j, i] * (1.0 - f) + table[j, i + 1] * f
        high = table[j + 1, i] * (1.0 - f) + table[j + 1, i + 1] * f
        total[q] += low * (1.0 - share) + high * share


@numba.njit(cache=True)
def _evaluate(
    means: tuple[FloatArray, FloatArray],
    tables: FloatArray,
    zero: FloatArray,
    scale: FloatArray,
    total: FloatArray,
) -> None:
    """Fill ``total`` with the log-likelihoods of all amounts of one cell and interval."""
    sensitivity, spread = means
    n = len(sensitivity)
    step, lowest, r_step, model, du = (
        scale[n], scale[n + 2], scale[n + 3], scale[n + 4], scale[n + 5],
    )  # fmt: skip
    total[:] = 0.0
    for k in range(n):
        m = sensitivity[k]
        if m <= 0.0:
            total += zero[k]
            continue
        relative = math.sqrt((spread[k] / m) ** 2 + model * model)
        place = (math.log(relative) - lowest) / r_step
        place = min(max(place, 0.0), tables.shape[1] - 1.0)
        add_sample(tables[k], (math.log(m) + scale[k]) / du, step, place, total)


@numba.njit(cache=True)
def _means(
    summed: FloatArray, summed_spread: FloatArray, start: int, length: int
) -> tuple[FloatArray, FloatArray]:
    """Return sensitivity and spread of each sample to a release even over an interval."""
    stop = start + length
    return (
        (summed[:, stop] - summed[:, start]) / length,
        (summed_spread[:, stop] - summed_spread[:, start]) / length,
    )


@numba.njit(cache=True, parallel=True)
def best_log_likelihood(
    sums: tuple[FloatArray, FloatArray],
    tables: FloatArray,
    zero: FloatArray,
    scale: FloatArray,
    lengths: IntArray,
) -> FloatArray:
    """Return the largest log-likelihood of each cell over intervals and amounts."""
    summed, summed_spread = sums
    n_cells, n_samples, n_edges = summed.shape
    out = np.empty(n_cells)
    for cell in numba.prange(n_cells):
        best = -np.inf
        total = np.empty(int(scale[n_samples + 1]))
        for length in lengths:
            for start in range(n_edges - length):
                means = _means(summed[cell], summed_spread[cell], start, length)
                _evaluate(means, tables, zero, scale, total)
                best = max(best, total.max())
        out[cell] = best
    return out


@numba.njit(cache=True, parallel=True)
def sum_posterior(
    sums: tuple[FloatArray, FloatArray],
    tables: FloatArray,
    zero: FloatArray,
    scale: FloatArray,
    lengths: IntArray,
    reference: float,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return weights exp(log L - reference), summed: by cell, and by cell and each other unknown.

    Returns
    -------
    by_cell : ndarray, shape (cells,)
    by_amount : ndarray, shape (cells, Q)
    by_start, by_stop : ndarray, shape (cells, T)
        The first and the last step of the interval.
    """
    summed, summed_spread = sums
    n_cells, n_samples, n_edges = summed.shape
    n_amounts = int(scale[n_samples + 1])
    by_cell = np.zeros(n_cells)
    by_amount = np.zeros((n_cells, n_amounts))
    by_start = np.zeros((n_cells, n_edges - 1))
    by_stop = np.zeros((n_cells, n_edges - 1))
    for cell in numba.prange(n_cells):
        total = np.empty(n_amounts)
        for length in lengths:
            for start in range(n_edges - length):
                means = _means(summed[cell], summed_spread[cell], start, length)
                _evaluate(means, tables, zero, scale, total)
                weight = 0.0
                for q in range(n_amounts):
                    one = math.exp(total[q] - reference)
                    by_amount[cell, q] += one
                    weight += one
                by_cell[cell] += weight
                by_start[cell, start] += weight
                by_stop[cell, start + length - 1] += weight
    return by_cell, by_amount, by_start, by_stop
