"""Onset of a signal in the power of a band, weighted by the chance that it has begun.

P(t) is the chance that noise alone would not have reached the level that the power has reached by
t, even in a search thirty times as long: the law F(x)^(30 n) of the largest of so many values. The
onset is the mean of t weighted by dP over the first rise, its error the spread of that weight and
of the averaging (Gerstoft 1999, on hydroacoustic processing at the IDC, gives the idea).

Accuracy as measured on simulated signals: ``docs/methods/hydroacoustic.md``. Cost: 50 us.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.noise import probability_below, smoothed

FloatArray = NDArray[np.float64]


SURE = 30.0
"""Searches, of which noise in one at most would reach the level of a likely onset."""


class Onset(NamedTuple):
    """Time of an onset in frames from the first one given, and its standard error."""

    frame: float
    sigma_frames: float


def weighted_onset(
    power: NDArray[np.float32], noise: float, dof_per_frame: float, mean_frames: int
) -> Onset | None:
    """Return the onset in a stretch that begins in noise and ends at the first peak.

    Parameters
    ----------
    power : ndarray, shape (m,)
        Frames of one band.
    noise : float
        Mean noise power.
    dof_per_frame : float
        Degrees of freedom of noise power in one frame.
    mean_frames : int
        Over which power is averaged.

    Returns
    -------
    Onset or None
        None where nothing exceeds noise.

    Examples
    --------
    >>> power = np.array([1.0] * 20 + [50.0] * 5, np.float32)
    >>> weighted_onset(power, 1.0, 4.0, 1).frame
    20.0
    """
    level = smoothed(power, mean_frames)
    ratio = np.maximum.accumulate(np.nan_to_num(level) / noise)
    independent = SURE * max(len(power) / mean_frames, 1.0)
    chance = probability_below(ratio, max(dof_per_frame * mean_frames, 0.5)) ** independent
    weight = np.diff(np.concatenate([[0.0], chance]))
    total = float(weight.sum())
    if total < 0.5:
        return None
    at = np.arange(len(weight))
    mean = float(weight @ at) / total
    spread = float(weight @ (at - mean) ** 2) / total
    # A centred mean of w frames exceeds noise up to half of w before the signal does.
    return Onset(mean + 0.5 * (mean_frames - 1), float(np.sqrt(spread + mean_frames**2 / 12.0)))
