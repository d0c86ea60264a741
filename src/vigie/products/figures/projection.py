"""Maps centred on an event: azimuthal equidistant, right about distance and azimuth.

x = R delta sin(azimuth), y = R delta cos(azimuth), with geocentric delta. Nothing special
happens at the poles or the antimeridian; land that holds the antipode is turned inside
out by the projection and is filled from its coast to the edge of the world.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.coastline import Scale, borders, land
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths, unit_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.path import Path
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

WORLD_EDGE_KM = 180.0 * KM_PER_DEG


@dataclass(frozen=True, slots=True)
class AzimuthalEquidistant:
    """The projection about one place."""

    latitude: float
    longitude: float

    def project(self, latitude: ArrayLike, longitude: ArrayLike) -> FloatArray:
        """Return east and north, km, shape (..., 2)."""
        delta, azimuth, _ = distance_azimuths(self.latitude, self.longitude, latitude, longitude)
        angle = np.radians(azimuth)
        return np.stack([delta * np.sin(angle), delta * np.cos(angle)], axis=-1) * KM_PER_DEG

    def project_lines(self, lines: Sequence[FloatArray]) -> list[FloatArray]:
        """Return lines of longitude and latitude, each projected; all in one go, for speed."""
        joined = np.concatenate(lines)
        ends = np.cumsum([len(line) for line in lines])[:-1]
        return np.split(self.project(joined[:, 1], joined[:, 0]), ends)

    def place(self, east_km: float, north_km: float) -> tuple[float, float]:
        """Return latitude and longitude of a point of the map."""
        azimuth = np.degrees(np.arctan2(east_km, north_km))
        latitude, longitude = destination(
            self.latitude, self.longitude, azimuth, np.hypot(east_km, north_km) / KM_PER_DEG
        )
        return float(latitude), float(longitude)


def ellipse_points(
    semi_major_km: float, semi_minor_km: float, strike_deg: float, n: int = 181
) -> FloatArray:
    """Return the outline of an ellipse about the origin of the map, east and north, km."""
    turn = np.linspace(0.0, 2.0 * np.pi, n)
    along, across = semi_major_km * np.cos(turn), semi_minor_km * np.sin(turn)
    strike = np.radians(strike_deg)
    east = along * np.sin(strike) + across * np.cos(strike)
    north = along * np.cos(strike) - across * np.sin(strike)
    return np.stack([east, north], axis=-1)


def land_path(projection: AzimuthalEquidistant, radius_km: float, scale: Scale) -> Path | None:
    """Return all land within a square about the centre; None where there is none."""
    from matplotlib.path import Path
    from matplotlib.transforms import Bbox

    view = Bbox.from_extents(-radius_km, -radius_km, radius_km, radius_km)
    parts = []
    for ring, points in zip(land(scale), projection.project_lines(land(scale)), strict=True):
        outlines = [points, _world_edge(points)] if _is_turned(ring, points) else [points]
        parts += [
            _closed(outline).clip_to_bbox(view, inside=True)
            for outline in outlines
            if _touches(outline, radius_km)
        ]
    parts = [part for part in parts if np.size(part.vertices)]
    return Path.make_compound_path(*parts) if parts else None


def border_lines(projection: AzimuthalEquidistant, radius_km: float) -> list[FloatArray]:
    """Return the borders that cross the view."""
    return [line for line in projection.project_lines(borders()) if _touches(line, radius_km)]


def _closed(points: FloatArray) -> Path:
    from matplotlib.path import Path

    return Path(np.concatenate([points, points[:1]]), closed=True)


def _touches(points: FloatArray, radius_km: float) -> bool:
    low, high = points.min(axis=0), points.max(axis=0)
    return bool(np.all(low < radius_km) and np.all(high > -radius_km))


def _signed_area(points: FloatArray) -> float:
    x, y = points[:, 0], points[:, 1]
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def _is_turned(ring: FloatArray, points: FloatArray) -> bool:
    """Tell whether a ring holds the antipode: then the projection reverses its direction."""
    if np.hypot(points[:, 0], points[:, 1]).max() < 90.0 * KM_PER_DEG:
        return False
    x, y, z = unit_vectors(ring[:, 1], ring[:, 0]).mean(axis=0)
    own = AzimuthalEquidistant(
        float(np.degrees(np.arctan2(z, np.hypot(x, y)))), float(np.degrees(np.arctan2(y, x)))
    )
    seen_from_itself = own.project(ring[:, 1], ring[:, 0])
    return _signed_area(seen_from_itself) * _signed_area(points) < 0.0


def _world_edge(points: FloatArray) -> FloatArray:
    """Return a circle just outside the world that runs against a ring."""
    turn = np.linspace(2.0 * np.pi, 0.0, 721) * np.sign(_signed_area(points))
    return 1.001 * WORLD_EDGE_KM * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
