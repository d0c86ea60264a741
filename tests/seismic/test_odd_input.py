"""Whatever a station records and whatever its metadata say, station processing gives an answer."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support_signals import START_NS, noise, onset_signal, waveform

from vigie.records import (
    Channel,
    ChannelId,
    MaskKind,
    Response,
    ResponseStage,
    Site,
    Station,
    Waveform,
)
from vigie.records.time import add_seconds
from vigie.seismic import StationResult, process_station

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATES_HZ = (0.001, 0.1, 4.0, 10.0, 20.0, 40.0, 500.0)
KINDS = ("noise", "event", "constant", "nan", "holes", "spikes", "infinite", "ramp", "extremes")


def recorded(rng: np.random.Generator, kind: str, n: int, rate_hz: float) -> NDArray[np.float64]:
    x = rng.normal(0.0, 100.0, n)
    some = rng.integers(0, n, 3)
    if kind == "event" and n > 100:
        x += 1e3 * onset_signal(rng, n, rate_hz, 0.6 * n, (0.1, min(2.0, rate_hz / 6.0)))
    elif kind == "constant":
        x[:] = rng.choice([0.0, 7.5, -1e9])
    elif kind == "nan":
        x[:] = np.nan
    elif kind == "holes":
        x[some] = np.nan
    elif kind == "spikes":
        x[some] += rng.choice([1e5, -1e8])
    elif kind == "infinite":
        x[some] = rng.choice([np.inf, -np.inf, 1e300])
    elif kind == "ramp":
        x[:] = np.arange(n) * 1e6
    elif kind == "extremes":
        x[:] = rng.choice([-(2.0**31), 2.0**31 - 1.0], n)
    return x


def one_of(rng: np.random.Generator, *values: float | None) -> float | None:
    return values[rng.integers(len(values))]


def channel_of(rng: np.random.Generator, channel: ChannelId) -> Channel:
    """Metadata of any sense or none: reversed, silent, tilted, with axes in line."""
    response = Response(
        input_unit="m/s",
        stages=(
            ResponseStage(
                kind="paz",
                gain=float(rng.choice([5e8, -5e8, 0.0])),
                gain_freq_hz=5.0,
                poles=(-4 + 4j, -4 - 4j),
                zeros=(0j, 0j),
            ),
        ),
    )
    return Channel(
        id=channel,
        latitude=10.0 + rng.normal() * 0.01,
        longitude=20.0,
        elevation_m=0.0,
        dip_deg=one_of(rng, None, -90.0, 90.0, 0.0),
        azimuth_deg=one_of(rng, None, 0.0, 90.0),
        calib=one_of(rng, None, 1.0, -2.5, 0.0),
        calper_s=one_of(rng, None, 1.0),
        response=response if rng.random() < 0.5 else None,
    )


def station_of(rng: np.random.Generator, channels: list[ChannelId]) -> Station:
    sites = tuple(
        Site(
            code=code,
            latitude=10.0 + rng.normal() * 0.01,
            longitude=20.0 + rng.normal() * 0.01,
            elevation_m=0.0,
            channels=tuple(channel_of(rng, c) for c in channels if c.station == code),
        )
        for code in sorted({c.station for c in channels})
    )
    return Station(code="ODD", latitude=10.0, longitude=20.0, elevation_m=0.0, sites=sites)


def check(result: StationResult) -> None:
    """Every number is finite, no error is negative, and times are in order."""
    for detection in result.detections:
        for field in dataclasses.fields(detection):
            value = getattr(detection, field.name)
            if isinstance(value, float):
                assert np.isfinite(value), field.name
                assert value >= 0.0, field.name
        for amplitude in detection.amplitudes:
            assert np.isfinite(amplitude.value)
            assert amplitude.value >= 0.0
    assert all(m.end_ns >= m.start_ns for m in result.masks)


pieces = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(KINDS),
        st.sampled_from([1, 2, 3, 30, 801, 2400]),
        # Later than the last piece by so many seconds: overlaps, joins, gaps, clock jumps.
        st.sampled_from([0.0, -0.025, 0.01, 7.0, -5.0, -3600.0, 4e5]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from(["3-C", "array", "horizontal"]),
    pieces,
    st.lists(st.sampled_from(RATES_HZ), min_size=4, max_size=4),
    st.booleans(),
)
def test_odd_recordings_are_processed(
    seed: int,
    layout: str,
    parts: list[tuple[int, str, int, float]],
    rates_hz: list[float],
    described: bool,
) -> None:
    rng = np.random.default_rng(seed)
    codes = {"3-C": ("BHZ", "BHN", "BHE", "LHZ"), "horizontal": ("BHN", "BHE", "BH1", "BH2")}
    channels = [
        ChannelId(
            "XX", f"A{i}" if layout == "array" else "A", "", codes.get(layout, ("SHZ",) * 4)[i]
        )
        for i in range(4)
    ]
    if layout == "array":
        rates_hz = [40.0, 40.0, 40.0, rates_hz[3]]
    ends_ns = [START_NS] * 4
    waveforms = []
    for which, kind, n, later_s in parts:
        start_ns = add_seconds(ends_ns[which], later_s)
        samples = recorded(rng, kind, n, rates_hz[which])
        waveforms.append(Waveform(channels[which], start_ns, rates_hz[which], samples))
        ends_ns[which] = waveforms[-1].time_ns(n)
    station = station_of(rng, channels) if described else None
    check(process_station(waveforms, station))


def test_a_channel_without_a_usable_sample_is_named() -> None:
    rng = np.random.default_rng(1)
    empty = waveform(np.full(4000, np.nan), 40.0, ChannelId("XX", "SYN", "", "BHN"))
    result = process_station([waveform(noise(rng, 4000, 40.0), 40.0), empty])
    assert result.notes == ("XX.SYN..BHN: no usable sample",)


def test_day_files_that_share_a_sample_are_one_record() -> None:
    rng = np.random.default_rng(2)
    samples = noise(rng, 8000, 40.0)
    samples += 100.0 * onset_signal(rng, 8000, 40.0, 6000.3, (0.1, 2.0))
    whole = waveform(samples, 40.0)
    days = [whole.with_samples(samples[:4001]), whole.slice(whole.time_ns(4000), whole.end_ns + 1)]
    assert process_station(days).detections == process_station([whole]).detections
    assert process_station(days).masks == ()
    other = days[1].with_samples(days[1].samples + np.eye(1, 4000)[0])
    (mask,) = process_station([days[0], other]).masks
    assert (mask.kind, mask.n_samples) == (MaskKind.OVERLAP, 1)


def test_months_between_recordings_of_an_array_cost_nothing() -> None:
    rng = np.random.default_rng(3)
    channels = [ChannelId("XX", f"A{i}", "", "SHZ") for i in range(4)]
    station = station_of(rng, channels)
    waveforms = [
        waveform(noise(rng, 2400, 40.0), 40.0, c, START_NS + month * 30 * 86_400 * 10**9)
        for c in channels
        for month in range(12)
    ]
    # On one axis of time these were 5e9 samples.
    check(process_station(waveforms, station))


@pytest.mark.parametrize("gain", [1.0, -1.0])
def test_a_reversed_sensor_finds_the_same(gain: float) -> None:
    rng = np.random.default_rng(4)
    samples = noise(rng, 8000, 40.0)
    samples += 100.0 * onset_signal(rng, 8000, 40.0, 6000.0, (0.1, 2.0))
    traces = [Waveform(ChannelId("XX", "SYN", "", "BHZ"), START_NS, 40.0, samples, calib=gain)]
    found = process_station(traces).detections
    assert len(found) == 1
    amplitude = next(a for a in found[0].amplitudes if a.type == "A5/2")
    assert amplitude.value > 0.0
