"""Places where an event did not hold when it was located: they are not tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

    FloatArray = NDArray[np.float64]


class Barred(NamedTuple):
    """Where and when an event did not hold."""

    unit: FloatArray
    time_s: float
    last_onset_s: float


def barred_by(h: Hypothesis, onset_s: FloatArray) -> Barred:
    """Return the place that a refused hypothesis bars.

    Parameters
    ----------
    h : Hypothesis
    onset_s : ndarray
        Times of all picks.
    """
    return Barred(h.unit, h.time_s, float(max(onset_s[i] for _, _, i in h.defining())))


def is_barred(context: Context, unit: FloatArray, time_s: float) -> bool:
    """Tell whether an event that did not hold was at a place and time."""
    return near_any(context, [(b.unit, b.time_s) for b in context.barred], unit, time_s)


def near_any(
    context: Context, places: list[tuple[FloatArray, float]], unit: FloatArray, time_s: float
) -> bool:
    """Tell whether a place and time are those of one of some places, as finely as onsets tell."""
    close = context.near_scale_deg
    return any(
        abs(t - time_s) < close * context.time_per_deg and np.linalg.norm(u - unit) < close / 57.3
        for u, t in places
    )
