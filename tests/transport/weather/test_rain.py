"""Rain between two times, the part of a cell that has it, and the clouds above."""

from __future__ import annotations

import numpy as np
import pytest
from tests.transport.weather.examples import weather

from vigie.transport.air import IN_CLOUD, RAIN_BASE, RAIN_RATE, RAIN_SHARE, RAIN_TOP, SNOW
from vigie.transport.weather.flow import air_of, flow_between
from vigie.transport.weather.rain import (
    clouds,
    in_cloud_per_s,
    mean_between,
    precipitating_share,
    relative_humidity,
)
from vigie.transport.weather.sequence import WeatherSequence

HOUR_S = 3600.0
SHAPE = (17, 24)


def flat(value: float) -> np.ndarray:
    return np.full(SHAPE, value, dtype=np.float32)


def one(value: float) -> np.ndarray:
    return np.array([[value]])


@pytest.mark.parametrize(
    ("large", "convective", "cover", "share"),
    [
        (0.005, 0.004, 1.0, 0.0),
        (0.005, 0.005, 1.0, 0.45),
        (1.0, 0.0, 1.0, 0.5),
        (1.1, 0.0, 1.0, 0.65),
        (3.0, 1.0, 0.5, 0.5 * (3.0 * 0.65 + 1.0 * 0.4) / 4.0),
        (8.0, 20.0, 1.0, (8.0 * 0.8 + 20.0 * 0.8) / 28.0),
        (20.5, 0.0, 1.0, 0.95),
        (0.0, 30.0, 1.0, 0.9),
        (2.0, 0.0, 0.01, 0.05),
    ],
)
def test_the_share_of_a_cell_by_hand(
    large: float, convective: float, cover: float, share: float
) -> None:
    found = precipitating_share(one(large), one(convective), one(cover))
    assert found[0, 0] == pytest.approx(share, rel=1e-9)


def test_what_fell_is_conserved_however_the_means_are_told() -> None:
    # 2 mm/h for three hours, then 5 mm/h for three: means over 3 h, or since the beginning.
    by_span = mean_between(one(2.0), one(5.0), (3 * HOUR_S, 3 * HOUR_S, 3 * HOUR_S))
    since = mean_between(one(2.0), one(3.5), (3 * HOUR_S, 6 * HOUR_S, 3 * HOUR_S))
    assert by_span[0, 0] == since[0, 0] == 5.0
    # No mean at all: rain of the times themselves.
    assert mean_between(one(2.0), one(5.0), (0.0, 0.0, 3 * HOUR_S))[0, 0] == 3.5
    # The first of a forecast has fallen on nothing yet.
    assert mean_between(one(0.0), one(5.0), (0.0, 3 * HOUR_S, 3 * HOUR_S))[0, 0] == 5.0
    # Packing may make a sum fall: no rain below 0.
    assert mean_between(one(2.0), one(0.9), (3 * HOUR_S, 6 * HOUR_S, 3 * HOUR_S))[0, 0] == 0.0


def test_humidity_is_over_water_when_warm_and_over_ice_when_cold() -> None:
    # 611.2 exp(17.67 x 20 / 263.5) = 2337.0 Pa; over ice at -40 deg C 12.84 Pa (Goff: 12.83).
    for temperature, saturated in ((293.15, 2337.0), (233.15, 12.84)):
        humid = 0.622 * saturated / (8e4 - 0.378 * saturated)
        found = relative_humidity(one(temperature), one(humid), one(8e4))
        assert found[0, 0] == pytest.approx(1.0, rel=2e-3)


