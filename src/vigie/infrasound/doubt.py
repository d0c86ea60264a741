"""Detections of an array of which some element is wrong, and it is undecided which.

No direction may then be more certain than the fault. Under each hypothesis that is left
(``verdict``) the others' delays, in the family's strongest window and its whole band, give a plane
wave. The azimuth is the middle of the shortest arc that holds all of these and the family's own,
its error half of the arc, and more where the family's own is larger; velocity alike. Where a
hypothesis gives no possible slowness, where there are none (three elements; two wrong ones of
four), or where the arc is wider than a quarter of the circle, no direction is given. Amplitudes are
not given either, for a beam that is not in step is too small, and the time holds the
time in which sound crosses the array. Each detection says why.

PMCC finds the sound of such an array several times, bands and cycles apart. Of families whose times
overlap the largest is kept as a signal.

Source: ours. Accuracy: ``docs/methods/infrasound.md``. Cost: 2 ms for each family.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vigie.errors import ArrayGeometryError
from vigie.geodesy import KM_PER_DEG, shortest_arc_deg
from vigie.infrasound.categories import FAST, NOISE, SIGNAL, SLOW
from vigie.infrasound.delays import delays_of
from vigie.signal.array_consistency import subset
from vigie.signal.plane_wave import element_times, fit_plane_wave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.beam import Searched
    from vigie.infrasound.recipe import ElementParams
    from vigie.infrasound.verdict import Verdict
    from vigie.records import Detection
    from vigie.signal.array_faults import FaultParams, PairCorrelation
    from vigie.signal.pmcc import Family, Pixels

WIDEST_ARC_DEG = 90.0
"""Directions farther apart than this are no direction."""
REPEATED = "part of a larger family's sound, of an array in doubt"


class Cover(NamedTuple):
    """What holds the wave under every hypothesis."""

    azimuth_deg: float
    azimuth_sigma_deg: float
    velocity_km_s: float
    velocity_sigma_km_s: float


def doubted(
    detection: Detection, verdict: Verdict, own: Pixels, searched: Searched, params: ElementParams
) -> Detection:
    """Return a detection that is as uncertain as the elements are.

    Parameters
    ----------
    detection : Detection
        Of the family, as if the elements were right.
    verdict : Verdict
        That is in doubt.
    own : Pixels
        Those of the family.
    searched : Searched
    params : ElementParams
    """
    offsets = searched.array.offsets_km
    apart_km = float(np.max(np.linalg.norm(offsets[:, None] - offsets[None], axis=2)))
    crossing_s = apart_km * params.faults.min_slowness_s_per_km
    told = replace(
        detection,
        time_sigma_s=float(np.hypot(detection.time_sigma_s or 0.0, crossing_s)),
        amplitudes=(),
    )
    waves = _waves(verdict.hypotheses, own, searched, params)
    possible = [w for w in waves if w is not None]
    cover = _cover(detection, possible) if possible and len(possible) == len(waves) else None
    if cover is None:
        return without_direction(told, f"no azimuth and no amplitude: {verdict.doubt}")
    text = f"azimuth holds every hypothesis that is left, no amplitude: {verdict.doubt}"
    return _within(told, cover, text)


def without_direction(detection: Detection, text: str) -> Detection:
    """Return a detection without azimuth, slowness and speed, and the reason."""
    return replace(
        detection,
        azimuth_deg=None,
        azimuth_deg_sigma=None,
        slowness_s_per_deg=None,
        slowness_s_per_deg_sigma=None,
        trace_velocity_m_s=None,
        trace_velocity_m_s_sigma=None,
        remarks=(*detection.remarks, text),
    )


def _within(detection: Detection, cover: Cover, text: str) -> Detection:
    slowness = KM_PER_DEG / cover.velocity_km_s
    share = cover.velocity_sigma_km_s / cover.velocity_km_s
    return replace(
        detection,
        azimuth_deg=cover.azimuth_deg,
        azimuth_deg_sigma=cover.azimuth_sigma_deg,
        slowness_s_per_deg=slowness,
        slowness_s_per_deg_sigma=slowness * share,
        trace_velocity_m_s=1e3 * cover.velocity_km_s,
        trace_velocity_m_s_sigma=1e3 * cover.velocity_sigma_km_s,
        remarks=(*detection.remarks, text),
    )


def without_each(
    detection: Detection,
    unjudged: Sequence[str],
    own: Pixels,
    searched: Searched,
    params: ElementParams,
) -> Detection:
    """Return a detection that holds the waves without each element that nothing judged.

    That nobody is wrong is likeliest: a hypothesis that gives no possible wave is refuted.

    Parameters
    ----------
    detection : Detection
    unjudged : sequence of str
    own : Pixels
        Those of the family.
    searched : Searched
    params : ElementParams
    """
    names = searched.array.names
    hypotheses = [tuple(n for n in names if n != wrong) for wrong in unjudged]
    waves = [w for w in _waves(hypotheses, own, searched, params) if w is not None]
    cover = _cover(detection, waves) if waves else None
    words = f"elements not judged ({', '.join(unjudged)}): nothing coherent enough was recorded"
    if cover is None:
        text = f"{words}, and without each of them the others do not agree: no azimuth"
        return without_direction(detection, text)
    return _within(detection, cover, f"{words}; azimuth holds each of them wrong")


def kept_once(
    judged: Sequence[tuple[Family, str, str]], in_doubt: Sequence[bool]
) -> list[tuple[Family, str, str]]:
    """Return families of which, where there is doubt, the largest of those at one time is kept.

    No speed makes one noise there: the speeds of an array in doubt mean nothing.

    Parameters
    ----------
    judged : sequence of (Family, str, str)
        With phase and reason.
    in_doubt : sequence of bool
    """
    out = [
        (family, SIGNAL, "") if doubt and reason in {SLOW, FAST} else (family, phase, reason)
        for (family, phase, reason), doubt in zip(judged, in_doubt, strict=True)
    ]
    taken: list[Family] = []
    for k in sorted(range(len(out)), key=lambda i: -len(out[i][0])):
        family, name, _ = out[k]
        if not in_doubt[k] or name != SIGNAL:
            continue
        if any(overlap(family, other) for other in taken):
            out[k] = (family, NOISE, REPEATED)
        else:
            taken.append(family)
    return out


def overlap(one: Family, other: Family) -> bool:
    """Tell whether two families share half of the shorter one's time."""
    shared_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    return shared_s > 0.5 * min(one.end_s - one.start_s, other.end_s - other.start_s)


