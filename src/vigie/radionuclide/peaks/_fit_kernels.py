"""Compiled Poisson fit of a group of peaks on its baseline; its plain twin is in the tests.

Parameters of a group of n peaks and k terms of the baseline stand in one row of length
3 n + 5 + k: areas, places, own shapes (of peaks of special kind), the common ``theta`` of
``_shape_kernels``, and coefficients of Legendre polynomials.
"""

from __future__ import annotations

from math import exp, log

import numba
import numpy as np
from numpy.typing import NDArray

from vigie.radionuclide.peaks._shape_kernels import BY_WIDTH, STEP, VALUE, peak_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NORMAL_KIND, WIDE_KIND, RECOIL_KIND = 0, 1, 2
"""A peak of the common shape; one with a width of its own (annihilation); one with a long right
tail of its own (recoil of germanium nuclei hit by neutrons)."""
MEAN, PRECISION, LOW, HIGH = range(4)
"""Rows of the limits on the parameters: Gaussian prior and hard bounds; LOW = HIGH is fixed."""
GUARD = 0.02
"""Counts by which each channel's logarithm is steadied, so that an expectation stays above 0."""
SMALL_STEP = 1e-3


@numba.njit(cache=True, nogil=True)
def legendre(n: int, terms: int) -> FloatArray:
    """Return Legendre polynomials over n channels, shape (terms, n)."""
    out = np.ones((terms, n))
    for i in range(n):
        t = (2.0 * i - (n - 1.0)) / n
        if terms > 1:
            out[1, i] = t
        for k in range(2, terms):
            out[k, i] = ((2.0 * k - 1.0) * t * out[k - 1, i] - (k - 1.0) * out[k - 2, i]) / k
    return out


@numba.njit(cache=True, nogil=True)
def one_peak(
    p: FloatArray, i: int, shape: tuple[FloatArray, IntArray, FloatArray], rows: FloatArray
) -> FloatArray:
    """Fill ``rows`` with the i-th peak of unit area; return its derivative by its own shape."""
    sigma, kinds, betas = shape
    n = len(sigma)
    theta, place, own = p[3 * n : 3 * n + 5], p[n + i], p[2 * n + i]
    if kinds[i] == NORMAL_KIND:
        peak_rows(place, sigma[i], theta, betas, rows)
        return np.zeros(0)
    if kinds[i] == WIDE_KIND:
        peak_rows(place, sigma[i] * exp(own), theta, betas, rows)
        wider: FloatArray = rows[BY_WIDTH].copy()
        return wider
    alone, long = np.zeros(5), betas.copy()
    alone[0], alone[3] = theta[0], 1.0
    long[2] = exp(own + SMALL_STEP)
    peak_rows(place, sigma[i], alone, long, rows)
    more = rows[VALUE].copy()
    long[2] = exp(own)
    peak_rows(place, sigma[i], alone, long, rows)
    rows[BY_WIDTH + 1 :] = 0.0
    own_slope: FloatArray = (more - rows[VALUE]) / SMALL_STEP
    return own_slope


@numba.njit(cache=True, nogil=True)
def expected(
    p: FloatArray,
    offset: FloatArray,
    shape: tuple[FloatArray, IntArray, FloatArray],
    jac: FloatArray,
) -> FloatArray:
    """Return the expected counts and fill their derivatives, shape (parameters, n)."""
    sigma, kinds, _ = shape
    n_peaks = len(sigma)
    first = 3 * n_peaks + 5
    mu = offset.copy()
    jac[: 3 * n_peaks + 5] = 0.0
    for k in range(first, len(p)):
        mu += p[k] * jac[k]
    rows = np.empty((7, len(offset)))
    for i in range(n_peaks):
        own = one_peak(p, i, shape, rows)
        area = p[i]
        mu += area * rows[VALUE]
        jac[i] = rows[VALUE]
        jac[n_peaks + i] = area * rows[1]
        if kinds[i] != NORMAL_KIND:
            jac[2 * n_peaks + i] = area * own
        for j in range(5):
            jac[3 * n_peaks + j] += area * rows[2 + j]
    return mu


