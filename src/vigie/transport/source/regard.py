"""Fields of regard: where a release would have been seen, by one sample, by all, by models.

What it computes: a release of Q Bq in a cell and step gives M Q in a sample; it is in the field of
regard where that is above a threshold. The least release that a sample would have seen is MDC / M.
Of several samples: the share of the detections that a cell can have made. Of several models: the
share of them of which a cell and step is in the field, and least, median and mean sensitivity
(Becker and others, J. Geophys. Res. 112 (2007) D07213). Decay is in the sensitivities already.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]


class ModelSpread(NamedTuple):
    """Sensitivities of several models, by step and cell."""

    least: FloatArray
    median: FloatArray
    mean: FloatArray


def field_of_regard(
    sensitivity: FloatArray, *, amount_bq: float, threshold: float
) -> NDArray[np.bool_]:
    """Tell where a release gives more than a threshold.

    Parameters
    ----------
    sensitivity : ndarray
        Concentration per Bq, of any shape.
    amount_bq : float
        Above 0.
    threshold : float
        At least 0, in the unit of ``sensitivity`` times Bq.

    Raises
    ------
    ParameterError
        An amount or a threshold makes no sense.
    """
    _check("amount_bq", amount_bq, amount_bq > 0.0)
    _check("threshold", threshold, threshold >= 0.0)
    return np.asarray(sensitivity * amount_bq > threshold)


def least_detectable_bq(sensitivity: FloatArray, mdc: float) -> FloatArray:
    """Return the least release that a sample would have seen, in Bq; infinite where it sees none.

    Raises
    ------
    ParameterError
        The detection limit is not above 0.
    """
    _check("mdc", mdc, mdc > 0.0)
    seen = sensitivity > 0.0
    return np.asarray(np.where(seen, mdc / np.where(seen, sensitivity, 1.0), np.inf))


def share_of_detections(sensitivity: FloatArray, mdc: ArrayLike, *, most_bq: float) -> FloatArray:
    """Return for each cell the share of detections that a release there can have made.

    Parameters
    ----------
    sensitivity : ndarray
        Of the samples with detections only, shape (K, T, C).
    mdc : array_like
        Shape (K,), above 0.
    most_bq : float
        The largest release thought possible.

    Raises
    ------
    ParameterError
        Shapes do not agree, or a number makes no sense.
    """
    limits = np.asarray(mdc, dtype=np.float64)
    if sensitivity.ndim != 3 or limits.shape != sensitivity.shape[:1]:
        shapes = f"{sensitivity.shape} and {limits.shape}"
        raise ParameterError(name="sensitivity", value=shapes, expected="(K, T, C) and (K,)")
    _check("mdc", float(limits.min(initial=np.inf)), bool((limits > 0.0).all()))
    _check("most_bq", most_bq, most_bq > 0.0)
    reached = sensitivity.max(axis=1) * most_bq > limits[:, np.newaxis]
    return np.asarray(reached.mean(axis=0))


def share_of_models(sensitivity: FloatArray, *, amount_bq: float, threshold: float) -> FloatArray:
    """Return the share of models in whose field of regard a step and cell is.

    Parameters
    ----------
    sensitivity : ndarray
        Shape (models, ...).

    Raises
    ------
    ParameterError
        As of ``field_of_regard``.
    """
    inside = field_of_regard(sensitivity, amount_bq=amount_bq, threshold=threshold)
    return np.asarray(inside.mean(axis=0))


def model_spread(sensitivity: FloatArray) -> ModelSpread:
    """Return least, median and mean of several models, shape (models, ...)."""
    return ModelSpread(
        sensitivity.min(axis=0), np.median(sensitivity, axis=0), sensitivity.mean(axis=0)
    )


def _check(name: str, value: float, holds: bool) -> None:
    if not holds:
        raise ParameterError(name=name, value=value, expected="above 0 (a threshold: 0 or more)")
