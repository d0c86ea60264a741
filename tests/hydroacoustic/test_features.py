"""Features of signals whose values are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.hydroacoustic.bands import HYDRO_BANDS
from vigie.hydroacoustic.features import (
    band_table,
    octave_ratio_db,
    repetitions,
    spectral_shape,
    welch_log_mean,
)

STEP_S = 0.04
RATE_HZ = 250.0


def bell(middle_s: float, sigma_s: float, height: float = 100.0) -> np.ndarray:
    t = (np.arange(2500) + 0.5) * STEP_S
    return np.asarray(1.0 + height * np.exp(-0.5 * ((t - middle_s) / sigma_s) ** 2))


@given(st.floats(20.0, 80.0), st.floats(0.5, 5.0))
def test_moments_of_a_bell(middle_s: float, sigma_s: float) -> None:
    table = band_table(bell(middle_s, sigma_s)[None], np.ones(1), STEP_S, np.array([1]))
    assert table.mean_s[0] == pytest.approx(middle_s, abs=0.05)
    assert table.spread_s[0] == pytest.approx(sigma_s, rel=0.02)
    assert table.skewness[0] == pytest.approx(0.0, abs=0.05)
    assert table.kurtosis[0] == pytest.approx(0.0, abs=0.1)
    assert table.energy[0] == pytest.approx(100.0 * sigma_s * np.sqrt(2.0 * np.pi), rel=0.01)
    assert table.snr_peak_db[0] == pytest.approx(20.0, abs=0.05)
    assert table.crossings[0] == 2
    # From 5 to 95 % of a normal law; from 10 to 90 % of its height.
    assert table.duration_s[0] == pytest.approx(2.0 * 1.645 * sigma_s, abs=0.1)
    assert table.rise_s[0] == pytest.approx((2.146 - 0.459) * sigma_s, abs=0.1)
    assert table.peak_s[0] == pytest.approx(middle_s, abs=0.05)


def test_band_without_signal_has_no_moments() -> None:
    table = band_table(np.ones((1, 200)), np.ones(1), STEP_S, np.array([5]))
    assert np.isnan(table.spread_s[0])
    assert np.isfinite(table.snr_peak_db[0])


def test_ratio_of_octaves() -> None:
    power = np.ones((len(HYDRO_BANDS), 2500))
    power[2], power[5] = bell(50.0, 2.0, 10.0), bell(50.0, 2.0, 1000.0)
    table = band_table(power, np.ones(len(power)), STEP_S, np.ones(len(power), dtype=np.int64))
    assert octave_ratio_db(table, HYDRO_BANDS, 32.0, 4.0) == pytest.approx(20.0, abs=0.01)
    assert np.isnan(octave_ratio_db(table, HYDRO_BANDS, 8.0, 2.0))


def test_slope_and_centre_of_a_known_spectrum() -> None:
    freq = np.linspace(0.0, 125.0, 501)
    fall = np.where(freq > 0.0, (np.maximum(freq, 1.0) / 10.0) ** -2.0, 0.0)
    shape = spectral_shape(fall, 1e-6 * np.ones(501), RATE_HZ)
    assert shape.slope_db_per_octave == pytest.approx(-6.02, abs=0.15)
    line = 1e-6 * np.ones(501)
    line[160] = 1.0
    shape = spectral_shape(line, 1e-6 * np.ones(501), RATE_HZ)
    assert shape.centre_hz == pytest.approx(40.0, abs=0.1)
    assert shape.bandwidth_hz < 0.5


def test_density_of_white_noise() -> None:
    samples = np.random.default_rng(2).normal(size=(2, 50_000))
    psd = welch_log_mean(samples, RATE_HZ)
    assert float(psd[:, 5:-5].mean()) == pytest.approx(2.0 / RATE_HZ, rel=0.02)
    short = np.array(
        [welch_log_mean(samples[:, k : k + 400], RATE_HZ) for k in range(0, 4000, 400)]
    )
    assert float(short[..., 5:-5].mean()) == pytest.approx(2.0 / RATE_HZ, rel=0.05)


def test_repetitions_are_counted() -> None:
    level = np.ones(8000)
    for at in (1000, 2000, 3000, 4000, 6000):
        level[at : at + 20] = 50.0
    level[5000:5020] = 5.0
    assert repetitions(level, 1.0, (3990, 4030), 2.0) == 4
    assert repetitions(np.ones(8000), 1.0, (3990, 4030), 2.0) == 0
