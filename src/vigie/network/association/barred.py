"""Events that did not hold when they were located: they are not tried again.

Nor are their places; nor onsets of stations side by side that place no event, with one more that
would place them: such stations see a front, and of the picks of an hour one fits it somewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

    FloatArray = NDArray[np.float64]


NO_PLACE = "no_place"
"""The reason of events that the locator does not place."""


class Barred(NamedTuple):
    """Where and when an event did not hold."""

    unit: FloatArray
    time_s: float
    last_onset_s: float
    unplaced: frozenset[int]
    """Picks that place no event; empty where the event failed otherwise."""


LEAST_MORE = 2
"""Stations that must be added to onsets of stations side by side that place no event."""
SIDE_BY_SIDE = 0.3
"""Width over distance of stations that see a front and no place."""


def barred_by(h: Hypothesis, reason: str, onset_s: FloatArray) -> Barred:
    """Return the place that a refused hypothesis bars.

    Parameters
    ----------
    h : Hypothesis
    reason : str
        Why it was refused.
    onset_s : ndarray
        Times of all picks.
    """
    picks = [i for _, _, i in h.defining()]
    unplaced = frozenset(picks if reason == NO_PLACE else ())
    return Barred(h.unit, h.time_s, float(max(onset_s[i] for i in picks)), unplaced)


def was_refused(context: Context, h: Hypothesis) -> bool:
    """Tell whether a hypothesis is an event that was refused, or a front and one station more."""
    if is_barred(context, h.unit, h.time_s):
        return True
    picks = {i for _, _, i in h.defining()}
    station = context.columns.station
    return any(
        b.unplaced & picks
        and len({station[i] for i in picks - b.unplaced}) < LEAST_MORE
        and _see_a_front(context, h, b.unplaced & picks)
        for b in context.barred
    )


def _see_a_front(context: Context, h: Hypothesis, picks: frozenset[int]) -> bool:
    """Tell whether the stations of picks lie side by side, seen from an event."""
    units = context.columns.unit[[context.columns.station[i] for i in sorted(picks)]]
    middle = units.mean(axis=0)
    width = 2.0 * np.linalg.norm(units - middle, axis=1).max()
    return bool(width < SIDE_BY_SIDE * np.linalg.norm(h.unit - middle))


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
