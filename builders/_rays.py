"""Ray integrals of a spherical model, from the slowness layers that ObsPy's TauP uses.

Within a layer the radial slowness u = r/v follows u = A r^B (Bullen's law), so time and
distance of a ray of parameter p through it are elementary (Buland & Chapman 1983, BSSA 73,
1271-1302; Crotwell, Owens & Ritsema 1999, SRL 70, 154-160):

    x = |atan2(p, q_bottom) - atan2(p, q_top)| / |B|,  t = |q_top - q_bottom| / |B|,
    q = sqrt(u^2 - p^2), and q_bottom = 0 where the ray turns.

TauP's own answers are sums of the same expressions; doing them for all rays at once is a
thousand times faster than asking it ray by ray. Angles are radians, slowness s/rad.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SAMPLES_PER_LAYER = 10
"""Rays between two neighbouring layer slownesses; they crowd below the upper one."""


@dataclass(frozen=True)
class Column:
    """Slowness layers of one wave type, from the surface to the centre."""

    depth_km: FloatArray
    """Boundaries, shape (n + 1,)."""
    top: FloatArray
    """Radial slowness just below each layer's top, shape (n,)."""
    bottom: FloatArray
    radius_km: float

    @cached_property
    def bullen_exponent(self) -> FloatArray:
        """B of each layer; the layer at the centre counts as one of constant velocity."""
        radius = self.radius_km - self.depth_km
        with np.errstate(divide="ignore", invalid="ignore"):
            exponent = np.log(self.top / self.bottom) / np.log(radius[:-1] / radius[1:])
        return np.where(np.isfinite(exponent), exponent, 1.0)

    def boundary(self, depth_km: float) -> int:
        """Return the index of the boundary at a depth."""
        index = int(np.argmin(np.abs(self.depth_km - depth_km)))
        if abs(self.depth_km[index] - depth_km) > 1e-6:
            raise ValueError(f"no layer boundary at {depth_km} km")
        return index

    def above(self, depth_km: float) -> float:
        """Return the slowness just above a boundary."""
        return float(self.bottom[max(self.boundary(depth_km) - 1, 0)])

    def below(self, depth_km: float) -> float:
        """Return the slowness just below a boundary."""
        return float(self.top[self.boundary(depth_km)])


def split(column: Column, depths_km: FloatArray) -> Column:
    """Add boundaries at depths, by Bullen's law, which leaves every ray as it is."""
    depth, top, bottom = list(column.depth_km), list(column.top), list(column.bottom)
    for z in depths_km:
        if np.min(np.abs(np.asarray(depth) - z)) < 1e-9:
            continue
        k = int(np.searchsorted(depth, z)) - 1
        radii = column.radius_km - np.array([depth[k], z])
        exponent = np.log(top[k] / bottom[k]) / np.log(radii[0] / (column.radius_km - depth[k + 1]))
        u = top[k] * (radii[1] / radii[0]) ** exponent
        depth.insert(k + 1, float(z))
        top.insert(k + 1, u)
        bottom.insert(k, u)
    return Column(np.array(depth), np.array(top), np.array(bottom), column.radius_km)


@dataclass(frozen=True)
class Sums:
    """Cumulated one-way time and distance of every ray, down to each boundary."""

    time: FloatArray
    """Shape (n_boundaries, n_rays), s; constant below the turning point."""
    distance: FloatArray
    """Shape (n_boundaries, n_rays), rad."""


def integrate(column: Column, p: FloatArray, first: int, last: int) -> Sums:
    """Integrate rays downward between two boundaries.

    Parameters
    ----------
    column : Column
        Layers.
    p : ndarray, shape (n_rays,)
        Ray parameters, s/rad.
    first, last : int
        Boundaries where the sums start and end.
    """
    top = column.top[first:last, None]
    bottom = column.bottom[first:last, None]
    exponent = np.abs(column.bullen_exponent[first:last, None])
    tiny = 1e-12 * top
    q_top = np.sqrt(np.maximum(top**2 - p**2, 0.0))
    q_bottom = np.sqrt(np.maximum(bottom**2 - p**2, 0.0))
    stops = (p >= bottom - tiny) | (p > top + tiny)
    # A ray goes on below a layer only if it turned in none so far.
    blocked = np.vstack([np.zeros_like(p, dtype=bool), np.logical_or.accumulate(stops)[:-1]])
    blocked |= p > top + tiny
    time = np.where(blocked, 0.0, np.abs(q_top - q_bottom) / exponent)
    angle = np.abs(np.arctan2(p, q_bottom) - np.arctan2(p, q_top)) / exponent
    distance = np.where(blocked, 0.0, angle)
    zero = np.zeros((1, len(p)))
    return Sums(
        np.vstack([zero, np.cumsum(time, axis=0)]), np.vstack([zero, np.cumsum(distance, axis=0)])
    )


def ray_parameters(low: float, high: float, levels: FloatArray, max_step: float) -> FloatArray:
    """Choose ray parameters between two values, ascending.

    Distance behaves as the square root of (u - p) below every layer slowness u, so rays
    crowd quadratically there.

    Parameters
    ----------
    low, high : float
        Ends, s/rad.
    levels : ndarray
        Slownesses of the layer boundaries.
    max_step : float
        Largest step between two rays, s/rad.
    """
    inside = levels[(levels > low) & (levels < high)]
    stops = np.unique(np.concatenate([[low], inside, [high]]))
    stops = stops[np.concatenate([[True], np.diff(stops) > 1e-9 * high])]
    parts = []
    for lower, upper in pairwise(stops):
        count = max(SAMPLES_PER_LAYER, int(2.0 * (upper - lower) / max_step) + 1)
        s = np.linspace(1.0, 0.0, count, endpoint=False)
        parts.append(upper - (upper - lower) * s**2)
    parts.append(np.array([stops[-1]]))
    return np.unique(np.concatenate(parts))
