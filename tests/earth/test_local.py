"""Predictors of local models."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import Hypocentre, Predictor, Sites, TravelTimes
from vigie.earth.local import HalfspacePredictor, Layer, LayeredPredictor
from vigie.errors import ParameterError, UnknownPhaseError
from vigie.geodesy import destination

CRUST = (Layer(0.0, 5.8, 3.46), Layer(20.0, 6.5, 3.85), Layer(35.0, 8.04, 4.48))


def along_equator(*delta_deg: float, elevation_m: float = 0.0) -> Sites:
    n = len(delta_deg)
    return Sites(np.zeros(n), np.array(delta_deg), np.full(n, elevation_m))


def test_straight_rays_are_distance_over_velocity() -> None:
    # On the equator a degree is 2 pi 6378.137 / 360 km.
    x = np.radians(1.0) * 6378.137 * 0.4
    sites = along_equator(0.4, elevation_m=1500.0)
    found = HalfspacePredictor(6.0, 3.5).predict(["P"], Hypocentre(0.0, 0.0, 8.0), sites)
    length = np.hypot(x, 9.5)
    assert found.time_s[0] == pytest.approx(length / 6.0, abs=1e-9)
    assert found.dt_ddepth_s_per_km[0] == pytest.approx(9.5 / length / 6.0, abs=1e-9)


def test_head_wave_time_is_the_textbook_formula() -> None:
    # One layer of 30 km over a half-space, source and station at the surface.
    model = LayeredPredictor([Layer(0.0, 6.0, 3.5), Layer(30.0, 8.0, 4.6)])
    sites = along_equator(2.0)
    found = model.predict(["Pn"], Hypocentre(0.0, 0.0, 0.0), sites)
    x = np.radians(2.0) * 6378.137
    expected = x / 8.0 + 2.0 * 30.0 * np.sqrt(1 / 36.0 - 1 / 64.0)
    assert found.time_s[0] == pytest.approx(expected, abs=1e-9)
    assert model.predict(["P"], Hypocentre(0.0, 0.0, 0.0), sites).time_s[0] == found.time_s[0]


@given(st.floats(0.0, 60.0), st.floats(0.001, 3.0), st.sampled_from(["P", "S", "Pg", "Sg"]))
def test_derivatives_are_differences(depth: float, delta: float, phase: str) -> None:
    model, step = LayeredPredictor(CRUST), 1e-5
    here = model.predict([phase], Hypocentre(0.0, 0.0, depth), along_equator(delta))
    near, far = (
        model.predict([phase], Hypocentre(0.0, 0.0, depth), along_equator(delta + d))
        for d in (-step, step)
    )
    slope = (far.time_s[0] - near.time_s[0]) / (2 * step)
    low, high = sorted((near.slowness_s_per_deg[0], far.slowness_s_per_deg[0]))
    assert low - 1e-4 <= slope <= high + 1e-4
    assert np.isfinite(here.time_s[0])


@given(st.floats(0.0, 60.0), st.floats(0.0, 3.0))
def test_first_arrival_beats_every_named_one(depth: float, delta: float) -> None:
    model = LayeredPredictor(CRUST)
    sites = along_equator(delta, delta, delta)
    first, direct, head = model.predict(
        ["P", "Pg", "Pn"], Hypocentre(0.0, 0.0, depth), sites
    ).time_s
    assert first == np.nanmin([direct, head])


@given(st.floats(1.0, 50.0), st.floats(0.0, 3.0))
def test_source_and_station_may_be_exchanged(depth: float, delta: float) -> None:
    model = LayeredPredictor(CRUST)
    there = model.predict(["P"], Hypocentre(0.0, 0.0, depth), along_equator(delta))
    borehole = along_equator(delta, elevation_m=-1e3 * depth)
    back = model.predict(["P"], Hypocentre(0.0, 0.0, 0.0), borehole)
    assert there.time_s[0] == pytest.approx(back.time_s[0], abs=1e-7)


def test_layers_agree_with_ak135_within_a_degree() -> None:
    spherical = TravelTimes.load("ak135")
    model = LayeredPredictor(CRUST)
    latitude, longitude = destination(10.0, 20.0, 30.0, np.linspace(0.05, 1.0, 20))
    sites = Sites(latitude, longitude, np.zeros(20))
    for phase in ("P", "S"):
        found = model.predict([phase] * 20, Hypocentre(10.0, 20.0, 12.0), sites)
        # The sphere of ak135 has 6371 km, the ellipsoid there 6377 km.
        expected = spherical.predict(phase, found.delta_deg, 12.0).time_s * 6377.4 / 6371.0
        np.testing.assert_allclose(found.time_s, expected, atol=0.06)


def test_source_at_the_station_has_a_time() -> None:
    found = HalfspacePredictor(6.0, 3.5).predict(
        ["P"], Hypocentre(0.0, 0.0, 0.0), along_equator(0.0)
    )
    assert 0.0 <= found.time_s[0] < 1e-4


def test_local_predictors_meet_the_contract_and_refuse_what_they_lack() -> None:
    predictor: Predictor = HalfspacePredictor(6.0, 3.5)
    assert predictor.phases == ("P", "S", "Pg", "Sg")
    with pytest.raises(UnknownPhaseError, match="PKPdf"):
        predictor.predict(["PKPdf"], Hypocentre(0.0, 0.0, 5.0), along_equator(1.0))
    with pytest.raises(ParameterError, match="ascend"):
        LayeredPredictor([Layer(0.0, 6.0, 3.5), Layer(0.0, 8.0, 4.6)])
    with pytest.raises(ParameterError, match="vp > vs"):
        LayeredPredictor([Layer(0.0, 3.0, 3.5)])
    with pytest.raises(ParameterError, match="at least one"):
        LayeredPredictor([])


def test_slow_layers_below_give_no_head_wave() -> None:
    model = LayeredPredictor([Layer(0.0, 6.0, 3.5), Layer(10.0, 5.0, 2.9), Layer(30.0, 8.0, 4.6)])
    found = model.predict(["Pn"] * 2, Hypocentre(0.0, 0.0, 2.0), along_equator(0.1, 3.0))
    assert np.isnan(found.time_s[0])
    assert found.slowness_s_per_deg[1] == pytest.approx(np.radians(6378.137) / 8.0)
