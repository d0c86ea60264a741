"""Infrasound phases through the contract of predictors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth.atmosphere import AtmosphereOptions, AtmospherePredictor, climatology
from vigie.earth.base import Hypocentre, Predictor, Sites
from vigie.errors import ParameterError, UnknownPhaseError

WINTER = climatology(latitude=50.0, month=1.5)
PREDICTOR = AtmospherePredictor(AtmosphereOptions(profile=WINTER))
SOURCE = Hypocentre(50.0, 0.0, 0.0)


def sites(*places: tuple[float, float]) -> Sites:
    latitude, longitude = (np.array(column) for column in zip(*places, strict=True))
    return Sites(latitude, longitude, np.zeros(len(places)))


def test_it_meets_the_contract() -> None:
    predictor: Predictor = PREDICTOR
    assert predictor.phases == ("I", "Iw", "Is", "It")
    assert predictor.name == "atmosphere (climatology)"
    assert "month 7.5" in AtmospherePredictor(AtmosphereOptions(month=7.5)).name


@given(
    north=st.floats(-40.0, 40.0), east=st.floats(-60.0, 60.0),
    phase=st.sampled_from(["I", "Iw", "Is", "It"]),
)  # fmt: skip
def test_every_path_has_a_time_with_an_error(north: float, east: float, phase: str) -> None:
    found = PREDICTOR.predict([phase], SOURCE, sites((50.0 + north, east)))
    celerity = found.delta_deg * 111.195 / np.maximum(found.time_s, 1e-9)
    assert found.delta_deg[0] < 0.01 or 0.18 < celerity[0] < 0.40
    assert found.time_sigma_s[0] >= 10.0
    assert found.azimuth_sigma_deg[0] >= 1.0
    trace = found.slowness_s_per_deg + found.slowness_correction_s_per_deg
    assert 0.33 < 111.195 / trace[0] < 0.41


def test_fast_phases_come_before_slow_ones() -> None:
    place = [(52.0, 8.0)] * 4
    found = PREDICTOR.predict(["Iw", "Is", "It", "I"], SOURCE, sites(*place))
    first, second, third, any_phase = found.time_s
    assert first < second < third
    assert first < any_phase < third
    assert found.time_sigma_s[3] > found.time_sigma_s[1]


def test_the_crosswind_is_the_correction_of_the_azimuth() -> None:
    found = PREDICTOR.predict(["Is", "Is"], SOURCE, sites((56.0, 0.0), (44.0, 0.0)))
    north, south = found.azimuth_correction_deg
    assert north < -1.0
    assert south > 1.0


def test_nothing_jumps_at_the_border_of_two_latitudes() -> None:
    predictor = AtmospherePredictor(AtmosphereOptions(month=1.5))
    times = [
        predictor.predict(["I"], Hypocentre(latitude, 0.0, 0.0), sites((latitude, 9.0))).time_s[0]
        for latitude in (49.999, 50.0, 50.001)
    ]
    assert np.ptp(times) < 1.0


def test_deep_sources_make_no_infrasound() -> None:
    found = PREDICTOR.predict(["I"], Hypocentre(50.0, 0.0, 400.0), sites((52.0, 8.0)))
    assert np.isnan(found.time_s).all()


def test_other_phases_are_refused() -> None:
    with pytest.raises(UnknownPhaseError, match="P"):
        PREDICTOR.predict(["P"], SOURCE, sites((52.0, 8.0)))
    with pytest.raises(ParameterError, match="one per site"):
        PREDICTOR.predict(["I", "I"], SOURCE, sites((52.0, 8.0)))
