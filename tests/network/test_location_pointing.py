"""Azimuths and slownesses tell phases apart, but a well-timed reading is not lost to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.support_rings import ring

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import locate
from vigie.records import Detection

EARTH = load_predictor("ak135")
SOURCE = Hypocentre(79.8, 2.5, 0.0)
STATIONS = ring(SOURCE, (3.1, 34.4, 45.7, 73.1, 30.0, 50.0))
START_NS = 1_500_000_000_000_000_000


def heard() -> list[Detection]:
    """Return Pn or P of each station, exact in time and direction, with small errors stated."""
    sites = Sites(
        np.array([s.latitude for s in STATIONS.values()]),
        np.array([s.longitude for s in STATIONS.values()]),
        np.zeros(len(STATIONS)),
    )
    names = ["Pn"] + ["P"] * (len(STATIONS) - 1)
    found = EARTH.predict(names, SOURCE, sites)
    return [
        Detection(
            id=code,
            station=code,
            time_ns=START_NS + round(float(found.time_s[k]) * 1e9),
            phase=names[k],
            time_sigma_s=0.12,
            azimuth_deg=float(found.seaz_deg[k]),
            azimuth_deg_sigma=7.0,
            slowness_s_per_deg=float(found.slowness_s_per_deg[k]),
            slowness_s_per_deg_sigma=1.1,
        )
        for k, code in enumerate(STATIONS)
    ]


@settings(max_examples=20, deadline=None)
@given(st.floats(-180.0, 180.0), st.floats(2.0, 30.0))
def test_a_well_timed_pn_is_not_lost_however_it_points(azimuth: float, slowness: float) -> None:
    detections = heard()
    detections[0] = replace(detections[0], azimuth_deg=azimuth % 360.0, slowness_s_per_deg=slowness)
    origin = locate("e", detections, STATIONS, EARTH)
    first = next(a for a in origin.associations if a.detection_id == "R00")
    # With the slowness of Pg it may be taken for that.
    assert first.phase in ("Pn", "Pg")
    assert first.time_defining
    delta, _, _ = distance_azimuths(
        SOURCE.latitude, SOURCE.longitude, origin.latitude, origin.longitude
    )
    assert float(delta) * KM_PER_DEG < 25.0


def test_directions_are_off_by_what_the_earth_turns_them() -> None:
    errors = EARTH.predict(["P"], SOURCE, Sites(np.array([40.0]), np.array([2.5]), np.zeros(1)))
    # ASAR without corrections (20,035 readings): 1.78 s/deg and 18.3 deg at some 6 s/deg.
    assert float(errors.slowness_sigma_s_per_deg[0]) == pytest.approx(1.78, abs=0.1)
    across = float(errors.slowness_s_per_deg[0]) * np.sin(np.radians(errors.azimuth_sigma_deg[0]))
    assert across == pytest.approx(6.0 * np.sin(np.radians(18.3)), abs=0.15)
