"""Surface waves keep their names, locate nothing and hide no depth."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from tests.network.support_rings import ring

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.geodesy import KM_PER_DEG, distance_azimuths
from vigie.network.location import LocateParams, locate
from vigie.records import Detection, Origin

EARTH = load_predictor("ak135")
Mode = Literal["keep", "identify"]
START_NS = 1_500_000_000_000_000_000


def heard(
    source: Hypocentre,
    distances_deg: tuple[float, ...],
    name: str,
    phases: Literal["keep", "identify"],
) -> Origin:
    """Locate P and 20-s waves under a name, of a speed of 3.3 km/s."""
    stations = ring(source, distances_deg)
    sites = Sites(
        np.array([s.latitude for s in stations.values()]),
        np.array([s.longitude for s in stations.values()]),
        np.zeros(len(stations)),
    )
    times = EARTH.predict(["P"] * len(stations), source, sites).time_s
    rng = np.random.default_rng(2)
    readings = []
    for code, p_s, delta in zip(stations, times, distances_deg, strict=True):
        slow_s = delta * KM_PER_DEG / 3.3 + 12.0 * rng.normal()
        for phase, time_s in (("P", p_s + 0.3 * rng.normal()), (name, slow_s)):
            readings.append(
                Detection(
                    id=f"{code}-{phase}",
                    station=code,
                    time_ns=START_NS + round(float(time_s) * 1e9),
                    phase=phase,
                )
            )
    return locate("e", readings, stations, EARTH, LocateParams(phases=phases))


@pytest.mark.parametrize("name", ["LR", "LQ", "Rg", "L", "LRM", "LmV", "IAMs_20", "Smax"])
def test_surface_waves_are_no_body_waves(name: str) -> None:
    source = Hypocentre(-22.0, -68.5, 0.0)
    origin = heard(source, (30.0, 32.0, 34.0, 36.0), name, "identify")
    used = {a.phase for a in origin.associations if a.time_defining}
    assert used == {"P"}
    delta, _, _ = distance_azimuths(
        source.latitude, source.longitude, origin.latitude, origin.longitude
    )
    assert float(delta) * KM_PER_DEG < 60.0


@pytest.mark.parametrize("phases", ["keep", "identify"])
def test_surface_waves_hide_no_depth(phases: Mode) -> None:
    source = Hypocentre(-22.0, -68.5, 400.0)
    far = tuple(float(x) for x in np.linspace(20.0, 90.0, 15))
    origin = heard(source, far, "LR", phases)
    assert origin.depth_reason == "free"
    assert origin.depth_km == pytest.approx(400.0, abs=60.0)
