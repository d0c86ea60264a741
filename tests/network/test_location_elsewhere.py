"""Few stations: places that fit as well, single arrays, and what is said when nothing fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths, unit_vectors
from vigie.network.location import LocateParams, locate
from vigie.network.location.elsewhere import mirrored
from vigie.network.location.linear import Trial
from vigie.records import Detection, Origin, Station

EARTH = load_predictor("ak135")
T0_NS = 1_600_000_000_000_000_000
TRUTH = Hypocentre(40.0, 70.0, 0.0)


def stations_at(*places: tuple[float, float]) -> dict[str, Station]:
    """Return stations this far, in this direction, from the source."""
    found = {}
    for k, (distance_deg, azimuth_deg) in enumerate(places):
        lat, lon = destination(TRUTH.latitude, TRUTH.longitude, azimuth_deg, distance_deg)
        found[f"S{k}"] = Station(
            code=f"S{k}", latitude=float(lat), longitude=float(lon), elevation_m=0.0
        )
    return found


def heard(stations: dict[str, Station], *phases: str) -> list[Detection]:
    """Return exact arrivals."""
    sites = Sites(
        np.array([s.latitude for s in stations.values()]),
        np.array([s.longitude for s in stations.values()]),
        np.zeros(len(stations)),
    )
    return [
        Detection(
            id=f"{code}-{phase}", station=code, time_ns=T0_NS + round(float(t) * 1e9), phase=phase
        )
        for phase in phases
        for code, t in zip(
            stations, EARTH.predict([phase] * len(stations), TRUTH, sites).time_s, strict=True
        )
    ]


def miss_km(origin: Origin) -> float:
    delta, _, _ = distance_azimuths(
        TRUTH.latitude, TRUTH.longitude, origin.latitude, origin.longitude
    )
    return float(delta) * KM_PER_DEG


def is_inside(origin: Origin) -> bool:
    """Tell whether the truth lies within the ellipse."""
    ellipse = origin.ellipse
    assert ellipse is not None
    _, azimuth, _ = distance_azimuths(
        origin.latitude, origin.longitude, TRUTH.latitude, TRUTH.longitude
    )
    turn = np.radians(float(azimuth) - ellipse.strike_deg)
    along, across = miss_km(origin) * np.cos(turn), miss_km(origin) * np.sin(turn)
    return bool(np.hypot(along / ellipse.semi_major_km, across / ellipse.semi_minor_km) <= 1.0)


def test_two_stations_name_the_mirror_place_and_the_ellipse_holds_the_truth() -> None:
    stations = stations_at((4.0, 60.0), (20.0, 290.0))
    origin = locate("e", heard(stations, "P", "S"), stations, EARTH)
    assert any("fit as well near" in w for w in origin.warnings)
    assert is_inside(origin)


def test_stations_all_around_have_no_other_place() -> None:
    stations = stations_at(*((30.0 + 5.0 * k, 45.0 * k) for k in range(8)))
    origin = locate("e", heard(stations, "P"), stations, EARTH)
    assert miss_km(origin) < 5.0
    assert not any("fit as well" in w for w in origin.warnings)


@pytest.mark.parametrize("distance_deg", [12.0, 30.0, 60.0])
def test_one_slowness_vector_places_an_event_with_an_ellipse_that_holds_it(
    distance_deg: float,
) -> None:
    stations = stations_at((distance_deg, 30.0))
    site = Sites(
        np.array([stations["S0"].latitude]), np.array([stations["S0"].longitude]), np.zeros(1)
    )
    seen = EARTH.predict(["P"], TRUTH, site)
    vector = replace(
        heard(stations, "P")[0],
        azimuth_deg=float(seen.seaz_deg[0]) + 5.0,
        slowness_s_per_deg=abs(float(seen.slowness_s_per_deg[0])) + 0.3,
    )
    origin = locate("e", [vector], stations, EARTH)
    assert origin.ellipse is not None
    assert origin.ellipse.semi_major_km > 500.0
    assert is_inside(origin)


def test_wrong_names_are_blamed_where_phases_identified_would_fit() -> None:
    stations = stations_at(*((20.0 + 6.0 * k, 36.0 * (7 * k % 10)) for k in range(10)))
    wrong = [replace(d, phase="S") if k < 5 else d for k, d in enumerate(heard(stations, "P"))]
    with pytest.raises(LocationError, match="--phases identify"):
        locate("e", wrong, stations, EARTH, LocateParams(phases="keep"))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_mirrored_place_is_as_far_from_stations_on_a_great_circle(seed: int) -> None:
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=3)
    basis = np.linalg.svd(normal[None])[2][1:]
    turn = rng.uniform(0.0, 1.0, 3)
    directions = np.cos(turn)[:, None] * basis[0] + np.sin(turn)[:, None] * basis[1]
    trial = Trial(float(rng.uniform(-80.0, 80.0)), float(rng.uniform(-179.0, 179.0)), 0.0, 0.0)
    other = mirrored(trial, directions)
    here, there = (
        unit_vectors(np.array([t.latitude]), np.array([t.longitude])).reshape(3)
        for t in (trial, other)
    )
    # Geographic latitude is taken for geocentric: 0.2 deg at most.
    assert np.allclose(directions @ here, directions @ there, atol=0.01)
