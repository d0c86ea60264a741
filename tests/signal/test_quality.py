"""Quality masks: every planted glitch is found, no ground motion is taken for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support_signals import noise, onset_signal, waveform

from vigie.records import MaskKind
from vigie.records.time import seconds_between
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.quality import find_masks, repair

if TYPE_CHECKING:
    from pathlib import Path

RATE_HZ = 40.0


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("size", [30.0, 1e3, 1e6])
def test_a_spike_is_found_where_it_is_and_bridged(width: int, size: float) -> None:
    clean = noise(np.random.default_rng(1), 8000, RATE_HZ)
    samples = clean.copy()
    samples[4000 : 4000 + width] += size * clean.std()
    (mask,) = find_masks(waveform(samples, RATE_HZ))
    assert mask.kind is MaskKind.SPIKE
    assert abs(seconds_between(mask.start_ns, waveform(samples, RATE_HZ).time_ns(4000))) < 0.1
    (run,) = repair(waveform(samples, RATE_HZ), [mask])
    band = BandPass(0.5, 8.0)
    left = filter_causal(run.samples, RATE_HZ, band) - filter_causal(clean, RATE_HZ, band)
    assert np.abs(left).max() < 5.0 * filter_causal(clean, RATE_HZ, band).std()


def test_a_spike_before_livelier_noise_is_masked_from_its_first_edge_on() -> None:
    samples = noise(np.random.default_rng(5), 8000, RATE_HZ)
    samples[4002:] *= 6.0
    lively = float(np.quantile(np.abs(np.diff(samples[4003:4030])), 0.75))
    samples[3997:4001] += lively * np.array([11.0, 22.0, 33.0, 100.0])
    (mask,) = find_masks(waveform(samples, RATE_HZ))
    assert mask.kind is MaskKind.SPIKE
    assert abs(seconds_between(mask.start_ns, waveform(samples, RATE_HZ).time_ns(3997))) < 0.03


def test_a_step_is_found_and_taken_back() -> None:
    samples = noise(np.random.default_rng(2), 8000, RATE_HZ)
    level = samples.std()
    samples[4000:] += 500.0 * level
    (mask,) = find_masks(waveform(samples, RATE_HZ))
    assert mask.kind is MaskKind.STEP
    (run,) = repair(waveform(samples, RATE_HZ), [mask])
    filtered = filter_causal(run.samples, RATE_HZ, BandPass(0.5, 8.0))
    assert np.abs(filtered[3950:4200]).max() < 6.0 * filtered[:3000].std()


def test_a_dead_stretch_splits_the_record() -> None:
    samples = noise(np.random.default_rng(3), 8000, RATE_HZ)
    samples[4000:4200] = samples[4000]
    (mask,) = find_masks(waveform(samples, RATE_HZ))
    assert (mask.kind, mask.n_samples) == (MaskKind.DEAD, 200)
    runs = repair(waveform(samples, RATE_HZ), [mask])
    assert [len(r.samples) for r in runs] == [4000, 3800]
    assert runs[1].start_ns == mask.end_ns


def test_a_clipped_wave_is_clipped_and_nothing_else() -> None:
    t = np.arange(4000) / RATE_HZ
    sine = 3000.0 * np.sin(2.0 * np.pi * 1.3 * t) * ((t > 40) & (t < 60))
    samples = np.clip(sine + noise(np.random.default_rng(4), 4000, RATE_HZ, 5.0), -2048, 2047)
    masks = find_masks(waveform(samples.round().astype(np.int32), RATE_HZ))
    assert len(masks) > 10
    assert {m.kind for m in masks} == {MaskKind.CLIPPED}


def test_clipping_is_found_in_pascals_as_in_counts() -> None:
    t = np.arange(4000) / RATE_HZ
    sine = 3000.0 * np.sin(2.0 * np.pi * 1.3 * t) * ((t > 40) & (t < 60))
    counts = np.clip(sine + noise(np.random.default_rng(4), 4000, RATE_HZ, 5.0), -2048, 2047)
    counts = counts.round()
    in_counts = find_masks(waveform(counts, RATE_HZ))
    in_pascals = find_masks(waveform((counts * 1e-4).astype(np.float32), RATE_HZ))
    assert [(m.start_ns, m.kind) for m in in_pascals] == [(m.start_ns, m.kind) for m in in_counts]


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 2.5])
def test_one_wild_sample_at_a_low_rate_is_a_spike_and_moves_no_level(rate_hz: float) -> None:
    samples = noise(np.random.default_rng(6), 4000, rate_hz)
    clean = samples.copy()
    samples[2000] += 1000.0 * clean.std()
    (mask,) = find_masks(waveform(samples, rate_hz))
    assert mask.kind is MaskKind.SPIKE
    (run,) = repair(waveform(samples, rate_hz), [mask])
    np.testing.assert_array_equal(run.samples[2010:], clean[2010:])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.floats(0.5, 4.0),
    st.sampled_from([0.02, 0.1, 0.5]),
    st.sampled_from([20.0, 40.0, 100.0]),
    st.sampled_from([1.0, 8.0, 12.0]),
)
@example(53, 2.0, 0.02, 20.0, 8.0)
@example(246284, 2.0, 0.02, 20.0, 8.0)
def test_no_onset_is_masked_however_strong(
    seed: int, log_snr: float, rise_s: float, rate_hz: float, freq_hz: float
) -> None:
    rng = np.random.default_rng(seed)
    n = round(120 * rate_hz)
    samples = noise(rng, n, rate_hz)
    signal = onset_signal(rng, n, rate_hz, n / 2, (rise_s, min(freq_hz, 0.3 * rate_hz)))
    samples += signal * (samples.std() * 10**log_snr / np.abs(signal).max())
    assert find_masks(waveform(samples.round().astype(np.int32), rate_hz)) == ()


@pytest.mark.data
def test_the_strongest_real_onset_is_not_masked(shared_data: Path) -> None:
    from vigie.exchange.files import read_file

    folder = shared_data / "seismic" / "dprk"
    for path in sorted(folder.glob("*/*.MDJ.*.mseed")) + sorted(folder.glob("*/*.SEHB.*.mseed")):
        for segment in read_file(path).waveforms:
            assert find_masks(segment) == (), path.name
