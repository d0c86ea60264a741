"""Levels of an atmosphere: sound speed and wind at any height, wind along an azimuth.

What it computes: values between the levels of a profile, the effective sound speed c + w.u of a
direction u, and the uncertainty of the wind. Source: definitions of ground-to-space profiles
(Drob, Picone & Garces 2003, JGR 108, 4680); the wind errors of analyses after Le Pichon et al.
2015 (JGR Atmospheres 120, 8318-8331): analyses agree with lidar up to about 40 km; between 40 and
60 km the standard deviation of the difference exceeds 20 m/s. The nodes between are chosen.
Assumptions: linear between levels; density and pressure linear in their logarithm. Accuracy: exact
at the levels. Two ways to the sound speed, sqrt(1.4 p/rho) and 20.05 sqrt(T), agree on six real
profiles to 0.1 m/s up to 60 km and to 3.5 m/s up to 100 km; above, the lighter gas makes them
part, and the first is used. Cost: 20 us.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]

ANALYSIS_SIGMA = ((0.0, 2.0), (10.0, 3.0), (30.0, 5.0), (40.0, 8.0), (50.0, 15.0), (60.0, 20.0),
                  (80.0, 25.0), (100.0, 30.0), (200.0, 30.0))  # fmt: skip
"""Height, km, and standard error of each wind component of an analysis, m/s."""


def resample(profile: AtmosphereProfile, height_km: ArrayLike) -> AtmosphereProfile:
    """Return the profile at other heights.

    Parameters
    ----------
    profile : AtmosphereProfile
        Any profile.
    height_km : array_like, shape (n,)
        Rising heights within the profile.

    Raises
    ------
    ParameterError
        A height lies outside the profile, or heights do not rise.
    """
    at = np.asarray(height_km, dtype=np.float64)
    z = profile.height_km
    if at.min() < z[0] or at.max() > z[-1]:
        raise ParameterError(
            name="height_km",
            value=f"{at.min():g} to {at.max():g}",
            expected=f"within the profile, {z[0]:g} to {z[-1]:g} km",
        )
    zonal_sigma, meridional_sigma = profile.zonal_sigma_m_s, profile.meridional_sigma_m_s
    return replace(
        profile,
        height_km=at,
        temperature_k=np.interp(at, z, profile.temperature_k),
        zonal_m_s=np.interp(at, z, profile.zonal_m_s),
        meridional_m_s=np.interp(at, z, profile.meridional_m_s),
        density_kg_m3=np.exp(np.interp(at, z, np.log(profile.density_kg_m3))),
        pressure_pa=np.exp(np.interp(at, z, np.log(profile.pressure_pa))),
        ground_km=max(profile.ground_km, float(at[0])),
        zonal_sigma_m_s=None if zonal_sigma is None else np.interp(at, z, zonal_sigma),
        meridional_sigma_m_s=(
            None if meridional_sigma is None else np.interp(at, z, meridional_sigma)
        ),
    )


def wind_along_m_s(profile: AtmosphereProfile, azimuth_deg: ArrayLike) -> FloatArray:
    """Return the wind along azimuths at the levels, m/s, shape (azimuths..., levels)."""
    azimuth = np.radians(np.asarray(azimuth_deg, dtype=np.float64))[..., None]
    return np.sin(azimuth) * profile.zonal_m_s + np.cos(azimuth) * profile.meridional_m_s


def effective_sound_speed_m_s(profile: AtmosphereProfile, azimuth_deg: ArrayLike) -> FloatArray:
    """Return c + w.u toward azimuths at the levels, m/s, shape (azimuths..., levels)."""
    return profile.sound_speed_m_s + wind_along_m_s(profile, azimuth_deg)


def wind_sigma_m_s(profile: AtmosphereProfile) -> tuple[FloatArray, FloatArray]:
    """Return the standard errors of zonal and meridional wind at the levels.

    Those of the profile where it states them, else those of an analysis (`ANALYSIS_SIGMA`).
    """
    heights, sigmas = np.array(ANALYSIS_SIGMA).T
    usual = np.interp(profile.height_km, heights, sigmas)
    zonal, meridional = profile.zonal_sigma_m_s, profile.meridional_sigma_m_s
    return (usual if zonal is None else zonal, usual if meridional is None else meridional)
