"""Jumps that other elements of an array recorded too: the fronts of shocks, which are no glitches.

What it computes: a shock (an explosion nearby, a supersonic body) jumps within a sample, as a
glitch does, and the masks of one channel cannot tell them apart (``signal.quality``). A glitch of
one element is alone. So a spike or step is no mask where half of the other elements, within the
time in which sound crosses the array, jump at least half as much and out of what they recorded in
the ten seconds before. A jump of all at the same sample crosses nothing: it is the digitizer's, and
stays a mask.

Source: the check of field sheet 8.3 of operations: a glitch is not on other channels.
Assumes elements of like gain; where another is ten times less sensitive the mask stays.
Accuracy as measured: N-waves of 0.3 to 2 s with rises of 5 to 100 ms across four elements, SNR 10
to 1000, 20 and 50 Hz: of 512 records of an element 283 had a mask, now none; glitches of 50 times
the noise on one element (20), or at one sample of all four (80), were all masked as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.records import NS_PER_S, Mask, MaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.records import ChannelId, Waveform
    from vigie.signal.segments import ChannelRecord

GLITCHES = (MaskKind.SPIKE, MaskKind.STEP)
SLOWEST_KM_S = 0.28
SPARE_S, LONGEST_S = 0.25, 20.0
"""Added to the crossing; and its bound, for elements whose places are wrong."""
LIKE = 0.5
"""Of the jump: as much another element has."""
STANDS_OUT = 4.0
"""Times the 75 % quantile of differences in the time before."""
BEFORE_S = 10.0
SAME_SAMPLES = 1.5
LEAST_SAMPLES = 20


def without_shared_jumps(
    records: Mapping[ChannelId, ChannelRecord],
    masks: Mapping[ChannelId, Sequence[Mask]],
    aperture_km: float,
) -> dict[ChannelId, tuple[Mask, ...]]:
    """Return the masks of all channels without spikes and steps that others share.

    Parameters
    ----------
    records : mapping of ChannelId to ChannelRecord
        Of the elements of one array, as recorded.
    masks : mapping of ChannelId to sequence of Mask
        Found in each alone.
    aperture_km : float
        Largest distance of two elements.
    """
    reach_ns = round(min(aperture_km / SLOWEST_KM_S + SPARE_S, LONGEST_S) * NS_PER_S)
    return {
        channel: tuple(
            one
            for one in found
            if one.kind not in GLITCHES or not _is_shared(one, records, reach_ns)
        )
        for channel, found in masks.items()
    }


def _is_shared(mask: Mask, records: Mapping[ChannelId, ChannelRecord], reach_ns: int) -> bool:
    own = _largest(records[mask.channel].segments, mask.start_ns, mask.end_ns)
    if own is None:
        return False
    jump, at_ns, step_ns = own
    span = mask.start_ns - reach_ns, mask.end_ns + reach_ns
    others = [
        _answer(record.segments, span, jump)
        for channel, record in records.items()
        if channel != mask.channel
    ]
    heard = [one for one in others if one is not None]
    likely = [time_ns for time_ns in heard if time_ns]
    moves = any(abs(time_ns - at_ns) > SAME_SAMPLES * step_ns for time_ns in likely)
    return moves and 2 * len(likely) >= len(heard)


def _answer(segments: Sequence[Waveform], span: tuple[int, int], jump: float) -> int | None:
    """Return when an element jumps alike, ns; 0 where it does not, None where it recorded not."""
    found = _largest(segments, *span)
    if found is None:
        return None
    size, at_ns, step_ns = found
    before = at_ns - round(BEFORE_S * NS_PER_S), at_ns - 2 * step_ns
    part = next((p for s in segments if len((p := s.slice(*before)).samples) > LEAST_SAMPLES), None)
    usual = np.inf
    if part is not None:
        usual = float(np.quantile(np.abs(np.diff(np.asarray(part.samples, float))), 0.75))
    return at_ns if size >= LIKE * jump and size > STANDS_OUT * usual else 0


def _largest(
    segments: Sequence[Waveform], start_ns: int, end_ns: int
) -> tuple[float, int, int] | None:
    """Return the largest difference of neighbours about a span, when, and the time between them."""
    best: tuple[float, int, int] | None = None
    for segment in segments:
        step_ns = round(NS_PER_S / segment.rate_hz)
        part = segment.slice(start_ns - step_ns, end_ns + step_ns)
        if len(part.samples) < 2:
            continue
        size = np.abs(np.diff(np.asarray(part.samples, dtype=np.float64)))
        k = int(np.argmax(size))
        if best is None or size[k] > best[0]:
            best = float(size[k]), part.time_ns(k), step_ns
    return best
