"""Timing errors that all pixels of a family share: they stay, however many pixels there are.

The height and place of an element, its clock, and the air above it shift its times by some
milliseconds in all windows of a wave. Noise and the scatter of pixels, of which a family's errors
are made, hold nothing of that; three elements nearly in line turn 10 ms into many degrees. The
covariance of the slowness gets sigma_t^2 (Y'Y)^-1, Y the centred offsets of the elements that took
part (Szuberla & Olson 2004, JASA 115, 253-258).

Accuracy: ``docs/methods/infrasound.md``. Cost: none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.records import Detection

FloatArray = NDArray[np.float64]

SIGMA_S = 0.01
"""What some metres of height and place and gusts on the way do, as for the windows of f-k."""
UNKNOWN_DEG = 180.0 / 3.0**0.5
"""Standard error of an azimuth of which nothing is known."""


def with_shared_timing(detection: Detection, offsets_km: FloatArray) -> Detection:
    """Return a detection whose errors hold those of its elements' times.

    Parameters
    ----------
    detection : Detection
    offsets_km : ndarray, shape (n, 2)
        Of the elements that took part.
    """
    azimuth, velocity = detection.azimuth_deg, detection.trace_velocity_m_s
    if azimuth is None or velocity is None or len(offsets_km) < 3:
        return detection
    centred = offsets_km - offsets_km.mean(axis=0)
    covariance = SIGMA_S**2 * np.linalg.pinv(centred.T @ centred)
    turn, size = np.radians(azimuth), 1e3 / velocity
    along = np.array([np.sin(turn), np.cos(turn)])
    across = np.array([np.cos(turn), -np.sin(turn)])
    turned_deg = float(np.degrees(np.sqrt(across @ covariance @ across) / size))
    share = float(np.sqrt(along @ covariance @ along) / size)

    def wider(sigma: float | None, more: float) -> float:
        return float(np.hypot(sigma or 0.0, more))

    return replace(
        detection,
        azimuth_deg_sigma=min(wider(detection.azimuth_deg_sigma, turned_deg), UNKNOWN_DEG),
        slowness_s_per_deg_sigma=wider(
            detection.slowness_s_per_deg_sigma, share * (detection.slowness_s_per_deg or 0.0)
        ),
        trace_velocity_m_s_sigma=wider(detection.trace_velocity_m_s_sigma, share * velocity),
    )
