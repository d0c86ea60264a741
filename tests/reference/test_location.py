"""Locations against published solutions: LocOO3D, LOCSAT, the NEIC locator, EHB events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.network import support_engdahl, support_locoo3d, support_neic

from vigie.earth import EarthPredictor, PredictorOptions, load_predictor
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import ErrorModel, LocateParams, ellipse_of, kappa, locate
from vigie.network.location.posterior import solve_component
from vigie.records import Ellipse, EllipseKind, Origin
from vigie.records.time import parse_iso

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.earth.base import Hypocentre

CLASSIC = ErrorModel(correlated=False)
"""Independent errors of known size, as LocOO3D takes them by default."""

# LocOO3D Example 01 at its final origin (reference output of sandialabs/LocOO3D):
# d(time)/d(north), d(time)/d(east) in s/deg, total error and residual in s.
EXAMPLE_01 = np.array(
    [
        [4.7553, -12.9028, 2.3955, -0.3340],
        [0.4054, -2.8415, 1.7621, 1.7967],
        [-3.2189, -7.2182, 1.3055, 0.1992],
        [-0.9827, -5.8354, 1.1065, -0.2141],
        [-1.1579, -1.5343, 1.3961, -0.7058],
        [1.7219, -1.6057, 1.6328, -0.2676],
    ]
)
KM_PER_DEG_AT_79N = 6378.137 * (1.0 - np.sin(np.radians(79.46)) ** 2 / 298.257223563) * np.pi / 180


def distance_km(origin: Origin, latitude: float, longitude: float) -> float:
    """Return how far an origin lies from a place."""
    delta, _, _ = distance_azimuths(latitude, longitude, origin.latitude, origin.longitude)
    return float(delta) * KM_PER_DEG


def coverage_95(origin: Origin) -> Ellipse:
    """Return the 95 % coverage ellipse."""
    return next(
        e for e in origin.ellipses if e.kind is EllipseKind.COVERAGE and e.confidence == 0.95
    )


@pytest.mark.parametrize(
    ("n_parameters", "expected"), [(1, 1.9600), (2, 2.4477), (3, 2.7955), (4, 3.0802)]
)
def test_coverage_kappa_equals_the_published_values(n_parameters: int, expected: float) -> None:
    found = kappa(0.95, n_parameters, k=float("inf"), n_free=3, chi_square=1.0)
    assert found == pytest.approx(expected, abs=5e-5)


def test_algebra_of_the_published_derivatives() -> None:
    per_km = np.column_stack([EXAMPLE_01[:, :2] / KM_PER_DEG_AT_79N, np.ones(6)])
    solved = solve_component(np.diag(EXAMPLE_01[:, 2] ** 2), per_km, EXAMPLE_01[:, 3])
    scale = kappa(0.95, 2, k=float("inf"), n_free=3, chi_square=solved.chi_square)
    ellipse = ellipse_of(solved.covariance[:2, :2], scale, EllipseKind.COVERAGE, 0.95)
    assert ellipse is not None
    assert ellipse.semi_major_km == pytest.approx(79.829, abs=0.01)
    assert ellipse.semi_minor_km == pytest.approx(52.914, abs=0.01)
    assert ellipse.strike_deg == pytest.approx(4.053, abs=0.01)
    assert ellipse.area_km2 == pytest.approx(13270.5, abs=3.0)
    assert 1.95996 * np.sqrt(solved.covariance[2, 2]) == pytest.approx(2.2457, abs=1e-3)
    weighted = EXAMPLE_01[:, 3] / EXAMPLE_01[:, 2]
    assert np.sqrt(np.mean(weighted**2)) == pytest.approx(0.48344, abs=1e-4)


@pytest.mark.data
def test_locoo3d_example_01(shared_data: Path) -> None:
    root = shared_data / "arrivals" / "locoo3d"
    detections, stations = support_locoo3d.read_event(root)
    reference = support_locoo3d.read_reference(root, 1)
    own = {(r.station, r.phase): (0.0, r.model_sigma_s) for r in reference.last}

    def errors(station: str, phase: str, source: Hypocentre) -> tuple[float, float] | None:
        return own.get((station, phase))

    predictor = EarthPredictor(
        load_predictor("ak135").times, PredictorOptions(path_correction=errors)
    )
    params = LocateParams(phases="keep", depth=0.0, errors=CLASSIC)
    origin = locate("15433650", detections, stations, predictor, params)
    assert distance_km(origin, reference.latitude, reference.longitude) < 1.0
    assert origin.time_ns / 1e9 == pytest.approx(reference.time_epoch_s, abs=0.1)
    ellipse = coverage_95(origin)
    assert ellipse.semi_major_km == pytest.approx(reference.semi_major_km, rel=0.01)
    assert ellipse.semi_minor_km == pytest.approx(reference.semi_minor_km, rel=0.01)
    assert origin.gap_deg == pytest.approx(reference.gap_deg, abs=0.05)
    assert origin.secondary_gap_deg == pytest.approx(reference.secondary_gap_deg, abs=0.1)
    assert origin.time_sigma_s is not None
    assert 1.96 * origin.time_sigma_s == pytest.approx(reference.time_error_s, rel=0.01)
    assert origin.depth_reason == "operator"


@pytest.mark.data
def test_locoo3d_example_03_with_its_path_corrections(shared_data: Path) -> None:
    root = shared_data / "arrivals" / "locoo3d"
    detections, stations = support_locoo3d.read_event(root)
    reference = support_locoo3d.read_reference(root, 3)
    known = {(r.station, r.phase): (r.path_s, r.model_sigma_s) for r in reference.first}

    def correction(station: str, phase: str, source: Hypocentre) -> tuple[float, float] | None:
        return known.get((station, phase))

    predictor = EarthPredictor(
        load_predictor("ak135").times, PredictorOptions(path_correction=correction)
    )
    params = LocateParams(phases="keep", depth=0.0, errors=CLASSIC)
    origin = locate("15433650", detections, stations, predictor, params)
    assert distance_km(origin, reference.latitude, reference.longitude) < 3.0
    assert coverage_95(origin).semi_major_km == pytest.approx(reference.semi_major_km, rel=0.03)


@pytest.mark.data
def test_locoo3d_example_02_covariance_from_its_predictions(shared_data: Path) -> None:
    reference = support_locoo3d.read_reference(shared_data / "arrivals" / "locoo3d", 2)
    k = 6378.137 * (1.0 - np.sin(np.radians(79.57)) ** 2 / 298.257223563) * np.pi / 180
    per_km = np.array([[r.d_north / k, r.d_east / k, 1.0] for r in reference.last])
    sigma = np.array([r.sigma_s for r in reference.last])
    residual = np.array([r.observed_s - r.predicted_s for r in reference.last])
    np.testing.assert_allclose(residual, [r.residual_s for r in reference.last], atol=2e-4)
    solved = solve_component(np.diag(sigma**2), per_km, residual)
    scale = kappa(0.95, 2, k=float("inf"), n_free=3, chi_square=solved.chi_square)
    ellipse = ellipse_of(solved.covariance[:2, :2], scale, EllipseKind.COVERAGE, 0.95)
    assert ellipse is not None
    assert ellipse.semi_major_km == pytest.approx(reference.semi_major_km, rel=1e-3)
    assert ellipse.semi_minor_km == pytest.approx(reference.semi_minor_km, rel=1e-3)
    assert ellipse.strike_deg == pytest.approx(reference.strike_deg, abs=0.05)
    assert np.sqrt(np.mean((residual / sigma) ** 2)) == pytest.approx(
        reference.weighted_rms, abs=1e-3
    )


@pytest.mark.data
def test_neic_cus_with_ak135_at_its_depth(shared_data: Path) -> None:
    root = shared_data / "arrivals" / "neic"
    case = support_neic.read_json_case(root / "cusInput.json")
    verified = support_neic.read_verification(root / "cusVerification.json")["Hypocenter"]
    params = LocateParams(phases="keep", depth=float(verified["Depth"]))
    origin = locate("cus", case.detections, case.stations, load_predictor("ak135"), params)
    assert distance_km(origin, verified["Latitude"], verified["Longitude"]) < 10.0
    assert abs(origin.time_ns - parse_iso(verified["Time"])) < 2e9


@pytest.mark.data
def test_neic_global_at_its_depth(shared_data: Path) -> None:
    root = shared_data / "arrivals" / "neic"
    case = support_neic.read_json_case(root / "globalInput.json")
    verified = support_neic.read_verification(root / "globalVerification.json")["Hypocenter"]
    params = LocateParams(phases="keep", depth=float(verified["Depth"]))
    origin = locate("global", case.detections, case.stations, load_predictor("ak135"), params)
    assert distance_km(origin, verified["Latitude"], verified["Longitude"]) < 5.0
    assert abs(origin.time_ns - parse_iso(verified["Time"])) < 0.5e9


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("event_id", ["8880", "8881"])
def test_engdahl_events_with_given_phases(shared_data: Path, event_id: str) -> None:
    root = shared_data / "arrivals" / "engdahl"
    event = next(e for e in support_engdahl.read_events(root) if e.id == event_id)
    origin = locate(
        event.id,
        event.detections,
        support_engdahl.read_stations(root),
        load_predictor("ak135"),
        LocateParams(phases="keep"),
    )
    assert distance_km(origin, event.latitude, event.longitude) < 10.0
    assert origin.depth_reason == "depth_phases"
    assert any("stations without a position" in w for w in origin.warnings) == any(
        d.station not in support_engdahl.read_stations(root) for d in event.detections
    )


@pytest.mark.data
def test_a_deep_engdahl_event_is_deep_with_phases_identified_anew(shared_data: Path) -> None:
    root = shared_data / "arrivals" / "engdahl"
    event = next(e for e in support_engdahl.read_events(root) if e.id == "8883")
    stations = support_engdahl.read_stations(root)
    origin = locate(event.id, event.detections, stations, load_predictor("ak135"))
    assert distance_km(origin, event.latitude, event.longitude) < 12.0
    assert origin.depth_km == pytest.approx(157.5, abs=15.0)
