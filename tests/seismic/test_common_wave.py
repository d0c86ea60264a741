"""One plane wave across stations is told from the waves of a near event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.support_signals import START_NS, noise, onset_signal, waveform

from vigie.exchange.files import read_file
from vigie.geodesy import offsets_km
from vigie.records import ChannelId, Waveform
from vigie.seismic.common_wave import CommonWave, CommonWaveParams, are_one, strongest_waves

if TYPE_CHECKING:
    from pathlib import Path

FloatArray = NDArray[np.float64]

RATE_HZ = 40.0
N = 4_800
ONSET = 2_400.0
PLACES_KM = np.array(
    [[0.0, 0.0], [9.0, 1.0], [-2.0, 8.0], [-8.0, -3.0], [4.0, -9.0], [6.0, 7.0], [-7.0, 5.0]]
)


def arrivals(delays_s: FloatArray, seed: int, *, alike: bool = True) -> list[list[Waveform]]:
    """Return one recording per station: noise, and a signal with its delay."""
    rng = np.random.default_rng(seed)
    found = []
    for k, delay_s in enumerate(delays_s):
        of_signal = np.random.default_rng(seed + 1000 + (0 if alike else k))
        # Seismometers ring for seconds: a common wavelet at a fractional sample.
        signal = onset_signal(of_signal, N, RATE_HZ, ONSET, (0.2, 1.7))
        moved = np.interp(np.arange(N) - delay_s * RATE_HZ, np.arange(N), signal)
        samples = noise(rng, N, RATE_HZ) + 600.0 * moved / np.abs(moved).max()
        found.append([waveform(samples, RATE_HZ, ChannelId("XX", f"S{k}", "", "SHZ"))])
    return found


def strongest_wave(recordings: list[list[Waveform]], places_km: FloatArray) -> CommonWave | None:
    """Return the strongest of the waves, None where there is none."""
    return next(iter(strongest_waves(recordings, places_km)), None)


def seen(delays_s: FloatArray, seed: int, *, alike: bool = True) -> CommonWave:
    wave = strongest_wave(arrivals(delays_s, seed, alike=alike), PLACES_KM[: len(delays_s)])
    assert wave is not None
    return wave


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 360.0), st.floats(0.04, 0.3), st.integers(3, 7))
def test_a_plane_wave_is_one(seed: int, azimuth: float, slowness: float, n: int) -> None:
    angle = np.radians(azimuth)
    delays_s = slowness * PLACES_KM[:n] @ np.array([np.sin(angle), np.cos(angle)])
    wave = seen(delays_s, seed)
    assert wave.is_one(CommonWaveParams())
    assert wave.slowness_s_per_km == pytest.approx(slowness, abs=0.03)


def delays_from(east_km: float, north_km: float) -> FloatArray:
    """Return travel times from 2 km below a place among the stations, at 4 km/s."""
    apart = np.hypot(*(PLACES_KM - [east_km, north_km]).T)
    return np.asarray(np.hypot(apart, 2.0) / 4.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-4.0, 4.0), st.floats(-4.0, 4.0))
def test_an_event_among_the_stations_is_none(seed: int, east_km: float, north_km: float) -> None:
    assert not seen(delays_from(east_km, north_km), seed, alike=False).is_one(CommonWaveParams())


def test_a_bent_front_is_none_even_of_one_waveform() -> None:
    rng = np.random.default_rng(1)
    waves = [seen(delays_from(*rng.uniform(-4.0, 4.0, 2)), seed) for seed in range(20)]
    assert min(wave.correlation for wave in waves) > 0.9
    assert sum(wave.is_one(CommonWaveParams()) for wave in waves) <= 4


@pytest.mark.parametrize("n", [3, 7])
def test_waveforms_that_differ_are_none_even_where_their_times_fit(n: int) -> None:
    waves = [seen(0.1 * PLACES_KM[:n, 0], seed, alike=False) for seed in range(20)]
    assert not any(wave.is_one(CommonWaveParams()) for wave in waves)


def test_two_local_events_beside_a_stronger_far_one_are_no_array() -> None:
    n = len(PLACES_KM)
    far = arrivals(0.08 * PLACES_KM[:, 0], 1)
    near = [
        arrivals(np.hypot(*(PLACES_KM - place).T) / 5.8, seed, alike=False)
        for place, seed in ((np.array([1.0, 2.0]), 2), (np.array([-3.0, 1.0]), 3))
    ]
    pieces = [[far[k][0], near[0][k][0], near[1][k][0]] for k in range(n)]
    scaled = [
        [
            np.float64(1.5 if k == 0 else 1.0) * np.asarray(w.samples, np.float64)
            for k, w in enumerate(one)
        ]
        for one in pieces
    ]
    recordings = [[waveform(np.concatenate(one), RATE_HZ)] for one in scaled]
    waves = strongest_waves(recordings, PLACES_KM)
    assert waves[0].is_one(CommonWaveParams())
    assert not are_one(waves, CommonWaveParams())
    alone = [[waveform(one[0], RATE_HZ)] for one in scaled]
    assert are_one(strongest_waves(alone, PLACES_KM), CommonWaveParams())


def test_noise_alone_is_none() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        quiet = [[waveform(noise(rng, N, RATE_HZ), RATE_HZ)] for _ in range(4)]
        wave = strongest_wave(quiet, PLACES_KM[:4])
        assert wave is not None
        assert not wave.is_one(CommonWaveParams())


def test_gaps_other_starts_and_dead_elements_do_no_harm() -> None:
    recordings = arrivals(0.12 * PLACES_KM[:, 1], 5)
    (whole,) = recordings[1]
    later = Waveform(whole.channel, whole.time_ns(1_000), RATE_HZ, whole.samples[1_000:4_000])
    recordings[1] = [Waveform(whole.channel, START_NS, RATE_HZ, whole.samples[:900]), later]
    recordings[2] = [waveform(np.full(N, 7.0), RATE_HZ)]
    wave = strongest_wave(recordings, PLACES_KM)
    assert wave is not None
    assert wave.is_one(CommonWaveParams())


def test_too_little_to_tell_is_none() -> None:
    three = arrivals(np.zeros(3), 1)
    assert strongest_wave([], np.zeros((0, 2))) is None
    assert strongest_wave(three[:2], PLACES_KM[:2]) is None
    assert strongest_wave(three, np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])) is None
    assert strongest_wave([[], [], []], PLACES_KM[:3]) is None
    apart = [
        [Waveform(w.channel, w.start_ns + k * 10**13, RATE_HZ, w.samples)]
        for k, (w,) in enumerate(three)
    ]
    assert strongest_wave(apart, PLACES_KM[:3]) is None


@pytest.mark.data
@pytest.mark.parametrize("event", ["USS19873190331", "USS19873610305"])
def test_teleseismic_p_is_one_wave_at_elements_far_apart(shared_data: Path, event: str) -> None:
    folder = shared_data / "seismic/nuclear_archive" / event
    stations = {s.code: s for s in read_file(folder / "stations.csv").stations}
    elements = [stations[code] for code in ("BLS1", "BLS2", "BLS3")]
    recordings = [list(read_file(folder / f"NS.{s.code}.00.SHZ.mseed").waveforms) for s in elements]
    places = offsets_km(
        [s.latitude for s in elements],
        [s.longitude for s in elements],
        elements[0].latitude,
        elements[0].longitude,
    )
    wave = strongest_wave(recordings, places)
    assert wave is not None
    assert wave.is_one(CommonWaveParams())
    assert wave.correlation > 0.62


def test_a_local_event_near_munich_is_none() -> None:
    from importlib.resources import files

    folder = files("obspy") / "signal/tests/data"
    names = [f"BW.{code}._.SHZ.D.2010.147.cut.slist.gz" for code in ("UH1", "UH2", "UH3")]
    from obspy import read

    recordings = []
    for name in names:
        (trace,) = read(str(folder / name))
        start_ns = trace.stats.starttime.ns
        channel = ChannelId("BW", trace.stats.station, "", "SHZ")
        recordings.append(
            [Waveform(channel, start_ns, trace.stats.sampling_rate, np.asarray(trace.data))]
        )
    # Their true places hardly matter: no lag of theirs makes the waveforms alike.
    wave = strongest_wave(recordings, PLACES_KM[:3])
    assert wave is not None
    assert wave.snr > 10.0
    assert not wave.is_one(CommonWaveParams())
