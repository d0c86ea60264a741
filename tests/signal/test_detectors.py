"""STA/LTA against ObsPy's and against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.signal.detectors import (
    StaLtaParams,
    leading_sta_lta,
    moving_sum,
    triggers,
)


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(0.0, 1e6)), st.integers(1, 20))
def test_moving_sum_equals_the_plain_one(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], n: int
) -> None:
    plain = [values[max(i - n + 1, 0) : i + 1].sum() for i in range(len(values))]
    np.testing.assert_allclose(moving_sum(values, n), plain, rtol=1e-12, atol=1e-12)


def test_a_huge_value_leaves_no_rounding_error_behind() -> None:
    values = np.ones(1000)
    values[500] = 1e30
    assert moving_sum(values, 10)[600] == 10.0


def test_leading_ratio_equals_its_definition() -> None:
    rng = np.random.default_rng(2)
    samples = rng.standard_normal(3000)
    params = StaLtaParams(sta_s=1.0, lta_s=10.0, lta_gap_s=0.5, min_lta_s=2.0)
    result = leading_sta_lta(samples, 40.0, params)
    i = 2000
    sta = np.sqrt(np.mean(samples[i - 39 : i + 1] ** 2))
    lta = np.sqrt(np.mean(samples[i - 60 - 399 : i - 60 + 1] ** 2))
    assert result.ratio[i] == pytest.approx(sta / lta, rel=1e-12)
    early = 60 + 120
    lta_early = np.sqrt(np.mean(samples[: early - 60 + 1] ** 2))
    assert result.lta[early] == pytest.approx(lta_early, rel=1e-12)
    assert np.all(result.ratio[: 60 + 79] == 0.0)


@given(st.floats(1e-6, 1e6))
def test_gain_does_not_matter(scale: float) -> None:
    samples = np.random.default_rng(3).standard_normal(2000)
    params = StaLtaParams()
    np.testing.assert_allclose(
        leading_sta_lta(samples * scale, 40.0, params).ratio,
        leading_sta_lta(samples, 40.0, params).ratio,
        rtol=1e-9,
    )


@given(arrays(np.float64, st.integers(0, 80), elements=st.floats(0.0, 10.0)))
def test_triggers_equal_a_plain_state_machine(
    ratio: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    plain, start = [], None
    for i, value in enumerate(ratio):
        if start is None and value >= 4.0:
            start = i
        elif start is not None and value < 2.0:
            plain.append([start, i])
            start = None
    if start is not None:
        plain.append([start, len(ratio)])
    assert triggers(ratio, 4.0, 2.0).tolist() == plain
