"""Rain and fluxes: from what was summed or averaged since some hour to means of one interval.

``TPP6`` is the rain (m) since a gauge was last emptied, which is done every 6 hours; ``TPPT`` and
``TPPD`` have 12 and 24, ``TPPA`` is never emptied. When was that? Where labels of rain or fluxes
have another forecast hour than the winds of the same time, at any time of a file, theirs tell
(GDAS: winds 0, 3, 0, 3; sums 6, 3, 6, 3). Else gauges are emptied at multiples of their hours from
00 UTC: in the NGM sample ``TPPT`` over the domain grows from 02 to 12 and from 14 to 00. The mean
over the last interval is a difference to the time before if the gauge was not emptied between, so
that totals are conserved; packing makes small negative rates, which stay for the same reason.

Fluxes of such files are means over their forecast hours and are taken apart in the same way: the
downward short wave of the GDAS sample is 665, 785, 517, 273 W/m2 at 15, 18, 21, 24 UTC near 57 W,
which follows the Sun only as means over 3, 6, 3, 6 hours. Other fluxes are as the file has them;
what they are means of, it does not say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vigie.records import NS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

HOUR_NS = 3600 * NS_PER_S
GAUGE_HOURS = {"1": 1, "3": 3, "6": 6, "T": 12, "D": 24, "A": None}
"""By the last letter of a variable, how often its gauge is emptied."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a quantity came to from one time to another."""

    total: FloatArray
    """In its unit of rate, times s."""
    start_ns: int | None
    """None if only known to be the same for all times of the file."""
    stop_ns: int
    error: float = math.inf
    """By which packing may lower it; infinite for what may fall."""

    def follows(self, before: Sum) -> bool:
        """Tell whether this is the sum before and more: begun together, over the grid not less.

        Single points may fall: the GDAS sample was rounded to 0.1 to 0.5 mm before it was packed,
        and some of its points lose 1 mm in a time.
        """
        if before.start_ns != self.start_ns or before.total.shape != self.total.shape:
            return False
        slack = 1.01 * (self.error + before.error)
        return before.stop_ns < self.stop_ns and bool(np.mean(self.total - before.total) >= -slack)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a quantity over the last interval."""

    value: FloatArray
    over_s: float


@dataclass(slots=True)
class Sums:
    """What was summed up to the time before."""

    before: dict[str, Sum] = field(default_factory=dict)

    def mean(self, name: str, current: Sum) -> Mean | None:
        """Return the mean over the time since the one before, or since the start of the sum.

        None where the start is not known: there is no time before, or the sum fell since.
        """
        known = self.before.get(name)
        self.before[name] = current
        if known is not None and current.follows(known):
            over_s = (current.stop_ns - known.stop_ns) / NS_PER_S
            return Mean((current.total - known.total) / over_s, over_s)
        fell = known is not None and known.start_ns == current.start_ns
        if current.start_ns is None or fell:
            return None
        over_s = (current.stop_ns - current.start_ns) / NS_PER_S
        return Mean(current.total / over_s, over_s)


def emptied_ns(time_ns: int, hours: int | None, own_h: int) -> int | None:
    """Return when a gauge was last emptied.

    Parameters
    ----------
    time_ns : int
        Of the reading.
    hours : int or None
        Between two emptyings; None for never.
    own_h : int
        Hours summed, by the label; 0 where it does not tell.

    Examples
    --------
    >>> [emptied_ns(h * HOUR_NS, 6, 0) // HOUR_NS for h in (5, 6, 7)]
    [0, 0, 6]
    >>> emptied_ns(17 * HOUR_NS, 6, 3) // HOUR_NS
    14
    """
    if hours is None:
        return None
    if 0 < own_h <= hours:
        return time_ns - own_h * HOUR_NS
    return (time_ns - 1) // (hours * HOUR_NS) * hours * HOUR_NS
