"""Standard errors of f-k windows against what simulated waves scatter by."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.geodesy import angle_difference_deg
from vigie.signal.array_spectra import window_spectra
from vigie.signal.fk import fk_analysis
from vigie.signal.fk_errors import UNKNOWN_DEG, slowness_errors, with_chance
from vigie.signal.fk_params import FkParams, SlownessGrid

RATE_HZ = 20.0
PLACES = np.array([[0.0, 0.0], [0.5, 0.1], [-0.2, 0.45], [-0.3, -0.4], [0.3, -0.5]])
PARAMS = FkParams(
    band_hz=(0.5, 4.0), window_s=20.0, step_s=20.0, grid=SlownessGrid(max_s_per_km=4.0, nodes=121)
)


def windows(snr: float, timing_s: float, n: int, seed: int = 1) -> tuple[np.ndarray, float, float]:
    """Return records of a lasting wave from 70 deg at 0.35 km/s in noise."""
    rng = np.random.default_rng(seed)
    count = round(60 * 20.0 * RATE_HZ)
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    band = (freq > 0.4) & (freq < 4.5)
    turn = np.radians(70.0)
    delay = -PLACES[:n] @ np.array([np.sin(turn), np.cos(turn)]) / 0.35
    delay = delay + timing_s * rng.normal(size=n)
    wave = np.where(band, np.fft.rfft(rng.normal(size=count)), 0.0)
    rows = np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delay[:, None]), count)
    noise = np.fft.irfft(np.where(band, np.fft.rfft(rng.normal(size=(n, count))), 0.0), count)
    return snr * rows + noise, 70.0, 1.0 / 0.35


@pytest.mark.parametrize(("snr", "n"), [(1.0, 4), (2.0, 4), (5.0, 5), (20.0, 5)])
def test_errors_are_those_stated(snr: float, n: int) -> None:
    rows, azimuth, size = windows(snr, 0.0, n)
    found = fk_analysis(rows, RATE_HZ, PLACES[:n], PARAMS)
    slowness = np.stack([found.east_s_per_km, found.north_s_per_km], axis=1)
    spectra = window_spectra(rows, RATE_HZ, PARAMS)
    errors = with_chance(slowness_errors(spectra, PLACES[:n], slowness, 0.0), found.p_value, 4.0)
    pull = angle_difference_deg(found.azimuth_deg, azimuth) / errors.azimuth_deg
    # What enters and leaves windows that stand counts as noise where there is little other.
    least = 0.6 if snr < 10.0 else 0.2
    assert least < np.std(pull) < 1.4
    pull = (np.hypot(*slowness.T) - size) / errors.slowness_s_per_km
    assert least < np.std(pull) < 1.4


def test_times_off_the_plane_widen_the_errors() -> None:
    rows, _, _ = windows(5.0, 0.05, 5)
    found = fk_analysis(rows, RATE_HZ, PLACES, PARAMS)
    slowness = np.stack([found.east_s_per_km, found.north_s_per_km], axis=1)
    spectra = window_spectra(rows, RATE_HZ, PARAMS)
    errors = slowness_errors(spectra, PLACES, slowness, 0.01)
    off = np.abs(angle_difference_deg(found.azimuth_deg, 70.0))
    assert np.mean(off < 3.0 * errors.azimuth_deg) > 0.95


def test_noise_knows_no_azimuth() -> None:
    rows, _, _ = windows(0.0, 0.0, 5)
    found = fk_analysis(rows, RATE_HZ, PLACES, PARAMS)
    slowness = np.stack([found.east_s_per_km, found.north_s_per_km], axis=1)
    errors = with_chance(
        slowness_errors(window_spectra(rows, RATE_HZ, PARAMS), PLACES, slowness, 0.01),
        found.p_value, 4.0,
    )  # fmt: skip
    assert np.median(errors.azimuth_deg) > 0.5 * UNKNOWN_DEG


def test_a_window_of_two_elements_has_no_error() -> None:
    rows, _, _ = windows(5.0, 0.0, 4)
    rows[2:, :400] = np.nan
    spectra = window_spectra(rows, RATE_HZ, PARAMS)
    slowness = np.full((len(spectra.values), 2), 1.0)
    assert np.isnan(slowness_errors(spectra, PLACES[:4], slowness, 0.01).azimuth_deg[0])


def test_a_reversed_element_in_large_counts_gives_numbers() -> None:
    rows, _, _ = windows(50.0, 0.0, 5)
    rows *= 1e9
    rows[4] *= -1.0
    slowness = np.tile(
        -np.array([np.sin(np.radians(70.0)), np.cos(np.radians(70.0))]) / 0.35, (60, 1)
    )
    spectra = window_spectra(rows, RATE_HZ, PARAMS)
    errors = slowness_errors(spectra, PLACES, slowness, 0.01)
    assert np.all(np.isfinite(errors.azimuth_deg))
