"""Station processing of hydrophones: waveforms become detections of H, T and N.

Power of bands in frames (``bands``), an hour at a time; signals (``detect``); what is measured of
each (``measure``); its class (``classify``); a detection. After all: which hydrophone is reversed,
and whether a clock is wrong. For H and T PMCC follows the wave train: azimuth against time, and
late arrivals from elsewhere, which are listed and are no detections.

Cost and accuracy as measured: ``docs/methods/hydroacoustic.md``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.hydroacoustic.bands import Frames, band_frames, bands_at, frame_samples
from vigie.hydroacoustic.classify import classify, feature_vector, shipped_model
from vigie.hydroacoustic.clock_doubt import as_unsure_as_clocks, azimuths_if_mistimed, is_odd_speed
from vigie.hydroacoustic.crossing import as_crossed
from vigie.hydroacoustic.detect import find_signals
from vigie.hydroacoustic.detections import detection_of
from vigie.hydroacoustic.gains import odd_levels, relative_levels, told_of_levels
from vigie.hydroacoustic.hydrophone_faults import clock_error, speed_suspect
from vigie.hydroacoustic.late import Track, follow, late_arrivals
from vigie.hydroacoustic.look import Look, look_at
from vigie.hydroacoustic.losses import Silence, silence_of, told_of_losses
from vigie.hydroacoustic.measure import Measured, Record, measure_signal
from vigie.hydroacoustic.recipe import HydroRecipe
from vigie.hydroacoustic.triplet import Triplet, triplet
from vigie.records import Detection, LateArrival, Mask, Waveform
from vigie.records.time import add_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.records import Station

FloatArray = NDArray[np.float64]

MARGIN_S = 20.0
"""Before and after a piece, in which filters come to rest."""
LONG_PAUSE_S = 3600.0
LONGEST_S = 86400.0 * 1.01
"""A stretch without a long pause is cut after a day: signals across the cut become two."""


@dataclass(frozen=True, slots=True, eq=False)
class HydroResult:
    """What one call of ``process_hydrophones`` found."""

    detections: tuple[Detection, ...]
    """In order of time."""
    masks: tuple[Mask, ...]
    notes: tuple[str, ...]
    tracks: tuple[Track, ...] = ()
    late: tuple[LateArrival, ...] = ()
    """Arrivals from elsewhere after a detection, in order of time; they are no detections."""
    looks: tuple[Look, ...] = ()
    """What figures of the detections show; only where asked for."""


@dataclass(slots=True)
class _Heard:
    """What has been heard so far."""

    detections: list[Detection] = field(default_factory=list)
    measures: list[Measured] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


def process_hydrophones(
    waveforms: Sequence[Waveform],
    station: Station | None,
    recipe: HydroRecipe | None = None,
    *,
    looks: bool = False,
) -> HydroResult:
    """Find and classify the signals of a hydrophone station.

    Parameters
    ----------
    waveforms : sequence of Waveform
        All channels of the station, raw, in any order, with any gaps; others than hydrophones are
        passed over with a note.
    station : Station, optional
        With its hydrophones as sites; without it there are no azimuths.
    recipe : HydroRecipe, optional
    looks : bool
        Whether what figures of the detections show is kept.

    Raises
    ------
    ParameterError
        There is no hydrophone.
    """
    recipe = _at_home(recipe or HydroRecipe(), station)
    phones = triplet(waveforms, station)
    masks = [m for h in phones.hydrophones for m in h.gaps]
    heard = _Heard()
    silences: list[Silence] = []
    odd: list[str] = []
    for span in _stretches(phones):
        start_ns, frames, found_masks = _frames(phones, span, recipe)
        masks.extend(found_masks)
        silences.append(silence_of(frames))
        names = [h.name for h in phones.hydrophones]
        odd.extend(told_of_levels(phones.code, names, relative_levels(frames)))
        _listen(phones, (start_ns, frames, found_masks), recipe, heard, looks=looks)
    lost = told_of_losses(phones, silences, masks, heard.measures)
    told, turned_deg = _faults(phones, heard.measures, recipe)
    detections = heard.detections
    if turned_deg > 0.0:
        pairs = zip(detections, heard.measures, strict=True)
        detections = [d if _is_odd(m, recipe) else _less_sure(d, turned_deg) for d, m in pairs]
    sigma_deg = recipe.direction.station_sigma_deg
    late = [a for t in heard.tracks for a in late_arrivals(t, phones.code, detections, sigma_deg)]
    return HydroResult(
        tuple(sorted(detections, key=lambda d: (d.time_ns, d.id))),
        tuple(sorted(masks, key=lambda m: (m.start_ns, m.end_ns, str(m.channel)))),
        tuple(dict.fromkeys([*phones.notes, *lost, *odd, *told])),
        tuple(heard.tracks),
        tuple(sorted(late, key=lambda a: (a.time_ns, a.azimuth_deg))),
        tuple(heard.looks),
    )


def _listen(
    phones: Triplet,
    stretch: tuple[int, Frames, tuple[Mask, ...]],
    recipe: HydroRecipe,
    heard: _Heard,
    *,
    looks: bool,
) -> None:
    """Add the signals of a stretch (start, frames, masks) to what has been heard."""
    start_ns, frames, masks = stretch
    record = _record(phones, start_ns, frames, masks, recipe)
    lows = tuple(b.low_hz for b in frames.bands[:-1])
    for signal in record.found.spans:
        measured = measure_signal(record, signal, recipe)
        if measured is None:
            continue
        classified = classify(feature_vector(measured, lows), shipped_model())
        classified = as_crossed(classified, measured.direction)
        phase = classified.phase(recipe.classes.min_probability)
        made = detection_of(measured, classified, phones, frames.bands, start_ns, phase)
        places = phones.offsets_km[list(measured.used)]
        sure = as_unsure_as_clocks(made, measured.direction, places, recipe.direction)
        heard.detections.append(_masked(sure, measured, start_ns, masks))
        heard.measures.append(measured)
        if looks:
            heard.looks.append(look_at(record, measured, made, phones, start_ns))
        if phase in "HT" and made.azimuth_deg is not None:
            track = follow(record, measured, made, start_ns, recipe)
            heard.tracks.extend([track] if track else [])


def _stretches(phones: Triplet) -> Iterator[tuple[int, int]]:
    """Yield spans of time without a long pause of all hydrophones, at most a day each."""
    runs = sorted((s for h in phones.hydrophones for s in h.segments), key=lambda s: s.start_ns)
    first_ns, until_ns = runs[0].start_ns, runs[0].start_ns
    for run in runs:
        if run.start_ns > add_seconds(until_ns, LONG_PAUSE_S):
            yield from _days(first_ns, until_ns)
            first_ns = run.start_ns
        until_ns = max(until_ns, run.time_ns(len(run.samples)))
    yield from _days(first_ns, until_ns)


def _days(first_ns: int, until_ns: int) -> Iterator[tuple[int, int]]:
    while first_ns < until_ns:
        end_ns = min(add_seconds(first_ns, LONGEST_S), until_ns)
        yield first_ns, end_ns
        first_ns = end_ns


def _frames(
    phones: Triplet, span: tuple[int, int], recipe: HydroRecipe
) -> tuple[int, Frames, tuple[Mask, ...]]:
    """Return start, power of bands and masks of a stretch, made piece by piece."""
    rate = phones.rate_hz
    bands = bands_at(rate)
    step = frame_samples(rate)
    step_s = step / rate
    margin, piece = round(MARGIN_S / step_s), round(recipe.piece_s / step_s)
    count = int((span[1] - span[0]) * 1e-9 / step_s + 1e-6)
    power = np.full((len(phones.hydrophones), len(bands), count), np.nan, np.float32)
    masks: dict[Mask, None] = {}
    for first in range(0, count, piece):
        stop = min(first + piece, count)
        begin, end = max(first - margin, 0), min(stop + margin, count)
        times = add_seconds(span[0], begin * step_s), add_seconds(span[0], end * step_s)
        found = phones.masks(*times, recipe.quality)
        masks.update(dict.fromkeys(found))
        made = band_frames(phones.samples(*times, found), rate, bands)
        power[:, :, first:stop] = made[:, :, first - begin : stop - begin]
    return span[0], Frames(span[0], step_s, bands, power), tuple(masks)


def _record(
    phones: Triplet,
    start_ns: int,
    frames: Frames,
    masks: tuple[Mask, ...],
    recipe: HydroRecipe,
) -> Record:
    found = find_signals(frames, phones.rate_hz, phones.crossing_s, recipe.detector)

    def window(begin_s: float, end_s: float) -> FloatArray:
        begin_ns, end_ns = add_seconds(start_ns, begin_s), add_seconds(start_ns, end_s)
        near = [m for m in masks if m.end_ns > begin_ns - 10**10 and m.start_ns < end_ns + 10**10]
        return phones.samples(begin_ns, end_ns, near)

    has_level = ~odd_levels(relative_levels(frames))
    return Record(frames, found, phones.rate_hz, phones.offsets_km, window, has_level)


def _masked(
    detection: Detection, measured: Measured, start_ns: int, masks: Sequence[Mask]
) -> Detection:
    """Attach the masks within a detection's window."""
    first_ns = add_seconds(start_ns, measured.onset_s)
    last_ns = add_seconds(start_ns, measured.end_s)
    own = tuple(m for m in masks if m.end_ns > first_ns and m.start_ns < last_ns)
    return replace(detection, masks=own) if own else detection


