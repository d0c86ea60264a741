"""A reduced run of ``benchmarks/ocean.py``."""

from __future__ import annotations

import pytest
from benchmarks import ocean


@pytest.mark.slow
def test_the_benchmark_measures_what_the_docs_state() -> None:
    found = ocean.measure(n_places=100, n_chances=20, n_paths=30)
    steps = found["steps"]
    assert isinstance(steps, dict)
    assert steps["largest_time_change_s_10_km"] < 0.05
    assert steps["share_of_blockages_that_change_10_km"] <= 0.04
    chances = found["chance_reflectors"]
    assert isinstance(chances, dict)
    assert chances["with_a_reflector"] <= 0.2 * chances["from_other_directions"]
