"""Arrays in station processing: found on beams, measured by f-k, gains in noise."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support_signals import START_NS, noise, waveform

from vigie.geodesy import offsets_km
from vigie.records import Channel, ChannelId, Site, Station, Waveform
from vigie.records.time import seconds_between
from vigie.seismic import process_station

RATE_HZ = 40.0
ONSET_S = 120.0
RADII_KM = ((0.0, 1), (1.0, 3), (3.0, 5))


def station() -> Station:
    """Return a nine-element array of two rings, 6 km across."""
    sites = []
    for ring, (radius, count) in enumerate(RADII_KM):
        for i in range(count):
            turn = 2.0 * np.pi * i / count + 0.4 * ring
            code = f"A{ring}{i}"
            latitude = 50.0 + radius * np.cos(turn) / 111.2
            longitude = 10.0 + radius * np.sin(turn) / 111.2 / np.cos(np.radians(50.0))
            channel = Channel(
                id=ChannelId("XX", code, "", "SHZ"),
                latitude=latitude,
                longitude=longitude,
                elevation_m=0.0,
                dip_deg=-90.0,
            )
            sites.append(
                Site(
                    code=code,
                    latitude=latitude,
                    longitude=longitude,
                    elevation_m=0.0,
                    channels=(channel,),
                )
            )
    return Station(code="ARR", latitude=50.0, longitude=10.0, elevation_m=0.0, sites=tuple(sites))


def recordings(array: Station, azimuth_deg: float, slowness: float, size: float) -> list[Waveform]:
    """Return a plane wave of 2 Hz that crosses the array; ``size`` over the noise in rms."""
    rng = np.random.default_rng(1)
    east, north = -np.sin(np.radians(azimuth_deg)), -np.cos(np.radians(azimuth_deg))
    traces = []
    for site in array.sites:
        offset = offsets_km(site.latitude, site.longitude, array.latitude, array.longitude)
        delay_s = float(offset @ np.array([east, north])) * slowness / 111.19
        n = round(300 * RATE_HZ)
        late = np.maximum(np.arange(n) / RATE_HZ - ONSET_S - delay_s, 0.0)
        wave = np.sin(2.0 * np.pi * 2.0 * late) * late * np.exp(1.0 - late)
        samples = noise(rng, n, RATE_HZ, 50.0) + 50.0 * size * wave
        traces.append(waveform(samples, RATE_HZ, ChannelId("XX", site.code, "", "SHZ")))
    return traces


@pytest.mark.parametrize(("azimuth_deg", "slowness"), [(40.0, 7.0), (300.0, 13.7)])
def test_a_plane_wave_is_found_and_measured(azimuth_deg: float, slowness: float) -> None:
    array = station()
    result = process_station(recordings(array, azimuth_deg, slowness, 20.0), array)
    first = max(result.detections, key=lambda d: d.snr or 0.0)
    assert len(result.detections) <= 3
    assert first.station == "ARR"
    assert seconds_between(first.time_ns, START_NS) == pytest.approx(ONSET_S, abs=0.5)
    assert first.azimuth_deg_sigma is not None
    assert first.slowness_s_per_deg_sigma is not None
    assert first.azimuth_deg == pytest.approx(azimuth_deg, abs=3.0 * first.azimuth_deg_sigma)
    assert first.slowness_s_per_deg == pytest.approx(
        slowness, abs=3.0 * first.slowness_s_per_deg_sigma
    )
    assert first.azimuth_deg_sigma < 40.0
    assert len(first.elements) == 9
    assert {a.type for a in first.amplitudes} == {"A5/2", "SBSNR"}


def test_beams_hear_what_one_element_does_not() -> None:
    array = station()
    traces = recordings(array, 40.0, 7.0, 0.6)

    def heard(found: list[float]) -> bool:
        return any(abs(t - ONSET_S) < 2.0 for t in found)

    together = process_station(traces, array).detections
    alone = process_station(traces[:1]).detections
    assert heard([seconds_between(d.time_ns, START_NS) for d in together])
    assert not heard([seconds_between(d.time_ns, START_NS) for d in alone])


def test_missing_elements_are_named_and_the_rest_go_on() -> None:
    array = station()
    traces = recordings(array, 40.0, 7.0, 20.0)
    dead = traces[4].with_samples(np.zeros(len(traces[4].samples)))
    result = process_station([*traces[:3], dead, *traces[6:]], array)
    first = result.detections[0]
    assert first.azimuth_deg == pytest.approx(40.0, abs=12.0)
    assert dead.channel.station not in first.elements


def test_fewer_than_three_elements_are_single_stations() -> None:
    array = station()
    first = process_station(recordings(array, 40.0, 7.0, 20.0)[:2], array).detections[0]
    assert first.azimuth_deg is None
    assert first.station == "ARR"
