"""The solver against LOCSAT: a part of 352 automatic events of 2025 with reference solutions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from benchmarks import location_locsat
from benchmarks._locsat_solver import solver_agreement
from tests.network import support_locsat

if TYPE_CHECKING:
    from vigie.records import Station

ROOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "arrivals" / "locsat"


@cache
def events() -> list[support_locsat.LocsatEvent]:
    """Return the referenced events."""
    return support_locsat.read_events(ROOT)


@cache
def stations() -> dict[str, Station]:
    """Return their stations."""
    return support_locsat.read_stations(ROOT)


@pytest.mark.data
@pytest.mark.slow
def test_parity_with_locsat_on_its_own_times(shared_data: Path) -> None:
    good, compared = solver_agreement(events()[::30], stations())
    assert compared >= 9
    assert good / compared >= 0.9


@pytest.mark.data
@pytest.mark.slow
def test_weighted_rms_is_no_larger_than_that_of_locsat(shared_data: Path) -> None:
    found = location_locsat.measure(step=11)
    share = found["no_larger_percent"]
    assert isinstance(share, dict)
    assert found["not_located"] == []
    assert share["same_tables"] >= 99.0
    assert share["stated"] >= 87.0  # 92 % of all 352; 32 events scatter by 5 %.
    assert share["their_interpolation_within_0.05_s"] >= 85.0  # 97.7 % of all.
