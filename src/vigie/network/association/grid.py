"""Where events are looked for: cells whose size follows the distance to the stations.

A cell is split while its radius exceeds a fraction of the distance to its fourth-nearest
station, so that travel times are equally well known in all of them: fine amid a dense network,
coarse in an ocean. Cells are caps of the sphere, split in a plane tangent to its face of a cube,
so poles and the antimeridian are like any place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    BoolArray = NDArray[np.bool_]
    FloatArray = NDArray[np.float64]

GLOBAL_APERTURE_DEG = 60.0
"""A network wider than this looks everywhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Cells of all layers."""

    unit: FloatArray
    """Centres, shape (n, 3)."""
    radius_deg: FloatArray
    depth_km: FloatArray
    half_depth_km: FloatArray
    area_deg2: float
    """Of the surface that they cover."""
    is_top: BoolArray
    """Whether a cell belongs to the uppermost layer, whose cells cover the surface once."""
    aperture_deg: float
    spacing_deg: float
    """Median distance of a station to its third neighbour."""


@dataclass(frozen=True, slots=True)
class GridRule:
    """How the grid is made."""

    fraction: float
    margin: float
    """How far beyond the stations all depths are looked at, apertures."""
    max_depth_km: float
    reach_deg: float
    """How far beyond the stations shallow cells are looked at: where travel times end."""


def make_grid(station_unit: FloatArray, rule: GridRule) -> Grid:
    """Split the six faces of a cube until each cell is small for its place, layer by layer.

    Parameters
    ----------
    station_unit : ndarray, shape (n, 3)
        Directions of the stations.
    rule : GridRule
    """
    aperture = _aperture_deg(station_unit)
    everywhere = aperture > GLOBAL_APERTURE_DEG
    near = 180.0 if everywhere else max(rule.margin * aperture, 0.3)
    spacing = _spacing_deg(station_unit)
    layers = []
    for k, (depth, half) in enumerate(_layers(near, rule, spacing)):
        reach = max(near, rule.reach_deg) if k == 0 else near
        unit, radius = _cells(station_unit, reach, 0.6 * spacing, depth / 111.19, rule.fraction)
        layers.append((unit, radius, np.full(len(unit), depth), np.full(len(unit), half)))
    unit, radius, depths, halves = (np.concatenate(part) for part in zip(*layers, strict=True))
    area = float(np.sum(2.0 * layers[0][1] ** 2))
    is_top = np.arange(len(unit)) < len(layers[0][0])
    return Grid(unit, radius, depths, halves, area, is_top, aperture, spacing)


def _cells(
    station_unit: FloatArray, reach: float, least_deg: float, depth_deg: float, fraction: float
) -> tuple[FloatArray, FloatArray]:
    """Return centres and radii of one layer; distances are slant, to the layer's depth."""
    fourth = min(3, len(station_unit) - 1)
    centres, radii = [], []
    for face in range(6):
        # Corner and side in face coordinates (angles, so that cells stay about equal).
        todo = [(-45.0, -45.0, 90.0)]
        while todo:
            x, y, side = todo.pop()
            unit = _on_face(face, x + side / 2.0, y + side / 2.0)
            radius = side * 0.7071
            chord = np.linalg.norm(station_unit - unit, axis=1)
            delta = np.degrees(2.0 * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0)))
            delta.sort()
            if delta[0] - radius > reach:
                continue
            near = np.hypot(max(delta[fourth] - radius, least_deg), depth_deg)
            if radius > fraction * near and radius > 0.01:
                half = side / 2.0
                todo += [(x + a, y + b, half) for a in (0.0, half) for b in (0.0, half)]
            else:
                centres.append(unit)
                radii.append(radius)
    return np.array(centres), np.array(radii)


def touching_cells(grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which cells touch which, themselves included: starts and members of each row."""
    from scipy.sparse import csr_array
    from scipy.spatial import KDTree

    radius = np.radians(grid.radius_deg)
    tree = KDTree(grid.unit)
    # The larger cell of a pair finds the smaller one; then both see each other.
    found = tree.query_ball_point(grid.unit, 1.5 * radius)
    row = np.repeat(np.arange(len(found)), [len(members) for members in found])
    column = np.concatenate([np.array(members, dtype=np.int64) for members in found])
    apart = np.linalg.norm(grid.unit[row] - grid.unit[column], axis=1)
    near = apart < 0.75 * (radius[row] + radius[column]) + 1e-12
    pairs = csr_array(
        (np.ones(int(near.sum()), dtype=np.int8), (row[near], column[near])),
        shape=(len(radius), len(radius)),
    )
    both = (pairs + pairs.T).tocsr()
    return both.indptr.astype(np.int64), both.indices.astype(np.int64)


def _on_face(face: int, x_deg: float, y_deg: float) -> FloatArray:
    a, b = np.tan(np.radians(x_deg)), np.tan(np.radians(y_deg))
    axis, sign = face % 3, 1.0 if face < 3 else -1.0
    vector = np.roll(np.array([sign, a, b]), axis)
    return np.asarray(vector / np.linalg.norm(vector))


def _aperture_deg(unit: FloatArray) -> float:
    chord = np.linalg.norm(unit[:, None, :] - unit[None, :, :], axis=2).max(initial=0.0)
    return float(np.degrees(2.0 * np.arcsin(min(chord / 2.0, 1.0))))


def _spacing_deg(unit: FloatArray) -> float:
    """Return the median distance of a station to its third neighbour."""
    chord = np.linalg.norm(unit[:, None, :] - unit[None, :, :], axis=2)
    third = np.sort(chord, axis=1)[:, min(3, len(unit) - 1)]
    return float(np.degrees(2.0 * np.arcsin(np.clip(np.median(third) / 2.0, 0.0, 1.0))))


def _layers(reach_deg: float, rule: GridRule, spacing_deg: float) -> list[tuple[float, float]]:
    """Return depths and half widths: layers as thick as cells are wide, growing with depth."""
    limit = min(rule.max_depth_km, 111.19 * max(2.0 * reach_deg, 0.3))
    step = float(np.clip(2.5 * rule.fraction * 111.19 * spacing_deg, 30.0, 60.0))
    layers, top = [], 0.0
    while top < limit - 1.0:
        bottom = min(top + step, limit)
        layers.append((0.5 * (top + bottom), 0.5 * (bottom - top)))
        top, step = bottom, 1.5 * step
    return layers
