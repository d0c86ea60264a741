"""Signals in the power of bands: false alarms as stated, short and long signals told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.hydroacoustic.bands import (
    HYDRO_BANDS,
    Frames,
    band_frames,
    bands_at,
    noise_bandwidth_hz,
)
from vigie.hydroacoustic.detect import Found, find_signals, hysteresis, mean_s, runs, threshold
from vigie.hydroacoustic.noise import noise_law, probability_below, ratio_exceeded, smoothed
from vigie.hydroacoustic.onset import weighted_onset
from vigie.hydroacoustic.recipe import DetectorParams
from vigie.simulate.hydroacoustic import TRAINING, simulate_scene
from vigie.simulate.hydroacoustic.scene import SceneParams

if TYPE_CHECKING:
    from vigie.signal.filters import BandPass

FloatArray = NDArray[np.float64]
RATE_HZ = 250.0
PARAMS = DetectorParams()


def frames_of(samples: FloatArray) -> Frames:
    bands = bands_at(RATE_HZ)
    return Frames(0, 0.04, bands, band_frames(samples, RATE_HZ, bands))


def found_in(kind: str, subtype: str, snr_db: float, seed: int = 3) -> tuple[Found, int]:
    params = SceneParams(kind=kind, subtype=subtype, snr_db=snr_db, duration_s=400.0, signals=2)
    scene = simulate_scene(np.random.default_rng(seed), params, TRAINING)
    return find_signals(frames_of(scene.samples), RATE_HZ, 1.8, PARAMS), len(scene.truths)


def test_power_of_a_sine_stands_in_its_octave() -> None:
    t = np.arange(20_000) / RATE_HZ
    frames = frames_of(3.0 * np.sin(2.0 * np.pi * 11.0 * t)[None])
    power = frames.power[0, :, 200:300].mean(axis=1)
    assert power[3] == pytest.approx(4.5, rel=0.02)
    assert power[-1] == pytest.approx(4.5, rel=0.02)
    assert power[[0, 1, 5, 6]].max() < 0.01


def test_frames_beside_a_gap_are_not_known() -> None:
    samples = np.random.default_rng(1).normal(size=(1, 20_000))
    samples[0, 10_000:10_050] = np.nan
    power = frames_of(samples).power[0]
    assert np.all(np.isnan(power[:, 1000:1005]))
    # The lower the band the longer its filter rings.
    lost = np.isnan(power).sum(axis=1)
    assert lost[0] > lost[3] > lost[6]


@pytest.mark.slow
@pytest.mark.parametrize("band", [HYDRO_BANDS[2], HYDRO_BANDS[4], HYDRO_BANDS[6]])
def test_gaussian_noise_alarms_as_often_as_stated(band: BandPass) -> None:
    rng = np.random.default_rng(12)
    hours, per_hour, alarms = 2.0, 20.0, 0
    params = replace(PARAMS, least_short_db=0.0)
    for _ in range(2):
        noise = rng.normal(size=(1, round(hours * 3600 * RATE_HZ)))
        power = band_frames(noise, RATE_HZ, (band,))[0, 0]
        number = round(mean_s(band, params) / 0.04)
        level = smoothed(power, number)
        most = 2.0 * noise_bandwidth_hz(band, RATE_HZ) * number * 0.04
        law = noise_law(level, 0.04, most, params)
        high = threshold(law.dof, number * 0.04, per_hour)
        low = ratio_exceeded(params.low_probability, law.dof)
        alarms += len(runs(hysteresis(level / law.power, high, low)))
        assert float(np.mean(law.power)) == pytest.approx(float(np.mean(power)), rel=0.04)
    assert 0.5 * per_hour < alarms / (2.0 * hours) < 1.7 * per_hour


def test_noise_alone_is_quiet() -> None:
    found, _ = found_in("N", "silence", 0.0)
    assert len(found.spans) <= 1


@pytest.mark.parametrize("snr_db", [5.0, 12.0, 20.0])
def test_explosions_are_short_signals(snr_db: float) -> None:
    found, number = found_in("H", "", snr_db)
    assert len(found.spans) == number
    assert all(s.short and (s.stop - s.first) * 0.04 < 8.0 for s in found.spans)


@pytest.mark.parametrize("snr_db", [6.0, 12.0, 20.0])
def test_t_phase_is_one_long_signal(snr_db: float) -> None:
    found, _ = found_in("T", "", snr_db)
    longest = max(found.spans, key=lambda s: s.stop - s.first)
    assert (longest.stop - longest.first) * 0.04 > 30.0
    assert len(found.spans) <= 2


def test_shots_are_given_one_by_one() -> None:
    found, number = found_in("N", "airgun", 12.0)
    assert len(found.spans) == number


@given(st.floats(2.0, 200.0), st.floats(1e-6, 0.4))
def test_law_of_noise_is_its_own_inverse(dof: float, chance: float) -> None:
    ratio = ratio_exceeded(chance, dof)
    below = float(probability_below(np.array([ratio]), dof)[0])
    assert 1.0 - below == pytest.approx(chance, rel=1e-6)


@given(st.lists(st.floats(0.0, 10.0), min_size=1, max_size=60))
def test_hysteresis_holds_every_peak_and_nothing_below(values: list[float]) -> None:
    ratio = np.array(values)
    state = hysteresis(ratio, 5.0, 2.0)
    assert np.all(state[ratio > 5.0])
    assert not np.any(state[ratio <= 2.0])


@pytest.mark.parametrize("snr", [5.0, 30.0, 1000.0])
def test_onset_of_a_step_of_noise(snr: float) -> None:
    rng = np.random.default_rng(9)
    errors, sigmas = [], []
    for _ in range(40):
        power = rng.gamma(4.0, 0.25, 120)
        power[80:] *= 1.0 + snr
        found = weighted_onset(power.astype(np.float32), 1.0, 8.0, 3)
        assert found is not None
        errors.append(found.frame - 80.0)
        sigmas.append(found.sigma_frames)
    assert abs(float(np.median(errors))) < 1.0
    # A few noise peaks just before the onset are taken for it, and their errors say so.
    assert float(np.median(np.abs(np.array(errors) / np.array(sigmas)))) < 1.0
    assert float(np.quantile(np.abs(errors), 0.9)) < 8.0