def column(humid: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a column of levels with relative humidities."""
    pressure = np.array([98e3, 90e3, 75e3, 60e3, 40e3, 20e3])[:, None, None]
    temperature = 288.0 * (pressure / 1e5) ** 0.19
    saturated = 1.0 / relative_humidity(temperature, np.full_like(pressure, 1e-4), pressure) * 1e-4
    return temperature, saturated * np.array(humid)[:, None, None], pressure, one(1e5)


def test_clouds_reach_from_the_lowest_humid_level_to_the_highest() -> None:
    base, top, depth = (x[0, 0] for x in clouds(*column([0.5, 0.6, 0.9, 0.85, 0.3, 0.1])))
    assert base == pytest.approx(np.sqrt(90e3 * 75e3))
    assert top == pytest.approx(np.sqrt(60e3 * 40e3))
    assert depth == pytest.approx(8000.0 * np.log(base / top), rel=0.03)


def test_humid_air_at_the_ground_is_no_cloud_until_it_has_risen() -> None:
    humid = column([0.85, 0.9, 0.95, 0.9, 0.3, 0.1])
    base, top, depth = (x[0, 0] for x in clouds(*humid))
    # Espy: 125 m for each degree between temperature and dew point, here 2.4 of them.
    assert 8000.0 * np.log(98e3 / base) == pytest.approx(300.0, rel=0.1)
    assert top == pytest.approx(np.sqrt(60e3 * 40e3))
    assert depth == pytest.approx(8000.0 * np.log(base / top), rel=0.03)


def test_the_most_humid_air_is_the_cloud_where_none_is_saturated() -> None:
    base, top, _ = (x[0, 0] for x in clouds(*column([0.5, 0.5, 0.6, 0.4, 0.3, 0.1])))
    assert (base, top) == pytest.approx((np.sqrt(90e3 * 75e3), np.sqrt(75e3 * 60e3)))


def test_cold_cirrus_is_no_cloud_of_rain_and_fog_reaches_the_ground() -> None:
    base, top, _ = (x[0, 0] for x in clouds(*column([1.0, 0.5, 0.6, 0.4, 0.3, 1.0])))
    assert base == pytest.approx(98e3, rel=0.003)
    assert top == pytest.approx(np.sqrt(98e3 * 90e3))


def test_dry_columns_have_no_depth() -> None:
    base, top, depth = (x[0, 0] for x in clouds(*column([0.0] * 6)))
    assert top <= base <= 1e5
    assert depth >= 0.0


def test_clouds_lose_the_water_that_falls() -> None:
    # 2 mm/h from 4000 m of 2e-7 x 2^0.36 of water: 0.9 x 5.5556e-7 / (2.5669e-7 x 4000)
    assert in_cloud_per_s(one(2.0), one(4000.0))[0, 0] == pytest.approx(4.8698e-4, rel=1e-3)
    assert in_cloud_per_s(one(2.0), one(10.0))[0, 0] == in_cloud_per_s(one(2.0), one(500.0))[0, 0]


def test_air_between_two_times_knows_its_rain() -> None:
    first = air_of(weather(0.0))
    rainy = weather(
        6.0,
        large_scale_rain_mm_h=flat(2.0),
        convective_rain_mm_h=flat(0.5),
        cloud_cover=flat(0.5),
        temperature_2m_k=flat(280.0),
        mean_over_s=6 * HOUR_S,
    )
    flow = flow_between(first, air_of(rainy), reference_ns=first.time_ns)
    share = 0.5 * (2.0 * 0.65 + 0.5 * 0.4) / 2.5
    columns = flow.rain.reshape(-1, 6)
    assert columns.shape[0] == flow.surface.shape[0]
    np.testing.assert_allclose(columns[:, RAIN_SHARE], share, rtol=1e-6)
    np.testing.assert_allclose(columns[:, RAIN_RATE], 2.5 / share, rtol=1e-6)
    # Without humidity: no clouds, and rain up to 0.7 of the pressure at the ground.
    np.testing.assert_allclose(columns[:, RAIN_BASE], columns[:, RAIN_TOP])
    np.testing.assert_allclose(columns[:, RAIN_BASE], 0.7 * flow.surface[:, 0, 1], rtol=1e-6)
    assert np.all(columns[:, SNOW] == 0.0)
    assert np.all(columns[:, IN_CLOUD] > 0.0)


def test_weather_without_rain_has_none_and_tells() -> None:
    states = [weather(6.0 * k) for k in range(2)]
    days = WeatherSequence([s.time_ns for s in states], lambda k: states[k])
    days.need_rain()
    assert np.all(days.flow(0.0, 900.0).rain[:, RAIN_SHARE] == 0.0)
    assert days.rainless
    states[1] = weather(6.0, large_scale_rain_mm_h=flat(0.0), mean_over_s=6 * HOUR_S)
    days = WeatherSequence([s.time_ns for s in states], lambda k: states[k])
    days.need_rain()
    days.flow(0.0, 900.0)
    assert not days.rainless


def test_rain_is_looked_for_only_where_it_is_needed() -> None:
    rain = flat(2.0)
    states = [weather(6.0 * k, large_scale_rain_mm_h=rain) for k in range(2)]
    days = WeatherSequence([s.time_ns for s in states], lambda k: states[k])
    found = days.flow(0.0, 900.0).rain
    assert found.shape == (days.flow(0.0, 900.0).surface.shape[0], 6)
    assert not found.any()
    assert not days.rainless
    days.need_rain()
    assert np.all(days.flow(0.0, 900.0).rain[:, RAIN_SHARE] > 0.0)


def test_rain_that_began_unseen_is_not_taken_for_none() -> None:
    # Fluxes of both count from one time, but only the later state tells of rain.
    first = air_of(weather(3.0, mean_over_s=3 * HOUR_S))
    late = weather(6.0, large_scale_rain_mm_h=flat(2.0), mean_over_s=6 * HOUR_S)
    columns = flow_between(first, air_of(late), reference_ns=first.time_ns).rain
    rain = columns[:, RAIN_SHARE] * columns[:, RAIN_RATE]
    np.testing.assert_allclose(rain, 2.0, rtol=1e-6)
