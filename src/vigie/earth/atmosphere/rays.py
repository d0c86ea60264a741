"""Sound rays through layered moving air: time, distance and drift of one hop.

What it computes: for a wave of horizontal slowness p the turning height, the time T and the vector
R of the path from the ground up and back to it, and what an array sees: trace velocity 1/abs(p)
and back azimuth of -p, which differs from the geographic path wherever the wind blows across it.
Source: high-frequency limit in a stratified moving medium (Brekhovskikh & Godin 1990, Acoustics of
Layered Media I; Garces, Hansen & Lindquist 1998, GJI 135, 255): Omega = 1 - p.w, q^2 = Omega^2/c^2
- p^2, T = 2 int Omega/(c^2 q) dz, R = 2 int (c^2 p/Omega + w) Omega/(c^2 q) dz. Sound speed and
wind are linear between levels, so Omega - p c is linear too: with its root as the variable of
integration each layer's integrand is smooth, also the one in which the ray turns, and three Gauss
points per layer do. Absorption is the classical one (see `absorption`). Assumptions: the same
profile along the path, flat ground at one height, flat Earth, high frequency (no diffraction into
shadows, no partial reflection). Accuracy: closed forms of a linear layer, 5 km of it as one level:
distance to 4e-9, time to 1.2e-7; as 25 levels both to 1e-11; in uniform wind as well. Cost: 40 us
per ray through 1,500 levels, 0.6 ms with the twin; the first call of a fresh
installation compiles for some seconds, later ones load that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.earth.atmosphere.absorption import absorption_per_m_hz2
from vigie.errors import ParameterError
from vigie.geodesy import angle_difference_deg, wrap_azimuth_deg

if TYPE_CHECKING:
    from vigie.records import AtmosphereProfile

FloatArray = NDArray[np.float64]

# Gauss-Legendre on 0 to 1, three points.
_NODES = 0.5 + 0.5 * np.array([-np.sqrt(0.6), 0.0, np.sqrt(0.6)])
_WEIGHTS = np.array([5.0, 8.0, 5.0]) / 18.0


@dataclass(frozen=True, slots=True, eq=False)
class Medium:
    """Levels from the ground upward, ready for tracing."""

    levels: FloatArray
    """Shape (5, k): height above sea level m, sound speed m/s, wind toward east and north m/s,
    absorption per m and Hz^2."""

    @classmethod
    def of_profile(cls, profile: AtmosphereProfile, *, spacing_km: float | None = None) -> Medium:
        """Take a profile from its ground upward, at its own levels or at even spacing."""
        z, ground = profile.height_km, max(profile.ground_km, float(profile.height_km[0]))
        own = np.concatenate(([ground], z[z > ground + 1e-6]))
        heights = own if spacing_km is None else np.arange(ground, z[-1], spacing_km)
        columns = (
            profile.sound_speed_m_s,
            profile.zonal_m_s,
            profile.meridional_m_s,
            absorption_per_m_hz2(profile),
        )
        return cls(np.stack([heights * 1e3, *(np.interp(heights, z, c) for c in columns)]))

    @property
    def ground_wind_m_s(self) -> FloatArray:
        """Wind toward east and north at the ground, shape (2,)."""
        return self.levels[2:4, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Rays:
    """One hop of n rays, as columns; NaN where a ray does not come back from the profile."""

    slowness_s_per_m: FloatArray
    """Horizontal, toward east and north, shape (n, 2)."""
    hop_time_s: FloatArray
    hop_m: FloatArray
    """East and north part of the path from ground to ground, shape (n, 2)."""
    turning_km: FloatArray
    """Height above sea level of the turning point."""
    absorption_np_per_hz2: FloatArray
    """Nepers lost on the hop, over frequency squared."""

    @property
    def trace_velocity_m_s(self) -> FloatArray:
        """What an array measures: one over the horizontal slowness."""
        return np.asarray(1.0 / np.hypot(*self.slowness_s_per_m.T))

    @property
    def wave_azimuth_deg(self) -> FloatArray:
        """Direction in which the wave front travels; an array sees the opposite."""
        return _azimuth_deg(self.slowness_s_per_m)

    @property
    def back_azimuth_deg(self) -> FloatArray:
        """Back azimuth that an array measures."""
        return wrap_azimuth_deg(self.wave_azimuth_deg + 180.0)

    @property
    def path_azimuth_deg(self) -> FloatArray:
        """Geographic azimuth of the path, source to receiver."""
        return _azimuth_deg(self.hop_m)

    @property
    def azimuth_deviation_deg(self) -> FloatArray:
        """Back azimuth measured minus true back azimuth, -180 to 180."""
        return angle_difference_deg(self.wave_azimuth_deg, self.path_azimuth_deg)

    @property
    def hop_km(self) -> FloatArray:
        """Length of the hop along the ground."""
        return np.asarray(np.hypot(*self.hop_m.T) * 1e-3)

    @property
    def celerity_km_s(self) -> FloatArray:
        """Range over time, the same for any number of hops."""
        return np.asarray(self.hop_km / self.hop_time_s)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Rays:
        """Return some of the rays."""
        return Rays(
            self.slowness_s_per_m[rows],
            self.hop_time_s[rows],
            self.hop_m[rows],
            self.turning_km[rows],
            self.absorption_np_per_hz2[rows],
        )


def launch_slowness(medium: Medium, elevation_deg: ArrayLike, azimuth_deg: ArrayLike) -> FloatArray:
    """Return the horizontal slowness of waves that leave the ground at given angles.

    Parameters
    ----------
    medium : Medium
        For sound speed and wind at the ground.
    elevation_deg, azimuth_deg : array_like
        Angle of the wave normal above the horizon, and its azimuth; broadcast, n in all.

    Returns
    -------
    ndarray, shape (n, 2)
        s/m toward east and north.
    """
    angle, azimuth = np.broadcast_arrays(np.radians(elevation_deg), np.radians(azimuth_deg))
    flat = np.cos(angle.ravel())
    normal = np.stack([flat * np.sin(azimuth.ravel()), flat * np.cos(azimuth.ravel())], axis=1)
    speed = medium.levels[1, 0] + normal @ medium.ground_wind_m_s
    return np.asarray(normal / speed[:, None])


def trace(medium: Medium, slowness_s_per_m: ArrayLike) -> Rays:
    """Trace one hop for each horizontal slowness.

    Parameters
    ----------
    medium : Medium
        Levels from the ground.
    slowness_s_per_m : array_like, shape (n, 2)
        Toward east and north.

    Raises
    ------
    ParameterError
        The slowness does not come in pairs.

    Examples
    --------
    >>> from vigie.earth.atmosphere import climatology
    >>> medium = Medium.of_profile(climatology(latitude=50.0, month=1.5))
    >>> rays = trace(medium, launch_slowness(medium, [5.0], 90.0))
    >>> bool(20.0 < rays.turning_km[0] < 60.0)
    True
    """
    from vigie.earth.atmosphere.ray_kernels import trace_rays

    p = np.ascontiguousarray(slowness_s_per_m, dtype=np.float64)
    if p.ndim != 2 or p.shape[1] != 2:
        raise ParameterError(
            name="slowness_s_per_m", value=str(p.shape), expected="pairs, shape (n, 2)"
        )
    return _rays(p, trace_rays(medium.levels, p, _NODES, _WEIGHTS))


def trace_plainly(medium: Medium, slowness_s_per_m: FloatArray) -> Rays:
    """Trace with NumPy alone, layer by layer for all rays at once: the twin of `trace`."""
    p = np.asarray(slowness_s_per_m, dtype=np.float64)
    z, c, u, v, absorb = medium.levels
    size = np.hypot(*p.T)
    gap = 1.0 - np.outer(p[:, 0], u) - np.outer(p[:, 1], v) - np.outer(size, c)
    sums, turning = np.zeros((4, len(p))), np.full(len(p), np.nan)
    going = gap[:, 0] > 0.0
    for j in range(len(z) - 1):
        below, above = gap[going, j], gap[going, j + 1]
        turns = above <= 0.0
        part = np.where(turns, below / np.where(turns, below - above, 1.0), 1.0)
        low, high = np.sqrt(below), np.sqrt(np.maximum(above, 0.0))
        scale = 2.0 * (z[j + 1] - z[j]) * part / (low + high)
        px, py = p[going].T
        for x, weight in zip(_NODES, _WEIGHTS, strict=True):
            t = part * x * (2.0 * low + x * (high - low)) / (low + high)
            cc, uu, vv, aa = (col[j] + t * (col[j + 1] - col[j]) for col in (c, u, v, absorb))
            omega = 1.0 - px * uu - py * vv
            step = weight * scale * omega / (cc * np.sqrt(omega + size[going] * cc))
            east, north = cc**2 * px / omega + uu, cc**2 * py / omega + vv
            sums[:, going] += step * np.stack([np.ones_like(cc), east, north, aa * cc])
        done = np.flatnonzero(going)[turns]
        turning[done] = z[j] + part[turns] * (z[j + 1] - z[j])
        going[done] = False
    sums[:, np.isnan(turning)] = np.nan
    return _rays(p, np.vstack([2.0 * sums, turning]).T)


def _rays(slowness: FloatArray, sums: FloatArray) -> Rays:
    return Rays(slowness, sums[:, 0], sums[:, 1:3], sums[:, 4] * 1e-3, sums[:, 3])


def _azimuth_deg(vectors: FloatArray) -> FloatArray:
    return wrap_azimuth_deg(np.degrees(np.arctan2(vectors[:, 0], vectors[:, 1])))
