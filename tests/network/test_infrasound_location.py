"""Locations by infrasound: against brute force, anywhere on the globe, and with bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.support_sound import (
    MEAN_S_PER_KM,
    SIGMA_S_PER_KM,
    TIME_NS,
    TURN_SIGMA_DEG,
    StillAir,
    arrays_around,
    heard,
)

from vigie.errors import LocationError
from vigie.geodesy import KM_PER_DEG, distance_azimuths, unit_vectors
from vigie.network.infrasound import SoundLocateParams, locate_by_sound, locate_infrasound
from vigie.records import Detection, EllipseKind, Station

SPOTS = [(20.0, 250.0), (110.0, 400.0), (250.0, 300.0)]
INDEPENDENT = SoundLocateParams(celerity_common_s_per_km=0.0, path_deviation_deg=0.0)


def brute_force(
    detections: list[Detection], stations: dict[str, Station], params: SoundLocateParams
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mass on an even grid of latitude and longitude, by plain sums over origin times."""
    lat, lon = np.meshgrid(np.linspace(8.5, 11.5, 121), np.linspace(18.5, 21.5, 121), indexing="ij")
    times = np.arange(-300.0, 300.0, 4.0)
    density = np.ones((*lat.shape, len(times)))
    total_km = np.zeros(lat.shape)
    for d in detections:
        station = stations[d.station]
        delta, _, back = distance_azimuths(lat, lon, station.latitude, station.longitude)
        range_km = delta * KM_PER_DEG
        sigma = np.hypot(range_km * SIGMA_S_PER_KM, d.time_sigma_s or 0.0)[..., None]
        late = (d.time_ns - TIME_NS) / 1e9 - times - (range_km * MEAN_S_PER_KM)[..., None]
        time = np.exp(-0.5 * (late / sigma) ** 2) / (sigma * np.sqrt(2.0 * np.pi))
        kappa = 1.0 / np.radians(np.hypot(TURN_SIGMA_DEG, d.azimuth_deg_sigma or 0.0)) ** 2
        off = np.radians((d.azimuth_deg or 0.0) - back)
        turn = np.exp(kappa * (np.cos(off) - 1.0)) / (2.0 * np.pi * np.i0(kappa) * np.exp(-kappa))
        outlier = params.outlier_probability / (2.0 * np.pi * params.outlier_window_s)
        density *= (1.0 - params.outlier_probability) * time * turn[..., None] + outlier
        total_km += range_km
    shares = np.array(params.sizes.scales_km) ** -params.sizes.power
    parts = [s * np.exp(-total_km / x) for s, x in zip(shares, params.sizes.scales_km, strict=True)]
    mass = density.sum(axis=-1) * np.cos(np.radians(lat)) * sum(parts)
    return lat, lon, mass / mass.sum()


def test_the_posterior_is_that_of_plain_sums_on_an_even_grid() -> None:
    stations = arrays_around(10.0, 20.0, SPOTS)
    detections = heard(10.0, 20.0, stations)
    detections[0] = replace(detections[0], azimuth_deg=(detections[0].azimuth_deg or 0.0) + 3.0)
    found = locate_by_sound("e", detections, stations, StillAir(), INDEPENDENT)
    lat, lon, mass = brute_force(detections, stations, INDEPENDENT)
    origin = found.origin
    north = 111.0 * (origin.latitude - (mass * lat).sum())
    east = 111.0 * np.cos(np.radians(10.0)) * (origin.longitude - (mass * lon).sum())
    assert np.hypot(north, east) < 0.5
    variance = (mass * (lat - (mass * lat).sum()) ** 2).sum() * 110.6**2
    assert origin.covariance is not None
    assert origin.covariance[0][0] == pytest.approx(variance, rel=0.03)
    order = np.argsort(-mass.ravel())
    n90 = np.searchsorted(np.cumsum(mass.ravel()[order]), 0.9)
    cell_km2 = (0.025 * 111.2) ** 2 * np.cos(np.radians(10.0))
    posterior = found.posterior
    inside = posterior.region(0.9)
    area = float((posterior.mass[inside] / posterior.density[inside]).sum())
    assert area == pytest.approx(n90 * cell_km2, rel=0.04)


def test_the_origin_carries_what_a_bulletin_needs() -> None:
    stations = arrays_around(10.0, 20.0, SPOTS)
    origin = locate_infrasound("e7", heard(10.0, 20.0, stations), stations, StillAir())
    assert origin.id == "e7/origin"
    assert abs(origin.time_ns - TIME_NS) / 1e9 < (origin.time_sigma_s or 0.0)
    assert (origin.n_defining, origin.n_stations, origin.depth_reason) == (6, 3, "surface")
    assert [e.confidence for e in origin.ellipses] == [0.5, 0.9, 0.95]
    assert all(e.kind is EllipseKind.COVERAGE for e in origin.ellipses)
    assert [r.probability for r in origin.regions] == [0.5, 0.9, 0.95]
    assert all(len(r.outlines) == 1 for r in origin.regions)
    assert origin.gap_deg == pytest.approx(140.0, abs=3.0)
    for association in origin.associations:
        assert association.weight == pytest.approx(1.0, abs=0.01)
        assert abs(association.azimuth_residual_deg or 0.0) < 1.0


