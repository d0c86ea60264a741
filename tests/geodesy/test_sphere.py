"""Distances against a published reference solution, and the laws of the sphere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vigie.geodesy import (
    angle_difference_deg,
    destination,
    distance_azimuths,
    geocentric_latitude_deg,
    geographic_latitude_deg,
    offsets_km,
    wrap_azimuth_deg,
)

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0)

# LocOO3D Example 01 (sandialabs/LocOO3D), origin 79.762518 N 2.463674 E: station position
# (operational coordinates of the IMS) and the reference solution's distance.
PUBLISHED = [("SPITS", 78.1777, 16.3700, 3.1054)]


@pytest.mark.parametrize(("station", "latitude", "longitude", "expected"), PUBLISHED)
def test_distance_equals_the_reference_solution(
    station: str, latitude: float, longitude: float, expected: float
) -> None:
    delta, _, _ = distance_azimuths(79.762518, 2.463674, latitude, longitude)
    assert float(delta) == pytest.approx(expected, abs=1e-4), station


@given(latitudes, longitudes, st.floats(0.0, 360.0), st.floats(0.01, 179.0))
def test_going_there_and_measuring_gives_distance_and_azimuth_back(
    latitude: float, longitude: float, azimuth: float, delta: float
) -> None:
    assume(abs(latitude) < 89.99)
    there = destination(latitude, longitude, azimuth, delta)
    measured, out, _ = distance_azimuths(latitude, longitude, *there)
    assert float(measured) == pytest.approx(delta, abs=1e-9)
    assert abs(float(angle_difference_deg(out, azimuth))) < 1e-6


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_symmetric_and_azimuths_swap(
    lat1: float, lon1: float, lat2: float, lon2: float
) -> None:
    there = [float(x) for x in distance_azimuths(lat1, lon1, lat2, lon2)]
    back = [float(x) for x in distance_azimuths(lat2, lon2, lat1, lon1)]
    assert there[0] == pytest.approx(back[0], abs=1e-9)
    assert 0.0 <= there[0] <= 180.0
    if 1e-6 < there[0] < 180.0 - 1e-6:
        assert abs(float(angle_difference_deg(there[1], back[2]))) < 1e-5


@given(latitudes)
def test_geocentric_latitude_has_an_inverse(latitude: float) -> None:
    there = geocentric_latitude_deg(latitude)
    assert float(geographic_latitude_deg(there)) == pytest.approx(latitude, abs=1e-12)
    assert abs(float(there)) <= abs(latitude) + 1e-12


@given(st.floats(-1e6, 1e6))
def test_azimuths_stay_below_360(azimuth: float) -> None:
    assert 0.0 <= float(wrap_azimuth_deg(azimuth)) < 360.0


@given(st.floats(-80.0, 80.0), longitudes, st.floats(0.0, 360.0), st.floats(0.1, 30.0))
def test_offsets_agree_with_geodesics(
    latitude: float, longitude: float, azimuth: float, distance_km: float
) -> None:
    from obspy.geodetics import gps2dist_azimuth

    there = destination(latitude, longitude, azimuth, distance_km / 111.19)
    metres, bearing, _ = gps2dist_azimuth(latitude, longitude, float(there[0]), float(there[1]))
    expected = metres / 1e3 * np.array([np.sin(np.radians(bearing)), np.cos(np.radians(bearing))])
    np.testing.assert_allclose(offsets_km(*there, latitude, longitude), expected, atol=1e-3)
