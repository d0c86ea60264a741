"""Decay factors: numbers of the field sheet, 50-digit arithmetic, limits, refusals."""

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import ParameterError
from vigie.radionuclide.decay import (
    SampleTimes,
    acquisition_factor,
    collection_factor,
    decay_factor,
    decay_factors,
)

DAY_S = 86400.0
DAYS = SampleTimes(collection_s=DAY_S, decay_s=DAY_S, acquisition_s=DAY_S)

SHEET = {
    4598210.0: (1.006526, 1.013109, 1.006526, 1.026376),
    1102900.0: (1.027396, 1.055802, 1.027396, 1.114443),
    693213.0: (1.043818, 1.090233, 1.043818, 1.187870),
    237384.0: (1.131440, 1.286960, 1.131440, 1.647509),
    145026.0: (1.220643, 1.511264, 1.220643, 2.251737),
    74880.0: (1.452638, 2.225063, 1.452638, 4.695230),
    53846.6: (1.657114, 3.041026, 1.657114, 8.350744),
    38304.0: (1.977609, 4.775458, 1.977609, 18.676520),
    9.4799e8: (1.000032, 1.000063, 1.000032, 1.000126),
}
"""Half-life (s) to K_c, K_d, K_a and product: the field sheet, an independent computation."""


@pytest.mark.parametrize("half_life_s", SHEET)
def test_factors_of_the_sheet(half_life_s: float) -> None:
    found = decay_factors(half_life_s, DAYS)
    numbers = (found.collection, found.decay, found.acquisition, found.product)
    # The sheet gives six decimals.
    assert numbers == pytest.approx(SHEET[half_life_s], abs=5.1e-7)
    assert not found.decayed_away


@pytest.mark.parametrize(
    ("decay_per_s", "product"),
    [
        (1.52956e-6, 1.103792),
        (6.72467e-7, 1.044466),
        (3.66326e-6, 1.265279),
        (2.10657e-5, 3.656525),
    ],
)
def test_factors_of_xenon(decay_per_s: float, product: float) -> None:
    times = SampleTimes(collection_s=43200.0, decay_s=21600.0, acquisition_s=43200.0)
    assert decay_factors(math.log(2.0) / decay_per_s, times).product == pytest.approx(
        product, abs=5.1e-7
    )


@given(st.floats(min_value=-18.0, max_value=math.log10(50.0)))
@settings(derandomize=True)
def test_as_good_as_fifty_digits(log_x: float) -> None:
    half_life_s, duration_s = 1.0, 10.0**log_x / math.log(2.0)
    with localcontext() as context:
        context.prec = 50
        x = Decimal(2).ln() * Decimal(duration_s)
        saturation = x / (1 - (-x).exp())
        growth = x.exp()
    assert collection_factor(half_life_s, duration_s) == pytest.approx(float(saturation), rel=1e-15)
    # The relative error of an exponential is the absolute error of its exponent.
    assert decay_factor(half_life_s, duration_s) == pytest.approx(
        float(growth), rel=1e-15 + 4e-16 * float(x)
    )


@given(st.floats(1e-3, 1e12), st.floats(0.0, 1e7), st.floats(0.0, 1e7))
def test_factors_rise_with_time_and_are_at_least_one(
    half_life_s: float, a: float, b: float
) -> None:
    short, long = sorted((a, b))
    assert 1.0 <= collection_factor(half_life_s, short) <= collection_factor(half_life_s, long)
    assert 1.0 <= decay_factor(half_life_s, short) <= decay_factor(half_life_s, long)
    assert acquisition_factor(half_life_s, a) == collection_factor(half_life_s, a)


def test_what_does_not_decay_has_factors_of_one() -> None:
    assert decay_factors(math.inf, DAYS).product == 1.0


def test_what_has_decayed_away_is_flagged_and_finite() -> None:
    gone = decay_factors(600.0, DAYS)
    assert gone.decayed_away
    assert gone.decay == math.exp(50.0)
    assert math.isfinite(gone.product)
    just = decay_factors(math.log(2.0) * DAY_S / 49.9, DAYS)
    assert not just.decayed_away


@pytest.mark.parametrize("half_life_s", [0.0, -1.0, math.nan])
def test_a_half_life_must_be_above_zero(half_life_s: float) -> None:
    with pytest.raises(ParameterError, match="half_life_s"):
        collection_factor(half_life_s, DAY_S)


@pytest.mark.parametrize("duration_s", [-1.0, math.nan, math.inf])
def test_durations_must_be_finite_and_not_negative(duration_s: float) -> None:
    with pytest.raises(ParameterError, match="decay_s"):
        SampleTimes(collection_s=1.0, decay_s=duration_s, acquisition_s=1.0)
    with pytest.raises(ParameterError, match="acquisition_s"):
        acquisition_factor(1.0, duration_s)
