"""Jumps that other elements of an array recorded too: the fronts of shocks, which are no glitches.

What it computes: a shock (an explosion nearby, a supersonic body) jumps within a sample, as a
glitch does, and the masks of one channel cannot tell them apart (``signal.quality``). A glitch of
one element is alone. So a step is no mask where half of the other elements, within the time in
which sound comes to them, jump at least half as much and out of what they recorded in the ten
seconds before. Spikes stay masked: they return at once, and no front does. So does what half of
the others have at the same time: it crosses nothing, and is the digitizer's.

Source: the check of field sheet 8.3 of operations: a glitch is not on other channels.
Assumes elements of like gain; where another is ten times less sensitive the mask stays. Steps that
every element repeats at its own time within the crossing, as no digitizer is known to, would pass.
Accuracy as measured: N-waves of 0.3 to 2 s with rises of 5 to 100 ms across four elements, SNR 10
to 1000, 20 and 50 Hz: of 512 records of an element 219 had a step alone, none a spike, and with the
others none. Spikes of 50 times the noise on one element (20), at one sample of all four (80), and
once a minute on each at a time of its own (12 records) were all masked as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.records import NS_PER_S, Mask, MaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.records import ChannelId, Waveform
    from vigie.signal.segments import ChannelRecord

FloatArray = NDArray[np.float64]

SLOWEST_KM_S = 0.28
SPARE_S, LONGEST_S = 0.25, 20.0
"""Added to the crossing; and its bound, for elements whose places are wrong."""
LIKE = 0.5
"""Of the jump: as much another element has."""
STANDS_OUT = 4.0
"""Times the 75 % quantile of differences in the time before."""
BEFORE_S = 10.0
SAME_SAMPLES = 2.5
"""Apart: at once (of the slower of two; clocks differ a little)."""
LEAST_SAMPLES = 20


class _Jump(NamedTuple):
    """The largest difference of neighbours, when, and the time between them."""

    size: float
    time_ns: int
    step_ns: int


def without_shared_jumps(
    records: Mapping[ChannelId, ChannelRecord],
    masks: Mapping[ChannelId, Sequence[Mask]],
    places_km: Mapping[ChannelId, FloatArray],
) -> dict[ChannelId, tuple[Mask, ...]]:
    """Return the masks of all channels without steps that others share.

    Parameters
    ----------
    records : mapping of ChannelId to ChannelRecord
        Of the elements of one array, as recorded.
    masks : mapping of ChannelId to sequence of Mask
        Found in each alone.
    places_km : mapping of ChannelId to ndarray, shape (2,)
        East and north of each element.
    """
    return {
        channel: tuple(
            one
            for one in found
            if one.kind is not MaskKind.STEP or not _is_shared(one, records, places_km)
        )
        for channel, found in masks.items()
    }


def _is_shared(
    mask: Mask,
    records: Mapping[ChannelId, ChannelRecord],
    places_km: Mapping[ChannelId, FloatArray],
) -> bool:
    own = _largest(records[mask.channel].segments, mask.start_ns, mask.end_ns)
    if own is None:
        return False
    heard = moved = at_once = 0
    for channel, record in records.items():
        apart_km = float(np.linalg.norm(places_km[channel] - places_km[mask.channel]))
        reach_ns = round(min(apart_km / SLOWEST_KM_S + SPARE_S, LONGEST_S) * NS_PER_S)
        span = mask.start_ns - reach_ns, mask.end_ns + reach_ns
        found = _largest(record.segments, *span)
        if channel == mask.channel or found is None:
            continue
        heard += 1
        same_ns = round(SAME_SAMPLES * max(own.step_ns, found.step_ns))
        close = _largest(record.segments, own.time_ns - same_ns, own.time_ns + same_ns)
        if close is not None and _is_like(close, own, record.segments):
            at_once += 1
        elif _is_like(found, own, record.segments):
            moved += 1
    return moved > 0 and 2 * (moved + at_once) >= heard >= 2 * at_once


def _is_like(other: _Jump, own: _Jump, segments: Sequence[Waveform]) -> bool:
    """Tell whether another element jumps as much, and out of what it recorded before."""
    before = other.time_ns - round(BEFORE_S * NS_PER_S), other.time_ns - 2 * other.step_ns
    parts = (s.slice(*before).samples for s in segments if _meets(s, *before))
    part = next((p for p in parts if len(p) > LEAST_SAMPLES), None)
    if part is None:
        return False
    usual = float(np.quantile(np.abs(np.diff(np.asarray(part, dtype=np.float64))), 0.75))
    return other.size >= LIKE * own.size and other.size > STANDS_OUT * usual


def _largest(segments: Sequence[Waveform], start_ns: int, end_ns: int) -> _Jump | None:
    """Return the largest jump about a span; None where nothing was recorded."""
    best: _Jump | None = None
    for segment in segments:
        step_ns = round(NS_PER_S / segment.rate_hz)
        span = start_ns - step_ns, end_ns + step_ns
        part = segment.slice(*span) if _meets(segment, *span) else None
        if part is None or len(part.samples) < 2:
            continue
        size = np.abs(np.diff(np.asarray(part.samples, dtype=np.float64)))
        k = int(np.argmax(size))
        if best is None or size[k] > best.size:
            best = _Jump(float(size[k]), part.time_ns(k), step_ns)
    return best


def _meets(segment: Waveform, start_ns: int, end_ns: int) -> bool:
    return segment.start_ns < end_ns and start_ns <= segment.end_ns
