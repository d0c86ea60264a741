"""Build the climatology of the sound channel, from public-domain climatologies of NOAA.

    apt-get download ferret-datasets          # Debian; unpack with dpkg -x FILE ferret
    python -m builders.build_sound_channel ferret/usr/share/ferret-vis/data \
        src/vigie/earth/ocean/data/sound_channel.npz

Needs netCDF4 and gsw. Sources, both works of the United States Government in the public domain:

* ``ocean_atlas_subset.nc``: temperature by month, 19 levels to 1,000 m, every second cell of the
  1 deg World Ocean Atlas 1994 (Levitus & Boyer 1994, NOAA Atlas NESDIS 4);
* ``levitus_climatology.cdf``: annual temperature and salinity, 20 levels to 5,000 m (Levitus
  1982, NOAA Professional Paper 13): temperature below 1,000 m, and all salinity.

Below 300 m the median of the twelve months stands for each: the seasons do not reach there, but
wrong casts do (2.5 deg C at 700 m in November at 23.5 S, 76.5 E, between 11.3 and 7.7 deg C).
At each cell and month: sound speed after TEOS-10 (gsw), interpolated by a monotone cubic to 10 m;
the axis is its minimum (speed, depth). The group speed is that of the first mode at 10 Hz, the
mode that stays nearest to the axis and carries the peak at long range: the largest eigenvalue
k^2 of psi'' + (omega^2/c^2 - k^2) psi = 0 with psi = 0 at the surface and at 5.5 km, by second
differences, and 1/U = (omega/k) int(psi^2/c^2) / int(psi^2).

Where the water is less than 1,000 m deep, or unknown, a cell takes the values of the nearest one
that is known, and is marked as filled.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

MODE_HZ = 10.0
DZ_M = 10.0
BOTTOM_M = 5500.0
DEEP_ENOUGH_M = 1000.0
SEASONS_END_M = 300.0
SPEED_OFFSET_M_S = 1400.0


class Climate(NamedTuple):
    """Temperature and salinity on the cells of the product."""

    depth_m: FloatArray
    temperature_c: FloatArray
    """In situ, shape (12, n_depths, 90, 180); NaN where unknown."""
    salinity: FloatArray
    """Shape (n_depths, 90, 180)."""
    latitude: FloatArray
    longitude: FloatArray


def read(folder: Path) -> Climate:
    """Join both climatologies on the cells of the monthly one."""
    from netCDF4 import Dataset

    with Dataset(folder / "ocean_atlas_subset.nc") as data:
        monthly = np.ma.filled(data["TEMP"][:].astype(np.float64), np.nan)
        latitude, longitude = np.asarray(data["YAX_SUBSET"][:]), np.asarray(data["XAX_SUBSET"][:])
        upper_m = np.asarray(data["ZAXLEVIT19"][:])
    quiet = upper_m > SEASONS_END_M
    monthly[:, quiet] = np.nanmedian(monthly[:, quiet], axis=0)
    with Dataset(folder / "levitus_climatology.cdf") as data:
        # Every second cell of the same 1 deg cells.
        rows = np.searchsorted(data["YAXLEVITR"][:], latitude)
        columns = np.searchsorted(data["XAXLEVITR"][:], longitude)
        annual = np.ma.filled(data["TEMP"][:].astype(np.float64), np.nan)[:, rows][:, :, columns]
        salt = np.ma.filled(data["SALT"][:].astype(np.float64), np.nan)[:, rows][:, :, columns]
        levels_m = np.asarray(data["ZAXLEVITR"][:])
    below = levels_m > upper_m[-1]
    depth_m = np.concatenate([upper_m, levels_m[below]])
    lower = np.broadcast_to(annual[below], (12, *annual[below].shape))
    salinity = np.apply_along_axis(lambda s: _onto(depth_m, levels_m, s), 0, salt)
    return Climate(depth_m, np.concatenate([monthly, lower], axis=1), salinity, latitude, longitude)


def _onto(depth_m: FloatArray, levels_m: FloatArray, values: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(depth_m), np.nan)
    return np.interp(depth_m, levels_m[known], values[known], right=np.nan)


def sound_speeds(climate: Climate) -> FloatArray:
    """Return sound speed (m/s), shape (12, n_depths, 90, 180)."""
    import gsw

    pressure = gsw.p_from_z(-climate.depth_m[:, None], climate.latitude[None, :])[:, :, None]
    absolute = gsw.SA_from_SP(
        climate.salinity,
        pressure,
        climate.longitude[None, None, :],
        climate.latitude[None, :, None],
    )
    conservative = gsw.CT_from_t(absolute, climate.temperature_c, pressure)
    speed: FloatArray = gsw.sound_speed(absolute, conservative, pressure)
    return speed


def channel_of(depth_m: FloatArray, speed_m_s: FloatArray) -> tuple[float, float, float]:
    """Return axis speed, axis depth and group speed of the first mode of one profile."""
    from scipy.interpolate import PchipInterpolator
    from scipy.linalg import eigh_tridiagonal

    z = np.arange(0.0, BOTTOM_M + DZ_M, DZ_M)
    last = depth_m[-1]
    curve = PchipInterpolator(depth_m, speed_m_s)
    # Below the last level pressure alone raises the speed.
    c = np.where(z <= last, curve(np.minimum(z, last)), speed_m_s[-1] + 0.0165 * (z - last))
    axis = int(np.argmin(c))
    omega = 2.0 * np.pi * MODE_HZ
    inner = c[1:-1]
    diagonal = (omega / inner) ** 2 - 2.0 / DZ_M**2
    off = np.full(len(inner) - 1, DZ_M**-2)
    n = len(inner)
    squared, psi = eigh_tridiagonal(diagonal, off, select="i", select_range=(n - 1, n - 1))
    k = float(np.sqrt(squared[0]))
    weight = psi[:, 0] ** 2
    slowness = omega / k * float(np.sum(weight / inner**2) / np.sum(weight))
    return float(c[axis]), float(z[axis]), 1.0 / slowness


def channels(climate: Climate) -> tuple[FloatArray, BoolArray]:
    """Return the three fields, shape (3, 12, 90, 180), and which cells are filled."""
    from scipy.ndimage import distance_transform_edt

    speed = sound_speeds(climate)
    n_months, _, n_rows, n_columns = speed.shape
    out = np.full((3, n_months, n_rows, n_columns), np.nan)
    for month in range(n_months):
        for row in range(n_rows):
            for column in range(n_columns):
                profile = speed[month, :, row, column]
                known = np.isfinite(profile)
                if not known.any() or climate.depth_m[known].max() < DEEP_ENOUGH_M:
                    continue
                found = channel_of(climate.depth_m[known], profile[known])
                out[:, month, row, column] = found
        print(f"month {month + 1}: {np.isfinite(out[0, month]).sum()} cells", flush=True)
    missing = np.isnan(out[0]).any(axis=0)
    # Three copies side by side, as the grid goes round; cells shrink towards the poles.
    across = np.concatenate([missing] * 3, axis=1)
    nearest = distance_transform_edt(across, return_distances=False, return_indices=True)
    rows = nearest[0][:, n_columns : 2 * n_columns]
    columns = nearest[1][:, n_columns : 2 * n_columns] % n_columns
    return out[:, :, rows, columns], missing


def main(folder: Path, target: Path) -> None:
    """Write the fields."""
    climate = read(folder)
    fields, filled = channels(climate)
    tenths = np.rint((fields[[0, 2]] - SPEED_OFFSET_M_S) * 10.0).astype(np.int16)
    np.savez_compressed(
        target,
        axis_speed=np.diff(tenths[0], axis=0, prepend=np.int16(0)),
        group_speed=np.diff(tenths[1], axis=0, prepend=np.int16(0)),
        axis_depth=(fields[1] / DZ_M).astype(np.int16),
        filled=filled,
        south_deg=climate.latitude[0],
        west_deg=climate.longitude[0],
        step_deg=climate.latitude[1] - climate.latitude[0],
        speed_offset_m_s=SPEED_OFFSET_M_S,
        depth_unit_m=DZ_M,
    )
    excess = (fields[2] - fields[0])[:, ~filled]
    print(f"group minus axis speed: {np.percentile(excess, [1, 25, 50, 75, 99])} m/s")
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
