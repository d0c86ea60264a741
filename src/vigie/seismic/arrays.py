"""Arrays in station processing: which channels form one, its beams, its measurements.

Detection runs on coherent beams (formed once from unfiltered records, since a beam is
linear) and, per band, on the incoherent beam, which needs no coherence between elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import offsets_km
from vigie.seismic.conditioning import VERTICAL, ConditionedChannel
from vigie.seismic.triggers import Trigger, detect_on_filtered
from vigie.signal.filters import filter_causal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.records import ChannelId, Station, Waveform
    from vigie.seismic.recipe import StationRecipe

FloatArray = NDArray[np.float64]

INCOHERENT = "INC"


@dataclass(frozen=True, slots=True, eq=False)
class ArraySetup:
    """The vertical channels of an array with their places."""

    station: str
    elements: tuple[ConditionedChannel, ...]
    offsets_km: FloatArray
    """East and north of each element from the station's reference point, shape (n, 2)."""

    def runs(self) -> tuple[list[Waveform], FloatArray]:
        """Return all runs of all elements, and the place of each."""
        pairs = [
            (r, o) for e, o in zip(self.elements, self.offsets_km, strict=True) for r in e.runs
        ]
        return [r for r, _ in pairs], np.array([o for _, o in pairs]).reshape(-1, 2)


def array_of(station: Station | None, channels: Sequence[ConditionedChannel]) -> ArraySetup | None:
    """Return the array that the vertical channels form; None for fewer than three sites.

    One channel per site: that with the most samples, the first of equals.
    """
    if station is None or not station.is_array:
        return None
    places = {s.code: (s.latitude, s.longitude) for s in station.sites}
    chosen: dict[str, ConditionedChannel] = {}
    for channel in channels:
        if channel.direction != VERTICAL or channel.site not in places or not channel.runs:
            continue
        present = chosen.get(channel.site)
        if present is None or _duration_s(channel) > _duration_s(present):
            chosen[channel.site] = channel
    if len(chosen) < 3:
        return None
    elements = tuple(chosen.values())
    at = np.array(
        [
            (c.metadata.latitude, c.metadata.longitude) if c.metadata else places[c.site]
            for c in elements
        ]
    )
    offsets = offsets_km(at[:, 0], at[:, 1], station.latitude, station.longitude)
    return ArraySetup(station.code, elements, offsets)


def beam_channels(setup: ArraySetup, recipe: StationRecipe) -> tuple[ConditionedChannel, ...]:
    """Form the coherent detection beams, each as a vertical channel of its own."""
    from vigie.seismic.detection_beams import detection_beams, steering_set

    beams = [b for b in steering_set(setup.offsets_km, recipe.beams) if b.coherent]
    runs, places = setup.runs()
    formed = detection_beams(runs, places, station=setup.station, beams=beams)
    return tuple(
        ConditionedChannel(b.channel, VERTICAL, _finite_runs(b), (), None, setup.station)
        for b in formed
    )


def incoherent_triggers(setup: ArraySetup, recipe: StationRecipe) -> Iterator[Trigger]:
    """Yield the triggers of the incoherent beam in every band."""
    from vigie.seismic.detection_beams import detection_beams, steering_set

    beams = [b for b in steering_set(setup.offsets_km, recipe.beams) if not b.coherent]
    runs, places = setup.runs()
    for band in recipe.bands:
        usable = [i for i, r in enumerate(runs) if band.fits(r.rate_hz)]
        if not beams or len(usable) < 3:
            continue
        filtered = [
            runs[i].with_samples(filter_causal(runs[i].samples, runs[i].rate_hz, band))
            for i in usable
        ]
        formed = detection_beams(filtered, places[usable], station=setup.station, beams=beams)
        for beam in formed:
            for run in _finite_runs(beam):
                yield from detect_on_filtered(run, VERTICAL, band, recipe)


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
