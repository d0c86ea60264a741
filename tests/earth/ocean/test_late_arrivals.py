"""Later arrivals that came over a reflector."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.earth.ocean.test_paths import finder, sea

from vigie.earth.ocean import DirectArrival, PathFinder, late_arrivals
from vigie.geodesy import geodesics
from vigie.records import Detection

SOURCE, STATION = (0.0, 10.0), (0.0, 60.0)
SPEED = 1.48


def direct_arrival() -> DirectArrival:
    length = float(geodesics(*SOURCE, *STATION).length_km)
    return DirectArrival(
        source=SOURCE, station=STATION, time_ns=10**18, travel_time_s=length / SPEED
    )


def heard_over(latitude: float, longitude: float, **changed: float | None) -> Detection:
    """Return what a station hears from a place that reflects."""
    there = geodesics(*SOURCE, latitude, longitude)
    back = geodesics(latitude, longitude, *STATION)
    travel_s = float(there.length_km + back.length_km) / SPEED
    delay_ns = round((travel_s - direct_arrival().travel_time_s) * 1e9)
    values: dict[str, float | None] = {
        "azimuth_deg": float(back.backazimuth_deg),
        "azimuth_deg_sigma": 0.5,
        **changed,
    }
    return Detection(id="late", station="H99", time_ns=10**18 + delay_ns, **values)  # type: ignore[arg-type]  # floats by name


@pytest.fixture(scope="module")
def ocean() -> PathFinder:
    return finder(sea(bank=(6.0, 7.0, 30.0, 31.0, -300), wall=(-13.0, -11.0, 20.0, 50.0, 100)))


def test_an_arrival_over_a_bank_finds_the_bank(ocean: PathFinder) -> None:
    (found,) = late_arrivals(direct_arrival(), [heard_over(6.3, 30.5)], ocean)
    assert found.belongs
    assert found.reflector is not None
    assert found.reflector.latitude == pytest.approx(6.4, abs=0.7)
    assert found.reflector.longitude == pytest.approx(30.5, abs=0.9)
    assert found.turn_deg == pytest.approx(12.0, abs=1.0)
    assert found.delay_s > 0.0
    assert found.excess_path_km == pytest.approx(found.delay_s * SPEED)


def test_an_arrival_from_the_open_sea_is_listed_without_a_reflector(ocean: PathFinder) -> None:
    # 80 W of the station nothing rises.
    lonely = heard_over(9.0, 48.0)
    (found,) = late_arrivals(direct_arrival(), [lonely], ocean)
    assert not found.belongs
    assert found.reflector is None


def test_a_reflector_in_the_shadow_of_another_is_none() -> None:
    # The bank lies behind a wall that runs from it to the station's side.
    hidden = finder(sea(bank=(6.0, 7.0, 30.0, 31.0, -300), screen=(1.0, 8.0, 40.0, 40.2, 100)))
    (found,) = late_arrivals(direct_arrival(), [heard_over(6.3, 30.5)], hidden)
    assert not found.belongs


def test_what_is_no_late_arrival_is_left_out(ocean: PathFinder) -> None:
    good = heard_over(6.3, 30.5)
    others = [
        heard_over(6.3, 30.5, azimuth_deg=None),
        heard_over(6.3, 30.5, azimuth_deg=270.5),  # the direction of the direct one
        Detection(id="early", station="H99", time_ns=10**18 - 10**10, azimuth_deg=280.0),
        Detection(id="next", station="H99", time_ns=10**18 + 901 * 10**9, azimuth_deg=280.0),
    ]
    found = late_arrivals(direct_arrival(), [*others, good], ocean)
    assert [late.detection_id for late in found] == ["late"]


@settings(max_examples=20, deadline=None)
@given(st.floats(-12.5, -11.5), st.floats(22.0, 48.0))
def test_reflections_along_a_coast_are_found_where_they_are(
    latitude: float, longitude: float
) -> None:
    # The near side of the wall reflects, so its edge is where sound turns back.
    coast = finder(sea(wall=(-13.0, -11.0, 20.0, 50.0, 100)))
    heard = heard_over(-11.0, longitude)
    delay = (heard.time_ns - 10**18) / 1e9
    found = late_arrivals(direct_arrival(), [heard], coast)
    if delay > 900.0:
        assert found == ()
        return
    (late,) = found
    assert late.reflector is not None
    assert late.reflector.misfit < 2.0
    away = geodesics(-11.0, longitude, late.reflector.latitude, late.reflector.longitude).length_km
    # Two standard errors of azimuth at 3,000 km and of path.
    assert away < 250.0
    assert latitude < 0.0


def test_order_is_that_of_time(ocean: PathFinder) -> None:
    first, second = heard_over(6.3, 30.5), heard_over(6.9, 30.2)
    late = late_arrivals(direct_arrival(), [second, first], ocean)
    delays = [one.delay_s for one in late]
    assert delays == sorted(delays)
    assert np.all(np.array(delays) > 0.0)
