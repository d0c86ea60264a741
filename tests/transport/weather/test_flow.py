"""From states to air in motion, and what is wrong with some."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.transport.weather.examples import HOUR_NS, START_NS, weather

from vigie.errors import ParameterError
from vigie.transport.weather.flow import air_of, flow_between
from vigie.transport.weather.sequence import WeatherSequence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vigie.records import WeatherState

SHAPE = (17, 24)


def surface(value: float) -> NDArray[np.float32]:
    """Return a field of one value."""
    return np.full(SHAPE, value, dtype=np.float32)


def test_friction_and_heat_come_from_the_best_that_is_there() -> None:
    assert air_of(weather()).surface_from == "sun"
    mast: dict[str, Any] = {"east_10m_m_s": surface(4.0), "north_10m_m_s": surface(0.0)}
    screen: dict[str, Any] = {
        **mast,
        "temperature_2m_k": surface(288.0),
        "dew_point_2m_k": surface(280.0),
    }
    assert air_of(weather(**mast)).surface_from == "sun"
    assert air_of(weather(**screen)).surface_from == "profile"
    fluxes: dict[str, Any] = {
        "sensible_heat_w_m2": surface(50.0),
        "stress_east_n_m2": surface(0.12),
        "stress_north_n_m2": surface(0.0),
    }
    air = air_of(weather(**screen, **fluxes))
    assert air.surface_from == "fluxes"
    density = 1e5 / (287.05 * 288.0 * 0.98**0.19)
    middle = float(air.layer.friction_m_s[9, 3])
    assert middle == pytest.approx(np.sqrt(0.12 / density), rel=0.02)
    # The wind at the ground is that of the mast.
    assert air.east_m_s[0, 9, 3] == pytest.approx(4.0)


def test_the_layer_of_the_weather_is_taken_where_it_is_wanted() -> None:
    state = weather(boundary_layer_m=surface(777.0))
    assert np.allclose(air_of(state, own_layer=True).layer.height_m, 777.0)
    assert not np.allclose(air_of(state).layer.height_m, 777.0)


@pytest.mark.parametrize("name", ["east_m_s", "temperature_k", "surface_pressure_pa"])
def test_what_is_missing_is_named(name: str) -> None:
    changes: dict[str, Any] = {name: None}
    with pytest.raises(ParameterError, match=name):
        air_of(replace(weather(), **changes))


def test_other_grids_and_times_are_refused() -> None:
    air = air_of(weather())
    with pytest.raises(ParameterError, match="same at all times"):
        flow_between(air, air_of(weather(6.0, longitude=np.arange(24) * 15.0 + 1.0)))
    with pytest.raises(ParameterError, match="times that rise"):
        flow_between(air, air)


def test_a_sequence_makes_what_is_asked_and_keeps_little() -> None:
    loaded: list[int] = []

    def load(k: int) -> WeatherState:
        loaded.append(k)
        return weather(6.0 * k)

    times = [START_NS + 6 * k * HOUR_NS for k in range(5)]
    sequence = WeatherSequence(times, load)
    flow = sequence.flow(86400.0, 85500.0)
    assert (flow.start_s, flow.end_s) == (64800.0, 86400.0)
    assert sequence.flow(70000.0, 69100.0) is flow
    assert loaded == [3, 4]
    sequence.flow(64800.0, 63900.0)
    assert loaded == [3, 4, 2]
    assert sequence.surface_from == {"sun"}


@pytest.mark.parametrize(
    ("hours", "words"), [([0.0], "two times"), ([0.0, 0.0], "rising"), ([0.0, 24.0], "gap of 24 h")]
)
def test_weather_with_gaps_is_refused(hours: list[float], words: str) -> None:
    times = [START_NS + round(h * HOUR_NS) for h in hours]
    with pytest.raises(ParameterError, match=words):
        WeatherSequence(times, lambda k: weather(hours[k]))
