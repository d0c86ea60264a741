"""A reduced measurement of PMCC's cost: an hour of microbaroms."""

from __future__ import annotations

import pytest
from benchmarks.infrasound_speed import pmcc


@pytest.mark.slow
def test_an_hour_of_microbaroms_costs_seconds() -> None:
    found = pmcc(3600.0)
    # A day may cost 45 s; twice the share of an hour is left to a busy machine, and fixed costs.
    assert found["cpu_s"] < 2.0 * 45.0 / 24.0 + 2.0
    assert found["pixels"] > 500
