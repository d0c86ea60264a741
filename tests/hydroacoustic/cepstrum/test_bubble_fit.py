"""Fits of bubble pulses to spectra that are made of exact pulses, and what is made of them."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vigie.hydroacoustic.cepstrum.comb import (
    Flattened,
    bubble_power,
    fit_pulses,
    flattened_for,
    short_periods,
)
from vigie.hydroacoustic.cepstrum.equalised import equalised
from vigie.hydroacoustic.cepstrum.evidence import FEATURES, bubble_model, rivals
from vigie.hydroacoustic.cepstrum.params import CepstrumParams
from vigie.hydroacoustic.cepstrum.polish import polished
from vigie.hydroacoustic.cepstrum.spectrum import Compressed

FloatArray = NDArray[np.float64]
RATE_HZ = 250.0
STEP_HZ = 0.06
SHARE = 0.9


def spectrum_of(
    pulse: tuple[float, float, float, float],
    ghost: tuple[float, float] = (0.0, 0.0),
    scatter: float = 0.0,
) -> Compressed:
    """Return the compressed spectrum of bubble pulses and a ghost under a smooth trend."""
    freq_hz = np.arange(3.0, 95.0, STEP_HZ)
    power = bubble_power(freq_hz, np.array([pulse]))[0].astype(np.float64)
    power *= np.abs(1.0 - ghost[1] * np.exp(-2j * np.pi * freq_hz * ghost[0])) ** 2
    power = SHARE * power / power.mean() + 1.0 - SHARE
    rng = np.random.default_rng(4)
    level = power**0.3 * (1.0 + scatter * rng.standard_normal(len(freq_hz)))
    level += 0.1 * np.cos(np.pi * freq_hz / 95.0)
    share = np.full(len(freq_hz), SHARE)
    first = round(3.0 / STEP_HZ)
    return Compressed(freq_hz, level - level.mean(), share, first, first + len(freq_hz) + 500)


def test_power_of_pulses_by_hand() -> None:
    # At 10 Hz a pulse of 0.1 s returns in phase, its second after 0.17 s at 1.7 turns.
    fall = np.exp(-2.0 * (np.pi * 10.0 * 0.01 * 0.1) ** 2)
    second = np.exp(-2j * np.pi * 1.7)
    expected = abs(1.0 + 0.5 * fall * (1.0 + 0.4 * second)) ** 2
    found = bubble_power(np.array([10.0]), np.array([[0.1, 0.7, 0.5, 0.4]]))
    assert float(found[0, 0]) == pytest.approx(expected, rel=1e-6)


def test_the_right_template_explains_all() -> None:
    pulse = (0.3, 0.72, 0.5, 0.4)
    flat = Flattened(spectrum_of(pulse), STEP_HZ, 5)
    right = flat.explained(bubble_power(flat.freq_hz, np.array([pulse])))
    wrong = flat.explained(bubble_power(flat.freq_hz, np.array([(0.37, *pulse[1:])])))
    assert float(right[0]) == pytest.approx(flat.squares, rel=0.01)
    assert float(wrong[0]) < 0.2 * flat.squares


@settings(max_examples=12, deadline=None)
@given(
    st.floats(0.03, 0.19),
    st.floats(0.66, 0.77),
    st.floats(0.3, 0.6),
    st.floats(0.005, 0.12),
    st.floats(0.5, 0.9),
)
def test_short_periods_are_found_beside_a_ghost(
    period_s: float, second: float, height: float, ghost_s: float, size: float
) -> None:
    spectrum = spectrum_of((period_s, second, height, 0.5), (ghost_s, size), 0.05)
    found = short_periods(spectrum, 4)
    # A ghost as late as the bubble, or half as late, takes its place.
    if min(abs(ghost_s - k * period_s) for k in (0.5, 1.0, 1.7)) > 0.008:
        assert min(abs(f / period_s - 1.0) for f in found) < 0.04
        fit = max((fit_pulses(spectrum, f) for f in found), key=lambda f: f.gain)
        assert fit.period_s == pytest.approx(period_s, rel=0.03)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.17, 0.9), st.floats(0.66, 0.77), st.floats(0.4, 0.7), st.floats(-0.008, 0.008))
def test_a_fit_near_a_period_finds_it(
    period_s: float, second: float, height: float, off: float
) -> None:
    spectrum = spectrum_of((period_s, second, height, 0.5), scatter=0.1)
    fit = fit_pulses(spectrum, period_s * (1.0 + off))
    assert fit.period_s == pytest.approx(period_s, rel=0.004)
    assert fit.gain > 0.05
    assert fit.gain >= fit.lone_gain - 1e-6
    assert 0.0 <= fit.explained <= 1.0
    at_s, sigma_s = polished(spectrum, fit)
    assert abs(at_s - period_s) < 4.0 * sigma_s


def test_a_smooth_spectrum_gains_little_from_pulses() -> None:
    spectrum = spectrum_of((0.3, 0.7, 0.0, 0.0), scatter=0.3)
    assert all(fit_pulses(spectrum, t).gain < 0.15 for t in (0.05, 0.1, 0.3, 0.9))


def test_bins_and_trend_follow_the_period() -> None:
    spectrum = spectrum_of((0.3, 0.7, 0.5, 0.4))
    coarse, fine = flattened_for(spectrum, 0.1), flattened_for(spectrum, 1.5)
    assert coarse.basis.shape[1] == 6
    assert fine.basis.shape[1] > 90
    assert len(fine.freq_hz) > 4 * len(coarse.freq_hz)
    # The trend is gone from what is fitted.
    assert float(np.abs(fine.basis.T @ fine.level).max()) < 1e-3


def test_equalised_sound_counts_throughout() -> None:
    rng = np.random.default_rng(8)
    count = 2500
    sound = rng.standard_normal(count)
    swelling = sound * np.exp(np.linspace(-4.0, 0.0, count))
    samples = np.stack([swelling + 1e-3 * rng.standard_normal(count) for _ in range(3)])
    psd = np.full((3, 501), 1e-6 * 2.0 / RATE_HZ)
    swells = np.searchsorted(np.cumsum(swelling**2), 0.05 * np.sum(swelling**2))
    found = equalised(samples, psd, RATE_HZ, CepstrumParams())
    assert (count - swells) / RATE_HZ < 4.5
    assert found.duration_s == pytest.approx(0.9 * count / RATE_HZ, rel=0.1)
    assert found.spectrum.width_hz > 80.0


def test_noise_alone_has_no_share_left() -> None:
    rng = np.random.default_rng(9)
    samples = rng.standard_normal((3, 2500))
    found = equalised(samples, np.full((3, 501), 2.0 / RATE_HZ), RATE_HZ, CepstrumParams())
    assert found.spectrum.width_hz < 60.0


def test_the_shipped_model_has_a_weight_for_each_feature() -> None:
    text = files("vigie.hydroacoustic").joinpath("bubble.json").read_text(encoding="utf-8")
    held = json.loads(text)
    assert tuple(held["features"]) == FEATURES
    model = bubble_model()
    assert len(model.weights) == len(FEATURES) + 1
    better = model.mean.copy()
    better[FEATURES.index("gain")] += model.scale[FEATURES.index("gain")]
    assert 0.0 < model.probability(model.mean) < model.probability(better) < 1.0


def test_cross_validation_in_the_model_has_few_false_bubbles() -> None:
    text = files("vigie.hydroacoustic").joinpath("bubble.json").read_text(encoding="utf-8")
    tables = json.loads(text)["cross_validation_by_least_probability"]
    silent = [t["0.8"] for name, t in tables.items() if "none" in name]
    assert sum(t["wrong"] for t in silent) <= 0.02 * sum(t["signals"] for t in silent)


def test_neither_the_same_period_nor_its_second_pulse_is_a_rival() -> None:
    base = fit_pulses(spectrum_of((0.3, 0.7, 0.5, 0.4)), 0.3)
    fits = [base._replace(period_s=p, gain=g) for p, g in ((0.3, 2.0), (0.302, 1.9), (0.51, 1.5))]
    assert rivals(fits, 0) == 0.0
    fits.append(base._replace(period_s=0.21, gain=0.7))
    assert rivals(fits, 0) == 0.7
