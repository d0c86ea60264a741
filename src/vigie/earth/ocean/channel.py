"""The sound channel by month: axis, and speed of the sound that arrives with most energy.

Source: World Ocean Atlas 1994 (temperature by month to 1,000 m) and Levitus 1982 (temperature
below, salinity), NOAA, public domain, through TEOS-10; ``builders/build_sound_channel.py`` makes
the grid of 2 deg and says where the data come from. The group speed is that of the first mode at
10 Hz, which carries the peak at long range (Hanson et al. 2001, Pure Appl. Geophys. 158,
425-456). In polar water the axis lies at the surface and the mode runs below it, so that its
speed exceeds that of the axis.

Assumptions: a climatology of past decades; the sea of the day differs by eddies and fronts. The
standard error, 0.1 % of the travel time (the agreement of seasonal tables with measured times
beyond 7,000 km, Hanson et al. 2001), is 0.3 % where the axis is shallower than 300 m or the cell
is filled from its neighbours (water less than 1,000 m deep); the larger one is chosen, not
measured. Errors along a path are taken as common to all of it.

Cost: 30 ms and 3 MB at the first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]

DEEP_SIGMA = 0.001
"""Relative standard error of the speed; see the module."""
SHALLOW_SIGMA = 0.003
SURFACE_CHANNEL_M = 300.0
"""An axis above this lies in a surface channel, in which ice and weather count."""


class ChannelFields(NamedTuple):
    """The channel at one time of the year, each of shape (n_latitudes, n_longitudes)."""

    group_speed_m_s: FloatArray
    axis_speed_m_s: FloatArray
    axis_depth_m: FloatArray
    relative_sigma: FloatArray
    """Standard error of the speed over the speed."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SoundChannel:
    """A global grid of the sound channel, by month or the same all year.

    Raises
    ------
    ParameterError
        Shapes that do not agree, neither 1 nor 12 months, a grid that is not global, or speeds
        outside 1,400 to 1,600 m/s.
    """

    group_speed_m_s: FloatArray
    """Shape (1 or 12, n_latitudes, n_longitudes)."""
    axis_speed_m_s: FloatArray
    axis_depth_m: FloatArray
    relative_sigma: FloatArray
    south_deg: float
    """Latitude of the first row."""
    west_deg: float
    """Longitude of the first column."""
    step_deg: float
    name: str = "own"

    def __post_init__(self) -> None:
        shape = self.group_speed_m_s.shape
        fields = (self.axis_speed_m_s, self.axis_depth_m, self.relative_sigma)
        if len(shape) != 3 or shape[0] not in (1, 12) or any(f.shape != shape for f in fields):
            shapes = str([shape, *(f.shape for f in fields)])
            raise ParameterError(
                name="fields", value=shapes, expected="four of one shape (1 or 12, rows, columns)"
            )
        if round(360.0 / self.step_deg) != shape[2]:
            raise ParameterError(
                name="step_deg", value=self.step_deg, expected=f"360 / {shape[2]} columns"
            )
        for speed in (self.group_speed_m_s, self.axis_speed_m_s):
            if not np.all((speed > 1400.0) & (speed < 1600.0)):
                span = f"{np.min(speed)} to {np.max(speed)}"
                raise ParameterError(name="speed", value=span, expected="1400 to 1600 m/s, no gaps")

    def at(self, month: int | None) -> ChannelFields:
        """Return the fields of a month, 1 to 12, or their mean over the year for None."""
        fields = (
            self.group_speed_m_s,
            self.axis_speed_m_s,
            self.axis_depth_m,
            self.relative_sigma,
        )
        if month is None:
            return ChannelFields(*(field.mean(axis=0) for field in fields))
        if not 1 <= month <= 12:
            raise ParameterError(name="month", value=month, expected="1 to 12, or None")
        return ChannelFields(*(field[(month - 1) % len(field)] for field in fields))

    def axis_speed_at_km_s(self, latitude: float, longitude: float) -> float:
        """Return the speed of sound at the axis at a place, over the year, bilinear.

        Examples
        --------
        Cold water off Crozet, warm water off Diego Garcia:

        >>> channel = load_sound_channel()
        >>> [round(channel.axis_speed_at_km_s(*at), 3) for at in ((-46.8, 51.8), (-6.3, 71.0))]
        [1.463, 1.49]
        """
        speed = self.axis_speed_m_s.mean(axis=0)
        n_rows, n_columns = speed.shape
        y = min(max((latitude - self.south_deg) / self.step_deg, 0.0), n_rows - 1.0)
        x = (longitude - self.west_deg) / self.step_deg % n_columns
        i, j = min(int(y), n_rows - 2), int(x) % n_columns
        v, u = y - i, x - int(x)
        rows = speed[i : i + 2, [j, (j + 1) % n_columns]]
        return float(np.array([1.0 - v, v]) @ rows @ np.array([1.0 - u, u])) / 1e3


def uniform_channel(
    speed_km_s: float, *, axis_depth_m: float = 1000.0, relative_sigma: float = DEEP_SIGMA
) -> SoundChannel:
    """Return a channel that is the same everywhere.

    Examples
    --------
    >>> float(uniform_channel(1.48).at(None).group_speed_m_s[0, 0])
    1480.0
    """
    shape = (1, 7, 12)
    speed = np.full(shape, speed_km_s * 1e3)
    return SoundChannel(
        group_speed_m_s=speed,
        axis_speed_m_s=speed,
        axis_depth_m=np.full(shape, axis_depth_m),
        relative_sigma=np.full(shape, relative_sigma),
        south_deg=-90.0,
        west_deg=0.0,
        step_deg=30.0,
        name=f"uniform {speed_km_s:g} km/s",
    )


@cache
def load_sound_channel() -> SoundChannel:
    """Return the climatology that vigie ships; read once."""
    with (
        (files("vigie.earth.ocean") / "data" / "sound_channel.npz").open("rb") as file,
        np.load(file) as stored,
    ):
        data = {key: stored[key] for key in stored.files}
    offset = float(data["speed_offset_m_s"])
    group, axis = (
        np.asarray(offset + 0.1 * np.cumsum(data[key], axis=0, dtype=np.int16), np.float64)
        for key in ("group_speed", "axis_speed")
    )
    depth = data["axis_depth"] * float(data["depth_unit_m"])
    doubtful = (depth < SURFACE_CHANNEL_M) | data["filled"]
    return SoundChannel(
        group_speed_m_s=group,
        axis_speed_m_s=axis,
        axis_depth_m=depth,
        relative_sigma=np.where(doubtful, SHALLOW_SIGMA, DEEP_SIGMA),
        south_deg=float(data["south_deg"]),
        west_deg=float(data["west_deg"]),
        step_deg=float(data["step_deg"]),
        name="climatology",
    )
