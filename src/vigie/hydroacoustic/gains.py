"""A hydrophone that records another pressure than its neighbours do: a gain or calib that is wrong.

The noise of the sea is the same at hydrophones 2 km apart. Of each the median power of every band
over a stretch is compared with the middle one of all; an amplitude that differs by more than five
times, by the median of the bands, is odd. Levels are then those of the others. (Electronic noise
shows alike: that hydrophone tells no level either.) Of two hydrophones none can be named.

Source: ours. Accuracy: ``docs/methods/hydroacoustic.md``. Cost: 1 ms for an hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.hydroacoustic.bands import Frames

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

ODD_GAIN = 5.0
MOST_FRAMES = 20_000
"""Looked at; more tell no more."""


def relative_levels(frames: Frames) -> FloatArray:
    """Return the amplitude of each hydrophone's noise over that of the middle one.

    Parameters
    ----------
    frames : Frames

    Returns
    -------
    ndarray, shape (n,)
        NaN where one recorded nothing; of two, over their geometric mean.
    """
    every = max(frames.power.shape[2] // MOST_FRAMES, 1)
    power = frames.power[:, :, ::every].astype(np.float64)
    heard = np.isfinite(power).any(axis=2)
    usual = np.full(heard.shape, np.nan)
    usual[heard] = np.nanmedian(power[heard], axis=1)
    logs = np.log(np.where(usual > 0.0, usual, np.nan))
    out = np.full(len(logs), np.nan)
    known = np.isfinite(logs).all(axis=1)
    if known.any():
        middle = np.median(logs[known], axis=0)
        out[known] = np.exp(0.5 * np.median(logs[known] - middle, axis=1))
    return out


def odd_levels(levels: FloatArray) -> BoolArray:
    """Tell which hydrophones' levels are not those of most; none where fewer than three record."""
    known = np.isfinite(levels)
    odd = known & (np.abs(np.log(np.where(known, levels, 1.0))) > np.log(ODD_GAIN))
    enough = known.sum() >= 3 and 2 * odd.sum() < known.sum()
    return odd if enough else np.zeros(len(levels), np.bool_)


def told_of_levels(code: str, names: Sequence[str], levels: FloatArray) -> list[str]:
    """Return in words which hydrophones record another pressure than the others."""
    why = "a gain or calib is wrong, or it is noisy"
    odd = odd_levels(levels)
    told = [
        f"{code}: hydrophone {name} records {level:.2g} times the pressure of the others: {why}; "
        "levels are those of the others"
        for name, level, is_odd in zip(names, levels, odd, strict=True)
        if is_odd
    ]
    two = np.flatnonzero(np.isfinite(levels))
    if len(two) == 2 and abs(np.log(levels[two[0]] / levels[two[1]])) > np.log(ODD_GAIN):
        times = levels[two[0]] / levels[two[1]]
        pair = f"{names[two[0]]} records {times:.2g} times the pressure of {names[two[1]]}"
        told.append(f"{code}: hydrophone {pair}, and which is wrong cannot be told: no sure level")
    return told
