"""Clock errors of a hydrophone, seen in the history of apparent speeds.

With a clock error e of element i the measured slowness is s + e g_i, g_i the i-th column of
(Y'Y)^-1 Y'. Closure does not see it. But true slownesses lie on a circle, |s| = 1/c, so the shift
d = e g_i is the d that brings the measured ones closest to it:
|s_j| - 1/c = u_j . d, u_j the direction of the j-th wave. The element is the one whose g_i is along
d. From one wave only the part of d along it can be seen.

Assumes one clock wrong, by the same amount throughout. Own method.
Accuracy as measured: 20 ms at one hydrophone of H10N named, and its size within 6 ms, from ten
waves with timing errors of 1 ms and speeds of 1.478 to 1.488 km/s (tests). Cost: 50 us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vigie.hydroacoustic.recipe import DirectionParams

FloatArray = NDArray[np.float64]

SUSPECT = 3.0
"""Standard errors from which a speed, or a shift, is not chance."""
ALONG = 0.92
"""Cosine from which a shift is along one element's axis (the axes are 60 degrees apart)."""


@dataclass(frozen=True, slots=True)
class ClockError:
    """One hydrophone is mistimed."""

    element: int | None
    """None where it cannot be told which."""
    error_s: float
    """By how much it is late; of one unknown element, the least that explains the speeds."""
    significance: float


def speed_suspect(speed_km_s: float, sigma_km_s: float, params: DirectionParams) -> bool:
    """Tell whether one apparent speed is not that of sound in the channel.

    One speed sees only a clock error along its wave. Waves in shallow or polar water are slower:
    the range of distant arrivals, 1.45-1.52 km/s, is what the usual error covers three times.
    """
    scatter = float(np.hypot(sigma_km_s, params.usual_speed_sigma_km_s))
    return abs(speed_km_s - params.usual_speed_km_s) > SUSPECT * scatter


def clock_error(
    slownesses: FloatArray, offsets_km: FloatArray, params: DirectionParams
) -> ClockError | None:
    """Return the clock error that a history of slownesses shows; None where none is seen.

    Parameters
    ----------
    slownesses : ndarray, shape (k, 2)
        East and north, s/km, of waves with the speed of sound.
    offsets_km : ndarray, shape (n, 2)
    params : DirectionParams
    """
    if len(slownesses) < 3:
        return None
    size = np.linalg.norm(slownesses, axis=1)
    toward = slownesses / size[:, None]
    usual = 1.0 / params.usual_speed_km_s
    scatter = usual**2 * params.usual_speed_sigma_km_s
    timing = params.timing_sigma_s * usual
    centred = offsets_km - offsets_km.mean(axis=0)
    inverse = np.linalg.inv(centred.T @ centred)
    noise = np.hypot(scatter, params.timing_sigma_s * np.sqrt(np.trace(inverse) / 2.0))
    # The true speed is one unknown more, known beforehand within its scatter.
    rows = np.vstack([np.column_stack([toward, np.ones(len(size))]), [0.0, 0.0, noise / scatter]])
    wanted = np.append(size - usual, 0.0)
    normal = rows.T @ rows + np.diag([1e-6, 1e-6, 0.0])
    fit = np.linalg.solve(normal, rows.T @ wanted)
    covariance = noise**2 * np.linalg.inv(normal)[:2, :2]
    shift = fit[:2]
    significance = float(np.sqrt(shift @ np.linalg.solve(covariance, shift)))
    if significance < SUSPECT + 1.0 or np.linalg.norm(shift) < 3.0 * timing:
        return None
    axes = (inverse @ centred.T).T
    lengths = np.linalg.norm(axes, axis=1)
    cosines = axes @ shift / (lengths * np.linalg.norm(shift))
    best = int(np.argmax(np.abs(cosines)))
    named = best if abs(float(cosines[best])) >= ALONG else None
    error_s = float(axes[best] @ shift / lengths[best] ** 2)
    return ClockError(named, error_s, significance)
