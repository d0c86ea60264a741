"""The gain of a sample against that stated, as the quality flag has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import analyse_all
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_sample


@pytest.mark.slow
@pytest.mark.parametrize(("drift", "passes"), [(0.0, True), (8e-4, False)])
def test_the_flag_of_gain_fails_where_the_gain_has_drifted_only(drift: float, passes: bool) -> None:
    plain = HpgeStation()
    station = replace(plain, electronics=replace(plain.electronics, drift_gain=drift))
    for seed in range(3):
        message = simulate_sample(station, np.random.default_rng(seed)).message
        run = analyse_all(Gathered(measurements=[Measurement("x.phd", message=message)]))
        (flag,) = [f for f in run.samples[0].analysis.flags if f.name == "gain_difference"]
        assert flag.passed is passes
        assert flag.value == pytest.approx(drift, abs=1e-4)
