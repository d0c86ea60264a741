"""A5/2, SBSNR and ALR of sines under a known response, and their laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support_signals import noise, waveform

from vigie.records import Response, ResponseStage, Waveform
from vigie.records.time import add_seconds
from vigie.seismic.amplitude import A52Params, measure_a52, noise_at
from vigie.seismic.sbsnr import measure_sbsnr
from vigie.seismic.surface_wave import measure_alr
from vigie.signal.response import Calibration, counts_per_nm

# A short-period seismometer, 1 Hz and 70 % of critical damping, 5e8 counts per m/s at 5 Hz.
POLES = tuple(2 * math.pi * complex(-0.7, s * math.sqrt(1 - 0.49)) for s in (1.0, -1.0))
SHORT_PERIOD = Response(
    input_unit="m/s",
    stages=(ResponseStage(kind="paz", gain=5e8, gain_freq_hz=5.0, poles=POLES, zeros=(0j, 0j)),),
)
KNOWN = Calibration(SHORT_PERIOD)
ONSET_S = 80.0


def sine(freq_hz: float, rate_hz: float, amplitude_nm: float, phase: float = 0.3) -> Waveform:
    """Return counts of a ground displacement that is a sine from the start to the end."""
    t = np.arange(round(110.0 * rate_hz)) / rate_hz
    h = complex(counts_per_nm(SHORT_PERIOD, np.array([freq_hz]))[0])
    counts = amplitude_nm * abs(h) * np.sin(2.0 * np.pi * freq_hz * t + phase + np.angle(h))
    return waveform(counts + 500.0, rate_hz)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.9, 4.0),
    st.sampled_from([20.0, 25.0, 40.0, 50.0, 100.0]),
    st.floats(0.1, 1e4),
    st.floats(0.0, 6.28),
)
def test_a52_of_a_sine_is_its_amplitude_within_half_a_percent(
    freq_hz: float, rate_hz: float, amplitude_nm: float, phase: float
) -> None:
    trace = sine(freq_hz, rate_hz, amplitude_nm, phase)
    found = measure_a52(trace, add_seconds(trace.start_ns, ONSET_S), KNOWN)
    assert found is not None
    assert (found.type, found.unit) == ("A5/2", "nm")
    assert found.value == pytest.approx(amplitude_nm, rel=0.005)
    assert found.period_s == pytest.approx(1.0 / freq_hz, rel=0.005)


def test_a52_without_calibration_is_in_counts() -> None:
    trace = sine(1.5, 40.0, 100.0)
    found = measure_a52(trace, add_seconds(trace.start_ns, ONSET_S))
    assert found is not None
    size = abs(counts_per_nm(SHORT_PERIOD, np.array([1.5]))[0])
    assert found.unit == "count"
    assert found.value == pytest.approx(100.0 * size, rel=0.005)


def test_a52_takes_the_largest_half_cycle_of_its_window_only() -> None:
    trace = sine(1.0, 40.0, 100.0)
    t = np.arange(len(trace.samples)) / 40.0
    envelope = np.where(t > ONSET_S + 7.5, 50.0, 1.0) * np.where(t < ONSET_S - 4.0, 0.01, 1.0)
    swelling = trace.with_samples((np.asarray(trace.samples) - 500.0) * envelope)
    found = measure_a52(swelling, add_seconds(trace.start_ns, ONSET_S), KNOWN)
    assert found is not None
    # The filter smears the later, 50 times larger cycles over 2 s by a few percent of them.
    assert found.value < 400.0
    assert found.snr is not None
    assert found.snr > 10.0


def test_the_last_extremum_can_be_skipped_as_the_published_program_does() -> None:
    t = np.arange(4400) / 40.0
    growing = waveform(np.sin(2.0 * np.pi * t) * np.exp((t - ONSET_S) / 2.0), 40.0)
    at = add_seconds(growing.start_ns, ONSET_S)
    whole = measure_a52(growing, at)
    skipping = measure_a52(growing, at, params=A52Params(skip_last_extremum=True))
    assert whole is not None
    assert skipping is not None
    assert skipping.value < 0.9 * whole.value


def test_no_a52_where_the_record_ends_or_the_filter_stops_everything() -> None:
    trace = sine(1.0, 40.0, 100.0)
    assert measure_a52(trace, add_seconds(trace.start_ns, 107.0), KNOWN) is None
    slow = waveform(1e4 * np.sin(2.0 * np.pi * 0.2 * np.arange(4400) / 40.0), 40.0)
    found = measure_a52(slow, add_seconds(slow.start_ns, ONSET_S))
    # What is left of 10 000 counts below the band comes from the taper.
    assert found is None or found.value < 5.0


def test_a_short_record_gives_an_amplitude_with_what_noise_there_is() -> None:
    trace = sine(1.5, 40.0, 10.0)
    late = trace.slice(add_seconds(trace.start_ns, 70.0), trace.end_ns)
    found = measure_a52(late, add_seconds(trace.start_ns, ONSET_S), KNOWN)
    assert found is not None
    assert found.value == pytest.approx(10.0, rel=0.005)


def test_noise_is_measured_as_a_signal_would_be() -> None:
    samples = noise(np.random.default_rng(1), 4400, 40.0)
    trace = waveform(samples, 40.0)
    at = add_seconds(trace.start_ns, ONSET_S)
    found, as_signal = noise_at(trace, at, KNOWN), measure_a52(trace, at, KNOWN)
    assert found is not None
    assert as_signal is not None
    assert found.type == "noise:A5/2"
    assert found.value == as_signal.value
    assert found.snr is not None
    # Largest half-cycle of 6 s of Gaussian noise over its mean absolute value.
    assert 1.5 < found.snr < 6.0


@settings(max_examples=20, deadline=None)
@given(st.floats(2.3, 3.6), st.floats(0.1, 1e4))
def test_sbsnr_of_a_sine_is_two_over_pi_of_it(freq_hz: float, amplitude_nm: float) -> None:
    trace = sine(freq_hz, 40.0, amplitude_nm)
    at = add_seconds(trace.start_ns, ONSET_S)
    found = measure_sbsnr([trace], at, [KNOWN])
    assert found is not None
    assert (found.type, found.unit) == ("SBSNR", "nm")
    from vigie.seismic.sbsnr import SBSNR_BAND
    from vigie.signal.filters import gain

    # Both gains are taken off at the centre of the band, by definition of SBSNR.
    centre = np.array([SBSNR_BAND.centre_hz])
    shape = abs(counts_per_nm(SHORT_PERIOD, np.array([freq_hz]))[0])
    shape /= abs(counts_per_nm(SHORT_PERIOD, centre)[0])
    passed = gain(SBSNR_BAND, 40.0, freq_hz)[0] / gain(SBSNR_BAND, 40.0, centre)[0]
    # A second holds no whole number of half-cycles: up to a few percent of ripple.
    expected = amplitude_nm * 2.0 / np.pi * shape * passed
    assert found.value == pytest.approx(expected, rel=0.08)
    assert found.snr == pytest.approx(1.0, rel=0.15)


def test_sbsnr_of_equal_elements_is_that_of_one() -> None:
    trace = sine(3.0, 40.0, 50.0)
    at = add_seconds(trace.start_ns, ONSET_S)
    one = measure_sbsnr([trace], at, [KNOWN])
    three = measure_sbsnr([trace] * 3, at, [KNOWN] * 3)
    assert one is not None
    assert three is not None
    assert three.value == pytest.approx(one.value, rel=1e-9)
    assert measure_sbsnr([trace], add_seconds(trace.start_ns, 108.0), [KNOWN]) is None


@settings(max_examples=15, deadline=None)
@given(st.floats(18.5, 21.5), st.floats(1.0, 1e5))
def test_alr_of_a_long_sine_is_its_amplitude(period_s: float, amplitude_nm: float) -> None:
    rate_hz = 4.0
    t = np.arange(round(4000 * rate_hz)) / rate_hz
    ground = waveform(amplitude_nm * np.sin(2.0 * np.pi * t / period_s), rate_hz)
    nm = Calibration(unit="nm")
    found = measure_alr(ground, ground.start_ns, 5000.0, nm)
    assert found is not None
    assert found.type == "ALR"
    assert found.value == pytest.approx(amplitude_nm, rel=0.005)
    assert found.period_s == pytest.approx(period_s, rel=0.005)


def test_alr_ignores_other_periods_and_needs_the_window() -> None:
    t = np.arange(8000) / 4.0
    fast = waveform(100.0 * np.sin(2.0 * np.pi * t / 16.0), 4.0)
    assert measure_alr(fast, fast.start_ns, 3000.0, Calibration()) is None
    right = waveform(100.0 * np.sin(2.0 * np.pi * t / 20.0), 4.0)
    assert measure_alr(right, right.start_ns, 6000.0, Calibration()) is None
