"""Triangles that cover the globe, split where it matters: no poles, no date line.

What it computes: the twenty faces of the icosahedron divided again and again into four; centres,
areas, and the outlines of sets of triangles. Source: geodesic grids as Baumgardner & Frederickson
1985 (SIAM J. Numer. Anal. 22, 1107); areas of spherical triangles after Eriksson 1990 (Math. Mag.
63, 184). Accuracy: areas sum to the sphere within 1e-12; sides of one level differ by 18 %. Cost:
1 ms for 5,120 triangles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0
"""Mean, as in ``KM_PER_DEG``."""
_EDGE_RAD = float(np.arctan(2.0))
"""Side of a face of the icosahedron."""


def icosahedron() -> FloatArray:
    """Return the twenty faces, shape (20, 3, 3): corners as unit vectors."""
    golden = (1.0 + 5.0**0.5) / 2.0
    signs = [(a, b) for a in (-1.0, 1.0) for b in (-golden, golden)]
    corners = np.array(
        [v for a, b in signs for v in ((0.0, a, b), (a, b, 0.0), (b, 0.0, a))]
    ) / np.hypot(1.0, golden)
    near = np.abs(corners @ corners.T - 1.0 / 5.0**0.5) < 1e-9
    faces = [
        (i, j, k)
        for i in range(12)
        for j in range(i + 1, 12)
        for k in range(j + 1, 12)
        if near[i, j] and near[j, k] and near[i, k]
    ]
    return np.asarray(corners[np.array(faces)])


def split(cells: FloatArray) -> FloatArray:
    """Divide each triangle into four, shape (n, 3, 3) to (4 n, 3, 3)."""
    a, b, c = cells[:, 0], cells[:, 1], cells[:, 2]
    ab, bc, ca = (_unit(x + y) for x, y in ((a, b), (b, c), (c, a)))
    parts = ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))
    return np.concatenate([np.stack(part, axis=1) for part in parts])


def globe(level: int) -> FloatArray:
    """Return all triangles of a level, 20 x 4^level of them."""
    cells = icosahedron()
    for _ in range(level):
        cells = split(cells)
    return cells


def centres(cells: FloatArray) -> FloatArray:
    """Return the middles of triangles as unit vectors, shape (n, 3)."""
    return _unit(cells.sum(axis=1))


def areas_km2(cells: FloatArray) -> FloatArray:
    """Return the areas of triangles, shape (n,)."""
    a, b, c = cells[:, 0], cells[:, 1], cells[:, 2]
    triple = np.abs(np.einsum("ij,ij->i", a, np.cross(b, c)))
    dots = sum(np.einsum("ij,ij->i", x, y) for x, y in ((a, b), (b, c), (c, a)))
    return np.asarray(2.0 * np.arctan2(triple, 1.0 + dots) * EARTH_RADIUS_KM**2)


def radius_km(level: int) -> float:
    """Return the distance from middle to corner of a triangle of a level.

    Examples
    --------
    >>> round(radius_km(8))
    16
    """
    return float(_EDGE_RAD * EARTH_RADIUS_KM / 2**level / 3.0**0.5)


def outlines(cells: FloatArray, level: NDArray[np.int64]) -> tuple[FloatArray, ...]:
    """Return the closed lines around a set of triangles.

    Parameters
    ----------
    cells : ndarray, shape (n, 3, 3)
        Triangles that do not overlap; neighbours share corners, or halves of their sides.
    level : ndarray, shape (n,)
        Of each.

    Returns
    -------
    tuple of ndarray, shape (k, 3)
        Unit vectors, the first not repeated at the end; longest first. Holes are lines of
        their own.
    """
    if not len(cells):
        return ()
    starts, ends = _sides(cells, level)
    keys = np.round(np.concatenate([starts, ends]), 8) + 0.0
    _, first, number = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    pairs = number.reshape(2, -1).T
    directed = {(int(a), int(b)) for a, b in pairs}
    open_sides: dict[int, list[int]] = {}
    for start, end in sorted((a, b) for a, b in directed if (b, a) not in directed):
        open_sides.setdefault(start, []).append(end)
    points = np.concatenate([starts, ends])[first]
    lines = [points[np.array(loop)] for loop in _loops(open_sides)]
    return tuple(sorted(lines, key=len, reverse=True))


def _sides(cells: FloatArray, level: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Return starts and ends of all sides, counter-clockwise, as long as those of the finest."""
    triple = np.einsum("ij,ij->i", cells[:, 0], np.cross(cells[:, 1], cells[:, 2]))
    turned = np.where(triple[:, None, None] > 0.0, cells, cells[:, ::-1])
    found = []
    for own in np.unique(level):
        corners = turned[level == own]
        start, end = corners.reshape(-1, 3), np.roll(corners, -1, axis=1).reshape(-1, 3)
        for _ in range(int(level.max() - own)):
            middle = _unit(start + end)
            start, end = np.concatenate([start, middle]), np.concatenate([middle, end])
        found.append((start, end))
    starts, ends = (np.concatenate(column) for column in zip(*found, strict=True))
    return starts, ends


def _loops(open_sides: dict[int, list[int]]) -> list[list[int]]:
    loops = []
    while open_sides:
        start = min(open_sides)
        loop = [start]
        while True:
            ends = open_sides[loop[-1]]
            end = ends.pop()
            if not ends:
                del open_sides[loop[-1]]
            if end == start:
                break
            loop.append(end)
        loops.append(loop)
    return loops


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
