"""From recordings of infrasound arrays to placed events, as the commands do it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.geodesy import KM_PER_DEG, distance_azimuths

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.data]


def test_humming_roadrunner_5_is_placed_with_all_that_its_arrays_detect(
    shared_data: Path, tmp_path: Path
) -> None:
    """The coda of two arrays is detected too; it must not move the event."""
    folder = shared_data / "infrasound" / "hrr5"
    out = tmp_path / "out"
    args = ["process", folder, "--stations", folder / "elements.csv", "-o", out, "--json"]
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exit_code == 0, result.output
    truth = json.loads((folder / "truth.json").read_text())
    (event,) = json.loads(result.stdout)["events"]
    origin = event["origin"]
    assert {a["station"] for a in event["arrivals"]} == set(truth["arrays"])
    assert len(event["arrivals"]) > len(truth["arrays"])
    delta, _, _ = distance_azimuths(
        truth["latitude"], truth["longitude"], origin["latitude"], origin["longitude"]
    )
    assert float(delta) * KM_PER_DEG < 27.0
    assert origin["ellipse"]["semi_major_km"] < 200.0
    late_s = (np.datetime64(origin["time"].rstrip("Z")) - np.datetime64("2012-08-27T23:02:00")) / (
        np.timedelta64(1, "s")
    )
    assert abs(late_s) < 2.0 * origin["time_sigma_s"] < 900.0
