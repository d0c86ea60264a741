"""Build the sea floor that blockage is found on, from public-domain reliefs of NOAA.

    pip download --no-deps --no-binary :all: pybacktrack==1.5.0     # unpack it
    apt-get download ferret-datasets                                # dpkg -x FILE ferret
    npm pack world-atlas@2                                          # unpack it
    python -m builders.build_sea_floor \
        pybacktrack-1.5.0/pybacktrack/bundle_data/topography/ETOPO1_0.1.grd \
        ferret/usr/share/ferret-vis/data/etopo5.cdf package/land-10m.json \
        src/vigie/earth/ocean/data/sea_floor.npz

Needs netCDF4. Sources:

* ETOPO1, bedrock (Amante & Eakins 2009, NOAA Technical Memorandum NESDIS NGDC-24, National
  Geophysical Data Center), point-sampled at 0.1 deg with GMT grdsample, as the data file of the
  PyPI package pybacktrack. ETOPO1 is a work of the United States Government in the public domain;
  the licence of that package (GPL-2) is that of its code, none of which is used.
* ETOPO5 (National Geophysical Data Center 1988), public domain, as the data file of the Debian
  package ferret-datasets (NOAA): where it stands above the sea, Antarctica and Greenland are land,
  since the bedrock below their ice lies partly below sea level.
* Natural Earth coastlines 1:10m (public domain), by way of the npm package world-atlas 2 (ISC
  licence): each cell that a coastline crosses is land, so that islands which fall between the
  points of the relief are there.

South of 78 S everything is land: what is sea there lies below ice shelves.

Written: a code of 8 bits per cell and the elevation (m) of each code. Steps are 25 m down to
2,000 m, below which no sound channel lies, 100 m to 3,000 m and 250 m beyond. Codes are stored
as differences along a parallel, which compress best.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from builders.build_coastlines import land_rings

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP_DEG = 0.1
ICE_SOUTH_DEG = -78.0
LAND_M = 100
DEPTH_EDGES_M = np.concatenate(
    [np.arange(0, 2000, 25), np.arange(2000, 3000, 100), np.arange(3000, 11251, 250)]
)
ICE_SHEETS = ((-90.0, -60.0, 0.0, 360.0), (58.0, 84.0, 285.0, 350.0))
"""South, north, west, east of Antarctica and Greenland."""


def read_relief(path: Path, name: str) -> NDArray[np.float64]:
    """Return a relief, south first, from longitude 0; the column at 360 deg is left out."""
    from netCDF4 import Dataset

    with Dataset(path) as data:
        relief: NDArray[np.float64] = np.asarray(data[name][:], dtype=np.float64)
    return relief[:, :-1] if relief.shape[1] % 10 else relief


def ice(etopo5: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return where the ice sheets stand above the sea, on the 0.1 deg grid."""
    latitude, longitude = np.arange(shape[0]) * STEP_DEG - 90.0, np.arange(shape[1]) * STEP_DEG
    rows = np.rint((latitude + 90.0) * 12.0).astype(int)
    columns = np.rint(longitude * 12.0).astype(int) % etopo5.shape[1]
    above = etopo5[np.ix_(rows, columns)] > 0.0
    inside = np.zeros(shape, dtype=np.bool_)
    for south, north, west, east in ICE_SHEETS:
        inside |= np.outer(
            (latitude >= south) & (latitude <= north), (longitude >= west) & (longitude <= east)
        )
    return (above & inside) | (latitude < ICE_SOUTH_DEG)[:, None]


def coasts(topology: dict[str, Any], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the cells that a coastline crosses."""
    crossed = np.zeros(shape, dtype=np.bool_)
    for ring in land_rings(topology):
        # Points so close that no crossed cell is missed.
        lengths = np.hypot(*np.diff(ring, axis=0).T)
        for (x, y), (x2, y2), length in zip(ring[:-1], ring[1:], lengths, strict=True):
            # A ring cut at the antimeridian runs along it, or jumps across.
            if abs(x2 - x) > 180.0 or (abs(x) == 180.0 and x == x2):
                continue
            n = int(length / (0.2 * STEP_DEG)) + 2
            columns = np.rint(np.linspace(x, x2, n) / STEP_DEG).astype(int) % shape[1]
            rows = np.rint((np.linspace(y, y2, n) + 90.0) / STEP_DEG).astype(int)
            crossed[rows, columns] = True
    return crossed


def main(etopo1: Path, etopo5: Path, coastline: Path, target: Path) -> None:
    """Write the grid."""
    relief = read_relief(etopo1, "z")
    land = relief >= 0.0
    print(f"land of ETOPO1: {land.mean():.4f} of all cells")
    land |= ice(read_relief(etopo5, "ROSE"), relief.shape)
    print(f"with ice: {land.mean():.4f}")
    land |= coasts(json.loads(coastline.read_text()), relief.shape)
    print(f"with coastlines: {land.mean():.4f}")
    codes = np.where(land, 0, np.searchsorted(DEPTH_EDGES_M, -relief, side="left").clip(1))
    middles = 0.5 * (DEPTH_EDGES_M[1:] + DEPTH_EDGES_M[:-1])
    levels = np.concatenate([[LAND_M], -middles]).astype(np.int16)
    steps = np.diff(codes.astype(np.uint8), axis=1, prepend=np.uint8(0))
    np.savez_compressed(target, steps=steps, levels_m=levels, step_deg=STEP_DEG)
    print(f"{target}: {target.stat().st_size} bytes, {codes.shape}")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:5]))
