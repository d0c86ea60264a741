"""The boundary layer over each node: height, friction and convective velocity, Obukhov length.

What it computes. Height: the lowest at which the bulk Richardson number passes 0.25, with the
excess temperature of rising air where heat flows up,

    Ri(z) = (g / theta_s) (theta_v(z) - theta_s) (z - z_s) / max[(u - u_s)^2 + (v - v_s)^2
            + 100 u*^2, 0.1 m2/s2]

bounded to 100 to 4500 m, and not less than the unresolved ground. Scales: u* and the flux of heat
from the weather; else from the profile between the surface values and the lowest level; else
from a logarithmic wind over 10 cm of roughness and heat that follows the sun.

Sources: Vogelezang and Holtslag (1996), Boundary-Layer Meteorol. 81, 245-269; Stohl et al. (2005),
ACP 5, 2461-2474 (excess, sub-grid ground); Berkowicz and Prahm (1982), Atmos. Environ. 16,
2187-2192 and Businger et al. (1971), J. Atmos. Sci. 28, 181-189 (profile).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.transport.weather.columns import GRAVITY_M_S2, HEAT_CAPACITY

if TYPE_CHECKING:
    from collections.abc import Callable

FloatArray = NDArray[np.float64]

KARMAN = 0.4
CRITICAL_RICHARDSON = 0.25
LOWEST_M, HIGHEST_M = 100.0, 4500.0
LONGEST_OBUKHOV_M = 9999.0
LEAST_FRICTION_M_S = 0.02
"""A calm night still stirs; profiles divide by u*."""
SCREEN_M, MAST_M = 2.0, 10.0
ROUGHNESS_M = 0.1
"""Of open land; the sea is smoother, forest rougher."""
_SHEAR = 100.0
_LEAST_SHEAR = 0.1
_EXCESS = 8.5
STEEPEST_PER_M = 0.5
"""Bound of 1 / |L|: beyond it a calm inversion has no turbulence that a profile could tell."""
_HALVINGS = 40
_TURNS = 3
"""Of height and excess, of which each needs the other."""
SUN_W_M2, NIGHT_W_M2 = 200.0, -20.0
"""Heat that flows up under a zenith sun, and at night, where nothing better is known: in between
linear in the sine of the elevation. Holtslag and van Ulden (1983), J. Clim. Appl. Meteorol. 22,
517-529, give 204 W/m2 under a zenith sun at 25 deg C without clouds over fairly moist land (their
alpha 0.8)."""


class Scales(NamedTuple):
    """Of the surface, each of shape (n_rows, n_columns)."""

    friction_m_s: FloatArray
    heat_w_m2: FloatArray
    """Sensible, above 0 where it flows up."""


class Layer(NamedTuple):
    """The boundary layer, each of shape (n_rows, n_columns)."""

    height_m: FloatArray
    friction_m_s: FloatArray
    convective_m_s: FloatArray
    per_obukhov_m: FloatArray
    """1 / L."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Profile:
    """Air from near the ground up."""

    height_m: FloatArray
    """Above ground, shape (n_levels, n_rows, n_columns)."""
    east_m_s: FloatArray
    north_m_s: FloatArray
    potential_k: FloatArray
    """Virtual potential temperature."""
    surface_potential_k: FloatArray
    """The same at 2 m, shape (n_rows, n_columns)."""
    density_kg_m3: FloatArray
    """At the ground."""


