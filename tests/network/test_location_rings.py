"""Stations all around a place at one distance are all around its antipode as well."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.support_rings import ring

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import distance_azimuths
from vigie.network.association import associate
from vigie.network.location import LocateParams, locate
from vigie.records import Detection, Inventory, Station

EARTH = load_predictor("ak135")
START_NS = 1_500_000_000_000_000_000


def heard(stations: dict[str, Station], source: Hypocentre, seed: int) -> list[Detection]:
    """Return P read to 0.4 s, all named P."""
    sites = Sites(
        np.array([s.latitude for s in stations.values()]),
        np.array([s.longitude for s in stations.values()]),
        np.zeros(len(stations)),
    )
    times = EARTH.predict(["P"] * len(stations), source, sites).time_s
    times = times + 0.4 * np.random.default_rng(seed).normal(size=len(times))
    return [
        Detection(id=code, station=code, time_ns=START_NS + round(float(t) * 1e9), phase="P")
        for code, t in zip(stations, times, strict=True)
    ]


@pytest.mark.parametrize("phases", ["keep", "identify"])
@settings(max_examples=8, deadline=None)
@given(
    st.floats(-89.9, 89.9), st.floats(-180.0, 180.0), st.floats(25.0, 80.0), st.integers(0, 1000)
)
def test_a_ring_is_located_in_its_middle(
    phases: Literal["keep", "identify"], latitude: float, longitude: float, apart: float, seed: int
) -> None:
    source = Hypocentre(latitude, longitude, 0.0)
    stations = ring(source, (apart,) * 10)
    origin = locate(
        "ring", heard(stations, source, seed), stations, EARTH, LocateParams(phases=phases)
    )
    delta, _, _ = distance_azimuths(latitude, longitude, origin.latitude, origin.longitude)
    assert float(delta) < 1.0
    assert origin.ellipse is not None
    assert origin.ellipse.semi_major_km < 500.0


def test_an_antipode_of_some_likelihood_is_named_but_widens_nothing() -> None:
    source = Hypocentre(30.0, 50.0, 0.0)
    stations = ring(source, (85.0,) * 10)
    origin = locate("ring", heard(stations, source, 1), stations, EARTH)
    assert any("S" in w and "no ellipse holds" in w for w in origin.warnings)
    assert origin.ellipse is not None
    assert origin.ellipse.semi_major_km < 500.0


@pytest.mark.slow
def test_an_association_of_a_ring_is_in_its_middle_or_names_it() -> None:
    source = Hypocentre(-30.0, 179.9, 0.0)
    stations = ring(source, (40.0,) * 10)
    found = associate(heard(stations, source, 2), Inventory(tuple(stations.values())), EARTH)
    (event,) = found.bulletin.events
    assert event.origin is not None
    delta, _, _ = distance_azimuths(
        source.latitude, source.longitude, event.origin.latitude, event.origin.longitude
    )
    assert float(delta) < 1.0 or any("30.0° S 179.9° E" in w for w in event.origin.warnings)