def _waves(
    hypotheses: Sequence[Sequence[str]], own: Pixels, searched: Searched, params: ElementParams
) -> list[tuple[float, float] | None]:
    """Return azimuth and velocity under each hypothesis; None where it gives no possible wave."""
    known = delays_of(own, searched, params) if hypotheses else None
    if known is None:
        return []
    found = []
    for kept in hypotheses:
        heard = [i for i, n in enumerate(known.names) if n in kept]
        wave = _wave(subset(known.pairs, heard), params.faults) if len(heard) > 2 else None
        found.append(wave)
    return found


def _wave(pairs: PairCorrelation, params: FaultParams) -> tuple[float, float] | None:
    weights = np.abs(pairs.correlation) ** 2
    try:
        wave = fit_plane_wave(pairs.offsets_km, element_times(pairs.delay_s, weights))
    except ArrayGeometryError:
        return None
    size = float(np.hypot(*wave.slowness_s_per_km))
    if not params.min_slowness_s_per_km <= size <= params.max_slowness_s_per_km:
        return None
    return wave.azimuth_deg, 1.0 / size


def _cover(detection: Detection, waves: Sequence[tuple[float, float]]) -> Cover | None:
    azimuth, velocity = detection.azimuth_deg, detection.trace_velocity_m_s
    if azimuth is None or velocity is None:
        return None
    middle, half = shortest_arc_deg([azimuth, *(a for a, _ in waves)])
    if 2.0 * half > WIDEST_ARC_DEG:
        return None
    speeds = [1e-3 * velocity, *(v for _, v in waves)]
    return Cover(
        middle,
        float(np.hypot(half, detection.azimuth_deg_sigma or 0.0)),
        0.5 * (min(speeds) + max(speeds)),
        float(
            np.hypot(
                0.5 * (max(speeds) - min(speeds)), 1e-3 * (detection.trace_velocity_m_s_sigma or 0)
            )
        ),
    )
