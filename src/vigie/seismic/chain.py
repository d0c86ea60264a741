"""Station processing: the waveforms of one station become detections.

Conditioning and masks; filter bank on vertical channels (on beams for arrays) and on
horizontal ones; triggers; grouping; onset; f-k or polarization; amplitudes; wave type;
phase. Pure: same waveforms, station, recipe and state give the same detections.

Days are joined through ``StationState``: it keeps the end of the record, long enough for
every window, and what was already given out. A record split anywhere and fed in pieces gives
the detections of the whole. Detections become final ``recipe.lookahead_s`` behind the end of
the record, or at once with ``final=True``.

Source: order of work of public processing systems.
Accuracy and cost: ``docs/methods/detection.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from vigie.records import Detection, Mask, Waveform
from vigie.records.time import add_seconds, seconds_between
from vigie.seismic.arrays import array_of, beam_channels, incoherent_triggers
from vigie.seismic.conditioning import HORIZONTAL, VERTICAL, ConditionedChannel, condition
from vigie.seismic.measure import LATEST_NS, measure_group
from vigie.seismic.phase import name_phases
from vigie.seismic.recipe import StationRecipe, carries_a_band, default_recipe
from vigie.seismic.recording import Recording
from vigie.seismic.sensor import sensor_of
from vigie.seismic.triggers import (
    Group,
    Trigger,
    find_triggers,
    group_triggers,
    second_onset,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.records import Station
    from vigie.signal.filters import BandPass


class Heard(NamedTuple):
    """A detection, and how high it and all that came with it stood above the noise."""

    detection: Detection
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class StationState:
    """What the next call needs to go on where this one ended."""

    waveforms: tuple[Waveform, ...]
    """End of the record, as received."""
    settled_ns: int
    """Detections before this time were given out."""
    recent: tuple[Heard, ...] = ()
    """Those of the last minutes, which raise the threshold in their coda."""


@dataclass(frozen=True, slots=True, eq=False)
class StationResult:
    """What one call of ``process_station`` found."""

    detections: tuple[Detection, ...]
    """In order of time."""
    masks: tuple[Mask, ...]
    notes: tuple[str, ...] = ()
    """What could not be done, in plain words."""
    state: StationState | None = field(default=None, repr=False)


def process_station(
    waveforms: Sequence[Waveform],
    station: Station | None = None,
    recipe: StationRecipe | None = None,
    *,
    state: StationState | None = None,
    final: bool = True,
) -> StationResult:
    """Find and measure the signals in the waveforms of one station.

    Parameters
    ----------
    waveforms : sequence of Waveform
        All channels of one station, raw, in any order, with any gaps.
    station : Station, optional
        Its metadata: sites, orientation, response. Without it no azimuth and no nm.
    recipe : StationRecipe, optional
        Parameters; by default those for the highest sampling rate among the waveforms. A
        station with long-period channels only gets a note and no detections.
    state : StationState, optional
        From the call on the record before.
    final : bool
        Whether the record ends here; if not, the last ``recipe.lookahead_s`` are left to
        the next call.

    Returns
    -------
    StationResult
        Detections, masks, notes and the state for the next call.
    """
    everything = (*(state.waveforms if state else ()), *waveforms)
    everything = tuple(w for w in everything if len(w.samples) > 0)
    if not everything:
        return StationResult((), (), ("no samples",), state)
    fastest_hz = max(w.rate_hz for w in everything)
    if recipe is None and not carries_a_band(fastest_hz):
        note = f"{fastest_hz:g} samples per second are too few for short-period signals"
        return StationResult((), (), (note,), state)
    recipe = recipe or default_recipe(fastest_hz)
    recording = _recording(condition(everything, station, recipe.quality), station, recipe)
    usable = {c.channel for c in recording.channels}
    notes = [f"{c}: no usable sample" for c in sorted({w.channel for w in everything} - usable)]
    notes += recording.array.notes if recording.array else ()
    from_ns = state.settled_ns if state else min(w.start_ns for w in everything)
    end_ns = max(w.end_ns for w in everything)
    until_ns = end_ns + 1 if final else add_seconds(end_ns, -recipe.lookahead_s)
    until_ns = max(until_ns, from_ns)
    before = state.recent if state else ()
    heard, remarks = _measured(recording, (from_ns, until_ns), before)
    masks = tuple(m for c in recording.channels for m in c.masks if m.end_ns > from_ns)
    return StationResult(
        tuple(h.detection for h in heard[len(before) :]),
        masks,
        tuple(dict.fromkeys([*notes, *remarks])),
        _next_state(everything, until_ns, heard, recipe),
    )


def _measured(
    recording: Recording, span_ns: tuple[int, int], before: Sequence[Heard]
) -> tuple[list[Heard], list[str]]:
    """Return all that was heard, earlier calls first, with phase names; and remarks."""
    recipe = recording.recipe
    groups = group_triggers(_all_triggers(recording), recipe)
    recent = list(before)
    notes: list[str] = []
    for group, following in zip_longest(groups, groups[1:]):
        if not span_ns[0] <= group[0].on_ns < span_ns[1]:
            continue
        accept = partial(_stands_out, before=tuple(recent), recipe=recipe)
        until_ns = following[0].on_ns if following else LATEST_NS
        for measured in measure_group(
            group, recording, (_height_before(group, groups), until_ns), accept
        ):
            recent.append(Heard(measured.detection, measured.height))
            notes.extend(measured.notes)
    named = name_phases([h.detection for h in recent], recipe)
    return [Heard(d, h.height) for d, h in zip(named, recent, strict=True)], notes


def _recording(
    channels: tuple[ConditionedChannel, ...], station: Station | None, recipe: StationRecipe
) -> Recording:
    array = array_of(station, channels)
    beams = beam_channels(array, recipe) if array else ()
    return Recording(channels, recipe, station, array, beams)


def _all_triggers(recording: Recording) -> Iterator[Trigger]:
    """Yield the triggers of beams or vertical channels, and of horizontal channels."""
    recipe = recording.recipe
    if recording.array is not None:
        yield from incoherent_triggers(recording.array, recipe)
    upright = recording.beams or [c for c in recording.channels if c.direction == VERTICAL]
    level = [c for c in recording.channels if c.direction == HORIZONTAL]
    for channel in upright:
        yield from _channel_triggers(channel, recipe.bands, recording)
    for channel in level:
        bands = recipe.horizontal_bands if upright else recipe.bands
        yield from _channel_triggers(channel, bands, recording)


def _channel_triggers(
    channel: ConditionedChannel, bands: Sequence[BandPass], recording: Recording
) -> Iterator[Trigger]:
    """Yield what one channel triggers while it is one of the three components of its sensor."""
    for run in channel.runs:
        for trigger in find_triggers(run, channel.direction, bands, recording.recipe):
            if recording.array is not None or not _is_left_out(channel, recording, trigger.on_ns):
                yield trigger


def _is_left_out(channel: ConditionedChannel, recording: Recording, at_ns: int) -> bool:
    sensor = sensor_of(recording, channel.channel, at_ns)
    return bool(sensor.components) and channel.channel.channel in sensor.left_out


def _height_before(group: Group, groups: Sequence[Group]) -> int | None:
    """Return when the signals before a group were last at their height; None without any."""
    on_ns = group[0].on_ns
    if (second := second_onset(group)) is not None:
        return second.after_ns
    earlier = (t.peak_ns for g in groups if g[0].on_ns < on_ns for t in g)
    return max((peak_ns for peak_ns in earlier if peak_ns < on_ns), default=None)


def _stands_out(
    time_ns: int, height: float, before: Sequence[Heard], recipe: StationRecipe
) -> bool:
    """Tell whether a signal is new: apart from the last, and above the coda's threshold."""
    params = recipe.trigger
    for earlier in before:
        apart_s = seconds_between(time_ns, earlier.detection.time_ns)
        if apart_s < params.separation_s:
            return False
        raised = params.coda_raise * math.log10(max(earlier.height, 1.0))
        threshold = params.threshold * (1.0 + raised * math.exp(-apart_s / params.coda_decay_s))
        if height < threshold:
            return False
    return True


def _next_state(
    waveforms: Sequence[Waveform],
    until_ns: int,
    recent: Sequence[Heard],
    recipe: StationRecipe,
) -> StationState:
    keep_ns = add_seconds(until_ns, -recipe.history_s)
    tail = (w.slice(keep_ns, w.time_ns(len(w.samples))) for w in waveforms)
    memory_ns = add_seconds(until_ns, -5.0 * recipe.trigger.coda_decay_s)
    return StationState(
        tuple(w for w in tail if len(w.samples) > 0),
        until_ns,
        tuple(h for h in recent if h.detection.time_ns >= memory_ns),
    )
