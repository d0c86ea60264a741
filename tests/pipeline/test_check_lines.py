"""Lines of a check source: with which half-life each is expected to fall."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.radionuclide.support_samples import result, sample

from vigie.facts.nuclides import nuclide
from vigie.pipeline.radionuclide import checks
from vigie.records import LineEvidence, LineState, PhdType, PulseHeight

if TYPE_CHECKING:
    import pytest


def test_a_line_of_a_daughter_falls_with_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    line = LineEvidence(
        energy_kev=696.5, intensity=0.0134, expected_counts=9e3, observed_counts=9e3,
        observed_sigma=100.0, state=LineState.SEEN,
    )  # fmt: skip
    cerium = replace(
        result("Ce-144", 20.0),
        half_life_s=nuclide("Ce-144").half_life_s,
        evidence=(replace(line, energy_kev=133.5),),
    )
    daughter = replace(
        result("Pr-144", 20.0),
        half_life_s=nuclide("Pr-144").half_life_s,
        supported_by="Ce-144",
        evidence=(line,),
    )
    found = sample(cerium, daughter)
    monkeypatch.setattr(checks, "analyse_fitted", lambda *_: found)
    monkeypatch.setattr(checks, "analyse_peaks", lambda *_: None)
    monkeypatch.setattr(checks, "spectrum_of", lambda *_: None)
    message = PulseHeight(type=PhdType.QUALITY_CONTROL, station="SIM01", detector="SIM01_001")
    lines = checks.source_lines(message)
    assert [one.energy_kev for one in lines] == [133.5, 696.5]
    assert {one.half_life_s for one in lines} == {nuclide("Ce-144").half_life_s}
