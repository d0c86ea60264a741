"""The interval of reports holds errors of calibration and volume, and never ends too low."""

from math import sqrt

import numpy as np
import pytest

from vigie.radionuclide.noble_gas.bounded_interval import accepted_deviation
from vigie.radionuclide.noble_gas.likelihood import NuclideFit
from vigie.radionuclide.noble_gas.reported_interval import K_TWO_SIDED, with_scale_error
from vigie.radionuclide.noble_gas.results import Conversion, likelihood_result

TRIALS = 4000


@pytest.mark.parametrize("relative", [0.05, 0.12, 0.2])
@pytest.mark.parametrize("truth", [0.5, 3.0, 10.0, 60.0])
def test_the_interval_holds_the_truth_with_a_wrong_scale(truth: float, relative: float) -> None:
    rng = np.random.default_rng([int(10 * truth), int(100 * relative)])
    grid = np.linspace(0.0, 2.5 * truth + 12.0, 3000)
    ends = np.array([accepted_deviation(float(a)) for a in grid])
    held = counts_alone = 0
    for _ in range(TRIALS):
        x = truth * (1.0 + relative * rng.standard_normal()) + rng.standard_normal()
        inside = grid[(x - grid <= ends[:, 1]) & (grid - x <= ends[:, 0])]
        own = (float(inside.min()), float(inside.max())) if len(inside) else (0.0, 0.0)
        low, high = with_scale_error(x, own, sigma=1.0, relative=relative)
        assert high is not None
        held += low <= truth <= high
        counts_alone += own[0] <= truth <= own[1]
    assert held / TRIALS > 0.942
    if truth * relative > 2.0:
        assert counts_alone / TRIALS < 0.7


def test_without_a_scale_error_the_counts_interval_stays() -> None:
    assert with_scale_error(5.0, (3.1, 7.0), sigma=1.0, relative=0.0) == pytest.approx((3.1, 7.0))


@pytest.mark.parametrize("relative", [0.0, 0.1, 0.3, 0.5, 0.8])
def test_zero_is_left_out_exactly_when_the_counts_leave_it_out(relative: float) -> None:
    assert with_scale_error(1.0, (0.0, 3.0), sigma=1.0, relative=relative)[0] == 0.0
    low, _ = with_scale_error(1.0, (1e-6, 3.0), sigma=1.0, relative=relative)
    assert 0.0 < low < 2e-6


def test_an_estimate_of_zero_has_a_scaled_upper_end_without_a_jump() -> None:
    low, high = with_scale_error(0.0, (0.0, 2.0), sigma=0.5, relative=0.2)
    q = 0.2 * K_TWO_SIDED
    assert low == 0.0
    assert high == pytest.approx(2.0 / sqrt(1.0 - q * q))
    assert with_scale_error(1e-9, (0.0, 2.0), sigma=0.5, relative=0.2)[1] == pytest.approx(high)
    assert with_scale_error(-9.0, (0.0, 2.0), sigma=0.5, relative=0.2)[1] == pytest.approx(high)


def test_a_scale_that_is_not_known_opens_the_upper_end() -> None:
    low, high = with_scale_error(5.0, (3.0, 7.0), sigma=1.0, relative=0.6)
    assert 0.0 < low < 3.0
    assert high is None


def test_the_record_has_the_reported_interval_and_the_fit_that_of_the_counts() -> None:
    fit = NuclideFit(
        name="Xe-133m", estimate=0.0, free_estimate=-0.04, root=-3.0, critical_root=1.645,
        toys=0, sigma=0.008, p_value=0.9,
        detected=False, low=0.0, high=0.0007, critical_level=0.0148, detection_limit=0.0287,
        sigma_at_zero=0.009, sigma_at_limit=0.0087,
    )  # fmt: skip
    to = Conversion(
        air_volume_m3=10.0, volume_relative=0.1, per_bq={"Xe-133m": 100.0}, unit="mBq/m3",
        times=None, ingrowth=(0.0, 0.0),
    )  # fmt: skip
    found = likelihood_result(fit, to, relative=0.05)
    assert found.low == 0.0
    assert found.high is not None
    assert found.high > 100.0 * 1.96 * 0.009 > 100.0 * fit.high