def test_the_ellipse_and_the_region_hold_their_share_of_the_mass() -> None:
    stations = arrays_around(10.0, 20.0, [(20.0, 250.0), (40.0, 500.0)])
    found = locate_by_sound("e", heard(10.0, 20.0, stations), stations, StillAir())
    posterior, ellipse = found.posterior, found.origin.ellipse
    assert ellipse is not None
    offset = posterior.offsets_km(unit_vectors(found.origin.latitude, found.origin.longitude))
    turn = np.radians(ellipse.strike_deg)
    along = offset @ np.array([np.cos(turn), np.sin(turn)])
    across = offset @ np.array([-np.sin(turn), np.cos(turn)])
    inside = (along / ellipse.semi_major_km) ** 2 + (across / ellipse.semi_minor_km) ** 2 <= 1.0
    assert posterior.mass[inside].sum() == pytest.approx(0.9, abs=0.01)
    assert posterior.mass[posterior.region(0.9)].sum() == pytest.approx(0.9, abs=0.02)
    assert posterior.mass[posterior.region(0.5)].sum() == pytest.approx(0.5, abs=0.02)


@settings(max_examples=12)
@given(st.floats(-90.0, 90.0), st.floats(-180.0, 179.9))
def test_the_answer_is_the_same_anywhere_on_the_globe(latitude: float, longitude: float) -> None:
    stations = arrays_around(latitude, longitude, SPOTS)
    origin = locate_infrasound("e", heard(latitude, longitude, stations), stations, StillAir())
    delta, _, _ = distance_azimuths(origin.latitude, origin.longitude, latitude, longitude)
    assert float(delta) * KM_PER_DEG < 3.0
    ellipse = origin.ellipse
    assert ellipse is not None
    assert ellipse.area_km2 == pytest.approx(542.0, rel=0.05)
    assert -180.0 <= origin.longitude < 180.0


def test_the_most_likely_point_is_at_the_source_in_place_and_time() -> None:
    stations = arrays_around(10.0, 20.0, SPOTS)
    found = locate_by_sound("e", heard(10.0, 20.0, stations), stations, StillAir())
    place, time_s = found.posterior.most_likely()
    assert np.arccos(place @ unit_vectors(10.0, 20.0)) * 6371.0 < 12.0
    assert abs(found.reference_ns / 1e9 + time_s - TIME_NS / 1e9) < 40.0


def test_a_detection_of_something_else_moves_nothing_and_is_named() -> None:
    stations = arrays_around(10.0, 20.0, [*SPOTS, (330.0, 350.0)])
    detections = heard(10.0, 20.0, stations)
    clean = locate_infrasound("e", detections, stations, StillAir())
    wrong = replace(detections[3], azimuth_deg=((detections[3].azimuth_deg or 0.0) + 90.0) % 360.0)
    origin = locate_infrasound("e", [*detections[:3], wrong], stations, StillAir())
    (left_out,) = [a for a in origin.associations if not a.defining]
    assert (left_out.station, left_out.reason) == ("A3", "big_residual")
    delta, _, _ = distance_azimuths(
        origin.latitude, origin.longitude, clean.latitude, clean.longitude
    )
    assert float(delta) * KM_PER_DEG < 5.0


def test_several_phases_of_one_array_are_of_one_event() -> None:
    stations = arrays_around(10.0, 20.0, SPOTS[:2])
    first = heard(10.0, 20.0, stations)
    later = [replace(d, id=f"{d.id}b") for d in heard(10.0, 20.0, stations, late_s=20.0)]
    origin = locate_infrasound("e", [*first, *later], stations, StillAir())
    assert origin.n_defining == 8
    assert origin.n_stations == 2


def test_too_little_is_refused_with_a_remedy() -> None:
    stations = arrays_around(10.0, 20.0, SPOTS)
    detections = heard(10.0, 20.0, stations)
    with pytest.raises(LocationError, match="another array"):
        locate_infrasound("e", detections[:1], stations, StillAir())
    with pytest.raises(LocationError, match="A0, A1, A2 with --stations"):
        locate_infrasound("e", detections, {}, StillAir())
    part = {"A0": stations["A0"], "A1": stations["A1"]}
    origin = locate_infrasound("e", detections, part, StillAir())
    assert "A2" in origin.warnings[0]
    antipodes = arrays_around(-10.0, -160.0, SPOTS[:1])
    far = {"A0": stations["A0"], "A1": replace(antipodes["A0"], code="A1")}
    assert not origin.warnings[1:]
    origin = locate_infrasound("e", detections[:2], far, StillAir())
    assert "of 4 times and azimuths agree" in origin.warnings[0]
