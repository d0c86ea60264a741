"""Whether the onsets of one event elsewhere are rather those of two events in one place.

P of two events at one source, minutes apart, come to a small network like P and S of one far
event: the delay is the same at every station. One event that explains both wave fronts must
therefore beat two events at the place of the first, not the first alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.association.settling import settle_candidate

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.network.association.context import Context
    from vigie.network.association.hypothesis import Hypothesis

MIN_REPEATED = 3
"""Stations that show the second front: fewer make no event."""


def are_two(
    context: Context, h: Hypothesis, rival: Hypothesis, accept: Callable[[Hypothesis], str]
) -> bool:
    """Tell whether ``h`` and a second event at its place are likelier than ``rival`` alone."""
    later_s = _repeated_after(context, h, rival)
    if later_s is None or rival.log_odds <= h.log_odds:
        return False
    with context.trial():
        context.take(h.copied())
        second = settle_candidate(
            context, (h.unit, h.depth_km, h.time_s + later_s), max(len(h.defining()), 6)
        )
        return not accept(second) and h.log_odds + second.log_odds > rival.log_odds


def _repeated_after(context: Context, h: Hypothesis, rival: Hypothesis) -> float | None:
    """Return how long after the first onsets of ``h`` the rival has more at the same stations."""
    times = context.columns.time_s
    own = {int(h.stations[row]): pick for row, kind, pick in h.defining() if kind == 0}
    known = set(own.values()) | {pick for _, _, pick in h.defining()}
    later = [
        float(times[pick] - times[own[station]])
        for row, _, pick in rival.defining()
        if pick not in known and (station := int(rival.stations[row])) in own
    ]
    return float(np.median(later)) if len(later) >= MIN_REPEATED else None
