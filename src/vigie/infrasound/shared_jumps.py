"""Jumps that other elements of an array recorded too: the fronts of shocks, which are no glitches.

What it computes: a shock (an explosion nearby, a supersonic body) jumps within a sample, and a
short blast is over within some, as glitches do; the masks of one channel cannot tell them apart
(``signal.quality``). A glitch of one element is alone. So a step or spike is no mask where the same
jump crosses the array as one plane wave (``jump_waves``) that chance does not make
(``chance_waves``). The same jump: the same way, half as much
or more, in their unit or in that of their own noise, and out of what was recorded before (after,
where nothing was). Each place has one vote; elements that recorded nothing of the crossing, or one
number, have none.

Source: the check of field sheet 8.3 of operations: a glitch is not on other channels.
Accuracy as measured: ``docs/methods/quality.md``.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.chance_waves import is_chance
from vigie.infrasound.jump_waves import SLOWEST_KM_S, Jumps, needed_of, waves_of
from vigie.records import NS_PER_S, Mask, MaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.records import ChannelId, Waveform
    from vigie.signal.segments import ChannelRecord

FloatArray = NDArray[np.float64]

SPARE_S = 0.25
"""Added to the crossing."""
LONGEST_S = 20.0
"""Crossing (5.6 km) beyond which the place of an element is taken to be wrong."""
ONE_PLACE_KM = 1e-3
"""Closer than this channels belong to one place."""
LIKE = 0.5
"""Of the jump: as much another element has."""
STANDS_OUT = 4.0
"""Times the 75 % quantile of differences in the time before."""
BEFORE_S = 10.0
AROUND_S = 300.0
"""To each side of a jump: how often elements jump by themselves."""
LEAST_SAMPLES = 20
_JUMPS = (MaskKind.STEP, MaskKind.SPIKE)


class _Jump(NamedTuple):
    """The largest difference of neighbours, signed, when, and the time between them."""

    size: float
    time_ns: int
    step_ns: int
    usual: float
    """75 % quantile of differences before it."""


class _Place(NamedTuple):
    """A place of other channels."""

    way_km: FloatArray
    """From the first element, shape (2,)."""
    channels: list[ChannelId]
    """The first that recorded something has the vote."""


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
            if one.kind not in _JUMPS or not _is_shared(one, records, elsewhere)
        )
        for channel, found in masks.items()
        for elsewhere in [_by_place(channel, places_km)]
    }


def _is_shared(
    mask: Mask, records: Mapping[ChannelId, ChannelRecord], elsewhere: Sequence[_Place]
) -> bool:
    own = _largest(records[mask.channel].segments, mask)
    if own is None:
        return False
    voters: list[tuple[ChannelId, FloatArray]] = []
    others: list[Jumps] = []
    for place in elsewhere:
        votes = ((c, _jumps_of(records[c], own, place.way_km)) for c in place.channels)
        for channel, vote in itertools.islice(((c, v) for c, v in votes if v is not None), 1):
            voters.append((channel, place.way_km))
            others.append(vote)
    waves = waves_of(others)
    if not len(waves):
        return False
    # Only now, as most glitches are of one element: the minutes about are much to look at.
    nowhere = np.zeros(2)
    itself = _jumps_of(records[mask.channel], own, nowhere, AROUND_S)
    around = [_jumps_of(records[channel], own, way, AROUND_S) for channel, way in voters]
    minutes = [vote for vote in around if vote is not None]
    own_s = itself.times_s if itself is not None and len(itself.times_s) else np.zeros(1)
    span_s = _recorded_s(records[mask.channel], own.time_ns)
    return not is_chance(own_s, minutes, waves, needed_of(others), span_s)


def _recorded_s(record: ChannelRecord, time_ns: int) -> float:
    """Return how much was recorded of the minutes about a time."""
    around_ns = round(AROUND_S * NS_PER_S)
    parts = _within(record.segments, (time_ns - around_ns, time_ns + around_ns))
    return max(sum(len(part.samples) / part.rate_hz for part in parts), 1.0)


def _by_place(own: ChannelId, places_km: Mapping[ChannelId, FloatArray]) -> list[_Place]:
    """Return the other places within the crossing, with their channels: of the own kind first.

    An element further off than sound comes in ``LONGEST_S`` stands where its metadata are wrong.
    """
    alike = (own.location, own.channel)
    found: list[_Place] = []
    for channel in sorted(places_km, key=lambda c: (c.location, c.channel) != alike):
        way_km = places_km[channel] - places_km[own]
        if not ONE_PLACE_KM < np.linalg.norm(way_km) < LONGEST_S * SLOWEST_KM_S:
            continue
        same = next((p for p in found if np.linalg.norm(p.way_km - way_km) <= ONE_PLACE_KM), None)
        if same is None:
            found.append(_Place(way_km, [channel]))
        else:
            same.channels.append(channel)
    return found


def _jumps_of(
    record: ChannelRecord, own: _Jump, way_km: FloatArray, around_s: float = 0.0
) -> Jumps | None:
    """Return the like jumps of another element within the crossing, or within so long.

    None where it recorded nothing, or the same number all the time: it has no vote.
    """
    reach_ns = round((float(np.linalg.norm(way_km)) / SLOWEST_KM_S + SPARE_S) * NS_PER_S)
    span = own.time_ns - reach_ns, own.time_ns + reach_ns
    usual = _usual(record.segments, span, own.step_ns)
    reach_ns = max(reach_ns, round(around_s * NS_PER_S))
    span = own.time_ns - reach_ns, own.time_ns + reach_ns
    parts = [part for part in _within(record.segments, span) if len(part.samples) > 1]
    if usual is None or not parts:
        return None
    jumps = [np.sign(own.size) * _differences(part, own.step_ns) for part in parts]
    if usual == 0.0 and not any(j.any() for j in jumps):
        return None
    share = min(usual / own.usual, 1.0) if usual > 0.0 and own.usual > 0.0 else 1.0
    least = max(STANDS_OUT * usual, LIKE * abs(own.size) * share)
    like = [np.flatnonzero(j >= least) for j in jumps]
    size = np.concatenate([j[k] for j, k in zip(jumps, like, strict=True)])
    times = np.concatenate(
        [
            (part.start_ns - own.time_ns) / NS_PER_S + k / part.rate_hz
            for part, k in zip(parts, like, strict=True)
        ]
    )
    slower_s = max(own.step_ns / NS_PER_S, *(1.0 / part.rate_hz for part in parts))
    return Jumps(way_km, times[np.argsort(-size, kind="stable")], slower_s)


def _differences(part: Waveform, step_ns: int) -> FloatArray:
    """Return differences of samples as far apart as those of the first one, or neighbours."""
    samples = np.asarray(part.samples, dtype=np.float64)
    apart = min(max(round(step_ns * part.rate_hz / NS_PER_S), 1), max(len(samples) - 1, 1))
    return np.asarray(samples[apart:] - samples[:-apart])


def _usual(segments: Sequence[Waveform], crossing: tuple[int, int], step_ns: int) -> float | None:
    """Return the 75 % quantile of differences before a crossing, or after where nothing was."""
    around_ns = round(BEFORE_S * NS_PER_S)
    for span in (
        (crossing[0] - around_ns, crossing[0]),
        (crossing[1], crossing[1] + around_ns),
    ):
        steps = [
            np.abs(_differences(part, step_ns))
            for part in _within(segments, span)
            if len(part.samples) > 1
        ]
        if sum(map(len, steps)) >= LEAST_SAMPLES:
            return float(np.quantile(np.concatenate(steps), 0.75))
    return None


def _largest(segments: Sequence[Waveform], mask: Mask) -> _Jump | None:
    """Return the largest jump about a mask; None where nothing was recorded beside it."""
    best: _Jump | None = None
    longest_ns = max(round(NS_PER_S / segment.rate_hz) for segment in segments)
    for part in _within(segments, (mask.start_ns - longest_ns, mask.end_ns + longest_ns)):
        if len(part.samples) < 2:
            continue
        step_ns = round(NS_PER_S / part.rate_hz)
        jumps = _differences(part, step_ns)
        k = int(np.argmax(np.abs(jumps)))
        when = part.time_ns(k)
        usual = _usual(segments, (when - 2 * step_ns, mask.end_ns + 2 * step_ns), step_ns)
        if usual is not None and (best is None or abs(jumps[k]) > abs(best.size)):
            best = _Jump(float(jumps[k]), when, step_ns, usual)
    return best


def _within(segments: Sequence[Waveform], span: tuple[int, int]) -> list[Waveform]:
    """Return the parts of segments, in order of time, that lie within a span."""
    first = bisect_left(segments, span[0], key=lambda s: s.end_ns)
    found = []
    for segment in itertools.islice(segments, first, None):
        if segment.start_ns >= span[1]:
            break
        found.append(segment.slice(*span))
    return found
