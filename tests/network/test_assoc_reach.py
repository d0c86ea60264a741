"""How far an event lies: what frequency, repetition and deaf stations say of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths, unit_vectors
from vigie.network.association import AssociateParams, associate
from vigie.network.association.attenuation import FAR_DEG, MOST_NATS, frequency_evidence
from vigie.network.association.engine import _context
from vigie.network.association.prepare import prepare
from vigie.network.loss import CORE_DEG, loss_at
from vigie.records import Detection, Inventory, Station

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from vigie.network.association.context import Context

START_NS = 1_400_000_000_000_000_000
AK135 = load_predictor("ak135")


def stations_at(latitude: ArrayLike, longitude: ArrayLike) -> tuple[Station, ...]:
    places = zip(np.atleast_1d(latitude), np.atleast_1d(longitude), strict=True)
    return tuple(
        Station(code=f"S{i:02d}", latitude=float(a), longitude=float(b), elevation_m=0.0)
        for i, (a, b) in enumerate(places)
    )


def first_p(
    stations: tuple[Station, ...], source: Hypocentre, later_s: float, freq_hz: float | None = None
) -> list[Detection]:
    """Return P of a source, read to 0.05 s."""
    sites = Sites(
        np.array([s.latitude for s in stations]),
        np.array([s.longitude for s in stations]),
        np.zeros(len(stations)),
    )
    times = AK135.predict(["P"] * len(stations), source, sites).time_s
    rng = np.random.default_rng(round(later_s))
    return [
        Detection(
            id=f"{s.code}-{later_s:g}",
            station=s.code,
            time_ns=START_NS + round((t + later_s + 0.05 * rng.normal()) * 1e9),
            phase="P",
            time_sigma_s=0.05,
            freq_hz=freq_hz,
        )
        for s, t in zip(stations, times, strict=True)
        if np.isfinite(t)
    ]


def small_network() -> tuple[Station, ...]:
    azimuth = np.arange(6) * 60.0
    return stations_at(*destination(46.0, 8.0, azimuth, np.array([0.05, 0.1] * 3)))


@pytest.fixture(scope="module")
def context() -> Context:
    stations = small_network()
    detections = first_p(stations, Hypocentre(46.0, 8.0, 5.0), 0.0, freq_hz=8.0)
    params = AssociateParams()
    columns, _ = prepare(detections, Inventory(stations), params)
    return _context(columns, AK135, params)


@given(st.floats(-80.0, 80.0), st.floats(-180.0, 180.0))
def test_high_frequencies_speak_against_far_places_only(
    context: Context, latitude: float, longitude: float
) -> None:
    n = len(context.columns.stations)
    stations = np.arange(n)
    index = np.stack([np.arange(n), np.full(n, -1)], axis=1)
    unit = unit_vectors(latitude, longitude)
    found = frequency_evidence(context, unit, stations, index, np.ones((n, 2)))
    delta, _, _ = distance_azimuths(46.0, 8.0, latitude, longitude)
    if float(delta) < FAR_DEG - 1.0:
        assert found == 0.0
    elif float(delta) > CORE_DEG + 1.0:
        # pi 0.5 s (8 - 1.5) Hz is more than is believed of one detection.
        assert found == pytest.approx(-6.0 * MOST_NATS)
    elif FAR_DEG + 1.0 < float(delta) < CORE_DEG - 1.0:
        # pi 0.2 s (8 - 3) Hz at each of six stations.
        assert found == pytest.approx(-6.0 * np.pi * 0.2 * 5.0)


@pytest.mark.slow
def test_four_like_distances_are_not_those_to_the_antipode() -> None:
    # Onsets within a minute of each other fit PKP as well; at 2.5 Hz it is not.
    rng = np.random.default_rng(4)
    source = Hypocentre(41.0, 129.0, 0.0)
    near = 0
    for _ in range(12):
        azimuth = np.sort(rng.uniform(120.0, 340.0, 4))
        stations = stations_at(*destination(41.0, 129.0, azimuth, rng.uniform(8.0, 12.0, 4)))
        detections = [
            replace(d, time_ns=d.time_ns + round(3e8 * rng.normal()))
            for d in first_p(stations, source, 0.0, freq_hz=2.5)
        ]
        found = associate(detections, Inventory(stations), AK135).bulletin.events
        places = [e.origin for e in found if e.origin is not None]
        away = [distance_azimuths(41.0, 129.0, o.latitude, o.longitude)[0] for o in places]
        near += any(float(delta) < 3.0 for delta in away)
        assert all(float(delta) < 60.0 for delta in away)
    assert near >= 10


def test_two_events_at_one_place_are_not_p_and_s_of_a_far_one() -> None:
    stations = small_network()
    source = Hypocentre(46.01, 8.01, 6.0)
    detections = [d for t in (0.0, 177.0) for d in first_p(stations, source, t, freq_hz=8.0)]
    found = associate(detections, Inventory(stations), AK135).bulletin.events
    assert len(found) == 2
    for event in found:
        origin = event.origin
        assert origin is not None
        delta, _, _ = distance_azimuths(46.01, 8.01, origin.latitude, origin.longitude)
        assert float(delta) * KM_PER_DEG < 10.0


@pytest.mark.slow
def test_an_event_that_a_third_of_the_stations_report_is_found() -> None:
    rng = np.random.default_rng(11)
    n = 60
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, n)))
    stations = stations_at(latitude, rng.uniform(-180.0, 180.0, n))
    source = Hypocentre(10.0, 93.0, 10.0)
    heard = first_p(stations, source, 0.0)
    kept = [heard[i] for i in rng.permutation(len(heard))[: len(heard) // 3]]
    # The others are awake: each picks something in those hours.
    other = [
        Detection(
            id=f"noise-{s.code}-{k}",
            station=s.code,
            time_ns=START_NS + round(float(rng.uniform(-3600.0, 7200.0)) * 1e9),
            time_sigma_s=0.3,
        )
        for s in stations
        for k in range(2)
    ]
    found = associate([*kept, *other], Inventory(stations), AK135).bulletin.events
    assert len(found) == 1
    origin = found[0].origin
    assert origin is not None
    delta, _, _ = distance_azimuths(10.0, 93.0, origin.latitude, origin.longitude)
    assert float(delta) < 1.0


@given(st.floats(0.0, 95.0), st.floats(0.0, 5.0), st.floats(0.0, 600.0))
def test_loss_grows_with_distance_up_to_the_core(
    delta_deg: float, more_deg: float, depth_km: float
) -> None:
    near, far = loss_at(np.array([delta_deg, delta_deg + more_deg]), depth_km)
    if delta_deg + more_deg < 20.0 or delta_deg > 20.0:
        assert far >= near - 1e-9
