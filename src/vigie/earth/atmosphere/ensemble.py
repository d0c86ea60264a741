"""Possible winds around a profile: smooth random errors of its own size.

What it computes: profiles whose winds differ from the given one by Gaussian errors with the
standard error of the profile at each height (`profile.wind_sigma_m_s`) and a Gaussian correlation
between heights. Source: the usual form of a background error (Daley 1991, Atmospheric Data
Analysis); the correlation length is chosen: planetary and large gravity waves are 10 to 20 km
long. Assumptions: zonal and meridional errors are independent; temperature is exact, since 5 K
change the sound speed by 3 m/s where the wind errs by 15. Accuracy: standard deviation within 1 %
over 20,000 members. Cost: 2 ms for 16 members of 300 levels.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.earth.atmosphere.profile import wind_sigma_m_s

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]

CORRELATION_KM = 8.0
"""Standard deviation of the Gaussian correlation between heights: chosen."""


def perturbed(
    profile: AtmosphereProfile, n_members: int, rng: np.random.Generator
) -> list[AtmosphereProfile]:
    """Return members of an ensemble of winds.

    Parameters
    ----------
    profile : AtmosphereProfile
        The mean.
    n_members : int
        How many; 1 gives the profile itself.
    rng : numpy.random.Generator
        Source of chance.
    """
    if n_members == 1:
        return [profile]
    zonal_sigma, meridional_sigma = wind_sigma_m_s(profile)
    errors = smooth_noise(profile.height_km, (n_members, 2), rng)
    # Without the mean of the few members the ensemble stays centred on the profile.
    errors -= errors.mean(axis=0)
    errors *= np.sqrt(n_members / (n_members - 1.0))
    return [
        replace(
            profile,
            zonal_m_s=_possible(profile.zonal_m_s + zonal_sigma * zonal),
            meridional_m_s=_possible(profile.meridional_m_s + meridional_sigma * meridional),
        )
        for zonal, meridional in errors
    ]


def smooth_noise(
    height_km: FloatArray, shape: tuple[int, int], rng: np.random.Generator
) -> FloatArray:
    """Return noise of unit variance that is smooth in height, shape (*shape, levels)."""
    # White noise on nodes much closer than the correlation length, weighted so that the
    # correlation of two heights is Gaussian.
    step = CORRELATION_KM / 4.0
    nodes = np.arange(
        height_km[0] - 4.0 * CORRELATION_KM, height_km[-1] + 4.0 * CORRELATION_KM, step
    )
    weights = np.exp(-(((height_km[:, None] - nodes) / CORRELATION_KM) ** 2))
    weights /= np.sqrt(np.sum(weights**2, axis=1))[:, None]
    return np.asarray(rng.standard_normal((*shape, len(nodes))) @ weights.T)


def _possible(wind_m_s: FloatArray) -> FloatArray:
    return np.clip(wind_m_s, -300.0, 300.0)
