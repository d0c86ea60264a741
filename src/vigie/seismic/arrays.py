"""Arrays in station processing: which channels form one, its beams, its measurements.

Detection runs on coherent beams (formed once from unfiltered records, since a beam is
linear) and, per band, on the incoherent beam, which needs no coherence between elements.
Elements of odd level are weighted (``signal.levels``), so that none outweighs the others; one
whose ground motion is a factor ``ODD_GAIN`` off that of the others has a wrong gain and is left
out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import offsets_km
from vigie.records import ExcludedElement
from vigie.records.time import add_seconds
from vigie.seismic.conditioning import VERTICAL, ConditionedChannel
from vigie.seismic.triggers import Trigger, detect_on_filtered
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.levels import level, level_ratios, level_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vigie.records import ChannelId, Station, Waveform
    from vigie.seismic.recipe import StationRecipe

FloatArray = NDArray[np.float64]
_Placed = tuple["Waveform", FloatArray]
"""A run with the place of its element."""

INCOHERENT = "INC"
LONG_PAUSE_S = 600.0
"""Beams are not formed across a longer pause of all elements."""
SLOW_ELEMENT = 0.25
"""An element with less than this share of the middle sampling rate would slow all down."""
LEVEL_BAND = BandPass(1.0, 4.0)
"""In which the levels of elements are compared: signals are sought here, microseism is below."""
ODD_GAIN = 10.0
"""Noise of the ground differs less between the elements of an array."""


@dataclass(frozen=True, slots=True, eq=False)
class ArraySetup:
    """The vertical channels of an array with their places."""

    station: str
    elements: tuple[ConditionedChannel, ...]
    offsets_km: FloatArray
    """East and north of each element from the station's reference point, shape (n, 2)."""
    weights: FloatArray
    """Factor of each element in beams: 1, but for elements of odd level; shape (n,)."""
    excluded: tuple[ExcludedElement, ...] = ()
    """Elements of a wrong gain or a low rate, which are not among ``elements``."""
    blank: tuple[ConditionedChannel, ...] = ()
    """Vertical channels of elements that left no usable sample at all."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is odd, in plain words."""
        named = [f"{e.element} left out: {e.reason}" for e in self.excluded]
        named += [
            f"{e.site} is weighted by {w:.3g}: its level is not that of the other elements"
            for e, w in zip(self.elements, self.weights, strict=True)
            if w != 1.0
        ]
        return tuple(f"{self.station}: {text}" for text in named)

    def levelled(self, run: Waveform) -> Waveform:
        """Return a run of an element, weighted."""
        factors = dict(zip((e.channel for e in self.elements), self.weights.tolist(), strict=True))
        return _scaled(run, factors[run.channel])

    def runs(self) -> tuple[list[Waveform], FloatArray]:
        """Return all runs of all elements, and the place of each."""
        return _split(self._placed())

    def stretches(self) -> Iterator[tuple[list[Waveform], FloatArray]]:
        """Yield runs and places by stretches of time in which no element pauses for long.

        Beams need one axis of time, and months between two recordings would fill it.
        """
        stretch: list[_Placed] = []
        until_ns = 0
        for run, offset in sorted(self._placed(), key=lambda pair: pair[0].start_ns):
            if stretch and run.start_ns > add_seconds(until_ns, LONG_PAUSE_S):
                yield _split(stretch)
                stretch = []
            stretch.append((run, offset))
            until_ns = max(until_ns, run.end_ns)
        if stretch:
            yield _split(stretch)

    def _placed(self) -> list[_Placed]:
        return [(r, o) for e, o in zip(self.elements, self.offsets_km, strict=True) for r in e.runs]


def _split(placed: Sequence[_Placed]) -> tuple[list[Waveform], FloatArray]:
    return [r for r, _ in placed], np.array([o for _, o in placed]).reshape(-1, 2)


def array_of(station: Station | None, channels: Sequence[ConditionedChannel]) -> ArraySetup | None:
    """Return the array that the vertical channels form; None for fewer than three sites.

    One channel per site: the longest, the first of equals. Channels much slower than the rest are
    left out.
    """
    if station is None or not station.is_array:
        return None
    places = {s.code: (s.latitude, s.longitude) for s in station.sites}
    chosen = _longest_of_each([c for c in channels if c.site in places])
    elements, slow = _of_similar_rates([c for c in chosen if c.runs])
    if len(elements) < 3:
        return None
    at = np.array(
        [
            (c.metadata.latitude, c.metadata.longitude) if c.metadata else places[c.site]
            for c in elements
        ]
    )
    offsets = offsets_km(at[:, 0], at[:, 1], station.latitude, station.longitude)
    levels = np.array([_level(e) for e in elements])
    keep, excluded = _of_right_gain(elements, levels)
    kept = tuple(e for e, good in zip(elements, keep, strict=True) if good)
    return ArraySetup(
        station.code,
        kept,
        offsets[keep],
        level_weights(levels[keep]),
        (*slow, *excluded),
        tuple(c for c in chosen if not c.runs),
    )


def _longest_of_each(channels: Sequence[ConditionedChannel]) -> list[ConditionedChannel]:
    """Return the longest vertical channel of each site, the first of equals."""
    chosen: dict[str, ConditionedChannel] = {}
    for channel in channels:
        if channel.direction != VERTICAL:
            continue
        present = chosen.get(channel.site)
        if present is None or _duration_s(channel) > _duration_s(present):
            chosen[channel.site] = channel
    return list(chosen.values())


