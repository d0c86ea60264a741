"""Sound through the ocean between many places: time, its error, blockage; and loss.

What it computes: the geodesic of the WGS84 ellipsoid in steps of 10 km; travel time is the sum of
ds / U(place, month), its error the sum of ds / U times the relative error there (errors along a
path hang together), blockage as ``vigie.earth.ocean.blockage`` has it. Loss: spherical to r0, then
cylindrical on the sphere, and absorption.

Sources: Hanson et al. 2001, Pure Appl. Geophys. 158, 425-456 (two-dimensional seasonal tables
of the mode of greatest amplitude, blockage); absorption after Thorp 1967, J. Acoust. Soc. Am. 42,
270, without its constant for the sound that leaves the channel.

Assumptions: no horizontal refraction; the first mode at 10 Hz all the way. Accuracy: with a
uniform speed, distance over speed to 2e-6; steps of 10 km against 1 km on 300 random paths:
0.008 s, and none changes between open and blocked. Times are not yet compared with measured ones.
Cost: 0.5 s at the first use, then 90 us for a path (110,000 random ones in 10 s).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.earth.ocean.bathymetry import SeaFloor, load_sea_floor
from vigie.earth.ocean.blockage import BlockageParams, needed_depth_m, reaches_km, shoals_m
from vigie.earth.ocean.channel import SoundChannel, load_sound_channel
from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG, Geodesics, geodesics, reduced_latitude_rad

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from vigie.earth.ocean._kernels import Grids, Lines, Walk

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ocean:
    """The sea that sound goes through: its floor, its channel, and the rules of blockage."""

    floor: SeaFloor = field(default_factory=load_sea_floor)
    channel: SoundChannel = field(default_factory=load_sound_channel)
    blockage: BlockageParams = field(default_factory=BlockageParams)
    month: int | None = None
    """1 to 12, or None for the mean of the year."""
    step_km: float = 10.0
    """1 to 50 km."""

    def __post_init__(self) -> None:
        if not 1.0 <= self.step_km <= 50.0:
            raise ParameterError(name="step_km", value=self.step_km, expected="1 to 50 km")
        self.channel.at(self.month)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Whether sound goes over into rock at the ends of paths (``vigie.earth.ocean.blockage``)."""

    source: bool | BoolArray = False
    receiver: bool | BoolArray = False


class OceanPaths(NamedTuple):
    """Paths from n sources to n receivers, as columns of shape (n,)."""

    length_km: FloatArray
    azimuth_deg: FloatArray
    """At the source."""
    backazimuth_deg: FloatArray
    """At the receiver, towards the source."""
    time_s: FloatArray
    time_sigma_s: FloatArray
    """Of the speed alone."""
    blockage: FloatArray
    """0 open to 1 blocked."""
    blocked_latitude: FloatArray
    """Where the blockage is largest; NaN on open paths."""
    blocked_longitude: FloatArray
    source_slowness_s_per_km: FloatArray
    receiver_slowness_s_per_km: FloatArray


