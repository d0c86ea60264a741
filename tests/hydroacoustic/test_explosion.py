"""Bubble, ghost and shock of underwater explosions against published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.hydroacoustic.explosion import (
    bubble_period_s,
    bubble_radius_m,
    charge_kg,
    charge_locus,
    ghost_delay_s,
    ghost_gain,
    level_db,
    shock_decay_s,
    shock_peak_pa,
    vents,
)


@pytest.mark.parametrize(
    ("charge", "depth_m", "period_s"),
    [
        (1.0, 100.0, 0.0420),
        (100.0, 50.0, 0.3225),
        (50.0, 30.0, 0.3586),
        (1000.0, 500.0, 0.1169),
        (1e6, 500.0, 1.1692),
    ],
)
def test_bubble_period_is_that_of_willis(charge: float, depth_m: float, period_s: float) -> None:
    assert float(bubble_period_s(charge, depth_m)) == pytest.approx(period_s, rel=1e-3, abs=5e-5)


def test_one_period_fits_a_locus_of_charges() -> None:
    depths = np.array([10.0, 20.0, 50.0, 100.0, 200.0, 500.0])
    expected = [6.46, 17.7, 99.9, 454.0, 2282.0, 20964.0]
    assert charge_kg(0.3224, depths) == pytest.approx(expected, rel=2e-3)


def test_bubble_radius() -> None:
    assert float(bubble_radius_m(100.0, 50.0)) == pytest.approx(4.0, abs=0.05)
    assert float(bubble_radius_m(1e6, 500.0)) == pytest.approx(42.0, abs=0.1)
    assert bool(vents(1e6, 30.0))
    assert not bool(vents(100.0, 50.0))


@pytest.mark.parametrize(
    ("depth_m", "grazing_deg", "delay_s"),
    [(50.0, 12.0, 0.014), (50.0, 90.0, 0.0673), (500.0, 12.0, 0.140)],
)
def test_ghost_delay(depth_m: float, grazing_deg: float, delay_s: float) -> None:
    assert float(ghost_delay_s(depth_m, grazing_deg)) == pytest.approx(delay_s, rel=2e-3)


def test_ghost_has_notches_at_multiples_of_its_inverse() -> None:
    assert ghost_gain([20.0, 40.0], 0.05) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert ghost_gain([10.0], 0.05) == pytest.approx([2.0])


def test_shock_is_that_of_chapman() -> None:
    assert float(level_db(shock_peak_pa(1.0, 1.0))) == pytest.approx(274.0, abs=0.06)
    assert float(shock_peak_pa(1.0, 100.0)) == pytest.approx(0.277e6, rel=2e-3)
    assert float(shock_peak_pa(100.0, 1000.0)) == pytest.approx(0.116e6, rel=5e-3)
    assert float(shock_decay_s(100.0, 1000.0)) == pytest.approx(0.80e-3, rel=5e-3)


@given(st.floats(0.1, 1e6), st.floats(5.0, 1900.0), st.floats(1e-4, 0.02))
def test_locus_passes_through_the_truth(charge: float, depth_m: float, relative: float) -> None:
    if bool(vents(charge, depth_m)):
        return
    period = float(bubble_period_s(charge, depth_m))
    locus = charge_locus(period, relative * period)
    one, low, high = locus.at(depth_m)
    assert one == pytest.approx(charge, rel=1e-6)
    assert high / one == pytest.approx(np.exp(3.0 * 1.645 * relative), rel=1e-3)
    assert one / low == pytest.approx(high / one, rel=1e-6)
    assert locus.least_depth_m <= depth_m


def test_ghost_bounds_the_depth_from_below() -> None:
    locus = charge_locus(0.3225, 0.002, ghost_s=0.014)
    assert locus.least_depth_m == pytest.approx(0.5 * 1485.0 * 0.014)
    assert locus.least_depth_m < 50.0


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan")])
def test_senseless_numbers_are_refused(bad: float) -> None:
    with pytest.raises(ParameterError):
        charge_kg(bad, 50.0)
    with pytest.raises(ParameterError):
        charge_locus(0.3, bad)
    with pytest.raises(ParameterError):
        bubble_period_s(100.0, -1.0)