def boundary_layer_of(
    profile: Profile,
    scales: Scales,
    *,
    height_m: FloatArray | None = None,
    ground_spread_m: ArrayLike = 0.0,
) -> Layer:
    """Return the boundary layer; ``height_m`` is used where the weather brings its own.

    Parameters
    ----------
    ground_spread_m : array_like
        Standard deviation of the ground within a cell.
    """
    friction = np.maximum(scales.friction_m_s, LEAST_FRICTION_M_S)
    buoyancy = scales.heat_w_m2 / (profile.density_kg_m3 * HEAT_CAPACITY)
    lift = GRAVITY_M_S2 / profile.surface_potential_k * np.maximum(buoyancy, 0.0)
    surface = profile.surface_potential_k
    height = richardson_height_m(profile, friction, surface)
    for _ in range(_TURNS):
        convective = np.cbrt(lift * height)
        excess = _EXCESS * np.maximum(buoyancy, 0.0) / np.maximum(convective, 1e-3)
        height = richardson_height_m(profile, friction, surface + np.minimum(excess, 3.0))
    if height_m is not None:
        height = height_m
    height = height + _rough(profile, height, ground_spread_m)
    height = np.clip(height, LOWEST_M, HIGHEST_M)
    theta_star = -buoyancy / friction
    per_length = KARMAN * GRAVITY_M_S2 * theta_star / (surface * friction**2)
    least = 1.0 / LONGEST_OBUKHOV_M
    sign = np.where(per_length < 0.0, -1.0, 1.0)
    return Layer(
        height_m=height,
        friction_m_s=friction,
        convective_m_s=np.cbrt(lift * height),
        per_obukhov_m=sign * np.maximum(np.abs(per_length), least),
    )


