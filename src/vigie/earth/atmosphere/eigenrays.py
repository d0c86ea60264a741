"""Rays that join two places on the ground: which phases arrive, when, from where.

What it computes: rays toward a geographic azimuth (the launch azimuth is turned against the drift
until the path points there), and among them those whose n hops have a given length. Source: as
`vigie.earth.atmosphere.rays`; names of phases as the IDC has them, Iw, Is, It. Assumptions: flat
Earth, the ground reflects without loss, every hop alike. Accuracy: the end of the path is within
25 m of the receiver, its azimuth within 0.01 deg, on real profiles; a branch of rays narrower than
the spacing of the fan (0.05 to 0.35 deg) is missed. Cost: 50 ms of a fan of 240 rays through 1,500
levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vigie.earth.atmosphere.rays import Medium, Rays, launch_slowness, trace
from vigie.errors import ParameterError
from vigie.geodesy import angle_difference_deg

FloatArray = NDArray[np.float64]

PHASES = ("Iw", "Is", "It")
"""Turned in the troposphere, the stratosphere, the thermosphere."""
_CEILINGS_KM = np.array([20.0, 80.0])
"""Turning heights that part the phases; between 80 and 95 km hardly any ray turns."""
_JUMP_KM = 4.0
"""Neighbouring rays whose turning heights differ by more do not belong to one branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FanParams:
    """The fan of rays in which paths are sought."""

    n_rays: int = 240
    """Number of launch angles: chosen so that ranges of hops err by less than 1 km between them."""
    lowest_deg: float = 0.1
    """Least launch angle above the horizon."""
    highest_deg: float = 60.0
    """Largest launch angle; steeper rays leave the atmosphere or die in the thermosphere."""
    max_hops: int = 12
    """Most hops of one path."""

    def __post_init__(self) -> None:
        if not (0.0 < self.lowest_deg < self.highest_deg < 90.0 and self.n_rays >= 2):
            raise ParameterError(
                name="lowest_deg, highest_deg, n_rays",
                value=f"{self.lowest_deg}, {self.highest_deg}, {self.n_rays}",
                expected="angles that rise between 0 and 90, two rays or more",
            )

    @property
    def elevation_deg(self) -> FloatArray:
        """Launch angles, closer together near the horizon, where ducts begin."""
        x = np.linspace(0.0, 1.0, self.n_rays)
        return np.asarray(self.lowest_deg + (self.highest_deg - self.lowest_deg) * x**1.3)


DEFAULT_FAN = FanParams()


@dataclass(frozen=True, slots=True, eq=False)
class Eigenrays:
    """Paths from a source to a receiver, as columns of shape (n,), earliest first."""

    rays: Rays
    """One hop of each."""
    hops: NDArray[np.int64]

    @property
    def travel_time_s(self) -> FloatArray:
        """Time from source to receiver."""
        return np.asarray(self.hops * self.rays.hop_time_s)

    @property
    def phases(self) -> tuple[str, ...]:
        """Name of each: ``Iw``, ``Is``, ``It``."""
        return tuple(PHASES[k] for k in phase_index(self.rays.turning_km))


def phase_index(turning_km: FloatArray) -> NDArray[np.int64]:
    """Return the place in `PHASES` of rays by their turning height."""
    return np.searchsorted(_CEILINGS_KM, turning_km)


def fan_toward(
    medium: Medium, azimuth_deg: float, elevation_deg: FloatArray, *, n_turns: int = 5
) -> Rays:
    """Return rays of given launch angles whose paths point to a geographic azimuth.

    ``n_turns`` is how often the launch azimuth is corrected; two leave some 0.1 deg.
    """
    launch = np.full(len(elevation_deg), float(azimuth_deg))
    rays = trace(medium, launch_slowness(medium, elevation_deg, launch))
    for _ in range(n_turns):
        off = angle_difference_deg(rays.path_azimuth_deg, np.full(len(launch), azimuth_deg))
        launch = launch - np.nan_to_num(off)
        rays = trace(medium, launch_slowness(medium, elevation_deg, launch))
    return rays


def branches(rays: Rays) -> NDArray[np.bool_]:
    """Tell for each pair of neighbouring rays whether they belong to one branch, shape (n - 1,)."""
    step = np.abs(np.diff(rays.turning_km))
    return np.asarray(step < _JUMP_KM)


def find_eigenrays(
    medium: Medium, azimuth_deg: float, range_km: float, params: FanParams = DEFAULT_FAN
) -> Eigenrays:
    """Return the paths of a given length toward an azimuth.

    Parameters
    ----------
    medium : Medium
        Atmosphere along the path.
    azimuth_deg : float
        From source to receiver.
    range_km : float
        Above 0.
    params : FanParams
        Fan and number of hops.

    Raises
    ------
    ParameterError
        The range is not above 0.

    Examples
    --------
    >>> from vigie.earth.atmosphere import climatology
    >>> medium = Medium.of_profile(climatology(latitude=50.0, month=1.5))
    >>> "Is" in find_eigenrays(medium, 90.0, 300.0).phases
    True
    """
    if not range_km > 0.0:
        raise ParameterError(name="range_km", value=range_km, expected="above 0")
    angles = params.elevation_deg
    fan = fan_toward(medium, azimuth_deg, angles)
    joined = branches(fan)
    lows, counts = [], []
    for hops in range(1, params.max_hops + 1):
        miss = hops * fan.hop_km - range_km
        found = np.flatnonzero(joined & (miss[:-1] * miss[1:] <= 0.0))
        lows.append(found)
        counts.append(np.full(len(found), hops))
    low, hops_of = np.concatenate(lows), np.concatenate(counts)
    elevation = _refine(medium, azimuth_deg, (angles[low], angles[low + 1]), range_km / hops_of)
    rays = fan_toward(medium, azimuth_deg, elevation)
    # Where a branch breaks off between two rays of the fan, the search may leave it.
    good = np.abs(rays.hop_km * hops_of - range_km) < 1.0
    order = np.flatnonzero(good)[np.argsort((rays.hop_time_s * hops_of)[good])]
    return Eigenrays(rays.take(order), hops_of[order])


def _refine(
    medium: Medium,
    azimuth_deg: float,
    bracket: tuple[FloatArray, FloatArray],
    hop_km: FloatArray,
) -> FloatArray:
    """Return launch angles whose hop has a given length, by false position (Illinois)."""
    low, high = bracket
    miss_low = fan_toward(medium, azimuth_deg, low).hop_km - hop_km
    miss_high = fan_toward(medium, azimuth_deg, high).hop_km - hop_km
    middle = low
    for _ in range(8):
        slope = miss_high - miss_low
        share = np.where(slope == 0.0, 0.5, miss_low / np.where(slope == 0.0, 1.0, -slope))
        middle = low + np.clip(np.nan_to_num(share, nan=0.5), 0.0, 1.0) * (high - low)
        miss = fan_toward(medium, azimuth_deg, middle).hop_km - hop_km
        same = miss * miss_high > 0.0
        low = np.where(same, low, high)
        miss_low = np.where(same, 0.5 * miss_low, miss_high)
        high, miss_high = middle, miss
    return middle
