"""Data quality: what of a segment is not to be trusted, and how to go on beside it.

Dead (constant) stretches, spikes, steps and clipped peaks become masks. The rules are local,
so an interval gets the same masks in whatever pieces the record arrives.

* **Edges.** A glitch begins with a jump from one sample to the next that nothing around it
  resembles. A first difference is an edge when it exceeds ``edge_ratio`` times the 75 %
  quantile of the absolute differences in the half second before *and* after it; where what
  follows is livelier than what came before, one edge of the glitch has to be twice as large. A
  seismic onset, however strong, fills the time after it with differences of its own size, so it
  is no edge. Neighbouring edges are one glitch: a *spike* when the level after it is the level
  before it, a *step* when not.
* **Taper**: the level beside an end of the segment, or beside a dead stretch, grows from nothing
  (``signal.ramps``). Only this rule looks over the whole segment.
* **Dead**: the same value for ``dead_s``. **Clipped**: a flat top of 3 samples or more that
  the slopes on both sides would have overshot, twice at one level within a minute or twice as
  long.

Source: own rules, after the checks that public processing configurations list (GMS PI7
waveform QC: gap, repeated amplitude, spike). Assumes that the anti-alias filter of the
digitizer keeps a signal from jumping by itself within one sample; shocks do jump, and where
several sensors record them they are told from glitches there (``infrasound.shared_jumps``).
Cost: 0.2 s for a 40 Hz channel-day. Accuracy: see ``docs/methods/quality.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import NS_PER_S, Mask, MaskKind, Waveform
from vigie.signal.ramps import RampParams, find_notches, ramp_length

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


_SIEVE_S = 60.0
"""Blocks of the first sieve, on whole minutes of UTC whatever the record's start."""


_NONE: IntArray = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityParams:
    """Thresholds of the quality masks; the defaults were chosen on simulated glitches."""

    edge_ratio: float = 8.0
    """A jump so many times the differences around it is no ground motion."""
    onset_ratio: float = 4.0
    """Where the differences grow so many times, an edge must be twice ``edge_ratio``: the first
    swing of an onset that is sharper than a sample may stand 9 times above what follows."""
    neighbourhood_s: float = 0.5
    """How far before and after an edge the differences are compared."""
    join_s: float = 0.25
    """Edges closer than this belong to one glitch."""
    max_spike_s: float = 1.0
    """A longer glitch is two steps."""
    dead_s: float = 2.0
    """A constant value for so long is a dead channel."""
    clip_samples: int = 3
    """Equal samples that can be a clipped peak."""
    clip_min_counts: float = 100.0
    """Peaks lower than this above the median are never clipped (coarse digitizers)."""
    ring_s: float = 2.0
    """How long after a repaired glitch detections are flagged."""
    ramp: RampParams = field(default_factory=RampParams)
    """Where a record fades in or out."""


DEFAULT_QUALITY = QualityParams()


def find_masks(segment: Waveform, params: QualityParams = DEFAULT_QUALITY) -> tuple[Mask, ...]:
    """Find what is wrong in a continuous segment.

    Parameters
    ----------
    segment : Waveform
        Continuous, finite samples as recorded (before any filter).
    params : QualityParams
        Thresholds.

    Returns
    -------
    tuple of Mask
        In order of time. Kinds dead, taper, spike, step and clipped.
    """
    samples = np.asarray(segment.samples, dtype=np.float64)
    if len(samples) < 4:
        return ()
    dead = _dead_spans(samples, max(round(params.dead_s * segment.rate_hz), 4))
    clipped = _clipped_spans(segment, samples, params)
    edges = _edges(segment, np.diff(samples), np.concatenate([dead, clipped]), params)
    found = [
        *_masks(segment, dead, MaskKind.DEAD, f"constant {params.dead_s:g} s"),
        *_masks(
            segment,
            _tapered_spans(segment, samples, dead, params),
            MaskKind.TAPER,
            "level grows from nothing",
        ),
        *_glitches(segment, samples, edges, params),
        *_masks(segment, clipped, MaskKind.CLIPPED, "flat top above both slopes"),
    ]
    return tuple(sorted(found, key=lambda m: (m.start_ns, m.end_ns)))


def repair(segment: Waveform, masks: Sequence[Mask]) -> tuple[Waveform, ...]:
    """Return the usable runs of a segment, as float64, with glitches bridged.

    Dead and tapered stretches are cut out; spikes are bridged by a straight line; a step is taken
    back, so that a filter sees none of them. Clipped and overlapping samples are left as
    they are.
    """
    samples = np.array(segment.samples, dtype=np.float64)
    for mask in masks:
        if mask.kind in (MaskKind.SPIKE, MaskKind.STEP):
            _bridge(samples, segment, mask)
    runs: list[Waveform] = []
    start = 0
    cut = (m for m in masks if m.kind in (MaskKind.DEAD, MaskKind.TAPER))
    for mask in sorted(cut, key=lambda m: m.start_ns):
        first, stop = _span(segment, mask)
        runs.append(segment.with_samples(samples[start:first], start_ns=segment.time_ns(start)))
        start = stop
    runs.append(segment.with_samples(samples[start:], start_ns=segment.time_ns(start)))
    return tuple(r for r in runs if len(r.samples) > 0)


