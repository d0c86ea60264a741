"""Levels of elements: robust, and weights that even out odd gains only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support_signals import noise

from vigie.signal.filters import BandPass, filter_causal
from vigie.signal.levels import AGREE, level, level_ratios, level_weights


def test_the_level_is_that_of_the_noise_whatever_signal_stands_in_it() -> None:
    samples = filter_causal(noise(np.random.default_rng(1), 12000, 40.0), 40.0, BandPass(1.0, 4.0))
    quiet = samples.std()
    samples[6000:7000] *= 1e4
    assert level([samples[:5000], samples[5000:]], 40.0) == pytest.approx(quiet, rel=0.15)
    white = np.random.default_rng(2).standard_normal(60 * 40)
    assert level([white], 40.0) == pytest.approx(1.0, rel=0.05)


def test_masked_samples_and_short_pieces_say_nothing() -> None:
    row = np.ones(400)
    row[80:200] = np.nan
    assert level([row], 40.0) == 1.0
    assert np.isnan(level([np.ones(3)], 40.0))
    assert np.isnan(level([], 40.0))


@given(st.lists(st.floats(1.01 / AGREE**0.5, 0.99 * AGREE**0.5), min_size=3, max_size=20))
def test_levels_that_agree_keep_their_weight(levels: list[float]) -> None:
    assert (level_weights(np.array(levels)) == 1.0).all()


@given(st.lists(st.floats(-6.0, 6.0), min_size=3, max_size=20), st.floats(1e-6, 1e6))
def test_no_element_outweighs_the_others(logs: list[float], unit: float) -> None:
    levels = 10.0 ** np.array(logs)
    weights = level_weights(levels)
    evened = levels * weights
    assert evened.max() <= AGREE**2 * evened.min() * (1.0 + 1e-9)
    assert level_weights(levels * unit) == pytest.approx(weights)


def test_dead_and_unknown_elements_are_left_alone() -> None:
    weights = level_weights(np.array([1.0, 0.0, np.nan, 1.2, 40.0]))
    assert weights[:4].tolist() == [1.0] * 4
    assert weights[4] == pytest.approx(0.03, rel=0.1)


def test_ratios_are_to_the_median_of_the_others() -> None:
    ratios = level_ratios(np.array([1.0, 2.0, 3.0, 100.0, 0.0]))
    assert ratios[3] == pytest.approx(50.0)
    assert np.isnan(ratios[4])
    assert np.isnan(level_ratios(np.array([1.0, 5.0]))).all()
