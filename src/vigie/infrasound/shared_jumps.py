"""Jumps that other elements of an array recorded too: the fronts of shocks, which are no glitches.

What it computes: a shock (an explosion nearby, a supersonic body) jumps within a sample, and a
short blast is over within some, as glitches do; the masks of one channel cannot tell them apart
(``signal.quality``). A glitch of one element is alone. So a step or spike is no mask where the same
jump crosses the array as one plane wave, not faster than at once and not slower than sound: at the
time that such a wave comes to them at least half of the other elements (three, where there are as
many) jump the same way, half as much or more, in their unit or in that of their own noise, and out
of what they recorded before. Each three elements' jumps are tried as the wave. What all have at the
same time crosses nothing, and is the digitizer's.

Three elements cannot contradict a wave: any three times within the crossing are one, so pulses that
clocks of three digitizers give at such times would be released.

Source: the check of field sheet 8.3 of operations: a glitch is not on other channels.
Accuracy as measured: ``docs/methods/quality.md``.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.records import NS_PER_S, Mask, MaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
OFF_SAMPLES, OFF_S, OFF_SHARE = 1.5, 0.02, 0.02
"""How far a jump may lie from its place in a plane wave: samples, s, and share of the way's time
(fronts are not quite plane)."""
TRIED = 3
"""Jumps of an element that may be the wave's."""
LEAST_SAMPLES = 20
_JUMPS = (MaskKind.STEP, MaskKind.SPIKE)


class _Jump(NamedTuple):
    """The largest difference of neighbours, signed, when, and the time between them."""

    size: float
    time_ns: int
    step_ns: int
    usual: float
    """75 % quantile of differences before."""


class _Other(NamedTuple):
    """What another element recorded while the wave could come; times from the jump of the first."""

    place_km: FloatArray
    """From the first element, shape (2,)."""
    times_s: FloatArray
    jumps: FloatArray
    """Along the first one's."""
    least: float
    """From which on one is like it."""
    step_s: float


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
        for channel, record in records.items()
        if channel != mask.channel
        and (found := _other(record, own, places_km[channel] - places_km[mask.channel])) is not None
    ]
    needed = max((len(others) + 1) // 2, min(3, len(others)), 2)
    if len(others) < needed:
        return False
    own_step_s = own.step_ns / NS_PER_S
    if 2 * sum(_at_once(one, own_step_s) for one in others) > len(others):
        return False
    return any(
        sum(_crosses(one, wave, own_step_s) for one in others) >= needed for wave in _waves(others)
    )


def _waves(others: Sequence[_Other]) -> Iterator[FloatArray]:
    """Yield the slownesses, s/km, that jumps of two elements and the first one's own make."""
    tried = [(one, _candidates(one)) for one in others]
    for (a, early), (b, late) in itertools.combinations(tried, 2):
        places = np.stack([a.place_km, b.place_km])
        area = abs(float(np.linalg.det(places)))
        if area < 1e-2 * float(np.prod(np.linalg.norm(places, axis=1))):
            continue
        for times in itertools.product(early, late):
            wave = np.linalg.solve(places, np.array(times))
            if np.linalg.norm(wave) <= 1.0 / SLOWEST_KM_S:
                yield wave


def _at_once(one: _Other, own_step_s: float) -> bool:
    """Tell whether an element jumps at the same time as the first one."""
    near = np.abs(one.times_s) <= SAME_SAMPLES * max(one.step_s, own_step_s)
    return bool((one.jumps[near] >= one.least).any())


def _candidates(one: _Other) -> list[float]:
    """Return the times of the highest jumps that are like the first one's, s."""
    order = np.argsort(-one.jumps)
    chosen: list[float] = []
    for k in order[: 4 * TRIED]:
        if one.jumps[k] < one.least or len(chosen) == TRIED:
            break
        if all(abs(one.times_s[k] - t) > 1.5 * one.step_s for t in chosen):
            chosen.append(float(one.times_s[k]))
    return chosen


def _crosses(one: _Other, wave: FloatArray, own_step_s: float) -> bool:
    """Tell whether an element jumps when a wave comes to it."""
    due = float(one.place_km @ wave)
    way_s = float(np.linalg.norm(one.place_km)) / SLOWEST_KM_S
    off_s = OFF_SAMPLES * max(one.step_s, own_step_s) + OFF_S + OFF_SHARE * way_s
    near = one.jumps[np.abs(one.times_s - due) <= off_s]
    return bool(len(near) and near.max() >= one.least)


def _other(record: ChannelRecord, own: _Jump, place_km: FloatArray) -> _Other | None:
    """Return what another element recorded within the crossing; None where nothing."""
    reach_s = min(float(np.linalg.norm(place_km)) / SLOWEST_KM_S + SPARE_S, LONGEST_S)
    reach_ns = round(reach_s * NS_PER_S)
    for segment in record.segments:
        span = own.time_ns - reach_ns, own.time_ns + reach_ns
        part = segment.slice(*span) if _meets(segment, *span) else None
        if part is None or len(part.samples) < 2:
            continue
        step_s = 1.0 / segment.rate_hz
        jumps = np.sign(own.size) * np.diff(np.asarray(part.samples, dtype=np.float64))
        usual = _usual(record.segments, span[0])
        least = np.inf
        if usual is not None:
            share = min(usual / own.usual, 1.0) if own.usual > 0.0 else 1.0
            least = max(STANDS_OUT * usual, LIKE * abs(own.size) * share)
        start_s = (part.start_ns - own.time_ns) / NS_PER_S
        times = start_s + step_s * np.arange(len(jumps), dtype=np.float64)
        return _Other(place_km, times, np.asarray(jumps), float(least), step_s)
    return None


def _usual(segments: Sequence[Waveform], end_ns: int) -> float | None:
    """Return the 75 % quantile of differences in the time before; None where nothing was."""
    span = end_ns - round(BEFORE_S * NS_PER_S), end_ns
    parts = (s.slice(*span).samples for s in segments if _meets(s, *span))
    part = next((p for p in parts if len(p) > LEAST_SAMPLES), None)
    if part is None:
        return None
    return float(np.quantile(np.abs(np.diff(np.asarray(part, dtype=np.float64))), 0.75))


def _largest(segments: Sequence[Waveform], mask: Mask) -> _Jump | None:
    """Return the largest jump about a mask; None where nothing was recorded before it."""
    best: _Jump | None = None
    for segment in segments:
        step_ns = round(NS_PER_S / segment.rate_hz)
        span = mask.start_ns - step_ns, mask.end_ns + step_ns
        part = segment.slice(*span) if _meets(segment, *span) else None
        if part is None or len(part.samples) < 2:
            continue
        jumps = np.diff(np.asarray(part.samples, dtype=np.float64))
        k = int(np.argmax(np.abs(jumps)))
        usual = _usual(segments, part.time_ns(k) - 2 * step_ns)
        if usual is not None and (best is None or abs(jumps[k]) > abs(best.size)):
            best = _Jump(float(jumps[k]), part.time_ns(k), step_ns, usual)
    return best


def _meets(segment: Waveform, start_ns: int, end_ns: int) -> bool:
    return segment.start_ns < end_ns and start_ns <= segment.end_ns
