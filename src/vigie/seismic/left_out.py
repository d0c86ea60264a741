"""Which elements of an array took no part in a detection, and why.

An element that was recorded stands either among those that were measured or here: of wrong gain,
much slower than the others, without a usable sample, without data about the onset, or at fault.
Where a mask takes an element's data away, its kind is named (dead, gap, spike ...).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vigie.records import ExcludedElement
from vigie.records.time import add_seconds
from vigie.seismic.array_measure import TOO_LITTLE, element_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.seismic.arrays import ArraySetup
    from vigie.seismic.conditioning import ConditionedChannel

NEAR_S = 5.0
"""A mask so near an onset lies in the window of f-k."""


def left_out_at(
    array: ArraySetup, at_ns: int, measured: Sequence[ExcludedElement]
) -> tuple[ExcludedElement, ...]:
    """Return every recorded element that took no part in a signal, with its reason.

    Parameters
    ----------
    array : ArraySetup
    at_ns : int
        Onset of the signal.
    measured : sequence of ExcludedElement
        What the measurement left out.
    """
    recorded = (*array.elements, *array.blank)
    by_name = dict(zip(element_names([c.channel for c in recorded]), recorded, strict=True))
    # In the words of the measurement: a record in pieces must tell what the whole tells.
    blank = [ExcludedElement(n, f"0 {TOO_LITTLE}") for n, c in by_name.items() if c in array.blank]
    named = [
        replace(e, reason=f"{kind}: {e.reason}")
        if e.reason.endswith(TOO_LITTLE) and (kind := _masked(by_name.get(e.element), at_ns))
        else e
        for e in (*blank, *measured)
    ]
    return tuple(sorted((*array.excluded, *named), key=lambda e: e.element))


def _masked(channel: ConditionedChannel | None, at_ns: int) -> str:
    """Return the kind of the longest mask of a channel about an onset; empty without any."""
    if channel is None:
        return ""
    near = channel.masks_between(add_seconds(at_ns, -NEAR_S), add_seconds(at_ns, NEAR_S))
    longest = max(near, key=lambda m: m.end_ns - m.start_ns, default=None)
    return str(longest.kind) if longest else ""
