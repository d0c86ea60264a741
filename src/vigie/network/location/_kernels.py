"""Compiled linear algebra for small covariances, many at once.

Plain twins: ``np.linalg.cholesky`` and ``solve`` for the first two, ``posterior.solve_component``
for the third (the tests compare them). Calls of a linear-algebra library cost more than the
work itself for matrices of this size, and more still when it starts threads.

Cost: see ``docs/methods/location.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray


NO_HOLD = 1e-9
"""Precision, in units of the observations' own, of a direction that none of them holds: thirty
thousand of its standard errors, more than any depth or distance there is."""


@njit(cache=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def cholesky(covariance: FloatArray) -> FloatArray:
    """Return the lower factor of a positive definite matrix; NaN where it is not."""
    n = len(covariance)
    lower = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            value = covariance[i, j]
            for k in range(j):
                value -= lower[i, k] * lower[j, k]
            lower[i, j] = np.sqrt(value) if i == j else value / lower[j, j]
    return lower


@njit(cache=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def whiten(lower: FloatArray, rows: FloatArray) -> FloatArray:
    """Return x of lower x = b for each row b of ``rows``, shape (c, n)."""
    n_rows, n = rows.shape
    white = np.empty((n_rows, n))
    for c in range(n_rows):
        for i in range(n):
            value = rows[c, i]
            for k in range(i):
                value -= lower[i, k] * white[c, k]
            white[c, i] = value / lower[i, i]
    return white


@njit(cache=True)
def inverse(square: FloatArray) -> tuple[FloatArray, float]:
    """Return inverse and logarithm of the determinant of a small positive matrix.

    A direction without a hold gets the variance of ``NO_HOLD``: none would read as certainty.
    """
    m = len(square)
    size = np.empty(m)
    for i in range(m):
        size[i] = 1.0 / np.sqrt(max(square[i, i], NO_HOLD))
    scaled = square * np.outer(size, size)
    lower = cholesky(scaled)
    least = 1.0
    for i in range(m):
        least = min(least, lower[i, i]) if lower[i, i] > 0.0 else 0.0
    if not least > 1e-5:
        lower = cholesky(scaled + NO_HOLD * np.eye(m))
    root = whiten(lower, np.eye(m))
    log_det = 2.0 * (np.sum(np.log(np.diag(lower))) - np.sum(np.log(size)))
    found: FloatArray = (root @ root.T) * np.outer(size, size)
    return found, float(log_det)


@njit(cache=True)
def solve_cases(
    sizes: FloatArray,
    rows: FloatArray,
    distance_km: FloatArray,
    common: FloatArray,
    cases: FloatArray,
    shares: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Solve one linear problem under each case of its covariance.

    Cases that differ in the error of a default depth alone share one factor: the depth is a
    change of rank one (Sherman & Morrison 1950).

    Parameters
    ----------
    sizes : ndarray, shape (2, N)
        Of the N observations: variance of the reading, standard error of the model.
    rows : ndarray, shape (2 + M, N)
        Derivative with a default depth, residual, and the M derivatives.
    distance_km, common : ndarray, shape (N, N)
        Between their stations; likeness by epicentral distance.
    cases : ndarray, shape (H, 5)
        Scale, length (0: independent), power, share of a station's own errors and
        standard error of a default depth.
    shares : ndarray, shape (2,)
        Share of errors by epicentral distance; km over which stations are one.

    Returns
    -------
    log_likelihood (H,), shift (H, M), covariance (H, M, M)
    """
    n = sizes.shape[1]
    m = len(rows) - 2
    n_cases = len(cases)
    log_likelihood = np.empty(n_cases)
    shifts = np.empty((n_cases, m))
    covariances = np.empty((n_cases, m, m))
    likeness = np.zeros((n, n))
    gram = np.empty((m + 2, m + 2))
    last = np.full(4, -1.0)
    root_det = 0.0
    for h in range(n_cases):
        fresh = (cases[h, 1:4] != last[1:]).any()
        if fresh:
            _fill_likeness(likeness, distance_km, common, cases[h], shares)
        if fresh or cases[h, 0] != last[0]:
            gram, root_det = _gram(sizes, rows, likeness, cases[h, 0])
        last[:] = cases[h, :4]
        log_likelihood[h], shifts[h], covariances[h] = _solve_reduced(gram, root_det, cases[h, 4])
    return log_likelihood, shifts, covariances


@njit(cache=True)
def _gram(
    sizes: FloatArray, rows: FloatArray, likeness: FloatArray, scale: float
) -> tuple[FloatArray, float]:
    """Return the products of the whitened rows, and half the log determinant of the covariance."""
    n = sizes.shape[1]
    covariance = np.empty((n, n))
    for i in range(n):
        size = scale * scale * sizes[1, i]
        for j in range(i + 1):
            covariance[i, j] = likeness[i, j] * size * sizes[1, j]
        covariance[i, i] += sizes[0, i]
    lower = cholesky(covariance)
    white = whiten(lower, rows)
    return white @ white.T, np.sum(np.log(np.diag(lower)))


@njit(cache=True)
def _solve_reduced(
    gram: FloatArray, root_det: float, depth_sigma_km: float
) -> tuple[float, FloatArray, FloatArray]:
    """Return log likelihood, shift and covariance with the error of a default depth taken in."""
    growth = 1.0 + depth_sigma_km**2 * gram[0, 0]
    share = depth_sigma_km**2 / growth
    reduced = gram - share * np.outer(gram[:, 0], gram[0])
    pull = np.ascontiguousarray(reduced[2:, 1])
    found, log_det = inverse(reduced[2:, 2:])
    covariance = np.ascontiguousarray(found)
    shift = covariance @ pull
    chi_square = reduced[1, 1] - np.sum(pull * shift)
    log_det += 2.0 * root_det + np.log(growth)
    return -0.5 * (log_det + chi_square), shift, covariance


@njit(cache=True)
def _fill_likeness(
    likeness: FloatArray,
    distance_km: FloatArray,
    common: FloatArray,
    case: FloatArray,
    shares: FloatArray,
) -> None:
    length, power, own = case[1], case[2], case[3]
    for i in range(len(likeness)):
        likeness[i, i] = 1.0
        for j in range(i):
            if length <= 0.0:
                likeness[i, j] = 0.0
                continue
            apart = distance_km[i, j] / length
            if power == 2.0:
                apart *= apart
            likeness[i, j] = common[i, j] + (1.0 - shares[0] - own) * np.exp(-apart)
            likeness[i, j] += own * np.exp(-((distance_km[i, j] / shares[1]) ** 2))
