"""An SNR that tells nothing costs no event."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.earth import load_predictor
from vigie.earth.base import Hypocentre, Sites
from vigie.network.association import associate
from vigie.records import Detection, Inventory, Station

START_NS = 1_700_000_000_000_000_000
AK135 = load_predictor("ak135")


Readings = tuple[tuple[str, float, float], ...]
"""Phase, share of stations that read it, standard error in seconds."""
GOOD: Readings = (("P", 0.95, 0.5), ("S", 0.6, 1.0))
POOR: Readings = (("P", 0.8, 0.7), ("S", 0.3, 1.4))


def world(seed: int, readings: Readings, *, noisy: bool) -> tuple[list[Detection], Inventory]:
    """Return picks of four events at 16 stations of the world; as many of noise, unnamed."""
    rng = np.random.default_rng(seed)
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 16)))
    longitude = rng.uniform(-180.0, 180.0, 16)
    stations = tuple(
        Station(code=f"S{k:02d}", latitude=float(a), longitude=float(b), elevation_m=0.0)
        for k, (a, b) in enumerate(zip(latitude, longitude, strict=True))
    )
    sites = Sites(latitude, longitude, np.zeros(16))
    found = []
    for origin_s in rng.uniform(0.0, 3600.0, 4):
        place = (np.degrees(np.arcsin(rng.uniform(-1.0, 1.0))), rng.uniform(-180.0, 180.0))
        source = Hypocentre(float(place[0]), float(place[1]), 33.0)
        for phase, share, sigma_s in readings:
            times = AK135.predict([phase] * 16, source, sites).time_s
            heard = np.isfinite(times) & (rng.uniform(size=16) < share)
            read = origin_s + times + rng.normal(0.0, sigma_s, 16)
            found += [(float(read[k]), f"S{k:02d}", phase) for k in np.flatnonzero(heard)]
    if noisy:
        found += [(float(rng.uniform(0.0, 5000.0)), f"S{rng.integers(16):02d}", "") for _ in found]
    rows = [
        Detection(id=str(k), station=s, time_ns=START_NS + round(t * 1e9), phase=p)
        for k, (t, s, p) in enumerate(sorted(found))
    ]
    return rows, Inventory(stations)


def by_lot(rows: list[Detection], seed: int) -> list[Detection]:
    rng = np.random.default_rng(seed)
    return [replace(d, snr=float(10.0 ** rng.uniform(0.3, 2.0))) for d in rows]


# A list whose SNR is drawn by lot, with which nothing is found at first: its events are those of
# the list without SNR.
@pytest.mark.slow
@pytest.mark.parametrize(("seed", "least"), [(7, 3), (8, 1)])
def test_an_snr_by_lot_does_not_cost_all_events(seed: int, least: int) -> None:
    named, stations = world(seed, POOR, noisy=True)
    rows = [replace(d, phase=None) for d in named]
    plain, drawn = (
        associate(x, stations, AK135).bulletin.events for x in (rows, by_lot(rows, seed))
    )
    assert len(plain) >= least
    assert len(drawn) >= len(plain)


def test_four_events_are_found_whatever_the_snr() -> None:
    rows, stations = world(2, GOOD, noisy=False)
    assert len(associate(by_lot(rows, 2), stations, AK135).bulletin.events) == 4
