"""Waves that cross faster than sound in water are neither H nor T."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_hydro import recordings_of, station_of

from vigie.hydroacoustic import process_hydrophones
from vigie.hydroacoustic.classify import Classified
from vigie.hydroacoustic.crossing import as_crossed, is_too_fast, told_of_crossing
from vigie.hydroacoustic.direction import Direction
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams, crossed


def wave(speed_km_s: float, *, sigma_km_s: float = 0.005, coheres: bool = True) -> Direction:
    return Direction(
        azimuth_deg=60.0,
        azimuth_sigma_deg=0.4,
        station_sigma_deg=0.5,
        speed_km_s=speed_km_s,
        speed_sigma_km_s=sigma_km_s,
        slowness_s_per_km=np.array([0.0, 1.0 / speed_km_s]),
        times_s=np.zeros(3),
        closure_s=0.0,
        correlation=0.9,
        pair_correlations=np.eye(3),
        reversed_elements=(),
        coheres=coheres,
        plausible=coheres and 1.4 <= speed_km_s <= 1.6,
    )


@given(st.floats(1.2, 2.4), st.floats(0.0, 1.0))
def test_sound_in_water_keeps_its_class_whatever_the_clock(speed_km_s: float, h: float) -> None:
    known = Classified(h, (1.0 - h) / 2.0, (1.0 - h) / 2.0, unknown=False)
    assert as_crossed(known, wave(speed_km_s)) == known
    assert as_crossed(known, None) == known


@given(st.floats(3.0, 12.0), st.floats(0.0, 1.0))
def test_seismic_waves_are_no_sound_of_the_sea(speed_km_s: float, h: float) -> None:
    known = Classified(h, 1.0 - h, 0.0, unknown=False)
    found = as_crossed(known, wave(speed_km_s))
    assert found.phase(0.6) == "N"
    assert found.h + found.t + found.n == pytest.approx(1.0)
    assert f"{speed_km_s:.1f} km/s" in told_of_crossing(wave(speed_km_s))[0]


def test_what_is_not_sure_is_not_too_fast() -> None:
    assert not is_too_fast(wave(8.0, coheres=False))
    assert not is_too_fast(wave(3.0, sigma_km_s=1.5))
    assert told_of_crossing(wave(1.48)) == ()
    assert "clock" in told_of_crossing(wave(1.30))[0]


@pytest.mark.slow
@pytest.mark.parametrize(("speed_km_s", "word"), [(8.0, "seismic"), (1e6, "at once")])
def test_a_p_wave_and_an_electric_pulse_are_n_with_the_reason(speed_km_s: float, word: str) -> None:
    rng = np.random.default_rng(7)
    quiet = simulate_scene(rng, SceneParams(kind="T", snr_db=-30.0, duration_s=300.0), TRAINING)
    time_s = np.arange(quiet.samples.shape[1]) / quiet.rate_hz
    freq_hz = np.fft.rfftfreq(len(time_s), 1.0 / quiet.rate_hz)
    shape = np.where(time_s > 150.0, np.exp(-(time_s - 150.0) / 4.0), 0.0)
    white = np.fft.rfft(rng.normal(size=len(time_s)))
    source = np.fft.irfft(np.where((freq_hz > 2.0) & (freq_hz < 20.0), white, 0.0)) * shape
    source *= 30.0 * quiet.samples.std() / source.std() / 5.0
    moved = crossed(source, quiet.offsets_km, 60.0, speed_km_s, None)
    scene = replace(quiet, samples=quiet.samples + moved)
    found = process_hydrophones(recordings_of(scene), station_of(scene)).detections
    loudest = max(found, key=lambda d: d.snr or 0.0)
    assert loudest.phase == "N"
    assert dict(loudest.class_probabilities)["N"] > 0.9
    assert word in loudest.remarks[0]
    if word == "seismic":
        assert loudest.trace_velocity_m_s == pytest.approx(8000.0, rel=0.05)
        # A clock makes it as well; what was measured is told.
        seen = re.search(r"no azimuth \((\d+) \+- (\d+) degrees if none is\)", loudest.remarks[-1])
        assert seen
        assert abs(int(seen[1]) - 60) <= 2
        assert int(seen[2]) <= 5
    assert loudest.azimuth_deg is None
