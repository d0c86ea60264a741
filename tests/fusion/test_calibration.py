"""Events with posterior odds p are true in a fraction p, on simulated events."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.fusion_calibration import one_event


@pytest.mark.slow
def test_probabilities_are_those_of_truth() -> None:
    rng = np.random.default_rng(4)
    rows = [one_event(rng) for _ in range(120)]
    probability, true, inside = np.array(rows, dtype=np.float64).T
    spread = np.sqrt((probability * (1.0 - probability)).sum())
    # Four standard errors of the sum of truths, were the probabilities right.
    assert abs(true.sum() - probability.sum()) < 4.0 * spread
    brier = ((probability - true) ** 2).mean()
    expected = (probability * (1.0 - probability)).mean()
    assert brier == pytest.approx(expected, abs=0.05)
    assert brier < 0.2  # and they say something: even odds have 0.25
    assert inside[true == 1.0].mean() > 0.8
