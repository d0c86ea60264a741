"""Triggers of each channel and band, and the grouping of those that are one signal.

Each run of a channel passes every band of the bank; the leading STA/LTA (``signal.detectors``)
starts a trigger above the threshold, which is higher while the noise window is still short.
Triggers that follow each other within seconds on any band or channel are one group.
Assumes that separate signals of one station lie some seconds apart.
Cost: 0.25 s per band and channel-day at 40 Hz.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import ChannelId
from vigie.records.time import seconds_between
from vigie.signal.detectors import Ratio, StaLtaParams, leading_sta_lta, triggers
from vigie.signal.filters import BandPass, filter_causal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vigie.records import Waveform
    from vigie.seismic.recipe import StationRecipe

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trigger:
    """One crossing of the threshold on one channel and band."""

    channel: ChannelId
    direction: str
    band: BandPass
    on_ns: int
    peak_ns: int
    snr: float
    """Largest STA/LTA soon after the crossing."""
    noise: float
    """LTA at the crossing, in the samples' unit."""
    duration_s: float
    """From the crossing until the STA is back near the noise."""
    in_coda: bool = False
    """Found against the last seconds only, so the SNR is one against coda."""

    @property
    def score(self) -> float:
        """SNR weighted by bandwidth: how sharply an onset can be read."""
        return self.snr * math.sqrt(self.band.width_hz)


BEAM_LOCATION = "BM"
"""Location code of an array's beams."""

Group = tuple[Trigger, ...]
"""Triggers of one signal, in order of time."""


def group_snr(group: Group) -> float:
    """Return the SNR of a signal: against noise where that was seen, else against coda."""
    against_noise = [t.snr for t in group if not t.in_coda]
    return max(against_noise or [t.snr for t in group])


def find_triggers(
    run: Waveform, direction: str, band: BandPass, recipe: StationRecipe
) -> Iterator[Trigger]:
    """Yield the triggers of a gap-free run in one band.

    Twice: against half a minute of noise, and, with a higher threshold, against the last
    seconds only, which finds an onset in the coda of another signal.
    """
    if not band.fits(run.rate_hz):
        return
    filtered = run.with_samples(filter_causal(run.samples, run.rate_hz, band))
    yield from detect_on_filtered(filtered, direction, band, recipe)


def detect_on_filtered(
    run: Waveform, direction: str, band: BandPass, recipe: StationRecipe
) -> Iterator[Trigger]:
    """Yield the triggers of a run that is already in its band."""
    samples = np.asarray(run.samples, dtype=np.float64)
    params = recipe.trigger
    base = _base_threshold(run, direction, recipe)
    detectors = [(recipe.sta_lta, base)]
    # A narrow band holds too few independent values in some seconds to tell.
    if band.width_hz * recipe.coda_sta_lta.sta_s >= params.coda_min_product:
        detectors.append((recipe.coda_sta_lta, params.coda_threshold))
    for windows, least in detectors:
        result = leading_sta_lta(samples, run.rate_hz, windows)
        threshold = _thresholds(run, least, windows, params.short_noise_exponent)
        for on, off in triggers(result.ratio, threshold, params.release):
            found = _measure(run, (int(on), int(off)), result, recipe)
            yield Trigger(run.channel, direction, band, *found, windows is not recipe.sta_lta)


def _measure(
    run: Waveform, span: tuple[int, int], result: Ratio, recipe: StationRecipe
) -> tuple[int, int, float, float, float]:
    """Time of the crossing and of the peak, SNR, noise and duration."""
    on, off = span
    stop = min(off, on + round(recipe.trigger.active_s * run.rate_hz))
    peak = on + int(np.argmax(result.ratio[on : max(stop, on + 1)]))
    duration_s = _duration_s(result, on, peak, run.rate_hz, recipe)
    on_ns, peak_ns = run.time_ns(on), run.time_ns(peak)
    return on_ns, peak_ns, float(result.ratio[peak]), float(result.lta[on]), duration_s


def group_triggers(found: Iterable[Trigger], recipe: StationRecipe) -> tuple[Group, ...]:
    """Collect triggers that are one signal.

    A trigger joins the group before it when it starts within ``group_s`` of the group's
    last or, while the group's strongest still goes on, within ``active_s`` of its first.
    """
    params = recipe.trigger
    groups: list[list[Trigger]] = []
    ordered = sorted(found, key=lambda t: (t.on_ns, t.channel, t.band.low_hz, t.band.high_hz))
    for trigger in ordered:
        if groups and _joins(trigger, groups[-1], params.group_s, params.active_s):
            groups[-1].append(trigger)
        else:
            groups.append([trigger])
    return tuple(tuple(g) for g in groups)


def _joins(trigger: Trigger, group: Sequence[Trigger], group_s: float, active_s: float) -> bool:
    since_first = seconds_between(trigger.on_ns, group[0].on_ns)
    repeated = any(
        (t.channel, t.band, t.in_coda) == (trigger.channel, trigger.band, trigger.in_coda)
        for t in group
    )
    return since_first <= (group_s if repeated else active_s) and (
        since_first <= group_s
        or since_first <= max(seconds_between(t.peak_ns, group[0].on_ns) for t in group)
    )


def _base_threshold(run: Waveform, direction: str, recipe: StationRecipe) -> float:
    if run.channel.location == BEAM_LOCATION:
        return recipe.trigger.beam_threshold
    vertical = direction == "vertical"
    return recipe.trigger.threshold if vertical else recipe.trigger.horizontal_threshold


def _thresholds(run: Waveform, least: float, windows: StaLtaParams, exponent: float) -> FloatArray:
    """Threshold at each sample: higher while the long window is not yet full."""
    lead_s = windows.sta_s + windows.lta_gap_s
    present_s = np.arange(len(run.samples)) / run.rate_hz - lead_s
    short = windows.lta_s / np.clip(present_s, windows.min_lta_s / 2.0, windows.lta_s)
    result: FloatArray = least * short**exponent
    return result


def _duration_s(result: Ratio, on: int, peak: int, rate_hz: float, recipe: StationRecipe) -> float:
    limit = on + round(recipe.trigger.max_duration_s * rate_hz)
    quiet = result.sta[peak:limit] < recipe.trigger.end_ratio * result.lta[on]
    end = peak + int(np.argmax(quiet)) if quiet.any() else min(limit, len(result.sta))
    return (end - on) / rate_hz
