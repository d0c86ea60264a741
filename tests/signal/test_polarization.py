"""Polarization of analytic signals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.geodesy import KM_PER_DEG
from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.polarization import (
    PolarizationParams,
    azimuth_error_deg,
    polarize,
    rotate_horizontals,
)

RATE_HZ = 40.0


def p_wave(azimuth_deg: float, incidence_deg: float, *, noise: float = 0.0) -> np.ndarray:
    """Return Z, N, E of a P wave from an azimuth: 5.5 s with an onset after 1.5 s."""
    rng = np.random.default_rng(1)
    time = np.arange(round(5.5 * RATE_HZ)) / RATE_HZ - 1.5
    wave = np.where(time > 0.0, np.sin(2 * np.pi * 1.7 * time) * np.exp(-time), 0.0)
    away = np.radians(azimuth_deg + 180.0)
    incidence = np.radians(incidence_deg)
    direction = np.array(
        [np.cos(incidence), np.sin(incidence) * np.cos(away), np.sin(incidence) * np.sin(away)]
    )
    return np.outer(direction, wave) + noise * rng.normal(size=(3, len(time)))


@settings(deadline=None)
@given(st.floats(0.0, 360.0), st.floats(2.0, 80.0), st.sampled_from([-1.0, 1.0]))
def test_a_linear_p_wave_is_measured_exactly(
    azimuth_deg: float, incidence_deg: float, first_motion: float
) -> None:
    found = polarize(first_motion * p_wave(azimuth_deg, incidence_deg), RATE_HZ)
    assert found is not None
    assert found.rectilinearity == pytest.approx(1.0, abs=1e-9)
    assert found.incidence_deg == pytest.approx(incidence_deg, abs=1e-6)
    assert abs((found.azimuth_deg - azimuth_deg + 180.0) % 360.0 - 180.0) < 1e-6
    expected = 0.30 * np.sin(np.radians(incidence_deg) / 2.0) * KM_PER_DEG
    assert found.slowness_s_per_deg == pytest.approx(expected)
    # delslo of a perfectly rectilinear signal is ds = 0.03 s/km.
    floor, share = 0.03 * KM_PER_DEG, 0.6 * expected
    assert found.slowness_s_per_deg_sigma == pytest.approx(np.hypot(floor, share), rel=1e-6)


def test_circular_motion_is_not_rectilinear() -> None:
    time = np.arange(220) / RATE_HZ
    angle = 2 * np.pi * 2.0 * time
    found = polarize(np.stack([np.cos(angle), np.sin(angle), np.zeros(220)]), RATE_HZ)
    assert found is not None
    # l1 = l2, l3 = 0: r = 1 - 1/2; the plane is perfect.
    assert found.rectilinearity == pytest.approx(0.5, abs=0.02)
    assert found.planarity == pytest.approx(1.0, abs=1e-9)


def test_noise_of_equal_size_has_low_rectilinearity() -> None:
    found = polarize(np.random.default_rng(3).normal(size=(3, 4000)), RATE_HZ)
    assert found is not None
    assert found.rectilinearity < 0.75


def test_the_most_rectilinear_window_is_taken() -> None:
    samples = p_wave(120.0, 30.0, noise=0.01)
    samples[:, 150:] = np.random.default_rng(2).normal(size=(3, samples.shape[1] - 150))
    found = polarize(samples, RATE_HZ)
    assert found is not None
    assert 0.0 < found.start_s < 2.1
    assert abs(found.azimuth_deg - 120.0) < 3.0


@pytest.mark.parametrize(
    ("error", "slowness", "expected"),
    [(0.03, 0.06, 28.955), (0.03, 0.015, 180.0), (0.05, 0.0, 180.0), (0.03, 0.1, 17.254)],
)
def test_azimuth_error_follows_the_rule(error: float, slowness: float, expected: float) -> None:
    # 2 asin(delslo/(2p)), by hand.
    assert azimuth_error_deg(error, slowness) == pytest.approx(expected, abs=1e-3)


@settings(deadline=None)
@given(st.floats(0.0, 360.0), st.floats(0.0, 360.0))
def test_any_two_horizontals_give_north_and_east(first_deg: float, second_deg: float) -> None:
    turn = np.radians(second_deg - first_deg)
    assume(abs(np.sin(turn)) > 0.2)
    rng = np.random.default_rng(4)
    north, east = rng.normal(size=(2, 50))
    a, b = np.radians([first_deg, second_deg])
    found = rotate_horizontals(
        north * np.cos(a) + east * np.sin(a),
        north * np.cos(b) + east * np.sin(b),
        first_deg,
        second_deg,
    )
    np.testing.assert_allclose(found, [north, east], atol=1e-9)


def test_horizontals_in_line_are_refused() -> None:
    with pytest.raises(ParameterError, match="not in line"):
        rotate_horizontals(np.zeros(3), np.zeros(3), 10.0, 190.0)


def test_nothing_comes_of_no_motion_or_missing_samples() -> None:
    assert polarize(np.zeros((3, 200)), RATE_HZ) is None
    samples = p_wave(10.0, 20.0)
    samples[1, 30] = np.nan
    assert polarize(samples, RATE_HZ, PolarizationParams()) is None


@pytest.mark.parametrize("snr", [2.0, 8.0, 32.0])
def test_rectilinearity_scatters_as_its_error_says(snr: float) -> None:
    rng = np.random.default_rng(round(snr))
    rate_hz, n = 40.0, 1200
    time_s = np.arange(n) / rate_hz - 20.0
    wave = np.clip(time_s, 0.0, None) * np.exp(-time_s / 0.7) * np.sin(4.0 * np.pi * time_s)
    band = BandPass(1.0, 3.0, 3)
    signal = filter_causal(np.where(time_s > 0.0, wave, 0.0), rate_hz, band)
    signal /= np.sqrt(np.mean(signal[800:920] ** 2))
    cut = slice(740, 960)
    values, errors = [], []
    for _ in range(150):
        incidence, azimuth = np.radians([rng.uniform(20.0, 60.0), rng.uniform(0.0, 360.0)])
        direction = [
            np.cos(incidence),
            np.sin(incidence) * np.cos(azimuth),
            np.sin(incidence) * np.sin(azimuth),
        ]
        noise = np.array([filter_causal(rng.normal(size=n), rate_hz, band) for _ in range(3)])
        noise /= noise.std()
        found = polarize((noise + snr * np.outer(direction, signal))[:, cut], rate_hz)
        assert found is not None
        values.append(found.rectilinearity)
        errors.append(found.rectilinearity_sigma)
    assert 0.6 < np.std(values) / np.mean(errors) < 1.4
