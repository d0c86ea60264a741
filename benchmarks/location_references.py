"""Locations against published solutions: the LocOO3D examples and the NEIC locator's events.

LocOO3D Example 01: predicted times split into base, ellipticity and elevation parts at the
reference's own trial origin, then located with its model errors given as constants and with
vigie's own. Example 03: its path corrections and model errors as constants. Example 02: only
its algebra, from the predictions it lists (its tables are not ak135). NEIC: the
published inputs at the verified depth.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from benchmarks._data import shared
from tests.network import support_locoo3d, support_neic

from vigie.earth import EarthPredictor, Hypocentre, PredictorOptions, Sites, load_predictor
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import ErrorModel, LocateParams, ellipse_of, kappa, locate
from vigie.network.location.posterior import solve_component
from vigie.records import EllipseKind
from vigie.records.time import parse_iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.records import Origin

TRIAL = Hypocentre(79.762518, 2.463674, 0.0)
"""Where LocOO3D starts in its Example 01."""
INDEPENDENT = ErrorModel(correlated=False)
"""Errors as LocOO3D takes them by default."""
Constants = dict[tuple[str, str], tuple[float, float]]
"""Station and phase to path correction and model error, s."""


def measure() -> dict[str, object]:
    """Locate the reference events and say how far from the reference each comes out."""
    return {
        "locoo3d_01_parts": _parts(),
        "locoo3d_01_its_errors": _example(1, with_path=False, own_errors=False),
        "locoo3d_01_own_errors": _example(1, with_path=False, own_errors=True),
        "locoo3d_02_algebra": _algebra(),
        "locoo3d_03_its_corrections": _example(3, with_path=True, own_errors=False),
        "neic_global": _neic("global"),
        "neic_cus": _neic("cus"),
    }


def _parts() -> dict[str, float]:
    """Return the largest difference of each part of the predicted times, s."""
    root = shared("arrivals/locoo3d")
    _, stations = support_locoo3d.read_event(root)
    rows = support_locoo3d.read_reference(root, 1).first
    places = [stations[r.station] for r in rows]
    sites = Sites(
        np.array([s.latitude for s in places]),
        np.array([s.longitude for s in places]),
        np.array([s.elevation_m for s in places]),
    )
    parts = load_predictor("ak135").parts([r.phase for r in rows], TRIAL, sites)
    found = {
        "base_s": (parts.table_s, [r.base_s for r in rows]),
        "ellipticity_s": (parts.ellipticity_s, [r.ellipticity_s for r in rows]),
        "elevation_s": (parts.elevation_s, [r.elevation_s for r in rows]),
    }
    return {
        name: float(np.max(np.abs(ours - np.array(theirs))))
        for name, (ours, theirs) in found.items()
    }


def _example(number: int, *, with_path: bool, own_errors: bool) -> dict[str, float]:
    root = shared("arrivals/locoo3d")
    detections, stations = support_locoo3d.read_event(root)
    reference = support_locoo3d.read_reference(root, number)
    rows = reference.first if with_path else reference.last
    known = {(r.station, r.phase): (r.path_s * with_path, r.model_sigma_s) for r in rows}
    predictor = load_predictor("ak135") if own_errors else _with_constants(known)
    errors = ErrorModel() if own_errors else INDEPENDENT
    params = LocateParams(phases="keep", depth=0.0, errors=errors)
    origin = locate("15433650", detections, stations, predictor, params)
    axes = next(
        e for e in origin.ellipses if e.kind is EllipseKind.COVERAGE and e.confidence == 0.95
    )
    return {
        "distance_km": _distance_km(origin, reference.latitude, reference.longitude),
        "time_difference_s": origin.time_ns / 1e9 - reference.time_epoch_s,
        "semi_major_ratio": axes.semi_major_km / reference.semi_major_km,
        "semi_minor_ratio": axes.semi_minor_km / reference.semi_minor_km,
        "strike_difference_deg": axes.strike_deg - reference.strike_deg,
    }


def _with_constants(known: Constants) -> EarthPredictor:
    def correction(station: str, phase: str, source: Hypocentre) -> tuple[float, float] | None:
        return known.get((station, phase))

    options = PredictorOptions(path_correction=correction)
    return EarthPredictor(load_predictor("ak135").times, options)


def _algebra() -> dict[str, float]:
    """Return ratios of the ellipse from Example 02's derivatives, errors and predictions."""
    reference = support_locoo3d.read_reference(shared("arrivals/locoo3d"), 2)
    sin_latitude = np.sin(np.radians(reference.latitude))
    km_per_deg = 6378.137 * (1.0 - sin_latitude**2 / 298.257223563) * np.pi / 180.0
    rows = reference.last
    per_km = np.array([[r.d_north / km_per_deg, r.d_east / km_per_deg, 1.0] for r in rows])
    sigma = np.array([r.sigma_s for r in rows])
    residual = np.array([r.observed_s - r.predicted_s for r in rows])
    solved = solve_component(np.diag(sigma**2), per_km, residual)
    scale = kappa(0.95, 2, k=float("inf"), n_free=3, chi_square=solved.chi_square)
    axes = ellipse_of(solved.covariance[:2, :2], scale, EllipseKind.COVERAGE, 0.95)
    if axes is None:
        raise ArithmeticError("Example 02 gives no ellipse")
    stored = np.array([r.residual_s for r in rows])
    return {
        "largest_residual_difference_s": float(np.max(np.abs(residual - stored))),
        "semi_major_ratio": axes.semi_major_km / reference.semi_major_km,
        "semi_minor_ratio": axes.semi_minor_km / reference.semi_minor_km,
        "weighted_rms_difference": float(
            np.sqrt(np.mean((residual / sigma) ** 2)) - reference.weighted_rms
        ),
    }


def _neic(name: str) -> dict[str, float]:
    root = shared("arrivals/neic")
    case = support_neic.read_json_case(root / f"{name}Input.json")
    verified: Mapping[str, object] = support_neic.read_verification(
        root / f"{name}Verification.json"
    )["Hypocenter"]
    params = LocateParams(phases="keep", depth=float(str(verified["Depth"])))
    origin = locate(name, case.detections, case.stations, load_predictor("ak135"), params)
    latitude, longitude = float(str(verified["Latitude"])), float(str(verified["Longitude"]))
    return {
        "distance_km": _distance_km(origin, latitude, longitude),
        "time_difference_s": (origin.time_ns - parse_iso(str(verified["Time"]))) / 1e9,
    }


def _distance_km(origin: Origin, latitude: float, longitude: float) -> float:
    delta, _, _ = distance_azimuths(latitude, longitude, origin.latitude, origin.longitude)
    return float(delta) * KM_PER_DEG


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
