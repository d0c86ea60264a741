"""The noise that signals stand out of: its level by a running quantile, and its law.

Power of Gaussian noise averaged over T seconds in a band of statistical width B follows the law of
chi-squared with 2 B T degrees of freedom. The sea's noise falls with frequency, so B is less than
the band's; and its level wanders, which widens the law further. So the degrees of freedom are those
that two low quantiles of the record itself show, at most the band's. A low quantile of the last and
next ten minutes, divided by that law's quantile, gives the mean noise power though signals pass;
the law's tail gives the level that noise exceeds so and so often.

Accuracy as measured: mean level within 3 % in Gaussian noise; with a signal during a third of the
window 0.7 dB too high. Sources: Bendat & Piersol (2010), "Random Data", ch. 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.hydroacoustic.recipe import DetectorParams

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

LEAST_POWER = 1e-30
LOW_QUANTILE, HIGH_QUANTILE = 0.1, 0.45
"""Whose ratio shows the width of the law: signals are above both."""


def smoothed(power: Float32Array, frames: int) -> FloatArray:
    """Return the running mean of one row of frames, centred; NaN where half is missing.

    Parameters
    ----------
    power : ndarray, shape (m,)
    frames : int
        Length of the mean.
    """
    known = np.isfinite(power)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, power, 0.0), dtype=np.float64)])
    counts = np.concatenate([[0], np.cumsum(known)])
    at = np.arange(len(power))
    low = np.maximum(at - frames // 2, 0)
    high = np.minimum(at - frames // 2 + frames, len(power))
    number = counts[high] - counts[low]
    # Differences of running sums lose the last digits of quiet stretches after loud ones.
    total = np.maximum(sums[high] - sums[low], 0.0)
    return np.where(2 * number >= high - low, total / np.maximum(number, 1), np.nan)


class NoiseLaw(NamedTuple):
    """Level and law of the noise of one hydrophone in one band."""

    power: FloatArray
    """Mean at each frame, shape (m,); NaN where nothing was recorded."""
    dof: float
    """Degrees of freedom of a smoothed value."""


def noise_law(
    level: FloatArray, step_s: float, most_dof: float, params: DetectorParams
) -> NoiseLaw:
    """Return the mean noise power at each frame and its law, from running quantiles.

    Parameters
    ----------
    level : ndarray, shape (m,)
        Smoothed power.
    step_s : float
        Length of a frame.
    most_dof : float
        Degrees of freedom in noise that is white over the band.
    params : DetectorParams
    """
    from scipy.special import gammaincinv

    # One value in a quarter of a second tells as much as all.
    every = max(round(0.25 / step_s), 1)
    sparse = level[::every]
    wide = max(round(params.noise_window_s / (step_s * every)), 4)
    hop = max(round(params.noise_step_s / (step_s * every)), 1)
    middles = np.arange(0, len(sparse), hop)
    values = np.full((len(middles), 3), np.nan)
    for k, middle in enumerate(middles):
        # At the ends of a record the window keeps its length and lies inside.
        first = int(np.clip(middle - wide // 2, 0, max(len(sparse) - wide, 0)))
        near = sparse[first : first + wide]
        near = near[np.isfinite(near)]
        if len(near) >= 8:
            values[k] = np.quantile(near, (LOW_QUANTILE, params.noise_quantile, HIGH_QUANTILE))
    known = np.isfinite(values[:, 0])
    if not known.any():
        return NoiseLaw(np.full(len(level), np.nan), most_dof)
    values = np.maximum(values, LEAST_POWER)
    dof = min(_dof_of(float(np.median(values[known, 2] / values[known, 0]))), most_dof)
    law = float(gammaincinv(0.5 * dof, params.noise_quantile)) / (0.5 * dof)
    at = np.arange(len(level)) / every
    found = np.interp(at, middles[known], values[known, 1]) / law
    return NoiseLaw(np.asarray(np.maximum(found, LEAST_POWER)), dof)


def _dof_of(ratio: float) -> float:
    """Return the degrees of freedom whose law has this ratio of the two quantiles."""
    from scipy.special import gammaincinv

    tried = np.geomspace(1.0, 1e5, 400)
    high, low = (gammaincinv(0.5 * tried, q) for q in (HIGH_QUANTILE, LOW_QUANTILE))
    # The ratio falls as the degrees of freedom grow.
    return float(np.interp(-np.log(ratio), -np.log(high / low), tried))


def ratio_exceeded(probability: float, dof: float) -> float:
    """Return the ratio of smoothed to mean noise power that noise exceeds with a probability.

    Examples
    --------
    >>> round(ratio_exceeded(0.05, 10.0), 3)
    1.831
    """
    from scipy.special import gammainccinv

    return float(gammainccinv(0.5 * dof, probability)) / (0.5 * dof)


def probability_below(ratio: FloatArray, dof: float) -> FloatArray:
    """Return the chance that noise has a smaller ratio of smoothed to mean power."""
    from scipy.special import gammainc

    return np.asarray(gammainc(0.5 * dof, 0.5 * dof * np.maximum(ratio, 0.0)))
