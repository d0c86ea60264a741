"""Single-station location: truth from the predictor's own times is found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.errors import LocationError
from vigie.geodesy import destination, distance_azimuths
from vigie.records import Detection, Station
from vigie.records.time import add_seconds, parse_iso
from vigie.seismic.single_station import locate_single_station

STATION = Station(code="SYN", latitude=60.0, longitude=10.0, elevation_m=200.0)
TIME_NS = parse_iso("2020-01-01T00:00:00Z")


def sites(n: int) -> Sites:
    """Return the station n times, as a predictor wants it for n phases."""
    return Sites(np.full(n, 60.0), np.full(n, 10.0), np.full(n, 200.0), ("SYN",) * n)


def arrivals(delta_deg: float, azimuth_deg: float) -> tuple[Detection, Detection, float, float]:
    """Return first P and S of a surface source, and its position."""
    latitude, longitude = (
        float(x) for x in destination(STATION.latitude, STATION.longitude, azimuth_deg, delta_deg)
    )
    site = sites(3)
    predictor, source = load_predictor("ak135"), Hypocentre(latitude, longitude, 0.0)
    times = [
        float(np.nanmin(predictor.predict(phases, source, site).time_s))
        for phases in (("Pg", "Pn", "P"), ("Sg", "Sn", "S"))
    ]
    p, s = (
        Detection(
            id=name,
            station="SYN",
            time_ns=add_seconds(TIME_NS, t),
            time_sigma_s=0.3,
            azimuth_deg=azimuth_deg,
            azimuth_deg_sigma=5.0,
        )
        for name, t in zip("ps", times, strict=True)
    )
    return p, s, latitude, longitude


@settings(max_examples=25, deadline=None)
@given(st.floats(0.3, 80.0), st.floats(0.0, 359.9))
def test_exact_times_give_the_source_back(delta_deg: float, azimuth_deg: float) -> None:
    p, s, latitude, longitude = arrivals(delta_deg, azimuth_deg)
    origin = locate_single_station(p, s, STATION, load_predictor("ak135"))
    off = float(distance_azimuths(origin.latitude, origin.longitude, latitude, longitude)[0])
    assert off < 0.02
    assert abs(origin.time_ns - TIME_NS) < 0.2e9
    assert origin.depth_fixed


@pytest.mark.slow
def test_the_ellipse_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    predictor = load_predictor("ak135")
    inside = 0
    for _ in range(200):
        p, s, latitude, longitude = arrivals(8.0, 200.0)
        found = predictor.predict(
            ("Pn", "Sn"),
            Hypocentre(latitude, longitude, 0.0),
            sites(2),
        )
        errors = np.hypot(0.3, found.time_sigma_s) * rng.standard_normal(2)
        azimuth = 200.0 + 5.0 * rng.standard_normal()
        moved = [
            Detection(
                id=d.id,
                station="SYN",
                time_ns=add_seconds(d.time_ns, float(e)),
                time_sigma_s=0.3,
                azimuth_deg=azimuth,
                azimuth_deg_sigma=5.0,
            )
            for d, e in zip((p, s), errors, strict=True)
        ]
        origin = locate_single_station(moved[0], moved[1], STATION, predictor)
        ellipse = origin.ellipse
        assert ellipse is not None
        delta, bearing, _ = distance_azimuths(
            origin.latitude, origin.longitude, latitude, longitude
        )
        turn = np.radians(float(bearing) - ellipse.strike_deg)
        along, across = float(delta) * 111.19 * np.cos(turn), float(delta) * 111.19 * np.sin(turn)
        inside += (along / ellipse.semi_major_km) ** 2 + (across / ellipse.semi_minor_km) ** 2 <= 1
    # 0.9 with a standard error of 0.021.
    assert 0.84 <= inside / 200 <= 0.96


def test_what_cannot_be_located_says_why() -> None:
    p, s, _, _ = arrivals(5.0, 30.0)
    blind = [Detection(id=d.id, station="SYN", time_ns=d.time_ns) for d in (p, s)]
    predictor = load_predictor("ak135")
    with pytest.raises(LocationError, match="neither P nor S has an azimuth"):
        locate_single_station(blind[0], blind[1], STATION, predictor)
    with pytest.raises(LocationError, match="no distance"):
        locate_single_station(s, p, STATION, predictor)
