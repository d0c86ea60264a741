"""Level schemes of cascading decays and attenuation coefficients."""

from __future__ import annotations

import numpy as np
import pytest

from vigie.errors import ParameterError
from vigie.facts.attenuation import attenuation_per_cm, attenuation_table
from vigie.facts.cascades import cascades, cascades_version
from vigie.facts.nuclides import nuclide


def test_cobalt_is_a_cascade_of_two() -> None:
    (scheme,) = cascades("Co-60")
    strong = [step for step in scheme.transitions if step.intensity > 0.5]
    # ENSDF: 0.9985 and 0.999826 per decay.
    assert [round(step.energy_kev, 2) for step in strong] == [1332.49, 1173.23]
    assert strong[0].start == strong[1].end
    assert sum(level.feeding for level in scheme.levels) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("name", ["Ba-133", "Cs-134", "Eu-152", "Tl-208", "Y-88", "Na-22", "I-132"])
def test_levels_are_left_as_often_as_they_are_reached(name: str) -> None:
    for scheme in cascades(name):
        for index, level in enumerate(scheme.levels):
            out = sum(s.total for s in scheme.transitions if s.start == index)
            into = sum(s.total for s in scheme.transitions if s.end == index)
            if out > 0.0:
                assert out <= level.feeding + into + 1e-6
            assert all(s.end < s.start for s in scheme.transitions)


def test_capture_and_positrons() -> None:
    (barium,) = cascades("Ba-133")
    vacancies = sum(level.feeding * level.k_capture for level in barium.levels)
    # 0.145 x 0.7727 + 0.855 x 0.671, ENSDF.
    assert vacancies == pytest.approx(0.686, abs=0.005)
    (sodium,) = cascades("Na-22")
    assert max(level.positron for level in sodium.levels if level.feeding) == pytest.approx(
        0.9, abs=0.01
    )


def test_nuclides_of_one_line_have_no_cascade() -> None:
    assert cascades("Cs-137") == ()
    assert cascades("Xx-1") == ()
    assert cascades_version() >= "2026"


def test_photons_agree_with_the_table_of_nuclides() -> None:
    (scheme,) = cascades("Cs-134")
    facts = nuclide("Cs-134")
    for step in scheme.transitions:
        if step.intensity > 0.01:
            line = facts.line(step.energy_kev)
            assert line is not None
            assert step.intensity == pytest.approx(line.intensity, rel=0.02)


def test_attenuation_of_germanium() -> None:
    # NIST: 5.727e-2 cm2/g at 1 MeV, density 5.323.
    assert attenuation_per_cm("germanium", np.array([1000.0]))[0] == pytest.approx(
        0.30485, rel=1e-4
    )
    energy, total, absorbed = attenuation_table("aluminium")
    assert (np.diff(energy) > 0.0).all()
    assert (absorbed < total).all()
    with pytest.raises(ParameterError, match="unobtainium"):
        attenuation_table("unobtainium")