def _span(segment: Waveform, mask: Mask) -> tuple[int, int]:
    first = round(segment.index_of(mask.start_ns))
    stop = round(segment.index_of(mask.end_ns))
    return max(first, 0), min(stop, len(segment.samples))


def _bridge(samples: FloatArray, segment: Waveform, mask: Mask) -> None:
    first, stop = _span(segment, mask)
    if first <= 0 or stop >= len(samples):
        return
    if mask.kind is MaskKind.STEP:
        near = max(round(0.25 * segment.rate_hz), 2)
        before, after = samples[max(first - near, 0) : first], samples[stop : stop + near]
        samples[stop:] -= np.median(after) - np.median(before)
    samples[first - 1 : stop + 1] = np.linspace(samples[first - 1], samples[stop], stop - first + 2)


def _masks(segment: Waveform, spans: IntArray, kind: MaskKind, method: str) -> Iterator[Mask]:
    for first, stop in spans:
        yield Mask(
            segment.channel,
            segment.time_ns(int(first)),
            segment.time_ns(int(stop)),
            kind,
            method,
            n_samples=int(stop - first),
        )


def _equal_spans(samples: FloatArray, at_least: int) -> IntArray:
    """First and one-past-last index of runs of equal samples."""
    changes = np.flatnonzero(samples[1:] != samples[:-1]) + 1
    bounds = np.concatenate([[0], changes, [len(samples)]])
    long = np.diff(bounds) >= at_least
    return np.stack([bounds[:-1][long], bounds[1:][long]], axis=1)


def _dead_spans(samples: FloatArray, at_least: int) -> IntArray:
    return _equal_spans(samples, at_least)


def _tapered_spans(
    segment: Waveform, samples: FloatArray, dead: IntArray, params: QualityParams
) -> IntArray:
    """Find where the level fades in or out: beside ends and dead stretches, and in between."""
    bounds = np.concatenate([[0], dead.ravel(), [len(samples)]]).reshape(-1, 2)
    spans: list[tuple[int, int]] = []
    for first, stop in bounds.tolist():
        lively = samples[first:stop]
        rise = ramp_length(lively, segment.rate_hz, params.ramp)
        fall = ramp_length(lively[::-1], segment.rate_hz, params.ramp)
        spans += [(first, first + rise)] if rise else []
        inner = find_notches(lively[rise : len(lively) - fall], segment.rate_hz, params.ramp)
        spans += [(first + rise + a, first + rise + b) for a, b in inner]
        spans += [(stop - fall, stop)] if fall else []
    return np.array(spans, dtype=np.intp).reshape(-1, 2)


def _edges(
    segment: Waveform, difference: FloatArray, excluded: IntArray, params: QualityParams
) -> IntArray:
    """Return the indices of differences that stand alone against both sides."""
    size = np.abs(difference)
    candidates = _candidates(segment, size, params.edge_ratio)
    if len(candidates) == 0:
        return candidates
    reach = max(round(params.neighbourhood_s * segment.rate_hz), 8)
    floor = 2.0 * _quantum(difference)
    before = _side_quantile(size, candidates, -reach)
    after = _side_quantile(size, candidates, reach)
    around = np.maximum(np.fmax(before, after), floor)
    known = np.isfinite(before) & np.isfinite(after)
    picked = known & (size[candidates] > params.edge_ratio * around)
    begins = after > params.onset_ratio * np.fmax(before, floor)
    clear = ~begins | (size[candidates] > 2.0 * params.edge_ratio * around)
    edges = _with_a_clear_one(candidates[picked], clear[picked], _join(segment, params))
    return _apart(edges, excluded, reach)


def _join(segment: Waveform, params: QualityParams) -> int:
    return max(round(params.join_s * segment.rate_hz), 2)


def _with_a_clear_one(edges: IntArray, clear: NDArray[np.bool_], join: int) -> IntArray:
    """Keep the glitches, edges that belong together, of which one edge is beyond doubt."""
    if len(edges) == 0:
        return edges
    glitch = np.concatenate([[0], np.cumsum(np.diff(edges) > join)])
    return np.asarray(edges[np.bincount(glitch, weights=clear)[glitch] > 0.0], dtype=np.intp)


def _apart(edges: IntArray, spans: IntArray, reach: int) -> IntArray:
    """Leave out edges beside dead or clipped spans: a clipped wave jumps by itself."""
    if len(spans) == 0 or len(edges) == 0:
        return edges
    starts, stops = np.sort(spans[:, 0]), np.sort(spans[:, 1])
    begun = np.searchsorted(starts, edges + reach, side="right")
    ended = np.searchsorted(stops, edges - reach, side="left")
    apart: IntArray = edges[begun == ended]
    return apart


