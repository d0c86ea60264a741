"""Stations all around a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.geodesy import destination
from vigie.records import Station

if TYPE_CHECKING:
    from vigie.earth.base import Hypocentre


def ring(truth: Hypocentre, distances_deg: tuple[float, ...]) -> dict[str, Station]:
    """Return stations all around a place."""
    n = len(distances_deg)
    lat, lon = destination(
        truth.latitude, truth.longitude, np.arange(n) * 360.0 / n, np.array(distances_deg)
    )
    return {
        f"R{i:02d}": Station(
            code=f"R{i:02d}", latitude=float(lat[i]), longitude=float(lon[i]), elevation_m=0.0
        )
        for i in range(n)
    }
