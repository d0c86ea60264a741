"""Where the signal of a group of triggers begins, on which channel and band, and how strong.

The onset is read in every band whose SNR times the root of its width is at least half of the
best; the sharpest reading is kept. Near an event P and S are one group: the onset is that of the
vertical where it begins first, and its SNR counts up to the beginning of the horizontals.

Source: ours; the picker is ``signal.onset``. Accuracy: ``docs/methods/onset.md``.
Cost: 2 to 20 ms per group.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.records import Waveform
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic.arrays import is_incoherent, vertical_beam
from vigie.seismic.conditioning import HORIZONTAL, VERTICAL
from vigie.seismic.triggers import Trigger, group_snr
from vigie.signal.detectors import moving_sum
from vigie.signal.filters import filter_causal
from vigie.signal.onset import Onset, refine_onset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.seismic.recipe import StationRecipe
    from vigie.seismic.recording import Recording
    from vigie.seismic.triggers import Group
    from vigie.signal.filters import BandPass

CLEAR_SNR = 10.0
"""On the vertical: well above any threshold, so that noise does not begin a signal."""
LEAD_S = 0.3
"""A vertical that begins so much earlier begins with another wave than the horizontals."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An onset as read on one channel and band."""

    trigger: Trigger
    onset: Onset
    run: Waveform
    snr: float
    """Of the signal that begins there, up to the next one of its group."""
    method: str = "STA/LTA"
    """How it was found."""


def read_onset(group: Group, recording: Recording, not_before_ns: int | None) -> Reading | None:
    """Read the onset on each good band, and take the sharpest reading."""
    component, until_ns = _first_component(group)
    # Only the bands that tell a second onset from the first are sure to read the second.
    usable: Sequence[Trigger] = [t for t in component if t.after_ns is not None] or component
    best = max(t.score for t in usable)
    readings: list[Reading] = []
    for trigger in (_readable(t) for t in usable if t.score >= 0.5 * best):
        channel = recording.by_id.get(trigger.channel)
        run = channel.run_at(trigger.on_ns) if channel else None
        if run is None:
            continue
        trace = filtered_window(run, trigger.band, trigger.on_ns, recording.recipe)
        searched = trace
        if not_before_ns is not None:
            searched = trace.slice(not_before_ns, trace.time_ns(len(trace.samples)))
        params = replace(recording.recipe.onset, fit_noise=not_before_ns is not None)
        onset = refine_onset(searched, trigger.on_ns, trigger.band, params)
        if onset is not None:
            snr = _snr_until(trace, trigger, until_ns, recording.recipe)
            readings.append(Reading(trigger, onset, run, snr))
    if not readings:
        return None
    snr = group_snr(component) if until_ns is None else max(r.snr for r in readings)
    return replace(min(readings, key=lambda r: r.onset.sigma_s), snr=snr)


def _first_component(group: Group) -> tuple[Group, int | None]:
    """Return the triggers of the component on which the signal begins, and when the other does.

    The vertical, where it is about as strong as the horizontals; and where it stands clear of
    the noise before they do: near an event S follows within the same group and outgrows P. Only
    then is there another wave, and a time.
    """
    vertical = tuple(t for t in group if t.direction == VERTICAL)
    horizontal = tuple(t for t in group if t.direction == HORIZONTAL)
    if not vertical or not horizontal:
        return group, None
    snr = max(t.snr for t in vertical)
    other_ns = min(t.on_ns for t in horizontal)
    lead_s = seconds_between(other_ns, min(t.on_ns for t in vertical))
    if snr > 0.6 * max(t.snr for t in group):
        return vertical, None
    return (vertical, other_ns) if snr >= CLEAR_SNR and lead_s >= LEAD_S else (group, None)


def _snr_until(
    trace: Waveform, trigger: Trigger, until_ns: int | None, recipe: StationRecipe
) -> float:
    """Return the trigger's SNR, or that of its signal before another wave begins."""
    if until_ns is None:
        return trigger.snr
    n = max(round(recipe.sta_lta.sta_s * trace.rate_hz), 1)
    # The short window ends where the other wave begins, or where it is first filled.
    first = round(trace.index_of(trigger.on_ns))
    stop = max(round(trace.index_of(until_ns)), first + 1)
    power = np.asarray(trace.samples, dtype=np.float64)[max(first - n, 0) : stop] ** 2
    level = np.sqrt(moving_sum(power, n)[-(stop - first) :] / n)
    return min(float(level.max()) / trigger.noise, trigger.snr)


def _readable(trigger: Trigger) -> Trigger:
    """Return the trigger on a channel that carries a waveform."""
    if is_incoherent(trigger.channel):
        return replace(trigger, channel=vertical_beam(trigger.channel))
    return trigger


def filtered_window(run: Waveform, band: BandPass, time_ns: int, recipe: StationRecipe) -> Waveform:
    """Filter a stretch about a trigger, long enough before it for the filter to settle."""
    before_s = recipe.onset.lead_s + recipe.onset.noise_s
    settle_s = 4.0 * band.ring_s + 5.0
    begin_ns = add_seconds(time_ns, -before_s - settle_s)
    cut = run.slice(begin_ns, add_seconds(time_ns, 15.0))
    filtered = cut.with_samples(filter_causal(cut.samples, cut.rate_hz, band))
    if cut.start_ns > add_seconds(begin_ns, 1.0):
        # The run begins here: its first oscillation is all there is to lose.
        settle_s = 0.5 * band.ring_s
    return filtered.slice(add_seconds(cut.start_ns, settle_s), cut.time_ns(len(cut.samples)))
