"""H and T as the network room asks for them."""

from __future__ import annotations

import time

import numpy as np
import pytest

from vigie.earth.base import Hypocentre, Predictor, Sites
from vigie.earth.ocean import Ocean, OceanOptions, OceanPredictor, uniform_channel
from vigie.errors import ParameterError, UnknownPhaseError
from vigie.facts.ims import ims_stations

ASCENSION_SEA = Hypocentre(-20.0, -20.0, 0.0)


def sites_of(*codes: str) -> Sites:
    stations = {s.code: s for s in ims_stations()}
    chosen = [stations[code] for code in codes]
    return Sites(
        np.array([s.latitude for s in chosen]),
        np.array([s.longitude for s in chosen]),
        np.array([s.elevation_m for s in chosen]),
        codes,
    )


@pytest.fixture(scope="module")
def predictor() -> OceanPredictor:
    return OceanPredictor(Ocean(month=11))


def test_it_meets_the_contract(predictor: OceanPredictor) -> None:
    asked: Predictor = predictor
    found = asked.predict(["H", "T"], ASCENSION_SEA, sites_of("H10N", "H10N"))
    assert asked.phases == ("H", "T", "O")
    assert "month 11" in asked.name
    assert found.time_s[0] == found.time_s[1]
    assert found.time_sigma_s[1] > 10.0 > found.time_sigma_s[0] > 1.0
    assert found.slowness_s_per_deg[0] == pytest.approx(111.195 / 1.482, rel=3e-3)
    assert found.azimuth_sigma_deg.tolist() == [0.5, 0.5]
    assert found.slowness_sigma_s_per_deg[0] == pytest.approx(0.005 * 75.0, rel=0.01)


def test_blocked_paths_have_nothing(predictor: OceanPredictor) -> None:
    source = Hypocentre(-45.95, -59.77, 0.0)
    found = predictor.predict(["H", "H"], source, sites_of("H10N", "H03N"))
    columns = (found.time_s, found.seaz_deg, found.time_sigma_s, found.slowness_s_per_deg)
    for column in columns:
        assert np.isfinite(column).tolist() == [True, False]
    everywhere = predictor.open_sea().predict(["H", "H"], source, sites_of("H10N", "H03N"))
    assert np.isfinite(everywhere.time_s).all()
    assert everywhere.time_s[0] == found.time_s[0]


def test_sources_too_deep_make_no_sound_in_the_water(predictor: OceanPredictor) -> None:
    deep = Hypocentre(-20.0, -20.0, 30.0)
    found = predictor.predict(["H", "T"], deep, sites_of("H10N", "H10N"))
    assert np.isfinite(found.time_s).tolist() == [False, True]
    deeper = predictor.predict(["T"], Hypocentre(-20.0, -20.0, 400.0), sites_of("H10N"))
    assert np.isnan(deeper.time_s).all()


def test_an_earthquake_under_a_coast_makes_t_but_no_h(predictor: OceanPredictor) -> None:
    # 40 km inland of the coast of Chile, towards Juan Fernandez.
    found = predictor.predict(["H", "T"], Hypocentre(-33.3, -71.2, 20.0), sites_of("H03S", "H03S"))
    assert np.isfinite(found.time_s).tolist() == [False, True]


def test_slowness_is_the_derivative_of_time(predictor: OceanPredictor) -> None:
    site = sites_of("H10S")
    near, far = Hypocentre(-30.0, -20.0, 0.0), Hypocentre(-30.5, -20.0, 0.0)
    a, b = (predictor.predict(["H"], source, site) for source in (near, far))
    slope = (b.time_s - a.time_s) / (b.delta_deg - a.delta_deg)
    assert slope == pytest.approx(a.slowness_s_per_deg, rel=0.01)


