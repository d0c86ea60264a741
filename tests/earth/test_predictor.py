"""Predictions with corrections, errors and hooks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.earth import (
    BinnedVectorCorrections,
    EarthPredictor,
    Hypocentre,
    ModelError,
    Predictor,
    PredictorOptions,
    Sites,
    TravelTimes,
    VectorBin,
    VectorCorrection,
    load_predictor,
)
from vigie.earth.elevation import elevation_correction_s
from vigie.earth.ellipticity import ellipticity_correction_s, surface_path_excess_km
from vigie.errors import ParameterError, UnknownPhaseError
from vigie.geodesy import distance_azimuths

SOURCE = Hypocentre(41.3, 129.07, 0.7)
SITES = Sites(
    np.array([44.6, 37.5, -23.7]),
    np.array([129.6, 126.6, 133.9]),
    np.array([220.0, 80.0, 627.0]),
    ("MDJ", "INCN", "ASAR"),
)
PHASES = ("Pn", "P", "P")


def test_the_predictor_meets_the_contract() -> None:
    predictor: Predictor = load_predictor("iasp91")
    assert predictor.name == "iasp91"
    assert "PKPdf" in predictor.phases
    assert load_predictor("iasp91") is predictor


def test_time_is_the_sum_of_its_parts() -> None:
    predictor = load_predictor()
    parts = predictor.parts(PHASES, SOURCE, SITES)
    found = predictor.predict(PHASES, SOURCE, SITES)
    np.testing.assert_allclose(found.time_s, sum(parts), atol=1e-12)
    assert np.all(parts.elevation_s > 0.0)
    plain = PredictorOptions(elevation=False, ellipticity=False)
    bare = EarthPredictor(TravelTimes.load(), plain).predict(PHASES, SOURCE, SITES)
    np.testing.assert_allclose(bare.time_s, parts.table_s)


def test_missing_phases_are_nan_in_every_column() -> None:
    found = load_predictor().predict(["PKPdf", "P", "PcP"], SOURCE, SITES)
    for name in found.__dataclass_fields__:
        if not name.endswith(("correction_s_per_deg", "correction_deg")):
            assert np.isnan(getattr(found, name)[0]), name
            assert np.isfinite(getattr(found, name)[1]), name


@pytest.mark.parametrize("depth_km", [0.0, 35.0, 77.3, 640.0])
def test_the_compiled_loop_equals_its_plain_twins(depth_km: float) -> None:
    predictor, errors, n = load_predictor(), ModelError(), 500
    rng = np.random.default_rng(11)
    phases = [str(name) for name in rng.choice(predictor.phases, n)]
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, n)))
    height_m = np.where(rng.uniform(size=n) < 0.1, np.nan, rng.uniform(-500.0, 4000.0, n))
    sites = Sites(latitude, rng.uniform(-180.0, 180.0, n), height_m)
    source = Hypocentre(-40.0, 178.0, depth_km)
    found, parts = predictor.predict(phases, source, sites), predictor.parts(phases, source, sites)
    delta, out, back = distance_azimuths(-40.0, 178.0, sites.latitude, sites.longitude)
    numbers = np.array([predictor.times.phase_index(p) for p in phases])
    table = predictor.times.predict_many(numbers, delta, np.full(n, depth_km))
    there = np.isfinite(table.time_s)
    assert 100 < there.sum() < n
    ellipticity = ellipticity_correction_s(phases, -40.0, depth_km, delta, out)
    elevation = elevation_correction_s(
        phases, height_m, table.slowness_s_per_deg, predictor.times.surface_velocities
    )
    np.testing.assert_allclose(parts.table_s, table.time_s)
    np.testing.assert_allclose(parts.ellipticity_s, ellipticity, atol=1e-9)
    np.testing.assert_allclose(parts.elevation_s[there], elevation[there], atol=1e-12)
    sigma = errors.bounded(errors.time_sigma_s(phases, delta), table.time_s)
    np.testing.assert_allclose(found.time_sigma_s[there], sigma[there], rtol=1e-12)
    turn = errors.azimuth_sigma_deg(table.slowness_s_per_deg)
    np.testing.assert_allclose(found.azimuth_sigma_deg, turn, rtol=1e-9)
    for one, other in ((found.delta_deg, delta), (found.esaz_deg, out), (found.seaz_deg, back)):
        np.testing.assert_allclose(one[there], other[there], atol=1e-9)


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(UnknownPhaseError):
        load_predictor().predict(["P", "P", "Xx"], SOURCE, SITES)
    with pytest.raises(ParameterError, match="one per site"):
        load_predictor().predict(["P"], SOURCE, SITES)
    options = PredictorOptions(path_correction=lambda *_: None)
    nameless = Sites(SITES.latitude, SITES.longitude, SITES.elevation_m)
    with pytest.raises(ParameterError, match="codes"):
        EarthPredictor(TravelTimes.load(), options).predict(PHASES, SOURCE, nameless)


def test_path_corrections_are_added_and_replace_the_error() -> None:
    def correction(station: str, phase: str, source: Hypocentre) -> tuple[float, float] | None:
        assert source is SOURCE
        return {"MDJ": (-0.9, 0.46), "INCN": (0.5, np.nan)}.get(station)

    options = PredictorOptions(path_correction=correction)
    found = EarthPredictor(TravelTimes.load(), options).predict(PHASES, SOURCE, SITES)
    plain = load_predictor().predict(PHASES, SOURCE, SITES)
    np.testing.assert_allclose(found.time_s - plain.time_s, [-0.9, 0.5, 0.0], atol=1e-12)
    np.testing.assert_allclose(found.time_sigma_s, [0.46, *plain.time_sigma_s[1:]])


def test_vector_corrections_come_beside_the_prediction() -> None:
    north = VectorBin((2.0, 12.0), (315.0, 45.0), VectorCorrection(0.3, -4.0, 0.5, 6.0))
    table = BinnedVectorCorrections({"ASAR": [north]})
    options = PredictorOptions(vector_corrections=table)
    found = EarthPredictor(TravelTimes.load(), options).predict(PHASES, SOURCE, SITES)
    plain = load_predictor().predict(PHASES, SOURCE, SITES)
    np.testing.assert_allclose(found.slowness_correction_s_per_deg, [0.0, 0.0, 0.3])
    np.testing.assert_allclose(found.azimuth_correction_deg, [0.0, 0.0, -4.0])
    assert found.azimuth_sigma_deg[2] == 6.0
    assert found.slowness_sigma_s_per_deg[2] == 0.5
    np.testing.assert_allclose(found.azimuth_sigma_deg[:2], plain.azimuth_sigma_deg[:2])
    np.testing.assert_allclose(found.seaz_deg, plain.seaz_deg)
    assert plain.slowness_correction_s_per_deg.shape == (1,)


def test_elevation_follows_the_formula_and_spares_guided_waves() -> None:
    elevation = np.array([1000.0, 1000.0, -500.0, np.nan])
    slowness = np.array([7.9, 33.0, 7.9, 7.9])
    added = elevation_correction_s(["P", "LR", "P", "S"], elevation, slowness, (5.8, 3.46))
    p = 7.9 / 111.19492664455873
    expected = np.sqrt(1 / 5.8**2 - p**2)
    np.testing.assert_allclose(added, [expected, 0.0, -0.5 * expected, 0.0], atol=1e-12)


@given(st.floats(-89.0, 89.0), st.floats(0.0, 360.0), st.floats(1.0, 95.0))
def test_ellipticity_is_the_same_backwards_for_a_surface_source(
    latitude: float, azimuth: float, delta: float
) -> None:
    # Reciprocity: the ray of a surface source may be travelled either way.
    from vigie.geodesy import destination

    far_latitude, far_longitude = destination(latitude, 0.0, azimuth, delta)
    _, out, back = distance_azimuths(latitude, 0.0, far_latitude, far_longitude)
    there = ellipticity_correction_s(["P"], latitude, 0.0, np.array([delta]), np.array([out]))
    returned = ellipticity_correction_s(
        ["P"], float(far_latitude), 0.0, np.array([delta]), np.array([back])
    )
    np.testing.assert_allclose(there, returned, atol=0.02)
    assert abs(there[0]) < 2.5


def test_surface_paths_are_measured_on_the_ellipsoid() -> None:
    # Quarter meridian of WGS84: 10001.966 km.
    quarter = surface_path_excess_km(0.0, 0.0, 90.0) + 6371.0 * np.pi / 2
    assert quarter == pytest.approx(10001.966, abs=0.05)
    equator = surface_path_excess_km(0.0, 90.0, 90.0) + 6371.0 * np.pi / 2
    assert equator == pytest.approx(6378.137 * np.pi / 2, abs=1e-6)


def test_errors_pass_through_the_published_values() -> None:
    errors = ModelError()
    phases = ["P", "P", "PcP", "PKPdf", "PKPbc"]
    delta = np.array([45.7312, 73.1147, 34.44, 120.0829, 151.0348])
    expected = [1.3, 1.1, 1.4, 1.3459, 1.2276]
    np.testing.assert_allclose(errors.time_sigma_s(phases, delta), expected, atol=0.002)


def test_errors_are_positive_and_smooth() -> None:
    errors = ModelError()
    delta = np.arange(0.0, 180.0, 0.1)
    for phase in load_predictor().phases:
        sigma = errors.time_sigma_s([phase] * len(delta), delta)
        assert np.all(sigma > 0.0)
        assert np.abs(np.diff(np.log(sigma))).max() < 0.35, phase
    azimuth = errors.azimuth_sigma_deg(np.array([0.0, 0.3, 6.0, -6.0]))
    assert azimuth[0] == azimuth[1] == errors.max_azimuth_sigma_deg
    assert azimuth[2] == azimuth[3] == pytest.approx(np.degrees(np.arcsin(1.8 / 6.0)))


def test_no_error_exceeds_a_share_of_the_travel_time() -> None:
    predictor = load_predictor("ak135")
    source = Hypocentre(48.05, 11.65, 4.6)
    near = Sites(np.array([48.10, 58.05]), np.array([11.65, 11.65]), np.zeros(2))
    predictions = predictor.predict(["P", "P"], source, near)
    # Of the time in the table, which elevation and ellipticity change a little.
    assert predictions.time_sigma_s[0] <= 0.05 + 0.16 * predictions.time_s[0]
    # Ten degrees away the share is no limit any more.
    assert predictions.time_sigma_s[1] == pytest.approx(1.6, abs=0.1)
