"""Parts of the search for events in the sea: classes, places of pairs, arrivals that join."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from vigie.earth import HalfspacePredictor
from vigie.earth.base import Sites
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.hydro.candidates import SPEED_KM_S, merged, pair_places
from vigie.network.hydro.params import HydroParams
from vigie.network.hydro.phases import class_gains, is_hydro
from vigie.network.hydro.readings import collect_hydro
from vigie.network.hydro.sea import month_of
from vigie.network.hydro.state import Offers, State, gains_of, join, joined_offers
from vigie.records import Detection, Inventory, Station, Technology
from vigie.records.time import add_seconds, parse_iso

PARAMS = HydroParams()


def hydro(phase: str | None, **classes: float) -> Detection:
    return Detection(
        id="1",
        station="H10N",
        time_ns=0,
        phase=phase,
        technology=Technology.HYDROACOUSTIC,
        class_probabilities=tuple(classes.items()),
    )


def test_what_came_through_the_sea_is_told_by_phase_then_by_technology() -> None:
    assert is_hydro(hydro(None))
    assert is_hydro(hydro("T"))
    assert not is_hydro(hydro("N"))
    assert not is_hydro(hydro("P"))
    assert not is_hydro(Detection(id="1", station="A", time_ns=0))


def test_classes_tell_for_and_against_and_noise_never_joins() -> None:
    h, t = class_gains(hydro("H", H=0.9, T=0.05, N=0.05), PARAMS)
    assert h > 1.0
    assert t < 0.0
    h, t = class_gains(hydro("T", H=0.05, T=0.9, N=0.05), PARAMS)
    assert t > 0.5 > h
    assert class_gains(hydro(None, H=0.1, T=0.1, N=0.8), PARAMS) == (-np.inf, -np.inf)
    assert class_gains(hydro("N"), PARAMS) == (-np.inf, -np.inf)
    # A name alone tells less than a sure classifier, and no name nothing of H against T.
    assert class_gains(hydro("H"), PARAMS)[0] < class_gains(hydro("H", H=1.0), PARAMS)[0]
    h, t = class_gains(hydro(None), PARAMS)
    assert h == t == pytest.approx(0.0)


def test_the_month_is_that_of_the_arrivals() -> None:
    assert month_of(parse_iso("2017-11-15T13:51:00Z")) == 11
    assert month_of(parse_iso("1969-12-31T23:59:59Z")) == 12


PLACES = st.tuples(st.floats(-65.0, 65.0), st.floats(-180.0, 180.0))


@settings(max_examples=60, deadline=None)
@given(PLACES, PLACES, PLACES)
def test_azimuth_and_time_difference_meet_at_the_source(
    source: tuple[float, float], a: tuple[float, float], b: tuple[float, float]
) -> None:
    stations = [
        Station(code=code, latitude=lat, longitude=lon, elevation_m=0.0)
        for code, (lat, lon) in (("A", a), ("B", b))
    ]
    detections = []
    for s in stations:
        delta, _, seaz = distance_azimuths(*source, s.latitude, s.longitude)
        detections.append(
            Detection(
                id=s.code,
                station=s.code,
                time_ns=add_seconds(10**18, float(delta) * KM_PER_DEG / SPEED_KM_S),
                phase="H",
                azimuth_deg=float(seaz),
                azimuth_deg_sigma=0.1,
            )
        )
    apart = float(distance_azimuths(*a, *b)[0])
    away = [float(distance_azimuths(*source, *p)[0]) for p in (a, b)]
    # Along the line through both stations azimuth and hyperbola are one.
    across = np.cross(unit(a), unit(b)) @ unit(source)
    if apart < 5.0 or min(away) < 1.0 or max(away) > 178.0 or abs(across) < 0.05:
        return
    readings, _ = collect_hydro(detections, Inventory(tuple(stations)), PARAMS)
    found = pair_places(readings)
    latitude, longitude = found.geographic()
    off = distance_azimuths(*source, latitude, longitude)[0] * KM_PER_DEG
    best = int(np.argmin(off))
    assert off[best] < 30.0
    expected_s = (10**18 - readings.reference_ns) / 1e9
    assert abs(found.time_s[best] - expected_s) < 20.0
    assert len(merged(found, 1e6).time_s) == 1


def unit(place: tuple[float, float]) -> np.ndarray:
    lat, lon = np.radians(place)
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


GROUND = HalfspacePredictor(6.0, 3.5)
STATE = State(10.0, 20.0, 0.0, 100.0, np.diag([400.0, 100.0, 4.0]))


def offers_at(places: list[tuple[float, float]], late_s: list[float]) -> Offers:
    """Return P from the place of the state, late by so much, with azimuths off by a degree."""
    n = len(places)
    latitude, longitude = (np.array(column) for column in zip(*places, strict=True))
    sites = Sites(latitude, longitude, np.zeros(n), tuple("ABCDEF"[:n]))
    found = GROUND.predict(["P"] * n, STATE.hypocentre, sites)
    return Offers(
        np.arange(n),
        np.arange(n),
        ("P",) * n,
        sites,
        STATE.time_s + found.time_s + np.array(late_s),
        np.full(n, 1.0),
        (found.seaz_deg + 1.0) % 360.0,
        np.full(n, 2.0),
        np.full(n, np.nan),
        np.full(n, np.nan),
        np.full(n, 8.0),
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3), st.floats(0.0, 360.0))
def test_gains_of_arrivals_that_join_sum_to_the_joint_likelihood(
    late_s: list[float], turn: float
) -> None:
    places = [
        (10.0 + 8.0 * np.cos(a), 20.0 + 8.0 * np.sin(a)) for a in np.radians(turn) + np.arange(3.0)
    ]
    offers = offers_at(places, late_s)
    _, joined = join(STATE, offers, GROUND, -np.inf)
    assert sorted(j.row for j in joined) == [0, 1, 2]
    predicted = GROUND.predict(offers.phases, STATE.hypocentre, offers.sites)
    _, (residual, gradient, sigma) = gains_of(STATE, offers, predicted)
    rows = gradient.reshape(6, 3)
    spread = rows @ STATE.covariance @ rows.T + np.diag(sigma.ravel() ** 2)
    joint = multivariate_normal(np.zeros(6), spread).logpdf(residual.ravel())
    expected = joint + 3 * (np.log(360.0) + 8.0)
    # Predictions are made anew after each, so that they agree as far as times are linear.
    assert sum(j.gain for j in joined) == pytest.approx(expected, abs=0.3)


def test_one_arrival_of_each_station_joins_and_what_does_not_fit_stays_out() -> None:
    offers = offers_at([(18.0, 20.0), (10.0, 28.0), (2.0, 20.0)], [0.0, 0.5, 300.0])
    again = offers._replace(row=offers.row + 10, time_s=offers.time_s + 2.0)
    state, joined = join(STATE, joined_offers(offers, again), GROUND, 1.0)
    assert sorted(j.row for j in joined) == [0, 1]
    assert {j.station for j in joined} == {0, 1}
    assert np.linalg.det(state.covariance) < np.linalg.det(STATE.covariance)


def test_no_azimuth_is_no_evidence() -> None:
    offers = offers_at([(18.0, 20.0)], [0.0])
    blind = offers._replace(azimuth_deg=np.array([np.nan]))
    predicted = GROUND.predict(("P",), STATE.hypocentre, offers.sites)
    (gain,), _ = gains_of(STATE, blind, predicted)
    sigma = np.sqrt(
        1.0
        + predicted.time_sigma_s[0] ** 2
        + (predicted.slowness_s_per_deg[0] / KM_PER_DEG) ** 2 * 400.0
        + 4.0
    )
    assert gain == pytest.approx(8.0 - np.log(sigma * np.sqrt(2.0 * np.pi)), abs=1e-3)
