"""Check sources of a detector: what is watched, and since when it is out of control."""

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
from vigie.pipeline.radionuclide.checks import DetectorChecks, detector_checks
from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.simulate.radionuclide.hpge import HpgeStation, simulate_checks

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import PulseHeight

DAYS = 40


@lru_cache(maxsize=1)
def messages() -> tuple[PulseHeight, ...]:
    # No gain walk: what moves is the source, which decays.
    rng = np.random.default_rng(20261127)
    made = simulate_checks(HpgeStation(), rng, days=DAYS, gain_per_day=0.0)
    return tuple(one.message for one in made)


def checked(*of: PulseHeight) -> DetectorChecks:
    found = [Measurement(f"{k}.phd", message=one) for k, one in enumerate(of)]
    (one,) = detector_checks(Gathered(measurements=found))
    return one


@pytest.mark.slow
def test_a_decaying_source_gives_no_alarm_of_efficiency() -> None:
    found = checked(*messages())
    assert {round(line.energy_kev) for line in found.lines} == {60, 662, 1173, 1332}
    rates = {name: trend for name, trend in found.trends.items() if name.startswith("rate_")}
    assert len(rates) == 4
    for name, trend in rates.items():
        assert trend is not None, name
        assert trend.alarm_ns is None, name
    first, last = found.series["rate_1173"][0], found.series["rate_1173"][-1]
    assert first.sigma is not None
    assert last.value == pytest.approx(first.value, abs=6.0 * first.sigma)


@pytest.mark.slow
def test_a_measurement_without_times_is_told_and_moves_no_reference() -> None:
    some = messages()[:3]
    whole = checked(*some)
    with_bad = checked(replace(some[0], acquisition=None, measurement_id="BAD"), *some)
    assert with_bad.failed == (("BAD", "no #Acquisition"),)
    assert with_bad.series == whole.series


@pytest.mark.slow
def test_a_short_first_day_hides_no_line() -> None:
    first, *rest = messages()[:4]
    assert first.gamma is not None
    rng = np.random.default_rng(1)
    weak = replace(first.gamma, counts=rng.binomial(first.gamma.counts, 0.02))
    found = checked(replace(first, gamma=weak), *rest)
    assert found.lines == checked(*rest).lines


@pytest.mark.slow
def test_check_sources_alone_are_no_samples(tmp_path: Path) -> None:
    for k, one in enumerate(messages()[:3]):
        files = format_named("ims_radionuclide").write(Contents(pulse_heights=(one,)))
        (tmp_path / f"qc{k}.phd").write_bytes(next(iter(files.values())))
    result = CliRunner().invoke(main, ["samples", str(tmp_path)])
    assert result.exit_code == 0
    assert "no collection is stated" not in result.output
    assert "0 samples" not in result.output
    assert "3 check measurements" in result.stdout
    document = json.loads(CliRunner().invoke(main, ["samples", str(tmp_path), "--json"]).stdout)
    assert document["detectors"] == []
    assert document["quality_control"][0]["lines"]
