"""Rayleigh waves found where the origin says they are, or bounded where they are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from vigie.geodesy import KM_PER_DEG, destination
from vigie.network.magnitude import size_event
from vigie.pipeline.detect import StationRun
from vigie.pipeline.station_book import StationBook
from vigie.pipeline.surface_waves import join_surface_waves, with_surface_waves
from vigie.records import (
    Channel,
    ChannelId,
    Detection,
    Event,
    Origin,
    Site,
    Station,
    Waveform,
)

ORIGIN = Origin(id="o", time_ns=10**18, latitude=10.0, longitude=20.0, depth_km=0.0)
EVENT = Event(id="e", origins=(ORIGIN,))
NM_PER_COUNT = 10.0
DELTA_DEG = 40.0
RATE_HZ = 1.0


def station_run(amplitude_nm: float, *, azimuth_deg: float = 30.0) -> tuple[StationRun, Station]:
    """Four hours of noise of 20 nm with a 20-s wave train at 3.5 km/s."""
    rng = np.random.default_rng(3)
    latitude, longitude = (
        float(x) for x in destination(ORIGIN.latitude, ORIGIN.longitude, azimuth_deg, DELTA_DEG)
    )
    time_s = np.arange(0.0, 4 * 3600.0) - 3600.0
    lag_s = time_s - DELTA_DEG * KM_PER_DEG / 3.5
    train = np.exp(-((lag_s / 200.0) ** 2)) * np.sin(2 * np.pi * lag_s / 20.0)
    samples = (rng.normal(0.0, 20.0, len(time_s)) + amplitude_nm * train) / NM_PER_COUNT
    channel_id = ChannelId("XX", "ABC", "", "LHZ")
    waveform = Waveform(
        channel_id, ORIGIN.time_ns - 3600 * 10**9, RATE_HZ, samples, "count", NM_PER_COUNT, 20.0
    )
    place: dict[str, Any] = {"latitude": latitude, "longitude": longitude, "elevation_m": 0.0}
    channel = Channel(id=channel_id, calib=NM_PER_COUNT, calper_s=20.0, dip_deg=-90.0, **place)
    station = Station(code="ABC", sites=(Site(code="ABC", channels=(channel,), **place),), **place)
    return StationRun("ABC", (waveform,), (), (), ()), station


def test_a_wave_becomes_an_arrival_and_ms() -> None:
    event, noise = with_surface_waves(EVENT, {"ABC": station_run(2000.0)})
    assert noise == []
    ((detection, association),) = event.arrivals()
    assert association.phase == "LR"
    assert not association.defining
    assert detection.amplitude_nm == pytest.approx(2000.0, rel=0.05)
    magnitudes = {m.type: m.value for m in size_event(event)}
    # Rezapour & Pearce (1998): log10(A/T) + log10(d)/3 + log10(sin d)/2 + 0.0046 d + 2.370.
    expected = (
        np.log10(2000.0 / 20.0)
        + np.log10(DELTA_DEG) / 3.0
        + 0.5 * np.log10(np.sin(np.radians(DELTA_DEG)))
        + 0.0046 * DELTA_DEG
        + 2.370
    )
    assert magnitudes["Ms"] == pytest.approx(expected, abs=0.05)


def test_no_wave_gives_a_bound() -> None:
    event, noise = with_surface_waves(EVENT, {"ABC": station_run(0.0)})
    assert event.detections == ()
    (bound,) = noise
    assert bound.amplitude.type == "noise:ALR"
    assert bound.amplitude.unit == "nm"


def test_a_station_without_record_says_nothing() -> None:
    run, station = station_run(2000.0)
    silent = StationRun(run.station, (), (), (), ())
    assert with_surface_waves(EVENT, {"ABC": (silent, station)}) == (EVENT, [])


def reading(station: str, speed_km_s: float, delta_deg: float = DELTA_DEG) -> Detection:
    later_ns = round(delta_deg * KM_PER_DEG / speed_km_s * 1e9)
    return Detection(
        id=f"{station}-{speed_km_s}", station=station, time_ns=ORIGIN.time_ns + later_ns,
        phase="LR", amplitude_nm=2000.0, period_s=20.0,
    )  # fmt: skip


def book(**delta_deg: float) -> StationBook:
    made = StationBook()
    for code, delta in delta_deg.items():
        latitude, longitude = destination(ORIGIN.latitude, ORIGIN.longitude, 30.0, delta)
        place: dict[str, Any] = {
            "latitude": float(latitude),
            "longitude": float(longitude),
            "elevation_m": 0.0,
        }
        made.add([Station(code=code, **place)])
    return made


def test_readings_of_a_list_join_the_event_that_they_fit() -> None:
    slow, fast, near = reading("AAA", 2.3), reading("AAA", 5.3), reading("NNN", 3.5, 10.0)
    good, again = reading("AAA", 3.5), reading("AAA", 3.2)
    body = replace(reading("AAA", 3.4), id="p", phase="P")
    found = (slow, fast, near, good, again, body, reading("ZZZ", 3.5))
    places = book(AAA=DELTA_DEG, NNN=10.0)
    (event,) = join_surface_waves((EVENT,), found, places)
    ((detection, association),) = event.arrivals()
    assert detection == good
    assert association.delta_deg == pytest.approx(DELTA_DEG, abs=0.2)
    assert (association.phase, association.defining) == ("LR", False)
    assert {m.type for m in size_event(event)} == {"Ms"}
    assert join_surface_waves((event,), found, places) == (event,)


def test_a_reading_of_two_possible_events_joins_neither() -> None:
    other = replace(ORIGIN, id="q", time_ns=ORIGIN.time_ns + 60 * 10**9)
    events = (EVENT, Event(id="f", origins=(other,)))
    assert join_surface_waves(events, [reading("AAA", 3.5)], book(AAA=DELTA_DEG)) == events
