"""Elements that a station list or a file has plainly wrong: far from the others, or another's copy.

An element whose place is ``FAR_TIMES`` as far from the middle of all as the median one (and more
than ``FAR_KM``), or more than ``FARTHEST_KM``, is elsewhere by mistake (a sign lost, degrees
mistaken). Two elements that hold the same samples are one recording
under two names; which name is right cannot be told, and their delay of zero would make a wave of
any noise. Both are left out.

Source: ours. Cost: 1 ms for each pair of elements and day.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.records import ExcludedElement
from vigie.records.time import seconds_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.array import Element
    from vigie.records import Waveform

FloatArray = NDArray[np.float64]
SampleArray = NDArray[np.floating[Any]] | NDArray[np.integer[Any]]

FARTHEST_KM = 100.0
"""From the middle of the elements to one, and from the reference point, where times are given."""
FAR_TIMES, FAR_KM = 15.0, 5.0
SAME_SHARE, LEAST_SAMPLES = 0.9, 100
"""Of the samples that two elements share in time and that are not the usual one (a quiet record of
a coarse digitiser is mostly zeros), those that are the same in copies, and how many it takes."""


class Mistakes(NamedTuple):
    """What is left out, and what is told of it."""

    out: dict[int, ExcludedElement]
    """By the index of the element."""
    notes: tuple[str, ...]


def mistakes_of(elements: Sequence[Element], offsets_km: FloatArray) -> Mistakes:
    """Return the elements that are plainly mistaken.

    Parameters
    ----------
    elements : sequence of Element
    offsets_km : ndarray, shape (n, 2)
        From any reference point.
    """
    out: dict[int, ExcludedElement] = {}
    notes: list[str] = []
    away_km = np.linalg.norm(offsets_km - np.median(offsets_km, axis=0), axis=1)
    far_km = min(max(FAR_TIMES * float(np.median(away_km)), FAR_KM), FARTHEST_KM)
    for k in np.flatnonzero(away_km > far_km).tolist():
        text = f"{away_km[k]:.0f} km from the others: wrong place in the station list"
        out[k] = ExcludedElement(elements[k].site, text)
        notes.append(f"element {elements[k].site} left out: {text}")
    for one, other in combinations(range(len(elements)), 2):
        if _is_copy(elements[one], elements[other]):
            names = elements[one].site, elements[other].site
            for k, name in zip((one, other), reversed(names), strict=True):
                out.setdefault(k, ExcludedElement(elements[k].site, f"same samples as {name}"))
            told = f"elements {names[0]} and {names[1]} hold the same samples, and whose they are"
            notes.append(f"{told} cannot be told: both left out")
    return Mistakes(out, tuple(notes))


def _is_copy(one: Element, other: Element) -> bool:
    same = shared = k = 0
    mine, its = (sorted(e.runs, key=lambda r: r.start_ns) for e in (one, other))
    for a in mine:
        # Runs of one element do not overlap: those that end before are done with.
        while k < len(its) and its[k].end_ns < a.start_ns:
            k += 1
        for b in its[k:]:
            if b.start_ns > a.end_ns:
                break
            left, right = _in_common(a, b)
            if len(left):
                told = left != np.median(left)
                shared += int(np.count_nonzero(told))
                same += int(np.count_nonzero(told & (left == right)))
    return shared >= LEAST_SAMPLES and same >= SAME_SHARE * shared


def _in_common(one: Waveform, other: Waveform) -> tuple[SampleArray, SampleArray]:
    """Return the samples of two records over the time that both have; none of unlike rates."""
    if one.rate_hz != other.rate_hz:
        return one.samples[:0], other.samples[:0]
    later = round(seconds_between(other.start_ns, one.start_ns) * one.rate_hz)
    first, second = max(later, 0), max(-later, 0)
    count = min(len(one.samples) - first, len(other.samples) - second)
    return one.samples[first : first + count], other.samples[second : second + count]
