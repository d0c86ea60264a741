"""The likelihood-ratio detector: its p-value on noise, one wave, two at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ArrayGeometryError
from vigie.signal.array_spectra import Spectra, window_spectra
from vigie.signal.fisher import LEAST_P, fisher, maximum_p_value
from vigie.signal.fk_params import FkParams
from vigie.signal.glr import GlrParams, find_waves
from vigie.signal.glr.several import Record, without_waves
from vigie.signal.whitening import whitened

RATE_HZ = 20.0
OFFSETS_KM = np.array([[0.0, 0.0], [0.5, 0.1], [-0.3, 0.45], [0.1, -0.6], [-0.5, -0.2]])
PARAMS = GlrParams(band_hz=(0.5, 2.0), window_s=10.0, step_s=10.0)


def coloured(n: int, rng: np.random.Generator, rows: int = 5) -> np.ndarray:
    """Return noise of f^-2 power."""
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    white = np.fft.rfft(rng.normal(size=(rows, n)))
    return np.asarray(np.fft.irfft(white / np.maximum(freq, 0.02), n))


def wave(
    n: int,
    azimuth_deg: float,
    velocity_km_s: float,
    rng: np.random.Generator,
    offsets_km: np.ndarray = OFFSETS_KM,
) -> np.ndarray:
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    turn = np.radians(azimuth_deg)
    slowness = -np.array([np.sin(turn), np.cos(turn)]) / velocity_km_s
    source = np.fft.rfft(rng.normal(size=n)) / np.maximum(freq, 0.02)
    return np.asarray(
        np.fft.irfft(source * np.exp(-2j * np.pi * freq * (offsets_km @ slowness)[:, None]), n)
    )


def test_chance_of_the_maximum_is_what_noise_does() -> None:
    rng = np.random.default_rng(4)
    found = [
        find_waves(coloured(200_000, rng), RATE_HZ, OFFSETS_KM, PARAMS)[0].p_value for _ in range(4)
    ]
    p_value = np.concatenate(found)
    # The windows at the ends of a record are tapered and left out.
    assert len(p_value) == 3992
    for level in (0.3, 0.1, 0.03):
        share = float(np.mean(p_value < level))
        # Three standard errors of the count, and a tenth of the law itself.
        slack = 3.0 * (level / len(p_value)) ** 0.5 + 0.1 * level
        assert share == pytest.approx(level, abs=slack)


@given(st.floats(0.01, 0.99), st.integers(3, 16), st.floats(2.0, 100.0))
def test_chance_falls_with_coherence_and_lies_above_that_of_one_slowness(
    relative: float, n: int, bins: float
) -> None:
    geometry = (np.random.default_rng(n).normal(size=(n, 2)), np.array([1.0]))
    here, more = (
        float(maximum_p_value(c, n, bins, geometry, 4.0))
        for c in (relative, min(relative + 0.01, 0.999))
    )
    assert LEAST_P <= more <= here * (1.0 + 1e-12)
    assert here <= 1.0
    _, p_one = fisher(np.array([relative]), np.array([n]), bins)
    assert here >= min(float(p_one[0]), 1.0) * (1.0 - 1e-6) or here == LEAST_P


def test_one_wave_is_found_and_nothing_behind_it() -> None:
    rng = np.random.default_rng(7)
    n = 20_000
    samples = coloured(n, rng) + 2.0 * wave(n, 140.0, 0.34, rng)
    first, *others = find_waves(samples, RATE_HZ, OFFSETS_KM, PARAMS)
    assert np.quantile(first.p_value, 0.9) < 1e-6
    off = (first.azimuth_deg - 140.0 + 180.0) % 360.0 - 180.0
    assert np.abs(np.median(off)) < 0.5
    assert np.median(first.velocity_km_s) == pytest.approx(0.34, rel=0.01)
    assert np.mean(others[0].p_value < 0.01) < 0.05


def test_two_overlapping_waves_are_both_found() -> None:
    rng = np.random.default_rng(9)
    n = 20_000
    samples = coloured(n, rng) + 3.0 * wave(n, 140.0, 0.34, rng)
    samples += 2.0 * wave(n, 260.0, 0.36, rng)
    first, second, *_ = find_waves(samples, RATE_HZ, OFFSETS_KM, PARAMS)
    assert np.median(first.azimuth_deg) == pytest.approx(140.0, abs=2.0)
    assert len(second.window) > 0.9 * len(first.window)
    sure = second.p_value < 1e-3
    assert sure.mean() > 0.6
    assert np.median(second.azimuth_deg[sure]) == pytest.approx(260.0, abs=3.0)


@pytest.mark.parametrize("exponent", [1.0, 2.5])
def test_steep_noise_is_no_wave_and_a_loud_pulse_does_not_ring(exponent: float) -> None:
    rng = np.random.default_rng(12)
    n = 60_000
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    spectrum = np.fft.rfft(rng.normal(size=(5, n))) / np.maximum(freq, 0.05) ** exponent
    # A hundred times the power of the noise in a window, at 1 Hz.
    pulse = np.exp(-(((np.arange(n) / RATE_HZ - 1505.0) / 0.1) ** 2))
    loud = np.fft.rfft(pulse)
    loud *= 10.0 * (200.0) ** 0.5 / np.abs(loud[round(1.0 / freq[1])])
    turn = OFFSETS_KM @ np.array([-2.9, 0.0])
    samples = np.fft.irfft(spectrum + loud * np.exp(-2j * np.pi * freq * turn[:, None]), n)
    (found,) = find_waves(
        samples, RATE_HZ, OFFSETS_KM,
        GlrParams(band_hz=(1.0, 5.0), window_s=10.0, step_s=10.0, max_waves=1),
    )  # fmt: skip
    of_pulse = np.abs(found.start_s + 5.0 - 1500.0) < 12.0
    assert found.p_value[of_pulse].min() < 1e-50
    noise = found.p_value[~of_pulse]
    assert np.mean(noise < 0.1) == pytest.approx(0.1, abs=0.06)
    assert noise.min() > 1e-5


def wide() -> np.ndarray:
    """Return 16 elements that sound crosses in almost half a window."""
    turn = 2.399963 * np.arange(16)
    reach = 0.75 * (np.arange(1, 17) / 16.0) ** 0.5
    return np.asarray(np.stack([reach * np.sin(turn), reach * np.cos(turn)], axis=1))


def test_a_strong_wave_leaves_nothing_behind_on_a_wide_array_nor_at_the_ends() -> None:
    rng = np.random.default_rng(20120409)
    n = 80_000
    offsets_km = wide()
    samples = coloured(n, rng, 16) + 3.0 * wave(n, 60.0, 0.345, rng, offsets_km)
    samples[:, 40_000:40_004] = np.nan
    params = GlrParams(band_hz=(1.0, 5.0), window_s=10.0, step_s=10.0, max_waves=2)
    first, second = find_waves(samples, RATE_HZ, offsets_km, params)
    assert len(first.window) == 397
    # Windows beside the gap would move into it.
    assert 390 < len(second.window) < len(first.window)
    assert np.mean(second.p_value < 0.03) < 0.06
    assert second.p_value.min() > 1e-5
    # Errors of direction are those of the noise, not of what enters and leaves the window.
    off = np.abs(first.azimuth_deg[second.window[second.window < 200]] - 60.0)
    assert np.median(off) < 0.03


def test_windows_with_a_gap_are_left_out_and_two_elements_refused() -> None:
    rng = np.random.default_rng(1)
    samples = coloured(4000, rng)
    samples[2, 1000:1010] = np.nan
    (found,) = find_waves(samples, RATE_HZ, OFFSETS_KM, GlrParams(step_s=10.0, max_waves=1))
    assert found.window.tolist() == [*range(1, 5), *range(6, 19)]
    with pytest.raises(ArrayGeometryError):
        find_waves(samples[:2], RATE_HZ, OFFSETS_KM[:2], PARAMS)


def test_noise_is_white_after_whitening_and_gaps_stay() -> None:
    rng = np.random.default_rng(3)
    samples = coloured(100_000, rng, rows=1)
    samples[0, 500:600] = np.nan
    white = whitened(samples, RATE_HZ)[0]
    assert np.isnan(white[500:600]).all()
    whole = white[1000:-200]
    assert np.isnan(white[:100]).all()
    assert np.isfinite(white[100:500]).all()
    power = np.abs(np.fft.rfft(whole)) ** 2
    bands = np.array_split(power[200:-200], 12)
    levels = np.array([band.mean() for band in bands])
    assert levels.max() / levels.min() < 1.15
    assert float(np.var(whole)) == pytest.approx(1.0, rel=0.1)


def nine() -> np.ndarray:
    """Return nine elements of 3 km, which sound crosses in nearly a window."""
    turn = np.arange(8) / 8.0 * 2.0 * np.pi + 0.3
    reach = 1.5 * np.where(np.arange(8) % 2 == 0, 1.0, 0.6)
    ring = np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1)
    return np.concatenate([np.zeros((1, 2)), ring])


def test_two_strong_waves_leave_no_third_on_an_array_as_wide_as_a_window() -> None:
    rng = np.random.default_rng(31)
    n = 60_000
    offsets_km = nine()
    samples = coloured(n, rng, 9) + 4.0 * wave(n, 70.0, 0.35, rng, offsets_km)
    samples += 3.0 * wave(n, 200.0, 0.34, rng, offsets_km)
    samples[:, 30_000:30_004] = np.nan
    params = GlrParams(band_hz=(0.5, 3.0), window_s=10.0, step_s=10.0)
    first, second, third = find_waves(samples, RATE_HZ, offsets_km, params)
    assert len(third.window) > 0.8 * len(first.window)
    assert np.mean(third.p_value < 0.03) < 0.06
    assert third.p_value.min() > 1e-5
    # Both directions are those of the noise then, whichever is the stronger.
    at = np.isin(first.window, third.window)
    found = np.sort(
        [first.azimuth_deg[at], second.azimuth_deg[np.isin(second.window, third.window)]], axis=0
    )
    assert np.median(np.abs(found - np.array([[70.0], [200.0]]))) < 0.05


@settings(max_examples=25)
@given(st.integers(0, 2**31 - 1), st.integers(2, 3), st.integers(6, 9))
def test_waves_without_noise_are_taken_out_whole(seed: int, waves: int, elements: int) -> None:
    rng = np.random.default_rng(seed)
    n, offsets_km = 2400, nine()[:elements] - nine()[:elements].mean(axis=0)
    azimuths = rng.uniform(0.0, 360.0) + np.arange(waves) * 360.0 / waves
    white = np.zeros((elements, n))
    for azimuth in azimuths:
        white += wave(n, float(azimuth), 0.34, rng, offsets_km)
    white = whitened(white, RATE_HZ)
    white[~np.isfinite(white)] = 0.0
    fk = FkParams(band_hz=(0.5, 3.0), window_s=10.0, step_s=10.0, taper_fraction=0.0)
    starts = np.array([900, 1100])
    spectra = window_spectra(white, RATE_HZ, fk, starts)
    turn = np.radians(azimuths)
    true = -np.stack([np.sin(turn), np.cos(turn)], axis=1) / 0.34
    record = Record(white, RATE_HZ, offsets_km, fk)
    near = np.tile(true, (2, 1, 1)) + rng.normal(0.0, 0.005, (2, waves, 2))
    rest, better, whole = without_waves(record, near, spectra, starts)
    assert whole.all()
    assert np.abs(better - true).max() < 0.03
    left = np.sum(np.abs(rest.values) ** 2) / np.sum(np.abs(spectra.values) ** 2)
    assert left < 0.02
    # Windows at the end cannot be widened.
    _, _, whole = without_waves(record, near[:1], _first(spectra), np.array([0]))
    assert not whole.any()


def _first(spectra: Spectra) -> Spectra:
    return replace(spectra, values=spectra.values[:1], present=spectra.present[:1])
