"""Triggers of each channel and band, and the grouping of those that are one signal.

Each run of a channel passes every band of the bank; the leading STA/LTA (``signal.detectors``)
starts a trigger above the threshold, which is higher while the noise window is still short.
Triggers that follow each other within seconds on any band or channel are one group, unless
a distinctly stronger onset (``steps``) parts them.
Cost: 0.25 s per band and channel-day at 40 Hz.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.records import ChannelId
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic.steps import Step, find_steps
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
    after_ns: int | None = None
    """For a second onset: when the signal before it was at its height."""

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
    run: Waveform, direction: str, bands: Sequence[BandPass], recipe: StationRecipe
) -> Iterator[Trigger]:
    """Yield the triggers of a gap-free run in the bands of a bank.

    Thrice: against half a minute of noise; with a higher threshold against the last seconds
    only, which finds an onset in the coda of another signal; and against what was highest
    since a trigger. Wide bands come first, as they alone tell these second onsets, where the
    first signal ends in the narrow ones, too.
    """
    if _is_too_short(run, recipe):
        return
    breaks_ns: list[int] = []
    for band in sorted(bands, key=lambda b: (-b.width_hz, b.low_hz)):
        if not band.fits(run.rate_hz):
            continue
        filtered = run.with_samples(filter_causal(run.samples, run.rate_hz, band))
        found = tuple(detect_on_filtered(filtered, direction, band, recipe, breaks_ns))
        breaks_ns.extend(t.on_ns for t in found if t.after_ns is not None)
        yield from found


def detect_on_filtered(
    run: Waveform,
    direction: str,
    band: BandPass,
    recipe: StationRecipe,
    breaks_ns: Sequence[int] = (),
) -> Iterator[Trigger]:
    """Yield the triggers of a run that is already in its band.

    ``breaks_ns`` are second onsets known from other bands.
    """
    if _is_too_short(run, recipe):
        return
    samples = np.asarray(run.samples, dtype=np.float64)
    params = recipe.trigger
    base = _base_threshold(run, direction, recipe)
    detectors = [(recipe.sta_lta, base)]
    # A narrow band holds too few independent values in some seconds to tell.
    if band.width_hz * recipe.coda_sta_lta.sta_s >= params.coda_min_product:
        detectors.append((recipe.coda_sta_lta, params.coda_threshold))
    known = [round(run.index_of(t)) for t in breaks_ns]
    for windows, least in detectors:
        result = leading_sta_lta(samples, run.rate_hz, windows)
        threshold = _thresholds(run, least, windows, params.short_noise_exponent)
        pairs = [
            (int(on), int(off)) for on, off in triggers(result.ratio, threshold, params.release)
        ]
        in_coda = windows is not recipe.sta_lta
        if not in_coda:
            steps = _steps(samples, run.rate_hz, band, [on for on, _ in pairs], recipe)
            known.extend(step.on for step, _ in steps)
            for step, reference in steps:
                found = _measure(run, (step.on, len(samples)), result, recipe, known, reference)
                after_ns = run.time_ns(step.peak_before)
                yield Trigger(run.channel, direction, band, *found, after_ns=after_ns)
        for span in pairs:
            found = _measure(run, span, result, recipe, known)
            yield Trigger(run.channel, direction, band, *found, in_coda)


def _is_too_short(run: Waveform, recipe: StationRecipe) -> bool:
    """Tell whether no detector's windows fit into a run: pieces between gaps are many."""
    detectors = (recipe.sta_lta, recipe.coda_sta_lta)
    return run.duration_s < min(d.sta_s + d.lta_gap_s + d.min_lta_s for d in detectors)


def _steps(
    samples: FloatArray,
    rate_hz: float,
    band: BandPass,
    starts: Sequence[int],
    recipe: StationRecipe,
) -> list[tuple[Step, int]]:
    """Second onsets after triggers, apart from each other, with the trigger of each."""
    params = recipe.step
    if band.width_hz * params.level_s < params.min_product:
        return []
    apart = round(recipe.trigger.separation_s * rate_hz)
    steps: list[tuple[Step, int]] = []
    for on in starts:
        for step in find_steps(samples, rate_hz, on, params):
            if not any(abs(step.on - other.on) < apart for other, _ in steps):
                steps.append((step, on))
    return steps


