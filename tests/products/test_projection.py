"""Maps about an event: distances, azimuths, land on the right side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.facts.coastline import Scale, borders, land
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.products.figures.projection import (
    WORLD_EDGE_KM,
    AzimuthalEquidistant,
    ellipse_points,
    land_path,
)

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_and_azimuth_from_the_centre_are_true(
    lat0: float, lon0: float, lat: float, lon: float
) -> None:
    east, north = AzimuthalEquidistant(lat0, lon0).project(lat, lon)
    delta, azimuth, _ = distance_azimuths(lat0, lon0, lat, lon)
    assert np.hypot(east, north) == pytest.approx(float(delta) * KM_PER_DEG, abs=1e-6)
    if 1e-6 < float(delta) < 179.9:
        turn = float(np.degrees(np.arctan2(east, north))) - float(azimuth)
        assert abs((turn + 180.0) % 360.0 - 180.0) < 1e-6


@given(latitudes, longitudes, st.floats(-9000.0, 9000.0), st.floats(-9000.0, 9000.0))
def test_a_point_of_the_map_leads_back(
    lat0: float, lon0: float, east_km: float, north_km: float
) -> None:
    projection = AzimuthalEquidistant(lat0, lon0)
    back = projection.project(*projection.place(east_km, north_km))
    assert back == pytest.approx([east_km, north_km], abs=1e-5)


# Places well inside land or sea, the antimeridian and both poles among them.
LAND = [(65.0, 100.0), (66.5, 179.9), (67.0, -179.5), (-85.0, 0.0), (-90.0, 0.0), (0.0, 20.0),
        (-25.0, 135.0), (40.0, -100.0)]  # fmt: skip
SEA = [(0.0, -30.0), (0.0, 180.0), (30.0, -179.9), (88.0, 50.0), (-50.0, 90.0), (42.0, 51.0)]


@pytest.mark.parametrize("centre", [(41.3, 129.1), (-89.9, 10.0), (89.9, 0.0), (10.0, -179.9),
                                    (-35.0, -65.0), (10.0, -80.0)])  # fmt: skip
def test_land_is_land_from_wherever_it_is_seen(centre: tuple[float, float]) -> None:
    projection = AzimuthalEquidistant(*centre)
    path = land_path(projection, 1.01 * WORLD_EDGE_KM, "110m")
    assert path is not None

    def winding(place: tuple[float, float]) -> float:
        point = projection.project(*place)
        total = 0.0
        for polygon in path.to_polygons(closed_only=True):
            outline = np.asarray(polygon, dtype=float)
            turns = np.unwrap(np.arctan2(outline[:, 1] - point[1], outline[:, 0] - point[0]))
            total += (turns[-1] - turns[0]) / (2.0 * np.pi)
        return round(total)

    for place in LAND:
        assert winding(place) != 0, f"{place} should be land seen from {centre}"
    for place in SEA:
        assert winding(place) == 0, f"{place} should be sea seen from {centre}"


def test_a_view_without_land_has_none() -> None:
    assert land_path(AzimuthalEquidistant(0.0, -135.0), 100.0, "50m") is None


def test_an_ellipse_has_its_axes_where_they_are_stated() -> None:
    points = ellipse_points(9.0, 5.0, 30.0)
    radius = np.hypot(points[:, 0], points[:, 1])
    far = points[int(np.argmax(radius))]
    assert radius.max() == pytest.approx(9.0)
    assert radius.min() == pytest.approx(5.0)
    azimuth = np.degrees(np.arctan2(far[0], far[1])) % 180.0
    assert azimuth == pytest.approx(30.0)


def test_coastlines_are_rings_within_the_world() -> None:
    scales: tuple[Scale, ...] = ("110m", "50m")
    for scale in scales:
        rings = land(scale)
        assert sum(len(r) for r in rings) > 5000
        for ring in rings:
            assert np.abs(ring[:, 0]).max() <= 180.0
            assert np.abs(ring[:, 1]).max() <= 90.0
            assert np.allclose(ring[0], ring[-1])
    assert len(borders()) > 300
