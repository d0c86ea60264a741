"""Relative locations, exact and with bad stations."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network.test_location import EARTH, T0_NS, arrivals, network

from vigie.earth import Hypocentre, Sites, load_predictor
from vigie.errors import LocationError
from vigie.network.location import TimeDifference, relative_location, time_differences
from vigie.network.location.linear import Trial
from vigie.records.time import parse_iso
from vigie.signal.correlation import correlation_delay
from vigie.signal.filters import BandPass, filter_causal

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import Waveform


def pairs(
    first: Hypocentre, step: tuple[float, float, float, float], n: int
) -> tuple[TimeDifference, ...]:
    """Return exact differences for an event a step (km north, east, down; s) away."""
    stations = network(first.latitude, first.longitude, n)
    second = Trial(*first, 0.0).moved(np.array(step))
    later = [
        d.__class__(
            id=d.id,
            station=d.station,
            time_ns=d.time_ns + round(step[3] * 1e9),
            time_sigma_s=0.01,
            phase=d.phase,
        )
        for d in arrivals(stations, second.hypocentre)
    ]
    earlier = [
        d.__class__(id=d.id, station=d.station, time_ns=d.time_ns, time_sigma_s=0.01, phase=d.phase)
        for d in arrivals(stations, first)
    ]
    return time_differences(earlier, later, stations)


@settings(max_examples=20, deadline=None)
@given(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0), st.floats(-2.0, 2.0))
def test_exact_differences_give_the_exact_separation(
    north: float, east: float, later: float
) -> None:
    found = relative_location(
        pairs(Hypocentre(-60.0, 179.9, 0.0), (north, east, 0.0, later), 8),
        Hypocentre(-60.0, 179.9, 0.0),
        EARTH,
    )
    assert found.north_km == pytest.approx(north, abs=0.02)
    assert found.east_km == pytest.approx(east, abs=0.02)
    assert found.time_s == pytest.approx(later, abs=1e-3)
    assert found.used.all()
    assert found.depth_km == 0.0
    assert found.covariance[2].tolist() == [0.0] * 4


def test_two_bad_stations_of_ten_do_no_harm() -> None:
    exact = pairs(Hypocentre(40.0, 130.0, 0.0), (0.1, 0.5, 0.0, 0.2), 10)
    wrong = [
        TimeDifference(
            station=d.station,
            phase=d.phase,
            latitude=d.latitude,
            longitude=d.longitude,
            difference_s=d.difference_s + 0.5 * (-1) ** i,
            sigma_s=d.sigma_s,
        )
        for i, d in enumerate(exact[:2])
    ]
    found = relative_location([*wrong, *exact[2:]], Hypocentre(40.0, 130.0, 0.0), EARTH)
    assert found.used.tolist() == [False] * 2 + [True] * 8
    assert np.hypot(found.north_km - 0.1, found.east_km - 0.5) < 0.02


def test_too_few_stations_are_refused() -> None:
    few = pairs(Hypocentre(0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0), 6)[:2]
    with pytest.raises(LocationError, match="2 independent time differences for 3"):
        relative_location(few, Hypocentre(0.0, 0.0, 0.0), EARTH)


def test_differences_pair_by_station_and_phase() -> None:
    stations = network(0.0, 0.0, 3)
    here = arrivals(stations, Hypocentre(0.0, 0.0, 0.0), ("P", "S"))
    found = time_differences(here[:4], here[2:], stations)
    assert [(d.station, d.phase) for d in found] == [("S00", "S"), ("S02", "P")]
    assert here[0].time_ns > T0_NS
    assert all(d.difference_s == 0.0 for d in found)


def _record(path: Path) -> Waveform:
    from vigie.formats import Source, read_source

    return read_source(Source(path.name, path.read_bytes())).waveforms[0]


@pytest.mark.data
def test_dprk_2016_separation_from_correlated_records(shared_data: Path) -> None:
    """Yao et al. (2018): the September test lies 519 m at azimuth 80 deg from January's."""
    root = shared_data / "seismic" / "dprk"
    with (root / "2016-09-09" / "stations.csv").open(encoding="utf-8", newline="") as file:
        places = {r["sta"]: r for r in csv.DictReader(file) if r["cha"] == "BHZ"}
    first = Hypocentre(41.2993, 129.0715, 0.7)
    starts_ns = [parse_iso("2016-01-06T01:30:01.038Z"), parse_iso("2016-09-09T00:30:01.353Z")]
    differences = []
    for path in sorted((root / "2016-01-06").glob("*.BHZ.mseed")):
        place = places[path.name.split(".")[1]]
        latitude, longitude = float(place["lat"]), float(place["lon"])
        site = Sites(np.array([latitude]), np.array([longitude]), np.zeros(1))
        travel_s = float(load_predictor("ak135").predict(["P"], first, site).time_s[0])
        cuts, cut_ns = [], []
        for folder, start_ns in zip(("2016-01-06", "2016-09-09"), starts_ns, strict=True):
            wave = _record(root / folder / path.name)
            samples = np.asarray(wave.samples, dtype=np.float64)
            samples = filter_causal(samples - samples.mean(), wave.rate_hz, BandPass(1.0, 4.0))
            begin = round(wave.index_of(start_ns + round((travel_s - 1.0) * 1e9)))
            cuts.append(samples[begin : begin + round(6.0 * wave.rate_hz)])
            cut_ns.append(wave.time_ns(begin))
        delay = correlation_delay(cuts[0], cuts[1], wave.rate_hz, max_lag_s=0.5)
        # A channel's samples fall differently against the origin time of each event.
        offset_s = (cut_ns[1] - starts_ns[1] - cut_ns[0] + starts_ns[0]) / 1e9
        differences.append(
            TimeDifference(
                station=place["sta"],
                phase="P",
                latitude=latitude,
                longitude=longitude,
                difference_s=delay.delay_s + offset_s,
                sigma_s=delay.sigma_s,
            )
        )
    assert len(differences) == 9
    found = relative_location(differences, first, load_predictor("ak135"))
    east, north = 0.519 * np.sin(np.radians(80.0)), 0.519 * np.cos(np.radians(80.0))
    assert np.hypot(found.east_km - east, found.north_km - north) < 0.2
    assert np.sqrt(found.covariance[0, 0]) < 0.1
