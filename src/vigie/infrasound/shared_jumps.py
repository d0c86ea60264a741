"""Jumps that other elements of an array recorded too: the fronts of shocks, which are no glitches.

What it computes: a shock (an explosion nearby, a supersonic body) jumps within a sample, and a
short blast is over within some, as glitches do; the masks of one channel cannot tell them apart
(``signal.quality``). A glitch of one element is alone. So a step or spike is no mask where the same
jump crosses the array as one plane wave (``jump_waves``). The same jump: the same way, half as much
or more, in their unit or in that of their own noise, and out of what was recorded before. Each
place has one vote, and elements that recorded nothing of the crossing have none.

Source: the check of field sheet 8.3 of operations: a glitch is not on other channels.
Accuracy as measured: ``docs/methods/quality.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.jump_waves import SLOWEST_KM_S, Jumps, is_wave
from vigie.records import NS_PER_S, Mask, MaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.records import ChannelId, Waveform
    from vigie.signal.segments import ChannelRecord

FloatArray = NDArray[np.float64]

SPARE_S = 0.25
"""Added to the crossing."""
LONGEST_S = 20.0
"""Bound of it, for elements whose places are wrong."""
ONE_PLACE_KM = 1e-3
"""Closer than this channels belong to one place."""
LIKE = 0.5
"""Of the jump: as much another element has."""
STANDS_OUT = 4.0
"""Times the 75 % quantile of differences in the time before."""
BEFORE_S = 10.0
LEAST_SAMPLES = 20
_JUMPS = (MaskKind.STEP, MaskKind.SPIKE)


class _Jump(NamedTuple):
    """The largest difference of neighbours, signed, when, and the time between them."""

    size: float
    time_ns: int
    step_ns: int
    usual: float
    """75 % quantile of differences before it."""


def without_shared_jumps(
    records: Mapping[ChannelId, ChannelRecord],
    masks: Mapping[ChannelId, Sequence[Mask]],
    places_km: Mapping[ChannelId, FloatArray],
) -> dict[ChannelId, tuple[Mask, ...]]:
    """Return the masks of all channels without steps and spikes that others share.

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
            if one.kind not in _JUMPS or not _is_shared(one, records, places_km)
        )
        for channel, found in masks.items()
    }


def _is_shared(
    mask: Mask,
    records: Mapping[ChannelId, ChannelRecord],
    places_km: Mapping[ChannelId, FloatArray],
) -> bool:
    own = _largest(records[mask.channel].segments, mask)
    if own is None:
        return False
    others = [
        found
        for channel, place_km in _one_per_place(mask.channel, places_km).items()
        if (found := _jumps_of(records[channel], own, place_km)) is not None
    ]
    return is_wave(others)


def _one_per_place(
    own: ChannelId, places_km: Mapping[ChannelId, FloatArray]
) -> dict[ChannelId, FloatArray]:
    """Return one channel at each other place, of the own kind where there is, and its way there."""
    chosen: dict[ChannelId, FloatArray] = {}
    alike = (own.location, own.channel)
    for channel in sorted(places_km, key=lambda c: (c.location, c.channel) != alike):
        place_km = places_km[channel] - places_km[own]
        taken = [np.zeros(2), *chosen.values()]
        if all(np.linalg.norm(place_km - there) > ONE_PLACE_KM for there in taken):
            chosen[channel] = place_km
    return chosen


def _jumps_of(record: ChannelRecord, own: _Jump, place_km: FloatArray) -> Jumps | None:
    """Return the like jumps of another element within the crossing; None where nothing is known."""
    reach_s = min(float(np.linalg.norm(place_km)) / SLOWEST_KM_S + SPARE_S, LONGEST_S)
    reach_ns = round(reach_s * NS_PER_S)
    span = own.time_ns - reach_ns, own.time_ns + reach_ns
    usual = _usual(record.segments, span)
    parts = [s.slice(*span) for s in record.segments if _meets(s, *span)]
    parts = [part for part in parts if len(part.samples) > 1]
    if usual is None or not parts:
        return None
    share = min(usual / own.usual, 1.0) if own.usual > 0.0 else 1.0
    least = max(STANDS_OUT * usual, LIKE * abs(own.size) * share)
    jumps = [np.sign(own.size) * np.diff(np.asarray(p.samples, dtype=np.float64)) for p in parts]
    times = [
        (p.start_ns - own.time_ns) / NS_PER_S + np.arange(len(j)) / p.rate_hz
        for p, j in zip(parts, jumps, strict=True)
    ]
    size, when = np.concatenate(jumps), np.concatenate(times)
    order = np.argsort(-size, kind="stable")
    order = order[size[order] >= least]
    slower_s = max(own.step_ns / NS_PER_S, *(1.0 / part.rate_hz for part in parts))
    return Jumps(place_km, when[order], slower_s)


def _usual(segments: Sequence[Waveform], crossing: tuple[int, int]) -> float | None:
    """Return the 75 % quantile of differences before a crossing, or after where nothing was."""
    around_ns = round(BEFORE_S * NS_PER_S)
    for span in (
        (crossing[0] - around_ns, crossing[0]),
        (crossing[1], crossing[1] + around_ns),
    ):
        parts = [s.slice(*span).samples for s in segments if _meets(s, *span)]
        steps = [np.abs(np.diff(np.asarray(p, dtype=np.float64))) for p in parts if len(p) > 1]
        if sum(map(len, steps)) >= LEAST_SAMPLES:
            return float(np.quantile(np.concatenate(steps), 0.75))
    return None


def _largest(segments: Sequence[Waveform], mask: Mask) -> _Jump | None:
    """Return the largest jump about a mask; None where nothing was recorded beside it."""
    best: _Jump | None = None
    for segment in segments:
        step_ns = round(NS_PER_S / segment.rate_hz)
        span = mask.start_ns - step_ns, mask.end_ns + step_ns
        part = segment.slice(*span) if _meets(segment, *span) else None
        if part is None or len(part.samples) < 2:
            continue
        jumps = np.diff(np.asarray(part.samples, dtype=np.float64))
        k = int(np.argmax(np.abs(jumps)))
        when = part.time_ns(k)
        usual = _usual(segments, (when - 2 * step_ns, mask.end_ns + 2 * step_ns))
        if usual is not None and (best is None or abs(jumps[k]) > abs(best.size)):
            best = _Jump(float(jumps[k]), when, step_ns, usual)
    return best


def _meets(segment: Waveform, start_ns: int, end_ns: int) -> bool:
    return segment.start_ns < end_ns and start_ns <= segment.end_ns
