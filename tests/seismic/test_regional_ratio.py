"""Regional amplitudes: known bursts in known noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.records import ChannelId, Waveform
from vigie.records.time import NS_PER_S, add_seconds
from vigie.seismic.regional_ratio import measure_regional

RATE_HZ = 40.0
KM = 500.0
CHANNEL = ChannelId("XX", "AAA", "", "BHZ")


def trace(
    levels: dict[tuple[float, float], float], *, noise: float = 1.0, seed: int = 0
) -> Waveform:
    """Make white noise with bursts of other levels between group velocities, km/s."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(int(250.0 * RATE_HZ)) / RATE_HZ
    samples = rng.normal(0.0, noise, len(time_s))
    for (fast, slow), level in levels.items():
        inside = (time_s >= KM / fast) & (time_s < KM / slow)
        samples[inside] += rng.normal(0.0, level, int(inside.sum()))
    return Waveform(CHANNEL, 0, RATE_HZ, samples)


def band_rms(level: float) -> float:
    # White noise of variance s^2 up to 20 Hz; the 6-8 Hz band keeps 2 of 20 Hz.
    return level * float(np.sqrt(2.0 / 20.0))


def test_bursts_come_back() -> None:
    found = measure_regional(trace({(8.2, 7.0): 10.0, (3.6, 3.0): 30.0}), 0, KM)
    by_type = {a.type: a for a in found if a.band_hz == (6.0, 8.0)}
    assert set(by_type) == {f"regional:{p}" for p in ("Pn", "Pg", "Sn", "Lg")}
    # 2 x 2 Hz x 10 s independent values in Pn, 2 x 2 x 28 in Lg: 11 % and 7 % rms.
    assert by_type["regional:Pn"].value == pytest.approx(band_rms(10.0), rel=0.25)
    assert by_type["regional:Lg"].value == pytest.approx(band_rms(30.0), rel=0.2)
    assert by_type["regional:Sn"].snr == pytest.approx(1.0, abs=0.4)


def test_noise_is_taken_off() -> None:
    ratios = []
    for seed in range(20):
        found = measure_regional(trace({(3.6, 3.0): 2.0}, seed=seed), 0, KM)
        lg = next(a for a in found if a.type == "regional:Lg" and a.band_hz == (6.0, 8.0))
        ratios.append(lg.value / band_rms(2.0))
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.1)


def test_a_phase_below_noise_is_bounded_by_it() -> None:
    found = measure_regional(trace({}), 0, KM)
    for a in found:
        assert a.snr is not None
        assert a.snr < 1.6
        assert a.value > 0.0


def test_a_predicted_onset_moves_the_window() -> None:
    onset = add_seconds(0, 80.0)
    found = measure_regional(trace({}), 0, KM, {"Pn": onset})
    pn = next(a for a in found if a.type == "regional:Pn")
    assert pn.time_ns == onset - NS_PER_S // 2


def test_near_stations_have_no_separate_phases() -> None:
    assert measure_regional(trace({}), 0, 20.0) == ()


def test_a_trace_that_starts_late_gives_nothing_before_it() -> None:
    late = trace({}).slice(add_seconds(0, 100.0), add_seconds(0, 250.0))
    assert measure_regional(late, 0, KM) == ()


@given(st.floats(1e-3, 1e3))
def test_amplitudes_scale(factor: float) -> None:
    wave = trace({(8.2, 7.0): 10.0})
    scaled = wave.with_samples(np.asarray(wave.samples, dtype=np.float64) * factor)
    for one, two in zip(
        measure_regional(wave, 0, KM), measure_regional(scaled, 0, KM), strict=True
    ):
        assert two.value == pytest.approx(factor * one.value, rel=1e-6)
        assert two.snr == pytest.approx(one.snr, rel=1e-6)