def _at_home(recipe: HydroRecipe, station: Station | None) -> HydroRecipe:
    """Return the recipe with the usual speed of sound where the station is."""
    from vigie.earth.ocean.channel import load_sound_channel

    params = recipe.direction
    if station is None or not params.speed_is_local:
        return recipe
    speed = load_sound_channel().axis_speed_at_km_s(station.latitude, station.longitude)
    return replace(recipe, direction=replace(params, usual_speed_km_s=speed))


def _faults(
    phones: Triplet, measures: Sequence[Measured], recipe: HydroRecipe
) -> tuple[list[str], float]:
    """Return what is wrong with the hydrophones, and how far it may turn azimuths, deg."""
    code, params = phones.code, recipe.direction
    waves = [(m, m.direction) for m in measures if m.direction is not None]
    votes = Counter(m.used[i] for m, w in waves for i in w.reversed_elements)
    heard = sum(w.correlation >= 0.4 for _, w in waves)
    notes = [
        f"{code}: hydrophone {phones.hydrophones[i].name} is reversed "
        f"({number} of {heard} coherent signals), turned back"
        for i, number in votes.items()
        if number >= 0.5 * max(heard, 1)
    ]
    everyone = len(phones.hydrophones)
    good = [w for m, w in waves if w.plausible and len(m.used) == everyone]
    found = None
    if everyone >= 3 and good:
        slownesses = np.array([w.slowness_s_per_km for w in good])
        found = clock_error(slownesses, phones.offsets_km, params)
    if found is not None:
        name = "one hydrophone"
        if found.element is not None:
            name = f"hydrophone {phones.hydrophones[found.element].name}"
        notes.append(
            f"{code}: the apparent speeds show a clock error of {name} "
            f"(about {1e3 * found.error_s:+.0f} ms); azimuths are less sure"
        )
        apart = np.linalg.norm(phones.offsets_km - phones.offsets_km.mean(axis=0), axis=1)
        turn = abs(found.error_s) * params.usual_speed_km_s / max(float(apart.mean()), 0.1)
        return notes, float(np.degrees(turn))
    odd = [w for w in good if speed_suspect(w.speed_km_s, w.speed_sigma_km_s, params)]
    if not odd or len(odd) < 0.5 * len(good):
        return notes, 0.0
    notes.append(
        f"{code}: {len(odd)} of {len(good)} signals cross at a speed unusual for sound in the "
        "channel: a clock may be wrong, or the water is not deep; azimuths are less sure"
    )
    # What turns these turns those as well whose speed it leaves as it is.
    arcs = [azimuths_if_mistimed(w.slowness_s_per_km, phones.offsets_km, params) for w in odd]
    return notes, float(np.median([a.farthest_deg for a in arcs]))


def _is_odd(measured: Measured, recipe: HydroRecipe) -> bool:
    """Tell whether a signal's own errors hold a clock error already."""
    wave, params = measured.direction, recipe.direction
    return wave is not None and is_odd_speed(wave.speed_km_s, wave.speed_sigma_km_s, params)


def _less_sure(detection: Detection, turned_deg: float) -> Detection:
    if detection.azimuth_deg_sigma is None:
        return detection
    total = float(np.hypot(detection.azimuth_deg_sigma, turned_deg))
    return replace(detection, azimuth_deg_sigma=total)
