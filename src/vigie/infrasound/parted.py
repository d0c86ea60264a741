"""Families that the heights of elements may have parted from one wave.

A record is read for one vertical slowness. What is left of a wave of another trace velocity makes
times that fit no plane, and where that is a quarter of a period or more PMCC may find its high
bands as families of their own, of other directions. So of families at one time, the larger of which
is such a wave, the smaller one's direction holds the larger one's too, and is not given where these
are farther apart than an eighth of the circle. Their bands must overlap: no wave is parted into
bands in which it has no energy (microbaroms and a blast are two waves). It may also be the smaller
one that is right: the larger one's error holds the other by its share of the pixels.

Source: ours. Accuracy: ``docs/methods/pmcc.md``. Cost: none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import angle_difference_deg
from vigie.infrasound.doubt import overlap, without_direction
from vigie.infrasound.heights import SOUND_KM_S, SOUND_SIGMA_KM_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.infrasound.array import SoundArray
    from vigie.records import Detection
    from vigie.signal.pmcc import Family

LEAST_PERIODS = 0.25
"""Of times that are left, from which a wave may be parted."""
WIDEST_DEG = 45.0
WORDS = "heights of elements may have parted it from the wave of a larger family at that time"


def parted(
    detections: Sequence[Detection], families: Sequence[Family], array: SoundArray
) -> list[Detection]:
    """Return detections whose directions hold what heights may have made of them.

    Parameters
    ----------
    detections : sequence of Detection
        Those of the families, one each.
    families : sequence of Family
    array : SoundArray
        As it was searched.
    """
    out = list(detections)
    if not np.ptp(array.heights_km) > 0.0:
        return out
    order = sorted(range(len(out)), key=lambda k: -len(families[k]))
    for i, one in enumerate(order):
        for other in order[i + 1 :]:
            larger, smaller = detections[one], detections[other]
            if _share_bands(families[one], families[other]) and _may_part(larger, smaller, array):
                share = len(families[other]) / (len(families[one]) + len(families[other]))
                out[one] = _holding(out[one], larger, smaller, share)
                out[other] = _holding(out[other], smaller, larger, 1.0)
    return out


def _share_bands(larger: Family, smaller: Family) -> bool:
    """Tell whether two families are in the same bands at one time, as parts of one wave are."""
    together = larger.low_hz < smaller.high_hz and smaller.low_hz < larger.high_hz
    return together and overlap(larger, smaller)


def _may_part(larger: Detection, smaller: Detection, array: SoundArray) -> bool:
    """Tell whether a wave at its own vertical slowness is off the plane by much of a period.

    The wave may have the speed of either: the larger one may be the part that is wrong.
    """
    freq_hz = smaller.freq_hz
    speeds = [d.trace_velocity_m_s for d in (larger, smaller) if d.trace_velocity_m_s]
    both = all(d.phase == "I" and d.azimuth_deg is not None for d in (larger, smaller))
    if not both or len(speeds) < 2 or freq_hz is None:
        return False
    # The speed of sound at the array is known to some per cent.
    sound = SOUND_KM_S + SOUND_SIGMA_KM_S * np.array([-1.0, 0.0, 1.0])
    velocity_km_s = 1e-3 * np.array(speeds)[:, np.newaxis]
    steep = np.sqrt(np.maximum(sound**-2 - velocity_km_s**-2, 0.0))
    most = float(np.max(np.abs(steep - array.steep_s_per_km)))
    left_s = most * float(np.ptp(array.heights_km))
    return left_s * freq_hz >= LEAST_PERIODS


def _holding(now: Detection, own: Detection, other: Detection, share: float) -> Detection:
    """Return a detection whose errors hold another direction that is right by a share."""
    if now.azimuth_deg is None or own.azimuth_deg is None or other.azimuth_deg is None:
        return now
    away_deg = abs(float(angle_difference_deg(own.azimuth_deg, other.azimuth_deg)))
    if share < 1.0 and away_deg > WIDEST_DEG:
        return now
    if away_deg > WIDEST_DEG:
        return without_direction(now, f"no azimuth: {WORDS}")

    def wider(sigma: float | None, mine: float | None, its: float | None) -> float:
        return float(np.hypot(sigma or 0.0, np.sqrt(share) * abs((mine or 0.0) - (its or 0.0))))

    words = () if share < 1.0 or now.remarks[-1:] == (WORDS,) else (WORDS,)
    return replace(
        now,
        azimuth_deg_sigma=wider(now.azimuth_deg_sigma, away_deg, 0.0),
        slowness_s_per_deg_sigma=wider(
            now.slowness_s_per_deg_sigma, own.slowness_s_per_deg, other.slowness_s_per_deg
        ),
        trace_velocity_m_s_sigma=wider(
            now.trace_velocity_m_s_sigma, own.trace_velocity_m_s, other.trace_velocity_m_s
        ),
        remarks=(*now.remarks, *words),
    )
