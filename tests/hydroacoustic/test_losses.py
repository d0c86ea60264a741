"""Hydrophones at unequal rates, dead, deaf, mistimed or silent: right or without azimuth, told."""

from __future__ import annotations

from math import gcd

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_hydro import START_NS, recordings_of, station_of

from vigie.geodesy import angle_difference_deg
from vigie.hydroacoustic import HydroResult, process_hydrophones
from vigie.hydroacoustic.bands import HYDRO_BANDS, Frames
from vigie.hydroacoustic.losses import silence_of
from vigie.records import Waveform
from vigie.records.time import add_seconds
from vigie.simulate.hydroacoustic import TRAINING, Scene, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams

AZIMUTH_DEG = 120.0


@pytest.fixture(scope="module")
def scene() -> Scene:
    params = SceneParams(kind="H", snr_db=20.0, duration_s=120.0, signals=1, azimuth_deg=120.0)
    return simulate_scene(np.random.default_rng(11), params, TRAINING)


def found_in(waves: list[Waveform], scene: Scene) -> HydroResult:
    return process_hydrophones(waves, station_of(scene))


def sampled(wave: Waveform, rate_hz: int) -> Waveform:
    from scipy.signal import resample_poly

    common = gcd(rate_hz, round(wave.rate_hz))
    level = wave.samples.astype(np.float64)
    made = resample_poly(level, rate_hz // common, round(wave.rate_hz) // common, padtype="line")
    counts = np.round(made).astype(np.int32)
    return Waveform(wave.channel, wave.start_ns, float(rate_hz), counts)


@pytest.mark.slow
@pytest.mark.parametrize("rate_hz", [100, 240, 500])
def test_one_hydrophone_at_another_rate_leaves_the_azimuth(scene: Scene, rate_hz: int) -> None:
    waves = recordings_of(scene)
    waves[1] = sampled(waves[1], rate_hz)
    done = found_in(waves, scene)
    (h,) = done.detections
    assert h.azimuth_deg is not None
    assert h.azimuth_deg_sigma is not None
    assert rate_hz < 200 or h.phase == "H"
    assert (rate_hz < 200) == any("octaves above 32 Hz are not heard" in n for n in done.notes)
    off_deg = float(angle_difference_deg(h.azimuth_deg, AZIMUTH_DEG))
    assert abs(off_deg) < 3.0 * h.azimuth_deg_sigma
    assert any(f"resampled to the slowest rate, {min(rate_hz, 250)} Hz" in n for n in done.notes)


@pytest.mark.slow
def test_hydrophone_too_slow_for_explosions_is_left_out_and_named(scene: Scene) -> None:
    waves = recordings_of(scene)
    waves[2] = sampled(waves[2], 40)
    done = found_in(waves, scene)
    assert [d.phase for d in done.detections] == ["H"]
    assert any("left out" in n and "H10N3 40 Hz" in n for n in done.notes)
    assert any("2 hydrophones recorded (not H10N3): no direction" in n for n in done.notes)


@pytest.mark.slow
def test_dead_hydrophone_is_named_with_what_it_costs(scene: Scene) -> None:
    waves = recordings_of(scene)
    waves[1] = waves[1].with_samples(np.zeros_like(waves[1].samples))
    done = found_in(waves, scene)
    assert any("H10N2 gave nothing for 2.0 of 2.0 min (dead" in n for n in done.notes)
    assert any("1 of 1 signals without direction" in n for n in done.notes)


@pytest.mark.slow
def test_hydrophone_a_day_off_is_named(scene: Scene) -> None:
    waves = recordings_of(scene)
    day = add_seconds(waves[1].start_ns, -86400.0)
    waves[1] = waves[1].with_samples(waves[1].samples, start_ns=day)
    done = found_in(waves, scene)
    (told,) = [n for n in done.notes if "H10N2 gave nothing" in n]
    assert "not recorded; 2017-11-15T14:00:00Z" in told


@pytest.mark.slow
def test_deaf_hydrophone_is_named(scene: Scene) -> None:
    waves = recordings_of(scene)
    noise = np.random.default_rng(3).normal(65_000.0, 300.0, len(waves[1].samples))
    waves[1] = waves[1].with_samples(np.round(noise).astype(np.int32))
    done = found_in(waves, scene)
    assert all(d.azimuth_deg is None for d in done.detections)
    assert any("H10N2 does not hear what the others hear" in n for n in done.notes)


@pytest.mark.slow
def test_hydrophone_late_beyond_the_crossing_is_told(scene: Scene) -> None:
    waves = recordings_of(scene)
    late = add_seconds(waves[1].start_ns, 1.5)
    waves[1] = waves[1].with_samples(waves[1].samples, start_ns=late)
    done = found_in(waves, scene)
    assert all(d.azimuth_deg is None for d in done.detections)
    assert any("a clock is wrong by a second or more" in n for n in done.notes)


@pytest.mark.slow
def test_sound_hydrophones_are_not_named(scene: Scene) -> None:
    notes = found_in(recordings_of(scene), scene).notes
    assert not any(w in n for n in notes for w in ("nothing", "direction", "resampled", "clock"))


@given(st.integers(2, 4), st.lists(st.integers(0, 15), min_size=1, max_size=60))
def test_lost_time_is_that_in_which_another_recorded(count: int, states: list[int]) -> None:
    live = np.array([[s >> i & 1 for s in states] for i in range(count)], bool)
    power = np.where(live, 1.0, np.nan).astype(np.float32)[:, None].repeat(8, axis=1)
    silence = silence_of(Frames(START_NS, 0.5, HYDRO_BANDS, power))
    assert silence.heard_s == pytest.approx(0.5 * live.any(axis=0).sum())
    for i in range(count):
        lost = [k for k in range(len(states)) if live[:, k].any() and not live[i, k]]
        assert silence.lost_s[i] == pytest.approx(0.5 * len(lost))
        if lost:
            first, last = silence.lost_ns[i]
            assert first == add_seconds(START_NS, 0.5 * lost[0])
            assert last == add_seconds(START_NS, 0.5 * (lost[-1] + 1))
