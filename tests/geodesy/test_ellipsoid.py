"""Geodesics of the ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obspy.geodetics import gps2dist_azimuth

from vigie.geodesy import angle_difference_deg, destination, geodesics

latitudes = st.floats(-89.9, 89.9)
longitudes = st.floats(-180.0, 180.0)


def test_line_of_the_australian_survey() -> None:
    # Flinders Peak to Buninyong, published with Vincenty's formulae (GDA technical manual):
    # 54,972.271 m, 306 deg 52' 05.37", back azimuth 127 deg 10' 25.07".
    line = geodesics(-37.951033417, 144.424867889, -37.652821139, 143.926495528)
    assert line.length_km == pytest.approx(54.972271, abs=2e-6)
    assert line.azimuth_deg == pytest.approx(306 + 52 / 60 + 5.37 / 3600, abs=2e-6)
    assert line.backazimuth_deg == pytest.approx(127 + 10 / 60 + 25.07 / 3600, abs=2e-6)


def test_line_to_a_point_near_the_antipode() -> None:
    # Karney 2013, tables 3 and 4: (30 S, 0) to (29.9 N, 179.8 E).
    line = geodesics(-30.0, 0.0, 29.9, 179.8)
    assert line.length_km == pytest.approx(19989.832827610, abs=1e-6)
    assert line.azimuth_deg == pytest.approx(161.890524736, abs=1e-6)
    assert line.backazimuth_deg == pytest.approx(180.0 + 18.090737246, abs=1e-6)


def test_lines_agree_with_another_implementation() -> None:
    rng = np.random.default_rng(3)
    latitude = np.degrees(np.arcsin(rng.uniform(-0.999, 0.999, (2, 200))))
    longitude = rng.uniform(-180.0, 180.0, (2, 200))
    lines = geodesics(latitude[0], longitude[0], latitude[1], longitude[1])
    places = zip(latitude[0], longitude[0], latitude[1], longitude[1], strict=True)
    expected = np.array([gps2dist_azimuth(*place) for place in places])
    np.testing.assert_allclose(lines.length_km, expected[:, 0] / 1e3, atol=1e-3)
    for found, other in (
        (lines.azimuth_deg, expected[:, 1]),
        (lines.backazimuth_deg, expected[:, 2]),
    ):
        assert np.abs(angle_difference_deg(found, other)).max() < 1e-6


def test_a_point_has_no_distance_from_itself() -> None:
    line = geodesics([0.0, 45.0, 90.0], [10.0, -180.0, 0.0], [0.0, 45.0, 90.0], [10.0, 180.0, 50.0])
    np.testing.assert_allclose(line.length_km, 0.0, atol=1e-9)
    assert np.isfinite(line.azimuth_deg).all()


@given(latitudes, longitudes, latitudes, longitudes)
def test_a_line_reads_the_same_backwards(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> None:
    there = geodesics(latitude, longitude, other_latitude, other_longitude)
    back = geodesics(other_latitude, other_longitude, latitude, longitude)
    assert there.length_km == pytest.approx(float(back.length_km), abs=1e-6)
    if 1.0 < there.length_km < 19900.0:
        assert abs(angle_difference_deg(there.azimuth_deg, back.backazimuth_deg)) < 1e-5


@given(st.floats(-89.0, 89.0), longitudes, st.floats(0.0, 360.0), st.floats(179.0, 179.99))
def test_lines_near_the_antipode_are_as_long_as_half_the_earth(
    latitude: float, longitude: float, azimuth: float, delta: float
) -> None:
    end = destination(latitude, longitude, azimuth, delta)
    line = geodesics(latitude, longitude, *end)
    # No geodesic is longer than half a meridian, 20,003.93 km.
    assert 20003.94 - 1.003 * 111.4 * (180.0 - delta) - 45.0 < line.length_km <= 20003.94
