"""Sums over place, interval and amount, in Numba."""

from __future__ import annotations

import math

import numba
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@numba.njit(cache=True, inline="always")
def _row(  # type: ignore[no-untyped-def] # noqa: ANN202, PLR0913
    tables, k, u, step, relative, r_low, r_step, total
):
    """Add the logarithms of the likelihood of one sample for all amounts to ``total``.

    ``u`` is the place of the least amount in the table, ``step`` that from amount to amount.
    """
    n_r, n_u = tables.shape[1], tables.shape[2]
    at = (math.log(relative) - r_low) / r_step if n_r > 1 else 0.0
    at = min(max(at, 0.0), n_r - 1.0)
    j = min(int(at), max(n_r - 2, 0))
    share = at - j
    upper = min(j + 1, n_r - 1)
    for q in range(total.shape[0]):
        x = min(max(u + q * step, 0.0), n_u - 1.001)
        i = int(x)
        f = x - i
        low = tables[k, j, i] * (1.0 - f) + tables[k, j, i + 1] * f
        high = tables[k, upper, i] * (1.0 - f) + tables[k, upper, i + 1] * f
        total[q] += low * (1.0 - share) + high * share


@numba.njit(cache=True, parallel=True)
def best_log_likelihood(  # type: ignore[no-untyped-def] # noqa: ANN201, PLR0913
    summed, summed_spread, tables, zero, scale, lengths
):
    """Return the largest log-likelihood of each cell over intervals and amounts.

    Parameters
    ----------
    summed, summed_spread : ndarray
        Sums over steps of sensitivities and of their spreads, shape (cells, K, T + 1).
    tables : ndarray
        Log-likelihoods, shape (K, R, U).
    zero : ndarray
        Those of a modelled concentration of nothing, shape (K,).
    scale : ndarray
        ``u`` of 1 Bq-unit for each sample (K,), then step of ``u`` per amount, number of amounts,
        lowest ln r, step of ln r, and relative error of the model.
    lengths : ndarray
        Numbers of steps of the intervals tried.
    """
    n_cells, n_samples, n_edges = summed.shape
    out = np.empty(n_cells)
    n_amounts = int(scale[n_samples + 1])
    for cell in numba.prange(n_cells):
        best = -np.inf
        total = np.empty(n_amounts)
        for length in lengths:
            for start in range(n_edges - length):
                _evaluate(summed, summed_spread, tables, zero, scale, cell, start, length, total)
                best = max(best, total.max())
        out[cell] = best
    return out


@numba.njit(cache=True)
def _evaluate(  # type: ignore[no-untyped-def] # noqa: ANN202, PLR0913
    summed, summed_spread, tables, zero, scale, cell, start, length, total
):
    """Fill ``total`` with the log-likelihoods of all amounts of one cell and interval."""
    n_samples = summed.shape[1]
    total[:] = 0.0
    step, r_low, r_step, model = (
        scale[n_samples], scale[n_samples + 2], scale[n_samples + 3], scale[n_samples + 4],
    )  # fmt: skip
    du = scale[n_samples + 5]
    for k in range(n_samples):
        m = (summed[cell, k, start + length] - summed[cell, k, start]) / length
        if m <= 0.0:
            total += zero[k]
            continue
        spread = (summed_spread[cell, k, start + length] - summed_spread[cell, k, start]) / length
        relative = math.sqrt((spread / m) ** 2 + model * model)
        u = (math.log(m) + scale[k]) / du
        _row(tables, k, u, step, relative, r_low, r_step, total)


@numba.njit(cache=True, parallel=True)
def sum_posterior(  # type: ignore[no-untyped-def] # noqa: ANN201, PLR0913
    summed, summed_spread, tables, zero, scale, lengths, reference
):
    """Return weights exp(log L - reference), summed: by cell, and by cell and each other unknown.

    Returns
    -------
    by_cell : ndarray, shape (cells,)
    by_amount : ndarray, shape (cells, Q)
    by_start, by_stop : ndarray, shape (cells, T)
        The first and the last step of the interval.
    """
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
                _evaluate(summed, summed_spread, tables, zero, scale, cell, start, length, total)
                weight = 0.0
                for q in range(n_amounts):
                    one = math.exp(total[q] - reference)
                    by_amount[cell, q] += one
                    weight += one
                by_cell[cell] += weight
                by_start[cell, start] += weight
                by_stop[cell, start + length - 1] += weight
    return by_cell, by_amount, by_start, by_stop
