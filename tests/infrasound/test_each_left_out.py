"""Errors that hold each element being wrong, against waves with one time shifted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.infrasound.each_left_out import jackknife
from vigie.signal.array_faults import FaultParams
from vigie.signal.array_pairs import PairCorrelation

FOUR = np.array([[0.0, 0.0], [-0.2, 0.33], [0.39, -0.14], [-0.18, -0.25]])
SIX = np.vstack([FOUR, [[0.5, 0.4], [-0.6, 0.1]]])
WAVE = np.array([1.2, -2.6])
"""s/km: of 350 m/s."""
PARAMS = FaultParams(timing_sigma_s=0.03)


def pairs(offsets: np.ndarray, late: dict[int, float], noise_s: float = 0.0) -> PairCorrelation:
    n = len(offsets)
    times = offsets @ WAVE
    for element, error_s in late.items():
        times[element] += error_s
    delay = times[None, :] - times[:, None]
    full = np.ones((n, n))
    return PairCorrelation(
        correlation=full,
        opposite=0.0 * full,
        delay_s=delay,
        wide=full,
        wide_delay_s=delay,
        possible_s=5.0 * full,
        offsets_km=offsets,
        noise_s=noise_s,
    )


@given(st.integers(0, 3), st.floats(0.5, 1.5), st.sampled_from([-1.0, 1.0]))
def test_of_four_elements_the_true_wave_is_among_those_without_one(
    element: int, error_s: float, sign: float
) -> None:
    found = jackknife(pairs(FOUR, {element: sign * error_s}), PARAMS)
    if found is None:
        # The first element stands near the middle of the others: little of an error is missed.
        return
    assert np.min(np.linalg.norm(found.slownesses - WAVE, axis=1)) < 1e-9
    off = found.slownesses[0] - WAVE
    size = float(np.linalg.norm(off))
    if size < 1e-6:
        return
    along = off / size
    # 1.2 standard errors at most, the share of ordinary roughness taken off.
    assert size < 1.3 * float(np.sqrt(along @ found.covariance @ along)) + 0.3


@pytest.mark.parametrize("offsets", [FOUR, SIX])
def test_nothing_is_added_where_all_elements_are_right(offsets: np.ndarray) -> None:
    assert jackknife(pairs(offsets, {}), PARAMS) is None
    assert jackknife(pairs(offsets, {1: 0.01}), PARAMS) is None


def test_what_noise_explains_is_not_added() -> None:
    assert jackknife(pairs(SIX, {1: 0.2}), PARAMS) is not None
    assert jackknife(pairs(SIX, {1: 0.2}, noise_s=0.3), PARAMS) is None


def test_an_element_that_the_others_need_is_not_left_out() -> None:
    line = np.array([[-0.6, 0.0], [0.0, 0.0], [0.6, 0.0], [0.0, 0.7]])
    found = jackknife(pairs(line, {1: 0.5}), PARAMS)
    assert found is not None
    assert len(found.slownesses) == 4
