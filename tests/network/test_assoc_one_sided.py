"""Networks that see an event from one side: the place, what it could be else, and refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.association_archive import inside, measure
from benchmarks.association_stability import disturb, ensemble

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.association import AssociateParams, associate
from vigie.network.association.engine import _context
from vigie.network.association.modes import Place, other_places, widened
from vigie.network.association.prepare import prepare
from vigie.network.association.publish import is_placed, rms_limit
from vigie.network.association.settling import settle_candidate
from vigie.records import (
    Detection,
    Ellipse,
    EllipseKind,
    Inventory,
    Origin,
    Station,
)

if TYPE_CHECKING:
    from pathlib import Path

START_NS = 1_400_000_000_000_000_000
PLACES = {
    "A": (69.0, 23.2), "B": (69.6, 18.9), "C": (66.3, 14.7), "D": (62.6, 7.5), "E": (61.2, 6.2),
    "F": (59.4, 6.8), "G": (61.1, 4.8),
}  # fmt: skip


def front(latitude: float, longitude: float, seed: int) -> tuple[list[Detection], Inventory]:
    """Return P of a surface source at seven stations, read to 0.1 s."""
    stations = tuple(
        Station(code=code, latitude=lat, longitude=lon, elevation_m=0.0)
        for code, (lat, lon) in PLACES.items()
    )
    sites = Sites(
        np.array([s.latitude for s in stations]),
        np.array([s.longitude for s in stations]),
        np.zeros(len(stations)),
    )
    source = Hypocentre(latitude, longitude, 0.0)
    times = load_predictor("ak135").predict(["P"] * len(stations), source, sites).time_s
    rng = np.random.default_rng(seed)
    detections = [
        Detection(
            id=s.code,
            station=s.code,
            time_ns=START_NS + round((t + 0.1 * rng.normal()) * 1e9),
            phase="P",
            time_sigma_s=0.1,
        )
        for s, t in zip(stations, times, strict=True)
    ]
    return detections, Inventory(stations)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(49.9, 78.8), (41.6, 88.7), (37.1, -116.0), (52.0, 160.0)]
)
def test_a_far_event_is_one_event_whose_ellipse_holds_it(latitude: float, longitude: float) -> None:
    detections, stations = front(latitude, longitude, seed=1)
    events = associate(detections, stations, load_predictor("ak135")).bulletin.events
    assert len(events) == 1
    origin = events[0].origin
    assert origin is not None
    assert len(events[0].detections) == len(detections)
    delta, azimuth, _ = distance_azimuths(origin.latitude, origin.longitude, latitude, longitude)
    ellipse = origin.ellipse
    assert ellipse is not None
    axes = [ellipse.semi_major_km, ellipse.semi_minor_km]
    assert inside(axes, ellipse.strike_deg, float(delta) * KM_PER_DEG, float(azimuth))


def test_three_stations_alone_publish_nothing_and_lose_nothing() -> None:
    detections, stations = front(49.9, 78.8, seed=1)
    found = associate(detections[:3], stations, load_predictor("ak135"))
    assert found.bulletin.events == ()
    assert len(found.bulletin.detections) == 3


def origin_with(semi_major_km: float, semi_minor_km: float, farthest_deg: float) -> Origin:
    ellipse = Ellipse(
        kind=EllipseKind.COVERAGE,
        confidence=0.9,
        semi_major_km=semi_major_km,
        semi_minor_km=semi_minor_km,
        strike_deg=0.0,
    )
    return Origin(
        id="x",
        time_ns=START_NS,
        latitude=0.0,
        longitude=0.0,
        depth_km=0.0,
        covariance=tuple(tuple(row) for row in np.diag([25.0, 9.0, 0.0, 1.0]).tolist()),
        ellipses=(ellipse,),
        max_distance_deg=farthest_deg,
    )


def test_an_ellipse_beyond_all_stations_places_nothing() -> None:
    assert is_placed(origin_with(100.0, 10.0, farthest_deg=1.0))
    assert not is_placed(origin_with(1000.0, 10.0, farthest_deg=1.0))
    assert not is_placed(replace(origin_with(1.0, 1.0, 1.0), ellipses=()))


# F(0.999; 3, 8) = 15.83 (tables of the F distribution): sqrt(15.83 * 3 / 6).
def test_residuals_larger_than_their_errors_allow_are_not_of_one_event() -> None:
    assert rms_limit(6) == pytest.approx((15.83 * 3.0 / 6.0) ** 0.5, rel=1e-3)


# Chi-square of two parameters at 90 %: 4.605. 10^2 + 4.605 * 0.25 * 40^2 along north.
def test_another_place_widens_the_ellipse_towards_it() -> None:
    place = Place(np.array([40.0, 0.0]), 6.0, 0.25)
    grown = widened(origin_with(10.0, 5.0, 1.0), [place], 1000.0)
    assert grown.ellipse is not None
    assert grown.ellipse.semi_major_km == pytest.approx((100.0 + 4.605 * 400.0) ** 0.5, rel=1e-3)
    assert grown.ellipse.semi_minor_km == pytest.approx(5.0)
    assert grown.ellipse.strike_deg % 180.0 == pytest.approx(0.0, abs=1e-6)
    covariance = np.array(grown.covariance)
    assert covariance[0, 0] == pytest.approx(25.0 + 0.25 * 40.0**2)
    # 1 s^2 of its own and a quarter of 6^2.
    assert covariance[3, 3] == pytest.approx(1.0 + 9.0)


def test_a_place_that_no_ellipse_holds_is_named_instead() -> None:
    antipode = Place(np.array([0.0, 15000.0]), -900.0, 0.3)
    origin = widened(origin_with(10.0, 5.0, 1.0), [antipode], 1000.0)
    assert origin.ellipse is not None
    assert origin.ellipse.semi_major_km == 10.0
    assert "30 %" in origin.warnings[0]
    assert "15000 km" in origin.warnings[0]


def test_a_place_as_unlikely_as_what_the_ellipse_leaves_out_changes_no_ellipse() -> None:
    origin = widened(origin_with(10.0, 5.0, 1.0), [Place(np.array([40.0, 0.0]), 0.0, 0.04)], 1000.0)
    assert origin.ellipse is not None
    assert origin.ellipse.semi_major_km == 10.0


def test_the_place_that_the_locator_chose_is_not_another() -> None:
    detections, stations = front(49.9, 78.8, seed=1)
    params = AssociateParams()
    columns, _ = prepare(detections, stations, params)
    context = _context(columns, load_predictor("ak135"), params)
    h = settle_candidate(context, (unit_vectors(49.9, 78.8), 0.0, 0.0), 7)
    there = unit_vectors(10.0, 20.0)
    h.rivals = [(there, 100.0, h.log_odds - 2.0)]
    weights = np.array([1.0, np.exp(-2.0)]) / (1.0 + np.exp(-2.0))
    (rival,) = other_places(h, h.unit, 0.0)
    assert rival.share == pytest.approx(weights[1])
    (own,) = other_places(h, there, 0.0)
    assert own.share == pytest.approx(weights[0])


@pytest.mark.data
@pytest.mark.slow
def test_archive_recordings_give_one_event_that_holds_the_explosion(shared_data: Path) -> None:
    assert (shared_data / "seismic" / "nuclear_archive").is_dir()
    names = ("CHI19901460759", "USS19870570458", "USS19871980117", "USS19873190331")
    result = measure(names)
    assert result["with_several"] == 0
    assert result["with_one_event"] == 3
    assert result["truth_inside"] == 3


@pytest.mark.data
@pytest.mark.slow
def test_a_few_detections_more_or_less_change_little(shared_data: Path) -> None:
    row = ensemble(shared_data / "seismic" / "dprk" / "2016-09-09", 6)
    assert row is not None
    assert row["share_several"] == 0.0
    assert row["share_deep"] == 0.0
    assert row["median_km"] < 10.0


def test_disturbances_follow_from_the_seed() -> None:
    detections, _ = front(49.9, 78.8, seed=1)
    first, second = (disturb(detections, np.random.default_rng(5)) for _ in range(2))
    assert first == second
    assert any(d.id.startswith("random") for d in first)
