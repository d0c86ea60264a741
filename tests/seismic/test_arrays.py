"""Arrays in station processing: found on beams, measured by f-k, gains in noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.support_signals import START_NS, noise, waveform

from vigie.geodesy import offsets_km
from vigie.records import Channel, ChannelId, Detection, Site, Station, Waveform
from vigie.records.time import seconds_between
from vigie.seismic import process_station
from vigie.seismic.arrays import array_of
from vigie.seismic.conditioning import condition
from vigie.signal.quality import QualityParams

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


def test_noise_that_swells_at_every_element_has_no_direction() -> None:
    array = station()
    rng = np.random.default_rng(7)
    swell = 1.0 + 8.0 * np.exp(-(((np.arange(round(300 * RATE_HZ)) / RATE_HZ - 120.0) / 2.0) ** 2))
    traces = [
        waveform(
            noise(rng, len(swell), RATE_HZ) * swell, RATE_HZ, ChannelId("XX", s.code, "", "SHZ")
        )
        for s in array.sites
    ]
    found = process_station(traces, array).detections
    assert any(abs(seconds_between(d.time_ns, START_NS) - ONSET_S) < 5.0 for d in found)
    for d in found:
        assert (d.azimuth_deg is None) == (d.azimuth_deg_sigma is None)
        assert d.azimuth_deg_sigma is None or d.azimuth_deg_sigma > 10.0
        assert d.slowness_s_per_deg_sigma is None or d.slowness_s_per_deg_sigma > 2.5


def test_missing_elements_are_named_and_the_rest_go_on() -> None:
    array = station()
    traces = recordings(array, 40.0, 7.0, 20.0)
    dead = traces[4].with_samples(np.zeros(len(traces[4].samples)))
    result = process_station([*traces[:3], dead, *traces[6:]], array)
    first = result.detections[0]
    assert first.azimuth_deg == pytest.approx(40.0, abs=12.0)
    assert dead.channel.station not in first.elements
    for d in result.detections:
        named = [e for e in d.excluded_elements if e.element == dead.channel.station]
        assert len(named) == 1
        assert "dead" in named[0].reason


def test_a_slow_element_is_named() -> None:
    array = station()
    traces = recordings(array, 40.0, 7.0, 20.0)
    slow = Waveform(traces[2].channel, START_NS, RATE_HZ / 8.0, traces[2].samples[::8])
    (first, *_) = process_station([*traces[:2], slow, *traces[3:]], array).detections
    (left_out,) = first.excluded_elements
    assert left_out.element == slow.channel.station
    assert left_out.reason == "5 samples per second, the others 40"


def test_an_element_dead_for_a_while_is_named_only_then() -> None:
    array = station()
    traces = recordings(array, 40.0, 7.0, 20.0)
    samples = traces[4].samples.copy()
    samples[round(60 * RATE_HZ) : round(200 * RATE_HZ)] = samples[round(60 * RATE_HZ)]
    again = [
        t.with_samples(np.concatenate([part.samples, t.samples]))
        for part, t in zip(
            [*traces[:4], traces[4].with_samples(samples), *traces[5:]], traces, strict=True
        )
    ]
    first, *_, last = (d for d in process_station(again, array).detections if (d.snr or 0.0) > 10.0)
    code = traces[4].channel.station
    (reason,) = (e.reason for e in first.excluded_elements if e.element == code)
    assert "dead" in reason
    assert code in last.elements


def test_fewer_than_three_elements_are_single_stations() -> None:
    array = station()
    first = process_station(recordings(array, 40.0, 7.0, 20.0)[:2], array).detections[0]
    assert first.azimuth_deg is None
    assert first.station == "ARR"


def _processed(traces: list[Waveform], array: Station) -> tuple[Detection, tuple[str, ...]]:
    """Return the strongest detection, and the notes."""
    result = process_station(traces, array)
    return max(result.detections, key=lambda d: d.snr or 0.0), result.notes


def _strongest(traces: list[Waveform], array: Station) -> Detection:
    return _processed(traces, array)[0]


@pytest.fixture(scope="module")
def right() -> Detection:
    """Return what an array of equal gains of 1 nm per count finds."""
    array = _calibrated(station(), [1.0] * 9)
    return _strongest(recordings(array, 40.0, 7.0, 2.0), array)


@pytest.fixture(scope="module")
def right_in_counts() -> Detection:
    """Return what an array of equal, unknown gains finds."""
    return _strongest(recordings(station(), 40.0, 7.0, 2.0), station())


@pytest.mark.parametrize("gains", [{4: 50.0}, {4: 0.02}, {0: 30.0, 3: 0.1, 7: 4.0}])
def test_odd_gains_in_counts_neither_spoil_beams_nor_measures(
    gains: dict[int, float], right_in_counts: Detection
) -> None:
    array, right = station(), right_in_counts
    traces = recordings(array, 40.0, 7.0, 2.0)
    odd = [t.with_samples(t.samples * gains.get(i, 1.0)) for i, t in enumerate(traces)]
    found, notes = _processed(odd, array)
    assert found.snr == pytest.approx(right.snr, rel=0.1)
    assert abs(seconds_between(found.time_ns, right.time_ns)) < 0.1
    assert found.azimuth_deg == pytest.approx(right.azimuth_deg, abs=1.0)
    assert found.elements == right.elements
    sizes = [{a.type: a.value for a in d.amplitudes} for d in (right, found)]
    assert sizes[1]["SBSNR"] == pytest.approx(sizes[0]["SBSNR"], rel=0.25)
    assert sizes[1]["A5/2"] == pytest.approx(sizes[0]["A5/2"], rel=0.25)
    assert all(array.sites[i].code in " ".join(notes) for i in gains)


def test_gains_that_agree_are_left_as_they_are() -> None:
    array = station()
    traces = recordings(array, 40.0, 7.0, 2.0)
    gains = np.random.default_rng(4).uniform(0.75, 1.3, len(traces))
    similar = [t.with_samples(t.samples * g) for t, g in zip(traces, gains, strict=True)]
    setup = array_of(array, condition(similar, array, QualityParams()))
    assert setup is not None
    assert (setup.weights == 1.0).all()
    assert setup.excluded == ()
    assert setup.notes == ()


def _calibrated(array: Station, calibs: list[float]) -> Station:
    sites = tuple(
        replace(s, channels=tuple(replace(c, calib=k, calper_s=1.0) for c in s.channels))
        for s, k in zip(array.sites, calibs, strict=True)
    )
    return replace(array, sites=sites)


@pytest.mark.parametrize("factor", [50.0, 0.02])
def test_a_wrong_gain_is_named_where_the_response_is_known(factor: float, right: Detection) -> None:
    array = _calibrated(station(), [1.0] * 9)
    traces = recordings(array, 40.0, 7.0, 2.0)
    wrong = [t.with_samples(t.samples * (factor if i == 4 else 1.0)) for i, t in enumerate(traces)]
    found = _strongest(wrong, array)
    (named,) = found.excluded_elements
    assert named.element == array.sites[4].code
    assert "gain" in named.reason
    assert named.element not in found.elements
    assert found.snr == pytest.approx(right.snr, rel=0.2)
    sizes = [{a.type: a.value for a in d.amplitudes} for d in (right, found)]
    assert sizes[1]["SBSNR"] == pytest.approx(sizes[0]["SBSNR"], rel=0.25)


def test_a_gain_that_the_response_tells_is_no_fault(right: Detection) -> None:
    traces = recordings(station(), 40.0, 7.0, 2.0)
    array = _calibrated(station(), [0.02 if i == 4 else 1.0 for i in range(9)])
    louder = [t.with_samples(t.samples * (50.0 if i == 4 else 1.0)) for i, t in enumerate(traces)]
    found = _strongest(louder, array)
    assert found.excluded_elements == ()
    assert len(found.elements) == 9
    assert found.snr == pytest.approx(right.snr, rel=0.1)
    sizes = [{a.type: a.value for a in d.amplitudes} for d in (right, found)]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.05)


def test_three_elements_are_always_left() -> None:
    array = _calibrated(station(), [1.0] * 9)
    traces = recordings(array, 40.0, 7.0, 20.0)[:3]
    wrong = [t.with_samples(t.samples * (50.0 if i == 2 else 1.0)) for i, t in enumerate(traces)]
    assert len(_strongest(wrong, array).elements) == 3
