"""A reduced measurement of false alarms and detection by GLR and PMCC."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks.array_detection import (
    AT_1E4,
    CASES,
    THRESHOLDS,
    at_rate,
    counted,
    false_alarms,
    false_pixels,
    false_seconds,
    shares,
)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_stated_chances_are_those_observed(name: str) -> None:
    found: Any = false_alarms(CASES[name], 2000)
    for level in (0.1, 0.03):
        slack = 3.0 / np.sqrt(2000.0 * level)
        assert found[f"{level:g}"]["observed_over_stated"] == pytest.approx(1.0, abs=0.05 + slack)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_behind_a_strong_wave_noise_is_no_more_often_a_second(name: str) -> None:
    found: Any = false_seconds(CASES[name], 1000)
    assert found["0.01"]["events"] <= 25
    assert found["0.0001"]["events"] <= 2


@pytest.mark.slow
def test_pixels_in_noise_are_fewer_than_their_chance_says() -> None:
    found: Any = false_pixels(CASES["BRP, 4 elements, 1-5 Hz, 10 s"], 4000)
    low, high = found["0.1"]["interval_95"]
    assert 0.05 < low < high < 1.0


@pytest.mark.slow
def test_bursts_as_loud_as_the_noise_are_detected() -> None:
    alone = shares(0.0, 20, second=False)
    assert alone["glr"][AT_1E4] > 0.9
    assert alone["pmcc_pixel"][AT_1E4] > 0.8
    # Of two at once the weaker is found by the GLR, which takes the stronger out.
    both = shares(3.0, 20, second=True)
    assert both["glr"][AT_1E4] > 0.9
    assert both["glr"][AT_1E4] >= both["pmcc_pixel"][AT_1E4]


def test_intervals_of_counts_and_the_threshold_of_a_rate() -> None:
    table: Any = counted(np.array([0.05, 0.5, 0.002, 0.9]), 100)
    # 1 event: 0.0253 to 5.572 (Garwood 1936), of 1 expected.
    assert table["0.01"]["events"] == 1
    assert table["0.01"]["interval_95"] == pytest.approx([0.025, 5.572], abs=1e-3)
    assert table["0.0001"]["interval_95"][0] == 0.0
    assert THRESHOLDS[AT_1E4] == pytest.approx(1e-4)
    assert at_rate([0.9, 0.8, 0.7], [5.0, 0.1, 0.0]) == 0.8
    assert at_rate([0.9], [5.0]) == 0.0
