"""Ramps: tapers are found, noise, steps and signals are not taken for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.support_signals import noise, onset_signal, waveform

from vigie.records import MaskKind
from vigie.records.time import seconds_between
from vigie.seismic.chain import process_station
from vigie.signal.quality import find_masks, repair
from vigie.signal.ramps import RampParams, find_notches, ramp_length

if TYPE_CHECKING:
    from pathlib import Path

FloatArray = NDArray[np.float64]

RATE_HZ = 40.0
SHAPES = {
    "hann": lambda t: np.sin(np.pi * t / 2.0) ** 2,
    "sine": lambda t: np.sin(np.pi * t / 2.0),
    "triangle": lambda t: t,
}


def tapered(samples: FloatArray, n: int, shape: str = "hann") -> FloatArray:
    """Return samples without mean, faded in and out over n samples."""
    weights = SHAPES[shape](np.arange(n) / n)
    result = samples - samples.mean()
    result[:n] *= weights
    result[-n:] *= weights[::-1]
    return np.asarray(result)


@pytest.mark.parametrize("minutes", [5, 20, 60])
@pytest.mark.parametrize("share", [0.01, 0.02, 0.05])
def test_a_hann_taper_is_found_at_both_ends(minutes: int, share: float) -> None:
    n = round(minutes * 60.0 * RATE_HZ)
    within = []
    for seed in range(6):
        samples = tapered(noise(np.random.default_rng(seed), n, RATE_HZ), round(share * n))
        found = [ramp_length(side, RATE_HZ, RampParams()) for side in (samples, samples[::-1])]
        within += [0.75 < length / (share * n) < 1.3 for length in found]
    assert np.mean(within) >= 0.9


@pytest.mark.parametrize(("shape", "least"), [("sine", 0.75), ("triangle", 0.75)])
def test_other_shapes_of_ten_seconds_and_more_are_found(shape: str, least: float) -> None:
    n = round(900.0 * RATE_HZ)
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        samples = tapered(noise(rng, n, RATE_HZ), round(rng.uniform(0.012, 0.05) * n), shape)
        found.append(ramp_length(samples, RATE_HZ, RampParams()) > 0)
    assert np.mean(found) >= least


def test_a_taper_rounded_to_counts_is_found() -> None:
    samples = tapered(noise(np.random.default_rng(3), 24000, RATE_HZ, 2000.0), 480).round()
    assert 360 < ramp_length(samples, RATE_HZ, RampParams()) < 620


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(20.0, 900.0), st.sampled_from([20.0, 40.0, 100.0]))
def test_plain_noise_has_no_ramp(seed: int, duration_s: float, rate_hz: float) -> None:
    samples = noise(np.random.default_rng(seed), round(duration_s * rate_hz), rate_hz)
    assert ramp_length(samples, rate_hz, RampParams()) == 0
    assert find_notches(samples, rate_hz, RampParams()) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.3, 60.0), st.floats(0.0, 3.0))
def test_a_step_of_noise_is_no_ramp(seed: int, at_s: float, log_ratio: float) -> None:
    samples = noise(np.random.default_rng(seed), 12000, RATE_HZ)
    samples[round(at_s * RATE_HZ) :] *= 10.0**log_ratio
    assert ramp_length(samples, RATE_HZ, RampParams()) == 0
    assert find_notches(samples, RATE_HZ, RampParams()) == []


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 10**6),
    st.floats(3.0, 60.0),
    st.floats(0.5, 4.0),
    st.sampled_from([0.05, 0.3, 1.0, 3.0]),
    st.sampled_from([1.0, 3.0, 6.0]),
)
def test_a_signal_soon_after_the_start_is_no_ramp(
    seed: int, at_s: float, log_snr: float, rise_s: float, freq_hz: float
) -> None:
    rng = np.random.default_rng(seed)
    samples = noise(rng, 12000, RATE_HZ)
    signal = onset_signal(rng, 12000, RATE_HZ, at_s * RATE_HZ, (rise_s, freq_hz, 3))
    samples += signal * (samples.std() * 10.0**log_snr / np.abs(signal).max())
    assert ramp_length(samples, RATE_HZ, RampParams()) == 0
    assert find_notches(samples, RATE_HZ, RampParams()) == []


@pytest.mark.parametrize("log_snr", [1.0, 2.0, 3.0])
def test_a_record_that_begins_in_a_strong_signal_keeps_its_start(log_snr: float) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        samples = noise(rng, 16000, RATE_HZ)
        signal = onset_signal(rng, 16000, RATE_HZ, 4000.0, (0.1, 2.0, 3))
        samples += signal * (samples.std() * 10.0**log_snr / np.abs(signal).max())
        assert ramp_length(samples[4010:], RATE_HZ, RampParams()) == 0


def test_tapers_beside_zeros_become_masks_and_are_cut_out() -> None:
    samples = np.zeros(40000)
    samples[4000:20000] = tapered(noise(np.random.default_rng(5), 16000, RATE_HZ), 320)
    samples[24000:] = tapered(noise(np.random.default_rng(6), 16000, RATE_HZ), 320)
    record = waveform(samples, RATE_HZ)
    masks = find_masks(record)
    tapers = [m for m in masks if m.kind is MaskKind.TAPER]
    assert len(tapers) == 4
    assert abs(seconds_between(tapers[0].end_ns, record.time_ns(4320))) < 2.0
    runs = repair(record, masks)
    assert [r.start_ns for r in runs] == [tapers[0].end_ns, tapers[2].end_ns]
    assert all(m.n_samples and m.method for m in tapers)


@pytest.mark.parametrize("taper_s", [5.0, 20.0, 60.0])
def test_tapered_files_that_were_joined_fade_out_and_in(taper_s: float) -> None:
    rng = np.random.default_rng(7)
    n, taper = round(600.0 * RATE_HZ), round(taper_s * RATE_HZ)
    days = [tapered(noise(rng, n, RATE_HZ), taper) for _ in range(3)]
    record = waveform(np.concatenate(days), RATE_HZ)
    masks = [m for m in find_masks(record) if m.kind is MaskKind.TAPER]
    assert len(masks) == 4
    for mask, at in zip(masks[1:3], (n, 2 * n), strict=True):
        middle_s = 0.5 * seconds_between(mask.start_ns + mask.end_ns, 2 * record.start_ns)
        assert middle_s == pytest.approx(at / RATE_HZ, abs=0.3 * taper_s)
        assert 1.7 * taper_s < seconds_between(mask.end_ns, mask.start_ns) < 3.2 * taper_s
    assert len(repair(record, masks)) == 3


@pytest.mark.slow
def test_tapered_noise_makes_no_detection_at_its_start() -> None:
    early = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        n = round(120.0 * RATE_HZ)
        samples = tapered(noise(rng, n, RATE_HZ), round(rng.uniform(0.03, 0.1) * n))
        found = process_station([waveform(samples, RATE_HZ)]).detections
        early += any(
            seconds_between(d.time_ns, waveform(samples, RATE_HZ).start_ns) < 30 for d in found
        )
    # Without the mask it is 18 of 20.
    assert early <= 2


@pytest.mark.data
def test_no_recording_of_the_tests_of_2016_has_a_taper(shared_data: Path) -> None:
    from vigie.exchange.files import read_file

    for path in sorted((shared_data / "seismic" / "dprk").glob("*/*.mseed")):
        for segment in read_file(path).waveforms:
            kinds = {m.kind for m in find_masks(segment)}
            assert MaskKind.TAPER not in kinds, path.name


@pytest.mark.parametrize("seed", range(4))
def test_a_smooth_swing_that_turns_is_no_taper(seed: int) -> None:
    # Pressure: power falls by f^-8, so that the differences of samples are one slow wave.
    n = round(1800.0 * RATE_HZ)
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    white = np.fft.rfft(np.random.default_rng(seed).normal(size=n))
    samples = np.fft.irfft(white / np.maximum(freq, 0.1) ** 4, n)
    assert find_notches(samples, RATE_HZ, RampParams()) == []
    assert ramp_length(samples, RATE_HZ, RampParams()) == 0