@numba.njit(cache=True, nogil=True)
def objective(p: FloatArray, counts: FloatArray, mu: FloatArray, limits: FloatArray) -> float:
    """Return minus the logarithm of likelihood and prior; infinite where nothing is expected."""
    total = 0.0
    for c in range(len(counts)):
        if mu[c] <= 0.0:
            return np.inf
        total += mu[c] - (counts[c] + GUARD) * log(mu[c])
    for i in range(len(p)):
        total += 0.5 * limits[PRECISION, i] * (p[i] - limits[MEAN, i]) ** 2
    return total


@numba.njit(cache=True, nogil=True)
def information(jac: FloatArray, mu: FloatArray, limits: FloatArray, free: IntArray) -> FloatArray:
    """Return Fisher's information of the free parameters, prior included."""
    m = len(free)
    out = np.empty((m, m))
    for a in range(m):
        weighted = jac[free[a]] / mu
        for b in range(a + 1):
            out[a, b] = out[b, a] = np.dot(weighted, jac[free[b]])
        out[a, a] += limits[PRECISION, free[a]]
    for a in range(m):
        out[a, a] *= 1.0 + 1e-10
        out[a, a] += 1e-30
    return out


@numba.njit(cache=True, nogil=True)
def movable(p: FloatArray, gradient: FloatArray, limits: FloatArray) -> IntArray:
    """Return the parameters that are free and not pushed against a bound."""
    out = np.empty(len(p), dtype=np.int64)
    m = 0
    for i in range(len(p)):
        low, high = limits[LOW, i], limits[HIGH, i]
        if low >= high or (p[i] <= low and gradient[i] > 0.0):
            continue
        if p[i] >= high and gradient[i] < 0.0:
            continue
        out[m] = i
        m += 1
    return out[:m]


@numba.njit(cache=True, nogil=True)
def gradient_of(
    p: FloatArray, counts: FloatArray, model: tuple[FloatArray, FloatArray], limits: FloatArray
) -> FloatArray:
    """Return the gradient of ``objective``."""
    mu, jac = model
    out: FloatArray = np.dot(jac, 1.0 - (counts + GUARD) / mu)
    for i in range(len(p)):
        out[i] += limits[PRECISION, i] * (p[i] - limits[MEAN, i])
    return out


@numba.njit(cache=True, nogil=True)
def fit(
    start: FloatArray,
    data: tuple[FloatArray, FloatArray],
    shape: tuple[FloatArray, IntArray, FloatArray],
    limits: FloatArray,
    max_steps: int,
) -> tuple[FloatArray, FloatArray, FloatArray, int]:
    """Maximise likelihood times prior by Fisher scoring with halved steps.

    Returns
    -------
    p, mu, jac, steps
        Parameters, expected counts, derivatives, and steps taken; ``max_steps`` if not converged.
    """
    counts, offset = data
    n_base = len(start) - 3 * len(shape[0]) - 5
    jac = np.zeros((len(start), len(counts)))
    jac[len(start) - n_base :] = legendre(len(counts), n_base)
    p = start.copy()
    mu = expected(p, offset, shape, jac)
    value = objective(p, counts, mu, limits)
    for step in range(max_steps):
        gradient = gradient_of(p, counts, (mu, jac), limits)
        free = movable(p, gradient, limits)
        move = np.linalg.solve(information(jac, mu, limits, free), gradient[free])
        decrement = np.dot(move, gradient[free])
        scale, better = 1.0, False
        while scale > 1e-4 and not better:
            trial = p.copy()
            for a in range(len(free)):
                i = free[a]
                trial[i] = min(max(p[i] - scale * move[a], limits[LOW, i]), limits[HIGH, i])
            mu = expected(trial, offset, shape, jac)
            now = objective(trial, counts, mu, limits)
            better = now < value + 1e-9
            scale *= 0.4
        if not better:
            mu = expected(p, offset, shape, jac)
            return p, mu, jac, step
        p, value = trial, now
        if decrement < 1e-5:
            return p, mu, jac, step
    return p, mu, jac, max_steps


