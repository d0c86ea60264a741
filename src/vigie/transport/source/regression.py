"""Releases of each cell by least squares, none below zero.

What it computes: for each cell the releases S(n) >= 0 of all steps with the least

    sum_k [(sum_n M_k(n) S(n) - c_k) / s_k]^2 + (weight / s_b)^2 sum_n [S(n) - S_b]^2,

the second term only where a first guess S_b +- s_b is given (the form of regularised inversions of
sources). Source: Lawson and Hanson (1974) by scipy; field sheet 6. Accuracy: that of scipy. Cost:
0.3 ms a cell with 20 samples and 112 steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Regression:
    """Best releases by cell."""

    chi2: FloatArray
    """Of the samples alone, shape (C,)."""
    released_bq: FloatArray
    """Shape (T, C)."""

    @property
    def total_bq(self) -> FloatArray:
        """Over all steps, shape (C,)."""
        return np.asarray(self.released_bq.sum(axis=0))


def least_squares_releases(
    measured: ArrayLike,
    sigma: ArrayLike,
    sensitivity: FloatArray,
    *,
    guess: tuple[float, float] | None = None,
) -> Regression:
    """Return the releases of each cell that fit the samples best.

    Parameters
    ----------
    measured, sigma : array_like
        Concentrations and standard errors, shape (K,).
    sensitivity : ndarray
        Shape (K, T, C), concentration per Bq.
    guess : (float, float), optional
        Release of each step before the samples, and its standard error, Bq.

    Raises
    ------
    ParameterError
        Shapes do not agree, or an error is not above 0.
    """
    values, errors = np.asarray(measured, dtype=float), np.asarray(sigma, dtype=float)
    if sensitivity.ndim != 3 or not values.shape == errors.shape == sensitivity.shape[:1]:
        shapes = f"{values.shape}, {errors.shape}, {sensitivity.shape}"
        raise ParameterError(name="measured", value=shapes, expected="(K,), (K,) and (K, T, C)")
    if not (errors > 0.0).all() or (guess is not None and not guess[1] > 0.0):
        raise ParameterError(name="sigma", value="not above 0", expected="errors above 0")
    _, n_steps, n_cells = sensitivity.shape
    chi2 = np.full(n_cells, float(((values / errors) ** 2).sum()))
    released = np.zeros((n_steps, n_cells))
    reached = sensitivity.any(axis=(0, 1))
    for cell in np.flatnonzero(reached) if guess is None else range(n_cells):
        design = sensitivity[:, :, cell] / errors[:, np.newaxis]
        released[:, cell] = _solve(design, values / errors, guess)
        chi2[cell] = float(((design @ released[:, cell] - values / errors) ** 2).sum())
    return Regression(chi2=chi2, released_bq=released)


def _solve(design: FloatArray, target: FloatArray, guess: tuple[float, float] | None) -> FloatArray:
    # Columns of one size: sensitivities differ by many powers of ten.
    size = np.abs(design).max(axis=0)
    size = np.where(size > 0.0, size, 1.0)
    rows, wanted = design / size, target
    if guess is not None:
        rows = np.vstack([rows, np.diag(1.0 / (guess[1] * size))])
        wanted = np.concatenate([target, np.full(len(size), guess[0] / guess[1])])
    found, _ = nnls(rows, wanted)
    return np.asarray(found / size)
