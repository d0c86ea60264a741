"""Is there a stratospheric duct? The effective sound speed ratio V.

What it computes: V = max c_eff(40-60 km) / c_eff(ground) per azimuth; a duct returns sound to the
ground where V exceeds 1, and partly from about 0.97 on. Source: Le Pichon, Ceranna & Vergoz 2012
(JGR 117, D05121), Hupe et al. 2022. Assumptions: the profile holds along the path. "Ground" is the
lowest level of the profile unless a height is given. Accuracy: 24 published ratios of six real
profiles to 0.00005. The standard error takes the wind errors at the height of the maximum and at
the ground as independent. Cost: 0.15 ms for 360 azimuths and 76 levels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.earth.atmosphere.profile import effective_sound_speed_m_s, wind_sigma_m_s
from vigie.errors import ParameterError

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]

STRATOSPHERE_KM = (40.0, 60.0)
"""Where the duct's ceiling is sought."""


def velocity_ratio(
    profile: AtmosphereProfile, azimuth_deg: ArrayLike, *, ground_km: float | None = None
) -> FloatArray:
    """Return V toward azimuths.

    Parameters
    ----------
    profile : AtmosphereProfile
        Must reach 60 km.
    azimuth_deg : array_like
        Directions of travel, source to receiver, clockwise from north.
    ground_km : float, optional
        Height above sea level that counts as the ground; by default the lowest level.

    Raises
    ------
    ParameterError
        The profile does not reach 60 km, or the ground lies outside it.

    Examples
    --------
    >>> from vigie.earth.atmosphere import climatology
    >>> winter = climatology(latitude=50.0, month=1.5)
    >>> east, west = velocity_ratio(winter, [90.0, 270.0])
    >>> bool(east > 1.0 > west)
    True
    """
    speed = effective_sound_speed_m_s(profile, azimuth_deg)
    ground = _at_ground(profile, speed, ground_km)
    return np.asarray(speed[..., _ceiling(profile)].max(axis=-1) / ground)


def velocity_ratio_sigma(profile: AtmosphereProfile, azimuth_deg: ArrayLike) -> FloatArray:
    """Return the standard error of V toward azimuths from the errors of the wind."""
    azimuth = np.radians(np.asarray(azimuth_deg, dtype=np.float64))
    zonal, meridional = wind_sigma_m_s(profile)
    along = np.hypot(np.sin(azimuth)[..., None] * zonal, np.cos(azimuth)[..., None] * meridional)
    speed = effective_sound_speed_m_s(profile, azimuth_deg)
    where = _ceiling(profile)
    top = np.argmax(speed[..., where], axis=-1)[..., None]
    sigma_top = np.take_along_axis(along[..., where], top, axis=-1)[..., 0]
    ratio = velocity_ratio(profile, azimuth_deg)
    return np.asarray(np.hypot(sigma_top, ratio * along[..., 0]) / speed[..., 0])


def _ceiling(profile: AtmosphereProfile) -> NDArray[np.bool_]:
    low, high = STRATOSPHERE_KM
    if profile.height_km[-1] < high:
        raise ParameterError(
            name="highest level of the profile, km",
            value=float(profile.height_km[-1]),
            expected="60 km or more, since the stratospheric duct ends there",
        )
    return (profile.height_km >= low) & (profile.height_km <= high)


def _at_ground(
    profile: AtmosphereProfile, speed: FloatArray, ground_km: float | None
) -> FloatArray:
    if ground_km is None:
        return np.asarray(speed[..., 0])
    z = profile.height_km
    if not z[0] <= ground_km <= z[-1]:
        raise ParameterError(
            name="ground_km", value=ground_km, expected=f"within {z[0]:g} to {z[-1]:g} km"
        )
    upper = max(int(np.searchsorted(z, ground_km)), 1)
    share = (ground_km - z[upper - 1]) / (z[upper] - z[upper - 1])
    return np.asarray((1.0 - share) * speed[..., upper - 1] + share * speed[..., upper])
