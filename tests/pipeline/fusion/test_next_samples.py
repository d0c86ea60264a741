"""Which samples would decide, with the errors of place of those at hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.cli.support_fuse import AT, event, write_xenon
from tests.cli.support_source import TRUTH, write_fields

from vigie.pipeline.fusion.inputs import match_nuclides
from vigie.pipeline.fusion.options import FuseOptions
from vigie.pipeline.fusion.run import fuse
from vigie.pipeline.transport.source_inputs import read_fields, read_samples
from vigie.transport.source.place_error import with_place_error

if TYPE_CHECKING:
    from pathlib import Path

KM_PER_DAY = 200.0


def test_errors_of_place_are_those_of_the_weighing(tmp_path: Path) -> None:
    """Air that was moved before is as air that is moved on the way."""
    write_fields(tmp_path)
    fields, _ = read_fields([tmp_path], {"order": "lat_lon", "base": "0"}, report=lambda _: None)
    path = write_xenon(tmp_path / "two.csv", stations=("AAP01", "BBP02"))
    samples, _ = read_samples(path, {})
    moved = [replace(one, record=with_place_error(one.record, KM_PER_DAY)) for one in fields]
    found = []
    for given, km_per_day in ((fields, KM_PER_DAY), (moved, 0.0), (fields, 0.0)):
        matched = match_nuclides(samples, given, (), tolerance_h=1.0)
        options = FuseOptions(place_error_km_per_day=km_per_day)
        found.append(fuse([event("here", AT, TRUTH)], matched, options).events[0])
    one, other, without = found
    assert one.log10_bayes_factor == pytest.approx(other.log10_bayes_factor)
    expected, same, bare = (
        {sample.stop_ns: sample.expected_bq_m3 for sample in each.next_samples} for each in found
    )
    assert len(expected) > 1
    assert expected == pytest.approx(same)
    assert without.log10_bayes_factor != pytest.approx(one.log10_bayes_factor)
    assert expected != pytest.approx(bare)
