"""Errors that residuals tell, depths that a default leaves open, and the common error of time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import ErrorModel, LocateParams, ReadingErrors, locate
from vigie.network.location.errors import EXTRA_S, extra_error_s
from vigie.records import NS_PER_S, Detection, Station

if TYPE_CHECKING:
    from vigie.records import Origin

T0_NS = 1_500_000_000 * NS_PER_S
EXACT = LocateParams(phases="keep", reading_errors=ReadingErrors(prior_weight=float("inf")))
TOLD = LocateParams(phases="keep")


def network(n: int, seed: int) -> dict[str, Station]:
    rng = np.random.default_rng(seed)
    latitude = np.degrees(np.arcsin(rng.uniform(-0.9, 0.9, n)))
    longitude = rng.uniform(-180.0, 180.0, n)
    return {
        f"S{k}": Station(
            code=f"S{k}",
            latitude=float(latitude[k]),
            longitude=float(longitude[k]),
            elevation_m=0.0,
        )
        for k in range(n)
    }


def heard(
    source: Hypocentre, stations: dict[str, Station], error_s: float, seed: int, *, stated: bool
) -> list[Detection]:
    rng = np.random.default_rng(seed)
    places = list(stations.values())
    sites = Sites(
        np.array([s.latitude for s in places]),
        np.array([s.longitude for s in places]),
        np.zeros(len(places)),
    )
    times = load_predictor().predict(["P"] * len(places), source, sites).time_s
    return [
        Detection(
            id=s.code,
            station=s.code,
            time_ns=T0_NS + round((t + rng.normal(0.0, error_s)) * NS_PER_S),
            time_sigma_s=error_s if stated else None,
            phase="P",
        )
        for s, t in zip(places, times, strict=True)
        if np.isfinite(t)
    ]


@given(st.floats(0.0, 1.0), st.integers(0, 1000))
def test_residuals_as_small_as_assumed_change_nothing_much(size: float, seed: int) -> None:
    residual = np.random.default_rng(seed).normal(0.0, size, 12)
    assert extra_error_s(residual, np.ones(12), prior_weight=8.0) < 1.5
    assert extra_error_s(0.5 * np.ones(12), np.ones(12), prior_weight=8.0) == 0.0


@pytest.mark.parametrize("true_s", [2.0, 4.0])
def test_many_residuals_tell_their_size(true_s: float) -> None:
    residual = np.random.default_rng(1).normal(0.0, np.hypot(1.0, true_s), 400)
    residual[:20] = 90.0
    found = extra_error_s(residual, np.ones(400), prior_weight=8.0)
    assert found == pytest.approx(true_s, rel=0.3)


def test_few_readings_are_outweighed_by_the_prior() -> None:
    two = np.array([6.0, -6.0])
    alone = extra_error_s(two, np.ones(2), prior_weight=8.0)
    assert alone < extra_error_s(np.tile(two, 20), np.ones(40), prior_weight=8.0)
    assert extra_error_s(two, np.ones(2), prior_weight=1e6) < 0.2
    assert extra_error_s(np.zeros(0), np.zeros(0), prior_weight=8.0) == 0.0
    assert EXTRA_S[0] == 0.0


def test_bad_readings_are_told_from_their_residuals_as_if_their_errors_were_stated() -> None:
    stations = network(60, 4)
    source = Hypocentre(12.0, 40.0, 0.0)
    detections = heard(source, stations, 5.0, 2, stated=False)
    known = [replace(d, time_sigma_s=5.0) for d in detections]
    stated = locate("e", known, stations, load_predictor(), EXACT)
    told = locate("e", detections, stations, load_predictor(), TOLD)
    assert told.ellipse is not None
    assert stated.ellipse is not None
    assert told.ellipse.area_km2 > 0.35 * stated.ellipse.area_km2
    assert told.weighted_rms is not None
    assert 0.7 < told.weighted_rms < 1.5
    errors = [a.time_error_s or 0.0 for a in told.associations]
    assert 3.0 < np.median(errors) < 6.0


def test_stated_errors_are_left_alone() -> None:
    stations = network(40, 5)
    detections = heard(Hypocentre(-20.0, 10.0, 0.0), stations, 0.5, 3, stated=True)
    a = locate("e", detections, stations, load_predictor(), EXACT)
    assert a == locate("e", detections, stations, load_predictor(), TOLD)


@pytest.mark.parametrize("seed", range(4))
def test_the_ellipse_of_few_stations_knows_that_the_event_may_be_deep(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations = network(9, 20 + seed)
    source = Hypocentre(5.0, 30.0, 420.0)
    detections = heard(source, stations, 0.3, seed, stated=True)
    params = LocateParams(phases="keep", depth="default")
    knowing = reach(locate("e", detections, stations, load_predictor(), params), source)
    monkeypatch.setattr("vigie.network.location.deeper.FEW", 0)
    shallow = reach(locate("e", detections, stations, load_predictor(), params), source)
    assert knowing < 2.5
    # Where the shallow ellipse holds the source already, there is nothing to better.
    assert knowing < max(shallow, 1.0)


def reach(origin: Origin, source: Hypocentre) -> float:
    """Return how far the source lies from the origin, 1 on the 90 % ellipse."""
    assert origin.depth_reason == "default"
    assert origin.ellipse is not None
    delta, azimuth, _ = distance_azimuths(
        origin.latitude, origin.longitude, source.latitude, source.longitude
    )
    turn = np.radians(float(azimuth) - origin.ellipse.strike_deg)
    km = float(delta) * KM_PER_DEG
    along = km * np.cos(turn) / origin.ellipse.semi_major_km
    return float(np.hypot(along, km * np.sin(turn) / origin.ellipse.semi_minor_km))


def test_time_has_an_error_that_all_paths_share() -> None:
    stations = network(80, 6)
    detections = heard(Hypocentre(45.0, -100.0, 0.0), stations, 0.2, 8, stated=True)
    bare = LocateParams(phases="keep", depth=0.0, errors=ErrorModel(common_time_share=0.0))
    full = LocateParams(phases="keep", depth=0.0)
    a = locate("e", detections, stations, load_predictor(), bare)
    b = locate("e", detections, stations, load_predictor(), full)
    assert a.time_sigma_s is not None
    assert b.time_sigma_s is not None
    assert np.sqrt(b.time_sigma_s**2 - a.time_sigma_s**2) == pytest.approx(0.65, abs=0.2)
    assert a.ellipse == b.ellipse
