"""Errors that hold each element being wrong, against waves with one time shifted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.infrasound.test_infrasound_chain import largest, recordings, station

from vigie.infrasound import process_array
from vigie.infrasound.each_left_out import misfit_of
from vigie.infrasound.shared_timing import SIGMA_S
from vigie.records.time import add_seconds
from vigie.signal.array_faults import FaultParams
from vigie.signal.array_pairs import PairCorrelation
from vigie.signal.plane_wave import fit_plane_wave

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
    found = misfit_of(pairs(FOUR, {element: sign * error_s}), PARAMS)
    assert found is not None
    assert np.min(np.linalg.norm(found.slownesses - WAVE, axis=1)) < 1e-9
    off = found.slownesses[0] - WAVE
    size = float(np.linalg.norm(off))
    held = float(np.sqrt(off @ found.covariance @ off))
    # Three quarters of the square, less the share of ordinary roughness: no less, whatever element.
    beyond = 1.0 - (PARAMS.timing_sigma_s / found.misfit_s) ** 2
    assert found.is_beyond
    assert held >= size**2 * np.sqrt(0.75 * beyond) - 1e-12


def test_a_small_misfit_is_that_of_all_elements_as_least_squares_have_it() -> None:
    known = pairs(SIX, {4: 0.04})
    found = misfit_of(known, PARAMS)
    assert found is not None
    assert 0.01 < found.misfit_s < PARAMS.timing_sigma_s
    assert not found.is_beyond
    wave = fit_plane_wave(SIX, SIX @ WAVE + np.array([0, 0, 0, 0, 0.04, 0]))
    ordinary = 1.0 - (SIGMA_S / found.misfit_s) ** 2
    assert found.covariance == pytest.approx(ordinary * wave.covariance, rel=1e-6)


@pytest.mark.parametrize("late_s", [0.15, 0.35, 0.5])
def test_an_azimuth_is_as_unsure_as_an_element_that_is_not_named(late_s: float) -> None:
    waves = recordings([(300.0, 75.0, 340.0)], n=4)
    late = replace(waves[2], start_ns=add_seconds(waves[2].start_ns, late_s))
    one = largest(process_array([*waves[:2], late, waves[3]], station(4)).detections)
    if one.azimuth_deg is not None and not one.excluded_elements:
        assert one.azimuth_deg_sigma is not None
        assert one.azimuth_deg_sigma > 1.5
        assert abs(one.azimuth_deg - 75.0) < 2.0 * one.azimuth_deg_sigma


@pytest.mark.parametrize("offsets", [FOUR, SIX])
def test_nothing_is_added_where_all_elements_are_right(offsets: np.ndarray) -> None:
    assert misfit_of(pairs(offsets, {}), PARAMS) is None
    assert misfit_of(pairs(offsets, {1: 0.01}), PARAMS) is None


def test_what_noise_explains_is_not_added() -> None:
    assert misfit_of(pairs(SIX, {1: 0.2}), PARAMS) is not None
    assert misfit_of(pairs(SIX, {1: 0.2}, noise_s=0.3), PARAMS) is None


def test_an_element_that_the_others_need_is_not_left_out() -> None:
    line = np.array([[-0.6, 0.0], [0.0, 0.0], [0.6, 0.0], [0.0, 0.7]])
    found = misfit_of(pairs(line, {1: 0.5}), PARAMS)
    assert found is not None
    assert len(found.slownesses) == 4
