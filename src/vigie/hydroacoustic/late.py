"""Azimuth against time through a wave train, and arrivals that come another way.

PMCC follows a detected wave train from 5 s before its onset to 60 s after its end. Families that
begin after the onset and come from another direction than the detection, by more than 5 degrees
and more than three errors of both, are late arrivals: sound that islands and slopes sent on
(Vergoz et al. 2021 found 13 after one event). They are listed as such, and are no detections.
Families that may be the detection's own wave, read a cycle off, are none (``skips``).

Cost: 0.1 s for a train of a minute.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ArrayGeometryError
from vigie.geodesy import angle_difference_deg
from vigie.hydroacoustic.skips import Heard, from_elsewhere
from vigie.records import LateArrival
from vigie.records.time import add_seconds
from vigie.signal.pmcc import Family, Pixels, find_pixels, link_families

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.hydroacoustic.measure import Measured, Record
    from vigie.hydroacoustic.recipe import HydroRecipe
    from vigie.records import Detection

TRACK_S = (5.0, 60.0)
"""Before the onset and after the end, in which arrivals are followed."""
LATE_DEG = 5.0
"""Arrivals whose azimuth differs by more come another way ..."""
SLACK_S = 3.0
"""Between a family and the onset of a detection of the same sound."""
LATE_SIGMAS = 3.0
"""... if that is more than their errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Azimuth against time through one wave train."""

    detection_id: str
    start_ns: int
    """From which the times of pixels and families count."""
    pixels: Pixels
    late: tuple[Family, ...]
    """Wave trains after the onset that come from elsewhere."""


def follow(
    record: Record, measured: Measured, detection: Detection, start_ns: int, recipe: HydroRecipe
) -> Track | None:
    """Return azimuth against time through a wave train; None where it cannot be followed.

    Parameters
    ----------
    record : Record
    measured : Measured
    detection : Detection
        Made of ``measured``, with an azimuth.
    start_ns : int
        Time of the record's first frame.
    recipe : HydroRecipe
    """
    begin_s = measured.onset_s - TRACK_S[0]
    samples = record.window(begin_s, measured.end_s + TRACK_S[1])
    if detection.azimuth_deg is None or not np.isfinite(samples).all(axis=0).any():
        return None
    try:
        pixels = find_pixels(samples, record.rate_hz, record.offsets_km, recipe.pmcc)
    except ArrayGeometryError:
        return None
    families = link_families(pixels, recipe.families, step=recipe.pmcc.step)
    heard = Heard(samples, record.rate_hz, record.offsets_km, recipe.direction.speed_km_s)
    late = tuple(
        f
        for f in families
        if f.start_s > TRACK_S[0]
        and _elsewhere(f, detection)
        and from_elsewhere(heard, pixels, f, detection.azimuth_deg)
    )
    return Track(detection.id, add_seconds(start_ns, begin_s), pixels, late)


def late_arrivals(
    track: Track, station: str, detections: Sequence[Detection], station_sigma_deg: float
) -> tuple[LateArrival, ...]:
    """Return the late arrivals of a track as records; one may have been detected too."""
    return tuple(
        LateArrival(
            station=station,
            detection_id=track.detection_id,
            time_ns=add_seconds(track.start_ns, f.start_s),
            end_ns=add_seconds(track.start_ns, f.end_s),
            azimuth_deg=f.azimuth_deg,
            azimuth_deg_sigma=math.hypot(f.azimuth_sigma_deg, station_sigma_deg),
            trace_velocity_m_s=1e3 * f.velocity_km_s,
            trace_velocity_m_s_sigma=1e3 * f.velocity_sigma_km_s,
            freq_hz=f.freq_hz,
            band_hz=(f.low_hz, f.high_hz),
            family_size=len(f),
            detected_as=_detected_as(f, track, detections),
        )
        for f in track.late
    )


def _detected_as(family: Family, track: Track, detections: Sequence[Detection]) -> str:
    """Return the detection that the same sound was found as."""
    first_ns = add_seconds(track.start_ns, family.start_s - SLACK_S)
    last_ns = add_seconds(track.start_ns, family.end_s + SLACK_S)
    same = (
        d.id
        for d in detections
        if d.azimuth_deg is not None
        and first_ns <= d.time_ns <= last_ns
        and d.id != track.detection_id
        and not _elsewhere(family, d)
    )
    return next(same, "")


def _elsewhere(family: Family, detection: Detection) -> bool:
    off = abs(float(angle_difference_deg(family.azimuth_deg, detection.azimuth_deg or 0.0)))
    both = math.hypot(family.azimuth_sigma_deg, detection.azimuth_deg_sigma or 0.0)
    return off > max(LATE_DEG, LATE_SIGMAS * both)
