"""The shipped grids of the sea floor and of the sound channel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth.ocean import (
    SeaFloor,
    SoundChannel,
    load_sea_floor,
    load_sound_channel,
    uniform_channel,
)
from vigie.earth.ocean.channel import ChannelFields
from vigie.errors import ParameterError


def channel_at(fields: ChannelFields, latitude: float, longitude: float) -> ChannelFields:
    channel = load_sound_channel()
    row = round((latitude - channel.south_deg) / channel.step_deg)
    column = round((longitude - channel.west_deg) / channel.step_deg) % 180
    return ChannelFields(*(field[row : row + 1, column : column + 1] for field in fields))


@pytest.mark.parametrize(
    ("latitude", "longitude", "elevation_m", "within_m"),
    [
        (11.35, 142.2, -10000.0, 900.0),  # beside the Challenger Deep
        (-25.0, 135.0, 100.0, 0.0),  # Australia
        (-75.0, 0.0, 100.0, 0.0),  # ice of Antarctica
        (-82.0, -170.0, 100.0, 0.0),  # Ross Ice Shelf
        (72.0, -40.0, 100.0, 0.0),  # ice of Greenland, with its floor below sea level
        (56.0, 3.0, -60.0, 40.0),  # North Sea
        (32.0, -64.0, -4500.0, 800.0),  # near Bermuda
        (0.0, -160.0, -5000.0, 800.0),
    ],
)
def test_known_places_have_their_depth(
    latitude: float, longitude: float, elevation_m: float, within_m: float
) -> None:
    found = load_sea_floor().elevation_at_m(latitude, longitude)
    assert found == pytest.approx(elevation_m, abs=within_m)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (-7.95, -14.37),  # Ascension
        (-37.11, -12.28),  # Tristan da Cunha
        (-46.41, 51.76),  # Crozet
        (-54.42, 3.36),  # Bouvet
        (19.28, 166.62),  # Wake
        (-33.64, -78.85),  # Robinson Crusoe
        (-7.3, 72.4),  # Diego Garcia
        (18.8, -110.98),  # Socorro
        (32.3, -64.77),  # Bermuda
    ],
)
def test_islands_of_the_network_are_land(latitude: float, longitude: float) -> None:
    assert load_sea_floor().elevation_at_m(latitude, longitude) > 0.0


def test_two_thirds_of_the_earth_are_sea() -> None:
    floor = load_sea_floor()
    weight = np.cos(np.radians(np.linspace(-90.0, 90.0, len(floor.elevation_m))))
    share = np.average((floor.elevation_m < 0).mean(axis=1), weights=weight)
    # 70.8 % of the Earth is sea; the cells of the coasts and 1.5 million km2 of ice shelves are
    # counted as land here.
    assert 0.68 < share < 0.71


def test_a_sea_floor_that_is_not_global_is_refused() -> None:
    with pytest.raises(ParameterError, match="global grid"):
        SeaFloor(np.zeros((10, 10), dtype=np.int16), 1.0)


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0))
def test_longitude_goes_round(latitude: float, longitude: float) -> None:
    floor = load_sea_floor()
    rows, columns = floor.cells_of(latitude, longitude)
    assert 0 <= rows < 1801
    assert 0 <= columns < 3600
    # A place half-way between two cells may fall into either.
    other = floor.cells_of(latitude, longitude + 360.0)[1]
    assert (columns - other) % 3600 in (0, 1, 3599)


def test_channel_of_the_middle_latitudes() -> None:
    fields = load_sound_channel().at(None)
    # North Pacific: axis at some 700 m, 1,480 m/s; Sargasso Sea: 1,250 m, 1,491 m/s (Northrop &
    # Colborn 1974, J. Geophys. Res. 79, 5633).
    pacific = channel_at(fields, 30.0, -150.0)
    assert pacific.axis_depth_m == pytest.approx(750.0, abs=150.0)
    assert pacific.axis_speed_m_s == pytest.approx(1480.0, abs=2.0)
    atlantic = channel_at(fields, 30.0, -60.0)
    assert atlantic.axis_depth_m == pytest.approx(1250.0, abs=150.0)
    assert atlantic.axis_speed_m_s == pytest.approx(1491.0, abs=2.0)


def test_polar_water_has_a_surface_channel_whose_mode_is_faster_than_its_axis() -> None:
    fields = load_sound_channel().at(8)
    polar = channel_at(fields, -62.5, 0.5)
    assert polar.axis_depth_m < 150.0
    assert 1440.0 < polar.axis_speed_m_s < 1455.0
    assert 1445.0 < polar.group_speed_m_s < 1470.0
    assert polar.group_speed_m_s > polar.axis_speed_m_s
    assert polar.relative_sigma == 0.003


def test_months_differ_in_polar_water_more_than_in_the_deep_channel() -> None:
    channel = load_sound_channel()
    february, august = channel.at(2), channel.at(8)
    change = np.abs(february.group_speed_m_s - august.group_speed_m_s)
    deep = (february.axis_depth_m > 700.0) & (august.axis_depth_m > 700.0)
    assert np.median(change[deep]) < 0.5
    north = np.zeros_like(deep)
    north[70:78] = True  # 50 to 66 N
    assert np.median(change[north & (february.axis_depth_m < 300.0)]) > 0.5


def test_a_uniform_channel_is_the_same_everywhere() -> None:
    fields = uniform_channel(1.48, axis_depth_m=900.0).at(7)
    assert np.unique(fields.group_speed_m_s).tolist() == [1480.0]
    assert np.unique(fields.axis_depth_m).tolist() == [900.0]


@pytest.mark.parametrize("month", [0, 13, -1])
def test_other_months_are_refused(month: int) -> None:
    with pytest.raises(ParameterError, match="month"):
        load_sound_channel().at(month)


def test_grids_that_do_not_fit_are_refused() -> None:
    good = np.full((1, 7, 12), 1480.0)

    def own(speed: np.ndarray, depth: np.ndarray, step: float = 30.0) -> SoundChannel:
        return SoundChannel(
            group_speed_m_s=speed,
            axis_speed_m_s=speed,
            axis_depth_m=depth,
            relative_sigma=np.full(speed.shape, 0.001),
            south_deg=-90.0,
            west_deg=0.0,
            step_deg=step,
        )

    assert own(good, good).name == "own"
    with pytest.raises(ParameterError, match="one shape"):
        own(good, good[:, :, :6])
    with pytest.raises(ParameterError, match="columns"):
        own(good, good, 20.0)
    with pytest.raises(ParameterError, match="speed"):
        own(np.where(good > 0, np.nan, good), good)
    with pytest.raises(ParameterError, match="speed"):
        own(good / 1000.0, good)
