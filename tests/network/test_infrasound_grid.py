"""Triangles on the globe: areas, divisions and outlines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.network.infrasound.sphere_grid import (
    EARTH_RADIUS_KM,
    areas_km2,
    centres,
    globe,
    icosahedron,
    outlines,
    radius_km,
    split,
)


def test_the_faces_cover_the_sphere_once() -> None:
    for level in (0, 3):
        cells = globe(level)
        assert len(cells) == 20 * 4**level
        assert areas_km2(cells).sum() == pytest.approx(4.0 * np.pi * EARTH_RADIUS_KM**2, rel=1e-12)


def test_the_radius_is_that_of_the_cells() -> None:
    cells = globe(5)
    reach = np.linalg.norm(cells - centres(cells)[:, None], axis=2).max(axis=1) * EARTH_RADIUS_KM
    assert np.median(reach) == pytest.approx(radius_km(5), rel=0.15)


@given(st.integers(0, 19), st.integers(0, 3))
def test_four_parts_are_the_whole(face: int, part: int) -> None:
    cell = icosahedron()[face : face + 1]
    parts = split(cell)
    assert areas_km2(parts).sum() == pytest.approx(float(areas_km2(cell)[0]), rel=1e-12)
    again = split(parts[part : part + 1])
    assert areas_km2(again).sum() == pytest.approx(float(areas_km2(parts)[part]), rel=1e-12)


def enclosed_km2(line: np.ndarray) -> float:
    """Return the area at the left of a closed line, from its turning angles (Gauss-Bonnet)."""
    before, after = np.roll(line, 1, axis=0), np.roll(line, -1, axis=0)
    turning = 0.0
    for a, b, c in zip(before, line, after, strict=True):
        ahead, behind = c - b * (b @ c), b * (a @ b) - a
        turning += np.arctan2(b @ np.cross(behind, ahead), behind @ ahead)
    return float((2.0 * np.pi - turning) * EARTH_RADIUS_KM**2)


def test_an_outline_holds_the_area_of_its_cells_even_at_a_pole_and_of_unlike_sizes() -> None:
    cells = globe(4)
    for middle in (np.array([0.0, 0.0, 1.0]), np.array([-1.0, 0.0, 0.0])):
        cap = cells[centres(cells) @ middle > np.cos(0.2)]
        fine, level = split(cap[:5]), np.full(20, 5)
        mixed = np.concatenate([cap[5:], fine])
        levels = np.concatenate([np.full(len(cap) - 5, 4), level])
        (line,) = outlines(mixed, levels)
        assert enclosed_km2(line) == pytest.approx(areas_km2(cap).sum(), rel=1e-6)


def test_two_islands_have_two_outlines_and_a_ring_has_two() -> None:
    cells = globe(4)
    away = centres(cells) @ np.array([0.0, 0.0, 1.0])
    caps = cells[np.abs(away) > np.cos(0.2)]
    assert len(outlines(caps, np.full(len(caps), 4))) == 2
    ring = cells[(away < np.cos(0.3)) & (away > np.cos(0.6))]
    assert len(outlines(ring, np.full(len(ring), 4))) == 2
    assert outlines(cells[:0], np.empty(0, dtype=np.int64)) == ()
