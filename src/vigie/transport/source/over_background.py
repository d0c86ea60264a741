"""Likelihood of one sample, summed over what known emitters may have left in it.

What it computes: the background of a sample as a few concentrations with their probabilities, and
the likelihood of a release above it: the sum over them, each with its error of transport. Under
the hypothesis of no release the same sum is that of background alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError
from vigie.transport.source.likelihood import Observation, log_likelihood

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Background:
    """What known emitters may leave in a sample: concentrations with their probabilities.

    Raises
    ------
    ParameterError
        Shapes do not agree, or a number is below 0.
    """

    values: FloatArray
    """In the unit of the observation, shape (J,)."""
    weights: FloatArray
    """Shape (J,), sum 1."""

    def __post_init__(self) -> None:
        good = self.values.shape == self.weights.shape and self.values.size > 0
        if not good or not (self.values >= 0.0).all() or not abs(self.weights.sum() - 1.0) < 1e-9:
            raise ParameterError(
                name="background", value=str(self.values.shape), expected="from 0 on, weights sum 1"
            )


NO_BACKGROUND = Background(values=np.zeros(1), weights=np.ones(1))


def log_likelihood_over(
    one: Observation,
    released: ArrayLike,
    model_sigma: ArrayLike,
    background: Background,
    *,
    model_error: float,
    false_alarm: float = 0.05,
) -> FloatArray:
    """Return the logarithm of the likelihood, summed over what known emitters may have left.

    Parameters
    ----------
    one : Observation
    released : array_like
        Concentration that the release looked for gives, at least 0.
    model_sigma : array_like
        Its standard error.
    background : Background
    model_error : float
        Relative standard error of the background, from transport.
    false_alarm : float
        As of ``log_likelihood``.
    """
    mean, spread = np.broadcast_arrays(
        np.asarray(released, dtype=np.float64), np.asarray(model_sigma, dtype=np.float64)
    )
    total = np.full(mean.shape, -np.inf)
    for value, weight in zip(background.values, background.weights, strict=True):
        error = np.hypot(spread, model_error * value)
        logs = log_likelihood(one, mean + value, error, false_alarm=false_alarm)
        total = np.logaddexp(total, logs + math.log(weight))
    return np.asarray(total)
