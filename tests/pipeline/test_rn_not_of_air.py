"""Spikes, calibrations and regenerations: analysed, without a category and without a history."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from vigie.cli.main import main
from vigie.formats import Contents, format_named
from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import NOT_OF_AIR, analyse_all
from vigie.records import PhdType, PulseHeight
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_sample

if TYPE_CHECKING:
    from pathlib import Path

DAY_NS = 86_400_000_000_000


@lru_cache(maxsize=1)
def ordinary() -> PulseHeight:
    return simulate_sample(HpgeStation(), np.random.default_rng(20261126)).message


def of_kind(kind: PhdType, day: int) -> PulseHeight:
    one = ordinary()
    assert one.collection is not None
    assert one.acquisition is not None
    return replace(
        one,
        type=kind,
        sample_id="",
        collection=replace(
            one.collection,
            start_ns=one.collection.start_ns + day * DAY_NS,
            stop_ns=one.collection.stop_ns + day * DAY_NS,
        ),
        acquisition=replace(one.acquisition, start_ns=one.acquisition.start_ns + day * DAY_NS),
    )


@pytest.mark.parametrize("kind", [PhdType.SPIKE, PhdType.CALIBRATION, PhdType.REGENERATION])
def test_what_is_no_sample_of_the_air_has_no_category_and_says_why(kind: PhdType) -> None:
    found = [
        Measurement("a.phd", of_kind(PhdType.SAMPLE, 0)),
        Measurement("b.phd", of_kind(kind, 1)),
    ]
    sample, other = (one.analysis for one in analyse_all(Gathered(measurements=found)).samples)
    assert sample.message_type == "SAMPLEPHD"
    assert sample.category is not None
    assert NOT_OF_AIR not in {one.code for one in sample.remarks}
    assert other.category is None
    (told,) = (one for one in other.remarks if one.code == NOT_OF_AIR)
    assert dict(told.params) == {"type": kind.value}
    assert any(one.detected for one in other.nuclides)


def test_samples_names_what_enters_no_history(tmp_path: Path) -> None:
    for name, message in (
        ("a.phd", of_kind(PhdType.SAMPLE, 0)),
        ("b.phd", replace(of_kind(PhdType.SPIKE, 1), sample_id="31202601020011S")),
    ):
        files = format_named("ims_radionuclide").write(Contents(pulse_heights=(message,)))
        (tmp_path / name).write_bytes(next(iter(files.values())))
    result = CliRunner().invoke(main, ["samples", "--json", str(tmp_path)])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    (detector,) = shown["detectors"]
    assert len(detector["samples"]) == 1
    (other,) = shown["not_of_air"]
    assert (other["sample_id"], other["message_type"]) == ("31202601020011S", "SPIKEPHD")
    assert "31202601020011S: SPIKEPHD, no sample of the air" in result.stderr
