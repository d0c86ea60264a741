"""The yearly course of a series, as a sine of one year."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

YEAR_NS = int(365.2425 * 86_400e9)
"""Mean Gregorian year."""
NO_SEASON = (0.0, 0.0)


def season_at(time_ns: int, coefficients: tuple[float, float]) -> float:
    """Return the seasonal part at a time: a cos + b sin of the phase of the year."""
    phase = 2.0 * math.pi * ((time_ns % YEAR_NS) / YEAR_NS)
    return coefficients[0] * math.cos(phase) + coefficients[1] * math.sin(phase)


def fit_season(
    times_ns: NDArray[np.int64], values: FloatArray, *, cap: float = 2.5
) -> tuple[float, float]:
    """Fit the yearly course, with outliers cut (Huber's weights, three passes).

    Parameters
    ----------
    times_ns : ndarray, shape (n,)
    values : ndarray, shape (n,), finite
    cap : float
        Robust standard deviations beyond which a value loses weight.

    Returns
    -------
    a, b : float
        Of a cos + b sin; zero where the course is not significant (chi-square of two degrees
        of freedom at 1 %, with the samples taken as independent every five days).
    """
    phase = 2.0 * np.pi * ((times_ns % YEAR_NS) / YEAR_NS)
    design = np.column_stack([np.ones_like(values), np.cos(phase), np.sin(phase)])
    weight = np.ones_like(values)
    solution = np.zeros(3)
    for _ in range(3):
        root = np.sqrt(weight)
        solution = np.linalg.lstsq(design * root[:, None], values * root, rcond=None)[0]
        residual = values - design @ solution
        scale = 1.4826 * float(np.median(np.abs(residual - np.median(residual))))
        if scale <= 0.0:
            break
        weight = np.minimum(1.0, cap * scale / np.maximum(np.abs(residual), 1e-12))
    spread = float(np.var(values - design @ solution))
    independent = max((times_ns[-1] - times_ns[0]) / (5 * 86_400e9), 1.0)
    gain = float(np.var(design[:, 1:] @ solution[1:])) * independent
    if spread <= 0.0 or gain < 9.21 * spread:
        return NO_SEASON
    return float(solution[1]), float(solution[2])
