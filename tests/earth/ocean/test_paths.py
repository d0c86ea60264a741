"""Paths through the ocean: travel times, blockage, loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.earth.ocean import (
    BlockageParams,
    Ends,
    Ocean,
    PathFinder,
    SeaFloor,
    load_sea_floor,
    transmission_loss_db,
    uniform_channel,
)
from vigie.earth.ocean.blockage import (
    blockage_value,
    mode_width_m,
    needed_depth_m,
    shoals_m,
)
from vigie.earth.ocean.travel_time import grids_of, lines_between, walk_of
from vigie.errors import ParameterError
from vigie.geodesy import destination

latitudes = st.floats(-89.0, 89.0)
longitudes = st.floats(-180.0, 180.0)


def sea(**heights: tuple[float, float, float, float, int]) -> SeaFloor:
    """Return a sea of 4,000 m with boxes (south, north, west, east, elevation), 0.1 deg."""
    elevation = np.full((1801, 3600), -4000, dtype=np.int16)
    for south, north, west, east, height in heights.values():
        rows = slice(round((south + 90.0) * 10), round((north + 90.0) * 10) + 1)
        elevation[rows, round(west * 10) : round(east * 10) + 1] = height
    return SeaFloor(elevation, 0.1)


def finder(floor: SeaFloor, **rules: float) -> PathFinder:
    channel = uniform_channel(1.48, axis_depth_m=1000.0)
    return PathFinder(Ocean(floor=floor, channel=channel, blockage=BlockageParams(**rules)))


def test_uniform_speed_gives_distance_over_speed() -> None:
    rng = np.random.default_rng(1)
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, (2, 200))))
    longitude = rng.uniform(-180.0, 180.0, (2, 200))
    paths = finder(load_sea_floor()).find((latitude[0], longitude[0]), (latitude[1], longitude[1]))
    np.testing.assert_allclose(paths.time_s, paths.length_km / 1.48, rtol=2e-6)
    np.testing.assert_allclose(paths.time_sigma_s, paths.time_s * 1e-3, rtol=1e-9)


def test_steps_of_10_km_are_short_enough() -> None:
    rng = np.random.default_rng(2)
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, (2, 60))))
    longitude = rng.uniform(-180.0, 180.0, (2, 60))
    places = (latitude[0], longitude[0]), (latitude[1], longitude[1])
    usual = PathFinder(Ocean(month=11)).find(*places)
    fine = PathFinder(Ocean(month=11, step_km=1.0)).find(*places)
    np.testing.assert_allclose(usual.time_s, fine.time_s, atol=0.05)


@settings(max_examples=25, deadline=None)
@given(latitudes, longitudes, latitudes, longitudes)
def test_a_path_takes_as_long_backwards(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> None:
    paths = PathFinder(Ocean(month=2))
    there = paths.find((latitude, longitude), (other_latitude, other_longitude))
    back = paths.find((other_latitude, other_longitude), (latitude, longitude))
    if 1.0 < there.length_km < 19900.0:
        assert there.time_s == pytest.approx(float(back.time_s), rel=1e-6)
        assert there.source_slowness_s_per_km == pytest.approx(
            float(back.receiver_slowness_s_per_km), rel=1e-4
        )


@pytest.mark.parametrize("month", [None, 6])
def test_compiled_paths_equal_their_twin(month: int | None) -> None:
    from vigie.earth.ocean import _kernels, twin

    rng = np.random.default_rng(3)
    ocean = Ocean(month=month)
    n = 150
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, (2, n))))
    longitude = rng.uniform(-180.0, 180.0, (2, n))
    ends = Ends(source=rng.random(n) > 0.5, receiver=rng.random(n) > 0.5)
    # Half of them short, as ends count most there.
    near = destination(latitude[0], longitude[0], rng.uniform(0, 360, n), rng.uniform(0, 4, n))
    to = tuple(
        np.where(np.arange(n) % 2, a, b)
        for a, b in zip((latitude[1], longitude[1]), near, strict=True)
    )
    lines, _ = lines_between((latitude[0], longitude[0]), (to[0], to[1]), ends, ocean.blockage)
    grids, walk = grids_of(ocean), walk_of(ocean)
    found, expected = _kernels.follow(grids, lines, walk), twin.follow(grids, lines, walk)
    assert 0.2 < np.mean(found[:, 2] == 1.0) < 0.9
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_values_follow_the_rule_of_the_axis_depth() -> None:
    value = blockage_value([50.0, 0.0, -100.0, -500.0, -750.0, -1000.0, -3000.0], 1000.0)
    assert value.tolist() == [1.0, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0]


def test_low_frequencies_need_more_water() -> None:
    needs = [float(needed_depth_m(1000.0, BlockageParams(freq_hz=f))) for f in (2.0, 10.0, 50.0)]
    assert needs[1] == 1000.0
    assert needs[0] > needs[1] > needs[2]
    assert mode_width_m(2.0) == pytest.approx(mode_width_m(50.0) * 5.0)
    assert needed_depth_m(0.0, BlockageParams()) == 200.0


def test_land_blocks_and_the_place_is_kept() -> None:
    wall = finder(sea(wall=(-60.0, 60.0, 40.0, 41.0, 100)))
    path = wall.find((0.0, 0.0), (0.0, 80.0))
    assert path.blockage == 1.0
    assert path.blocked_longitude == pytest.approx(40.0, abs=0.2)
    assert path.blocked_latitude == pytest.approx(0.0, abs=0.1)
    # The other way round the Earth there is no wall, but the geodesic does not go there.
    assert wall.find((0.0, 300.0), (0.0, 20.0)).blockage == 0.0


def test_a_ridge_blocks_by_how_far_it_rises() -> None:
    for height, expected in ((-1100, 0.0), (-900, 0.2), (-700, 0.6), (-400, 1.0)):
        ridge = finder(sea(ridge=(-60.0, 60.0, 40.0, 41.0, height)))
        assert ridge.find((0.0, 0.0), (0.0, 80.0)).blockage == pytest.approx(expected)


def test_an_islet_in_mid_ocean_blocks_in_part_and_one_by_the_hydrophone_wholly() -> None:
    # One cell of 11 km: at 4,000 km from both ends the Fresnel zone is 34 km wide (17 km to
    # either side) at 10 Hz, at 20 km from one end 1.7 km.
    islet = finder(sea(islet=(0.0, 0.0, 40.0, 40.0, 100)))
    assert 0.0 < islet.find((0.0, 4.0), (0.0, 76.0)).blockage < 0.5
    assert islet.find((0.0, 4.0), (0.0, 40.2)).blockage == 1.0
    assert islet.find((0.5, 4.0), (0.5, 76.0)).blockage == 0.0


def test_wider_zones_of_low_frequencies_pass_an_islet_more_easily() -> None:
    floor = sea(islet=(0.0, 0.0, 10.0, 10.0, 100))
    value = [
        float(finder(floor, freq_hz=f).find((0.0, 0.0), (0.0, 30.0)).blockage) for f in (40.0, 5.0)
    ]
    assert value[0] > value[1] > 0.0


def test_the_slope_under_a_hydrophone_does_not_count_but_the_island_does() -> None:
    slope = (-0.3, 0.3, 39.7, 40.3, -600)
    island = finder(sea(slope=slope, island=(0.0, 0.0, 40.0, 40.0, 100)))
    # 22 km east of the island, on its slope.
    hydrophone = (0.0, 40.2)
    assert island.find((0.0, 80.0), hydrophone).blockage == 0.0
    assert island.find((0.0, 4.0), hydrophone).blockage == 1.0
    assert island.find((40.0, 40.2), hydrophone).blockage == 0.0
    # From the island's own hydrophone seen as a source the same holds.
    assert island.find(hydrophone, (0.0, 80.0)).blockage == 0.0
    assert island.find(hydrophone, (0.0, 4.0)).blockage == 1.0


def test_a_shelf_that_goes_on_for_long_blocks() -> None:
    shelf = finder(sea(shelf=(-5.0, 5.0, 40.0, 43.0, -150)))
    assert shelf.find((0.0, 10.0), (0.0, 43.0)).blockage == 1.0
    assert shelf.find((0.0, 10.0), (0.0, 40.2)).blockage == 0.0


def test_rock_lets_sound_through_next_to_its_end() -> None:
    coast = finder(sea(coast=(-5.0, 5.0, 40.0, 46.0, 300)))
    station = (0.0, 40.5)
    assert coast.find((0.0, 10.0), station).blockage == 1.0
    assert coast.find((0.0, 10.0), station, Ends(receiver=True)).blockage == 0.0
    assert coast.find((0.0, 80.0), station, Ends(receiver=True)).blockage == 1.0
    assert coast.find((0.0, 40.5), (0.0, 10.0), Ends(source=True)).blockage == 0.0


def test_shoals_are_found_near_the_poles_as_well() -> None:
    floor = sea(islet=(85.0, 85.0, 0.0, 0.0, 100))
    shoals = shoals_m(floor, 30.0)
    lat, lon = destination(85.0, 0.0, np.arange(0.0, 360.0, 15.0), 29.0 / 111.2)
    rows, columns = floor.cells_of(lat, lon)
    assert (shoals[rows, columns] == 100).all()
    assert shoals[900, 1800] == -4000


def test_loss_is_that_of_the_sheet() -> None:
    # 90.0 dB at 1,000 km, 97.1 at 6,041, 97.8 at 7,796, 96.5 at 15,000 (computed for r0 = 1 km).
    loss = transmission_loss_db([1000.0, 6041.0, 7796.0, 15000.0])
    assert loss == pytest.approx([90.0, 97.1, 97.8, 96.5], abs=0.05)
    # Absorption about 3 dB per 10,000 km at 50 Hz.
    more = transmission_loss_db(10000.0, freq_hz=50.0) - transmission_loss_db(10000.0)
    assert more == pytest.approx(3.0, abs=0.1)
    assert transmission_loss_db(1000.0, transition_km=10.0) == pytest.approx(100.0, abs=0.05)
    assert np.isfinite(transmission_loss_db(20015.0))


def test_positions_that_are_no_positions() -> None:
    paths = finder(load_sea_floor())
    found = paths.find(([np.nan, 0.0, 0.0], [0.0, np.nan, 0.0]), (10.0, [5.0, 5.0, 5.0]))
    assert np.isnan(found.time_s).tolist() == [True, True, False]
    assert np.isnan(found.blockage).tolist() == [True, True, False]
    with pytest.raises(ParameterError, match="latitude"):
        paths.find((91.0, 0.0), (0.0, 0.0))
    with pytest.raises(ParameterError, match="position"):
        load_sea_floor().elevation_at_m(np.nan, 0.0)


@settings(max_examples=30, deadline=None)
@given(st.floats(-90.0, 90.0), longitudes, st.floats(-90.0, 90.0), st.floats(-540.0, 540.0))
def test_any_two_places_have_a_path(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> None:
    path = PathFinder(Ocean(month=5)).find((latitude, longitude), (other_latitude, other_longitude))
    assert 0.0 <= path.length_km <= 20004.0
    assert 0.0 <= path.blockage <= 1.0
    assert np.isfinite(path.blocked_latitude) == (path.blockage > 0.0)
    assert 1.43 * path.time_s <= path.length_km * 1.0001 <= 1.56 * path.time_s + 1e-6


@pytest.mark.parametrize("step", [0.0, 0.5, 51.0, np.nan])
def test_other_steps_are_refused(step: float) -> None:
    with pytest.raises(ParameterError, match="step_km"):
        Ocean(step_km=step)
