"""Onsets: errors as large as stated, and the laws of time and gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.onset_pulls import RISES, simulate
from benchmarks.onset_real import measure as real_onsets
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support_signals import noise, onset_signal, waveform

from vigie.records.time import add_seconds, seconds_between
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.onset import LogLinearSigma, OnsetParams, refine_onset

if TYPE_CHECKING:
    from pathlib import Path

BAND = BandPass(1.0, 5.0)


@pytest.mark.slow
@pytest.mark.parametrize("snr", [3.5, 10.0, 100.0])
@pytest.mark.parametrize("band", [BandPass(1.0, 3.0), BandPass(2.0, 5.0)])
def test_errors_are_as_large_as_stated(snr: float, band: BandPass) -> None:
    rng = np.random.default_rng(20)
    picks = [simulate(rng, 40.0, band, rise, snr) for rise in RISES for _ in range(25)]
    found = np.array([p for p in picks if p is not None])
    pulls = found[:, 0] / found[:, 1]
    assert len(found) > 0.8 * len(picks)
    # 150 draws tell a width of 1 to 0.06; outliers of the weakest signals widen it.
    assert 0.7 < np.sqrt(np.mean(pulls**2)) < 1.25
    # Onsets with a corner are read early, smooth ones late; together they balance.
    assert abs(np.median(pulls)) < 0.4


@pytest.mark.slow
@pytest.mark.parametrize("rise", [(0.03, 1), (0.3, 1), (1.0, 1), (3.0, 1), (0.1, 3), (0.5, 3)])
def test_emergent_onsets_are_read_at_their_beginning(rise: tuple[float, int]) -> None:
    rng = np.random.default_rng(21)
    picks = [simulate(rng, 40.0, BAND, rise, 12.0) for _ in range(60)]
    found = np.array([p for p in picks if p is not None])
    # Fitted as a jump, a rise of 3 s is read late by 2.5 standard errors.
    assert abs(np.median(found[:, 0])) < 0.3
    assert abs(np.median(found[:, 0] / found[:, 1])) < 1.3


@pytest.mark.data
@pytest.mark.slow
def test_real_p_in_real_noise_is_read_where_it_begins(shared_data: Path) -> None:
    assert (shared_data / "seismic/nuclear_archive").is_dir()
    rows = real_onsets(trials=40, pickers=("vigie",))["rows"]
    assert isinstance(rows, list)
    assert len(rows) == 6
    for row in rows:
        assert row["found"] >= 0.9
        # A rise with one pole reads them 0.15 to 0.25 s late, by 1 to 2.5 standard errors.
        assert abs(row["median_error_s"]) < 0.2
        assert abs(row["pull_median"]) < 1.0
        assert 0.45 < row["pull_spread"] < 1.35
        assert row["within_2_sigma"] >= 0.75


def test_a_sharp_strong_onset_is_read_to_hundredths() -> None:
    rng = np.random.default_rng(5)
    n = 4000
    samples = noise(rng, n, 40.0)
    signal = onset_signal(rng, n, 40.0, 3000.3, (0.02, 3.0))
    samples += signal * (2500.0 * samples.std() / np.abs(signal).max())
    trace = waveform(filter_causal(samples, 40.0, BAND), 40.0)
    onset = refine_onset(trace, trace.time_ns(3010), BAND)
    assert onset is not None
    assert abs(seconds_between(onset.time_ns, trace.time_ns(3000.3))) < 0.08
    assert onset.sigma_s < 0.06


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 1e6), st.integers(-(10**12), 10**12))
def test_gain_and_clock_shift_the_answer_and_no_more(seed: int, scale: float, by_ns: int) -> None:
    rng = np.random.default_rng(seed)
    samples = noise(rng, 2400, 40.0)
    samples += 30.0 * onset_signal(rng, 2400, 40.0, 1800.0, (0.1, 2.0))
    trace = waveform(filter_causal(samples, 40.0, BAND), 40.0)
    scaled = np.asarray(trace.samples, dtype=np.float64) * scale
    moved = trace.with_samples(scaled, start_ns=trace.start_ns + by_ns)
    here = refine_onset(trace, trace.time_ns(1830), BAND)
    there = refine_onset(moved, moved.time_ns(1830), BAND)
    assert here is not None
    assert there is not None
    assert abs(there.time_ns - here.time_ns - by_ns) <= 1000
    assert there.sigma_s == pytest.approx(here.sigma_s, rel=1e-6)


def test_no_onset_without_noise_before_it() -> None:
    trace = waveform(np.random.default_rng(7).standard_normal(400), 40.0)
    assert refine_onset(trace, trace.time_ns(30), BAND) is None
    quiet = waveform(np.zeros(4000), 40.0)
    assert refine_onset(quiet, quiet.time_ns(3000), BAND) is None


def test_noise_too_short_to_be_known_is_fitted() -> None:
    rng = np.random.default_rng(9)
    samples = noise(rng, 1200, 40.0)
    samples += 60.0 * onset_signal(rng, 1200, 40.0, 440.0, (0.1, 2.0))
    whole = waveform(filter_causal(samples, 40.0, BAND), 40.0)
    trace = whole.slice(whole.time_ns(400), whole.time_ns(1200))
    trigger_ns = whole.time_ns(452)
    assert refine_onset(trace, trigger_ns, BAND) is None
    onset = refine_onset(trace, trigger_ns, BAND, OnsetParams(fit_noise=True))
    assert onset is not None
    assert abs(seconds_between(onset.time_ns, whole.time_ns(440))) < 3.0 * onset.sigma_s


def test_a_short_record_is_enough() -> None:
    rng = np.random.default_rng(8)
    samples = noise(rng, 1200, 40.0)
    samples += 60.0 * onset_signal(rng, 1200, 40.0, 250.0, (0.1, 2.0))
    trace = waveform(filter_causal(samples, 40.0, BAND), 40.0)
    onset = refine_onset(trace, trace.time_ns(265), BAND)
    assert onset is not None
    assert abs(seconds_between(onset.time_ns, trace.time_ns(250))) < 3.0 * onset.sigma_s + 0.1
    assert onset.time_ns < add_seconds(trace.start_ns, 7.0)


# SNL-GMS PI27 configuration: 1.0 s at SNR 5 and below, 0.1 s at 50 and above, log-linear between.
@pytest.mark.parametrize(
    ("snr", "sigma_s"), [(2.0, 1.0), (5.0, 1.0), (50.0, 0.1), (1e4, 0.1), (15.8113883, 0.31622777)]
)
def test_the_log_linear_rule_has_its_published_ends(snr: float, sigma_s: float) -> None:
    assert LogLinearSigma().sigma_s(snr) == pytest.approx(sigma_s, rel=1e-6)


def test_params_are_values() -> None:
    assert OnsetParams() == OnsetParams()
    assert hash(OnsetParams(lead_s=5.0)) != hash(OnsetParams())
