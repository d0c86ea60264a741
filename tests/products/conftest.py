"""Events to report on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.geodesy import distance_azimuths
from vigie.network.magnitude import StationNoise, size_event
from vigie.network.screening import screen_event
from vigie.records import (
    Amplitude,
    Association,
    ChannelId,
    Detection,
    Ellipse,
    EllipseKind,
    Event,
    Inventory,
    Magnitude,
    Origin,
    Station,
    Waveform,
)
from vigie.records.time import NS_PER_S

ORIGIN_NS = 1_452_043_800_500_000_000
RATE_HZ = 20.0


def make_stations(latitude: float, longitude: float, n: int = 12) -> tuple[Station, ...]:
    """Place stations at 3 to 90 degrees, all around."""
    from vigie.geodesy import destination

    found = []
    for i in range(n):
        lat, lon = destination(latitude, longitude, i * 137.5, 3.0 + 87.0 * i / max(n - 1, 1))
        found.append(
            Station(code=f"S{i:02d}", latitude=float(lat), longitude=float(lon), elevation_m=0.0)
        )
    return tuple(found)


def make_event(latitude: float = 41.3, longitude: float = 129.08) -> Event:
    """Build a located, sized and screened event with one arrival per station."""
    detections, associations = [], []
    for i, s in enumerate(make_stations(latitude, longitude)):
        delta, esaz, seaz = map(
            float, distance_azimuths(latitude, longitude, s.latitude, s.longitude)
        )
        amplitudes = (Amplitude(type="A5/2", value=20.0 + i, unit="nm", period_s=0.8),)
        detections.append(
            Detection(
                id=s.code,
                station=s.code,
                time_ns=ORIGIN_NS + round((8.0 + 9.0 * delta) * NS_PER_S),
                time_sigma_s=0.3,
                snr=12.0,
                amplitudes=amplitudes,
            )
        )
        associations.append(
            Association(
                detection_id=s.code,
                station=s.code,
                phase="P" if delta > 20.0 else "Pn",
                delta_deg=delta,
                esaz_deg=esaz,
                seaz_deg=seaz,
                time_residual_s=0.1 * i - 0.5,
                time_defining=i != 3,
                time_error_s=1.0,
                reason="" if i != 3 else "residual",
            )
        )
    origin = Origin(
        id="o",
        time_ns=ORIGIN_NS,
        latitude=latitude,
        longitude=longitude,
        depth_km=0.0,
        depth_fixed=True,
        depth_reason="surface",
        time_sigma_s=0.4,
        ellipses=tuple(
            Ellipse(
                kind=kind, confidence=0.9, semi_major_km=9.0, semi_minor_km=5.0, strike_deg=70.0
            )
            for kind in EllipseKind
        ),
        rms_s=0.6,
        n_defining=11,
        n_stations=12,
        gap_deg=60.0,
        associations=tuple(associations),
        model="ak135",
        warnings=("The depth was fixed.",),
    )
    event = Event(
        id="2016/0106", origins=(origin,), detections=tuple(detections), region="A REGION"
    )
    noise = StationNoise(
        station="QUIET",
        phase="P",
        delta_deg=50.0,
        amplitude=Amplitude(type="noise:A5/2", value=1.0, unit="nm"),
    )
    surface = Magnitude(type="Ms", value=3.9, sigma=0.1, n_stations=12)
    event = replace(event, magnitudes=(*size_event(event, [noise]), surface))
    return replace(event, screening=screen_event(event))


def make_waveforms(event: Event) -> tuple[Waveform, ...]:
    """Make a noisy recording with a pulse at each reading."""
    rng = np.random.default_rng(5)
    found = []
    for d in event.detections:
        start_ns = d.time_ns - 120 * NS_PER_S
        samples = rng.normal(0.0, 1.0, int(240 * RATE_HZ))
        samples[int(120 * RATE_HZ) :][:60] += 20.0 * np.sin(np.arange(60) * 0.6)
        found.append(Waveform(ChannelId("XX", d.station, "", "BHZ"), start_ns, RATE_HZ, samples))
    return tuple(found)


@pytest.fixture
def event() -> Event:
    """Return a complete event."""
    return make_event()


@pytest.fixture
def waveforms(event: Event) -> tuple[Waveform, ...]:
    """Return recordings of the event."""
    return make_waveforms(event)


@pytest.fixture
def inventory() -> Inventory:
    """Return the event's stations and one that was silent."""
    silent = Station(code="QUIET", latitude=0.0, longitude=129.0, elevation_m=0.0)
    return Inventory((*make_stations(41.3, 129.08), silent))
