"""Which paths the land and the sea floor block, and how much.

What it computes: at each step of a path a value between 0 (open) and 1 (blocked). A place has the
value 1 on land, otherwise 2 (need - depth) / need between 0 and 1, where ``need`` is the depth of
water that the channel takes: 1 where the sea floor rises above half of it. A step has the mean
over five places across the first Fresnel zone, sqrt(lambda d1 d2 / (d1 + d2)) to either side:
what is narrower than the zone (15 km a thousand kilometres from both ends at 10 Hz) lets sound
pass beside it, so that an islet does not cut off half an ocean, while the island next to a
hydrophone does. A path has the largest value along it, and the place where it first occurs.

The channel needs its axis depth and what its width at a frequency adds. In a parabolic channel
c = c0 (1 + z^2 / 2 L^2) the energy of the first mode has the standard deviation sqrt(L / 2k),
k = 2 pi f / c0; Munk's profile has L = B / (2 sqrt(epsilon)) = 7.57 km: 299 m at 10 Hz, 134 m at
50 Hz. The rule "blocked above half the axis depth, in part from the axis depth on" is taken for
10 Hz; another frequency needs the difference of the widths more or less. Where the axis lies at
the surface the sound still fills the water below it: 200 m are needed at least.

Ends: a hydrophone hangs on the slope of an island, and a source may lie on a slope, so shallow
water next to an end does not count until the path first leaves it, at most 50 km from that end;
land does, except in the end's own cell, so that an island casts its shadow on its own
hydrophones. Where sound goes over into rock (a receiver on land, a T phase at its source) nothing
counts within 60 km, a group of islands, nor land or shallow water next to it within 100 km.

Sources: rule and fractions after the design of the IDC's and HydroCAM's blockage maps (Hanson et
al. 2001, Pure Appl. Geophys. 158, 425-456); the width from the harmonic approximation of Munk
1974. The 50, 60 and 100 km are chosen: the breadth of an island's slope, of a group of islands,
and the offset between an earthquake and where its T phase enters the water.

Assumptions: sound keeps to the geodesic and its Fresnel zone; an obstacle is what a cell of the
grid (11 km) and a step (10 km) show. Accuracy: the paths of the San Juan event come out as
known. Cost: see ``vigie.earth.ocean.travel_time``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.geodesy import KM_PER_DEG

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from vigie.earth.ocean.bathymetry import SeaFloor

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

REFERENCE_HZ = 10.0
"""Where the rule of the axis depth holds: the middle of the band of best signals, 5 to 20 Hz."""
CURVATURE_KM = 7.571
"""L of Munk's profile, B / (2 sqrt(epsilon))."""
NOMINAL_SPEED_M_S = 1485.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockageParams:
    """Rules of blockage; the module says where each comes from."""

    freq_hz: float = REFERENCE_HZ
    least_need_m: float = 200.0
    own_cell_km: float = 8.0
    """Half the diagonal of a cell of 0.1 deg: land so near to an end is the end's own cell."""
    slope_km: float = 50.0
    group_km: float = 60.0
    coupling_km: float = 100.0
    widest_zone_km: float = 30.0
    """The Fresnel zone is taken no wider to either side: that of 10 Hz over half the Earth."""

    @property
    def wavelength_km(self) -> float:
        """Of sound of this frequency."""
        return NOMINAL_SPEED_M_S * 1e-3 / self.freq_hz


def mode_width_m(freq_hz: float) -> float:
    """Return the half-width of the channel at a frequency, m.

    Examples
    --------
    >>> round(mode_width_m(10.0)), round(mode_width_m(50.0))
    (299, 134)
    """
    wavenumber = 2.0 * np.pi * freq_hz / NOMINAL_SPEED_M_S
    return float(np.sqrt(CURVATURE_KM * 1e3 / (2.0 * wavenumber)))


def needed_depth_m(axis_depth_m: ArrayLike, params: BlockageParams) -> FloatArray:
    """Return the depth of water that the channel takes, m."""
    wider = mode_width_m(params.freq_hz) - mode_width_m(REFERENCE_HZ)
    return np.maximum(np.asarray(axis_depth_m, np.float64) + wider, params.least_need_m)


def blockage_value(elevation_m: ArrayLike, need_m: ArrayLike) -> FloatArray:
    """Return the blockage of places, 0 to 1.

    Examples
    --------
    >>> blockage_value([-4000.0, -750.0, -400.0, 10.0], 1000.0).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    elevation, need = np.asarray(elevation_m, np.float64), np.asarray(need_m, np.float64)
    return np.where(elevation >= 0.0, 1.0, np.clip(2.0 * (need + elevation) / need, 0.0, 1.0))


def reaches_km(params: BlockageParams, couples: BoolArray) -> FloatArray:
    """Return how far from an end nothing counts, land does not, shallow water does not.

    Parameters
    ----------
    params : BlockageParams
    couples : ndarray of bool, shape (n,)
        Whether sound goes over into rock at that end.

    Returns
    -------
    ndarray, shape (n, 3), km
    """
    water = np.array([params.own_cell_km, params.own_cell_km, params.slope_km])
    rock = np.array([params.group_km, params.coupling_km, params.coupling_km])
    return np.where(np.asarray(couples)[:, None], rock, water)


@lru_cache(maxsize=4)
def shoals_m(floor: SeaFloor, within_km: float) -> NDArray[np.int16]:
    """Return the highest elevation within a distance of each cell, or a little more; kept."""
    from scipy.ndimage import maximum_filter1d

    cell_km = KM_PER_DEG * floor.step_deg
    n = int(np.ceil(within_km / cell_km)) + 1
    tallest = maximum_filter1d(floor.elevation_m, 2 * n + 1, axis=0, mode="nearest")
    out = np.empty_like(tallest)
    columns = tallest.shape[1]
    for row, latitude in enumerate(np.linspace(-90.0, 90.0, len(tallest))):
        # Seen from the poleward edge of the window.
        farthest = min(abs(latitude) + n * floor.step_deg, 90.0)
        wide = int(min(n / max(np.cos(np.radians(farthest)), 1e-3), columns // 2 - 1)) + 1
        out[row] = maximum_filter1d(tallest[row], 2 * wide + 1, mode="wrap")
    return out