def _level(element: ConditionedChannel) -> float:
    """Return the level of an element, in the samples' unit; NaN where its rate is too low."""
    usable = [r for r in element.runs if LEVEL_BAND.fits(r.rate_hz)]
    filtered = [filter_causal(r.samples, r.rate_hz, LEVEL_BAND) for r in usable]
    return level(filtered, usable[0].rate_hz) if usable else float("nan")


def _of_right_gain(
    elements: Sequence[ConditionedChannel], levels: FloatArray
) -> tuple[NDArray[np.bool_], tuple[ExcludedElement, ...]]:
    """Tell which elements to keep: the ground motion of a wrong gain is far from the others'.

    Only elements of known response are judged, and three elements are always left.
    """
    known = [e.calibration(e.runs[0]).nm_per_count(LEVEL_BAND.centre_hz) for e in elements]
    ratios = level_ratios(levels * np.array([k[0] if k else np.nan for k in known]))
    odd = np.isfinite(ratios) & (
        np.abs(np.log(np.where(ratios > 0.0, ratios, 1.0))) > np.log(ODD_GAIN)
    )
    if np.sum(~odd) < max(3, np.sum(odd) + 1):
        odd[:] = False
    excluded = tuple(
        ExcludedElement(
            e.site, f"ground motion {ratio:.3g} times that of the others: gain or response is wrong"
        )
        for e, ratio, bad in zip(elements, ratios, odd, strict=True)
        if bad
    )
    return ~odd, excluded


def _of_similar_rates(
    channels: Iterable[ConditionedChannel],
) -> tuple[tuple[ConditionedChannel, ...], tuple[ExcludedElement, ...]]:
    """Return the channels that are about as fast as the others, and why the rest is not taken."""
    rated = [(c, min(r.rate_hz for r in c.runs)) for c in channels]
    middle_hz = float(np.median([rate_hz for _, rate_hz in rated])) if rated else 0.0
    slow = tuple(
        ExcludedElement(c.site, f"{rate_hz:g} samples per second, the others {middle_hz:g}")
        for c, rate_hz in rated
        if rate_hz < SLOW_ELEMENT * middle_hz
    )
    return tuple(c for c, rate_hz in rated if rate_hz >= SLOW_ELEMENT * middle_hz), slow


def beam_channels(setup: ArraySetup, recipe: StationRecipe) -> tuple[ConditionedChannel, ...]:
    """Form the coherent detection beams, each as a vertical channel of its own."""
    from vigie.seismic.detection_beams import detection_beams, steering_set

    beams = [b for b in steering_set(setup.offsets_km, recipe.beams) if b.coherent]
    found: dict[ChannelId, list[Waveform]] = {}
    for runs, places in setup.stretches():
        levelled = [setup.levelled(r) for r in runs]
        for beam in detection_beams(levelled, places, station=setup.station, beams=beams):
            found.setdefault(beam.channel, []).extend(_finite_runs(beam))
    return tuple(
        ConditionedChannel(channel, VERTICAL, tuple(runs), (), None, setup.station)
        for channel, runs in found.items()
    )


def incoherent_triggers(setup: ArraySetup, recipe: StationRecipe) -> Iterator[Trigger]:
    """Yield the triggers of the incoherent beam in every band."""
    from vigie.seismic.detection_beams import detection_beams, steering_set

    beams = [b for b in steering_set(setup.offsets_km, recipe.beams) if not b.coherent]
    if not beams:
        return
    for runs, places in setup.stretches():
        for band in recipe.bands:
            usable = [i for i, r in enumerate(runs) if band.fits(r.rate_hz)]
            if len(usable) < 3:
                continue
            filtered = [
                runs[i].with_samples(filter_causal(runs[i].samples, runs[i].rate_hz, band))
                for i in usable
            ]
            filtered = _levelled(filtered)
            formed = detection_beams(filtered, places[usable], station=setup.station, beams=beams)
            for run in (run for beam in formed for run in _finite_runs(beam)):
                yield from detect_on_filtered(run, VERTICAL, band, recipe)


def _levelled(filtered: Sequence[Waveform]) -> list[Waveform]:
    """Bring elements of odd level in a band to the middle."""
    pieces: dict[ChannelId, list[Waveform]] = {}
    for run in filtered:
        pieces.setdefault(run.channel, []).append(run)
    levels = [
        level([np.asarray(r.samples, np.float64) for r in runs], runs[0].rate_hz)
        for runs in pieces.values()
    ]
    factors = dict(zip(pieces, level_weights(np.array(levels)).tolist(), strict=True))
    return [_scaled(run, factors[run.channel]) for run in filtered]


def _scaled(run: Waveform, factor: float) -> Waveform:
    return run if factor == 1.0 else run.with_samples(run.samples * factor)


def is_incoherent(channel: ChannelId) -> bool:
    """Tell whether a trigger's channel is the incoherent beam, which carries no waveform."""
    return channel.channel == INCOHERENT


def vertical_beam(channel: ChannelId) -> ChannelId:
    """Return the beam on which an onset is read that the incoherent beam found."""
    return channel._replace(channel="VERT")


def _duration_s(channel: ConditionedChannel) -> float:
    return sum(r.duration_s for r in channel.runs)


def _finite_runs(beam: Waveform) -> tuple[Waveform, ...]:
    finite = np.isfinite(beam.samples)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]]).astype(np.int8)))
    return tuple(
        beam.with_samples(beam.samples[a:b], start_ns=beam.time_ns(int(a)))
        for a, b in edges.reshape(-1, 2)
    )