class PathFinder:
    """Follows paths through one ocean; its grids are made ready once."""

    def __init__(self, ocean: Ocean | None = None) -> None:
        self.ocean = ocean or Ocean()
        self._grids, self._walk = grids_of(self.ocean), walk_of(self.ocean)

    def find(
        self,
        sources: tuple[ArrayLike, ArrayLike],
        receivers: tuple[ArrayLike, ArrayLike],
        ends: Ends | None = None,
    ) -> OceanPaths:
        """Return the paths between sources and receivers.

        Parameters
        ----------
        sources, receivers : tuple of array_like
            Latitudes and longitudes, deg; all four broadcast.
        ends : Ends, optional
            Both in the water by default.

        Raises
        ------
        ParameterError
            A latitude beyond a pole. Positions that are NaN have NaN for results.

        Notes
        -----
        t = sum ds / U. Of a path between equal points the time is 0.
        """
        from vigie.earth.ocean._kernels import follow

        for latitude in (sources[0], receivers[0]):
            farthest = float(np.nanmax(np.abs(np.asarray(latitude, np.float64)), initial=0.0))
            if farthest > 90.0:
                raise ParameterError(name="latitude", value=farthest, expected="-90 to 90")
        lines, course = lines_between(sources, receivers, ends or Ends(), self.ocean.blockage)
        columns = follow(self._grids, lines, self._walk)
        shape = course.length_km.shape
        time, error, worst, lat, lon, first, last = (c.reshape(shape) for c in columns.T)
        lon = (lon + 180.0) % 360.0 - 180.0
        return OceanPaths(
            course.length_km,
            course.azimuth_deg,
            course.backazimuth_deg,
            time,
            error,
            worst,
            lat,
            lon,
            first,
            last,
        )

    def needed_depth_m(self, latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> FloatArray:
        """Return the depth of water that the channel takes at places, m."""
        from vigie.earth.ocean.twin import interpolate

        latitude, longitude = np.broadcast_arrays(
            np.asarray(latitude_deg, np.float64), np.asarray(longitude_deg, np.float64)
        )
        fields = interpolate(self._grids, latitude.ravel(), longitude.ravel())
        return np.asarray(fields[:, 2].reshape(latitude.shape))


def grids_of(ocean: Ocean) -> Grids:
    """Return what the kernel reads."""
    from vigie.earth.ocean._kernels import Grids

    fields = ocean.channel.at(ocean.month)
    stacked = np.stack(
        [
            1e3 / fields.group_speed_m_s,
            fields.relative_sigma,
            needed_depth_m(fields.axis_depth_m, ocean.blockage),
        ],
        axis=-1,
    )
    return Grids(
        np.ascontiguousarray(ocean.floor.elevation_m),
        shoals_m(ocean.floor, ocean.blockage.widest_zone_km),
        float(ocean.floor.step_deg),
        np.ascontiguousarray(stacked),
        float(ocean.channel.south_deg),
        float(ocean.channel.west_deg),
        float(ocean.channel.step_deg),
    )


def walk_of(ocean: Ocean) -> Walk:
    """Return how the kernel follows paths."""
    from vigie.earth.ocean._kernels import Walk

    rules = ocean.blockage
    half_cell_km = 0.5 * KM_PER_DEG * ocean.floor.step_deg
    return Walk(ocean.step_km, rules.wavelength_km, rules.widest_zone_km, half_cell_km)


def lines_between(
    sources: tuple[ArrayLike, ArrayLike],
    receivers: tuple[ArrayLike, ArrayLike],
    ends: Ends,
    rules: BlockageParams,
) -> tuple[Lines, Geodesics]:
    """Return the lines that the kernel follows, flat, and their geodesics."""
    from vigie.earth.ocean._kernels import Lines

    course = geodesics(*sources, *receivers)
    shape = course.length_km.shape
    latitude, longitude, leave, land = (
        np.broadcast_to(value, shape).ravel() for value in (*sources, ends.source, ends.receiver)
    )
    azimuth, arc, twist, length = (
        np.ascontiguousarray(column.ravel())
        for column in (
            np.radians(course.azimuth_deg),
            course.arc_rad,
            course.twist_rad,
            course.length_km,
        )
    )
    lines = Lines(
        reduced_latitude_rad(latitude),
        np.ascontiguousarray(longitude, dtype=np.float64),
        azimuth,
        arc,
        twist,
        length,
        reaches_km(rules, leave),
        reaches_km(rules, land),
    )
    return lines, course


def transmission_loss_db(
    length_km: ArrayLike, *, freq_hz: float = 0.0, transition_km: float = 1.0
) -> FloatArray:
    """Return the loss along a path in the sound channel, dB.

    Parameters
    ----------
    length_km : array_like
        Beyond the transition range.
    freq_hz : float
        For the absorption; 0 leaves it out.
    transition_km : float
        Range r0 at which spreading turns from spherical to cylindrical, 1 to 10 km.

    Notes
    -----
    TL = 20 log10 r0 + 10 log10(R sin(delta) / r0) + alpha r, distances in m; within r0 of the
    antipode the sine is held. Error of the model: 10 dB at least.

    Examples
    --------
    >>> transmission_loss_db([1000.0, 6041.0, 7796.0, 15000.0]).round(1).tolist()
    [90.0, 97.1, 97.8, 96.5]
    """
    length = np.asarray(length_km, np.float64)
    across_km = EARTH_RADIUS_KM * np.abs(np.sin(length / EARTH_RADIUS_KM))
    spreading = 20.0 * np.log10(transition_km * 1e3)
    spreading = spreading + 10.0 * np.log10(np.maximum(across_km / transition_km, 1.0))
    squared = (freq_hz * 1e-3) ** 2
    per_km = 0.11 * squared / (1.0 + squared) + 44.0 * squared / (4100.0 + squared)
    return np.asarray(spreading + per_km * length)