def test_uniform_speed_of_the_user(predictor: OceanPredictor) -> None:
    own = OceanPredictor(Ocean(channel=uniform_channel(1.48)), OceanOptions(least_sigma_s=2.0))
    found = own.predict(["H"], ASCENSION_SEA, sites_of("H10N"))
    path = own.finder.find((-20.0, -20.0), (-7.84567, -14.48023))
    assert found.time_s[0] == pytest.approx(float(path.length_km) / 1.48, rel=1e-5)
    assert "1.48" in own.name
    assert own.name != predictor.name


def test_months_have_their_own_times(predictor: OceanPredictor) -> None:
    source, site = Hypocentre(-60.0, -10.0, 0.0), sites_of("H04S")
    times = [
        float(predictor.in_month(month).predict(["H"], source, site).time_s[0]) for month in (2, 8)
    ]
    assert times[0] != times[1]
    assert times[0] == pytest.approx(times[1], rel=0.005)


def test_tables_equal_predictions_and_are_kept(predictor: OceanPredictor) -> None:
    sites = sites_of("H10N", "H09W", "H04S")
    latitude, longitude = (
        v.ravel() for v in np.meshgrid(np.arange(-60.0, 0.0, 6.0), np.arange(-40.0, 20.0, 6.0))
    )
    for phase in ("H", "T"):
        table = predictor.table(phase, latitude, longitude, sites)
        assert table.time_s.shape == (100, 3)
        for i in (0, 37, 99):
            source = Hypocentre(float(latitude[i]), float(longitude[i]), 0.0)
            single = predictor.predict([phase] * 3, source, sites)
            np.testing.assert_allclose(table.time_s[i], single.time_s, rtol=1e-12)
    start = time.perf_counter()
    again = predictor.table("H", latitude, longitude, sites)
    assert time.perf_counter() - start < 0.05
    first = predictor.table("H", latitude, longitude, sites)
    np.testing.assert_array_equal(again.time_s, first.time_s)


def test_errors_of_the_model_can_be_scaled() -> None:
    sites = sites_of("H10N", "H10N")
    usual = OceanPredictor().predict(["H", "T"], ASCENSION_SEA, sites)
    halved = OceanPredictor(options=OceanOptions(error_scale=0.5)).predict(
        ["H", "T"], ASCENSION_SEA, sites
    )
    for name in ("time_sigma_s", "azimuth_sigma_deg", "slowness_sigma_s_per_deg"):
        np.testing.assert_allclose(getattr(halved, name), 0.5 * getattr(usual, name))
    np.testing.assert_array_equal(halved.time_s, usual.time_s)


def test_other_phases_are_refused(predictor: OceanPredictor) -> None:
    with pytest.raises(UnknownPhaseError, match="Pn"):
        predictor.predict(["Pn"], ASCENSION_SEA, sites_of("H10N"))
    with pytest.raises(UnknownPhaseError, match="Lg"):
        predictor.table("Lg", np.zeros(1), np.zeros(1), sites_of("H10N"))
    with pytest.raises(ParameterError, match="one per site"):
        predictor.predict(["H"], ASCENSION_SEA, sites_of("H10N", "H10S"))


def test_stations_on_islands_are_open_though_their_table_gives_no_height(
    predictor: OceanPredictor,
) -> None:
    # H09W on Tristan da Cunha has elevation 0 in the table, as hydrophones have.
    found = predictor.predict(["T"] * 2, Hypocentre(-45.0, -40.0, 10.0), sites_of("H09W", "H09N"))
    assert np.isfinite(found.time_s).all()


@pytest.mark.slow
def test_a_thousand_places_and_eleven_stations_are_quick(predictor: OceanPredictor) -> None:
    codes = ("H01W", "H02N", "H03N", "H04N", "H05N", "H06E", "H07N", "H08N", "H09W", "H10N", "H11N")
    rng = np.random.default_rng(4)
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 1000)))
    longitude = rng.uniform(-180.0, 180.0, 1000)
    predictor.predict(["H"] * 11, ASCENSION_SEA, sites_of(*codes))
    start = time.process_time()
    predictor.table("H", latitude, longitude, sites_of(*codes))
    # A tenth of the 10,000 places that may take 60 s.
    assert time.process_time() - start < 6.0
