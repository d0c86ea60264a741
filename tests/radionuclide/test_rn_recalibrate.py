"""Energies adjusted on lines of the sample, and the cases in which they must not be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.radionuclide.peaks.energy import EnergyCurve
from vigie.radionuclide.peaks.energy_process import ScalePrior, condition
from vigie.radionuclide.peaks.model import DetectorModel
from vigie.radionuclide.peaks.recalibrate import Lines, recalibrate
from vigie.radionuclide.peaks.reference_lines import FAMILIES, references

NATURAL = np.array(
    [238.632, 295.224, 338.32, 351.932, 583.187, 609.321, 727.33, 860.56, 911.204, 968.971, 1120.29,
     1238.12, 1460.82, 1764.49, 2204.1, 2614.511]
)  # fmt: skip
OTHERS = np.array(
    [74.8, 77.1, 87.3, 140.2, 198.4, 310.7, 455.1, 533.8, 702.9, 803.1, 1001.0, 1588.2]
)
BARE = DetectorModel(
    energy=EnergyCurve(coefficients_kev=np.array([0.0, 0.37]), covariance=np.zeros((2, 2)))
)


def seen(true_kev: np.ndarray, shift: np.ndarray, *, seed: int = 0, sigma: float = 0.03) -> Lines:
    rng = np.random.default_rng(seed)
    n = len(true_kev)
    return Lines(
        energy_kev=true_kev - shift + rng.normal(0.0, sigma, n),
        sigma_kev=np.full(n, sigma),
        z=np.full(n, 30.0),
        area=np.full(n, 1000.0),
    )


def residual(model: DetectorModel, lines: Lines, true_kev: np.ndarray) -> np.ndarray:
    return np.asarray(model.energy.energy(lines.energy_kev / 0.37) - true_kev)


@settings(max_examples=15)
@given(st.floats(-0.8, 0.8), st.floats(-8e-4, 8e-4), st.integers(0, 1000))
def test_shift_and_gain_are_found_among_other_lines(shift: float, gain: float, seed: int) -> None:
    true = np.sort(np.concatenate([NATURAL, OTHERS]))
    lines = seen(true, shift + gain * true, seed=seed)
    model = recalibrate(BARE, lines)
    assert model.remarks[-1].code == "peaks.recalibrated"
    off = residual(model, lines, true)[np.isin(true, NATURAL)]
    assert np.sqrt(np.mean(off**2)) < 0.05
    assert np.abs(off).max() < 0.15


def test_bent_scale_is_mended_and_said_to_be_less_sure_between_lines() -> None:
    bend = 0.15 * np.sin(NATURAL / 350.0)
    lines = seen(NATURAL, bend + 0.2, sigma=0.01)
    model = recalibrate(BARE, lines)
    assert np.abs(residual(model, lines, NATURAL)).max() < 0.08
    at, between, beyond = model.energy.sigma(np.array([1460.8, 1980.0, 3500.0]) / 0.37)
    assert at < between < beyond


def test_gain_that_is_far_off_is_found_only_where_coefficients_alone_are_known() -> None:
    lines = seen(NATURAL, 0.0035 * NATURAL)
    far = recalibrate(BARE, lines)
    assert far.remarks[-1].code == "peaks.recalibrated"
    assert np.abs(residual(far, lines, NATURAL)).max() < 0.2
    trusted = recalibrate(replace(BARE, calibrated=True), lines)
    assert trusted.remarks[-1].code != "peaks.recalibrated"
    assert trusted.energy is BARE.energy


def test_calibration_by_points_keeps_to_the_limits_of_the_idc() -> None:
    lines = seen(NATURAL, np.full(len(NATURAL), 0.9))
    model = recalibrate(replace(BARE, calibrated=True), lines)
    assert model.remarks[-1].code == "peaks.recalibration_too_large"
    assert model.energy is BARE.energy


def test_scale_is_not_moved_onto_strange_lines() -> None:
    locked = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        strange = np.sort(rng.uniform(60.0, 2700.0, 30))
        model = recalibrate(BARE, seen(strange, np.zeros(30), seed=seed))
        locked += model.remarks[-1].code == "peaks.recalibrated"
    assert locked <= 1


def test_few_lines_leave_the_scale_as_it_is() -> None:
    for true in (np.zeros(0), np.array([1460.82]), np.array([661.66, 1460.82])):
        model = recalibrate(BARE, seen(true, np.full(len(true), 0.5)))
        assert model.energy is BARE.energy
        assert model.remarks[-1].code == "peaks.recalibration_few_lines"


def test_process_is_the_weighted_mean_where_all_lines_agree() -> None:
    at = np.array([300.0, 600.0, 900.0, 1500.0])
    sigma = np.array([0.02, 0.05, 0.02, 0.05])
    done = condition(at, np.full(4, 0.25), sigma, ScalePrior(shift_kev=0.6, gain=6e-4))
    assert np.interp(at, done.adjustment.knots_kev, done.adjustment.shift_kev) == pytest.approx(
        0.25, abs=0.01
    )
    assert done.chi2 < 0.2
    assert np.linalg.eigvalsh(done.adjustment.covariance).min() > -1e-9


def test_one_wrong_match_hardly_pulls() -> None:
    at = np.linspace(200.0, 2600.0, 14)
    wanted = np.full(14, 0.1)
    wanted[6] = 1.1
    done = condition(at, wanted, np.full(14, 0.03), ScalePrior(shift_kev=0.6, gain=6e-4))
    off = np.interp(at, done.adjustment.knots_kev, done.adjustment.shift_kev) - 0.1
    assert np.abs(np.delete(off, 6)).max() < 0.2


def test_reference_lines_are_those_of_the_table() -> None:
    energy, family, leads = references()
    rounded = np.concatenate([lines for _, lines in FAMILIES])
    assert np.abs(energy - rounded).max() < 0.15
    assert int(leads.sum()) == len(FAMILIES) == int(family.max()) + 1
