"""Paths of the San Juan event: the wreck's official position to hydroacoustic stations.

Ranges and azimuths: geodesics computed independently for the station coordinates of the table;
which paths are open: H10 and H04 heard it (Nielsen et al. 2018, EGU2018-18559), the others lie
behind continents.
"""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import san_juan

from vigie.earth.base import Hypocentre, Sites
from vigie.earth.ocean import Ends, Ocean, OceanPredictor, PathFinder, uniform_channel
from vigie.facts.ims import ims_stations

WRECK = (-(45 + 56 / 60 + 59 / 3600), -(59 + 46 / 60 + 22 / 3600))
TABLE = {
    "H10N": (6040.6, 217.58),
    "H10S": (5933.5, 218.00),
    "H04N": (7796.4, 223.57),
    "H04S": (7752.1, 223.64),
    "H09W": (4016.8, 240.56),
    "H08S": (12419.1, 213.60),
    "H01W": (11030.0, 184.27),
    "H03N": (2140.3, 136.04),
    "H03S": (2105.3, 135.43),
    "H11N": (14873.8, 135.56),
}
TIMES_S = {
    # At 1.480 and 1.485 km/s.
    "H10N": (4081.5, 4067.7),
    "H10S": (4009.1, 3995.6),
    "H04N": (5267.9, 5250.1),
    "H04S": (5237.9, 5220.3),
    "H09W": (2714.0, 2704.9),
    "H08S": (8391.0, 8363.0),
}


def sites_of(codes: list[str]) -> Sites:
    stations = {s.code: s for s in ims_stations()}
    chosen = [stations[code] for code in codes]
    return Sites(
        np.array([s.latitude for s in chosen]),
        np.array([s.longitude for s in chosen]),
        np.array([s.elevation_m for s in chosen]),
        tuple(codes),
    )


def test_ranges_and_azimuths() -> None:
    sites = sites_of(list(TABLE))
    paths = PathFinder().find(WRECK, (sites.latitude, sites.longitude))
    expected = np.array(list(TABLE.values()))
    np.testing.assert_allclose(paths.length_km, expected[:, 0], atol=0.2)
    np.testing.assert_allclose(paths.backazimuth_deg, expected[:, 1], atol=0.02)


@pytest.mark.parametrize(("speed", "column"), [(1.480, 0), (1.485, 1)])
def test_times_at_uniform_speed(speed: float, column: int) -> None:
    ocean = Ocean(channel=uniform_channel(speed))
    sites = sites_of(list(TIMES_S))
    paths = PathFinder(ocean).find(WRECK, (sites.latitude, sites.longitude))
    for found, times in zip(paths.time_s, TIMES_S.values(), strict=True):
        assert found == pytest.approx(times[column], abs=0.6 if times[column] > 8000.0 else 0.1)


@pytest.mark.parametrize("month", [None, 2, 8, 11])
def test_blockage(month: int | None) -> None:
    predictor = OceanPredictor(Ocean(month=month))
    codes = ["H10N", "H10S", "H04N", "H04S", "H09W", "H01W", "H03N", "H03S", "H11N"]
    found = predictor.predict(["H"] * len(codes), Hypocentre(*WRECK, 0.9), sites_of(codes))
    assert np.isfinite(found.time_s).tolist() == [True] * 5 + [False] * 4


def test_blocking_points_lie_on_the_continents() -> None:
    sites = sites_of(["H01W", "H03N", "H11N"])
    # Without the approach to the source, whose shelf is met first.
    start = (-50.0, -55.0)
    paths = PathFinder().find(start, (sites.latitude, sites.longitude), Ends(source=True))
    assert paths.blockage.tolist() == [1.0, 1.0, 1.0]
    floor = PathFinder().ocean.floor.elevation_at_m(paths.blocked_latitude, paths.blocked_longitude)
    assert (floor > -500.0).all()


def test_cold_water_slows_the_paths_to_crozet() -> None:
    sites = sites_of(["H04N", "H10N"])
    paths = PathFinder(Ocean(month=11)).find(WRECK, (sites.latitude, sites.longitude))
    speed = paths.length_km / paths.time_s
    # Southernmost 61.5 S: polar water, 1.45 to 1.47 km/s; the way to Ascension is temperate.
    assert 1.45 < speed[0] < 1.47
    assert 1.475 < speed[1] < 1.486


@pytest.mark.slow
def test_simulated_arrivals_locate_the_wreck() -> None:
    found = san_juan.measure(n_runs=25)
    pointed, times, with_p = (found[name] for name in san_juan.CASES)
    assert isinstance(pointed, dict)
    assert isinstance(times, dict)
    assert isinstance(with_p, dict)
    # 90 +- 4 % of 500 runs; 25 runs scatter by 6 %.
    assert 0.72 <= pointed["held_by_90_percent_ellipse"] <= 1.0
    assert pointed["refused"] == 0
    long, short = times["median_semi_axes_km"]
    assert long > 10.0 * short
    assert pointed["median_semi_axes_km"][0] < 0.25 * long
    assert with_p["median_semi_axes_km"][0] < 50.0