def _candidates(segment: Waveform, size: FloatArray, ratio: float) -> IntArray:
    """Cheap first sieve: above ``ratio`` times the median difference of a minute of UTC."""
    block = max(round(_SIEVE_S * segment.rate_hz), 1)
    into_s = (segment.start_ns % round(_SIEVE_S * NS_PER_S)) / NS_PER_S
    first = min(max(block - round(into_s * segment.rate_hz), 0), len(size))
    whole = (len(size) - first) // block
    middle = size[first : first + whole * block].reshape(whole, block)
    found: list[IntArray] = [
        np.flatnonzero(size[:first] > ratio * np.median(size[:first])) if first else _NONE,
        np.flatnonzero((middle > ratio * np.median(middle, axis=1)[:, None]).ravel()) + first
        if whole
        else _NONE,
    ]
    rest = size[first + whole * block :]
    if len(rest):
        found.append(np.flatnonzero(rest > ratio * np.median(rest)) + len(size) - len(rest))
    return np.concatenate(found).astype(np.intp)


def _quantum(difference: FloatArray) -> float:
    """Smallest step of the digitizer that occurs; differences below it say nothing."""
    some = np.abs(difference[: 1 << 16])
    positive = some[some > 0.0]
    return float(positive.min()) if len(positive) else 0.0


def _side_quantile(size: FloatArray, at: IntArray, reach: int) -> FloatArray:
    """75 % quantile of ``size`` over ``reach`` samples to one side; NaN beyond the ends."""
    guard = 2
    n = abs(reach)
    offsets = guard + np.arange(n) if reach > 0 else -guard - np.arange(n)
    rank = int(0.75 * n)
    result = np.full(len(at), np.nan)
    inside = (at + offsets[-1] >= 0) & (at + offsets[-1] < len(size))
    chosen = np.flatnonzero(inside)
    for part in np.array_split(chosen, max(len(chosen) * n // 4_000_000, 1)):
        window = size[at[part][:, None] + offsets]
        result[part] = np.partition(window, rank, axis=1)[:, rank]
    return result


def _glitches(
    segment: Waveform, samples: FloatArray, edges: IntArray, params: QualityParams
) -> Iterator[Mask]:
    if len(edges) == 0:
        return
    join = _join(segment, params)
    for group in np.split(edges, np.flatnonzero(np.diff(edges) > join) + 1):
        # Edge i lies between samples i and i + 1; the anti-alias filter smears it by one more.
        first, stop = max(int(group[0]), 1), min(int(group[-1]) + 2, len(samples) - 1)
        near = max(round(0.25 * segment.rate_hz), 3)
        before = np.median(samples[max(first - near, 0) : first])
        after = np.median(samples[stop : stop + near])
        peak = np.max(np.abs(samples[first:stop] - before))
        returns = abs(after - before) < 0.3 * peak
        # One sample alone takes two edges, three samples with the smear, at any rate.
        short = stop - first <= max(params.max_spike_s * segment.rate_hz, 3.0)
        kind = MaskKind.SPIKE if returns and short else MaskKind.STEP
        yield from _masks(
            segment,
            np.array([[first, stop]]),
            kind,
            f"jump > {params.edge_ratio:g} x its neighbours",
        )


def _clipped_spans(segment: Waveform, samples: FloatArray, params: QualityParams) -> IntArray:
    """Find flat tops that both slopes would have overshot by a few digitizer steps."""
    spans = _equal_spans(samples, params.clip_samples)
    inside = (spans[:, 0] > 0) & (spans[:, 1] < len(samples))
    spans = spans[inside]
    if len(spans) == 0:
        return spans
    level = samples[spans[:, 0]]
    left = level - samples[spans[:, 0] - 1]
    right = level - samples[spans[:, 1]]
    # A parabola through both slopes rises above the flat top by slope x length / 4.
    overshoot = (np.abs(left) + np.abs(right)) / 2.0 * (spans[:, 1] - spans[:, 0]) / 4.0
    # Counts are whole; what is in pascals steps by less.
    count = min(_quantum(np.diff(samples)), 1.0)
    flat = (left * right > 0.0) & (overshoot > 4.0 * count)
    spans, level, overshoot = spans[flat], level[flat], overshoot[flat]
    height = _height(samples, spans[:, 0], max(round(5.0 * segment.rate_hz), 1))
    flat = (height > params.clip_min_counts * count) & (overshoot > 0.02 * height)
    spans, level = spans[flat], level[flat]
    long = spans[:, 1] - spans[:, 0] >= 2 * params.clip_samples
    minute = round(60.0 * segment.rate_hz)
    for i in np.flatnonzero(~long):
        near = np.abs(spans[:, 0] - spans[i, 0]) < minute
        long[i] = np.count_nonzero(near & (np.abs(level - level[i]) <= 1e-3 * abs(level[i]))) > 1
    return spans[long]


def _height(samples: FloatArray, at: IntArray, reach: int) -> FloatArray:
    """Distance of samples from the median about them."""
    around = (np.median(samples[max(i - reach, 0) : i + reach]) for i in at)
    return np.abs(samples[at] - np.fromiter(around, dtype=np.float64, count=len(at)))
