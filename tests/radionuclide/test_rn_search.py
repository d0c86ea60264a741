"""Continuum, matched filter, thresholds and limits against plain twins and known laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from vigie.radionuclide.peaks.continuum import local_quadratics, snip
from vigie.radionuclide.peaks.limits import (
    chance_of,
    normal_critical_level,
    poisson_critical_level,
)
from vigie.radionuclide.peaks.search import SLOPE_RMS, maxima, significance, threshold


def test_snip_is_its_plain_twin_and_keeps_a_straight_line() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(200.0, 300).astype(float)
    fwhm = np.linspace(3.0, 6.0, 300)
    smooth = np.convolve(np.pad(counts, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
    packed = np.log(np.log(np.sqrt(smooth + 1.0) + 1.0) + 1.0)
    reach = np.rint(1.5 * fwhm).astype(int)
    for distance in range(reach.max(), 0, -1):
        before = packed.copy()
        for i in range(distance, 300 - distance):
            if distance <= reach[i]:
                packed[i] = min(before[i], 0.5 * (before[i - distance] + before[i + distance]))
    want = (np.exp(np.exp(packed) - 1.0) - 1.0) ** 2 - 1.0
    assert snip(counts, fwhm) == pytest.approx(want, rel=1e-9)
    line = np.linspace(5000.0, 4000.0, 300)
    assert snip(line, fwhm)[20:-20] == pytest.approx(line[20:-20], rel=0.002)


def test_snip_goes_under_a_peak() -> None:
    at = np.arange(400.0)
    counts = 100.0 + 5000.0 * np.exp(-0.5 * ((at - 200.0) / 2.0) ** 2)
    assert snip(counts, np.full(400, 4.7))[190:211] == pytest.approx(100.0, rel=0.2)


def test_local_quadratics_are_exact_on_a_parabola() -> None:
    at = np.arange(600.0)
    fwhm = np.full(600, 5.0)
    net = 900.0 + 0.5 * at - 2e-3 * (at - 300.0) ** 2
    found = local_quadratics(net, net, fwhm, 0)
    assert found.level[50:550] == pytest.approx(net[50:550], rel=1e-3)
    bend, scatter = found.bend(300.0)
    assert bend == pytest.approx(-4e-3 * 25.0 / net[300], rel=0.1)
    assert scatter < 1e-3
    assert len(found.over(700).level) == 700


def test_error_of_the_level_is_that_of_counting() -> None:
    rng = np.random.default_rng(4)
    fwhm = np.full(500, 4.0)
    levels = [
        local_quadratics(rng.poisson(400.0, 500).astype(float), np.full(500, 400.0), fwhm, 0)
        for _ in range(80)
    ]
    scatter = np.std([one.level[250] for one in levels])
    assert scatter == pytest.approx(levels[0].sigma[250], rel=0.3)


def test_filter_is_its_plain_twin() -> None:
    rng = np.random.default_rng(6)
    net, variance = rng.normal(0.0, 10.0, 200), rng.uniform(50.0, 150.0, 200)
    sigma = np.linspace(1.2, 2.5, 200)
    z = significance(net, variance, sigma)
    for c in (3, 90, 197):
        reach = int(4.0 * sigma[c] + 0.5)
        at = np.arange(max(c - reach, 0), min(c + reach + 1, 200))
        k = np.exp(-0.5 * ((at - c) / sigma[c]) ** 2)
        k -= k.mean()
        assert z[c] == pytest.approx(np.sum(k * net[at]) / np.sqrt(np.sum(k * k * variance[at])))


@given(st.floats(-5.0, 5.0), st.floats(10.0, 1e4))
def test_filter_sees_no_flat_or_tilted_continuum(tilt: float, level: float) -> None:
    net = level + tilt * np.arange(300.0)
    z = significance(net, np.full(300, level), np.full(300, 2.0))
    assert np.abs(z[20:-20]).max() < 1e-6 * level


def test_slope_of_filtered_noise() -> None:
    """The mean square slope of noise behind a filter k is the integral of k'^2 over that of k^2."""
    u = np.linspace(-4.0, 4.0, 80_001)
    k = np.exp(-0.5 * u * u)
    k -= k.mean()
    slope = np.sqrt(np.sum(np.gradient(k, u)[1:-1] ** 2) / np.sum(k * k))
    assert pytest.approx(slope, abs=0.005) == SLOPE_RMS


def test_false_peaks_of_pure_noise_are_as_many_as_asked_for() -> None:
    rng = np.random.default_rng(8)
    sigma = np.full(8192, 2.0)
    for wanted in (3.0, 1.0):
        least = threshold(wanted, sigma)
        found = []
        for _ in range(60):
            counts = rng.poisson(300.0, 8192).astype(float)
            z = significance(counts - 300.0, np.full(8192, 300.0), sigma)
            z[:10] = z[-10:] = 0.0
            found.append(len(maxima(z, least, np.full(8192, 2.0))))
        assert np.mean(found) == pytest.approx(wanted, rel=0.4)


def test_threshold_of_a_usual_spectrum() -> None:
    """Sheet: 2700 keV at a FWHM of 1.5 keV give 0.4 to 1.2 false peaks at 3.5 sigma."""
    sigma = np.full(7400, 1.5 / 2.3548 / 0.365)
    assert 3.4 < threshold(1.0, sigma) < 3.9
    assert threshold(0.1, sigma) > threshold(1.0, sigma)


def test_maxima_keep_the_higher_of_two_neighbours() -> None:
    z = np.array([0.0, 5.0, 0.0, 6.0, 0.0, 0.0, 0.0, 4.0, 0.0, 1.0, 0.0])
    assert list(maxima(z, 3.0, np.full(11, 3.0))) == [3, 7]


def test_currie_limit_of_paired_measurements() -> None:
    """Currie 1968, table II: L_C = 2.33 sqrt(B) when blank and sample are measured alike."""
    b = np.array([10.0, 100.0, 2500.0])
    assert normal_critical_level(b, b) == pytest.approx(2.326 * np.sqrt(b), rel=1e-3)


@given(st.floats(0.05, 40.0), st.integers(1, 60))
def test_chance_of_counts_is_poissons(mean: float, n: int) -> None:
    assert chance_of(n, mean) == pytest.approx(poisson.sf(n - 1, mean), rel=1e-7, abs=1e-14)


@given(st.floats(0.2, 40.0), st.floats(0.05, 2.0), st.integers(1, 60))
def test_chance_with_an_uncertain_mean_is_negative_binomial(
    mean: float, relative: float, n: int
) -> None:
    variance = relative * mean
    shape, p = mean * mean / variance, mean / (mean + variance)
    want = nbinom.sf(n - 1, shape, p)
    assert chance_of(n, mean, variance) == pytest.approx(want, rel=1e-6, abs=1e-12)


@given(st.floats(0.0, 45.0))
def test_poisson_limit_keeps_its_rate(mean: float) -> None:
    counts = poisson_critical_level(mean) + mean
    over = int(np.floor(counts)) + 1
    assert poisson.sf(over - 1, max(mean, 1e-9)) <= 0.0501
    assert poisson.sf(int(np.ceil(counts)) - 2, max(mean, 1e-9)) >= 0.0499


def test_poisson_limit_meets_the_normal_one_where_counts_are_many() -> None:
    assert poisson_critical_level(2000.0) == pytest.approx(1.645 * np.sqrt(2000.0), rel=0.03)
