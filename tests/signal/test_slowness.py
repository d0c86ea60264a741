"""Slowness with errors: the stated sigmas are the errors that simulations make."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.array_errors import LAWS, Case, geometry, pulls, rms
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ArrayGeometryError, ParameterError
from vigie.signal.array_spectra import Spectra, window_spectra
from vigie.signal.fk_params import FkParams
from vigie.signal.slowness import SlownessParams, estimate_slowness
from vigie.signal.slowness_errors import as_narrow

RATE_HZ = 20.0


def spectra_of(
    offsets: np.ndarray, slowness: np.ndarray, *, noise: float, seed: int = 1, late_s: float = 0.0
) -> Spectra:
    """Return one 8-s window of a wave train; ``late_s`` delays the last element."""
    rng = np.random.default_rng(seed)
    count = 400
    freq = np.fft.rfftfreq(count, 1 / RATE_HZ)
    time = np.arange(count) / RATE_HZ
    source = rng.normal(size=count) * np.exp(-(((time - 10.0) / 2.0) ** 2))
    wave = np.fft.rfft(source) * ((freq > 0.8) & (freq < 4.5))
    delays = offsets @ slowness
    delays[-1] += late_s
    samples = np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delays[:, None]), count, axis=1)
    samples = samples / samples.std() + noise * rng.normal(size=samples.shape)
    params = FkParams(band_hz=(1.0, 4.0), window_s=8.0, taper_fraction=0.2, pad_factor=2.0)
    return window_spectra(samples, RATE_HZ, params, np.array([120]))


@pytest.mark.slow
@pytest.mark.parametrize("law", ["noise", "timing"])
def test_pulls_have_unit_width(law: str) -> None:
    cases = [
        Case(law, n, aperture, snr)
        for n in (4, 9)
        for aperture in (0.5, 2.0, 8.0, 20.0)
        for snr in (2.0, 10.0, 30.0)
    ]
    found = pulls(cases, trials=8, seed=11)
    # 192 pulls: their rms has a standard error of 0.05, a little more in the tails.
    assert abs(rms(found[..., 0]) - 1.0) < 0.15
    assert abs(rms(found[..., 1]) - 1.0) < 0.15


def test_the_sigma_reflects_the_aperture() -> None:
    rng = np.random.default_rng(2)
    slowness = np.array([-0.05, -0.05])
    sigmas = []
    for aperture in (0.5, 1.0, 2.0, 4.0, 8.0):
        offsets = geometry(rng, 9, aperture)
        estimate = estimate_slowness(
            spectra_of(offsets, slowness, noise=0.05),
            offsets,
            SlownessParams(model_sigma_s_per_deg=0.0),
        )
        sigmas.append(estimate.slowness_s_per_deg_sigma)
    assert sigmas == sorted(sigmas, reverse=True)
    # Where timing errors rule, sigma goes with 1/aperture.
    assert 2.5 < sigmas[1] / sigmas[3] < 6.5


def test_the_model_term_is_added_in_quadrature() -> None:
    offsets = geometry(np.random.default_rng(3), 9, 20.0)
    spectra = spectra_of(offsets, np.array([-0.05, -0.05]), noise=0.05)
    plain = estimate_slowness(spectra, offsets, SlownessParams(model_sigma_s_per_deg=0.0))
    full = estimate_slowness(spectra, offsets, SlownessParams(model_sigma_s_per_deg=2.5))
    expected = np.hypot(plain.slowness_s_per_deg_sigma, 2.5)
    assert full.slowness_s_per_deg_sigma == pytest.approx(expected, rel=0.15)


def test_a_clock_error_widens_the_sigma() -> None:
    offsets = geometry(np.random.default_rng(4), 6, 2.0)
    params = SlownessParams(model_sigma_s_per_deg=0.0)
    slowness = np.array([-0.05, -0.05])
    good = estimate_slowness(spectra_of(offsets, slowness, noise=0.05), offsets, params)
    bad = estimate_slowness(spectra_of(offsets, slowness, noise=0.05, late_s=0.12), offsets, params)
    assert bad.timing_sigma_s > 1.5 * good.timing_sigma_s
    assert bad.slowness_s_per_deg_sigma > good.slowness_s_per_deg_sigma


@pytest.mark.slow
def test_noise_gives_a_large_p_value_and_no_azimuth() -> None:
    rng = np.random.default_rng(5)
    offsets = geometry(rng, 6, 3.0)
    values, sigmas = [], []
    for _ in range(40):
        samples = rng.normal(size=(6, 400))
        params = FkParams(band_hz=(1.0, 4.0), window_s=6.0, taper_fraction=0.2)
        spectra = window_spectra(samples, RATE_HZ, params, np.array([100]))
        estimate = estimate_slowness(spectra, offsets, SlownessParams())
        values.append(estimate.p_value)
        sigmas.append(estimate.azimuth_deg_sigma)
    assert np.mean(np.array(values) < 0.05) < 0.2
    assert np.median(sigmas) > 30.0


@settings(max_examples=15, deadline=None)
@given(st.floats(0.0, 360.0), st.floats(0.03, 0.3), st.integers(0, 50))
def test_a_clean_wave_is_found_within_its_errors(
    azimuth_deg: float, size: float, seed: int
) -> None:
    offsets = geometry(np.random.default_rng(seed), 9, 4.0)
    azimuth = np.radians(azimuth_deg)
    slowness = -size * np.array([np.sin(azimuth), np.cos(azimuth)])
    spectra = spectra_of(offsets, slowness, noise=0.02, seed=seed)
    estimate = estimate_slowness(spectra, offsets, LAWS["timing"])
    turn = abs((estimate.azimuth_deg - azimuth_deg + 180.0) % 360.0 - 180.0)
    assert turn < 4.0 * estimate.azimuth_deg_sigma
    assert 0.0 <= estimate.azimuth_deg < 360.0
    assert 0.0 < estimate.azimuth_deg_sigma <= 180.0
    assert 0.0 <= estimate.coherence <= 1.0


def test_side_lobes_within_the_noise_widen_the_sigma() -> None:
    # Three elements 15 km apart and a narrow band: other slownesses fit nearly as well.
    offsets = np.array([[0.0, 8.0], [7.0, -4.0], [-7.0, -4.0]])
    rng = np.random.default_rng(6)
    count = 400
    freq = np.fft.rfftfreq(count, 1 / RATE_HZ)
    wave = np.fft.rfft(rng.normal(size=count)) * ((freq > 1.8) & (freq < 2.2))
    delays = offsets @ np.array([-0.05, -0.05])
    samples = np.fft.irfft(wave * np.exp(-2j * np.pi * freq * delays[:, None]), count, axis=1)
    samples = samples / samples.std() + 0.3 * rng.normal(size=samples.shape)
    params = FkParams(band_hz=(1.8, 2.2), window_s=8.0, taper_fraction=0.2, pad_factor=2.0)
    spectra = window_spectra(samples, RATE_HZ, params, np.array([120]))
    estimate = estimate_slowness(spectra, offsets, SlownessParams(model_sigma_s_per_deg=0.0))
    assert estimate.lobes > 3
    assert estimate.slowness_s_per_deg_sigma > 3.0


def test_elements_in_line_are_refused() -> None:
    offsets = np.outer(np.arange(4.0), [1.0, 1.0])
    spectra = spectra_of(offsets, np.zeros(2), noise=0.1)
    with pytest.raises(ArrayGeometryError):
        estimate_slowness(spectra, offsets, SlownessParams())


def test_negative_errors_are_refused() -> None:
    with pytest.raises(ParameterError, match="values from 0"):
        SlownessParams(timing_sigma_s=-0.1)


def test_a_side_lobe_without_information_does_not_outweigh_the_main_one() -> None:
    levels = np.array([26.8, 22.3, 15.4])
    owns = as_narrow(np.array([6e5, 4e5, 1e-12]), levels)
    assert owns[0] == 6e5
    weights = np.exp(levels - levels.max()) / owns
    assert weights[2] < 1e-4 * weights[0]
    # What has more information than its height asks for keeps it; without any, none is made up.
    assert as_narrow(np.array([1.0, 5.0]), np.array([2.0, 1.0])).tolist() == [1.0, 5.0]
    assert as_narrow(np.array([1e-12, 1e-12]), np.array([0.0, 0.0])).tolist() == [1e-12, 1e-12]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([4, 6, 9]), st.floats(0.5, 10.0))
def test_what_noise_may_be_is_in_the_standard_errors(
    seed: int, elements: int, aperture_km: float
) -> None:
    rng = np.random.default_rng(seed)
    offsets = geometry(rng, elements, aperture_km)
    params = FkParams(band_hz=(1.0, 4.0), window_s=6.0, taper_fraction=0.2)
    samples = rng.normal(size=(elements, 400))
    spectra = window_spectra(samples, RATE_HZ, params, np.array([100]))
    found = estimate_slowness(spectra, offsets, SlownessParams())
    # With the chance that it is noise any direction is as likely: 104 deg.
    assert found.azimuth_deg_sigma > 0.98 * 103.9 * np.sqrt(found.p_value)


def test_an_error_as_large_as_before_the_measurement_tells_nothing() -> None:
    params = SlownessParams(max_s_per_km=0.36)
    assert params.tells_azimuth(99.0)
    assert not params.tells_azimuth(103.9)
    # Sizes even from 0 to 56.6 s/deg depart by 16.3 from the middle and by 28.5 from 8.
    assert params.tells_size(28.0, 15.0)
    assert not params.tells_size(28.0, 16.2)
    assert params.tells_size(8.0, 16.2)
