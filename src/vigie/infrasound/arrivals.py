"""What is known of the elements at one arrival: which recorded it, and which were ever judged.

An element that is right elsewhere in the record is taken to be right here. One that no coherent
window ever judged may be wrong: of a weak arrival, or of elements that come and go. Then the
azimuth holds the waves that the others give without each such element in turn, if they are possible
ones; where none is, or they are too far apart, no azimuth is given. Where only three elements are
left, a wave whose speed is not that of sound may be one that a wrong clock has turned: it has no
azimuth. Where noise, and not the roughness of wave fronts, limits what windows see of an element's
time (low bands), half of that limit is added to the azimuth's error.

Source: ours. Accuracy: ``docs/methods/infrasound.md``. Cost: 2 ms for each family that was not
judged.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.infrasound.doubt import doubted, without_each
from vigie.infrasound.each_left_out import with_each_left_out
from vigie.infrasound.in_line import unseen
from vigie.infrasound.strangers import is_strange
from vigie.records import ExcludedElement
from vigie.records.time import add_seconds, seconds_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vigie.infrasound.array import Element, SoundArray
    from vigie.infrasound.beam import Searched
    from vigie.infrasound.recipe import ElementParams
    from vigie.infrasound.strangers import Crossing
    from vigie.infrasound.verdict import Verdict
    from vigie.records import Detection
    from vigie.signal.pmcc import Family, Pixels

RECORDED = 0.9
"""Share of an arrival that an element must have recorded to count."""
COARSE_PERIODS = 0.25
"""A window that sees time errors of so many periods of the arrival judges its elements ..."""
COARSEST_LIMITS = 2.0
"""... and so does one that sees so many times what the best windows can."""
JUDGES = 4
NO_SOUND = (
    "three elements are left, and its speed is not that of sound: it is none, or one of them is "
    "mistimed, which cannot be told"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """Which elements recorded an arrival."""

    names: tuple[str, ...]
    lost: tuple[ExcludedElement, ...]
    """Those that did not and have no part in it, with the reason."""
    is_strange: bool = False
    """Windows of three elements saw a wave there that is not as fast as sound."""


def heard_by(
    family: Family,
    searched: Searched,
    excluded: Sequence[ExcludedElement] = (),
    windows: Sequence[Crossing] = (),
) -> Heard:
    """Return which elements recorded a family.

    Parameters
    ----------
    family : Family
    searched : Searched
    excluded : sequence of ExcludedElement
        Left out at that time for another reason.
    windows : sequence of Crossing
        That were judged.
    """
    array, start_ns = searched.array, searched.start_ns
    out = {e.element for e in excluded}
    span_ns = (add_seconds(start_ns, family.start_s), add_seconds(start_ns, family.end_s))
    names, lost = [], []
    for element, name, member in zip(array.elements, array.names, family.members, strict=True):
        if name in out:
            continue
        share = _share(element, span_ns)
        if member or share >= RECORDED:
            names.append(name)
        else:
            text = f"recorded {100.0 * share:.0f} % of this arrival{_why(element, span_ns)}"
            lost.append(ExcludedElement(name, text))
    return Heard(tuple(names), tuple(lost), is_strange(family, windows))


def lost_notes(array: SoundArray, heard: Sequence[Heard]) -> list[str]:
    """Return one note for each element that has no part in some families, since it was masked."""
    notes = []
    for name, count in Counter(e.element for h in heard for e in h.lost).items():
        few = [h for h in heard if len(h.names) < JUDGES and any(e.element == name for e in h.lost)]
        why = next(e.reason for h in heard for e in h.lost if e.element == name)
        text = f"{array.station.code}: element {name} has no part in {count} of {len(heard)}"
        text += f" families; of the first it {why}"
        if few:
            text += f"; three elements, left in {len(few)}, cannot tell which of them is wrong"
        notes.append(text)
    return notes


def at_arrival(
    detection: Detection,
    heard: Heard,
    verdict: Verdict,
    seen: tuple[Pixels, Searched],
    trusted: Mapping[str, Sequence[float]],
    params: ElementParams,
) -> Detection:
    """Return a detection that is as sure as its elements were judged.

    Parameters
    ----------
    detection : Detection
    heard : Heard
    verdict : Verdict
        Without doubt.
    seen : Pixels, Searched
        The pixels of the family, and the array as it was searched.
    trusted : mapping
        By element, the time errors that windows would have seen that found nothing wrong with it.
    params : ElementParams
    """
    own, searched = seen
    if len(heard.names) < JUDGES and (heard.is_strange or not _is_sound(detection, params)):
        told = replace(verdict, doubt=NO_SOUND, hypotheses=())
        return doubted(detection, told, own, searched, params)
    finest_s = params.faults.misfit_limit * params.faults.timing_sigma_s
    enough_s = max(COARSEST_LIMITS * finest_s, COARSE_PERIODS / (detection.freq_hz or 1.0))
    limits = {n: min(trusted.get(n, ()), default=np.inf) for n in heard.names}
    unjudged = tuple(n for n, limit_s in limits.items() if limit_s > enough_s)
    if not unjudged:
        noise_s = float(np.sqrt(max(max(limits.values()) ** 2 - finest_s**2, 0.0)))
        if noise_s > finest_s:
            detection = _less_sure(detection, 0.5 * noise_s, searched)
        detection = with_each_left_out(detection, own, searched, params)
        return _told_of_unseen(detection, heard.names, searched.array)
    if len(heard.names) >= JUDGES:
        return without_each(detection, unjudged, own, searched, params)
    if len(searched.array.elements) < JUDGES:
        return _told_of_unseen(detection, heard.names, searched.array)
    text = f"elements not judged ({', '.join(unjudged)}): three are left, which tell nothing"
    return replace(detection, remarks=(*detection.remarks, text))


def _told_of_unseen(detection: Detection, names: Sequence[str], array: SoundArray) -> Detection:
    """Return a detection that says of which elements no wave could show a wrong time."""
    rows = [array.names.index(n) for n in names if n in array.names]
    blind = [array.names[rows[k]] for k in unseen(array.offsets_km[rows])]
    if len(rows) < JUDGES:
        text = f"a wrong time of one of {', '.join(names)} cannot be seen: they are too few"
    elif blind:
        text = f"a wrong time of element {', '.join(blind)} cannot be seen: the others are in line"
    else:
        return detection
    return replace(detection, remarks=(*detection.remarks, text))


def _is_sound(detection: Detection, params: ElementParams) -> bool:
    speed, sigma = detection.trace_velocity_m_s, detection.trace_velocity_m_s_sigma or 0.0
    if speed is None:
        return True
    slowest, fastest = (
        1e3 / params.faults.max_slowness_s_per_km,
        1e3 / params.faults.min_slowness_s_per_km,
    )
    return slowest - 2.0 * sigma <= speed <= fastest + 2.0 * sigma


def _less_sure(detection: Detection, error_s: float, searched: Searched) -> Detection:
    """Return a detection whose elements' times may be off by so much."""
    places = searched.array.offsets_km
    width_km = float(np.linalg.svd(places - places.mean(axis=0), compute_uv=False)[-1])
    speed_km_s = 1e-3 * (detection.trace_velocity_m_s or 340.0)
    share = error_s * speed_km_s / max(width_km, 1e-3)

    def more(sigma: float | None, extra: float) -> float:
        return float(np.hypot(sigma or 0.0, extra))

    slowness = detection.slowness_s_per_deg or 0.0
    return replace(
        detection,
        azimuth_deg_sigma=more(detection.azimuth_deg_sigma, float(np.degrees(share))),
        slowness_s_per_deg_sigma=more(detection.slowness_s_per_deg_sigma, share * slowness),
        trace_velocity_m_s_sigma=more(detection.trace_velocity_m_s_sigma, 1e3 * share * speed_km_s),
    )


def _share(element: Element, span_ns: tuple[int, int]) -> float:
    inside_s = sum(
        max(seconds_between(min(r.end_ns, span_ns[1]), max(r.start_ns, span_ns[0])), 0.0)
        for r in element.runs
    )
    return inside_s / max(seconds_between(span_ns[1], span_ns[0]), 1e-9)


def _why(element: Element, span_ns: tuple[int, int]) -> str:
    kinds = {
        m.kind.value for m in element.masks if m.start_ns < span_ns[1] and m.end_ns > span_ns[0]
    }
    return f" ({', '.join(sorted(kinds))})" if kinds else ""
