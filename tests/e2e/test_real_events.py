"""The two announced tests of 2016, from recordings and station positions alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.dprk import EVENTS, measure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(("event", "p_within"), [(EVENTS[0], 7), (EVENTS[1], 11)])
def test_one_event_where_and_when_it_was(shared_data: Path, event: str, p_within: int) -> None:
    assert (shared_data / "seismic" / "dprk" / event).is_dir()
    result = measure((event,), variants=False)
    (row,) = result["rows"]
    assert row["events"] == 1
    assert row["distance_km"] <= 10.0
    assert abs(row["time_s"]) <= 2.0
    assert row["inside_90_percent"]
    assert row["p_within_1_s"] >= p_within
    assert row["screening"]["combined"] != "screened_out"
