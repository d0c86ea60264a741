"""Digits of measured numbers."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from vigie.cli.detect import _remark_rows, _table
from vigie.products.numbers import MOST_DIGITS, digits_for, with_error
from vigie.records import Detection


@given(st.floats(-1e4, 1e4), st.floats(10.0 ** (1 - MOST_DIGITS), 1e3))
def test_what_is_written_differs_by_less_than_the_error(value: float, sigma: float) -> None:
    text, error = with_error(value, sigma, 0).split("+-")
    assert abs(float(text) - value) <= 0.26 * sigma
    assert float(error) > 0.0
    # And says no more than that.
    digits = digits_for(sigma, 0)
    assert digits == 0 or 10.0 ** (1 - digits) > 0.5 * sigma


def test_what_is_not_known_is_a_dash_and_an_unknown_error_has_the_usual_digits() -> None:
    assert with_error(None, 0.5, 1) == "-"
    assert with_error(math.nan, 0.5, 1) == "-"
    assert with_error(217.921, None, 1) == "217.9"
    assert digits_for(0.0, 2) == 2


def test_azimuths_of_detections_have_the_digits_of_their_errors() -> None:
    sharp = Detection(
        id="1", station="H10N", time_ns=0, azimuth_deg=217.6702, azimuth_deg_sigma=0.5027,
        slowness_s_per_deg=74.6302, slowness_s_per_deg_sigma=0.0754,
    )  # fmt: skip
    vague = Detection(id="2", station="S", time_ns=0, azimuth_deg=82.4, azimuth_deg_sigma=12.3)
    text = _table([sharp, vague])
    assert " 217.7+-0.5 " in text
    assert " 74.63+-0.08 " in text
    assert " 82+-12 " in text


def test_remarks_on_detections_stand_below_them() -> None:
    told = Detection(id="1", station="W340", time_ns=0, remarks=("no azimuth: why",))
    assert _remark_rows([told])[-1].endswith("W340    no azimuth: why")
    assert _remark_rows([Detection(id="2", station="S", time_ns=0)]) == []
