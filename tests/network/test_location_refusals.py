"""What the locator refuses to place, with the reason."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.earth import load_predictor
from vigie.errors import LocationError
from vigie.network.location import locate
from vigie.records import Detection, Inventory, Station, parse_iso

T0_NS = parse_iso("2016-01-06T01:30:00Z")


def stations(*places: tuple[float, float]) -> Inventory:
    return Inventory(
        tuple(
            Station(code=f"S{k}", latitude=lat, longitude=lon, elevation_m=0.0)
            for k, (lat, lon) in enumerate(places)
        )
    )


def picks(*seconds: float) -> list[Detection]:
    return [
        Detection(id=str(k), station=f"S{k}", time_ns=T0_NS + int(s * 1e9), phase="P")
        for k, s in enumerate(seconds)
    ]


def test_times_years_apart_are_of_no_one_event() -> None:
    year = 365.0 * 86_400.0
    network = stations((10.0, 10.0), (20.0, 30.0), (-10.0, 40.0), (35.0, 5.0))
    with pytest.raises(LocationError, match=r"not of one event|anywhere|hold"):
        locate("e", picks(0.0, year, -3.0 * year, 9.0 * year), network, load_predictor())


def test_stations_at_one_place_place_nothing() -> None:
    network = stations(*((69.0 + 0.001 * k, 23.2) for k in range(4)))
    rng = np.random.default_rng(1)
    with pytest.raises(LocationError, match=r"anywhere|hold|agree"):
        locate("e", picks(*rng.normal(0.0, 0.01, 4)), network, load_predictor())


def test_random_hours_are_of_no_one_event() -> None:
    network = stations((10.0, 10.0), (20.0, 30.0), (-10.0, 40.0), (35.0, 5.0), (0.0, 0.0))
    with pytest.raises(LocationError, match=r"not of one event|anywhere|agree"):
        locate("e", picks(0.0, 9_000.0, 20_000.0, 31_000.0, 3_000.0), network, load_predictor())
