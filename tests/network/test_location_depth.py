"""What may tell a depth, and what may not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.network.support_rings import ring

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import LocateParams, locate
from vigie.network.location.depth_phases import agreeing
from vigie.records import Detection, Origin, Station

EARTH = load_predictor("ak135")
T0_NS = 1_600_000_000_000_000_000
REGIONAL_DEG = tuple(np.linspace(3.0, 13.0, 9))
FAR_DEG = tuple(np.linspace(30.0, 88.0, 14))


def heard(
    truth: Hypocentre, stations: dict[str, Station], phase: str, late_s: tuple[float, ...]
) -> list[Detection]:
    """Return one phase at the stations, each as much too late as is said; NaN leaves one out."""
    sites = Sites(
        np.array([s.latitude for s in stations.values()]),
        np.array([s.longitude for s in stations.values()]),
        np.zeros(len(stations)),
    )
    seen = EARTH.predict([phase] * len(stations), truth, sites)
    return [
        Detection(
            id=f"{code}-{phase}",
            station=code,
            time_ns=T0_NS + round((float(time_s) + late) * 1e9),
            time_sigma_s=0.3,
            phase=phase,
            slowness_s_per_deg=abs(float(slowness)),
        )
        for code, time_s, slowness, late in zip(
            stations, seen.time_s, seen.slowness_s_per_deg, late_s, strict=True
        )
        if np.isfinite(late)
    ]


def miss_km(origin: Origin, truth: Hypocentre) -> float:
    delta, _, _ = distance_azimuths(
        truth.latitude, truth.longitude, origin.latitude, origin.longitude
    )
    return float(delta) * KM_PER_DEG


@pytest.mark.parametrize("bias_s", [-4.0, -2.0, 2.0, 4.0])
def test_a_common_error_of_regional_s_is_no_depth(bias_s: float) -> None:
    truth = Hypocentre(41.3, 129.1, 0.0)
    stations = ring(truth, REGIONAL_DEG)
    n = len(stations)
    detections = heard(truth, stations, "Pn", (0.0,) * n)
    detections += heard(truth, stations, "Sn", (bias_s,) * n)
    origin = locate("e", detections, stations, EARTH, LocateParams(phases="keep"))
    assert (origin.depth_km, origin.depth_reason) == (0.0, "default")
    assert miss_km(origin, truth) < 5.0
    assert abs(origin.time_ns - T0_NS) < 2e9


def test_a_deep_source_is_deep_without_depth_phases() -> None:
    truth = Hypocentre(-20.0, -178.0, 580.0)
    stations = ring(truth, FAR_DEG)
    rng = np.random.default_rng(3)
    late_s = tuple(rng.normal(0.0, 0.5, len(stations)))
    origin = locate("e", heard(truth, stations, "P", late_s), stations, EARTH)
    assert origin.depth_reason == "free"
    assert origin.depth_km == pytest.approx(580.0, abs=60.0)


def test_first_arrivals_of_a_deep_source_keep_their_names_beside_depth_phases() -> None:
    truth = Hypocentre(-20.0, -179.95, 560.0)
    stations = ring(truth, FAR_DEG)
    none = (0.0,) * len(stations)
    detections = [d for name in ("P", "pP", "sP") for d in heard(truth, stations, name, none)]
    origin = locate("e", detections, stations, EARTH)
    assert origin.depth_reason == "depth_phases"
    assert origin.depth_km == pytest.approx(560.0, abs=5.0)
    assert all(a.time_defining for a in origin.associations)


def test_depth_phases_that_disagree_tell_nothing() -> None:
    truth = Hypocentre(41.0, 44.3, 30.0)
    stations = ring(truth, FAR_DEG)
    nan = float("nan")
    scattered = (-5.0, 3.5, -1.0, 6.0, -3.0, 1.5, *(nan,) * (len(stations) - 6))
    firsts = heard(truth, stations, "P", (0.0,) * len(stations))
    detections = firsts + heard(truth, stations, "pP", scattered)
    origin = locate("e", detections, stations, EARTH, LocateParams(phases="keep"))
    assert origin.depth_reason == "default"
    told = {a.reason for a in origin.associations if a.detection_id.endswith("-pP")}
    assert told == {"unfit_depth_phase"}


def test_depth_phases_that_agree_tell_the_depth_and_one_at_odds_is_left_out() -> None:
    truth = Hypocentre(41.0, 44.3, 30.0)
    stations = ring(truth, FAR_DEG)
    nan = float("nan")
    late_s = (0.3, -0.4, 0.2, 9.0, *(nan,) * (len(stations) - 4))
    firsts = heard(truth, stations, "P", (0.0,) * len(stations))
    detections = firsts + heard(truth, stations, "pP", late_s)
    origin = locate("e", detections, stations, EARTH, LocateParams(phases="keep"))
    assert origin.depth_reason == "depth_phases"
    assert origin.depth_km == pytest.approx(30.0, abs=4.0)
    out = [a.detection_id for a in origin.associations if not a.time_defining]
    assert out == ["R03-pP"]


def test_a_time_left_out_says_why_though_its_slowness_counts() -> None:
    truth = Hypocentre(41.3, 129.1, 0.0)
    stations = ring(truth, REGIONAL_DEG)
    detections = heard(truth, stations, "Pn", (0.0,) * len(stations))
    detections[2] = replace(detections[2], time_ns=detections[2].time_ns + 9_000_000_000)
    origin = locate("e", detections, stations, EARTH, LocateParams(phases="keep"))
    wrong = next(a for a in origin.associations if a.detection_id == detections[2].id)
    assert wrong.slowness_defining
    assert (wrong.time_defining, wrong.weight, wrong.reason) == (False, 0.0, "big_residual")
    assert all(a.reason == "" for a in origin.associations if a.time_defining)


@given(
    st.lists(st.floats(0.0, 700.0), min_size=1, max_size=12),
    st.floats(1.0, 20.0),
    st.floats(-50.0, 50.0),
)
def test_agreement_does_not_depend_on_where_the_depth_is_counted_from(
    depths_km: list[float], sigma_km: float, moved_km: float
) -> None:
    depth_km, sigma = np.array(depths_km), np.full(len(depths_km), sigma_km)
    found = agreeing(depth_km, sigma)
    # Away from the limits, where rounding decides.
    apart = np.abs(depth_km - np.median(depth_km)) / sigma_km
    if np.abs(apart - 2.5).min() > 1e-6 and abs(1.4826 * np.median(apart) - 2.0) > 1e-6:
        assert (agreeing(depth_km + moved_km, sigma) == found).all()
    assert not found.any() or np.ptp(depth_km[found]) <= 5.0 * sigma_km + 1e-6


def test_a_few_depth_phases_may_scatter_by_chance_but_noise_tells_nothing() -> None:
    # Implied depths of five readings of pP within 2.3 s of the truth.
    depth_km = np.array([118.7, 134.8, 131.9, 122.2, 126.2])
    sigma_km = np.array([4.4, 4.2, 4.1, 4.1, 3.9])
    assert agreeing(depth_km, sigma_km).all()
    assert not agreeing(np.tile(depth_km, 4), np.tile(sigma_km, 4)).any()
    rng = np.random.default_rng(5)
    noise = [rng.uniform(25.0, 225.0, 5) for _ in range(400)]
    agreed = sum(agreeing(depths, sigma_km).any() for depths in noise)
    assert agreed < 0.08 * len(noise)


def test_a_depth_that_no_reading_holds_is_not_stated_free() -> None:
    # Pdiff alone: times change with depth alike at all stations.
    source = Hypocentre(10.0, 20.0, 350.0)
    stations = ring(source, (101.0, 104.0, 107.0, 110.0, 113.0, 116.0))
    sites = Sites(
        np.array([s.latitude for s in stations.values()]),
        np.array([s.longitude for s in stations.values()]),
        np.zeros(len(stations)),
    )
    times = EARTH.predict(["Pdiff"] * len(stations), source, sites).time_s
    detections = [
        Detection(
            id=c, station=c, time_ns=1_500_000_000_000_000_000 + round(t * 1e9), phase="Pdiff"
        )
        for c, t in zip(stations, times, strict=True)
    ]
    origin = locate("e", detections, stations, EARTH, LocateParams(phases="keep", depth="free"))
    assert origin.depth_fixed
    assert origin.depth_reason == "default"
