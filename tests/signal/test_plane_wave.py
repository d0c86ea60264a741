"""Laws that the plane-wave fit obeys for every array and every wave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.errors import ArrayGeometryError
from vigie.signal.plane_wave import closure_rms_s, element_times, fit_plane_wave

positions_km = arrays(
    np.float64, st.tuples(st.integers(4, 12), st.just(2)), elements=st.floats(-2.0, 2.0, width=32)
)
slownesses = arrays(np.float64, 2, elements=st.floats(-0.5, 0.5, width=32))
SQUARE = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0], [0.0, 0.3]])


def spread_ratio(offsets_km: np.ndarray) -> float:
    """Smallest over largest extent of the array; 0 when in line."""
    widths = np.linalg.svd(offsets_km - offsets_km.mean(axis=0), compute_uv=False)
    return float(widths[1] / widths[0]) if widths[0] > 0.1 else 0.0


@settings(deadline=None)
@given(positions_km, slownesses, st.floats(-1e6, 1e6))
def test_a_perfect_wave_is_recovered_whatever_the_clock(
    offsets_km: np.ndarray, slowness: np.ndarray, origin_s: float
) -> None:
    assume(spread_ratio(offsets_km) > 0.05)
    wave = fit_plane_wave(offsets_km, origin_s + offsets_km @ slowness)
    np.testing.assert_allclose(wave.slowness_s_per_km, slowness, atol=1e-6)
    assert 0.0 <= wave.azimuth_deg < 360.0
    assert wave.rms_s < 1e-8


def test_the_covariance_is_that_of_repeated_trials() -> None:
    rng = np.random.default_rng(6)
    sigma_s = 0.03
    slowness = np.array([0.05, -0.08])
    fits = [
        fit_plane_wave(SQUARE, SQUARE @ slowness + sigma_s * rng.normal(size=5), sigma_s=sigma_s)
        for _ in range(2000)
    ]
    found = np.array([f.slowness_s_per_km for f in fits])
    centred = SQUARE - SQUARE.mean(axis=0)
    stated = sigma_s**2 * np.linalg.inv(centred.T @ centred)
    np.testing.assert_allclose(np.cov(found.T), stated, rtol=0.12, atol=1.5e-5)
    # Without sigmas the residuals give the variance; on average it is the same.
    free = [
        fit_plane_wave(SQUARE, SQUARE @ slowness + sigma_s * rng.normal(size=5)).covariance
        for _ in range(2000)
    ]
    np.testing.assert_allclose(np.mean(free, axis=0), stated, rtol=0.12, atol=1.5e-5)


def test_three_elements_without_sigma_leave_the_covariance_unknown() -> None:
    wave = fit_plane_wave(SQUARE[:3], np.array([0.0, 0.1, 0.2]))
    assert wave.dof == 0
    assert np.isnan(wave.covariance).all()
    known = fit_plane_wave(SQUARE[:3], np.array([0.0, 0.1, 0.2]), sigma_s=0.01)
    assert np.isfinite(known.covariance).all()


def test_huber_bears_one_wrong_time() -> None:
    rng = np.random.default_rng(3)
    offsets = rng.uniform(-2.0, 2.0, (12, 2))
    times = offsets @ np.array([0.06, 0.02]) + 0.005 * rng.normal(size=12)
    times[4] += 1.0
    plain = fit_plane_wave(offsets, times).slowness_s_per_km
    robust = fit_plane_wave(offsets, times, robust=True).slowness_s_per_km
    assert np.linalg.norm(robust - [0.06, 0.02]) < 0.01 < np.linalg.norm(plain - [0.06, 0.02])


def test_missing_times_are_left_out() -> None:
    times = SQUARE @ np.array([0.1, 0.0])
    times[2] = np.nan
    wave = fit_plane_wave(SQUARE, times)
    np.testing.assert_allclose(wave.slowness_s_per_km, [0.1, 0.0], atol=1e-9)
    assert np.isnan(wave.residuals_s[2])


@settings(deadline=None)
@given(st.floats(0.1, 5.0), slownesses)
def test_elements_in_line_are_refused(step_km: float, slowness: np.ndarray) -> None:
    offsets_km = np.outer(np.arange(5.0), [step_km, 2.0 * step_km])
    with pytest.raises(ArrayGeometryError, match="5 elements, rank 1"):
        fit_plane_wave(offsets_km, offsets_km @ slowness)


@settings(deadline=None)
@given(arrays(np.float64, st.integers(3, 9), elements=st.floats(-5.0, 5.0)))
def test_delays_of_real_times_close_and_give_the_times_back(times: np.ndarray) -> None:
    delays = times[None, :] - times[:, None]
    assert closure_rms_s(delays) < 1e-9
    np.testing.assert_allclose(element_times(delays), times - times.mean(), atol=1e-9)


def test_one_wrong_delay_breaks_closure_by_a_known_amount() -> None:
    delays = np.zeros((4, 4))
    delays[0, 1], delays[1, 0] = 0.3, -0.3
    # Two of the four triplets hold the pair.
    assert closure_rms_s(delays) == pytest.approx(0.3 * np.sqrt(0.5))