def richardson_height_m(
    profile: Profile, friction_m_s: FloatArray, surface_potential_k: FloatArray
) -> FloatArray:
    """Return where the bulk Richardson number passes 0.25 for the first time; linear in between.

    Where it never does: the top of the profile.
    """
    z, theta = profile.height_m, profile.potential_k
    shear = (profile.east_m_s - profile.east_m_s[0]) ** 2
    shear = shear + (profile.north_m_s - profile.north_m_s[0]) ** 2 + _SHEAR * friction_m_s**2
    pull = GRAVITY_M_S2 / surface_potential_k * (theta - surface_potential_k)
    ri = pull * np.maximum(z - SCREEN_M, 0.0) / np.maximum(shear, _LEAST_SHEAR)
    low_ri = np.concatenate([np.zeros_like(ri[:1]), ri[:-1]])
    low_z = np.concatenate([np.zeros_like(z[:1]), z[:-1]])
    stable = np.concatenate([np.ones_like(theta[:1], dtype=bool), theta[1:] > theta[:-1]])
    passed = (ri > CRITICAL_RICHARDSON) & stable & (z > 0.0)
    first = np.argmax(passed, axis=0)[None]
    low, high, bottom, top = (
        np.take_along_axis(x, first, axis=0)[0] for x in (low_ri, ri, low_z, z)
    )
    share = np.clip((CRITICAL_RICHARDSON - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
    height = np.maximum(bottom, 0.0) + share * (top - np.maximum(bottom, 0.0))
    return np.asarray(np.where(passed.any(axis=0), height, z[-1]))


def _rough(profile: Profile, height_m: FloatArray, spread_m: ArrayLike) -> FloatArray:
    """Return by how much unresolved ground raises the layer: min(spread, 2 U / N)."""
    spread = np.broadcast_to(np.asarray(spread_m, dtype=np.float64), height_m.shape)
    if not spread.any():
        return np.zeros_like(height_m)
    z, theta = profile.height_m, profile.potential_k
    above = np.minimum(np.sum(z <= height_m, axis=0), len(z) - 1)[None]
    speed = np.hypot(profile.east_m_s, profile.north_m_s)
    wind, here, at = (np.take_along_axis(x, above, axis=0)[0] for x in (speed, theta, z))
    slope = (here - profile.surface_potential_k) / np.maximum(at, LOWEST_M)
    frequency = np.sqrt(GRAVITY_M_S2 / here * np.maximum(slope, 1e-5))
    return np.asarray(np.minimum(spread, 2.0 * wind / frequency))


def scales_of_profile(
    wind_m_s: tuple[FloatArray, FloatArray],
    potential_k: tuple[FloatArray, FloatArray],
    level_m: FloatArray,
    density_kg_m3: FloatArray,
) -> Scales:
    """Return the scales of the profile between 10 m (wind), 2 m (temperature) and a level.

    Parameters
    ----------
    wind_m_s, potential_k : tuple of ndarray
        At 10 m and the level; at 2 m and the level.
    level_m : ndarray
        Height of the level; below 20 m the profile is too short and this raises it to that.
    """
    z = np.maximum(level_m, 20.0)
    # From calm to calm there would be no friction at all.
    dv = np.maximum(np.abs(wind_m_s[1] - wind_m_s[0]), 0.1)
    dtheta = potential_k[1] - potential_k[0]
    mean = 0.5 * (potential_k[0] + potential_k[1])

    def both(per_length: FloatArray) -> tuple[FloatArray, FloatArray]:
        return (
            KARMAN * dv / np.maximum(_rise(_momentum, MAST_M, z, per_length), 0.2),
            KARMAN * dtheta / np.maximum(0.74 * _rise(_heat, SCREEN_M, z, per_length), 0.2),
        )

    low, high = np.full_like(dv, -STEEPEST_PER_M), np.full_like(dv, STEEPEST_PER_M)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        friction, scale = both(middle)
        # What the scales say 1/L is, over what they were reckoned with: falls through 0 once.
        more = KARMAN * GRAVITY_M_S2 * scale / (mean * friction**2) > middle
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    friction, scale = both(0.5 * (low + high))
    return Scales(friction, -density_kg_m3 * HEAT_CAPACITY * friction * scale)


def _rise(
    psi: Callable[[FloatArray], FloatArray], low_m: float, high_m: FloatArray, per_m: FloatArray
) -> FloatArray:
    return np.asarray(np.log(high_m / low_m) - psi(high_m * per_m) + psi(low_m * per_m))


def _momentum(ratio: FloatArray) -> FloatArray:
    x = np.sqrt(np.sqrt(1.0 - 15.0 * np.minimum(ratio, 0.0)))
    unstable = 2.0 * np.log(0.5 * (1.0 + x)) + np.log(0.5 * (1.0 + x * x)) - 2.0 * np.arctan(x)
    return np.where(ratio > 0.0, -4.7 * ratio, unstable + 0.5 * np.pi)


def _heat(ratio: FloatArray) -> FloatArray:
    y = np.sqrt(1.0 - 9.0 * np.minimum(ratio, 0.0))
    return np.where(ratio > 0.0, -4.7 / 0.74 * ratio, 2.0 * np.log(0.5 * (1.0 + y)))


def scales_of_sun(wind_m_s: FloatArray, level_m: FloatArray, height_of_sun: FloatArray) -> Scales:
    """Return scales where nothing is known but the wind of a level and the sun.

    Parameters
    ----------
    height_of_sun : ndarray
        Sine of its elevation.
    """
    friction = KARMAN * wind_m_s / np.log(np.maximum(level_m, 20.0) / ROUGHNESS_M)
    heat = NIGHT_W_M2 + (SUN_W_M2 - NIGHT_W_M2) * np.maximum(height_of_sun, 0.0)
    return Scales(friction, heat + 0.0 * wind_m_s)


def sine_of_sun(latitude_deg: FloatArray, longitude_deg: FloatArray, time_ns: int) -> FloatArray:
    """Return the sine of the sun's elevation, shape (n_rows, n_columns); to 0.02.

    Declination of a circular orbit, and the mean sun (the equation of time left out).
    """
    days = time_ns / 86400e9 - 10957.5  # since 2000-01-01 12:00
    declination = np.radians(23.44) * np.sin(2.0 * np.pi * (days - 78.8) / 365.2422)
    hour = 2.0 * np.pi * (days % 1.0) + np.radians(longitude_deg)
    phi = np.radians(latitude_deg)[:, None]
    sine = np.sin(phi) * np.sin(declination)
    return np.asarray(sine + np.cos(phi) * np.cos(declination) * np.cos(hour)[None, :])
