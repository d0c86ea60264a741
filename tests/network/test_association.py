"""Association: scenes with known truth, and laws that hold for every set of detections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.association_engdahl import crowd, match, read_pool, read_stations
from benchmarks.association_pyocto import (
    START_NS,
    HomogeneousPredictor,
    make_scene,
    run_vigie,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.association import AssociateParams, associate
from vigie.records import Bulletin, Detection, Inventory, Station

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

OWN = AssociateParams(relocate=False)
SLOW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def local_scene(
    latitude: float, longitude: float, n_stations: int = 6
) -> tuple[list[Detection], Inventory]:
    """Return exact P and S of one event 10 km below a place, at stations around it."""
    stations, detections = [], []
    for k in range(n_stations):
        azimuth = np.radians(360.0 * k / n_stations + 10.0)
        radius = 0.3 + 0.1 * k
        lat = latitude + radius * np.cos(azimuth)
        lon = longitude + radius * np.sin(azimuth) / max(np.cos(np.radians(latitude)), 0.02)
        lon = (lon + 180.0) % 360.0 - 180.0
        stations.append(Station(code=f"L{k}", latitude=lat, longitude=lon, elevation_m=0.0))
        delta, _, _ = distance_azimuths(latitude, longitude, lat, lon)
        path_km = float(np.hypot(delta * KM_PER_DEG, 10.0))
        for phase, speed in (("P", 7.0), ("S", 4.0)):
            detections.append(
                Detection(
                    id=f"{k}{phase}",
                    station=f"L{k}",
                    time_ns=START_NS + round(path_km / speed * 1e9),
                    phase=phase,
                )
            )
    return detections, Inventory(tuple(stations))


def summary(bulletin: Bulletin) -> list[tuple[int, float, float, int]]:
    """Return time, place and number of detections of each event."""
    return [
        (e.origin.time_ns, e.origin.latitude, e.origin.longitude, len(e.detections))
        for e in bulletin.events
        if e.origin is not None
    ]


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(41.3, 129.1), (-20.0, 179.95), (88.9, 30.0), (-88.9, -179.0)]
)
def test_a_local_event_is_found_anywhere_on_earth(latitude: float, longitude: float) -> None:
    detections, stations = local_scene(latitude, longitude)
    events = associate(detections, stations, HomogeneousPredictor(), OWN).bulletin.events
    assert len(events) == 1
    origin = events[0].origin
    assert origin is not None
    delta, _, _ = distance_azimuths(latitude, longitude, origin.latitude, origin.longitude)
    assert delta * KM_PER_DEG < 3.0
    assert abs(origin.time_ns - START_NS) < 1_000_000_000
    assert len(events[0].detections) == len(detections)


@pytest.mark.parametrize("n_stations", [3, 4])
def test_three_or_four_stations_make_an_event(n_stations: int) -> None:
    detections, stations = local_scene(46.0, 7.5, n_stations)
    assert len(associate(detections, stations, HomogeneousPredictor(), OWN).bulletin.events) == 1


def test_no_detections_make_no_event() -> None:
    _, stations = local_scene(46.0, 7.5)
    result = associate([], stations, HomogeneousPredictor())
    assert result.bulletin.events == ()
    assert result.skipped == ()


def test_unknown_stations_are_left_out_and_named() -> None:
    detections, stations = local_scene(46.0, 7.5)
    stray = Detection(id="stray", station="NOWHERE", time_ns=START_NS)
    result = associate([*detections, stray], stations, HomogeneousPredictor(), OWN)
    assert [(s.detection_id, s.reason) for s in result.skipped] == [("stray", "unknown_station")]
    assert len(result.bulletin.events) == 1


def test_a_channel_full_of_glitches_changes_nothing() -> None:
    detections, stations = local_scene(46.0, 7.5)
    rng = np.random.default_rng(4)
    glitches = [
        Detection(id=f"g{k}", station="L0", time_ns=START_NS + int(t * 1e9), phase="P")
        for k, t in enumerate(rng.uniform(-600.0, 600.0, 600))
    ]
    events = associate(
        [*detections, *glitches], stations, HomogeneousPredictor(), OWN
    ).bulletin.events
    assert len(events) == 1


@SLOW
@given(st.randoms(use_true_random=False))
def test_the_order_of_detections_does_not_matter(random: Random) -> None:
    scene = make_scene(5, 4, 1.0)
    shuffled = list(scene.detections)
    random.shuffle(shuffled)
    first = associate(scene.detections, scene.stations, HomogeneousPredictor(), OWN)
    second = associate(shuffled, scene.stations, HomogeneousPredictor(), OWN)
    assert first.bulletin.events
    assert summary(first.bulletin) == summary(second.bulletin)


@SLOW
@given(st.integers(-(10**9), 10**9))
def test_a_shift_of_all_times_shifts_the_events(shift_s: int) -> None:
    scene = make_scene(5, 4, 1.0)
    shift_ns = shift_s * 1_000_000_000
    later = [replace(d, time_ns=d.time_ns + shift_ns) for d in scene.detections]
    first, second = (
        summary(associate(rows, scene.stations, HomogeneousPredictor(), OWN).bulletin)
        for rows in (scene.detections, later)
    )
    assert second == [(t + shift_ns, a, b, n) for t, a, b, n in first]


def test_poisson_noise_makes_at_most_one_event_in_three_hours() -> None:
    rng = np.random.default_rng(7)
    n_events = 0
    for hour in range(3):
        scene = make_scene(hour, 1, 0.0)
        noise = [
            Detection(
                id=str(k),
                station=f"S{rng.integers(40):02d}",
                time_ns=START_NS + int(rng.uniform(0.0, 3600.0) * 1e9),
                phase="PS"[rng.integers(2)],
            )
            for k in range(2000)
        ]
        result = associate(noise, scene.stations, HomogeneousPredictor(), OWN)
        n_events += len(result.bulletin.events)
    assert n_events <= 1


@pytest.mark.slow
def test_a_noisy_scene_keeps_recall_and_precision() -> None:
    figures = run_vigie(make_scene(101, 100, 3.0))
    assert figures["precision"] >= 0.95
    assert figures["recall"] >= 0.6


@pytest.mark.slow
@pytest.mark.data
def test_four_pooled_events_are_found_without_false_ones(shared_data: Path) -> None:
    folder = shared_data / "arrivals" / "engdahl"
    detections, truth = read_pool(folder)
    bulletin = associate(detections, read_stations(folder), load_predictor("ak135")).bulletin
    figures = match(bulletin, truth)
    assert (figures["matched"], figures["extra"]) == (4, 0)
    assert float(str(figures["median_km"])) <= 15.0


@pytest.mark.slow
@pytest.mark.data
def test_four_events_within_ten_minutes_are_found_amid_noise(shared_data: Path) -> None:
    folder = shared_data / "arrivals" / "engdahl"
    stations = read_stations(folder)
    detections, truth = crowd(folder, stations, seed=4, even=False)
    figures = match(associate(detections, stations, load_predictor("ak135")).bulletin, truth)
    assert figures["matched"] == 4
    assert int(str(figures["extra"])) <= 1
