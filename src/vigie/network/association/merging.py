"""Events found beside each other: whether they are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.settling import settle_candidate

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis
    from vigie.network.association.tally import Tally

SAME_SIGMAS = 5.0
"""Events whose onsets differ by fewer standard errors of one onset are one."""

SHARED = 0.5


def absorbed(
    context: Context, new: Hypothesis, accept: Callable[[Hypothesis], str], tally: Tally
) -> bool:
    """Try whether an event that was found beside ``new`` and it are one; then keep the better.

    A strong event that settled at a wrong place leaves picks that make a second one at the
    right place: with the picks of both the right place explains more.
    """
    if _echo(context, new):
        context.drop(new)
        tally.add("same_onsets_twice")
        return True
    for old in list(context.events):
        apart_s = abs(old.time_s - new.time_s)
        apart_deg = float(np.degrees(np.linalg.norm(old.unit - new.unit)))
        reach = context.merge_deg
        if apart_deg > reach or apart_s > reach * context.time_per_deg:
            continue
        others = [h for h in context.events if h is not old]
        keep = context.events
        context.rebuild(others)
        level = int(max(len(new.defining()), len(old.defining()), 6))
        both = settle_candidate(context, (new.unit, new.depth_km, new.time_s), level)
        if not accept(both) and both.log_odds > old.log_odds and explains(both, old):
            context.take(both)
            tally.add("merged")
            return True
        context.rebuild(keep)
    return False


def explains(one: Hypothesis, other: Hypothesis) -> bool:
    """Tell whether one event takes half the readings of another at least."""
    theirs = {pick for _, _, pick in other.defining()}
    shared = theirs.intersection(pick for _, _, pick in one.defining())
    return len(shared) >= SHARED * len(theirs)


def _echo(context: Context, new: Hypothesis) -> bool:
    """Tell whether an event is the same as one before, its onsets having been picked twice."""
    reach_s = SAME_SIGMAS * context.onset_sigma_s
    return any(
        abs(old.time_s - new.time_s)
        + context.time_per_deg * np.degrees(np.linalg.norm(old.unit - new.unit))
        < reach_s
        for old in context.events
    )