@numba.njit(cache=True, nogil=True)
def null_sigmas(
    p: FloatArray, jac: FloatArray, mu: FloatArray, limits: FloatArray, n_peaks: int
) -> FloatArray:
    """Return the standard error that each area would have if its peak were not there."""
    out = np.empty(n_peaks)
    floor = 0.05 * np.mean(mu) + GUARD
    for i in range(n_peaks):
        without = mu - max(p[i], 0.0) * jac[i]
        for c in range(len(mu)):
            without[c] = max(without[c], min(floor, mu[c]))
        free = np.empty(len(p), dtype=np.int64)
        m = 0
        for j in range(len(p)):
            if limits[LOW, j] < limits[HIGH, j] and j not in (n_peaks + i, 2 * n_peaks + i):
                free[m] = j
                m += 1
        free = free[:m]
        at = 0
        while free[at] != i:
            at += 1
        unit = np.zeros(m)
        unit[at] = 1.0
        out[i] = np.sqrt(np.linalg.solve(information(jac, without, limits, free), unit)[at])
    return out


@numba.njit(cache=True, nogil=True)
def errors(
    p: FloatArray, model: tuple[FloatArray, FloatArray], limits: FloatArray, n_peaks: int
) -> tuple[FloatArray, FloatArray]:
    """Return the covariance (zero in rows of fixed parameters) and ``null_sigmas``."""
    mu, jac = model
    free = np.flatnonzero(limits[LOW] < limits[HIGH])
    inverse = np.linalg.inv(information(jac, mu, limits, free))
    cov = np.zeros((len(p), len(p)))
    for a in range(len(free)):
        for b in range(len(free)):
            cov[free[a], free[b]] = inverse[a, b]
    return cov, null_sigmas(p, jac, mu, limits, n_peaks)


@numba.njit(cache=True, nogil=True)
def far_counts(
    p: FloatArray, shape: tuple[FloatArray, IntArray, FloatArray], n: int, fade: float
) -> tuple[FloatArray, FloatArray]:
    """Return peaks without steps, and steps that fade over ``fade`` sigma, over n channels."""
    n_peaks = len(shape[0])
    height = p[3 * n_peaks + 4]
    peaks, steps = np.zeros(n), np.zeros(n)
    rows = np.empty((7, n))
    for i in range(n_peaks):
        one_peak(p, i, shape, rows)
        reach = fade * shape[0][i]
        for c in range(n):
            step = height * rows[STEP, c]
            peaks[c] += p[i] * (rows[VALUE, c] - step)
            steps[c] += p[i] * step * exp(min(c - p[n_peaks + i], 0.0) / reach)
    return peaks, steps


@numba.njit(cache=True, nogil=True)
def score_scan(
    places: FloatArray,
    sigma: FloatArray,
    theta: FloatArray,
    betas: FloatArray,
    fitted: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray],
) -> tuple[FloatArray, FloatArray]:
    """Return z of a further peak at each place, and the area that it would have.

    Rao's score test: the residual's projection on the peak's profile, over the standard error that
    is left after all fitted parameters have taken their share.

    Parameters
    ----------
    fitted : tuple
        Counts, expected counts, variance of each channel, derivatives by the free parameters,
        and the covariance of these.
    """
    counts, mu, variance, jac, cov = fitted
    z, area = np.zeros(len(places)), np.zeros(len(places))
    rows = np.empty((7, len(counts)))
    weighted = (counts - mu) / variance
    for k in range(len(places)):
        peak_rows(places[k], sigma[k], theta, betas, rows)
        profile = rows[VALUE].copy()
        shared = np.dot(jac, profile / variance)
        info = np.dot(profile, profile / variance)
        left = info - np.dot(shared, np.dot(cov, shared))
        if left > 1e-3 * info:
            area[k] = np.dot(profile, weighted) / left
            z[k] = area[k] * np.sqrt(left)
    return z, area
