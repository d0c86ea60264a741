"""A wave whose speed is not that of sound in the channel: its azimuth as unsure as the clocks are.

Three delays are always those of some plane wave: one hydrophone that is late turns the azimuth, and
only the speed tells. With the i-th late by e the measured slowness is s + e g_i, g_i the i-th
column of (Y'Y)^-1 Y'. For each hydrophone the shifts are taken that bring the slowness back to the
usual 1/c, and to those within two errors of c (sound at the axis, as the sea's temperatures and
depths spread it): the smaller root always, the larger one up to ``LARGEST_S``. The azimuth stays
the one measured, for the water may be unusual too; its error reaches to the farthest of these.
Where all are on no arc of a quarter of the circle there is none.

Of a wave that seems to be faster than the sea the same is asked: a clock makes it as well as the
rock below. Assumes one hydrophone wrong. A shift that leaves the speed as it is cannot be seen at
one wave; a history of waves shows it (``hydrophone_faults``). Own method. Accuracy:
``docs/methods/hydroacoustic.md``. Cost: 0.2 ms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import (
    KM_PER_DEG,
    angle_difference_deg,
    shortest_arc_deg,
    wrap_azimuth_deg,
)

if TYPE_CHECKING:
    from vigie.hydroacoustic.direction import Direction
    from vigie.hydroacoustic.recipe import DirectionParams
    from vigie.records import Detection

FloatArray = NDArray[np.float64]

ODD = 2.0
"""Standard errors from which a speed is unlike that of sound in the channel."""
SPEEDS = 17
LARGEST_S = 0.5
"""Shifts that are looked at beside the smallest one that explains a speed."""
WIDEST_ARC_DEG = 90.0
"""Directions farther apart than this are no direction."""


class Arc(NamedTuple):
    """What holds the azimuths of all hypotheses."""

    width_deg: float
    """Of the shortest that does."""
    farthest_deg: float
    """From the measured azimuth to the farthest of them."""
    shift_s: float
    """The largest of the shifts that were needed."""


def is_odd_speed(speed_km_s: float, sigma_km_s: float, params: DirectionParams) -> bool:
    """Tell whether a speed is unlike that of sound in the channel."""
    scatter = float(np.hypot(sigma_km_s, params.usual_speed_sigma_km_s))
    return abs(speed_km_s - params.usual_speed_km_s) > ODD * scatter


def azimuths_if_mistimed(
    slowness_s_per_km: FloatArray, offsets_km: FloatArray, params: DirectionParams
) -> Arc:
    """Return what holds the azimuth, whichever hydrophone is mistimed.

    Parameters
    ----------
    slowness_s_per_km : ndarray, shape (2,)
        As measured.
    offsets_km : ndarray, shape (n, 2)
    params : DirectionParams
    """
    centred = offsets_km - offsets_km.mean(axis=0)
    axes = (np.linalg.inv(centred.T @ centred) @ centred.T).T
    spread = ODD * params.usual_speed_sigma_km_s
    found, shifts = [slowness_s_per_km], [0.0]
    for axis in axes:
        # Where a shift runs along the circle of a speed, a little of speed is much of azimuth.
        for speed in np.linspace(-spread, spread, SPEEDS):
            usual = 1.0 / (params.usual_speed_km_s + speed)
            for shift in _shifts(slowness_s_per_km, axis, usual):
                found.append(slowness_s_per_km - shift * axis)
                shifts.append(shift)
    azimuths = [float(wrap_azimuth_deg(np.degrees(np.arctan2(-e, -n)))) for e, n in found]
    _, half = shortest_arc_deg(azimuths)
    apart = np.abs(angle_difference_deg(np.array(azimuths), azimuths[0]))
    return Arc(2.0 * half, float(apart.max()), float(np.max(np.abs(shifts))))


def _shifts(slowness: FloatArray, axis: FloatArray, usual: float) -> list[float]:
    """Return the times by which one hydrophone is late, for the slowness to be of a given size."""
    square, along = float(axis @ axis), float(axis @ slowness)
    left = along**2 - square * (float(slowness @ slowness) - usual**2)
    if left < 0.0:
        return []
    roots = sorted(((along - left**0.5) / square, (along + left**0.5) / square), key=abs)
    return [roots[0], *(r for r in roots[1:] if abs(r) <= LARGEST_S)]


def as_unsure_as_clocks(
    detection: Detection, wave: Direction | None, offsets_km: FloatArray, params: DirectionParams
) -> Detection:
    """Return a detection whose errors hold each hydrophone mistimed, where its speed is odd.

    Parameters
    ----------
    detection : Detection
    wave : Direction or None
        Its wave.
    offsets_km : ndarray, shape (n, 2)
        Of the hydrophones that were used.
    params : DirectionParams
    """
    if wave is None or detection.azimuth_deg is None:
        return detection
    if not is_odd_speed(wave.speed_km_s, wave.speed_sigma_km_s, params):
        return detection
    arc = azimuths_if_mistimed(wave.slowness_s_per_km, offsets_km, params)
    is_wide = arc.width_deg > WIDEST_ARC_DEG
    sigma_deg = float(np.hypot(arc.farthest_deg, wave.total_sigma_deg))
    off = abs(wave.speed_km_s - params.usual_speed_km_s)
    error = float(np.hypot(wave.speed_sigma_km_s, off))
    words = f"crosses at {wave.speed_km_s:.3f} km/s, unusual for sound in the channel"
    other = "the water is unusual" if wave.plausible else "it is no sound of the sea"
    told = f"a hydrophone may be mistimed, or {other}"
    what = f"the azimuth's error holds each of them mistimed by up to {LARGEST_S:g} s"
    if is_wide:
        seen = f"{detection.azimuth_deg:.0f} +- {wave.total_sigma_deg:.0f} degrees if none is"
        what = f"no azimuth ({seen})"
    slowness = KM_PER_DEG / wave.speed_km_s
    return replace(
        detection,
        azimuth_deg=None if is_wide else detection.azimuth_deg,
        azimuth_deg_sigma=None if is_wide else sigma_deg,
        slowness_s_per_deg_sigma=slowness * error / wave.speed_km_s,
        trace_velocity_m_s_sigma=1e3 * error,
        # The middle of the hydrophones' times moves by a share of the one that is late.
        time_sigma_s=float(np.hypot(detection.time_sigma_s or 0.0, arc.shift_s / len(offsets_km))),
        remarks=(*detection.remarks, f"{words}: {told}; {what}"),
    )
