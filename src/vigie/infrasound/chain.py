"""Station processing of infrasound: the waveforms of one array become detections.

Elements with their masks; faulty ones named and left out, or turned over (``judged``); PMCC in
third octaves (``signal.pmcc``); families; categories. Long records are searched in pieces of a day
that overlap by the longest window; their pixels are linked together, so a wave train across
midnight is one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.infrasound.array import SoundArray, sound_array
from vigie.infrasound.arrivals import at_arrival, heard_by, lost_notes
from vigie.infrasound.beam import Searched
from vigie.infrasound.bursts import without_bursts
from vigie.infrasound.detections import detection_of
from vigie.infrasound.doubt import doubted, kept_once
from vigie.infrasound.heights import as_steep, with_heights
from vigie.infrasound.judged import judged_array, pieces_of
from vigie.infrasound.lasting import judged_families
from vigie.infrasound.parted import parted
from vigie.infrasound.pressure import pressure_of
from vigie.infrasound.recipe import InfrasoundRecipe
from vigie.infrasound.side_lobes import without_side_lobes
from vigie.infrasound.strangers import crossings, without_lobes
from vigie.records import Detection, Mask, Waveform, format_iso
from vigie.records.time import add_seconds, seconds_between
from vigie.signal.elements import element_data
from vigie.signal.pmcc import Family, Pixels, find_pixels, link_families
from vigie.signal.pmcc.pixels import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.amplitudes import Pressures
    from vigie.infrasound.arrivals import Heard
    from vigie.infrasound.judged import JudgedArray
    from vigie.infrasound.verdict import Verdict
    from vigie.records import Station

USUAL_HZ = 1.0
"""At which a calibration is asked for, to say whether it is known."""


@dataclass(frozen=True, slots=True, eq=False)
class ArrayResult:
    """What one call of ``process_array`` found."""

    detections: tuple[Detection, ...]
    """In order of time."""
    masks: tuple[Mask, ...]
    notes: tuple[str, ...]
    start_ns: int = 0
    """Time from which pixels and families count."""
    pixels: Pixels | None = None
    families: tuple[Family, ...] = ()


def process_array(
    waveforms: Sequence[Waveform], station: Station, recipe: InfrasoundRecipe | None = None
) -> ArrayResult:
    """Find the waves that cross an infrasound array.

    Parameters
    ----------
    waveforms : sequence of Waveform
        All channels of the station, raw, in any order, with any gaps; others than those of
        pressure are passed over with a note.
    station : Station
        With its elements as sites.
    recipe : InfrasoundRecipe, optional

    Raises
    ------
    ArrayGeometryError
        Fewer than three elements recorded, or they stand in line.
    """
    recipe = recipe or InfrasoundRecipe()
    array, left_out = sound_array(waveforms, station, recipe.quality)
    found = _searched(array, left_out, recipe)
    again = as_steep(array, found.detections)
    return found if again is None else _searched(again, left_out, recipe)


def _searched(array: SoundArray, left_out: Sequence[str], recipe: InfrasoundRecipe) -> ArrayResult:
    """Return the waves that cross an array; ``left_out`` is told of with what is found."""
    start_ns = min(r.start_ns for e in array.elements for r in e.runs)
    recipe = with_heights(recipe, array)
    array, loud = without_bursts(array, pieces_of(array, recipe.piece_s), recipe.bursts)
    known = judged_array(array, recipe)
    used = known.used
    pixels, families = _families(used, start_ns, recipe)
    judged = judged_families(families, pixels, recipe)
    windows = crossings(known.said, start_ns)
    judged = without_lobes(judged, windows, pixels)
    searched = Searched(used, start_ns)
    judged = without_side_lobes(judged, pixels, searched, recipe)
    verdicts = [
        known.verdict_over((add_seconds(start_ns, f.start_s), add_seconds(start_ns, f.end_s)))
        for f, _, _ in judged
    ]
    judged = kept_once(judged, [bool(v.doubt) for v in verdicts])
    heard = [
        heard_by(f, searched, v.excluded, windows)
        for (f, _, _), v in zip(judged, verdicts, strict=True)
    ]
    found = []
    for (family, phase, _), verdict, ears in zip(judged, verdicts, heard, strict=True):
        excluded = (*array.dead, *verdict.excluded, *ears.lost)
        detection, pressures = detection_of(family, pixels, searched, phase, excluded)
        seen = (pixels.select(family.rows), searched)
        detection = _as_sure(detection, verdict, ears, seen, known)
        found.append((detection, pressures))
    detections = parted([d for d, _ in found], [f for f, _, _ in judged], used)
    masks = tuple(m for e in array.elements for m in e.masks)
    notes = (
        *left_out,
        *_calibration_notes(array),
        *known.notes,
        *_burst_notes(array, loud),
        *lost_notes(array, heard),
        *_gain_notes(array, [p for _, p in found]),
        *_noise_notes(array, judged),
    )
    return ArrayResult(
        tuple(sorted(detections, key=lambda d: (d.time_ns, d.id))),
        masks,
        tuple(dict.fromkeys(notes)),
        start_ns,
        pixels,
        tuple(f for f, _, _ in judged),
    )


def _families(
    used: SoundArray, start_ns: int, recipe: InfrasoundRecipe
) -> tuple[Pixels, list[Family]]:
    """Return the pixels of all pieces, and their families that noise hardly makes."""
    pixels = joined(
        [_piece_pixels(used, (span, start_ns), recipe) for span in pieces_of(used, recipe.piece_s)]
    )
    linked = link_families(pixels, recipe.families, step=recipe.pmcc.step)
    return pixels, [f for f in linked if f.p_value <= recipe.max_family_p_value]


def _as_sure(
    detection: Detection,
    verdict: Verdict,
    ears: Heard,
    seen: tuple[Pixels, Searched],
    known: JudgedArray,
) -> Detection:
    """Return a detection as sure as its elements are, which names those that were turned over."""
    if verdict.doubt:
        detection = doubted(detection, verdict, *seen, known.params)
    else:
        trusted = dict(zip(known.array.names, verdict.trusted, strict=True))
        detection = at_arrival(detection, ears, verdict, seen, trusted, known.params)
    return replace(detection, remarks=(*verdict.turned, *detection.remarks))


def _piece_pixels(
    array: SoundArray,
    times: tuple[tuple[int, int], int],
    recipe: InfrasoundRecipe,
) -> Pixels:
    """Return the pixels of one piece, timed from the start of the record."""
    span, start_ns = times
    overlap_s = 2.0 * max(b.window_s for b in recipe.pmcc.bands)
    runs, places = array.runs()
    data = element_data(runs, places, start_ns=span[0], end_ns=add_seconds(span[1], overlap_s))
    found = find_pixels(data.samples, data.rate_hz, data.offsets_km, recipe.pmcc)
    order = [data.channels.index(e.channel) for e in array.elements if e.channel in data.channels]
    members = np.zeros((len(found), len(array.elements)), dtype=np.bool_)
    present = [i for i, e in enumerate(array.elements) if e.channel in data.channels]
    members[:, present] = found.members[:, order]
    # A window belongs to the piece in which it begins.
    begins_s = found.time_s - 0.5 * found.window_s
    own = begins_s < seconds_between(span[1], span[0])
    shift_s = seconds_between(span[0], start_ns)
    return found.replaced(members=members, time_s=found.time_s + shift_s).select(own)


def _calibration_notes(array: SoundArray) -> list[str]:
    """Return one note for all elements of which the same is to be told."""
    by_note: dict[str, list[str]] = {}
    for element, name in zip(array.elements, array.names, strict=True):
        note = pressure_of(element.runs[0], element.metadata, USUAL_HZ).note
        if note:
            by_note.setdefault(note, []).append(name)
    return [f"{', '.join(names)}: {note}" for note, names in by_note.items()]


def _burst_notes(array: SoundArray, masks: Sequence[Mask]) -> list[str]:
    """Return one note for each element that was masked in bursts."""
    notes = []
    for element, name in zip(array.elements, array.names, strict=True):
        own = [m for m in masks if m.channel == element.channel]
        if own:
            total_s = sum(seconds_between(m.end_ns, m.start_ns) for m in own)
            where = f"{len(own)} burst{'s' if len(own) > 1 else ''}, {total_s:.0f} s in all"
            notes.append(
                f"{array.station.code}: element {name} masked in {where}, that no other element "
                f"records; the first at {format_iso(own[0].start_ns)}"
            )
    return notes


def _gain_notes(array: SoundArray, measured: Sequence[Pressures]) -> list[str]:
    """Return one note for each element whose gain is odd in most of its families."""
    notes = []
    for name in array.names:
        gains = [p.gains[name] for p in measured if name in p.gains]
        odd = [p.gains[name] for p in measured if name in p.odd]
        if odd and 2 * len(odd) >= len(gains):
            usual = float(np.median(odd))
            words = f"records {usual:.3g} times the pressure of the others"
            # A gain below zero is none: what it records does not follow their beam.
            words = words if usual > 0.0 else "does not record what the others do"
            notes.append(
                f"{array.station.code}: element {name} {words} in {len(odd)} of "
                f"{len(gains)} families; left out of amplitudes"
            )
    return notes


def _noise_notes(array: SoundArray, judged: Sequence[tuple[Family, str, str]]) -> list[str]:
    """Return how many families are noise (N), and why."""
    reasons = Counter(reason for _, _, reason in judged if reason)
    code = array.station.code
    return [
        f"{code}: {number} {'family is' if number == 1 else 'families are'} noise (N): {reason}"
        for reason, number in reasons.most_common()
    ]
