"""Credible regions and their outlines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vigie.errors import ParameterError
from vigie.transport.source.credible import credible_region, outline


def enclosed(ring: np.ndarray) -> float:
    """Return the area of a ring in square degrees; above 0 where it goes counterclockwise."""
    x, y = ring[:-1].T
    u, v = ring[1:].T
    return float(0.5 * np.sum(x * v - u * y))


@settings(max_examples=60)
@given(hnp.arrays(np.bool_, st.tuples(st.integers(1, 7), st.integers(2, 9))))
def test_rings_close_and_enclose_what_is_inside(inside: np.ndarray) -> None:
    rows, columns = inside.shape
    lat = np.linspace(-30.0, 30.0, rows + 1)
    lon = np.linspace(10.0, 55.0, columns + 1)
    rings = outline(inside, lat, lon)
    for ring in rings:
        assert (ring[0] == ring[-1]).all()
        assert len(ring) >= 5
    cell = (60.0 / rows) * (45.0 / columns)
    assert sum(enclosed(r) for r in rings) == pytest.approx(inside.sum() * cell, abs=1e-6)


def test_a_region_over_the_seam_is_one_ring() -> None:
    inside = np.zeros((3, 12), dtype=np.bool_)
    inside[1, [0, 11]] = True
    (ring,) = outline(inside, np.array([-90.0, -30.0, 30.0, 90.0]), np.linspace(0.0, 360.0, 13))
    assert enclosed(ring) == pytest.approx(2 * 30.0 * 60.0)
    assert np.ptp(ring[:, 0]) == pytest.approx(60.0)


def test_a_hole_goes_the_other_way_round() -> None:
    inside = np.ones((3, 3), dtype=np.bool_)
    inside[1, 1] = False
    areas = sorted(enclosed(r) for r in outline(inside, np.arange(4.0), np.arange(4.0)))
    assert areas == [-1.0, 9.0]


def test_a_band_round_the_earth_has_two_rings() -> None:
    inside = np.zeros((3, 8), dtype=np.bool_)
    inside[1] = True
    rings = outline(inside, np.array([-90.0, -30.0, 30.0, 90.0]), np.linspace(-180.0, 180.0, 9))
    assert len(rings) == 2
    assert sorted(np.ptp(r[:, 0]) for r in rings) == [360.0, 360.0]


@settings(max_examples=50)
@given(
    hnp.arrays(np.float64, 20, elements=st.floats(1e-6, 1.0)),
    hnp.arrays(np.float64, 20, elements=st.floats(1.0, 100.0)),
    st.floats(0.05, 0.95),
)
def test_the_region_is_the_smallest_that_holds_the_level(
    weight: np.ndarray, areas: np.ndarray, level: float
) -> None:
    p = weight / weight.sum()
    found = credible_region(p, areas, level)
    assert found.probability >= level * (1.0 - 1e-9)
    assert found.area_km2 == pytest.approx(areas[found.inside].sum())
    density = p / areas
    if not found.inside.all():
        assert density[found.inside].min() >= density[~found.inside].max()
    # Without its last cell it no longer holds the level.
    last = np.flatnonzero(found.inside)[density[found.inside].argmin()]
    assert found.probability - p[last] < level + 1e-9


def test_what_does_not_fit_is_refused() -> None:
    p = np.full(4, 0.25)
    with pytest.raises(ParameterError, match="level"):
        credible_region(p, p, 1.0)
    with pytest.raises(ParameterError, match="probability"):
        credible_region(p, np.ones(3), 0.9)
    with pytest.raises(ParameterError, match="edges"):
        outline(np.ones((2, 2), dtype=np.bool_), np.arange(2.0), np.arange(3.0))