def _measure(
    run: Waveform,
    span: tuple[int, int],
    result: Ratio,
    recipe: StationRecipe,
    breaks: Sequence[int],
    reference: int | None = None,
) -> tuple[int, int, float, float, float]:
    """Time of the crossing and of the peak, SNR, noise and duration.

    The noise is that before ``reference`` (the first of several onsets) or the crossing itself;
    the peak is sought until the next break.
    """
    on, off = span
    noise = result.lta[on if reference is None else reference]
    apart = round(recipe.step.level_s * run.rate_hz)
    stop = min(off, on + round(recipe.trigger.active_s * run.rate_hz))
    stop = max(min([stop, *(b for b in breaks if b > on + apart)]), on + 1)
    peak = on + int(np.argmax(result.sta[on:stop]))
    if reference is None:
        peak = on + int(np.argmax(result.ratio[on:stop]))
    snr = float(result.sta[peak] / noise) if reference is not None else float(result.ratio[peak])
    duration_s = _duration_s(result, (on, peak), float(noise), run.rate_hz, recipe)
    return run.time_ns(on), run.time_ns(peak), snr, float(noise), duration_s


def group_triggers(found: Iterable[Trigger], recipe: StationRecipe) -> tuple[Group, ...]:
    """Collect triggers that are one signal.

    A trigger joins the group before it when it starts within ``group_s`` of the group's
    last or, while the group's strongest still goes on, within ``active_s`` of its first. A
    second onset begins a group, and takes those with it that began just before.
    """
    params = recipe.trigger
    groups: list[list[Trigger]] = []
    ordered = sorted(found, key=lambda t: (t.on_ns, t.channel, t.band.low_hz, t.band.high_hz))
    for trigger in ordered:
        if trigger.after_ns is not None and groups:
            _add_second(trigger, groups, recipe)
        elif groups and _joins(trigger, groups[-1], params.group_s, params.active_s):
            groups[-1].append(trigger)
        else:
            groups.append([trigger])
    return tuple(tuple(g) for g in groups)


def second_onset(group: Sequence[Trigger]) -> Trigger | None:
    """Return the first trigger that tells a second onset; None where a signal stands alone."""
    return next((t for t in group if t.after_ns is not None), None)


def _add_second(trigger: Trigger, groups: list[list[Trigger]], recipe: StationRecipe) -> None:
    """Begin a group with a second onset, add it to its like, or leave it out."""
    last = groups[-1]
    known = second_onset(last)
    begin_ns = last[0].on_ns if known is None else known.on_ns
    apart = seconds_between(trigger.on_ns, begin_ns) >= recipe.trigger.separation_s
    if apart and not _is_louder_elsewhere(trigger, last):
        groups.append([*_split_off(last, trigger, recipe), trigger])
    elif known is not None and not apart:
        last.append(trigger)


def _is_louder_elsewhere(trigger: Trigger, group: Sequence[Trigger]) -> bool:
    """Tell whether another channel has the band's signal without a break, and stronger.

    A beam that points elsewhere sees interference, which rises and falls.
    """
    return any(
        t.snr > trigger.snr
        for t in group
        if t.channel != trigger.channel
        and (t.band, t.direction, t.in_coda) == (trigger.band, trigger.direction, False)
    )


def _split_off(group: list[Trigger], second: Trigger, recipe: StationRecipe) -> list[Trigger]:
    """Take those out of a group that began with a second onset, though they crossed earlier."""
    since_ns = add_seconds(second.on_ns, -2.0 * recipe.step.level_s)
    late = [t for t in group[1:] if t.on_ns >= since_ns]
    group[:] = [t for t in group if t not in late]
    return late


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


def _duration_s(
    result: Ratio, span: tuple[int, int], noise: float, rate_hz: float, recipe: StationRecipe
) -> float:
    on, peak = span
    limit = on + round(recipe.trigger.max_duration_s * rate_hz)
    quiet = result.sta[peak:limit] < recipe.trigger.end_ratio * noise
    end = peak + int(np.argmax(quiet)) if quiet.any() else min(limit, len(result.sta))
    return (end - on) / rate_hz
