"""f-k: known waves, the laws of the F statistic, and the peer's maxima."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.fk import measure, scene
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ArrayGeometryError, ParameterError
from vigie.signal.array_spectra import window_spectra
from vigie.signal.fisher import fisher
from vigie.signal.fk import fk_analysis, power_map
from vigie.signal.fk_kernels import maxima, power_numpy, power_one
from vigie.signal.fk_params import FkParams, SlownessGrid

RATE_HZ = 20.0
OFFSETS = np.array(
    [[0.0, 0.0], [1.5, 0.3], [-0.7, 1.1], [-0.9, -1.4], [0.2, 2.0], [1.1, -1.2], [-2.0, 0.4]]
)


def record(slowness: np.ndarray, *, seed: int = 3, noise: float = 0.0) -> np.ndarray:
    """Return 60 s of a band-limited plane wave, with noise."""
    rng = np.random.default_rng(seed)
    count = 1200
    freq = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum = np.fft.rfft(rng.normal(size=count)) * ((freq > 0.5) & (freq < 5.0))
    delays = OFFSETS @ slowness
    wave = np.fft.irfft(spectrum * np.exp(-2j * np.pi * freq * delays[:, None]), count, axis=1)
    return np.asarray(wave / wave.std() + noise * rng.normal(size=wave.shape))


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.floats(-0.25, 0.25), st.floats(-0.25, 0.25), st.integers(0, 100))
def test_the_wave_is_found_wherever_it_comes_from(east: float, north: float, seed: int) -> None:
    slowness = np.array([east, north])
    result = fk_analysis(record(slowness, seed=seed), RATE_HZ, OFFSETS, FkParams(window_s=8.0))
    middle = len(result.start_s) // 2
    found = np.array([result.east_s_per_km[middle], result.north_s_per_km[middle]])
    # The window cuts different pieces of the wave at each element: an error of the order of
    # delay over window length, worst for slow waves.
    assert np.linalg.norm(found - slowness) < 0.02
    assert result.relative_power[middle] > 0.75


def test_azimuth_points_to_the_source() -> None:
    slowness = np.array([-0.08, 0.0])
    result = fk_analysis(record(slowness, noise=0.1), RATE_HZ, OFFSETS, FkParams())
    assert abs(float(np.median(result.azimuth_deg)) - 90.0) < 2.0
    assert abs(float(np.median(result.slowness_s_per_deg)) - 8.9) < 0.3


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 360.0))
def test_turning_the_array_turns_the_azimuth(angle_deg: float) -> None:
    angle = np.radians(angle_deg)
    # Clockwise from north: a point at azimuth a goes to a + angle.
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    samples = record(np.array([-0.05, 0.06]), noise=0.2)
    params = FkParams(refine_steps=6)
    plain = fk_analysis(samples, RATE_HZ, OFFSETS, params)
    turned = fk_analysis(samples, RATE_HZ, OFFSETS @ turn.T, params)
    change = (turned.azimuth_deg - plain.azimuth_deg - angle_deg + 180.0) % 360.0 - 180.0
    np.testing.assert_allclose(change, 0.0, atol=0.01)


def test_relative_power_is_bounded_and_does_not_depend_on_gain() -> None:
    samples = record(np.array([0.03, 0.03]), noise=2.0)
    one = fk_analysis(samples, RATE_HZ, OFFSETS, FkParams())
    other = fk_analysis(1e9 * samples, RATE_HZ, OFFSETS, FkParams())
    assert ((one.relative_power > 0.0) & (one.relative_power <= 1.0)).all()
    np.testing.assert_allclose(one.relative_power, other.relative_power, rtol=1e-6)


@pytest.mark.parametrize("method", ["bartlett", "capon"])
def test_an_element_of_odd_gain_does_not_outweigh_the_others(method: str) -> None:
    samples = record(np.array([-0.05, 0.06]), noise=0.5)
    params = FkParams(method=method, window_s=8.0)
    right = fk_analysis(samples, RATE_HZ, OFFSETS, params)
    samples[2] *= 80.0
    samples[4] /= 30.0
    odd = fk_analysis(samples, RATE_HZ, OFFSETS, params)
    apart = np.hypot(
        odd.east_s_per_km - right.east_s_per_km, odd.north_s_per_km - right.north_s_per_km
    )
    assert np.median(apart) < 0.01
    assert np.median(odd.f_statistic) == pytest.approx(np.median(right.f_statistic), rel=0.2)


def test_fast_and_plain_kernels_agree() -> None:
    samples, offsets = scene(30.0)
    params = FkParams()
    spectra = window_spectra(samples, RATE_HZ, params)
    axis = params.grid.axis_s_per_km
    plain = power_numpy(spectra.values, spectra.freq_hz, offsets, axis)
    node, top = maxima(spectra.values, spectra.freq_hz, offsets, axis)
    flat = plain.reshape(len(plain), -1)
    np.testing.assert_array_equal(node @ [len(axis), 1], flat.argmax(axis=1))
    np.testing.assert_allclose(top, flat.max(axis=1), rtol=1e-5)
    one = power_one(spectra.values[3], spectra.freq_hz, offsets, axis)
    np.testing.assert_allclose(one, plain[3], atol=1e-5 * plain[3].max())


def test_an_element_without_data_is_left_out_of_its_windows() -> None:
    samples = record(np.array([-0.05, 0.06]), noise=0.1)
    samples[1, 400:500] = np.nan
    result = fk_analysis(samples, RATE_HZ, OFFSETS, FkParams())
    assert result.elements.min() == 6
    assert result.elements.max() == 7
    assert (result.relative_power > 0.8).all()


def test_f_of_noise_follows_its_law() -> None:
    # At one fixed slowness the p-values of noise are uniform.
    rng = np.random.default_rng(8)
    samples = rng.normal(size=(7, 20 * 3000))
    params = FkParams(window_s=5.0, step_s=5.0, taper_fraction=0.2)
    spectra = window_spectra(samples, RATE_HZ, params)
    grid = SlownessGrid(max_s_per_km=0.1, nodes=3)
    at_zero = power_map(spectra, OFFSETS, grid)[:, 1, 1]
    _, p_value = fisher(at_zero, np.full(len(at_zero), 7), spectra.independent_bins)
    for level in (0.05, 0.2, 0.5, 0.8):
        expected = np.sqrt(level * (1 - level) / len(p_value))
        assert abs(np.mean(p_value < level) - level) < 4.0 * expected


def test_p_value_of_the_maximum_holds_on_noise() -> None:
    rng = np.random.default_rng(4)
    samples = rng.normal(size=(7, 20 * 3000))
    params = FkParams(window_s=5.0, step_s=5.0, taper_fraction=0.2)
    result = fk_analysis(samples, RATE_HZ, OFFSETS, params)
    share = float(np.mean(result.p_value < 0.05))
    assert 0.02 < share < 0.10


def test_capon_finds_the_wave() -> None:
    slowness = np.array([-0.05, 0.06])
    offsets = OFFSETS / 4.0
    count = 1200
    rng = np.random.default_rng(1)
    freq = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum = np.fft.rfft(rng.normal(size=count)) * ((freq > 0.5) & (freq < 5.0))
    wave = np.fft.irfft(
        spectrum * np.exp(-2j * np.pi * freq * (offsets @ slowness)[:, None]), count, axis=1
    )
    samples = wave / wave.std() + 0.2 * rng.normal(size=wave.shape)
    params = FkParams(method="capon", window_s=20.0, step_s=5.0)
    result = fk_analysis(samples, RATE_HZ, offsets, params)
    found = np.stack([result.east_s_per_km, result.north_s_per_km], axis=1)
    np.testing.assert_allclose(found, np.broadcast_to(slowness, found.shape), atol=0.02)


def test_a_maximum_on_the_rim_is_flagged() -> None:
    samples = record(np.array([0.12, 0.0]))
    params = FkParams(grid=SlownessGrid(max_s_per_km=0.1, nodes=21))
    assert fk_analysis(samples, RATE_HZ, OFFSETS, params).on_edge.mean() > 0.9


def test_elements_in_line_are_refused() -> None:
    offsets = np.outer(np.arange(5.0), [1.0, 2.0])
    with pytest.raises(ArrayGeometryError, match="5 elements, rank 1"):
        fk_analysis(np.zeros((5, 200)), RATE_HZ, offsets, FkParams())


def test_a_band_without_a_bin_is_refused() -> None:
    with pytest.raises(ParameterError, match="resolves a frequency"):
        window_spectra(np.zeros((3, 200)), RATE_HZ, FkParams(band_hz=(0.01, 0.02)))


@pytest.mark.slow
@pytest.mark.peer
def test_maxima_equal_those_of_obspy_and_come_much_faster() -> None:
    figures = measure(seconds=120.0, peer_seconds=20.0)
    assert figures["largest_difference_of_nodes_steps"] < 0.5  # type: ignore[operator]  # a number
    # The benchmark shows 60 and more; a busy test machine may lose half of it.
    assert figures["times_obspy"] > 30.0  # type: ignore[operator]  # a number
