"""A detection whose errors hold a further error of its slowness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.records import Detection

FloatArray = NDArray[np.float64]

UNKNOWN_DEG = 180.0 / 3.0**0.5
"""Standard error of an azimuth of which nothing is known."""


def widened(detection: Detection, covariance: FloatArray) -> Detection:
    """Return a detection whose azimuth and speed are less sure; without a direction as it is.

    Parameters
    ----------
    detection : Detection
    covariance : ndarray, shape (2, 2)
        Of the error that is added, east and north, (s/km)^2.
    """
    azimuth, velocity = detection.azimuth_deg, detection.trace_velocity_m_s
    if azimuth is None or velocity is None:
        return detection
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
