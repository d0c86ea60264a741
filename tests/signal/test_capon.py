"""Capon's f-k: right where Bartlett's is, whatever the aperture, and its compiled kernel."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.geodesy import angle_difference_deg
from vigie.signal.array_spectra import window_spectra
from vigie.signal.capon import steered_power
from vigie.signal.fk import chance_near, fk_analysis
from vigie.signal.fk_params import FkParams, SlownessGrid

RATE_HZ = 20.0
WINDOW_S = 20.0
RANGES_KM = np.array([0.0, 0.9, 1.0, 0.95, 0.4, 0.5, 0.45, 0.7, 0.75])
ANGLES = np.radians([0.0, 10.0, 130.0, 250.0, 60.0, 190.0, 310.0, 95.0, 220.0])
UNIT = RANGES_KM[:, None] * np.stack([np.sin(ANGLES), np.cos(ANGLES)], axis=1)
"""Of about 1.7 km."""


def params(band_hz: tuple[float, float], method: str = "capon") -> FkParams:
    grid = SlownessGrid(max_s_per_km=4.0, nodes=121)
    return FkParams(band_hz=band_hz, window_s=WINDOW_S, step_s=WINDOW_S, grid=grid, method=method)


def records(
    places: np.ndarray, waves: list[tuple[float, float]], windows: int = 12, seed: int = 3
) -> np.ndarray:
    """Return lasting waves (azimuth, SNR) of 0.345 km/s in white noise; SNR is that in 0.5-4 Hz."""
    rng = np.random.default_rng(seed)
    count = round(windows * WINDOW_S * RATE_HZ)
    freq = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    band = (freq > 0.5) & (freq < 4.0)
    rows = rng.normal(size=(len(places), count))
    rows /= np.fft.irfft(np.where(band, np.fft.rfft(rows), 0.0), count).std()
    for azimuth, snr in waves:
        turn = np.radians(azimuth)
        delay = -places @ np.array([np.sin(turn), np.cos(turn)]) / 0.345
        wave = np.where(band, np.fft.rfft(rng.normal(size=count)), 0.0)
        wave *= snr / np.fft.irfft(wave, count).std()
        rows += np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delay[:, None]), count)
    return rows


def from_any(azimuth: np.ndarray, true: list[float]) -> np.ndarray:
    off = [np.abs(angle_difference_deg(azimuth, a)) for a in true]
    return np.asarray(np.min(off, axis=0))


@pytest.mark.parametrize("number", [4, 6, 9])
@pytest.mark.parametrize("scale", [0.3, 0.6, 1.2, 2.4])
@pytest.mark.parametrize("band_hz", [(0.5, 4.0), (1.0, 1.6)])
def test_capon_is_right_at_any_aperture(
    number: int, scale: float, band_hz: tuple[float, float]
) -> None:
    if band_hz == (1.0, 1.6) and scale > 2.0:
        pytest.skip("thirteen bins, and side lobes as high as the main one")
    places = scale * UNIT[:number]
    for azimuth in (75.0, 300.0):
        rows = records(places, [(azimuth, 4.0)])
        found = fk_analysis(rows, RATE_HZ, places, params(band_hz))
        assert np.max(from_any(found.azimuth_deg, [azimuth])) < 1.5 / scale**0.5
        assert np.max(np.abs(found.slowness_s_per_deg * 0.345 / 111.195 - 1.0)) < 0.05


def test_of_two_waves_capon_finds_one() -> None:
    rows = records(UNIT, [(75.0, 3.0), (95.0, 2.7)])
    found = fk_analysis(rows, RATE_HZ, UNIT, params((0.5, 4.0)))
    assert np.max(from_any(found.azimuth_deg, [75.0, 95.0])) < 1.0


def test_an_element_without_data_has_no_part() -> None:
    places = UNIT[:6]
    rows = records(places, [(75.0, 4.0)], windows=3)
    rows[2, :500] = np.nan
    found = fk_analysis(rows, RATE_HZ, places, params((0.5, 4.0)))
    assert found.elements.tolist() == [5, 5, 6]
    keep = [0, 1, 3, 4, 5]
    without = fk_analysis(rows[keep], RATE_HZ, places[keep], params((0.5, 4.0)))
    np.testing.assert_allclose(found.azimuth_deg[:2], without.azimuth_deg[:2], atol=0.1)
    assert np.max(from_any(found.azimuth_deg, [75.0])) < 1.0


def test_the_kernel_is_the_formula_and_never_above_bartletts_beam() -> None:
    rows = records(UNIT[:5], [(75.0, 1.0)], windows=1)
    spectra = window_spectra(rows, RATE_HZ, params((0.5, 4.0)))
    values, omega = spectra.values[0], 2.0 * np.pi * spectra.freq_hz
    delays = np.random.default_rng(1).uniform(-3.0, 3.0, size=(20, 2)) @ UNIT[:5].T
    load = np.full(5, 0.01 * float(np.mean(np.sum(np.abs(values) ** 2, axis=1))))
    found = steered_power(np.ascontiguousarray(values), omega, delays, load)
    for power, delay in zip(found, delays, strict=True):
        steered = values * np.exp(1j * delay[:, None] * omega)
        covariance = steered @ steered.conj().T + np.diag(load)
        ones = np.ones(5)
        assert power == pytest.approx(1.0 / np.real(ones @ np.linalg.solve(covariance, ones)))
        assert power <= np.real(ones @ covariance @ ones) / 25.0 * (1.0 + 1e-9)


def test_the_chance_is_that_at_the_windows_own_slowness() -> None:
    places = UNIT[:4]
    rows = records(places, [(75.0, 4.0)], windows=4)
    law = params((0.5, 4.0), method="bartlett")
    found = fk_analysis(rows, RATE_HZ, places, law)
    own = np.stack([found.east_s_per_km, found.north_s_per_km], axis=1)
    reach = np.full(4, 0.05)
    same = chance_near(rows, RATE_HZ, places, law, (own, reach))
    np.testing.assert_allclose(same, found.p_value)
    assert np.all(chance_near(rows, RATE_HZ, places, law, (-own, reach)) > 0.01)
