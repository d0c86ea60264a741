"""A reduced, seeded run of the coverage benchmark."""

from __future__ import annotations

import pytest
from benchmarks.location_coverage import LAWS, Scene, ims_stations, run, summary

from vigie.earth import load_predictor


@pytest.mark.slow
@pytest.mark.parametrize("law", ["gauss_1000", "statics_only"])
def test_the_90_percent_ellipse_holds_the_truth(law: str) -> None:
    stations = ims_stations()
    trials = run(load_predictor("ak135"), stations, LAWS[law], 7, Scene(n_events=60))
    found = summary(trials)
    # 60 events: the share scatters by 4 %.
    assert 80.0 <= float(str(found["coverage_percent"])) <= 100.0
    assert any(t.special for t in trials)
    assert float(str(found["median_error_km"])) < 25.0
