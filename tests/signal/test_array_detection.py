"""A reduced measurement of false alarms and detection by GLR and PMCC."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.array_detection import CASES, detected, false_alarms


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_stated_chances_are_those_observed(name: str) -> None:
    found = false_alarms(CASES[name], 2000)
    for level in (0.1, 0.03):
        slack = 3.0 / np.sqrt(2000.0 * level)
        assert found[f"{level:g}"] == pytest.approx(1.0, abs=0.15 + slack)


@pytest.mark.slow
def test_bursts_as_loud_as_the_noise_are_detected() -> None:
    alone = detected(0.0, 20, second=False)
    assert alone["glr"] > 0.9
    assert alone["pmcc"] > 0.8
    # Of two at once the weaker is found by the GLR, which takes the stronger out.
    both = detected(3.0, 20, second=True)
    assert both["glr"] > 0.9
    assert both["glr"] >= both["pmcc"]
