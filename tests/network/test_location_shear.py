"""Far shear waves bear their names, whatever the depth, and tell it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.support_rings import ring

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import LocateParams, locate
from vigie.network.location.phases import is_looked_for
from vigie.records import Detection, Origin, Station

EARTH = load_predictor("ak135")
IDENTIFY = LocateParams(phases="identify")
T0_NS = 1_600_000_000_000_000_000
FAR_DEG = tuple(np.linspace(32.0, 88.0, 12))


def heard(
    truth: Hypocentre,
    stations: dict[str, Station],
    phase: str,
    *,
    reported: str | None,
    late_s: float = 0.0,
) -> list[Detection]:
    """Return a phase at all stations where it exists, under the name that is reported."""
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
            time_ns=T0_NS + round((float(time_s) + late_s) * 1e9),
            time_sigma_s=0.3 if phase.startswith("P") else 1.0,
            phase=reported,
        )
        for code, time_s in zip(stations, seen.time_s, strict=True)
        if np.isfinite(time_s)
    ]


def names(origin: Origin, phase: str) -> set[str]:
    """Return under which names a phase went."""
    return {a.phase for a in origin.associations if a.detection_id.endswith(f"-{phase}")}


def miss_km(origin: Origin, truth: Hypocentre) -> float:
    delta, _, _ = distance_azimuths(
        truth.latitude, truth.longitude, origin.latitude, origin.longitude
    )
    return float(delta) * KM_PER_DEG


@settings(max_examples=12, deadline=None)
@given(depth_km=st.floats(0.0, 650.0), reported=st.sampled_from(["S", None]))
def test_far_s_is_named_at_any_depth(depth_km: float, reported: str | None) -> None:
    truth = Hypocentre(-6.05, -127.6, depth_km)
    stations = ring(truth, FAR_DEG[:8])  # nearer than where SKS and ScS come beside it
    detections = heard(truth, stations, "P", reported=reported and "P")
    detections += heard(truth, stations, "S", reported=reported)
    origin = locate("e", detections, stations, EARTH, IDENTIFY)
    assert (names(origin, "P"), names(origin, "S")) == ({"P"}, {"S"})
    assert miss_km(origin, truth) < 5.0


def test_far_s_tells_the_depth() -> None:
    truth = Hypocentre(-6.05, -127.6, 300.0)
    stations = ring(truth, FAR_DEG)
    firsts = heard(truth, stations, "P", reported="P")
    both = firsts + heard(truth, stations, "S", reported="S")
    without, with_s = (locate("e", d, stations, EARTH, IDENTIFY) for d in (firsts, both))
    assert with_s.depth_reason == "free"
    assert with_s.depth_km == pytest.approx(300.0, abs=10.0)
    assert with_s.depth_sigma_km is not None
    assert with_s.depth_sigma_km < 15.0
    assert without.depth_sigma_km is None or without.depth_sigma_km > with_s.depth_sigma_km


@pytest.mark.parametrize(
    ("phase", "distances_deg"),
    [
        ("SKSac", (92.0, 99.0, 112.0)),
        ("Sdiff", (101.0, 106.0, 112.0)),
        ("ScS", (25.0, 40.0, 55.0)),
        ("SS", (50.0, 75.0, 100.0)),
        ("PcS", (25.0, 40.0, 55.0)),
        ("SKKSac", (95.0, 105.0, 115.0)),
        ("SKPbc", (132.0, 135.0, 139.0)),
    ],
)
@pytest.mark.parametrize("depth_km", [0.0, 120.0])
def test_later_shear_phases_keep_the_names_that_they_bear(
    phase: str, distances_deg: tuple[float, ...], depth_km: float
) -> None:
    truth = Hypocentre(10.0, 140.0, depth_km)
    stations = ring(truth, (*FAR_DEG, *distances_deg))
    detections = heard(truth, stations, "P", reported="P")
    there = {code: stations[code] for code in list(stations)[-3:]}
    detections += heard(truth, there, phase, reported=phase)
    origin = locate("e", detections, stations, EARTH, IDENTIFY)
    assert names(origin, phase) == {phase}
    assert [w for w in origin.warnings if "the times fit" not in w] == []


def test_s_reported_beyond_the_core_shadow_is_sks() -> None:
    truth = Hypocentre(10.0, 140.0, 50.0)
    stations = ring(truth, (*FAR_DEG, 124.0, 128.0, 132.0))
    detections = heard(truth, stations, "P", reported="P")
    there = {code: stations[code] for code in list(stations)[-3:]}
    detections += heard(truth, there, "SKSac", reported="S")
    origin = locate("e", detections, stations, EARTH, IDENTIFY)
    assert names(origin, "SKSac") == {"SKSac"}


def test_named_readings_that_no_phase_fits_are_told() -> None:
    truth = Hypocentre(10.0, 140.0, 0.0)
    stations = ring(truth, FAR_DEG)
    detections = heard(truth, stations, "P", reported="P")
    there = {code: stations[code] for code in ("R02", "R04")}
    detections += heard(truth, there, "S", reported="S", late_s=90.0)
    origin = locate("e", detections, stations, EARTH, IDENTIFY)
    assert names(origin, "S") == {""}
    (warning,) = origin.warnings
    assert warning.startswith("2 arrivals left out that bear a name")
    assert warning.endswith("R02 S, R04 S")


def test_windows_of_shear_waves() -> None:
    delta_deg = np.array([5.0, 15.0, 25.0, 80.0, 100.0, 119.0])
    assert is_looked_for("S", delta_deg, 10.0).tolist() == [False, False, True, True, True, False]
    assert is_looked_for("S", delta_deg, 300.0).tolist() == [True, True, True, True, True, False]
    assert is_looked_for("P", delta_deg, 300.0).tolist() == [True, True, True, True, True, False]
    assert is_looked_for("Sn", delta_deg, 10.0).tolist() == [True, True, False, False, False, False]
    assert is_looked_for("Sdiff", delta_deg, 0.0).tolist() == [False] * 4 + [True] * 2
