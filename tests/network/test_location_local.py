"""Events within a network of a few kilometres, where errors of a global model are small."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, destination, distance_azimuths
from vigie.network.location import LocateParams, locate
from vigie.records import Detection, Inventory, Station, parse_iso

T0_NS = parse_iso("2016-01-06T01:30:00Z")
TRUTH = Hypocentre(48.05, 11.65, 4.0)


@pytest.mark.parametrize("seed", range(4))
def test_six_times_of_a_small_network_place_the_event_there_and_not_at_the_antipode(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    stations, detections = [], []
    for k in range(6):
        latitude, longitude = destination(
            TRUTH.latitude,
            TRUTH.longitude,
            60.0 * k + rng.uniform(0.0, 40.0),
            rng.uniform(1.0, 8.0) / KM_PER_DEG,
        )
        site = Sites(np.array([latitude]), np.array([longitude]), np.zeros(1))
        time_s = load_predictor().predict(["P"], TRUTH, site).time_s[0] + rng.normal(0.0, 0.02)
        code = f"S{k}"
        stations.append(
            Station(
                code=code, latitude=float(latitude), longitude=float(longitude), elevation_m=0.0
            )
        )
        detections.append(
            Detection(
                id=code,
                station=code,
                time_ns=T0_NS + int(time_s * 1e9),
                time_sigma_s=0.03,
                phase="P",
            )
        )
    # Times of P alone hold the depth but weakly: it is given.
    params = LocateParams(depth=TRUTH.depth_km)
    origin = locate("e", detections, Inventory(tuple(stations)), load_predictor(), params)
    delta, _, _ = distance_azimuths(
        TRUTH.latitude, TRUTH.longitude, origin.latitude, origin.longitude
    )
    assert float(delta) * KM_PER_DEG < 5.0
    assert origin.ellipse is not None
    assert origin.ellipse.semi_major_km < 30.0
